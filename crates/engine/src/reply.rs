//! Accepting an outbound text: the one way into the outbox, whoever asks.

use crate::Engine;
use crate::directory::Accounts;
use crate::gate::{self, BRAND, Subject, Surroundings};
use domain::address::Address;
use domain::conversation::{Status, preview};
use domain::encoding::{self, Encoding};
use domain::gate::{Decision, Verdict};
use domain::id::{ConversationId, CustomerId, Id, InboxId, MediaId, MemberId, MessageId, WorkspaceId};
use domain::limits::{CONFIRMATION_MS, VALIDITY_MS};
use domain::message::{Kind, Origin, Purpose, State};
use store::conversation::{Added, NewConversation};
use store::decision::Pass;
use store::message::MessageRow;
use store::outbox::Intent;
use store::{DbError, NewEvent, Tx, conversation, customer, decision, media, message, outbox, sending, suppression};
use uuid::Uuid;

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
        let fresh = Fresh { conversation: self.new_id(), customer: self.new_id() };
        let accepted = self.workspace(ws).write(move |tx| accept_in(tx, &accounts, &to, &text, fresh, now)).await?;
        self.wake();
        Ok(accepted)
    }

    /// What the gate would say, without keeping anything.
    ///
    /// # Errors
    /// [`ReplyError`] when the destination does not exist.
    pub async fn text_preview(&self, ws: WorkspaceId, to: Destination, text: NewText) -> Result<Decision, ReplyError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        self.workspace(ws).read(move |tx| preview_in(tx, &accounts, &to, &text, now)).await
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

/// Identities for what may have to be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fresh {
    pub conversation: ConversationId,
    pub customer: CustomerId,
}

fn accept_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    to: &Destination,
    text: &NewText,
    fresh: Fresh,
    now: i64,
) -> Result<Accepted, ReplyError> {
    if let Some(known) = message::get(tx, text.message)? {
        // A browser that did not hear the answer asks again: one text, one answer.
        if known.body != text.body || known.kind != Kind::Outbound {
            return Err(ReplyError::IdTaken);
        }
        return Ok(Accepted { message: known, decision: None, repeated: true });
    }
    let (conversation, inbox_id, address) = match to {
        Destination::Conversation { id, after_seq } => {
            let row = conversation::get(tx, *id)?.ok_or(ReplyError::NoConversation)?;
            if let Some(seen) = after_seq {
                let missed = message::inbound_after(tx, *id, *seen)?;
                if !missed.is_empty() {
                    return Err(ReplyError::Stale { missed });
                }
            }
            (*id, row.inbox_id, Address::parse(&row.address))
        }
        Destination::Address { inbox, to, name } => {
            let id = conversation_for(tx, *inbox, to, name.as_deref().unwrap_or(""), fresh, now)?;
            (id, *inbox, to.clone())
        }
    };
    let inbox = facts(tx, inbox_id)?;
    let enqueue = Enqueue { accounts, inbox: &inbox, conversation, address: &address, text, answers: None, now };
    enqueue_in(tx, &enqueue)
}

fn preview_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    to: &Destination,
    text: &NewText,
    now: i64,
) -> Result<Decision, ReplyError> {
    let (inbox_id, address, last_inbound_at) = match to {
        Destination::Conversation { id, .. } => {
            let row = conversation::get(tx, *id)?.ok_or(ReplyError::NoConversation)?;
            (row.inbox_id, Address::parse(&row.address), row.last_inbound_at)
        }
        Destination::Address { inbox, to, .. } => {
            let last = match customer::by_address(tx, to.as_str())? {
                Some(known) => conversation::of_customer(tx, known, 20)?
                    .into_iter()
                    .filter(|row| row.inbox_id == *inbox)
                    .find_map(|row| row.last_inbound_at),
                None => None,
            };
            (*inbox, to.clone(), last)
        }
    };
    let inbox = facts(tx, inbox_id)?;
    let opted_out = suppression::of(tx, BRAND, vec![address.as_str().to_owned()])?;
    let candidates = gate::candidates(&address);
    let subject = subject(text, &address, now);
    let around = Surroundings {
        inbox: &inbox,
        capabilities: gate::capabilities(accounts, &inbox),
        opted_out_since: opted_out.first().map(|(_, since)| *since),
        last_inbound_at,
        address: &suppression::AddressFacts::default(),
        answers: None,
        counted: false,
        candidates: &candidates,
    };
    Ok(domain::gate::decide(&gate::inputs(&subject, &around)))
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
    }
}

fn facts(tx: &mut Tx<'_>, inbox: InboxId) -> Result<sending::InboxFacts, ReplyError> {
    sending::inbox_facts(tx, vec![Id::uuid(inbox)])?.pop().ok_or(ReplyError::NoInbox)
}

/// The customer's conversation in an inbox, open, or a new one.
fn conversation_for(
    tx: &mut Tx<'_>,
    inbox: InboxId,
    to: &Address,
    name: &str,
    fresh: Fresh,
    now: i64,
) -> Result<ConversationId, ReplyError> {
    let facts = facts(tx, inbox)?;
    let customer = customer::resolve(tx, to.as_str(), "phone", name, fresh.customer, now)?;
    // A text of ours continues the last talk for five days, as a customer's would.
    let last = conversation::last_for(tx, customer, facts.id)?;
    match domain::conversation::place(last.map(|last| last.last), true, now) {
        domain::conversation::Placement::JoinAndOpen | domain::conversation::Placement::Join => {
            let last = last.ok_or(ReplyError::NoConversation)?;
            if last.last.status != Status::Open {
                conversation::set_status(tx, last.id, Status::Open, None, now)?;
            }
            Ok(last.id)
        }
        domain::conversation::Placement::Start | domain::conversation::Placement::StartClosed => {
            let new = NewConversation {
                id: fresh.conversation,
                inbox,
                customer,
                address: to.as_str().to_owned(),
                status: Status::Open,
                at: now,
            };
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
    }
}

/// An outbound text about to enter the outbox.
pub(crate) struct Enqueue<'a> {
    pub accounts: &'a Accounts,
    pub inbox: &'a sending::InboxFacts,
    pub conversation: ConversationId,
    pub address: &'a Address,
    pub text: &'a NewText,
    /// SHA-256 of the text it answers by machine.
    pub answers: Option<Vec<u8>>,
    pub now: i64,
}

/// The one door: gate, message, decision, outbox row and event, in the caller's transaction.
pub(crate) fn enqueue_in(tx: &mut Tx<'_>, enqueue: &Enqueue<'_>) -> Result<Accepted, ReplyError> {
    let Enqueue { accounts, inbox, conversation, address, text, answers, now } = enqueue;
    let (conversation, now) = (*conversation, *now);
    let address_facts = suppression::lock(tx, address.as_str())?;
    let opted_out = suppression::of(tx, BRAND, vec![address.as_str().to_owned()])?;
    let last_inbound_at = conversation::talks(tx, vec![Id::uuid(conversation)])?.pop().and_then(|(_, at)| at);
    let candidates = gate::candidates(address);
    let around = Surroundings {
        inbox,
        capabilities: gate::capabilities(accounts, inbox),
        opted_out_since: opted_out.first().map(|(_, since)| *since),
        last_inbound_at,
        address: &address_facts,
        answers: answers.as_deref(),
        counted: false,
        candidates: &candidates,
    };
    let decision = domain::gate::decide(&gate::inputs(&subject(text, address, now), &around));
    let (state, held_until) = match decision.verdict {
        Verdict::Send => (State::Queued, None),
        Verdict::Hold { until } => (State::Held, Some(until)),
        Verdict::Refuse => (State::Refused, None),
    };
    let added = if text.origin.automatic() { Added::Automatic } else { Added::Outbound };
    let added = if state == State::Refused { Added::Silent } else { added };
    let seq =
        conversation::add(tx, conversation, added, &preview(&text.body), now)?.ok_or(ReplyError::NoConversation)?;
    let measure = encoding::measure(&text.body);
    let explained = (state != State::Queued).then(|| (decision.code.clone(), decision.detail.clone()));
    let row = MessageRow {
        id: text.message,
        conversation_id: conversation,
        seq,
        kind: Kind::Outbound,
        body: text.body.clone(),
        author_kind: Some(text.author.kind.to_owned()),
        author_id: text.author.id,
        purpose: Some(text.purpose),
        origin: Some(text.origin),
        state,
        state_at: now,
        reason_code: explained.as_ref().map(|(code, _)| code.clone()),
        reason_detail: explained.map(|(_, detail)| detail),
        held_until,
        send_after: text.send_after,
        valid_until: text.valid_until,
        retry_of: text.retry_of,
        encoding: Some(encoding_word(measure.encoding).to_owned()),
        parts: i64::from(measure.parts.max(1)),
        media: i64::try_from(text.media.len()).unwrap_or(0),
        in_flight_at_opt_out: false,
        data: None,
        created_at: now,
    };
    message::insert(tx, &row)?;
    for (position, picture) in (0_i64..).zip(&text.media) {
        if !media::attach(tx, *picture, text.message, position)? {
            return Err(ReplyError::NoMedia);
        }
    }
    if state != State::Queued {
        // What may leave at once is explained by its claim, a moment later.
        decision::insert_many(tx, std::iter::once((text.message, &decision)), Pass::Accept, now)?;
    }
    if state == State::Refused || text.retry_of.is_some() {
        let failed = message::failed_count(tx, conversation)?;
        conversation::set_failed(tx, conversation, failed)?;
    }
    if state != State::Refused {
        outbox::insert(tx, &intent(inbox, address, text, conversation, held_until.unwrap_or(now), now))?;
        note_sent(tx, address, text, &address_facts, now)?;
    }
    tx.event(NewEvent {
        kind: "message.created",
        conversation: Some(Id::uuid(conversation)),
        subject: Some(Id::uuid(text.message)),
        at: now,
        data: format!(r#"{{"seq":{seq},"kind":"outbound","state":"{}"}}"#, state.word()),
    });
    Ok(Accepted { message: row, decision: Some(decision), repeated: false })
}

fn intent(
    inbox: &sending::InboxFacts,
    address: &Address,
    text: &NewText,
    conversation: ConversationId,
    due_at: i64,
    now: i64,
) -> Intent {
    let confirmation = text.origin == Origin::OptOutConfirmation;
    let validity = if confirmation { CONFIRMATION_MS } else { VALIDITY_MS };
    Intent {
        message: text.message,
        conversation,
        inbox: inbox.id,
        account: inbox.account,
        address: address.as_str().to_owned(),
        origin: text.origin,
        purpose: text.purpose,
        lane: lane(text.origin, text.purpose),
        due_at,
        valid_until: Some(text.valid_until.unwrap_or(due_at.max(now) + validity)),
        created_at: now,
    }
}

fn note_sent(
    tx: &mut Tx<'_>,
    address: &Address,
    text: &NewText,
    known: &suppression::AddressFacts,
    now: i64,
) -> Result<(), DbError> {
    let hash = gate::body_hash(&text.body);
    if text.origin.automatic() {
        let since = now - domain::limits::AUTOMATIC_WINDOW_MS;
        let mut times: Vec<i64> = known.automatic_at.iter().copied().filter(|at| *at > since).collect();
        // The confirmation of an opt-out is owed whatever else was said.
        if text.origin != Origin::OptOutConfirmation {
            times.push(now);
        }
        suppression::note_automatic(tx, address.as_str(), &times, hash)
    } else {
        suppression::note_person(tx, address.as_str(), now, hash)
    }
}

/// Which texts leave first: what a customer waits for before what they do not.
pub(crate) const fn lane(origin: Origin, purpose: Purpose) -> i64 {
    match (origin, purpose) {
        (Origin::OptOutConfirmation, _) | (_, Purpose::Otp) => 0,
        (Origin::Person | Origin::HelpAnswer | Origin::OptInConfirmation, _) => 1,
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
