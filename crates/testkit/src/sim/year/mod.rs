//! A leap year of sends through the engine: every area code of North America, customers who
//! agree, take it back, say STOP and START between any two steps of the road, nodes that
//! die, and the two weekends in which the clocks change.
//!
//! Each verdict is held against the slow oracle of the law and against the customers' own
//! records: invariants 1, 2 and 6. On PostgreSQL two nodes share the work, and who hears
//! of a STOP is seldom the one who sends.

mod books;
mod calendar;
mod judge;
mod nodes;
mod people;
mod send;

/// The oracle that the gate's own tests use.
#[path = "../../../../domain/tests/it/naive_law.rs"]
mod law;

use super::{Broken, Random, Sim};
use crate::world::{law_alone, set_policy};
use calendar::Moment;
use channels::channel::Monotonic as _;
use channels::simulator::Faults;
use domain::id::{AttemptId, MessageId};
use judge::{Customer, Judge, Sent};
use nodes::Other;
use std::collections::{HashMap, HashSet, VecDeque};

/// What to run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The seed of everything.
    pub seed: u64,
    /// How many texts are asked for.
    pub sends: u64,
    /// On which store.
    pub on: store::Engine,
    /// What the engine is not told, to see the judge object.
    pub untold: Option<Untold>,
}

/// What the engine is not told: with any of these a run must break.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untold {
    /// That customers said STOP.
    Stop,
    /// That customers took their consent back.
    Withdrawal,
    /// That its clock is three hours behind everybody else's.
    Hours,
}

/// What a run did.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// Texts asked for.
    pub sends: u64,
    /// Marketing texts that passed the gate.
    pub sold: u64,
    /// Of those, in a weekend in which the clocks changed.
    pub sold_at_changes: u64,
    /// Texts held when they were asked for.
    pub held: u64,
    /// Texts refused when they were asked for.
    pub refused: u64,
    /// Opt-outs.
    pub stops: u64,
    /// Of those, while a text to the same customer was in hand.
    pub stops_in_hand: u64,
    /// Batches that came too late and were handed back.
    pub late: u64,
    /// Times a node died.
    pub deaths: usize,
    /// Area codes that were written to.
    pub area_codes: usize,
    /// Texts that reached a phone.
    pub arrived: u64,
    /// Texts that were left ambiguous by a death or a broken connection.
    pub ambiguous: u64,
}

/// Runs a year and judges it all the way.
///
/// # Errors
/// The first invariant that does not hold, with the seed and the count of sends before it.
pub async fn run(plan: Plan, told: impl Fn(&Tally, i64)) -> Result<Tally, Broken> {
    let broken = |what, sends| Broken { seed: plan.seed, step: usize::try_from(sends).unwrap_or(usize::MAX), what };
    let mut year = Year::new(plan).await.map_err(|what| broken(what, 0))?;
    let lived = year.live(told).await;
    let sends = year.tally.sends;
    lived.map_err(|what| broken(what, sends))?;
    year.books().await.map_err(|what| broken(what, sends))?;
    let tally = year.tally.clone();
    year.close().await;
    enough(&tally, plan).map_err(|what| broken(what, sends))?;
    Ok(tally)
}

/// Most texts asked for at one moment, and least.
const AT_ONCE: (u64, u64) = (20, 80);
/// From so many sends on there are four customers to an area code, and not one.
const LONG: u64 = 50_000;
/// Fewer sends than this prove nothing about what is rare.
const MANY: u64 = 5_000;

struct Year {
    plan: Plan,
    sim: Sim,
    other: Option<Other>,
    judge: Judge,
    customers: Vec<Customer>,
    by_number: HashMap<String, usize>,
    sent: HashMap<MessageId, Sent>,
    /// Confirmations of opt-outs that were counted.
    confirmations: HashSet<MessageId>,
    /// Tries that were handed over after their moment.
    late: HashSet<AttemptId>,
    /// Whose turn it is to be texted.
    next: usize,
    recent: VecDeque<usize>,
    tally: Tally,
}

impl Year {
    async fn new(plan: Plan) -> Result<Self, String> {
        let steps = super::Plan { seed: plan.seed, steps: 0, on: plan.on, deep: false, twice: false };
        let mut sim = Sim::new(steps, calendar::BEGINS).await?;
        // The oracle knows the law, and no shop's own manners.
        set_policy(&sim.engine, sim.ws, law_alone()).await.map_err(|error| error.to_string())?;
        sim.carrier.set_faults(sim.account, faults(&mut sim.random));
        sim.carrier.set_unix(sim.clock.monotonic_ms(), calendar::BEGINS);
        let other = Other::beside(&mut sim).await?;
        let codes = if plan.sends >= LONG { 3_200 } else { 800 };
        let customers: Vec<Customer> =
            (0..codes).map(|n| Customer::new(&format!("+1{}555{:04}", 200 + n % 800, 100 + n / 800))).collect();
        let by_number = (0..).zip(&customers).map(|(place, one)| (one.to.as_str().to_owned(), place)).collect();
        let hours = if plan.untold == Some(Untold::Hours) { 3 * 60 * 60_000 } else { 0 };
        let judge = Judge { ahead: hours, ..Judge::default() };
        Ok(Self {
            plan,
            sim,
            other,
            judge,
            customers,
            by_number,
            sent: HashMap::new(),
            confirmations: HashSet::new(),
            late: HashSet::new(),
            next: 0,
            recent: VecDeque::new(),
            tally: Tally::default(),
        })
    }

    async fn live(&mut self, told: impl Fn(&Tally, i64)) -> Result<(), String> {
        let at_once = (self.plan.sends / 200).clamp(AT_ONCE.0, AT_ONCE.1);
        let moments = calendar::year(&mut self.sim.random, self.plan.sends.div_ceil(at_once));
        self.first_agreements().await?;
        let tenth = (self.plan.sends / 10).max(1);
        for Moment { at, busy } in moments {
            self.until(at);
            if busy {
                let (before, left) = (self.tally.sends / tenth, self.plan.sends - self.tally.sends);
                self.people_live(at_once).await?;
                self.ask_for(at_once.min(left)).await?;
                self.stops_in_between().await?;
                if self.tally.sends / tenth > before {
                    told(&self.tally, self.now());
                }
            }
            self.hand_out().await?;
            self.carrier_works().await?;
        }
        self.rest().await
    }

    fn now(&self) -> i64 {
        engine::Clock::now(&*self.sim.clock)
    }

    /// Moves the clock on to an instant, Unix ms, unless it has passed.
    fn until(&self, at: i64) {
        self.sim.clock.advance((at - self.now()).max(0));
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.sim.random.below(count) == 0
    }

    /// An error with whom and when it is about.
    fn at(&self, place: usize, what: &str) -> String {
        let customer = self.customers.get(place);
        let (to, zones) = customer.map_or(("?", String::new()), |one| (one.to.as_str(), one.places.zones.join(", ")));
        let when = jiff::Timestamp::from_millisecond(self.now()).map(|at| at.to_string()).unwrap_or_default();
        format!("{to} ({zones}) at {when}: {what}")
    }
}

/// A line that is slow, loses, doubles and reports late: texts must die rather than arrive at night.
fn faults(random: &mut Random) -> Faults {
    Faults {
        delay_ms: 60_000 * i64::try_from(random.below(20)).unwrap_or(0),
        receipt_delay_ms: i64::try_from(random.below(4_000)).unwrap_or(0),
        loss_pct: random.percent(3),
        double_pct: random.percent(10),
        disorder_pct: random.percent(30),
        late_receipt_pct: random.percent(10),
        early_receipt_pct: random.percent(20),
        fail_pct: random.percent(5),
        ambiguous_pct: random.percent(4),
        ..Faults::none()
    }
}

/// A run in which little happens proves little, and says so.
fn enough(tally: &Tally, plan: Plan) -> Result<(), String> {
    let many = plan.sends >= MANY;
    let floors = [
        ("texts asked for", tally.sends, plan.sends),
        ("texts sold", tally.sold, plan.sends / 10),
        ("texts held", tally.held, plan.sends / 20),
        ("texts refused", tally.refused, plan.sends / 20),
        ("opt-outs", tally.stops, plan.sends / 150),
        ("area codes", tally.area_codes as u64, if many { 800 } else { 0 }),
        ("deaths", tally.deaths as u64, if many { 3 } else { 0 }),
        ("texts sold while the clocks changed", tally.sold_at_changes, if many { plan.sends / 100 } else { 0 }),
        ("opt-outs while a text was in hand", tally.stops_in_hand, if many { 5 } else { 0 }),
        ("batches too late", tally.late, if many { 3 } else { 0 }),
    ];
    match floors.iter().find(|(_, found, least)| found < least) {
        Some((what, found, least)) => Err(format!("{found} {what}, and {least} are the least that proves something")),
        None => Ok(()),
    }
}
