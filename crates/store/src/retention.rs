//! Terms of rows: how long each category is kept, what is over its term, and its removal.

use crate::args;
use crate::db::{DbError, Row, Sql, Tx, statements};
use crate::erasure;
use domain::evidence::{Digest, Kind};
use domain::id::MessageId;
use domain::retention::Category;
use uuid::Uuid;

statements! {
    tenant RETENTION_LIST = "select category, days, run_at, gone from retentions where ws = $1 order by category";
    tenant RETENTION_SET = "insert into retentions (ws, category, days, changed_at) values ($1, $2, $3, $4)
        on conflict (ws, category) do update set days = excluded.days, changed_at = excluded.changed_at";
    tenant RETENTION_RAN = "insert into retentions (ws, category, days, changed_at, run_at, gone) values ($1, $2, $3, $4, $4, $5)
        on conflict (ws, category) do update set run_at = excluded.run_at, gone = excluded.gone";

    tenant OVER_CONVERSATIONS = "select count(*), min(last_at) from conversations
        where ws = $1 and status = 'closed' and last_at < $2",
        cold "by sample: a preview, asked for by a person; most of a file may be closed and old";
    tenant OVER_MESSAGES = "select count(*), min(created_at) from messages
        where ws = $1 and kind in ('inbound', 'outbound') and created_at < $2";
    tenant OVER_NOTES = "select count(*), min(created_at) from messages
        where ws = $1 and kind = 'note' and created_at < $2", cold "a preview, asked for by a person";
    tenant OVER_MEDIA = "select count(*), min(created_at) from media
        where ws = $1 and created_at < $2 and (content is not null or source_url is not null)",
        cold "a preview, asked for by a person";
    tenant OVER_RECEIPTS = "select count(*), min(created_at) from receipts where ws = $1 and created_at < $2",
        cold "a preview, asked for by a person";
    tenant OVER_AUDIT = "select count(*), min(at) from audit
        where ws = $1 and at < $2 and action not in ('customer.erase', 'retention.purge')", cold "a preview, asked for by a person";

    tenant PURGE_CONVERSATIONS = "select id from conversations
        where ws = $1 and status = 'closed' and last_at < $2 order by last_at, id limit $3";
    tenant PURGE_MESSAGES_OF = "select id from messages where ws = $1 and conversation_id {any:$2} limit $3";
    tenant PURGE_CONVERSATION = "delete from conversations where ws = $1 and id {any:$2} and status = 'closed'";
    tenant PURGE_MESSAGES = "select id from messages where ws = $1 and kind in ('inbound', 'outbound') and created_at < $2
        and state not in ('queued', 'held', 'handing_over', 'sent', 'ambiguous') order by created_at, id limit $3";
    tenant PURGE_NOTES = "select id from messages where ws = $1 and kind = 'note' and created_at < $2 limit $3",
        cold "once a day, by nobody who waits";
    tenant PURGE_PREVIEWS = "update conversations set preview = '' where ws = $1 and id in
        (select conversation_id from messages where ws = $1 and id {any:$2}) and last_at < $3 and preview <> ''";
    tenant PURGE_MEDIA = "update media set content = null, source_url = null, bytes = -1 where ws = $1 and id in
        (select id from media where ws = $1 and created_at < $2 and (content is not null or source_url is not null)
            limit $3)", cold "once a day, by nobody who waits";
    tenant PURGE_RECEIPTS = "delete from receipts where ws = $1 and (account_id, provider_id, word, part) in
        (select account_id, provider_id, word, part from receipts where ws = $1 and created_at < $2 limit $3)",
        cold "once a day, by nobody who waits";
    tenant PURGE_INBOUND_IDS = "delete from inbound_ids where ws = $1 and (account_id, provider_id) in
        (select account_id, provider_id from inbound_ids where ws = $1 and created_at < $2 limit $3)",
        cold "once a day, by nobody who waits";
    tenant PURGE_AUDIT = "delete from audit where ws = $1 and id in (select id from audit
        where ws = $1 and at < $2 and action not in ('customer.erase', 'retention.purge') order by at, id limit $3)
        returning id";
}

/// How a workspace keeps a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionRow {
    /// The category.
    pub category: Category,
    /// Its term in days; none: for good.
    pub days: Option<i64>,
    /// When it was last carried out, Unix ms.
    pub run_at: Option<i64>,
    /// How many rows went with that.
    pub gone: i64,
}

fn retention(row: &Row) -> Result<Option<RetentionRow>, DbError> {
    // A category of a newer Hark beside this one is its own.
    let Some(category) = Category::from_word(&row.get::<String>(0)?) else { return Ok(None) };
    Ok(Some(RetentionRow { category, days: row.get(1)?, run_at: row.get(2)?, gone: row.get(3)? }))
}

/// What a workspace has said, and what has been done.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<RetentionRow>, DbError> {
    let rows = tx.query(&RETENTION_LIST, args![])?;
    let rows: Vec<Option<RetentionRow>> = rows.iter().map(retention).collect::<Result<_, _>>()?;
    Ok(rows.into_iter().flatten().collect())
}

/// Sets the term of a category, in days; none: for good.
pub fn set(tx: &mut Tx<'_>, category: Category, days: Option<i64>, at: i64) -> Result<(), DbError> {
    tx.later(&RETENTION_SET, args![category.word(), days, at])
}

/// Notes that a category was carried out, with how many rows went.
pub fn ran(tx: &mut Tx<'_>, row: &RetentionRow, at: i64) -> Result<(), DbError> {
    tx.later(&RETENTION_RAN, args![row.category.word(), row.days, at, row.gone])
}

/// How many rows of a category are from before an instant, and of when the first is (Unix ms).
pub fn over(tx: &mut Tx<'_>, category: Category, before: i64) -> Result<(i64, Option<i64>), DbError> {
    let sql: &'static Sql = match category {
        Category::Conversations => &OVER_CONVERSATIONS,
        Category::Messages => &OVER_MESSAGES,
        Category::Notes => &OVER_NOTES,
        Category::Media => &OVER_MEDIA,
        Category::Webhooks => &OVER_RECEIPTS,
        Category::Audit => &OVER_AUDIT,
    };
    let row = tx.query_one(sql, args![before])?;
    Ok((row.get(0)?, row.get(1)?))
}

/// Removes some rows of a category from before an instant; answers how many, none at the end.
/// `mark` is the deed's in the chain, `at` is when (Unix ms).
pub fn purge(
    tx: &mut Tx<'_>,
    category: Category,
    before: i64,
    limit: i64,
    mark: Digest,
    at: i64,
) -> Result<u64, DbError> {
    let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    match category {
        Category::Conversations => {
            let due: Vec<Uuid> = ids(tx, &PURGE_CONVERSATIONS, before, limit)?;
            let inside: Vec<MessageId> = tx
                .query(&PURGE_MESSAGES_OF, args![due.as_slice(), limit])?
                .iter()
                .map(|row| row.get(0))
                .collect::<Result<_, _>>()?;
            if !inside.is_empty() {
                erasure::messages(tx, &inside, mark, at)?;
                return Ok(count(inside.len()));
            }
            tx.exec(&PURGE_CONVERSATION, args![due])
        }
        Category::Messages | Category::Notes => {
            let sql: &'static Sql = if category == Category::Notes { &PURGE_NOTES } else { &PURGE_MESSAGES };
            let due: Vec<MessageId> = ids(tx, sql, before, limit)?;
            if !due.is_empty() {
                tx.exec(&PURGE_PREVIEWS, args![due.as_slice(), before])?;
                erasure::messages(tx, &due, mark, at)?;
            }
            Ok(count(due.len()))
        }
        Category::Media => tx.exec(&PURGE_MEDIA, args![before, limit]),
        Category::Webhooks => {
            let receipts = tx.exec(&PURGE_RECEIPTS, args![before, limit])?;
            Ok(receipts + tx.exec(&PURGE_INBOUND_IDS, args![before, limit])?)
        }
        Category::Audit => {
            let gone: Vec<Uuid> = ids(tx, &PURGE_AUDIT, before, limit)?;
            for id in &gone {
                erasure::erased(tx, Kind::Audit, id.as_bytes(), mark, at);
            }
            Ok(count(gone.len()))
        }
    }
}

fn ids<T: crate::db::FromVal>(tx: &mut Tx<'_>, sql: &'static Sql, before: i64, limit: i64) -> Result<Vec<T>, DbError> {
    tx.query(sql, args![before, limit])?.iter().map(|row| row.get(0)).collect()
}
