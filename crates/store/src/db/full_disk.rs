//! A full disk hurts the write that does not fit and nobody else.

use std::sync::Arc;

use domain::id::WorkspaceId;
use rusqlite::Connection;
use tokio::sync::{broadcast, oneshot};
use uuid::Uuid;

use super::error::DbError;
use super::fault::Faults;
use super::job::{Write, in_workspace};
use super::lane::Lane;
use super::migration::{self, Migration};
use super::queue::Queue;
use super::sql::{Scope, Sql};
use super::sqlite::{self, Role, SqliteConn};
use super::stats::Counters;
use crate::args;

static SCHEMA: &[Migration] = &[Migration {
    name: "0001_full",
    text: "create table files (ws {uuid} not null, n {bigint} not null, content {blob} not null) {strict};",
}];

// Declared by hand: a statement of a test stands in no inventory.
static FILE_ADD: Sql = Sql::new("FILE_ADD", "insert into files (ws, n, content) values ($1, $2, $3)", Scope::Tenant);

type Answers = Vec<oneshot::Receiver<Result<u64, DbError>>>;

/// Runs one group of writes of the given sizes on a connection.
fn group(conn: &Connection, sizes: &[usize]) -> (Vec<Result<u64, DbError>>, Arc<Counters>) {
    let counters = Arc::new(Counters::default());
    let (commits, _) = broadcast::channel(8);
    let queue = Arc::new(Queue::new());
    let ws = WorkspaceId::new(Uuid::from_u128(1));
    let mut answers = Answers::new();
    for (n, size) in (0i64..).zip(sizes.iter().copied()) {
        let (caller, answer) = oneshot::channel();
        let run = in_workspace(ws, move |tx| tx.exec(&FILE_ADD, args![n, vec![1u8; size]]));
        let counters = Arc::clone(&counters);
        let job = Write { ws: Some(ws.uuid()), name: "file", run, counters, result: None, caller };
        assert!(queue.push(Box::new(job) as super::lane::Job, super::queue::Share::Quick).is_ok());
        answers.push(answer);
    }
    queue.close();
    let lane = Lane { queue, group: 512, faults: Faults::default(), counters: Arc::clone(&counters), commits };
    lane.run(&mut SqliteConn::new(conn, Role::Writer));
    let lost = || Err(DbError::Unavailable("no answer".to_owned()));
    (answers.into_iter().map(|mut answer| answer.try_recv().unwrap_or_else(|_| lost())).collect(), counters)
}

fn open(dir: &std::path::Path) -> Result<Connection, Box<dyn std::error::Error>> {
    std::fs::create_dir_all(dir)?;
    let mut conn = sqlite::open(&dir.join(sqlite::FILE), Role::Writer)?;
    migration::run_sqlite(&mut conn, dir, SCHEMA)?;
    // SQLite refuses to grow beyond this with the error of a full disk.
    let pages: i64 = conn.query_row("pragma page_count", [], |row| row.get(0))?;
    conn.query_row(&format!("pragma max_page_count = {}", pages + 20), [], |_| Ok(()))?;
    Ok(conn)
}

#[test]
fn a_write_that_does_not_fit_fails_alone() -> Result<(), Box<dyn std::error::Error>> {
    let dir = std::env::temp_dir().join(format!("hark_full_{}", std::process::id()));
    let conn = open(&dir)?;
    let (answers, counters) = group(&conn, &[10, 20, 500_000, 30, 500_000, 40]);
    for (n, answer) in answers.iter().enumerate() {
        match n {
            2 | 4 => assert!(matches!(answer, Err(DbError::Full(_))), "{n}: {answer:?}"),
            _ => assert_eq!(answer, &Ok(1), "{n}"),
        }
    }
    assert_eq!(counters.snapshot().writes, 4);
    let kept: i64 = conn.query_row("select count(*) from files", [], |row| row.get(0))?;
    assert_eq!(kept, 4);
    // Once there is room again, so are the writes.
    conn.query_row("pragma max_page_count = 100000", [], |_| Ok(()))?;
    let (answers, _) = group(&conn, &[500_000]);
    assert_eq!(answers, [Ok(1)]);
    drop(conn);
    std::fs::remove_dir_all(&dir)?;
    Ok(())
}
