//! What customers and members do: agree, take it back, write, judge.

use super::nodes::surely;
use super::{Untold, Year};
use crate::world::agreement;
use channels::channel::InboundText;
use domain::address::Address;
use domain::consent::{Action, Method, Proof};
use domain::id::MessageId;
use domain::message::Purpose;
use domain::rule_pack::ConsentKind;
use engine::audit::Actor;
use engine::consent::NewConsent;
use engine::unsure_text::UnsureTextError;

/// How long news of an agreement may take, in ms.
const LATE: u64 = 2 * 60 * 60_000;

/// More unsure texts than ever are open at once.
const OPEN_MAX: i64 = 10_000;

/// What a customer says, and what it means to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Stop,
    Start,
    NoAds,
    Perhaps,
    Words,
}

impl Said {
    const fn words(self) -> &'static str {
        match self {
            Self::Stop => "STOP",
            Self::Start => "START",
            Self::NoAds => "stop the ads but keep my order updates",
            Self::Perhaps => "too many texts",
            Self::Words => "where is my order?",
        }
    }
}

impl Year {
    /// Two thirds have agreed before the year begins.
    pub(super) async fn first_agreements(&mut self) -> Result<(), String> {
        for place in 0..self.customers.len() {
            if !self.one_in(3) {
                self.agrees(place, 0).await?;
            }
        }
        Ok(())
    }

    /// Some of them do something, those who were texted last most of all.
    pub(super) async fn people_live(&mut self, texts: u64) -> Result<(), String> {
        for _ in 0..=texts / 6 {
            let place = self.somebody();
            match self.sim.random.below(20) {
                0 | 1 => self.says(place, Said::Stop).await?,
                2..=6 => self.says(place, Said::Start).await?,
                7 => self.says(place, Said::NoAds).await?,
                8 => self.says(place, Said::Perhaps).await?,
                9..=11 => self.says(place, Said::Words).await?,
                12..=17 => {
                    let late = if self.one_in(3) { self.sim.random.below(LATE) } else { 0 };
                    self.agrees(place, i64::try_from(late).unwrap_or(0)).await?;
                }
                18 => self.takes_back(place).await?,
                _ => self.member_judges().await?,
            }
        }
        Ok(())
    }

    /// Between a text's acceptance and its claim, its customer says STOP.
    pub(super) async fn stops_in_between(&mut self) -> Result<(), String> {
        if self.one_in(2)
            && let Some(place) = self.recent.back().copied()
        {
            self.says(place, Said::Stop).await?;
        }
        Ok(())
    }

    fn somebody(&mut self) -> usize {
        let recent = self.one_in(2).then(|| self.sim.random.pick(self.recent.make_contiguous()).copied()).flatten();
        let all = self.customers.len() as u64;
        recent.unwrap_or_else(|| usize::try_from(self.sim.random.below(all)).unwrap_or(0))
    }

    /// A provider posts a customer's text to one of the nodes, and sometimes once more to another.
    pub(super) async fn says(&mut self, place: usize, said: Said) -> Result<(), String> {
        let now = self.now();
        let Some(number) = self.number(place) else { return Ok(()) };
        let provider_id = format!("IN{}", self.sim.report.inbound);
        self.sim.report.inbound += 1;
        let text = InboundText {
            provider_id,
            from: Address::parse(&number),
            to: Address::parse("+12025550100"),
            body: said.words().to_owned(),
            media: Vec::new(),
            at: None,
            took_for: None,
            answered: false,
        };
        let told = said != Said::Stop || self.plan.untold != Some(Untold::Stop);
        let posts = if told { 1 + self.sim.random.below(4) / 3 } else { 0 };
        for _ in 0..posts {
            self.turn();
            self.dare();
            self.sim.post(&text).await?;
        }
        let Some(customer) = self.customers.get_mut(place) else { return Ok(()) };
        customer.wrote_at = Some(now);
        let person = &mut customer.person;
        match said {
            Said::Stop => {
                person.leaves(now);
                self.tally.stops += 1;
                self.overtake(place, None);
            }
            Said::NoAds => {
                if !person.opted_out && !person.marketing_out {
                    person.episodes += 1;
                }
                (person.marketing_out, person.wrote_since) = (true, person.opted_out);
                person.revoked_at = person.revoked_at.max(Some(now));
                self.overtake(place, Some(Purpose::Marketing));
            }
            Said::Start => {
                (person.opted_out, person.wrote_since) = (false, false);
                (person.marketing_out, person.unsure) = (false, false);
            }
            Said::Perhaps => {
                person.unsure |= !person.opted_out;
                person.wrote_since = person.opted_out;
            }
            Said::Words => person.wrote_since = person.opted_out,
        }
        Ok(())
    }

    /// What waits for a customer, or is in hand, has had its chance.
    fn overtake(&mut self, place: usize, of: Option<Purpose>) {
        let texts: Vec<MessageId> = self.customers.get(place).map(|one| one.texts.clone()).unwrap_or_default();
        for id in texts {
            if let Some(sent) = self.sent.get_mut(&id).filter(|sent| of.is_none_or(|of| of == sent.purpose)) {
                sent.overtaken = true;
            }
        }
    }

    /// A customer agrees to marketing, three of four in writing; the news comes so many ms later.
    async fn agrees(&mut self, place: usize, late: i64) -> Result<(), String> {
        let Some(number) = self.number(place) else { return Ok(()) };
        let at = self.now() - late;
        let written = !self.one_in(4);
        let mut new = agreement(&number, Some(at));
        if !written {
            (new.proof, new.method) = (Proof::Express, Method::Keyword);
        }
        self.record(new).await?;
        let Some(customer) = self.customers.get_mut(place) else { return Ok(()) };
        let person = &mut customer.person;
        if person.revoked_at.is_none_or(|revoked| at > revoked) {
            person.agreed_at = person.agreed_at.max(Some(at));
            person.marketing_out = false;
            customer.agreed.push((if written { ConsentKind::Written } else { ConsentKind::Express }, at));
        }
        Ok(())
    }

    /// A member notes that a customer wants no more marketing.
    async fn takes_back(&mut self, place: usize) -> Result<(), String> {
        let Some(number) = self.number(place) else { return Ok(()) };
        let now = self.now();
        if self.plan.untold != Some(Untold::Withdrawal) {
            let new = NewConsent {
                action: Action::Revoke,
                proof: Proof::Express,
                method: Method::Agent,
                disclosure: None,
                ..agreement(&number, Some(now))
            };
            self.record(new).await?;
        }
        if let Some(customer) = self.customers.get_mut(place) {
            customer.person.marketing_out = true;
            customer.person.revoked_at = customer.person.revoked_at.max(Some(now));
        }
        self.overtake(place, Some(Purpose::Marketing));
        Ok(())
    }

    async fn record(&mut self, new: NewConsent) -> Result<(), String> {
        self.turn();
        self.dare();
        surely!(self, self.sim.engine.consent_record(self.sim.ws, Actor::System, new.clone()));
        Ok(())
    }

    /// A member says of a text whether it asked to stop.
    async fn member_judges(&mut self) -> Result<(), String> {
        self.turn();
        let open = surely!(self, self.sim.engine.unsure_text_page(self.sim.ws, None, OPEN_MAX));
        let Some(row) = self.sim.random.pick(&open).cloned() else { return Ok(()) };
        let asked = self.one_in(2);
        self.dare();
        loop {
            match self.sim.engine.unsure_text_answer(self.sim.ws, Actor::System, row.message, asked).await {
                // The answer may have been kept before the death.
                Ok(_) | Err(UnsureTextError::Answered) => break,
                Err(_) if self.sim.dead() => self.sim.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
        let another = open.iter().any(|one| one.address == row.address && one.message != row.message);
        let Some(place) = self.by_number.get(&row.address).copied() else { return Ok(()) };
        let Some(customer) = self.customers.get_mut(place) else { return Ok(()) };
        let person = &mut customer.person;
        if asked {
            // It counts from the text on, and ends what they permitted before it was read.
            person.leaves(row.asked_at.max(person.agreed_at.unwrap_or(row.asked_at)));
            self.tally.stops += 1;
            self.overtake(place, None);
        } else {
            person.unsure = another;
        }
        Ok(())
    }

    fn number(&self, place: usize) -> Option<String> {
        self.customers.get(place).map(|one| one.to.as_str().to_owned())
    }
}
