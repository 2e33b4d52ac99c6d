//! Customers join by text: a word that opts in at once, one that asks first, and a slip of the thumb.

use super::Sim;
use super::check::Person;
use domain::join::{self, Match};
use domain::limits::{DIRECT_REPLY_MS, JOIN_CONFIRM_HOURS};
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::join_words::JoinWordForm;

/// Each word, and whether whoever texts it is asked first.
const OFFERED: &[(&str, bool)] = &[("VIP", false), ("JOIN", true), ("COFFEE", false)];

/// Which of the words a text is.
pub(super) fn word_in(body: &str) -> Option<Match> {
    let plain: Vec<String> = OFFERED.iter().map(|(word, _)| join::plain(word)).collect();
    join::find(body, &plain)
}

impl Sim {
    /// The inbox takes the words.
    pub(super) async fn offer_words(&mut self) -> Result<(), String> {
        for (word, double_opt_in) in OFFERED {
            let form = JoinWordForm {
                word: (*word).to_owned(),
                double_opt_in: *double_opt_in,
                locale: "en-US".to_owned(),
                programme: "weekly offers".to_owned(),
                frequency: "Up to 4 msgs/month".to_owned(),
                disclosure: format!(
                    "Text {word} to get recurring automated marketing texts from Fern. Consent is not a condition of \
                     purchase."
                ),
                ..JoinWordForm::default()
            };
            let offered = self.engine.join_word_create(self.ws, Actor::System, self.inbox, form, Keep::NOTHING).await;
            offered.map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

impl Person {
    /// Whether a YES of theirs answers the question whether they want to join: it is a day old at most, and
    /// nobody has said anything since that it may answer instead.
    pub(super) fn may_say_yes(&self, now: i64) -> bool {
        let term = JOIN_CONFIRM_HOURS * 60 * 60 * 1000;
        self.asked_at.is_some_and(|asked| now - asked <= term && self.texted_at.is_none_or(|at| at <= asked))
    }

    /// Whether, after an opt-out, an answer to what they wrote may leave.
    pub(super) fn may_be_answered(&self, now: i64) -> bool {
        self.wrote_since && self.wrote_at.is_some_and(|at| now - at <= DIRECT_REPLY_MS)
    }

    /// They agreed to marketing at an instant, Unix ms. False where they had withdrawn since, or were asked.
    pub(super) fn agrees(&mut self, at: i64) -> bool {
        let counts =
            self.revoked_at.is_none_or(|revoked| at > revoked) && self.asked_at.is_none_or(|asked| at >= asked);
        if counts {
            self.agreed_at = self.agreed_at.max(Some(at));
            self.marketing_out = false;
            self.asked_at = None;
        }
        counts
    }

    /// They texted a word. True where that opts them in.
    pub(super) fn joins(&mut self, found: Match, now: i64) -> bool {
        self.wrote_since = self.opted_out;
        let agreed = self.agreed_at.is_some_and(|at| self.revoked_at.is_none_or(|revoked| at > revoked));
        if agreed && !self.opted_out && !self.marketing_out {
            return false;
        }
        let asks = OFFERED.get(found.word).is_some_and(|(_, asks)| *asks) || found.slip;
        if asks {
            // At the same instant the withdrawal counts.
            if self.revoked_at.is_none_or(|revoked| now > revoked) {
                self.asked_at = Some(now);
            }
            return false;
        }
        self.returns();
        self.agrees(now)
    }

    /// They said that they want to join.
    pub(super) fn says_yes(&mut self, now: i64) {
        self.returns();
        self.agrees(now);
    }

    /// Who had opted out of everything wants texts again, as with START.
    fn returns(&mut self) {
        if self.opted_out {
            (self.opted_out, self.wrote_since) = (false, false);
            (self.marketing_out, self.unsure) = (false, false);
        }
    }
}
