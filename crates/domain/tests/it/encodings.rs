use domain::encoding::{self, Encoding, measure, non_gsm, split};
use domain::smart;
use proptest::prelude::*;

fn sizes(text: &str) -> Vec<u32> {
    let encoding = measure(text).encoding;
    split(text).iter().map(|part| part.chars().map(|ch| encoding.units(ch)).sum()).collect()
}

#[test]
fn parts_fill_as_carriers_fill_them() {
    let a = |count: usize| "a".repeat(count);
    let vectors: Vec<(String, u32, Vec<u32>)> = vec![
        (String::new(), 0, vec![0]),
        (a(160), 160, vec![160]),
        (a(161), 161, vec![153, 8]),
        (a(306), 306, vec![153, 153]),
        (a(307), 307, vec![153, 153, 1]),
        (a(159) + "€", 161, vec![153, 8]),
        ("€".repeat(80), 160, vec![160]),
        ("€".repeat(81), 162, vec![152, 10]),
        (a(152) + "€" + &a(152), 306, vec![152, 153, 1]),
        ("☃".repeat(70), 70, vec![70]),
        ("☃".repeat(71), 71, vec![67, 4]),
        ("😀".repeat(35), 70, vec![70]),
        ("😀".repeat(36), 72, vec![66, 6]),
        ("☃".repeat(66) + "😀" + &"☃".repeat(66), 134, vec![66, 67, 1]),
        ("ç".repeat(70), 70, vec![70]),
        ("ç".repeat(71), 71, vec![67, 4]),
        ("Ç".repeat(160), 160, vec![160]),
        ("é".repeat(160), 160, vec![160]),
        (a(1530), 1530, vec![153; 10]),
        (a(1531), 1531, [vec![153; 10], vec![1]].concat()),
        // A line break of two characters is one cluster.
        (a(152) + "\r\n" + &a(10), 164, vec![152, 12]),
        // Flags, families and accents stay whole where they fit.
        ("☃".repeat(66) + "🇸🇪" + &a(5), 75, vec![66, 9]),
        ("☃".repeat(60) + "👨‍👩‍👧‍👦" + &a(5), 76, vec![60, 16]),
        ("☃".repeat(66) + "e\u{301}" + &a(5), 73, vec![66, 7]),
        // A cluster larger than a part has to be cut.
        ("☃".to_owned() + &"\u{301}".repeat(100), 101, vec![67, 34]),
    ];
    for (text, units, parts) in vectors {
        let found = measure(&text);
        assert_eq!(found.units, units, "{text}");
        assert_eq!(sizes(&text), parts, "{text}");
        assert_eq!(found.parts as usize, parts.len(), "{text}");
        let last = parts.last().copied().unwrap_or(0);
        assert_eq!(found.remaining, found.per_part - last, "{text}");
    }
}

#[test]
fn the_alphabet_is_the_default_one() {
    const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡\
        ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    const EXTENDED: &str = "\u{c}^{}\\[~]|€";
    assert_eq!((BASIC.chars().count(), EXTENDED.chars().count()), (127, 10));
    for code in 0..=0x10_ffff {
        let Some(ch) = char::from_u32(code) else { continue };
        let septets = match ch {
            _ if BASIC.contains(ch) => Some(1),
            _ if EXTENDED.contains(ch) => Some(2),
            _ => None,
        };
        assert_eq!(encoding::septets(ch), septets, "{ch:?}");
        if let Some(plain) = smart::replacement(ch).filter(|_| septets.is_none()) {
            assert!(plain.chars().all(|ch| encoding::septets(ch).is_some()), "{ch:?} becomes {plain:?}");
        }
    }
}

#[test]
fn what_leaves_the_alphabet_is_shown_with_its_place() {
    assert!(non_gsm("plain {text}").is_empty());
    let found = non_gsm("it’s ☕ ok…");
    let shown: Vec<_> = found.iter().map(|found| (found.index, found.ch, found.replacement)).collect();
    assert_eq!(shown, [(2, '’', Some("'")), (5, '☕', None), (9, '…', Some("..."))]);
}

#[test]
fn smart_encoding_repairs_what_only_looks_special() {
    let repaired = [
        ("It’s “ready” – see you soon…", Some("It's \"ready\" - see you soon...")),
        ("Cafe\u{301} is open", Some("Café is open")),
        ("1\u{a0}000\u{202f}€\tnow", Some("1 000 € now")),
        ("½ off", Some("1/2 off")),
        ("ＳＡＬＥ！", Some("SALE!")),
        ("zero\u{200b}width", Some("zerowidth")),
        ("‹a› «b»", Some("<a> \"b\"")),
        // Nothing to gain, or letters that would have to change.
        ("plain", None),
        ("ça va’", None),
        ("☕ it’s ready", None),
        // An address is not decoration.
        ("https://shop.example/it’s", None),
        ("see www.shop.example/a–b", None),
        ("shop.example/a–b", None),
        ("“https://shop.example/a” it’s", Some("\"https://shop.example/a\" it's")),
    ];
    for (text, expected) in repaired {
        assert_eq!(smart::repair(text).as_deref(), expected, "{text}");
    }
    // Fewer parts by dropping what cannot be seen, though it stays UTF-16.
    let padded = "☕".repeat(69) + "\u{200b}\u{feff}";
    assert_eq!(smart::repair(&padded), Some("☕".repeat(69)));
    // Dearer is never accepted: 70 halves are one part, 210 septets two.
    assert_eq!(smart::repair(&"½".repeat(70)), None);
}

/// Text that hits the boundaries: letters, pairs, escapes, clusters.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 .,!?]{1,40}",
        1 => "[\\^{}\\\\\\[~\\]|€]{1,20}",
        1 => "[éèàñüß@£¥§]{1,20}",
        1 => Just("\r\n".to_owned()),
        1 => "[’“”–…\u{a0}☃ç]{1,20}",
        1 => "(😀|🇸🇪|👨‍👩‍👧‍👦|e\u{301}|क्षि|\u{200d}|❤️){1,12}",
        1 => any::<String>().prop_map(|text| text.chars().take(30).collect()),
    ];
    proptest::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn parts_are_the_text_and_fit(text in texts()) {
        let found = measure(&text);
        let parts = split(&text);
        prop_assert_eq!(parts.concat(), text.clone());
        prop_assert_eq!(parts.len(), found.parts as usize);
        prop_assert_eq!(sizes(&text).iter().sum::<u32>(), found.units);
        for size in sizes(&text) {
            prop_assert!(size <= found.per_part);
        }
        // No two neighbours would fit into one part, clusters apart.
        for (at, part) in parts.iter().enumerate().skip(1) {
            let first = unicode_segmentation::UnicodeSegmentation::graphemes(part.as_str(), true).next().unwrap_or("");
            let units: u32 = first.chars().map(|ch| found.encoding.units(ch)).sum();
            let whole = unicode_segmentation::UnicodeSegmentation::grapheme_indices(text.as_str(), true)
                .any(|(start, _)| start == parts[..at].iter().map(String::len).sum::<usize>());
            prop_assert!(whole || units <= found.per_part);
            prop_assert!(sizes(&text)[at - 1] + units > found.per_part);
        }
    }

    #[test]
    fn a_repair_never_costs_more_and_is_stable(text in texts()) {
        if let Some(repaired) = smart::repair(&text) {
            let (before, after) = (measure(&text), measure(&repaired));
            prop_assert!(after.parts <= before.parts);
            prop_assert!(after.encoding == Encoding::Gsm7 || after.parts < before.parts);
            if after.encoding == Encoding::Gsm7 {
                prop_assert_eq!(smart::repair(&repaired), None);
            }
        }
    }

    #[test]
    fn gsm_texts_name_no_characters(text in texts()) {
        prop_assert_eq!(non_gsm(&text).is_empty(), measure(&text).encoding == Encoding::Gsm7);
    }
}
