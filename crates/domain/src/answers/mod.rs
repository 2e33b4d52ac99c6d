//! What Hark answers by itself to STOP, START and HELP: in the customer's language, in the brand's own
//! words where it has some, else in Hark's.
//!
//! The contents follow CTIA's principles and 47 CFR 64.1200(a)(12): the answer to STOP names the brand,
//! says that texts end, and sells nothing; the one to HELP says how to reach the brand and how to leave.
//! Hark's own words keep to letters of the GSM alphabet, so that each answer is one part where the brand's
//! name and words allow it.

mod own;
mod question;

pub use own::{Answer, Fault, OwnWords, faults};
pub use question::{Had, Question, keep_word, keeps};

use crate::keyword::Scope;
use crate::language::Language;

/// Who answers, and how.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The name customers know the brand by.
    pub brand: &'a str,
    /// The language of the answer.
    pub language: Language,
    /// The brand's own words; none where Hark's are sent.
    pub own: Option<&'a OwnWords>,
}

impl<'a> Voice<'a> {
    /// Hark's own words in English.
    #[must_use]
    pub const fn plain(brand: &'a str) -> Self {
        Self { brand, language: Language::English, own: None }
    }

    /// The brand's own words for an answer, unless they have come to lack the brand's name: it may have been
    /// changed since they were written.
    fn own(&self, answer: Answer) -> Option<&'a str> {
        self.own?.get(self.language, answer).filter(|words| own::names(words, self.brand))
    }

    /// An answer as a customer gets it, of whom nothing is asked. `contact` is how to reach the shop.
    #[must_use]
    pub fn answer(&self, answer: Answer, contact: &str) -> String {
        match answer {
            Answer::OptOut => self.opt_out(Scope::All, None),
            Answer::OptIn => self.opt_in(),
            Answer::Help => self.help(contact),
        }
    }

    /// The single confirmation of an opt-out of a scope: says what ends, and how to return or to end the
    /// rest. The brand's own words say that everything ends, so a narrower scope is told in Hark's.
    #[must_use]
    pub fn opt_out(&self, scope: Scope, question: Option<Question>) -> String {
        match scope {
            Scope::All => self.opt_out_of_all(question),
            Scope::Marketing => self.opt_out_of_marketing(),
            Scope::Orders => self.opt_out_of_orders(),
        }
    }

    fn opt_out_of_all(&self, question: Option<Question>) -> String {
        let (brand, asked) = (self.brand, question.map(|question| question.words(self.language)));
        match (self.own(Answer::OptOut), asked) {
            (Some(own), None) => own.to_owned(),
            (Some(own), Some(asked)) => format!("{own} {asked}."),
            (None, asked) => {
                let ended = match self.language {
                    Language::English => format!("{brand}: You are unsubscribed and will get no more texts."),
                    Language::Spanish => format!("{brand}: Baja confirmada: ya no le enviaremos mensajes."),
                    Language::French => format!("{brand} : C'est noté, vous ne recevrez plus de messages."),
                };
                let back = match (self.language, asked) {
                    (Language::English, None) => "Reply START to rejoin.".to_owned(),
                    (Language::English, Some(asked)) => format!("{asked}, or START to rejoin."),
                    (Language::Spanish, None) => "Responda START para volver.".to_owned(),
                    (Language::Spanish, Some(asked)) => format!("{asked}, o START para volver."),
                    (Language::French, None) => "Répondez START pour revenir.".to_owned(),
                    (Language::French, Some(asked)) => format!("{asked}, ou START pour revenir."),
                };
                format!("{ended} {back}")
            }
        }
    }

    fn opt_out_of_marketing(&self) -> String {
        let brand = self.brand;
        match self.language {
            Language::English => format!(
                "{brand}: You will get no more marketing texts; news of your orders goes on. Reply STOP to end all \
                 texts."
            ),
            Language::Spanish => format!(
                "{brand}: Ya no le enviaremos promociones; los avisos de sus pedidos siguen. Responda STOP para no \
                 recibir nada."
            ),
            Language::French => format!(
                "{brand} : Vous ne recevrez plus de promotions ; le suivi de vos commandes continue. Répondez STOP \
                 pour tout cesser."
            ),
        }
    }

    fn opt_out_of_orders(&self) -> String {
        let brand = self.brand;
        match self.language {
            Language::English => {
                format!("{brand}: You will get no more order updates or marketing. Reply STOP to end all texts.")
            }
            Language::Spanish => format!(
                "{brand}: Ya no le enviaremos avisos de pedidos ni promociones. Responda STOP para no recibir nada."
            ),
            Language::French => format!(
                "{brand} : Vous ne recevrez plus le suivi de vos commandes ni de promotions. Répondez STOP pour tout \
                 cesser."
            ),
        }
    }

    /// The answer to START.
    #[must_use]
    pub fn opt_in(&self) -> String {
        if let Some(own) = self.own(Answer::OptIn) {
            return own.to_owned();
        }
        let brand = self.brand;
        match self.language {
            Language::English => {
                format!("{brand}: Welcome back. You will get texts from us again. Reply HELP for help, STOP to cancel.")
            }
            Language::Spanish => format!(
                "{brand}: Gracias por volver. Le enviaremos mensajes de nuevo. AYUDA para ayuda, STOP para cancelar."
            ),
            Language::French => format!(
                "{brand} : Merci de revenir. Vous recevrez de nouveau nos messages. AIDE pour aide, STOP pour annuler."
            ),
        }
    }

    /// The answer to HELP. `contact` is how to reach the shop, in its own words and possibly empty: it is
    /// told in every language that has no answer of its own, since whoever asks must learn it.
    #[must_use]
    pub fn help(&self, contact: &str) -> String {
        if let Some(own) = self.own(Answer::Help) {
            return own.to_owned();
        }
        let (brand, contact) = (self.brand, contact.trim());
        let ask = match (contact.is_empty(), self.language) {
            (false, _) => contact,
            (true, Language::English) => "Text us your question and a person will answer.",
            (true, Language::Spanish) => "Escriba su pregunta y una persona le responde.",
            (true, Language::French) => "Écrivez votre question et une personne vous répond.",
        };
        match self.language {
            Language::English => format!("{brand}: {ask} Reply STOP to cancel."),
            Language::Spanish => format!("{brand}: {ask} Responda STOP para cancelar."),
            Language::French => format!("{brand} : {ask} Répondez STOP pour annuler."),
        }
    }
}
