//! Wishes in Spanish.

use super::classes::{FILL, POLITE};
use super::phrases::{Found, Sentence, among};

impl Sentence<'_> {
    /// "No me envíen más mensajes", "quiero darme de baja".
    pub(super) fn spanish(&self) -> Option<Found> {
        const SENT: &str = "enviar enviarme enviarnos mandar mandarme mandarnos escribir escribirme \
            molestar molestarme contactar contactarme textear textearme mensajes sms textos llegar";
        const SEND_ME: &str = "envien envie envies manden mande mandes escriban escriba \
            escribas contacten contacte contactes molesten moleste molestes texteen";
        const TEXTS: &str = "mensajes textos sms mensaje notificaciones \
            promociones publicidad recibir recibiendo mensajitos texto";
        for at in 0..self.words.len() {
            let near = |most: usize, list: &str| {
                self.words[at + 1..self.words.len().min(at + 1 + most)].iter().any(|word| among(word, list))
            };
            let denied = at > 0 && self.word(at - 1) == "no";
            let stop = self.among(at, "dejen deja dejar deje paren pare parar basta detener cancelar cancelen cancela");
            if stop && near(3, SENT) && !denied {
                return Some(("phrase:es_stop", 0.92));
            }
            if self.word(at) == "no" {
                if self.among(at + 1, "escriban molesten contacten texteen") {
                    return Some(("phrase:es_do_not_send", 0.85));
                }
                if near(3, SEND_ME) && !near(4, "si") && (near(2, "me nos") || near(4, TEXTS)) {
                    return Some(("phrase:es_do_not_send", 0.9));
                }
                if near(2, "quiero deseo queremos deseamos") && near(7, TEXTS) && !near(7, "perder dejar") {
                    return Some(("phrase:es_do_not_want", 0.9));
                }
                if self.word(at + 1) == "mas" && near(4, TEXTS) {
                    return Some(("phrase:es_no_more", 0.93));
                }
                if self.word(at + 1) == "mas"
                    && at <= 2
                    && self.classes[at + 2..].iter().all(|class| class & (POLITE | FILL) != 0)
                {
                    return Some(("phrase:es_no_more", 0.93));
                }
            }
            if self.word(at) == "baja"
                && at > 0
                && matches!(self.word(at - 1), "de" | "la")
                && self.words[..at]
                    .iter()
                    .any(|word| among(word, "dar darme darse dame denme den deme doy date quiero solicito"))
                && !self.any(&["no", "cuenta", "plan", "membresia"])
            {
                return Some(("phrase:es_baja", 0.92));
            }
            let taken = self.among(
                at,
                "quitar quiteme quitenme quitame sacame saquenme \
                borrenme borrame eliminenme eliminame borren eliminen quiten",
            );
            if taken && near(5, "lista numero base") {
                return Some(("phrase:es_remove_me", 0.92));
            }
        }
        None
    }
}
