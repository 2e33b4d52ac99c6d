//! What an export holds, held against the schema and the page that describes it.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use store::StoreUrl;
use store::db::Engine;
use store::export::{LEFT_OUT, TABLES};
use testkit::database::open;

const PAGE: &str = include_str!("../../../../docs/export.md");

/// The columns of every table that belongs to a workspace, without the one that says so.
fn schema(conn: &Connection) -> BTreeMap<String, BTreeSet<String>> {
    // The shadows of a search index are no tables of their own.
    let all = "select t.name, c.name from pragma_table_list t join pragma_table_info(t.name) c
        where t.schema = 'main' and t.type in ('table', 'virtual')";
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut asked = conn.prepare(all).unwrap();
    let rows = asked.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))).unwrap();
    for (table, column) in rows.map(Result::unwrap) {
        found.entry(table).or_default().insert(column);
    }
    found.retain(|_, columns| columns.remove("ws"));
    found
}

#[tokio::test]
async fn every_table_of_a_workspace_is_exported_or_left_out_with_a_reason() {
    let test = open(Engine::Sqlite).await;
    let StoreUrl::Sqlite(dir) = &test.config.url else { unreachable!("asked for") };
    let mut schema = schema(&Connection::open(dir.join("hark.db")).unwrap());
    assert!(schema.len() > 30, "{schema:?}");
    for (left, reason) in LEFT_OUT {
        assert!(PAGE.contains(&format!("| {left} | {reason} |")), "docs/export.md does not say why {left} is left out");
        let known = match left.split_once('.') {
            Some((table, column)) => schema.get_mut(table).is_some_and(|columns| columns.remove(column)),
            None => schema.remove(*left).is_some(),
        };
        assert!(known, "{left} is left out, and is not there");
    }
    // Of people, who are the server's, their names are enough.
    schema.insert("members".to_owned(), ["id", "name", "email"].map(str::to_owned).into());
    for table in TABLES {
        let columns: BTreeSet<String> = table.columns.iter().map(|(name, _)| (*name).to_owned()).collect();
        let there = schema.remove(table.name);
        assert_eq!(there.as_ref(), Some(&columns), "{}: the schema's, and the export's", table.name);
        let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
        let line = format!("| {} | {} |", table.name, names.join(", "));
        assert!(PAGE.contains(&line), "docs/export.md misses: {line}");
    }
    assert!(schema.is_empty(), "neither exported nor left out: {schema:?}");
}
