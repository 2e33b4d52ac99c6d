//! A text that waits for its next try is tried now, where somebody asks for that.

use crate::look_up::{desk_with, provider};
use crate::on_both;
use domain::id::{AccountId, AttemptId, MessageId};
use domain::limits::{ATTEMPTS_MAX, VALIDITY_MS};
use domain::message::{Purpose, State};
use domain::outcome::{ErrorClass, Submission};
use engine::AuditFilter;
use engine::reply::Author;
use engine::send::HastenError;
use engine::sending::Hand;
use serde_json::json;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const SECOND: i64 = 1_000;

fn not_taken(class: ErrorClass, retry_after_ms: Option<i64>) -> Submission {
    Submission::NotTaken { class, code: "503".to_owned(), retry_after_ms }
}

async fn claim(world: &World, account: AccountId) -> Vec<AttemptId> {
    let claimed = world.engine.send_claim_one(world.ws, account).await.unwrap();
    claimed.cleared.into_iter().map(|text| text.spend().attempt).collect()
}

/// A person's text, with its first try at the provider.
async fn under_way(world: &World) -> (MessageId, AttemptId) {
    world.types(AVA, "hello").await;
    let id = world.list(View::Open).await[0].id;
    let message = world.answers(id, "Hi").await.unwrap().message.id;
    (message, claim(world, world.account).await[0])
}

async fn answered(world: &World, attempt: AttemptId, answer: Submission) {
    world.engine.send_settle(world.ws, world.account, vec![(attempt, answer)]).await.unwrap();
}

async fn hasten(world: &World, message: MessageId) -> Result<(), HastenError> {
    world.engine.message_hasten(world.ws, Author::SYSTEM, message).await
}

async fn audited(world: &World) -> usize {
    let filter = AuditFilter { action: Some("message.try_now".to_owned()), ..AuditFilter::default() };
    world.engine.audit_page(world.ws, filter, None, 100).await.unwrap().len()
}

/// Since when the next try of a queued text stands.
async fn next_try(world: &World, message: MessageId) -> Option<i64> {
    let row = world.message(message).await;
    assert_eq!((row.state, row.reason_code.as_deref()), (State::Queued, Some("network")));
    row.held_until.map(|at| at - testkit::world::NOON)
}

on_both! {
    async fn what_a_provider_did_not_take_is_tried_now_and_leaves_once(world) {
        let (message, attempt) = under_way(&world).await;
        answered(&world, attempt, not_taken(ErrorClass::Network, None)).await;
        assert_eq!(next_try(&world, message).await, Some(30 * SECOND));
        assert!(claim(&world, world.account).await.is_empty(), "it waits");
        hasten(&world, message).await.unwrap();
        hasten(&world, message).await.unwrap();
        assert_eq!((next_try(&world, message).await, audited(&world).await), (None, 1));
        let tries = claim(&world, world.account).await;
        assert_eq!(tries.len(), 1);
        hasten(&world, message).await.unwrap();
        assert!(claim(&world, world.account).await.is_empty(), "it is with its provider");
        answered(&world, tries[0], Submission::Taken { provider_id: "p-1".to_owned(), parts: None }).await;
        hasten(&world, message).await.unwrap();
        world.clock.advance(40 * SECOND);
        assert!(claim(&world, world.account).await.is_empty(), "it has left");
        assert_eq!((world.message(message).await.state, audited(&world).await), (State::Accepted, 1));
    }

    async fn impatience_does_not_use_up_the_tries_that_are_left(world) {
        let (message, mut attempt) = under_way(&world).await;
        for _ in 0..=ATTEMPTS_MAX {
            answered(&world, attempt, not_taken(ErrorClass::Network, None)).await;
            assert_eq!(next_try(&world, message).await, Some(30 * SECOND));
            hasten(&world, message).await.unwrap();
            attempt = claim(&world, world.account).await[0];
        }
        answered(&world, attempt, not_taken(ErrorClass::Network, None)).await;
        world.clock.advance(30 * SECOND);
        let second = claim(&world, world.account).await[0];
        answered(&world, second, not_taken(ErrorClass::Network, None)).await;
        assert_eq!(next_try(&world, message).await, Some(330 * SECOND), "by itself it goes on as it would have");
    }

    async fn the_gate_is_asked_again(world) {
        let (message, attempt) = under_way(&world).await;
        answered(&world, attempt, not_taken(ErrorClass::Network, None)).await;
        let hand = Hand { author: Author::SYSTEM, name: "Test".to_owned() };
        world.engine.sending_set_workspace(world.ws, hand, true, "drill".to_owned()).await.unwrap();
        hasten(&world, message).await.unwrap();
        world.settle().await;
        let row = world.message(message).await;
        assert_eq!((row.state, row.reason_code.as_deref()), (State::Held, Some("sending_stopped")));
        assert!(matches!(hasten(&world, message).await, Err(HastenError::NotWaiting(State::Held))));
        world.settle().await;
        assert!(world.phone(AVA).await.is_empty());

        let (message, attempt) = {
            let hand = Hand { author: Author::SYSTEM, name: "Test".to_owned() };
            world.engine.sending_set_workspace(world.ws, hand, false, String::new()).await.unwrap();
            world.settle().await;
            under_way(&world).await
        };
        answered(&world, attempt, not_taken(ErrorClass::Network, None)).await;
        world.types(AVA, "STOP").await;
        assert!(matches!(hasten(&world, message).await, Err(HastenError::NotWaiting(State::Refused))));
    }

    async fn what_may_have_left_is_never_tried_again(world) {
        let (message, attempt) = under_way(&world).await;
        answered(&world, attempt, Submission::Unknown { detail: "time-out".to_owned() }).await;
        assert!(matches!(hasten(&world, message).await, Err(HastenError::NotWaiting(State::Ambiguous))));
        assert!(claim(&world, world.account).await.is_empty());

        // A provider that carries out a repeated submit once is asked about it under the same key, in its own time.
        let (_, url) = provider().await;
        let desk = desk_with(&world, &url, Vec::new(), &[("idempotency_key", json!(true))]).await;
        let message = world.answers(desk.conversation, "Hi").await.unwrap().message.id;
        let attempt = claim(&world, desk.account).await[0];
        let lost = Submission::Unknown { detail: "time-out".to_owned() };
        world.engine.send_settle(world.ws, desk.account, vec![(attempt, lost)]).await.unwrap();
        assert_eq!(world.message(message).await.reason_code.as_deref(), Some("answer_lost"));
        assert!(matches!(hasten(&world, message).await, Err(HastenError::NotWaiting(State::Ambiguous))));
        assert!(claim(&world, desk.account).await.is_empty(), "not before its time");
        assert_eq!(audited(&world).await, 0);
    }

    async fn only_what_waits_for_a_passing_fault_is_hastened(world) {
        assert!(matches!(hasten(&world, world.engine.new_id()).await, Err(HastenError::NotFound)));
        for class in [ErrorClass::RateLimited, ErrorClass::DailyCap] {
            let (message, attempt) = under_way(&world).await;
            answered(&world, attempt, not_taken(class, Some(60 * SECOND))).await;
            assert!(matches!(hasten(&world, message).await, Err(HastenError::Paced)), "{class:?}");
            assert!(claim(&world, world.account).await.is_empty(), "{class:?}: nothing was moved");
            world.engine.text_cancel(world.ws, message).await.unwrap();
            assert!(matches!(hasten(&world, message).await, Err(HastenError::NotWaiting(State::Cancelled))));
        }
        let thread = world.thread(world.list(View::Open).await[0].id).await;
        assert!(matches!(hasten(&world, thread[0].id).await, Err(HastenError::NotWaiting(State::Received))));
        // A text that has not been tried leaves as soon as it can.
        let fresh = world.sends("+12125550102", "Your order shipped", Purpose::Transactional).await.unwrap();
        hasten(&world, fresh.message.id).await.unwrap();
        assert_eq!(audited(&world).await, 0);
    }

    async fn what_waits_for_a_try_still_grows_old(world) {
        let (message, attempt) = under_way(&world).await;
        answered(&world, attempt, not_taken(ErrorClass::RateLimited, Some(VALIDITY_MS + SECOND))).await;
        world.clock.advance(VALIDITY_MS + 2 * SECOND);
        assert!(claim(&world, world.account).await.is_empty());
        let row = world.message(message).await;
        assert_eq!((row.state, row.reason_code.as_deref(), row.held_until), (State::Refused, Some("expired"), None));
    }
}
