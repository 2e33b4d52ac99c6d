//! What a text is judged as: an offer counts whatever it is sent as, and what the workspace says
//! about its brand and its customers' age reaches the gate.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Method, Permits, Proof};
use domain::gate::{Decision, Reclassify, Verdict};
use domain::message::{LegalBasis, Origin, Purpose, State};
use engine::audit::Actor;
use engine::consent::NewConsent;
use engine::reply::{Accepted, Destination, NewText};
use engine::workspaces::WorkspaceChange;
use store::conversation::View;
use testkit::world::{World, agreement};

const AVA: &str = "+12125550101";
/// Ava's other number.
const OTHER: &str = "+12125550102";
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// From noon of the world, one in New York, to ten in the evening there.
const TO_NIGHT: i64 = 9 * HOUR;
const CODE: &str = "Fern: 123456 is your code. Take 20% off your next order. STOP to end";
const SALE: &str = "Fern: the boots are in. Reply STOP to cancel";

async fn set(world: &World, change: WorkspaceChange) {
    world.engine.workspace_change(world.ws, Actor::System, change).await.unwrap();
}

async fn set_policy(world: &World, reclassify: Reclassify) {
    set(world, WorkspaceChange { reclassify: Some(reclassify), ..WorkspaceChange::default() }).await;
}

fn told(decision: &Decision, code: &str) -> bool {
    decision.findings.iter().any(|found| found.code == code && found.verdict == Verdict::Send && found.fix.is_some())
}

fn verdict(sent: &Accepted) -> &Decision {
    sent.decision.as_ref().unwrap()
}

/// The verdict of the claim.
async fn claimed(world: &World, sent: &Accepted) -> Decision {
    let verdicts = world.engine.message_decisions(world.ws, sent.message.id).await.unwrap().unwrap();
    verdicts.into_iter().rfind(|kept| kept.at_claim).unwrap().decision
}

on_both! {
    async fn a_code_with_an_offer_waits_for_the_morning_and_needs_consent(world) {
        world.clock.advance(TO_NIGHT);
        let refused = world.sends(AVA, CODE, Purpose::Otp).await.unwrap();
        assert_eq!((refused.message.state, refused.message.reason_code.as_deref()), (State::Refused, Some("consent_missing")));
        assert!(told(verdict(&refused), "marketing_words"));
        assert_eq!(refused.message.legal_basis, None);
        world.agrees(AVA).await;
        let held = world.sends(AVA, CODE, Purpose::Otp).await.unwrap();
        assert_eq!((held.message.state, held.message.reason_code.as_deref()), (State::Held, Some("quiet_hours")));
        assert!(told(verdict(&held), "marketing_words"));
        assert_eq!((held.message.purpose, held.message.class), (Some(Purpose::Otp), Some(Purpose::Marketing)));
        assert_eq!(held.message.legal_basis, Some(LegalBasis::WrittenConsent));
        // A code alone does not wait.
        let code = world.sends(AVA, "Fern: 123456 is your code.", Purpose::Otp).await.unwrap();
        world.settle().await;
        assert_eq!(world.message(code.message.id).await.state, State::Delivered);
        assert_eq!(world.message(code.message.id).await.legal_basis, Some(LegalBasis::CodeAsked));
        assert_eq!(world.phone(AVA).await, ["Fern: 123456 is your code."]);
        // In the morning it goes, and says what it was sent as.
        world.clock.advance(12 * HOUR);
        world.settle().await;
        let decision = claimed(&world, &held).await;
        assert_eq!((decision.verdict, decision.basis.declared.as_deref()), (Verdict::Send, Some("otp")));
        assert!(told(&decision, "marketing_words"));
        assert_eq!(world.phone(AVA).await.len(), 2);
    }

    async fn what_ends_marketing_ends_an_offer_that_waits_as_a_code(world) {
        world.agrees(AVA).await;
        world.clock.advance(TO_NIGHT);
        let held = world.sends(AVA, CODE, Purpose::Otp).await.unwrap().message;
        assert_eq!(held.state, State::Held);
        let revoked = NewConsent {
            permits: Permits::Marketing,
            action: Action::Revoke,
            proof: Proof::Express,
            method: Method::Agent,
            disclosure: None,
            ..agreement(AVA, None)
        };
        world.engine.consent_record(world.ws, Actor::System, revoked).await.unwrap();
        assert_eq!(world.message(held.id).await.state, State::Refused);
    }

    async fn an_offer_in_an_order_text_counts_for_the_cap_and_for_the_whole_customer(world) {
        const MIAMI: &str = "+13055550101";
        world.agrees(MIAMI).await;
        for _ in 0..3 {
            let sent = world.sends(MIAMI, "Fern: it left. 10% off your next. STOP to end", Purpose::Transactional).await.unwrap();
            assert_eq!(sent.message.state, State::Queued);
        }
        world.settle().await;
        let fourth = world.sends(MIAMI, SALE, Purpose::Marketing).await.unwrap().message;
        assert_eq!((fourth.state, fourth.reason_code.as_deref()), (State::Held, Some("frequency_cap")));
        let fourth = world.sends(MIAMI, CODE, Purpose::Otp).await.unwrap().message;
        assert_eq!((fourth.state, fourth.reason_code.as_deref()), (State::Held, Some("frequency_cap")));
        let order = world.sends(MIAMI, "Fern: it left.", Purpose::Transactional).await.unwrap().message;
        assert_eq!(order.state, State::Queued);
        // Four at one claim: the fourth meets the cap there.
        world.agrees(AVA).await;
        assert_eq!(world.sends(AVA, CODE, Purpose::Otp).await.unwrap().message.state, State::Queued);
        // A text nobody has understood rests marketing, and an offer in a code with it.
        world.types(OTHER, "too many texts").await;
        world.agrees(OTHER).await;
        let unsure = world.sends(OTHER, CODE, Purpose::Otp).await.unwrap().message;
        assert_eq!((unsure.state, unsure.reason_code.as_deref()), (State::Refused, Some("opt_out_unsure")));
    }

    async fn where_the_workspace_says_never_an_offer_is_told_and_goes(world) {
        set_policy(&world, Reclassify::Never).await;
        world.clock.advance(TO_NIGHT);
        let sent = world.sends(AVA, CODE, Purpose::Otp).await.unwrap();
        assert_eq!((sent.message.state, sent.message.class), (State::Queued, Some(Purpose::Otp)));
        assert!(told(verdict(&sent), "marketing_words"));
        world.settle().await;
        assert!(told(&claimed(&world, &sent).await, "marketing_words"));
        // What waits is judged by what holds when it leaves.
        let later = world.sends(AVA, CODE, Purpose::Otp).await.unwrap().message;
        set_policy(&world, Reclassify::OrderTexts).await;
        world.settle().await;
        let later = world.message(later.id).await;
        assert_eq!((later.state, later.class, later.legal_basis), (State::Refused, Some(Purpose::Marketing), None));
    }

    async fn a_persons_answer_with_an_offer_is_told_and_goes(world) {
        world.clock.advance(TO_NIGHT);
        world.types(AVA, "do you have a code for me?").await;
        let talk = world.list(View::All).await.pop().unwrap().id;
        let answer = world.answers(talk, "Sure: use promo code A1, 20% off").await.unwrap();
        assert_eq!((answer.message.state, answer.message.class), (State::Queued, Some(Purpose::Conversational)));
        assert!(told(verdict(&answer), "marketing_words"));
        assert_eq!(answer.message.legal_basis, Some(LegalBasis::Inquiry));
        world.settle().await;
        assert_eq!(world.message(answer.message.id).await.state, State::Delivered);
        // A workspace may be stricter.
        set_policy(&world, Reclassify::EveryText).await;
        let answer = world.answers(talk, "Sure: use promo code A1, 20% off").await.unwrap().message;
        assert_eq!((answer.state, answer.reason_code.as_deref()), (State::Refused, Some("consent_missing")));
        let plain = world.answers(talk, "Not today, sorry").await.unwrap().message;
        assert_eq!(plain.state, State::Queued);
    }

    async fn a_first_marketing_text_names_its_sender_and_how_to_opt_out(world) {
        world.agrees(AVA).await;
        let bare = world.sends(AVA, "The boots are in", Purpose::Marketing).await.unwrap();
        assert_eq!(bare.message.state, State::Queued);
        assert!(told(verdict(&bare), "sender_not_named") && told(verdict(&bare), "opt_out_wording_due"));
        world.settle().await;
        assert!(told(&claimed(&world, &bare).await, "sender_not_named"));
        let whole = world.sends(AVA, SALE, Purpose::Marketing).await.unwrap();
        assert!(!told(verdict(&whole), "sender_not_named") && !told(verdict(&whole), "opt_out_wording_due"));
        world.settle().await;
        // For thirty days nobody need say it again; a brand of another name is named by that.
        let brand = WorkspaceChange { brand: Some("Oak".to_owned()), ..WorkspaceChange::default() };
        set(&world, brand).await;
        for (days, due) in [(1, false), (28, false), (2, true)] {
            world.clock.advance(days * DAY);
            let text = NewText { origin: Origin::Api, purpose: Purpose::Marketing, ..world.text("Oak: more boots") };
            let to = Destination::Address { inbox: world.inbox, to: Address::parse(AVA), name: None };
            let decision = world.engine.text_preview(world.ws, to, text).await.unwrap();
            assert_eq!((told(&decision, "opt_out_wording_due"), decision.verdict), (due, Verdict::Send), "{days}");
            assert!(!told(&decision, "sender_not_named"));
        }
    }

    async fn alcohol_needs_the_workspaces_word_about_age(world) {
        world.agrees(AVA).await;
        let bourbon = "Fern: bourbon is back. Reply STOP to end";
        let refused = world.sends(AVA, bourbon, Purpose::Marketing).await.unwrap().message;
        assert_eq!((refused.state, refused.reason_code.as_deref()), (State::Refused, Some("age_gate_missing")));
        set(&world, WorkspaceChange { age_gated: Some(true), ..WorkspaceChange::default() }).await;
        let row = world.engine.workspace_get(world.ws).await.unwrap().unwrap();
        assert_eq!((row.age_gated, row.reclassify), (true, Reclassify::OrderTexts));
        let sent = world.sends(AVA, bourbon, Purpose::Marketing).await.unwrap().message;
        world.settle().await;
        assert_eq!(world.message(sent.id).await.state, State::Delivered);
        // And it is asked again where the text leaves.
        let waits = world.sends(AVA, bourbon, Purpose::Marketing).await.unwrap().message;
        set(&world, WorkspaceChange { age_gated: Some(false), ..WorkspaceChange::default() }).await;
        world.settle().await;
        let waits = world.message(waits.id).await;
        assert_eq!((waits.state, waits.reason_code.as_deref()), (State::Refused, Some("age_gate_missing")));
    }
}
