//! What the handsets of the simulated carrier show.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::{AccountId, MediaId, MessageId};
use uuid::Uuid;

statements! {
    tenant SIMULATOR_PHONES = "select t.number, t.at, t.body from simulator_texts t
        where t.ws = $1 and (t.at, t.number) < ($2, $3) and not exists (select 1 from simulator_texts n
            where n.ws = $1 and n.number = t.number and (n.at, n.id) > (t.at, t.id))
        order by t.at desc, t.number desc limit $4",
        cold "the simulator's phones, which are few outside of benchmarks";
    tenant SIMULATOR_TEXTS = "select id, our_address, direction, body, parts, message_id, at from simulator_texts
        where ws = $1 and number = $2 order by at desc, id desc limit $3";
    tenant SIMULATOR_TYPED = "select id, account_id, number, our_address, body, pictures from simulator_texts
        where ws = $1 and direction = 'from_phone' and message_id is null and id > $2 order by id limit $3";
    tenant SIMULATOR_PICTURES = "update simulator_texts set pictures = $3 where ws = $1 and id = $2";
    tenant SIMULATOR_BECAME = "update simulator_texts set message_id = $3 where ws = $1 and id = $2";
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
    /// Our message: the one delivered, or the one a typed text became.
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

/// A text that was typed on a handset and is no message yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Typed {
    /// Its identity.
    pub id: Uuid,
    /// The account whose number it was written to.
    pub account: AccountId,
    /// The handset.
    pub number: String,
    /// Our side.
    pub our_address: String,
    /// The words.
    pub body: String,
    /// The pictures that go with it.
    pub pictures: Vec<MediaId>,
}

/// Notes the pictures of a typed text.
pub fn set_pictures(tx: &mut Tx<'_>, id: Uuid, pictures: &[MediaId]) -> Result<(), DbError> {
    let kept: Vec<String> = pictures.iter().map(ToString::to_string).collect();
    // Strings always serialise.
    tx.later(&SIMULATOR_PICTURES, args![id, serde_json::to_string(&kept).unwrap_or_default()])
}

/// Typed texts that are no messages yet, after one of them, in the order of their ids.
pub fn typed(tx: &mut Tx<'_>, after: Uuid, limit: i64) -> Result<Vec<Typed>, DbError> {
    tx.query(&SIMULATOR_TYPED, args![after, limit])?
        .iter()
        .map(|row| {
            let pictures: Vec<String> = serde_json::from_str(&row.get::<String>(5)?).unwrap_or_default();
            Ok(Typed {
                id: row.get(0)?,
                account: row.get(1)?,
                number: row.get(2)?,
                our_address: row.get(3)?,
                body: row.get(4)?,
                pictures: pictures.iter().filter_map(|id| id.parse().ok()).collect(),
            })
        })
        .collect()
}

/// Notes which message a text from a handset became.
pub fn became(tx: &mut Tx<'_>, id: Uuid, message: MessageId) -> Result<(), DbError> {
    tx.exec(&SIMULATOR_BECAME, args![id, message])?;
    Ok(())
}

/// A page of the handsets that were used, latest first, each once: number, Unix ms, last words.
/// Those before a place: when (Unix ms) and number.
pub fn phones(tx: &mut Tx<'_>, before: (i64, &str), limit: i64) -> Result<Vec<(String, i64, String)>, DbError> {
    tx.query(&SIMULATOR_PHONES, args![before.0, before.1, limit])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .collect()
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
