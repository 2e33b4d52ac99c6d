//! Faults on request: closures run twice, and crashes at every point.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use store::Store;
use store::db::{DbError, DbErrorKind, args};
use testkit::database::{for_each_engine, open_with};

use super::schema::{MIGRATIONS, NOTE_BUMP, add, event, id, numbers, ws};

#[tokio::test]
async fn a_closure_run_twice_leaves_one_run() {
    for_each_engine(|engine| async move {
        let test = open_with(engine, |config| {
            config.migrations = MIGRATIONS;
            config.faults.run_twice = true;
        })
        .await;
        let workspace = test.store.workspace(ws(1));
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        workspace
            .write(move |tx| {
                counted.fetch_add(1, Ordering::Relaxed);
                tx.event(event("note.created", 1));
                add(tx, 1)
            })
            .await?;
        assert_eq!(runs.load(Ordering::Relaxed), 2);
        let bumped = workspace.write(|tx| tx.query_one(&NOTE_BUMP, args![id(1)])?.get::<i64>(0)).await?;
        assert_eq!(bumped, 2);
        let failed = workspace.write(|tx| add(tx, 1)).await;
        assert_eq!(failed.map_err(|error| error.kind()), Err(DbErrorKind::Conflict));
        assert_eq!(workspace.read(numbers).await?, [2]);
        assert_eq!(workspace.read(super::events::all).await?.len(), 1);
        Ok(())
    })
    .await;
}

/// At whichever point the process dies: what was answered is there, what is
/// there is whole, and afterwards the store works.
#[tokio::test]
async fn a_crash_at_any_point_loses_nothing_that_was_answered() {
    for_each_engine(|engine| async move {
        for point in 1..=14 {
            let left = Arc::new(AtomicI64::new(point));
            let mut test = open_with(engine, |config| {
                config.migrations = MIGRATIONS;
                config.faults.crash_at = Some(left);
            })
            .await;
            let workspace = test.store.workspace(ws(1));
            let mut answered = Vec::new();
            let mut crashed = 0;
            // Each of these passes four points: two statements, before and after the commit.
            for n in [1u32, 2, 3] {
                let written = workspace
                    .write(move |tx| {
                        add(tx, n * 10)?;
                        tx.event(event("note.created", n));
                        add(tx, n * 10 + 1)
                    })
                    .await;
                match written {
                    Ok(()) => answered.push(n),
                    Err(DbError::Crashed) => crashed += 1,
                    Err(other) => return Err(other.into()),
                }
            }
            let survivors = usize::try_from((point - 1) / 4)?.min(3);
            assert_eq!(answered.len(), survivors, "crash at point {point}");
            assert_eq!(crashed, 3 - survivors);
            test.config.faults.crash_at = None;
            let test = test.reopen().await;
            let workspace = test.store.workspace(ws(1));
            let found = workspace.read(numbers).await?;
            let events = workspace.read(super::events::all).await?;
            for n in answered {
                assert!(found.contains(&(n * 10)), "lost an answered write at point {point}");
            }
            // A crash right after a commit keeps what nobody was told of, whole.
            let unanswered = usize::from(point % 4 == 0 && point <= 12);
            assert_eq!(found.len(), (survivors + unanswered) * 2, "crash at point {point}");
            assert_eq!(events.len(), survivors + unanswered);
            workspace.write(|tx| add(tx, 99)).await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_dead_store_answers_nothing_else() {
    for_each_engine(|engine| async move {
        let left = Arc::new(AtomicI64::new(0));
        let test = open_with(engine, |config| {
            config.migrations = MIGRATIONS;
            config.faults.crash_at = Some(left);
        })
        .await;
        let store: &Store = &test.store;
        let read = store.workspace(ws(1)).read(numbers).await;
        assert_eq!(read, Err(DbError::Crashed));
        assert_eq!(store.workspace(ws(1)).write(|tx| add(tx, 1)).await, Err(DbError::Crashed));
        Ok(())
    })
    .await;
}
