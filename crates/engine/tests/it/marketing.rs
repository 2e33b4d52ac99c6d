//! Marketing leaves by the ledger's word alone, and for the whole customer.

use crate::on_both;
use domain::consent::{Action, Method, Permits, Proof, UnsureAnswer};
use domain::id::MessageId;
use domain::message::{Purpose, State};
use engine::ConsentsOf;
use engine::audit::Actor;
use engine::consent::NewConsent;
use engine::unsure_text::UnsureTextError;
use store::{Scope, Sql};
use testkit::world::{World, agreement};

const AVA: &str = "+12125550101";
/// Ava's other number.
const OTHER: &str = "+12125550102";
/// Florida: three marketing texts in 24 hours (Fla. Stat. 501.059(8)(b)).
const MIAMI: &str = "+13055550101";
const MIAMI_OTHER: &str = "+13055550102";
const UNSURE: &str = "too many texts";
const ADS: &str = "stop the ads but keep my order updates";

static ONE_CUSTOMER: Sql = Sql {
    cold: None,
    name: "ONE_CUSTOMER",
    scope: Scope::Server,
    text: "update identities set customer_id = (select customer_id from identities where address = $1)
        where address = $2",
};
static APART: Sql = Sql {
    cold: None,
    name: "APART",
    scope: Scope::Server,
    text: "update identities set customer_id = (select customer_id from conversations where address = $1
        order by created_at, id limit 1)
        where address = $1",
};

/// What becomes of a marketing text: its state and the code of the reason.
pub async fn sold(world: &World, to: &str) -> (State, Option<String>) {
    let row = world.sends(to, "Sale!", Purpose::Marketing).await.unwrap().message;
    (row.state, row.reason_code)
}

/// The code for which a marketing text is refused, which it must be.
pub async fn refused(world: &World, to: &str) -> String {
    let (state, code) = sold(world, to).await;
    assert_eq!(state, State::Refused, "{code:?}");
    code.unwrap()
}

async fn allowed(world: &World, to: &str) -> bool {
    sold(world, to).await.0 == State::Queued
}

async fn code(world: &World, id: MessageId) -> (State, Option<String>) {
    let row = world.message(id).await;
    (row.state, row.reason_code)
}

/// Both numbers are known, and belong to one customer.
async fn merged(world: &World, one: &str, other: &str) {
    // Their talks stay open, and courtesy would hold what the law is asked about here.
    world.law_alone().await;
    world.types(one, "hello").await;
    world.types(other, "it is me, too").await;
    let (one, other) = (one.to_owned(), other.to_owned());
    let server = world.engine.store().server();
    let text = move |text: &String| store::Val::Text(text.clone());
    server.write(move |tx| tx.exec(&ONE_CUSTOMER, &[text(&one), text(&other)])).await.unwrap();
}

async fn founded(world: &World) {
    let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
    assert_eq!(found.problems, []);
}

fn by_agent(permits: Permits) -> NewConsent {
    NewConsent {
        permits,
        action: Action::Revoke,
        proof: Proof::Express,
        method: Method::Agent,
        disclosure: None,
        ..agreement(AVA, None)
    }
}

on_both! {
    async fn consent_decides_and_the_verdict_names_its_entry(world) {
        assert_eq!(refused(&world, AVA).await, "consent_missing");
        let express = NewConsent { proof: Proof::Express, disclosure: None, ..agreement(AVA, None) };
        world.engine.consent_record(world.ws, Actor::System, express).await.unwrap();
        assert_eq!(refused(&world, AVA).await, "consent_too_weak");
        world.clock.advance(1_000);
        let entry = world.agrees(AVA).await;
        let sent = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        world.settle().await;
        assert_eq!(world.message(sent).await.state, State::Delivered);
        let verdicts = world.engine.message_decisions(world.ws, sent).await.unwrap().unwrap();
        assert_eq!(verdicts.last().unwrap().decision.basis.consent, Some(entry.to_string()));
        // What the customer took back while a text waited ends it at once.
        let waiting = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        world.engine.consent_record(world.ws, Actor::System, by_agent(Permits::Marketing)).await.unwrap();
        assert_eq!(code(&world, waiting).await, (State::Refused, Some("opted_out".to_owned())));
        world.settle().await;
        assert_eq!(world.message(order).await.state, State::Delivered);
        founded(&world).await;
    }

    async fn what_was_claimed_when_its_purpose_ended_has_had_its_chance(world) {
        merged(&world, AVA, OTHER).await;
        world.agrees(AVA).await;
        world.agrees(OTHER).await;
        world.clock.advance(1_000);
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        let other = world.sends(OTHER, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        let mut claimed = 0;
        for _ in 0..3 {
            claimed += world.engine.send_claim_one(world.ws, world.account).await.unwrap().cleared.len();
        }
        assert_eq!(claimed, 3);
        world.types(AVA, ADS).await;
        assert!(world.message(sale).await.in_flight_at_opt_out && world.message(other).await.in_flight_at_opt_out);
        assert!(!world.message(order).await.in_flight_at_opt_out, "orders go on");
    }

    async fn the_claim_asks_again(world) {
        world.agrees(AVA).await;
        let sent = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        world.types(AVA, UNSURE).await;
        world.settle().await;
        assert_eq!(code(&world, sent).await, (State::Refused, Some("opt_out_unsure".to_owned())));
    }

    async fn an_opt_out_of_one_address_ends_marketing_to_all_of_them(world) {
        merged(&world, AVA, OTHER).await;
        world.agrees(AVA).await;
        world.agrees(OTHER).await;
        world.clock.advance(1_000);
        let waiting = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        world.types(OTHER, "STOP").await;
        assert_eq!(world.message(waiting).await.state, State::Refused, "a later START must not let it pass");
        assert_eq!(refused(&world, AVA).await, "opted_out_elsewhere");
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message;
        assert_eq!(order.state, State::Queued, "orders go on to the address that did not opt out");
        // Told apart again, each keeps what it did.
        let server = world.engine.store().server();
        server.write(|tx| tx.exec(&APART, &[store::Val::Text(OTHER.to_owned())])).await.unwrap();
        assert!(allowed(&world, AVA).await);
        assert_eq!(refused(&world, OTHER).await, "opted_out");
        merged(&world, AVA, OTHER).await;
        world.clock.advance(1_000);
        world.types(OTHER, "START").await;
        assert!(allowed(&world, AVA).await);
        assert_eq!(refused(&world, OTHER).await, "consent_revoked", "START gives no consent to marketing back");
        founded(&world).await;
    }

    async fn caps_count_what_left_for_any_address_of_the_customer(world) {
        merged(&world, MIAMI, MIAMI_OTHER).await;
        world.agrees(MIAMI).await;
        world.agrees(MIAMI_OTHER).await;
        world.clock.advance(1_000);
        let mut all = Vec::new();
        for to in [MIAMI, MIAMI_OTHER, MIAMI, MIAMI_OTHER, MIAMI] {
            all.push(world.sends(to, "Sale!", Purpose::Marketing).await.unwrap().message.id);
            world.clock.advance(1);
        }
        world.settle().await;
        let mut states = Vec::new();
        for id in &all {
            states.push(code(&world, *id).await);
        }
        let held = (State::Held, Some("frequency_cap".to_owned()));
        let left = states.iter().filter(|(state, _)| *state == State::Delivered).count();
        assert_eq!((left, states.iter().filter(|state| **state == held).count()), (3, 2), "{states:?}");
        assert_eq!(sold(&world, MIAMI).await, held, "and when it is accepted");
    }

    async fn what_the_provider_did_not_take_is_not_counted(world) {
        world.agrees(MIAMI).await;
        let faults = channels::simulator::Faults { reject_code: Some("30007".to_owned()), ..channels::simulator::Faults::none() };
        world.engine.simulator_faults_set(world.account, faults);
        for _ in 0..3 {
            world.sends(MIAMI, "Sale!", Purpose::Marketing).await.unwrap();
        }
        world.settle().await;
        world.engine.simulator_faults_set(world.account, channels::simulator::Faults::none());
        assert!(allowed(&world, MIAMI).await);
    }

    async fn an_opt_out_covers_what_it_names(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, ADS).await;
        world.types(AVA, ADS).await;
        world.settle().await;
        let confirmation = domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::Marketing, None);
        assert_eq!(world.phone(AVA).await, [confirmation], "confirmed once");
        assert_eq!(refused(&world, AVA).await, "opted_out_topic");
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message;
        assert_eq!(order.state, State::Queued);
        let scopes: Vec<_> = world.engine.opt_out_page(world.ws, None, 10).await.unwrap().into_iter().map(|row| row.scope).collect();
        assert_eq!(scopes, ["marketing"]);
        // Who agrees anew is no longer opted out of it.
        world.clock.advance(1_000);
        world.agrees(AVA).await;
        assert!(allowed(&world, AVA).await);
        assert_eq!(world.engine.opt_out_page(world.ws, None, 10).await.unwrap(), []);
        founded(&world).await;
    }

    async fn start_takes_back_what_an_agent_wrote_down(world) {
        world.types(AVA, "hello").await;
        for permits in [Permits::All, Permits::Transactional] {
            world.clock.advance(1_000);
            world.engine.consent_record(world.ws, Actor::Cli, by_agent(permits)).await.unwrap();
            let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message;
            assert_eq!(order.state, State::Refused, "{permits}");
            world.clock.advance(1_000);
            world.types(AVA, "START").await;
            assert_eq!(world.engine.opt_out_page(world.ws, None, 10).await.unwrap(), []);
        }
        founded(&world).await;
    }

    async fn an_unsure_text_rests_marketing_until_a_member_says(world) {
        merged(&world, AVA, OTHER).await;
        world.agrees(AVA).await;
        world.agrees(OTHER).await;
        world.clock.advance(1_000);
        world.types(AVA, UNSURE).await;
        assert_eq!(refused(&world, AVA).await, "opt_out_unsure");
        assert_eq!(refused(&world, OTHER).await, "opt_out_unsure", "for the whole customer");
        assert_eq!(world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.state, State::Queued);
        // No one answers: it rests on.
        world.clock.advance(40 * 24 * 3_600_000);
        assert_eq!(refused(&world, AVA).await, "opt_out_unsure");
        let open = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap();
        assert_eq!(open.iter().map(|row| (row.body.as_str(), row.address.as_str())).collect::<Vec<_>>(), [(UNSURE, AVA)]);
        assert_eq!(world.engine.opt_out_page(world.ws, None, 10).await.unwrap(), [], "a question is no opt-out");
        founded(&world).await;
        let answered = world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, false).await.unwrap();
        assert_eq!(answered.answer, Some(UnsureAnswer::Stays));
        assert!(allowed(&world, AVA).await && allowed(&world, OTHER).await);
        let again = world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, true).await;
        assert!(matches!(again, Err(UnsureTextError::Answered)));
        assert!(allowed(&world, AVA).await);
        assert_eq!(world.engine.unsure_text_page(world.ws, None, 10).await.unwrap(), []);
        let (ledger, _) = world.engine.consent_page(world.ws, ConsentsOf::Address(AVA.to_owned()), None, 10).await.unwrap();
        assert_eq!(ledger.iter().map(|row| row.action).collect::<Vec<_>>(), [Action::Settle, Action::Doubt, Action::Grant]);
        let audit = world.engine.audit_page(world.ws, engine::AuditFilter::default(), None, 1).await.unwrap();
        assert_eq!((audit[0].action.as_str(), audit[0].subject.clone()), ("unsure_text.answer", open[0].message.to_string()));
        founded(&world).await;
    }

    async fn a_yes_opts_out_with_one_confirmation(world) {
        world.agrees(AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, UNSURE).await;
        world.clock.advance(1_000);
        world.types(AVA, "These texts are getting annoying").await;
        let open = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap();
        assert_eq!(open.len(), 2);
        // One of two answered with no says nothing of the other.
        world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, false).await.unwrap();
        assert_eq!(refused(&world, AVA).await, "opt_out_unsure");
        let waiting = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        world.engine.unsure_text_answer(world.ws, Actor::Cli, open[1].message, true).await.unwrap();
        world.settle().await;
        assert_eq!(world.message(waiting).await.state, State::Refused);
        assert_eq!(world.phone(AVA).await, [domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None)]);
        assert_eq!(refused(&world, AVA).await, "opted_out");
        founded(&world).await;
    }

    async fn whoever_says_it_themselves_ends_the_question(world) {
        world.law_alone().await;
        for (words, marketing) in [("START", true), ("STOP", false)] {
            world.clock.advance(1_000);
            world.agrees(AVA).await;
            world.clock.advance(1_000);
            world.types(AVA, UNSURE).await;
            let open = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap();
            assert_eq!(open.len(), 1, "{words}");
            world.clock.advance(1_000);
            world.types(AVA, words).await;
            assert_eq!(world.engine.unsure_text_page(world.ws, None, 10).await.unwrap(), [], "{words}");
            let late = world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, true).await;
            assert!(matches!(late, Err(UnsureTextError::Answered)), "{words}");
            assert_eq!(allowed(&world, AVA).await, marketing, "{words}");
        }
        founded(&world).await;
    }

    async fn two_members_answer_once(world) {
        world.types(AVA, UNSURE).await;
        let id = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap()[0].message;
        let (yes, no) = tokio::join!(
            world.engine.unsure_text_answer(world.ws, Actor::Cli, id, true),
            world.engine.unsure_text_answer(world.ws, Actor::Cli, id, false),
        );
        assert_eq!(usize::from(yes.is_ok()) + usize::from(no.is_ok()), 1);
        let audits = world.engine.audit_page(world.ws, engine::AuditFilter::default(), None, 50).await.unwrap();
        assert_eq!(audits.iter().filter(|row| row.action == "unsure_text.answer").count(), 1);
    }
}
