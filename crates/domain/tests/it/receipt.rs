//! Receipts merge in any order, any number of times.

use domain::message::State;
use domain::outcome::{ErrorClass, Submission};
use domain::receipt::{Progress, ReceiptState, answered_state, message_state};
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

/// What can come of one attempt, in any order: receipts and the submit's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Heard {
    Receipt(u16, ReceiptState),
    Answer(Submission),
}

/// A message as receipts and the answer leave it.
#[derive(Debug, Clone, Default)]
struct Fate {
    progress: Progress,
    shown: Vec<State>,
}

impl Fate {
    fn of(heard: &[Heard], parts: u32) -> Self {
        let mut fate = Self { shown: vec![State::HandingOver], ..Self::default() };
        for one in heard {
            let now = fate.shown[fate.shown.len() - 1];
            let after = match one {
                Heard::Receipt(part, said) => {
                    fate.progress.merge(*part, *said);
                    fate.progress.state(parts).map_or(now, |known| message_state(now, known))
                }
                Heard::Answer(answer) => answered_state(now, answer, &mut fate.progress, parts),
            };
            fate.shown.push(after);
        }
        fate
    }

    fn last(&self) -> State {
        self.shown[self.shown.len() - 1]
    }
}

fn answers() -> impl Strategy<Value = Option<Submission>> {
    prop_oneof![
        3 => Just(Some(Submission::Taken { provider_id: "SMx".to_owned(), parts: None })),
        1 => Just(Some(Submission::Unknown { detail: "time-out".to_owned() })),
        1 => Just(Some(Submission::NotTaken {
            class: ErrorClass::InvalidNumber,
            code: "21211".to_owned(),
            retry_after_ms: None,
        })),
        1 => Just(None),
    ]
}

/// Every order of some things.
fn orders<T: Clone>(things: &[T]) -> Vec<Vec<T>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(first);
        all.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first.clone());
            order
        }));
    }
    all
}

/// How far along people take a message to be.
fn rank(state: State) -> usize {
    const ALONG: [&[State]; 6] = [
        &[State::HandingOver, State::Ambiguous],
        &[State::Accepted],
        &[State::Sent],
        &[State::Failed],
        &[State::Undelivered],
        &[State::Delivered],
    ];
    let along = ALONG.iter().position(|states| states.contains(&state));
    assert!(along.is_some(), "{state:?} is no state of a text that was handed over");
    along.unwrap_or_default()
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

    /// The message's own state, not only what it is folded from: whatever the order,
    /// however often, wherever the submit's answer comes, it ends the same and is
    /// never shown further along than it then turns out to be.
    #[test]
    fn a_message_ends_the_same_in_every_order_and_only_moves_forward(
        said in prop::collection::vec((0_u16..4, 0..ReceiptState::ALL.len()), 0..5),
        answer in answers(),
        again in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..4),
        parts in 1_u32..4,
    ) {
        let mut heard: Vec<Heard> =
            said.into_iter().map(|(part, at)| Heard::Receipt(part, ReceiptState::ALL[at])).collect();
        heard.extend(answer.map(Heard::Answer));
        let straight = Fate::of(&heard, parts);
        for mut order in orders(&heard) {
            for (which, place) in &again {
                if !order.is_empty() {
                    let one = order[which.index(order.len())].clone();
                    order.insert(place.index(order.len()), one);
                }
            }
            let fate = Fate::of(&order, parts);
            prop_assert_eq!(fate.last(), straight.last(), "{:?} and {:?}", heard, order);
            prop_assert!(fate.shown.is_sorted_by_key(|state| rank(*state)), "{:?} shows {:?}", order, fate.shown);
            if let Some(known) = fate.progress.state(parts) {
                prop_assert_eq!(fate.last(), message_state(State::HandingOver, known));
            }
        }
    }

    /// Which error a message is told to have failed of does not hang on the order either.
    #[test]
    fn the_error_told_is_the_same_in_every_order(
        errors in prop::collection::vec((0..ReceiptState::ALL.len(), 0..ErrorClass::ALL.len(), 0_u8..3), 0..5),
    ) {
        let told = |order: &[(usize, usize, u8)]| {
            let mut progress = Progress::default();
            for (said, class, code) in order {
                progress.merge_error(ReceiptState::ALL[*said], ErrorClass::ALL[*class], &code.to_string());
            }
            progress
        };
        let straight = told(&errors);
        for order in orders(&errors) {
            prop_assert_eq!(&told(&order), &straight);
            let (left, right) = order.split_at(order.len() / 2);
            let mut joined = told(right);
            joined.merge_all(&told(left));
            prop_assert_eq!(&joined, &straight);
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
    use ReceiptState::{Accepted, Delivered, Failed, Sent, Undelivered};
    type Case = (&'static [(u16, ReceiptState)], u32, Option<ReceiptState>);
    let table: &[Case] = &[
        (&[], 2, None),
        (&[(1, Delivered)], 2, Some(Sent)),
        (&[(1, Delivered), (2, Delivered)], 2, Some(Delivered)),
        (&[(1, Delivered), (2, Sent)], 2, Some(Sent)),
        (&[(1, Delivered), (2, Undelivered)], 2, Some(Undelivered)),
        (&[(1, Failed), (2, Undelivered)], 2, Some(Failed)),
        (&[(0, Sent), (1, Undelivered), (2, Delivered)], 2, Some(Undelivered)),
        // It has not failed before every part's fate is known: a part given up may yet arrive.
        (&[(0, Sent), (1, Undelivered)], 2, Some(Sent)),
        (&[(1, Undelivered), (1, Delivered), (2, Sent)], 2, Some(Sent)),
        (&[(1, Delivered), (1, Undelivered), (2, Sent)], 2, Some(Sent)),
        (&[(1, Failed), (1, Delivered), (2, Accepted)], 2, Some(Sent)),
        (&[(1, Accepted)], 2, Some(Accepted)),
        // What is on its way is not taken back by a part that is behind.
        (&[(1, Sent), (2, Accepted)], 2, Some(Sent)),
        // A part more than was counted takes nothing back either.
        (&[(1, Delivered), (2, Delivered), (3, Sent)], 2, Some(Delivered)),
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
