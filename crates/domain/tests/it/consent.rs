//! How consent stands after entries, in any order of arrival.

use domain::consent::{Action, Entry, Proof, Standing, Status, Unfit, apply, kept, marketing};
use proptest::prelude::*;

fn entry(action: Action, proof: Proof, occurred_at: i64) -> Entry {
    Entry { action, proof, occurred_at }
}

fn standing(status: Status, proof: Proof, since: i64) -> Option<Standing> {
    let ended_at = matches!(status, Status::Revoked | Status::Expired).then_some(since);
    Some(Standing { status, proof, since, ended_at })
}

/// As it stands again after an end.
fn again(status: Status, proof: Proof, since: i64, ended_at: i64) -> Option<Standing> {
    Some(Standing { status, proof, since, ended_at: Some(ended_at) })
}

type Case = (Option<Standing>, Entry, Result<Option<Standing>, Unfit>);

#[test]
fn each_action_from_each_standing() {
    use Action::*;
    use Proof::{Express, Unproven, Written};
    let none = None;
    let pending = standing(Status::Pending, Written, 10);
    let claimed = standing(Status::Unproven, Unproven, 10);
    let granted = standing(Status::Granted, Written, 10);
    let revoked = standing(Status::Revoked, Express, 10);
    let expired = standing(Status::Expired, Written, 10);
    let cases: &[Case] = &[
        (none, entry(Request, Written, 20), Ok(standing(Status::Pending, Written, 20))),
        (none, entry(Grant, Written, 20), Ok(standing(Status::Granted, Written, 20))),
        (none, entry(Grant, Unproven, 20), Ok(standing(Status::Unproven, Unproven, 20))),
        (none, entry(Confirm, Written, 20), Err(Unfit::NothingToConfirm)),
        (none, entry(Revoke, Express, 20), Ok(standing(Status::Revoked, Express, 20))),
        (none, entry(Resume, Express, 20), Ok(None)),
        // What was granted for a number before it changed hands may still be told of later.
        (none, entry(Expire, Express, 20), Ok(standing(Status::Expired, Express, 20))),
        (pending, entry(Confirm, Written, 20), Ok(standing(Status::Granted, Written, 20))),
        (claimed, entry(Confirm, Written, 20), Ok(standing(Status::Granted, Written, 20))),
        (granted, entry(Request, Written, 20), Ok(granted)),
        // A file that claims less than we can prove takes nothing away.
        (granted, entry(Grant, Unproven, 20), Ok(granted)),
        (granted, entry(Grant, Express, 20), Ok(granted)),
        (granted, entry(Expire, Express, 20), Ok(standing(Status::Expired, Written, 20))),
        (granted, entry(Revoke, Express, 20), Ok(standing(Status::Revoked, Express, 20))),
        // Late news of an opt-out that a later grant has answered.
        (granted, entry(Revoke, Express, 5), Ok(again(Status::Granted, Written, 10, 5))),
        // At the same instant the withdrawal counts, whichever came first.
        (granted, entry(Revoke, Express, 10), Ok(standing(Status::Revoked, Express, 10))),
        (revoked, entry(Grant, Written, 10), Ok(revoked)),
        (revoked, entry(Grant, Written, 9), Ok(revoked)),
        (revoked, entry(Grant, Unproven, 20), Ok(revoked)),
        (revoked, entry(Grant, Written, 20), Ok(again(Status::Granted, Written, 20, 10))),
        (revoked, entry(Confirm, Written, 20), Err(Unfit::Withdrawn)),
        (revoked, entry(Resume, Express, 20), Ok(revoked)),
        (revoked, entry(Expire, Express, 20), Ok(again(Status::Revoked, Express, 10, 20))),
        (expired, entry(Confirm, Written, 20), Err(Unfit::NothingToConfirm)),
        (expired, entry(Grant, Written, 20), Ok(again(Status::Granted, Written, 20, 10))),
        (expired, entry(Grant, Written, 5), Ok(expired)),
    ];
    for (before, entry, after) in cases {
        assert_eq!(apply(*before, None, entry), *after, "{before:?} then {entry:?}");
    }
}

#[test]
fn what_was_permitted_before_an_end_never_stands_after_it() {
    use Proof::Written;
    // Everything was withdrawn at 10; nothing of its own stood then.
    for action in [Action::Grant, Action::Request] {
        assert_eq!(apply(None, Some(10), &entry(action, Written, 9)), Ok(None));
        assert_eq!(apply(None, Some(10), &entry(action, Written, 10)), Ok(None));
        assert_ne!(apply(None, Some(10), &entry(action, Written, 11)), Ok(None));
    }
    // It was withdrawn at 10 and asked for again at 20: a yes of 9 is none to that.
    let asked = again(Status::Pending, Written, 20, 10);
    assert_eq!(apply(asked, None, &entry(Action::Grant, Written, 9)), Ok(asked));
    assert_eq!(apply(asked, None, &entry(Action::Confirm, Written, 21)), Ok(again(Status::Granted, Written, 21, 10)));
    let asked = standing(Status::Pending, Written, 5);
    assert_eq!(apply(asked, Some(10), &entry(Action::Confirm, Written, 9)), Ok(asked));
}

#[test]
fn a_topic_against_everything() {
    let granted = |since| standing(Status::Granted, Proof::Written, since);
    let revoked = |since| standing(Status::Revoked, Proof::Express, since);
    assert_eq!(marketing(None, granted(1)), granted(1));
    assert_eq!(marketing(granted(2), None), granted(2));
    assert_eq!(marketing(revoked(2), granted(3)), revoked(2), "a general yes does not undo a particular no");
    assert_eq!(marketing(granted(2), revoked(3)), revoked(3));
    assert_eq!(marketing(granted(4), revoked(3)), granted(4));
    assert_eq!(marketing(granted(3), revoked(3)), revoked(3));
    assert_eq!(marketing(None, None), None);
    let back = again(Status::Granted, Proof::Express, 5, 3);
    assert_eq!(marketing(granted(2), back), back, "what stands again stands as it was given anew");
    let asked = again(Status::Pending, Proof::Written, 5, 3);
    assert_eq!(marketing(granted(2), asked), asked);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let one = (0..Action::ALL.len(), 0..Proof::ALL.len(), 0..40_i64)
        .prop_map(|(action, proof, at)| entry(Action::ALL[action], Proof::ALL[proof], at));
    proptest::collection::vec(one, 1..12)
}

fn fold(entries: &[Entry]) -> Option<Standing> {
    entries.iter().fold(None, |before, entry| apply(before, None, entry).unwrap_or(before))
}

proptest! {
    /// Whatever arrives, in whatever order: after the last withdrawal only
    /// something the customer did later, with proof, permits again.
    #[test]
    fn nothing_permits_after_a_withdrawal_but_a_later_deed(entries in entries()) {
        let Some(last) = entries.iter().filter(|e| e.action == Action::Revoke).map(|e| e.occurred_at).max() else {
            return Ok(());
        };
        let later = entries.iter().any(|e| {
            e.occurred_at > last
                && (e.action == Action::Confirm
                    || matches!(e.action, Action::Grant | Action::Keep) && e.proof > Proof::Unproven)
        });
        let stands = fold(&entries).map(|standing| standing.status);
        if !later {
            prop_assert_ne!(stands, Some(Status::Granted));
        }
    }

    /// The same where everything is withdrawn and resumed, and the customer's
    /// permission has a standing of its own or none.
    #[test]
    fn nothing_permits_after_everything_ended_but_a_later_deed(entries in entries(), end in 0..40_i64) {
        let stands = entries.iter().fold(None, |before, entry| apply(before, Some(end), entry).unwrap_or(before));
        if let Some(stands) = stands.filter(|stands| stands.status == Status::Granted) {
            prop_assert!(stands.since > end);
            prop_assert!(stands.ended_at.is_none_or(|ended| stands.since > ended));
        }
    }

    /// A claim without proof is never more than a claim.
    #[test]
    fn unproven_claims_never_permit(entries in entries()) {
        let unproven: Vec<Entry> = entries.iter().map(|e| Entry { proof: Proof::Unproven, ..*e }).collect();
        let confirmed = unproven.iter().any(|e| e.action == Action::Confirm);
        if !confirmed {
            prop_assert_ne!(fold(&unproven).map(|standing| standing.status), Some(Status::Granted));
        }
    }
}

#[test]
fn only_an_opt_out_of_everything_that_stands_can_be_narrowed() {
    let out = standing(Status::Revoked, Proof::Express, 10);
    // The texts may come again from then on; that they had ended is remembered.
    assert_eq!(kept(out, 20), again(Status::Granted, Proof::Express, 20, 10).ok_or(Unfit::NothingToKeep));
    // Both in one instant, or clocks that differ: the answer came later.
    assert_eq!(kept(out, 10).map(|stands| stands.since), Ok(11));
    assert_eq!(kept(out, 3).map(|stands| stands.since), Ok(11));
    for other in [None, standing(Status::Granted, Proof::Express, 10), standing(Status::Expired, Proof::Express, 10)] {
        assert_eq!(kept(other, 20), Err(Unfit::NothingToKeep), "{other:?}");
    }
    // What is kept is permitted by a word of theirs, whatever ended it before.
    let keep = entry(Action::Keep, Proof::Express, 20);
    assert_eq!(apply(None, Some(10), &keep), Ok(standing(Status::Granted, Proof::Express, 20)));
    assert_eq!(apply(out, Some(10), &keep), Ok(again(Status::Granted, Proof::Express, 20, 10)));
    assert_eq!(apply(out, Some(20), &keep), Ok(out), "an end of the same instant counts");
}
