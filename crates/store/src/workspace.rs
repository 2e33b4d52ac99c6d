//! Workspaces: one shop's data each.

use crate::args;
use crate::db::{DbError, Row, ServerTx, Tx, statements};
use domain::answers::OwnWords;
use domain::gate::{Caps, Courtesy, Priority, Reclassify, SendingPolicy};
use domain::id::WorkspaceId;
use domain::language::Language;
use domain::message::Origin;

statements! {
    server WORKSPACE_INSERT = "insert into workspaces (id, no, name, brand, time_zone, created_at)
        values ($1, (select coalesce(max(no), 0) + 1 from workspaces), $2, $3, $4, $5)";
    server WORKSPACE_LIST = "select id, name, brand, time_zone, help_text, created_at, reclassify, age_gated,
        cap_day, cap_week, cap_month, sells_first, courtesy_talks, courtesy_complaints,
        language, answers, clarify_hours
        from workspaces where deleted_at is null order by created_at, id";
    server WORKSPACE_FIND = "select id, name, brand, time_zone, help_text, created_at, reclassify, age_gated,
        cap_day, cap_week, cap_month, sells_first, courtesy_talks, courtesy_complaints,
        language, answers, clarify_hours
        from workspaces where id = $1 and deleted_at is null";
    server WORKSPACE_DELETE = "delete from workspaces where id = $1";
    tenant WORKSPACE_GET = "select id, name, brand, time_zone, help_text, created_at, reclassify, age_gated,
        cap_day, cap_week, cap_month, sells_first, courtesy_talks, courtesy_complaints,
        language, answers, clarify_hours
        from workspaces where id = $1 and deleted_at is null";
    tenant WORKSPACE_UPDATE = "update workspaces set name = $2, brand = $3, time_zone = $4, help_text = $5,
        reclassify = $6, age_gated = $7, cap_day = $8, cap_week = $9, cap_month = $10, sells_first = $11,
        courtesy_talks = $12, courtesy_complaints = $13,
        language = $14, answers = $15, clarify_hours = $16 where id = $1";
    tenant WORKSPACE_BEGUN = "select
        (select count(*) from (select 1 from conversations where ws = $1 and demo = 0 and last_inbound_at is not null limit 1) x),
        (select count(*) from (select 1 from conversations c join messages m on m.ws = c.ws and m.conversation_id = c.id
            where c.ws = $1 and c.demo = 0 and m.kind = 'outbound' limit 1) x),
        (select count(*) from inboxes where ws = $1 and live_at is not null),
        (select count(*) from (select 1 from imports where ws = $1 and told = 'opt_outs' and finished_at is not null limit 1) x),
        (select count(*) from workspaces where id = $1 and no_opt_outs_at is not null)",
        cold "the first real conversation ends it; only a demo shop is read through";
    tenant WORKSPACE_OPT_OUTS_ASKED = "select
        (select count(*) from (select 1 from imports where ws = $1 and told = 'opt_outs' and finished_at is not null limit 1) x),
        (select count(*) from workspaces where id = $1 and no_opt_outs_at is not null)",
        cold "asked when an inbox is declared live";
    tenant WORKSPACE_NO_OPT_OUTS = "update workspaces set no_opt_outs_at = $2 where id = $1";
    server FACT_GET = "select value from server_facts where name = $1";
    server FACT_SET = "insert into server_facts (name, value, updated_at) values ($1, $2, $3)
        on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at";
    server FACT_DELETE = "delete from server_facts where name = $1";
}

/// One shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// Its identity.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The name that texts.
    pub brand: String,
    /// Its IANA time zone.
    pub time_zone: String,
    /// The shop's own answer to HELP; empty for Hark's.
    pub help_text: String,
    /// Which texts count as marketing for an offer in them.
    pub reclassify: Reclassify,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: bool,
    /// How often it sells, who comes first, and when it would be rude.
    pub policy: SendingPolicy,
    /// The language of Hark's own answers where nothing is known of the customer's.
    pub language: Language,
    /// The brand's own words for them.
    pub answers: OwnWords,
    /// For how many hours the answer counts to the question that the confirmation of an opt-out asks; 0: none is
    /// asked.
    pub clarify_hours: i64,
    /// Unix ms.
    pub created_at: i64,
}

fn workspace(row: &Row) -> Result<WorkspaceRow, DbError> {
    Ok(WorkspaceRow {
        id: row.get(0)?,
        name: row.get(1)?,
        brand: row.get(2)?,
        time_zone: row.get(3)?,
        help_text: row.get(4)?,
        created_at: row.get(5)?,
        // The word of a newer Hark: the default, which is no loosening.
        reclassify: Reclassify::from_word(&row.get::<String>(6)?).unwrap_or_default(),
        age_gated: row.get(7)?,
        policy: policy(row, 8)?,
        language: Language::from_word(&row.get::<String>(14)?).unwrap_or_default(),
        answers: OwnWords::read(&row.get::<String>(15)?),
        clarify_hours: row.get(16)?,
    })
}

/// The policy that stands in six columns of a row, from a place on.
pub(crate) fn policy(row: &Row, at: usize) -> Result<SendingPolicy, DbError> {
    // A cap that no number can mean is none's word: the number it would take counts.
    let cap = |at| Ok::<_, DbError>(row.get::<Option<i64>>(at)?.map(|most| u32::try_from(most).unwrap_or(u32::MAX)));
    let order: Option<Vec<Origin>> = row.get::<String>(at + 3)?.split(' ').map(Origin::from_word).collect();
    Ok(SendingPolicy {
        caps: Caps { day: cap(at)?, week: cap(at + 1)?, month: cap(at + 2)? },
        // The word of a newer Hark: the default order, which loosens nothing.
        priority: order.and_then(|order| Priority::of(&order)).unwrap_or_default(),
        courtesy: Courtesy { open_conversations: row.get(at + 4)?, complaints: row.get(at + 5)? },
    })
}

/// Adds a workspace.
pub fn insert(tx: &mut ServerTx<'_>, row: &WorkspaceRow) -> Result<(), DbError> {
    tx.exec(&WORKSPACE_INSERT, args![row.id, &row.name, &row.brand, &row.time_zone, row.created_at])?;
    Ok(())
}

/// Every workspace, oldest first.
pub fn list(tx: &mut ServerTx<'_>) -> Result<Vec<WorkspaceRow>, DbError> {
    tx.query(&WORKSPACE_LIST, args![])?.iter().map(workspace).collect()
}

/// A workspace, for work that is not inside it.
pub fn find(tx: &mut ServerTx<'_>, id: WorkspaceId) -> Result<Option<WorkspaceRow>, DbError> {
    tx.query_opt(&WORKSPACE_FIND, args![id])?.as_ref().map(workspace).transpose()
}

/// Removes a workspace with everything in it. False when there is none.
pub fn delete(tx: &mut ServerTx<'_>, id: WorkspaceId) -> Result<bool, DbError> {
    Ok(tx.exec(&WORKSPACE_DELETE, args![id])? > 0)
}

/// The transaction's own workspace.
pub fn get(tx: &mut Tx<'_>) -> Result<Option<WorkspaceRow>, DbError> {
    tx.query_opt(&WORKSPACE_GET, args![])?.as_ref().map(workspace).transpose()
}

/// Replaces what can be changed of the transaction's own workspace.
pub fn update(tx: &mut Tx<'_>, row: &WorkspaceRow) -> Result<bool, DbError> {
    let (reclassify, age_gated) = (row.reclassify.word(), row.age_gated);
    let (caps, courtesy) = (row.policy.caps, row.policy.courtesy);
    let order: Vec<&str> = row.policy.priority.order().iter().map(|origin| origin.word()).collect();
    let (language, answers, clarify_hours) = (row.language.word(), row.answers.kept(), row.clarify_hours);
    let args = args![
        &row.name,
        &row.brand,
        &row.time_zone,
        &row.help_text,
        reclassify,
        age_gated,
        caps.day.map(i64::from),
        caps.week.map(i64::from),
        caps.month.map(i64::from),
        order.join(" "),
        courtesy.open_conversations,
        courtesy.complaints,
        language,
        answers,
        clarify_hours
    ];
    Ok(tx.exec(&WORKSPACE_UPDATE, args)? > 0)
}

/// How far a workspace has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// A customer texted.
    pub inbound: bool,
    /// Somebody answered.
    pub outbound: bool,
    /// An inbox is live.
    pub live: bool,
    /// The former tool's opt-outs were imported.
    pub opt_outs_imported: bool,
    /// The shop said that there are none.
    pub opt_outs_none: bool,
}

/// How far the transaction's own workspace has come, the demo shop aside.
pub fn begun(tx: &mut Tx<'_>) -> Result<Begun, DbError> {
    let row = tx.query_one(&WORKSPACE_BEGUN, args![])?;
    Ok(Begun {
        inbound: row.get::<i64>(0)? > 0,
        outbound: row.get::<i64>(1)? > 0,
        live: row.get::<i64>(2)? > 0,
        opt_outs_imported: row.get::<i64>(3)? > 0,
        opt_outs_none: row.get::<i64>(4)? > 0,
    })
}

/// Whether the former tool's opt-outs were imported, and whether the shop said that there are none.
pub fn opt_outs_asked(tx: &mut Tx<'_>) -> Result<(bool, bool), DbError> {
    let row = tx.query_one(&WORKSPACE_OPT_OUTS_ASKED, args![])?;
    Ok((row.get::<i64>(0)? > 0, row.get::<i64>(1)? > 0))
}

/// Notes when the shop said that it has no opt-outs to bring along (Unix ms), or takes it back.
pub fn no_opt_outs_set(tx: &mut Tx<'_>, at: Option<i64>) -> Result<(), DbError> {
    tx.exec(&WORKSPACE_NO_OPT_OUTS, args![at])?;
    Ok(())
}

/// A fact of this installation.
pub fn fact(tx: &mut ServerTx<'_>, name: &str) -> Result<Option<String>, DbError> {
    tx.query_opt(&FACT_GET, args![name])?.map(|row| row.get(0)).transpose()
}

/// Notes a fact of this installation.
pub fn fact_set(tx: &mut ServerTx<'_>, name: &str, value: &str, now: i64) -> Result<(), DbError> {
    tx.exec(&FACT_SET, args![name, value, now])?;
    Ok(())
}

/// Forgets a fact of this installation. False when it was not known.
pub fn fact_delete(tx: &mut ServerTx<'_>, name: &str) -> Result<bool, DbError> {
    Ok(tx.exec(&FACT_DELETE, args![name])? > 0)
}
