//! Accepting an outbound text: the one way into the outbox, whoever asks.

mod accept;
mod enqueue;
mod forecast;

use crate::Engine;
use crate::consent::{Leaving, Recipients};
use crate::courtesy::Asked;
use crate::directory::Accounts;
use crate::gate::{self, Subject, Surroundings};
use crate::idempotency::Keep;
use domain::address::Address;
use domain::encoding::Encoding;
use domain::gate::Decision;
use domain::id::{ConversationId, CustomerId, Id, InboxId, MediaId, MemberId, MessageId, WorkspaceId};
use domain::message::{Origin, Purpose, State};
use store::message::MessageRow;
use store::{DbError, NewEvent, Tx, conversation, customer, message, outbox, sending, suppression};
use uuid::Uuid;

pub(crate) use enqueue::{Enqueue, enqueue_in};
pub use forecast::{Forecast, Planned};

/// Most texts accepted in one transaction: other writers wait behind it.
const ACCEPTED_AT_ONCE: usize = 100;

/// Who wrote an outbound text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Author {
    /// `member`, `bot`, `flow`, `api` or `system`.
    pub kind: &'static str,
    /// Which one.
    pub id: Option<Uuid>,
}

impl Author {
    /// A member.
    #[must_use]
    pub fn member(id: MemberId) -> Self {
        Self { kind: "member", id: Some(Id::uuid(id)) }
    }

    /// Hark itself.
    pub const SYSTEM: Self = Self { kind: "system", id: None };
}

/// A text somebody wants to send.
#[derive(Debug, Clone)]
pub struct NewText {
    /// Its identity; a browser may have made it. The same id twice is one text.
    pub message: MessageId,
    /// The words.
    pub body: String,
    /// Uploaded pictures.
    pub media: Vec<MediaId>,
    /// Who asks for it.
    pub origin: Origin,
    /// Why.
    pub purpose: Purpose,
    /// What it is about: a topic that customers agree to or leave. Empty for none of its own.
    pub topic: String,
    /// Who wrote it.
    pub author: Author,
    /// Not before, Unix ms.
    pub send_after: Option<i64>,
    /// Worthless after, Unix ms.
    pub valid_until: Option<i64>,
    /// The message it tries again.
    pub retry_of: Option<MessageId>,
}

/// Where it goes.
#[derive(Debug, Clone)]
pub enum Destination {
    /// Into a thread. `after_seq` is the last number the writer has seen: a
    /// newer text of the customer stops the send.
    Conversation {
        /// The thread.
        id: ConversationId,
        /// The last number the writer has seen.
        after_seq: Option<i64>,
    },
    /// To an address, in the customer's open conversation or a new one.
    Address {
        /// The inbox it leaves by.
        inbox: InboxId,
        /// The recipient.
        to: Address,
        /// The customer's name, if it is known and they are new.
        name: Option<String>,
    },
}

/// An accepted text: it waits, is held, or was refused; it is kept either way.
#[derive(Debug, Clone)]
pub struct Accepted {
    /// The message as it stands.
    pub message: MessageRow,
    /// The gate's answer.
    pub decision: Option<Decision>,
    /// Whether the same id had been accepted before.
    pub repeated: bool,
}

/// Why a text was not even kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ReplyError {
    /// No such conversation.
    #[error("no such conversation")]
    NoConversation,
    /// No such inbox.
    #[error("no such inbox")]
    NoInbox,
    /// The number is no longer this customer's.
    #[error("the number is no longer this customer's")]
    NumberGone,
    /// A picture does not exist or went with another text.
    #[error("a picture does not exist or was sent already")]
    NoMedia,
    /// The id is taken by another text.
    #[error("this message id was used for another text")]
    IdTaken,
    /// The customer wrote something the writer has not seen.
    #[error("the customer wrote {} newer texts", missed.len())]
    Stale {
        /// What was missed.
        missed: Vec<MessageRow>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Accepts a text into the outbox, or keeps it as refused with the reason.
    ///
    /// # Errors
    /// [`ReplyError`] when nothing was kept.
    pub async fn text_accept(&self, ws: WorkspaceId, to: Destination, text: NewText) -> Result<Accepted, ReplyError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        let wanted = Wanted { fresh: self.fresh(ws, &to), to, text };
        let accepted = self.text_write(ws, move |tx| accept_one(tx, &accounts, &wanted, now)).await?;
        self.wake();
        Ok(accepted)
    }

    /// Runs a write that accepts one text. Where another node was faster with the
    /// same id, it runs once more: then it finds that text, and answers as to a repeat.
    pub(crate) async fn text_write<T, F>(&self, ws: WorkspaceId, run: F) -> Result<T, ReplyError>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, ReplyError> + Clone + Send + 'static,
        T: Send + 'static,
    {
        let workspace = self.workspace(ws);
        match workspace.write(run.clone()).await {
            Err(ReplyError::Store(error)) if faster(&error) => workspace.write(run).await,
            done => done,
        }
    }

    /// Accepts many texts as [`Engine::text_accept`] does one, in their order;
    /// each is answered for by itself. They are kept in several transactions,
    /// so that other writers come between; what is kept for a repeat is kept
    /// with the last of them.
    ///
    /// # Errors
    /// When the store fails. Some may have been kept by then: asked again under
    /// the same ids, they answer the same.
    pub async fn texts_accept(
        &self,
        ws: WorkspaceId,
        texts: Vec<(Destination, NewText)>,
        keep: Keep<Vec<Result<Accepted, ReplyError>>>,
    ) -> Result<Vec<Result<Accepted, ReplyError>>, DbError> {
        let accounts = self.accounts(ws).await?;
        let mut answers = Vec::with_capacity(texts.len());
        let mut texts = texts.into_iter().map(|(to, text)| Wanted { fresh: self.fresh(ws, &to), to, text }).peekable();
        while texts.peek().is_some() {
            let (now, accounts) = (self.now(), Accounts::clone(&accounts));
            let wanted: Vec<Wanted> = texts.by_ref().take(ACCEPTED_AT_ONCE).collect();
            let (last, earlier, keep) = (texts.peek().is_none(), std::mem::take(&mut answers), keep.clone());
            let accept = move |tx: &mut Tx<'_>| {
                let mut all = earlier.clone();
                all.append(&mut accept::accept_in(tx, &accounts, &wanted, now)?);
                if last {
                    keep.keep(tx, &all, now)?;
                }
                Ok::<_, DbError>(all)
            };
            let workspace = self.workspace(ws);
            let kept = match workspace.write_bulk(accept.clone()).await {
                Err(error) if faster(&error) => workspace.write_bulk(accept).await,
                kept => kept,
            };
            self.wake();
            answers = kept?;
        }
        Ok(answers)
    }

    pub(crate) fn fresh(&self, ws: WorkspaceId, to: &Destination) -> Fresh {
        let hash = match to {
            Destination::Address { to, .. } => self.address_hash(ws, to.as_str()),
            // Who has a conversation is known already.
            Destination::Conversation { .. } => [0; 32],
        };
        Fresh { conversation: self.new_id(), customer: self.new_id(), hash }
    }

    /// What the gate would say, without keeping anything.
    ///
    /// # Errors
    /// [`ReplyError`] when the destination does not exist.
    pub async fn text_preview(&self, ws: WorkspaceId, to: Destination, text: NewText) -> Result<Decision, ReplyError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        let hash = match &to {
            Destination::Address { to, .. } => Some(hex::encode(self.address_hash(ws, to.as_str()))),
            Destination::Conversation { .. } => None,
        };
        self.workspace(ws).read(move |tx| preview_in(tx, &accounts, (&to, hash.as_deref()), &text, now)).await
    }

    /// Takes a waiting text back. False when it is too late.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn text_cancel(&self, ws: WorkspaceId, id: MessageId) -> Result<bool, DbError> {
        let now = self.now();
        self.workspace(ws)
            .write(move |tx| {
                if !outbox::remove_waiting(tx, id)? {
                    return Ok(false);
                }
                let change = message::StateChange {
                    id,
                    state: State::Cancelled,
                    at: now,
                    code: Some("cancelled".to_owned()),
                    detail: None,
                    held_until: None,
                };
                message::set_states(tx, &[change])?;
                if let Some(row) = message::get(tx, id)? {
                    event_state(tx, id, row.conversation_id, State::Cancelled, now);
                }
                Ok(true)
            })
            .await
    }
}

/// Whether another node was faster with the id of a text.
fn faster(error: &DbError) -> bool {
    error.is_conflict_on("messages")
}

/// A text with its destination and the identities it may need.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub to: Destination,
    pub text: NewText,
    pub fresh: Fresh,
}

/// Identities for what may have to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fresh {
    pub conversation: ConversationId,
    pub customer: CustomerId,
    /// The keyed hash of the address, by which an erased one is known.
    pub hash: [u8; 32],
}

/// Accepts one text. Its error rolls back, though nothing was written.
pub(crate) fn accept_one(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    wanted: &Wanted,
    now: i64,
) -> Result<Accepted, ReplyError> {
    accept::accept_in(tx, accounts, std::slice::from_ref(wanted), now)?.pop().unwrap_or(Err(ReplyError::NoConversation))
}

fn preview_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    (to, hash): (&Destination, Option<&str>),
    text: &NewText,
    now: i64,
) -> Result<Decision, ReplyError> {
    let (inbox_id, address, last_inbound_at) = match to {
        Destination::Conversation { id, .. } => {
            let row = conversation::get(tx, *id)?.ok_or(ReplyError::NoConversation)?;
            (row.inbox_id, Address::parse(&row.address), row.last_inbound_at)
        }
        Destination::Address { inbox, to, .. } => (*inbox, to.clone(), last_inbound(tx, *inbox, to)?),
    };
    let inbox = facts(tx, inbox_id)?;
    let one = Leaving { address: address.as_str(), purpose: text.purpose, body: &text.body };
    let pack = crate::rules::for_inbox(tx, &inbox)?;
    let recipients = Recipients::read(tx, std::iter::once(one), &pack, Asked::new(&inbox.policy), now)?;
    let recipient = recipients.of(address.as_str());
    // An erased number is known by its hash alone, until somebody writes to it in earnest.
    let erased = store::erasure::known(tx, hash.map(str::to_owned).into_iter().collect())?;
    let erased_since = erased.first().map(|(_, since)| *since);
    let told = recipient.told(Some(text.message), &text.topic);
    let candidates = recipient.candidates(&address);
    let subject = subject(text, &address, now);
    let around = Surroundings {
        inbox: &inbox,
        capabilities: gate::capabilities(accounts, &inbox),
        opted_out_since: recipient.opted_out_since.max(erased_since),
        overtaken: false,
        last_inbound_at,
        address: &suppression::AddressFacts::default(),
        answers: None,
        accepted: false,
        candidates: &candidates,
        pack: &pack,
        facts: told.facts(&inbox),
    };
    Ok(domain::gate::decide(&gate::inputs(&subject, &around)))
}

/// When a customer last wrote to an inbox, Unix ms.
fn last_inbound(tx: &mut Tx<'_>, inbox: InboxId, to: &Address) -> Result<Option<i64>, DbError> {
    let Some(known) = customer::by_address(tx, to.as_str())? else { return Ok(None) };
    let threads = conversation::of_customer(tx, known, 20)?;
    Ok(threads.into_iter().filter(|row| row.inbox_id == inbox).find_map(|row| row.last_inbound_at))
}

fn subject<'a>(text: &'a NewText, to: &'a Address, now: i64) -> Subject<'a> {
    Subject {
        now,
        origin: text.origin,
        purpose: text.purpose,
        to,
        body: &text.body,
        media: text.media.len(),
        send_after: text.send_after,
        valid_until: text.valid_until,
        accepted_at: now,
    }
}

fn facts(tx: &mut Tx<'_>, inbox: InboxId) -> Result<sending::InboxFacts, ReplyError> {
    sending::inbox_facts(tx, vec![Id::uuid(inbox)])?.pop().ok_or(ReplyError::NoInbox)
}

/// Which texts leave first: what a customer waits for before what they do not.
pub(crate) const fn lane(origin: Origin, purpose: Purpose) -> i64 {
    match (origin, purpose) {
        (Origin::OptOutConfirmation, _) | (_, Purpose::Otp) => 0,
        (Origin::Person | Origin::HelpAnswer | Origin::OptInConfirmation | Origin::SignUpRequest, _) => 1,
        (_, Purpose::Conversational) => 2,
        (_, Purpose::Transactional) => 3,
        (_, Purpose::Marketing) => 4,
    }
}

/// The stored word of an encoding.
#[must_use]
pub const fn encoding_word(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Gsm7 => "gsm7",
        Encoding::Ucs2 => "ucs2",
    }
}

/// Tells the log that a message stands elsewhere now.
pub(crate) fn event_state(tx: &mut Tx<'_>, id: MessageId, conversation: ConversationId, state: State, at: i64) {
    tx.event(NewEvent {
        kind: "message.state",
        conversation: Some(Id::uuid(conversation)),
        subject: Some(Id::uuid(id)),
        at,
        data: format!(r#"{{"state":"{}"}}"#, state.word()),
    });
}
