//! A reply goes out.

use crate::on_both;
use channels::simulator::Faults;
use domain::address::Address;
use domain::message::{Purpose, State};
use engine::reply::{Author, Destination, ReplyError};
use engine::sending::Hand;
use store::conversation::View;

const AVA: &str = "+12125550101";
/// A number whose zone is Eastern alone.
const HOUR: i64 = 60 * 60 * 1000;

fn hand() -> Hand {
    Hand { author: Author::SYSTEM, name: "Test".to_owned() }
}

on_both! {
    async fn a_reply_reaches_the_phone_and_delivered_follows(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi Ava").await.unwrap();
        assert_eq!(reply.message.state, State::Queued);
        assert_eq!(world.list(View::Waiting).await.len(), 0, "answered");
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["Hi Ava"]);
        assert_eq!(world.message(reply.message.id).await.state, State::Delivered);
        let decisions = world.engine.store().workspace(world.ws)
            .read(move |tx| store::decision::of_message(tx, reply.message.id)).await.unwrap();
        assert_eq!(decisions.len(), 1);
        let record: domain::gate::Decision = serde_json::from_str(&decisions[0].2).unwrap();
        assert_eq!((record.verdict.word(), record.pack.as_str()), ("send", "us_federal_0"));
    }

    async fn the_same_id_twice_is_one_text(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let text = world.text("Hi");
        let to = Destination::Conversation { id, after_seq: None };
        let first = world.engine.text_accept(world.ws, to.clone(), text.clone()).await.unwrap();
        let again = world.engine.text_accept(world.ws, to.clone(), text.clone()).await.unwrap();
        assert!(again.repeated && !first.repeated);
        let other = engine::reply::NewText { body: "Bye".to_owned(), ..text };
        assert!(matches!(world.engine.text_accept(world.ws, to, other).await, Err(ReplyError::IdTaken)));
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["Hi"]);
    }

    async fn a_writer_who_has_not_seen_the_newest_text_is_stopped(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        world.types(AVA, "never mind").await;
        let to = Destination::Conversation { id, after_seq: Some(1) };
        match world.engine.text_accept(world.ws, to, world.text("On it")).await {
            Err(ReplyError::Stale { missed }) => assert_eq!(missed[0].body, "never mind"),
            other => panic!("{other:?}"),
        }
    }

    async fn a_text_of_ours_in_the_night_is_held_until_morning(world) {
        // 10 pm in New York; the number is Eastern.
        world.clock.advance(9 * HOUR);
        let held = world.sends(AVA, "Your order shipped", Purpose::Transactional).await.unwrap();
        assert_eq!((held.message.state, held.message.reason_code.as_deref()), (State::Held, Some("quiet_hours")));
        let until = held.message.held_until.unwrap();
        assert_eq!(until, testkit::world::NOON + 19 * HOUR, "8 am Eastern");
        world.settle().await;
        assert!(world.phone(AVA).await.is_empty());
        world.clock.advance(until - testkit::world::NOON - 9 * HOUR);
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["Your order shipped"]);
    }

    async fn a_stop_switch_stops_what_waits_and_what_comes(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let waiting = world.answers(id, "one").await.unwrap();
        world.engine.sending_set_workspace(world.ws, hand(), true, "drill".to_owned()).await.unwrap();
        let refused = world.answers(id, "two").await.unwrap();
        assert_eq!(refused.message.reason_code.as_deref(), Some("sending_stopped"));
        world.settle().await;
        assert_eq!(world.message(waiting.message.id).await.state, State::Refused);
        assert!(world.phone(AVA).await.is_empty());
        world.types(AVA, "still there?").await;
        assert_eq!(world.list(View::Open).await[0].preview, "still there?", "inbound goes on");
        world.engine.sending_set_workspace(world.ws, hand(), false, String::new()).await.unwrap();
        world.engine.sending_set_server(hand(), true, "drill".to_owned()).await.unwrap();
        assert_eq!(world.answers(id, "three").await.unwrap().message.reason_code.as_deref(), Some("sending_stopped"));
        world.engine.sending_set_server(hand(), false, String::new()).await.unwrap();
        assert_eq!(world.answers(id, "four").await.unwrap().message.state, State::Queued);
    }

    async fn a_claim_that_nobody_answered_becomes_ambiguous_and_is_never_sent_again(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap();
        drop(world.engine.send_claim_one(world.ws, world.account).await.unwrap());
        assert_eq!(world.message(reply.message.id).await.state, State::HandingOver);
        // The process died here; the next one finds the claim.
        assert_eq!(world.engine.send_sweep_at_start(world.ws).await.unwrap(), 1);
        assert_eq!(world.message(reply.message.id).await.state, State::Ambiguous);
        world.clock.advance(48 * HOUR);
        world.settle().await;
        assert!(world.phone(AVA).await.is_empty());
        assert_eq!(world.list(View::Failed).await.len(), 1, "a person sees it");
    }

    async fn a_hand_over_that_comes_too_late_goes_back_and_through_the_gate_again(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap();
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
        world.clock.advance(251);
        world.engine.send_hand_over(world.ws, &account, claimed.cleared).await.unwrap();
        assert_eq!(world.message(reply.message.id).await.state, State::Queued);
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["Hi"]);
    }

    async fn a_busy_provider_is_tried_later_and_a_lost_answer_never(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        world.engine.simulator_faults_set(world.account, Faults { throttle_per_second: Some(0), ..Faults::none() });
        let busy = world.answers(id, "one").await.unwrap();
        world.settle().await;
        assert_eq!(world.message(busy.message.id).await.state, State::Queued);
        world.engine.simulator_faults_set(world.account, Faults::none());
        world.clock.advance(70_000);
        world.settle().await;
        assert_eq!(world.message(busy.message.id).await.state, State::Delivered);
        world.engine.simulator_faults_set(world.account, Faults { reject_code: Some("carrier_filtered".to_owned()), ..Faults::none() });
        let rejected = world.answers(id, "two").await.unwrap();
        world.settle().await;
        let row = world.message(rejected.message.id).await;
        assert_eq!((row.state, row.reason_code.as_deref()), (State::Failed, Some("carrier_filtered")));
    }

    async fn a_new_number_can_be_texted_first_and_answers_into_the_same_thread(world) {
        let to = Destination::Address { inbox: world.inbox, to: Address::parse("+12125550177"), name: Some("Bo".to_owned()) };
        let first = world.engine.text_accept(world.ws, to, world.text("Your chair is ready")).await.unwrap();
        assert_eq!(first.message.state, State::Queued);
        world.settle().await;
        world.types("+12125550177", "great").await;
        let open = world.list(View::Open).await;
        assert_eq!((open.len(), open[0].id, open[0].customer_name.as_str()), (1, first.message.conversation_id, "Bo"));
    }
}
