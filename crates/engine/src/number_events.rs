//! Numbers that were switched off or given to somebody else.
//!
//! What was permitted to such a number ended with it. What waits for it is refused,
//! its talks are closed, and who writes from it next is another customer, who sees
//! nothing of the former one and permits anew.

use crate::Engine;
use crate::audit::Actor;
use crate::consent::{Came, ConsentError, NewConsent, Slip, record_many_in};
use crate::idempotency::Keep;
use crate::inbound::refuse_taken;
use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof};
use domain::gate::Ended;
use domain::id::{CustomerId, Id, WorkspaceId};
use domain::import::NumberEvent;
use serde_json::{Value, json};
use store::consent::ConsentRow;
use store::{DbError, NewEvent, Tx, message, number, outbox};

/// Most numbers told of at once.
pub const EVENTS_MAX: usize = 1_000;
/// Numbers of one transaction.
const STEP: usize = 250;

/// What became of a number.
#[derive(Debug, Clone)]
pub struct NewNumberEvent {
    /// The number.
    pub address: Address,
    /// What became of it.
    pub event: NumberEvent,
    /// When, Unix ms; now where nobody knows.
    pub occurred_at: Option<i64>,
}

impl Engine {
    /// Ends what was permitted to some numbers. Answers, in their order, whether each told something new.
    ///
    /// # Errors
    /// [`ConsentError`]. Some may have been ended by then: told of again, they are known.
    pub async fn number_events_record(
        &self,
        ws: WorkspaceId,
        by: Actor,
        events: Vec<NewNumberEvent>,
        keep: Keep<Vec<bool>>,
    ) -> Result<Vec<bool>, ConsentError> {
        let now = self.now();
        let slip = |one: NewNumberEvent| {
            let evidence = json!({ "event": one.event.word() });
            self.slip(by, ended(one.address, evidence, one.occurred_at.unwrap_or(now)), now)
        };
        let slips: Vec<Slip> = events.into_iter().map(slip).collect::<Result<_, _>>()?;
        let mut told: Vec<bool> = Vec::with_capacity(slips.len());
        let mut steps = slips.chunks(STEP).peekable();
        while let Some(step) = steps.next() {
            let (step, before, keep) = (step.to_vec(), told.clone(), keep.clone());
            let last = steps.peek().is_none();
            told = self
                .workspace(ws)
                .write(move |tx| {
                    let mut told = before.clone();
                    told.extend(record_many_in(tx, &step, now)?.iter().map(|came| *came == Came::Added));
                    if last {
                        keep.keep(tx, &told, now)?;
                    }
                    Ok::<_, ConsentError>(told)
                })
                .await?;
        }
        Ok(told)
    }
}

/// The entry of the ledger that ends what was permitted to a number, at an instant (Unix ms).
pub(crate) fn ended(address: Address, evidence: Value, at: i64) -> NewConsent {
    NewConsent {
        address,
        channel: Channel::Sms,
        permits: Permits::All,
        topic: String::new(),
        action: Action::Expire,
        proof: Proof::Express,
        method: Method::NumberFeed,
        disclosure: None,
        evidence,
        occurred_at: Some(at),
    }
}

/// What follows from entries that end what was permitted to numbers; of others nothing does.
pub(crate) fn follow_in(tx: &mut Tx<'_>, entries: &[ConsentRow], now: i64) -> Result<(), DbError> {
    let gone = |entry: &&ConsentRow| entry.action == Action::Expire && entry.permits == Permits::All;
    let ends: Vec<(&str, i64)> =
        entries.iter().filter(gone).map(|entry| (entry.address.as_str(), entry.occurred_at)).collect();
    if ends.is_empty() {
        return Ok(());
    }
    let ended = number::end(tx, &ends)?;
    if ended.is_empty() {
        return Ok(());
    }
    let (addresses, customers): (Vec<String>, Vec<CustomerId>) = ended.into_iter().unzip();
    for address in outbox::addresses_waiting(tx, &addresses)? {
        // Marked first, as for an opt-out: what is claimed and comes back is not handed over again.
        message::mark_in_flight(tx, &address)?;
        let taken = outbox::take_address(tx, &address)?;
        refuse_taken(tx, &taken, Ended::NumberGone, now)?;
    }
    for id in number::talks_end(tx, &customers, &addresses, now)? {
        tx.event(changed("conversation.changed", Some(Id::uuid(id)), Id::uuid(id), now));
    }
    for id in customers {
        tx.event(changed("customer.changed", None, Id::uuid(id), now));
    }
    Ok(())
}

fn changed(kind: &'static str, conversation: Option<uuid::Uuid>, subject: uuid::Uuid, at: i64) -> NewEvent {
    NewEvent { kind, conversation, subject: Some(subject), at, data: "{}".to_owned() }
}
