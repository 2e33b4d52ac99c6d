//! Values and errors of PostgreSQL.

use bytes::BytesMut;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{IsNull, Kind, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::error::DbError;
use super::sqlite::argument_count;
use super::value::{Row, Val};

/// Rows of one bulk statement.
const CHUNK: usize = 5_000;

type Encoded = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

fn mismatch(value: &Val, wanted: &Type) -> Encoded {
    Err(format!("{} given where {wanted} is wanted", value.kind()).into())
}

impl ToSql for Val {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Encoded {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) => match *wanted {
                Type::INT8 => value.to_sql(wanted, out),
                Type::INT4 => i32::try_from(*value)?.to_sql(wanted, out),
                Type::INT2 => i16::try_from(*value)?.to_sql(wanted, out),
                Type::BOOL => (*value != 0).to_sql(wanted, out),
                _ => mismatch(self, wanted),
            },
            Self::Text(value) => match *wanted {
                Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => value.to_sql(wanted, out),
                // The binary form of jsonb is its version followed by the text.
                Type::JSONB => {
                    out.extend_from_slice(&[1]);
                    out.extend_from_slice(value.as_bytes());
                    Ok(IsNull::No)
                }
                Type::JSON => {
                    out.extend_from_slice(value.as_bytes());
                    Ok(IsNull::No)
                }
                _ => mismatch(self, wanted),
            },
            Self::Blob(value) if *wanted == Type::BYTEA => value.to_sql(wanted, out),
            Self::Uuid(value) if *wanted == Type::UUID => value.to_sql(wanted, out),
            Self::UuidArray(values) if *wanted == Type::UUID_ARRAY => values.to_sql(wanted, out),
            Self::IntArray(values) if *wanted == Type::INT8_ARRAY => values.to_sql(wanted, out),
            Self::IntArray(values) if *wanted == Type::INT4_ARRAY => {
                values.iter().map(|value| i32::try_from(*value)).collect::<Result<Vec<_>, _>>()?.to_sql(wanted, out)
            }
            Self::TextArray(values) if *wanted == Type::TEXT_ARRAY => values.to_sql(wanted, out),
            _ => mismatch(self, wanted),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A parameter of a bulk statement: one value, or a column of values.
#[derive(Debug)]
pub(crate) enum Column {
    One(Val),
    Many(Vec<Val>),
}

impl Column {
    pub(crate) fn many(values: impl Iterator<Item = Val>) -> Self {
        Self::Many(values.collect())
    }
}

impl ToSql for Column {
    fn to_sql(&self, wanted: &Type, out: &mut BytesMut) -> Encoded {
        match (self, wanted.kind()) {
            (Self::One(value), _) => value.to_sql(wanted, out),
            // Each element is encoded as its own kind; NULLs are allowed.
            (Self::Many(values), Kind::Array(_)) => values.to_sql(wanted, out),
            (Self::Many(_), _) => Err(format!("a column given where {wanted} is wanted").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// The parameters of a bulk statement, chunk by chunk: the workspace, then each
/// column as an array.
pub(crate) fn chunks(name: &str, width: usize, ws: Uuid, rows: Vec<Vec<Val>>) -> Result<Vec<Vec<Column>>, DbError> {
    if let Some(row) = rows.iter().find(|row| row.len() != width) {
        return Err(argument_count(name, width, row.len()));
    }
    let mut chunks = Vec::with_capacity(rows.len().div_ceil(CHUNK));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut columns = vec![Vec::new(); width];
        for row in rows.by_ref().take(CHUNK) {
            for (column, value) in columns.iter_mut().zip(row) {
                column.push(value);
            }
        }
        let mut params = Vec::with_capacity(width + 1);
        params.push(Column::One(Val::Uuid(ws)));
        params.extend(columns.into_iter().map(Column::Many));
        chunks.push(params);
    }
    Ok(chunks)
}

/// Reads one row.
pub(crate) fn row(name: &'static str, found: &tokio_postgres::Row) -> Result<Row, DbError> {
    let mut values = Vec::with_capacity(found.len());
    for (i, column) in found.columns().iter().enumerate() {
        let value = value(found, i, column.type_()).map_err(|message| DbError::Statement {
            statement: name.to_owned(),
            message: format!("column {i}: {message}"),
        })?;
        values.push(value);
    }
    Ok(Row { statement: name, values })
}

fn value(row: &tokio_postgres::Row, i: usize, kind: &Type) -> Result<Val, String> {
    fn read<'a, T>(row: &'a tokio_postgres::Row, i: usize, make: fn(T) -> Val) -> Result<Val, String>
    where
        T: tokio_postgres::types::FromSql<'a>,
    {
        let found: Option<T> = row.try_get(i).map_err(|error| error.to_string())?;
        Ok(found.map_or(Val::Null, make))
    }
    match *kind {
        Type::INT8 => read(row, i, Val::Int),
        Type::INT4 => read::<i32>(row, i, |value| Val::Int(value.into())),
        Type::INT2 => read::<i16>(row, i, |value| Val::Int(value.into())),
        Type::BOOL => read::<bool>(row, i, |value| Val::Int(value.into())),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => read(row, i, Val::Text),
        // A literal without a type.
        Type::UNKNOWN => read(row, i, Val::Text),
        Type::UUID => read::<Uuid>(row, i, Val::Uuid),
        Type::BYTEA => read(row, i, Val::Blob),
        Type::JSON | Type::JSONB => read::<Json>(row, i, |value| Val::Text(value.0)),
        Type::VOID => Ok(Val::Null),
        _ => Err(format!("type {kind} is not used; cast it, as sums to bigint")),
    }
}

/// The text of a JSON value.
struct Json(String);

impl<'a> tokio_postgres::types::FromSql<'a> for Json {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let text = if *kind == Type::JSONB { raw.get(1..).unwrap_or_default() } else { raw };
        Ok(Self(std::str::from_utf8(text)?.to_owned()))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::JSON | Type::JSONB)
    }
}

/// Whether the connection is of no more use.
pub(crate) fn is_lost(error: &tokio_postgres::Error) -> bool {
    match error.as_db_error() {
        Some(db) => {
            [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::CANNOT_CONNECT_NOW].contains(db.code())
        }
        None => {
            // What is wrong with values is told by the client before anything is sent.
            let words = error.to_string();
            !["serializing parameter", "deserializing", "encoding message"].iter().any(|local| words.contains(local))
        }
    }
}

/// Another node changed the schema under statements prepared here: a new
/// connection prepares them anew.
fn is_stale_plan(error: &tokio_postgres::error::DbError) -> bool {
    *error.code() == SqlState::FEATURE_NOT_SUPPORTED && error.message().contains("cached plan")
}

/// What an error of PostgreSQL means to callers.
pub(crate) fn postgres_error(statement: &str, error: &tokio_postgres::Error) -> DbError {
    let statement = statement.to_owned();
    let Some(db) = error.as_db_error() else {
        let message = with_source(error);
        return if is_lost(error) { DbError::Unavailable(message) } else { DbError::Statement { statement, message } };
    };
    // `detail` quotes values and is left out.
    let message = format!("{} ({})", db.message(), db.code().code());
    match db.code() {
        code if *code == SqlState::UNIQUE_VIOLATION => DbError::Conflict {
            statement,
            table: db.table().unwrap_or_default().to_owned(),
            constraint: db.constraint().unwrap_or_default().to_owned(),
        },
        code if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => {
            DbError::Serialization(message)
        }
        _ if is_stale_plan(db) => DbError::Serialization(message),
        code if *code == SqlState::LOCK_NOT_AVAILABLE || *code == SqlState::QUERY_CANCELED => DbError::Blocked(message),
        code if *code == SqlState::DISK_FULL => DbError::Full(message),
        code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => DbError::ReadOnly { statement },
        code => match code.code().get(..2) {
            Some("23") => DbError::Constraint { statement, message },
            // Connection, resources, operator intervention, I/O.
            Some("08" | "53" | "57" | "58") => DbError::Unavailable(message),
            // Logging in fails with these: the database is not there for us.
            Some("28" | "3D") => DbError::Unavailable(message),
            _ => DbError::Statement { statement, message },
        },
    }
}

fn with_source(error: &tokio_postgres::Error) -> String {
    match std::error::Error::source(error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
