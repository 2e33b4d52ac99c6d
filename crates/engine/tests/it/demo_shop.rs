//! The demo shop comes, can be stopped and gone on with, and goes without a trace.

use crate::on_both;
use domain::id::{CustomerId, MemberId};
use domain::message::{Kind, State};
use engine::audit::Actor;
use engine::demo::{DemoError, Phase, Progress};
use std::collections::HashSet;
use store::conversation::View;
use testkit::world::World;

/// A number no customer of the shop has.
const REAL: &str = "+12025550190";

async fn fill(world: &World, conversations: u32) -> Result<Progress, DemoError> {
    world.engine.demo_wish(world.ws, Actor::Cli, conversations, 7, None).await?;
    world.engine.demo_fill(world.ws, |_| {}).await
}

async fn remove(world: &World) -> Progress {
    world.engine.demo_remove(world.ws, Actor::Cli, |_| {}).await.unwrap()
}

on_both! {
    async fn it_is_there_as_told_and_gone_as_asked(world) {
        world.types(REAL, "a real question").await;
        let before = world.list(View::All).await;

        let ready = fill(&world, 120).await.unwrap();
        assert_eq!(ready, Progress { phase: Phase::Ready, done: 120, total: 120 });
        let all = world.list(View::All).await;
        assert_eq!(all.len(), 121);
        for row in &all {
            let thread = world.thread(row.id).await;
            assert_eq!(thread.len(), usize::try_from(row.last_seq).unwrap());
            assert!(thread.iter().zip(1..).all(|(line, seq)| line.seq == seq), "{row:?}");
            assert!(row.read_seq <= row.last_seq);
        }
        // A conversation that shows as failed is one the road would count so, too.
        let counted = world.list(View::Failed).await;
        for row in &counted {
            let id = row.id;
            let again = world.engine.store().workspace(world.ws).read(move |tx| store::message::failed_count(tx, id)).await;
            assert_eq!(again.unwrap(), row.failed);
        }
        assert!(matches!(fill(&world, 10).await, Err(DemoError::Exists)));
        world.engine.search_index(world.ws).await.unwrap();
        let hits = world.engine.search(world.ws, "order", None, 200).await.unwrap().messages;
        assert!(hits.len() > 20, "what came in bulk is found: {}", hits.len());

        // Whoever asks while it goes sees how many are left.
        let now = world.engine.now();
        let workspace = world.engine.store().workspace(world.ws);
        let gone = workspace.write(move |tx| {
            let few = store::demo::customers(tx, CustomerId::new(uuid::Uuid::nil()), 3)?;
            store::demo::remove(tx, &few, now)
        });
        let gone: i64 = gone.await.unwrap();
        assert!(gone > 0);
        assert_eq!(world.engine.demo_progress(world.ws).await.unwrap().done, 120 - gone);
        let gone = remove(&world).await;
        assert_eq!(gone, Progress { phase: Phase::None, done: 0, total: 0 });
        assert_eq!(world.list(View::All).await, before);
        let customers = world.engine.customer_page(world.ws, None, None, 10).await;
        assert_eq!(customers.unwrap().len(), 1);
        let opt_outs = world.engine.store().workspace(world.ws).read(|tx| store::suppression::page(tx, (i64::MAX, "~", "~"), 10)).await;
        assert_eq!(opt_outs.unwrap(), []);
        let members = world.engine.store().server().read(store::member::list).await.unwrap();
        assert!(members.iter().all(|row| !row.email.ends_with("@demo.invalid")));
        assert_eq!(world.engine.search(world.ws, "order", None, 200).await.unwrap().messages, []);
        // And it can come again.
        assert_eq!(fill(&world, 5).await.unwrap().done, 5);
    }

    async fn what_was_added_to_it_goes_with_it(world) {
        fill(&world, 60).await.unwrap();
        let customer = world.list(View::Closed).await[0].clone();
        world.types(&customer.address, "me again, in person").await;
        world.types(REAL, "and me, for real").await;
        let fresh = world.list(View::All).await.into_iter().find(|row| row.address == REAL).unwrap();
        remove(&world).await;
        assert_eq!(world.list(View::All).await, [fresh]);
        assert_eq!(world.engine.simulator_phones(world.ws, None, 100).await.unwrap().len(), 1);
    }

    async fn a_stopped_filling_goes_on_where_it_stopped(world) {
        world.engine.demo_wish(world.ws, Actor::Cli, 200, 3, None).await.unwrap();
        let (engine, ws) = (world.engine.clone(), world.ws);
        let stopped = tokio::time::timeout(std::time::Duration::from_millis(1), async move {
            engine.demo_fill(ws, |_| {}).await
        })
        .await;
        // However far that came, the same wish ends in the whole shop.
        if stopped.is_err() {
            let wished = world.engine.demo_wish(world.ws, Actor::Cli, 200, 3, None).await;
            assert!(matches!(wished, Err(DemoError::Busy)));
            // Nobody takes it up while the dead process may still be at it.
            assert!(!world.engine.demo_take_up(world.ws).await.unwrap());
            world.clock.advance(60_000);
            world.engine.jobs_round(world.ws).await.unwrap();
            assert_eq!(world.engine.demo_progress(world.ws).await.unwrap().phase, Phase::Ready);
        }
        let mut all = world.list(View::All).await;
        assert_eq!(all.len(), 200);
        let distinct: HashSet<_> = all.iter().map(|row| (row.address.clone(), row.created_at)).collect();
        assert_eq!(distinct.len(), 200, "somebody came twice");
        all.clear();
    }

    async fn a_real_customer_with_the_same_number_is_left_alone(world) {
        let (number, _) = demo::person::phone(0);
        world.types(&number, "I was here first").await;
        fill(&world, 40).await.unwrap();
        let mine: Vec<_> = world.list(View::All).await.into_iter().filter(|row| row.address == number).collect();
        assert_eq!(mine.len(), 1);
        remove(&world).await;
        let left = world.list(View::All).await;
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].preview, "I was here first");
    }

    async fn a_share_of_the_open_ones_is_mine_and_what_is_held_waits(world) {
        let mine: MemberId = world.engine.new_id();
        world.engine.demo_wish(world.ws, Actor::Cli, 400, 11, Some(mine)).await.unwrap();
        world.engine.demo_fill(world.ws, |_| {}).await.unwrap();
        assert!(!world.list(View::Mine(mine)).await.is_empty());
        let mut held = 0;
        for row in world.list(View::All).await {
            held += world.thread(row.id).await.iter().filter(|line| line.kind == Kind::Outbound && line.state == State::Held).count();
        }
        let waiting = world.engine.store().workspace(world.ws).read(store::outbox::waiting).await.unwrap();
        assert_eq!(waiting, i64::try_from(held).unwrap());
    }

    async fn what_is_held_leaves_when_its_hour_comes(world) {
        // The shop opens at night, where the flows' texts wait.
        world.clock.advance(12 * 3_600_000);
        world.engine.demo_wish(world.ws, Actor::Cli, 400, 11, None).await.unwrap();
        world.engine.demo_fill(world.ws, |_| {}).await.unwrap();
        let waiting = || async {
            world.engine.store().workspace(world.ws).read(store::outbox::waiting).await.unwrap()
        };
        assert!(waiting().await > 0, "nothing of this shop waits");
        for _ in 0..48 {
            world.clock.advance(3_600_000);
            world.settle().await;
        }
        assert_eq!(waiting().await, 0);
    }
}
