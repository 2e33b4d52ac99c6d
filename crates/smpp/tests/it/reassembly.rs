//! Parts put together: in any order, doubled, missing, and too many.

use smpp::pdu::Party;
use smpp::reassembly::{Key, Piece, Reassembly, Whole};
use smpp::{Alphabet, Place};
use std::time::Duration;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

#[expect(clippy::disallowed_methods, reason = "any instant will do to count from")]
fn start() -> Instant {
    Instant::now()
}

fn key(from: &str, reference: u16, total: u8) -> Key {
    let party = |address: &str| Party { ton: 1, npi: 1, address: address.to_owned() };
    Key { source: party(from), dest: party("24365"), reference, total }
}

fn place(key: &Key, number: u8) -> Place {
    Place { reference: key.reference, total: key.total, number }
}

fn piece(text: &str) -> Piece {
    Piece { alphabet: Alphabet::Latin1, units: text.as_bytes().to_vec() }
}

struct Parts(Reassembly<u32>, Instant);

impl Parts {
    fn new(most: usize) -> Self {
        Self(Reassembly::new(most, MINUTE, SECOND), start())
    }
    fn add(&mut self, key: &Key, number: u8, text: &str, answer: u32) -> Vec<(String, Vec<u8>, Vec<u32>)> {
        let ended = self.0.add(self.1, key.clone(), place(key, number), piece(text), answer);
        ended.into_iter().map(|(whole, answers)| (whole.body, whole.missing, answers)).collect()
    }
}

#[test]
fn parts_come_in_any_order_and_are_answered_together() {
    let mut parts = Parts::new(9);
    let (one, other) = (key("1", 7, 3), key("2", 7, 3));
    assert_eq!(parts.add(&one, 3, "c", 1), []);
    assert_eq!(parts.add(&other, 1, "x", 2), []);
    assert_eq!(parts.add(&one, 1, "a", 3), []);
    // Sent again, since its answer was not heard.
    assert_eq!(parts.add(&one, 1, "a", 4), []);
    assert_eq!(parts.add(&one, 2, "b", 5), [("abc".to_owned(), vec![], vec![1, 3, 4, 5])]);
    assert_eq!(parts.0.len(), 1);
}

#[test]
fn a_reference_that_comes_around_is_another_text() {
    let mut parts = Parts::new(9);
    let key = key("1", 7, 2);
    assert_eq!(parts.add(&key, 1, "old", 1), []);
    assert_eq!(parts.add(&key, 1, "new", 2), [("old\u{fffd}".to_owned(), vec![2], vec![1])]);
    assert_eq!(parts.add(&key, 2, "er", 3), [("newer".to_owned(), vec![], vec![2, 3])]);
}

#[test]
fn the_oldest_makes_room_and_is_told_as_it_is() {
    let mut parts = Parts::new(2);
    parts.add(&key("1", 1, 3), 2, "one", 1);
    parts.1 += SECOND;
    parts.add(&key("2", 1, 3), 1, "two", 2);
    assert_eq!(parts.add(&key("3", 1, 3), 1, "three", 3), [("\u{fffd}one\u{fffd}".to_owned(), vec![1, 3], vec![1])]);
    assert_eq!(parts.0.len(), 2);
}

#[test]
fn memory_is_bounded_by_octets_too() {
    let mut parts = Parts::new(100_000);
    let large = "x".repeat(1_000);
    let mut ended = 0;
    for number in 0..10_000_u32 {
        ended += parts.add(&key(&number.to_string(), 1, 2), 1, &large, number).len();
        parts.1 += Duration::from_micros(1);
    }
    assert!(parts.0.len() * 1_000 <= 4 * 1024 * 1024 && ended + parts.0.len() == 10_000, "{ended}");
}

#[test]
fn answers_are_not_held_for_long_and_texts_not_for_ever() {
    let mut parts = Parts::new(9);
    let key = key("1", 1, 3);
    parts.add(&key, 1, "a", 1);
    assert_eq!(parts.0.next_due(), Some(parts.1 + SECOND));
    assert!(parts.0.overdue_answers(parts.1).is_empty());
    assert!(parts.0.answered_text().is_none());
    assert_eq!(parts.0.overdue_answers(parts.1 + SECOND), [1]);
    assert_eq!(parts.0.next_due(), Some(parts.1 + MINUTE));
    parts.1 += 2 * SECOND;
    parts.add(&key, 3, "c", 3);
    assert!(parts.0.overdue_text(parts.1).is_none());
    let told = parts.0.overdue_text(parts.1 + MINUTE).map(|(Whole { body, missing, .. }, held)| (body, missing, held));
    assert_eq!(told, Some(("a\u{fffd}c".to_owned(), vec![2], vec![3])));
    assert!(parts.0.is_empty() && parts.0.next_due().is_none());
}

#[test]
fn what_the_centre_believes_is_safe_is_told_at_the_end() {
    let mut parts = Parts::new(9);
    parts.add(&key("1", 1, 2), 1, "a", 1);
    parts.0.overdue_answers(parts.1 + SECOND);
    parts.add(&key("2", 1, 2), 1, "b", 2);
    assert_eq!(parts.0.answered_text().map(|whole| whole.body), Some("a\u{fffd}".to_owned()));
    assert!(parts.0.answered_text().is_none());
}

#[test]
fn a_character_cut_in_two_is_whole_again() {
    let octets: Vec<u8> = "a😀b".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut parts = Parts::new(9);
    let key = key("1", 1, 2);
    let piece = |units: &[u8]| Piece { alphabet: Alphabet::Utf16, units: units.to_vec() };
    parts.0.add(parts.1, key.clone(), place(&key, 2), piece(&octets[4..]), 2);
    let ended = parts.0.add(parts.1, key.clone(), place(&key, 1), piece(&octets[..4]), 1);
    assert_eq!(ended[0].0.body, "a😀b");
}
