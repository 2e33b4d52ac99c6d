//! The shop's own policy on what it sells: what the gate asks for it, and what ends the wait of a text that
//! was held out of courtesy.

use crate::Engine;
use domain::gate::{OpenTalk, SendingPolicy};
use domain::id::{ConversationId, Id, MessageId, WorkspaceId};
use domain::message::Origin;
use std::collections::HashMap;
use store::courtesy::{self, Around};
use store::message::{self, MessageRow};
use store::{DbError, NewEvent, Tx, conversation, customer, suppression};
use uuid::Uuid;

/// The codes under which texts wait for something other than an instant.
const WAITS_FOR_TALK: &[&str] = &["open_conversation", "complaint_open"];
/// The codes under which texts wait by the shop's own word.
const OWN_WORD: &[&str] = &["shop_cap", "shop_priority", "open_conversation", "complaint_open"];
/// Held texts looked through in one transaction.
const LOOKED_THROUGH_AT_ONCE: i64 = 500;

/// What the policy asks about one recipient.
#[derive(Debug, Clone, Default)]
pub(crate) struct ShopSide {
    /// Open conversations of the customer.
    pub(crate) talks: Vec<OpenTalk>,
    /// Marketing texts to them that are due.
    due: Vec<(MessageId, Origin)>,
}

impl ShopSide {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self { talks: Vec::new(), due: Vec::new() };

    /// Who else is about to sell to them.
    pub(crate) fn due_beside(&self, message: Option<MessageId>) -> Vec<Origin> {
        self.due.iter().filter(|(due, _)| Some(*due) != message).map(|(_, origin)| *origin).collect()
    }

    fn learn(&mut self, around: Around) {
        match around {
            Around::Talk(talk) => self.talks.push(talk),
            Around::Due { message, origin } => self.due.push((message, origin)),
        }
    }
}

/// By which policy recipients are asked about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    policy: &'a SendingPolicy,
    /// What counts as due, Unix ms: only a claim asks who comes first.
    due_by: Option<i64>,
}

impl<'a> Asked<'a> {
    /// For a text that is new, or only asked about.
    pub(crate) const fn new(policy: &'a SendingPolicy) -> Self {
        Self { policy, due_by: None }
    }

    /// For texts that are due now, Unix ms.
    pub(crate) const fn at_claim(policy: &'a SendingPolicy, now: i64) -> Self {
        Self { policy, due_by: Some(now) }
    }

    /// How far back (ms) marketing texts count.
    pub(crate) fn counted_ms(&self) -> i64 {
        self.policy.caps.counted_ms()
    }

    /// Reads what the policy asks about whom something is sold to: one statement for all, or none.
    pub(crate) fn read(&self, tx: &mut Tx<'_>, selling: &[String]) -> Result<HashMap<String, ShopSide>, DbError> {
        let mut found: HashMap<String, ShopSide> = HashMap::new();
        let polite = self.policy.courtesy;
        let due_by = self.due_by.filter(|_| self.counted_ms() > 0);
        if polite.open_conversations || polite.complaints || due_by.is_some() {
            for (address, around) in courtesy::around(tx, selling, due_by)? {
                found.entry(address).or_default().learn(around);
            }
        }
        Ok(found)
    }
}

/// Has the gate asked at once about what waits out of courtesy for the customers of some addresses: a
/// conversation was closed or answered, or a complaint settled.
pub(crate) fn wake_in(tx: &mut Tx<'_>, addresses: &[String], now: i64) -> Result<(), DbError> {
    if addresses.is_empty() {
        return Ok(());
    }
    let codes: Vec<String> = WAITS_FOR_TALK.iter().map(|code| (*code).to_owned()).collect();
    courtesy::release(tx, addresses, &codes, now)
}

/// Takes the rows of an address and of its customer's others, and answers them all. Who ends what a text waits
/// for does so first: a claim that has just seen it has then committed its hold, which [`wake_in`] finds.
pub(crate) fn lock_in(tx: &mut Tx<'_>, address: &str) -> Result<Vec<String>, DbError> {
    let mut all = vec![address.to_owned()];
    all.extend(customer::other_addresses_many(tx, &all)?.into_iter().map(|(_, other)| other));
    suppression::lock_many(tx, &all.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok(all)
}

/// Marks conversations in which somebody complained: marketing rests for them until a member settles it.
pub(crate) fn complain_in(
    tx: &mut Tx<'_>,
    mut found: Vec<(ConversationId, &'static str)>,
    now: i64,
) -> Result<(), DbError> {
    if found.is_empty() {
        return Ok(());
    }
    // Of several texts into one, the first says what gave it away.
    found.sort_by_key(|(id, _)| *id);
    found.dedup_by_key(|(id, _)| *id);
    for id in conversation::complain(tx, &found, now)? {
        tx.event(NewEvent {
            kind: "conversation.changed",
            conversation: Some(Id::uuid(id)),
            subject: Some(Id::uuid(id)),
            at: now,
            data: r#"{"by":"complaint"}"#.to_owned(),
        });
    }
    Ok(())
}

/// Whether a text waits by the shop's own word. One that a cap has put off until hours open waits for those.
fn by_own_word(row: &MessageRow) -> bool {
    row.reason_code.as_deref().is_some_and(|code| OWN_WORD.contains(&code))
}

impl Engine {
    /// Has the gate asked at once about everything that waits by the shop's own word, since that has changed.
    ///
    /// # Errors
    /// When the store fails. What was not woken is asked about when its hold ends.
    pub(crate) async fn policy_ask_again(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let now = self.now();
        let mut place = (i64::MIN, MessageId::new(Uuid::nil()));
        loop {
            let (last, more) = self
                .workspace(ws)
                .write_bulk(move |tx| {
                    let rows = message::held(tx, place, LOOKED_THROUGH_AT_ONCE)?;
                    let waiting: Vec<MessageId> =
                        rows.iter().filter(|row| by_own_word(row)).map(|row| row.id).collect();
                    courtesy::wake(tx, &waiting, now)?;
                    let last = rows.last().map(|row| (row.held_until.unwrap_or(store::outbox::WHEN_LIFTED), row.id));
                    let more = i64::try_from(rows.len()).unwrap_or(0) == LOOKED_THROUGH_AT_ONCE;
                    Ok::<_, DbError>((last.unwrap_or(place), more))
                })
                .await?;
            place = last;
            if !more {
                break;
            }
        }
        self.wake();
        Ok(())
    }
}
