//! Two customers who are one person are made one, and parted again.
//!
//! What hangs on an address stays with it: opt-outs, consent and its ledger, texts that wait.
//! What hangs on a customer moves: addresses, conversations, orders. The one who was merged
//! keeps their row, with the words and places that were theirs, so that a parting gives back
//! what was moved and what has come in by their addresses since.

mod part;
mod places;
mod stragglers;

pub(crate) use stragglers::KIND;

use crate::Engine;
use crate::audit::Actor;
use crate::consent::take_purposes;
use crate::customers::{Profile, event, profile_of};
use crate::erasure;
use crate::gate::BRAND;
use crate::inbound::refuse_waiting;
use domain::customer_merge as rule;
use domain::id::{ConversationId, CustomerId, Id, MergeId, WorkspaceId};
use domain::limits::CUSTOMER_NOTES_MAX;
use domain::message::Purpose;
use serde_json::json;
use std::collections::BTreeSet;
use store::customer::CustomerRow;
use store::customer_merge::{self, Going, Held, KnownOptOut, MergeRow, Moved, MovedAddress, MovedWords};
use store::suppression::UNSURE;
use store::{DbError, NewEvent, Tx, audit, customer, job, suppression};
use uuid::Uuid;

/// Who is merged into a customer, and what they are called from then on.
#[derive(Debug, Clone)]
pub struct NewMerge {
    /// Who is merged.
    pub other: CustomerId,
    /// The name; the kept one's where absent, else the other's.
    pub name: Option<String>,
    /// The notes; both where absent.
    pub notes: Option<String>,
}

/// Why customers are not merged or parted.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// No such customer.
    #[error("there is no such customer")]
    NotFound,
    /// No such merge of this customer.
    #[error("there is no such merge")]
    NoMerge,
    /// Both are the same customer.
    #[error("a customer cannot be merged with themselves")]
    Itself,
    /// One was merged into another before, at last into this one.
    #[error("{id} was merged into {into}")]
    Merged {
        /// Who was merged.
        id: CustomerId,
        /// Who they are by now.
        into: CustomerId,
    },
    /// One is of the demo shop and the other is not.
    #[error("a customer of the demo shop cannot be merged with a real one")]
    Demo,
    /// One is being erased.
    #[error("one of the customers is being erased")]
    Erasing,
    /// Both have an open conversation over the same number.
    #[error("both have an open conversation over the same number: close one first")]
    OpenTalks,
    /// Both notes together are too long.
    #[error("both notes together are too long: say which to keep")]
    NotesTooLong,
    /// Nobody has said yet whether a text that came while they were one asked to stop.
    #[error("a text that came while they were one may ask to stop: say first whether it does")]
    Unsure,
    /// The store failed.
    #[error(transparent)]
    Store(DbError),
}

impl From<DbError> for MergeError {
    fn from(error: DbError) -> Self {
        if error.is_conflict_on("conversations") { Self::OpenTalks } else { Self::Store(error) }
    }
}

impl Engine {
    /// Merges a customer into another, who is kept. Asked again, it changes nothing. From the commit on, marketing
    /// is refused to both where either has opted out.
    ///
    /// # Errors
    /// [`MergeError`].
    pub async fn customer_merge(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: CustomerId,
        new: NewMerge,
    ) -> Result<Profile, MergeError> {
        let (now, merge, look): (i64, MergeId, Uuid) = (self.now(), self.new_id(), self.new_uuid());
        let detail = json!({ "merge": merge.to_string(), "other": new.other.to_string() });
        let entry = self.audit_entry(by, "customer.merge", id.to_string(), &detail);
        let merged = self
            .workspace(ws)
            .write(move |tx| {
                if merge_in(tx, by, id, &new, merge, now)? {
                    job::ask(tx, look, KIND, stragglers::AT_WORK, now + stragglers::OVER_MS)?;
                    audit::insert(tx, &entry)?;
                }
                profile_of(tx, id)?.ok_or(MergeError::NotFound)
            })
            .await?;
        self.wake();
        Ok(merged)
    }
}

/// False where they are merged already.
fn merge_in(
    tx: &mut Tx<'_>,
    by: Actor,
    id: CustomerId,
    new: &NewMerge,
    merge: MergeId,
    now: i64,
) -> Result<bool, MergeError> {
    let other = new.other;
    if id == other {
        row(tx, id)?;
        return Err(MergeError::Itself);
    }
    let both = Both::take(tx, id, other)?;
    if both.other.merged_into == Some(id) {
        return Ok(false);
    }
    for held in [both.kept, both.other] {
        if held.merged_into.is_some() {
            let into = customer_merge::root(tx, held.id)?.unwrap_or(held.id);
            return Err(MergeError::Merged { id: held.id, into });
        }
    }
    if both.kept.demo != both.other.demo {
        return Err(MergeError::Demo);
    }
    let (kept, theirs) = (row(tx, id)?, row(tx, other)?);
    let name = rule::name(&kept.name, &theirs.name, new.name.as_deref()).to_owned();
    let notes = rule::notes(&kept.notes, &theirs.notes, new.notes.as_deref());
    if notes.chars().count() > CUSTOMER_NOTES_MAX {
        return Err(MergeError::NotesTooLong);
    }
    let (own, others) = (both.own(), both.others());
    let all: Vec<String> = own.iter().chain(&others).cloned().collect();
    let stands = suppression::scopes_of(tx, BRAND, all)?;
    // Before conversations are touched, in the order of every opt-out.
    end_marketing(tx, &own, &others, &stands, now)?;

    let talks = customer_merge::conversations(tx, other)?;
    let stayed = customer_merge::conversations(tx, id)?.into_iter().filter(|(_, address)| others.contains(address));
    let (places, replaced) = places::take_over(tx, id, other)?;
    let moved = Moved {
        addresses: both.other_addresses,
        conversations: talks.into_iter().map(|(talk, _)| talk).collect(),
        stayed: stayed.map(|(talk, _)| talk).collect(),
        orders: customer_merge::orders(tx, other)?,
        places,
        replaced,
        name: MovedWords { before: kept.name, after: name },
        notes: MovedWords { before: kept.notes, after: notes },
        opt_outs: stands.into_iter().map(|(address, scope, since)| KnownOptOut { address, scope, since }).collect(),
    };
    let going = Going { addresses: &others, conversations: &moved.conversations, orders: &moved.orders };
    customer_merge::give(tx, other, id, going)?;
    customer::update(tx, id, &moved.name.after, &moved.notes.after)?;
    customer_merge::set_merged(tx, other, Some(id))?;
    customer::touch(tx, id, theirs.last_at)?;
    tell(tx, [id, other], &moved.conversations, now);
    customer_merge::insert(
        tx,
        &MergeRow {
            id: merge,
            customer: id,
            other,
            moved,
            actor_kind: by.kind().to_owned(),
            actor_id: by.id(),
            merged_at: now,
            unmerged_at: None,
            unmerged_kind: None,
            unmerged_by: None,
            refused: 0,
        },
    )?;
    Ok(true)
}

/// Refuses at once what waits to be sold to one where the other has opted out.
fn end_marketing(
    tx: &mut Tx<'_>,
    own: &[String],
    others: &[String],
    stands: &[(String, String, i64)],
    now: i64,
) -> Result<(), DbError> {
    let out = |of: &[String]| stands.iter().any(|(address, scope, _)| scope != UNSURE && of.contains(address));
    let mut ended = Vec::new();
    for (of, to) in [(own, others), (others, own)] {
        if out(of) {
            ended.extend_from_slice(to);
        }
    }
    if ended.is_empty() {
        return Ok(());
    }
    let taken = take_purposes(tx, ended, &[Purpose::Marketing])?;
    refuse_waiting(tx, &taken, now)
}

/// Two customers, taken until the end of the transaction: their claims, accepts and opt-outs wait, and whoever
/// merges, parts or erases either.
struct Both {
    kept: Held,
    other: Held,
    own_addresses: Vec<MovedAddress>,
    other_addresses: Vec<MovedAddress>,
}

impl Both {
    fn take(tx: &mut Tx<'_>, kept: CustomerId, other: CustomerId) -> Result<Self, MergeError> {
        let mut ids = [kept, other];
        ids.sort_unstable();
        let read = |tx: &mut Tx<'_>| {
            Ok::<_, DbError>([customer_merge::addresses(tx, kept)?, customer_merge::addresses(tx, other)?])
        };
        let mut locked: BTreeSet<String> = BTreeSet::new();
        let mut found = read(tx)?;
        // Addresses come first, as everywhere; who gained one before the rows were taken is looked at again.
        loop {
            let all: BTreeSet<String> = found.iter().flatten().map(|one| one.address.clone()).collect();
            suppression::lock_many(tx, &all.iter().map(String::as_str).collect::<Vec<_>>())?;
            locked.extend(all);
            let held = customer_merge::hold(tx, &ids)?;
            found = read(tx)?;
            if found.iter().flatten().all(|one| locked.contains(&one.address)) {
                let of = |id| held.iter().find(|held| held.id == id).copied().ok_or(MergeError::NotFound);
                let [own_addresses, other_addresses] = found;
                if erasure::under_way(tx, &ids)?.is_some() {
                    return Err(MergeError::Erasing);
                }
                return Ok(Self { kept: of(kept)?, other: of(other)?, own_addresses, other_addresses });
            }
        }
    }

    fn own(&self) -> Vec<String> {
        self.own_addresses.iter().map(|one| one.address.clone()).collect()
    }

    fn others(&self) -> Vec<String> {
        self.other_addresses.iter().map(|one| one.address.clone()).collect()
    }
}

fn row(tx: &mut Tx<'_>, id: CustomerId) -> Result<CustomerRow, MergeError> {
    customer::get(tx, id)?.ok_or(MergeError::NotFound)
}

/// Tells the log that two customers and some conversations are not as before.
fn tell(tx: &mut Tx<'_>, customers: [CustomerId; 2], conversations: &[ConversationId], at: i64) {
    for id in customers {
        event(tx, id, at);
    }
    for id in conversations {
        tx.event(NewEvent {
            kind: "conversation.changed",
            conversation: Some(Id::uuid(*id)),
            subject: Some(Id::uuid(*id)),
            at,
            data: "{}".to_owned(),
        });
    }
}
