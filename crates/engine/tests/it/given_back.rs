//! What comes back from a provider, late, twice or not at all.

use crate::look_up::{Desk, desk_with, provider};
use crate::on_both;
use channels::channel::InboundText;
use domain::address::Address;
use domain::id::{AccountId, AttemptId, MessageId};
use domain::limits::ATTEMPTS_MAX;
use domain::message::{Purpose, State};
use domain::outcome::{ErrorClass, Submission};
use serde_json::json;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
/// Longer than a claim may stay unanswered, in ms.
const LEASE_MS: i64 = 61_000;

fn taken(provider_id: &str) -> Submission {
    Submission::Taken { provider_id: provider_id.to_owned(), parts: None }
}

fn not_taken(class: ErrorClass) -> Submission {
    Submission::NotTaken { class, code: "x".to_owned(), retry_after_ms: None }
}

/// Claims what is due of an account, and forgets the permission.
async fn claim(world: &World, account: AccountId) -> Vec<AttemptId> {
    let claimed = world.engine.send_claim_one(world.ws, account).await.unwrap();
    claimed.cleared.into_iter().map(|text| text.spend().attempt).collect()
}

async fn waiting(world: &World) -> i64 {
    world.engine.store().workspace(world.ws).read(store::outbox::waiting).await.unwrap()
}

async fn stands(world: &World, message: MessageId) -> (State, Option<String>) {
    let row = world.message(message).await;
    (row.state, row.reason_code)
}

/// A number at a provider that carries out a repeated submit once, and a person's text on its way to it.
async fn repeating(world: &World) -> (Desk, MessageId, AttemptId) {
    let (_, url) = provider().await;
    let desk = desk_with(world, &url, Vec::new(), &[("idempotency_key", json!(true))]).await;
    let message = world.answers(desk.conversation, "Hi").await.unwrap().message.id;
    let attempt = claim(world, desk.account).await[0];
    (desk, message, attempt)
}

impl Desk {
    async fn settle(&self, world: &World, attempt: AttemptId, answer: Submission) {
        world.engine.send_settle(world.ws, self.account, vec![(attempt, answer)]).await.unwrap();
    }

    /// The customer writes to the number.
    async fn hears(&self, world: &World, provider_id: &str, body: &str) {
        let facts = world.engine.account_facts(world.ws, self.account).await.unwrap().unwrap();
        let text = InboundText {
            provider_id: provider_id.to_owned(),
            from: Address::parse(AVA),
            to: Address::parse("+18885550100"),
            body: body.to_owned(),
            media: Vec::new(),
            at: None,
            took_for: None,
            answered: false,
        };
        world.engine.inbound_receive(world.ws, &facts, text).await.unwrap();
    }
}

on_both! {
    async fn what_was_with_a_provider_at_the_opt_out_and_comes_back_stays_refused(world) {
        for (number, answer) in [Submission::HandedBack, not_taken(ErrorClass::RateLimited)].into_iter().enumerate() {
            let phone = format!("+1212555010{number}");
            world.types(&phone, "hello").await;
            let sent = world.sends(&phone, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
            let attempt = claim(&world, world.account).await[0];
            world.clock.advance(1_000);
            world.types(&phone, "STOP").await;
            world.settle().await;
            world.clock.advance(1_000);
            world.types(&phone, "START").await;
            world.settle().await;
            world.engine.send_settle(world.ws, world.account, vec![(attempt, answer.clone())]).await.unwrap();
            world.settle().await;
            assert_eq!(stands(&world, sent).await, (State::Refused, Some("opted_out".to_owned())), "{answer:?}");
            let later = world.sends(&phone, "Welcome back", Purpose::Transactional).await.unwrap();
            assert_eq!(later.message.state, State::Queued);
            world.clock.advance(2 * 60_000);
            world.settle().await;
            let got = world.phone(&phone).await;
            assert!(got.contains(&"Welcome back".to_owned()), "{got:?}");
            assert!(!got.contains(&"your parcel left".to_owned()), "{got:?}");
            let verdicts = world.engine.store().workspace(world.ws)
                .read(move |tx| store::decision::of_message(tx, sent)).await.unwrap();
            assert!(verdicts.last().unwrap().record.contains("opted out after it was accepted"), "{verdicts:?}");
        }
    }

    async fn a_lost_answer_is_not_asked_about_again_once_the_customer_opted_out(world) {
        let (desk, message, attempt) = repeating(&world).await;
        desk.hears(&world, "SM1", "STOP").await;
        desk.settle(&world, attempt, Submission::Unknown { detail: "time-out".to_owned() }).await;
        assert_eq!(stands(&world, message).await.0, State::Ambiguous, "by its answer");

        world.clock.advance(1_000);
        desk.hears(&world, "SM2", "START").await;
        desk.hears(&world, "SM3", "still there?").await;
        claim(&world, desk.account).await;
        let message = world.answers(desk.conversation, "We are").await.unwrap().message.id;
        assert_eq!(claim(&world, desk.account).await.len(), 1);
        desk.hears(&world, "SM4", "STOP").await;
        world.clock.advance(LEASE_MS);
        world.engine.send_sweep(world.ws).await.unwrap();
        assert_eq!(stands(&world, message).await.0, State::Ambiguous, "by its lease");
    }

    async fn a_lost_answer_is_asked_about_only_so_often(world) {
        let (desk, message, _) = repeating(&world).await;
        for tries in 1..ATTEMPTS_MAX {
            world.clock.advance(LEASE_MS);
            world.engine.send_sweep(world.ws).await.unwrap();
            assert_eq!(stands(&world, message).await.0, State::Queued, "after {tries}");
            assert_eq!(claim(&world, desk.account).await.len(), 1);
        }
        world.clock.advance(LEASE_MS);
        world.engine.send_sweep(world.ws).await.unwrap();
        assert_eq!(stands(&world, message).await.0, State::Ambiguous);
        assert_eq!(world.list(View::Failed).await.len(), 1, "a person sees it");
    }

    async fn a_late_word_that_it_was_taken_ends_the_asking(world) {
        let (desk, message, attempt) = repeating(&world).await;
        world.clock.advance(LEASE_MS);
        world.engine.send_sweep(world.ws).await.unwrap();
        assert_eq!(stands(&world, message).await.0, State::Queued);
        desk.settle(&world, attempt, taken("SMx")).await;
        assert_eq!((stands(&world, message).await.0, waiting(&world).await), (State::Accepted, 0));
        assert!(claim(&world, desk.account).await.is_empty());
    }

    async fn nothing_undoes_what_was_taken_by_an_earlier_try(world) {
        for answer in [Submission::HandedBack, not_taken(ErrorClass::Network), not_taken(ErrorClass::OptedOut),
            Submission::Unknown { detail: "time-out".to_owned() }] {
            let world = World::new(world.engine.store().engine()).await;
            let (desk, message, first) = repeating(&world).await;
            world.clock.advance(LEASE_MS);
            world.engine.send_sweep(world.ws).await.unwrap();
            let second = claim(&world, desk.account).await[0];
            desk.settle(&world, first, taken("SMx")).await;
            assert_eq!((stands(&world, message).await.0, waiting(&world).await), (State::Accepted, 0));
            desk.settle(&world, second, answer.clone()).await;
            assert_eq!((stands(&world, message).await.0, waiting(&world).await), (State::Accepted, 0), "{answer:?}");
        }
    }

    async fn a_late_word_that_it_was_not_taken_is_told_instead_of_a_doubt(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let message = world.answers(id, "Hi").await.unwrap().message.id;
        let attempt = claim(&world, world.account).await[0];
        world.clock.advance(LEASE_MS);
        world.engine.send_sweep(world.ws).await.unwrap();
        assert_eq!(stands(&world, message).await.0, State::Ambiguous);
        let answer = vec![(attempt, not_taken(ErrorClass::InvalidNumber))];
        world.engine.send_settle(world.ws, world.account, answer).await.unwrap();
        assert_eq!(stands(&world, message).await, (State::Failed, Some("invalid_number".to_owned())));
        assert_eq!(waiting(&world).await, 0);
    }

    async fn only_the_attempt_that_has_a_claim_gives_it_back(world) {
        world.types(AVA, "hello").await;
        let id = world.list(View::Open).await[0].id;
        let message = world.answers(id, "Hi").await.unwrap().message.id;
        let attempt = claim(&world, world.account).await[0];
        let stranger: AttemptId = world.engine.new_id();
        let ws = world.engine.store().workspace(world.ws);
        ws.write(move |tx| {
            store::outbox::give_back(tx, message, Some(stranger), 0, false)?;
            store::outbox::set_ambiguous(tx, message, Some(stranger))?;
            store::outbox::remove_of(tx, &[(message, stranger)])
        }).await.unwrap();
        assert_eq!(waiting(&world).await, 1);
        assert!(claim(&world, world.account).await.is_empty(), "it is with its provider");
        ws.write(move |tx| store::outbox::give_back(tx, message, Some(attempt), 0, false)).await.unwrap();
        assert_eq!(claim(&world, world.account).await.len(), 1);
    }
}

/// Tries after which the answer was dropped once: the waits between them doubled up to six seconds.
const MANY: u64 = 20;

/// With the runtime's own clock paused, so that waits cost nothing.
#[tokio::test(flavor = "current_thread")]
async fn an_answer_outlasts_any_outage_of_the_store() {
    // The store comes back; or the process ends with the store there, or without it.
    for (back, ends) in [(true, false), (true, true), (false, true)] {
        for on in testkit::database::engines() {
            let outage = std::sync::Arc::new(store::Outage::default());
            let faults = std::sync::Arc::clone(&outage);
            let store = testkit::database::open_with(on, move |config| config.faults.outage = Some(faults)).await;
            let world = World::over(store, 1).await;
            world.types(AVA, "hello").await;
            let talk = world.list(View::Open).await[0].id;
            let facts = world.engine.account_facts(world.ws, world.account).await.unwrap().unwrap();
            let message = world.answers(talk, "Hi").await.unwrap().message.id;
            let claimed = world.engine.send_claim_one(world.ws, world.account).await.unwrap();
            outage.set(true);
            tokio::time::pause();
            let (engine, ws) = (world.engine.clone(), world.ws);
            let under_way = tokio::spawn(async move { engine.send_hand_over(ws, &facts, claimed.cleared).await });
            while outage.refused() < MANY && !under_way.is_finished() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            assert!(!under_way.is_finished(), "the answer was dropped");
            outage.set(!back);
            if ends {
                world.engine.shutdown().await;
            }
            let done = under_way.await.unwrap();
            tokio::time::resume();
            outage.set(false);
            let kept = stands(&world, message).await.0;
            assert_eq!((done.is_ok(), kept == State::Accepted), (back, back), "{done:?} {kept}");
        }
    }
}
