//! Files from another tool: who opted out there, who agreed to what.

use axum::Json;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{Multipart, State};
use domain::import::{FILE_BYTES_MAX, Fault, Told};
use engine::import::{FaultRow, ImportError, ImportRow, NewImport, Phase};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, PageQuery, cursor, cursor_text, cut, limit};
use crate::caller::Caller;
use crate::extract::{Body, Checked, Path, Query};
use crate::problem::{Answer, Code, Problem};
use crate::state::Api;
use crate::wire::{ImportId, ImportTold};

/// Room for a file and its envelope, in bytes.
pub(crate) const FILE_BODY_MAX: usize = FILE_BYTES_MAX + 64 * 1024;

/// A file to read: `multipart/form-data` with one part named `file`.
#[derive(ToSchema)]
pub struct ImportFile {
    /// Comma-, semicolon- or tab-separated rows below a heading, at most 32 MiB and 500,000 rows. A list of
    /// numbers needs no heading.
    #[schema(value_type = String, format = Binary, content_media_type = "text/csv")]
    pub file: Vec<u8>,
}

/// How a file is read.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// The country whose numbers need no calling code, by its ISO 3166 code.
    #[param(default = "US", min_length = 2, max_length = 2, pattern = "^[A-Za-z]{2}$")]
    pub country: Option<String>,
}

/// Where a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// It is being read.
    Reading,
    /// Every row was read.
    Done,
    /// It broke off. Upload the same file again: what is in is not added twice.
    Failed,
}

/// A file from another tool.
#[derive(Debug, Serialize, ToSchema)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What it tells.
    pub told: ImportTold,
    /// Where it stands.
    pub state: ImportState,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Its rows, without the heading.
    pub rows: i64,
    /// Rows read so far.
    pub rows_done: i64,
    /// Rows that told something new.
    pub added: i64,
    /// Rows that told what was known.
    pub already: i64,
    /// Rows that count for nothing, because the customer has said otherwise since.
    pub overtaken: i64,
    /// Of those added, agreements without proof: marketing waits until the customer confirms.
    pub unproven: i64,
    /// Rows about customers of the other kind, such as subscribers in a list of opt-outs.
    pub other: i64,
    /// Rows that were refused. Each is listed with its line and reason.
    pub refused: i64,
    /// When it was brought, Unix ms.
    pub created_at: i64,
    /// When its last row was read, Unix ms.
    pub finished_at: Option<i64>,
}

/// Something odd about a row of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportFault {
    /// The line the row begins on, from 1.
    pub line: i64,
    /// A stable snake_case word.
    #[schema(example = "not_a_number")]
    pub code: String,
    /// A sentence for people.
    pub detail: String,
    /// Whether the row was refused; otherwise it counts all the same.
    pub refused: bool,
}

/// Whether there are opt-outs to bring along.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOutsNone {
    /// True: nobody had opted out before.
    pub none: bool,
}

/// Imports those who opted out in the former tool. Columns are known by their
/// headings: the number, and where there are such, date, scope, topic, status,
/// source and reason. What waits for them is refused at once.
///
/// The same file may come twice: what is known is not written down again.
/// 409 `import_busy` while another file is being read.
#[utoipa::path(post, path = "/opt-outs/import", tag = "consents", params(ImportQuery), request_body(content = ImportFile, content_type = "multipart/form-data"), responses((status = 202, description = "Begun", body = Import)))]
pub async fn opt_out_import(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Import>)> {
    begin(&api, &caller, Told::OptOuts, query, multipart).await
}

/// Imports those who agreed in the former tool, with what proves it: when, by
/// which way, and the exact words shown; page, ip, browser and order beside.
/// Rows that lack one of the three are `unproven` and permit no marketing until
/// the customer confirms.
///
/// Import the opt-outs first. 409 `import_busy` while another file is being read.
#[utoipa::path(post, path = "/consents/import", tag = "consents", params(ImportQuery), request_body(content = ImportFile, content_type = "multipart/form-data"), responses((status = 202, description = "Begun", body = Import)))]
pub async fn consent_import(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Import>)> {
    begin(&api, &caller, Told::Consents, query, multipart).await
}

/// Imports a feed of numbers that were switched off or given to somebody else: a
/// carrier's list, or the answers of the Reassigned Numbers Database. What was
/// permitted to them ends, what waits is refused, and who writes from one next is a
/// new customer.
///
/// 409 `import_busy` while another file is being read.
#[utoipa::path(post, path = "/number-events/import", tag = "consents", params(ImportQuery), request_body(content = ImportFile, content_type = "multipart/form-data"), responses((status = 202, description = "Begun", body = Import)))]
pub async fn number_event_import(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<ImportQuery>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Import>)> {
    begin(&api, &caller, Told::NumberEvents, query, multipart).await
}

/// Files from other tools.
#[utoipa::path(get, path = "/imports", tag = "consents", params(PageQuery), responses((status = 200, description = "Newest first", body = Page<Import>)))]
pub async fn import_list(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<Import>>> {
    let limit = limit(query.limit)?;
    let before = cursor::<domain::id::ImportId>(query.cursor.as_deref())?;
    let before = before.map(|(at, id)| (at, domain::id::Id::uuid(id)));
    let mut rows = api.engine.import_page(caller.ws, before, i64::from(limit) + 1).await?;
    let more = cut(&mut rows, limit);
    let last = rows.last().filter(|_| more);
    let next_cursor = last.map(|(row, _)| cursor_text(row.created_at, domain::id::Id::uuid(row.id)));
    let items = rows.iter().map(|(row, phase)| Import::of(row, *phase)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// How far a file is.
#[utoipa::path(get, path = "/imports/{id}", tag = "consents", params(("id" = ImportId, Path, description = "The file")), responses((status = 200, description = "The file", body = Import)))]
pub async fn import_get(State(api): State<Api>, caller: Caller, Path(id): Path<ImportId>) -> Answer<Json<Import>> {
    let found = api.engine.import_get(caller.ws, id.0).await?;
    let (row, phase) = found.ok_or_else(|| Problem::not_found("import"))?;
    Ok(Json(Import::of(&row, phase)))
}

/// The rows of a file that were refused or are odd, by line.
#[utoipa::path(get, path = "/imports/{id}/faults", tag = "consents", params(("id" = ImportId, Path, description = "The file"), PageQuery), responses((status = 200, description = "By line", body = Page<ImportFault>)))]
pub async fn import_fault_list(
    State(api): State<Api>,
    caller: Caller,
    Path(id): Path<ImportId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<Page<ImportFault>>> {
    let limit = limit(query.limit)?;
    let after = query.cursor.as_deref().map(|text| {
        let place = text.split_once('.').and_then(|(line, code)| Some((line.parse().ok()?, code.to_owned())));
        place.ok_or_else(|| Problem::field("cursor", "cursor", "`next_cursor` of the page before"))
    });
    let rows = api.engine.import_faults(caller.ws, id.0, after.transpose()?, i64::from(limit) + 1).await?;
    let mut rows = rows.ok_or_else(|| Problem::not_found("import"))?;
    let more = cut(&mut rows, limit);
    let next_cursor = rows.last().filter(|_| more).map(|row| format!("{}.{}", row.line, row.code));
    Ok(Json(Page { items: rows.into_iter().map(ImportFault::from).collect(), next_cursor }))
}

/// Says that nobody had opted out before, which ends that first step; or takes it back.
#[utoipa::path(put, path = "/onboarding/opt-outs", tag = "operate", request_body = OptOutsNone, responses((status = 200, description = "Noted", body = OptOutsNone)))]
pub async fn opt_outs_none_set(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<OptOutsNone>,
) -> Answer<Json<OptOutsNone>> {
    api.engine.opt_outs_none_set(caller.ws, caller.actor(), new.none).await?;
    Ok(Json(new))
}

async fn begin(
    api: &Api,
    caller: &Caller,
    told: Told,
    query: ImportQuery,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answer<(StatusCode, Json<Import>)> {
    let mut multipart = multipart.map_err(|_| {
        Problem::new(Code::UnsupportedMediaType, "Send the file as multipart/form-data with one part named `file`.")
    })?;
    let mut content = None;
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        if field.name() == Some("file") {
            content = Some(field.bytes().await.map_err(unreadable)?.to_vec());
            break;
        }
    }
    let content = content.ok_or_else(|| Problem::field("file", "missing", "one part named `file`"))?;
    let country = query.country.unwrap_or_else(|| "US".to_owned());
    let row = api.engine.import_begin(caller.ws, caller.actor(), NewImport { told, content, country }).await?;
    let (engine, ws, id) = (api.engine.clone(), caller.ws, row.id);
    tokio::spawn(async move {
        match engine.import_read(ws, id, |_| {}).await {
            // Whoever is at it finishes.
            Ok(_) | Err(ImportError::Busy) => {}
            Err(error) => tracing::error!(workspace.id = %ws, import.id = %id, %error, "an import broke off"),
        }
    });
    Ok((StatusCode::ACCEPTED, Json(Import::of(&row, Phase::Reading))))
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(Code::TooLarge, "The file has more than 32 MiB.")
    } else {
        Problem::new(Code::Malformed, error.body_text())
    }
}

impl Checked for OptOutsNone {}

impl Import {
    fn of(row: &ImportRow, phase: Phase) -> Self {
        let state = match phase {
            Phase::Reading => ImportState::Reading,
            Phase::Done => ImportState::Done,
            Phase::Failed => ImportState::Failed,
        };
        Self {
            id: row.id.into(),
            told: row.told.into(),
            state,
            sha256: hex::encode(&row.sha256),
            rows: row.rows,
            rows_done: row.counts.rows,
            added: row.counts.added,
            already: row.counts.already,
            overtaken: row.counts.overtaken,
            unproven: row.counts.unproven,
            other: row.counts.other,
            refused: row.counts.refused,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

impl From<FaultRow> for ImportFault {
    fn from(row: FaultRow) -> Self {
        let detail = Fault::from_code(&row.code).map_or_else(|| row.code.clone(), |fault| format!("{fault}."));
        Self { line: row.line, code: row.code, detail, refused: row.refused }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let detail = format!("{error}.");
        match error {
            ImportError::TooLarge => Self::new(Code::TooLarge, detail),
            ImportError::TooManyRows => Self::field("file", "too_many_rows", detail),
            ImportError::Empty => Self::field("file", "empty", detail),
            ImportError::NoNumbers => Self::field("file", "no_numbers", detail),
            ImportError::UnknownCountry => Self::field("country", "unknown_country", detail),
            ImportError::Busy => Self::new(Code::ImportBusy, "Wait until it is read."),
            ImportError::NotFound => Self::not_found("import"),
            ImportError::Store(error) => error.into(),
        }
    }
}
