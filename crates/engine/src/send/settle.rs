//! Step 4: write down what submits came to.

use super::{AMBIGUOUS, ANSWER_LOST, count_failed};
use crate::receipt::{change, kept, lock_recipients, told_anew};
use crate::reply::event_state;
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId};
use domain::limits::ATTEMPTS_MAX;
use domain::message::State;
use domain::outcome::{ErrorClass, Submission};
use domain::receipt::{Progress, answered_state};
use domain::retry;
use std::collections::HashMap;
use store::attempt::{Hold, Settlement};
use store::message::StateChange;
use store::{DbError, Tx, attempt, message, outbox, receipt};
use uuid::Uuid;

/// What is said of a text while it waits for its next try.
const TRIED_AGAIN: &str = "The provider could not take it yet; it is tried again.";

pub(super) fn settle_in(
    tx: &mut Tx<'_>,
    account: AccountId,
    answers: &[(AttemptId, Submission)],
    repeats: bool,
    now: i64,
) -> Result<(), DbError> {
    let early = early_receipts(tx, account, answers)?;
    let opted_out = |answer: &Submission| match answer {
        Submission::Taken { provider_id, .. } => early.get(provider_id).is_some_and(|early| early.opted_out),
        Submission::NotTaken { class, .. } => *class == ErrorClass::OptedOut,
        Submission::HandedBack | Submission::Unknown { .. } => false,
    };
    let refused = answers.iter().filter(|(_, answer)| opted_out(answer)).map(|(id, _)| *id);
    lock_recipients(tx, account, refused.collect())?;
    let ids = answers.iter().map(|(id, _)| Id::uuid(*id)).collect();
    let known: HashMap<AttemptId, attempt::AttemptRow> =
        attempt::lock(tx, account, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut settled = Settled { repeats, ..Settled::default() };
    for (id, answer) in answers {
        let Some(row) = known.get(id) else { continue };
        match answer {
            // That the provider has it is true whenever it is heard.
            Submission::Taken { provider_id, .. } => {
                settled.taken(row, answer, provider_id, early.get(provider_id), now)
            }
            // Its lease had run out before the store could be told; no other try was made.
            Submission::NotTaken { class, code, .. }
                if row.state == State::Ambiguous
                    && row.message_state == State::Ambiguous
                    && row.hold == Hold::Aside =>
            {
                settled.opt_out(row, answer);
                settled.fail(row, answer, *class, code, now);
            }
            // Receipts were faster. A refusal for good is one more word among theirs; one
            // in passing is not believed, since somebody has spoken of the message.
            Submission::NotTaken { class, retry_after_ms, .. } if spoken_of(row) => {
                settled.opt_out(row, answer);
                if retry::next_try(*class, row.attempts, *retry_after_ms, now).is_none() {
                    settled.merge(row, row.progress(), answer, None, now);
                }
            }
            // An attempt ends once. An answer written down twice, because the first
            // commit's own answer was lost, or after the sweeper gave up on it, would
            // give back what another attempt has claimed meanwhile.
            _ if row.state != State::HandingOver => {}
            _ => {
                settled.opt_out(row, answer);
                if row.hold == Hold::Claimed {
                    settled.take(row, answer, now);
                } else {
                    settled.end_alone(row, answer, now);
                }
            }
        }
    }
    settled.write(tx, now)
}

/// Whether receipts brought an attempt's message to where it stands.
fn spoken_of(row: &attempt::AttemptRow) -> bool {
    let moved = !matches!(row.message_state, State::HandingOver | State::Queued | State::Held);
    row.state != State::HandingOver && moved && row.progress().state(row.parts).is_some()
}

/// What was said of a message before its submit was answered.
#[derive(Default)]
struct Early {
    progress: Progress,
    /// Whether one of them told of an opt-out, whatever else was told beside it.
    opted_out: bool,
}

/// What was said of each provider id before its submit was answered.
fn early_receipts(
    tx: &mut Tx<'_>,
    account: AccountId,
    answers: &[(AttemptId, Submission)],
) -> Result<HashMap<String, Early>, DbError> {
    let ids: Vec<String> = answers
        .iter()
        .filter_map(|(_, answer)| match answer {
            Submission::Taken { provider_id, .. } => Some(provider_id.clone()),
            Submission::NotTaken { .. } | Submission::HandedBack | Submission::Unknown { .. } => None,
        })
        .collect();
    let mut early: HashMap<String, Early> = HashMap::new();
    if ids.is_empty() {
        return Ok(early);
    }
    receipt::answers_begin(tx, account)?;
    for said in receipt::early(tx, account, ids)? {
        if let Some(state) = said.state {
            let known = early.entry(said.provider_id).or_default();
            known.progress.merge(u16::try_from(said.part).unwrap_or(0), state);
            if let Some((class, code)) = said.error {
                known.progress.merge_error(state, class, &code);
                known.opted_out |= class == ErrorClass::OptedOut;
            }
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
    /// Settled by whichever attempt.
    gone: Vec<Uuid>,
    /// Failed for good by this attempt.
    failed_by: Vec<(MessageId, AttemptId)>,
    back: Vec<(MessageId, AttemptId, i64, bool)>,
    aside: Vec<(MessageId, AttemptId)>,
    opted_out: Vec<MessageId>,
    failed: Vec<ConversationId>,
}

impl Settled {
    /// A provider that refuses a text because its recipient opted out says so of the
    /// recipient, whatever has become of the text since.
    fn opt_out(&mut self, row: &attempt::AttemptRow, answer: &Submission) {
        if matches!(answer, Submission::NotTaken { class: ErrorClass::OptedOut, .. }) {
            self.opted_out.push(row.message);
        }
    }

    fn taken(
        &mut self,
        row: &attempt::AttemptRow,
        answer: &Submission,
        provider_id: &str,
        early: Option<&Early>,
        now: i64,
    ) {
        let mut progress = row.progress();
        if let Some(early) = early {
            progress.merge_all(&early.progress);
            if early.opted_out {
                self.opted_out.push(row.message);
            }
        }
        self.merge(row, progress, answer, Some(provider_id), now);
    }

    /// What the answer proves joins what receipts have said; the message is as far as both.
    fn merge(
        &mut self,
        row: &attempt::AttemptRow,
        mut progress: Progress,
        answer: &Submission,
        provider_id: Option<&str>,
        now: i64,
    ) {
        // Where the lease ran out first, it may wait to be asked about again; it need not any more.
        let before = match row.message_state {
            State::Queued | State::Held => State::HandingOver,
            stands => stands,
        };
        let after = answered_state(before, answer, &mut progress, row.parts);
        self.settle(row, after, provider_id.map(str::to_owned), &progress, progress.error(), now);
        if after != row.message_state || told_anew(row, after, &progress) {
            self.states.push(change(row.message, after, progress.error(), now));
        }
        if after != row.message_state {
            self.events.push((row.message, row.conversation, after));
        }
        self.gone.push(Id::uuid(row.message));
        if row.message_state == State::Ambiguous || after.failed() {
            // It needed a look, or does now.
            self.failed.push(row.conversation);
        }
    }

    /// An answer of an attempt whose message is settled or goes by another one.
    fn end_alone(&mut self, row: &attempt::AttemptRow, answer: &Submission, now: i64) {
        match answer {
            Submission::NotTaken { class, code, .. } => {
                self.settle(row, State::Failed, None, &row.progress(), Some((*class, code)), now);
            }
            Submission::HandedBack => self.settle(row, State::Cancelled, None, &row.progress(), None, now),
            Submission::Unknown { .. } => self.settle(row, State::Ambiguous, None, &row.progress(), None, now),
            Submission::Taken { .. } => {}
        }
    }

    fn take(&mut self, row: &attempt::AttemptRow, answer: &Submission, now: i64) {
        match answer {
            // Whoever claimed it.
            Submission::Taken { provider_id, .. } => self.taken(row, answer, provider_id, None, now),
            Submission::NotTaken { class, code, retry_after_ms } => {
                self.not_taken(row, answer, *class, code, *retry_after_ms, now)
            }
            Submission::HandedBack => {
                self.settle(row, State::Cancelled, None, &row.progress(), None, now);
                self.move_to(row, State::Queued, now, None);
                self.back.push((row.message, row.id, now, true));
            }
            Submission::Unknown { .. } => {
                // A receipt may have been faster than the broken connection.
                let mut progress = row.progress();
                let after = answered_state(State::HandingOver, answer, &mut progress, row.parts);
                self.settle(row, after, None, &progress, None, now);
                // Asked again, it would leave for somebody who has opted out, had it not left before.
                let again = self.repeats && row.attempts < ATTEMPTS_MAX && !row.in_flight_at_opt_out;
                if after == State::Ambiguous && again {
                    self.move_to(row, State::Queued, now, Some(ANSWER_LOST));
                    self.back.push((row.message, row.id, now + (1_000 << row.attempts.min(6)), false));
                } else if after == State::Ambiguous {
                    self.move_to(row, after, now, Some(AMBIGUOUS));
                    self.aside.push((row.message, row.id));
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
        answer: &Submission,
        class: ErrorClass,
        code: &str,
        retry_after_ms: Option<i64>,
        now: i64,
    ) {
        if let Some(due) = retry::next_try(class, row.attempts, retry_after_ms, now) {
            self.settle(row, State::Failed, None, &row.progress(), Some((class, code)), now);
            // The gate refuses at once what its recipient opted out of meanwhile.
            let due = if row.in_flight_at_opt_out { now } else { due };
            self.move_to(row, State::Queued, now, Some((class.code(), TRIED_AGAIN)));
            if let Some(change) = self.states.last_mut() {
                change.held_until = Some(due);
            }
            self.back.push((row.message, row.id, due, false));
        } else {
            self.fail(row, answer, class, code, now);
        }
    }

    /// The provider refused it for good, and nobody has said anything else of it.
    fn fail(&mut self, row: &attempt::AttemptRow, answer: &Submission, class: ErrorClass, code: &str, now: i64) {
        let mut progress = row.progress();
        let after = answered_state(State::HandingOver, answer, &mut progress, row.parts);
        self.settle(row, after, None, &progress, Some((class, code)), now);
        let detail = format!("The provider did not take it ({code}).");
        self.move_to(row, State::Failed, now, Some((class.code(), &detail)));
        self.failed_by.push((row.message, row.id));
        self.failed.push(row.conversation);
    }

    fn settle(
        &mut self,
        row: &attempt::AttemptRow,
        to: State,
        provider_id: Option<String>,
        progress: &Progress,
        error: Option<(ErrorClass, &str)>,
        now: i64,
    ) {
        self.settlements.push(Settlement {
            id: row.id,
            state: to,
            provider_id,
            progress: kept(progress),
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
        outbox::remove_of(tx, &self.failed_by)?;
        for (message, attempt, due, uncounted) in self.back {
            outbox::give_back(tx, message, Some(attempt), due, uncounted)?;
        }
        for (message, attempt) in self.aside {
            outbox::set_ambiguous(tx, message, Some(attempt))?;
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
