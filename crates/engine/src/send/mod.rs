//! The hand-over protocol: claim, write, answer, settle.
//!
//! 1. *Claim*, one transaction: lock the addresses, read wishes, gate, note an
//!    attempt. It commits before the first byte leaves.
//! 2. *Write*: the channel takes the cleared texts and checks their deadline.
//! 3. *Answer*: the channel only classifies. Not taken goes back through the
//!    outbox and the gate; unknown is set aside as ambiguous and never repeated.
//! 4. *Settle*, one transaction: attempt, message, outbox and events together.

mod claim;
mod settle;
mod sweep;

use crate::Engine;
use crate::directory::{AccountFacts, Accounts};
use domain::id::{AccountId, AttemptId, ConversationId, MessageId, WorkspaceId};
use domain::limits::HAND_OVER_MS;
use domain::message::State;
use domain::outcome::Submission;
use domain::send::{Cleared, OutboundText};
use store::attempt::Settlement;
use store::message::StateChange;
use store::{DbError, Tx, message, outbox};

/// How long a claim may stay unanswered before it counts as ambiguous, in ms.
/// Longer than any channel's own time-out.
const LEASE_MS: i64 = 60_000;

/// What one claim did.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Texts that passed the gate, to be handed over by their deadline.
    pub cleared: Vec<Cleared<OutboundText>>,
    /// How many the gate held or refused.
    pub stopped: usize,
}

impl Engine {
    /// Hands over what is due in one workspace. Returns how many intents were touched.
    ///
    /// # Errors
    /// When the store fails; nothing that was claimed is lost then.
    pub async fn send_due(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        let now = self.now();
        let due = self.workspace(ws).read(move |tx| outbox::due_accounts(tx, now)).await?;
        let accounts = self.accounts(ws).await?;
        let mut touched = 0;
        for id in due {
            let facts = accounts.get(&id).cloned();
            let claimed = self.send_claim(ws, id, &accounts).await?;
            touched += claimed.cleared.len() + claimed.stopped;
            if let Some(facts) = facts.filter(|_| !claimed.cleared.is_empty()) {
                self.send_hand_over(ws, &facts, claimed.cleared).await?;
            }
        }
        Ok(touched)
    }

    /// Claims due intents of one account through the gate.
    ///
    /// # Errors
    /// When the store fails.
    pub(crate) async fn send_claim(
        &self,
        ws: WorkspaceId,
        account: AccountId,
        accounts: &Accounts,
    ) -> Result<Claimed, DbError> {
        let real = accounts.get(&account).is_none_or(|facts| facts.capabilities.real);
        let limit = if real { self.settings().claim_real } else { self.settings().claim_simulated };
        let now = self.now();
        let deadline = self.clock().monotonic_ms() + HAND_OVER_MS;
        let attempts: Vec<AttemptId> = (0..limit).map(|_| self.new_id()).collect();
        let accounts = Accounts::clone(accounts);
        let engine = self.clone();
        self.workspace(ws)
            .write(move |tx| {
                let round =
                    claim::Round { workspace: ws, engine: &engine, accounts: &accounts, account, limit, now, deadline };
                claim::claim_in(tx, &round, &attempts)
            })
            .await
    }

    /// Claims what is due of one account, without handing it over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn send_claim_one(&self, ws: WorkspaceId, account: AccountId) -> Result<Claimed, DbError> {
        let accounts = self.accounts(ws).await?;
        self.send_claim(ws, account, &accounts).await
    }

    /// Writes cleared texts to their provider and settles the answers.
    ///
    /// # Errors
    /// When the store stays away; the leases then run out into ambiguity.
    pub async fn send_hand_over(
        &self,
        ws: WorkspaceId,
        facts: &AccountFacts,
        batch: Vec<Cleared<OutboundText>>,
    ) -> Result<(), DbError> {
        let Some(sender) = self.registry().get(&facts.provider).and_then(|channel| channel.sends()) else {
            let back = batch.into_iter().map(|text| (text.spend().attempt, Submission::HandedBack)).collect();
            return self.send_settle(ws, facts.account.id, back).await;
        };
        let answers = sender.send(&facts.account, self.monotonic(), batch).await;
        // What the simulated carrier took may be due at once.
        self.running.carry.notify_one();
        // The provider has acted: its word must reach the store, however long that takes.
        let mut wait = 50;
        loop {
            match self.send_settle(ws, facts.account.id, answers.clone()).await {
                Ok(()) => return Ok(()),
                Err(error) if wait > 5_000 => return Err(error),
                Err(error) => {
                    tracing::warn!(workspace.id = %ws, %error, "answers of a provider wait for the store");
                    tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
                    wait *= 2;
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
        let repeats = self.account_facts(ws, account).await?.is_some_and(|facts| facts.repeats_safely);
        self.workspace(ws).write(move |tx| settle::settle_in(tx, account, &answers, repeats, now)).await
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
        self.workspace(ws).write(move |tx| sweep::sweep_in(tx, &accounts, ended, now)).await
    }
}

const AMBIGUOUS: (&str, &str) =
    ("ambiguous", "The connection broke while the provider was taking it. It is not sent again by itself.");

/// Counts anew how many texts of some conversations need a look.
pub(crate) fn count_failed(
    tx: &mut Tx<'_>,
    conversations: impl Iterator<Item = ConversationId>,
) -> Result<(), DbError> {
    let mut conversations: Vec<ConversationId> = conversations.collect();
    conversations.sort_unstable();
    conversations.dedup();
    for id in conversations {
        let failed = message::failed_count(tx, id)?;
        store::conversation::set_failed(tx, id, failed)?;
    }
    Ok(())
}

fn ambiguous(id: AttemptId, now: i64) -> Settlement {
    Settlement { id, state: State::Ambiguous, provider_id: None, error_class: None, error_code: None, at: now }
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
