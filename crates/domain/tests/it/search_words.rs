use domain::words::{LONGEST, MOST_TERMS, query, tokens};
use proptest::prelude::*;

#[test]
fn texts_are_cut_and_folded() {
    for (text, expected) in [
        ("Hello, World!", &["hello", "world"][..]),
        ("CAFÉ crème", &["cafe", "creme"]),
        ("Cafe\u{301}", &["cafe"]),
        ("Straße Øre łódź Ǣ Ǿ", &["strasse", "ore", "lodz", "ae", "o"]),
        ("ＦＵＬＬ ①②", &["full", "12"]),
        ("don't won’t 'quoted'", &["dont", "wont", "quoted"]),
        ("order #1001", &["order", "1001"]),
        ("#1001-A", &["1001", "a"]),
        ("ana@shop.example", &["ana", "shop", "example"]),
        ("注文です", &["注", "文", "で", "す"]),
        ("한국어", &["한국어"]),
        ("size 8.5", &["size", "8", "5"]),
        ("👍🎉", &[]),
        ("", &[]),
    ] {
        assert_eq!(tokens(text), expected, "{text}");
    }
}

#[test]
fn phone_numbers_are_found_by_any_of_their_forms() {
    let text = tokens("call (415) 555-0100 or +1 212 555 0199 today");
    assert_eq!(&text[..11], ["call", "415", "555", "0100", "or", "1", "212", "555", "0199", "today", "4155550100"]);
    for form in ["4155550100", "5550100", "12125550199", "2125550199", "5550199", "0199"] {
        assert!(text.iter().any(|token| token == form), "{form} in {text:?}");
    }
    // The same number asked in any way is one term that the text has.
    for asked in ["415-555-0100", "(415) 555 0100", "+1 415 555 0100", "14155550100", "4155550100", "555-0100"] {
        let terms = query(asked).all;
        assert_eq!(terms.len(), 1, "{asked}: {terms:?}");
        assert!(text.contains(&terms[0]), "{asked}: {terms:?}");
    }
    // What only stands near a number is not part of it.
    let times = tokens("4155550100 2 times, orders 1001 2002");
    assert!(times.contains(&"4155550100".to_owned()) && !times.iter().any(|token| token == "41555501002"));
    assert_eq!(query("1001 2002").all, ["1001", "2002"]);
}

#[test]
fn questions_have_words_phrases_and_a_start() {
    let asked = query("blue dres");
    assert_eq!((asked.all, asked.prefix_last, asked.phrases.len()), (vec!["blue".into(), "dres".into()], true, 0));
    assert!(!query("blue dress ").prefix_last);
    let asked = query("refund \"blue dress\" Ana");
    assert_eq!(asked.phrases, [["blue", "dress"]]);
    assert_eq!((asked.all, asked.prefix_last), (vec!["refund".into(), "ana".into()], true));
    let asked = query("“blue dress”");
    assert_eq!((asked.phrases.len(), asked.prefix_last, asked.all.len()), (1, false, 0));
    // One word in marks is a word; a missing mark makes no phrase.
    assert_eq!(query("\"blue\"").all, ["blue"]);
    assert_eq!(query("\"blue dress").all, ["blue", "dress"]);
    assert_eq!(query("blue red blue").all, ["red", "blue"]);
    for nothing in ["", "  ", "!!!", "\"\"", "👍"] {
        assert!(query(nothing).is_empty(), "{nothing}");
        assert!(!query(nothing).prefix_last);
    }
}

#[test]
fn long_input_stays_small() {
    let word = "x".repeat(100_000);
    assert_eq!(tokens(&word), ["x".repeat(LONGEST)]);
    assert_eq!(query(&word).all, tokens(&word));
    let many = query(&(0..1000).map(|n| format!("w{n} ")).collect::<String>());
    assert_eq!(many.all.len(), MOST_TERMS);
    assert_eq!(tokens(&"+1 (415) 555-0100 ".repeat(10_000)).len(), 40_003);
}

proptest! {
    #[test]
    fn every_token_is_plain_and_stable(text in "(.|[0-9 +().-]){0,80}") {
        for token in tokens(&text) {
            prop_assert!(!token.is_empty() && token.chars().count() <= LONGEST, "{token:?}");
            prop_assert!(token.chars().all(char::is_alphanumeric), "{token:?}");
            let again = tokens(&token);
            prop_assert_eq!(again.first(), Some(&token));
        }
    }

    #[test]
    fn a_text_answers_to_each_of_its_own_words(text in "[a-zA-Zéü0-9 ,.'-]{0,60}") {
        let indexed = tokens(&text);
        let asked = query(&text);
        for term in asked.all.iter().chain(asked.phrases.iter().flatten()) {
            prop_assert!(indexed.contains(term), "{term:?} of {text:?} in {indexed:?}");
        }
    }

    #[test]
    fn case_and_accents_do_not_matter(text in "[a-zA-Z ]{0,40}") {
        prop_assert_eq!(tokens(&text), tokens(&text.to_uppercase()));
        let accented = text.replace('e', "é").replace('a', "a\u{300}");
        prop_assert_eq!(tokens(&text), tokens(&accented));
    }
}
