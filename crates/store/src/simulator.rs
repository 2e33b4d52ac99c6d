//! What the handsets of the simulated carrier show.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::{AccountId, MessageId};
use uuid::Uuid;

statements! {
    tenant SIMULATOR_PHONES = "select t.number, t.at, t.body from simulator_texts t join
        (select number, max(at) as at from simulator_texts where ws = $1 group by number) last
        on last.number = t.number and last.at = t.at where t.ws = $1 order by t.at desc, t.number limit $2";
    tenant SIMULATOR_TEXTS = "select id, our_address, direction, body, parts, message_id, at from simulator_texts
        where ws = $1 and number = $2 order by at desc, id desc limit $3";
}

inserts! {
    SIMULATOR_INSERT_MANY = "simulator_texts" [
        ("account_id", Uuid), ("id", Uuid), ("number", Text), ("our_address", Text), ("direction", Text), ("body", Text),
        ("parts", Int), ("message_id", Uuid), ("at", Int)
    ] "on conflict do nothing";
}

/// A text on a simulated handset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandsetText {
    /// Its identity.
    pub id: Uuid,
    /// The handset.
    pub number: String,
    /// Our side.
    pub our_address: String,
    /// `to_phone` or `from_phone`.
    pub direction: String,
    /// The words.
    pub body: String,
    /// How many parts arrived.
    pub parts: i64,
    /// Our message.
    pub message: Option<MessageId>,
    /// Unix ms.
    pub at: i64,
}

/// Shows texts on handsets.
pub fn insert_many(tx: &mut Tx<'_>, account: AccountId, texts: &[HandsetText]) -> Result<(), DbError> {
    let rows = texts
        .iter()
        .map(|text| {
            args![
                account,
                text.id,
                &text.number,
                &text.our_address,
                &text.direction,
                &text.body,
                text.parts,
                text.message,
                text.at
            ]
            .to_vec()
        })
        .collect();
    tx.insert_many(&SIMULATOR_INSERT_MANY, rows)?;
    Ok(())
}

/// Handsets that were used, latest first: number, Unix ms, last words.
pub fn phones(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<(String, i64, String)>, DbError> {
    tx.query(&SIMULATOR_PHONES, args![limit])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// The last texts on a handset, in their order.
pub fn texts(tx: &mut Tx<'_>, number: &str, limit: i64) -> Result<Vec<HandsetText>, DbError> {
    let mut texts: Vec<HandsetText> = tx
        .query(&SIMULATOR_TEXTS, args![number, limit])?
        .iter()
        .map(|row| {
            Ok(HandsetText {
                id: row.get(0)?,
                number: number.to_owned(),
                our_address: row.get(1)?,
                direction: row.get(2)?,
                body: row.get(3)?,
                parts: row.get(4)?,
                message: row.get(5)?,
                at: row.get(6)?,
            })
        })
        .collect::<Result<_, DbError>>()?;
    texts.reverse();
    Ok(texts)
}
