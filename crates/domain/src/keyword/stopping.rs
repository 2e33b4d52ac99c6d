//! Wishes that something should stop: texts, sending, a subscription.

use super::classes::{
    BETWEEN, FILL, HALT, LIST, ME, NUMBER, ORDER, POLITE, SEND, STRONG, STUFF, TEXT, UNSUB, WEAK, WHEN, WHO,
};
use super::only_fill;
use super::phrases::{Found, Sentence, among};

impl Sentence<'_> {
    /// STOP with words around it that change nothing, or as a sentence's start.
    pub(super) fn stop(&self, total: usize) -> Option<Found> {
        let at = self.classes.iter().position(|class| class & STRONG != 0)?;
        if self.forbidden(at) || (self.question && self.words.len() < total) {
            return None;
        }
        let nothing = FILL | POLITE | STRONG | UNSUB | TEXT | STUFF;
        let around = self.classes.iter().all(|class| class & nothing != 0);
        if around && !self.about_order {
            return Some(("phrase:stop", if self.words.len() <= 3 { 0.97 } else { 0.9 }));
        }
        // "STOP I am driving", "please stop you are annoying", "stop it I'm at work".
        let next = if self.among(at + 1, "it this that") { at + 2 } else { at + 1 };
        let begins = only_fill(&self.classes[..at])
            && self.among(next, "i im ive we you youre ur not no thank who wtf or dont please now");
        let harmless = self.words[next..].len() >= 2 && self.classes[next..].iter().any(|class| class & TEXT != 0)
            || self.among(next, "please now or dont im i you not");
        (begins && harmless && !self.about_order && !self.question).then_some(("phrase:stop", 0.8))
    }

    /// "Stop texting me", "cancel these alerts", "quit sending me stuff".
    pub(super) fn stop_texting(&self) -> Option<Found> {
        for at in 0..self.words.len() {
            if !self.is(at, HALT) || self.forbidden(at) || self.told_others(at) {
                continue;
            }
            let through = FILL | BETWEEN | SEND | ME | POLITE | NUMBER | STUFF;
            if let Some(text) = self.reach(at + 1, 6, through, TEXT) {
                // "End" and "cancel" need the text right behind them.
                let near = !self.is(at, WEAK) || self.word(at) == "quit" || text - at <= 3;
                let weak_object = self.is(at, WEAK)
                    && matches!(self.word(text), "updates" | "contact" | "offers" | "deals" | "reminders");
                let order = matches!(self.word(text + 1), "order" | "orders");
                if matches!(self.word(text + 1), "him" | "her" | "them") {
                    continue;
                }
                if near && !weak_object && !(order && self.is(at, WEAK)) {
                    return Some(("phrase:stop_texting", 0.95));
                }
            }
            if self.is(at, WEAK) && self.word(at) != "quit" {
                continue;
            }
            let verb = self.reach(at + 1, 2, FILL, SEND);
            let rest = |from: usize| self.classes[from..].iter().all(|class| class & (FILL | POLITE | ME | STUFF) != 0);
            if let Some(verb) = verb
                && rest(verb + 1)
                && !self.about_order
            {
                return Some(("phrase:stop_sending", 0.85));
            }
            if self.reach(at + 1, 1, FILL, BETWEEN).is_some_and(|call| {
                self.word(call) == "calling"
                    && matches!(self.word(call + 1), "me" | "us" | "this" | "here")
                    && self.rest_is_fill(call + 2)
            }) {
                return Some(("phrase:stop_calling", 0.8));
            }
        }
        // "Quit it", "I'm done with these texts".
        if self.word(0) == "quit" && self.words.len() > 1 && self.rest_is_fill(1) {
            return Some(("phrase:stop", 0.75));
        }
        if let Some(done) = self.find(&["done", "with"])
            && self.reach(done + 2, 3, FILL | BETWEEN, TEXT).is_some()
            && !self.question
        {
            return Some(("phrase:done_with", 0.8));
        }
        let how = self.find(&["how"])?;
        let stop = self.reach(how + 1, 5, FILL | BETWEEN | WHO, STRONG | UNSUB)?;
        (self.rest_is_fill(stop + 1) && !self.about_order).then_some(("phrase:how_to_stop", 0.85))
    }

    /// "Unsubscribe me", "I want to opt out", "opt me out please".
    pub(super) fn unsubscribe(&self) -> Option<Found> {
        let (at, end) = (0..self.words.len()).find_map(|at| {
            if self.is(at, UNSUB) || self.word(at) == "optout" {
                return Some((at, at + 1));
            }
            if !matches!(self.word(at), "opt" | "opting" | "opted") {
                return None;
            }
            let out = self.reach(at + 1, 3, ME | NUMBER | FILL, BETWEEN)?;
            let out = (out..(out + 3).min(self.words.len())).find(|&place| self.word(place) == "out")?;
            Some((at, out + 1))
        })?;
        // "I can't unsubscribe" is a wish that failed, not one that is denied.
        let failed = self.words[..at].iter().any(|word| matches!(*word, "cant" | "cannot" | "couldnt"));
        if self.forbidden(at) && !failed {
            return None;
        }
        let was = self.words[..at].iter().rev().take(3);
        if self.words[at].ends_with("ed")
            && was.clone().any(|word| matches!(*word, "was" | "am" | "been" | "got" | "were" | "never"))
        {
            return None;
        }
        // From something that is not a text: a plan, a box, e-mail.
        let object =
            (end..self.words.len().min(end + 3)).find(|&place| matches!(self.word(place), "from" | "of" | "to"));
        if let Some(object) = object {
            let about = &self.classes[object + 1..];
            let texts = about.iter().any(|class| class & (TEXT | LIST) != 0) || only_fill(about);
            let other = about.iter().any(|class| class & ORDER != 0)
                || self.words[object + 1..].iter().any(|word| matches!(*word, "email" | "emails" | "newsletter"));
            if other && !about.iter().any(|class| class & TEXT != 0) || (!texts && self.word(object) == "of") {
                return None;
            }
        }
        Some(("phrase:unsubscribe", 0.95))
    }

    /// "I already texted STOP", "I said stop".
    pub(super) fn said_stop(&self) -> Option<Found> {
        let stop = self.classes.iter().position(|class| class & (STRONG | UNSUB) != 0)?;
        let before = &self.words[stop.saturating_sub(5)..stop];
        let said = before.iter().any(|word| {
            among(
                word,
                "said replied texted sent send told typed wrote asked \
                responded saying replying texting text reply keep",
            )
        });
        let me = self.words[..stop].iter().any(|word| matches!(*word, "i" | "ive" | "we" | "weve" | "im"));
        let alone = stop == 1 && said && self.words.len() == 2 && !self.question;
        if alone {
            return Some(("phrase:said_stop", 0.85));
        }
        let about_other = self.classes[stop + 1..].iter().any(|class| class & ORDER != 0) && self.about_order;
        (said
            && me
            && !self.question
            && !about_other
            && !self.forbidden(stop)
            && self.classes[..stop].iter().all(|class| class & WHEN == 0))
        .then_some(("phrase:said_stop", 0.85))
    }
}
