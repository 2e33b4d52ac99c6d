//! Wishes that begin with a negation: do not text, no longer want, no more.

use super::classes::{BETWEEN, FILL, HALT, LIST, ME, NOT, POLITE, REACH, SEND, STRONG, STUFF, TEXT, UNSUB, WANT, WHEN};
use super::only_fill;
use super::phrases::{Found, Sentence};

impl Sentence<'_> {
    /// The place behind a ban: "don't", "do not", "never", "please no".
    pub(super) fn bans(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len()).filter_map(|at| match self.word(at) {
            "dont" | "never" | "didnt" => Some(at + 1),
            "not" if at > 0 && matches!(self.word(at - 1), "do" | "did" | "please" | "pls" | "would") => Some(at + 1),
            "no" if self.word(at + 1) == "longer" => Some(at + 2),
            _ => None,
        })
    }

    /// Whether a ban is about somebody else: "you never text me back".
    pub(super) fn about_others(&self, after: usize) -> bool {
        let ban = match self.word(after - 1) {
            "not" | "longer" => after.saturating_sub(2),
            _ => after - 1,
        };
        ban.checked_sub(1).is_some_and(|before| self.among(before, "you u they why it we he she who which if yall i"))
    }

    /// "Do not text me", "please don't send me any more messages".
    pub(super) fn do_not_text(&self) -> Option<Found> {
        for after in self.bans() {
            if self.word(after - 1) == "didnt" || self.word(after - 1) == "longer" {
                continue;
            }
            let through = FILL | BETWEEN | POLITE;
            let listed = self.reach(after, 3, through | REACH | TEXT, LIST);
            if listed.is_some_and(|list| self.word(list).starts_with("list") || self.word(list) == "registry") {
                return Some(("phrase:do_not_contact_list", 0.9));
            }
            if self.about_others(after) || self.classes[after..].iter().any(|class| class & WHEN != 0) {
                continue;
            }
            if let Some(verb) = self.verb_of_reach(after)
                && self.among(verb + 1, "me us my this here again anymore any or at")
                && self.word(verb + 2) != "back"
            {
                return Some(("phrase:do_not_text", 0.93));
            }
            // "Do not text." says it all; "don't bother" says something else.
            if self.among(after, "text txt message msg contact spam disturb dm sms") && self.rest_is_fill(after + 1) {
                return Some(("phrase:do_not_text", 0.88));
            }
            let Some(send) = self.reach(after, 2, FILL, SEND) else {
                continue;
            };
            let sends = self.word(send).starts_with("send") || self.word(send) == "giving";
            let text = self.reach(send + 1, 6, FILL | BETWEEN | ME | POLITE | STUFF, TEXT);
            // "Don't send that message" is about one message.
            if sends && text.is_some_and(|text| !matches!(self.word(text - 1), "that" | "the" | "it" | "a")) {
                return Some(("phrase:do_not_text", 0.93));
            }
        }
        None
    }

    /// The verb of "don't ever call or text me", if there is one.
    pub(super) fn verb_of_reach(&self, after: usize) -> Option<usize> {
        for place in after..self.words.len().min(after + 5) {
            if self.is(place, REACH) && !matches!(self.word(place + 1), "or" | "and") {
                return Some(place);
            }
            let passes = self.among(place, "ever please pls plz fucking call email or and you dare just ing");
            if !passes && !self.is(place, REACH) {
                return None;
            }
            if self.word(place) == "you" && !matches!(self.word(place + 1), "ever" | "dare") {
                return None;
            }
        }
        None
    }

    /// "I no longer wish to get these texts", "never signed up for this".
    pub(super) fn do_not_want(&self) -> Option<Found> {
        for after in self.bans() {
            if self.words[..after].contains(&"why") || self.others_ban(after) {
                continue;
            }
            let Some(want) = self.reach(after, 2, FILL | BETWEEN, WANT) else {
                continue;
            };
            let through = (FILL | BETWEEN | SEND | ME | POLITE | LIST) & !WHEN;
            if let Some(text) = self.reach_plain(want + 1, 9, through) {
                let verb = self.is(text, REACH) && self.word(text - 1) == "to";
                if !verb {
                    return Some(("phrase:do_not_want", 0.9));
                }
            }
            if let Some(hear) = self.reach(want + 1, 3, FILL | BETWEEN, BETWEEN)
                && self.words[hear..].windows(2).any(|pair| matches!(pair, ["hear" | "hearing", "from"]))
                && self.any(&["you", "yall", "anyone"])
            {
                return Some(("phrase:do_not_want", 0.9));
            }
            if self.word(want) == "consent"
                && self.classes[want + 1..]
                    .iter()
                    .all(|class| class & (FILL | POLITE | BETWEEN | TEXT | ME | SEND) != 0)
            {
                return Some(("phrase:no_consent", 0.85));
            }
            let signed = self.among(
                want,
                "sign signed subscribe subscribed opted \
                agreed agree consented asked ask requested",
            );
            if signed
                && self.classes[want + 1..].iter().all(|class| class & (FILL | POLITE | BETWEEN) != 0)
                && self.any(&["this", "these", "it"])
                && !self.question
            {
                return Some(("phrase:never_signed_up", 0.75));
            }
        }
        let not = self.find(&["not", "interested", "in"])?;
        self.reach_plain(not + 3, 6, FILL | BETWEEN | SEND | ME).map(|_| ("phrase:do_not_want", 0.9))
    }

    /// A text among the next words, where none of them ends a wish.
    pub(super) fn reach_plain(&self, at: usize, most: usize, through: u64) -> Option<usize> {
        let ended = |place: usize| self.is(place, HALT | STRONG | UNSUB) || self.word(place) == "miss";
        let text = self.reach(at, most, through & !TEXT, TEXT)?;
        (!(at..text).any(ended)).then_some(text)
    }

    /// A ban said of others: "they don't want …", "why don't you want …".
    pub(super) fn others_ban(&self, after: usize) -> bool {
        let ban = match self.word(after - 1) {
            "not" | "longer" => after.saturating_sub(2),
            _ => after - 1,
        };
        ban.checked_sub(1).is_some_and(|before| {
            matches!(self.word(before), "you" | "u" | "they" | "it" | "he" | "she" | "who" | "yall")
        })
    }

    /// "No more texts", "no texts please", "enough messages".
    pub(super) fn no_more(&self) -> Option<Found> {
        if self.question {
            return None;
        }
        if let Some(at) = self.find(&["no", "more"]) {
            let had = at.checked_sub(1).is_some_and(|before| {
                self.among(
                    before,
                    "have got get getting received receive are \
                    is see with there had gets receiving been",
                )
            });
            if !had && self.reach(at + 2, 4, FILL | BETWEEN | POLITE, TEXT).is_some() {
                return Some(("phrase:no_more", 0.93));
            }
            if only_fill(&self.classes[..at]) && self.rest_is_fill(at + 2) && !self.about_order {
                return Some(("phrase:no_more", 0.8));
            }
        }
        let texts = self.is(1, TEXT) && self.is(1, FILL);
        if self.word(0) == "no" && texts && self.rest_is_fill(2) && self.words.len() <= 5 {
            return Some(("phrase:no_more", 0.85));
        }
        let enough = self.find(&["enough"])?;
        let first = enough == 0 || !self.is(enough - 1, NOT);
        (first && self.reach(enough + 1, 4, FILL | BETWEEN, TEXT).is_some()).then_some(("phrase:no_more", 0.85))
    }
}
