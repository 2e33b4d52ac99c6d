//! Two nodes on one PostgreSQL database meet at the same rows. A third holds
//! what both need, so that each has looked before either may write.

use channels::channel::{InboundText, Receipt};
use domain::address::Address;
use domain::id::{AttemptId, MessageId};
use domain::message::{Purpose, State};
use domain::outcome::Submission;
use domain::receipt::ReceiptState;
use engine::conversation::Change;
use engine::reply::Author;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const CAL: &str = "+12125550103";

/// Runs a test where there can be two nodes.
macro_rules! on_postgres {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident) $body:block)*) => { $(
        $(#[$doc])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            if testkit::database::engines().contains(&store::Engine::Postgres) {
                let $world = World::new(store::Engine::Postgres).await;
                $body
            }
        }
    )* };
}

/// A text as a provider brings it.
fn said(id: String, from: &str, to: &str, body: &str) -> InboundText {
    InboundText {
        provider_id: id,
        from: Address::parse(from),
        to: Address::parse(to),
        body: body.to_owned(),
        media: Vec::new(),
        at: None,
        took_for: None,
        answered: false,
    }
}

fn receipt(attempt: AttemptId, part: u16, state: ReceiptState) -> Receipt {
    Receipt {
        provider_id: "SM1".to_owned(),
        attempt: Some(attempt),
        word: format!("{state} {part}"),
        state: Some(state),
        part,
        error_code: None,
        error_class: None,
        at: None,
    }
}

/// A person's text that is with its provider.
async fn handed_over(world: &World, body: &str) -> (MessageId, AttemptId) {
    world.types(AVA, "hello").await;
    let talk = world.list(View::Open).await[0].id;
    let message = world.answers(talk, body).await.unwrap().message.id;
    let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
    (message, claimed.cleared.into_iter().next().unwrap().spend().attempt)
}

/// Holds a message's row.
async fn hold(world: &World, message: MessageId) -> testkit::hold::Hold {
    let at = engine::Clock::now(&*world.clock);
    let take = move |tx: &mut store::Tx<'_>| {
        store::message::set_handing_over(tx, vec![message.uuid()], at)?;
        store::message::get(tx, message).map(|_| ())
    };
    world.hold(take).await
}

on_postgres! {
    async fn an_answer_never_overwrites_a_receipt_that_another_node_takes(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, "Hi").await;
        let held = hold(&world, message).await;
        let (ws, account, first) = (world.ws, world.account, other.clone());
        let delivered = vec![receipt(attempt, 0, ReceiptState::Delivered)];
        let heard = tokio::spawn(async move { first.receipt_record(ws, account, delivered).await });
        world.until_waiting(1).await;
        let (second, taken) = (world.engine.clone(), Submission::Taken { provider_id: "SM1".to_owned(), parts: None });
        let answered = tokio::spawn(async move { second.send_settle(ws, account, vec![(attempt, taken)]).await });
        world.until_waiting(2).await;
        held.let_go().await;
        heard.await.unwrap().unwrap();
        answered.await.unwrap().unwrap();
        assert_eq!(world.message(message).await.state, State::Delivered);
        let tries = world.engine.store().workspace(ws).read(move |tx| store::attempt::of_message(tx, message)).await.unwrap();
        assert_eq!((tries[0].state.as_str(), tries[0].provider_id.as_deref()), ("delivered", Some("SM1")));
    }

    async fn receipts_of_two_parts_on_two_nodes_both_count(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, &"long ".repeat(40)).await;
        let (ws, account) = (world.ws, world.account);
        let taken = Submission::Taken { provider_id: "SM1".to_owned(), parts: None };
        world.engine.send_settle(ws, account, vec![(attempt, taken)]).await.unwrap();
        let held = hold(&world, message).await;
        let mut both = Vec::new();
        for (count, (node, part)) in (1..).zip([(other, 1), (world.engine.clone(), 2)]) {
            let said = vec![receipt(attempt, part, ReceiptState::Delivered)];
            both.push(tokio::spawn(async move { node.receipt_record(ws, account, said).await }));
            world.until_waiting(count).await;
        }
        held.let_go().await;
        for node in both {
            node.await.unwrap().unwrap();
        }
        assert_eq!(world.message(message).await.state, State::Delivered);
    }

    async fn a_text_that_was_reported_on_meanwhile_is_not_given_up(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, "Hi").await;
        let (ws, account) = (world.ws, world.account);
        let taken = Submission::Taken { provider_id: "SM1".to_owned(), parts: None };
        world.engine.send_settle(ws, account, vec![(attempt, taken)]).await.unwrap();
        world.engine.receipt_record(ws, account, vec![receipt(attempt, 0, ReceiptState::Sent)]).await.unwrap();
        world.clock.advance(domain::limits::UNCONFIRMED_MS + 1);
        let talk = world.list(View::Open).await[0].id;
        // The receipt has the message's row and waits for its conversation's, where it is counted as failed.
        let held = world.hold(move |tx| store::conversation::set_read(tx, talk, 1).map(|_| ())).await;
        let failed = vec![receipt(attempt, 0, ReceiptState::Undelivered)];
        let heard = tokio::spawn(async move { other.receipt_record(ws, account, failed).await });
        world.until_waiting(1).await;
        let node = world.engine.clone();
        let swept = tokio::spawn(async move { node.sweep_round(ws).await });
        world.until_waiting(2).await;
        held.let_go().await;
        heard.await.unwrap().unwrap();
        swept.await.unwrap().unwrap();
        assert_eq!(world.message(message).await.state, State::Undelivered);
    }

    async fn a_receipt_without_our_id_meets_an_answer_that_another_node_writes(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, "Hi").await;
        let (ws, account) = (world.ws, world.account);
        let lost = Submission::Unknown { detail: "time-out".to_owned() };
        world.engine.send_settle(ws, account, vec![(attempt, lost)]).await.unwrap();
        let talk = world.list(View::Open).await[0].id;
        // The answer has looked for receipts and waits for its conversation's row, where it is no longer counted.
        let held = world.hold(move |tx| store::conversation::set_read(tx, talk, 1).map(|_| ())).await;
        let (node, taken) = (world.engine.clone(), Submission::Taken { provider_id: "SM1".to_owned(), parts: None });
        let answered = tokio::spawn(async move { node.send_settle(ws, account, vec![(attempt, taken)]).await });
        world.until_waiting(1).await;
        let delivered = vec![Receipt { attempt: None, ..receipt(attempt, 0, ReceiptState::Delivered) }];
        let heard = tokio::spawn(async move { other.receipt_record(ws, account, delivered).await });
        world.until_waiting(2).await;
        held.let_go().await;
        answered.await.unwrap().unwrap();
        heard.await.unwrap().unwrap();
        assert_eq!(world.message(message).await.state, State::Delivered);
    }

    async fn an_answer_meets_a_receipt_without_our_id_that_another_node_keeps(world) {
        let other = world.neighbour().await;
        let (first, first_attempt) = handed_over(&world, "One").await;
        let (second, second_attempt) = handed_over(&world, "Two").await;
        let (ws, account) = (world.ws, world.account);
        // The receipts are kept, and wait for the row of the one that rides along.
        let held = hold(&world, first).await;
        let said = |attempt, riding: bool, id: &str| Receipt {
            provider_id: id.to_owned(),
            attempt: riding.then_some(attempt),
            ..receipt(attempt, 0, ReceiptState::Delivered)
        };
        let both = vec![said(first_attempt, true, "SM1"), said(second_attempt, false, "SM2")];
        let heard = tokio::spawn(async move { other.receipt_record(ws, account, both).await });
        world.until_waiting(1).await;
        let (node, taken) = (world.engine.clone(), Submission::Taken { provider_id: "SM2".to_owned(), parts: None });
        let answered = tokio::spawn(async move { node.send_settle(ws, account, vec![(second_attempt, taken)]).await });
        world.until_waiting(2).await;
        held.let_go().await;
        heard.await.unwrap().unwrap();
        answered.await.unwrap().unwrap();
        for message in [first, second] {
            assert_eq!(world.message(message).await.state, State::Delivered);
        }
    }

    async fn an_opt_out_at_the_carrier_takes_the_address_before_the_message_as_a_stop_does(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, "Hi").await;
        let (ws, account) = (world.ws, world.account);
        let stop = world.hold_address(ws, AVA).await;
        let refused = vec![Receipt {
            error_class: Some(domain::outcome::ErrorClass::OptedOut),
            error_code: Some("21610".to_owned()),
            ..receipt(attempt, 0, ReceiptState::Undelivered)
        }];
        let heard = tokio::spawn(async move { other.receipt_record(ws, account, refused).await });
        world.until_waiting(1).await;
        // What the STOP would mark as in flight is free.
        hold(&world, message).await.let_go().await;
        stop.let_go().await;
        heard.await.unwrap().unwrap();
        assert_eq!(world.message(message).await.state, State::Undelivered);
    }

    async fn a_stop_and_an_answer_take_their_rows_in_one_order(world) {
        let other = world.neighbour().await;
        let (message, attempt) = handed_over(&world, "Hi").await;
        let (ws, account) = (world.ws, world.account);
        let facts = world.engine.account_facts(ws, account).await.unwrap().unwrap();
        let to = world.engine.inbox_list(ws).await.unwrap()[0].address.clone();
        // The answer will take the message's row, then its conversation's, where it counts as failed.
        let held = hold(&world, message).await;
        let (node, lost) = (other.clone(), Submission::Unknown { detail: "time-out".to_owned() });
        let answered = tokio::spawn(async move { node.send_settle(ws, account, vec![(attempt, lost)]).await });
        world.until_waiting(1).await;
        let stop = said("SM1".to_owned(), AVA, &to, "STOP");
        let node = world.engine.clone();
        let stopped = tokio::spawn(async move { node.inbound_receive(ws, &facts, stop).await });
        world.until_waiting(2).await;
        let before = world.engine.store().stats().rollbacks + other.store().stats().rollbacks;
        held.let_go().await;
        answered.await.unwrap().unwrap();
        stopped.await.unwrap().unwrap();
        let after = world.engine.store().stats().rollbacks + other.store().stats().rollbacks;
        assert_eq!(after, before, "neither had to be undone for the other");
    }

    async fn a_text_that_another_node_blocks_is_refused_alone(world) {
        let account = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
        let to = world.engine.inbox_list(world.ws).await.unwrap()[0].address.clone();
        let text = |n: usize, (from, body): (&str, &str)| said(format!("SM{n}"), from, &to, body);
        // The first may find nobody at work and go alone; the others come together, for the
        // workspace's lane has something else to do until all are there.
        let all = [(BEA, "hello"), (BEA, "where is it?"), (AVA, "STOP"), (CAL, "STOP"), (AVA, "are you there?"), (BEA, "STOP")];
        let send = || {
            let texts = all.iter().enumerate().map(|(n, one)| text(n, *one));
            futures::future::join_all(texts.map(|text| world.engine.inbound_receive(world.ws, &account, text)))
        };
        let held = world.hold_address(world.ws, AVA).await;
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let (wait, workspace) = (std::sync::Mutex::new(wait), world.engine.store().workspace(world.ws));
        let busy = workspace.write(move |_| {
            // A second run finds the sender gone and goes on.
            let _ = wait.lock().map(|wait| wait.recv());
            Ok::<_, store::DbError>(())
        });
        let all_there = async move {
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            done.send(()).unwrap();
        };
        let (kept, answers, ()) = futures::join!(busy, send(), all_there);
        kept.unwrap();
        let refused: Vec<usize> = (0..all.len()).filter(|n| answers[*n].is_err()).collect();
        assert_eq!(refused, [2, 4], "and what the same customer wrote after it, or it would overtake: {answers:?}");
        for n in refused {
            assert_eq!(answers[n].as_ref().unwrap_err().kind(), store::DbErrorKind::Blocked);
        }
        held.let_go().await;
        // The provider repeats what it has no answer to.
        let repeated: Vec<bool> = send().await.into_iter().map(|one| one.unwrap().repeated).collect();
        assert_eq!(repeated, [true, true, false, true, false, true]);
        world.settle().await;
        for phone in [AVA, BEA, CAL] {
            assert_eq!(world.phone(phone).await, [domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None)]);
        }
    }

    /// The claim has seen the talk open and not yet written its hold: who closes the talk waits for that.
    async fn a_talk_that_is_closed_while_a_text_is_claimed_lets_it_go(world) {
        let other = world.neighbour().await;
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        let sale = world.sends(AVA, "Fern: the boots are in. Reply STOP to cancel", Purpose::Marketing).await.unwrap().message.id;
        world.types(AVA, "hi").await;
        let (ws, account, talk) = (world.ws, world.account, world.list(View::Open).await[0].id);
        let held = hold(&world, sale).await;
        let first = world.engine.clone();
        let claimed = tokio::spawn(async move { first.send_claim_one(ws, account).await });
        world.until_waiting(1).await;
        let closed = tokio::spawn(async move { other.conversation_change(ws, talk, Author::SYSTEM, Change::Close).await });
        world.until_waiting(2).await;
        held.let_go().await;
        assert_eq!(claimed.await.unwrap().unwrap().stopped, 1);
        closed.await.unwrap().unwrap();
        world.settle().await;
        assert_eq!(world.message(sale).await.state, State::Delivered);
    }

    async fn two_stops_at_once_are_confirmed_once(world) {
        world.types(AVA, "hello").await;
        let other = world.neighbour().await;
        let (ws, account) = (world.ws, world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap());
        let to = world.engine.inbox_list(ws).await.unwrap()[0].address.clone();
        let held = world.hold_address(world.ws, AVA).await;
        let mut both = Vec::new();
        for (count, node) in (1..).zip([other, world.engine.clone()]) {
            let stop = said(format!("SM{count}"), AVA, &to, "STOP");
            let facts = std::sync::Arc::clone(&account);
            both.push(tokio::spawn(async move { node.inbound_receive(ws, &facts, stop).await }));
            world.until_waiting(count).await;
        }
        held.let_go().await;
        for node in both {
            node.await.unwrap().unwrap();
        }
        world.settle().await;
        assert_eq!(world.phone(AVA).await, [domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None)]);
    }
}
