//! A merge undone: each gets back what was theirs, and what has come in by their addresses since.

use super::{Both, MergeError, row, stragglers, tell};
use crate::Engine;
use crate::audit::Actor;
use crate::consent::{Blank, Slip, record_heard_in};
use crate::customers::{Profile, profile_of};
use crate::gate::BRAND;
use domain::consent::{Action, Channel, EVERY_TOPIC, Method, Permits, Proof};
use domain::customer_merge::came_while_one;
use domain::id::{ConversationId, CustomerId, MergeId, WorkspaceId};
use domain::message::Purpose;
use serde_json::json;
use store::consent::ConsentRow;
use store::customer_merge::{self, Going, MergeRow, MovedAddress};
use store::suppression::{ALL_TEXTS, UNSURE};
use store::{DbError, Tx, audit, customer, job, suppression};

impl Engine {
    /// Undoes a merge of a customer. Asked again, it changes nothing. What opted out of anything while the two were
    /// one keeps marketing refused to both: whoever said it may have meant either, and only a new agreement of
    /// their own ends that.
    ///
    /// # Errors
    /// [`MergeError`].
    pub async fn customer_unmerge(
        &self,
        ws: WorkspaceId,
        by: Actor,
        id: CustomerId,
        merge: MergeId,
    ) -> Result<Profile, MergeError> {
        let (now, look) = (self.now(), self.new_uuid());
        let entry = self.audit_entry(by, "customer.unmerge", id.to_string(), &json!({}));
        let parted = self
            .workspace(ws)
            .write(move |tx| {
                let known = customer_merge::get(tx, merge)?.filter(|known| known.customer == id);
                let known = known.ok_or(MergeError::NoMerge)?;
                if let Some(refused) = part_in(tx, by, &known, now)? {
                    job::ask(tx, look, super::KIND, stragglers::AT_WORK, now + stragglers::OVER_MS)?;
                    let mut entry = entry.clone();
                    let detail =
                        json!({ "merge": merge.to_string(), "other": known.other.to_string(), "refused": refused });
                    entry.detail = detail.to_string();
                    audit::insert(tx, &entry)?;
                }
                profile_of(tx, id)?.ok_or(MergeError::NotFound)
            })
            .await?;
        self.wake();
        Ok(parted)
    }
}

/// Answers to how many addresses marketing stays refused that would not have been; none where it was undone before.
fn part_in(tx: &mut Tx<'_>, by: Actor, merge: &MergeRow, now: i64) -> Result<Option<i64>, MergeError> {
    let (id, other, moved) = (merge.customer, merge.other, &merge.moved);
    let both = Both::take(tx, id, other)?;
    // Another may just have undone it.
    if customer_merge::get(tx, merge.id)?.is_none_or(|known| known.unmerged_at.is_some()) {
        return Ok(None);
    }
    if both.kept.merged_into.is_some() {
        let into = customer_merge::root(tx, id)?.unwrap_or(id);
        return Err(MergeError::Merged { id, into });
    }
    let (theirs, own): (Vec<MovedAddress>, Vec<MovedAddress>) =
        both.own_addresses.into_iter().partition(|one| moved.addresses.contains(one));
    let names = |of: &[MovedAddress]| of.iter().map(|one| one.address.clone()).collect::<Vec<_>>();
    let (theirs, own) = (names(&theirs), names(&own));
    // Numbers that ended meanwhile were theirs as well.
    let ended: Vec<&MovedAddress> =
        moved.addresses.iter().filter(|one| !theirs.contains(&one.address) && !own.contains(&one.address)).collect();
    let side: Vec<String> = ended.iter().map(|one| one.address.clone()).chain(theirs.iter().cloned()).collect();

    let stands = suppression::scopes_of(tx, BRAND, own.iter().chain(&side).cloned().collect())?;
    let before: Vec<_> =
        moved.opt_outs.iter().map(|one| (one.address.as_str(), one.scope.as_str(), one.since)).collect();
    let now_stand = stands.iter().map(|(address, scope, since)| (address.as_str(), scope.as_str(), *since));
    let came: Vec<(&str, &str, i64)> = came_while_one(&before, now_stand).collect();
    if came.iter().any(|(_, scope, _)| *scope == UNSURE) {
        return Err(MergeError::Unsure);
    }

    let goes = |(talk, address): &(ConversationId, String)| {
        let since = side.contains(address) && !moved.stayed.contains(talk);
        (since || moved.conversations.contains(talk)).then_some(*talk)
    };
    let talks: Vec<ConversationId> = customer_merge::conversations(tx, id)?.iter().filter_map(goes).collect();
    let going = Going { addresses: &theirs, conversations: &talks, orders: &moved.orders };
    customer_merge::give(tx, id, other, going)?;
    customer_merge::give_former(tx, id, other, &ended)?;
    super::places::give_back(tx, id, &moved.places, &moved.replaced)?;
    let kept = row(tx, id)?;
    // What a member has written since is theirs to keep.
    let name = if kept.name == moved.name.after { &moved.name.before } else { &kept.name };
    let notes = if kept.notes == moved.notes.after { &moved.notes.before } else { &kept.notes };
    customer::update(tx, id, name, notes)?;
    customer_merge::set_merged(tx, other, None)?;
    customer_merge::last_of_talks(tx, other)?;

    let out = |of: &[String]| came.iter().any(|(address, ..)| of.iter().any(|one| one == address));
    let mut refused = 0;
    for (said_by, to, whose) in [(&own, &theirs, other), (&side, &own, id)] {
        if out(said_by) {
            refused += refuse(tx, by, merge.id, to, whose, &stands, now)?;
        }
    }
    tell(tx, [id, other], &talks, now);
    customer_merge::undone(tx, merge.id, (by.kind(), by.id()), refused, now)?;
    Ok(Some(refused))
}

/// Writes down that some addresses are sold nothing, for what the other said while they were one. Those that
/// are opted out of it by themselves stay as they are.
fn refuse(
    tx: &mut Tx<'_>,
    by: Actor,
    merge: MergeId,
    to: &[String],
    whose: CustomerId,
    stands: &[(String, String, i64)],
    now: i64,
) -> Result<i64, DbError> {
    let mut refused = 0;
    for address in to {
        let sold_nothing = |scope: &str| scope == ALL_TEXTS || scope == Purpose::Marketing.word();
        if stands.iter().any(|(known, scope, _)| known == address && sold_nothing(scope)) {
            continue;
        }
        let blank = Blank::of_unmerge(merge, address);
        let entry = ConsentRow {
            id: blank.id,
            address: address.clone(),
            customer: Some(whose),
            channel: Channel::Sms,
            permits: Permits::Marketing,
            topic: EVERY_TOPIC.to_owned(),
            action: Action::Revoke,
            proof: Proof::Express,
            method: Method::Unmerge,
            disclosure: None,
            message: None,
            // Neither whose number nor what words: those are the other's.
            evidence: json!({
                "merge": merge.to_string(),
                "note": "The other of two customers opted out while they were one.",
            })
            .to_string(),
            actor_kind: by.kind().to_owned(),
            actor_id: by.id(),
            occurred_at: now,
            recorded_at: now,
            salt: blank.salt.to_vec(),
        };
        record_heard_in(tx, &Slip { entry, disclosure: None }, now)?;
        refused += 1;
    }
    Ok(refused)
}
