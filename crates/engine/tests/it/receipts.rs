//! Receipts come in, in any order.

use crate::on_both;
use channels::channel::Receipt;
use domain::id::{AttemptId, ConversationId};
use domain::message::State;
use domain::outcome::{ErrorClass, Submission};
use domain::receipt::ReceiptState;
use store::conversation::View;
use testkit::world::World;

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

/// What can come of an attempt, in any order.
#[derive(Debug, Clone)]
enum Heard {
    Receipt(u16, ReceiptState, Option<ErrorClass>),
    Answer(Submission),
}

/// Every order of some things.
fn orders(things: &[Heard]) -> Vec<Vec<Heard>> {
    if things.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for first in 0..things.len() {
        let mut rest = things.to_vec();
        let first = rest.remove(first);
        for mut order in orders(&rest) {
            order.insert(0, first.clone());
            all.push(order);
        }
    }
    all
}

/// How far along a message is taken to be.
fn rank(state: State) -> usize {
    const ALONG: [&[State]; 6] = [
        &[State::HandingOver, State::Ambiguous],
        &[State::Accepted],
        &[State::Sent],
        &[State::Failed],
        &[State::Undelivered],
        &[State::Delivered],
    ];
    ALONG.iter().position(|states| states.contains(&state)).unwrap()
}

/// A text of two parts, claimed, meets what is heard of it. Answers where it ends, and why.
///
/// `riding`: receipts bring our attempt's id, else the provider's alone. `at_once`:
/// receipts that follow each other come in one request.
async fn ends(
    world: &World,
    thread: ConversationId,
    name: &str,
    heard: &[Heard],
    riding: bool,
    at_once: bool,
) -> (State, Option<String>, Option<ErrorClass>) {
    let reply = world.answers(thread, &"tents ".repeat(40)).await.unwrap().message.id;
    let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
    let attempt: AttemptId = claimed.cleared.into_iter().next().unwrap().spend().attempt;
    let said = |part: u16, state: ReceiptState, class: Option<ErrorClass>| Receipt {
        attempt: riding.then_some(attempt),
        error_class: class,
        error_code: class.map(|class| class.code().to_owned()),
        ..receipt(name, state.word(), Some(state), part)
    };
    let mut shown = State::HandingOver;
    let mut heard = heard.iter().peekable();
    while let Some(one) = heard.next() {
        match one {
            Heard::Receipt(part, state, class) => {
                let mut batch = vec![said(*part, *state, *class)];
                while let Some(Heard::Receipt(part, state, class)) = heard.peek() {
                    if !at_once {
                        break;
                    }
                    batch.push(said(*part, *state, *class));
                    heard.next();
                }
                world.engine.receipt_record(world.ws, world.account, batch).await.unwrap();
            }
            Heard::Answer(answer) => {
                let answer = match answer {
                    Submission::Taken { .. } => Submission::Taken { provider_id: name.to_owned(), parts: None },
                    other => other.clone(),
                };
                world.engine.send_settle(world.ws, world.account, vec![(attempt, answer)]).await.unwrap();
            }
        }
        let state = world.message(reply).await.state;
        assert!(rank(state) >= rank(shown), "{name}: {shown} was shown, then {state}");
        shown = state;
    }
    let story =
        world.engine.store().workspace(world.ws).read(move |tx| store::attempt::of_message(tx, reply)).await.unwrap();
    let class = story[0].error_class.as_deref().and_then(ErrorClass::from_code);
    (shown, world.message(reply).await.reason_code, class)
}

/// What is heard of one text, and where that ends, whatever the order.
fn fates() -> Vec<(Vec<Heard>, State)> {
    use Heard::{Answer, Receipt as Said};
    use ReceiptState::{Accepted, Delivered, Failed, Sent, Undelivered};
    let taken = || Answer(Submission::Taken { provider_id: String::new(), parts: None });
    let lost = || Answer(Submission::Unknown { detail: "time-out".to_owned() });
    let refused = || {
        let (class, code) = (ErrorClass::InvalidNumber, "21211".to_owned());
        Answer(Submission::NotTaken { class, code, retry_after_ms: None })
    };
    let off = Some(ErrorClass::Unreachable);
    vec![
        (vec![taken(), Said(1, Undelivered, off), Said(1, Delivered, None), Said(2, Sent, None)], State::Sent),
        (vec![taken(), Said(1, Failed, off), Said(1, Delivered, None), Said(2, Accepted, None)], State::Sent),
        (vec![taken(), Said(1, Delivered, None), Said(2, Undelivered, off)], State::Undelivered),
        (vec![taken(), Said(1, Delivered, None), Said(2, Delivered, None), Said(0, Sent, None)], State::Delivered),
        (
            vec![
                taken(),
                Said(1, Failed, Some(ErrorClass::Network)),
                Said(2, Undelivered, off),
                Said(2, Failed, Some(ErrorClass::Expired)),
            ],
            State::Failed,
        ),
        (vec![lost(), Said(0, Sent, None), Said(0, Delivered, None)], State::Delivered),
        (vec![refused(), Said(0, Accepted, None)], State::Failed),
        (vec![refused(), Said(0, Undelivered, off)], State::Undelivered),
    ]
}

on_both! {
    async fn a_text_ends_the_same_in_every_order_and_never_goes_backwards(world) {
        world.types(AVA, "hello").await;
        let thread = world.list(View::Open).await[0].id;
        let mut name = 0;
        for (heard, expected) in fates() {
            // Without our id, nothing ties what is said to an answer that names no message.
            let named = matches!(heard[0], Heard::Answer(Submission::Taken { .. }));
            for riding in [true, false] {
                if !riding && !named {
                    continue;
                }
                let mut reasons = Vec::new();
                for (at, order) in orders(&heard).into_iter().enumerate() {
                    name += 1;
                    let mut order = order;
                    // Every word is said again, the answer too.
                    let again = order[at % order.len()].clone();
                    order.push(again);
                    let end = ends(&world, thread, &format!("SM{name}"), &order, riding, at % 2 == 0).await;
                    assert_eq!(end.0, expected, "{order:?}, with our id: {riding}");
                    reasons.push((end.1, end.2));
                }
                reasons.dedup();
                assert_eq!(reasons.len(), 1, "{heard:?}, with our id: {riding}: {reasons:?}");
                assert_eq!(reasons[0].0.is_some(), expected.failed(), "{heard:?}: {reasons:?}");
            }
        }
    }

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

    async fn an_opt_out_told_before_the_submits_answer_counts(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let reply = world.answers(id, "Hi").await.unwrap().message.id;
        let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
        let attempt = claimed.cleared.into_iter().next().unwrap().spend().attempt;
        let early = Receipt {
            error_class: Some(ErrorClass::OptedOut),
            error_code: Some("21610".to_owned()),
            ..receipt("SMx", "undelivered", Some(ReceiptState::Undelivered), 0)
        };
        world.engine.receipt_record(world.ws, world.account, vec![early]).await.unwrap();
        let answer = domain::outcome::Submission::Taken { provider_id: "SMx".to_owned(), parts: None };
        world.engine.send_settle(world.ws, world.account, vec![(attempt, answer)]).await.unwrap();
        let row = world.message(reply).await;
        assert_eq!((row.state, row.reason_code.as_deref()), (State::Undelivered, Some("opted_out")));
        let later = world.answers(id, "Hi again").await.unwrap().message;
        assert_eq!((later.state, later.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        let tries = world.engine.store().workspace(world.ws).read(move |tx| store::attempt::of_message(tx, reply)).await.unwrap();
        assert_eq!((tries[0].error_class.as_deref(), tries[0].error_code.as_deref()), (Some("opted_out"), Some("21610")));
        assert_eq!(world.list(View::Failed).await.len(), 1);
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
