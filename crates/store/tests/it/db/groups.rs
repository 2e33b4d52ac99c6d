//! Grouping of writes, and what a failing closure does to the others.

use std::error::Error;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use store::db::{DbError, DbErrorKind, Engine, Tx};
use store::{Store, Workspace};
use testkit::database::{TestStore, for_each_engine, open_with};

use super::schema::{MIGRATIONS, add, event, numbers, ws};

pub async fn open(engine: Engine) -> TestStore {
    open_with(engine, |config| config.migrations = MIGRATIONS).await
}

/// Keeps a workspace's lane busy until it is let go.
struct Hold {
    go: mpsc::Sender<()>,
    done: tokio::task::JoinHandle<Result<(), DbError>>,
}

impl Hold {
    async fn new(workspace: Workspace) -> Result<Self, Box<dyn Error>> {
        let (go, wait) = mpsc::channel::<()>();
        let (holds, held) = tokio::sync::oneshot::channel();
        let (wait, holds) = (Mutex::new(wait), Mutex::new(Some(holds)));
        let done = tokio::spawn(async move {
            workspace
                .write(move |_| {
                    if let Some(holds) = holds.lock().ok().and_then(|mut holds| holds.take()) {
                        let _ = holds.send(());
                    }
                    if let Ok(wait) = wait.lock() {
                        let _ = wait.recv_timeout(Duration::from_secs(10));
                    }
                    Ok::<_, DbError>(())
                })
                .await
        });
        held.await?;
        Ok(Self { go, done })
    }

    async fn release(self) -> Result<(), Box<dyn Error>> {
        // The writes to be grouped have been polled by now, so they are queued.
        tokio::time::sleep(Duration::from_millis(50)).await;
        self.go.send(())?;
        Ok(self.done.await??)
    }
}

async fn together<F>(store: &Store, count: u32, run: F) -> Result<Vec<Result<u32, DbError>>, Box<dyn Error>>
where
    F: Fn(&mut Tx<'_>, u32) -> Result<u32, DbError> + Clone + Send + 'static,
{
    let workspace = store.workspace(ws(1));
    let hold = Hold::new(workspace.clone()).await?;
    let mut writers = Vec::new();
    for n in 0..count {
        let (workspace, run) = (workspace.clone(), run.clone());
        writers.push(tokio::spawn(async move { workspace.write(move |tx| run(tx, n)).await }));
    }
    hold.release().await?;
    let mut answers = Vec::new();
    for writer in writers {
        answers.push(writer.await?);
    }
    Ok(answers)
}

#[tokio::test]
async fn writes_that_wait_share_one_commit() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let answers = together(&test.store, 20, |tx, n| add(tx, n).map(|()| n)).await?;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        let stats = test.store.stats();
        assert_eq!((stats.commits, stats.writes, stats.rollbacks), (2, 21, 0));
        let found = test.store.workspace(ws(1)).read(numbers).await?;
        assert_eq!(found, (0..20).collect::<Vec<_>>());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_error_or_a_panic_takes_back_its_own_writes_only() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let answers = together(&test.store, 12, |tx, n| {
            tx.event(event("note.created", n));
            add(tx, n)?;
            match n {
                3 => Err(DbError::Full("declined".to_owned())),
                5 => std::panic::panic_any("a panic in a closure"),
                7 => add(tx, 0).map(|()| n),
                // Success is claimed though a statement failed.
                9 => add(tx, 0).map(|()| n).or(Ok(n)),
                _ => Ok(n),
            }
        })
        .await?;
        let kinds: Vec<_> = answers.iter().map(|answer| answer.as_ref().map_err(DbError::kind)).collect();
        for (n, kind) in (0u32..).zip(kinds) {
            let expected = match n {
                3 => Err(DbErrorKind::Full),
                5 => Err(DbErrorKind::Panicked),
                7 => Err(DbErrorKind::Conflict),
                9 => Err(DbErrorKind::Rollback),
                _ => Ok(&n),
            };
            assert_eq!(kind, expected, "closure {n}");
        }
        let found = test.store.workspace(ws(1)).read(numbers).await?;
        assert_eq!(found, [0, 1, 2, 4, 6, 8, 10, 11]);
        let events = test.store.workspace(ws(1)).read(super::events::all).await?;
        assert_eq!(events.len(), 8);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn declining_after_reading_does_not_break_up_a_group() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let answers = together(&test.store, 10, |tx, n| {
            if n % 2 == 0 {
                numbers(tx)?;
                return Err(DbError::Full("declined".to_owned()));
            }
            add(tx, n).map(|()| n)
        })
        .await?;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 5);
        let stats = test.store.stats();
        assert_eq!((stats.commits, stats.reruns), (2, 0));
        Ok(())
    })
    .await;
}

/// Another node puts in the same row between a closure's look and its write.
#[tokio::test]
async fn a_closure_whose_row_another_node_put_in_first_looks_once_more() {
    for_each_engine(|engine| async move {
        if engine == Engine::Sqlite {
            return Ok(());
        }
        let test = open(engine).await;
        let other = Store::open(test.config.clone()).await?;
        let workspace = test.store.workspace(ws(1));
        let runs = Arc::new(AtomicU32::new(0));
        for (later, finds) in [(true, 7), (false, 8)] {
            let (looked, wait) = tokio::sync::oneshot::channel();
            let (go, gone) = mpsc::channel::<()>();
            let (looked, gone, counted) = (Mutex::new(Some(looked)), Mutex::new(gone), Arc::clone(&runs));
            runs.store(0, Ordering::SeqCst);
            let mine = workspace.clone();
            let written = tokio::spawn(async move {
                mine.write(move |tx| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    if numbers(tx)?.contains(&finds) {
                        return Ok::<_, DbError>("found");
                    }
                    if let Some(looked) = looked.lock().ok().and_then(|mut looked| looked.take()) {
                        let _ = looked.send(());
                        if let Ok(gone) = gone.lock() {
                            let _ = gone.recv_timeout(Duration::from_secs(10));
                        }
                    }
                    if later {
                        super::schema::add_later(tx, finds)?
                    } else {
                        add(tx, finds)?
                    }
                    Ok("put in")
                })
                .await
            });
            wait.await?;
            other.workspace(ws(1)).write(move |tx| add(tx, finds)).await?;
            go.send(())?;
            assert_eq!(written.await??, "found", "heard of it at {}", if later { "the commit" } else { "the insert" });
            assert_eq!(runs.load(Ordering::SeqCst), 2);
        }
        // What is in the way for good is told after the second look.
        runs.store(0, Ordering::SeqCst);
        let counted = Arc::clone(&runs);
        let refused = workspace
            .write(move |tx| {
                counted.fetch_add(1, Ordering::SeqCst);
                add(tx, 7)
            })
            .await;
        assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Conflict));
        assert_eq!(runs.load(Ordering::SeqCst), 2);
        other.close().await;
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_caller_learns_of_a_write_only_after_it_is_committed() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let seen = Arc::new(AtomicU32::new(0));
        for n in 0..20 {
            let workspace = test.store.workspace(ws(n % 3));
            let number = u32::try_from(n)?;
            workspace.write(move |tx| add(tx, number)).await?;
            let found = workspace.read(numbers).await?;
            assert_eq!(found.last(), Some(&number), "written, answered, but not to be read");
            seen.fetch_add(1, Ordering::Relaxed);
        }
        assert_eq!(seen.load(Ordering::Relaxed), 20);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_closed_store_refuses_and_finishes_what_was_queued() {
    for_each_engine(|engine| async move {
        let test = open(engine).await;
        let workspace = test.store.workspace(ws(1));
        let hold = Hold::new(workspace.clone()).await?;
        let queued = workspace.clone();
        let queued = tokio::spawn(async move { queued.write(|tx| add(tx, 1)).await });
        hold.release().await?;
        test.store.clone().close().await;
        queued.await??;
        let refused = workspace.write(|tx| add(tx, 2)).await;
        assert_eq!(refused.map_err(|error| error.kind()), Err(DbErrorKind::Unavailable));
        Ok(())
    })
    .await;
}
