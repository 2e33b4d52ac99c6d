//! Texts of which nobody knows yet whether they ask to stop.

use crate::args;
use crate::db::{DbError, Row, Tx, statements};
use domain::consent::UnsureAnswer;
use domain::id::{ConversationId, CustomerId, MessageId};

statements! {
    tenant UNSURE_TEXT_INSERT = "insert into unsure_texts (ws, message_id, conversation_id, address, matched_by, asked_at)
        values ($1, $2, $3, $4, $5, $6) on conflict do nothing";
    tenant UNSURE_TEXT_GET = "select u.message_id, u.conversation_id, c.customer_id, u.address, u.matched_by, u.asked_at,
            u.answered_at, u.answer, m.body
        from unsure_texts u
        join messages m on m.ws = u.ws and m.id = u.message_id
        join conversations c on c.ws = u.ws and c.id = u.conversation_id
        where u.ws = $1 and u.message_id = $2";
    tenant UNSURE_TEXT_OPEN = "select u.message_id, u.conversation_id, c.customer_id, u.address, u.matched_by, u.asked_at,
            u.answered_at, u.answer, m.body
        from unsure_texts u
        join messages m on m.ws = u.ws and m.id = u.message_id
        join conversations c on c.ws = u.ws and c.id = u.conversation_id
        where u.ws = $1 and u.answered_at is null and (u.asked_at, u.message_id) > ($2, $3)
        order by u.asked_at, u.message_id limit $4";
    tenant UNSURE_TEXT_ANSWER = "update unsure_texts set answered_at = $3, answer = $4
        where ws = $1 and message_id = $2 and answered_at is null";
    tenant UNSURE_TEXT_ANSWER_ADDRESS = "update unsure_texts set answered_at = $3, answer = $4
        where ws = $1 and address = $2 and answered_at is null returning message_id, conversation_id";
    tenant UNSURE_TEXT_OPEN_ADDRESSES = "select distinct address from unsure_texts
        where ws = $1 and address {any:$2} and answered_at is null";
    tenant UNSURE_TEXT_OPEN_OF = "select message_id from unsure_texts
        where ws = $1 and address = $2 and answered_at is null limit 1";
}

/// An unsure text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsureTextRow {
    /// The text.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its customer.
    pub customer: CustomerId,
    /// Their address, canonical.
    pub address: String,
    /// What the words were taken for.
    pub matched_by: String,
    /// When it came, Unix ms.
    pub asked_at: i64,
    /// When it was answered, Unix ms.
    pub answered_at: Option<i64>,
    /// What was answered.
    pub answer: Option<UnsureAnswer>,
    /// Its words.
    pub body: String,
}

fn unsure(row: &Row) -> Result<UnsureTextRow, DbError> {
    let answer = row.get::<Option<String>>(7)?.map(|word| {
        UnsureAnswer::from_word(&word).ok_or(DbError::Decode {
            statement: "unsure_texts",
            column: 7,
            expected: "an answer",
            found: "another word",
        })
    });
    Ok(UnsureTextRow {
        message: row.get(0)?,
        conversation: row.get(1)?,
        customer: row.get(2)?,
        address: row.get(3)?,
        matched_by: row.get(4)?,
        asked_at: row.get(5)?,
        answered_at: row.get(6)?,
        answer: answer.transpose()?,
        body: row.get(8)?,
    })
}

/// Asks about a text.
pub fn insert(
    tx: &mut Tx<'_>,
    message: MessageId,
    conversation: ConversationId,
    address: &str,
    matched_by: &str,
    at: i64,
) -> Result<(), DbError> {
    tx.later(&UNSURE_TEXT_INSERT, args![message, conversation, address, matched_by, at])
}

/// One of them.
pub fn get(tx: &mut Tx<'_>, message: MessageId) -> Result<Option<UnsureTextRow>, DbError> {
    tx.query_opt(&UNSURE_TEXT_GET, args![message])?.as_ref().map(unsure).transpose()
}

/// Those nobody has answered, the oldest first, after a place.
pub fn open(tx: &mut Tx<'_>, after: (i64, MessageId), limit: i64) -> Result<Vec<UnsureTextRow>, DbError> {
    tx.query(&UNSURE_TEXT_OPEN, args![after.0, after.1, limit])?.iter().map(unsure).collect()
}

/// Whether one of an address is open.
pub fn any_open(tx: &mut Tx<'_>, address: &str) -> Result<bool, DbError> {
    Ok(tx.query_opt(&UNSURE_TEXT_OPEN_OF, args![address])?.is_some())
}

/// Answers one. False when somebody was faster.
pub fn answer(tx: &mut Tx<'_>, message: MessageId, answer: UnsureAnswer, at: i64) -> Result<bool, DbError> {
    Ok(tx.exec(&UNSURE_TEXT_ANSWER, args![message, at, answer.word()])? > 0)
}

/// Answers all open ones of an address. Answers which they were, with their conversations.
pub fn answer_all(
    tx: &mut Tx<'_>,
    address: &str,
    answer: UnsureAnswer,
    at: i64,
) -> Result<Vec<(MessageId, ConversationId)>, DbError> {
    tx.query(&UNSURE_TEXT_ANSWER_ADDRESS, args![address, at, answer.word()])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Those of some addresses with a text that nobody has answered.
pub fn open_addresses(tx: &mut Tx<'_>, addresses: &[String]) -> Result<Vec<String>, DbError> {
    tx.query(&UNSURE_TEXT_OPEN_ADDRESSES, args![addresses])?.iter().map(|row| row.get(0)).collect()
}
