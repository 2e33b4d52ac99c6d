//! Everything of a workspace in a file of JSON lines (docs/export.md).

use crate::Engine;
use base64::Engine as _;
use domain::id::WorkspaceId;
use serde_json::{Map, Value, json};
use std::io::{BufWriter, Write};
use std::path::Path;
use store::db::Row;
use store::export::{self, Kind, TABLES, Table};
use store::{DbError, workspace};

/// Why an export is not written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file exists or cannot be written.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// No such workspace.
    #[error("there is no such workspace")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// Writes a workspace into a new file; returns how many lines.
    ///
    /// Rows are read in pages while Hark works, so one that changes meanwhile
    /// is in the file as it was at its page. The last line says that all is there.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn workspace_export(&self, ws: WorkspaceId, to: &Path) -> Result<u64, ExportError> {
        let broken = |source| ExportError::File { path: to.display().to_string(), source };
        let row = self.workspace(ws).read(workspace::get).await?.ok_or(ExportError::NotFound)?;
        let file = std::fs::OpenOptions::new().write(true).create_new(true).open(to).map_err(broken)?;
        let mut out = BufWriter::new(file);
        let mut lines = 1_u64;
        let head = json!({
            "format": "hark-export", "version": 1, "exported_at": self.now(),
            "workspace": {
                "id": row.id.to_string(), "name": row.name, "brand": row.brand, "time_zone": row.time_zone,
                "help_text": row.help_text, "language": row.language, "answers": row.answers,
                "clarify_hours": row.clarify_hours, "created_at": row.created_at,
            },
        });
        writeln!(out, "{head}").map_err(broken)?;
        for table in TABLES {
            let mut last: Option<Row> = None;
            loop {
                let after = last.take();
                let rows = self.workspace(ws).read(move |tx| export::page(tx, table, after.as_ref())).await?;
                for row in &rows {
                    writeln!(out, "{}", line(table, row)?).map_err(broken)?;
                    lines += 1;
                }
                if export::is_last(&rows) {
                    break;
                }
                last = rows.into_iter().next_back();
            }
        }
        lines += 1;
        writeln!(out, "{}", json!({"end": true, "lines": lines})).map_err(broken)?;
        let file = out.into_inner().map_err(|error| broken(error.into_error()))?;
        file.sync_all().map_err(broken)?;
        Ok(lines)
    }
}

fn line(table: &Table, row: &Row) -> Result<Value, DbError> {
    let mut values = Map::new();
    for (at, (name, kind)) in table.columns.iter().enumerate() {
        let value = match kind {
            Kind::Uuid => json!(row.get::<Option<uuid::Uuid>>(at)?.map(|id| id.simple().to_string())),
            Kind::Int => json!(row.get::<Option<i64>>(at)?),
            Kind::Text => json!(row.get::<Option<String>>(at)?),
            Kind::Json => match row.get::<Option<String>>(at)? {
                Some(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
                None => Value::Null,
            },
            Kind::Blob => {
                let bytes = row.get::<Option<Vec<u8>>>(at)?;
                json!(bytes.map(|bytes| base64::engine::general_purpose::STANDARD.encode(bytes)))
            }
        };
        values.insert((*name).to_owned(), value);
    }
    Ok(json!({"table": table.name, "row": values}))
}
