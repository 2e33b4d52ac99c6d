//! What can go wrong in the data layer.

use std::path::PathBuf;

/// The kind of a [`DbError`], for decisions of callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DbErrorKind {
    /// The database cannot be reached, is too busy or is shutting down.
    Unavailable,
    /// The disk is full.
    Full,
    /// A unique index refused a row.
    Conflict,
    /// A foreign key, check or not-null constraint refused a row.
    Constraint,
    /// Another transaction came in between; the layer retries these itself.
    Serialization,
    /// Another transaction kept a row for longer than anybody waits.
    Blocked,
    /// The connection broke while the commit was under way.
    OutcomeUnknown,
    /// A statement of the wrong scope for the transaction.
    Scope,
    /// A value of another kind than asked for, or no row where one must be.
    Decode,
    /// A write inside a reading transaction.
    ReadOnly,
    /// The closure went on after a failed statement, so it was rolled back.
    Rollback,
    /// The closure panicked.
    Panicked,
    /// The statement itself is wrong.
    Statement,
    /// A simulated crash.
    Crashed,
}

/// What can go wrong with a statement or a transaction.
///
/// Messages name statements, tables and constraints, never values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The database cannot be reached, is too busy or is shutting down.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The disk is full.
    #[error("the database is full: {0}")]
    Full(String),
    /// A unique index refused a row.
    #[error("{statement}: a row like this exists in {table} ({constraint})")]
    Conflict {
        /// The statement's name.
        statement: String,
        /// The table, the same on both engines.
        table: String,
        /// PostgreSQL: the index's name. SQLite: the columns, `t.a, t.b`.
        constraint: String,
    },
    /// A foreign key, check or not-null constraint refused a row.
    #[error("{statement}: a constraint does not hold: {message}")]
    Constraint {
        /// The statement's name.
        statement: String,
        /// The database's words, without values.
        message: String,
    },
    /// Another transaction came in between.
    #[error("another transaction came in between: {0}")]
    Serialization(String),
    /// Another transaction kept a row for longer than anybody waits, or a statement
    /// took too long: later it may pass, and what touches other rows may pass now.
    #[error("another transaction is in the way: {0}")]
    Blocked(String),
    /// The connection broke while the commit was under way: it may have happened.
    #[error("the connection broke during the commit: {0}")]
    OutcomeUnknown(String),
    /// A statement of the wrong scope for the transaction.
    #[error("{statement} is of the wrong scope for this transaction")]
    Scope {
        /// The statement's name.
        statement: String,
    },
    /// A column holds something else than asked for.
    #[error("{statement}, column {column}: expected {expected}, found {found}")]
    Decode {
        /// The statement's name.
        statement: &'static str,
        /// The column, counted from 0.
        column: usize,
        /// What was asked for.
        expected: &'static str,
        /// What the column holds.
        found: &'static str,
    },
    /// No row where one must be.
    #[error("{statement} found no row")]
    NoRow {
        /// The statement's name.
        statement: &'static str,
    },
    /// A write inside a reading transaction.
    #[error("{statement} writes inside a reading transaction")]
    ReadOnly {
        /// The statement's name.
        statement: String,
    },
    /// The closure reported success although a statement had failed.
    #[error("rolled back, for an earlier statement failed: {0}")]
    Rollback(Box<DbError>),
    /// The closure panicked.
    #[error("a transaction panicked")]
    Panicked,
    /// The statement itself is wrong: its text, arguments or types.
    #[error("{statement}: {message}")]
    Statement {
        /// The statement's name.
        statement: String,
        /// What is wrong.
        message: String,
    },
    /// A crash asked for by [`Faults`](super::Faults).
    #[error("the store crashed on request")]
    Crashed,
}

impl DbError {
    /// The error's kind.
    #[must_use]
    pub fn kind(&self) -> DbErrorKind {
        match self {
            Self::Unavailable(_) => DbErrorKind::Unavailable,
            Self::Full(_) => DbErrorKind::Full,
            Self::Conflict { .. } => DbErrorKind::Conflict,
            Self::Constraint { .. } => DbErrorKind::Constraint,
            Self::Serialization(_) => DbErrorKind::Serialization,
            Self::Blocked(_) => DbErrorKind::Blocked,
            Self::OutcomeUnknown(_) => DbErrorKind::OutcomeUnknown,
            Self::Scope { .. } => DbErrorKind::Scope,
            Self::Decode { .. } | Self::NoRow { .. } => DbErrorKind::Decode,
            Self::ReadOnly { .. } => DbErrorKind::ReadOnly,
            Self::Rollback(_) => DbErrorKind::Rollback,
            Self::Panicked => DbErrorKind::Panicked,
            Self::Statement { .. } => DbErrorKind::Statement,
            Self::Crashed => DbErrorKind::Crashed,
        }
    }

    /// The stable word for logs and problem documents.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.kind() {
            DbErrorKind::Unavailable => "database_unavailable",
            DbErrorKind::Full => "database_full",
            DbErrorKind::Conflict => "database_conflict",
            DbErrorKind::Constraint => "database_constraint",
            DbErrorKind::Serialization => "database_busy",
            DbErrorKind::Blocked => "database_blocked",
            DbErrorKind::OutcomeUnknown => "database_outcome_unknown",
            DbErrorKind::Scope => "database_scope",
            DbErrorKind::Decode => "database_decode",
            DbErrorKind::ReadOnly => "database_read_only",
            DbErrorKind::Rollback => "database_rollback",
            DbErrorKind::Panicked => "database_panicked",
            DbErrorKind::Statement => "database_statement",
            DbErrorKind::Crashed => "database_crashed",
        }
    }

    /// Whether a unique index of this table refused the row.
    #[must_use]
    pub fn is_conflict_on(&self, wanted: &str) -> bool {
        matches!(self, Self::Conflict { table, .. } if table == wanted)
    }
}

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the data directory.
    #[error("the data directory {dir} is in use by process {pid} ({name})")]
    Locked {
        /// The directory.
        dir: PathBuf,
        /// The other process.
        pid: String,
        /// The other process's name.
        name: String,
    },
    /// The data was written by a newer version.
    #[error("this data was written by a newer Hark: schema {found}, this binary knows up to {known}")]
    Newer {
        /// The newest migration the data has.
        found: String,
        /// The newest migration this binary has.
        known: String,
    },
    /// A migration that was applied has another text now.
    #[error("migration {name} was changed after it was applied (checksum {found}, applied {applied})")]
    Changed {
        /// The migration.
        name: String,
        /// The checksum of the text in this binary.
        found: String,
        /// The checksum of the text that was applied.
        applied: String,
    },
    /// The list of migrations itself is wrong.
    #[error("migration {name}: {message}")]
    Migration {
        /// The migration.
        name: String,
        /// What is wrong.
        message: String,
    },
    /// A file or directory cannot be used.
    #[error("{path}: {source}")]
    File {
        /// The path.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// The database refuses.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl OpenError {
    pub(crate) fn file(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}
