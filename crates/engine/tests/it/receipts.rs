//! Receipts come in, in any order.

use crate::on_both;
use channels::channel::Receipt;
use domain::message::State;
use domain::receipt::ReceiptState;
use store::conversation::View;

const AVA: &str = "+12125550101";

fn receipt(provider_id: &str, word: &str, state: Option<ReceiptState>, part: u16) -> Receipt {
    Receipt {
        provider_id: provider_id.to_owned(),
        attempt: None,
        word: word.to_owned(),
        state,
        part,
        error_code: None,
        error_class: None,
        at: None,
    }
}

on_both! {
    async fn late_doubled_and_unknown_words_never_move_a_state_back(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap().message.id;
        world.settle().await;
        assert_eq!(world.message(reply).await.state, State::Delivered);
        let provider_id = world.engine.store().workspace(world.ws)
            .read(move |tx| store::attempt::of_message(tx, reply)).await.unwrap()[0].provider_id.clone().unwrap();
        let before = world.engine.events_last(world.ws).await.unwrap();
        for (word, state) in [
            ("sent-again", Some(ReceiptState::Sent)),
            ("late-failure", Some(ReceiptState::Undelivered)),
            ("gobbledygook", None),
        ] {
            world.engine.receipt_record(world.ws, world.account, vec![receipt(&provider_id, word, state, 0)]).await.unwrap();
            assert_eq!(world.message(reply).await.state, State::Delivered, "{word}");
        }
        assert_eq!(world.engine.events_last(world.ws).await.unwrap(), before);
    }

    async fn a_receipt_before_the_submits_answer_settles_it(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap().message.id;
        let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
        let attempt = claimed.cleared.into_iter().next().unwrap().spend().attempt;
        // Without our id, it waits; the answer brings it together.
        let early = receipt("SMx", "delivered", Some(ReceiptState::Delivered), 0);
        world.engine.receipt_record(world.ws, world.account, vec![early]).await.unwrap();
        assert_eq!(world.message(reply).await.state, State::HandingOver);
        let answer = domain::outcome::Submission::Taken { provider_id: "SMx".to_owned(), parts: None };
        world.engine.send_settle(world.ws, world.account, vec![(attempt, answer)]).await.unwrap();
        assert_eq!(world.message(reply).await.state, State::Delivered);
    }

    async fn a_receipt_with_our_id_settles_an_ambiguous_hand_over(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap().message.id;
        let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
        let attempt = claimed.cleared.into_iter().next().unwrap().spend().attempt;
        let lost = domain::outcome::Submission::Unknown { detail: "time-out".to_owned() };
        world.engine.send_settle(world.ws, world.account, vec![(attempt, lost)]).await.unwrap();
        assert_eq!(world.message(reply).await.state, State::Ambiguous);
        assert_eq!(world.list(View::Failed).await.len(), 1);
        let found = Receipt { attempt: Some(attempt), ..receipt("SMy", "delivered", Some(ReceiptState::Delivered), 0) };
        world.engine.receipt_record(world.ws, world.account, vec![found]).await.unwrap();
        assert_eq!(world.message(reply).await.state, State::Delivered);
        assert!(world.list(View::Failed).await.is_empty());
    }
}
