//! What a centre says became of a text, by parameters or in the words of its text.

use crate::pdu::{Party, ShortMessage, Tag};
use crate::receipt_id::candidates;
use crate::receipt_text::{Said, read as read_text};
use crate::settings::IdForm;
use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState;

/// What became of a text.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The centre's id as the receipt writes it; empty where it names none.
    pub id: String,
    /// The ids of answers it may mean, the likeliest first; see [`candidates`].
    pub candidates: Vec<String>,
    /// The centre's own word, or its number of a state.
    pub word: String,
    /// What the word means; `None` for one nobody mapped, which changes nothing.
    pub state: Option<ReceiptState>,
    /// The network's own code, where it says what went wrong.
    pub error_code: Option<String>,
    /// The class of the error, where it can be told. Codes are each network's own.
    pub error_class: Option<ErrorClass>,
    /// When it happened in Unix ms, where the centre says so.
    pub at: Option<i64>,
    /// The customer, who is the receipt's sender.
    pub customer: Party,
    /// Our sender.
    pub ours: Party,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt")
            .field("id", &self.id)
            .field("word", &self.word)
            .field("error_code", &self.error_code)
            .finish_non_exhaustive()
    }
}

/// What the states of `message_state` mean (SMPP 3.4, 5.2.28; 0 and 9 of 5.0), and their words.
pub static STATES: &[(u64, &str, Option<ReceiptState>)] = &[
    (0, "SCHEDULED", Some(ReceiptState::Accepted)),
    (1, "ENROUTE", Some(ReceiptState::Sent)),
    (2, "DELIVERED", Some(ReceiptState::Delivered)),
    (3, "EXPIRED", Some(ReceiptState::Undelivered)),
    (4, "DELETED", Some(ReceiptState::Undelivered)),
    (5, "UNDELIVERABLE", Some(ReceiptState::Undelivered)),
    (6, "ACCEPTED", Some(ReceiptState::Accepted)),
    (7, "UNKNOWN", None),
    (8, "REJECTED", Some(ReceiptState::Failed)),
    (9, "SKIPPED", Some(ReceiptState::Failed)),
];

/// What the words of `stat:` mean: the seven letters of the protocol (SMPP 3.4, appendix B), and
/// what centres write instead.
pub static WORDS: &[(&str, Option<ReceiptState>)] = &[
    ("SCHEDULED", Some(ReceiptState::Accepted)),
    ("ENROUTE", Some(ReceiptState::Sent)),
    ("BUFFERED", Some(ReceiptState::Sent)),
    ("DELIVRD", Some(ReceiptState::Delivered)),
    ("DELIVERED", Some(ReceiptState::Delivered)),
    ("EXPIRED", Some(ReceiptState::Undelivered)),
    ("DELETED", Some(ReceiptState::Undelivered)),
    ("UNDELIV", Some(ReceiptState::Undelivered)),
    ("UNDELIVERED", Some(ReceiptState::Undelivered)),
    ("UNDELIVERABLE", Some(ReceiptState::Undelivered)),
    ("FAILED", Some(ReceiptState::Undelivered)),
    ("ACCEPTD", Some(ReceiptState::Accepted)),
    ("ACCEPTED", Some(ReceiptState::Accepted)),
    ("UNKNOWN", None),
    ("REJECTD", Some(ReceiptState::Failed)),
    ("REJECTED", Some(ReceiptState::Failed)),
    ("SKIPPED", Some(ReceiptState::Failed)),
];

/// What `delivery_failure_reason` means (SMPP 3.4, 5.3.2.33).
pub static REASONS: &[(u64, ErrorClass)] = &[
    (0, ErrorClass::Unreachable),
    (1, ErrorClass::InvalidNumber),
    // A fault of the network that stays: it says nothing of whose fault it is.
    (2, ErrorClass::Unknown),
    (3, ErrorClass::Network),
];

/// Reads a receipt. `text` is what the unit's octets say. Parameters count before words, since
/// customers' texts are among the words.
#[must_use]
pub fn read(unit: &ShortMessage, text: &str, form: IdForm, offset_minutes: i16) -> Receipt {
    let said = read_text(text, offset_minutes);
    let id = unit.tlvs.word(Tag::ReceiptedMessageId).or_else(|| said.id.clone()).unwrap_or_default();
    let by_number = unit.tlvs.number(Tag::MessageState).map(|number| {
        STATES
            .iter()
            .find(|(known, ..)| *known == number)
            .map_or((number.to_string(), None), |row| (row.1.to_owned(), row.2))
    });
    let by_word = || {
        let word = said.stat.clone().unwrap_or_default();
        let upper = word.to_ascii_uppercase();
        let state = WORDS.iter().find(|(known, _)| *known == upper).and_then(|(_, state)| *state);
        (word, state)
    };
    let (word, state) = by_number.unwrap_or_else(by_word);
    let failed = !matches!(state, Some(ReceiptState::Delivered | ReceiptState::Accepted | ReceiptState::Sent));
    let error_code = failed.then(|| error_code(unit, &said)).flatten();
    Receipt {
        candidates: candidates(&id, form),
        error_class: failed.then(|| error_class(unit, &word)).flatten(),
        error_code,
        id,
        word,
        state,
        at: said.done_at,
        customer: unit.source.clone(),
        ours: unit.dest.clone(),
    }
}

/// The network's own code: its kind and number as a parameter, or the text's `err:`.
fn error_code(unit: &ShortMessage, said: &Said) -> Option<String> {
    let by_parameter = unit.tlvs.get(Tag::NetworkErrorCode).and_then(|value| match value[..] {
        [kind, high, low, ..] => {
            Some(u16::from_be_bytes([high, low])).filter(|code| *code != 0).map(|code| format!("{kind}:{code}"))
        }
        _ => None,
    });
    by_parameter.or_else(|| said.err.clone().filter(|code| !code.bytes().all(|octet| octet == b'0')))
}

fn error_class(unit: &ShortMessage, word: &str) -> Option<ErrorClass> {
    if word.eq_ignore_ascii_case("EXPIRED") {
        return Some(ErrorClass::Expired);
    }
    let reason = unit.tlvs.number(Tag::DeliveryFailureReason)?;
    REASONS.iter().find(|(known, _)| *known == reason).map(|(_, class)| *class)
}

/// Whether a text that is not marked as a receipt reads like one: it names an id and a state that
/// the protocol knows.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    let said = read_text(text, 0);
    let known = |word: &String| WORDS.iter().any(|(known, _)| word.eq_ignore_ascii_case(known));
    said.id.is_some() && said.stat.as_ref().is_some_and(known)
}
