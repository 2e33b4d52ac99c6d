//! The words of one-time passwords go after a day, from wherever they stand; nothing else does.

use crate::on_both;
use channels::simulator::Faults;
use domain::message::{Purpose, State};
use domain::retention::Category;
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::messages::RetryError;
use engine::reply::Author;
use engine::sending::Hand;
use serde_json::json;
use store::conversation::View;
use store::idempotency::{self, Kept, Named};
use testkit::world::{NOON, World};

const ADA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const CAL: &str = "+12125550103";
const HOUR: i64 = 60 * 60 * 1000;

/// The term that holds, and how many texts a run would take the words out of.
async fn due(world: &World) -> (Option<i64>, i64) {
    let all = world.engine.retention_list(world.ws).await.unwrap();
    let kept = all.into_iter().find(|kept| kept.row.category == Category::Codes).unwrap();
    (kept.row.category.term(kept.row.days), kept.due)
}

async fn preview(world: &World, number: &str) -> String {
    world.list(View::All).await.into_iter().find(|talk| talk.address == number).unwrap().preview
}

async fn found(world: &World, words: &str) -> usize {
    world.engine.search_index(world.ws).await.unwrap();
    world.engine.search(world.ws, words, None, 10).await.unwrap().messages.len()
}

/// What was kept for a repeat of the request that sent a text.
async fn kept(world: &World) -> String {
    let named = Named { caller: "key", operation: "message_create", key: "one" };
    let store = world.engine.store().workspace(world.ws);
    store.read(move |tx| idempotency::get(tx, &named, 0)).await.unwrap().unwrap().body
}

on_both! {
    async fn the_words_of_codes_go_after_a_day_and_the_texts_stay(world) {
        let code = world.sends(ADA, "Your code is zebracode491827", Purpose::Otp).await.unwrap().message.id;
        let answered = world.sends(BEA, "Your code is zebracode117733", Purpose::Otp).await.unwrap().message.id;
        let order = world.sends(BEA, "Your order zebracode55 has shipped", Purpose::Transactional).await.unwrap().message.id;
        world.settle().await;
        world.types(BEA, "thanks for zebracode").await;
        let hand = Hand { author: Author::SYSTEM, name: "a test".to_owned() };
        world.engine.sending_set_workspace(world.ws, hand, true, String::new()).await.unwrap();
        let held = world.sends(CAL, "Your code is zebracode220044", Purpose::Otp).await.unwrap().message.id;
        world.settle().await;
        let shown = json!({ "message": { "id": code.to_string(), "purpose": "otp", "body": "Your code is zebracode491827" } });
        world.engine.store().workspace(world.ws).write(move |tx| {
            let named = Named { caller: "key", operation: "message_create", key: "one" };
            let kept = Kept { request_hash: vec![1], status: 201, body: shown.to_string() };
            idempotency::insert(tx, &named, &kept, 0, NOON)
        }).await.unwrap();
        assert_eq!((found(&world, "zebracode491827").await, found(&world, "zebracode117733").await), (1, 1));
        assert_eq!(preview(&world, ADA).await, "Your code is zebracode491827");

        world.clock.advance(23 * HOUR);
        assert_eq!(due(&world).await, (Some(1), 0));
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 0, "a day is not over");
        world.clock.advance(25 * HOUR);
        assert_eq!(due(&world).await, (Some(1), 3), "nobody set a term, and one holds");
        let would = world.engine.retention_due(world.ws, Category::Codes, 7).await.unwrap();
        assert_eq!(would, (0, None));
        assert_eq!(world.message(code).await.body, "Your code is zebracode491827", "asking changes nothing");

        // What may still leave keeps its words.
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 2);
        let texts = [world.message(code).await, world.message(answered).await];
        assert!(texts.iter().all(|text| text.body.is_empty() && text.state == State::Delivered), "{texts:?}");
        assert_eq!(world.message(order).await.body, "Your order zebracode55 has shipped");
        assert_eq!(world.message(held).await.body, "Your code is zebracode220044");
        assert_eq!((preview(&world, ADA).await.as_str(), preview(&world, BEA).await.as_str()), ("••••••", "thanks for zebracode"));
        assert_eq!((found(&world, "zebracode491827").await, found(&world, "zebracode117733").await), (0, 0));
        assert_eq!(found(&world, "zebracode55").await, 1);
        assert_eq!(world.phone(ADA).await, [""]);
        assert_eq!(world.phone(BEA).await, ["", "Your order zebracode55 has shipped"]);
        let kept: serde_json::Value = serde_json::from_str(&kept(&world).await).unwrap();
        assert_eq!(kept, json!({ "message": { "id": code.to_string(), "purpose": "otp", "body": "" } }));
        // Made anew, the index does not find them either.
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        assert_eq!(found(&world, "zebracode491827").await, 0);
        let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
        assert_eq!(found.problems, []);
        assert_eq!(due(&world).await, (Some(1), 1));
        world.clock.advance(25 * HOUR);
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 0, "what is held is left");
    }

    async fn a_longer_term_may_be_set_and_none_is_a_day(world) {
        let code = world.sends(ADA, "Your code is zebracode491827", Purpose::Otp).await.unwrap().message.id;
        world.settle().await;
        world.engine.retention_set(world.ws, Actor::Cli, Category::Codes, Some(3)).await.unwrap();
        world.clock.advance(49 * HOUR);
        assert_eq!((world.engine.retention_round(world.ws).await.unwrap(), due(&world).await), (0, (Some(3), 0)));
        world.engine.retention_set(world.ws, Actor::Cli, Category::Codes, None).await.unwrap();
        assert_eq!(due(&world).await, (Some(1), 1));
        world.clock.advance(25 * HOUR);
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 1);
        assert_eq!(world.message(code).await.body, "");
    }

    async fn a_code_whose_words_are_gone_is_not_sent_again(world) {
        let faults = Faults { reject_code: Some("30006".to_owned()), ..Faults::none() };
        world.engine.simulator_faults_set(world.account, faults);
        let code = world.sends(ADA, "Your code is zebracode491827", Purpose::Otp).await.unwrap().message.id;
        world.settle().await;
        assert_eq!(world.message(code).await.state, State::Failed);
        world.engine.simulator_faults_set(world.account, Faults::none());
        world.clock.advance(25 * HOUR);
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 1);
        let again = world.engine.message_retry(world.ws, Author::SYSTEM, code, Keep::NOTHING).await;
        assert!(matches!(again, Err(RetryError::NotRetryable(State::Failed))), "{again:?}");
    }
}
