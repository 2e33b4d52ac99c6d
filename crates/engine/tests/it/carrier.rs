//! The carrier inside Hark, while the store comes and goes.

use domain::message::State;
use engine::idempotency::Keep;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";

/// As a real provider's posts, which it makes again until they are answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_carrier_has_due_outlasts_an_outage_of_the_store() {
    for on in testkit::database::engines() {
        let outage = std::sync::Arc::new(store::Outage::default());
        let faults = std::sync::Arc::clone(&outage);
        let store = testkit::database::open_with(on, move |config| config.faults.outage = Some(faults)).await;
        let world = World::over(store, 1).await;
        world.types(AVA, "hello").await;
        let talk = world.list(View::Open).await[0].id;
        let answer = world.answers(talk, "Hi Ava").await.unwrap().message.id;
        world.engine.dispatch_round().await.unwrap();
        for body in ["one", "two", "three"] {
            let from = domain::address::Address::parse(AVA);
            world
                .engine
                .simulator_type(world.ws, world.inbox, from, body.to_owned(), Vec::new(), Keep::NOTHING)
                .await
                .unwrap();
        }
        outage.set(true);
        for _ in 0..2 {
            assert!(world.engine.simulator_step().await.is_err());
        }
        outage.set(false);
        world.settle().await;
        let bodies: Vec<String> = world.thread(talk).await.into_iter().map(|row| row.body).collect();
        assert_eq!(bodies, ["hello", "Hi Ava", "one", "two", "three"]);
        assert_eq!(world.phone(AVA).await, ["Hi Ava"]);
        assert_eq!(world.message(answer).await.state, State::Delivered);
    }
}
