//! Wishes in the customer's own words.
//!
//! Each sentence is read by itself. A rule is a row of steps over the classes
//! of the words; what stands around the match can still take it back: a
//! negation before it, a question about how STOP works, an order it is about.

use super::lists::{
    BETWEEN, CONSENT, FILL, HALT, LIST, ME, NOT, NUMBER, OPT, ORDER, POLITE, REACH, SAID, SEND, SLIP, STRONG, STUFF,
    TAKE, TEXT, UNSUB, WANT, WEAK, WHEN, WHO, WITHDRAW,
};
use super::normal::Words;
use super::{Class, Intent, intent, only_fill};

/// One sentence, its words and their classes.
struct Sentence<'a> {
    words: &'a [&'a str],
    classes: &'a [u64],
    question: bool,
    /// The whole text speaks of an order and nowhere of texts.
    about_order: bool,
}

pub(super) fn read(words: &Words, tokens: &[&str], classes: &[u64]) -> Intent {
    let all = classes.iter().fold(0, |all, class| all | class);
    let about_order = all & ORDER != 0 && all & TEXT == 0;
    let sentences = words.sentences();
    let mut about_stop = false;
    for (range, question) in sentences {
        let sentence = Sentence { words: &tokens[range.clone()], classes: &classes[range], question, about_order };
        if sentence.our_own_text() || sentence.asks_about_stop() || sentence.slipped() {
            about_stop = true;
            continue;
        }
        // After a question about STOP, a lone STOP is what it asked about.
        if let Some(found) = sentence.wish(tokens.len())
            && !(about_stop && found.matched_by == "phrase:stop")
        {
            return found;
        }
    }
    let sure = if all & (STRONG | UNSUB) == 0 { 0.95 } else { 0.8 };
    intent(Class::None, if about_stop { "about_keywords" } else { "no_match" }, sure)
}

impl Sentence<'_> {
    fn wish(&self, total: usize) -> Option<Intent> {
        if let Some(found) = self.opt_in() {
            return Some(found);
        }
        let rule = self
            .stop(total)
            .or_else(|| self.stop_texting())
            .or_else(|| self.unsubscribe())
            .or_else(|| self.do_not_text())
            .or_else(|| self.do_not_want())
            .or_else(|| self.no_more())
            .or_else(|| self.remove_me())
            .or_else(|| self.said_stop())
            .or_else(|| self.withdraw())
            .or_else(|| self.go_away())
            .or_else(|| self.wrong_number())
            .or_else(|| self.spanish())
            .or_else(|| self.french())?;
        Some(intent(Class::OptOut, rule.0, rule.1))
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).copied().unwrap_or("")
    }

    fn is(&self, at: usize, class: u64) -> bool {
        self.classes.get(at).is_some_and(|found| found & class != 0)
    }

    fn any(&self, words: &[&str]) -> bool {
        self.words.iter().any(|word| words.contains(word))
    }

    /// Where a row of words starts.
    fn find(&self, row: &[&str]) -> Option<usize> {
        self.words.windows(row.len()).position(|window| window == row)
    }

    /// Skips at most `most` words of the classes from `at` on and returns the
    /// first place where `target` stands.
    fn reach(&self, at: usize, most: usize, through: u64, target: u64) -> Option<usize> {
        for place in at..self.words.len().min(at + most + 1) {
            if self.is(place, target) {
                return Some(place);
            }
            if !self.is(place, through) {
                return None;
            }
        }
        None
    }

    fn rest_is_fill(&self, at: usize) -> bool {
        self.classes.get(at..).is_none_or(only_fill)
    }

    /// Whether the words before a place forbid what stands there: "don't
    /// stop", "never stop", "I don't want to stop", "can't stop".
    fn forbidden(&self, at: usize) -> bool {
        let before = &self.words[at.saturating_sub(4)..at];
        before.iter().enumerate().any(|(place, word)| match *word {
            "dont" | "never" | "cant" | "cannot" | "couldnt" | "didnt" => true,
            // "will not stop texting me" complains; "do not stop" forbids.
            "not" => place > 0 && matches!(before[place - 1], "do" | "can" | "did" | "to" | "not"),
            "non" | "bus" | "full" => place + 1 == before.len(),
            _ => false,
        }) && !self.words[..at].contains(&"why")
    }

    /// "Reply STOP to unsubscribe": our own words, quoted or forwarded.
    fn our_own_text(&self) -> bool {
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
    fn asks_about_stop(&self) -> bool {
        let named = |at: usize| self.is(at, STRONG | WEAK | UNSUB) || self.word(at) == "opt";
        let condition = (0..self.words.len()).any(|at| {
            matches!(
                self.word(at),
                "if" | "when"
                    | "does"
                    | "after"
                    | "before"
                    | "once"
                    | "will"
                    | "did"
                    | "should"
                    | "can"
                    | "must"
                    | "do"
            ) && self.reach(at + 1, 4, WHO | SAID | REACH | FILL | BETWEEN, STRONG | UNSUB | OPT).is_some_and(|stop| {
                let between = &self.words[at + 1..stop];
                let said = between.iter().any(|word| {
                    matches!(
                        *word,
                        "text"
                            | "texting"
                            | "reply"
                            | "replying"
                            | "say"
                            | "send"
                            | "type"
                            | "respond"
                            | "hit"
                            | "saying"
                            | "sending"
                    )
                });
                let conditional = matches!(self.word(at), "if" | "when" | "after" | "before" | "once");
                let by_me = between.iter().any(|word| matches!(*word, "i" | "we"));
                (said && (self.question || conditional)) || (conditional && by_me)
            })
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
    fn slipped(&self) -> bool {
        let slip = self.classes.iter().any(|class| class & SLIP != 0) || self.find(&["by", "mistake"]).is_some();
        slip && self.classes.iter().any(|class| class & (STRONG | WEAK | UNSUB) != 0)
            && (self.any(&["i", "my", "was", "accidentally", "mistakenly", "mistake"]))
    }

    /// STOP with words around it that change nothing, or as a sentence's start.
    fn stop(&self, total: usize) -> Option<(&'static str, f32)> {
        let at = self.classes.iter().position(|class| class & STRONG != 0)?;
        if self.forbidden(at) || (self.question && self.words.len() < total) {
            return None;
        }
        let around = only_fill(&self.classes[..at])
            && self.classes[at + 1..].iter().all(|class| class & (FILL | POLITE | STRONG | UNSUB | TEXT | STUFF) != 0);
        if around && !self.about_order {
            return Some(("phrase:stop", if self.words.len() <= 3 { 0.97 } else { 0.9 }));
        }
        // "STOP I am driving", "please stop you are annoying".
        let begins = only_fill(&self.classes[..at])
            && matches!(
                self.word(at + 1),
                "i" | "im"
                    | "ive"
                    | "we"
                    | "you"
                    | "youre"
                    | "ur"
                    | "not"
                    | "no"
                    | "thank"
                    | "who"
                    | "wtf"
                    | "or"
                    | "dont"
                    | "please"
                    | "now"
            );
        let harmless = self.words[at + 1..].len() >= 2 && self.classes[at + 1..].iter().any(|class| class & TEXT != 0)
            || matches!(self.word(at + 1), "please" | "now" | "or" | "dont" | "im" | "i" | "you" | "not");
        (begins && harmless && !self.about_order && !self.question).then_some(("phrase:stop", 0.8))
    }

    /// "Stop texting me", "cancel these alerts", "quit sending me stuff".
    fn stop_texting(&self) -> Option<(&'static str, f32)> {
        for at in 0..self.words.len() {
            if !self.is(at, HALT) || self.forbidden(at) {
                continue;
            }
            let through = FILL | BETWEEN | SEND | ME | POLITE | NUMBER | STUFF;
            if let Some(text) = self.reach(at + 1, 6, through, TEXT) {
                // "End" and "cancel" need the text right behind them.
                let near = !self.is(at, WEAK) || self.word(at) == "quit" || text - at <= 3;
                let weak_object = self.is(at, WEAK)
                    && matches!(self.word(text), "updates" | "contact" | "offers" | "deals" | "reminders");
                let order = matches!(self.word(text + 1), "order" | "orders");
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
                self.word(call) == "calling" && matches!(self.word(call + 1), "me" | "us" | "my" | "this" | "here")
            }) {
                return Some(("phrase:stop_calling", 0.8));
            }
        }
        let how = self.find(&["how"])?;
        let stop = self.reach(how + 1, 5, FILL | BETWEEN | WHO, STRONG | UNSUB)?;
        (self.rest_is_fill(stop + 1) && !self.about_order).then_some(("phrase:how_to_stop", 0.85))
    }

    /// "Unsubscribe me", "I want to opt out", "opt me out please".
    fn unsubscribe(&self) -> Option<(&'static str, f32)> {
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
        if self.forbidden(at) || self.any(&["cannot"]) && self.question {
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

    /// The place behind a ban: "don't", "do not", "never", "please no".
    fn bans(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.words.len()).filter_map(|at| match self.word(at) {
            "dont" | "never" | "didnt" => Some(at + 1),
            "not" if at > 0 && matches!(self.word(at - 1), "do" | "did" | "please" | "pls" | "would") => Some(at + 1),
            "no" if self.word(at + 1) == "longer" => Some(at + 2),
            _ => None,
        })
    }

    /// Whether a ban is about somebody else: "you never text me back".
    fn about_others(&self, after: usize) -> bool {
        let ban = match self.word(after - 1) {
            "not" | "longer" => after.saturating_sub(2),
            _ => after - 1,
        };
        ban.checked_sub(1).is_some_and(|before| {
            matches!(
                self.word(before),
                "you" | "u" | "they" | "why" | "it" | "we" | "he" | "she" | "who" | "which" | "if" | "yall" | "i"
            )
        })
    }

    /// "Do not text me", "please don't send me any more messages".
    fn do_not_text(&self) -> Option<(&'static str, f32)> {
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
                && matches!(
                    self.word(verb + 1),
                    "me" | "us" | "my" | "this" | "here" | "again" | "anymore" | "any" | "or" | "at"
                )
                && self.word(verb + 2) != "back"
            {
                return Some(("phrase:do_not_text", 0.93));
            }
            let Some(send) = self.reach(after, 2, FILL, SEND) else {
                continue;
            };
            let sends = self.word(send).starts_with("send") || self.word(send) == "giving";
            if sends && self.reach(send + 1, 6, FILL | BETWEEN | ME | POLITE | STUFF, TEXT).is_some() {
                return Some(("phrase:do_not_text", 0.93));
            }
        }
        None
    }

    /// The verb of "don't ever call or text me", if there is one.
    fn verb_of_reach(&self, after: usize) -> Option<usize> {
        for place in after..self.words.len().min(after + 5) {
            if self.is(place, REACH) && !matches!(self.word(place + 1), "or" | "and") {
                return Some(place);
            }
            let passes = matches!(
                self.word(place),
                "ever"
                    | "please"
                    | "pls"
                    | "plz"
                    | "fucking"
                    | "call"
                    | "email"
                    | "or"
                    | "and"
                    | "you"
                    | "dare"
                    | "just"
                    | "ing"
            );
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
    fn do_not_want(&self) -> Option<(&'static str, f32)> {
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
            if matches!(self.word(want), "consent" | "authorize")
                && self.classes[want + 1..]
                    .iter()
                    .all(|class| class & (FILL | POLITE | BETWEEN | TEXT | ME | SEND) != 0)
            {
                return Some(("phrase:no_consent", 0.85));
            }
            let signed = matches!(
                self.word(want),
                "sign"
                    | "signed"
                    | "subscribe"
                    | "subscribed"
                    | "opted"
                    | "agreed"
                    | "agree"
                    | "consented"
                    | "asked"
                    | "ask"
                    | "requested"
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
    fn reach_plain(&self, at: usize, most: usize, through: u64) -> Option<usize> {
        let ended = |place: usize| self.is(place, HALT | STRONG | UNSUB) || self.word(place) == "miss";
        let text = self.reach(at, most, through & !TEXT, TEXT)?;
        (!(at..text).any(ended)).then_some(text)
    }

    /// A ban said of others: "they don't want …", "why don't you want …".
    fn others_ban(&self, after: usize) -> bool {
        let ban = match self.word(after - 1) {
            "not" | "longer" => after.saturating_sub(2),
            _ => after - 1,
        };
        ban.checked_sub(1).is_some_and(|before| {
            matches!(self.word(before), "you" | "u" | "they" | "it" | "he" | "she" | "who" | "yall")
        })
    }

    /// "No more texts", "no texts please", "enough messages".
    fn no_more(&self) -> Option<(&'static str, f32)> {
        if self.question {
            return None;
        }
        if let Some(at) = self.find(&["no", "more"]) {
            let had = at.checked_sub(1).is_some_and(|before| {
                matches!(
                    self.word(before),
                    "have"
                        | "got"
                        | "get"
                        | "getting"
                        | "received"
                        | "receive"
                        | "are"
                        | "is"
                        | "see"
                        | "with"
                        | "there"
                        | "had"
                        | "gets"
                        | "receiving"
                        | "been"
                )
            });
            if !had && self.reach(at + 2, 4, FILL | BETWEEN | POLITE, TEXT).is_some() {
                return Some(("phrase:no_more", 0.93));
            }
            if only_fill(&self.classes[..at]) && self.rest_is_fill(at + 2) && !self.about_order {
                return Some(("phrase:no_more", 0.8));
            }
        }
        if self.word(0) == "no" && self.is(1, TEXT) && self.rest_is_fill(2) && self.words.len() <= 5 {
            return Some(("phrase:no_more", 0.85));
        }
        let enough = self.find(&["enough"])?;
        let first = enough == 0 || !self.is(enough - 1, NOT);
        (first && self.reach(enough + 1, 4, FILL | BETWEEN, TEXT).is_some()).then_some(("phrase:no_more", 0.85))
    }

    /// "Remove me from your list", "take my number off", "delete my number".
    fn remove_me(&self) -> Option<(&'static str, f32)> {
        for at in 0..self.words.len() {
            if !self.is(at, TAKE) || self.forbidden(at) {
                continue;
            }
            let me = self.word(at) == "removed" && self.any(&["be", "get", "want"]);
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

    /// "I already texted STOP", "I said stop".
    fn said_stop(&self) -> Option<(&'static str, f32)> {
        let stop = self.classes.iter().position(|class| class & (STRONG | UNSUB) != 0)?;
        let before = &self.words[stop.saturating_sub(5)..stop];
        let said = before.iter().any(|word| {
            matches!(
                *word,
                "said"
                    | "replied"
                    | "texted"
                    | "sent"
                    | "told"
                    | "typed"
                    | "wrote"
                    | "asked"
                    | "responded"
                    | "saying"
                    | "replying"
                    | "texting"
                    | "text"
                    | "reply"
                    | "keep"
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

    /// "I revoke my consent", "you do not have permission to text me".
    fn withdraw(&self) -> Option<(&'static str, f32)> {
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
    fn go_away(&self) -> Option<(&'static str, f32)> {
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
    fn wrong_number(&self) -> Option<(&'static str, f32)> {
        for at in 0..self.words.len() {
            if self.word(at) == "wrong" {
                let who = matches!(self.word(at + 1), "number" | "person" | "phone" | "guy" | "no" | "num")
                    && !(self.word(at + 1) == "phone" && self.word(at + 2) != "number")
                    && !(self.word(at + 1) == "no" && at + 2 < self.words.len());
                let thing = matches!(self.word(at + 2), "of" | "on" | "in" | "was" | "printed" | "listed");
                let given = self.words[..at].iter().any(|word| {
                    matches!(
                        *word,
                        "gave"
                            | "put"
                            | "entered"
                            | "typed"
                            | "order"
                            | "tracking"
                            | "wrote"
                            | "used"
                            | "dialed"
                            | "called"
                            | "called-you"
                            | "sent"
                            | "shipped"
                            | "account"
                            | "has"
                            | "provided"
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
                    place > from
                        && !matches!(
                            self.word(place - 1),
                            "the" | "a" | "my" | "tracking" | "order" | "right" | "correct"
                        )
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
    fn opt_in(&self) -> Option<Intent> {
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

    fn spanish(&self) -> Option<(&'static str, f32)> {
        const SENT: &[&str] = &[
            "enviar",
            "enviarme",
            "enviarnos",
            "mandar",
            "mandarme",
            "mandarnos",
            "escribir",
            "escribirme",
            "molestar",
            "molestarme",
            "contactar",
            "contactarme",
            "textear",
            "textearme",
            "mensajes",
            "sms",
            "textos",
            "llegar",
        ];
        const SEND_ME: &[&str] = &[
            "envien",
            "envie",
            "envies",
            "manden",
            "mande",
            "mandes",
            "escriban",
            "escriba",
            "escribas",
            "contacten",
            "contacte",
            "contactes",
            "molesten",
            "moleste",
            "molestes",
            "texteen",
        ];
        const TEXTS: &[&str] = &[
            "mensajes",
            "textos",
            "sms",
            "mensaje",
            "notificaciones",
            "promociones",
            "publicidad",
            "recibir",
            "recibiendo",
            "mensajitos",
            "texto",
        ];
        for at in 0..self.words.len() {
            let near = |most: usize, words: &[&str]| {
                self.words[at + 1..self.words.len().min(at + 1 + most)].iter().any(|word| words.contains(word))
            };
            let denied = at > 0 && self.word(at - 1) == "no";
            let stop = matches!(
                self.word(at),
                "dejen"
                    | "deja"
                    | "dejar"
                    | "deje"
                    | "paren"
                    | "pare"
                    | "parar"
                    | "basta"
                    | "detener"
                    | "cancelar"
                    | "cancelen"
                    | "cancela"
            );
            if stop && near(3, SENT) && !denied {
                return Some(("phrase:es_stop", 0.92));
            }
            if self.word(at) == "no" {
                if near(3, SEND_ME) && !near(4, &["si"]) && (near(2, &["me", "nos"]) || near(4, TEXTS)) {
                    return Some(("phrase:es_do_not_send", 0.9));
                }
                if near(2, &["quiero", "deseo", "queremos", "deseamos"])
                    && near(7, TEXTS)
                    && !near(7, &["perder", "dejar"])
                {
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
                && self.words[..at].iter().any(|word| {
                    matches!(
                        *word,
                        "dar"
                            | "darme"
                            | "darse"
                            | "dame"
                            | "denme"
                            | "den"
                            | "deme"
                            | "doy"
                            | "date"
                            | "quiero"
                            | "solicito"
                    )
                })
                && !self.any(&["no", "cuenta", "plan", "membresia"])
            {
                return Some(("phrase:es_baja", 0.92));
            }
            let taken = matches!(
                self.word(at),
                "quitar"
                    | "quiteme"
                    | "quitenme"
                    | "quitame"
                    | "sacame"
                    | "saquenme"
                    | "borrenme"
                    | "borrame"
                    | "eliminenme"
                    | "eliminame"
                    | "borren"
                    | "eliminen"
                    | "quiten"
            );
            if taken && near(5, &["lista", "numero", "base"]) {
                return Some(("phrase:es_remove_me", 0.92));
            }
        }
        None
    }

    fn french(&self) -> Option<(&'static str, f32)> {
        const SENT: &[&str] = &[
            "sms",
            "message",
            "messages",
            "textos",
            "texto",
            "envoyer",
            "menvoyer",
            "denvoyer",
            "contacter",
            "ecrire",
            "mecrire",
            "envois",
            "spam",
            "harceler",
            "publicites",
            "pub",
        ];
        const SEND_ME: &[&str] = &[
            "menvoyez",
            "envoyez",
            "menvoie",
            "contactez",
            "ecrivez",
            "mecrivez",
            "envoyer",
            "contacter",
            "recevoir",
            "messages",
            "sms",
            "textos",
        ];
        for at in 0..self.words.len() {
            let near = |most: usize, words: &[&str]| {
                self.words[at + 1..self.words.len().min(at + 1 + most)].iter().any(|word| words.contains(word))
            };
            let stop =
                matches!(self.word(at), "arretez" | "arreter" | "arrete" | "arret" | "stoppez" | "cessez" | "cesser");
            if stop && near(4, SENT) {
                return Some(("phrase:fr_stop", 0.92));
            }
            // Without its "ne", "je veux plus de messages" asks for more.
            let no_longer = (self.word(at) == "ne" && near(3, &["plus"]) && near(7, SEND_ME))
                || (matches!(self.word(at), "veux" | "souhaite")
                    && self.word(at + 1) == "plus"
                    && near(3, &["recevoir"]));
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
            if taken && near(6, &["liste", "listes", "numero"]) {
                return Some(("phrase:fr_remove_me", 0.92));
            }
        }
        None
    }
}
