//! Measures durable writes per second through the data layer.
//!
//! `cargo run --release -p store --example write_rate -- DIRECTORY|postgres://…`
//!
//! One write is one closure of three statements and an event: insert a
//! message, update its conversation, insert into the outbox. Run it on an
//! empty directory or database of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::id::WorkspaceId;
use store::Store;
use store::db::{DbError, Migration, NewEvent, StoreConfig, StoreUrl, args};
use uuid::Uuid;

static SCHEMA: &[Migration] = &[Migration {
    name: "0001_bench",
    text: "
create table conversations (
  ws {uuid} not null, id {uuid} not null, last_at {bigint} not null, preview text not null,
  last_seq {bigint} not null, primary key (ws, id)
) {strict};
create index conversations_recent on conversations (ws, last_at desc, id desc);
create table messages (
  ws {uuid} not null, id {uuid} not null, conversation_id {uuid} not null, body text not null,
  at {bigint} not null, primary key (ws, id),
  foreign key (ws, conversation_id) references conversations (ws, id)
) {strict};
create index messages_in_order on messages (ws, conversation_id, at);
create table outbox (
  ws {uuid} not null, message_id {uuid} not null, due_at {bigint} not null,
  primary key (ws, message_id), foreign key (ws, message_id) references messages (ws, id)
) {strict};
create index outbox_due on outbox (ws, due_at);
create table events (
  ws {uuid} not null, seq {bigint} not null, kind text not null, conversation {uuid},
  subject {uuid}, at {bigint} not null, data text not null, primary key (ws, seq)
) {strict};
create table event_counters (ws {uuid} not null primary key, last {bigint} not null) {strict};
",
}];

store::statements! {
    tenant CONVERSATION_ADD = "insert into conversations (ws, id, last_at, preview, last_seq)
        values ($1, $2, 0, '', 0) on conflict do nothing";
    tenant CONVERSATION_TOUCH = "update conversations set last_at = $3, preview = $4, last_seq = last_seq + 1
        where ws = $1 and id = $2 returning last_seq";
    tenant MESSAGE_ADD = "insert into messages (ws, id, conversation_id, body, at) values ($1, $2, $3, $4, $5)";
    tenant OUTBOX_ADD = "insert into outbox (ws, message_id, due_at) values ($1, $2, $3)";
}

const BODY: &str = "Hi! Your parcel left our warehouse this morning and should be with you tomorrow.";
const CONVERSATIONS: u64 = 1_000;
const SPAN: Duration = Duration::from_secs(3);

fn id(kind: u64, n: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000 | (kind << 40), 0x8000_0000_0000_0000 | n)
}

/// Processor time of this process, in microseconds.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: u64 = stat.split_whitespace().skip(13).take(2).filter_map(|part| part.parse::<u64>().ok()).sum();
    ticks * 10_000
}

#[expect(clippy::disallowed_methods, reason = "a measurement")]
fn now() -> Instant {
    Instant::now()
}

async fn write(store: &Store, ws: WorkspaceId, n: u64) -> Result<i64, DbError> {
    let (message, conversation) = (id(2, n), id(1, n % CONVERSATIONS));
    let at = i64::try_from(n).unwrap_or(i64::MAX);
    store
        .workspace(ws)
        .write(move |tx| {
            tx.later(&MESSAGE_ADD, args![message, conversation, BODY, at])?;
            tx.later(&OUTBOX_ADD, args![message, at])?;
            let row = tx.query_one(&CONVERSATION_TOUCH, args![conversation, at, BODY])?;
            tx.event(NewEvent {
                kind: "message.created",
                conversation: Some(conversation),
                subject: Some(message),
                at,
                data: "{}".to_owned(),
            });
            row.get::<i64>(0)
        })
        .await
}

async fn round(store: &Store, writers: u64, workspaces: u64, next: &Arc<AtomicU64>) -> Result<(), DbError> {
    let before = store.stats();
    let (cpu, started) = (cpu_us(), now());
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let (store, next) = (store.clone(), Arc::clone(next));
        tasks.push(tokio::spawn(async move {
            let ws = WorkspaceId::new(id(9, writer % workspaces));
            let mut times = Vec::new();
            while started.elapsed() < SPAN {
                let began = now();
                write(&store, ws, next.fetch_add(1, Ordering::Relaxed)).await?;
                times.push(began.elapsed().as_micros());
            }
            Ok::<_, DbError>(times)
        }));
    }
    let mut times = Vec::new();
    for task in tasks {
        match task.await {
            Ok(result) => times.extend(result?),
            Err(error) => eprintln!("a writer failed: {error}"),
        }
    }
    let (took, cpu) = (started.elapsed().as_secs_f64(), cpu_us() - cpu);
    let after = store.stats();
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(0);
    let count = times.len().max(1);
    println!(
        "{writers:>4} writers, {workspaces} workspaces: {:>6.0} writes/s, p50 {:>6} us, p99 {:>6} us, \
         {:>4} us CPU each, {:.1} writes per commit, {} reruns",
        count as f64 / took,
        at(50),
        at(99),
        cpu / count as u64,
        count as f64 / (after.commits - before.commits).max(1) as f64,
        after.reruns - before.reruns,
    );
    Ok(())
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = std::env::args().nth(1).ok_or("a directory or a connection string is needed")?;
    let url = if place.contains("://") { StoreUrl::Postgres(place) } else { StoreUrl::Sqlite(place.into()) };
    let store = Store::open(StoreConfig { migrations: SCHEMA, ..StoreConfig::new(url) }).await?;
    for ws in 0..8 {
        let workspace = store.workspace(WorkspaceId::new(id(9, ws)));
        workspace
            .write(|tx| {
                let rows: Vec<_> = (0..CONVERSATIONS).map(|n| vec![id(1, n).into()]).collect();
                tx.exec_many(&CONVERSATION_ADD, &rows)
            })
            .await?;
    }
    let next = Arc::new(AtomicU64::new(0));
    for workspaces in [1, 8] {
        for writers in [1, 32, 256] {
            round(&store, writers, workspaces, &next).await?;
        }
    }
    store.close().await;
    Ok(())
}
