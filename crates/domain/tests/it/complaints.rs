//! Who is angry or complains, by their words.

use domain::complaint::complaint;
use domain::inbound::{Facts, read};

#[test]
fn the_words_of_anger_are_known() {
    for (text, section) in [
        ("I want to file a complaint", "named"),
        ("This is a formal complaint.", "named"),
        ("I'm writing to complain about my order", "named"),
        ("I will report you to the BBB", "beyond_the_shop"),
        ("Better Business Bureau will hear from me", "beyond_the_shop"),
        ("you'll hear from my lawyer", "beyond_the_shop"),
        ("I'm disputing the charge with my bank", "beyond_the_shop"),
        ("I'm going to leave a 1 star review", "beyond_the_shop"),
        ("I am FURIOUS", "angry"),
        ("im so angry right now", "angry"),
        ("I'm really angry", "angry"),
        ("This is ridiculous!!", "angry"),
        ("that's unacceptable", "angry"),
        ("I'm very disappointed", "angry"),
        ("I am so fed up", "angry"),
        ("what the hell is going on", "angry"),
        ("Are you kidding me??", "angry"),
        ("worst customer service ever", "verdict"),
        ("Terrible service.", "verdict"),
        ("your support is absolutely horrible", "verdict"),
        ("I will never order from you again", "verdict"),
        ("never again ordering here", "verdict"),
        ("I'm never going to shop with you guys again", "verdict"),
        ("we will never do business with you again", "verdict"),
        ("I am reporting this to the BBB", "beyond_the_shop"),
        ("C'est du vol", "verdict"),
        ("what a complete waste of money", "verdict"),
        ("you guys are scammers", "verdict"),
        ("I want my money back", "verdict"),
        ("Quiero poner una queja", "named"),
        ("voy a denunciarlos", "beyond_the_shop"),
        ("estoy muy enojada con ustedes", "angry"),
        ("Esto es inaceptable", "angry"),
        ("pésimo servicio", "verdict"),
        ("son unos ladrones", "verdict"),
        ("nunca más les compro", "verdict"),
        ("Je vais porter plainte", "named"),
        ("Je suis vraiment furieuse", "angry"),
        ("C'est inadmissible", "angry"),
        ("J'en ai marre", "angry"),
        ("service client catastrophique", "verdict"),
        ("vous êtes des escrocs", "verdict"),
    ] {
        assert_eq!(complaint(text), Some(section), "{text}");
    }
}

#[test]
fn calm_words_are_not() {
    for text in [
        "",
        "where is my order?",
        "My order hasn't arrived yet, can you check?",
        "I'd like to return these boots, they don't fit",
        "One boot is broken. Can I get a new one?",
        "Is there a fee if I dispute nothing and just return it?",
        "no complaints here, love them!",
        "I'm not angry, just wondering",
        "I'm not upset at all",
        "never had a complaint about you",
        "is this a scam?",
        "I wanted to make sure it's not a scam",
        "I'm mad about these boots!",
        "worst case I'll pick it up on Friday",
        "the weather here is terrible",
        "my money is on the blue ones",
        "I got your review request",
        "I never got my order, can you send it again?",
        "I never received the order from you",
        "I'd like to report this to you: the box was open",
        "I don't want to complain, just asking",
        "C'est pour le vol de demain",
        "Non merci, j'en ai assez pour l'hiver",
        "me robaron el paquete de la puerta",
        "I want to leave a good review",
        "Liked “This is ridiculous”",
        "¿Dónde está mi pedido?",
        "No tengo ninguna queja, todo perfecto",
        "no estoy enojada",
        "Où est ma commande ?",
        "Je ne suis pas en colère",
        "aucune plainte, merci",
        "thank you so much",
    ] {
        assert_eq!(complaint(text), None, "{text}");
    }
}

#[test]
fn of_everyday_texts_only_the_complaints_are_marked() {
    let everyday = include_str!("../data/intent_everyday.txt");
    let texts = everyday.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '@']));
    let marked: Vec<&str> = texts.filter(|text| complaint(text).is_some()).collect();
    assert_eq!(marked, ["I want to file a complaint", "I want my money back"]);
}

#[test]
fn only_what_asks_for_an_answer_is_a_complaint() {
    assert_eq!(read("This is ridiculous, where is my order?", 0, Facts::default()).complaint, Some("angry"));
    // It is settled by what it asks for.
    assert_eq!(read("STOP. This is ridiculous", 0, Facts::default()).complaint, None);
    assert_eq!(read("Where is my order?", 0, Facts::default()).complaint, None);
}
