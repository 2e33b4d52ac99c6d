//! The simulation itself: repeatable, and the same on both stores.

use testkit::sim::{Plan, run};

fn plan(seed: u64, on: store::Engine) -> Plan {
    Plan { seed, steps: 400, on, deep: false }
}

#[tokio::test]
async fn the_same_seed_makes_the_same_trace_on_both_stores() -> Result<(), Box<dyn std::error::Error>> {
    let mut older_opened = 0;
    for seed in [101, 102] {
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
    }
    assert!(older_opened > 0, "nobody had two conversations, the older one open");
    Ok(())
}

#[tokio::test]
async fn another_seed_makes_another_trace() -> Result<(), Box<dyn std::error::Error>> {
    let one = run(plan(103, store::Engine::Sqlite)).await?;
    let two = run(plan(104, store::Engine::Sqlite)).await?;
    assert_ne!(one.trace, two.trace);
    Ok(())
}
