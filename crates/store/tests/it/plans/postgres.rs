//! Plans of PostgreSQL.

use super::{Fault, SMALL, Text};
use serde_json::Value;
use store::db::Engine;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// A sort of more rows than this is not a page being put in order.
const SORTED_MAX: f64 = 1_000.0;

/// A limit that is reached at this cost (about one for each page) needs no index.
const PAGES_MAX: f64 = 50.0;

/// What is wrong with the plans, for values as they come.
pub async fn faults(url: &str) -> Vec<Fault> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let running = tokio::spawn(connection);
    client.batch_execute("analyze; set plan_cache_mode = force_custom_plan").await.unwrap();
    let partial = "select indexrelid::regclass::text from pg_index where indpred is not null";
    let partial: Vec<String> = texts(&client, partial).await;
    let mut faults = Vec::new();
    for text in super::texts(Engine::Postgres) {
        let plan = plan(&client, &text).await;
        let mut found = Vec::new();
        look(&plan[0]["Plan"], &partial, false, &mut found);
        faults.extend(found.into_iter().map(|fault| (text.name, fault)));
    }
    running.abort();
    faults
}

async fn texts(client: &Client, query: &str) -> Vec<String> {
    let answers = client.simple_query(query).await.unwrap();
    answers
        .into_iter()
        .filter_map(|answer| match answer {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        })
        .collect()
}

async fn plan(client: &Client, sql: &Text) -> Value {
    let prepared = client.batch_execute(&format!("prepare asked as {}", sql.text)).await;
    assert!(prepared.is_ok(), "{}: {prepared:?}", sql.name);
    let types = "select parameter_types::text from pg_prepared_statements where name = 'asked'";
    let types = texts(client, types).await.remove(0);
    let types: Vec<&str> = types.trim_matches(['{', '}']).split(',').filter(|name| !name.is_empty()).collect();
    let values: Vec<String> =
        types.iter().enumerate().map(|(place, name)| value(sql, place + 1, name.trim_matches('"'))).collect();
    let values = if values.is_empty() { String::new() } else { format!("({})", values.join(", ")) };
    let explained = texts(client, &format!("explain (format json) execute asked{values}")).await.join("\n");
    client.batch_execute("deallocate asked").await.unwrap();
    serde_json::from_str(&explained).unwrap()
}

/// A value such as a server would give: of the largest workspace, in the middle of everything.
fn value(sql: &Text, place: usize, name: &str) -> String {
    let text = &sql.text;
    let uuid = |n: usize| format!("{n:032x}");
    let many = |of: &dyn Fn(usize) -> String| (1..=20).map(|n| of(n * 400)).collect::<Vec<_>>().join(",");
    let compared = |column: &str, by: &str| text.contains(&format!("{column} {by} ${place}"));
    match name {
        "uuid" if place == 1 && sql.tenant => format!("'{}'", uuid(1)),
        // There are few of these, and each has many rows.
        "uuid" if ["account_id", "inbox_id", "assignee_id", "member_id"].iter().any(|few| compared(few, "=")) => {
            format!("'{}'", uuid(1))
        }
        "uuid" => format!("'{}'", uuid(8_000)),
        "uuid[]" => format!("'{{{}}}'", many(&uuid)),
        "text[]" => format!("'{{{}}}'", many(&|n| format!("a{n}"))),
        "bigint[]" => format!("'{{{}}}'", many(&|n| n.to_string())),
        "bytea[]" => format!("'{{{}}}'", many(&|_| r#""\\x00""#.to_owned())),
        "bigint" if text.contains(&format!("limit ${place}")) => "50".to_owned(),
        // What is due or past is little at any time, and followers are near the end.
        "bigint" if text.contains(&format!("<= ${place}")) => "200".to_owned(),
        "bigint" if compared("seq", ">") => "59990".to_owned(),
        "bigint" => "15000".to_owned(),
        "bytea" => "'\\x00'".to_owned(),
        _ => "'a8000'".to_owned(),
    }
}

/// `ends` is true below a limit that is reached after a few pages.
fn look(node: &Value, partial: &[String], ends: bool, found: &mut Vec<String>) {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let (kind, table, index) = (text("Node Type"), text("Relation Name"), text("Index Name"));
    let cost = node["Total Cost"].as_f64().unwrap_or(f64::MAX);
    let ends = (ends || kind == "Limit" && cost <= PAGES_MAX) && !matches!(kind, "Sort" | "Aggregate");
    if kind == "Seq Scan" && !ends && !SMALL.contains(&table) {
        found.push(format!("reads all of {table}"));
    }
    if kind == "Sort" && node["Plan Rows"].as_f64().unwrap_or(0.0) > SORTED_MAX {
        found.push(format!("sorts {} rows by {}", node["Plan Rows"], node["Sort Key"]));
    }
    let condition = text("Index Cond");
    let whole = kind.contains("Index") && !index.is_empty() && !condition.contains(" AND ");
    let narrow = condition.contains("ws =") || condition.is_empty();
    let small = SMALL.iter().any(|small| index.starts_with(small));
    if whole && narrow && !small && !partial.iter().any(|name| name == index) {
        found.push(format!("reads the whole workspace by {index}"));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        look(child, partial, ends, found);
    }
}
