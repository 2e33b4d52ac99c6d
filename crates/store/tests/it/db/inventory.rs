//! The inventory: every statement of the crate prepares on both engines, and
//! the ones of tenants name their workspace.

use std::collections::BTreeSet;

use store::db::{Engine, Scope, prepare_all};
use store::{CROSS_WORKSPACE, MIGRATIONS};
use testkit::database::{for_each_engine, open};

use super::schema;

#[tokio::test]
async fn every_statement_prepares_on_each_engine() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let errors = prepare_all(&test.config, store::statements(), store::inserts(), store::updates()).await?;
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_statement_that_does_not_prepare_is_found() {
    for_each_engine(|engine| async move {
        let test = super::groups::open(engine).await;
        let (statements, inserts) = (schema::STATEMENTS.iter().copied(), schema::INSERTS.iter().copied());
        let errors = prepare_all(&test.config, statements, inserts, schema::UPDATES.iter().copied()).await?;
        let told: Vec<_> = errors.iter().map(ToString::to_string).collect();
        assert!(matches!(told.as_slice(), [one] if one.starts_with("BROKEN: ")), "{told:?}");
        Ok(())
    })
    .await;
}

/// The words of a text, without its quoted parts.
fn words(text: &str) -> BTreeSet<String> {
    text.split('\'')
        .step_by(2)
        .flat_map(|part| part.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .map(str::to_lowercase)
        .collect()
}

/// Tables that name workspaces but belong to the server: signing in comes
/// before any workspace is chosen.
const SIGN_IN: &[&str] = &["invites", "memberships", "sessions"];

/// The tables with a workspace, read from the schema itself.
fn tenant_tables(schema: &str) -> BTreeSet<String> {
    let tables = schema.split("create table ").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once('(')?;
        let body = rest.split(';').next()?;
        let has_ws = body.split(['\n', ',']).any(|line| line.trim_start().starts_with("ws "));
        has_ws.then(|| name.trim().trim_start_matches("if not exists ").to_owned())
    });
    tables.collect()
}

/// What a tenant statement must contain to be of one workspace.
fn names_its_workspace(text: &str) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let compares = text.contains("ws = $1");
    // `insert into t (ws, …) values ($1, …)` or `… select $1, …`
    let inserts = text.strip_prefix("insert into ").is_some_and(|rest| {
        let columns = rest.split_once('(').map_or("", |(_, columns)| columns);
        let first = columns.trim_start().starts_with("ws");
        first && (rest.contains("values ($1") || rest.contains("select $1"))
    });
    // The workspace's own row is found by its id.
    let own_row = (text.contains("from workspaces where id = $1") || text.starts_with("update workspaces "))
        && text.contains("where id = $1");
    compares || inserts || own_row
}

#[test]
fn tenant_statements_name_their_workspace() {
    let bare: Vec<_> = store::statements()
        .filter(|sql| sql.scope == Scope::Tenant && !names_its_workspace(sql.text))
        .map(|sql| sql.name)
        .collect();
    assert!(bare.is_empty(), "without `ws = $1`: {bare:?}");
    let bare: Vec<_> =
        store::updates().filter(|many| !many.text.contains("where ws = $1 ")).map(|many| many.name).collect();
    assert!(bare.is_empty(), "without `ws = $1`: {bare:?}");
    assert!(!names_its_workspace(schema::NOTES_UNGUARDED.text));
    assert!(!names_its_workspace("insert into notes (id, ws) values ($1, $2)"));
    assert!(!names_its_workspace("update workspaces set name = $2 where no = $1"));
    assert!(names_its_workspace("update workspaces set name = $2 where id = $1"));
    assert!(names_its_workspace(schema::NOTE_ADD.text));
}

#[test]
fn server_statements_leave_the_tables_of_workspaces_alone() -> Result<(), store::OpenError> {
    let mut tables = BTreeSet::new();
    for migration in MIGRATIONS {
        tables.extend(tenant_tables(&migration.expand(Engine::Sqlite)?));
    }
    for name in SIGN_IN {
        assert!(tables.remove(*name), "{name} is gone");
    }
    assert!(tables.contains("messages") && !tables.contains("workspaces"), "{tables:?}");
    let server = || store::statements().filter(|sql| sql.scope == Scope::Server);
    let crossing: Vec<_> = server()
        .filter(|sql| !CROSS_WORKSPACE.contains(&sql.name))
        .filter(|sql| !tables.is_disjoint(&words(sql.text)))
        .map(|sql| sql.name)
        .collect();
    assert!(crossing.is_empty(), "not listed in CROSS_WORKSPACE: {crossing:?}");
    let names: BTreeSet<_> = server().map(|sql| sql.name).collect();
    let stale: Vec<_> = CROSS_WORKSPACE.iter().filter(|name| !names.contains(*name)).collect();
    assert!(stale.is_empty(), "listed but gone: {stale:?}");
    let here = tenant_tables(&schema::MIGRATIONS[0].expand(Engine::Sqlite)?);
    assert!(!here.is_disjoint(&words(schema::NOTES_EVERYWHERE.text)));
    assert!(here.is_disjoint(&words(schema::FACT_GET.text)));
    Ok(())
}

#[test]
fn names_of_statements_are_not_used_twice() {
    let mut seen = BTreeSet::new();
    let names = store::statements().map(|sql| sql.name).chain(store::updates().map(|many| many.name));
    let twice: Vec<_> = names.filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}
