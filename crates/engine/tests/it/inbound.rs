//! A text comes in.

use crate::on_both;
use domain::address::Address;
use domain::conversation::Status;
use domain::message::{Kind, Origin, Purpose, State};
use engine::conversation::Change;
use engine::idempotency::Keep;
use engine::reply::{Author, Destination, NewText};
use store::conversation::View;

const AVA: &str = "+12125550101";
const DAY: i64 = 24 * 60 * 60 * 1000;

on_both! {
    async fn a_text_opens_one_conversation_and_its_repeat_changes_nothing(world) {
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let text = channels::channel::InboundText {
            provider_id: "SM1".to_owned(),
            from: domain::address::Address::parse(AVA),
            to: domain::address::Address::parse("+12025550100"),
            body: "where is my order?".to_owned(),
            media: Vec::new(),
            at: None,
            took_for: None,
            answered: false,
        };
        let first = world.engine.inbound_receive(world.ws, &account, text.clone()).await.unwrap();
        assert!(!first.repeated);
        let last = world.engine.events_last(world.ws).await.unwrap();
        let again = world.engine.inbound_receive(world.ws, &account, text).await.unwrap();
        assert!(again.repeated);
        assert_eq!(again.message, first.message);
        assert_eq!(world.engine.events_last(world.ws).await.unwrap(), last, "a repeat writes no event");
        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0].preview, "where is my order?");
        assert_eq!(open[0].waiting_since, Some(testkit::world::NOON));
        let thread = world.thread(open[0].id).await;
        assert_eq!(thread.len(), 1);
        assert_eq!((thread[0].kind, thread[0].state, thread[0].seq), (Kind::Inbound, State::Received, 1));
    }

    async fn a_number_that_nobody_set_up_becomes_an_inbox_by_the_name_of_the_brand(world) {
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        for (number, to) in ["+18885550142", "+18885550142", "+13125550143"].into_iter().enumerate() {
            let text = channels::channel::InboundText {
                provider_id: format!("SM{number}"),
                from: Address::parse(AVA),
                to: Address::parse(to),
                body: "anybody there?".to_owned(),
                media: Vec::new(),
                at: None,
                took_for: None,
                answered: false,
            };
            world.engine.inbound_receive(world.ws, &account, text).await.unwrap();
        }
        let by = Author::SYSTEM;
        world.engine.inbox_create(world.ws, by, world.account, " ".to_owned(), "+12125550144", &[], Keep::NOTHING)
            .await
            .unwrap();
        let names: Vec<_> = world.engine.inbox_list(world.ws).await.unwrap().into_iter().map(|row| row.name).collect();
        assert_eq!(names, ["Simulated number", "Fern", "Fern 0143", "Fern 0144"]);
    }

    async fn a_closed_conversation_reopens_for_five_days_then_a_new_one_starts(world) {
        world.types(AVA, "hello").await;
        let first = world.list(View::Open).await[0].id;
        let close = || world.engine.conversation_change(world.ws, first, Author::SYSTEM, Change::Close);
        close().await.unwrap();
        assert!(world.list(View::Open).await.is_empty());
        world.clock.advance(5 * DAY);
        world.types(AVA, "one more thing").await;
        assert_eq!(world.list(View::Open).await[0].id, first);
        close().await.unwrap();
        world.clock.advance(5 * DAY + 1);
        world.types(AVA, "something new").await;
        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 1);
        assert_ne!(open[0].id, first);
    }

    async fn a_text_joins_the_open_conversation_though_another_was_touched_later(world) {
        let change = |id, change| world.engine.conversation_change(world.ws, id, Author::SYSTEM, change);
        world.types(AVA, "hello").await;
        let older = world.list(View::Open).await[0].id;
        change(older, Change::Close).await.unwrap();
        world.clock.advance(5 * DAY + 1);
        world.types(AVA, "something new").await;
        let newer = world.list(View::Open).await[0].id;
        assert_ne!(newer, older);
        change(newer, Change::Close).await.unwrap();
        change(older, Change::Reopen).await.unwrap();
        world.types(AVA, "and the old matter?").await;
        let joined = |thread: Vec<store::message::MessageRow>| thread.iter().any(|row| row.body == "and the old matter?");
        assert!(joined(world.thread(older).await), "the newer one is closed");
        // A keyword asks for nothing, and still belongs to the talk that is under way.
        world.types(AVA, "HELP").await;
        assert!(world.thread(older).await.iter().any(|row| row.body == "HELP"));
        // Long after the newer one was closed a text would begin another.
        world.clock.advance(6 * DAY);
        world.types(AVA, "still there?").await;
        assert!(world.thread(older).await.iter().any(|row| row.body == "still there?"));
        // Programs write to addresses, one by one and in batches, beside customers who have none of this.
        let alone = world.sends(AVA, "Your order shipped", Purpose::Transactional).await.unwrap();
        assert_eq!(alone.message.conversation_id, older);
        let batch = [AVA, "+12125550102"].map(|to| {
            let text = NewText { origin: Origin::Api, purpose: Purpose::Transactional, ..world.text("It left") };
            (Destination::Address { inbox: world.inbox, to: Address::parse(to), name: None }, text)
        });
        let answers = world.engine.texts_accept(world.ws, batch.to_vec(), Keep::NOTHING).await.unwrap();
        let threads: Vec<_> = answers.into_iter().map(|answer| answer.unwrap().message.conversation_id).collect();
        assert_eq!(threads[0], older);
        assert!(threads[1] != older && threads[1] != newer);
        // A snoozed one is under way too.
        change(older, Change::Close).await.unwrap();
        change(older, Change::Snooze(world.engine.now() + DAY)).await.unwrap();
        world.types(AVA, "early").await;
        assert_eq!(world.list(View::Open).await.iter().filter(|row| row.address == AVA).map(|row| row.id).collect::<Vec<_>>(), [older]);
        assert_eq!(world.list(View::Closed).await.iter().filter(|row| row.address == AVA).map(|row| row.id).collect::<Vec<_>>(), [newer]);
    }

    async fn two_nodes_that_hear_of_one_customer_at_once_begin_one_conversation(world) {
        world.types(AVA, "hello").await;
        let first = world.list(View::Open).await[0].id;
        world.engine.conversation_change(world.ws, first, Author::SYSTEM, Change::Close).await.unwrap();
        world.clock.advance(5 * DAY + 1);
        let mut nodes = vec![world.engine.clone()];
        if nodes[0].store().engine() == store::Engine::Postgres {
            nodes.push(world.neighbour().await);
        }
        let text = |id: String, to: &str| channels::channel::InboundText {
            body: format!("text {id}"),
            provider_id: id,
            from: Address::parse(AVA),
            to: Address::parse(to),
            media: Vec::new(),
            at: None,
            took_for: None,
            answered: false,
        };
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        for round in 0..40 {
            // They have just written to another number: nothing of theirs is left to change but
            // the conversation, so that no row makes one node wait for the other.
            let elsewhere = text(format!("other {round}"), "+12025550199");
            world.engine.inbound_receive(world.ws, &account, elsewhere).await.unwrap();
            let mut tasks = Vec::new();
            for (n, node) in nodes.iter().enumerate() {
                let (node, ws, account) = (node.clone(), world.ws, account.clone());
                let text = text(format!("{round}-{n}"), "+12025550100");
                tasks.push(tokio::spawn(async move { node.inbound_receive(ws, &account, text).await }));
            }
            for task in tasks {
                task.await.unwrap().unwrap();
            }
            let open = world.list(View::Open).await;
            let open: Vec<_> = open.into_iter().filter(|row| row.inbox_id == world.inbox).collect();
            assert_eq!(open.len(), 1, "round {round}");
            world.engine.conversation_change(world.ws, open[0].id, Author::SYSTEM, Change::Close).await.unwrap();
            world.clock.advance(5 * DAY + 1);
        }
        for node in nodes.into_iter().skip(1) {
            node.store().clone().close().await;
        }
    }

    async fn keywords_and_tapbacks_join_without_reopening(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        world.engine.conversation_change(world.ws, id, Author::SYSTEM, Change::Close).await.unwrap();
        for body in ["HELP", "Liked “hello”", "STOP", "START"] {
            world.types(AVA, body).await;
            let closed = world.list(View::Closed).await;
            assert_eq!(closed.len(), 1, "{body}");
            assert_eq!((closed[0].id, closed[0].status), (id, Status::Closed), "{body}");
        }
        let inbound = world.thread(id).await.into_iter().filter(|row| row.kind == Kind::Inbound).count();
        assert_eq!(inbound, 5);
    }

    async fn a_text_with_a_null_character_is_kept_without_it(world) {
        world.types(AVA, "hel\0lo").await;
        assert_eq!(world.list(View::Open).await[0].preview, "hello");
    }

    async fn two_numbers_at_once_never_share_and_one_number_never_splits(world) {
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let mut tasks = Vec::new();
        for n in 0..60 {
            let (engine, ws, account) = (world.engine.clone(), world.ws, account.clone());
            tasks.push(tokio::spawn(async move {
                let text = channels::channel::InboundText {
                    provider_id: format!("SM{n}"),
                    from: domain::address::Address::parse(&format!("+121255501{:02}", n % 3)),
                    to: domain::address::Address::parse("+12025550100"),
                    body: format!("text {n}"),
                    media: Vec::new(),
                    at: None,
                    took_for: None,
                    answered: false,
                };
                engine.inbound_receive(ws, &account, text).await
            }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 3);
        for row in open {
            let thread = world.thread(row.id).await;
            assert_eq!(thread.len(), 20);
            assert!(thread.iter().map(|row| row.seq).eq(1..=20), "numbers without gaps");
        }
    }
}

/// On one thread, so that all of them have come before the first is looked at.
#[tokio::test]
async fn texts_that_come_together_are_kept_as_if_they_came_one_by_one() {
    for engine in testkit::database::engines() {
        let world = testkit::world::World::new(engine).await;
        let other = testkit::world::World::new(engine).await;
        let bodies = [
            (1, "hello"),
            (2, "STOP"),
            (1, "second"),
            (2, "are you there?"),
            (2, "START"),
            (3, "Liked “x”"),
            (1, "STOP"),
            (1, "HELP"),
            (1, "sto\0p"),
            (3, "a question"),
            (1, "START"),
            (2, "thanks"),
            (4, "STOP"),
            (4, "stop"),
            (4, "hi"),
            (5, "Liked “y”"),
            (5, "and what is this?"),
        ];
        let text = |n: usize| {
            // The last two repeat texts of the same batch.
            let n = if n < bodies.len() { n } else { n - bodies.len() };
            let (who, body) = bodies[n];
            channels::channel::InboundText {
                provider_id: format!("SM{n}"),
                from: domain::address::Address::parse(&format!("+1212555010{who}")),
                to: domain::address::Address::parse("+12025550100"),
                body: body.to_owned(),
                media: Vec::new(),
                at: None,
                took_for: None,
                answered: false,
            }
        };
        let count = bodies.len() + 2;
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let mut one_by_one = Vec::new();
        for n in 0..count {
            one_by_one.push(world.engine.inbound_receive(world.ws, &account, text(n)).await.unwrap().repeated);
        }
        let theirs = other.engine.account_facts(other.ws, other.account).await.unwrap().unwrap();
        let before = other.engine.store().stats().commits;
        let together = (0..count).map(|n| other.engine.inbound_receive(other.ws, &theirs, text(n)));
        let together = futures::future::join_all(together).await;
        assert_eq!(other.engine.store().stats().commits, before + 1, "they are kept in one transaction");
        let repeated: Vec<bool> = together.iter().map(|one| one.as_ref().unwrap().repeated).collect();
        assert_eq!(repeated, one_by_one);
        assert_eq!(together[count - 1].as_ref().unwrap().message, together[1].as_ref().unwrap().message);
        let mut stories = Vec::new();
        for world in [&world, &other] {
            let events =
                world.engine.store().workspace(world.ws).read(|tx| store::event::since(tx, 0, 1_000)).await.unwrap();
            let mut story: Vec<String> =
                events.into_iter().map(|event| format!("{} {}", event.kind, event.data)).collect();
            let mut rows = world.list(View::All).await;
            rows.sort_by(|a, b| (&a.address, a.created_at, a.last_seq).cmp(&(&b.address, b.created_at, b.last_seq)));
            for row in rows {
                story.push(format!(
                    "{} {:?} {} {:?} {} {:?}",
                    row.address, row.status, row.last_seq, row.waiting_since, row.preview, row.last_inbound_at
                ));
                let thread = world.thread(row.id).await;
                story.extend(
                    thread.into_iter().map(|one| format!("{} {:?} {:?} {}", one.seq, one.kind, one.state, one.body)),
                );
            }
            let store = world.engine.store().workspace(world.ws);
            let out = store.read(|tx| store::suppression::page(tx, (i64::MAX, "", ""), 50)).await.unwrap();
            story.extend(
                out.into_iter().map(|row| format!("{} {} {} {}", row.address, row.scope, row.since, row.source)),
            );
            stories.push(story);
        }
        assert_eq!(stories[0], stories[1]);
    }
}
