//! The simulation: the real engine on a clock that only moves when told, with
//! customers who write, stop and return, a carrier that loses, doubles and
//! delays, and a process that dies. One actor acts at a time, nothing runs by
//! itself: the same seed makes the same trace on both stores, deep runs apart.

mod act;
mod check;
mod joining;
mod manners;
mod moving;
pub(crate) mod random;
mod sorting;
pub mod year;

pub use check::Broken;
pub use random::Random;

use crate::database::{self, TestStore};
use crate::world::{NOON, TestClock, TestIds, engine_on};
use channels::simulator::{Faults, SimulatorCarrier};
use domain::id::{AccountId, InboxId, WorkspaceId};
use engine::Engine;
use engine::audit::Actor;
use engine::workspaces::NewWorkspace;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use store::StoreConfig;

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The seed of everything.
    pub seed: u64,
    /// How many actions.
    pub steps: usize,
    /// On which store.
    pub on: store::Engine,
    /// Whether the process also dies inside transactions, statement by statement.
    /// Statements differ between the stores, so such runs have traces of their own.
    pub deep: bool,
    /// Whether every write closure runs twice, the first run undone. Closures are
    /// repeatable, so the trace is the one of a run without, deep runs apart.
    pub twice: bool,
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// SHA-256 over every action, its result and the final event log.
    pub trace: String,
    /// Texts customers wrote.
    pub inbound: usize,
    /// Texts we accepted.
    pub accepted: usize,
    /// Texts that reached a phone.
    pub delivered: usize,
    /// Opt-outs.
    pub opt_outs: usize,
    /// Unsure texts a member judged.
    pub judged: usize,
    /// Join keywords and the YES to them that opted somebody in.
    pub joined: usize,
    /// Customers who told where they are now, or took it back.
    pub moved: usize,
    /// Marketing texts that passed the gate.
    pub marketing: usize,
    /// Times the process died.
    pub deaths: usize,
    /// Texts left ambiguous.
    pub ambiguous: usize,
    /// Conversations that were opened again although their customer has a later one, closed.
    pub older_opened: usize,
}

/// Runs one plan and checks the invariants all the way.
///
/// # Errors
/// The first invariant that does not hold, with the seed and the step.
pub async fn run(plan: Plan) -> Result<Report, Broken> {
    let mut sim = Sim::new(plan, NOON).await.map_err(|what| Broken { seed: plan.seed, step: 0, what })?;
    sim.offer_words().await.map_err(|what| Broken { seed: plan.seed, step: 0, what })?;
    sim.choose_manners().await.map_err(|what| Broken { seed: plan.seed, step: 0, what })?;
    for step in 0..plan.steps {
        sim.step = step;
        sim.act().await.map_err(|what| Broken { seed: plan.seed, step, what })?;
    }
    let steps = plan.steps;
    sim.finish().await.map_err(|what| Broken { seed: plan.seed, step: steps, what })
}

/// A run under way.
pub(crate) struct Sim {
    plan: Plan,
    step: usize,
    random: Random,
    clock: Arc<TestClock>,
    ids: Arc<TestIds>,
    carrier: Arc<SimulatorCarrier>,
    config: StoreConfig,
    // Counts down to death inside a transaction, in deep runs.
    fuse: Arc<AtomicI64>,
    // Whether no other node works on the store.
    alone: bool,
    engine: Engine,
    ws: WorkspaceId,
    inbox: InboxId,
    account: AccountId,
    model: check::Model,
    trace: Sha256,
    report: Report,
    // The database goes last.
    _place: database::Place,
}

const NEVER: i64 = i64::MAX / 2;

impl Sim {
    /// A fresh world at an instant, Unix ms.
    async fn new(plan: Plan, at: i64) -> Result<Self, String> {
        let fuse = Arc::new(AtomicI64::new(NEVER));
        let crash_at = Arc::clone(&fuse);
        let TestStore { store, config, place } = database::open_with(plan.on, move |config| {
            config.faults.crash_at = Some(crash_at);
            config.faults.run_twice = plan.twice;
        })
        .await;
        let clock = TestClock::at(at);
        let ids: Arc<TestIds> = Arc::default();
        let carrier = Arc::new(SimulatorCarrier::new(plan.seed));
        let engine = engine_on(store, Arc::clone(&clock), Arc::clone(&ids), Arc::clone(&carrier));
        let new = NewWorkspace { name: "Sim".to_owned(), brand: "Fern".to_owned(), time_zone: "UTC".to_owned() };
        let ws = engine.workspace_create(Actor::System, new, None).await.map_err(|error| error.to_string())?.id;
        let inbox = engine.simulator_provide(ws).await.map_err(|error| error.to_string())?;
        let mut random = Random::new(plan.seed);
        carrier.set_faults(inbox.account_id, faults(&mut random));
        Ok(Self {
            plan,
            step: 0,
            random,
            clock,
            ids,
            carrier,
            config,
            fuse,
            alone: true,
            engine,
            ws,
            inbox: inbox.id,
            account: inbox.account_id,
            model: check::Model::default(),
            trace: Sha256::new(),
            report: Report::default(),
            _place: place,
        })
    }

    /// Adds a line to the trace.
    fn note(&mut self, line: &str) {
        self.trace.update(line.as_bytes());
        self.trace.update(b"\n");
    }

    /// The process dies and another starts on what it left.
    pub(crate) async fn die(&mut self) -> Result<(), String> {
        self.report.deaths += 1;
        self.model.hands.clear();
        self.fuse = Arc::new(AtomicI64::new(NEVER));
        self.config.faults.crash_at = Some(Arc::clone(&self.fuse));
        self.engine.store().clone().close().await;
        let store = store::Store::open(self.config.clone()).await.map_err(|error| error.to_string())?;
        self.engine = engine_on(store, Arc::clone(&self.clock), Arc::clone(&self.ids), Arc::clone(&self.carrier));
        if self.alone {
            self.engine.send_sweep_at_start(self.ws).await.map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Whether the store has died inside a transaction.
    pub(crate) fn dead(&self) -> bool {
        self.fuse.load(Ordering::SeqCst) <= 0
    }
}

/// A line with some of every fault.
fn faults(random: &mut Random) -> Faults {
    Faults {
        delay_ms: i64::try_from(random.below(4_000)).unwrap_or(0),
        receipt_delay_ms: i64::try_from(random.below(4_000)).unwrap_or(0),
        loss_pct: random.percent(5),
        double_pct: random.percent(30),
        disorder_pct: random.percent(30),
        late_receipt_pct: random.percent(20),
        late_receipt_ms: 3_600_000,
        early_receipt_pct: random.percent(30),
        per_part_receipts: random.below(3) == 0,
        throttle_per_second: (random.below(4) == 0).then_some(3),
        reject_code: None,
        fail_pct: random.percent(10),
        fail_code: None,
        ambiguous_pct: random.percent(10),
        carrier_opt_out: random.below(5) == 0,
    }
}
