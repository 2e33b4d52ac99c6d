//! Plays a scene: who writes what when, until it ends or the present is reached.

use crate::agent::AGENTS;
use crate::calendar::{DAY, HOUR, MINUTE, SECOND};
use crate::chance::Chance;
use crate::facts::{Facts, Speaker};
use crate::grammar::compose;
use crate::item::{Author, DemoMessage, Happening};
use crate::person::SHOP;
use crate::picture::Picture;
use crate::scene::{Scene, Step};
use crate::scenes::encores;
use crate::typing::typed;
use domain::message::{Kind, Origin, Purpose, State};

/// Everything that was or will be said, also after the present.
pub struct Story<'a> {
    facts: &'a Facts,
    scene: &'a Scene,
    chance: &'a mut Chance,
    /// What was said, in order.
    pub messages: Vec<DemoMessage>,
    /// Who has it.
    pub agent: Option<usize>,
    /// When the customer opted out and, perhaps, back in.
    pub opt_out: Option<(i64, Option<i64>)>,
    clock: i64,
    opted_out: bool,
    greeted_at: Option<i64>,
    customer_spoke: bool,
}

impl<'a> Story<'a> {
    /// Plays a scene from beginning to end.
    pub fn play(facts: &'a Facts, scene: &'a Scene, chance: &'a mut Chance) -> Self {
        let mut story = Self {
            facts,
            scene,
            chance,
            messages: Vec::with_capacity(16),
            agent: None,
            opt_out: None,
            clock: facts.started_at,
            opted_out: false,
            greeted_at: None,
            customer_spoke: false,
        };
        story.steps(scene.steps);
        story.encore();
        story.close();
        story.comes_back();
        story
    }

    /// Whether somebody who was helped may go on.
    const fn may_go_on(&self) -> bool {
        self.agent.is_some() && self.customer_spoke && self.opt_out.is_none()
    }

    fn encore(&mut self) {
        let steps = if self.scene.spanish { encores::OTRA_COSA } else { encores::ONE_MORE };
        if self.may_go_on() && self.chance.percent(42) {
            self.steps(steps);
        }
    }

    /// Within the five days in which a closed conversation reopens.
    fn comes_back(&mut self) {
        if !self.may_go_on() || self.scene.spanish || !self.chance.percent(24) {
            return;
        }
        self.clock += self.chance.between(6 * HOUR, 90 * HOUR);
        self.greeted_at = None;
        let said = self.messages.len();
        self.steps(encores::COMES_BACK);
        if let Some(first) = self.messages.get(said) {
            let reopened =
                DemoMessage { at: first.at, state_at: first.at, ..event(Author::Customer, Happening::Reopened) };
            self.messages.insert(said + 1, reopened);
            self.close();
        }
    }

    fn steps(&mut self, steps: &'static [Step]) {
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &'static Step) {
        // After an opt-out nobody writes: not the shop, and the customer has left.
        if self.opted_out && !matches!(step, Step::Starts | Step::Waits(..)) {
            return;
        }
        match *step {
            Step::Says(lines) => self.says(lines, false),
            Step::Fumes(lines) => self.says(lines, true),
            Step::Shows(pictures, lines) => self.shows(pictures, lines),
            Step::Taps => self.taps(),
            Step::Answers(lines) => self.answers(lines),
            Step::Notes(lines) => self.notes(lines),
            Step::Automates(origin, purpose, lines) => self.automates(origin, purpose, lines),
            Step::Stops(words) => self.stops(words),
            Step::Starts => self.starts(),
            Step::AsksHelp => self.asks_help(),
            Step::Waits(low, high) => {
                self.clock += self.chance.between(low * HOUR, high * HOUR);
                self.greeted_at = None;
            }
            Step::Sometimes(percent, steps) => {
                if self.chance.percent(percent) {
                    self.steps(steps);
                }
            }
            Step::Either(choices) => {
                let choice = self.chance.pick(choices);
                self.steps(choice);
            }
        }
    }

    fn words(&mut self, lines: &'static [&'static str], greets: bool) -> String {
        let template = self.chance.pick(lines);
        let agent = self.agent.unwrap_or(self.scene.desk);
        let speaker = Speaker { facts: self.facts, agent, greets, now: self.clock };
        compose(template, &speaker, self.chance)
    }

    // ── The customer ──────────────────────────────────────────────────────

    /// Lets the customer take their time, and sleep.
    fn customer_turn(&mut self) {
        if self.messages.is_empty() {
            return;
        }
        let last_was_theirs = self.messages.last().is_some_and(|last| last.kind == Kind::Inbound);
        self.clock += if last_was_theirs {
            self.chance.about(40 * SECOND)
        } else if self.chance.percent(12) {
            self.chance.between(HOUR, 9 * HOUR)
        } else {
            self.chance.about(4 * MINUTE)
        };
        let hour = self.facts.zone.hour(self.clock);
        if !(7..23).contains(&hour) {
            let today = if hour >= 23 { self.clock + 2 * HOUR } else { self.clock };
            self.clock = self.facts.zone.at_hour(today, 7) + self.chance.between(20 * MINUTE, 3 * HOUR);
        }
    }

    fn inbound(&mut self, body: String, media: Option<Picture>) {
        self.customer_spoke = true;
        let at = self.clock;
        self.messages.push(DemoMessage {
            kind: Kind::Inbound,
            author: Author::Customer,
            purpose: None,
            origin: None,
            state: State::Received,
            reason: None,
            held_until: None,
            body,
            at,
            state_at: at,
            media,
            happening: None,
        });
    }

    fn says(&mut self, lines: &'static [&'static str], angry: bool) {
        let first = self.messages.is_empty();
        self.customer_turn();
        let greets = first && self.facts.manner.greets;
        let meant = self.words(lines, greets);
        for text in typed(&meant, self.facts.manner, angry, self.chance) {
            self.inbound(text, None);
            self.clock += self.chance.between(4 * SECOND, 25 * SECOND);
        }
    }

    fn shows(&mut self, pictures: &'static [Picture], lines: &'static [&'static str]) {
        self.customer_turn();
        let count = pictures.len();
        let picture = match pictures.get(self.chance.below(count)).copied() {
            // A thing breaks as its material does.
            Some(Picture::CrackedMug) => breakage(self.facts.ware.stuff),
            Some(picture) => picture,
            None => return,
        };
        let meant = self.words(lines, false);
        let body = typed(&meant, self.facts.manner, false, self.chance).join(" ");
        self.inbound(body, Some(picture));
        self.clock += self.chance.between(4 * SECOND, 25 * SECOND);
    }

    fn taps(&mut self) {
        let Some(ours) = self.messages.iter().rev().find(|message| message.kind == Kind::Outbound) else { return };
        let ours = ours.body.clone();
        self.customer_turn();
        let verb = self.chance.pick(&["Liked", "Liked", "Liked", "Loved", "Loved", "Emphasized", "Reacted 🙏 to"]);
        self.inbound(format!("{verb} “{ours}”"), None);
    }

    fn stops(&mut self, words: &'static [&'static str]) {
        let brand = &self.facts.brand;
        self.customer_turn();
        let word = self.chance.pick(words).to_owned();
        self.inbound(word, None);
        self.opted_out = true;
        self.opt_out = Some((self.clock, None));
        self.happens(Author::System, Happening::OptedOut);
        self.clock += self.chance.between(SECOND, 4 * SECOND);
        self.outbound(
            Author::System,
            Origin::OptOutConfirmation,
            Purpose::Conversational,
            format!("{brand}: you're opted out and will get no more texts from us. Reply START to come back."),
        );
    }

    fn starts(&mut self) {
        let brand = &self.facts.brand;
        if !self.opted_out {
            return;
        }
        self.customer_turn();
        let word = self.chance.pick(&["START", "Start", "UNSTOP"]);
        self.inbound(word.to_owned(), None);
        self.opted_out = false;
        if let Some((_, lifted_at)) = &mut self.opt_out {
            *lifted_at = Some(self.clock);
        }
        self.happens(Author::System, Happening::OptedIn);
        self.clock += self.chance.between(SECOND, 4 * SECOND);
        self.outbound(
            Author::System,
            Origin::OptInConfirmation,
            Purpose::Conversational,
            format!("{brand}: welcome back, you'll get our texts again. Reply STOP to opt out."),
        );
    }

    fn asks_help(&mut self) {
        let (brand, site) = (&self.facts.brand, self.facts.site());
        self.customer_turn();
        let word = self.chance.pick(&["HELP", "Help", "help", "INFO"]);
        self.inbound(word.to_owned(), None);
        self.clock += self.chance.between(SECOND, 4 * SECOND);
        self.outbound(
            Author::System,
            Origin::HelpAnswer,
            Purpose::Conversational,
            format!(
                "{brand} customer care: text us your question here, or write to care@{site}. Reply STOP to opt out."
            ),
        );
    }

    // ── The shop ──────────────────────────────────────────────────────────

    fn outbound(&mut self, author: Author, origin: Origin, purpose: Purpose, body: String) {
        let at = self.clock;
        let (state, reason) = match self.chance.below(1_000) {
            0..=9 => (State::Undelivered, Some("unreachable")),
            10..=13 => (State::Undelivered, Some("carrier_filtered")),
            14..=16 => (State::Failed, Some("network")),
            17..=31 => (State::SentUnconfirmed, None),
            _ => (State::Delivered, None),
        };
        let state_at = at
            + match state {
                State::SentUnconfirmed => domain::limits::UNCONFIRMED_MS,
                _ => self.chance.between(SECOND, 9 * SECOND),
            };
        self.messages.push(DemoMessage {
            kind: Kind::Outbound,
            author,
            purpose: Some(purpose),
            origin: Some(origin),
            state,
            reason,
            held_until: None,
            body: body.clone(),
            at,
            state_at,
            media: None,
            happening: None,
        });
        let did_not_arrive = matches!(state, State::Undelivered | State::Failed);
        // An agent sees the red mark and sends it again.
        if did_not_arrive && matches!(author, Author::Agent(_)) && self.chance.percent(80) {
            self.clock += self.chance.about(6 * MINUTE);
            self.outbound(author, origin, purpose, body);
        }
    }

    fn happens(&mut self, author: Author, happening: Happening) {
        self.messages.push(DemoMessage { at: self.clock, state_at: self.clock, ..event(author, happening) });
    }

    /// Lets an agent find the time, and assigns one at the first answer.
    fn agent_turn(&mut self) -> usize {
        let mut agent = match self.agent {
            Some(agent) => agent,
            // Now and then somebody from another desk is quicker.
            None if self.chance.percent(25) => self.chance.below(AGENTS.len()),
            None => self.scene.desk,
        };
        let typical = if self.agent.is_some() { 3 * MINUTE } else { 9 * MINUTE };
        let ready = self.clock + self.chance.about(typical);
        let mut at = at_work(agent, ready);
        let evening = AGENTS.len() - 1;
        if at > ready && at_work(evening, ready) == ready && self.chance.percent(60) {
            agent = evening;
            at = ready;
        } else if at > ready {
            // The morning's pile is worked off one by one.
            at += self.chance.between(4 * MINUTE, 70 * MINUTE);
        }
        self.clock = at;
        if self.agent != Some(agent) {
            self.agent = Some(agent);
            self.happens(Author::Agent(agent), Happening::Assigned(agent));
            self.clock += self.chance.between(10 * SECOND, 90 * SECOND);
        }
        agent
    }

    fn answers(&mut self, lines: &'static [&'static str]) {
        let agent = self.agent_turn();
        let greets = self.greeted_at.is_none_or(|at| self.clock - at > DAY / 2);
        self.greeted_at = Some(self.clock);
        let body = self.words(lines, greets);
        self.outbound(Author::Agent(agent), Origin::Person, Purpose::Conversational, body);
    }

    fn notes(&mut self, lines: &'static [&'static str]) {
        let agent = self.agent_turn();
        let body = self.words(lines, false);
        let at = self.clock;
        self.messages.push(DemoMessage {
            kind: Kind::Note,
            author: Author::Agent(agent),
            purpose: None,
            origin: None,
            state: State::Noted,
            reason: None,
            held_until: None,
            body,
            at,
            state_at: at,
            media: None,
            happening: None,
        });
        self.clock += self.chance.between(30 * SECOND, 2 * MINUTE);
    }

    fn automates(&mut self, origin: Origin, purpose: Purpose, lines: &'static [&'static str]) {
        // Automations keep to the customer's day.
        let hour = self.facts.zone.hour(self.clock);
        if !(9..20).contains(&hour) {
            let day = if hour >= 20 { self.clock + 5 * HOUR } else { self.clock };
            self.clock = self.facts.zone.at_hour(day, 9) + self.chance.between(0, 2 * HOUR);
        }
        let body = self.words(lines, true);
        self.outbound(Author::Flow, origin, purpose, body);
        self.clock += 30 * SECOND;
    }

    /// Whoever has it closes it, a while after the last word.
    fn close(&mut self) {
        let Some(agent) = self.agent else { return };
        self.clock = at_work(agent, self.clock + self.chance.about(12 * MINUTE));
        self.happens(Author::Agent(agent), Happening::Closed(agent));
    }
}

/// An event, without its time.
#[must_use]
pub const fn event(author: Author, happening: Happening) -> DemoMessage {
    DemoMessage {
        kind: Kind::Event,
        author,
        purpose: None,
        origin: None,
        state: State::Noted,
        reason: None,
        held_until: None,
        body: String::new(),
        at: 0,
        state_at: 0,
        media: None,
        happening: Some(happening),
    }
}

const fn breakage(stuff: crate::catalog::Stuff) -> Picture {
    use crate::catalog::Stuff;
    match stuff {
        Stuff::Ceramic => Picture::CrackedMug,
        Stuff::Textile => Picture::StainedCloth,
        Stuff::Glass => Picture::Shards,
        Stuff::Wood => Picture::SplitBoard,
        Stuff::Wax => Picture::MeltedCandle,
        Stuff::Metal => Picture::BentLamp,
    }
}

/// The first instant from `at` on at which an agent works.
fn at_work(agent: usize, at: i64) -> i64 {
    let Some(desk) = AGENTS.get(agent) else { return at };
    let mut day = at;
    for _ in 0..5 {
        let opens = SHOP.at_hour(day, desk.hours.0);
        let closes = SHOP.at_hour(day, desk.hours.1);
        let works = desk.weekends || SHOP.weekday(day) < 5;
        if works && day < closes {
            return at.max(opens);
        }
        // Noon of the next day: a day of daylight saving's change is no trap.
        day = SHOP.at_hour(day, 12) + DAY;
        day = SHOP.at_hour(day, 0).max(at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agents_rest() {
        // Friday 2026-01-02, 22:00 Eastern is 2026-01-03T03:00Z.
        let friday_night = 20_456 * DAY + 3 * HOUR;
        assert_eq!(SHOP.hour(friday_night), 22);
        let monday = at_work(0, friday_night);
        assert_eq!((SHOP.weekday(monday), SHOP.hour(monday)), (0, 8));
        let saturday = at_work(2, friday_night);
        assert_eq!((SHOP.weekday(saturday), SHOP.hour(saturday)), (5, 10));
        assert_eq!(at_work(2, saturday + HOUR), saturday + HOUR);
    }
}
