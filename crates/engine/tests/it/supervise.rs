//! Tasks that break down come back.

use crate::on_both;
use domain::message::{Purpose, State};
use engine::supervise::DISPATCH;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use testkit::world::World;

/// Waits until something holds; half a minute is for ever.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(came.is_ok(), "never came: {what}");
}

fn dispatch(world: &World) -> engine::supervise::TaskHealth {
    world.engine.tasks().into_iter().find(|task| task.name == DISPATCH).unwrap()
}

on_both! {
    async fn a_dispatch_that_panics_is_shown_comes_back_and_hands_over_what_waited(world) {
        let waits = world.sends("+12125550101", "hello", Purpose::Transactional).await.unwrap().message.id;
        assert!(world.engine.watches(world.ws).await.unwrap().iter().all(|watch| watch.code != "task_failing"));
        // Whoever claims needs identities: without them each round panics.
        world.ids.set_broken(true);
        world.engine.start().await.unwrap();
        until("the third fall", async || {
            world.engine.tasks().iter().any(|task| task.name == DISPATCH && task.failing_since.is_some())
        }).await;
        assert!(dispatch(&world).restarts >= 3);
        assert!(!world.engine.dispatching());
        let shown = world.engine.watches(world.ws).await.unwrap();
        let shown = shown.iter().find(|watch| watch.code == "task_failing").unwrap();
        assert_eq!(shown.severity, engine::watches::Severity::Critical);
        assert!(shown.detail.contains("Texts wait"), "{}", shown.detail);
        assert_eq!(world.message(waits).await.state, State::Queued);

        world.ids.set_broken(false);
        until("the text's way out", async || world.message(waits).await.state != State::Queued).await;
        assert!(dispatch(&world).running);
        assert!(dispatch(&world).failing_since.is_some(), "it may fall again at once");
        world.clock.advance(120_000);
        assert!(world.engine.dispatching(), "it ran steadily for two minutes");
        assert!(world.engine.watches(world.ws).await.unwrap().iter().all(|watch| watch.code != "task_failing"));
        world.engine.shutdown().await;
    }

    async fn a_task_that_ends_by_itself_is_started_again_until_the_engine_ends(world) {
        let starts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&starts);
        let task = tokio::spawn(world.engine.clone().supervise("short", move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
            async {}
        }));
        until("the third start", async || starts.load(Ordering::SeqCst) >= 3).await;
        world.engine.shutdown().await;
        tokio::time::timeout(Duration::from_secs(5), task).await.unwrap().unwrap();
        let health = world.engine.tasks().into_iter().find(|task| task.name == "short").unwrap();
        assert!(!health.running);
    }
}
