//! Texts of which nobody knows whether they ask to stop: marketing to their
//! customers rests from the first instant, until a member says or the customer does.

use crate::Engine;
use crate::answering::{self, Asked, Hearer, OptOutEvidence, Speaker};
use crate::audit::Actor;
use crate::consent::Blank;
use crate::directory::Accounts;
use crate::gate::BRAND;
use crate::reply::{Author, Enqueue, NewText, ReplyError, enqueue_in};
use domain::address::Address;
use domain::answers::Question;
use domain::consent::{Action, Method, Permits, Proof, UnsureAnswer};
use domain::id::{ConversationId, Id, MessageId, WorkspaceId};
use domain::keyword::Scope;
use domain::language::Language;
use domain::message::{Origin, Purpose};
use store::audit::AuditRow;
use store::sending::InboxFacts;
use store::unsure_text::UnsureTextRow;
use store::{DbError, NewEvent, Tx, audit, conversation, sending, suppression, unsure_text};
use uuid::Uuid;

/// Why a question is not answered.
#[derive(Debug, thiserror::Error)]
pub enum UnsureTextError {
    /// No text was unsure under this id.
    #[error("no unsure text has this id")]
    NotFound,
    /// Somebody was faster, or the customer said it themselves.
    #[error("it was answered already")]
    Answered,
    /// The confirmation could not be kept.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// What an answer makes.
struct Given {
    by: Actor,
    message: MessageId,
    asked_to_stop: bool,
    blank: Blank,
    confirmation: MessageId,
    audit: AuditRow,
    now: i64,
}

impl Engine {
    /// Unsure texts that nobody has answered, the oldest first, after a place.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn unsure_text_page(
        &self,
        ws: WorkspaceId,
        after: Option<(i64, MessageId)>,
        limit: i64,
    ) -> Result<Vec<UnsureTextRow>, DbError> {
        let after = after.unwrap_or((i64::MIN, MessageId::new(Uuid::nil())));
        self.workspace(ws).read(move |tx| unsure_text::open(tx, after, limit)).await
    }

    /// Says whether a customer asked to stop, once. If so, they are opted out and
    /// get the one confirmation; if not, marketing may go on.
    ///
    /// # Errors
    /// [`UnsureTextError`].
    pub async fn unsure_text_answer(
        &self,
        ws: WorkspaceId,
        by: Actor,
        message: MessageId,
        asked_to_stop: bool,
    ) -> Result<UnsureTextRow, UnsureTextError> {
        let accounts = self.accounts(ws).await?;
        let detail = serde_json::json!({ "asked_to_stop": asked_to_stop });
        let given = Given {
            by,
            message,
            asked_to_stop,
            blank: Blank { id: self.new_id(), salt: *self.new_uuid().as_bytes() },
            confirmation: self.new_id(),
            audit: self.audit_entry(by, "unsure_text.answer", message.to_string(), &detail),
            now: self.now(),
        };
        let answered = self.workspace(ws).write(move |tx| answer_in(tx, &accounts, &given)).await?;
        self.wake();
        Ok(answered)
    }
}

/// Asks about a text that came in, and lets marketing to its customer rest. The
/// caller has taken the address's row.
pub(crate) fn ask_in(tx: &mut Tx<'_>, row: &UnsureTextRow, blank: Blank) -> Result<(), DbError> {
    let (address, now) = (row.address.as_str(), row.asked_at);
    unsure_text::insert(tx, row.message, row.conversation, address, &row.matched_by, now)?;
    let evidence = serde_json::json!({ "words": row.body, "matched_by": row.matched_by });
    let slip = blank.heard(address, Permits::Marketing, Action::Doubt, Method::OwnWords, row.message, &evidence, now);
    crate::consent::record_heard_in(tx, &slip, now)?;
    event(tx, "unsure_text.created", row.message, row.conversation, "{}".to_owned(), now);
    Ok(())
}

/// Ends all questions about an address: something else has decided them.
pub(crate) fn moot_in(tx: &mut Tx<'_>, address: &str, now: i64) -> Result<(), DbError> {
    for (message, conversation) in unsure_text::answer_all(tx, address, UnsureAnswer::Moot, now)? {
        told(tx, message, conversation, UnsureAnswer::Moot, now);
    }
    Ok(())
}

fn answer_in(tx: &mut Tx<'_>, accounts: &Accounts, given: &Given) -> Result<UnsureTextRow, UnsureTextError> {
    let now = given.now;
    let row = unsure_text::get(tx, given.message)?.ok_or(UnsureTextError::NotFound)?;
    // Claims, opt-outs and other answers about this address wait here.
    suppression::lock(tx, &row.address)?;
    let answer = if given.asked_to_stop { UnsureAnswer::OptedOut } else { UnsureAnswer::Stays };
    if !unsure_text::answer(tx, given.message, answer, now)? {
        return Err(UnsureTextError::Answered);
    }
    told(tx, row.message, row.conversation, answer, now);
    let out = !suppression::of(tx, BRAND, vec![row.address.clone()])?.is_empty();
    if given.asked_to_stop {
        let confirmation = if out { None } else { Confirmation::prepare(tx, &row)? };
        let asked = confirmation.as_ref().and_then(Confirmation::asked);
        write_down(tx, &row, given, Action::Revoke, Permits::All, asked)?;
        if let Some(confirmation) = confirmation {
            confirmation.send(tx, accounts, &row, given)?;
        }
    } else if !unsure_text::any_open(tx, &row.address)? {
        write_down(tx, &row, given, Action::Settle, Permits::Marketing, None)?;
    }
    audit::insert(tx, &given.audit)?;
    unsure_text::get(tx, given.message)?.ok_or(UnsureTextError::NotFound)
}

/// The answer in the ledger: the customer's words, and who read them so.
fn write_down(
    tx: &mut Tx<'_>,
    row: &UnsureTextRow,
    given: &Given,
    action: Action,
    permits: Permits,
    asked_scope: Option<Asked>,
) -> Result<(), UnsureTextError> {
    let evidence = OptOutEvidence { words: row.body.clone(), matched_by: row.matched_by.clone(), asked_scope };
    let evidence = serde_json::to_value(evidence).unwrap_or_default();
    let mut slip =
        given.blank.heard(&row.address, permits, action, Method::OwnWords, row.message, &evidence, given.now);
    // They acted when they wrote; it was understood now.
    slip.entry.occurred_at = row.asked_at;
    given.by.kind().clone_into(&mut slip.entry.actor_kind);
    slip.entry.actor_id = given.by.id();
    slip.entry.proof = Proof::Express;
    Ok(crate::consent::record_heard_in(tx, &slip, given.now)?)
}

/// The one confirmation, in the conversation of the text.
struct Confirmation {
    inbox: InboxFacts,
    words: String,
    question: Option<Question>,
}

impl Confirmation {
    /// Words it, before the opt-out is written down. None where the conversation is gone.
    fn prepare(tx: &mut Tx<'_>, row: &UnsureTextRow) -> Result<Option<Self>, UnsureTextError> {
        let Some(talk) = conversation::get(tx, row.conversation)? else { return Ok(None) };
        let inbox = sending::inbox_facts(tx, vec![Id::uuid(talk.inbox_id)])?.pop().ok_or(ReplyError::NoInbox)?;
        let hearer = Hearer {
            address: &row.address,
            customer: row.customer,
            conversation: row.conversation,
            language: Language::of_words(&row.body),
        };
        let question = answering::question(tx, &inbox, hearer, Scope::All, false)?;
        let words = Speaker::find(tx, &inbox, hearer)?.voice().opt_out(Scope::All, question);
        Ok(Some(Self { inbox, words, question }))
    }

    /// What the ledger keeps of its question.
    fn asked(&self) -> Option<Asked> {
        self.question.map(|question| Asked { inbox: self.inbox.id.to_string(), hours: question.hours })
    }

    fn send(
        self,
        tx: &mut Tx<'_>,
        accounts: &Accounts,
        row: &UnsureTextRow,
        given: &Given,
    ) -> Result<(), UnsureTextError> {
        let text = NewText {
            message: given.confirmation,
            body: self.words,
            media: Vec::new(),
            origin: Origin::OptOutConfirmation,
            purpose: Purpose::Conversational,
            topic: String::new(),
            author: Author::SYSTEM,
            send_after: None,
            valid_until: None,
            retry_of: None,
        };
        let address = Address::parse(&row.address);
        let enqueue = Enqueue {
            accounts,
            inbox: &self.inbox,
            conversation: row.conversation,
            address: &address,
            text: &text,
            answers: None,
            ends_wait: false,
            now: given.now,
        };
        enqueue_in(tx, enqueue)?;
        Ok(())
    }
}

fn told(tx: &mut Tx<'_>, message: MessageId, conversation: ConversationId, answer: UnsureAnswer, at: i64) {
    event(tx, "unsure_text.answered", message, conversation, format!(r#"{{"answer":"{answer}"}}"#), at);
}

fn event(tx: &mut Tx<'_>, kind: &'static str, message: MessageId, conversation: ConversationId, data: String, at: i64) {
    tx.event(NewEvent { kind, conversation: Some(Id::uuid(conversation)), subject: Some(Id::uuid(message)), at, data });
}
