//! What a text is judged as, and by what right it goes.

use crate::rows::{ASK, Ask, local};
use domain::gate::{Decision, LastTold, Reclassify, Verdict};
use domain::message::{LegalBasis, Origin, Purpose};
use domain::rule_pack::{ConsentKind, RulePack};

const DENVER: &str = "America/Denver";
const DAY: i64 = 86_400_000;
const CODE: &str = "123456 is your Acme code. 20% off your next order with promo code A1. STOP to end";
const PARCEL: &str = "Acme: your parcel left. Reply STOP to cancel.";

fn noted(decision: &Decision, code: &str) -> bool {
    decision.findings.iter().any(|found| found.code == code && found.verdict == Verdict::Send && found.fix.is_some())
}

fn held(decision: &Decision) -> bool {
    matches!(decision.verdict, Verdict::Hold { .. })
}

#[test]
fn a_code_with_an_offer_waits_for_the_morning() {
    let night = local(DENVER, "2026-12-08T22:00");
    let ask = Ask { purpose: Purpose::Otp, body: CODE, reclassify: Reclassify::OrderTexts, ..ASK };
    let decision = ask.at(night);
    assert_eq!((held(&decision), decision.code.as_str()), (true, "quiet_hours"), "{decision:?}");
    assert!(noted(&decision, "marketing_words"));
    assert_eq!((decision.basis.purpose.as_str(), decision.basis.declared.as_deref()), ("marketing", Some("otp")));
    // Without consent it does not go at all.
    let decision = Ask { consent: None, ..ask }.at(night);
    assert_eq!((decision.verdict, decision.code.as_str()), (Verdict::Refuse, "consent_missing"));
    // The fourth of a day waits, too.
    let noon = local(DENVER, "2026-12-08T12:00");
    let sent = [noon - 3_000, noon - 2_000, noon - 1_000];
    let decision = Ask { to: "+13055550100", sent: &sent, ..ask }.at(noon);
    assert_eq!((held(&decision), decision.code.as_str()), (true, "frequency_cap"));
    // The code alone goes, and where the workspace says never the offer is told, no more.
    let alone = Ask { body: "123456 is your Acme code.", ..ask }.at(night);
    assert_eq!((alone.verdict, alone.basis.declared.as_deref()), (Verdict::Send, None));
    let flagged = Ask { reclassify: Reclassify::Never, ..ask }.at(night);
    assert_eq!((flagged.verdict, flagged.basis.purpose.as_str()), (Verdict::Send, "otp"));
    assert!(noted(&flagged, "marketing_words"));
}

#[test]
fn what_counts_as_marketing_fares_as_marketing_whatever_it_is_sent_as() {
    let bodies = [CODE, PARCEL, "Shop now at bit.ly/x", "Bourbon is on sale now", "Flash sale"];
    let instants = ["2026-12-08T03:00", "2026-12-08T12:00", "2026-12-08T20:30", "2026-12-08T22:00", "2026-12-25T12:00"];
    let consents = [None, Some(ConsentKind::Inbound), Some(ConsentKind::Express), Some(ConsentKind::Written)];
    for policy in Reclassify::ALL {
        for purpose in Purpose::ALL {
            for origin in Origin::ALL {
                for body in bodies {
                    for (at, to, consent) in instants.iter().flat_map(|at| {
                        ["+13035550100", "+13055550100", "+442071234567"]
                            .into_iter()
                            .flat_map(move |to| consents.map(|consent| (*at, to, consent)))
                    }) {
                        let now = local(DENVER, at);
                        let ask = Ask {
                            to,
                            body,
                            consent,
                            purpose: *purpose,
                            origin: *origin,
                            reclassify: *policy,
                            brand: Some("Acme"),
                            ..ASK
                        };
                        check(&ask, now);
                    }
                }
            }
        }
    }
}

fn check(ask: &Ask<'_>, now: i64) {
    let decision = ask.at(now);
    let sent_as = Ask { purpose: Purpose::Marketing, ..*ask }.at(now);
    let told = noted(&decision, "marketing_words");
    let offer = RulePack::find("default").is_some_and(|pack| pack.offers(ask.body));
    let (is, policy) = (ask.purpose, ask.reclassify);
    let why = || format!("{} {is} {} {policy}", ask.body, ask.origin);
    assert_eq!(told, offer && is != Purpose::Marketing, "every offer is told: {}", why());
    let counts = offer
        && !ask.origin.answers_keyword()
        && ask.origin != Origin::SignUpRequest
        && match policy {
            Reclassify::Never => false,
            Reclassify::OrderTexts => matches!(is, Purpose::Transactional | Purpose::Otp),
            Reclassify::EveryText => is != Purpose::Marketing,
        };
    assert_eq!(decision.class(), Some(if counts { Purpose::Marketing } else { is }), "{}", why());
    assert_eq!(decision.basis.declared.is_some(), counts, "{}", why());
    if counts {
        let of = |one: &Decision| (one.verdict, one.code.clone(), one.valid_until, one.basis.legal_basis);
        assert_eq!(of(&decision), of(&sent_as), "{}", why());
    }
    assert_eq!(decision.basis.legal_basis.is_none(), decision.verdict == Verdict::Refuse, "{}", why());
}

#[test]
fn every_text_that_goes_has_its_right() {
    let noon = local(DENVER, "2026-12-08T12:00");
    let ask = Ask { body: PARCEL, ..ASK };
    let table = [
        (Purpose::Marketing, Origin::Campaign, Some(LegalBasis::WrittenConsent)),
        (Purpose::Transactional, Origin::Api, Some(LegalBasis::Order)),
        (Purpose::Otp, Origin::Api, Some(LegalBasis::CodeAsked)),
        (Purpose::Conversational, Origin::Person, Some(LegalBasis::Relationship)),
        (Purpose::Conversational, Origin::HelpAnswer, Some(LegalBasis::Keyword)),
    ];
    for (purpose, origin, basis) in table {
        assert_eq!(Ask { purpose, origin, ..ask }.at(noon).basis.legal_basis, basis, "{purpose} {origin}");
    }
    let refused = Ask { consent: None, ..ask }.at(noon);
    assert_eq!((refused.verdict, refused.basis.legal_basis), (Verdict::Refuse, None));
    // France asks for express consent.
    let express = Ask { to: "+33612345678", consent: Some(ConsentKind::Express), ..ask };
    let express = express.at(local("Europe/Paris", "2026-12-08T12:00"));
    assert_eq!(express.basis.legal_basis, Some(LegalBasis::ExpressConsent), "{express:?}");
}

#[test]
fn opt_out_wording_is_due_first_and_every_thirty_days() {
    let now = local(DENVER, "2026-12-08T12:00");
    let silent = Ask { body: "Acme: boots are in", ..ASK };
    for (told, due) in [
        (LastTold::Kept(None), true),
        (LastTold::Kept(Some(now - DAY)), false),
        (LastTold::Kept(Some(now - 29 * DAY)), false),
        (LastTold::Kept(Some(now - 30 * DAY)), true),
    ] {
        let flagged = |ask: Ask<'_>| noted(&ask.at(now), "opt_out_wording_due");
        assert_eq!(flagged(Ask { told, ..silent }), due, "{told:?}");
        // What was sent without saying so does not count.
        assert_eq!(flagged(Ask { told, sent: &[now - DAY], ..silent }), due, "{told:?}");
        assert!(!flagged(Ask { told, body: PARCEL, ..silent }), "it says so itself");
    }
    let Some(pack) = RulePack::find("default") else { unreachable!("the default is built in") };
    assert_eq!((pack.told_ms(), pack.tells_opt_out(PARCEL), pack.tells_opt_out("boots")), (30 * DAY, true, false));
}

#[test]
fn alcohol_needs_an_age_gate_and_a_first_text_its_sender() {
    let noon = local(DENVER, "2026-12-08T12:00");
    let ask = Ask { body: "Bourbon is back. STOP to end", ..ASK };
    assert_eq!(ask.at(noon).code, "age_gate_missing");
    let gated = Ask { age_gated: true, brand: Some("Acme"), ..ask }.at(noon);
    assert_eq!(gated.verdict, Verdict::Send);
    assert!(noted(&gated, "sender_not_named"));
    assert!(!noted(&Ask { body: PARCEL, brand: Some("Acme"), ..ask }.at(noon), "sender_not_named"));
}
