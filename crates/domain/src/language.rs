//! The languages in which Hark answers by itself, and which of them a text is in.

use crate::keyword::plain_words;
use crate::message::words;

words! {
    /// A language that Hark's own answers are written in.
    #[derive(Default)]
    Language {
        /// English.
        #[default]
        English = "en",
        /// Spanish.
        Spanish = "es",
        /// French.
        French = "fr",
    }
}

/// Words that customers write every day in one of the languages and seldom or never in the others, in their
/// plain form. What two of them share ("me", "no", "de", "la", "les", "y", "message") tells nothing.
const ENGLISH: &str = "the my i im you your youre please pls to and of from this these that want dont do not is are it \
    any more anymore texts texting text remove number off list need with get getting send sending for thanks thank \
    have can how what who again back wrong phone";
const SPANISH: &str = "mas por los las mensajes mensaje quiero quieren deseo el una mi ya gracias hola numero deje \
    dejen dejar manden mande mandar mandarme envien enviarme enviar con esto estos soy estoy recibir promociones \
    pedido pedidos ofertas ustedes usted del pero borren borrenme quiten quitenme ayuda necesito nada otra volver \
    equivocado molesten para responda avisos";
const FRENCH: &str = "je ne pas plus vos votre vous des du le et merci svp arretez arreter veux recevoir recois moi \
    mon une est suis envoyer envoyez bonjour commande commandes aide besoin cette ces pour avec desabonner desabonnez \
    desinscrire liste jai plait supprimez mauvais repondez ou";

impl Language {
    /// The language of a language tag, such as `es-US`; none where Hark has no words of its own in it.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        Self::from_word(&primary)
    }

    /// The language that a text is written in, where its words tell: more of them are of this language
    /// than of each other.
    #[must_use]
    pub fn of_words(text: &str) -> Option<Self> {
        let words = plain_words(text);
        let hits = |known: &str| words.iter().filter(|word| known.split_whitespace().any(|one| one == **word)).count();
        let mut found = [(hits(ENGLISH), Self::English), (hits(SPANISH), Self::Spanish), (hits(FRENCH), Self::French)];
        found.sort_by_key(|(hits, _)| std::cmp::Reverse(*hits));
        match found {
            [(most, language), (next, _), _] if most > next => Some(language),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_find_their_language() {
        for (tag, language) in [
            ("en-US", Some(Language::English)),
            ("es", Some(Language::Spanish)),
            ("ES_mx", Some(Language::Spanish)),
            ("fr-CA", Some(Language::French)),
            ("de-DE", None),
            ("", None),
        ] {
            assert_eq!(Language::of_tag(tag), language, "{tag}");
        }
    }

    #[test]
    fn words_tell_their_language_or_nothing() {
        use Language::{English, French, Spanish};
        for (text, language) in [
            ("please stop texting me", Some(English)),
            ("Take me off your list", Some(English)),
            ("no quiero más mensajes por favor", Some(Spanish)),
            ("Ya no me manden nada", Some(Spanish)),
            ("No más", Some(Spanish)),
            ("arrêtez de m'envoyer des messages", Some(French)),
            ("Je ne veux plus rien recevoir de vous", Some(French)),
            ("Do me a favor and lose it", Some(English)),
            ("Il n'y a pas plus simple", Some(French)),
            ("Les pido que no me manden nada", Some(Spanish)),
            // What every language has, or none of these.
            ("STOP", None),
            ("no", None),
            ("👍", None),
            ("", None),
            // As much of one as of another.
            ("please, por", None),
        ] {
            assert_eq!(Language::of_words(text), language, "{text}");
        }
    }

    #[test]
    fn no_word_tells_two_languages() {
        for (one, other) in [(ENGLISH, SPANISH), (ENGLISH, FRENCH), (SPANISH, FRENCH)] {
            let of_other: Vec<_> = other.split_whitespace().collect();
            let shared: Vec<_> = one.split_whitespace().filter(|word| of_other.contains(word)).collect();
            assert!(shared.is_empty(), "{shared:?}");
        }
    }
}
