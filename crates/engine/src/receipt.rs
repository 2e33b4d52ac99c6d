//! A receipt comes in: merged into its attempt, its message and the log.

use crate::Engine;
use crate::gate::BRAND;
use crate::reply::event_state;
use crate::send::count_failed;
use channels::channel::Receipt;
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId, WorkspaceId};
use domain::message::State;
use domain::outcome::ErrorClass;
use domain::receipt::message_state;
use std::collections::{HashMap, HashSet};
use store::attempt::{AttemptRow, ProgressChange};
use store::message::StateChange;
use store::receipt::ReceiptRow;
use store::{DbError, Tx, attempt, message, outbox, receipt, suppression};
use uuid::Uuid;

impl Engine {
    /// Takes receipts of one account. Repeats change nothing; words nobody knows
    /// are kept and change nothing; receipts that precede the submit's answer
    /// are kept until it comes.
    ///
    /// # Errors
    /// When the store cannot take them; the provider must then try again.
    pub async fn receipt_record(
        &self,
        ws: WorkspaceId,
        account: AccountId,
        receipts: Vec<Receipt>,
    ) -> Result<(), DbError> {
        let now = self.now();
        self.workspace(ws).write(move |tx| record_in(tx, account, &receipts, now)).await
    }
}

fn record_in(tx: &mut Tx<'_>, account: AccountId, receipts: &[Receipt], now: i64) -> Result<(), DbError> {
    let mut ids: Vec<String> = receipts.iter().map(|receipt| receipt.provider_id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known: HashSet<(String, String, i64)> = receipt::known(tx, account, ids.clone())?.into_iter().collect();
    let fresh: Vec<&Receipt> = receipts
        .iter()
        .filter(|receipt| known.insert((receipt.provider_id.clone(), receipt.word.clone(), i64::from(receipt.part))))
        .collect();
    if fresh.is_empty() {
        return Ok(());
    }
    let rows: Vec<ReceiptRow> = fresh.iter().map(|receipt| row(receipt, now)).collect();
    receipt::insert_many(tx, account, &rows)?;
    let attempts = attempts_of(tx, account, &fresh, ids)?;
    let mut merged = Merged::default();
    for receipt in fresh {
        merged.take(&attempts, receipt);
    }
    merged.write(tx, now)
}

fn row(receipt: &Receipt, now: i64) -> ReceiptRow {
    ReceiptRow {
        provider_id: receipt.provider_id.clone(),
        word: receipt.word.clone(),
        part: i64::from(receipt.part),
        state: receipt.state,
        error_class: receipt.error_class.map(ErrorClass::code),
        error_code: receipt.error_code.clone(),
        attempt: receipt.attempt,
        at: now,
    }
}

/// The attempts the receipts speak of, by our id where it rode along, else by the provider's.
struct Attempts {
    by_id: HashMap<AttemptId, AttemptRow>,
    by_provider: HashMap<String, AttemptId>,
}

fn attempts_of(
    tx: &mut Tx<'_>,
    account: AccountId,
    receipts: &[&Receipt],
    ids: Vec<String>,
) -> Result<Attempts, DbError> {
    let riding: Vec<Uuid> = receipts.iter().filter_map(|receipt| receipt.attempt).map(Id::uuid).collect();
    let mut by_id: HashMap<AttemptId, AttemptRow> = HashMap::new();
    if !riding.is_empty() {
        by_id.extend(attempt::by_ids(tx, account, riding)?.into_iter().map(|row| (row.id, row)));
    }
    let named: HashSet<&str> = receipts
        .iter()
        .filter(|receipt| receipt.attempt.is_some_and(|id| by_id.contains_key(&id)))
        .map(|receipt| receipt.provider_id.as_str())
        .collect();
    let unnamed: Vec<String> = ids.into_iter().filter(|id| !named.contains(id.as_str())).collect();
    let mut by_provider = HashMap::new();
    if !unnamed.is_empty() {
        for row in attempt::by_provider_ids(tx, account, unnamed)? {
            if let Some(id) = row.provider_id.clone() {
                by_provider.insert(id, row.id);
            }
            by_id.insert(row.id, row);
        }
    }
    Ok(Attempts { by_id, by_provider })
}

/// One attempt's share of a batch of receipts.
struct Touched {
    row: AttemptRow,
    progress: domain::receipt::Progress,
    provider_id: String,
    error: Option<(ErrorClass, String)>,
}

#[derive(Default)]
struct Merged {
    touched: HashMap<AttemptId, Touched>,
    order: Vec<AttemptId>,
}

impl Merged {
    fn take(&mut self, attempts: &Attempts, receipt: &Receipt) {
        let Some(said) = receipt.state else { return };
        let id = receipt
            .attempt
            .filter(|id| attempts.by_id.contains_key(id))
            .or_else(|| attempts.by_provider.get(&receipt.provider_id).copied());
        // An early receipt waits in its table for the submit's answer.
        let Some(row) = id.and_then(|id| attempts.by_id.get(&id)) else { return };
        if row.provider_id.as_ref().is_some_and(|known| *known != receipt.provider_id) {
            tracing::warn!(attempt.id = %row.id, "a receipt names another message of the provider and is left alone");
            return;
        }
        let touched = self.touched.entry(row.id).or_insert_with(|| {
            self.order.push(row.id);
            Touched {
                row: row.clone(),
                progress: row.progress(),
                provider_id: receipt.provider_id.clone(),
                error: None,
            }
        });
        touched.progress.merge(receipt.part, said);
        if let Some(class) = receipt.error_class {
            touched.error = Some((class, receipt.error_code.clone().unwrap_or_default()));
        }
    }

    fn write(self, tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
        let mut progress = Vec::with_capacity(self.order.len());
        let mut states = Vec::new();
        let mut moved: Vec<(MessageId, ConversationId, State)> = Vec::new();
        let mut settled = Vec::new();
        // Conversations with a text that needed a look until now.
        let mut eased = Vec::new();
        let mut opted_out = Vec::new();
        for touched in self.order.iter().filter_map(|id| self.touched.get(id)) {
            let row = &touched.row;
            let Some(known) = touched.progress.state(row.parts) else { continue };
            let after = message_state(row.message_state, known);
            progress.push(ProgressChange {
                id: row.id,
                progress: serde_json::to_string(&touched.progress).unwrap_or_default(),
                provider_id: Some(touched.provider_id.clone()),
                state: message_state(row.state, known),
                error_class: touched.error.as_ref().map(|(class, _)| class.code()),
                error_code: touched.error.as_ref().map(|(_, code)| code.clone()),
                at: now,
            });
            if after != row.message_state {
                states.push(change(row.message, after, touched.error.as_ref(), now));
                moved.push((row.message, row.conversation, after));
                if matches!(row.message_state, State::HandingOver | State::Ambiguous) {
                    settled.push(Id::uuid(row.message));
                    eased.push(row.conversation);
                }
            }
            if touched.error.as_ref().is_some_and(|(class, _)| *class == ErrorClass::OptedOut) {
                opted_out.push(row.message);
            }
        }
        attempt::set_progress(tx, &progress)?;
        message::set_states(tx, &states)?;
        // A receipt proves that the provider has it: an ambiguous hand-over is settled.
        outbox::remove_many(tx, settled)?;
        for (message, conversation, state) in &moved {
            event_state(tx, *message, *conversation, *state, now);
        }
        for message in opted_out {
            suppress_by_carrier(tx, message, now)?;
        }
        let look = moved.iter().filter(|(_, _, state)| state.failed() || *state == State::Delivered);
        count_failed(tx, look.map(|(_, conversation, _)| *conversation).chain(eased))
    }
}

fn change(message: MessageId, to: State, error: Option<&(ErrorClass, String)>, now: i64) -> StateChange {
    let error = error.filter(|_| to.failed());
    StateChange {
        id: message,
        state: to,
        at: now,
        code: error.map(|(class, _)| class.code().to_owned()),
        detail: error.map(|(_, code)| format!("The carrier could not deliver it ({code}).")),
        held_until: None,
    }
}

/// Suppresses the recipient of a message because the carrier or provider says
/// they opted out there. They had their answer from the carrier: none of ours follows.
pub(crate) fn suppress_by_carrier(tx: &mut Tx<'_>, message: MessageId, now: i64) -> Result<(), DbError> {
    let Some(row) = message::get(tx, message)? else { return Ok(()) };
    let Some(conversation) = store::conversation::get(tx, row.conversation_id)? else { return Ok(()) };
    let address = conversation.address.as_str();
    suppression::lock(tx, address)?;
    if suppression::add(tx, BRAND, address, suppression::ALL_TEXTS, now, "carrier", Some(message))? {
        let taken = outbox::take_address(tx, address)?;
        crate::inbound::refuse_waiting(tx, &taken, now)?;
    }
    Ok(())
}
