//! A receipt comes in: merged into its attempt, its message and the log.

use crate::Engine;
use crate::consent::{self, Blank};
use crate::gate::BRAND;
use crate::reply::event_state;
use crate::send::count_failed;
use channels::channel::Receipt;
use domain::consent::{Action, Method, Permits};
use domain::id::{AccountId, AttemptId, ConversationId, Id, MessageId, WorkspaceId};
use domain::message::State;
use domain::outcome::ErrorClass;
use domain::receipt::{Progress, message_state};
use std::collections::{HashMap, HashSet};
use store::attempt::{AttemptRow, ProgressChange};
use store::message::StateChange;
use store::receipt::ReceiptRow;
use store::{DbError, Tx, attempt, message, outbox, receipt, suppression};

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
        let many = receipts.len() > store::BULK;
        let write = move |tx: &mut Tx<'_>| record_in(tx, account, &receipts, now);
        if many { self.hand_overs(ws).write_bulk(write).await } else { self.hand_overs(ws).write(write).await }
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
    let mut bare: Vec<String> = receipts
        .iter()
        .filter(|receipt| receipt.attempt.is_none())
        .map(|receipt| receipt.provider_id.clone())
        .collect();
    bare.sort_unstable();
    bare.dedup();
    let told = told_of(tx, account, bare)?;
    let riding = receipts.iter().filter_map(|receipt| receipt.attempt);
    let spoken_of: HashSet<AttemptId> = riding.chain(told.values().copied()).collect();
    let refused = receipts.iter().filter(|receipt| receipt.error_class == Some(ErrorClass::OptedOut));
    let refused = refused.filter_map(|receipt| receipt.attempt.or_else(|| told.get(&receipt.provider_id).copied()));
    lock_recipients(tx, account, refused.collect())?;
    let spoken_of = spoken_of.into_iter().map(Id::uuid).collect();
    let mut by_id: HashMap<AttemptId, AttemptRow> =
        attempt::lock(tx, account, spoken_of)?.into_iter().map(|row| (row.id, row)).collect();
    let named: HashSet<&str> = receipts
        .iter()
        // Nothing is known of a bare one that was not found, even with every answer written.
        .filter(|receipt| receipt.attempt.is_none_or(|id| by_id.contains_key(&id)))
        .map(|receipt| receipt.provider_id.as_str())
        .collect();
    let unnamed: Vec<String> = ids.into_iter().filter(|id| !named.contains(id.as_str())).collect();
    let mut by_provider: HashMap<String, AttemptId> =
        told.into_iter().filter(|(_, id)| by_id.contains_key(id)).collect();
    if !unnamed.is_empty() {
        let found = attempt::by_provider_ids(tx, account, unnamed)?;
        for row in attempt::lock(tx, account, found.into_iter().map(|row| Id::uuid(row.id)).collect())? {
            if let Some(id) = row.provider_id.clone() {
                by_provider.insert(id, row.id);
            }
            by_id.insert(row.id, row);
        }
    }
    Ok(Attempts { by_id, by_provider })
}

/// The attempts that have some providers' ids. An id that none has may be that of an answer
/// being written right now, perhaps by another node, which has looked for receipts before
/// these were kept: such answers are waited for.
fn told_of(tx: &mut Tx<'_>, account: AccountId, ids: Vec<String>) -> Result<HashMap<String, AttemptId>, DbError> {
    let mut told = HashMap::new();
    for last in [false, true] {
        let unknown: Vec<String> = ids.iter().filter(|id| !told.contains_key(*id)).cloned().collect();
        if unknown.is_empty() {
            break;
        }
        if last {
            receipt::answers_wait(tx, account)?;
        }
        let found = attempt::by_provider_ids(tx, account, unknown)?;
        told.extend(found.into_iter().filter_map(|row| Some((row.provider_id?, row.id))));
    }
    Ok(told)
}

/// Takes the address rows of recipients who opted out at their carrier, before the rows of
/// any attempt or message: the order in which a STOP takes them.
pub(crate) fn lock_recipients(tx: &mut Tx<'_>, account: AccountId, of: Vec<AttemptId>) -> Result<(), DbError> {
    if of.is_empty() {
        return Ok(());
    }
    let addresses = attempt::addresses(tx, account, of.into_iter().map(Id::uuid).collect())?;
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    if addresses.is_empty() { Ok(()) } else { suppression::lock_many(tx, &addresses).map(|_| ()) }
}

/// One attempt's share of a batch of receipts.
struct Touched {
    row: AttemptRow,
    progress: Progress,
    provider_id: String,
    opted_out: bool,
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
                opted_out: false,
            }
        });
        touched.progress.merge(receipt.part, said);
        if let Some(class) = receipt.error_class {
            touched.progress.merge_error(said, class, receipt.error_code.as_deref().unwrap_or_default());
            touched.opted_out |= class == ErrorClass::OptedOut;
        }
    }

    fn write(self, tx: &mut Tx<'_>, now: i64) -> Result<(), DbError> {
        let mut progress = Vec::with_capacity(self.order.len());
        let mut states = Vec::new();
        let mut moved: Vec<(MessageId, ConversationId, State)> = Vec::new();
        let mut settled = Vec::new();
        // Conversations with a text that needs a look from now on, or no longer:
        // what was under way and arrived was never among them.
        let mut looked = Vec::new();
        let mut opted_out = Vec::new();
        for touched in self.order.iter().filter_map(|id| self.touched.get(id)) {
            let row = &touched.row;
            let Some(known) = touched.progress.state(row.parts) else { continue };
            let after = message_state(row.message_state, known);
            let error = touched.progress.error();
            progress.push(ProgressChange {
                id: row.id,
                progress: kept(&touched.progress).unwrap_or_default(),
                provider_id: Some(touched.provider_id.clone()),
                state: message_state(row.state, known),
                error_class: error.map(|(class, _)| class.code()),
                error_code: error.map(|(_, code)| code.to_owned()),
                at: now,
            });
            if after != row.message_state || told_anew(row, after, &touched.progress) {
                states.push(change(row.message, after, error, now));
            }
            if after != row.message_state {
                moved.push((row.message, row.conversation, after));
                if matches!(row.message_state, State::HandingOver | State::Ambiguous) {
                    settled.push(Id::uuid(row.message));
                }
                if row.message_state.failed() || after.failed() {
                    looked.push(row.conversation);
                }
            }
            if touched.opted_out {
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
        count_failed(tx, looked.into_iter())
    }
}

/// A progress as its attempt keeps it; nothing where nothing was heard.
pub(crate) fn kept(progress: &Progress) -> Option<String> {
    // Numbers and words always serialise.
    (*progress != Progress::default()).then(|| serde_json::to_string(progress).unwrap_or_default())
}

/// Whether a message that failed already has a weightier reason to tell.
pub(crate) fn told_anew(row: &AttemptRow, after: State, progress: &Progress) -> bool {
    matches!(after, State::Failed | State::Undelivered) && row.progress().error() != progress.error()
}

/// A message's new state, with the carrier's error where it failed.
pub(crate) fn change(message: MessageId, to: State, error: Option<(ErrorClass, &str)>, now: i64) -> StateChange {
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
    if suppression::of(tx, BRAND, vec![address.to_owned()])?.is_empty() {
        let evidence = serde_json::json!({ "refused": message.to_string() });
        let slip = Blank::of_message(message, now).heard(
            address,
            Permits::All,
            Action::Revoke,
            Method::Network,
            message,
            &evidence,
            now,
        );
        consent::record_heard_in(tx, &slip, now)?;
    }
    Ok(())
}
