//! What the hours hold is held until they open, however long, and never dropped by itself.

use crate::look_up::desk;
use crate::on_both;
use domain::address::Address;
use domain::gate::Verdict;
use domain::id::MessageId;
use domain::message::{Origin, Purpose, State};
use engine::reply::{Destination, NewText};
use testkit::world::{NOON, World};

const AVA: &str = "+12125550101";
const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
/// Nine in the evening in New York, where the day of [`NOON`] ends, and eight in the morning after it.
const CLOSES: i64 = NOON + 8 * HOUR;
const OPENS: i64 = NOON + 19 * HOUR;

async fn stands(world: &World, id: MessageId) -> (State, Option<String>, Option<i64>) {
    let row = world.message(id).await;
    (row.state, row.reason_code, row.held_until)
}

fn held(until: i64) -> (State, Option<String>, Option<i64>) {
    (State::Held, Some("quiet_hours".to_owned()), Some(until))
}

fn refused(code: &str) -> (State, Option<String>, Option<i64>) {
    (State::Refused, Some(code.to_owned()), None)
}

async fn update(world: &World, valid_until: Option<i64>) -> MessageId {
    let to = Destination::Address { inbox: world.inbox, to: Address::parse(AVA), name: None };
    let text = NewText {
        origin: Origin::Api,
        purpose: Purpose::Transactional,
        valid_until,
        ..world.text("Your order shipped")
    };
    world.engine.text_accept(world.ws, to, text).await.unwrap().message.id
}

on_both! {
    async fn a_text_that_waits_for_its_hours_is_never_too_old(world) {
        world.clock.advance(10 * HOUR);
        let new = update(&world, None).await;
        assert_eq!(stands(&world, new).await, held(OPENS));
        // Nobody looked for nine days, and now it is night again.
        world.clock.advance(9 * DAY);
        world.settle().await;
        assert_eq!(stands(&world, new).await, held(OPENS + 9 * DAY));
        // It waits on behind a provider that is away in the one open hour, and is still not too old.
        world.clock.advance(9 * DAY);
        world.settle().await;
        assert_eq!(stands(&world, new).await, held(OPENS + 18 * DAY));
        world.clock.advance(9 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, new).await.0, State::Delivered);
        let verdicts = world.engine.message_decisions(world.ws, new).await.unwrap().unwrap();
        let last = &verdicts.last().unwrap().decision;
        assert_eq!((last.verdict, last.valid_until), (Verdict::Send, Some(CLOSES + 19 * DAY)), "it dies as the hours end");
        assert_eq!(world.phone(AVA).await, ["Your order shipped"]);
    }

    async fn what_the_claim_holds_is_as_patient(world) {
        world.clock.advance(7 * HOUR);
        let due = update(&world, None).await;
        assert_eq!(stands(&world, due).await.0, State::Queued);
        world.clock.advance(3 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, due).await, held(OPENS));
        world.clock.advance(15 * DAY);
        world.settle().await;
        assert_eq!(stands(&world, due).await, held(OPENS + 15 * DAY));
        // A carrier that takes nothing for now changes nothing about that.
        let busy = channels::simulator::Faults {
            reject_code: Some("rate_limited".to_owned()),
            ..channels::simulator::Faults::none()
        };
        world.engine.simulator_faults_set(world.account, busy);
        world.clock.advance(9 * HOUR);
        world.engine.dispatch_round().await.unwrap();
        assert_eq!(stands(&world, due).await.0, State::Queued);
        world.engine.simulator_faults_set(world.account, channels::simulator::Faults::none());
        world.clock.advance(HOUR);
        world.settle().await;
        assert_eq!(stands(&world, due).await.0, State::Delivered);
    }

    async fn its_senders_own_word_ends_it_and_is_what_is_told(world) {
        world.clock.advance(10 * HOUR);
        let now = world.engine.now();
        let hopeless = update(&world, Some(now + HOUR)).await;
        assert_eq!(stands(&world, hopeless).await, refused("expires_while_held"));
        let own = update(&world, Some(now + 10 * HOUR)).await;
        assert_eq!(stands(&world, own).await, held(OPENS));
        world.clock.advance(DAY);
        world.settle().await;
        assert_eq!(stands(&world, own).await, refused("expired"));
        assert!(world.phone(AVA).await.is_empty());
    }

    async fn what_was_due_for_a_week_is_given_up_still(world) {
        let due = update(&world, None).await;
        world.clock.advance(7 * DAY);
        world.settle().await;
        assert_eq!(stands(&world, due).await, refused("expired"), "nothing but its provider kept it");
    }

    async fn the_last_second_of_the_hours_is_the_next_mornings(world) {
        let desk = desk(&world, "http://127.0.0.1:9", Vec::new()).await;
        world.clock.advance(CLOSES - NOON - 3_000);
        let to = Destination::Conversation { id: desk.conversation, after_seq: None };
        let text = NewText { origin: Origin::Api, purpose: Purpose::Transactional, ..world.text("Your order shipped") };
        let due = world.engine.text_accept(world.ws, to, text).await.unwrap().message.id;
        assert_eq!(stands(&world, due).await.0, State::Queued);
        world.clock.advance(2_000);
        let claimed = world.engine.send_claim_one(world.ws, desk.account).await.unwrap();
        assert_eq!((claimed.cleared.len(), claimed.stopped), (0, 1), "its provider takes nothing that lives a second");
        assert_eq!(stands(&world, due).await, held(OPENS));
        assert!(world.message(due).await.reason_detail.unwrap().contains("end too soon"));
        world.clock.advance(OPENS - CLOSES + 1_000);
        let claimed = world.engine.send_claim_one(world.ws, desk.account).await.unwrap();
        let lives: Vec<_> = claimed.cleared.iter().map(|text| text.item().valid_until).collect();
        assert_eq!(lives, [Some(CLOSES + DAY - 1)]);
    }
}
