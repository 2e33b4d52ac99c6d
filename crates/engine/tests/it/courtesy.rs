//! The shop's own caps and courtesy, from acceptance to the phone.

use crate::on_both;
use domain::address::Address;
use domain::gate::{Caps, Courtesy, Priority, SendingPolicy, Verdict};
use domain::id::{ConversationId, MessageId};
use domain::limits::{COURTESY_AGAIN_MS, PRIORITY_AGAIN_MS};
use domain::message::{Origin, Purpose, State};
use engine::audit::Actor;
use engine::conversation::{Change, ConversationError};
use engine::reply::{Author, Destination, NewText};
use engine::workspaces::WorkspaceChange;
use store::conversation::View;
use store::{Scope, Sql};
use testkit::world::World;

const AVA: &str = "+12125550101";
/// Ava's other number.
const OTHER: &str = "+12125550102";
const HOUR: i64 = 60 * 60 * 1000;
const DAY: i64 = 24 * HOUR;
const SALE: &str = "Fern: the boots are in. Reply STOP to cancel";

static ONE_CUSTOMER: Sql = Sql {
    cold: None,
    name: "ONE_CUSTOMER",
    scope: Scope::Server,
    text: "update identities set customer_id = (select customer_id from identities where address = $1)
        where address = $2",
};

async fn set(world: &World, policy: SendingPolicy) {
    let change = WorkspaceChange { policy: Some(policy), ..WorkspaceChange::default() };
    world.engine.workspace_change(world.ws, Actor::System, change).await.unwrap();
}

fn one_a_day() -> SendingPolicy {
    SendingPolicy { caps: Caps { day: Some(1), ..Caps::NONE }, ..SendingPolicy::default() }
}

async fn sells(world: &World, to: &str, origin: Origin) -> MessageId {
    let to = Destination::Address { inbox: world.inbox, to: Address::parse(to), name: None };
    let text = NewText { origin, purpose: Purpose::Marketing, ..world.text(SALE) };
    world.engine.text_accept(world.ws, to, text).await.unwrap().message.id
}

async fn stands(world: &World, id: MessageId) -> (State, Option<String>, Option<i64>) {
    let row = world.message(id).await;
    (row.state, row.reason_code, row.held_until)
}

fn held(code: &str, until: i64) -> (State, Option<String>, Option<i64>) {
    (State::Held, Some(code.to_owned()), Some(until))
}

async fn state(world: &World, id: MessageId) -> State {
    world.message(id).await.state
}

async fn talk(world: &World) -> ConversationId {
    world.list(View::All).await.into_iter().find(|row| row.last_inbound_at.is_some()).unwrap().id
}

async fn change(world: &World, id: ConversationId, change: Change) {
    world.engine.conversation_change(world.ws, id, Author::SYSTEM, change).await.unwrap();
}

/// The last verdict on a text has a fix for its code.
async fn told(world: &World, id: MessageId) {
    let verdicts = world.engine.message_decisions(world.ws, id).await.unwrap().unwrap();
    let decision = &verdicts.last().unwrap().decision;
    let found = decision.findings.iter().find(|found| found.code == decision.code).unwrap();
    assert!(found.fix.is_some() && found.rule == found.code, "{found:?}");
}

on_both! {
    async fn a_new_workspace_has_the_default_policy_and_a_change_is_audited(world) {
        let row = world.engine.workspace_get(world.ws).await.unwrap().unwrap();
        assert_eq!(row.policy, SendingPolicy::default());
        let order = [Origin::Campaign, Origin::Flow, Origin::Bot, Origin::Api, Origin::Person];
        let policy = SendingPolicy {
            caps: Caps { day: Some(1), week: None, month: Some(9) },
            priority: Priority::of(&order).unwrap(),
            courtesy: Courtesy { open_conversations: false, complaints: true },
        };
        set(&world, policy).await;
        let row = world.engine.workspace_get(world.ws).await.unwrap().unwrap();
        assert_eq!(row.policy, policy);
        let audit = world.engine.audit_page(world.ws, engine::AuditFilter::default(), None, 1).await.unwrap();
        assert_eq!(audit[0].action, "workspace.change");
        assert!(audit[0].detail.contains(r#""week":null"#) && audit[0].detail.contains(r#""campaign","flow""#), "{}", audit[0].detail);
    }

    async fn what_was_accepted_together_does_not_pass_a_cap_together(world) {
        set(&world, one_a_day()).await;
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        let mut all = Vec::new();
        for origin in [Origin::Campaign, Origin::Flow, Origin::Bot, Origin::Api, Origin::Person] {
            all.push(sells(&world, AVA, origin).await);
        }
        for id in &all {
            assert_eq!(state(&world, *id).await, State::Queued);
        }
        let left_at = world.engine.now();
        world.settle().await;
        // Five texts of five senders, one place: the person's.
        assert_eq!(state(&world, all[4]).await, State::Delivered);
        for id in &all[..4] {
            assert_eq!(stands(&world, *id).await, held("shop_cap", left_at + DAY));
            told(&world, *id).await;
        }
        // Each day opens one place, for who comes first of those that are left.
        for next in [2, 1, 0, 3] {
            assert_eq!(state(&world, all[next]).await, State::Held);
            world.clock.advance(DAY);
            world.settle().await;
            assert_eq!(state(&world, all[next]).await, State::Delivered, "{next}");
        }
        assert_eq!(world.phone(AVA).await.len(), 5);
    }

    async fn a_cap_is_the_customers_by_whichever_number(world) {
        set(&world, SendingPolicy { courtesy: Courtesy { open_conversations: false, complaints: false }, ..one_a_day() }).await;
        world.types(AVA, "hello").await;
        world.types(OTHER, "it is me, too").await;
        let text = |text: &str| store::Val::Text(text.to_owned());
        let numbers = [text(AVA), text(OTHER)];
        world.engine.store().server().write(move |tx| tx.exec(&ONE_CUSTOMER, &numbers)).await.unwrap();
        world.agrees(AVA).await;
        world.agrees(OTHER).await;
        world.clock.advance(1_000);
        let first = sells(&world, AVA, Origin::Campaign).await;
        let second = sells(&world, OTHER, Origin::Campaign).await;
        let left_at = world.engine.now();
        world.settle().await;
        let states = [stands(&world, first).await, stands(&world, second).await];
        assert!(states.contains(&held("shop_cap", left_at + DAY)), "{states:?}");
        assert!(states.iter().any(|(state, ..)| *state == State::Delivered), "{states:?}");
    }

    async fn a_week_counts_what_a_day_has_forgotten_and_a_raised_cap_lets_go_at_once(world) {
        let policy = SendingPolicy { caps: Caps { week: Some(2), ..Caps::NONE }, ..SendingPolicy::default() };
        set(&world, policy).await;
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        let first_at = world.engine.now();
        for _ in 0..2 {
            sells(&world, AVA, Origin::Campaign).await;
            world.settle().await;
            world.clock.advance(2 * DAY);
        }
        let third = sells(&world, AVA, Origin::Campaign).await;
        assert_eq!(stands(&world, third).await, held("shop_cap", first_at + 7 * DAY));
        set(&world, SendingPolicy { caps: Caps { week: Some(3), ..Caps::NONE }, ..SendingPolicy::default() }).await;
        world.settle().await;
        assert_eq!(state(&world, third).await, State::Delivered);
    }

    async fn a_text_of_higher_priority_goes_first_also_in_a_later_claim(world) {
        let order = [Origin::Campaign, Origin::Flow, Origin::Bot, Origin::Api, Origin::Person];
        set(&world, SendingPolicy { priority: Priority::of(&order).unwrap(), ..one_a_day() }).await;
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        let person = sells(&world, AVA, Origin::Person).await;
        let campaign = sells(&world, AVA, Origin::Campaign).await;
        let asked_at = world.engine.now();
        // People's texts are claimed before those of programs: this one lets the campaign's go by.
        world.settle().await;
        assert_eq!(stands(&world, person).await, held("shop_priority", asked_at + PRIORITY_AGAIN_MS));
        told(&world, person).await;
        assert_eq!(state(&world, campaign).await, State::Delivered);
        world.clock.advance(PRIORITY_AGAIN_MS);
        world.settle().await;
        assert_eq!(stands(&world, person).await, held("shop_cap", asked_at + DAY));
        // What is held itself goes before nobody.
        let later = sells(&world, AVA, Origin::Campaign).await;
        assert_eq!(state(&world, later).await, State::Held);
        world.clock.advance(DAY);
        world.settle().await;
        let states = [state(&world, person).await, state(&world, later).await];
        assert!(states.contains(&State::Delivered) && states.contains(&State::Held), "{states:?}");
    }

    async fn marketing_waits_for_a_talk_to_end(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, "where is my order?").await;
        let (wrote_at, id) = (world.engine.now(), talk(&world).await);
        let sale = sells(&world, AVA, Origin::Campaign).await;
        assert_eq!(stands(&world, sale).await, held("open_conversation", wrote_at + COURTESY_AGAIN_MS));
        told(&world, sale).await;
        // Nobody else waits: not an order text, not the answer.
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        world.settle().await;
        world.clock.advance(2 * HOUR);
        let answer = world.answers(id, "It left yesterday").await.unwrap().message.id;
        world.settle().await;
        assert_eq!((state(&world, order).await, state(&world, answer).await), (State::Delivered, State::Delivered));
        // Answered, it is asked about at once: now the talk's own day is all that holds it.
        assert_eq!(stands(&world, sale).await, held("open_conversation", wrote_at + DAY));
        change(&world, id, Change::Snooze(world.engine.now() + HOUR)).await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Held, "snoozed is not over");
        change(&world, id, Change::Close).await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Delivered);
        assert_eq!(world.phone(AVA).await, ["your parcel left", "It left yesterday", SALE]);
    }

    async fn a_talk_that_begins_while_a_text_waits_stops_it_at_its_claim(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        let sale = sells(&world, AVA, Origin::Campaign).await;
        world.types(AVA, "hi").await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Held);
        // Nobody answers: it is looked at once a day, and waits on.
        for day in 1..4 {
            world.clock.advance(DAY);
            world.settle().await;
            assert_eq!(stands(&world, sale).await, held("open_conversation", world.engine.now() + COURTESY_AGAIN_MS), "{day}");
        }
        // An answer days later ends it, since nobody wrote for longer than a day.
        world.answers(talk(&world).await, "Hello!").await.unwrap();
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Delivered);
    }

    async fn a_complaint_rests_marketing_until_it_is_settled(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, "This is ridiculous, I want my money back").await;
        let id = talk(&world).await;
        let row = world.engine.conversation_get(world.ws, None, id).await.unwrap().unwrap().rows.pop().unwrap();
        assert_eq!((row.complaint_at, row.complaint_by.as_deref()), (Some(world.engine.now()), Some("angry")));
        world.answers(id, "We are sorry").await.unwrap();
        world.clock.advance(3 * DAY);
        let sale = sells(&world, AVA, Origin::Flow).await;
        assert_eq!(stands(&world, sale).await, held("complaint_open", world.engine.now() + COURTESY_AGAIN_MS));
        told(&world, sale).await;
        // Its answer ends no complaint.
        world.answers(id, "Your money is on its way").await.unwrap();
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Held);
        change(&world, id, Change::Complaint(false)).await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Delivered);
        // A member sees what no row of words does, and closing settles it.
        change(&world, id, Change::Complaint(true)).await;
        let sale = sells(&world, AVA, Origin::Flow).await;
        assert_eq!(world.message(sale).await.reason_code.as_deref(), Some("complaint_open"));
        change(&world, id, Change::Close).await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Delivered);
        let closed = world.engine.conversation_change(world.ws, id, Author::SYSTEM, Change::Complaint(true)).await;
        assert_eq!(closed.unwrap_err(), ConversationError::Closed);
        let lines: Vec<String> = world.thread(id).await.into_iter().filter_map(|row| row.data).collect();
        assert!(["complaint_settled", "complaint_opened"].iter().all(|what| lines.iter().any(|line| line.contains(what))), "{lines:?}");
        let actions = world.engine.audit_page(world.ws, engine::AuditFilter::default(), None, 50).await.unwrap();
        for action in ["conversation.complaint_open", "conversation.complaint_settle"] {
            assert_eq!(actions.iter().filter(|row| row.action == action).count(), 1, "{action}");
        }
    }

    async fn whoever_asks_for_their_data_is_told_of_the_complaint(world) {
        world.types(AVA, "This is unacceptable").await;
        let row = world.list(View::All).await.remove(0);
        assert_eq!(row.complaint_by.as_deref(), Some("angry"));
        let wish = world.engine.access_wish(world.ws, Actor::System, row.customer_id).await.unwrap();
        world.engine.pack_make(world.ws, wish.id).await.unwrap();
        let part = world.engine.pack_part(world.ws, wish.id, 0).await.unwrap().unwrap();
        let files = engine::evidence::pack_open(&part).unwrap();
        let person = files.iter().find(|file| file.name == "person.json").unwrap();
        let person: serde_json::Value = serde_json::from_slice(&person.content).unwrap();
        let told = &person["complaints"][0];
        assert_eq!((&told["found_by"], &told["conversation"]), (&"angry".into(), &row.id.to_string().into()), "{told}");
        change(&world, row.id, Change::Complaint(false)).await;
        assert_eq!(world.list(View::All).await[0].complaint_at, None);
    }

    async fn without_courtesy_only_the_law_holds(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, "You are scammers, this is ridiculous").await;
        let sale = sells(&world, AVA, Origin::Campaign).await;
        assert_eq!(state(&world, sale).await, State::Held);
        let off = SendingPolicy {
            caps: Caps::NONE,
            courtesy: Courtesy { open_conversations: false, complaints: false },
            ..SendingPolicy::default()
        };
        set(&world, off).await;
        world.settle().await;
        assert_eq!(state(&world, sale).await, State::Delivered, "what waited is asked about at once");
        for _ in 0..8 {
            let sale = sells(&world, AVA, Origin::Campaign).await;
            world.settle().await;
            assert_eq!(state(&world, sale).await, State::Delivered);
        }
    }

    async fn what_has_an_end_is_held_and_not_refused(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, "hi").await;
        let end = world.engine.now() + 5 * HOUR;
        let to = Destination::Address { inbox: world.inbox, to: Address::parse(AVA), name: None };
        let text = NewText { origin: Origin::Campaign, purpose: Purpose::Marketing, valid_until: Some(end), ..world.text(SALE) };
        let kept = world.engine.text_accept(world.ws, to.clone(), text.clone()).await.unwrap();
        assert_eq!(kept.decision.unwrap().verdict, Verdict::Hold { until: end - 1 });
        let lost = world.engine.text_accept(world.ws, to, NewText { message: world.engine.new_id(), ..text }).await.unwrap().message.id;
        world.clock.advance(HOUR);
        change(&world, talk(&world).await, Change::Close).await;
        world.settle().await;
        assert_eq!(state(&world, kept.message.id).await, State::Delivered);
        assert_eq!(state(&world, lost).await, State::Delivered);
        // Another whose talk does not end in time is refused, and says why.
        world.types(AVA, "do you have them in red?").await;
        let to = Destination::Address { inbox: world.inbox, to: Address::parse(AVA), name: None };
        let text = NewText { origin: Origin::Campaign, purpose: Purpose::Marketing, valid_until: Some(end), ..world.text(SALE) };
        let late = world.engine.text_accept(world.ws, to, text).await.unwrap().message.id;
        world.clock.advance(4 * HOUR - 1);
        world.settle().await;
        assert_eq!(stands(&world, late).await, (State::Refused, Some("expires_while_held".to_owned()), None));
    }
}
