//! Join keywords: which words can be one, which texts are one, and what must stand in their texts.

use domain::encoding;
use domain::inbound::{Effect, Facts, read};
use domain::join::{
    Finding, Match, Offer, confirmation, confirmation_findings, could_be, disclosure_findings, find, plain, request,
    unfit,
};
use domain::keyword::{Class, classify, could_agree};
use proptest::prelude::*;

const OFFER: Offer<'static> = Offer {
    brand: "Fern & Co",
    programme: "weekly offers and news",
    frequency: "Up to 4 msgs/month",
    locale: "en-US",
    confirmation: "",
    welcome: "",
};

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|word| plain(word)).collect()
}

fn found(text: &str, all: &[&str]) -> Option<(usize, bool)> {
    find(text, &words(all)).map(|found| (found.word, found.slip))
}

fn codes(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(Finding::code).collect()
}

#[test]
fn a_word_that_asks_for_something_else_cannot_be_one() {
    for (word, code) in [
        ("Stop", "keyword_reserved"),
        ("s.t.o.p", "keyword_reserved"),
        ("STPO", "keyword_reserved"),
        ("YES", "keyword_reserved"),
        ("sí", "keyword_reserved"),
        ("Oui!", "keyword_reserved"),
        ("Ok", "keyword_reserved"),
        ("AYUDA", "keyword_reserved"),
        ("désabonner", "keyword_reserved"),
        ("CANCEL VIP", "keyword_begins_reserved"),
        ("STAR", "keyword_near_reserved"),
        ("SMART", "keyword_near_reserved"),
        ("KELP", "keyword_near_reserved"),
        ("Ayudas", "keyword_near_reserved"),
        ("SUBSCRIB", "keyword_near_reserved"),
        ("no", "keyword_everyday"),
        ("Hello", "keyword_everyday"),
        ("2024", "keyword_number"),
        ("V", "keyword_short"),
        ("ALLTHEBESTOFFERSOFTHEYEAR", "keyword_long"),
        ("🌿", "keyword_empty"),
    ] {
        assert_eq!(unfit(word).map(|unfit| unfit.code()), Some(code), "{word}");
        assert!(unfit(word).is_some_and(|unfit| unfit.detail().ends_with('.')), "{word}");
    }
    for word in ["JOIN", "VIP", "Coffee", "SUMMER24", "FERN CLUB", "café", "DEALS"] {
        assert_eq!(unfit(word), None, "{word}");
    }
}

#[test]
fn what_opts_out_in_any_language_cannot_be_one_nor_begin_one() {
    for word in [
        "STOP",
        "END",
        "QUIT",
        "REVOKE",
        "OPTOUT",
        "CANCEL",
        "UNSUBSCRIBE",
        "REMOVE",
        "ALTO",
        "BAJA",
        "PARAR",
        "BASTA",
        "SALIR",
        "CANCELAR",
        "DETENER",
        "DESUSCRIBIR",
        "ARRÊT",
        "ARRÊTER",
        "ARRÊTEZ",
        "DÉSABONNER",
        "DÉSINSCRIRE",
        "STOPPEZ",
        "SAIR",
        "ABMELDEN",
        "ABBESTELLEN",
        "退订",
    ] {
        assert_eq!(unfit(word).map(|unfit| unfit.code()), Some("keyword_reserved"), "{word}");
        let longer = unfit(&format!("{word} CLUB")).map(|unfit| unfit.code());
        assert!(matches!(longer, Some("keyword_reserved" | "keyword_begins_reserved")), "{word}: {longer:?}");
    }
    // What the confirmation of an opt-out asks for.
    for word in ["ORDERS", "Pedidos", "commandes"] {
        assert_eq!(unfit(word).map(|unfit| unfit.code()), Some("keyword_everyday"), "{word}");
    }
}

#[test]
fn a_text_is_the_word_however_it_is_written() {
    let all = ["JOIN", "Café Club", "SUMMER24", "SUMMER25"];
    for (text, place) in [
        ("join", 0),
        ("  Join! ", 0),
        ("J O I N", 0),
        ("“JOIN”", 0),
        ("ＪＯＩＮ", 0),
        ("jоin", 0),
        ("join 🎉🎉", 0),
        ("Join please", 0),
        ("cafe club", 1),
        ("CAFÉCLUB", 1),
        ("summer 24", 2),
        ("SUMMER25", 3),
    ] {
        assert_eq!(found(text, &all), Some((place, false)), "{text}");
    }
    for text in [
        "can I join?",
        "join my friend for lunch at 12 tomorrow will you",
        "Liked “JOIN”",
        "jion",
        "summer26",
        "summer",
        "",
        "🎉",
    ] {
        assert_eq!(found(text, &all), None, "{text}");
    }
}

#[test]
fn a_slip_of_the_thumb_is_known_in_long_words_alone() {
    let all = ["COFFEE", "DEALS", "SUBSTANCE"];
    for (text, place) in [("cofee", 0), ("COFFFEE", 0), ("coffeee!", 0), ("deasl", 1), ("Dealss", 1), ("substence", 2)]
    {
        assert_eq!(found(text, &all), Some((place, true)), "{text}");
    }
    // A shorter word is a word of its own, and what asks for something else is that.
    assert_eq!(found("deal", &all), None);
    assert_eq!(found("stops", &["STOOPS"]), None);
    assert_eq!(found("unsubscrive", &["UNSUBSCRIPT"]), None);
    // As near to two words, it is neither; being one of them, it is that one.
    assert_eq!(found("lattes", &["LATTER", "LATTEN"]), None);
    assert_eq!(found("latten", &["LATTER", "LATTEN"]), Some((1, false)));
}

#[test]
fn a_wish_to_stop_comes_before_any_word() {
    let join = Some(Match { word: 0, slip: false });
    let facts = Facts { join, ..Facts::default() };
    assert!(matches!(read("VIP", 0, facts).effect, Effect::Join(_)));
    assert!(matches!(read("STOP", 0, facts).effect, Effect::OptOut { .. }));
    assert!(matches!(read("HELP", 0, facts).effect, Effect::Help { .. }));
    let blocked = Facts { provider_took_for: Some(Class::OptOut), ..facts };
    assert!(matches!(read("VIP", 0, blocked).effect, Effect::OptOut { .. }));
    // It opens no conversation, and a picture with it does.
    assert!(!read("VIP", 0, facts).asks_for_answer && read("VIP", 1, facts).asks_for_answer);
}

#[test]
fn yes_confirms_where_it_was_asked_for_and_start_stays_start() {
    let asked = Facts { asked_opt_in: true, ..Facts::default() };
    for yes in
        ["YES", "yes please", "Y", "Yeah!", "ok", "sure", "I agree", "Sí", "si, claro", "vale", "oui", "D'accord"]
    {
        assert_eq!(read(yes, 0, asked).effect, Effect::Confirm, "{yes}");
        assert_eq!(read(yes, 0, Facts { opted_out: true, ..asked }).effect, Effect::Confirm, "{yes}");
        assert_ne!(read(yes, 0, Facts::default()).effect, Effect::Confirm, "{yes}");
        assert!(could_agree(yes), "{yes}");
    }
    for other in ["no", "maybe", "what?", "yes but where is my order", "STOP", "HELP", "JOIN"] {
        assert_ne!(read(other, 0, asked).effect, Effect::Confirm, "{other}");
    }
    assert_eq!(read("START", 0, asked).effect, Effect::OptIn { answer: true });
    let provider = Facts { provider_took_for: Some(Class::OptIn), provider_answered: true, ..asked };
    assert_eq!(read("Yes", 0, provider).effect, Effect::Confirm);
}

#[test]
fn our_own_confirmation_is_whole_in_every_language() {
    for locale in ["en-US", "es-US", "fr-CA", "de-DE", ""] {
        let offer = Offer { locale, ..OFFER };
        let text = confirmation(&offer);
        assert_eq!(codes(&confirmation_findings(&text, &offer)), [""; 0], "{text}");
        assert!(request(&offer).contains("24"), "{locale}");
        assert_eq!(codes(&confirmation_findings(&request(&offer), &offer)), [""; 0], "{locale}");
    }
    let short = Offer { programme: "VIP offers", brand: "Fern", ..OFFER };
    for text in [confirmation(&short), request(&short)] {
        assert_eq!(encoding::measure(&text).parts, 1, "{text}");
    }
    let welcome = Offer { welcome: "See you soon.", ..OFFER };
    assert!(confirmation(&welcome).ends_with(" See you soon."));
}

#[test]
fn a_programme_named_by_a_small_word_alone_is_looked_for_by_it() {
    for programme in ["and", "The Our"] {
        let offer = Offer { programme, ..OFFER };
        let said = confirmation(&offer);
        assert_eq!(codes(&confirmation_findings(&said, &offer)), [""; 0], "{said}");
    }
    let unnamed = confirmation(&Offer { programme: "", ..OFFER });
    assert!(
        codes(&confirmation_findings(&unnamed, &Offer { programme: "our", ..OFFER })).contains(&"programme_missing")
    );
}

#[test]
fn each_missing_part_is_found_with_its_fix() {
    let whole = "Fern & Co: You get weekly offers & news, 4 a month. Msg & data rates may apply. Reply HELP for help, STOP to cancel.";
    let own = |text: &'static str| Offer { confirmation: text, ..OFFER };
    assert_eq!(codes(&confirmation_findings(whole, &OFFER)), [""; 0]);
    for (part, code) in [
        ("Fern & Co: ", "brand_missing"),
        ("weekly offers & news, ", "programme_missing"),
        (", 4 a month", "frequency_missing"),
        ("Msg & data rates may apply. ", "fees_missing"),
        ("HELP for help, ", "help_missing"),
        ("STOP to cancel.", "opt_out_missing"),
    ] {
        let cut = whole.replace(part, "");
        let findings = confirmation_findings(&cut, &OFFER);
        assert_eq!(codes(&findings), [code], "{cut}");
        assert!(!findings[0].detail.is_empty() && !findings[0].fix.is_empty());
    }
    assert_eq!(
        codes(&confirmation_findings(&confirmation(&own("Thanks!")), &OFFER)),
        ["brand_missing", "programme_missing", "frequency_missing", "fees_missing", "help_missing", "opt_out_missing"]
    );
    // A way to reach the shop is as good as HELP.
    for contact in ["care@fern.example", "(800) 555-0199"] {
        let text = whole.replace("Reply HELP for help,", &format!("Questions: {contact}. Reply"));
        assert_eq!(codes(&confirmation_findings(&text, &OFFER)), [""; 0], "{text}");
    }
}

#[test]
fn the_words_beside_a_keyword_are_looked_through_too() {
    let whole = "Text VIP to get recurring automated marketing texts from Fern & Co, up to 4 msgs/month. Consent is not \
                 a condition of purchase. Msg & data rates may apply. Reply HELP for help, STOP to cancel. Terms: \
                 fern.example/terms";
    assert_eq!(codes(&disclosure_findings(whole, &OFFER)), [""; 0]);
    let bare = disclosure_findings("Text VIP for 10% off!", &OFFER);
    assert_eq!(
        codes(&bare),
        [
            "brand_missing",
            "frequency_missing",
            "fees_missing",
            "help_missing",
            "opt_out_missing",
            "automated_missing",
            "condition_missing",
            "terms_missing"
        ]
    );
}

/// A word that can be one, from random letters.
fn fit() -> impl Strategy<Value = String> {
    "[a-z]{2,12}[0-9]{0,2}".prop_filter("a word that can be one", |word| unfit(word).is_none())
}

proptest! {
    #[test]
    fn nothing_that_reads_as_a_wish_is_a_slip(word in fit(), text in "[a-z ]{1,16}") {
        let known = [plain(&word)];
        if let Some(found) = find(&text, &known)
            && found.slip
        {
            prop_assert_eq!(classify(&text).class, Class::None, "{} as {}", text, word);
        }
    }

    #[test]
    fn a_fit_word_is_found_and_asks_for_nothing_else(word in fit(), caps in any::<bool>()) {
        let typed = if caps { word.to_uppercase() } else { word.clone() };
        let text = format!("{typed}! 🎉");
        prop_assert!(could_be(&text));
        prop_assert_eq!(find(&text, &[plain(&word)]), Some(Match { word: 0, slip: false }));
        let effect = read(&typed, 0, Facts { join: find(&typed, &[plain(&word)]), ..Facts::default() }).effect;
        prop_assert!(matches!(effect, Effect::Join(_)), "{} is {:?}", typed, effect);
    }

    #[test]
    fn a_words_own_slips_are_never_another_of_the_words(word in "[a-z]{5,12}", other in "[a-z]{5,12}") {
        prop_assume!(word != other && unfit(&word).is_none() && unfit(&other).is_none());
        prop_assert_eq!(found(&other, &[&word, &other]), Some((1, false)));
    }

    #[test]
    fn our_confirmation_holds_every_part_for_any_offer(
        brand in "[A-Z][a-z]{2,12}( [A-Z][a-z]{2,8})?", programme in "[a-z]{3,10}( [a-z]{3,10}){0,3}",
        frequency in "(Up to [1-9] msgs/month|Weekly|Msg frequency varies|[1-9] texts a week)",
        locale in "(en-US|es-MX|fr-FR)",
    ) {
        let offer = Offer { brand: &brand, programme: &programme, frequency: &frequency, locale: &locale, ..OFFER };
        prop_assert_eq!(codes(&confirmation_findings(&confirmation(&offer), &offer)), [""; 0]);
    }
}
