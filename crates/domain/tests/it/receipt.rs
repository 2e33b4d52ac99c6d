//! Receipts merge in any order, any number of times.

use domain::message::State;
use domain::receipt::{Progress, ReceiptState, message_state};
use proptest::prelude::*;

fn said() -> impl Strategy<Value = (u16, ReceiptState)> {
    (0_u16..5, 0..ReceiptState::ALL.len()).prop_map(|(part, at)| (part, ReceiptState::ALL[at]))
}

fn merged(said: &[(u16, ReceiptState)]) -> Progress {
    let mut progress = Progress::default();
    for (part, state) in said {
        progress.merge(*part, *state);
    }
    progress
}

proptest! {
    #[test]
    fn order_and_repeats_change_nothing(
        said in prop::collection::vec(said(), 0..12),
        order in any::<prop::sample::Index>(),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let straight = merged(&said);
        let mut mixed = said.clone();
        mixed.reverse();
        if !mixed.is_empty() {
            let at = order.index(mixed.len());
            mixed.rotate_left(at);
            for index in again {
                let one = mixed[index.index(mixed.len())];
                mixed.push(one);
            }
        }
        prop_assert_eq!(&merged(&mixed), &straight);
        let (left, right) = said.split_at(said.len() / 2);
        let mut joined = merged(right);
        joined.merge_all(&merged(left));
        prop_assert_eq!(joined, straight);
    }

    #[test]
    fn a_message_only_moves_forward(said in prop::collection::vec(said(), 0..12), parts in 1_u32..5) {
        let mut progress = Progress::default();
        let mut now = State::HandingOver;
        let mut furthest = 0;
        for (part, state) in said {
            progress.merge(part, state);
            if let Some(known) = progress.state(parts) {
                now = message_state(now, known);
            }
            let weight = State::ALL.iter().position(|state| *state == now).unwrap_or(0);
            prop_assert!(weight >= furthest || now == State::Delivered, "{now} after weight {furthest}");
            furthest = furthest.max(weight.min(8));
        }
    }

    #[test]
    fn what_is_cancelled_refused_or_waiting_is_never_revived(state in said()) {
        for now in [State::Queued, State::Held, State::Refused, State::Cancelled, State::Received, State::Noted] {
            prop_assert_eq!(message_state(now, state.1), now);
        }
    }
}

#[test]
fn a_message_of_parts_is_delivered_when_all_of_them_are() {
    use ReceiptState::{Delivered, Sent, Undelivered};
    type Case = (&'static [(u16, ReceiptState)], u32, Option<ReceiptState>);
    let table: &[Case] = &[
        (&[], 2, None),
        (&[(1, Delivered)], 2, Some(Sent)),
        (&[(1, Delivered), (2, Delivered)], 2, Some(Delivered)),
        (&[(1, Delivered), (2, Sent)], 2, Some(Sent)),
        (&[(1, Delivered), (2, Undelivered)], 2, Some(Undelivered)),
        (&[(0, Sent), (1, Undelivered)], 2, Some(Undelivered)),
        (&[(0, Delivered), (1, Sent)], 2, Some(Delivered)),
        (&[(1, Delivered)], 1, Some(Delivered)),
    ];
    for (said, parts, expected) in table {
        assert_eq!(merged(said).state(*parts), *expected, "{said:?}");
    }
}

#[test]
fn a_receipt_settles_what_nobody_knew() {
    for now in [State::HandingOver, State::Ambiguous] {
        for (said, expected) in [
            (ReceiptState::Accepted, State::Accepted),
            (ReceiptState::Sent, State::Sent),
            (ReceiptState::Failed, State::Failed),
            (ReceiptState::Undelivered, State::Undelivered),
            (ReceiptState::Delivered, State::Delivered),
        ] {
            assert_eq!(message_state(now, said), expected);
        }
    }
}
