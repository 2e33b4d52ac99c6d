//! What changes on a text's way out stands in no index: PostgreSQL then writes
//! the changed row beside the old one and leaves every index alone.

use std::collections::BTreeSet;

use store::db::{Engine, StoreUrl};
use testkit::database::open;

/// What each step of a text writes anew.
const CHANGING: [(&str, &[&str]); 2] = [
    ("messages", &["state", "state_at", "reason_code", "reason_detail", "held_until"]),
    ("attempts", &["state", "progress", "error_class", "error_code", "settled_at"]),
];

/// Columns of a table that an index names, as a part of its key or of its condition.
const NAMED: &str = "select a.attname::text
    from pg_index i join pg_attribute a on a.attrelid = i.indrelid
    where i.indrelid = $1::text::regclass and (a.attnum = any (i.indkey) or exists (
        select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
            and d.refclassid = 'pg_class'::regclass and d.refobjid = i.indrelid and d.refobjsubid = a.attnum))";

#[tokio::test]
async fn what_changes_on_a_texts_way_stands_in_no_index() {
    if !testkit::database::engines().contains(&Engine::Postgres) {
        return;
    }
    let test = open(Engine::Postgres).await;
    let StoreUrl::Postgres(url) = &test.config.url else { unreachable!("opened on PostgreSQL") };
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    for (table, changing) in CHANGING {
        let rows = client.query(NAMED, &[&table]).await.unwrap();
        let named: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(named.contains("id"), "the look finds what is there: {named:?}");
        let both: Vec<_> = changing.iter().filter(|column| named.contains(**column)).collect();
        assert!(both.is_empty(), "an index of {table} names {both:?}: each change would write all its indexes");
    }
    // A condition is found like a key.
    client.batch_execute("create index probe on messages (ws) where state = 'held'").await.unwrap();
    let rows = client.query(NAMED, &[&"messages"]).await.unwrap();
    assert!(rows.iter().any(|row| row.get::<_, String>(0) == "state"));
}
