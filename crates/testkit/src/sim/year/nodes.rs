//! Who works on the store: one node on SQLite, two on PostgreSQL.

use super::Year;
use crate::sim::{NEVER, Sim};
use crate::world::engine_on;
use engine::Engine;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::Store;

/// The node whose turn it is not.
pub(super) struct Other {
    engine: Engine,
    fuse: Arc<AtomicI64>,
    /// Whether it is the one that was there first.
    first: bool,
}

/// Most statements until a node dies that is about to.
const FUSE: u64 = 40;

/// Asks a node until it answers; one that dies on the way is started again.
macro_rules! surely {
    ($year:ident, $deed:expr) => {
        loop {
            // Bound first: what the deed borrowed must be free again before a node is started.
            let answer = $deed.await;
            match answer {
                Ok(done) => break done,
                Err(_) if $year.sim.dead() => $year.sim.die().await?,
                Err(error) => return Err(error.to_string()),
            }
        }
    };
}
pub(super) use surely;

impl Other {
    /// A second node, where the store can have one.
    pub(super) async fn beside(sim: &mut Sim) -> Result<Option<Self>, String> {
        if sim.plan.on == store::Engine::Sqlite {
            return Ok(None);
        }
        sim.alone = false;
        let fuse = Arc::new(AtomicI64::new(NEVER));
        let mut config = sim.config.clone();
        config.faults.crash_at = Some(Arc::clone(&fuse));
        let store = Store::open(config).await.map_err(|error| error.to_string())?;
        let engine = engine_on(store, Arc::clone(&sim.clock), Arc::clone(&sim.ids), Arc::clone(&sim.carrier));
        Ok(Some(Self { engine, fuse, first: false }))
    }
}

impl Year {
    /// One of the nodes does what comes next. Answers whether it is the first.
    pub(super) fn turn(&mut self) -> bool {
        let first = self.one_in(2);
        self.go_to(first);
        first
    }

    /// The first node does what comes next, or the other.
    pub(super) fn go_to(&mut self, first: bool) {
        if let Some(other) = &mut self.other
            && other.first == first
        {
            std::mem::swap(&mut self.sim.engine, &mut other.engine);
            std::mem::swap(&mut self.sim.fuse, &mut other.fuse);
            other.first = !first;
        }
    }

    /// Now and then a node dies amid what comes next, at whichever statement.
    pub(super) fn dare(&mut self) {
        let seldom = if self.plan.sends >= super::LONG { 600 } else { 150 };
        if self.one_in(seldom) {
            let fuse = i64::try_from(self.sim.random.below(FUSE)).unwrap_or(1) + 1;
            self.sim.fuse.store(fuse, Ordering::SeqCst);
        }
    }

    pub(super) async fn close(self) {
        if let Some(other) = self.other {
            other.engine.store().clone().close().await;
        }
        self.sim.engine.store().clone().close().await;
    }
}
