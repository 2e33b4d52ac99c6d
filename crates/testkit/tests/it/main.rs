//! The simulation itself: repeatable, and the same on both stores.

use testkit::sim::year::{self, Untold};
use testkit::sim::{Plan, run};

fn plan(seed: u64, on: store::Engine) -> Plan {
    Plan { seed, steps: 400, on, deep: false, twice: false }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_trace_on_both_stores() -> Result<(), Box<dyn std::error::Error>> {
    let (mut older_opened, mut joined, mut moved) = (0, 0, 0);
    for seed in [101, 103] {
        let first = run(plan(seed, store::Engine::Sqlite)).await?;
        let again = run(plan(seed, store::Engine::Sqlite)).await?;
        assert_eq!(first.trace, again.trace, "seed {seed} twice on SQLite");
        if testkit::database::engines().contains(&store::Engine::Postgres) {
            let other = run(plan(seed, store::Engine::Postgres)).await?;
            assert_eq!(first.trace, other.trace, "seed {seed} on PostgreSQL");
        }
        assert!(first.marketing > 0 && first.judged > 0, "seed {seed} sells nothing or judges nothing: {first:?}");
        assert!(first.delivered > 0 && first.deaths > 0, "a run in which nothing happens proves nothing");
        older_opened += first.older_opened;
        joined += first.joined;
        moved += first.moved;
    }
    assert!(joined > 0, "nobody joined by text");
    assert!(moved > 0, "nobody said where they are");
    assert!(older_opened > 0, "nobody had two conversations, the older one open");
    Ok(())
}

#[tokio::test]
async fn closures_that_run_twice_leave_the_same_trace() -> Result<(), Box<dyn std::error::Error>> {
    let once = run(plan(101, store::Engine::Sqlite)).await?;
    for on in testkit::database::engines() {
        let twice = run(Plan { twice: true, ..plan(101, on) }).await?;
        assert_eq!(once.trace, twice.trace, "a closure on {on:?} is not repeatable");
    }
    assert!(once.delivered > 0 && once.deaths > 0, "a run in which nothing happens proves nothing");
    Ok(())
}

#[tokio::test]
async fn another_seed_makes_another_trace() -> Result<(), Box<dyn std::error::Error>> {
    let one = run(plan(103, store::Engine::Sqlite)).await?;
    let two = run(plan(104, store::Engine::Sqlite)).await?;
    assert_ne!(one.trace, two.trace);
    Ok(())
}

fn a_year(sends: u64, on: store::Engine, untold: Option<Untold>) -> year::Plan {
    year::Plan { seed: 105, sends, on, untold }
}

#[tokio::test]
async fn a_short_year_breaks_no_invariant() -> Result<(), Box<dyn std::error::Error>> {
    for on in testkit::database::engines() {
        let tally = year::run(a_year(400, on, None), |_, _| {}).await?;
        assert!(tally.sold > 0 && tally.held > 0 && tally.stops > 0, "{tally:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_rule_that_the_engine_breaks_is_found() {
    let found: [(Untold, &[&str]); 3] = [
        (Untold::Stop, &["opt-out"]),
        (Untold::Withdrawal, &["without standing consent", "opt-out"]),
        (Untold::Hours, &["night", "held for nothing", "where it was"]),
    ];
    for (untold, words) in found {
        let broken = year::run(a_year(2_000, store::Engine::Sqlite, Some(untold)), |_, _| {}).await;
        let Err(broken) = broken else { panic!("nobody noticed: {untold:?}") };
        assert!(words.iter().any(|word| broken.what.contains(word)), "{untold:?}: {broken}");
    }
}
