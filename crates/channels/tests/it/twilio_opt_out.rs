//! Whoever opts out, comes back or asks for help at Twilio is answered exactly once.

use crate::cleared::account;
use channels::channel::{Account, Channel, WebhookRequest};
use channels::http::{HttpClient, Reach};
use channels::twilio::Twilio;
use domain::inbound::{self, Effect, Facts};
use domain::keyword::Class;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;

const LONG_CODE: &str = "+15017122661";
const TOLL_FREE: &str = "+18335550123";
const SHORT_CODE: &str = "24365";
/// Words a shop chose for itself under Advanced Opt-Out; Twilio's cannot be removed.
const CHOSEN: &[&str] = &["STOP", "GENUG", "START", "JOIN", "HELP", "KUNDENDIENST"];

/// Texts with what their writers want, in Twilio's words and in their own.
const WISHES: &[(Class, &str)] = &[
    (Class::OptOut, "STOP"),
    (Class::OptOut, "stop"),
    (Class::OptOut, " Unsubscribe "),
    (Class::OptOut, "REVOKE"),
    (Class::OptOut, "optout"),
    (Class::OptOut, "QUIT"),
    (Class::OptOut, "end"),
    (Class::OptOut, "cancel"),
    (Class::OptOut, "STOPALL"),
    (Class::OptOut, "please stop texting me"),
    (Class::OptOut, "STOP PLEASE"),
    (Class::OptOut, "take me off your list"),
    (Class::OptOut, "do not contact me again"),
    (Class::OptOut, "deja de enviarme mensajes"),
    (Class::OptIn, "START"),
    (Class::OptIn, "unstop"),
    (Class::OptIn, "yes"),
    (Class::Help, "HELP"),
    (Class::Help, "info"),
];

/// What Twilio does with a text, after its own documentation: whether it
/// answers, and the `OptOutType` it tells.
fn twilio_does(to: &str, handling: &str, body: &str) -> (bool, Option<&'static str>) {
    let word = body.trim().to_uppercase();
    let network = to == TOLL_FREE && ["STOP", "START", "UNSTOP"].contains(&word.as_str());
    let told = match word.as_str() {
        "STOP" | "GENUG" => Some("STOP"),
        "START" | "JOIN" => Some("START"),
        "HELP" | "KUNDENDIENST" => Some("HELP"),
        _ => None,
    };
    match handling {
        "advanced" if CHOSEN.contains(&word.as_str()) => (true, told),
        "default" if to == LONG_CODE => {
            let words = "STOP STOPALL UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT START YES UNSTOP HELP INFO";
            (words.split(' ').any(|known| known == word), None)
        }
        "default" if to == TOLL_FREE => (network || word == "HELP" || word == "INFO", None),
        _ => (network, None),
    }
}

fn asked(to: &str, handling: &str, body: &str, told: Option<&str>) -> (Account, WebhookRequest) {
    let settings = json!({ "account_sid": "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "opt_out_handling": handling });
    let account = account(settings, [("auth_token", "a-very-secret-token")].into_iter().collect());
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("MessageSid", "SM1").append_pair("From", "+14155550123").append_pair("To", to);
    form.append_pair("Body", body);
    if let Some(told) = told {
        form.append_pair("OptOutType", told);
    }
    let kind = ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned());
    let request = WebhookRequest {
        method: "POST".to_owned(),
        url: "https://hark.example/hooks/twilio/x/inbound".to_owned(),
        headers: vec![kind],
        body: form.finish().into_bytes().into(),
        received_at: 0,
    };
    (account, request)
}

/// What Hark makes of a text, and how many answers its writer gets in all.
fn answers(to: &str, handling: &str, body: &str, opted_out: bool) -> (Class, u32) {
    let (theirs, told) = twilio_does(to, handling, body);
    let (account, request) = asked(to, handling, body, told);
    let twilio = Twilio::new(HttpClient::new(Reach::Anywhere).unwrap());
    let read = twilio.receives().unwrap().read_inbound(&account, &request).unwrap().remove(0);
    let facts =
        Facts { opted_out, provider_took_for: read.took_for, provider_answered: read.answered, ..Facts::default() };
    let reading = inbound::read(&read.body, 0, facts);
    let ours = match reading.effect {
        Effect::OptOut { confirm: owed } | Effect::OptIn { answer: owed } | Effect::Help { answer: owed } => owed,
        Effect::None | Effect::Ask | Effect::Join(_) | Effect::Confirm | Effect::Keep => false,
    };
    (reading.class, u32::from(theirs) + u32::from(ours))
}

/// Every number, every handling, every wish.
#[test]
fn each_wish_has_exactly_one_answer() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for to in [LONG_CODE, TOLL_FREE, SHORT_CODE] {
        for handling in ["default", "advanced", "off"] {
            for (class, body) in WISHES {
                // Who wants back had left.
                let opted_out = *class == Class::OptIn;
                let at = format!("{body:?} to {to}, {handling}");
                assert_eq!(answers(to, handling, body, opted_out), (*class, 1), "{at}");
                let who = if twilio_does(to, handling, body).0 { "Twilio" } else { "Hark" };
                *seen.entry(who).or_default() += 1;
            }
        }
    }
    assert!(seen.values().all(|count| *count > 20), "both answer often enough to prove something: {seen:?}");
}

proptest! {
    /// The same in any spelling, and for words of the shop's own.
    #[test]
    fn one_answer_in_any_spelling(
        to in prop::sample::select(vec![LONG_CODE, TOLL_FREE, SHORT_CODE]),
        handling in prop::sample::select(vec!["default", "advanced", "off"]),
        wish in prop::sample::select(WISHES.to_vec()),
        upper in any::<bool>(),
        before in "[ \n]{0,3}",
        after in "[ \n]{0,3}",
    ) {
        let (class, body) = wish;
        let body = if upper { body.to_uppercase() } else { body.to_lowercase() };
        let body = format!("{before}{body}{after}");
        prop_assert_eq!(answers(to, handling, &body, class == Class::OptIn), (class, 1));
    }

    /// A second opt-out is not confirmed by us, whoever confirmed the first.
    #[test]
    fn a_second_opt_out_is_never_confirmed_by_hark(
        to in prop::sample::select(vec![LONG_CODE, TOLL_FREE, SHORT_CODE]),
        handling in prop::sample::select(vec!["default", "advanced", "off"]),
        wish in prop::sample::select(WISHES.to_vec()),
    ) {
        let (class, body) = wish;
        prop_assume!(class == Class::OptOut);
        let theirs = u32::from(twilio_does(to, handling, body).0);
        prop_assert_eq!(answers(to, handling, body, true), (class, theirs));
    }
}

#[test]
fn words_of_the_shops_own_opt_out_though_hark_does_not_know_them() {
    assert_eq!(answers(LONG_CODE, "advanced", "genug", false), (Class::OptOut, 1));
    assert_eq!(answers(LONG_CODE, "default", "genug", false), (Class::None, 0));
    assert_eq!(answers(LONG_CODE, "advanced", "Kundendienst", false), (Class::Help, 1));
}

#[test]
fn a_yes_in_a_conversation_stays_a_yes() {
    // Twilio takes it for START and may say so; to the shop it answers a question.
    assert_eq!(answers(LONG_CODE, "default", "Yes", false).0, Class::None);
}

#[test]
fn an_unknown_handling_is_refused() {
    let (account, _) = asked(LONG_CODE, "sometimes", "x", None);
    let twilio = Twilio::new(HttpClient::new(Reach::Anywhere).unwrap());
    assert_eq!(twilio.check_settings(&account).unwrap_err().field, "opt_out_handling");
}
