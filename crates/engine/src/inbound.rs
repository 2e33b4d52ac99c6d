//! A text comes in: one transaction from the provider's request to the thread.

use crate::Engine;
use crate::directory::{AccountFacts, Accounts};
use crate::gate::{self, BRAND};
use crate::reply::{Author, Enqueue, Fresh, NewText, ReplyError, enqueue_in, event_state};
use channels::channel::InboundText;
use domain::conversation::{Placement, Status, place, preview};
use domain::id::{ConversationId, Id, InboxId, MediaId, MessageId, WorkspaceId};
use domain::inbound::{Effect, Facts, Reading};
use domain::limits::{INBOUND_CHARS_MAX, MEDIA_MAX};
use domain::message::{Kind, Origin, Purpose, State};
use store::conversation::{Added, NewConversation};
use store::inbox::InboxRow;
use store::media::MediaRow;
use store::message::{MessageRow, StateChange};
use store::{
    DbError, NewEvent, Tx, conversation, customer, inbound, inbox, media, message, outbox, sending, suppression,
};

/// What became of an inbound text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The message that holds it.
    pub message: MessageId,
    /// Whether it had been received before, so that nothing changed.
    pub repeated: bool,
}

/// Identities for what one inbound text may have to make.
#[derive(Debug, Clone)]
struct Made {
    fresh: Fresh,
    message: MessageId,
    inbox: InboxId,
    answer: MessageId,
    media: Vec<MediaId>,
}

impl Engine {
    /// Takes a customer's text. When this returns, it is durable.
    ///
    /// # Errors
    /// When the store cannot take it; the provider must then try again.
    pub async fn inbound_receive(
        &self,
        ws: WorkspaceId,
        account: &AccountFacts,
        text: InboundText,
    ) -> Result<Received, DbError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        let made = Made {
            fresh: Fresh { conversation: self.new_id(), customer: self.new_id() },
            message: self.new_id(),
            inbox: self.new_id(),
            answer: self.new_id(),
            media: text.media.iter().take(MEDIA_MAX).map(|_| self.new_id()).collect(),
        };
        let from = From { account: account.account.id, answers_stop: account.capabilities.answers_stop_itself };
        let received = self.workspace(ws).write(move |tx| receive_in(tx, &accounts, from, &text, &made, now)).await;
        match received {
            Ok(received) => {
                self.wake();
                Ok(received)
            }
            Err(ReplyError::Store(error)) => Err(error),
            // Only answering by machine can fail otherwise, and that is not tried before the text is safe.
            Err(other) => Err(DbError::Unavailable(other.to_string())),
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct From {
    account: domain::id::AccountId,
    answers_stop: bool,
}

fn receive_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    from: From,
    text: &InboundText,
    made: &Made,
    now: i64,
) -> Result<Received, ReplyError> {
    if let Some(known) = inbound::take_id(tx, from.account, &text.provider_id, made.message, now)? {
        return Ok(Received { message: known, repeated: true });
    }
    let address = text.from.as_str();
    // PostgreSQL keeps no NUL; nobody sees one either.
    let body: String = text.body.chars().filter(|ch| *ch != '\0').take(INBOUND_CHARS_MAX).collect();
    let opted_out = suppression::of(tx, BRAND, vec![address.to_owned()])?.pop().map(|(_, since)| since);
    let facts = Facts { opted_out: opted_out.is_some(), provider_answers_stop: from.answers_stop, survey_open: false };
    let reading = domain::inbound::read(&body, text.media.len(), facts);
    if reading.effect != Effect::None {
        // Before anything else is touched: claims and accepts of this address wait here.
        suppression::lock(tx, address)?;
    }
    let inbox = inbox_of(tx, from, text, made, now)?;
    let customer = customer::resolve(tx, address, kind_of(&text.from), "", made.fresh.customer, now)?;
    let last = conversation::last_for(tx, customer, inbox)?;
    let placement = place(last.map(|last| last.last), reading.asks_for_answer, now);
    let (conversation, added) = match (placement, last) {
        (Placement::Join, Some(last)) => (last.id, Added::InboundJoining),
        (Placement::JoinAndOpen, Some(last)) => (last.id, Added::InboundOpening),
        (Placement::Start | Placement::JoinAndOpen, _) => {
            (begin(tx, made, inbox, customer, address, Status::Open, now)?, Added::InboundOpening)
        }
        (Placement::StartClosed | Placement::Join, _) => {
            (begin(tx, made, inbox, customer, address, Status::Closed, now)?, Added::InboundJoining)
        }
    };
    let shown = if body.trim().is_empty() && !text.media.is_empty() { "Photo".to_owned() } else { preview(&body) };
    let seq = conversation::add(tx, conversation, added, &shown, now)?.ok_or(ReplyError::NoConversation)?;
    message::insert(tx, &row(made.message, conversation, seq, &body, text.media.len(), customer, now))?;
    for ((position, picture), id) in (0_i64..).zip(&text.media).zip(&made.media) {
        let row = MediaRow {
            id: *id,
            message: Some(made.message),
            content_type: picture.content_type.clone(),
            bytes: 0,
            width: None,
            height: None,
            source_url: Some(picture.url.clone()),
        };
        media::insert(tx, &row, position, None, now)?;
    }
    tx.event(NewEvent {
        kind: "message.created",
        conversation: Some(Id::uuid(conversation)),
        subject: Some(Id::uuid(made.message)),
        at: now,
        data: format!(r#"{{"seq":{seq},"kind":"inbound","state":"received"}}"#),
    });
    let answered = Answered { accounts, conversation, inbox, text, body: &body, made, opted_out, now };
    follow(tx, &reading, &answered)?;
    Ok(Received { message: made.message, repeated: false })
}

/// The inbox a text was written to. A number that the provider points at us
/// but nobody set up becomes an inbox by itself, not live, so that nothing is lost.
fn inbox_of(tx: &mut Tx<'_>, from: From, text: &InboundText, made: &Made, now: i64) -> Result<InboxId, DbError> {
    if let Some(known) = inbox::by_address(tx, from.account, text.to.as_str())? {
        return Ok(known.id);
    }
    let row = InboxRow {
        id: made.inbox,
        account_id: from.account,
        name: text.to.as_str().to_owned(),
        address: text.to.as_str().to_owned(),
        live_at: None,
        test_numbers: "[]".to_owned(),
        stopped_at: None,
        stopped_by: None,
        stopped_reason: None,
        created_at: now,
    };
    if inbox::insert(tx, &row)? {
        tx.event(NewEvent {
            kind: "inbox.changed",
            conversation: None,
            subject: Some(Id::uuid(row.id)),
            at: now,
            data: "{}".to_owned(),
        });
        return Ok(row.id);
    }
    inbox::by_address(tx, from.account, text.to.as_str())?
        .map(|row| row.id)
        .ok_or(DbError::NoRow { statement: "INBOX_BY_ADDRESS" })
}

fn begin(
    tx: &mut Tx<'_>,
    made: &Made,
    inbox: InboxId,
    customer: domain::id::CustomerId,
    address: &str,
    status: Status,
    now: i64,
) -> Result<ConversationId, DbError> {
    let new =
        NewConversation { id: made.fresh.conversation, inbox, customer, address: address.to_owned(), status, at: now };
    conversation::insert(tx, &new)?;
    tx.event(NewEvent {
        kind: "conversation.created",
        conversation: Some(Id::uuid(new.id)),
        subject: Some(Id::uuid(new.id)),
        at: now,
        data: "{}".to_owned(),
    });
    Ok(new.id)
}

fn kind_of(address: &domain::address::Address) -> &'static str {
    use domain::address::Address;
    match address {
        Address::Phone(_) => "phone",
        Address::ShortCode(_) => "short_code",
        Address::Alphanumeric(_) => "alphanumeric",
        Address::Opaque(_) => "opaque",
    }
}

fn row(
    id: MessageId,
    conversation: ConversationId,
    seq: i64,
    body: &str,
    media: usize,
    customer: domain::id::CustomerId,
    now: i64,
) -> MessageRow {
    MessageRow {
        id,
        conversation_id: conversation,
        seq,
        kind: Kind::Inbound,
        body: body.to_owned(),
        author_kind: Some("customer".to_owned()),
        author_id: Some(Id::uuid(customer)),
        purpose: None,
        origin: None,
        state: State::Received,
        state_at: now,
        reason_code: None,
        reason_detail: None,
        held_until: None,
        send_after: None,
        valid_until: None,
        retry_of: None,
        encoding: None,
        parts: 0,
        media: i64::try_from(media).unwrap_or(0),
        in_flight_at_opt_out: false,
        data: None,
        created_at: now,
    }
}

/// An inbound text in its thread, for what must follow from it.
struct Answered<'a> {
    accounts: &'a Accounts,
    conversation: ConversationId,
    inbox: InboxId,
    text: &'a InboundText,
    body: &'a str,
    made: &'a Made,
    opted_out: Option<i64>,
    now: i64,
}

fn follow(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>) -> Result<(), ReplyError> {
    match reading.effect {
        Effect::None => Ok(()),
        Effect::OptOut { confirm } => opt_out(tx, reading, at, confirm),
        Effect::OptIn => opt_in(tx, at),
        Effect::Help => {
            let facts = inbox_facts(tx, at.inbox)?;
            let words = domain::inbound::help_answer(&facts.brand, &facts.help_text);
            answer(tx, at, &facts, Origin::HelpAnswer, words)
        }
    }
}

fn opt_out(tx: &mut Tx<'_>, reading: &Reading, at: &Answered<'_>, confirm: bool) -> Result<(), ReplyError> {
    let address = at.text.from.as_str();
    let source = format!("text:{}", reading.matched_by);
    if !suppression::add(tx, BRAND, address, suppression::ALL_TEXTS, at.now, &source, Some(at.made.message))? {
        suppression::renew(tx, BRAND, address, suppression::ALL_TEXTS, at.now)?;
    }
    // What waits is refused now, not at its claim: a later START must not let it pass.
    let taken = outbox::take_address(tx, address)?;
    refuse_waiting(tx, &taken, at.now)?;
    message::mark_in_flight(tx, address)?;
    log(tx, at, "opted_out")?;
    if confirm {
        let facts = inbox_facts(tx, at.inbox)?;
        let words = domain::inbound::opt_out_confirmation(&facts.brand);
        answer(tx, at, &facts, Origin::OptOutConfirmation, words)?;
    }
    Ok(())
}

pub(crate) fn refuse_waiting(tx: &mut Tx<'_>, taken: &[(MessageId, ConversationId)], now: i64) -> Result<(), DbError> {
    let changes: Vec<StateChange> = taken
        .iter()
        .map(|(id, _)| StateChange {
            id: *id,
            state: State::Refused,
            at: now,
            code: Some("opted_out".to_owned()),
            detail: Some("They opted out while it waited.".to_owned()),
            held_until: None,
        })
        .collect();
    message::set_states(tx, &changes)?;
    for (id, conversation) in taken {
        event_state(tx, *id, *conversation, State::Refused, now);
    }
    let mut conversations: Vec<ConversationId> = taken.iter().map(|(_, conversation)| *conversation).collect();
    conversations.sort_unstable();
    conversations.dedup();
    for conversation in conversations {
        let failed = message::failed_count(tx, conversation)?;
        conversation::set_failed(tx, conversation, failed)?;
    }
    Ok(())
}

fn opt_in(tx: &mut Tx<'_>, at: &Answered<'_>) -> Result<(), ReplyError> {
    if at.opted_out.is_none() {
        return Ok(());
    }
    suppression::lift(tx, BRAND, at.text.from.as_str(), suppression::ALL_TEXTS, at.now)?;
    log(tx, at, "opted_in")?;
    let facts = inbox_facts(tx, at.inbox)?;
    let words = domain::inbound::opt_in_confirmation(&facts.brand);
    answer(tx, at, &facts, Origin::OptInConfirmation, words)
}

fn inbox_facts(tx: &mut Tx<'_>, inbox: InboxId) -> Result<sending::InboxFacts, ReplyError> {
    sending::inbox_facts(tx, vec![Id::uuid(inbox)])?.pop().ok_or(ReplyError::NoInbox)
}

/// Answers by machine, through the one door.
fn answer(
    tx: &mut Tx<'_>,
    at: &Answered<'_>,
    facts: &sending::InboxFacts,
    origin: Origin,
    words: String,
) -> Result<(), ReplyError> {
    let text = NewText {
        message: at.made.answer,
        body: words,
        media: Vec::new(),
        origin,
        purpose: Purpose::Conversational,
        author: Author::SYSTEM,
        send_after: None,
        valid_until: None,
        retry_of: None,
    };
    let enqueue = Enqueue {
        accounts: at.accounts,
        inbox: facts,
        conversation: at.conversation,
        address: &at.text.from,
        text: &text,
        answers: Some(gate::body_hash(at.body)),
        now: at.now,
    };
    enqueue_in(tx, &enqueue).map(|_| ())
}

/// One line in the thread that says what the text did.
fn log(tx: &mut Tx<'_>, at: &Answered<'_>, what: &'static str) -> Result<(), DbError> {
    tx.event(NewEvent {
        kind: "customer.consent",
        conversation: Some(Id::uuid(at.conversation)),
        subject: Some(Id::uuid(at.made.message)),
        at: at.now,
        data: format!(r#"{{"what":"{what}"}}"#),
    });
    Ok(())
}
