//! Texts about a topic: who agreed to it, who left it, and what becomes of what waits.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Method, Permits, Proof};
use domain::message::{Origin, Purpose, State};
use engine::audit::Actor;
use engine::consent::NewConsent;
use engine::reply::{Accepted, Destination, NewText, ReplyError};
use testkit::world::{World, agreement};

const AVA: &str = "+12125550101";

async fn sends(world: &World, topic: &str, purpose: Purpose) -> (State, Option<String>) {
    let row = about(world, world.text("News of the day"), topic, purpose).await.unwrap().message;
    assert_eq!(row.topic, topic);
    (row.state, row.reason_code)
}

async fn about(world: &World, text: NewText, topic: &str, purpose: Purpose) -> Result<Accepted, ReplyError> {
    let text = NewText { origin: Origin::Api, purpose, topic: topic.to_owned(), ..text };
    let to = Destination::Address { inbox: world.inbox, to: Address::parse(AVA), name: None };
    world.engine.text_accept(world.ws, to, text).await
}

fn refused(code: &str) -> (State, Option<String>) {
    (State::Refused, Some(code.to_owned()))
}

const QUEUED: (State, Option<String>) = (State::Queued, None);

fn of_topic(topic: &str, permits: Permits, action: Action) -> NewConsent {
    let granted = action == Action::Grant;
    let all = agreement(AVA, None);
    NewConsent {
        permits,
        topic: topic.to_owned(),
        action,
        proof: if granted { Proof::Written } else { Proof::Express },
        method: if granted { Method::WebForm } else { Method::Agent },
        disclosure: all.disclosure.clone().filter(|_| granted),
        ..all
    }
}

async fn says(world: &World, topic: &str, permits: Permits, action: Action) {
    world.clock.advance(1_000);
    world.engine.consent_record(world.ws, Actor::Cli, of_topic(topic, permits, action)).await.unwrap();
    world.clock.advance(1_000);
}

on_both! {
    async fn consent_to_a_topic_permits_that_topic_alone(world) {
        // Four are more than the shop's own policy lets out in a day.
        world.law_alone().await;
        says(&world, "restocks", Permits::Marketing, Action::Grant).await;
        assert_eq!(sends(&world, "restocks", Purpose::Marketing).await, QUEUED);
        assert_eq!(sends(&world, "news", Purpose::Marketing).await, refused("consent_missing"));
        assert_eq!(sends(&world, "", Purpose::Marketing).await, refused("consent_missing"));
        // Consent to all marketing covers each topic.
        says(&world, "", Permits::Marketing, Action::Grant).await;
        for topic in ["restocks", "news", ""] {
            assert_eq!(sends(&world, topic, Purpose::Marketing).await, QUEUED, "{topic}");
        }
        // The hand-over asks by the same topic.
        world.settle().await;
        assert_eq!(world.phone(AVA).await.len(), 4);
    }

    async fn a_topic_taken_back_with_everything_does_not_stand_again_by_itself(world) {
        says(&world, "restocks", Permits::Marketing, Action::Grant).await;
        says(&world, "", Permits::All, Action::Revoke).await;
        assert_eq!(sends(&world, "restocks", Purpose::Marketing).await, refused("opted_out"));
        world.clock.advance(1_000);
        world.types(AVA, "START").await;
        world.settle().await;
        assert_eq!(sends(&world, "restocks", Purpose::Marketing).await, refused("consent_revoked"));
        says(&world, "restocks", Permits::Marketing, Action::Grant).await;
        assert_eq!(sends(&world, "restocks", Purpose::Marketing).await, QUEUED);
        assert_eq!(sends(&world, "news", Purpose::Marketing).await.0, State::Refused);
    }

    async fn who_leaves_a_topic_of_order_texts_gets_the_others(world) {
        says(&world, "returns", Permits::Transactional, Action::Revoke).await;
        assert_eq!(sends(&world, "returns", Purpose::Transactional).await, refused("opted_out_topic"));
        assert_eq!(sends(&world, "delivery", Purpose::Transactional).await, QUEUED);
        assert_eq!(sends(&world, "", Purpose::Transactional).await, QUEUED);
        says(&world, "returns", Permits::Transactional, Action::Grant).await;
        assert_eq!(sends(&world, "returns", Purpose::Transactional).await, QUEUED);
    }

    async fn what_waits_about_a_topic_is_refused_when_they_leave_it(world) {
        let sent = about(&world, world.text("It is on its way back."), "returns", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Queued);
        assert_eq!(sends(&world, "delivery", Purpose::Transactional).await, QUEUED);
        says(&world, "returns", Permits::Transactional, Action::Revoke).await;
        assert_eq!(world.message(sent.message.id).await.state, State::Refused, "at once: a later grant must not let it pass");
        says(&world, "returns", Permits::Transactional, Action::Grant).await;
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["News of the day"], "news of other topics goes on");
    }

    async fn one_id_is_one_text_of_one_topic(world) {
        let text = world.text("It is on its way back.");
        let first = about(&world, text.clone(), "returns", Purpose::Transactional).await.unwrap();
        let again = about(&world, text.clone(), "returns", Purpose::Transactional).await.unwrap();
        assert_eq!((again.repeated, again.message.id), (true, first.message.id));
        let other = about(&world, text, "delivery", Purpose::Transactional).await;
        assert_eq!(other.unwrap_err(), ReplyError::IdTaken);
    }
}
