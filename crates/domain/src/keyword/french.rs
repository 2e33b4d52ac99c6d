//! Wishes in French.

use super::classes::{FILL, POLITE};
use super::phrases::{Found, Sentence, among};

impl Sentence<'_> {
    /// "Arrêtez de m'envoyer des messages", "ne me contactez plus".
    pub(super) fn french(&self) -> Option<Found> {
        const SENT: &str = "sms message messages textos texto envoyer menvoyer denvoyer \
            contacter ecrire mecrire envois spam harceler publicites pub";
        const SEND_ME: &str = "menvoyez envoyez menvoie contactez ecrivez \
            mecrivez envoyer contacter recevoir messages sms textos";
        for at in 0..self.words.len() {
            let near = |most: usize, list: &str| {
                self.words[at + 1..self.words.len().min(at + 1 + most)].iter().any(|word| among(word, list))
            };
            let stop =
                matches!(self.word(at), "arretez" | "arreter" | "arrete" | "arret" | "stoppez" | "cessez" | "cesser");
            if stop && near(4, SENT) {
                return Some(("phrase:fr_stop", 0.92));
            }
            // Without its "ne", "je veux plus de messages" asks for more.
            let no_longer = (self.word(at) == "ne" && near(3, "plus") && near(7, SEND_ME))
                || (matches!(self.word(at), "veux" | "souhaite") && self.word(at + 1) == "plus" && near(3, "recevoir"));
            if no_longer && !self.any(&["pourquoi"]) && self.word(0) != "vous" && !self.question {
                return Some(("phrase:fr_no_more", 0.9));
            }
            if self.word(at) == "plus"
                && at == 0
                && matches!(self.word(1), "de")
                && matches!(self.word(2), "messages" | "sms" | "textos" | "message")
                && self.classes[3..].iter().all(|class| class & (POLITE | FILL) != 0)
            {
                return Some(("phrase:fr_no_more", 0.88));
            }
            let taken = matches!(self.word(at), "retirez" | "enlevez" | "supprimez" | "effacez" | "retirer");
            if taken && near(6, "liste listes numero") {
                return Some(("phrase:fr_remove_me", 0.92));
            }
        }
        None
    }
}
