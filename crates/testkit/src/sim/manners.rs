//! The shop's own caps and courtesy: no phone gets more than the shop's limit, and nobody is sold anything
//! while they talk with a member or complain.

use super::Sim;
use super::act::{PHONES, phone};
use crate::world::set_policy;
use domain::address::Address;
use domain::conversation::Status;
use domain::gate::{Caps, SendingPolicy};
use domain::id::{AttemptId, ConversationId};
use domain::limits::{COURTESY_RECENT_MS, DAY_MS};
use domain::message::{Origin, Purpose};
use engine::conversation::Change;
use engine::reply::{Author, Destination};
use store::conversation::View;
use store::{conversation, customer};

/// So many marketing texts a day: few enough that the cap is met, enough that all have left a week later.
const A_DAY: u32 = 3;

impl Sim {
    /// The shop chooses its limit, and keeps courtesy as it is from the start.
    pub(super) async fn choose_manners(&mut self) -> Result<(), String> {
        let policy = SendingPolicy { caps: Caps { day: Some(A_DAY), ..Caps::NONE }, ..SendingPolicy::default() };
        set_policy(&self.engine, self.ws, policy).await.map_err(|error| error.to_string())
    }

    /// A marketing text that passes the gate interrupts no talk and meets no complaint.
    pub(super) async fn check_manners(&self, to: &str) -> Result<(), String> {
        let (now, address) = (engine::Clock::now(&*self.clock), to.to_owned());
        let workspace = self.engine.store().workspace(self.ws);
        let talks = workspace.read(move |tx| {
            let Some(known) = customer::by_address(tx, &address)? else { return Ok(Vec::new()) };
            conversation::of_customer(tx, known, 1_000)
        });
        let talks = talks.await.map_err(|error: store::DbError| error.to_string())?;
        let rude = talks.iter().filter(|talk| talk.status != Status::Closed).find(|talk| {
            let lately = talk.last_inbound_at.is_some_and(|at| at > now - COURTESY_RECENT_MS);
            talk.waiting_since.is_some() || talk.complaint_at.is_some() || lately
        });
        rude.map_or(Ok(()), |talk| Err(format!("marketing passed the gate to {to} in the middle of {}", talk.id)))
    }

    /// A marketing text that reaches a phone is one of at most so many of a day, by when they were claimed.
    pub(super) fn check_cap(&mut self, attempt: AttemptId, number: &str) -> Result<(), String> {
        let Some(claimed_at) = self.model.sold.get(&attempt).copied() else { return Ok(()) };
        let got = self.model.got.entry(number.to_owned()).or_default();
        got.push(claimed_at);
        let most = got.iter().map(|at| got.iter().filter(|other| **other > at - DAY_MS && *other <= at).count()).max();
        if most.is_some_and(|most| most > A_DAY as usize) {
            return Err(format!("{number} got more than {A_DAY} marketing texts within a day"));
        }
        Ok(())
    }

    /// A last sale to everybody, of one text more than the shop allows a day: who agreed gets them all, by and by.
    pub(super) async fn sell_to_all(&mut self) -> Result<(), String> {
        for n in 0..PHONES {
            let to = phone(n);
            for _ in 0..=A_DAY {
                let destination = Destination::Address { inbox: self.inbox, to: Address::parse(&to), name: None };
                let body = "update of the shop, whose shelves are full again";
                self.accept(destination, Origin::Campaign, Purpose::Marketing, body, &to).await?;
            }
        }
        Ok(())
    }

    /// At the end members close whatever is open.
    pub(super) async fn close_all(&mut self) -> Result<(), String> {
        for view in [View::Open, View::Snoozed] {
            let page = self.engine.conversation_page(self.ws, None, view, None, 1_000).await;
            let open: Vec<ConversationId> =
                page.map_err(|error| error.to_string())?.rows.iter().map(|row| row.id).collect();
            for id in open {
                let closed = self.engine.conversation_change(self.ws, id, Author::SYSTEM, Change::Close).await;
                closed.map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}
