use domain::address::{Address, AddressError};
use proptest::prelude::*;

#[test]
fn inbound_forms_of_one_number_are_one_address() {
    let number = Address::parse("+14155550100");
    for text in [
        "14155550100",
        "4155550100",
        "(415) 555-0100",
        "+1 (415) 555-0100",
        "tel:+1-415-555-0100",
        "tel:+14155550100;ext=5",
        "415.555.0100",
        "0014155550100",
        "\u{202a}+1 415-555-0100\u{202c}",
        "+１４１５５５５０１００",
        "1-415-555-0100",
        " +1 415 555 0100 ",
        "TEL:4155550100",
    ] {
        assert_eq!(Address::parse(text), number, "{text}");
    }
    assert_eq!(number.as_str(), "+14155550100");
    assert_eq!(number.to_string(), "+14155550100");
    assert!(number.plausible());
    assert_eq!(Address::parse("+44 (0)20 7946 0000").as_str(), "+442079460000");
    assert_eq!(Address::parse("447700900123").as_str(), "+447700900123");
    assert_eq!(Address::parse("+٤٤٧٧٠٠٩٠٠١٢٣").as_str(), "+447700900123");
}

#[test]
fn what_is_no_number_is_kept() {
    assert!(matches!(Address::parse("24365"), Address::ShortCode(_)));
    assert!(matches!(Address::parse("AMAZON"), Address::Alphanumeric(_)));
    for text in ["", "   ", "+", "+0123456789", "+1234567890123456", "whatsapp:+14155550100", "a@b.example", "🎉"] {
        let address = Address::parse(text);
        assert!(matches!(address, Address::Opaque(_)), "{text}: {}", address.as_str());
        assert!(!address.plausible() && !address.answerable());
    }
    assert_eq!(Address::parse(" some   text\u{200b} here that is long").as_str(), "some text here that is long");
}

#[test]
fn long_senders_stay_small_and_apart() {
    let one = Address::parse(&format!("{}a", "x".repeat(100_000)));
    let other = Address::parse(&format!("{}b", "x".repeat(100_000)));
    assert_ne!(one, other);
    assert!(one.as_str().chars().count() <= 64);
    assert_eq!(Address::parse(one.as_str()), one);
}

#[test]
fn plausibility_is_a_flag() {
    for (text, plausible) in [
        ("+14155550100", true),
        ("+11155550100", false),
        ("+14110550100", false),
        ("+19115550100", false),
        ("+1415555010", false),
        ("+447700900123", true),
        ("+9991234567", false),
        ("+4412345", false),
    ] {
        assert_eq!(Address::parse(text).plausible(), plausible, "{text}");
    }
}

#[test]
fn logs_see_the_last_four() {
    assert_eq!(format!("{:?}", Address::parse("+14155550100")), "Phone(…0100)");
    assert_eq!(format!("{:?}", Address::parse("AB")), "Alphanumeric(…)");
    assert_eq!(format!("{:?}", Address::parse("1234")), "ShortCode(…)");
    assert_eq!(Address::parse("+14155550100").last_four(), "0100");
}

#[test]
fn typed_numbers_are_judged() {
    use AddressError::{Emergency, Empty, ImpossibleNumber, NotANumber, Premium, TooLong, TooShort, UnknownCountry};
    let judged = [
        ("(415) 555-0100", "US", Ok("+14155550100")),
        ("1 415 555 0100", "US", Ok("+14155550100")),
        ("+44 7700 900123", "US", Ok("+447700900123")),
        ("011 44 7700 900123", "US", Ok("+447700900123")),
        ("07700 900123", "GB", Ok("+447700900123")),
        ("0044 7700 900123", "DE", Ok("+447700900123")),
        ("44 7700 900123", "GB", Ok("+447700900123")),
        ("06 12 34 56 78", "FR", Ok("+33612345678")),
        ("415 555 0100", "CA", Ok("+14155550100")),
        ("+14155550100", "ZZ", Ok("+14155550100")),
        ("", "US", Err(Empty)),
        ("   ", "US", Err(Empty)),
        ("hello", "US", Err(NotANumber)),
        ("415 555 0100 ext 5", "US", Err(NotANumber)),
        ("+", "US", Err(NotANumber)),
        ("555 0100", "US", Err(TooShort)),
        ("24365", "US", Err(TooShort)),
        ("+1415555", "US", Err(TooShort)),
        ("415 555 01000", "US", Err(TooLong)),
        ("+1415555010000", "US", Err(TooLong)),
        ("+999 1234 5678", "US", Err(UnknownCountry)),
        ("111 555 0100", "US", Err(ImpossibleNumber)),
        ("415 155 0100", "US", Err(ImpossibleNumber)),
        ("911", "US", Err(Emergency)),
        ("112", "DE", Err(Emergency)),
        ("+1 911", "US", Err(Emergency)),
        ("900 555 0100", "US", Err(Premium)),
        ("415 976 0100", "US", Err(Premium)),
        ("+44 909 8790000", "US", Err(Premium)),
    ];
    for (text, country, expected) in judged {
        let found = Address::parse_outbound(text, country);
        assert_eq!(found.as_ref().map(Address::as_str), expected.as_ref().map(|text| *text), "{text} in {country}");
    }
    assert_eq!(AddressError::TooShort.code(), "too_short");
}

proptest! {
    #[test]
    fn parsing_is_idempotent_and_bounded(text in ".{0,120}") {
        let address = Address::parse(&text);
        prop_assert!(address.as_str().chars().count() <= 64);
        prop_assert_eq!(Address::parse(address.as_str()), address.clone());
        let _ = (address.plausible(), address.country_hint(), format!("{address:?}"), address.last_four());
    }

    #[test]
    fn digits_with_any_formatting_are_idempotent(text in "[+0-9 ().\\-/\u{200b}\u{a0}x²³]{0,40}") {
        let address = Address::parse(&text);
        prop_assert_eq!(Address::parse(address.as_str()), address);
    }

    #[test]
    fn what_may_be_texted_is_read_back_the_same(text in "\\+?[0-9 -]{6,20}") {
        if let Ok(address) = Address::parse_outbound(&text, "US") {
            prop_assert!(matches!(address, Address::Phone(_)));
            prop_assert_eq!(Address::parse(address.as_str()), address);
        }
    }
}
