//! Files from another tool: who opted out there, who agreed to what.
//!
//! A file is cut into pieces and kept; a job (`store::job`) reads piece after piece.
//! The step that writes a piece's rows into the ledger forgets the piece in the same
//! transaction, so that a file may be broken off anywhere, and may come twice.

mod rows;
mod work;

pub use store::import::{Counts, FaultRow, ImportRow};
pub use work::Phase;

pub(crate) use work::KIND;

use crate::Engine;
use crate::audit::Actor;
use domain::address::calling_code;
use domain::id::{Id, ImportId, WorkspaceId};
use domain::import::{Columns, FILE_BYTES_MAX, FILE_ROWS_MAX, Records, Told, delimiter, text};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::import::Piece;
use store::{DbError, audit, import, job, workspace};
use uuid::Uuid;

/// Rows of one piece: a step must stay below 50 ms.
const PIECE_ROWS: usize = 250;
/// Pieces kept in one transaction.
const PIECES_AT_ONCE: usize = 32;
/// How long rows of a file that nobody goes on with are kept, in ms (7 days).
const UNREAD_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// A file to read.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// What it tells.
    pub told: Told,
    /// Its bytes.
    pub content: Vec<u8>,
    /// The country whose numbers need no calling code, by its ISO 3166 code.
    pub country: String,
}

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is too large.
    #[error("a file has at most {FILE_BYTES_MAX} bytes: cut it in two")]
    TooLarge,
    /// It has too many rows.
    #[error("a file has at most {FILE_ROWS_MAX} rows: cut it in two")]
    TooManyRows,
    /// It has no rows.
    #[error("there is no row in this file")]
    Empty,
    /// No column holds phone numbers.
    #[error("no column of this file holds phone numbers; name one `phone`")]
    NoNumbers,
    /// There is no such country.
    #[error("no country has this code")]
    UnknownCountry,
    /// Another file is being read.
    #[error("another file is being read")]
    Busy,
    /// There is none.
    #[error("there is no such import")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// A file in pieces, with what its heading says.
struct Cut {
    columns: Columns,
    delimiter: char,
    rows: usize,
    pieces: Vec<Piece>,
}

fn cut(told: Told, content: &[u8]) -> Result<Cut, ImportError> {
    let text = text(content);
    let delimiter = delimiter(&text);
    let mut records = Records::new(&text, 1, delimiter);
    let first = records.next().ok_or(ImportError::Empty)?;
    let (columns, heading) = Columns::of(told, &first.fields.unwrap_or_default()).ok_or(ImportError::NoNumbers)?;
    if !heading {
        records = Records::new(&text, 1, delimiter);
    }
    let (mut pieces, mut rows) = (Vec::new(), 0);
    let (mut from, mut line, mut within) = (records.at(), records.line(), 0);
    loop {
        let more = records.next().is_some();
        within += usize::from(more);
        if within == PIECE_ROWS || (!more && within > 0) {
            let content = text.get(from..records.at()).unwrap_or_default().to_owned();
            pieces.push(Piece { first_line: i64::from(line), content });
            rows += within;
            (from, line, within) = (records.at(), records.line(), 0);
        }
        if rows > FILE_ROWS_MAX {
            return Err(ImportError::TooManyRows);
        }
        if !more {
            break;
        }
    }
    if rows == 0 {
        return Err(ImportError::Empty);
    }
    Ok(Cut { columns, delimiter, rows, pieces })
}

impl Engine {
    /// Takes a file, to be read by [`Engine::import_read`]. The same file again, while it is
    /// still being read, is the one that is read.
    ///
    /// # Errors
    /// [`ImportError`].
    pub async fn import_begin(&self, ws: WorkspaceId, by: Actor, new: NewImport) -> Result<ImportRow, ImportError> {
        if new.content.len() > FILE_BYTES_MAX {
            return Err(ImportError::TooLarge);
        }
        if calling_code(&new.country).is_none() {
            return Err(ImportError::UnknownCountry);
        }
        let sha256 = Sha256::digest(&new.content).to_vec();
        if let Some(row) = self.import_at_work(ws).await? {
            return if row.sha256 == sha256 && row.told == new.told { Ok(row) } else { Err(ImportError::Busy) };
        }
        let NewImport { told, content, country } = new;
        let cut = tokio::task::spawn_blocking(move || cut(told, &content)).await;
        let cut = cut.map_err(|_| DbError::Unavailable("a file could not be read".to_owned()))??;
        let (now, id): (i64, ImportId) = (self.now(), self.new_id());
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let row = ImportRow {
            id,
            told,
            sha256,
            columns: serde_json::to_string(&cut.columns).unwrap_or_default(),
            delimiter: cut.delimiter.to_string(),
            country: country.to_uppercase(),
            since: now,
            rows: number(cut.rows),
            pieces: number(cut.pieces.len()),
            place: 0,
            counts: Counts::default(),
            actor_kind: by.kind().to_owned(),
            actor_id: by.id(),
            created_at: now,
            finished_at: None,
        };
        let kept = row.clone();
        let row = self
            .workspace(ws)
            .write(move |tx| {
                let first = import::first_since(tx, &kept.sha256, kept.told)?;
                let kept = ImportRow { since: first.unwrap_or(kept.since), ..kept.clone() };
                import::insert(tx, &kept)?;
                Ok::<_, DbError>(kept)
            })
            .await?;
        for (group, pieces) in cut.pieces.chunks(PIECES_AT_ONCE).enumerate() {
            let (first, pieces) = (number(group * PIECES_AT_ONCE), pieces.to_vec());
            self.workspace(ws).write_bulk(move |tx| import::pieces_insert(tx, id, first, &pieces)).await?;
        }
        let detail = json!({ "told": told.word(), "rows": row.rows, "sha256": hex::encode(&row.sha256) });
        let entry = self.audit_entry(by, "import.begin", id.to_string(), &detail);
        let job_id = self.new_uuid();
        self.workspace(ws)
            .write(move |tx| {
                // Two files at once: the second waits for the first.
                if work::at_work(tx, now)?.is_some() {
                    import::pieces_forget(tx, id)?;
                    return Ok(false);
                }
                job::put(tx, job_id, KIND, &id.to_string(), work::READING, now)?;
                audit::insert(tx, &entry)?;
                Ok::<_, DbError>(true)
            })
            .await?
            .then_some(row)
            .ok_or(ImportError::Busy)
    }

    /// The file that is being read, if one is.
    async fn import_at_work(&self, ws: WorkspaceId) -> Result<Option<ImportRow>, DbError> {
        let now = self.now();
        self.workspace(ws)
            .read(move |tx| match work::at_work(tx, now)? {
                Some(id) => import::get(tx, id),
                None => Ok(None),
            })
            .await
    }

    /// Files before a place, newest first, each with where it stands.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn import_page(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<Vec<(ImportRow, Phase)>, DbError> {
        let now = self.now();
        self.workspace(ws)
            .read(move |tx| {
                let reading = work::at_work(tx, now)?;
                let rows = import::page(tx, before.unwrap_or((i64::MAX, Uuid::max())), limit)?;
                Ok(rows.into_iter().map(|row| work::stands(row, reading)).collect())
            })
            .await
    }

    /// A file, and where it stands.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn import_get(&self, ws: WorkspaceId, id: ImportId) -> Result<Option<(ImportRow, Phase)>, DbError> {
        let now = self.now();
        self.workspace(ws)
            .read(move |tx| {
                let reading = work::at_work(tx, now)?;
                Ok(import::get(tx, id)?.map(|row| work::stands(row, reading)))
            })
            .await
    }

    /// What is odd about rows of a file, after a line and code, by line. `None` where there is no such file.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn import_faults(
        &self,
        ws: WorkspaceId,
        id: ImportId,
        after: Option<(i64, String)>,
        limit: i64,
    ) -> Result<Option<Vec<FaultRow>>, DbError> {
        self.workspace(ws)
            .read(move |tx| {
                if import::get(tx, id)?.is_none() {
                    return Ok(None);
                }
                let (line, code) = after.unwrap_or((-1, String::new()));
                import::faults(tx, id, (line, &code), limit).map(Some)
            })
            .await
    }

    /// Forgets what was not read of files that nobody goes on with.
    pub(crate) async fn import_pieces_forget(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let before = self.now() - UNREAD_MS;
        self.workspace(ws).write(move |tx| import::pieces_forget_old(tx, before)).await
    }

    /// Notes that the shop has no opt-outs to bring along, or takes that back.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn opt_outs_none_set(&self, ws: WorkspaceId, by: Actor, none: bool) -> Result<(), DbError> {
        let at = none.then(|| self.now());
        let entry = self.audit_entry(by, "opt_outs.none", ws.to_string(), &json!({ "none": none }));
        self.workspace(ws)
            .write(move |tx| {
                workspace::no_opt_outs_set(tx, at)?;
                audit::insert(tx, &entry)
            })
            .await
    }
}

fn id_of(payload: &str) -> Option<ImportId> {
    payload.parse().ok()
}

/// Where the file of a row came from, for the ledger.
fn origin(row: &ImportRow, line: u32) -> serde_json::Map<String, serde_json::Value> {
    let mut map = serde_json::Map::new();
    map.insert("import".to_owned(), Id::uuid(row.id).simple().to_string().into());
    map.insert("file_sha256".to_owned(), hex::encode(&row.sha256).into());
    map.insert("line".to_owned(), line.into());
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_cut_between_rows_and_its_lines_are_counted_on() {
        let mut file = "phone,note\n".to_owned();
        for n in 0..600 {
            file.push_str(&format!("+1212555{n:04},\"two\nlines\"\n"));
        }
        let cut = cut(Told::OptOuts, file.as_bytes()).unwrap();
        assert_eq!((cut.rows, cut.pieces.len()), (600, 3));
        assert_eq!(cut.pieces.iter().map(|piece| piece.first_line).collect::<Vec<_>>(), [2, 502, 1002]);
        let joined: String = cut.pieces.iter().map(|piece| piece.content.as_str()).collect();
        assert_eq!(format!("phone,note\n{joined}"), file);
    }

    #[test]
    fn a_list_of_numbers_loses_none_to_a_heading() {
        let cut = cut(Told::OptOuts, b"+12125550101\n+12125550102\n").unwrap();
        assert_eq!((cut.rows, cut.pieces.len(), cut.pieces[0].first_line), (2, 1, 1));
        assert!(matches!(super::cut(Told::OptOuts, b"email\na@fern.example\n"), Err(ImportError::NoNumbers)));
        assert!(matches!(super::cut(Told::OptOuts, b"phone\n\n"), Err(ImportError::Empty)));
        assert!(matches!(super::cut(Told::OptOuts, b""), Err(ImportError::Empty)));
    }
}
