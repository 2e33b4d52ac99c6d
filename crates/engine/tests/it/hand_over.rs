//! A reply goes out.

use crate::on_both;
use channels::simulator::Faults;
use domain::address::Address;
use domain::message::{Origin, Purpose, State};
use domain::outcome::Submission;
use engine::idempotency::Keep;
use engine::reply::{Author, Destination, NewText, ReplyError};
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
        let record: domain::gate::Decision = serde_json::from_str(&decisions[0].record).unwrap();
        assert_eq!((record.verdict.word(), record.pack.as_str()), ("send", "default_2"));
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

    async fn the_same_id_for_another_recipient_is_refused(world) {
        let to = |number: &str| Destination::Address { inbox: world.inbox, to: Address::parse(number), name: None };
        let text = world.text("Hi");
        let all = [AVA, "+12125550102", AVA].map(|number| (to(number), text.clone())).to_vec();
        for round in 0..2 {
            let answers = world.engine.texts_accept(world.ws, all.clone(), Keep::NOTHING).await.unwrap();
            let first = answers[0].as_ref().unwrap();
            assert_eq!(first.repeated, round > 0);
            assert!(matches!(answers[1], Err(ReplyError::IdTaken)), "{round}: {:?}", answers[1]);
            assert!(answers[2].as_ref().unwrap().repeated);
            let thread = |id| (Destination::Conversation { id, after_seq: None }, text.clone());
            let known = world.engine.texts_accept(world.ws, vec![thread(first.message.conversation_id)], Keep::NOTHING).await.unwrap();
            assert!(known[0].as_ref().unwrap().repeated);
        }
        assert!(matches!(world.engine.text_accept(world.ws, to("+12125550102"), text).await, Err(ReplyError::IdTaken)));
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["Hi"]);
    }

    async fn an_answer_written_down_twice_gives_nothing_back_twice(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi Ava").await.unwrap();
        let claim = || async {
            let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
            claimed.cleared.into_iter().map(|text| text.spend().attempt).collect::<Vec<_>>()
        };
        let settle = |attempt, answer| world.engine.send_settle(world.ws, world.account, vec![(attempt, answer)]);
        let first = claim().await[0];
        settle(first, Submission::HandedBack).await.unwrap();
        let second = claim().await[0];
        // The commit's own answer was lost, so it is written again; another attempt is under way by now.
        settle(first, Submission::HandedBack).await.unwrap();
        assert!(claim().await.is_empty(), "claimed once more while the second attempt is at the provider");
        settle(second, Submission::Taken { provider_id: "p-2".to_owned(), parts: None }).await.unwrap();
        assert_eq!(world.message(reply.message.id).await.state, State::Accepted);
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

    async fn a_text_that_would_arrive_in_the_night_dies_with_its_window(world) {
        // A minute before 9 pm in New York, and a carrier that takes five.
        world.clock.advance(8 * HOUR - 60_000);
        // The carrier learns what time it is before it carries anything.
        world.carry().await;
        world.engine.simulator_faults_set(world.account, Faults { delay_ms: 5 * 60_000, ..Faults::none() });
        let late = world.sends(AVA, "Your order shipped", Purpose::Transactional).await.unwrap();
        assert_eq!(late.message.state, State::Queued);
        world.settle().await;
        world.clock.advance(10 * 60_000);
        world.settle().await;
        assert_eq!(world.message(late.message.id).await.state, State::Undelivered);
        assert!(world.phone(AVA).await.is_empty(), "nobody is woken");
    }

    async fn a_stop_switch_stops_what_waits_and_what_comes(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let waiting = world.answers(id, "one").await.unwrap();
        world.engine.sending_set_workspace(world.ws, hand(), true, "drill".to_owned()).await.unwrap();
        let refused = world.answers(id, "two").await.unwrap();
        assert_eq!((refused.message.state, refused.message.reason_code.as_deref()), (State::Refused, Some("sending_stopped")));
        world.settle().await;
        // What was accepted is nobody's to destroy: it waits, and says why.
        let row = world.message(waiting.message.id).await;
        assert_eq!((row.state, row.reason_code.as_deref(), row.held_until), (State::Held, Some("sending_stopped"), None));
        assert!(world.phone(AVA).await.is_empty());
        let told = world.engine.events_last(world.ws).await.unwrap();
        world.clock.advance(HOUR);
        assert_eq!(world.engine.dispatch_round().await.unwrap(), 0, "what is stopped is claimed once, not in a loop");
        world.engine.sweep_round(world.ws).await.unwrap();
        assert_eq!(world.engine.events_last(world.ws).await.unwrap(), told);
        world.types(AVA, "still there?").await;
        assert_eq!(world.list(View::Open).await[0].preview, "still there?", "inbound goes on");
        world.engine.sending_set_workspace(world.ws, hand(), false, String::new()).await.unwrap();
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["one"], "it leaves once the switch is lifted");
        assert_eq!(world.message(waiting.message.id).await.state, State::Delivered);
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["one"]);
        world.engine.sending_set_server(hand(), true, "drill".to_owned()).await.unwrap();
        assert_eq!(world.answers(id, "three").await.unwrap().message.reason_code.as_deref(), Some("sending_stopped"));
        world.engine.sending_set_server(hand(), false, String::new()).await.unwrap();
        assert_eq!(world.answers(id, "four").await.unwrap().message.state, State::Queued);
    }

    async fn what_a_switch_holds_can_be_taken_back_opted_out_of_and_grow_too_old(world) {
        let numbers = ["+12125550101", "+12125550102", "+12125550103", "+12125550104"];
        let mut waiting = Vec::new();
        for number in numbers {
            waiting.push(world.sends(number, "Your order shipped", Purpose::Transactional).await.unwrap().message.id);
        }
        let short = NewText {
            origin: Origin::Api,
            purpose: Purpose::Otp,
            valid_until: Some(world.engine.now() + 60_000),
            ..world.text("Your code is 123456")
        };
        let to = Destination::Address { inbox: world.inbox, to: Address::parse("+12125550105"), name: None };
        waiting.push(world.engine.text_accept(world.ws, to, short).await.unwrap().message.id);
        world.engine.sending_set_server(hand(), true, "drill".to_owned()).await.unwrap();
        // A second switch holds what the first has let go.
        world.engine.sending_set_inbox(world.ws, world.inbox, hand(), true, "drill".to_owned()).await.unwrap();
        world.settle().await;
        for id in &waiting {
            assert_eq!(world.message(*id).await.state, State::Held);
        }
        assert!(world.engine.text_cancel(world.ws, waiting[0]).await.unwrap());
        world.types(numbers[1], "STOP").await;
        assert_eq!(world.message(waiting[1]).await.reason_code.as_deref(), Some("opted_out"));
        world.clock.advance(61_000);
        world.engine.sending_set_server(hand(), false, String::new()).await.unwrap();
        world.settle().await;
        assert!(world.phone(numbers[2]).await.is_empty(), "the inbox is stopped too");
        // The process dies between the switch and what it lets go.
        let (inbox, ws) = (world.inbox, world.ws);
        world.engine.store().workspace(ws).write(move |tx| {
            let mut row = store::inbox::get(tx, inbox)?.unwrap();
            row.stopped_at = None;
            store::inbox::update(tx, &row).map(drop)
        }).await.unwrap();
        world.settle().await;
        assert!(world.phone(numbers[2]).await.is_empty());
        world.engine.sweep_round(world.ws).await.unwrap();
        world.settle().await;
        assert_eq!(world.phone(numbers[2]).await, ["Your order shipped"]);
        assert_eq!(world.phone(numbers[3]).await, ["Your order shipped"]);
        assert!(world.phone(numbers[0]).await.is_empty() && world.phone("+12125550105").await.is_empty());
        let old = world.message(waiting[4]).await;
        assert_eq!((old.state, old.reason_code.as_deref()), (State::Refused, Some("expired")));
        // The confirmation of the STOP was owed and could leave in time.
        assert_eq!(world.phone(numbers[1]).await.len(), 1);
    }

    async fn a_confirmation_owed_while_sending_is_stopped_leaves_within_five_minutes_or_never(world) {
        world.types(AVA, "hello").await;
        for (minutes, number) in [(4, AVA), (6, "+12125550102")] {
            world.types(number, "hello").await;
            world.engine.sending_set_workspace(world.ws, hand(), true, "drill".to_owned()).await.unwrap();
            world.types(number, "STOP").await;
            let id = world.list(View::All).await.into_iter().find(|row| row.address == number).unwrap().id;
            let owed = world.thread(id).await.pop().unwrap();
            assert_eq!((owed.state, owed.reason_code.as_deref(), owed.held_until), (State::Held, Some("sending_stopped"), None));
            world.settle().await;
            world.clock.advance(minutes * 60_000);
            world.engine.sending_set_workspace(world.ws, hand(), false, String::new()).await.unwrap();
            world.settle().await;
            let owed = world.message(owed.id).await;
            if minutes < 5 {
                assert_eq!((owed.state, world.phone(number).await.len()), (State::Delivered, 1));
                continue;
            }
            assert_eq!((owed.state, owed.reason_code.as_deref()), (State::Refused, Some("expired")));
            assert!(world.phone(number).await.is_empty());
            let decisions = world.engine.store().workspace(world.ws)
                .read(move |tx| store::decision::of_message(tx, owed.id)).await.unwrap();
            let verdicts: Vec<_> = decisions.iter().map(|row| {
                let record: domain::gate::Decision = serde_json::from_str(&row.record).unwrap();
                (record.verdict.word(), record.code)
            }).collect();
            let (held, expired) = (("hold", "sending_stopped".to_owned()), ("refuse", "expired".to_owned()));
            assert_eq!(verdicts, [held, expired], "each is on record");
        }
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
