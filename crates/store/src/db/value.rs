//! Values that go into statements and rows that come out of them.

use std::fmt;

use super::error::DbError;
use uuid::Uuid;

/// One value of a statement or a row.
///
/// `Debug` shows kinds and lengths, never texts: values hold messages and numbers.
#[derive(Clone, PartialEq, Eq)]
pub enum Val {
    /// SQL NULL.
    Null,
    /// Integers, times (Unix milliseconds) and booleans (0 or 1).
    Int(i64),
    /// Text; JSON too.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
    /// An identity.
    Uuid(Uuid),
    /// For `{any:$n}`.
    UuidArray(Vec<Uuid>),
    /// For `{any:$n}`.
    IntArray(Vec<i64>),
    /// For `{any:$n}`.
    TextArray(Vec<String>),
}

impl Val {
    /// The word for the value's kind.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "integer",
            Self::Text(_) => "text",
            Self::Blob(_) => "blob",
            Self::Uuid(_) => "uuid",
            Self::UuidArray(_) => "uuid array",
            Self::IntArray(_) => "integer array",
            Self::TextArray(_) => "text array",
        }
    }
}

impl fmt::Debug for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value) => write!(f, "{value}"),
            Self::Uuid(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "text[{}]", value.len()),
            Self::Blob(value) => write!(f, "blob[{}]", value.len()),
            other => f.write_str(other.kind()),
        }
    }
}

/// What can be an argument of a statement. [`args!`](crate::args) calls it by reference.
pub trait ToVal {
    /// The value as sent to the database.
    fn to_val(&self) -> Val;
}

/// A text both engines can hold. PostgreSQL has no U+0000; a handset or a client
/// that sends one means nothing by it, and a text must not be lost for it.
fn storable(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

macro_rules! convert {
    ($($given:ty => |$value:ident| $made:expr;)*) => { $(
        impl From<$given> for Val {
            fn from($value: $given) -> Self { $made }
        }
        impl ToVal for $given {
            fn to_val(&self) -> Val { Val::from(ToOwned::to_owned(self)) }
        }
    )* };
}

convert! {
    i64 => |value| Self::Int(value);
    i32 => |value| Self::Int(i64::from(value));
    u32 => |value| Self::Int(i64::from(value));
    u16 => |value| Self::Int(i64::from(value));
    u8 => |value| Self::Int(i64::from(value));
    bool => |value| Self::Int(i64::from(value));
    String => |value| Self::Text(storable(value));
    Uuid => |value| Self::Uuid(value);
    Vec<u8> => |value| Self::Blob(value);
    Vec<Uuid> => |value| Self::UuidArray(value);
    Vec<i64> => |value| Self::IntArray(value);
    Vec<String> => |value| Self::TextArray(value.into_iter().map(storable).collect());
}

impl From<&str> for Val {
    fn from(value: &str) -> Self {
        Self::Text(storable(value.to_owned()))
    }
}

impl<T: Into<Self>> From<Option<T>> for Val {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl ToVal for Val {
    fn to_val(&self) -> Val {
        self.clone()
    }
}

impl ToVal for str {
    fn to_val(&self) -> Val {
        Val::Text(storable(self.to_owned()))
    }
}

impl ToVal for [u8] {
    fn to_val(&self) -> Val {
        Val::Blob(self.to_vec())
    }
}

impl<const N: usize> ToVal for [u8; N] {
    fn to_val(&self) -> Val {
        Val::Blob(self.to_vec())
    }
}

impl ToVal for [Uuid] {
    fn to_val(&self) -> Val {
        Val::UuidArray(self.to_vec())
    }
}

impl ToVal for [i64] {
    fn to_val(&self) -> Val {
        Val::IntArray(self.to_vec())
    }
}

impl ToVal for [String] {
    fn to_val(&self) -> Val {
        Val::TextArray(self.iter().cloned().map(storable).collect())
    }
}

impl<T: ToVal + ?Sized> ToVal for &T {
    fn to_val(&self) -> Val {
        (**self).to_val()
    }
}

impl<T: ToVal> ToVal for Option<T> {
    fn to_val(&self) -> Val {
        self.as_ref().map_or(Val::Null, ToVal::to_val)
    }
}

/// The arguments of a statement: `args![id, "text", Some(3)]`, each taken by reference.
#[macro_export]
macro_rules! args {
    () => { &[] as &[$crate::db::Val] };
    ($($value:expr),+ $(,)?) => { &[$($crate::db::ToVal::to_val(&$value)),+] as &[$crate::db::Val] };
}

/// What a column can be read as.
pub trait FromVal: Sized {
    /// The words for what is expected, for errors.
    const EXPECTED: &'static str;
    /// The value, if the column holds one of the right kind.
    fn from_val(value: &Val) -> Option<Self>;
}

macro_rules! decode {
    ($($wanted:ty, $expected:literal, $pattern:pat => $made:expr;)*) => { $(
        impl FromVal for $wanted {
            const EXPECTED: &'static str = $expected;
            fn from_val(value: &Val) -> Option<Self> {
                match value { $pattern => $made, _ => None }
            }
        }
    )* };
}

decode! {
    i64, "integer", Val::Int(value) => Some(*value);
    i32, "32 bit integer", Val::Int(value) => i32::try_from(*value).ok();
    u32, "32 bit unsigned integer", Val::Int(value) => u32::try_from(*value).ok();
    u16, "16 bit unsigned integer", Val::Int(value) => u16::try_from(*value).ok();
    u8, "8 bit unsigned integer", Val::Int(value) => u8::try_from(*value).ok();
    bool, "boolean", Val::Int(value) => match value { 0 => Some(false), 1 => Some(true), _ => None };
    String, "text", Val::Text(value) => Some(value.clone());
    Vec<u8>, "blob", Val::Blob(value) => Some(value.clone());
}

impl FromVal for Uuid {
    const EXPECTED: &'static str = "uuid";
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Uuid(value) => Some(*value),
            // SQLite has no type for it: 16 bytes are one.
            Val::Blob(bytes) => Self::from_slice(bytes).ok(),
            _ => None,
        }
    }
}

impl FromVal for Val {
    const EXPECTED: &'static str = "anything";
    fn from_val(value: &Val) -> Option<Self> {
        Some(value.clone())
    }
}

impl<T: FromVal> FromVal for Option<T> {
    const EXPECTED: &'static str = T::EXPECTED;
    fn from_val(value: &Val) -> Option<Self> {
        match value {
            Val::Null => Some(None),
            other => T::from_val(other).map(Some),
        }
    }
}

macro_rules! identities {
    ($($name:ident),* $(,)?) => { $(
        impl From<domain::id::$name> for Val {
            fn from(value: domain::id::$name) -> Self { Self::Uuid(value.uuid()) }
        }
        impl ToVal for domain::id::$name {
            fn to_val(&self) -> Val { Val::Uuid(self.uuid()) }
        }
        impl ToVal for Vec<domain::id::$name> {
            fn to_val(&self) -> Val { Val::UuidArray(self.iter().map(|id| id.uuid()).collect()) }
        }
        impl ToVal for [domain::id::$name] {
            fn to_val(&self) -> Val { Val::UuidArray(self.iter().map(|id| id.uuid()).collect()) }
        }
        impl FromVal for domain::id::$name {
            const EXPECTED: &'static str = "uuid";
            fn from_val(value: &Val) -> Option<Self> { Uuid::from_val(value).map(Self::new) }
        }
    )* };
}

domain::for_each_id!(identities);

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(crate) statement: &'static str,
    pub(crate) values: Vec<Val>,
}

impl Row {
    /// The value of column `i`, counted from 0.
    pub fn get<T: FromVal>(&self, i: usize) -> Result<T, DbError> {
        let found = self.values.get(i);
        found.and_then(T::from_val).ok_or_else(|| DbError::Decode {
            statement: self.statement,
            column: i,
            expected: T::EXPECTED,
            found: found.map_or("no such column", Val::kind),
        })
    }

    /// How many columns there are.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.values.len()
    }
}
