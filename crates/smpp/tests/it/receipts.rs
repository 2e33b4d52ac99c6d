//! Receipts in the words of many centres, and in parameters.

use domain::outcome::ErrorClass;
use domain::receipt::ReceiptState::{self, Accepted, Delivered, Failed, Sent, Undelivered};
use smpp::pdu::{ShortMessage, Tag, Tlvs};
use smpp::receipt::{STATES, WORDS, looks_like_one, read};
use smpp::{IdForm, receipt_text};

/// 2026-11-27 10:01 UTC.
const DONE: i64 = 1_795_773_660_000;

#[test]
fn every_dialect_says_the_same() {
    let dialects = [
        "id:1a2b sub:001 dlvrd:001 submit date:2611271000 done date:2611271001 stat:DELIVRD err:000 text:Hello",
        // Letters, with seconds, with a century.
        "ID:1a2b SUB:001 DLVRD:001 SUBMIT DATE:261127100000 DONE DATE:261127100100 STAT:DELIVRD ERR:000 TEXT:Hello",
        "id:1a2b sub:1 dlvrd:1 submit date:20261127100000 done date:20261127100100 stat:DELIVRD err:0 Text:Hello",
        "id:1a2b stat:DELIVRD done date:202611271001 err:0",
        // Missing, in another order, with other keys and signs.
        "id:1a2b done date:2611271001 stat:DELIVRD",
        "stat:DELIVRD err:000 id:1a2b done_date:2611271001",
        "Id=1a2b Stat=DELIVRD DoneDate=2611271001 Err=0 Text=",
        "id: 1a2b, sub: 001, dlvrd: 001, submit date: 2611271000, done date: 2611271001, stat: DELIVRD, err: 000",
        "message id:1a2b status:DELIVRD done date:2026-11-27 10:01 error code:000",
        "id:1a2b;done date:2611271001;stat:DELIVRD;err:000;",
        "\"id\":\"1a2b\",\"stat\":\"DELIVRD\",\"done_date\":\"2611271001\"",
        // Keys nobody knows, and what a customer or we wrote.
        "id:1a2b mcc:310 done date:2611271001 stat:DELIVRD price:0.01 err:000 text:id:99 stat:UNDELIV",
        "text:Hello id:1a2b stat:DELIVRD done date:2611271001",
        "id:1a2b\nsub:001\ndlvrd:001\ndone date:2611271001\nstat:DELIVRD\0",
    ];
    for text in dialects {
        let said = receipt_text::read(text, 0);
        assert_eq!(
            (said.id.as_deref(), said.stat.as_deref(), said.done_at),
            (Some("1a2b"), Some("DELIVRD"), Some(DONE)),
            "{text}"
        );
        assert!(looks_like_one(text), "{text}");
    }
}

#[test]
fn what_says_nothing_is_no_receipt() {
    for text in ["", "id:", "Is my order paid? stat:", "did:1 restat:DELIVRD", "Hello", "id stat", "id:5 stat:WHATEVER"]
    {
        assert!(!looks_like_one(text), "{text}");
    }
    let odd = receipt_text::read("id:7 stat:DELIVRD done date:9999999999 err:", 0);
    assert_eq!((odd.id.as_deref(), odd.done_at, odd.err), (Some("7"), None, None));
}

#[test]
fn the_centre_s_clock_may_be_elsewhere() {
    let at = |offset| receipt_text::read("id:1 stat:DELIVRD done date:2611271001", offset).done_at;
    assert_eq!((at(0), at(120), at(-300)), (Some(DONE), Some(DONE - 7_200_000), Some(DONE + 18_000_000)));
}

fn unit(tlvs: &[(Tag, &'static [u8])]) -> ShortMessage {
    let mut all = Tlvs::default();
    for (tag, value) in tlvs {
        all.push(*tag, *value);
    }
    ShortMessage { esm_class: 4, tlvs: all, ..ShortMessage::default() }
}

#[test]
fn parameters_count_before_words() {
    let both =
        unit(&[(Tag::ReceiptedMessageId, b"ff\0"), (Tag::MessageState, &[5]), (Tag::NetworkErrorCode, &[3, 0, 9])]);
    let receipt = read(&both, "id:12 stat:DELIVRD err:000", IdForm::Same, 0);
    assert_eq!((receipt.id.as_str(), receipt.state, receipt.word.as_str()), ("ff", Some(Undelivered), "UNDELIVERABLE"));
    assert_eq!(receipt.error_code.as_deref(), Some("3:9"));
    // What is missing among them is taken from the words.
    let receipt = read(&unit(&[(Tag::MessageState, &[2])]), "id:12 stat:UNDELIV err:011", IdForm::Same, 0);
    assert_eq!((receipt.id.as_str(), receipt.state, receipt.error_code), ("12", Some(Delivered), None));
    let receipt = read(&unit(&[(Tag::MessageState, &[77])]), "", IdForm::Same, 0);
    assert_eq!((receipt.word.as_str(), receipt.state, receipt.candidates), ("77", None, Vec::new()));
}

#[test]
fn errors_have_codes_and_where_it_can_be_told_a_class() {
    let class = |tlvs: &[(Tag, &'static [u8])], text: &str| {
        let receipt = read(&unit(tlvs), text, IdForm::Same, 0);
        (receipt.error_code, receipt.error_class)
    };
    let code = |code: &str| Some(code.to_owned());
    assert_eq!(class(&[], "id:1 stat:UNDELIV err:011"), (code("011"), None));
    assert_eq!(class(&[], "id:1 stat:EXPIRED err:000"), (None, Some(ErrorClass::Expired)));
    assert_eq!(class(&[], "id:1 stat:DELIVRD err:011"), (None, None));
    for (reason, wanted) in [
        (&[0][..], ErrorClass::Unreachable),
        (&[1], ErrorClass::InvalidNumber),
        (&[2], ErrorClass::Unknown),
        (&[3], ErrorClass::Network),
    ] {
        assert_eq!(class(&[(Tag::DeliveryFailureReason, reason)], "id:1 stat:UNDELIV").1, Some(wanted));
    }
}

#[test]
fn every_state_and_word_means_what_is_written_here_too() {
    let states = [
        (0, Some(Accepted)),
        (1, Some(Sent)),
        (2, Some(Delivered)),
        (3, Some(Undelivered)),
        (4, Some(Undelivered)),
        (5, Some(Undelivered)),
        (6, Some(Accepted)),
        (7, None),
        (8, Some(Failed)),
        (9, Some(Failed)),
    ];
    assert_eq!(STATES.iter().map(|row| (row.0, row.2)).collect::<Vec<_>>(), states);
    let words: [(&str, Option<ReceiptState>); 17] = [
        ("SCHEDULED", Some(Accepted)),
        ("ENROUTE", Some(Sent)),
        ("BUFFERED", Some(Sent)),
        ("DELIVRD", Some(Delivered)),
        ("DELIVERED", Some(Delivered)),
        ("EXPIRED", Some(Undelivered)),
        ("DELETED", Some(Undelivered)),
        ("UNDELIV", Some(Undelivered)),
        ("UNDELIVERED", Some(Undelivered)),
        ("UNDELIVERABLE", Some(Undelivered)),
        ("FAILED", Some(Undelivered)),
        ("ACCEPTD", Some(Accepted)),
        ("ACCEPTED", Some(Accepted)),
        ("UNKNOWN", None),
        ("REJECTD", Some(Failed)),
        ("REJECTED", Some(Failed)),
        ("SKIPPED", Some(Failed)),
    ];
    assert_eq!(WORDS, words);
    for (word, state) in words {
        let text = format!("id:1 stat:{}", word.to_lowercase());
        let receipt = read(&unit(&[]), &text, IdForm::Same, 0);
        assert_eq!(receipt.state, state, "{word}");
    }
}
