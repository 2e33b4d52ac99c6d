//! What Hark answers by itself: in which language, in whose words, and what the confirmation of an opt-out asks.

use domain::answers::{Answer, Had, OwnWords, Question, Voice, faults, keep_word, keeps};
use domain::encoding;
use domain::inbound::{Effect, Facts, read};
use domain::keyword::{Class, Scope, classify};
use domain::language::Language;
use domain::rule_pack::DEFAULT;
use proptest::prelude::*;

const HOUR_MS: i64 = 60 * 60 * 1000;
const BOTH: Had = Had { marketing: true, orders: true };

fn voice(language: Language) -> Voice<'static> {
    Voice { brand: "Fern & Co", language, own: None }
}

/// Everything that Hark says in its own words.
fn all_of(voice: Voice<'_>) -> Vec<String> {
    let question = Some(Question { hours: 24 });
    let scopes = [Scope::All, Scope::Marketing, Scope::Orders].map(|scope| voice.opt_out(scope, None));
    let rest = [voice.opt_out(Scope::All, question), voice.opt_in(), voice.help(""), voice.help("Call 555-0100.")];
    scopes.into_iter().chain(rest).collect()
}

#[test]
fn harks_own_words_name_the_brand_sell_nothing_and_are_one_part() {
    for language in Language::ALL {
        for words in all_of(voice(*language)) {
            assert!(words.starts_with("Fern & Co"), "{words}");
            assert!(!DEFAULT.offers(&words), "{words}");
            assert_eq!(encoding::measure(&words).parts, 1, "{words}");
            // Each is in its language, and no answer of ours asks for anything when it comes back to us.
            assert_eq!(Language::of_words(&words), Some(*language), "{words}");
        }
        for answer in Answer::ALL {
            let words = voice(*language).answer(*answer, "");
            assert_eq!(faults(*answer, &words, "Fern & Co", &DEFAULT), [], "{words}");
        }
    }
}

#[test]
fn a_text_tells_its_language_or_nothing() {
    use Language::{English, French, Spanish};
    for (text, class, language) in [
        // Carriers tell everybody these words, whatever they speak.
        ("STOP", Class::OptOut, None),
        ("Unsubscribe", Class::OptOut, None),
        ("HELP", Class::Help, None),
        ("START", Class::OptIn, None),
        ("please stop texting me", Class::OptOut, Some(English)),
        ("take me off your list", Class::OptOut, Some(English)),
        ("BAJA", Class::OptOut, Some(Spanish)),
        ("no más", Class::OptOut, Some(Spanish)),
        ("Ya no quiero recibir mensajes", Class::OptOut, Some(Spanish)),
        ("AYUDA", Class::Help, Some(Spanish)),
        ("Alta", Class::OptIn, Some(Spanish)),
        ("ARRÊT", Class::OptOut, Some(French)),
        ("arrêtez de m'envoyer des messages", Class::OptOut, Some(French)),
        ("Aide", Class::Help, Some(French)),
        // What asks for nothing is answered by nobody.
        ("¿dónde está mi pedido?", Class::None, None),
    ] {
        let intent = classify(text);
        assert_eq!((intent.class, intent.language), (class, language), "{text}");
        assert_eq!(read(text, 0, Facts::default()).language, language, "{text}");
    }
}

#[test]
fn a_brands_own_words_are_sent_while_they_name_it() {
    let mut own = OwnWords::default();
    own.set(Language::Spanish, Answer::OptOut, "  Fern: No le escribiremos otra vez. ");
    own.set(Language::English, Answer::Help, "Fern support: 555-0100. STOP to end.");
    let of = |brand, language| Voice { brand, language, own: Some(&own) };
    let spanish = of("Fern", Language::Spanish);
    assert_eq!(spanish.opt_out(Scope::All, None), "Fern: No le escribiremos otra vez.");
    assert_eq!(
        spanish.opt_out(Scope::All, Some(Question { hours: 24 })),
        "Fern: No le escribiremos otra vez. Responda PEDIDOS en 24h para seguir solo con avisos de pedidos."
    );
    // They say that all ends, so what ends in part is told by Hark.
    assert_eq!(
        spanish.opt_out(Scope::Marketing, None),
        voice_of("Fern", Language::Spanish).opt_out(Scope::Marketing, None)
    );
    assert_eq!(of("Fern", Language::English).help("ignored"), "Fern support: 555-0100. STOP to end.");
    assert_eq!(of("Fern", Language::French).help("Tel 555-0100."), "Fern : Tel 555-0100. Répondez STOP pour annuler.");
    // The brand was renamed since: words that name another would mislead.
    assert!(of("Oak", Language::Spanish).opt_out(Scope::All, None).starts_with("Oak: "));
    own.set(Language::Spanish, Answer::OptOut, "");
    own.set(Language::English, Answer::Help, " ");
    assert_eq!(own, OwnWords::default());
    assert_eq!(OwnWords::read("{\"xx\":{}}"), OwnWords::default(), "of a newer Hark");
    assert_eq!(OwnWords::read(&own.kept()), own);
}

fn voice_of(brand: &str, language: Language) -> Voice<'_> {
    Voice { brand, language, own: None }
}

#[test]
fn own_words_must_hold_what_is_asked_of_them() {
    let codes = |answer, words| -> Vec<&str> {
        faults(answer, words, "Fern", &DEFAULT).into_iter().map(|fault| fault.code).collect()
    };
    for (answer, words, wrong) in [
        (Answer::OptOut, "Fern: You get no more texts.", &[][..]),
        (Answer::OptOut, "You get no more texts.", &["brand_missing"]),
        (Answer::OptOut, "Fern: You get no more texts. 20% off if you stay!", &["marketing"]),
        (Answer::OptOut, "Fern: Thank you, have a lovely day.", &["end_missing"]),
        (Answer::OptOut, "Fern: Gracias, hasta pronto.", &["end_missing"]),
        (Answer::OptOut, "Fern : Merci et bonne journée.", &["end_missing"]),
        (Answer::OptOut, "Fern: You're off our list. Bye!", &[]),
        (Answer::OptOut, "Fern: We won't text you again.", &[]),
        (Answer::OptOut, "Fern: You have opted out.", &[]),
        (Answer::OptOut, "Fern: Ya no recibirá mensajes.", &[]),
        (Answer::OptOut, "Fern: Le hemos dado de baja.", &[]),
        (Answer::OptOut, "Fern : Vous ne recevrez plus de SMS.", &[]),
        (Answer::OptOut, "Fern : Vous êtes désabonné.", &[]),
        (Answer::Help, "Fern: call 555-0100.", &["opt_out_missing"]),
        (Answer::Help, "Fern: llame al 555-0100. STOP para cancelar.", &[]),
        (Answer::Help, "Fern : appelez le 555-0100. ARRÊT pour annuler.", &[]),
        (Answer::OptIn, "Welcome back!", &["brand_missing", "help_missing", "opt_out_missing"]),
        (Answer::OptIn, "Fern: hola. AYUDA para ayuda, BAJA para salir.", &[]),
    ] {
        assert_eq!(codes(answer, words), wrong, "{words}");
    }
}

#[test]
fn the_confirmation_asks_only_who_had_both_and_may_answer() {
    for (name, hours, scope, blocks, had, asks) in [
        ("off", 0, Scope::All, false, BOTH, false),
        ("on", 24, Scope::All, false, BOTH, true),
        ("they named what they meant", 24, Scope::Marketing, false, BOTH, false),
        ("they named orders", 24, Scope::Orders, false, BOTH, false),
        ("the provider blocks them", 24, Scope::All, true, BOTH, false),
        ("one kind alone", 24, Scope::All, false, Had { marketing: false, orders: true }, false),
        ("the other alone", 24, Scope::All, false, Had { marketing: true, orders: false }, false),
        ("none", 24, Scope::All, false, Had::default(), false),
    ] {
        assert_eq!(Question::of(hours, scope, blocks, had).is_some(), asks, "{name}");
    }
    let question = Question { hours: 24 };
    for (since, open) in [(0, true), (24 * HOUR_MS, true), (24 * HOUR_MS + 1, false), (-1, false)] {
        assert_eq!(question.open(since), open, "{since}");
    }
    for language in Language::ALL {
        let words = voice(*language).opt_out(Scope::All, Some(question));
        assert!(words.contains(keep_word(*language)) && words.contains("24h") && words.contains("START"), "{words}");
    }
}

#[test]
fn only_the_very_word_narrows_an_opt_out_and_only_where_it_was_asked() {
    let asked = Facts { opted_out: true, asked_scope: true, ..Facts::default() };
    for (text, keep) in [
        ("ORDERS", true),
        ("orders.", true),
        ("Orders please", true),
        ("Pedidos", true),
        ("COMMANDES svp", true),
        // A slip may be another word.
        ("ORDER", false),
        ("ORDERSS", false),
        ("keep the orders coming and the offers too", false),
        ("no orders", false),
        ("Liked “Reply ORDERS within 24h to keep order updates only”", false),
        ("", false),
    ] {
        let reading = read(text, 0, asked);
        assert_eq!(reading.effect == Effect::Keep, keep, "{text}");
        if keep {
            assert_eq!((reading.matched_by.as_str(), reading.asks_for_answer), ("keyword:keep", false), "{text}");
        }
        for other in [
            Facts { asked_scope: false, ..asked },
            Facts { opted_out: false, ..asked },
            Facts { provider_took_for: Some(Class::OptOut), ..asked },
        ] {
            assert_ne!(read(text, 0, other).effect, Effect::Keep, "{text}: {other:?}");
        }
        assert_ne!(read(text, 1, asked).effect, Effect::Keep, "{text} with a picture");
    }
    // The narrower wish comes before the shop's own keyword.
    let join = Some(domain::join::Match { word: 0, slip: false });
    assert_eq!(read("orders", 0, Facts { join, ..asked }).effect, Effect::Keep);
}

proptest! {
    /// Whatever is asked, and whatever else stands in a text: a wish to stop or to return is read as before.
    #[test]
    fn the_question_changes_no_other_reading(text in "(STOP|stop it|START|HELP|ORDERS|yes|no|[a-z ]{0,20})", opted_out in any::<bool>()) {
        let plain = read(&text, 0, Facts { opted_out, ..Facts::default() });
        let asked = read(&text, 0, Facts { opted_out, asked_scope: true, ..Facts::default() });
        if keeps(&text) && opted_out {
            prop_assert_eq!(asked.effect, Effect::Keep);
        } else {
            prop_assert_eq!(&asked, &plain);
        }
        if plain.class == Class::OptOut {
            prop_assert_eq!(asked.class, Class::OptOut);
        }
    }
}
