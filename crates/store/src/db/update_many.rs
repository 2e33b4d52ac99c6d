//! Changes of many rows at once, each by its own values.

use super::conn::Engine;
use super::error::DbError;
use super::sql::{Type, expand};

/// A change of many rows of one workspace: one statement on PostgreSQL, which
/// reads the values from arrays, and one prepared statement per row on SQLite.
///
/// In the text `{name}` is a row's value of that name and `{given}`, before
/// `where`, the place all of them come from; `$1` is the workspace. No two rows
/// of a call may meet the same row of the table: PostgreSQL would apply one of
/// them and say nothing.
#[derive(Debug)]
pub struct UpdateMany {
    /// The constant's name, for logs and errors.
    pub name: &'static str,
    /// The values of each row, in their order.
    pub columns: &'static [(&'static str, Type)],
    /// The text with its tokens.
    pub text: &'static str,
}

impl UpdateMany {
    /// Where the statement lives: its identity in statement caches.
    pub(crate) fn address(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The text one engine understands: of one row on SQLite, over arrays on PostgreSQL.
    pub fn expand(&self, engine: Engine) -> Result<String, DbError> {
        let mut text = self.text.to_owned();
        let (mut arrays, mut names) = (Vec::new(), Vec::new());
        for (place, (name, kind)) in (2..).zip(self.columns) {
            let token = format!("{{{name}}}");
            match engine {
                // What the columns of the table are called too would be ambiguous.
                Engine::Postgres => text = text.replace(&token, &format!("given.g_{name}")),
                Engine::Sqlite => text = text.replace(&token, &format!("${place}")),
            }
            arrays.push(format!("${place}::{}", kind.postgres_array()));
            names.push(format!("g_{name}"));
        }
        let given = match engine {
            Engine::Postgres => format!("from unnest({}) as given ({})", arrays.join(", "), names.join(", ")),
            Engine::Sqlite => String::new(),
        };
        let text = text.replace("{given}", &given);
        expand(&text, engine).map_err(|message| DbError::Statement { statement: self.name.to_owned(), message })
    }
}

/// Declares changes of many rows and lists them as `UPDATES` for the inventory.
///
/// `NAME [("key", Uuid), …] = "update … set … {given} where ws = $1 and id = {key}";`
#[macro_export]
macro_rules! updates {
    ($($(#[$meta:meta])* $name:ident [$(($column:literal, $kind:ident)),* $(,)?] = $text:expr;)*) => {
        $(
            $(#[$meta])*
            pub(crate) static $name: $crate::db::UpdateMany = $crate::db::UpdateMany {
                name: stringify!($name),
                columns: &[$(($column, $crate::db::Type::$kind)),*],
                text: $text,
            };
        )*
        /// The changes of many rows of this module.
        pub(crate) static UPDATES: &[&$crate::db::UpdateMany] = &[$(&$name),*];
        // A module of a test may leave its list unused.
        const _: &[&$crate::db::UpdateMany] = UPDATES;
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_becomes_a_row_here_and_arrays_there() {
        static MOVE: UpdateMany = UpdateMany {
            name: "MOVE",
            columns: &[("id", Type::Uuid), ("n", Type::Int)],
            text: "update t set n = n + {n} {given} where ws = $1 and id = {id} returning id, n",
        };
        assert_eq!(
            MOVE.expand(Engine::Sqlite).as_deref(),
            Ok("update t set n = n + ?3  where ws = ?1 and id = ?2 returning id, n")
        );
        assert_eq!(
            MOVE.expand(Engine::Postgres).as_deref(),
            Ok("update t set n = n + given.g_n from unnest($2::uuid[], $3::int8[]) as given (g_id, g_n) \
                where ws = $1 and id = given.g_id returning id, n")
        );
    }
}
