//! The stop switches, as the gate reads them.

use crate::args;
use crate::db::{DbError, ServerTx, Tx, statements};
use domain::gate::{Reclassify, SendingPolicy, Stops};
use domain::id::InboxId;
use domain::language::Language;

statements! {
    tenant SENDING_STOPS = "select i.id, i.stopped_at, w.stopped_at, (select count(*) from server_facts where name = 'stop'),
        w.brand, i.live_at, i.test_numbers, i.address, i.account_id, w.help_text, w.rules_no, w.rules_key,
        w.reclassify, w.age_gated, w.cap_day, w.cap_week, w.cap_month, w.sells_first, w.courtesy_talks,
        w.courtesy_complaints, w.language, w.answers, w.clarify_hours
        from inboxes i join workspaces w on w.id = i.ws where i.ws = $1 and i.id {any:$2}";
    tenant SENDING_WORKSPACE = "select stopped_at, stopped_by, stopped_reason,
        (select value from server_facts where name = 'stop') from workspaces where id = $1";
    tenant SENDING_WORKSPACE_SET = "update workspaces set stopped_at = $2, stopped_by = $3, stopped_reason = $4 where id = $1";
    server SENDING_SERVER = "select value from server_facts where name = 'stop'";
    server SENDING_SERVER_SET = "insert into server_facts (name, value, updated_at) values ('stop', $1, $2)
        on conflict (name) do update set value = excluded.value, updated_at = excluded.updated_at";
    server SENDING_SERVER_CLEAR = "delete from server_facts where name = 'stop'";
}

/// A switch that is thrown.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Stopped {
    /// Since when, Unix ms.
    pub at: i64,
    /// Who threw it.
    pub by: String,
    /// Why.
    pub reason: String,
}

fn thrown(json: Option<String>) -> Option<Stopped> {
    // A switch that cannot be read counts as thrown: better silent than wrong.
    json.map(|json| serde_json::from_str(&json).unwrap_or(Stopped { at: 0, by: String::new(), reason: String::new() }))
}

/// The server's switch and the workspace's.
pub fn switches(tx: &mut Tx<'_>) -> Result<(Option<Stopped>, Option<Stopped>), DbError> {
    let row = tx.query_one(&SENDING_WORKSPACE, args![])?;
    let workspace = row.get::<Option<i64>>(0)?.map(|at| -> Result<Stopped, DbError> {
        Ok(Stopped {
            at,
            by: row.get::<Option<String>>(1)?.unwrap_or_default(),
            reason: row.get::<Option<String>>(2)?.unwrap_or_default(),
        })
    });
    Ok((thrown(row.get(3)?), workspace.transpose()?))
}

/// Throws or clears the workspace's switch.
pub fn set_workspace(tx: &mut Tx<'_>, to: Option<&Stopped>) -> Result<(), DbError> {
    let (by, reason) = (to.map(|to| to.by.as_str()), to.map(|to| to.reason.as_str()));
    tx.exec(&SENDING_WORKSPACE_SET, args![to.map(|to| to.at), by, reason])?;
    Ok(())
}

/// The server's switch.
pub fn server(tx: &mut ServerTx<'_>) -> Result<Option<Stopped>, DbError> {
    let value = tx.query_opt(&SENDING_SERVER, args![])?.map(|row| row.get(0)).transpose()?;
    Ok(thrown(value))
}

/// Throws or clears the server's switch, now (Unix ms).
pub fn set_server(tx: &mut ServerTx<'_>, to: Option<&Stopped>, now: i64) -> Result<(), DbError> {
    match to {
        Some(kept) => {
            // Strings and a number always serialise.
            let value = serde_json::to_string(kept).unwrap_or_default();
            tx.exec(&SENDING_SERVER_SET, args![value, now])?;
        }
        None => {
            tx.exec(&SENDING_SERVER_CLEAR, args![])?;
        }
    }
    Ok(())
}

/// What the gate and the route need to know of an inbox.
#[derive(Debug, Clone)]
pub struct InboxFacts {
    /// The inbox.
    pub id: InboxId,
    /// The switches that bear on it.
    pub stops: Stops,
    /// The workspace's brand.
    pub brand: String,
    /// Whether it was declared live.
    pub live: bool,
    /// Numbers it may text before.
    pub test_numbers: Vec<String>,
    /// Our number.
    pub address: String,
    /// The account that carries it.
    pub account: domain::id::AccountId,
    /// The shop's own words for HELP.
    pub help_text: String,
    /// The state of the workspace's rules ([`crate::rules`]).
    pub rules_no: i64,
    /// What tells that state's rules from every other; empty for the default.
    pub rules_key: String,
    /// Which texts count as marketing for an offer in them.
    pub reclassify: Reclassify,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: bool,
    /// How often the workspace sells, who comes first, and when it would be rude.
    pub policy: SendingPolicy,
    /// The language of Hark's own answers where nothing is known of the customer's.
    pub language: Language,
    /// The brand's own words for them, as they are kept ([`domain::answers::OwnWords::read`]): few texts need them.
    pub answers: String,
    /// For how many hours the answer counts to the question that the confirmation of an opt-out asks; 0: none is
    /// asked.
    pub clarify_hours: i64,
}

/// The facts of some inboxes.
pub fn inbox_facts(tx: &mut Tx<'_>, inboxes: Vec<uuid::Uuid>) -> Result<Vec<InboxFacts>, DbError> {
    tx.query(&SENDING_STOPS, args![inboxes])?
        .iter()
        .map(|row| {
            Ok(InboxFacts {
                id: row.get(0)?,
                stops: Stops {
                    server: row.get::<i64>(3)? > 0,
                    workspace: row.get::<Option<i64>>(2)?.is_some(),
                    inbox: row.get::<Option<i64>>(1)?.is_some(),
                    waits: false,
                },
                brand: row.get(4)?,
                live: row.get::<Option<i64>>(5)?.is_some(),
                test_numbers: serde_json::from_str(&row.get::<String>(6)?).unwrap_or_default(),
                address: row.get(7)?,
                account: row.get(8)?,
                help_text: row.get(9)?,
                rules_no: row.get(10)?,
                rules_key: row.get(11)?,
                // The word of a newer Hark: the default, which is no loosening.
                reclassify: Reclassify::from_word(&row.get::<String>(12)?).unwrap_or_default(),
                age_gated: row.get(13)?,
                policy: crate::workspace::policy(row, 14)?,
                language: Language::from_word(&row.get::<String>(20)?).unwrap_or_default(),
                answers: row.get(21)?,
                clarify_hours: row.get(22)?,
            })
        })
        .collect()
}
