//! The event log: gapless, in order, and told only after the commit.

use std::error::Error;

use store::Store;
use store::db::{DbError, Engine, Row, Tx, args};
use testkit::database::for_each_engine;

use super::groups::open;
use super::schema::{EVENT_SEQS, NOTE_BUMP, SLEEP, add, event, id, numbers, ws};

pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Row>, DbError> {
    tx.query(&EVENT_SEQS, args![])
}

/// 32 writers, of whose writes every fifth fails after its event.
async fn storm(stores: &[Store], writes: u32) -> Result<u32, Box<dyn Error>> {
    let mut writers = Vec::new();
    for writer in 0..32u32 {
        let stores = stores.to_vec();
        writers.push(tokio::spawn(async move {
            let mut good = 0;
            for i in 0..writes {
                let n = writer * writes + i;
                let Some(store) = stores.get(n as usize % stores.len()) else { continue };
                let written = store
                    .workspace(ws(u64::from(writer % 2)))
                    .write(move |tx| {
                        tx.event(event("note.created", n));
                        add(tx, n)?;
                        tx.event(event("note.read", n));
                        if n.is_multiple_of(5) { Err(DbError::Full("declined".to_owned())) } else { Ok(()) }
                    })
                    .await;
                match written {
                    Ok(()) => good += 1,
                    Err(DbError::Full(_)) => {}
                    Err(other) => return Err(other),
                }
            }
            Ok(good)
        }));
    }
    let mut good = 0;
    for writer in writers {
        good += writer.await??;
    }
    Ok(good)
}

async fn check(store: &Store, good: u32) -> Result<(), Box<dyn Error>> {
    let mut total = 0;
    for workspace in 0..2 {
        let rows = store.workspace(ws(workspace)).read(all).await?;
        total += rows.len();
        for (expected, row) in (1i64..).zip(&rows) {
            assert_eq!(row.get::<i64>(0)?, expected, "a gap in workspace {workspace}");
        }
        // The two events of one closure stand together, in its order.
        for pair in rows.chunks(2) {
            let [first, second] = pair else { return Err("half a closure's events".into()) };
            assert_eq!(first.get::<uuid::Uuid>(2)?, second.get::<uuid::Uuid>(2)?);
            assert_eq!(first.get::<String>(1)?, "note.created");
            assert_eq!(second.get::<String>(1)?, "note.read");
        }
    }
    assert_eq!(total, good as usize * 2);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_have_no_gaps_under_32_writers_of_whom_some_fail() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let mut commits = test.store.commits();
        let good = storm(std::slice::from_ref(&test.store), 20).await?;
        assert_eq!(good, 32 * 20 * 4 / 5);
        check(&test.store, good).await?;
        let mut last = [0; 2];
        while let Ok(commit) = commits.try_recv() {
            let place = usize::from(commit.ws != ws(0));
            assert!(commit.last_seq > last[place], "a commit was told out of order");
            last[place] = commit.last_seq;
        }
        assert_eq!(last.iter().sum::<i64>(), i64::from(good) * 2);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_on_one_postgres_share_one_gapless_log() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let test = open(engine).await;
        let other = Store::open(test.config.clone()).await?;
        let good = storm(&[test.store.clone(), other.clone()], 20).await?;
        check(&test.store, good).await?;
        other.close().await;
        Ok(())
    })
    .await;
}

/// Two nodes take the same two rows in opposite order, again and again: the
/// database breaks each deadlock and the layer runs the loser again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deadlocks_between_nodes_are_run_again() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let test = open(engine).await;
        let other = Store::open(test.config.clone()).await?;
        test.store.workspace(ws(1)).write(|tx| add(tx, 1_000).and_then(|()| add(tx, 2_000))).await?;
        let both = |store: &Store, first: u64, second: u64| {
            let workspace = store.workspace(ws(1));
            tokio::spawn(async move {
                workspace
                    .write(move |tx| {
                        tx.exec(&NOTE_BUMP, args![id(first)])?;
                        tx.exec(&SLEEP, args![])?;
                        tx.exec(&NOTE_BUMP, args![id(second)]).map(|_| ())
                    })
                    .await
            })
        };
        let (one, two) = (both(&test.store, 1_000, 2_000), both(&other, 2_000, 1_000));
        one.await??;
        two.await??;
        assert_eq!(test.store.workspace(ws(1)).read(numbers).await?, [1_002, 2_002]);
        let retried = test.store.stats().rollbacks + other.stats().rollbacks;
        assert!(retried >= 1, "no deadlock came about");
        other.close().await;
        Ok(())
    })
    .await;
}
