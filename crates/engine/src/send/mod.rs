//! The hand-over protocol: claim, write, answer, settle.
//!
//! 1. *Claim*, one transaction: lock the addresses, read wishes, gate, note an
//!    attempt. It commits before the first byte leaves.
//! 2. *Write*: the channel takes the cleared texts and checks their deadline.
//! 3. *Answer*: the channel only classifies. Not taken goes back through the
//!    outbox and the gate; unknown is set aside as ambiguous and never repeated.
//! 4. *Settle*, one transaction: attempt, message, outbox and events together.

mod claim;
mod hasten;
mod lines;
mod settle;
mod sweep;

use crate::Engine;
use crate::directory::{AccountFacts, Accounts};
pub(crate) use lines::{Class, Line, Lines};

pub use hasten::HastenError;

use domain::id::{AccountId, AttemptId, ConversationId, MessageId, WorkspaceId};
use domain::limits::HAND_OVER_MS;
use domain::message::State;
use domain::outcome::Submission;
use domain::send::{Cleared, OutboundText};
use std::time::Duration;
use store::attempt::Settlement;
use store::message::StateChange;
use store::{DbError, DbErrorKind, Tx};

/// How long a claim may stay unanswered before it counts as ambiguous, in ms.
/// Longer than any channel's own time-out.
const LEASE_MS: i64 = 60_000;

/// How long an answer waits at first for a store that is away, and at most, in ms.
const SETTLE_WAIT_MS: u64 = 50;
const SETTLE_WAIT_MAX_MS: u64 = 5_000;

/// What one claim did.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Texts that passed the gate, to be handed over by their deadline.
    pub cleared: Vec<Cleared<OutboundText>>,
    /// How many the gate held or refused.
    pub stopped: usize,
}

impl Engine {
    /// Claims due intents of a line through the gate.
    ///
    /// # Errors
    /// When the store fails; nothing that was claimed is lost then.
    pub(crate) async fn send_claim(&self, line: Line, accounts: &Accounts) -> Result<Claimed, DbError> {
        self.send_claim_share(line, accounts, 0).await
    }

    /// As [`Self::send_claim`], of a batch halved so many times.
    pub(crate) async fn send_claim_share(
        &self,
        line: Line,
        accounts: &Accounts,
        halved: u32,
    ) -> Result<Claimed, DbError> {
        let Line { ws, account, class } = line;
        let real = accounts.get(&account).is_none_or(|facts| facts.capabilities.real);
        let most = if real { self.settings().claim_real } else { self.settings().claim_simulated };
        let limit = (most >> halved.min(16)).max(1);
        let attempts: Vec<AttemptId> = (0..limit).map(|_| self.new_id()).collect();
        let accounts = Accounts::clone(accounts);
        let engine = self.clone();
        let write = move |tx: &mut Tx<'_>| {
            // Read here, not by the caller: the moment in which a claim must leave
            // begins with its transaction, however long that had to wait for others.
            // Run again, it begins anew, and what was made before is thrown away.
            let (now, deadline) = (engine.now(), engine.clock().monotonic_ms() + HAND_OVER_MS);
            let (engine, accounts, lanes) = (&engine, &accounts, class.lanes());
            let round = claim::Round { workspace: ws, engine, accounts, account, lanes, limit, now, deadline };
            claim::claim_in(tx, &round, &attempts)
        };
        match class {
            Class::Rest => self.hand_overs(ws).write_bulk_alone(write).await,
            Class::Owed | Class::People | Class::All => self.hand_overs(ws).write(write).await,
        }
    }

    /// Claims what is due of one account, without handing it over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_claim_one(&self, ws: WorkspaceId, account: AccountId) -> Result<Claimed, DbError> {
        let accounts = self.accounts(ws).await?;
        self.send_claim(Line { ws, account, class: Class::All }, &accounts).await
    }

    /// Writes cleared texts to their provider and settles the answers.
    ///
    /// # Errors
    /// When the store stays away until the process ends; the leases then run out
    /// into ambiguity.
    pub async fn send_hand_over(
        &self,
        ws: WorkspaceId,
        facts: &AccountFacts,
        batch: Vec<Cleared<OutboundText>>,
    ) -> Result<(), DbError> {
        self.hand_over(ws, facts, batch).await.map(|_| ())
    }

    /// As [`Self::send_hand_over`]; answers how many came too late and were handed back.
    pub(crate) async fn hand_over(
        &self,
        ws: WorkspaceId,
        facts: &AccountFacts,
        batch: Vec<Cleared<OutboundText>>,
    ) -> Result<usize, DbError> {
        let Some(sender) = self.registry().get(&facts.provider).and_then(|channel| channel.sends()) else {
            let back: Vec<_> = batch.into_iter().map(|text| (text.spend().attempt, Submission::HandedBack)).collect();
            let count = back.len();
            return self.send_settle_surely(ws, facts.account.id, back).await.map(|()| count);
        };
        let answers = sender.send(&facts.account, self.monotonic(), batch).await;
        // What the simulated carrier took may be due at once.
        self.running.carry.notify_one();
        let back = answers.iter().filter(|(_, answer)| matches!(answer, Submission::HandedBack)).count();
        self.send_settle_surely(ws, facts.account.id, answers).await.map(|()| back)
    }

    /// Writes down what submits came to, however long the store is away: the
    /// provider has acted, and nobody else knows how. What waits here is bounded
    /// by the hand-overs that may be under way.
    async fn send_settle_surely(
        &self,
        ws: WorkspaceId,
        account: AccountId,
        answers: Vec<(AttemptId, Submission)>,
    ) -> Result<(), DbError> {
        let mut wait_ms = SETTLE_WAIT_MS;
        loop {
            // Once told to end, a last time.
            let last = self.stopped();
            match self.send_settle(ws, account, answers.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if last || error.kind() == DbErrorKind::Crashed => return Err(error),
                Err(error) => {
                    tracing::warn!(workspace.id = %ws, %error, "answers of a provider wait for the store");
                    self.nap(Duration::from_millis(wait_ms)).await;
                    wait_ms = (wait_ms * 2).min(SETTLE_WAIT_MAX_MS);
                }
            }
        }
    }

    /// Writes down what submits came to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_settle(
        &self,
        ws: WorkspaceId,
        account: AccountId,
        answers: Vec<(AttemptId, Submission)>,
    ) -> Result<(), DbError> {
        let now = self.now();
        self.login_told(ws, account, &answers).await;
        let repeats = self.account_facts(ws, account).await?.is_some_and(|facts| facts.repeats_safely);
        let many = answers.len() > store::BULK;
        let write = move |tx: &mut Tx<'_>| settle::settle_in(tx, account, &answers, repeats, now);
        if many { self.hand_overs(ws).write_bulk(write).await } else { self.hand_overs(ws).write(write).await }
    }

    /// Ends claims whose lease ran out. Returns how many.
    ///
    /// Nobody knows whether their provider has them, so they become ambiguous,
    /// unless it carries out a repeated submit once: then they are due again.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_sweep(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        self.sweep_before(ws, self.now()).await
    }

    /// At the start of a process that alone owns its store: whatever was claimed
    /// belongs to a dead process, so its leases end now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_sweep_at_start(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        let mut all = 0;
        loop {
            let swept = self.sweep_before(ws, self.now() + LEASE_MS + 1).await?;
            all += swept;
            if swept == 0 {
                return Ok(all);
            }
        }
    }

    async fn sweep_before(&self, ws: WorkspaceId, ended: i64) -> Result<usize, DbError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        self.hand_overs(ws).write(move |tx| sweep::sweep_in(tx, &accounts, ended, now)).await
    }
}

const AMBIGUOUS: (&str, &str) =
    ("ambiguous", "The connection broke while the provider was taking it. It is not sent again by itself.");

/// What is said of a text whose provider is asked again, since it carries out a repeated submit once.
const ANSWER_LOST: (&str, &str) =
    ("answer_lost", "The answer was lost; the provider is asked again under the same key.");

/// Counts anew how many texts of some conversations need a look.
pub(crate) fn count_failed(
    tx: &mut Tx<'_>,
    conversations: impl Iterator<Item = ConversationId>,
) -> Result<(), DbError> {
    store::conversation::recount_failed(tx, conversations.collect())
}

fn ambiguous(id: AttemptId, now: i64) -> Settlement {
    Settlement {
        id,
        state: State::Ambiguous,
        provider_id: None,
        progress: None,
        error_class: None,
        error_code: None,
        at: now,
    }
}

fn state(id: MessageId, to: State, now: i64, why: (&str, &str)) -> StateChange {
    StateChange {
        id,
        state: to,
        at: now,
        code: Some(why.0.to_owned()),
        detail: Some(why.1.to_owned()),
        held_until: None,
    }
}
