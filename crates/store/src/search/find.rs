//! Finding messages in the index, newest first.
//!
//! A word that is common must not cost what it is common by: nobody reads more
//! than a page of it. So the latest messages are looked at one by one first; a
//! common word fills the page there. What does not is rare, and the index has
//! its places at once. Only the index alone would gather every place of a
//! common word, or of all words that begin as the one being typed does, before
//! it knew the newest.

use super::workspace_no;
use crate::args;
use crate::db::{DbError, Engine, Row, Tx, statements};
use domain::id::{ConversationId, CustomerId, MessageId};
use domain::words::Query;

statements! {
    // A workspace's places lie among those of others: what is looked at is counted, not what is its own.
    tenant SEARCH_LATEST = "{sqlite:select id, case when ws = $1 then words else '' end from message_search
        where id < $2 order by id desc limit $3}";
    // The function of PostgreSQL looks at the latest by itself.
    tenant SEARCH_WORDS = "select w.id from {sqlite:message_words cross join message_search w on w.id = message_words.rowid
            where message_words match $2 and message_words.rowid < $3 and w.ws = $1
            order by message_words.rowid desc limit $4}
        {postgres:hark_search($1, $2::text::tsquery, $3, $4) as w (id)}";
    tenant SEARCH_WORDS_STARTED = "{sqlite:select w.id from message_words
        cross join message_search w on w.id = message_words.rowid
        where message_words match $2 and message_words.rowid < $3 and w.ws = $1 and instr(' ' || w.words, $5) > 0
        order by message_words.rowid desc limit $4}";
    tenant SEARCH_SHOW = "select s.id, m.id, m.conversation_id, m.seq, m.kind, m.body, m.created_at, c.customer_id,
            k.name, c.address
        from message_search s
        {sqlite:cross }join messages m on m.ws = s.ws and m.id = s.message_id
        {sqlite:cross }join conversations c on c.ws = m.ws and c.id = m.conversation_id
        {sqlite:cross }join customers k on k.ws = c.ws and k.id = c.customer_id
        where {sqlite:+}s.ws = $1 and s.id {any:$2}";
}

/// The latest messages looked at one by one: what fills no page of them is rare
/// enough for the index. A few first, which is all that a very common word takes.
/// The function of PostgreSQL looks at as many.
const LATEST: [i64; 2] = [400, 3_600];
/// A word being typed counts as a start from this many letters on: a single
/// letter starts a good part of everything that was ever said.
const START_CHARS: usize = 2;
/// A start that one in so many messages holds is looked for among the messages
/// that hold the other words, not in the index.
const COMMON: usize = 50;

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands in the index; the next page begins before it.
    pub place: i64,
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its number in the conversation.
    pub seq: i64,
    /// What it is, as its word.
    pub kind: String,
    /// Its words.
    pub body: String,
    /// Unix ms.
    pub at: i64,
    /// Whose conversation it is.
    pub customer: CustomerId,
    /// Their name, possibly empty.
    pub customer_name: String,
    /// Their address in this conversation, canonical.
    pub address: String,
}

fn found(row: &Row) -> Result<Found, DbError> {
    Ok(Found {
        place: row.get(0)?,
        message: row.get(1)?,
        conversation: row.get(2)?,
        seq: row.get(3)?,
        kind: row.get(4)?,
        body: row.get(5)?,
        at: row.get(6)?,
        customer: row.get(7)?,
        customer_name: row.get(8)?,
        address: row.get(9)?,
    })
}

/// The messages that hold all that is asked, newest first, before a place (exclusive).
pub fn find(tx: &mut Tx<'_>, query: &Query, before: Option<i64>, limit: i64) -> Result<Vec<Found>, DbError> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let (no, before) = (workspace_no(tx)?, before.unwrap_or(i64::MAX));
    let asked = Asked::new(no, query);
    let places = match tx.engine() {
        Engine::Sqlite => sqlite(tx, &asked, before, limit)?,
        Engine::Postgres => numbers(&tx.query(&SEARCH_WORDS, args![asked.postgres(), before, limit])?)?,
    };
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut all: Vec<Found> = tx.query(&SEARCH_SHOW, args![places])?.iter().map(found).collect::<Result<_, _>>()?;
    all.sort_unstable_by_key(|found| std::cmp::Reverse(found.place));
    Ok(all)
}

fn numbers(rows: &[Row]) -> Result<Vec<i64>, DbError> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// The places of what is asked, newest first.
///
/// FTS5 walks whole words from the newest on by itself and stops at the limit.
/// Of a start it gathers every place of every word first.
fn sqlite(tx: &mut Tx<'_>, asked: &Asked, mut before: i64, limit: i64) -> Result<Vec<i64>, DbError> {
    let Some(start) = &asked.start else {
        return numbers(&tx.query(&SEARCH_WORDS, args![asked.sqlite(), before, limit])?);
    };
    let wanted = usize::try_from(limit).unwrap_or(0);
    let mut places = Vec::new();
    let (mut seen, mut starts, mut rest) = (0_usize, 0_usize, 0_usize);
    for many in LATEST {
        let rows = tx.query(&SEARCH_LATEST, args![before, many])?;
        for row in &rows {
            before = row.get(0)?;
            let words = format!(" {}", row.get::<String>(1)?);
            let (begins, holds) = (words.contains(start.as_str()), asked.holds_rest(&words));
            (starts, rest) = (starts + usize::from(begins), rest + usize::from(holds));
            if begins && holds {
                places.push(before);
            }
        }
        seen += rows.len();
        if places.len() >= wanted || i64::try_from(rows.len()) != Ok(many) {
            places.truncate(wanted);
            return Ok(places);
        }
    }
    let left = limit - i64::try_from(places.len()).unwrap_or(limit);
    // Whichever of the two is rarer is looked up; a look at a message costs ten times a place in the index.
    let by_rest = asked.has_rest() && starts * COMMON > seen && rest < starts * 10;
    let older = if by_rest {
        tx.query(&SEARCH_WORDS_STARTED, args![asked.sqlite_rest(), before, left, start.clone()])?
    } else {
        tx.query(&SEARCH_WORDS, args![asked.sqlite(), before, left])?
    };
    places.extend(numbers(&older)?);
    Ok(places)
}

/// What is asked, in the words of the index: each led by a space and the
/// workspace's number, as the words of a message stand in a row of SQLite.
struct Asked {
    words: Vec<String>,
    phrases: Vec<Vec<String>>,
    /// The word being typed.
    start: Option<String>,
}

impl Asked {
    fn new(no: i64, query: &Query) -> Self {
        let led = |word: &String| format!(" {no}x{word}");
        let mut words: Vec<String> = query.all.iter().map(led).collect();
        let typed = query.prefix_last && query.all.last().is_some_and(|last| last.chars().count() >= START_CHARS);
        let start = if typed { words.pop() } else { None };
        let phrases = query.phrases.iter().map(|phrase| phrase.iter().map(led).collect()).collect();
        Self { words, phrases, start }
    }

    fn has_rest(&self) -> bool {
        !self.words.is_empty() || !self.phrases.is_empty()
    }

    /// Whether words, led by a space each and ended by one, hold all but the start.
    fn holds_rest(&self, text: &str) -> bool {
        self.words.iter().all(|word| text.contains(&format!("{word} ")))
            && self.phrases.iter().all(|phrase| text.contains(&format!("{} ", phrase.concat())))
    }

    /// All but the start, as FTS5 is asked. Words are letters and digits alone.
    fn sqlite_rest(&self) -> String {
        let words = self.words.iter().map(|word| format!("\"{}\"", word.trim_start()));
        let phrases = self.phrases.iter().map(|phrase| format!("\"{}\"", phrase.concat().trim_start()));
        words.chain(phrases).collect::<Vec<_>>().join(" AND ")
    }

    fn sqlite(&self) -> String {
        let rest = Some(self.sqlite_rest()).filter(|rest| !rest.is_empty());
        let start = self.start.iter().map(|start| format!("\"{}\" *", start.trim_start()));
        rest.into_iter().chain(start).collect::<Vec<_>>().join(" AND ")
    }

    /// As PostgreSQL is asked.
    fn postgres(&self) -> String {
        let quoted = |word: &String| format!("'{}'", word.trim_start());
        let words = self.words.iter().map(quoted);
        let start = self.start.iter().map(|start| format!("{}:*", quoted(start)));
        let next_to = |phrase: &Vec<String>| phrase.iter().map(quoted).collect::<Vec<_>>().join(" <-> ");
        let phrases = self.phrases.iter().map(|phrase| format!("({})", next_to(phrase)));
        words.chain(start).chain(phrases).collect::<Vec<_>>().join(" & ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::new(7, &domain::words::query(text))
    }

    #[test]
    fn questions_speak_the_engines_language() {
        let mixed = asked("refund \"blue dress\" dre");
        assert_eq!(mixed.sqlite(), "\"7xrefund\" AND \"7xblue 7xdress\" AND \"7xdre\" *");
        assert_eq!(mixed.postgres(), "'7xrefund' & '7xdre':* & ('7xblue' <-> '7xdress')");
        assert_eq!(asked("a").sqlite(), "\"7xa\"");
        assert_eq!(asked("dre").sqlite(), "\"7xdre\" *");
    }

    #[test]
    fn words_are_held_whole_and_in_their_order() {
        let text = " 7xthe 7xblue 7xdress 7xshop ";
        for (question, holds) in [
            ("blue dress ", true),
            ("blues dress ", false),
            ("blu dress ", false),
            ("\"blue dress\"", true),
            ("\"dress blue\"", false),
            ("\"blue dres\"", false),
            ("the", true),
        ] {
            assert_eq!(asked(question).holds_rest(text), holds, "{question}");
        }
        assert!(!asked("the ").holds_rest(" 17xthe "), "another workspace's");
    }
}
