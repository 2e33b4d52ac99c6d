//! Consent: what is written down, and what follows from it.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof, Status};
use domain::message::{Purpose, State};
use engine::ConsentsOf;
use engine::audit::Actor;
use engine::consent::{ConsentError, Disclosure, NewConsent};
use serde_json::json;
use testkit::world::{NOON, World};

const AVA: &str = "+12125550101";
const WORDS: &str = "I agree to get marketing texts from Fern. Consent is not a condition of purchase.";

fn says(action: Action, permits: Permits) -> NewConsent {
    NewConsent {
        address: Address::parse(AVA),
        channel: Channel::Sms,
        permits,
        topic: String::new(),
        action,
        proof: Proof::Written,
        method: Method::WebForm,
        disclosure: Some(Disclosure { locale: "en-US".to_owned(), text: WORDS.to_owned() }),
        evidence: json!({ "source_url": "https://fern.example/join", "ip": "192.0.2.7" }),
        occurred_at: None,
    }
}

async fn stands(world: &World) -> Vec<(Permits, String, Status)> {
    let (rows, _) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
    rows.into_iter().map(|row| (row.permits, row.topic, row.standing.status)).collect()
}

on_both! {
    async fn a_grant_is_kept_with_the_words_shown_and_how_it_came(world) {
        let by = Actor::System;
        let recorded = world.engine.consent_record(world.ws, by, says(Action::Grant, Permits::Marketing)).await.unwrap();
        assert_eq!(recorded.stands.unwrap().standing.status, Status::Granted);
        world.clock.advance(5);
        world.engine.consent_record(world.ws, by, says(Action::Grant, Permits::Transactional)).await.unwrap();
        let of = ConsentsOf::Address(AVA.to_owned());
        let (rows, wordings) = world.engine.consent_page(world.ws, of, None, 10).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[1].evidence, json!({ "source_url": "https://fern.example/join", "ip": "192.0.2.7" }).to_string());
        let shown = &wordings[&rows[1].disclosure.unwrap()];
        assert_eq!((shown.text.as_str(), shown.locale.as_str()), (WORDS, "en-US"));
        // One wording for two purposes is two disclosures; for the same purpose it is one.
        let again = world.engine.consent_record(world.ws, by, says(Action::Grant, Permits::Marketing)).await.unwrap();
        assert_eq!(again.entry.disclosure, rows[1].disclosure);
        let next = world.engine.consent_page(world.ws, ConsentsOf::Everybody, Some((rows[0].recorded_at, rows[0].id.uuid())), 10).await.unwrap();
        assert_eq!(next.0.len(), 1);
    }

    async fn stop_withdraws_every_purpose_and_start_gives_none_back(world) {
        let by = Actor::System;
        world.engine.consent_record(world.ws, by, says(Action::Grant, Permits::Marketing)).await.unwrap();
        world.clock.advance(1_000);
        world.types(AVA, "STOP").await;
        assert_eq!(stands(&world).await, [
            (Permits::Marketing, String::new(), Status::Revoked),
            (Permits::All, String::new(), Status::Revoked),
        ]);
        world.clock.advance(1_000);
        world.types(AVA, "START").await;
        assert_eq!(stands(&world).await, [
            (Permits::Marketing, String::new(), Status::Revoked),
            (Permits::All, String::new(), Status::Granted),
        ]);
        let (rows, _) = world.engine.consent_page(world.ws, ConsentsOf::Address(AVA.to_owned()), None, 10).await.unwrap();
        let ways: Vec<_> = rows.iter().map(|row| (row.action, row.method)).collect();
        assert_eq!(ways, [
            (Action::Resume, Method::Keyword), (Action::Revoke, Method::Keyword), (Action::Grant, Method::WebForm),
        ]);
        assert!(rows[1].evidence.contains("STOP") && rows[1].message.is_some());
    }

    async fn an_opt_out_taken_by_an_agent_ends_what_waits(world) {
        world.types(AVA, "hello").await;
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        let by_phone = NewConsent { method: Method::Agent, proof: Proof::Express, disclosure: None, ..says(Action::Revoke, Permits::All) };
        world.engine.consent_record(world.ws, Actor::Cli, by_phone).await.unwrap();
        world.settle().await;
        let row = world.message(sent.message.id).await;
        assert_eq!((row.state, row.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        assert!(world.phone(AVA).await.is_empty());
        let later = world.sends(AVA, "and again", Purpose::Transactional).await.unwrap();
        assert_eq!(later.message.state, State::Refused);
    }

    async fn late_news_of_an_opt_out_taken_back_since_changes_nothing(world) {
        world.types(AVA, "STOP").await;
        world.clock.advance(60_000);
        world.types(AVA, "START").await;
        let late = NewConsent { occurred_at: Some(NOON - 5_000), method: Method::Import, ..says(Action::Revoke, Permits::All) };
        world.engine.consent_record(world.ws, Actor::System, late).await.unwrap();
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Queued);
    }

    async fn a_stop_counts_whatever_the_clocks_say(world) {
        world.types(AVA, "STOP").await;
        world.clock.advance(60_000);
        world.types(AVA, "START").await;
        // Another node's clock is behind, or this one was set back.
        world.clock.advance(-3_000);
        world.types(AVA, "STOP").await;
        assert!(stands(&world).await.contains(&(Permits::All, String::new(), Status::Revoked)));
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Refused);
        world.clock.advance(-3_000);
        world.types(AVA, "START").await;
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Queued);
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn a_grant_of_before_a_stop_never_stands_after_it(world) {
        world.clock.advance(10_000);
        world.types(AVA, "STOP").await;
        world.clock.advance(1_000);
        world.types(AVA, "START").await;
        world.clock.advance(1_000);
        let form = |at| NewConsent { occurred_at: Some(at), ..says(Action::Grant, Permits::Marketing) };
        for before in [NOON, NOON + 10_000] {
            let late = world.engine.consent_record(world.ws, Actor::System, form(before)).await.unwrap();
            assert_eq!(late.stands, None);
            assert_eq!(stands(&world).await, [(Permits::All, String::new(), Status::Granted)]);
        }
        let topic = NewConsent { topic: "sales".to_owned(), ..form(NOON) };
        assert_eq!(world.engine.consent_record(world.ws, Actor::System, topic).await.unwrap().stands, None);
        let since = world.engine.consent_record(world.ws, Actor::System, form(NOON + 10_500)).await.unwrap();
        assert_eq!(since.stands.unwrap().standing.status, Status::Granted);
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn a_grant_of_before_the_number_changed_hands_never_stands_after_it(world) {
        let moved = NewConsent { method: Method::NumberFeed, disclosure: None, occurred_at: Some(NOON), ..says(Action::Expire, Permits::All) };
        world.engine.consent_record(world.ws, Actor::System, moved).await.unwrap();
        let form = |at| NewConsent { occurred_at: Some(at), ..says(Action::Grant, Permits::Marketing) };
        let late = world.engine.consent_record(world.ws, Actor::System, form(NOON - 1)).await.unwrap();
        assert_eq!(late.stands, None);
        let theirs = world.engine.consent_record(world.ws, Actor::System, form(NOON + 1)).await.unwrap();
        assert_eq!(theirs.stands.unwrap().standing.status, Status::Granted);
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn everything_has_no_topic(world) {
        let odd = NewConsent { topic: "sales".to_owned(), disclosure: None, ..says(Action::Revoke, Permits::All) };
        let refused = world.engine.consent_record(world.ws, Actor::System, odd).await.unwrap_err();
        assert_eq!(refused.code(), "topic_without_purpose");
        assert_eq!(stands(&world).await, []);
    }

    async fn late_news_of_a_return_lifts_no_newer_opt_out(world) {
        world.types(AVA, "STOP").await;
        let late = NewConsent { occurred_at: Some(NOON - 5_000), method: Method::Import, ..says(Action::Resume, Permits::All) };
        world.engine.consent_record(world.ws, Actor::System, late).await.unwrap();
        let sent = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Refused);
    }

    async fn double_opt_in_asks_first(world) {
        let by = Actor::System;
        let none = world.engine.consent_record(world.ws, by, says(Action::Confirm, Permits::Marketing)).await;
        assert_eq!(none.unwrap_err().code(), "nothing_to_confirm");
        let asked = world.engine.consent_record(world.ws, by, says(Action::Request, Permits::Marketing)).await.unwrap();
        assert_eq!(asked.stands.unwrap().standing.status, Status::Pending);
        world.clock.advance(1_000);
        let said = world.engine.consent_record(world.ws, by, says(Action::Confirm, Permits::Marketing)).await.unwrap();
        assert_eq!(said.stands.unwrap().standing.status, Status::Granted);
    }

    async fn what_cannot_be_an_entry_is_refused_with_a_code(world) {
        let good = || says(Action::Grant, Permits::Marketing);
        let cases: Vec<(NewConsent, &str)> = vec![
            (NewConsent { address: Address::parse("FERN"), ..good() }, "bad_address"),
            (NewConsent { permits: Permits::All, ..good() }, "purpose_missing"),
            (NewConsent { disclosure: None, ..good() }, "disclosure_missing"),
            (NewConsent { disclosure: Some(Disclosure { locale: "en".into(), text: "x".repeat(4_001) }), ..good() }, "disclosure_too_long"),
            (NewConsent { topic: "t".repeat(41), ..good() }, "topic_too_long"),
            (NewConsent { evidence: json!([1]), ..good() }, "bad_evidence"),
            (NewConsent { evidence: json!({ "words": "x".repeat(9_000) }), ..good() }, "bad_evidence"),
            (NewConsent { occurred_at: Some(NOON + 600_000), ..good() }, "in_the_future"),
        ];
        for (new, code) in cases {
            let refused: ConsentError = world.engine.consent_record(world.ws, Actor::System, new).await.unwrap_err();
            assert_eq!(refused.code(), code);
        }
        let (rows, _) = world.engine.consent_page(world.ws, ConsentsOf::Everybody, None, 10).await.unwrap();
        assert!(rows.is_empty());
    }
}
