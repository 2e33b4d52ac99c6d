//! The road out: asked for, claimed, handed over, arrived; judged at each step.

use super::books::last_of;
use super::nodes::surely;
use super::people::Said;
use super::{Sent, Year, calendar};
use channels::channel::{Monotonic as _, Receipt};
use channels::simulator::{CarrierEvent, Faults, HandsetText};
use domain::gate::Decision;
use domain::id::{Id, MessageId};
use domain::limits::HAND_OVER_MS;
use domain::message::{Origin, Purpose, State};
use domain::send::{Cleared, OutboundText};
use engine::idempotency::Keep;
use engine::reply::{Author, Destination, NewText};
use store::decision::Pass;
use uuid::Uuid;

/// Customers who may soon be texted again.
const RECENT: usize = 60;
/// How long everything takes to come to rest, in steps of two hours: no hold is longer.
const REST_STEPS: u32 = 9 * 12;
const REST_STEP_MS: i64 = 2 * 60 * 60_000;

impl Year {
    /// A batch of texts is asked for, and each answer judged.
    pub(super) async fn ask_for(&mut self, count: u64) -> Result<(), String> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let place = self.recipient();
            let (origin, purpose) = match self.sim.random.below(20) {
                0 | 1 => (Origin::Api, Purpose::Transactional),
                2 => (Origin::Flow, Purpose::Transactional),
                3 => (Origin::Api, Purpose::Otp),
                4 => (Origin::Person, Purpose::Conversational),
                _ => (Origin::Campaign, Purpose::Marketing),
            };
            let Some(customer) = self.customers.get_mut(place) else { continue };
            let message: MessageId = self.sim.engine.new_id();
            self.tally.sends += 1;
            let body = match purpose {
                Purpose::Marketing => format!("Fern: item {} is here. Reply STOP to cancel.", self.tally.sends),
                _ => format!("Your order {} is with the carrier now.", self.tally.sends),
            };
            customer.texts.push(message);
            let to = Destination::Address { inbox: self.sim.inbox, to: customer.to.clone(), name: None };
            self.sent.insert(message, Sent { to: place, origin, purpose, overtaken: false });
            texts.push((to, new_text(message, body, origin, purpose)));
        }
        self.turn();
        self.dare();
        let now = self.now();
        let answers = surely!(self, self.sim.engine.texts_accept(self.sim.ws, texts.clone(), Keep::NOTHING));
        let mut stopped = Vec::new();
        for answer in answers {
            let accepted = answer.map_err(|error| format!("a text was not kept: {error}"))?;
            let row = accepted.message;
            let Some(sent) = self.sent.get(&row.id).copied() else { continue };
            self.tally.held += u64::from(row.state == State::Held);
            self.tally.refused += u64::from(row.state == State::Refused);
            let deep = self.one_in(8);
            // Who died after the commit finds the texts kept, and no verdict in the answer.
            if let (Some(decision), Some(customer)) = (&accepted.decision, self.customers.get(sent.to)) {
                let judged = self.judge.accepted(customer, sent, now, decision, deep);
                judged.map_err(|what| self.at(sent.to, &format!("{what}; {}", decision.detail)))?;
            }
            if row.state != State::Queued {
                stopped.push(row);
            }
        }
        self.explained(&stopped, Some(Pass::Accept), Some(now)).await
    }

    /// Everybody in turn, and now and then one of the last once more: caps count within a day.
    fn recipient(&mut self) -> usize {
        let again = self.one_in(5).then(|| self.sim.random.pick(self.recent.make_contiguous()).copied()).flatten();
        again.unwrap_or_else(|| {
            let place = self.next % self.customers.len().max(1);
            self.next += 1;
            self.recent.push_back(place);
            if self.recent.len() > RECENT {
                self.recent.pop_front();
            }
            place
        })
    }

    /// Whatever is due is claimed and handed over, however often it comes back.
    pub(super) async fn hand_out(&mut self) -> Result<(), String> {
        loop {
            let first = self.turn();
            if self.one_in(3) {
                surely!(self, self.sim.engine.sweep_round(self.sim.ws));
            }
            self.dare();
            let claimed = match self.sim.engine.send_claim_one(self.sim.ws, self.sim.account).await {
                Ok(claimed) => claimed,
                // What it had claimed is left to its lease.
                Err(_) if self.sim.dead() => {
                    self.sim.die().await?;
                    continue;
                }
                Err(error) => return Err(error.to_string()),
            };
            if claimed.cleared.is_empty() && claimed.stopped == 0 {
                return Ok(());
            }
            self.judge_cleared(&claimed.cleared).await?;
            if !claimed.cleared.is_empty() {
                self.in_hand(first, claimed.cleared).await?;
            }
        }
    }

    /// Invariants 1, 2 and 6 at the moment at which texts pass the gate.
    async fn judge_cleared(&mut self, cleared: &[Cleared<OutboundText>]) -> Result<(), String> {
        let now = self.now();
        let ids: Vec<Uuid> = cleared.iter().map(|text| Id::uuid(text.item().message)).collect();
        let kept = last_of(self.decisions(ids).await?, Some(Pass::Claim));
        for text in cleared {
            let item = text.item();
            let (row, decision) =
                kept.get(&item.message).ok_or_else(|| format!("{} left without a recorded decision", item.message))?;
            let known = self.sent.get(&item.message).copied();
            let sent = match known {
                Some(sent) => sent,
                None => self.made_by_hark(item, decision)?,
            };
            let deep = self.one_in(8);
            let Some(customer) = self.customers.get_mut(sent.to) else { continue };
            customer.forget(now);
            let judged = self.judge.cleared(customer, sent, item, now, deep);
            let judged = judged.and_then(|()| match row.verdict.as_str() {
                "send" => self.judge.explained(customer, sent, decision, now),
                other => Err(format!("it left, and the record says {other}")),
            });
            if sent.purpose == Purpose::Marketing {
                customer.sold.retain(|(id, _)| *id != item.message);
                customer.sold.push((item.message, now));
                self.tally.sold += 1;
                self.tally.sold_at_changes += u64::from(calendar::changes(now));
            }
            judged.map_err(|what| self.at(sent.to, &format!("{}: {what}", item.message)))?;
        }
        Ok(())
    }

    /// A text that Hark itself owes: one confirmation for each opt-out, at most.
    fn made_by_hark(&mut self, item: &OutboundText, decision: &Decision) -> Result<Sent, String> {
        let to = self.by_number.get(item.to.as_str()).copied().ok_or("a text to nobody we know")?;
        let origin = Origin::from_word(&decision.basis.origin).ok_or("an unknown origin")?;
        let purpose = Purpose::from_word(&decision.basis.purpose).ok_or("an unknown purpose")?;
        if origin == Origin::OptOutConfirmation && self.confirmations.insert(item.message) {
            let Some(customer) = self.customers.get_mut(to) else { return Err("nobody".to_owned()) };
            customer.person.confirmed += 1;
            let (confirmed, episodes) = (customer.person.confirmed, customer.person.episodes);
            if confirmed > episodes {
                return Err(self.at(to, &format!("{confirmed} confirmations of {episodes} opt-outs")));
            }
        }
        Ok(Sent { to, origin, purpose, overtaken: false })
    }

    /// Texts are in the hands of the first node or the other; a STOP may come, or a death, or delay.
    async fn in_hand(&mut self, first: bool, cleared: Vec<Cleared<OutboundText>>) -> Result<(), String> {
        let of: Vec<(MessageId, Option<Sent>)> =
            cleared.iter().map(|text| (text.item().message, self.sent.get(&text.item().message).copied())).collect();
        let deaths = self.sim.report.deaths;
        if self.one_in(6)
            && let Some((_, Some(sent))) = self.sim.random.pick(&of).copied()
        {
            let fresh = self.customers.get(sent.to).is_some_and(|one| !one.person.opted_out);
            self.says(sent.to, Said::Stop).await?;
            self.tally.stops_in_hand += u64::from(fresh);
            // Who was opted out before hears what they may hear; and a death marks what it can.
            let marked = fresh && self.plan.untold.is_none() && self.sim.report.deaths == deaths;
            let theirs = of.iter().filter(|(_, one)| one.is_some_and(|one| one.to == sent.to)).map(|(id, _)| *id);
            for row in self.rows(theirs.map(Id::uuid).collect()).await? {
                if marked && !row.in_flight_at_opt_out {
                    return Err(self.at(sent.to, &format!("{} was in hand at the opt-out, and is not marked", row.id)));
                }
            }
            self.go_to(first);
        }
        // Some die between the claim and the first byte.
        if self.one_in(40) {
            self.lose(&of);
            return self.sim.die().await;
        }
        let account = surely!(self, self.sim.engine.account_facts(self.sim.ws, self.sim.account));
        let account = account.ok_or("the account is gone")?;
        if self.sim.report.deaths > deaths {
            // Somebody died meanwhile, and what was in hand went with them.
            self.lose(&of);
            return Ok(());
        }
        let wait = if self.one_in(20) { HAND_OVER_MS + 1 } else { 0 };
        let wait = wait + i64::try_from(self.sim.random.below(HAND_OVER_MS.unsigned_abs())).unwrap_or(0);
        self.sim.clock.advance(wait);
        if wait > HAND_OVER_MS {
            self.tally.late += 1;
            self.late.extend(cleared.iter().map(|text| text.item().attempt));
            self.lose(&of);
        }
        self.dare();
        match self.sim.engine.send_hand_over(self.sim.ws, &account, cleared).await {
            Ok(()) => Ok(()),
            Err(_) if self.sim.dead() => self.sim.die().await,
            Err(error) => Err(error.to_string()),
        }
    }

    /// These are not on the wire, or nobody knows: the judge counts them no more, the engine may.
    fn lose(&mut self, of: &[(MessageId, Option<Sent>)]) {
        let now = self.now();
        for (id, sent) in of {
            let Some(customer) = sent.and_then(|sent| self.customers.get_mut(sent.to)) else { continue };
            customer.sold.retain(|(sold, _)| sold != id);
            customer.lost.push(now);
        }
    }

    /// Phones receive, and the carrier's reports are posted until they are answered.
    pub(super) async fn carrier_works(&mut self) -> Result<(), String> {
        let monotonic = self.sim.clock.monotonic_ms();
        let mut receipts: Vec<Receipt> = Vec::new();
        for event in self.sim.carrier.due(monotonic) {
            match event {
                CarrierEvent::Delivered(text) => self.arrived(&text, self.now() - monotonic)?,
                CarrierEvent::Receipt { receipt, .. } => receipts.push(receipt),
                CarrierEvent::Inbound { .. } => {}
            }
        }
        if !receipts.is_empty() {
            self.turn();
            self.dare();
            let (ws, account) = (self.sim.ws, self.sim.account);
            surely!(self, self.sim.engine.receipt_record(ws, account, receipts.clone()));
        }
        Ok(())
    }

    /// A phone rings: by day, once, and with nothing that came too late to be handed over.
    fn arrived(&mut self, text: &HandsetText, offset: i64) -> Result<(), String> {
        let Some((message, attempt)) = text.message else { return Ok(()) };
        match self.sim.model.delivered.insert(message, attempt) {
            None => {}
            Some(known) if known == attempt => return Ok(()),
            Some(_) => return Err(format!("{message} reached {} twice", text.number)),
        }
        self.tally.arrived += 1;
        if self.late.contains(&attempt) {
            return Err(format!("{message} reached {} although its moment had passed", text.number));
        }
        let Some(sent) = self.sent.get(&message).copied() else { return Ok(()) };
        let Some(customer) = self.customers.get(sent.to) else { return Ok(()) };
        if sent.purpose == Purpose::Marketing && !self.judge.legal(text.at + offset, customer) {
            return Err(self.at(sent.to, &format!("{message} rang at {}, which is night", text.at + offset)));
        }
        Ok(())
    }

    /// The network heals, and whatever waits leaves or ends.
    pub(super) async fn rest(&mut self) -> Result<(), String> {
        self.until(calendar::ENDS);
        self.sim.carrier.set_faults(self.sim.account, Faults::none());
        for _ in 0..REST_STEPS {
            self.sim.clock.advance(REST_STEP_MS);
            surely!(self, self.sim.engine.sweep_round(self.sim.ws));
            self.hand_out().await?;
            self.carrier_works().await?;
        }
        Ok(())
    }
}

fn new_text(message: MessageId, body: String, origin: Origin, purpose: Purpose) -> NewText {
    NewText {
        message,
        body,
        media: Vec::new(),
        origin,
        purpose,
        topic: String::new(),
        author: Author::SYSTEM,
        send_after: None,
        valid_until: None,
        retry_of: None,
    }
}
