//! How consent stands after an entry.

use super::{Action, Entry, Proof};
use crate::message::words;

words! {
    /// Whether a customer permits something.
    Status {
        /// Asked for, not confirmed.
        Pending = "pending",
        /// Said to be granted, without proof.
        Unproven = "unproven",
        /// Granted.
        Granted = "granted",
        /// Withdrawn.
        Revoked = "revoked",
        /// Ended with the number.
        Expired = "expired",
    }
}

/// How consent stands for one address, channel, purpose and topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is permitted.
    pub status: Status,
    /// How good the permission is.
    pub proof: Proof,
    /// Since when, Unix ms.
    pub since: i64,
    /// When it was last withdrawn or ended, Unix ms, also where the customer has
    /// permitted it again since: what they permitted before that never stands again.
    pub ended_at: Option<i64>,
}

/// Why an entry makes no sense where consent stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing was asked for.
    #[error("there is nothing to confirm: no permission was asked for")]
    NothingToConfirm,
    /// Nothing was withdrawn of which something could be kept.
    #[error("there is nothing to keep: they are not opted out of everything")]
    NothingToKeep,
    /// It was withdrawn meanwhile.
    #[error("it was withdrawn after it was asked for: ask again")]
    Withdrawn,
}

impl Unfit {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NothingToConfirm => "nothing_to_confirm",
            Self::NothingToKeep => "nothing_to_keep",
            Self::Withdrawn => "consent_withdrawn",
        }
    }
}

/// How consent stands after an entry. `None` where nothing stands. `ended_at` is
/// when something that covers it, such as everything, last was withdrawn or
/// ended, Unix ms.
///
/// Entries may arrive late. One that occurred before what stands changes nothing,
/// of two at the same instant the withdrawal counts, and what was permitted before
/// a withdrawal never stands after it, however often they returned in between.
///
/// # Errors
/// [`Unfit`], when a confirmation confirms nothing.
pub fn apply(before: Option<Standing>, ended_at: Option<i64>, entry: &Entry) -> Result<Option<Standing>, Unfit> {
    let at = entry.occurred_at;
    let own_end = before.and_then(|before| before.ended_at);
    let stands = |status, proof| Some(Standing { status, proof, since: at, ended_at: own_end });
    let ends = |status, proof| Some(Standing { status, proof, since: at, ended_at: own_end.max(Some(at)) });
    // Late news of an end changes nothing but what can be granted from before it.
    let ended = |before: Standing| Some(Standing { ended_at: own_end.max(Some(at)), ..before });
    let late =
        before.is_some_and(|before| at < before.since || (at == before.since && before.status == Status::Revoked));
    let outlived = own_end.max(ended_at).is_some_and(|end| at <= end);
    Ok(match (entry.action, before) {
        // Only what the customer granted later answers a withdrawal that arrives late.
        (Action::Revoke, Some(before))
            if at < before.since && matches!(before.status, Status::Granted | Status::Revoked) =>
        {
            ended(before)
        }
        (Action::Revoke, _) => ends(Status::Revoked, entry.proof),
        // The customer may be texted again; what they permit is still for them to say.
        (Action::Resume, before) => before,
        // A doubt rests marketing beside what stands; it grants and ends nothing.
        (Action::Doubt | Action::Settle, before) => before,
        // A withdrawal outlives the number: whoever has it now gave no permission either.
        (Action::Expire, Some(before)) if before.status == Status::Revoked || late => ended(before),
        (Action::Expire, None) => ends(Status::Expired, entry.proof),
        (Action::Expire, Some(before)) => ends(Status::Expired, before.proof),
        (Action::Confirm, None) => return Err(Unfit::NothingToConfirm),
        (Action::Confirm, Some(before)) if (late || outlived) && before.status != Status::Revoked => Some(before),
        (Action::Confirm, Some(before)) => match before.status {
            // The customer said yes: that is express at the least.
            Status::Pending | Status::Unproven => {
                stands(Status::Granted, entry.proof.max(before.proof).max(Proof::Express))
            }
            Status::Granted => Some(before),
            Status::Revoked => return Err(Unfit::Withdrawn),
            Status::Expired => return Err(Unfit::NothingToConfirm),
        },
        (Action::Request | Action::Grant | Action::Keep, before) if late || outlived => before,
        (Action::Request, Some(before)) if before.status == Status::Granted => Some(before),
        (Action::Request, _) => stands(Status::Pending, entry.proof),
        // A file that claims what we have proof of takes nothing away.
        (Action::Grant | Action::Keep, Some(before))
            if before.status == Status::Granted && entry.proof < before.proof =>
        {
            Some(before)
        }
        // A claim without proof does not bring back who has left.
        (Action::Grant | Action::Keep, Some(before))
            if before.status == Status::Revoked && entry.proof == Proof::Unproven =>
        {
            Some(before)
        }
        (Action::Grant | Action::Keep, _) if entry.proof == Proof::Unproven => stands(Status::Unproven, entry.proof),
        (Action::Grant | Action::Keep, _) => stands(Status::Granted, entry.proof),
    })
}

/// How texts at all stand once a customer who had opted out of everything keeps some of them, at an instant
/// (Unix ms). They may be texted again; what they took back before that stays so, purpose by purpose.
///
/// # Errors
/// [`Unfit::NothingToKeep`], where no opt-out of everything stands.
pub fn kept(everything: Option<Standing>, at: i64) -> Result<Standing, Unfit> {
    match everything {
        Some(out) if out.status == Status::Revoked => {
            // Of the opt-out and its answer in one instant the answer came later.
            Ok(Standing { status: Status::Granted, since: at.max(out.since.saturating_add(1)), ..out })
        }
        Some(_) | None => Err(Unfit::NothingToKeep),
    }
}

/// How consent to marketing stands for a topic, from how it stands for that
/// topic alone and for all topics.
///
/// A withdrawal of everything outweighs what was granted for the topic before
/// it; what is granted for the topic after it holds for the topic alone.
#[must_use]
pub fn marketing(topic: Option<Standing>, every: Option<Standing>) -> Option<Standing> {
    match (topic, every) {
        (Some(topic), Some(every)) if every.ended_at.is_some_and(|end| end >= topic.since) => Some(every),
        (Some(topic), _) => Some(topic),
        (None, every) => every,
    }
}
