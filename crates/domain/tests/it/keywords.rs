use domain::keyword::{Class, Context, classify, classify_in, is_tapback, survey_digit};
use proptest::prelude::*;

const CASES: &str = include_str!("keyword_cases.txt");

fn cases() -> impl Iterator<Item = (&'static str, String)> {
    CASES.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let (class, text) = line.split_once(" |").unwrap_or((line, ""));
        (class, text.strip_prefix(' ').unwrap_or(text).replace("\\n", "\n"))
    })
}

#[test]
fn each_text_is_read_as_the_table_says() {
    let wrong: Vec<String> = cases()
        .filter_map(|(class, text)| {
            let found = classify(&text);
            (found.class.as_str() != class)
                .then(|| format!("{text:?}: {} by {}, not {class}", found.class.as_str(), found.matched_by))
        })
        .collect();
    assert!(cases().count() >= 250);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_reading_does_not_hang_on_case_or_outer_marks() {
    for (class, text) in cases().filter(|(class, _)| *class != "none") {
        for shape in [text.to_uppercase(), text.to_lowercase(), format!("  {text}  "), format!("{text}\n")] {
            assert_eq!(classify(&shape).class.as_str(), class, "{shape:?}");
        }
    }
}

#[test]
fn yes_opts_in_only_where_it_answers_something() {
    let asked = Context { asked_opt_in: true, ..Context::default() };
    let out = Context { opted_out: true, ..Context::default() };
    for text in ["YES", "yes", "Yes!", "yes please", "SÍ", "oui"] {
        assert_eq!(classify(text).class, Class::None, "{text}");
        assert_eq!(classify_in(text, asked).class, Class::OptIn, "{text}");
        assert_eq!(classify_in(text, out).class, Class::OptIn, "{text}");
    }
    assert_eq!(classify_in("y", asked).class, Class::OptIn);
    assert_eq!(classify_in("y", out).class, Class::None);
    assert_eq!(classify_in("yes but not now, where is my order", asked).class, Class::None);
    assert_eq!(classify_in("no", asked).class, Class::None);
    assert_eq!(classify_in("STOP", asked).class, Class::OptOut);
    assert_eq!(classify_in("yes stop", out).class, Class::OptOut);
}

#[test]
fn reactions_say_so() {
    let liked = classify("Liked “Reply STOP to end”");
    assert_eq!((liked.class, liked.matched_by), (Class::None, "tapback"));
    // A person's own words behind the quotation are read.
    let own = "Loved “the blue one” but please stop texting me";
    assert!(!is_tapback(own));
    assert_eq!(classify(own).class, Class::OptOut);
    for text in ["liked it", "loved the shoes!", "I removed 2 from the cart", "STOP", "", "Liked"] {
        assert!(!is_tapback(text), "{text}");
    }
}

#[test]
fn the_words_of_the_law_are_certain() {
    for word in ["stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe"] {
        let found = classify(word);
        assert_eq!(found.class, Class::OptOut, "{word}");
        assert!((found.confidence - 1.0).abs() < f32::EPSILON, "{word}: {}", found.confidence);
    }
}

#[test]
fn ratings_are_bare_numbers() {
    let ratings = [
        ("5", Some(5)),
        ("0", Some(0)),
        ("10", Some(10)),
        (" 4 ", Some(4)),
        ("5!", Some(5)),
        ("9/10", Some(9)),
        ("4/5", Some(4)),
        ("5️⃣", Some(5)),
        ("🔟", Some(10)),
        ("⭐⭐⭐⭐", Some(4)),
        ("\u{ff15}", Some(5)),
        ("7/5", None),
        ("11", None),
        ("05", None),
        ("5 stars", None),
        ("#1001", None),
        ("4.5", None),
        ("-3", None),
        ("", None),
        ("⭐⭐⭐⭐⭐⭐", None),
        ("1 2", None),
        ("two", None),
    ];
    for (text, rating) in ratings {
        assert_eq!(survey_digit(text), rating, "{text:?}");
    }
}

#[test]
fn hostile_texts_are_read_quickly_and_without_panic() {
    let texts = [
        "stop ".repeat(200_000),
        "s.".repeat(100_000),
        "don't want ".repeat(50_000),
        "\u{301}".repeat(100_000),
        "opt me number to ".repeat(50_000),
        "?".repeat(100_000),
        "\u{0}\u{fffd}".repeat(10_000),
        "Liked “".repeat(10_000),
    ];
    for text in texts {
        let found = classify(&text);
        assert!((0.0..=1.0).contains(&found.confidence));
    }
}

/// A word as somebody may write it: any case, marks around and inside, spaces.
fn written(word: &'static str) -> impl Strategy<Value = String> {
    let letters = word.len();
    let marks = proptest::sample::select(vec!["", " ", "!", "...", "\u{200b}", "🛑", "\n", "*", "\""]);
    (proptest::collection::vec(any::<bool>(), letters), marks.clone(), marks, 0..4_usize).prop_map(
        move |(upper, before, after, between)| {
            let inside = ["", ".", " ", "\u{200b}"][between];
            let letters: Vec<String> = word
                .chars()
                .zip(upper)
                .map(|(ch, upper)| if upper { ch.to_uppercase().to_string() } else { ch.to_string() })
                .collect();
            format!("{before}{}{after}", letters.join(inside))
        },
    )
}

proptest! {
    #[test]
    fn a_word_is_known_however_it_is_written(
        stop in written("stop"), unsubscribe in written("unsubscribe"), help in written("help"), start in written("start"),
    ) {
        prop_assert_eq!(classify(&stop).class, Class::OptOut, "{:?}", stop);
        prop_assert_eq!(classify(&unsubscribe).class, Class::OptOut, "{:?}", unsubscribe);
        prop_assert_eq!(classify(&help).class, Class::Help, "{:?}", help);
        prop_assert_eq!(classify(&start).class, Class::OptIn, "{:?}", start);
    }

    #[test]
    fn any_text_is_read_the_same_twice_and_within_bounds(text in any::<String>()) {
        let found = classify(&text);
        prop_assert_eq!(found, classify(&text));
        prop_assert!((0.0..=1.0).contains(&found.confidence));
        prop_assert!(!found.matched_by.is_empty());
        let _ = (is_tapback(&text), survey_digit(&text));
    }

    #[test]
    fn words_in_any_order_do_not_panic(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "stop", "dont", "not", "no", "longer", "never", "want", "text", "me", "opt", "out", "remove", "my", "number",
            "wrong", "if", "i", "reply", "to", "how", "do", "you", "plus", "de", "baja", "ne", "enough", "more", "calling",
            "this", "isnt", "phone", "removed", "from", "off", "list", "unsubscribe", "consent", "revoke", "?", ".", "cancel",
        ]), 0..14),
    ) {
        let text = words.join(" ");
        for context in [Context::default(), Context { opted_out: true, asked_opt_in: true }] {
            prop_assert!((0.0..=1.0).contains(&classify_in(&text, context).confidence));
        }
    }

    #[test]
    fn a_reaction_asks_for_nothing_whatever_it_quotes(quoted in "[^\"“”„‟«»「」\n]{0,80}") {
        for text in [
            format!("Liked “{quoted}”"), format!("Laughed at “{quoted}”"), format!("Removed a heart from “{quoted}”"),
            format!("Reacted 👍 to “{quoted}”"), format!("❤️ to “{quoted}”"), format!("Loved \"{quoted}\""),
        ] {
            prop_assert!(is_tapback(&text), "{:?}", text);
            prop_assert_eq!(classify(&text).class, Class::None);
        }
    }

    #[test]
    fn a_rating_is_a_number_and_back(rating in 0_u8..=10) {
        prop_assert_eq!(survey_digit(&format!(" {rating}! ")), Some(rating));
        prop_assert_eq!(survey_digit(&format!("{rating}/10")), Some(rating));
    }
}
