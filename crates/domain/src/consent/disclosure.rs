//! What a page says when it asks for consent, and what is texted around it.
//!
//! A preset is a start, in the words the sources ask for; a shop may write its own.
//! Whatever stands on a page when somebody agrees is what the ledger keeps.

use crate::language::Language;
use crate::message::words;

/// Most characters of a disclosure on a page, so that the page stays small.
pub const PAGE_DISCLOSURE_CHARS_MAX: usize = 2_000;

words! {
    /// Whose law a page's words are written for.
    Region {
        /// The United States: 47 CFR 64.1200(f)(9) and CTIA Messaging Principles 5.1.1.
        Us = "us",
        /// Canada: CASL s. 6 and 10, SOR/2012-36 s. 4.
        Ca = "ca",
        /// The United Kingdom: PECR regulation 22.
        Uk = "uk",
        /// The European Union: Directive 2002/58/EC article 13, GDPR article 7.
        Eu = "eu",
        /// Australia: Spam Act 2003, section 16 and schedule 2.
        Au = "au",
    }
}

impl Region {
    /// The region that a number's calling code stands for. Canada shares the United
    /// States' code; whoever asks there chooses Canada's words on the page.
    #[must_use]
    pub fn of_number(number: &str) -> Self {
        match number.strip_prefix('+') {
            Some(digits) if digits.starts_with('1') => Self::Us,
            Some(digits) if digits.starts_with("44") => Self::Uk,
            Some(digits) if digits.starts_with("61") => Self::Au,
            Some(_) => Self::Eu,
            None => Self::Us,
        }
    }

    /// The country whose numbers need no calling code; none where there are many.
    #[must_use]
    pub const fn home(self) -> Option<&'static str> {
        match self {
            Self::Us => Some("US"),
            Self::Ca => Some("CA"),
            Self::Uk => Some("GB"),
            Self::Eu => None,
            Self::Au => Some("AU"),
        }
    }

    /// The language of the preset, as a language tag.
    #[must_use]
    pub const fn locale(self) -> &'static str {
        match self {
            Self::Us => "en-US",
            Self::Ca => "en-CA",
            Self::Uk => "en-GB",
            Self::Eu => "en-IE",
            Self::Au => "en-AU",
        }
    }

    /// Whether whoever asks must say where they can be written to (SOR/2012-36 s. 2 and 4).
    #[must_use]
    pub const fn needs_contact(self) -> bool {
        matches!(self, Self::Ca)
    }

    /// The words beside the box to tick. `contact` is how to reach the shop, possibly empty.
    #[must_use]
    pub fn disclosure(self, brand: &str, contact: &str) -> String {
        let contact = contact.trim();
        let reach = if contact.is_empty() { String::new() } else { format!(" {brand} can be reached at {contact}.") };
        match self {
            Self::Us => format!(
                "I agree to get recurring automated marketing texts from {brand} at the number I give here. Consent is \
                 not a condition of any purchase. Message frequency varies. Message and data rates may apply. Reply \
                 HELP for help and STOP to cancel."
            ),
            Self::Ca => format!(
                "I agree to get recurring marketing texts from {brand} at the number I give here.{reach} I can take \
                 this consent back at any time, for example by replying STOP. Message frequency varies. Message and \
                 data rates may apply. Reply HELP for help."
            ),
            Self::Uk => format!(
                "I agree that {brand} may send me marketing texts at the number I give here.{reach} I can take this \
                 consent back at any time, at no cost beyond that of a text, for example by replying STOP."
            ),
            Self::Eu => format!(
                "I agree that {brand} uses the number I give here to send me marketing texts. I am free to agree or \
                 not, and nothing I buy depends on it.{reach} I can take this consent back at any time, for example by \
                 replying STOP, as easily as I gave it; what was sent before stays lawful."
            ),
            Self::Au => format!(
                "I agree to get marketing texts from {brand} at the number I give here.{reach} I can unsubscribe at any \
                 time, for example by replying STOP; my reply costs no more than a usual text."
            ),
        }
    }
}

/// Words as they are kept and shown: without space around them, with one kind of line
/// end, and without other control characters. A page shows and the ledger keeps these very bytes.
#[must_use]
pub fn settled(words: &str) -> String {
    let lines = words.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    lines.chars().filter(|letter| *letter == '\n' || !letter.is_control()).collect::<String>().trim().to_owned()
}

/// Asks whoever holds the phone to confirm what was typed into a page, by a word or by the link: one text, no
/// marketing in it.
#[must_use]
pub fn ask_to_confirm(brand: &str, link: &str, language: Language) -> String {
    match language {
        Language::English => format!(
            "{brand}: Reply YES or open {link} to confirm that you want our texts. If you did not ask, ignore this. \
             Reply STOP to get none."
        ),
        Language::Spanish => format!(
            "{brand}: Responda SI o abra {link} para confirmar que quiere nuestros mensajes. Si no los quiere, ignore \
             esto. Responda STOP para no recibir nada."
        ),
        Language::French => format!(
            "{brand} : Répondez OUI ou ouvrez {link} pour confirmer que vous voulez nos messages. Sinon, ignorez ceci. \
             Répondez STOP pour ne rien recevoir."
        ),
    }
}

/// Welcomes who agreed: program, help, opt-out, that it recurs and how often, fees
/// (CTIA Messaging Principles 5.1.2).
#[must_use]
pub fn welcome(brand: &str, language: Language) -> String {
    match language {
        Language::English => format!(
            "{brand}: You are signed up for recurring marketing texts. Msg frequency varies. Msg & data rates may \
             apply. Reply HELP for help, STOP to cancel."
        ),
        Language::Spanish => format!(
            "{brand}: Alta confirmada: promociones recurrentes por SMS. Frecuencia variable. Pueden aplicarse tarifas. \
             AYUDA para ayuda, STOP para cancelar."
        ),
        Language::French => format!(
            "{brand} : Inscription confirmée : promotions récurrentes par SMS. Fréquence variable. Des frais peuvent \
             s'appliquer. AIDE pour aide, STOP pour annuler."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::join::{self, Offer, Part};
    use crate::keyword;

    #[test]
    fn each_preset_names_the_shop_and_how_to_leave() {
        for region in Region::ALL {
            let words = region.disclosure("Fern & Co", "1 High Street, fern.example");
            assert!(words.contains("Fern & Co") && words.contains("STOP"), "{words}");
            assert_eq!(settled(&words), words, "{region}");
            assert!(words.chars().count() <= PAGE_DISCLOSURE_CHARS_MAX, "{region}");
        }
        // 47 CFR 64.1200(f)(9)(i): automated, and no condition of purchase; CTIA 5.1.1: frequency, fees, HELP.
        let american = Region::Us.disclosure("Fern", "");
        for needed in ["automated", "not a condition of any purchase", "frequency varies", "rates may apply", "HELP"] {
            assert!(american.contains(needed), "{needed}");
        }
        assert!(Region::Ca.disclosure("Fern", "1 High Street").contains("1 High Street"));
        assert!(!Region::Ca.disclosure("Fern", " ").contains("reached"));
    }

    #[test]
    fn settled_words_have_one_kind_of_line_end_and_no_controls() {
        assert_eq!(settled("  a\r\nb\rc\td\u{0}\u{7} \n"), "a\nb\nc d");
        assert_eq!(settled(&settled(" ¡Sí!\u{2028}\u{e9} ")), settled(" ¡Sí!\u{2028}\u{e9} "));
    }

    #[test]
    fn numbers_find_their_region() {
        for (number, region) in [
            ("+12125550123", Region::Us),
            ("+447700900123", Region::Uk),
            ("+61491570006", Region::Au),
            ("+33612345678", Region::Eu),
            ("55555", Region::Us),
        ] {
            assert_eq!(Region::of_number(number), region, "{number}");
        }
    }

    #[test]
    fn the_welcome_has_its_five_contents_and_is_one_text_or_two() {
        let words = welcome("Lumen Goods", Language::English);
        for needed in ["Lumen Goods", "HELP", "STOP", "recurring", "frequency", "rates may apply"] {
            assert!(words.contains(needed), "{needed}");
        }
        assert!(crate::encoding::measure(&words).parts <= 1, "{words}");
    }

    #[test]
    fn both_texts_of_a_page_are_in_every_language_and_hold_what_they_must() {
        let offer =
            Offer { brand: "Lumen Goods", programme: "", frequency: "", locale: "", confirmation: "", welcome: "" };
        for language in Language::ALL {
            let words = welcome("Lumen Goods", *language);
            let parts = [Part::Brand, Part::Frequency, Part::Fees, Part::Help, Part::OptOut];
            assert_eq!(join::lacking(&words, &offer, &parts), [], "{words}");
            assert!(crate::encoding::measure(&words).parts <= 1, "{words}");
            let ask = ask_to_confirm("Lumen Goods", "https://text.shop.example/o/1/2", *language);
            assert_eq!(join::lacking(&ask, &offer, &[Part::Brand, Part::OptOut]), [], "{ask}");
            // The word that it names is read as the answer to it.
            let yes = ask.split_whitespace().nth(if *language == Language::French { 4 } else { 3 });
            let yes = yes.unwrap_or_default();
            assert!(keyword::could_agree(yes), "{yes}");
        }
    }
}
