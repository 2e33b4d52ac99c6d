//! Dry runs of rules: texts of late, judged once more by other rules, and those that would have
//! fared otherwise. Nothing is sent or changed by one.

use crate::args;
use crate::db::{DbError, Row, Tx, inserts, statements};
use domain::id::{DryRunId, MessageId};
use uuid::Uuid;

macro_rules! columns {
    () => {
        "id, pack, overrides, against, since, place_at, place_id, total, done, counts, actor_kind, actor_id, created_at,
        cancelled_at, finished_at, tried"
    };
}

statements! {
    tenant DRY_RUN_INSERT = "insert into dry_runs (ws, id, pack, overrides, against, since, place_at, place_id, total, done,
        counts, actor_kind, actor_id, created_at, tried)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14)";
    tenant DRY_RUN_GET = concat!("select ", columns!(), " from dry_runs where ws = $1 and id = $2");
    tenant DRY_RUN_PAGE = concat!("select ", columns!(), " from dry_runs
        where ws = $1 and (created_at, id) < ($2, $3) order by created_at desc, id desc limit $4");
    tenant DRY_RUN_OPEN = concat!("select ", columns!(), " from dry_runs
        where ws = $1 and finished_at is null order by created_at, id limit $2");
    tenant DRY_RUN_PROGRESS = "update dry_runs set place_at = $3, place_id = $4, done = $5, counts = $6
        where ws = $1 and id = $2 and finished_at is null";
    tenant DRY_RUN_FINISH = "update dry_runs set finished_at = $3 where ws = $1 and id = $2 and finished_at is null";
    tenant DRY_RUN_CANCEL = "update dry_runs set finished_at = $3, cancelled_at = $3
        where ws = $1 and id = $2 and finished_at is null";
    tenant DRY_RUN_FORGET = "delete from dry_runs where ws = $1 and created_at < $2",
        cold "dry runs are few, and are forgotten when another is asked for";
    tenant DRY_RUN_TEXTS_COUNT = "select count(*) from messages
        where ws = $1 and kind in ('inbound', 'outbound') and created_at >= $2 and created_at <= $3";
    tenant DRY_RUN_TEXTS = "select m.id, m.created_at, m.kind, m.body, m.purpose, m.origin, m.media,
        (select c.address from conversations c where c.ws = m.ws and c.id = m.conversation_id)
        from messages m where m.ws = $1 and m.kind in ('inbound', 'outbound') and (m.created_at, m.id) < ($2, $3) and m.created_at >= $4
        order by m.created_at desc, m.id desc limit $5";
    tenant DRY_RUN_CHANGES = "select message_id, text_at, was, was_until, becomes, becomes_until, rule, code, detail
        from dry_run_changes where ws = $1 and run_id = $2 and (text_at, message_id) < ($3, $4)
        order by text_at desc, message_id desc limit $5";
}

inserts! {
    DRY_RUN_CHANGE_MANY = "dry_run_changes" [
        ("run_id", Uuid), ("message_id", Uuid), ("text_at", Int), ("was", Text), ("was_until", Int), ("becomes", Text),
        ("becomes_until", Int), ("rule", Text), ("code", Text), ("detail", Text)
    ] "on conflict do nothing";
}

/// A dry run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DryRunRow {
    /// Its identity.
    pub id: DryRunId,
    /// The pack that is tried; empty for the default.
    pub pack: String,
    /// The overrides that are tried with it, as the gate takes them: a JSON array.
    pub overrides: String,
    /// The one of them that is tried beside those that stood, a JSON object; none where only a pack is tried.
    pub tried: Option<String>,
    /// The state of the rules it is compared with ([`crate::rules`]); 0: the default pack.
    pub against: i64,
    /// Texts from here on are judged, Unix ms.
    pub since: i64,
    /// How far back it has come: it begins with the latest text.
    pub place: (i64, Uuid),
    /// Texts either way there were when it began.
    pub total: i64,
    /// How many of them were looked at.
    pub done: i64,
    /// What came of them: a JSON object.
    pub counts: String,
    /// The kind of who asked for it.
    pub actor_kind: String,
    /// Who, where there is somebody.
    pub actor_id: Option<Uuid>,
    /// When, Unix ms.
    pub created_at: i64,
    /// When somebody broke it off, Unix ms.
    pub cancelled_at: Option<i64>,
    /// When nothing more was to be done, Unix ms.
    pub finished_at: Option<i64>,
}

fn dry_run(row: &Row) -> Result<DryRunRow, DbError> {
    Ok(DryRunRow {
        id: row.get(0)?,
        pack: row.get(1)?,
        overrides: row.get(2)?,
        against: row.get(3)?,
        since: row.get(4)?,
        place: (row.get(5)?, row.get(6)?),
        total: row.get(7)?,
        done: row.get(8)?,
        counts: row.get(9)?,
        actor_kind: row.get(10)?,
        actor_id: row.get(11)?,
        created_at: row.get(12)?,
        cancelled_at: row.get(13)?,
        finished_at: row.get(14)?,
        tried: row.get(15)?,
    })
}

/// A text to judge once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The message.
    pub id: MessageId,
    /// When it came to be, Unix ms.
    pub at: i64,
    /// `inbound` or `outbound`.
    pub kind: String,
    /// Its words.
    pub body: String,
    /// Why it was sent.
    pub purpose: Option<String>,
    /// Who asked for it.
    pub origin: Option<String>,
    /// How many pictures went along.
    pub media: i64,
    /// The customer's number.
    pub address: String,
}

/// A text that would have fared otherwise. Instants are Unix ms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The message.
    pub message: MessageId,
    /// When it came to be.
    pub text_at: i64,
    /// The verdict of the rules that hold.
    pub was: String,
    /// Until when they held it.
    pub was_until: Option<i64>,
    /// The verdict of those that were tried.
    pub becomes: String,
    /// Until when they would hold it.
    pub becomes_until: Option<i64>,
    /// The rule that decides: of those that were tried, or of the others where nothing stands against it any more.
    pub rule: String,
    /// Its stable code.
    pub code: String,
    /// The same in plain words.
    pub detail: String,
}

/// Keeps a dry run.
pub fn insert(tx: &mut Tx<'_>, new: &DryRunRow) -> Result<(), DbError> {
    tx.exec(
        &DRY_RUN_INSERT,
        args![
            new.id,
            &new.pack,
            &new.overrides,
            new.against,
            new.since,
            new.place.0,
            new.place.1,
            new.total,
            &new.counts,
            &new.actor_kind,
            new.actor_id,
            new.created_at,
            &new.tried
        ],
    )?;
    Ok(())
}

/// One dry run.
pub fn get(tx: &mut Tx<'_>, id: DryRunId) -> Result<Option<DryRunRow>, DbError> {
    tx.query_opt(&DRY_RUN_GET, args![id])?.as_ref().map(dry_run).transpose()
}

/// Dry runs before a place, newest first.
pub fn page(tx: &mut Tx<'_>, before: (i64, Uuid), limit: i64) -> Result<Vec<DryRunRow>, DbError> {
    tx.query(&DRY_RUN_PAGE, args![before.0, before.1, limit])?.iter().map(dry_run).collect()
}

/// Those that are not done, those first that were asked for first.
pub fn open(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<DryRunRow>, DbError> {
    tx.query(&DRY_RUN_OPEN, args![limit])?.iter().map(dry_run).collect()
}

/// Notes how far a dry run has come. False where it was broken off: the step must not be kept.
pub fn progress(tx: &mut Tx<'_>, run: &DryRunRow) -> Result<bool, DbError> {
    Ok(tx.exec(&DRY_RUN_PROGRESS, args![run.id, run.place.0, run.place.1, run.done, &run.counts])? > 0)
}

/// Ends a dry run now (Unix ms).
pub fn finish(tx: &mut Tx<'_>, id: DryRunId, at: i64) -> Result<(), DbError> {
    tx.exec(&DRY_RUN_FINISH, args![id, at])?;
    Ok(())
}

/// Breaks a dry run off now (Unix ms). One that is done stays as it is.
pub fn cancel(tx: &mut Tx<'_>, id: DryRunId, at: i64) -> Result<(), DbError> {
    tx.exec(&DRY_RUN_CANCEL, args![id, at])?;
    Ok(())
}

/// Forgets what was asked for before an instant (Unix ms), with all it found.
pub fn forget(tx: &mut Tx<'_>, before: i64) -> Result<(), DbError> {
    tx.exec(&DRY_RUN_FORGET, args![before])?;
    Ok(())
}

/// How many texts either way there are from an instant to another, Unix ms.
pub fn texts_count(tx: &mut Tx<'_>, since: i64, until: i64) -> Result<i64, DbError> {
    tx.query_one(&DRY_RUN_TEXTS_COUNT, args![since, until])?.get(0)
}

/// Texts either way before a place, down to an instant (Unix ms), the latest first.
pub fn texts(tx: &mut Tx<'_>, before: (i64, Uuid), since: i64, limit: i64) -> Result<Vec<Text>, DbError> {
    tx.query(&DRY_RUN_TEXTS, args![before.0, before.1, since, limit])?
        .iter()
        .map(|row| {
            Ok(Text {
                id: row.get(0)?,
                at: row.get(1)?,
                kind: row.get(2)?,
                body: row.get(3)?,
                purpose: row.get(4)?,
                origin: row.get(5)?,
                media: row.get(6)?,
                address: row.get(7)?,
            })
        })
        .collect()
}

/// Keeps what would fare otherwise.
pub fn changes_insert(tx: &mut Tx<'_>, run: DryRunId, changes: &[Change]) -> Result<(), DbError> {
    let rows = changes.iter().map(|change| {
        args![
            run,
            change.message,
            change.text_at,
            &change.was,
            change.was_until,
            &change.becomes,
            change.becomes_until,
            &change.rule,
            &change.code,
            &change.detail
        ]
        .to_vec()
    });
    tx.insert_many_later(&DRY_RUN_CHANGE_MANY, rows.collect())
}

/// What would fare otherwise, before a place, the latest text first.
pub fn changes(tx: &mut Tx<'_>, run: DryRunId, before: (i64, Uuid), limit: i64) -> Result<Vec<Change>, DbError> {
    tx.query(&DRY_RUN_CHANGES, args![run, before.0, before.1, limit])?
        .iter()
        .map(|row| {
            Ok(Change {
                message: row.get(0)?,
                text_at: row.get(1)?,
                was: row.get(2)?,
                was_until: row.get(3)?,
                becomes: row.get(4)?,
                becomes_until: row.get(5)?,
                rule: row.get(6)?,
                code: row.get(7)?,
                detail: row.get(8)?,
            })
        })
        .collect()
}
