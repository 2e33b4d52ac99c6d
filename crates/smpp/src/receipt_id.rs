//! The id of a text, which a centre may write one way in its answer and another in its receipt.

use crate::settings::IdForm;

/// Which ids in answers a receipt's id may mean, the likeliest first.
///
/// Where nobody has said how a centre writes them, both readings are given: look for the first that
/// names a text of ours. Two texts whose ids are each other's number in the other notation can be
/// confused then, which is why an account should say.
#[must_use]
pub fn candidates(receipt_id: &str, form: IdForm) -> Vec<String> {
    let id = receipt_id.trim();
    let mut found: Vec<String> = Vec::new();
    let mut add = |candidate: String| {
        if !candidate.is_empty() && !found.contains(&candidate) {
            found.push(candidate);
        }
    };
    if matches!(form, IdForm::Unsure | IdForm::Same) {
        add(id.to_owned());
        same(id).into_iter().for_each(&mut add);
    }
    if matches!(form, IdForm::Unsure | IdForm::HexThenDecimal) {
        decimal(id).map(as_hex).into_iter().flatten().for_each(&mut add);
    }
    if matches!(form, IdForm::Unsure | IdForm::DecimalThenHex) {
        hexadecimal(id).map(as_decimal).into_iter().flatten().for_each(&mut add);
    }
    if found.is_empty() && !id.is_empty() {
        // It is no number in the notation that was promised: it can only mean itself.
        found.push(id.to_owned());
    }
    found
}

/// The same id in other letters, or without the zeros a receipt is filled up with.
fn same(id: &str) -> Vec<String> {
    let bare = id.trim_start_matches('0');
    vec![bare.to_owned(), id.to_ascii_lowercase(), id.to_ascii_uppercase()]
}

fn decimal(id: &str) -> Option<u128> {
    id.bytes().all(|octet| octet.is_ascii_digit()).then(|| id.parse().ok())?
}

fn hexadecimal(id: &str) -> Option<u128> {
    let bare = id.strip_prefix("0x").or_else(|| id.strip_prefix("0X")).unwrap_or(id);
    bare.bytes().all(|octet| octet.is_ascii_hexdigit()).then(|| u128::from_str_radix(bare, 16).ok())?
}

/// A number as answers write it: bare, or filled up to the eight digits of a 32-bit number.
fn as_hex(number: u128) -> Vec<String> {
    vec![format!("{number:x}"), format!("{number:X}"), format!("{number:08x}"), format!("{number:08X}")]
}

fn as_decimal(number: u128) -> Vec<String> {
    vec![format!("{number}"), format!("{number:010}")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_either_notation() {
        let meant = |id, form, answer: &str| candidates(id, form).contains(&answer.to_owned());
        for form in [IdForm::Unsure, IdForm::HexThenDecimal] {
            for answer in ["1f", "1F", "0000001f", "0000001F"] {
                assert!(meant("31", form, answer), "{form:?} {answer}");
                assert!(meant("0000000031", form, answer), "{form:?} {answer}");
            }
        }
        assert!(meant("1F", IdForm::Unsure, "31") && meant("1f", IdForm::DecimalThenHex, "0000000031"));
        assert!(meant("0x1f", IdForm::DecimalThenHex, "31"));
        assert!(!meant("31", IdForm::Same, "1f") && !meant("1f", IdForm::Same, "31"));
        assert!(!meant("31", IdForm::HexThenDecimal, "31"));
    }

    #[test]
    fn what_is_no_number_means_itself() {
        for form in [IdForm::Unsure, IdForm::Same, IdForm::HexThenDecimal, IdForm::DecimalThenHex] {
            assert_eq!(candidates(" 7d-9-x ", form)[0], "7d-9-x");
            assert!(candidates("  ", form).is_empty());
            // Longer than any number.
            assert_eq!(candidates(&"9".repeat(60), form)[0], "9".repeat(60));
        }
        assert_eq!(candidates("31", IdForm::Unsure)[0], "31");
        assert!(candidates("0000031", IdForm::Same).contains(&"31".to_owned()));
        assert!(candidates("ABC", IdForm::Same).contains(&"abc".to_owned()));
    }
}
