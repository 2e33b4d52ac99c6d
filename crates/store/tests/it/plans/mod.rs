//! Every statement runs on indexes alone, on a filled database of several
//! workspaces, unless it is marked cold and says why.

mod fill;
mod in_place;
mod postgres;
mod sqlite;

use store::db::{Engine, Scope, Sql, StoreUrl};
use testkit::database::open;

/// Tables that stay small in any workspace: reading one whole costs nothing.
/// What is not listed here counts as large.
const SMALL: &[&str] = &[
    "accounts",
    "api_keys",
    "chain_heads",
    "chain_signatures",
    "disclosures",
    "event_counters",
    "evidence_packs",
    "followers",
    "inbound_hours",
    "inboxes",
    "invites",
    "jobs",
    "join_words",
    "members",
    "memberships",
    "presence",
    "products",
    "retentions",
    "server_facts",
    "sessions",
    "workspaces",
];

/// What is wrong with a statement's plan.
type Fault = (&'static str, String);

/// How the reason for a cold mark begins where the plan is a near thing.
const BY_SAMPLE: &str = "by sample: ";

/// A text as one engine understands it.
struct Text {
    name: &'static str,
    /// Whether its first value is the workspace.
    tenant: bool,
    text: String,
}

/// Every text that looks for rows: statements, and changes of many rows, in which what was
/// given is read whole and each row of it must be found by an index.
fn texts(engine: Engine) -> Vec<Text> {
    let one = |sql: &'static Sql| {
        let text = sql.expand(engine).unwrap();
        Text { name: sql.name, tenant: sql.scope == Scope::Tenant, text }
    };
    let many = |many: &'static store::UpdateMany| {
        let text = many.expand(engine).unwrap();
        Text { name: many.name, tenant: true, text }
    };
    let all = store::statements().filter(|sql| !plain_insert(sql)).map(one).chain(store::updates().map(many));
    all.filter(|text| !text.text.trim().is_empty()).collect()
}

/// Whether a text says why it may read more; a change of many rows never may.
fn cold(name: &str) -> bool {
    store::statements().any(|sql| sql.name == name && sql.cold.is_some())
}

/// Inserts of given values read nothing, or only their own key.
fn plain_insert(sql: &Sql) -> bool {
    let text = sql.text.trim_start();
    text.starts_with("insert into") && !text.contains("select")
}

/// Statements whose cold mark is not needed (any more).
fn stale(faults: &[Fault]) -> Vec<&'static str> {
    let faulty = |name| faults.iter().any(|(faulty, _)| *faulty == name);
    // Which way PostgreSQL reads these hangs by the sample it drew.
    let certain = |sql: &&Sql| sql.cold.is_some_and(|why| !why.starts_with(BY_SAMPLE));
    store::statements().filter(certain).filter(|sql| !faulty(sql.name)).map(|sql| sql.name).collect()
}

#[tokio::test]
async fn every_statement_runs_on_indexes_alone() {
    let (mut all, mut told) = (Vec::new(), Vec::new());
    for engine in testkit::database::engines() {
        let test = open(engine).await;
        fill::fill(&test.store).await;
        let faults = match &test.config.url {
            StoreUrl::Sqlite(dir) => {
                let dir = dir.clone();
                tokio::task::spawn_blocking(move || sqlite::faults(&dir.join("hark.db"))).await.unwrap()
            }
            StoreUrl::Postgres(url) => postgres::faults(url).await,
        };
        let mut shown: Vec<_> =
            faults.iter().filter(|(name, _)| !cold(name)).map(|(name, fault)| format!("{name}: {fault}")).collect();
        told.extend(shown.drain(..).map(|fault| format!("{engine:?} {fault}")));
        all.extend(faults);
    }
    assert!(told.is_empty(), "not on indexes (mend it, or mark it `cold` and say why):\n{}", told.join("\n"));
    if testkit::database::engines().contains(&Engine::Postgres) {
        assert!(stale(&all).is_empty(), "marked cold, but on indexes on both engines: {:?}", stale(&all));
    }
}

/// The tables a text names, each with the name it goes by.
fn tables(text: &str) -> Vec<(String, String)> {
    const ENDS: &[&str] =
        &["where", "set", "on", "order", "join", "left", "cross", "group", "limit", "values", "union", "for", "using"];
    let text = text.replace(['(', ')', ','], " , ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut found = Vec::new();
    for (place, word) in words.iter().enumerate() {
        if ["from", "join", "update", "into"].contains(word)
            && let Some(table) = words.get(place + 1).filter(|table| **table != ",")
        {
            let alias = words.get(place + 2).filter(|next| **next != "," && !ENDS.contains(*next));
            found.push(((*table).to_owned(), alias.unwrap_or(table).to_string()));
        }
    }
    found
}

#[test]
fn tables_are_found_under_their_other_names() {
    let found =
        tables("select 1 from (select * from conversations where ws = $1) c join customers k on k.ws = c.ws, x");
    let found: Vec<_> = found.iter().map(|(table, name)| (table.as_str(), name.as_str())).collect();
    assert_eq!(found, [("conversations", "conversations"), ("customers", "k")]);
}
