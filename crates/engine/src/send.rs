//! The hand-over protocol: claim, write, answer, settle.
//!
//! 1. *Claim*, one transaction: lock the addresses, read wishes, gate, note an
//!    attempt. It commits before the first byte leaves.
//! 2. *Write*: the channel takes the cleared texts and checks their deadline.
//! 3. *Answer*: the channel only classifies. Not taken goes back through the
//!    outbox and the gate; unknown is set aside as ambiguous and never repeated.
//! 4. *Settle*, one transaction: attempt, message, outbox and events together.

use crate::Engine;
use crate::directory::{AccountFacts, Accounts};
use crate::gate::{self, BRAND, Subject, Surroundings};
use crate::reply::event_state;
use domain::address::Address;
use domain::gate::{Decision, Verdict};
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId, WorkspaceId};
use domain::limits::{ATTEMPTS_MAX, HAND_OVER_MS};
use domain::message::State;
use domain::outcome::{ErrorClass, Submission};
use domain::receipt::{Progress, ReceiptState, message_state};
use domain::retry;
use domain::send::{Cleared, OutboundMedia, OutboundText};
use std::collections::HashMap;
use store::attempt::{NewAttempt, Settlement};
use store::decision::Pass;
use store::message::StateChange;
use store::outbox::Claim;
use store::{DbError, Tx, attempt, decision, media, message, outbox, receipt, sending, suppression};
use uuid::Uuid;

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
                    Round { workspace: ws, engine: &engine, accounts: &accounts, account, limit, now, deadline };
                claim_in(tx, &round, &attempts)
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
        self.workspace(ws).write(move |tx| settle_in(tx, account, &answers, repeats, now)).await
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
        self.workspace(ws).write(move |tx| sweep_in(tx, &accounts, ended, now)).await
    }
}

fn sweep_in(tx: &mut Tx<'_>, accounts: &Accounts, ended: i64, now: i64) -> Result<usize, DbError> {
    let expired = outbox::expired_leases(tx, ended, 500)?;
    let (again, unknown): (Vec<&outbox::Expired>, Vec<&outbox::Expired>) =
        expired.iter().partition(|claim| accounts.get(&claim.account).is_some_and(|facts| facts.repeats_safely));
    let mut states = Vec::with_capacity(expired.len());
    for claim in &again {
        outbox::give_back(tx, claim.message, now, false)?;
        states.push(state(
            claim.message,
            State::Queued,
            now,
            ("answer_lost", "The answer was lost; the provider is asked again under the same key."),
        ));
    }
    for claim in &unknown {
        outbox::set_ambiguous(tx, claim.message)?;
        states.push(state(claim.message, State::Ambiguous, now, AMBIGUOUS));
    }
    let attempts: Vec<Settlement> =
        expired.iter().filter_map(|claim| claim.attempt).map(|id| ambiguous(id, now)).collect();
    attempt::settle_many(tx, &attempts)?;
    message::set_states(tx, &states)?;
    for (claim, change) in again.iter().chain(&unknown).zip(&states) {
        event_state(tx, claim.message, claim.conversation, change.state, now);
    }
    count_failed(tx, unknown.iter().map(|claim| claim.conversation))?;
    Ok(expired.len())
}

const AMBIGUOUS: (&str, &str) =
    ("ambiguous", "The connection broke while the provider was taking it. It is not sent again by itself.");

/// What a round of claiming knows.
struct Round<'a> {
    workspace: WorkspaceId,
    engine: &'a Engine,
    accounts: &'a Accounts,
    account: AccountId,
    limit: i64,
    now: i64,
    deadline: i64,
}

fn claim_in(tx: &mut Tx<'_>, round: &Round<'_>, attempts: &[AttemptId]) -> Result<Claimed, DbError> {
    let now = round.now;
    let due = outbox::peek(tx, round.account, now, round.limit)?;
    if due.is_empty() {
        return Ok(Claimed::default());
    }
    let locks: HashMap<String, suppression::AddressFacts> =
        suppression::lock_free(tx, due.iter().map(|(_, address)| address.clone()).collect())?.into_iter().collect();
    let free: Vec<Uuid> =
        due.iter().filter(|(_, address)| locks.contains_key(address)).map(|(id, _)| Id::uuid(*id)).collect();
    let claims = outbox::claim(tx, free, now + LEASE_MS)?;
    let around = read_around(tx, &claims, locks)?;
    let mut out = Outcome::default();
    for (claim, attempt) in claims.iter().zip(attempts) {
        weigh(round, &around, claim, *attempt, &mut out);
    }
    out.write(tx, now)?;
    Ok(Claimed { stopped: out.stopped, cleared: out.cleared })
}

/// What the store says around a round of claims.
struct Around {
    locks: HashMap<String, suppression::AddressFacts>,
    bodies: HashMap<MessageId, message::Body>,
    pictures: HashMap<MessageId, Vec<media::MediaRow>>,
    opted_out: HashMap<String, i64>,
    talks: HashMap<ConversationId, Option<i64>>,
    inboxes: HashMap<Uuid, sending::InboxFacts>,
}

fn read_around(
    tx: &mut Tx<'_>,
    claims: &[Claim],
    locks: HashMap<String, suppression::AddressFacts>,
) -> Result<Around, DbError> {
    let distinct = |of: fn(&Claim) -> Uuid| {
        let mut ids: Vec<Uuid> = claims.iter().map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let messages = distinct(|claim| Id::uuid(claim.intent.message));
    let bodies: HashMap<_, _> = message::bodies(tx, messages)?.into_iter().map(|body| (body.id, body)).collect();
    let with_pictures = bodies.values().filter(|body| body.media > 0).map(|body| Id::uuid(body.id)).collect();
    let mut pictures: HashMap<MessageId, Vec<media::MediaRow>> = HashMap::new();
    for picture in media::of_messages(tx, with_pictures)? {
        if let Some(message) = picture.message {
            pictures.entry(message).or_default().push(picture);
        }
    }
    Ok(Around {
        bodies,
        pictures,
        opted_out: suppression::of(tx, BRAND, locks.keys().cloned().collect())?.into_iter().collect(),
        talks: store::conversation::talks(tx, distinct(|claim| Id::uuid(claim.intent.conversation)))?
            .into_iter()
            .collect(),
        inboxes: sending::inbox_facts(tx, distinct(|claim| Id::uuid(claim.intent.inbox)))?
            .into_iter()
            .map(|facts| (Id::uuid(facts.id), facts))
            .collect(),
        locks,
    })
}

/// What a round of claiming will write.
#[derive(Default)]
struct Outcome {
    cleared: Vec<Cleared<OutboundText>>,
    attempts: Vec<NewAttempt>,
    pairs: Vec<(MessageId, AttemptId)>,
    decisions: Vec<(MessageId, Decision)>,
    held: Vec<(MessageId, ConversationId, i64, StateChange)>,
    refused: Vec<(MessageId, ConversationId, StateChange)>,
    stopped: usize,
}

fn weigh(round: &Round<'_>, around: &Around, claim: &Claim, attempt: AttemptId, out: &mut Outcome) {
    let intent = &claim.intent;
    let (Some(body), Some(inbox), Some(lock)) = (
        around.bodies.get(&intent.message),
        around.inboxes.get(&Id::uuid(intent.inbox)),
        around.locks.get(&intent.address),
    ) else {
        // Foreign keys keep all three present; a missing one leaves the lease to the sweeper.
        tracing::error!(message.id = %intent.message, "claimed intent misses its message, inbox or address row");
        return;
    };
    let to = Address::parse(&intent.address);
    let pictures = around.pictures.get(&intent.message).map(Vec::as_slice).unwrap_or_default();
    let subject = Subject {
        now: round.now,
        origin: intent.origin,
        purpose: intent.purpose,
        to: &to,
        body: &body.body,
        media: pictures.len(),
        send_after: body.send_after,
        valid_until: intent.valid_until,
    };
    let candidates = gate::candidates(&to);
    let surroundings = Surroundings {
        inbox,
        capabilities: gate::capabilities(round.accounts, inbox),
        opted_out_since: around.opted_out.get(&intent.address).copied(),
        last_inbound_at: around.talks.get(&intent.conversation).copied().flatten(),
        address: lock,
        answers: None,
        counted: true,
        candidates: &candidates,
    };
    let item = OutboundText {
        workspace: round.workspace,
        account: intent.account,
        message: intent.message,
        attempt,
        from: Address::parse(&inbox.address),
        to: to.clone(),
        body: body.body.clone(),
        media: pictures.iter().map(|picture| round.picture(picture)).collect(),
        valid_until: intent.valid_until,
    };
    let inputs = gate::inputs(&subject, &surroundings);
    match domain::gate::clear(&inputs, item, round.deadline) {
        Ok((cleared, decision)) => {
            out.attempts.push(NewAttempt {
                id: attempt,
                message: intent.message,
                account: intent.account,
                address: intent.address.clone(),
                hand_over_by: round.now + HAND_OVER_MS,
                body_hash: gate::body_hash(&body.body),
                at: round.now,
            });
            out.pairs.push((intent.message, attempt));
            out.cleared.push(cleared);
            out.decisions.push((intent.message, decision));
        }
        Err(decision) => out.stop(claim, *decision, round.now),
    }
}

impl Round<'_> {
    fn picture(&self, row: &media::MediaRow) -> OutboundMedia {
        OutboundMedia {
            url: self.engine.media_url(self.workspace, row.id, self.now),
            content_type: row.content_type.clone(),
            bytes: u64::try_from(row.bytes).unwrap_or(0),
        }
    }
}

impl Outcome {
    fn stop(&mut self, claim: &Claim, decision: Decision, now: i64) {
        let (message, conversation) = (claim.intent.message, claim.intent.conversation);
        let change = |state, held_until| StateChange {
            id: message,
            state,
            at: now,
            code: Some(decision.code.clone()),
            detail: Some(decision.detail.clone()),
            held_until,
        };
        match decision.verdict {
            Verdict::Hold { until } => self.held.push((message, conversation, until, change(State::Held, Some(until)))),
            Verdict::Refuse | Verdict::Send => self.refused.push((message, conversation, change(State::Refused, None))),
        }
        self.stopped += 1;
        self.decisions.push((message, decision));
    }

    fn write(&self, tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
        attempt::insert_many(tx, &self.attempts)?;
        outbox::set_attempts(tx, &self.pairs)?;
        let leaving: Vec<Uuid> = self.pairs.iter().map(|(message, _)| Id::uuid(*message)).collect();
        if !leaving.is_empty() {
            message::set_handing_over(tx, leaving, now)?;
        }
        decision::insert_many(tx, self.decisions.iter().map(|(id, decision)| (*id, decision)), Pass::Claim, now)?;
        for (message, conversation, until, change) in &self.held {
            outbox::give_back(tx, *message, *until, true)?;
            message::set_states(tx, std::slice::from_ref(change))?;
            event_state(tx, *message, *conversation, State::Held, now);
        }
        outbox::remove_many(tx, self.refused.iter().map(|(message, _, _)| Id::uuid(*message)).collect())?;
        let changes: Vec<StateChange> = self.refused.iter().map(|(_, _, change)| change.clone()).collect();
        message::set_states(tx, &changes)?;
        for (message, conversation, _) in &self.refused {
            event_state(tx, *message, *conversation, State::Refused, now);
        }
        count_failed(tx, self.refused.iter().map(|(_, conversation, _)| *conversation))
    }
}

fn settle_in(
    tx: &mut Tx<'_>,
    account: AccountId,
    answers: &[(AttemptId, Submission)],
    repeats: bool,
    now: i64,
) -> Result<(), DbError> {
    let ids = answers.iter().map(|(id, _)| Id::uuid(*id)).collect();
    let known: HashMap<AttemptId, attempt::AttemptRow> =
        attempt::by_ids(tx, account, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let early = early_receipts(tx, account, answers)?;
    let mut settled = Settled { repeats, ..Settled::default() };
    for (id, answer) in answers {
        if let Some(row) = known.get(id) {
            settled.take(row, answer, &early, now);
        }
    }
    settled.write(tx, now)
}

/// What was said of each provider id before its submit was answered.
fn early_receipts(
    tx: &mut Tx<'_>,
    account: AccountId,
    answers: &[(AttemptId, Submission)],
) -> Result<HashMap<String, Progress>, DbError> {
    let ids: Vec<String> = answers
        .iter()
        .filter_map(|(_, answer)| match answer {
            Submission::Taken { provider_id, .. } => Some(provider_id.clone()),
            Submission::NotTaken { .. } | Submission::HandedBack | Submission::Unknown { .. } => None,
        })
        .collect();
    let mut early: HashMap<String, Progress> = HashMap::new();
    if ids.is_empty() {
        return Ok(early);
    }
    for said in receipt::early(tx, account, ids)? {
        if let Some(state) = said.state {
            early.entry(said.provider_id).or_default().merge(u16::try_from(said.part).unwrap_or(0), state);
        }
    }
    Ok(early)
}

/// What a round of answers will write.
#[derive(Default)]
struct Settled {
    /// Whether the account's provider carries out a repeated submit once.
    repeats: bool,
    settlements: Vec<Settlement>,
    states: Vec<StateChange>,
    events: Vec<(MessageId, ConversationId, State)>,
    gone: Vec<Uuid>,
    back: Vec<(MessageId, i64, bool)>,
    aside: Vec<MessageId>,
    opted_out: Vec<MessageId>,
    failed: Vec<ConversationId>,
}

impl Settled {
    fn take(&mut self, row: &attempt::AttemptRow, answer: &Submission, early: &HashMap<String, Progress>, now: i64) {
        match answer {
            Submission::Taken { provider_id, .. } => {
                let mut progress = row.progress();
                progress.merge(0, ReceiptState::Accepted);
                if let Some(said) = early.get(provider_id) {
                    progress.merge_all(said);
                }
                let known = progress.state(row.parts).unwrap_or(ReceiptState::Accepted);
                let after = message_state(row.message_state, known);
                self.settle(row, after, Some(provider_id.clone()), None, now);
                if after != row.message_state {
                    self.move_to(row, after, now, None);
                }
                self.gone.push(Id::uuid(row.message));
                if row.message_state == State::Ambiguous {
                    // It needed a look, and does no longer.
                    self.failed.push(row.conversation);
                }
            }
            Submission::NotTaken { class, code, retry_after_ms } => {
                self.not_taken(row, *class, code, *retry_after_ms, now)
            }
            Submission::HandedBack => {
                self.settle(row, State::Cancelled, None, None, now);
                self.move_to(row, State::Queued, now, None);
                self.back.push((row.message, now, true));
            }
            Submission::Unknown { .. } => {
                // A receipt may have been faster than the broken connection.
                let after = row
                    .progress()
                    .state(row.parts)
                    .map_or(State::Ambiguous, |said| message_state(State::Ambiguous, said));
                self.settle(row, after, None, None, now);
                if after == State::Ambiguous && self.repeats && row.attempts < ATTEMPTS_MAX {
                    self.move_to(
                        row,
                        State::Queued,
                        now,
                        Some(("answer_lost", "The answer was lost; the provider is asked again under the same key.")),
                    );
                    self.back.push((row.message, now + (1_000 << row.attempts.min(6)), false));
                } else if after == State::Ambiguous {
                    self.move_to(row, after, now, Some(AMBIGUOUS));
                    self.aside.push(row.message);
                    self.failed.push(row.conversation);
                } else {
                    self.move_to(row, after, now, None);
                    self.gone.push(Id::uuid(row.message));
                }
            }
        }
    }

    fn not_taken(
        &mut self,
        row: &attempt::AttemptRow,
        class: ErrorClass,
        code: &str,
        retry_after_ms: Option<i64>,
        now: i64,
    ) {
        let error = Some((class, code));
        self.settle(row, State::Failed, None, error, now);
        if class == ErrorClass::OptedOut {
            self.opted_out.push(row.message);
        }
        if let Some(due) = retry::next_try(class, row.attempts, retry_after_ms, now) {
            self.move_to(
                row,
                State::Queued,
                now,
                Some((class.code(), "The provider could not take it yet; it is tried again.")),
            );
            self.back.push((row.message, due, false));
        } else {
            let detail = format!("The provider did not take it ({code}).");
            self.states.push(StateChange {
                id: row.message,
                state: State::Failed,
                at: now,
                code: Some(class.code().to_owned()),
                detail: Some(detail),
                held_until: None,
            });
            self.events.push((row.message, row.conversation, State::Failed));
            self.gone.push(Id::uuid(row.message));
            self.failed.push(row.conversation);
        }
    }

    fn settle(
        &mut self,
        row: &attempt::AttemptRow,
        to: State,
        provider_id: Option<String>,
        error: Option<(ErrorClass, &str)>,
        now: i64,
    ) {
        self.settlements.push(Settlement {
            id: row.id,
            state: to,
            provider_id,
            error_class: error.map(|(class, _)| class.code()),
            error_code: error.map(|(_, code)| code.to_owned()),
            at: now,
        });
    }

    fn move_to(&mut self, row: &attempt::AttemptRow, to: State, now: i64, why: Option<(&str, &str)>) {
        self.states.push(StateChange {
            id: row.message,
            state: to,
            at: now,
            code: why.map(|(code, _)| code.to_owned()),
            detail: why.map(|(_, detail)| detail.to_owned()),
            held_until: None,
        });
        self.events.push((row.message, row.conversation, to));
    }

    fn write(self, tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
        attempt::settle_many(tx, &self.settlements)?;
        message::set_states(tx, &self.states)?;
        outbox::remove_many(tx, self.gone)?;
        for (message, due, uncounted) in self.back {
            outbox::give_back(tx, message, due, uncounted)?;
        }
        for message in self.aside {
            outbox::set_ambiguous(tx, message)?;
        }
        for (message, conversation, state) in self.events {
            event_state(tx, message, conversation, state, now);
        }
        for message in self.opted_out {
            crate::receipt::suppress_by_carrier(tx, message, now)?;
        }
        count_failed(tx, self.failed.into_iter())
    }
}

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
