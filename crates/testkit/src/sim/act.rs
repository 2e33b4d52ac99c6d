//! What the actors do.

use super::Sim;
use crate::world::agreement;
use channels::channel::{InboundText, Receipt};
use channels::simulator::CarrierEvent;
use domain::address::Address;
use domain::id::MessageId;
use domain::inbound::{Effect, Facts};
use domain::keyword::{Class, Scope};
use domain::message::{Origin, Purpose, State};
use engine::audit::Actor;
use engine::conversation::Change;
use engine::reply::{Author, Destination, NewText};
use engine::sending::Hand;
use engine::unsure_text::UnsureTextError;
use std::sync::atomic::Ordering;
use store::conversation::View;

pub(super) const PHONES: u64 = 12;
const WORDS: &[&str] = &[
    "where is my order?",
    "it came broken 😢",
    "thanks!!",
    "STOP",
    "stop texting me",
    "START",
    "HELP",
    "yes",
    "Liked “Thanks, it is on its way”",
    "can i swap the blue one for green",
    "cancel my order please",
    "ok",
    "2",
    "I need help with my order",
    "wrong number",
    "call me",
    "¿dónde está mi pedido?",
    "unsubscribe",
    "too many texts",
    "why are you texting me",
    "this is ridiculous, I want my money back",
    "These texts are getting annoying",
    "stop the ads but keep my order updates",
    "VIP",
    "Join!",
    "cofee",
];
const REPLIES: &[&str] =
    &["Looking into it.", "It left the warehouse today.", "Thanks, it is on its way", "Sorry about that! 🙏"];

/// A phone's number: some Eastern, some Pacific, some toll-free, one abroad.
pub(super) fn phone(n: u64) -> String {
    match n % 4 {
        0 => format!("+1212555{:04}", 100 + n),
        1 => format!("+1415555{:04}", 100 + n),
        2 => format!("+1808555{:04}", 100 + n),
        _ => format!("+1800555{:04}", 100 + n),
    }
}

impl Sim {
    /// One action of one actor.
    pub(super) async fn act(&mut self) -> Result<(), String> {
        if self.plan.deep && self.random.below(60) == 0 {
            let fuse = i64::try_from(self.random.below(40)).unwrap_or(1) + 1;
            self.fuse.store(fuse, Ordering::SeqCst);
        }
        match self.random.below(100) {
            0..=24 => self.customer_writes().await?,
            25..=34 => self.member_replies().await?,
            35..=39 => self.member_judges().await?,
            40..=44 => self.customer_agrees().await?,
            45..=57 => self.program_sends().await?,
            58 | 59 => self.customer_moves().await?,
            60..=68 => self.claim().await?,
            69..=76 | 97 | 98 => self.hand_over().await?,
            77..=86 => self.carrier_works().await?,
            87..=91 => self.time_passes(),
            92..=94 if self.random.below(3) == 0 => self.old_matter_returns().await?,
            92..=94 => self.member_sorts().await?,
            95 => self.sweep().await?,
            96 => self.switch().await?,
            _ => {
                self.note("death");
                self.die().await?;
            }
        }
        if self.dead() {
            self.die().await?;
        }
        Ok(())
    }

    async fn customer_writes(&mut self) -> Result<(), String> {
        let from = phone(self.random.below(PHONES));
        self.customer_writes_from(from).await
    }

    /// A provider posts a customer's text until it is answered, and sometimes once more.
    pub(super) async fn customer_writes_from(&mut self, from: String) -> Result<(), String> {
        let body = self.random.pick(WORDS).copied().unwrap_or_default();
        let provider_id = format!("IN{}", self.report.inbound);
        self.report.inbound += 1;
        let text = InboundText {
            provider_id,
            from: Address::parse(&from),
            to: Address::parse("+12025550100"),
            body: body.to_owned(),
            media: Vec::new(),
            at: None,
            took_for: None,
            answered: false,
        };
        // The answer may get lost although the text was taken: the provider posts it again.
        let posts = 1 + self.random.below(4) / 3;
        for post in 0..posts {
            let received = self.post(&text).await?;
            self.note(&format!("in {from} {body} {post} {}", received.repeated));
            if received.repeated != (post > 0 || self.model.posted.contains(&text.provider_id)) {
                return Err(format!("{}: repeated is {} on post {post}", text.provider_id, received.repeated));
            }
            self.model.posted.insert(text.provider_id.clone());
        }
        let address = from.clone();
        let person = self.model.people.entry(from).or_default();
        let now = engine::Clock::now(&*self.clock);
        let facts = Facts {
            opted_out: person.opted_out,
            asked_opt_in: person.may_say_yes(now),
            join: super::joining::word_in(body),
            ..Facts::default()
        };
        let reading = domain::inbound::read(body, 0, facts);
        person.wrote_at = Some(now);
        match reading.effect {
            Effect::Join(found) => {
                let joined = person.joins(found, now);
                self.report.joined += usize::from(joined);
                return Ok(());
            }
            Effect::Confirm => {
                person.says_yes(now);
                self.report.joined += 1;
                return Ok(());
            }
            // The confirmation of an opt-out asks nothing here.
            Effect::None
            | Effect::OptOut { .. }
            | Effect::OptIn { .. }
            | Effect::Help { .. }
            | Effect::Keep
            | Effect::Ask => {}
        }
        match (reading.class, reading.scope) {
            (Class::OptOut, Scope::All) => {
                self.report.opt_outs += usize::from(person.leaves(now));
                self.model.overtake(&address, None);
            }
            (Class::OptOut, Scope::Marketing | Scope::Orders) => {
                if !person.opted_out && !person.marketing_out {
                    person.episodes += 1;
                }
                (person.marketing_out, person.wrote_since) = (true, person.opted_out);
                person.revoked_at = person.revoked_at.max(Some(now));
                person.asked_at = None;
                self.model.overtake(&address, Some(Purpose::Marketing));
            }
            (Class::OptIn, _) => {
                (person.opted_out, person.wrote_since) = (false, false);
                (person.marketing_out, person.unsure) = (false, false);
            }
            (Class::Unsure, _) => {
                person.unsure |= !person.opted_out;
                person.wrote_since = person.opted_out;
            }
            (Class::Help | Class::None, _) => person.wrote_since = person.opted_out,
        }
        Ok(())
    }

    /// A customer ticks the box on the shop's page; the news of it may come late.
    async fn customer_agrees(&mut self) -> Result<(), String> {
        let number = phone(self.random.below(PHONES));
        let now = engine::Clock::now(&*self.clock);
        let late = if self.random.below(3) == 0 { i64::try_from(self.random.below(7_200_000)).unwrap_or(0) } else { 0 };
        let at = now - late;
        loop {
            let new = agreement(&number, Some(at));
            match self.engine.consent_record(self.ws, Actor::System, new).await {
                Ok(_) => break,
                Err(_) if self.dead() => self.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
        let person = self.model.people.entry(number.clone()).or_default();
        let counts = person.agrees(at);
        self.note(&format!("agrees {number} {late} {counts}"));
        Ok(())
    }

    /// A member reads a text that may have asked to stop, and says whether it did.
    async fn member_judges(&mut self) -> Result<(), String> {
        let open = match self.engine.unsure_text_page(self.ws, None, 20).await {
            Ok(open) => open,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let Some(row) = self.random.pick(&open).cloned() else { return Ok(()) };
        let asked = self.random.below(2) == 0;
        loop {
            match self.engine.unsure_text_answer(self.ws, Actor::System, row.message, asked).await {
                // The answer may have been kept before the death.
                Ok(_) | Err(UnsureTextError::Answered) => break,
                Err(_) if self.dead() => self.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
        self.report.judged += 1;
        self.note(&format!("judges {} {asked}", row.address));
        let another = open.iter().any(|one| one.address == row.address && one.message != row.message);
        let person = self.model.people.entry(row.address.clone()).or_default();
        if asked {
            // It counts from the text on, and ends what they permitted before it was read.
            let since = person.agreed_at.max(person.asked_at);
            person.leaves(row.asked_at.max(since.unwrap_or(row.asked_at)));
            self.model.overtake(&row.address, None);
        } else {
            person.unsure = another;
        }
        Ok(())
    }

    /// Posts a text until it is answered.
    pub(super) async fn post(&mut self, text: &InboundText) -> Result<engine::inbound::Received, String> {
        loop {
            let account = match self.engine.account_facts(self.ws, self.account).await {
                Ok(account) => account.ok_or("the account is gone")?,
                Err(_) if self.dead() => {
                    self.die().await?;
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            };
            match self.engine.inbound_receive(self.ws, &account, text.clone()).await {
                Ok(received) => return Ok(received),
                // It may have been taken before the death: then its repeat says so.
                Err(_) if self.dead() => {
                    self.die().await?;
                    let id = text.provider_id.clone();
                    let account = self.account;
                    let known = self
                        .engine
                        .store()
                        .workspace(self.ws)
                        .read(move |tx| store::inbound::knows(tx, account, &id))
                        .await
                        .map_err(|error| error.to_string())?;
                    if known {
                        self.model.posted.insert(text.provider_id.clone());
                    }
                }
                Err(error) => return Err(format!("a text was refused: {error}")),
            }
        }
    }

    async fn member_replies(&mut self) -> Result<(), String> {
        let open = match self.engine.conversation_page(self.ws, None, View::Open, None, 20).await {
            Ok(page) => page.rows,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        let Some(row) = self.random.pick(&open).cloned() else { return Ok(()) };
        let body = self.random.pick(REPLIES).copied().unwrap_or_default();
        let to = Destination::Conversation { id: row.id, after_seq: None };
        self.accept(to, Origin::Person, Purpose::Conversational, body, &row.address).await?;
        // A shop that leaves every talk open sells to nobody.
        if self.random.below(2) == 0 { self.sort(row.id, Change::Close).await.map(drop) } else { Ok(()) }
    }

    async fn program_sends(&mut self) -> Result<(), String> {
        let to = phone(self.random.below(PHONES));
        let purpose =
            *self.random.pick(&[Purpose::Transactional, Purpose::Marketing, Purpose::Otp]).unwrap_or(&Purpose::Otp);
        let origin = *self.random.pick(&[Origin::Api, Origin::Flow, Origin::Bot]).unwrap_or(&Origin::Api);
        let body =
            format!("update {} of your order, which has been packed with care and is now with the carrier", self.step);
        let destination = Destination::Address { inbox: self.inbox, to: Address::parse(&to), name: None };
        self.accept(destination, origin, purpose, &body, &to).await
    }

    /// Asks until there is an answer, with the same id: one text, whatever dies between.
    pub(super) async fn accept(
        &mut self,
        to: Destination,
        origin: Origin,
        purpose: Purpose,
        body: &str,
        address: &str,
    ) -> Result<(), String> {
        let message: MessageId = self.engine.new_id();
        let text = NewText {
            message,
            body: body.to_owned(),
            media: Vec::new(),
            origin,
            purpose,
            topic: String::new(),
            author: Author::SYSTEM,
            send_after: None,
            valid_until: None,
            retry_of: None,
        };
        loop {
            match self.engine.text_accept(self.ws, to.clone(), text.clone()).await {
                Ok(accepted) => {
                    let state = accepted.message.state;
                    self.note(&format!("out {address} {} {}", origin.word(), state.word()));
                    self.report.accepted += 1;
                    if !origin.automatic() && !accepted.repeated && state != State::Refused {
                        let person = self.model.people.entry(address.to_owned()).or_default();
                        person.texted_at = Some(engine::Clock::now(&*self.clock));
                    }
                    self.model.texts.insert(
                        message,
                        super::check::Text {
                            address: address.to_owned(),
                            origin,
                            purpose,
                            seen: state,
                            overtaken: false,
                        },
                    );
                    return self.check_accept(&accepted, address, origin, purpose);
                }
                Err(_) if self.dead() => self.die().await?,
                Err(error) => return Err(format!("a text was not kept: {error}")),
            }
        }
    }

    /// Claims and keeps the texts in hand for a while: a STOP may come now.
    async fn claim(&mut self) -> Result<(), String> {
        let claimed = match self.engine.send_claim_one(self.ws, self.account).await {
            Ok(claimed) => claimed,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        self.note(&format!("claim {} {}", claimed.cleared.len(), claimed.stopped));
        for text in &claimed.cleared {
            if self.check_cleared(text).await? == Purpose::Marketing {
                self.report.marketing += 1;
                self.model.sold.insert(text.item().attempt, engine::Clock::now(&*self.clock));
            }
        }
        if !claimed.cleared.is_empty() {
            self.model.hands.push(claimed.cleared);
        }
        Ok(())
    }

    async fn hand_over(&mut self) -> Result<(), String> {
        if self.model.hands.is_empty() {
            return Ok(());
        }
        let batch = self.model.hands.remove(0);
        // Now and then the moment passes.
        let late = i64::try_from(self.random.below(400)).unwrap_or(0);
        self.clock.advance(late);
        let account = match self.engine.account_facts(self.ws, self.account).await {
            Ok(account) => account.ok_or("the account is gone")?,
            Err(_) if self.dead() => return Ok(()),
            Err(error) => return Err(error.to_string()),
        };
        self.note(&format!("hand over {} after {late}", batch.len()));
        match self.engine.send_hand_over(self.ws, &account, batch).await {
            Ok(()) => Ok(()),
            Err(_) if self.dead() => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The carrier delivers, and its receipts are posted until they are answered.
    async fn carrier_works(&mut self) -> Result<(), String> {
        let now = channels::channel::Monotonic::monotonic_ms(&*self.clock);
        let mut receipts: Vec<Receipt> = Vec::new();
        for event in self.carrier.due(now) {
            match event {
                CarrierEvent::Delivered(text) => {
                    self.report.delivered += 1;
                    self.note(&format!("phone {} {}", text.number, text.body));
                    self.check_delivered(&text).await?;
                }
                CarrierEvent::Receipt { receipt, .. } => receipts.push(receipt),
                CarrierEvent::Inbound { .. } => {}
            }
        }
        if receipts.is_empty() {
            return Ok(());
        }
        // Now and then a post is made twice, or the last comes first.
        if self.random.below(3) == 0 {
            receipts.reverse();
        }
        let posts = 1 + self.random.below(3) / 2;
        for _ in 0..posts {
            loop {
                match self.engine.receipt_record(self.ws, self.account, receipts.clone()).await {
                    Ok(()) => break,
                    Err(_) if self.dead() => self.die().await?,
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
        self.note(&format!("receipts {}", receipts.len()));
        self.check_states().await
    }

    fn time_passes(&mut self) {
        let ms = match self.random.below(10) {
            0..=5 => self.random.below(5_000),
            6..=8 => self.random.below(3_600_000),
            _ => self.random.below(36_000_000),
        };
        self.clock.advance(i64::try_from(ms).unwrap_or(0));
        self.note(&format!("time {ms}"));
    }

    async fn sweep(&mut self) -> Result<(), String> {
        match self.engine.sweep_round(self.ws).await {
            Ok(()) => {
                self.note("sweep");
                Ok(())
            }
            Err(_) if self.dead() => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    async fn switch(&mut self) -> Result<(), String> {
        let stopped = !self.model.stopped && self.random.below(2) == 0;
        let hand = Hand { author: Author::SYSTEM, name: "Sim".to_owned() };
        loop {
            match self.engine.sending_set_workspace(self.ws, hand.clone(), stopped, String::new()).await {
                Ok(()) => break,
                Err(_) if self.dead() => self.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
        self.model.stopped = stopped;
        self.note(&format!("stopped {stopped}"));
        Ok(())
    }

    /// Ends the run: the network heals, everything that may leave leaves, and the books are checked.
    pub(super) async fn finish(mut self) -> Result<super::Report, String> {
        self.plan.deep = false;
        self.fuse.store(super::NEVER, Ordering::SeqCst);
        self.carrier.set_faults(self.account, channels::simulator::Faults::none());
        let hand = Hand { author: Author::SYSTEM, name: "Sim".to_owned() };
        self.engine
            .sending_set_workspace(self.ws, hand, false, String::new())
            .await
            .map_err(|error| error.to_string())?;
        self.model.stopped = false;
        while !self.model.hands.is_empty() {
            self.hand_over().await?;
        }
        self.close_all().await?;
        self.sell_to_all().await?;
        for _ in 0..400 {
            self.clock.advance(30 * 60_000);
            self.claim().await?;
            self.hand_over().await?;
            self.carrier_works().await?;
            self.sweep().await?;
        }
        self.check_books().await?;
        let ambiguous = self.model.texts.values().filter(|text| text.seen == State::Ambiguous).count();
        self.report.ambiguous = ambiguous;
        self.report.trace = hex::encode(sha2::Digest::finalize(std::mem::take(&mut self.trace)));
        self.engine.store().clone().close().await;
        Ok(self.report)
    }
}
