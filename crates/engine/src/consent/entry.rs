//! One entry, in the caller's transaction.

use super::{ConsentError, Recorded};
use crate::gate::BRAND;
use domain::consent::{self as rule, Action, Channel, EVERY_TOPIC, Entry, Method, Permits, Proof, Standing, Status};
use domain::id::{ConsentId, DisclosureId, Id, MergeId, MessageId};
use domain::message::Purpose;
use sha2::{Digest, Sha256};
use store::consent::{ConsentRow, DisclosureRow, StandingRow};
use store::{DbError, NewEvent, Tx, consent, customer, message, outbox, suppression};

/// An entry ready to be written down.
#[derive(Debug, Clone)]
pub(crate) struct Slip {
    /// The entry; its customer and disclosure are filled in here.
    pub(crate) entry: ConsentRow,
    /// The words shown, kept once for all entries that refer to them.
    pub(crate) disclosure: Option<DisclosureRow>,
}

/// Identities for one entry that a customer's text may make.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Blank {
    pub(crate) id: ConsentId,
    pub(crate) salt: [u8; 16],
}

impl Blank {
    /// Identities from a message's own and an instant, for an entry that a
    /// carrier's word about it makes: a closure that runs twice makes the same ones.
    pub(crate) fn of_message(message: MessageId, now: i64) -> Self {
        let derive = |what: &str| {
            let hash = Sha256::new().chain_update(what).chain_update(Id::uuid(message).as_bytes());
            let hash = hash.chain_update(now.to_be_bytes()).finalize();
            let mut bytes = [0; 16];
            bytes.copy_from_slice(hash.get(..16).unwrap_or(&[0; 16]));
            bytes
        };
        let id = uuid::Builder::from_custom_bytes(derive("consent by carrier")).into_uuid();
        Self { id: ConsentId::new(id), salt: derive("salt of it") }
    }

    /// Identities for the entry that parting two customers makes for an address.
    pub(crate) fn of_unmerge(merge: MergeId, address: &str) -> Self {
        let derive = |what: &str| {
            let hash = Sha256::new().chain_update(what).chain_update(Id::uuid(merge).as_bytes());
            let hash = hash.chain_update(address).finalize();
            let mut bytes = [0; 16];
            bytes.copy_from_slice(hash.get(..16).unwrap_or(&[0; 16]));
            bytes
        };
        let id = uuid::Builder::from_custom_bytes(derive("consent by unmerge")).into_uuid();
        Self { id: ConsentId::new(id), salt: derive("salt of it") }
    }

    /// Identities for another entry that the same text makes.
    pub(crate) fn second(self) -> Self {
        Self { id: ConsentId::new(self.derived(b"second entry")), salt: *self.derived(b"salt of it").as_bytes() }
    }

    /// An identity for the words that its entry refers to.
    pub(crate) fn disclosure(self) -> DisclosureId {
        DisclosureId::new(self.derived(b"disclosure"))
    }

    /// What a closure that runs twice makes the same.
    fn derived(self, what: &[u8]) -> uuid::Uuid {
        let hash = Sha256::new().chain_update(what).chain_update(Id::uuid(self.id).as_bytes());
        let hash = hash.chain_update(self.salt).finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(hash.get(..16).unwrap_or(&[0; 16]));
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// An entry of what a customer did by text, written down by Hark itself.
    #[expect(clippy::too_many_arguments, reason = "each is one column of the entry")]
    pub(crate) fn heard(
        self,
        address: &str,
        permits: Permits,
        action: Action,
        method: Method,
        message: MessageId,
        evidence: &serde_json::Value,
        now: i64,
    ) -> Slip {
        Slip {
            entry: ConsentRow {
                id: self.id,
                address: address.to_owned(),
                customer: None,
                channel: Channel::Sms,
                permits,
                topic: EVERY_TOPIC.to_owned(),
                action,
                proof: Proof::Express,
                method,
                disclosure: None,
                message: Some(message),
                evidence: evidence.to_string(),
                actor_kind: "system".to_owned(),
                actor_id: None,
                occurred_at: now,
                recorded_at: now,
                salt: self.salt.to_vec(),
            },
            disclosure: None,
        }
    }
}

/// Writes an entry down, with how consent stands after it. An opt-out also
/// suppresses the address for its scope and refuses what waits for it.
pub(crate) fn record_in(tx: &mut Tx<'_>, slip: &Slip, now: i64) -> Result<Recorded, ConsentError> {
    let mut entry = slip.entry.clone();
    // Claims and accepts of this address wait until this is committed, and where consent
    // is withdrawn, those of the customer's other addresses: marketing ends for all.
    let others = match entry.action {
        Action::Revoke | Action::Doubt | Action::Expire => customer::other_addresses(tx, &entry.address)?,
        Action::Request | Action::Grant | Action::Confirm | Action::Resume | Action::Keep | Action::Settle => {
            Vec::new()
        }
    };
    let all: Vec<&str> = others.iter().map(String::as_str).chain([entry.address.as_str()]).collect();
    suppression::lock_many(tx, &all)?;
    if entry.customer.is_none() {
        entry.customer = customer::by_address(tx, &entry.address)?;
    }
    if let Some(words) = &slip.disclosure {
        entry.disclosure = Some(consent::disclosure_put(tx, words)?);
    }
    let standing = consent::standings(tx, vec![entry.address.clone()])?;
    let moved = moves(&entry, &standing)?;
    consent::insert_many(tx, std::slice::from_ref(&entry))?;
    consent::standings_put(tx, &moved)?;
    let stands_so =
        |row: &&StandingRow| row.channel == entry.channel && row.permits == entry.permits && row.topic == entry.topic;
    let stands = moved.iter().chain(&standing).find(stands_so).cloned();
    opt_outs_follow(tx, &entry, stands.as_ref(), now)?;
    crate::number_events::follow_in(tx, std::slice::from_ref(&entry), now)?;
    tx.event(NewEvent {
        kind: "consent.recorded",
        conversation: None,
        subject: Some(Id::uuid(entry.id)),
        at: now,
        data: format!(r#"{{"action":"{}","permits":"{}"}}"#, entry.action, entry.permits),
    });
    Ok(Recorded { entry, stands, disclosure: slip.disclosure.clone() })
}

/// Writes down an opt-out or a return, which fits wherever consent stands.
pub(crate) fn record_heard_in(tx: &mut Tx<'_>, slip: &Slip, now: i64) -> Result<(), DbError> {
    match record_in(tx, slip, now) {
        Ok(_) => Ok(()),
        Err(ConsentError::Store(error)) => Err(error),
        Err(other) => Err(DbError::Unavailable(other.to_string())),
    }
}

/// How consent stands anew after an entry: its own row, and for an opt-out of
/// everything each purpose and topic that was permitted.
pub(crate) fn moves(entry: &ConsentRow, standing: &[StandingRow]) -> Result<Vec<StandingRow>, ConsentError> {
    // What a customer says to us counts in the order we hear it: clocks of two nodes
    // differ, and one that stepped back must not make a STOP old. Only news from
    // elsewhere is placed by the time it tells.
    let heard = !matches!(entry.method, Method::Import | Method::NumberFeed);
    let said_after = |row: Option<&StandingRow>| {
        let since = row.filter(|_| heard).map_or(entry.occurred_at, |row| row.standing.since);
        Entry { action: entry.action, proof: entry.proof, occurred_at: entry.occurred_at.max(since) }
    };
    let of_channel = || standing.iter().filter(|row| row.channel == entry.channel);
    let own = of_channel().find(|row| row.permits == entry.permits && row.topic == entry.topic);
    // What covers this purpose and topic beside its own: everything, and the purpose's every topic.
    let covering = of_channel()
        .filter(|row| row.topic == EVERY_TOPIC && (row.permits == Permits::All || row.permits == entry.permits));
    let ended_at = covering.map(|row| row.standing.ended_at).max().flatten();
    let mut moved = Vec::new();
    let after = match (entry.permits, entry.action) {
        // What is resumed is being texted at all; purposes stay as they are.
        (Permits::All, Action::Resume) => {
            let said = said_after(own);
            let left_since = own.filter(|row| row.standing.status == Status::Revoked).map(|row| row.standing.since);
            let ended_at = own.and_then(|row| row.standing.ended_at);
            match left_since {
                // Late news of a return, before the opt-out that stands.
                Some(left) if !heard && left >= said.occurred_at => None,
                _ => Some(Standing { status: Status::Granted, proof: entry.proof, since: said.occurred_at, ended_at }),
            }
        }
        (_, Action::Keep) => {
            let everything = of_channel().find(|row| row.permits == Permits::All);
            let going_on = rule::kept(everything.map(|row| row.standing), entry.occurred_at)?;
            if let Some(row) = everything {
                moved.push(StandingRow { standing: going_on, consent: entry.id, ..row.clone() });
            }
            let said = Entry { action: entry.action, proof: entry.proof, occurred_at: going_on.since };
            rule::apply(own.map(|row| row.standing), ended_at, &said)?
        }
        (_, Action::Revoke) => rule::apply(own.map(|row| row.standing), ended_at, &said_after(own))?,
        _ => rule::apply(
            own.map(|row| row.standing),
            ended_at,
            &Entry { action: entry.action, proof: entry.proof, occurred_at: entry.occurred_at },
        )?,
    };
    if let Some(after) = after.filter(|after| own.is_none_or(|own| own.standing != *after)) {
        moved.push(StandingRow {
            address: entry.address.clone(),
            channel: entry.channel,
            permits: entry.permits,
            topic: entry.topic.clone(),
            standing: after,
            consent: maker(own, &after, entry.id),
        });
    }
    if entry.permits == Permits::All && entry.action != Action::Resume {
        for row in of_channel().filter(|row| row.permits != Permits::All) {
            let after = rule::apply(Some(row.standing), None, &said_after(Some(row)))?;
            if let Some(after) = after.filter(|after| row.standing != *after) {
                moved.push(StandingRow { standing: after, consent: maker(Some(row), &after, entry.id), ..row.clone() });
            }
        }
    }
    Ok(moved)
}

/// The entry that made it stand so. Late news of an end leaves what stands since to the entry that granted it.
fn maker(before: Option<&StandingRow>, after: &Standing, entry: ConsentId) -> ConsentId {
    let same = |row: &&StandingRow| row.standing.status == after.status && row.standing.since == after.since;
    before.filter(same).map_or(entry, |row| row.consent)
}

/// The scope of an opt-out from what it withdraws.
pub(crate) fn opt_out_scope(permits: Permits, topic: &str) -> &str {
    match permits {
        Permits::All => suppression::ALL_TEXTS,
        Permits::Marketing | Permits::Transactional if topic != EVERY_TOPIC => topic,
        Permits::Marketing => Purpose::Marketing.word(),
        Permits::Transactional => Purpose::Transactional.word(),
    }
}

/// What an entry does to the opt-outs of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OptOuts<'a> {
    /// One of this scope begins or is said again.
    Stand(&'a str),
    /// Marketing rests until somebody says whether they asked to stop.
    Rest,
    /// One of this scope ends.
    End(&'a str),
    /// One of everything becomes one of marketing alone: they keep news of their orders.
    Narrow,
    /// All end: who returns wants texts again, whatever they had opted out of.
    AllEnd,
    /// They stay.
    Stay,
}

/// The opt-outs that end where one of everything becomes one of marketing alone.
pub(crate) const NARROWED: [&str; 2] = [suppression::ALL_TEXTS, Purpose::Transactional.word()];

impl<'a> OptOuts<'a> {
    /// What an entry does, as consent stands after it for its purpose and topic.
    pub(crate) fn after(entry: &'a ConsentRow, stands: Option<Status>) -> Self {
        let scope = opt_out_scope(entry.permits, &entry.topic);
        let revoked = stands == Some(Status::Revoked);
        match entry.action {
            // News of an opt-out that the customer has taken back since ends nothing.
            Action::Revoke if revoked => Self::Stand(scope),
            Action::Resume if !revoked => Self::AllEnd,
            Action::Grant | Action::Confirm if stands == Some(Status::Granted) => Self::End(scope),
            Action::Keep if stands == Some(Status::Granted) => Self::Narrow,
            Action::Request
            | Action::Grant
            | Action::Confirm
            | Action::Revoke
            | Action::Resume
            | Action::Keep
            | Action::Expire => Self::Stay,
            Action::Doubt => Self::Rest,
            Action::Settle => Self::End(suppression::UNSURE),
        }
    }
}

fn opt_outs_follow(tx: &mut Tx<'_>, entry: &ConsentRow, stands: Option<&StandingRow>, now: i64) -> Result<(), DbError> {
    let address = entry.address.as_str();
    match OptOuts::after(entry, stands.map(|row| row.standing.status)) {
        OptOuts::Stand(scope) => {
            let source = format!("{}:{}", entry.method, entry.id);
            if !suppression::add(tx, BRAND, address, scope, now, &source, entry.message)? {
                suppression::renew(tx, BRAND, address, scope, now)?;
            }
            if scope == suppression::ALL_TEXTS {
                // Whether another text of theirs meant it is no question any more.
                suppression::lift(tx, BRAND, address, suppression::UNSURE, now)?;
                crate::unsure_text::moot_in(tx, address, now)?;
            }
            take_waiting(tx, entry, now)
        }
        OptOuts::Rest => {
            let source = format!("{}:{}", entry.method, entry.id);
            suppression::add(tx, BRAND, address, suppression::UNSURE, now, &source, entry.message).map(|_| ())
        }
        OptOuts::End(scope) => suppression::lift(tx, BRAND, address, scope, now).map(|_| ()),
        OptOuts::Narrow => {
            let source = format!("{}:{}", entry.method, entry.id);
            suppression::add(tx, BRAND, address, Purpose::Marketing.word(), now, &source, entry.message)?;
            for scope in NARROWED {
                suppression::lift(tx, BRAND, address, scope, now)?;
            }
            Ok(())
        }
        OptOuts::AllEnd => {
            suppression::lift_every(tx, BRAND, address, now)?;
            crate::unsure_text::moot_in(tx, address, now)
        }
        OptOuts::Stay => Ok(()),
    }
}

/// What waits is refused now, not at its claim: a later START must not let it pass.
pub(super) fn take_waiting(tx: &mut Tx<'_>, entry: &ConsentRow, now: i64) -> Result<(), DbError> {
    let own = || vec![entry.address.clone()];
    // What is claimed is marked first: should another node give some of it back while
    // this waits for its row, then the next statement finds it due. The other way round
    // it would be neither marked nor taken.
    let mut taken = match entry.permits {
        Permits::All => {
            message::mark_in_flight(tx, &entry.address)?;
            outbox::take_address(tx, &entry.address)?
        }
        Permits::Transactional if entry.topic == EVERY_TOPIC => {
            take_purposes(tx, own(), &[Purpose::Marketing, Purpose::Transactional])?
        }
        // News of other topics goes on; marketing ends with any of them.
        Permits::Transactional => {
            message::mark_in_flight_topic(tx, &entry.address, &entry.topic)?;
            let mut taken = outbox::take_topic(tx, &entry.address, &entry.topic)?;
            taken.extend(take_purposes(tx, own(), &[Purpose::Marketing])?);
            taken
        }
        Permits::Marketing => take_purposes(tx, own(), &[Purpose::Marketing])?,
    };
    // Marketing ends for the customer, by whichever address it would have gone.
    let others = customer::other_addresses(tx, &entry.address)?;
    if !others.is_empty() {
        taken.extend(take_purposes(tx, others, &[Purpose::Marketing])?);
    }
    crate::inbound::refuse_waiting(tx, &taken, now)
}

/// Takes out what waits for some addresses with some purposes; what is in hand is marked first.
pub(crate) fn take_purposes(
    tx: &mut Tx<'_>,
    addresses: Vec<String>,
    purposes: &[Purpose],
) -> Result<Vec<outbox::Taken>, DbError> {
    message::mark_in_flight_purposes(tx, &addresses, purposes)?;
    outbox::take_purposes(tx, &addresses, purposes)
}
