//! What needs a look is seen, said and gone again.

use crate::on_both;
use channels::channel::InboundText;
use domain::address::Address;
use domain::id::AccountId;
use domain::message::{Purpose, State};
use domain::outcome::{ErrorClass, Submission};
use domain::watch::silence::HOUR_MS;
use engine::idempotency::Keep;
use engine::reply::Author;
use engine::watches::{CODES, Watch};
use serde_json::json;
use testkit::world::World;

const AVA: &str = "+12125550101";

async fn watches(world: &World) -> Vec<Watch> {
    let found = world.engine.watches(world.ws).await.unwrap();
    assert!(found.iter().all(|watch| CODES.contains(&watch.code)), "{found:?}");
    found
}

async fn codes(world: &World) -> Vec<&'static str> {
    watches(world).await.into_iter().map(|watch| watch.code).collect()
}

/// An account on a real network, where nothing answers.
async fn real(world: &World) -> AccountId {
    let values = [
        ("account_sid", json!("AC00000000000000000000000000000001")),
        ("auth_token", json!("token")),
        ("api_base_url", json!("http://127.0.0.1:9")),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let made = world
        .engine
        .account_create(world.ws, Author::SYSTEM, "twilio", "Main".to_owned(), values, Keep::NOTHING)
        .await
        .unwrap();
    made.row.id
}

async fn answered(world: &World, account: AccountId, answer: Submission) {
    world.engine.send_settle(world.ws, account, vec![(world.engine.new_id(), answer)]).await.unwrap();
}

on_both! {
    async fn marketing_waits_while_the_clock_is_in_doubt_and_leaves_afterwards(world) {
        assert_eq!(world.engine.clock_doubt(), None);
        world.agrees(AVA).await;
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        let order = world.sends("+12125550102", "Your order shipped", Purpose::Transactional).await.unwrap().message.id;
        world.clock.step(90_000);
        world.settle().await;
        let held = world.message(sale).await;
        assert_eq!((held.state, held.reason_code.as_deref()), (State::Held, Some("clock_in_doubt")));
        assert_eq!(world.message(order).await.state, State::Delivered, "only marketing waits");
        let said = watches(&world).await.into_iter().find(|watch| watch.code == "clock_in_doubt").unwrap();
        assert!(said.detail.contains("jumped forward by 90 seconds"), "{}", said.detail);
        assert_eq!(world.engine.watches_count().await.unwrap()["clock_in_doubt"], 1);

        world.clock.advance(16 * 60_000);
        world.settle().await;
        assert_eq!(world.message(sale).await.state, State::Delivered);
        assert_eq!(world.engine.watches_count().await.unwrap()["clock_in_doubt"], 0);
    }

    async fn a_refused_login_is_said_until_it_is_taken_again(world) {
        let account = real(&world).await;
        assert!(!codes(&world).await.contains(&"login_refused"));
        let refused = |class| Submission::NotTaken { class, code: "20003".to_owned(), retry_after_ms: None };
        answered(&world, account, refused(ErrorClass::InvalidNumber)).await;
        assert!(!codes(&world).await.contains(&"login_refused"), "that was the number's fault");
        let before = world.engine.events_last(world.ws).await.unwrap();
        answered(&world, account, refused(ErrorClass::Account)).await;
        world.clock.advance(5_000);
        answered(&world, account, refused(ErrorClass::Account)).await;
        let said = watches(&world).await.into_iter().find(|watch| watch.code == "login_refused").unwrap();
        assert_eq!(said.since, testkit::world::NOON);
        assert!(said.detail.contains("Main"), "{}", said.detail);
        assert_eq!(world.engine.events_last(world.ws).await.unwrap(), before + 1, "open pages are told once");
        // Another node, or this one after a restart, knows it too.
        let other = testkit::world::engine_on(
            world.engine.store().clone(), world.clock.clone(), world.ids.clone(), world.carrier.clone(),
        );
        assert!(other.watches(world.ws).await.unwrap().iter().any(|watch| watch.code == "login_refused"));
        answered(&world, account, Submission::Taken { provider_id: "SM1".to_owned(), parts: None }).await;
        assert!(!codes(&world).await.contains(&"login_refused"));
    }

    async fn a_low_disk_is_said_since_it_is_low(world) {
        assert!(world.engine.disk().is_none(), "no data directory was named");
        world.engine.disk_note(50, 100);
        assert!(!codes(&world).await.contains(&"disk_low"));
        world.engine.disk_note(9 << 30, 100 << 30);
        world.clock.advance(60_000);
        world.engine.disk_note(8 << 30, 100 << 30);
        let said = watches(&world).await.into_iter().find(|watch| watch.code == "disk_low").unwrap();
        assert_eq!((said.since, said.severity), (testkit::world::NOON, engine::watches::Severity::Warning));
        assert!(said.detail.contains("8192 MiB of 100 GiB"), "{}", said.detail);
        world.engine.disk_note(1 << 30, 100 << 30);
        assert_eq!(watches(&world).await[0].severity, engine::watches::Severity::Critical);
        world.engine.disk_note(10 << 30, 100 << 30);
        assert!(!codes(&world).await.contains(&"disk_low"));
    }

    async fn silence_is_said_against_the_weeks_before(world) {
        let facts = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let to = world.engine.inbox_list(world.ws).await.unwrap()[0].address.clone();
        // Four weeks of six texts each noon hour and the two after it.
        for day in 0..29 {
            for hour in 0..3 {
                for text in 0..if day == 28 { 0 } else { 6 } {
                    let text = InboundText {
                        provider_id: format!("{day} {hour} {text}"), from: Address::parse(AVA), to: Address::parse(&to),
                        body: "hello".to_owned(), media: Vec::new(), at: None, took_for: None, answered: false,
                    };
                    world.engine.inbound_receive(world.ws, &facts, text).await.unwrap();
                }
                world.clock.advance(HOUR_MS);
                world.engine.inbound_count_round(world.ws).await.unwrap();
                if day < 28 {
                    assert!(!codes(&world).await.contains(&"inbound_silent"), "day {day}, hour {hour}");
                }
            }
            if day < 28 {
                world.clock.advance(21 * HOUR_MS);
            }
        }
        for _ in 0..60 {
            world.engine.inbound_count_round(world.ws).await.unwrap();
        }
        let said = watches(&world).await.into_iter().find(|watch| watch.code == "inbound_silent").unwrap();
        assert!(said.detail.contains("weeks these hours had"), "{}", said.detail);
        let text = InboundText {
            provider_id: "last".to_owned(), from: Address::parse(AVA), to: Address::parse(&to), body: "back".to_owned(),
            media: Vec::new(), at: None, took_for: None, answered: false,
        };
        world.engine.inbound_receive(world.ws, &facts, text).await.unwrap();
        assert!(!codes(&world).await.contains(&"inbound_silent"));
    }

    async fn our_own_address_answers_only_what_our_key_sealed(world) {
        assert_eq!(world.engine.reach_answer("00"), None);
        assert_eq!(world.engine.reach_answer(&"ab".repeat(60)), None);
        assert_eq!(world.engine.reach_answer("no hexadecimal"), None);
    }
}
