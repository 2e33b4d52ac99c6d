//! Transactions kept open on PostgreSQL, so that what waits for them can be seen to wait.

#![expect(clippy::panic, reason = "a test that cannot set up its world must fail loudly")]

use crate::world::World;
use domain::id::WorkspaceId;
use std::time::Duration;
use store::{DbError, Tx};
use tokio::task::JoinHandle;

/// Longest wait for others to wait, in ms.
const PATIENCE_MS: u64 = 20_000;
/// How often is looked, in ms.
const LOOK_MS: u64 = 5;

/// An open transaction.
pub struct Hold {
    let_go: std::sync::mpsc::Sender<()>,
    task: JoinHandle<Result<(), DbError>>,
}

impl Hold {
    /// Commits it.
    pub async fn let_go(self) {
        // A transaction that failed is not listening; its task says why.
        let _ = self.let_go.send(());
        match self.task.await {
            Ok(Ok(())) => {}
            other => panic!("the held transaction broke: {other:?}"),
        }
    }
}

impl World {
    /// A transaction of one more node, open with all that `take` took. The last
    /// statement of `take` must be one whose answer is waited for.
    pub async fn hold<F>(&self, take: F) -> Hold
    where
        F: Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
    {
        self.hold_in(self.ws, take).await
    }

    /// The row of an address in a workspace, which accepts, claims and opt-outs wait for.
    pub async fn hold_address(&self, ws: WorkspaceId, address: &'static str) -> Hold {
        self.hold_in(ws, move |tx| store::suppression::lock(tx, address).map(|_| ())).await
    }

    async fn hold_in<F>(&self, ws: WorkspaceId, take: F) -> Hold
    where
        F: Fn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
    {
        let node = self.neighbour().await;
        let (let_go, told) = std::sync::mpsc::channel::<()>();
        let (taken, mut ready) = tokio::sync::mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            let workspace = node.store().workspace(ws);
            let open = move |tx: &mut Tx<'_>| {
                take(tx)?;
                // Whoever no longer waits for either has failed already.
                let _ = taken.send(());
                let _ = told.recv();
                Ok(())
            };
            workspace.write(open).await
        });
        if ready.recv().await.is_none() {
            panic!("nothing was taken: {:?}", task.await);
        }
        Hold { let_go, task }
    }

    /// Returns once so many transactions wait for a lock of another.
    pub async fn until_waiting(&self, count: i64) {
        for _ in 0..PATIENCE_MS / LOOK_MS {
            if self.place.waiting().await >= count {
                return;
            }
            tokio::time::sleep(Duration::from_millis(LOOK_MS)).await;
        }
        panic!("fewer than {count} transactions wait");
    }
}
