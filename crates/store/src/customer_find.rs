//! Finding customers by what somebody remembers of a name or a number.

use crate::args;
use crate::customer::{self, CustomerRow, read};
use crate::db::{DbError, Row, Tx, inserts, statements};
use domain::id::CustomerId;
use domain::words;
use uuid::Uuid;

statements! {
    tenant CUSTOMER_WORDS_FORGET = "delete from customer_words where ws = $1 and customer_id = $2";
    tenant CUSTOMER_NAMES = "select id, name from customers
        where ws = $1 and id > $2 and merged_into is null order by id limit $3";
    tenant CUSTOMER_BY_WORD = "select customer_id from customer_words where ws = $1 and word >= $2 and word < $3 limit $4";
    tenant CUSTOMER_BY_WORDS = "select a.customer_id from customer_words a
        {sqlite:cross }join customer_words b on b.ws = a.ws and b.customer_id = a.customer_id
        where a.ws = $1 and a.word >= $2 and a.word < $3 and b.word >= $4 and b.word < $5 limit $6";
    tenant CUSTOMER_BY_NUMBER = "select customer_id from identities
        where ws = $1 and address >= $2 and address <= $3 limit $4";
    tenant CUSTOMER_BY_ENDING = "select customer_id from identities
        where ws = $1 and {sqlite:substr(address, -4)}{postgres:right(address, 4)} = $2 and address like $3 limit $4";
    tenant CUSTOMER_SOME = "select id, name, notes, last_at, created_at, merged_into from customers
        where ws = $1 and id {any:$2} and merged_into is null";
}

inserts! {
    CUSTOMER_WORDS_ADD = "customer_words" [("word", Text), ("customer_id", Uuid)] "on conflict do nothing";
}

/// Most customers of a word or number that are compared with each other; of one
/// that more have, the latest are looked at.
const SOME: i64 = 400;
/// The latest customers looked at, in whom a word that common occurs often enough.
const LATEST: i64 = 2_000;
/// Fewer digits than these are in most numbers.
const DIGITS_MIN: usize = 3;
/// Digits of an ending that the index keeps.
const ENDING: usize = 4;
/// More digits than any number has.
const NINES: &str = "999999999999999";

/// Makes customers findable by the names they have now.
pub(crate) fn add<'a>(tx: &mut Tx<'_>, names: impl IntoIterator<Item = (CustomerId, &'a str)>) -> Result<(), DbError> {
    let mut rows = Vec::new();
    for (id, name) in names {
        let mut all = words::tokens(name);
        all.sort_unstable();
        all.dedup();
        rows.extend(all.into_iter().map(|word| args![word, id].to_vec()));
    }
    if rows.is_empty() {
        return Ok(());
    }
    tx.insert_many_later(&CUSTOMER_WORDS_ADD, rows)
}

/// Forgets the words of a name that was changed.
pub(crate) fn forget(tx: &mut Tx<'_>, id: CustomerId) -> Result<(), DbError> {
    tx.later(&CUSTOMER_WORDS_FORGET, args![id])
}

/// Makes a page of all customers findable, after one in order; the last of it, or
/// nothing behind the end. For what came in bulk.
pub fn add_after(tx: &mut Tx<'_>, after: CustomerId, limit: i64) -> Result<Option<CustomerId>, DbError> {
    let names = names(&tx.query(&CUSTOMER_NAMES, args![after, limit])?)?;
    add(tx, names.iter().map(|(id, name)| (*id, name.as_str())))?;
    Ok(names.last().map(|(id, _)| *id))
}

fn names(rows: &[Row]) -> Result<Vec<(CustomerId, String)>, DbError> {
    rows.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Customers in whose name each word asked for begins one, or whose number begins or
/// ends with the digits asked for; those something happened with last come first.
pub fn find(tx: &mut Tx<'_>, asked: &str, limit: i64) -> Result<Vec<CustomerRow>, DbError> {
    let mut found = by_name(tx, &terms(asked))?;
    if !asked.chars().any(char::is_alphabetic) {
        let digits: String = asked.chars().filter(char::is_ascii_digit).collect();
        let ids = by_number(tx, &digits)?;
        found.extend(rows(tx, &ids)?);
    }
    found.sort_unstable_by_key(|row| std::cmp::Reverse((row.last_at, row.id)));
    found.dedup_by_key(|row| row.id);
    found.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(found)
}

/// The words of a question, the longest first: few share a long one.
fn terms(asked: &str) -> Vec<String> {
    let query = words::query(asked);
    let mut terms: Vec<String> = query.all.into_iter().chain(query.phrases.into_iter().flatten()).collect();
    terms.sort_unstable_by_key(|term| std::cmp::Reverse(term.chars().count()));
    terms
}

fn fits(name: &str, terms: &[String]) -> bool {
    let words = words::tokens(name);
    terms.iter().all(|term| words.iter().any(|word| word.starts_with(term.as_str())))
}

fn by_name(tx: &mut Tx<'_>, terms: &[String]) -> Result<Vec<CustomerRow>, DbError> {
    let mut some: Vec<CustomerId> = Vec::new();
    for term in terms {
        some = ids(&tx.query(&CUSTOMER_BY_WORD, args![term, after(term), SOME + 1])?)?;
        if few(&some) {
            break;
        }
    }
    if let (false, [first, second, ..]) = (few(&some), terms) {
        some = ids(&tx.query(&CUSTOMER_BY_WORDS, args![first, after(first), second, after(second), SOME + 1])?)?;
    }
    let mut named = rows(tx, &some)?;
    if !few(&some) {
        named.extend(customer::page(tx, (i64::MAX, CustomerId::new(Uuid::max())), LATEST)?);
    }
    named.retain(|row| fits(&row.name, terms));
    Ok(named)
}

fn rows(tx: &mut Tx<'_>, some: &[CustomerId]) -> Result<Vec<CustomerRow>, DbError> {
    if some.is_empty() {
        return Ok(Vec::new());
    }
    tx.query(&CUSTOMER_SOME, args![some])?.iter().map(read).collect()
}

fn by_number(tx: &mut Tx<'_>, digits: &str) -> Result<Vec<CustomerId>, DbError> {
    if digits.len() < DIGITS_MIN {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for start in [digits.to_owned(), format!("+{digits}"), format!("+1{digits}")] {
        let until = format!("{start}{NINES}");
        found.extend(ids(&tx.query(&CUSTOMER_BY_NUMBER, args![start, until, SOME])?)?);
    }
    if let Some(ending) = digits.len().checked_sub(ENDING).and_then(|from| digits.get(from..)) {
        found.extend(ids(&tx.query(&CUSTOMER_BY_ENDING, args![ending, format!("%{digits}"), SOME])?)?);
    }
    Ok(found)
}

fn few(some: &[CustomerId]) -> bool {
    i64::try_from(some.len()).is_ok_and(|count| count <= SOME)
}

fn ids(rows: &[Row]) -> Result<Vec<CustomerId>, DbError> {
    rows.iter().map(|row| row.get(0)).collect()
}

/// What comes after every word that begins so.
fn after(start: &str) -> String {
    format!("{start}\u{10FFFF}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_asked_for_by_how_their_words_begin() {
        for (name, asked, fits_it) in [
            ("María López", "maria", true),
            ("María López", "lop mar", true),
            ("María López", "lopez garcia", false),
            ("María López", "aria", false),
            ("Ann-Kathrin O'Neill", "kathrin oneill", true),
            ("", "a", false),
        ] {
            assert_eq!(fits(name, &terms(asked)), fits_it, "{asked} in {name}");
        }
    }
}
