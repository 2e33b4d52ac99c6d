//! The schema and the statements of these tests.

use domain::id::WorkspaceId;
use store::db::{DbError, Migration, NewEvent, Tx, args};
use uuid::Uuid;

pub static MIGRATIONS: &[Migration] = &[Migration { name: "0001_notes", text: NOTES }];

const NOTES: &str = "
create table notes (
  ws {uuid} not null,
  id {uuid} not null,
  n {bigint} not null check (n >= 0),
  body text,
  raw {blob},
  primary key (ws, id)
) {strict};
create unique index notes_n on notes (ws, n);
create table facts (name text not null primary key, value text not null) {strict};
create table events (
  ws {uuid} not null, seq {bigint} not null, kind text not null, conversation {uuid},
  subject {uuid}, at {bigint} not null, data text not null, primary key (ws, seq)
) {strict};
create table event_counters (ws {uuid} not null primary key, last {bigint} not null) {strict};
-- sqlite:
create table only_sqlite (a integer);
-- end
-- postgres:
create table only_postgres (a bigint);
-- end
";

store::statements! {
    tenant NOTE_ADD = "insert into notes (ws, id, n, body) values ($1, $2, $3, $4)";
    tenant NOTE_ADD_RAW = "insert into notes (ws, id, n, body, raw) values ($1, $2, $3, $4, $5)";
    tenant NOTE_BODY = "select body from notes where ws = $1 and id = $2 {for_update}";
    tenant NOTES_N = "select n from notes where ws = $1 order by n";
    tenant NOTE_ALL = "select id, n, body, raw, n > 5 from notes where ws = $1 order by n";
    tenant NOTES_BY_ID = "select n from notes where ws = $1 and id {any:$2} order by n";
    tenant NOTES_BY_N = "select n from notes where ws = $1 and n {any:$2} order by n";
    tenant NOTES_BY_BODY = "select n from notes where ws = $1 and body {any:$2} order by n";
    tenant NOTE_BUMP = "update notes set n = n + 1 where ws = $1 and id = $2 returning n";
    tenant NOTE_CLAIM = "update notes set body = $3 where ws = $1 and id in (
        select id from notes where ws = $1 and body = $2 order by n limit 2 {skip_locked}) returning n";
    tenant EVENT_SEQS = "select seq, kind, subject, data from events where ws = $1 order by seq";
    server FACT_PUT = "insert into facts (name, value) values ($1, $2)
        on conflict (name) do update set value = excluded.value";
    server FACT_GET = "select value from facts where name = $1";
    server NOTES_EVERYWHERE = "select count(*) from notes";
    server BROKEN = "select nothing from nowhere";
    tenant SLEEP = "select {postgres:pg_sleep(0.3)}{sqlite:1} from notes where ws = $1 limit 1";
    // Without the workspace, to see whether the database itself holds rows back.
    tenant NOTES_UNGUARDED = "select n from notes where cast($1 as {sqlite:blob}{postgres:uuid}) is not null order by n";
}

store::inserts! {
    NOTES_ADD = "notes" [("id", Uuid), ("n", Int), ("body", Text), ("raw", Blob)] "on conflict do nothing";
}

store::updates! {
    NOTES_MOVE [("id", Uuid), ("by", Int), ("body", Text)] =
        "update notes set n = n + {by}, body = coalesce({body}, body) {given} where ws = $1 and id = {id} returning id, n";
}

/// Identities whose lanes differ with `n`.
pub fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000_0000_0000_0000 | n)
}

pub fn ws(n: u64) -> WorkspaceId {
    WorkspaceId::new(id(n))
}

pub fn add(tx: &mut Tx<'_>, n: u32) -> Result<(), DbError> {
    tx.exec(&NOTE_ADD, args![id(n.into()), n, "body"]).map(|_| ())
}

pub fn add_later(tx: &mut Tx<'_>, n: u32) -> Result<(), DbError> {
    tx.later(&NOTE_ADD, args![id(n.into()), n, "body"])
}

pub fn numbers(tx: &mut Tx<'_>) -> Result<Vec<u32>, DbError> {
    tx.query(&NOTES_N, args![])?.iter().map(|row| row.get(0)).collect()
}

pub fn event(kind: &'static str, n: u32) -> NewEvent {
    NewEvent { kind, conversation: None, subject: Some(id(n.into())), at: 5, data: "{}".to_owned() }
}
