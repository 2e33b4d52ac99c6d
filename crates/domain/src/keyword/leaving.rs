//! Wishes to be let go: off the list, consent withdrawn, wrong number; and
//! the wish to come back.

use super::classes::{BETWEEN, CONSENT, FILL, LIST, ME, NUMBER, POLITE, REACH, SEND, TAKE, TEXT, WITHDRAW};
use super::phrases::{Found, Sentence, among};
use super::{Class, Intent, intent, only_fill};

impl Sentence<'_> {
    /// "Remove me from your list", "take my number off", "delete my number".
    pub(super) fn remove_me(&self) -> Option<Found> {
        for at in 0..self.words.len() {
            // "I want off this list", "remove from list".
            let out = self.among(at, "off out") && at > 0 && self.among(at - 1, "want wanna wish");
            let from = self.among(at, "remove delete") && self.word(at + 1) == "from";
            if (out && self.reach(at + 1, 4, BETWEEN | FILL, LIST | TEXT).is_some())
                || (from
                    && self.reach(at + 2, 4, BETWEEN | FILL | POLITE, LIST).is_some()
                    && !self.any(&["waiting", "email"]))
            {
                return Some(("phrase:remove_me", 0.9));
            }
            let gone = self.is(at, NUMBER) && self.among(at + 1, "removed deleted");
            if gone && self.rest_is_fill(at + 2) && self.among(0, "my this i please") {
                return Some(("phrase:remove_me", 0.85));
            }
            if !self.is(at, TAKE) || self.forbidden(at) {
                continue;
            }
            let me = self.word(at) == "removed"
                && self.word(0) == "i"
                && self.any(&["want", "like", "need", "wish"])
                && !self.any(&["it", "this", "that"]);
            let (end, number) = match self.word(at + 1) {
                "me" | "us" | "myself" => (at + 2, false),
                "my" | "this" | "the" | "our" => match self.reach(at + 2, 2, BETWEEN | FILL, NUMBER) {
                    Some(number) => (number + 1, true),
                    None if matches!(self.word(at + 2), "info" | "contact" | "phone" | "name") => (at + 3, true),
                    None => continue,
                },
                _ if me => (at + 1, false),
                _ => continue,
            };
            let listed = self
                .reach(end, 7, BETWEEN | FILL | ME | POLITE, LIST | TEXT)
                .is_some_and(|list| !self.any(&["email", "waiting", "wait"]) || self.is(list, TEXT));
            if listed {
                return Some(("phrase:remove_me", 0.95));
            }
            let alone = matches!(self.word(at), "remove" | "delete" | "scrub" | "drop" | "erase" | "removed");
            let off = matches!(self.word(end), "off" | "out");
            let rest = if off { end + 1 } else { end };
            let asked = (alone && (!number || matches!(self.word(at + 1), "my" | "this")))
                || (off && !number && self.word(at) != "pull");
            if asked && self.rest_is_fill(rest) && !self.about_order && !self.any(&["account", "profile"]) {
                return Some(("phrase:remove_me", 0.88));
            }
        }
        None
    }

    /// "I revoke my consent", "you do not have permission to text me".
    pub(super) fn withdraw(&self) -> Option<Found> {
        for at in 0..self.words.len() {
            if self.is(at, WITHDRAW) && !self.forbidden(at) && self.reach(at + 1, 4, FILL | BETWEEN, CONSENT).is_some()
            {
                return Some(("phrase:revoke_consent", 0.97));
            }
            let denied = matches!(self.word(at), "dont" | "no" | "not" | "never" | "without");
            if denied
                && let Some(consent) = self.reach(at + 1, 4, FILL | BETWEEN, CONSENT)
                && self.reach(consent + 1, 4, FILL | BETWEEN, TEXT | REACH).is_some()
            {
                return Some(("phrase:no_consent", 0.9));
            }
        }
        self.find(&["cease", "and", "desist"]).map(|_| ("phrase:cease", 0.95))
    }

    /// "Leave me alone", "lose my number", "go away".
    pub(super) fn go_away(&self) -> Option<Found> {
        let leave = self
            .find(&["leave", "me", "alone"])
            .or_else(|| self.find(&["leave", "us", "alone"]))
            .or_else(|| self.find(&["lose", "my", "number"]))
            .or_else(|| self.find(&["lose", "this", "number"]));
        if let Some(at) = leave
            && !self.forbidden(at)
        {
            return Some(("phrase:leave_me_alone", 0.9));
        }
        let away = [["go", "away"], ["fuck", "off"], ["piss", "off"], ["screw", "off"], ["buzz", "off"]];
        let at = away.iter().find_map(|row| self.find(row))?;
        (only_fill(&self.classes[..at]) && self.rest_is_fill(at + 2) && !self.question)
            .then_some(("phrase:go_away", 0.75))
    }

    /// "Wrong number", "you have the wrong person", "this isn't Ana's phone".
    pub(super) fn wrong_number(&self) -> Option<Found> {
        for at in 0..self.words.len() {
            if self.word(at) == "wrong" {
                let who = match self.word(at + 1) {
                    "number" | "num" => true,
                    "phone" => self.word(at + 2) == "number",
                    "no" => at + 2 == self.words.len(),
                    // "Ask the wrong person" is not about us.
                    "person" | "guy" => {
                        self.words.len() <= 4 || self.any(&["have", "texting", "reached", "messaging", "texted"])
                    }
                    _ => false,
                };
                let thing = matches!(self.word(at + 2), "of" | "on" | "in" | "was" | "printed" | "listed");
                let given = self.words[..at].iter().any(|word| {
                    among(
                        word,
                        "gave put entered typed order tracking wrote used \
                        dialed called sent shipped account has provided",
                    )
                });
                if who && !thing && !given && !self.about_order {
                    return Some(("phrase:wrong_number", 0.93));
                }
            }
            let not_mine =
                (self.word(at) == "isnt" || self.word(at) == "not" || self.find(&["no", "longer"]) == Some(at))
                    && self.word(0) == "this";
            if not_mine && at <= 3 {
                let from = if self.word(at) == "no" { at + 2 } else { at + 1 };
                let number = (from..self.words.len().min(from + 3))
                    .find(|&place| matches!(self.word(place), "number" | "phone" | "cell"));
                let named = number.is_some_and(|place| {
                    place > from && !self.among(place - 1, "the a my tracking order right correct")
                });
                if named && self.words.len() <= 9 {
                    return Some(("phrase:wrong_number", 0.8));
                }
            }
        }
        let es = self.find(&["numero", "equivocado"]).map(|at| at == 0 || !matches!(self.word(at - 1), "con" | "puse"));
        let fr = self
            .find(&["mauvais", "numero"])
            .or_else(|| self.find(&["faux", "numero"]))
            .or_else(|| self.find(&["erreur", "de", "numero"]));
        let foreign = es.unwrap_or(false) || fr.is_some();
        let of_order = self.any(&["pedido", "orden", "commande", "suivi", "rastreo"]);
        (foreign && !of_order).then_some(("phrase:wrong_number", 0.9))
    }

    /// "Start texting me again", "opt me back in".
    pub(super) fn opt_in(&self) -> Option<Intent> {
        let again = matches!(self.word(0), "start" | "resume")
            && self.reach(1, 4, FILL | BETWEEN | SEND | ME, TEXT).is_some()
            && self.rest_is_fill(1);
        let opted = ["opt", "sign"].iter().any(|verb| {
            self.find(&[verb]).is_some_and(|at| {
                only_fill(&self.classes[..at])
                    && self.words[at + 1..].iter().any(|word| *word == "in" || *word == "up")
                    && self.any(&["back"])
                    && !self.any(&["out", "never", "not"])
                    && self.words.len() <= 8
            })
        });
        let asked = self
            .words
            .iter()
            .position(|word| matches!(*word, "resubscribe" | "subscribe"))
            .is_some_and(|at| only_fill(&self.classes[..at]) && self.rest_is_fill(at + 1) && !self.question);
        ((again || opted || asked) && !self.question).then(|| intent(Class::OptIn, "phrase:start_again", 0.85))
    }
}
