//! Many entries in one transaction: what a file from another tool tells.
//!
//! Grants, withdrawals and the ends of numbers alone. Each entry does what it does alone (`record_in`); only the statements are few.

use super::entry::{OptOuts, Slip, moves, opt_out_scope, take_waiting};
use crate::gate::BRAND;
use domain::consent::{Action, EVERY_TOPIC, Permits, Status};
use domain::id::DisclosureId;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use store::consent::{ConsentRow, DisclosureRow, StandingRow};
use store::suppression::SuppressionRow;
use store::{DbError, NewEvent, Tx, consent, customer, outbox, suppression, unsure_text};

/// What an entry came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// It was written down and counts.
    Added,
    /// It was known before, and not written down again.
    Already,
    /// It counts for nothing: the customer has said otherwise since.
    Overtaken,
}

/// Everything known about the addresses of the entries, as it becomes entry by entry.
struct Known {
    owners: HashMap<String, domain::id::CustomerId>,
    standing: HashMap<String, Vec<StandingRow>>,
    scopes: HashSet<(String, String)>,
    /// Those with a text of which nobody has said whether it asks to stop.
    unsure: HashSet<String>,
    changed: HashMap<Place, StandingRow>,
}

/// What a standing is of: address, channel, purpose, topic.
type Place = (String, domain::consent::Channel, Permits, String);

fn place(row: &StandingRow) -> Place {
    (row.address.clone(), row.channel, row.permits, row.topic.clone())
}

/// Writes down what another tool tells of, in its order: grants, withdrawals, ends of numbers.
/// One that says what is known already is left out, so that a file may come twice.
pub(crate) fn record_many_in(tx: &mut Tx<'_>, slips: &[Slip], now: i64) -> Result<Vec<Came>, DbError> {
    let addresses = distinct(slips.iter().map(|slip| slip.entry.address.clone()));
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    // As in `record_in`: marketing ends for the customer, by whichever of their addresses.
    let mut kin: HashMap<String, Vec<String>> = HashMap::new();
    for (address, other) in customer::other_addresses_many(tx, &addresses)? {
        kin.entry(address).or_default().push(other);
    }
    let all: Vec<&str> = addresses.iter().chain(kin.values().flatten()).map(String::as_str).collect();
    suppression::lock_many(tx, &all)?;
    let mut known = Known::read(tx, &addresses)?;
    let wordings = disclosures(tx, slips)?;

    let (mut came, mut entries, mut outs) = (Vec::with_capacity(slips.len()), Vec::new(), Vec::new());
    for slip in slips {
        let mut entry = slip.entry.clone();
        entry.customer = known.owners.get(&entry.address).copied();
        entry.disclosure = slip.disclosure.as_ref().and_then(|words| wordings.get(&wording(words)).copied());
        // Neither a grant nor a withdrawal can be unfit; what could is left as it was.
        let Ok(moved) = moves(&entry, known.of(&entry.address)) else {
            came.push(Came::Overtaken);
            continue;
        };
        if let Some(told) = known.told_before(&entry, &moved) {
            came.push(told);
            continue;
        }
        known.learn(moved);
        let status = known.status(&entry);
        let counts = match entry.action {
            Action::Revoke => status == Some(Status::Revoked),
            Action::Expire => true,
            _ => matches!(status, Some(Status::Granted | Status::Unproven)),
        };
        came.push(if counts { Came::Added } else { Came::Overtaken });
        follow(tx, &mut known, &entry, status, now, &mut outs)?;
        entries.push(entry);
    }
    consent::insert_many(tx, &entries)?;
    let changed: Vec<StandingRow> = known.changed.into_values().collect();
    consent::standings_put(tx, &changed)?;
    refuse_waiting(tx, &entries, &outs, &kin, now)?;
    crate::number_events::follow_in(tx, &entries, now)?;
    if !entries.is_empty() {
        tx.event(NewEvent {
            kind: "consent.recorded",
            conversation: None,
            subject: None,
            at: now,
            data: format!(r#"{{"entries":{}}}"#, entries.len()),
        });
    }
    Ok(came)
}

impl Known {
    fn read(tx: &mut Tx<'_>, addresses: &[String]) -> Result<Self, DbError> {
        let mut standing: HashMap<String, Vec<StandingRow>> = HashMap::new();
        for row in consent::standings(tx, addresses.to_vec())? {
            standing.entry(row.address.clone()).or_default().push(row);
        }
        let scopes = suppression::scopes_of(tx, BRAND, addresses.to_vec())?;
        Ok(Self {
            owners: customer::by_addresses(tx, addresses.to_vec())?,
            standing,
            scopes: scopes.into_iter().map(|(address, scope, _)| (address, scope)).collect(),
            unsure: unsure_text::open_addresses(tx, addresses)?.into_iter().collect(),
            changed: HashMap::new(),
        })
    }

    fn of(&self, address: &str) -> &[StandingRow] {
        self.standing.get(address).map_or(&[], Vec::as_slice)
    }

    fn status_of(&self, address: &str, permits: Permits, topic: &str) -> Option<Status> {
        let own = |row: &&StandingRow| row.permits == permits && row.topic == topic;
        self.of(address).iter().find(own).map(|row| row.standing.status)
    }

    fn status(&self, entry: &ConsentRow) -> Option<Status> {
        self.status_of(&entry.address, entry.permits, &entry.topic)
    }

    fn out(&self, address: &str, scope: &str) -> bool {
        self.scopes.contains(&(address.to_owned(), scope.to_owned()))
    }

    /// What an entry came to that tells nothing new, so that it is not written down.
    /// An opt-out that stands needs no second proof.
    fn told_before(&self, entry: &ConsentRow, moved: &[StandingRow]) -> Option<Came> {
        let address = entry.address.as_str();
        if entry.action == Action::Revoke {
            let stands = |permits, topic: &str| {
                self.out(address, opt_out_scope(permits, topic))
                    && self.status_of(address, permits, topic) == Some(Status::Revoked)
            };
            if stands(Permits::All, EVERY_TOPIC) || stands(entry.permits, &entry.topic) {
                return Some(Came::Already);
            }
        }
        match self.status(entry) {
            _ if !moved.is_empty() => None,
            // The ledger knows it, and the suppression is gone: it stands again.
            Some(Status::Revoked) if entry.action == Action::Revoke => None,
            Some(_) if entry.action == Action::Expire => Some(Came::Already),
            Some(Status::Granted | Status::Unproven) if entry.action != Action::Revoke => Some(Came::Already),
            _ => Some(Came::Overtaken),
        }
    }

    fn learn(&mut self, moved: Vec<StandingRow>) {
        for row in moved {
            let rows = self.standing.entry(row.address.clone()).or_default();
            let at = place(&row);
            rows.retain(|old| place(old) != at);
            rows.push(row.clone());
            self.changed.insert(at, row);
        }
    }
}

/// What an entry does to the opt-outs of its address; new ones are gathered.
fn follow(
    tx: &mut Tx<'_>,
    known: &mut Known,
    entry: &ConsentRow,
    status: Option<Status>,
    now: i64,
    outs: &mut Vec<SuppressionRow>,
) -> Result<(), DbError> {
    let address = entry.address.as_str();
    match OptOuts::after(entry, status) {
        OptOuts::Stand(scope) => {
            if !known.scopes.insert((address.to_owned(), scope.to_owned())) {
                suppression::renew(tx, BRAND, address, scope, now)?;
            } else {
                let source = format!("{}:{}", entry.method, entry.id);
                outs.push(SuppressionRow { address: address.to_owned(), scope: scope.to_owned(), since: now, source });
            }
            if scope == suppression::ALL_TEXTS {
                if known.scopes.remove(&(address.to_owned(), suppression::UNSURE.to_owned())) {
                    suppression::lift(tx, BRAND, address, suppression::UNSURE, now)?;
                }
                if known.unsure.remove(address) {
                    crate::unsure_text::moot_in(tx, address, now)?;
                }
            }
        }
        OptOuts::End(scope) => {
            if known.scopes.remove(&(address.to_owned(), scope.to_owned())) {
                let before = outs.len();
                outs.retain(|row| row.address != address || row.scope != scope);
                if outs.len() == before {
                    suppression::lift(tx, BRAND, address, scope, now)?;
                }
            }
        }
        // A file neither doubts nor settles, and nobody returns or answers a question by one.
        OptOuts::Rest | OptOuts::Narrow | OptOuts::AllEnd | OptOuts::Stay => {}
    }
    Ok(())
}

/// Suppresses, and refuses what waits. Few of a file's addresses have anything waiting.
fn refuse_waiting(
    tx: &mut Tx<'_>,
    entries: &[ConsentRow],
    outs: &[SuppressionRow],
    kin: &HashMap<String, Vec<String>>,
    now: i64,
) -> Result<(), DbError> {
    suppression::add_many(tx, BRAND, outs)?;
    let out: HashSet<&str> = outs.iter().map(|row| row.address.as_str()).collect();
    if out.is_empty() {
        return Ok(());
    }
    let others = |address: &str| kin.get(address).map_or(&[] as &[String], Vec::as_slice);
    let asked = distinct(out.iter().flat_map(|one| others(one).iter().cloned().chain([(*one).to_owned()])));
    let waiting: HashSet<String> = outbox::addresses_waiting(tx, &asked)?.into_iter().collect();
    if waiting.is_empty() {
        return Ok(());
    }
    for entry in entries.iter().filter(|entry| entry.action == Action::Revoke && out.contains(entry.address.as_str())) {
        if waiting.contains(&entry.address) || others(&entry.address).iter().any(|other| waiting.contains(other)) {
            take_waiting(tx, entry, now)?;
        }
    }
    Ok(())
}

/// A wording: its SHA-256, what it permits, its language.
type Wording = (Vec<u8>, Permits, String);

fn wording(words: &DisclosureRow) -> Wording {
    (words.sha256.clone(), words.permits, words.locale.clone())
}

/// Keeps the wordings of some entries, and answers what each is kept as.
fn disclosures(tx: &mut Tx<'_>, slips: &[Slip]) -> Result<HashMap<Wording, DisclosureId>, DbError> {
    let mut kept = HashMap::new();
    for words in slips.iter().filter_map(|slip| slip.disclosure.as_ref()) {
        if let Entry::Vacant(free) = kept.entry(wording(words)) {
            free.insert(consent::disclosure_put(tx, words)?);
        }
    }
    Ok(kept)
}

fn distinct(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = all.collect();
    all.sort_unstable();
    all.dedup();
    all
}
