//! Why a command fails, and the exit code that says so (after BSD's sysexits).

use std::io;

use engine::DbErrorKind;

/// The command line is wrong.
pub const USAGE: u8 = 64;

/// Why a command fails.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The input is wrong.
    #[error("{0}")]
    Data(String),
    /// There is no such thing.
    #[error("{0}")]
    Missing(String),
    /// The database is unreachable.
    #[error("{0}")]
    Unavailable(String),
    /// A fault of Hark.
    #[error("{0}")]
    Software(String),
    /// A file or port cannot be made.
    #[error("{0}")]
    CannotCreate(String),
    /// Another process is in the way.
    #[error("{0}")]
    Busy(String),
    /// The settings are wrong.
    #[error("{0}")]
    Config(String),
    /// Somebody ended the command before it was done.
    #[error("{0}")]
    Interrupted(String),
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Failure {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Data(_) => 65,
            Self::Missing(_) => 66,
            Self::Unavailable(_) => 69,
            Self::Software(_) => 70,
            Self::CannotCreate(_) => 73,
            Self::Io(_) => 74,
            Self::Busy(_) => 75,
            Self::Config(_) => 78,
            Self::Interrupted(_) => 130,
        }
    }

    /// Whether whoever reads the output has had enough of it.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The failure of an exit code, as another process told it.
    pub fn of_code(code: u8, text: String) -> Self {
        match code {
            65 => Self::Data(text),
            66 => Self::Missing(text),
            69 => Self::Unavailable(text),
            73 => Self::CannotCreate(text),
            75 => Self::Busy(text),
            78 => Self::Config(text),
            _ => Self::Software(text),
        }
    }
}

impl From<engine::DbError> for Failure {
    fn from(error: engine::DbError) -> Self {
        match error.kind() {
            DbErrorKind::Unavailable
            | DbErrorKind::Serialization
            | DbErrorKind::Blocked
            | DbErrorKind::OutcomeUnknown => Self::Unavailable(error.to_string()),
            DbErrorKind::Full => Self::CannotCreate(error.to_string()),
            _ => Self::Software(error.to_string()),
        }
    }
}

impl From<store::OpenError> for Failure {
    fn from(error: store::OpenError) -> Self {
        match error {
            store::OpenError::Locked { .. } => Self::Busy(error.to_string()),
            store::OpenError::Newer { .. } | store::OpenError::Changed { .. } | store::OpenError::Migration { .. } => {
                Self::Config(error.to_string())
            }
            store::OpenError::File { .. } => Self::CannotCreate(error.to_string()),
            store::OpenError::Db(error) => error.into(),
        }
    }
}

impl From<store::backup::BackupError> for Failure {
    fn from(error: store::backup::BackupError) -> Self {
        use store::backup::BackupError;
        match error {
            BackupError::Exists(_) => Self::CannotCreate(error.to_string()),
            BackupError::Missing(_) => Self::Missing(error.to_string()),
            BackupError::Damaged { .. } => Self::Data(error.to_string()),
            BackupError::Open(error) => error.into(),
        }
    }
}

impl From<store::TransferError> for Failure {
    fn from(error: store::TransferError) -> Self {
        use store::TransferError;
        match error {
            TransferError::SameEngine => Self::Data(error.to_string()),
            TransferError::NotEmpty { .. } => Self::CannotCreate(error.to_string()),
            TransferError::InUse { .. } => Self::Busy(error.to_string()),
            TransferError::Schema(_) => Self::Config(error.to_string()),
            TransferError::Differs { .. } => Self::Software(error.to_string()),
            TransferError::Open(error) => error.into(),
        }
    }
}

impl From<store::portable::PortableError> for Failure {
    fn from(error: store::portable::PortableError) -> Self {
        match error {
            store::portable::PortableError::Backup(error) => error.into(),
            store::portable::PortableError::Transfer(error) => error.into(),
        }
    }
}

impl From<engine::crypto::CryptoError> for Failure {
    fn from(error: engine::crypto::CryptoError) -> Self {
        Self::Config(error.to_string())
    }
}
