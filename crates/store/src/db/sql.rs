//! Statements: one text for both engines, and its expansion for one of them.

use super::conn::Engine;
use super::error::DbError;

/// Whose rows a statement touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Rows of one workspace. `$1` is the workspace, bound by the transaction.
    Tenant,
    /// Rows that belong to no workspace, or work across workspaces.
    Server,
}

/// One SQL text with its name.
///
/// Placeholders are `$1`, `$2`, …. Tokens for what differs between engines:
/// `{any:$2}` (membership in an array), `{for_update}`, `{skip_locked}`,
/// `{sqlite:…}` and `{postgres:…}` (text for one engine alone; no braces inside).
#[derive(Debug)]
pub struct Sql {
    /// The constant's name, for logs and errors.
    pub name: &'static str,
    /// The text with its tokens.
    pub text: &'static str,
    /// Whose rows it touches.
    pub scope: Scope,
    /// Why it may read a large table without an index, for one that is not run
    /// while anybody waits. Every other statement must run on indexes alone.
    pub cold: Option<&'static str>,
}

impl Sql {
    /// A statement that must run on indexes alone.
    #[must_use]
    pub const fn new(name: &'static str, text: &'static str, scope: Scope) -> Self {
        Self { name, text, scope, cold: None }
    }

    /// The same, allowed to read a large table without an index, and why.
    #[must_use]
    pub const fn cold(self, why: &'static str) -> Self {
        Self { cold: Some(why), ..self }
    }

    /// Where the statement lives: its identity in statement caches.
    pub(crate) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Whether the statement can only read, judged by its first word.
    pub(crate) fn only_reads(&self) -> bool {
        self.text.trim_start().get(..6).is_some_and(|word| word.eq_ignore_ascii_case("select"))
    }

    /// The text one engine understands.
    pub fn expand(&self, engine: Engine) -> Result<String, DbError> {
        expand(self.text, engine).map_err(|message| DbError::Statement { statement: self.name.to_owned(), message })
    }
}

/// The type of a column in a bulk insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `{uuid}`
    Uuid,
    /// `{bigint}`; booleans too.
    Int,
    /// `text`
    Text,
    /// `{blob}`
    Blob,
    /// Words to be searched, each with its places: text on SQLite, the text form of a `tsvector` on PostgreSQL.
    Words,
}

impl Type {
    /// The PostgreSQL array type a column of this type is sent as.
    pub(crate) fn postgres_array(self) -> &'static str {
        match self {
            Self::Uuid => "uuid[]",
            Self::Int => "int8[]",
            Self::Text | Self::Words => "text[]",
            Self::Blob => "bytea[]",
        }
    }
}

/// An insert of many rows of one workspace into one table.
///
/// The column `ws` comes first and is filled in by the transaction.
#[derive(Debug)]
pub struct InsertMany {
    /// The table.
    pub table: &'static str,
    /// The columns after `ws`, in the order of each row's values.
    pub columns: &'static [(&'static str, Type)],
    /// What follows the rows, such as `on conflict do nothing`.
    pub suffix: &'static str,
}

impl InsertMany {
    /// Where the statement lives: its identity in statement caches.
    pub(crate) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The text one engine understands: one row on SQLite, arrays on PostgreSQL.
    #[must_use]
    pub fn expand(&self, engine: Engine) -> String {
        let (table, names, suffix) = (self.table, self.names(), self.suffix);
        match engine {
            Engine::Sqlite => {
                let marks = (0..self.columns.len()).map(|i| format!(", ?{}", i + 2)).collect::<String>();
                format!("insert into {table} (ws, {names}) values (?1{marks}) {suffix}")
            }
            Engine::Postgres => {
                let arrays = self
                    .columns
                    .iter()
                    .enumerate()
                    .map(|(i, (_, kind))| format!("${}::{}", i + 2, kind.postgres_array()))
                    .collect::<Vec<_>>()
                    .join(", ");
                let read = |(name, kind): &(&str, Type)| match kind {
                    Type::Words => format!("{name}::tsvector"),
                    Type::Uuid | Type::Int | Type::Text | Type::Blob => (*name).to_owned(),
                };
                let values = self.columns.iter().map(read).collect::<Vec<_>>().join(", ");
                format!(
                    "insert into {table} (ws, {names}) \
                     select $1, {values} from unnest({arrays}) as given ({names}) {suffix}"
                )
            }
        }
    }
}

/// Replaces tokens and, for SQLite, placeholders. Quoted text stays as it is.
pub(super) fn expand(text: &str, engine: Engine) -> Result<String, String> {
    let mut out = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(at) = rest.find(['\'', '"', '$', '{', '-']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        rest = match from.as_bytes().first() {
            Some(quote @ (b'\'' | b'"')) => {
                let mark = char::from(*quote);
                let end = from.get(1..).and_then(|inner| inner.find(mark));
                let end = end.ok_or_else(|| format!("unclosed {mark}"))? + 2;
                let (quoted, after) = from.split_at(end);
                out.push_str(quoted);
                after
            }
            Some(b'$') => {
                out.push(if engine == Engine::Sqlite { '?' } else { '$' });
                from.get(1..).unwrap_or_default()
            }
            Some(b'{') => {
                let end = from.find('}').ok_or("unclosed {")?;
                let (token, after) = from.split_at(end);
                out.push_str(&replacement(token.trim_start_matches('{'), engine)?);
                after.get(1..).unwrap_or_default()
            }
            _ if from.starts_with("--") => from.find('\n').map_or("", |end| from.split_at(end).1),
            _ => {
                out.push('-');
                from.get(1..).unwrap_or_default()
            }
        };
    }
    out.push_str(rest);
    Ok(out)
}

fn replacement(token: &str, engine: Engine) -> Result<String, String> {
    let postgres = engine == Engine::Postgres;
    let (name, argument) = token.split_once(':').unwrap_or((token, ""));
    Ok(match name {
        "any" if postgres => format!("= any({argument})"),
        "any" => format!("in (select value from rarray({}))", argument.replace('$', "?")),
        "for_update" if postgres => "for update".to_owned(),
        "skip_locked" if postgres => "for update skip locked".to_owned(),
        "for_update" | "skip_locked" => String::new(),
        "sqlite" if !postgres => expand(argument, engine)?,
        "postgres" if postgres => expand(argument, engine)?,
        "sqlite" | "postgres" => String::new(),
        _ => return Err(format!("unknown token {{{token}}}")),
    })
}

/// Declares statements and lists them as `STATEMENTS` for the inventory.
///
/// `tenant NAME = "…";` binds the workspace as `$1`; `server NAME = "…";` does not.
/// Each must run on indexes alone, which a test sees from its plans on a filled
/// database; `NAME = "…", cold "why";` is exempt.
#[macro_export]
macro_rules! statements {
    ($($(#[$meta:meta])* $scope:ident $name:ident = $text:expr $(, cold $why:literal)?;)*) => {
        $(
            $(#[$meta])*
            pub(crate) static $name: $crate::db::Sql =
                $crate::db::Sql::new(stringify!($name), $text, $crate::statements!(@scope $scope))$(.cold($why))?;
        )*
        /// The statements of this module.
        pub(crate) static STATEMENTS: &[&$crate::db::Sql] = &[$(&$name),*];
        // A module of a test may leave its list unused.
        const _: &[&$crate::db::Sql] = STATEMENTS;
    };
    (@scope tenant) => { $crate::db::Scope::Tenant };
    (@scope server) => { $crate::db::Scope::Server };
}

/// Declares bulk inserts and lists them as `INSERTS` for the inventory.
///
/// `NAME = "table" [("column", Uuid), …] "on conflict do nothing";`
#[macro_export]
macro_rules! inserts {
    ($($(#[$meta:meta])* $name:ident = $table:literal [$(($column:literal, $kind:ident)),* $(,)?] $suffix:expr;)*) => {
        $(
            $(#[$meta])*
            pub(crate) static $name: $crate::db::InsertMany = $crate::db::InsertMany {
                table: $table,
                columns: &[$(($column, $crate::db::Type::$kind)),*],
                suffix: $suffix,
            };
        )*
        /// The bulk inserts of this module.
        pub(crate) static INSERTS: &[&$crate::db::InsertMany] = &[$(&$name),*];
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_what_each_engine_understands() {
        let text = "select '$1 {x}' from t -- $9\nwhere ws = $1 and id {any:$2} {skip_locked} \
                    {sqlite:and a = $3}{postgres:and b = $3} and a->>'k' = 'it''s'";
        assert_eq!(
            expand(text, Engine::Sqlite).as_deref(),
            Ok("select '$1 {x}' from t \nwhere ws = ?1 and id in (select value from rarray(?2))  \
                and a = ?3 and a->>'k' = 'it''s'")
        );
        assert_eq!(
            expand(text, Engine::Postgres).as_deref(),
            Ok("select '$1 {x}' from t \nwhere ws = $1 and id = any($2) for update skip locked \
                and b = $3 and a->>'k' = 'it''s'")
        );
        assert!(expand("select {what}", Engine::Sqlite).is_err());
        assert!(expand("select 'open", Engine::Sqlite).is_err());
    }

    #[test]
    fn bulk_inserts_name_the_workspace_first() {
        static MANY: InsertMany = InsertMany {
            table: "t",
            columns: &[("id", Type::Uuid), ("n", Type::Int), ("w", Type::Words)],
            suffix: "on conflict do nothing",
        };
        assert_eq!(
            MANY.expand(Engine::Sqlite),
            "insert into t (ws, id, n, w) values (?1, ?2, ?3, ?4) on conflict do nothing"
        );
        assert_eq!(
            MANY.expand(Engine::Postgres),
            "insert into t (ws, id, n, w) select $1, id, n, w::tsvector from \
             unnest($2::uuid[], $3::int8[], $4::text[]) as given (id, n, w) on conflict do nothing"
        );
    }
}
