use domain::keyword::{Class, Context, classify, classify_in, is_tapback, survey_digit};

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
