//! A text comes in.

use crate::on_both;
use domain::conversation::Status;
use domain::message::{Kind, State};
use engine::conversation::Change;
use engine::reply::Author;
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
            opt_out_type: None,
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
                    opt_out_type: None,
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
