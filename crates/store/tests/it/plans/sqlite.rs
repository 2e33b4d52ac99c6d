//! Plans of SQLite.

use super::{Fault, SMALL, Text, tables};
use rusqlite::Connection;
use std::collections::HashSet;
use std::path::Path;
use store::db::Engine;

/// Statements that put in order what is few by its nature, and why.
const FEW: &[(&str, &str)] = &[
    ("ATTEMPT_OF_MESSAGE", "a message has at most eight tries"),
    ("CONVERSATION_LAST_MANY", "a request has a few hundred texts"),
    ("IDENTITY_LIST", "a customer has a few addresses"),
    ("MEDIA_FREE", "a text has a few pictures"),
];

/// What is wrong with the plans, as they are before and after the statistics
/// that a resting server gathers.
pub fn faults(file: &Path) -> Vec<Fault> {
    let conn = Connection::open(file).unwrap();
    rusqlite::vtab::array::load_module(&conn).unwrap();
    let partial = "select name from sqlite_master where type = 'index' and sql like '%) where %'";
    let partial: HashSet<String> = {
        let mut found = conn.prepare(partial).unwrap();
        found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    assert!(partial.contains("outbox_leases"), "{partial:?}");
    let mut faults = Vec::new();
    for pass in ["fresh", "analyzed"] {
        if pass == "analyzed" {
            conn.execute_batch("analyze").unwrap();
        }
        for text in super::texts(Engine::Sqlite) {
            faults.extend(of(&conn, &text, &partial).into_iter().map(|fault| (text.name, format!("{fault} ({pass})"))));
        }
    }
    faults
}

fn of(conn: &Connection, sql: &Text, partial: &HashSet<String>) -> Vec<String> {
    let text = &sql.text;
    let named = tables(text);
    let large = |name: &str| named.iter().any(|(table, alias)| alias == name && !SMALL.contains(&table.as_str()));
    let mut plan = conn.prepare(&format!("explain query plan {text}")).unwrap();
    let steps: Vec<String> = plan.raw_query_map();
    steps
        .into_iter()
        .filter(|step| {
            let words: Vec<&str> = step.split_whitespace().collect();
            match words.as_slice() {
                ["SCAN", name, ..] => large(name) && !step.contains("VIRTUAL TABLE"),
                ["SEARCH", name, rest @ ..] => {
                    // The workspace alone narrows nothing where there is one workspace.
                    let index = rest.iter().skip_while(|word| **word != "INDEX").nth(1);
                    let whole = rest.last().is_some_and(|last| last.ends_with("(ws=?)"));
                    large(name) && whole && !index.is_some_and(|index| partial.contains(*index))
                }
                // What a limit inside leaves over may be put in order outside.
                ["USE", "TEMP", "B-TREE", "FOR", "ORDER", ..] => {
                    named.iter().any(|(table, _)| !SMALL.contains(&table.as_str()))
                        && text
                            .find("limit")
                            .is_none_or(|limit| text.rfind("order by").is_none_or(|order| order < limit))
                        && !FEW.iter().any(|(name, _)| *name == sql.name)
                }
                _ => false,
            }
        })
        .collect()
}

trait RawQuery {
    fn raw_query_map(&mut self) -> Vec<String>;
}

impl RawQuery for rusqlite::Statement<'_> {
    /// The fourth column of each row; what is not bound counts as null.
    fn raw_query_map(&mut self) -> Vec<String> {
        let mut rows = self.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push(row.get(3).unwrap());
        }
        found
    }
}
