//! The search index: which messages hold which words.
//!
//! Words are cut by `domain::words` and led by the workspace's number, so that
//! a word common in one workspace costs nothing in another. Both engines answer
//! alike: SQLite by FTS5, PostgreSQL by a `tsvector` it has not parsed itself.

mod find;

pub(crate) use find::STATEMENTS as FIND_STATEMENTS;
pub use find::{Found, find};

use crate::args;
use crate::db::{DbError, Engine, Row, Tx, inserts, statements};
use domain::id::MessageId;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use uuid::Uuid;

statements! {
    tenant SEARCH_WORKSPACE_NO = "select no from workspaces where id = $1";
    tenant SEARCH_KNOWN = "select message_id from message_search where ws = $1 and message_id {any:$2}";
    tenant SEARCH_TAKEN = "select id from message_search where {sqlite:+}ws = $1 and id {any:$2}";
    // One by one on SQLite; PostgreSQL takes many by SEARCH_INSERT_MANY.
    tenant SEARCH_ADD = "insert into message_search (ws, id, message_id, words)
        values ($1, $2, $3, {sqlite:$4}{postgres:$4::text::tsvector}) {sqlite:on conflict (id) do nothing}";
    // PostgreSQL indexes the row itself.
    tenant SEARCH_ADD_WORDS = "{sqlite:insert into message_words (rowid, words)
        select s.id, s.words from message_search s where s.ws = $1 and s.id = $2}";
    tenant SEARCH_FORGET = "delete from message_search where ws = $1 and message_id {any:$2}";
    tenant SEARCH_PAGE = "select id, body, created_at from messages where ws = $1 and id > $2 order by id limit $3";
    tenant SEARCH_FOR = "select id, body, created_at from messages where ws = $1 and id {any:$2}";
    tenant SEARCH_MESSAGES = "select count(*) from messages where ws = $1", cold "once for each indexing anew, to show how far it is";
}

inserts! {
    // PostgreSQL alone: SQLite asks for its places one by one.
    SEARCH_INSERT_MANY = "message_search" [("id", Int), ("message_id", Uuid), ("words", Words)] "";
}

/// The follower of the event log that keeps the index up.
pub const FOLLOWER: &str = "search";
/// 2020-01-01 00:00 UTC in Unix ms: places count from here.
const EPOCH: i64 = 1_577_836_800_000;
/// Bits of a place that keep messages of one millisecond apart.
const APART: u32 = 22;
/// Most words of one message; what comes after is not found. PostgreSQL keeps
/// places of words below 16,384 apart.
const WORDS_MAX: usize = 10_000;
/// Most places of one word in one message, as many as PostgreSQL keeps.
const REPEATS_MAX: u16 = 255;

/// A message to be found by its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The message.
    pub message: MessageId,
    /// When it was made, Unix ms.
    pub at: i64,
    /// Its words, in order, as `domain::words` cuts them.
    pub words: Vec<String>,
}

/// Where a message stands in the index: later ones higher.
fn place(entry: &Entry) -> i64 {
    let low = entry.message.uuid().as_u64_pair().1 & ((1 << APART) - 1);
    let since = (entry.at - EPOCH).clamp(0, (1 << (62 - APART)) - 1);
    (since << APART) | i64::try_from(low).unwrap_or(0)
}

fn workspace_no(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(&SEARCH_WORKSPACE_NO, args![])?.get(0)
}

/// Makes messages findable. Those that are already stay as they are.
pub fn add(tx: &mut Tx<'_>, entries: &[Entry]) -> Result<(), DbError> {
    if entries.is_empty() {
        return Ok(());
    }
    let asked: Vec<Uuid> = entries.iter().map(|entry| entry.message.uuid()).collect();
    let mut known: HashSet<Uuid> =
        tx.query(&SEARCH_KNOWN, args![asked])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let mut fresh: Vec<(i64, &Entry)> =
        entries.iter().filter(|entry| known.insert(entry.message.uuid())).map(|entry| (place(entry), entry)).collect();
    // FTS5 writes a segment whenever ids go down.
    fresh.sort_unstable_by_key(|(place, _)| *place);
    let no = workspace_no(tx)?;
    match tx.engine() {
        Engine::Sqlite => add_sqlite(tx, no, &fresh),
        Engine::Postgres => add_postgres(tx, no, &fresh),
    }
}

/// A place may be taken by a message of any workspace: the next free one is as good.
fn add_sqlite(tx: &mut Tx<'_>, no: i64, fresh: &[(i64, &Entry)]) -> Result<(), DbError> {
    let mut least = 0;
    for (wanted, entry) in fresh {
        let mut words = String::new();
        for (_, word) in kept(&entry.words) {
            // Writing into a string cannot fail.
            let _ = write!(words, "{no}x{word} ");
        }
        let mut place = least.max(*wanted);
        while tx.exec(&SEARCH_ADD, args![place, entry.message, &words])? == 0 {
            place += 1;
        }
        least = place + 1;
        tx.exec(&SEARCH_ADD_WORDS, args![place])?;
    }
    Ok(())
}

fn add_postgres(tx: &mut Tx<'_>, no: i64, fresh: &[(i64, &Entry)]) -> Result<(), DbError> {
    let wanted: Vec<i64> = fresh.iter().map(|(place, _)| *place).collect();
    let mut taken: HashSet<i64> =
        tx.query(&SEARCH_TAKEN, args![wanted])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let mut rows = Vec::with_capacity(fresh.len());
    for (wanted, entry) in fresh {
        let mut place = *wanted;
        while !taken.insert(place) {
            place += 1;
            // Beyond the places asked about, the answer is not known yet.
            if !tx.query(&SEARCH_TAKEN, args![vec![place]])?.is_empty() {
                taken.insert(place);
            }
        }
        let mut words = String::new();
        for (position, word) in kept(&entry.words) {
            // Letters and digits alone: nothing in a word needs escaping.
            let _ = write!(words, "'{no}x{word}':{position} ");
        }
        rows.push(args![place, entry.message, words].to_vec());
    }
    tx.insert_many_later(&SEARCH_INSERT_MANY, rows)
}

/// The words that both engines keep, with their positions from 1.
fn kept(words: &[String]) -> impl Iterator<Item = (usize, &str)> {
    let mut counts: HashMap<&str, u16> = HashMap::new();
    words
        .iter()
        .take(WORDS_MAX)
        .map(String::as_str)
        .filter(move |word| {
            let count = counts.entry(word).or_default();
            *count += 1;
            *count <= REPEATS_MAX
        })
        .enumerate()
        .map(|(index, word)| (index + 1, word))
}

/// Makes messages unfindable. Deleted messages are forgotten by themselves.
pub fn forget(tx: &mut Tx<'_>, messages: &[MessageId]) -> Result<u64, DbError> {
    tx.exec(&SEARCH_FORGET, args![messages])
}

/// Has the follower look at every message again. For what comes in bulk and
/// writes no event per message; the transaction must write some event.
pub fn wish_anew(tx: &mut Tx<'_>) -> Result<(), DbError> {
    // The log will seem to have lost its beginning.
    crate::event::follower_anew(tx, FOLLOWER)
}

/// A message as the index needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The message.
    pub message: MessageId,
    /// Its words as written.
    pub body: String,
    /// When it was made, Unix ms.
    pub at: i64,
}

fn source(row: &Row) -> Result<Source, DbError> {
    Ok(Source { message: row.get(0)?, body: row.get(1)?, at: row.get(2)? })
}

/// Some messages, as far as they still exist.
pub fn sources(tx: &mut Tx<'_>, messages: Vec<Uuid>) -> Result<Vec<Source>, DbError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&SEARCH_FOR, args![messages])?.iter().map(source).collect()
}

/// A page of all messages by identity, after the given one.
pub fn sources_after(tx: &mut Tx<'_>, after: MessageId, limit: i64) -> Result<Vec<Source>, DbError> {
    tx.query(&SEARCH_PAGE, args![after, limit])?.iter().map(source).collect()
}

/// How many messages there are.
pub fn messages(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.query_one(&SEARCH_MESSAGES, args![])?.get(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_rise_with_time_and_stay_positive() {
        let entry = |at, low: u128| Entry { message: MessageId::new(Uuid::from_u128(low)), at, words: Vec::new() };
        assert!(place(&entry(EPOCH + 1, 0)) > place(&entry(EPOCH, u128::MAX)));
        assert_eq!(place(&entry(0, 5)), 5);
        assert!(place(&entry(i64::MAX, u128::MAX)) > 0 && place(&entry(i64::MAX, u128::MAX)) < i64::MAX);
    }

    #[test]
    fn a_word_said_very_often_keeps_its_first_places() {
        let mut words = vec!["ha".to_owned(); 300];
        words.push("stop".to_owned());
        assert_eq!(kept(&words).count(), 256);
        assert_eq!(kept(&words).last().unwrap(), (256, "stop"));
    }
}
