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

/// So many digits, from 1.
fn digits(count: usize) -> String {
    "1234567890".chars().cycle().take(count).collect()
}

/// The rows that Twilio's calculator is tested with (message-segment-calculator, MIT,
/// `tests/index.test.js` and `tests/segments.test.js` at a50230f): encoding, parts, bits
/// without and with headers, grapheme clusters, characters.
#[test]
fn texts_measure_as_twilio_says() {
    use unicode_segmentation::UnicodeSegmentation as _;
    let after = |head: &str, count: usize| head.to_owned() + &digits(count + 1)[1..];
    let (gsm, ucs) = (Encoding::Gsm7, Encoding::Ucs2);
    let (flag, rainbow) = ("🇮🇹", "🏳\u{fe0f}\u{200d}🌈");
    let table = [
        (digits(160), gsm, 1, 1120, 1120, 160, 160),
        (digits(161), gsm, 2, 1127, 1223, 161, 161),
        (digits(307), gsm, 3, 2149, 2293, 307, 307),
        (after("😜", 68), ucs, 1, 1120, 1120, 69, 69),
        (after("😜", 69), ucs, 2, 1136, 1232, 70, 70),
        (after("😜", 133), ucs, 3, 2160, 2304, 134, 134),
        (after(flag, 66), ucs, 1, 1120, 1120, 67, 68),
        (after(flag, 67), ucs, 2, 1136, 1232, 68, 69),
        (after(rainbow, 64), ucs, 1, 1120, 1120, 65, 68),
        (after(rainbow, 65), ucs, 2, 1136, 1232, 66, 69),
    ];
    for (text, encoding, parts, bits, all_bits, clusters, characters) in table {
        let found = measure(&text);
        let unit = if found.encoding == gsm { 7 } else { 16 };
        // Six octets in front of each of several parts.
        let headers = if found.parts > 1 { 48 * found.parts } else { 0 };
        let measured = (found.encoding, found.parts, unit * found.units, unit * found.units + headers);
        assert_eq!(measured, (encoding, parts, bits, all_bits), "{text}");
        assert_eq!((text.graphemes(true).count(), text.chars().count()), (clusters, characters), "{text}");
    }
    assert_eq!(split(&digits(307))[2], "7");
    assert_eq!(split(&after("😜", 133))[2], "4");
    let parts = |text: String, encoding| {
        let found = measure(&text);
        assert_eq!(found.encoding, encoding, "{text}");
        found.parts
    };
    for escaped in "|^€{}[]~\\".chars() {
        assert_eq!(parts(escaped.to_string() + &digits(158), gsm), 1, "{escaped}");
        assert_eq!(parts(escaped.to_string() + &digits(159), gsm), 2, "{escaped}");
    }
    for accented in ["Á", "Ú", "ú", "ç", "í", "Í", "ó", "Ó"] {
        assert_eq!(parts(accented.repeat(70), ucs), 1, "{accented}");
        assert_eq!(parts(accented.repeat(71), ucs), 2, "{accented}");
    }
    // In UTF-16 the escaped characters of the other alphabet are nothing special.
    assert_eq!(parts("😀".to_owned() + &"]".repeat(68), ucs), 1);
    assert_eq!(parts("😀".to_owned() + &"]".repeat(69), ucs), 2);
    // A line break of two characters is sent as two.
    assert_eq!(measure("\rabcde\r\n123").units, 11);
    assert_eq!(measure("\nabcde\n\n123\n").units, 12);
    let accents = "e\u{301}\u{301}\u{301}";
    assert_eq!((accents.graphemes(true).count(), measure(accents).units), (1, 4));
    assert_eq!(parts(accents.to_owned() + &"a".repeat(66), ucs), 1);
    assert_eq!(parts(accents.to_owned() + &"a".repeat(67), ucs), 2);
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
        ("❨now❩ ✱ 50﹪ ⁏ a‗b 。", Some("(now) * 50% ; a_b .")),
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
