//! What must hold, whatever happens.

use super::Sim;
use channels::simulator::HandsetText;
use domain::address::Address;
use domain::id::{AttemptId, MessageId};
use domain::message::{Kind, Origin, Purpose, State};
use domain::send::{Cleared, OutboundText};
use engine::reply::Accepted;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// An invariant that does not hold.
#[derive(Debug, Clone, thiserror::Error)]
#[error("seed {seed}, step {step}: {what}")]
pub struct Broken {
    /// The seed to run again.
    pub seed: u64,
    /// The action at which it showed.
    pub step: usize,
    /// What does not hold.
    pub what: String,
}

/// A customer as they know themselves.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub opted_out: bool,
    pub wrote_since: bool,
    /// When they last agreed to marketing in writing, Unix ms.
    pub agreed_at: Option<i64>,
    /// When they last took that back, by whichever opt-out.
    pub revoked_at: Option<i64>,
    /// When they were asked whether they want to join, while nothing has answered or ended that.
    pub asked_at: Option<i64>,
    /// When a person or program who chooses what to say last texted them.
    pub texted_at: Option<i64>,
    /// When they last wrote.
    pub wrote_at: Option<i64>,
    /// Whether they opted out of marketing alone.
    pub marketing_out: bool,
    /// Whether a text of theirs may have asked to stop, and nobody has said.
    pub unsure: bool,
    /// The zone they last said they are in.
    pub declared: Option<&'static str>,
    /// How often they have opted out.
    pub episodes: usize,
    /// How many confirmations reached them.
    pub confirmed: usize,
}

/// A text of ours as its writer knows it.
#[derive(Debug)]
pub(super) struct Text {
    pub address: String,
    pub origin: Origin,
    pub purpose: Purpose,
    /// The furthest state seen.
    pub seen: State,
    /// Whether the customer opted out after it was accepted.
    pub overtaken: bool,
}

/// What the world knows, apart from the store.
#[derive(Default)]
pub(super) struct Model {
    pub people: BTreeMap<String, Person>,
    pub texts: BTreeMap<MessageId, Text>,
    pub posted: BTreeSet<String>,
    /// When each try of a marketing text was claimed, Unix ms.
    pub sold: BTreeMap<AttemptId, i64>,
    /// When those were claimed that reached a phone, by its number.
    pub got: BTreeMap<String, Vec<i64>>,
    /// Which try brought each text that reached a phone.
    pub delivered: BTreeMap<MessageId, AttemptId>,
    pub hands: Vec<Vec<Cleared<OutboundText>>>,
    pub stopped: bool,
}

impl Model {
    /// A customer opted out of a purpose, or of everything. What is in hand may still
    /// be written; given back, it has had its chance.
    pub fn overtake(&mut self, address: &str, of: Option<Purpose>) {
        let ended = |text: &Text| text.address == address && of.is_none_or(|purpose| text.purpose == purpose);
        self.texts.values_mut().filter(|text| ended(text)).for_each(|text| text.overtaken = true);
    }
}

impl Person {
    /// Whether a marketing text may leave for them.
    pub fn may_be_sold_to(&self) -> bool {
        // At the same instant the withdrawal counts.
        let agreed = self.agreed_at.is_some_and(|agreed| self.revoked_at.is_none_or(|revoked| agreed > revoked));
        agreed && !self.opted_out && !self.marketing_out && !self.unsure
    }

    /// They opted out of everything at an instant, Unix ms. False where they had before.
    pub fn leaves(&mut self, at: i64) -> bool {
        let fresh = !self.opted_out;
        self.episodes += usize::from(fresh);
        (self.opted_out, self.wrote_since, self.unsure) = (true, false, false);
        self.asked_at = None;
        self.revoked_at = self.revoked_at.max(Some(at));
        fresh
    }
}

impl Sim {
    /// Nothing but a person's own answer is accepted for someone who opted out.
    pub(super) fn check_accept(
        &self,
        accepted: &Accepted,
        address: &str,
        origin: Origin,
        purpose: Purpose,
    ) -> Result<(), String> {
        let kept = accepted.message.state;
        let person = self.model.people.get(address);
        if purpose == Purpose::Marketing && kept != State::Refused && !accepted.repeated {
            let may = person.is_some_and(Person::may_be_sold_to);
            if !may {
                return Err(format!("marketing to {address} was {kept} without standing consent"));
            }
        }
        let Some(person) = person else { return Ok(()) };
        let may = origin == Origin::Person && person.wrote_since;
        if person.opted_out && !may && kept != State::Refused && !accepted.repeated {
            return Err(format!("{address} opted out, yet a {origin} text was {kept}"));
        }
        Ok(())
    }

    /// Invariants 1 and 2, and of 6 that a decision is kept, at the moment a text passes the gate.
    pub(super) async fn check_cleared(&self, text: &Cleared<OutboundText>) -> Result<Purpose, String> {
        let item = text.item();
        let row = self.row(item.message).await?;
        let (origin, purpose) = (row.origin.unwrap_or(Origin::Api), row.purpose.unwrap_or(Purpose::Otp));
        if self.model.stopped {
            return Err(format!("{} passed the gate although sending is stopped", item.message));
        }
        if self.model.texts.get(&item.message).is_some_and(|text| text.overtaken) {
            return Err(format!(
                "{} passed the gate although {} opted out after it was accepted",
                item.message, item.to
            ));
        }
        if let Some(person) = self.model.people.get(item.to.as_str()).filter(|person| person.opted_out) {
            let now = engine::Clock::now(&*self.clock);
            let answered = matches!(origin, Origin::Person | Origin::HelpAnswer | Origin::OptInConfirmation);
            let may = origin == Origin::OptOutConfirmation || (answered && person.may_be_answered(now));
            if !may {
                return Err(format!("a {origin} text passed the gate after {} opted out", item.to));
            }
        }
        if purpose == Purpose::Marketing {
            if !self.model.people.get(item.to.as_str()).is_some_and(Person::may_be_sold_to) {
                return Err(format!("marketing passed the gate without standing consent of {}", item.to));
            }
            let declared = self.model.people.get(item.to.as_str()).and_then(|person| person.declared);
            awake(&item.to, declared, engine::Clock::now(&*self.clock))?;
            self.check_manners(item.to.as_str()).await?;
        }
        let message = item.message;
        let decisions = self
            .engine
            .store()
            .workspace(self.ws)
            .read(move |tx| store::decision::of_message(tx, message))
            .await
            .map_err(|error| error.to_string())?;
        if decisions.is_empty() {
            return Err(format!("{message} left without a recorded decision"));
        }
        Ok(purpose)
    }

    /// Invariant 4: at most one hand-over reaches a phone.
    pub(super) async fn check_delivered(&mut self, text: &HandsetText) -> Result<(), String> {
        let Some((message, attempt)) = text.message else { return Ok(()) };
        match self.model.delivered.insert(message, attempt) {
            None => {}
            // The network doubled it: that is one hand-over.
            Some(known) if known == attempt => return Ok(()),
            Some(_) => return Err(format!("{message} reached {} twice", text.number)),
        }
        self.check_cap(attempt, text.number.as_str())?;
        let origin = self.row(message).await?.origin;
        if origin == Some(Origin::OptOutConfirmation) {
            let person = self.model.people.entry(text.number.as_str().to_owned()).or_default();
            person.confirmed += 1;
            if person.confirmed > person.episodes {
                return Err(format!(
                    "{} was confirmed {} times for {} opt-outs",
                    text.number, person.confirmed, person.episodes
                ));
            }
        }
        Ok(())
    }

    /// Invariant 5: no state goes backwards.
    pub(super) async fn check_states(&mut self) -> Result<(), String> {
        let ids: Vec<MessageId> = self.model.texts.keys().copied().collect();
        for id in ids {
            let now = self.row(id).await?.state;
            if let Some(text) = self.model.texts.get_mut(&id) {
                let forward = rank(now) >= rank(text.seen);
                if !forward {
                    return Err(format!("{id} went from {} back to {now}", text.seen));
                }
                text.seen = now;
            }
        }
        Ok(())
    }

    /// Invariants 3 and 5 and the log, once everything has come to rest.
    pub(super) async fn check_books(&mut self) -> Result<(), String> {
        self.check_states().await?;
        for (id, text) in &self.model.texts {
            if matches!(text.seen, State::Queued | State::HandingOver | State::Held) {
                return Err(format!(
                    "{id} ({} {} to {}) still is {} at the end",
                    text.origin, text.purpose, text.address, text.seen
                ));
            }
        }
        let ws = self.engine.store().workspace(self.ws);
        let (inbound, events) = ws
            .read(|tx| {
                let mut inbound = 0;
                let after = (i64::MAX, domain::id::ConversationId::new(uuid::Uuid::max()));
                for row in store::conversation::page(tx, store::conversation::View::All, after, 10_000)? {
                    let thread = store::message::after(tx, row.id, 0, 100_000)?;
                    if !thread.iter().map(|item| item.seq).eq(1..=row.last_seq) {
                        return Err(store::DbError::Unavailable(format!("{} has gaps in its numbers", row.id)));
                    }
                    inbound += thread.iter().filter(|item| item.kind == Kind::Inbound).count();
                }
                Ok((inbound, store::event::since(tx, 0, 1_000_000)?))
            })
            .await
            .map_err(|error: store::DbError| error.to_string())?;
        if inbound != self.model.posted.len() {
            return Err(format!("{} texts were taken, {inbound} are kept", self.model.posted.len()));
        }
        if !events.iter().map(|event| event.seq).eq(1..=i64::try_from(events.len()).unwrap_or(0)) {
            return Err("the event log has gaps".to_owned());
        }
        for event in &events {
            self.note(&format!("{} {} {} {}", event.seq, event.kind, event.at, event.data));
        }
        Ok(())
    }

    async fn row(&self, id: MessageId) -> Result<store::message::MessageRow, String> {
        self.engine
            .store()
            .workspace(self.ws)
            .read(move |tx| store::message::get(tx, id))
            .await
            .map_err(|error: store::DbError| error.to_string())?
            .ok_or_else(|| format!("{id} was accepted and is gone"))
    }
}

/// Every clock the recipient may look at shows 8 am to 9 pm.
fn awake(to: &Address, declared: Option<&'static str>, now: i64) -> Result<(), String> {
    let instant = Timestamp::from_millisecond(now).map_err(|error| error.to_string())?;
    for zone in domain::zones::candidates(to).zones.into_iter().chain(declared) {
        let clock = domain::zones::time_zone(zone).ok_or("an unknown zone")?.to_datetime(instant);
        if !(8..21).contains(&clock.hour()) {
            return Err(format!("marketing passed at {clock} in {zone}"));
        }
    }
    Ok(())
}

/// How far a message has come; what waits may wait again until it has left.
const fn rank(state: State) -> u8 {
    match state {
        State::Queued | State::Held | State::HandingOver | State::Received | State::Noted => 0,
        State::Ambiguous => 1,
        State::Accepted => 2,
        State::Sent | State::SentUnconfirmed => 3,
        State::Failed => 4,
        State::Undelivered => 5,
        State::Delivered => 6,
        State::Refused | State::Cancelled => 7,
    }
}
