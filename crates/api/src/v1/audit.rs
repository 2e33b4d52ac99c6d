//! The audit log: who changed what, searched and written into a file.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::id::{ApiKeyId, MemberId};
use domain::table;
use engine::names::Names;
use engine::{AuditFilter, AuditRow};
use http::header;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use utoipa::{IntoParams, ToSchema};

use super::page::{Items, Page, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::Query;
use crate::problem::{Answer, Problem};
use crate::state::Api;
use crate::wire::AuditId;

/// Entries of an export read at once.
const EXPORTED: i64 = 500;

/// One entry of the audit log.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// When, Unix ms.
    pub at: i64,
    /// What kind of actor: `member`, `api_key`, `cli` or `system`.
    pub actor_kind: String,
    /// The actor's id, where there is one.
    pub actor_id: Option<String>,
    /// The actor's name, where known.
    pub actor_name: Option<String>,
    /// What was done.
    #[schema(example = "sending.stop")]
    pub action: String,
    /// To what.
    pub subject: String,
    /// The particulars.
    #[schema(value_type = Object)]
    pub detail: serde_json::Value,
}

/// Which entries, in pages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Who: the id of a member or key, or a kind: `member`, `api_key`, `cli` or `system`.
    pub actor: Option<String>,
    /// What was done, exactly as `/audit-actions` lists it.
    #[param(example = "sending.stop")]
    pub action: Option<String>,
    /// To what, exactly.
    pub subject: Option<String>,
    /// Not before, Unix ms.
    pub since: Option<i64>,
    /// Before, Unix ms.
    pub until: Option<i64>,
    /// Most items of the page.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// How an export is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditFormat {
    /// A table for a spreadsheet.
    #[default]
    Csv,
    /// One entry of JSON a line.
    Jsonl,
}

/// Which entries, in one file.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditExportQuery {
    /// How it is written: `csv` or `jsonl`.
    #[param(inline, default = "csv")]
    pub format: Option<AuditFormat>,
    /// Who: the id of a member or key, or a kind: `member`, `api_key`, `cli` or `system`.
    pub actor: Option<String>,
    /// What was done, exactly as `/audit-actions` lists it.
    #[param(example = "sending.stop")]
    pub action: Option<String>,
    /// To what, exactly.
    pub subject: Option<String>,
    /// Not before, Unix ms.
    pub since: Option<i64>,
    /// Before, Unix ms.
    pub until: Option<i64>,
}

/// What was changed, by whom.
#[utoipa::path(get, path = "/audit", tag = "operate", params(AuditQuery), responses((status = 200, description = "Newest first", body = Page<AuditEntry>)))]
pub async fn audit_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<AuditQuery>,
) -> Answer<Json<Page<AuditEntry>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::AuditId>(query.cursor.as_deref())?.map(|(at, id)| (at, id.uuid()));
    let filter = filter(query.actor, query.action, query.subject, query.since, query.until)?;
    let mut rows = api.engine.audit_page(caller.ws, filter, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| cursor_text(row.at, row.id.uuid()));
    let names = api.engine.names(caller.ws).await?;
    let items = rows.into_iter().map(|row| entry(row, &names)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// Every action the audit log knows.
#[utoipa::path(get, path = "/audit-actions", tag = "operate", responses((status = 200, description = "In the order of the alphabet", body = Items<String>)))]
pub async fn audit_action_list(State(api): State<Api>, caller: Caller) -> Answer<Json<Items<String>>> {
    Ok(Json(Items { items: api.engine.audit_actions(caller.ws).await? }))
}

/// The audit log as a file, newest first. Fetching it is an entry of its own.
///
/// In a table, a cell that a spreadsheet would take for a formula begins with `'`.
#[utoipa::path(get, path = "/audit-export", tag = "operate", params(AuditExportQuery), responses((status = 200, description = "The file", content(
    (String = "text/csv"), (String = "application/jsonl"),
))))]
pub async fn audit_export(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<AuditExportQuery>,
) -> Answer<Response> {
    let format = query.format.unwrap_or_default();
    let filter = filter(query.actor, query.action, query.subject, query.since, query.until)?;
    let (word, content_type) = match format {
        AuditFormat::Csv => ("csv", "text/csv; charset=utf-8"),
        AuditFormat::Jsonl => ("jsonl", "application/jsonl; charset=utf-8"),
    };
    api.engine.audit_export_note(caller.ws, caller.actor(), word).await?;
    let names = api.engine.names(caller.ws).await?;
    let begun = Export { api, caller, filter, names, format, before: None, state: Piece::Heading };
    let body = Body::from_stream(futures::stream::unfold(begun, |mut export| async move {
        export.next().await.map(|piece| (piece, export))
    }));
    let disposition = format!("attachment; filename=\"audit.{word}\"");
    let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, body).into_response())
}

/// An export under way: each piece is read when the client has taken the one before.
struct Export {
    api: Api,
    caller: Caller,
    filter: AuditFilter,
    names: Names,
    format: AuditFormat,
    before: Option<(i64, uuid::Uuid)>,
    state: Piece,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    Heading,
    Rows,
    Done,
}

impl Export {
    async fn next(&mut self) -> Option<Result<Bytes, engine::DbError>> {
        if self.state == Piece::Done {
            return None;
        }
        let mut text = String::new();
        if self.state == Piece::Heading {
            self.state = Piece::Rows;
            if self.format == AuditFormat::Csv {
                text.push_str("id,time,at,actor_kind,actor_id,actor_name,action,subject,detail\r\n");
            }
        }
        let page = self.api.engine.audit_page(self.caller.ws, self.filter.clone(), self.before, EXPORTED).await;
        let rows = match page {
            Ok(rows) => rows,
            Err(error) => {
                // The client sees the file break off, and not a short file that looks whole.
                self.state = Piece::Done;
                return Some(Err(error));
            }
        };
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) < EXPORTED {
            self.state = Piece::Done;
        }
        self.before = rows.last().map(|row| (row.at, row.id.uuid())).or(self.before);
        for row in rows {
            let entry = entry(row, &self.names);
            match self.format {
                AuditFormat::Csv => csv(&mut text, &entry),
                AuditFormat::Jsonl => {
                    // An entry holds words and numbers alone, which always serialise.
                    text.push_str(&serde_json::to_string(&entry).unwrap_or_default());
                    text.push('\n');
                }
            }
        }
        Some(Ok(Bytes::from(text)))
    }
}

fn csv(text: &mut String, entry: &AuditEntry) {
    let time = jiff::Timestamp::from_millisecond(entry.at).map(|at| at.to_string()).unwrap_or_default();
    let detail = entry.detail.to_string();
    let _ = write!(text, "{},{time},{}", entry.id.0, entry.at);
    for cell in [
        entry.actor_kind.as_str(),
        entry.actor_id.as_deref().unwrap_or_default(),
        entry.actor_name.as_deref().unwrap_or_default(),
        &entry.action,
        &entry.subject,
        &detail,
    ] {
        text.push(',');
        text.push_str(&table::cell(cell));
    }
    text.push_str("\r\n");
}

fn filter(
    actor: Option<String>,
    action: Option<String>,
    subject: Option<String>,
    since: Option<i64>,
    until: Option<i64>,
) -> Answer<AuditFilter> {
    let mut filter = AuditFilter { action, subject, since, until, ..AuditFilter::default() };
    if let Some(actor) = actor {
        if let Ok(id) = actor.parse::<MemberId>() {
            filter.actor_id = Some(id.uuid());
        } else if let Ok(id) = actor.parse::<ApiKeyId>() {
            filter.actor_id = Some(id.uuid());
        } else if matches!(actor.as_str(), "member" | "api_key" | "cli" | "system") {
            filter.actor_kind = Some(actor);
        } else {
            let wanted = "the id of a member or key, or member, api_key, cli or system";
            return Err(Problem::field("actor", "actor", wanted));
        }
    }
    Ok(filter)
}

fn entry(row: AuditRow, names: &Names) -> AuditEntry {
    let (actor_id, actor_name) = names.actor(&row.actor_kind, row.actor_id);
    AuditEntry {
        id: row.id.into(),
        at: row.at,
        // A key writes texts as `api` and changes settings as `api_key`: one actor.
        actor_kind: if row.actor_kind == "api" { "api_key".to_owned() } else { row.actor_kind },
        actor_id,
        actor_name,
        action: row.action,
        subject: row.subject,
        detail: serde_json::from_str(&row.detail).unwrap_or_else(|_| serde_json::json!({})),
    }
}
