//! The words of a join: the request of a double opt-in, the confirmation, and what must stand in
//! them and beside the keyword.

use crate::keyword::plain_words;
use crate::language::Language;
use crate::limits::JOIN_CONFIRM_HOURS;
use crate::message::words;

words! {
    /// What the words of an opt-in must hold (CTIA Messaging Principles 5.1.1 and 5.1.2; for the
    /// last three 47 CFR 64.1200(f)(9) and what registries of senders look for).
    Part {
        /// Who texts.
        Brand = "brand",
        /// What is sent: the programme or product.
        Programme = "programme",
        /// How often.
        Frequency = "frequency",
        /// That the carrier may charge for it.
        Fees = "fees",
        /// Where help is.
        Help = "help",
        /// How to end it.
        OptOut = "opt_out",
        /// That the texts come by machine.
        Automated = "automated",
        /// That nobody has to agree in order to buy.
        Condition = "condition",
        /// Where terms and privacy policy are.
        Terms = "terms",
    }
}

/// A part that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub part: Part,
    /// What is missing, in a sentence.
    pub detail: String,
    /// Words that mend it.
    pub fix: String,
}

impl Finding {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self.part {
            Part::Brand => "brand_missing",
            Part::Programme => "programme_missing",
            Part::Frequency => "frequency_missing",
            Part::Fees => "fees_missing",
            Part::Help => "help_missing",
            Part::OptOut => "opt_out_missing",
            Part::Automated => "automated_missing",
            Part::Condition => "condition_missing",
            Part::Terms => "terms_missing",
        }
    }
}

/// What a join keyword offers.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The name customers know the sender by.
    pub brand: &'a str,
    /// What they will get: "weekly offers".
    pub programme: &'a str,
    /// How often: "Up to 4 msgs/month".
    pub frequency: &'a str,
    /// A language tag. Spanish and French have words of their own; others get English.
    pub locale: &'a str,
    /// The shop's own confirmation; ours where empty.
    pub confirmation: &'a str,
    /// More words behind the confirmation; possibly none.
    pub welcome: &'a str,
}

fn language(locale: &str) -> Language {
    Language::of_tag(locale).unwrap_or_default()
}

fn bare(words: &str) -> &str {
    words.trim().trim_end_matches('.')
}

/// The one request of a double opt-in. Says for how long its answer counts.
#[must_use]
pub fn request(offer: &Offer<'_>) -> String {
    let Offer { brand, .. } = offer;
    let (programme, frequency) = (bare(offer.programme), bare(offer.frequency));
    let hours = JOIN_CONFIRM_HOURS;
    match language(offer.locale) {
        Language::English => format!(
            "{brand}: Reply YES within {hours}h to get {programme}. {frequency}. Msg & data rates may apply. \
             Reply HELP for help, STOP to cancel."
        ),
        Language::Spanish => format!(
            "{brand}: Responda SI en {hours}h para recibir {programme}. {frequency}. Pueden aplicarse tarifas de \
             mensajes y datos. AYUDA para ayuda, STOP para cancelar."
        ),
        Language::French => format!(
            "{brand} : Répondez OUI sous {hours}h pour recevoir {programme}. {frequency}. Des frais de messages et \
             de données peuvent s'appliquer. AIDE pour aide, STOP pour annuler."
        ),
    }
}

/// What a customer gets who is in, with the shop's welcome behind it.
#[must_use]
pub fn confirmation(offer: &Offer<'_>) -> String {
    let welcome = offer.welcome.trim();
    let said = said(offer);
    if welcome.is_empty() { said } else { format!("{said} {welcome}") }
}

fn said(offer: &Offer<'_>) -> String {
    if !offer.confirmation.trim().is_empty() {
        return offer.confirmation.trim().to_owned();
    }
    let Offer { brand, .. } = offer;
    let (programme, frequency) = (bare(offer.programme), bare(offer.frequency));
    match language(offer.locale) {
        Language::English => format!(
            "{brand}: You're in! You will get {programme}. {frequency}. Msg & data rates may apply. \
             Reply HELP for help, STOP to cancel."
        ),
        Language::Spanish => format!(
            "{brand}: Listo, recibirá {programme}. {frequency}. Pueden aplicarse tarifas de mensajes y datos. \
             AYUDA para ayuda, STOP para cancelar."
        ),
        Language::French => format!(
            "{brand} : C'est fait, vous recevrez {programme}. {frequency}. Des frais de messages et de données \
             peuvent s'appliquer. AIDE pour aide, STOP pour annuler."
        ),
    }
}

/// Which of the required contents a confirmation lacks (CTIA 5.1.2): who texts what, how often, that
/// it may cost, where help is, and how to end it. None where it is whole.
#[must_use]
pub fn confirmation_findings(text: &str, offer: &Offer<'_>) -> Vec<Finding> {
    let parts = [Part::Brand, Part::Programme, Part::Frequency, Part::Fees, Part::Help, Part::OptOut];
    lacking(text, offer, &parts)
}

/// What the words beside a keyword lack (CTIA 5.1.1; 47 CFR 64.1200(f)(9)). Advice: some of it may
/// stand elsewhere on the page or poster.
#[must_use]
pub fn disclosure_findings(text: &str, offer: &Offer<'_>) -> Vec<Finding> {
    let parts = [
        Part::Brand,
        Part::Frequency,
        Part::Fees,
        Part::Help,
        Part::OptOut,
        Part::Automated,
        Part::Condition,
        Part::Terms,
    ];
    lacking(text, offer, &parts)
}

/// Which of some parts a text lacks.
pub(crate) fn lacking(text: &str, offer: &Offer<'_>, parts: &[Part]) -> Vec<Finding> {
    let words = plain_words(text);
    let lacks = parts.iter().filter(|part| !holds(**part, text, &words, offer));
    lacks.map(|part| finding(*part, offer)).collect()
}

/// Words that say how often.
const FREQUENCY: &[&str] = &[
    "frequency",
    "freq",
    "recurring",
    "month",
    "months",
    "monthly",
    "mo",
    "week",
    "weeks",
    "weekly",
    "wk",
    "day",
    "daily",
    "year",
    "yearly",
    "varies",
    "vary",
    "mes",
    "meses",
    "mensual",
    "mensuales",
    "semana",
    "semanal",
    "semanales",
    "diario",
    "diarios",
    "dia",
    "ano",
    "frecuencia",
    "mois",
    "mensuel",
    "mensuels",
    "semaine",
    "hebdomadaire",
    "hebdomadaires",
    "jour",
    "frequence",
];
const FEES: &[&[&str]] = &[
    &["rates", "may", "apply"],
    &["rates", "apply"],
    &["charges", "may", "apply"],
    &["tarifas"],
    &["cargos"],
    &["tarifs"],
    &["frais"],
];
const HELP: &[&[&str]] = &[&["help"], &["info"], &["ayuda"], &["aide"]];
const OPT_OUT: &[&[&str]] = &[&["stop"], &["unsubscribe"], &["alto"], &["baja"], &["arret"]];
const AUTOMATED: &[&[&str]] =
    &[&["automated"], &["autodialed"], &["automatic"], &["automatically"], &["automatizados"], &["automatises"]];
const CONDITION: &[&[&str]] = &[
    &["not", "a", "condition"],
    &["not", "required"],
    &["no", "purchase", "necessary"],
    &["no", "es", "condicion"],
    &["no", "es", "una", "condicion"],
    &["pas", "une", "condition"],
];
const TERMS: &[&[&str]] =
    &[&["terms"], &["privacy"], &["terminos"], &["privacidad"], &["conditions"], &["confidentialite"]];

fn holds(part: Part, text: &str, words: &[String], offer: &Offer<'_>) -> bool {
    let any = |phrases: &[&[&str]]| phrases.iter().any(|phrase| says(words, phrase));
    match part {
        Part::Brand => {
            let brand = plain_words(offer.brand);
            // A brand of signs alone has no words to look for.
            (brand.is_empty() && text.contains(offer.brand.trim()))
                || says(words, &brand.iter().map(String::as_str).collect::<Vec<_>>())
        }
        Part::Programme => {
            // Ampersands and their like are no words; each of the others must be there.
            let joins = |word: &str| matches!(word, "and" | "or" | "y" | "o" | "et" | "ou" | "the" | "our");
            let named = plain_words(offer.programme);
            // A name of such words alone is looked for with them.
            let bare = named.iter().all(|word| joins(word));
            let mut named = named.iter().filter(|word| bare || !joins(word)).peekable();
            named.peek().is_some() && named.all(|word| words.contains(word))
        }
        Part::Frequency => {
            // What the programme is called says nothing of it: "weekly offers" may come daily.
            let own = plain_words(offer.frequency);
            let own: Vec<&str> = own.iter().map(String::as_str).collect();
            (!own.is_empty() && says(words, &own))
                || words.iter().any(|word| FREQUENCY.contains(&word.as_str()) && !in_programme(word, offer))
        }
        Part::Fees => any(FEES),
        Part::Help => any(HELP) || contact(text),
        Part::OptOut => any(OPT_OUT),
        Part::Automated => any(AUTOMATED),
        Part::Condition => any(CONDITION),
        Part::Terms => any(TERMS),
    }
}

fn in_programme(word: &str, offer: &Offer<'_>) -> bool {
    plain_words(offer.programme).iter().any(|own| own == word)
}

/// Whether words stand in a text one behind the other.
fn says(words: &[String], phrase: &[&str]) -> bool {
    !phrase.is_empty()
        && words.windows(phrase.len()).any(|window| window.iter().zip(phrase).all(|(one, two)| one == two))
}

/// An e-mail address or a number to call.
fn contact(text: &str) -> bool {
    let mail = text.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.trim_end_matches('.').contains('.'))
    });
    let mut digits = 0;
    let number = text.chars().any(|ch| {
        match ch {
            '0'..='9' => digits += 1,
            ' ' | '-' | '(' | ')' | '.' | '+' => {}
            _ => digits = 0,
        }
        digits >= 10
    });
    mail || number
}

fn finding(part: Part, offer: &Offer<'_>) -> Finding {
    let (detail, fix) = match part {
        Part::Brand => ("It does not say who texts.", format!("Begin with \"{}:\".", offer.brand)),
        Part::Programme => ("It does not say what they will get.", format!("Name it: \"{}\".", bare(offer.programme))),
        Part::Frequency => (
            "It does not say how often texts come.",
            format!(
                "Say it: \"{}.\"",
                if bare(offer.frequency).is_empty() { "Msg frequency varies" } else { bare(offer.frequency) }
            ),
        ),
        Part::Fees => {
            ("It does not say that carriers may charge for texts.", "Add \"Msg & data rates may apply.\"".to_owned())
        }
        Part::Help => {
            ("It does not say where help is.", "Add \"Reply HELP for help\", or how to reach you.".to_owned())
        }
        Part::OptOut => ("It does not say how to end it.", "Add \"Reply STOP to cancel.\"".to_owned()),
        Part::Automated => (
            "It does not say that the texts are automated.",
            "Say \"I agree to get recurring automated marketing texts\".".to_owned(),
        ),
        Part::Condition => (
            "It does not say that nobody has to agree in order to buy.",
            "Add \"Consent is not a condition of purchase.\"".to_owned(),
        ),
        Part::Terms => {
            ("It does not lead to terms and privacy policy.", "Add links: \"Terms: … Privacy: …\".".to_owned())
        }
    };
    Finding { part, detail: detail.to_owned(), fix }
}
