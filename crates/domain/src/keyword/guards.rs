//! What takes a wish back: a negation, a question about the words, a slip.

use super::classes::{BETWEEN, FILL, HALT, OPT, REACH, SAID, SLIP, STRONG, UNSUB, WEAK, WHO};
use super::phrases::{Sentence, among};

impl Sentence<'_> {
    /// Whether the words before a place forbid what stands there: "don't
    /// stop", "never stop", "I don't want to stop", "can't stop".
    pub(super) fn forbidden(&self, at: usize) -> bool {
        let before = &self.words[at.saturating_sub(4)..at];
        before.iter().enumerate().any(|(place, word)| match *word {
            // "I don't know how to stop" asks for it.
            "dont" => self.word(at.saturating_sub(4) + place + 1) != "know",
            "never" | "cant" | "cannot" | "couldnt" | "didnt" => true,
            // "will not stop texting me" complains; "do not stop" forbids.
            "not" => place > 0 && matches!(before[place - 1], "do" | "can" | "did" | "to" | "not"),
            "non" | "bus" | "full" => place + 1 == before.len(),
            _ => false,
        }) && !self.words[..at].contains(&"why")
    }

    /// "Tell them to stop": somebody else is to stop.
    pub(super) fn told_others(&self, at: usize) -> bool {
        at >= 2
            && self.word(at - 1) == "to"
            && matches!(self.word(at - 2), "him" | "her" | "them" | "he" | "she" | "somebody" | "someone")
    }

    /// "Reply STOP to unsubscribe": our own words, quoted or forwarded.
    pub(super) fn our_own_text(&self) -> bool {
        (0..self.words.len()).any(|at| {
            if !self.is(at, STRONG | WEAK | UNSUB) || !self.is(at + 1, FILL) {
                return false;
            }
            let told = matches!(self.word(at + 1), "to" | "for")
                && self.is(at + 2, STRONG | WEAK | UNSUB | HALT) | matches!(self.word(at + 2), "opt");
            let verb = at.checked_sub(1).map(|before| self.word(before));
            let verb = match verb {
                Some("with" | "word" | "back") => at.checked_sub(2).map(|before| self.word(before)),
                verb => verb,
            };
            let ours = matches!(verb, Some("reply" | "text" | "txt" | "send" | "respond"));
            told || (ours && matches!(self.word(at + 1), "to" | "for"))
        })
    }

    /// Questions and conditions about the words themselves.
    pub(super) fn asks_about_stop(&self) -> bool {
        let named = |at: usize| self.is(at, STRONG | WEAK | UNSUB) || self.word(at) == "opt";
        let condition = (0..self.words.len()).any(|at| {
            self.among(at, "if when does after before once will did should can must do")
                && self.reach(at + 1, 4, WHO | SAID | REACH | FILL | BETWEEN, STRONG | UNSUB | OPT).is_some_and(
                    |stop| {
                        let between = &self.words[at + 1..stop];
                        let said = between.iter().any(|word| {
                            among(word, "text texting reply replying say send type respond hit saying sending")
                        });
                        let conditional = matches!(self.word(at), "if" | "when" | "after" | "before" | "once");
                        let by_me = between.iter().any(|word| matches!(*word, "i" | "we"));
                        (said && (self.question || conditional)) || (conditional && by_me)
                    },
                )
        });
        let meaning = self.any(&["mean", "means", "happens", "happen", "work", "works", "working"])
            && self.any(&["what", "whats", "how", "does", "is"])
            && (0..self.words.len()).any(named)
            && self.question;
        let whether = self.question
            && matches!(self.word(0), "did" | "was" | "am" | "have" | "has" | "is" | "were")
            && (0..self.words.len()).any(named)
            && !self.any(&["stop"]);
        condition || meaning || whether
    }

    /// The word came by accident, or is denied.
    pub(super) fn slipped(&self) -> bool {
        let slip = self.classes.iter().any(|class| class & SLIP != 0) || self.find(&["by", "mistake"]).is_some();
        slip && self.classes.iter().any(|class| class & (STRONG | WEAK | UNSUB) != 0)
            && (self.any(&["i", "my", "was", "accidentally", "mistakenly", "mistake"]))
    }
}
