//! Step 4: write down what submits came to.

use super::{AMBIGUOUS, count_failed};
use crate::reply::event_state;
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId};
use domain::limits::ATTEMPTS_MAX;
use domain::message::State;
use domain::outcome::{ErrorClass, Submission};
use domain::receipt::{Progress, ReceiptState, message_state};
use domain::retry;
use std::collections::HashMap;
use store::attempt::Settlement;
use store::message::StateChange;
use store::{DbError, Tx, attempt, message, outbox, receipt};
use uuid::Uuid;

pub(super) fn settle_in(
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
