//! What every provider must hold. Plain functions; `channel_contract!` makes
//! named tests of them for a member.

use crate::cleared::{BODY_WORD, CUSTOMER, Clock, NOON, permit, text};
use crate::log;
use crate::peer::{Act, Peer, Seen};
use channels::channel::{
    Account, Cause, Channel, LookUpQuery, Outcome, SignatureError, Submission, WebhookRequest, body_hash, class_in,
    row_for,
};
use channels::http::{HttpClient, Reach, Timeouts};
use domain::outcome::ErrorClass;
use domain::receipt::{Progress, ReceiptState};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a provider posts.
#[derive(Debug, Clone)]
pub enum Payload {
    Form(Vec<(String, String)>),
    Json(Value),
}

impl Payload {
    /// The payload of a fixture's case.
    fn of(case: &Value) -> Self {
        match case.get("fields") {
            Some(fields) => Self::Form(serde_json::from_value(fields.clone()).unwrap()),
            None => Self::Json(case["json"].clone()),
        }
    }

    pub fn form(fields: &[(&str, &str)]) -> Self {
        Self::Form(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// The body, and its MIME type.
    pub fn body(&self) -> (Vec<u8>, &'static str) {
        match self {
            Self::Form(fields) => {
                let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                (form.into_bytes(), "application/x-www-form-urlencoded; charset=UTF-8")
            }
            Self::Json(json) => (json.to_string().into_bytes(), "application/json"),
        }
    }

    /// The request, with a signature's headers.
    pub fn request(&self, url: &str, headers: &[(&str, &str)], received_at: i64) -> WebhookRequest {
        let (body, kind) = self.body();
        let mut headers: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        headers.push(("Content-Type".to_owned(), kind.to_owned()));
        WebhookRequest { method: "POST".to_owned(), url: url.to_owned(), headers, body: body.into(), received_at }
    }
}

/// A provider, as its tests present it.
pub trait Member: 'static {
    /// The provider over a client.
    fn channel(http: HttpClient) -> Box<dyn Channel>;
    /// A good account, whose API is at `base_url` where it has one.
    fn account(base_url: &str) -> Account;
    /// Accounts that are wrong, with the field that is.
    fn wrong_accounts() -> Vec<(Account, &'static str)>;
    /// A webhook with its signature, made and received at an instant (Unix ms).
    fn signed(_account: &Account, _path: &str, _payload: &Payload, _at: i64) -> Option<WebhookRequest> {
        None
    }
    /// What it posts of a customer's text; nothing else need be in it.
    fn posts(_body: &str) -> Payload {
        Payload::Form(Vec::new())
    }
    /// Its answer to a submit that it took.
    fn created(_id: &str) -> Act {
        Act::Silence
    }
    /// The words of the text in a submit.
    fn words_of(_seen: &Seen) -> String {
        String::new()
    }
    /// The headers that hold its signatures, in small letters.
    const SIGNATURES: &'static [&'static str] = &[];
    /// Whether they cover the address that is called.
    const COVERS_URL: bool = true;
    /// How far the time in a signature may be off, in ms, where it has one.
    const TOLERANCE_MS: Option<i64> = None;
    /// The setting that is the user of its login, where there is one.
    const LOGIN_USER: &'static str = "";
    /// The folder of its fixtures.
    const FIXTURES: &'static str;
}

/// Words that no log may show, for any member.
pub const SECRETS: &[&str] = &["a-very-secret-token", "another-secret-key", "a-shared-secret-key"];

pub fn http() -> HttpClient {
    log::capture();
    let timeouts = Timeouts {
        connect: Duration::from_millis(500),
        submit: Duration::from_millis(700),
        read: Duration::from_millis(700),
    };
    HttpClient::with_timeouts(Reach::Anywhere, timeouts).unwrap()
}

fn fixture<M: Member>(file: &str) -> Vec<Value> {
    let path = format!("{}/fixtures/{}/{file}", env!("CARGO_MANIFEST_DIR"), M::FIXTURES);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A capability that is declared has its half, and the other way round.
pub fn abilities_are_what_is_declared<M: Member>() {
    let channel = M::channel(http());
    let declared = channel.capabilities();
    assert_eq!(declared.look_up, channel.looks_up().is_some());
    assert!(channel.sends().is_some(), "a text channel sends");
    assert!(channel.checks().is_some(), "a login can be checked");
    assert_eq!(channel.receives().is_some(), channel.webhooks().is_some(), "what comes in by webhook is signed");
    assert_eq!(channel.receipts().is_some(), channel.webhooks().is_some(), "receipts come by signed webhook");
    if declared.real {
        assert!(channel.receives().is_some() && channel.receipts().is_some() == declared.receipts);
    }
    assert!(declared.max_parts >= 1 && (declared.media_max > 0) == declared.mms);
    assert!(channel.provider().bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'));
    assert!(!channel.title().is_empty());
    if declared.real {
        assert!(channel.numbers().is_some(), "our numbers can be asked about");
        assert!(!channel.error_codes().is_empty() && !channel.receipt_words().is_empty());
    }
}

/// One code has one class, and is found by what stands in webhooks and answers.
pub fn error_codes_are_one_table<M: Member>() {
    let channel = M::channel(http());
    let table = channel.error_codes();
    assert!(table.is_sorted_by(|one, next| one.code < next.code), "sorted and without doubles");
    for row in table {
        assert_eq!(class_in(table, &row.code.to_string()), row.class, "{}", row.title);
        assert!(row.class != ErrorClass::Unknown && !row.title.is_empty(), "{}", row.code);
    }
    for strange in ["", "0", "-1", "x", "4294967295", "999999999999"] {
        assert_eq!(class_in(table, strange), ErrorClass::Unknown, "{strange}");
    }
}

/// The outcome table can never let a text be sent twice.
pub fn outcomes_are_careful<M: Member>() {
    let channel = M::channel(http());
    let declared = channel.capabilities();
    let table = declared.outcomes;
    assert!(table.iter().all(|row| !row.why.is_empty()));
    assert_eq!(row_for(table, Cause::status(201)), Outcome::Taken);
    assert_eq!(row_for(table, Cause::status(429)), Outcome::NotTaken(ErrorClass::RateLimited));
    for unclear in [Cause::TimedOut, Cause::Broken, Cause::Unreadable] {
        assert_eq!(row_for(table, unclear), Outcome::Unknown, "{unclear:?} proves nothing");
    }
    if declared.real {
        assert_eq!(row_for(table, Cause::ConnectFailed), Outcome::NotTaken(ErrorClass::Network));
        for status in 500..=599 {
            assert_eq!(row_for(table, Cause::status(status)), Outcome::Unknown, "{status} may follow a taken text");
        }
        for status in (300..=407).chain(409..=499) {
            assert!(matches!(row_for(table, Cause::status(status)), Outcome::NotTaken(_)), "{status}");
        }
    }
}

/// The schema is one a form can be made of, and hides what is secret.
pub fn settings_make_a_form<M: Member>() {
    let channel = M::channel(http());
    let schema = channel.settings_schema();
    let properties = schema["properties"].as_object().unwrap();
    let account = M::account("http://127.0.0.1:1");
    for (name, property) in properties {
        assert!(property["title"].as_str().is_some_and(|title| !title.is_empty()), "{name} has a title");
        let secret = property["writeOnly"] == true;
        let looks_secret =
            ["token", "secret", "key"].iter().any(|word| name.ends_with(word)) && property["type"] == "string";
        assert_eq!(secret, looks_secret, "{name}");
        assert!(!secret || account.settings.get(name).is_none(), "{name} is stored apart");
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(|name| name.as_str()) {
        assert!(account.setting(name).is_some() || account.secrets.get(name).is_some(), "{name}");
    }
    for name in account.secrets.names() {
        assert_eq!(properties[name]["writeOnly"], true, "{name}");
    }
}

/// Wrong settings are named by their field, and nothing is sent with them.
pub async fn wrong_settings_are_named<M: Member>() {
    let channel = M::channel(http());
    assert_eq!(channel.check_settings(&M::account("http://127.0.0.1:1")), Ok(()));
    for (account, field) in M::wrong_accounts() {
        let error = channel.check_settings(&account).expect_err(field);
        assert_eq!(error.field, field);
        assert!(!SECRETS.iter().any(|secret| error.to_string().contains(secret)), "{error}");
        if channel.capabilities().real {
            let batch = vec![permit(text(1, "hi", &[]), 250)];
            let answers = channel.sends().unwrap().send(&account, &Clock::at(0), batch).await;
            assert!(matches!(answers[0].1, Submission::NotTaken { class: ErrorClass::Account, .. }), "{answers:?}");
        }
    }
}

/// A signature is believed only whole, and only over this very request.
pub fn signatures_are_checked<M: Member>() {
    let channel = M::channel(http());
    let Some(webhooks) = channel.webhooks() else { return };
    let account = M::account("http://127.0.0.1:1");
    let good = M::signed(&account, "/inbound", &M::posts("hello"), NOON).unwrap();
    assert_eq!(webhooks.verify(&account, &good), Ok(()));
    // A provider repeats itself, so the same request is believed again; what is
    // in it is known by its id then.
    assert_eq!(webhooks.verify(&account, &good), Ok(()));

    let mut absent = good.clone();
    absent.headers.retain(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    assert_eq!(webhooks.verify(&account, &absent), Err(SignatureError::Absent));

    let mut changed: Vec<(&str, WebhookRequest)> = Vec::new();
    let mut body = good.clone();
    body.body = String::from_utf8(good.body.to_vec()).unwrap().replace("hello", "hullo").into();
    assert_ne!(body.body, good.body);
    changed.push(("body", body));
    if M::COVERS_URL {
        let mut url = good.clone();
        url.url.push_str("?more=1");
        changed.push(("url", url));
    }
    let mut added = good.clone();
    let more: &[u8] = if good.is_form() { b"&To=%2B1" } else { b" " };
    added.body = [good.body.as_ref(), more].concat().into();
    changed.push(("something added", added));
    if good.is_form() {
        let mut kind = good.clone();
        for (name, value) in &mut kind.headers {
            if name.eq_ignore_ascii_case("content-type") {
                "application/json".clone_into(value);
            }
        }
        changed.push(("content type", kind));
    }
    for (name, value) in [("empty", ""), ("no base64", "%%%"), ("other", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")] {
        let mut signature = good.clone();
        let mut found = 0;
        for (header, content) in &mut signature.headers {
            if M::SIGNATURES.contains(&header.to_ascii_lowercase().as_str()) {
                value.clone_into(content);
                found += 1;
            }
        }
        assert!(found > 0, "{:?} hold signatures", M::SIGNATURES);
        changed.push((name, signature));
    }
    for (what, request) in changed {
        assert!(webhooks.verify(&account, &request).is_err(), "{what} was changed");
    }
    let mut without = account.clone();
    without.secrets = channels::channel::Secrets::default();
    assert_eq!(webhooks.verify(&without, &good), Err(SignatureError::NoSecret));
}

/// What carries a time is believed near that time alone, whichever of the two clocks is wrong.
pub fn old_signatures_are_refused<M: Member>() {
    let channel = M::channel(http());
    let (Some(webhooks), Some(tolerance)) = (channel.webhooks(), M::TOLERANCE_MS) else { return };
    let account = M::account("http://127.0.0.1:1");
    let good = M::signed(&account, "/inbound", &M::posts("hello"), NOON).unwrap();
    for (off, expected) in [
        (0, Ok(())),
        (tolerance, Ok(())),
        (-tolerance, Ok(())),
        (tolerance + 1, Err(SignatureError::Stale)),
        (-tolerance - 1, Err(SignatureError::Stale)),
        (86_400_000, Err(SignatureError::Stale)),
    ] {
        let request = WebhookRequest { received_at: NOON + off, ..good.clone() };
        assert_eq!(webhooks.verify(&account, &request), expected, "{off} ms off");
    }
}

/// Texts, pictures and STOP are read whole; the same webhook reads the same.
pub fn inbound_texts_are_read<M: Member>() {
    let channel = M::channel(http());
    let (Some(receives), Some(webhooks)) = (channel.receives(), channel.webhooks()) else { return };
    let account = M::account("http://127.0.0.1:1");
    for case in fixture::<M>("inbound.json") {
        let name = case["name"].as_str().unwrap();
        let request = M::signed(&account, "/inbound", &Payload::of(&case), NOON).unwrap();
        assert_eq!(webhooks.verify(&account, &request), Ok(()), "{name}");
        let texts = receives.read_inbound(&account, &request).unwrap();
        assert_eq!(texts, receives.read_inbound(&account, &request).unwrap(), "{name}");
        let [read] = texts.as_slice() else { panic!("{name}: {} texts", texts.len()) };
        let media: Vec<_> = read.media.iter().map(|media| json!([media.url, media.content_type])).collect();
        let as_json = json!({
            "provider_id": read.provider_id, "from": read.from.as_str(), "to": read.to.as_str(), "body": read.body,
            "media": media, "took_for": read.took_for, "answered": read.answered,
        });
        for (field, value) in as_json.as_object().unwrap() {
            assert_eq!(*value, case[field], "{name}: {field}");
        }
    }
    let answer = receives.inbound_answer();
    assert!((200..300).contains(&answer.status));
    let broken = match M::posts("no id") {
        Payload::Form(_) => vec![Payload::Form(vec![]), Payload::form(&[("Body", "no id")])],
        Payload::Json(_) => {
            [json!({}), json!([]), json!("text"), json!({ "data": {} }), json!(null)].map(Payload::Json).to_vec()
        }
    };
    for broken in broken {
        let request = M::signed(&account, "/inbound", &broken, NOON).unwrap();
        assert!(receives.read_inbound(&account, &request).is_err(), "{broken:?}");
    }
}

/// Every word is read, known or not; the same webhook reads the same.
pub fn receipts_are_read<M: Member>() {
    let channel = M::channel(http());
    let (Some(receipts), Some(webhooks)) = (channel.receipts(), channel.webhooks()) else { return };
    let account = M::account("http://127.0.0.1:1");
    for case in fixture::<M>("receipts.json") {
        let name = case["name"].as_str().unwrap();
        let path = format!("/status{}", case["query"].as_str().unwrap_or_default());
        let request = M::signed(&account, &path, &Payload::of(&case), NOON).unwrap();
        assert_eq!(webhooks.verify(&account, &request), Ok(()), "{name}");
        let read = receipts.read_receipts(&account, &request).unwrap();
        assert_eq!(read, receipts.read_receipts(&account, &request).unwrap(), "{name}");
        let [read] = read.as_slice() else { panic!("{name}: {} receipts", read.len()) };
        let as_json = json!({
            "provider_id": read.provider_id, "word": read.word, "state": read.state, "attempt": read.attempt,
            "error_code": read.error_code, "error_class": read.error_class,
        });
        for (field, value) in as_json.as_object().unwrap() {
            assert_eq!(*value, case[field], "{name}: {field}");
        }
        assert_eq!(u64::from(read.part), case["part"].as_u64().unwrap_or(0), "{name}");
    }
    assert!((200..300).contains(&receipts.receipt_answer().status));
}

/// Every word of a receipt that has a meaning is read somewhere in the fixtures, and one that has none.
pub fn every_word_is_read<M: Member>() {
    let channel = M::channel(http());
    if channel.receipts().is_none() {
        return;
    }
    let told: BTreeMap<String, Value> = fixture::<M>("receipts.json")
        .into_iter()
        .filter(|case| case["name"] == case["word"])
        .map(|case| (case["word"].as_str().unwrap().to_owned(), case["state"].clone()))
        .collect();
    for (word, state) in channel.receipt_words() {
        assert_eq!(told.get(*word), Some(&json!(state)), "{word}");
    }
    assert_eq!(told.len(), channel.receipt_words().len() + 1, "and one that nobody mapped");
}

/// Where a text ends by the provider's words does not depend on their order, nor on repeats.
pub fn receipts_end_alike_in_any_order<M: Member>() {
    let channel = M::channel(http());
    let said: Vec<ReceiptState> = channel.receipt_words().iter().filter_map(|(_, state)| *state).collect();
    let end = |order: &[ReceiptState]| {
        let mut progress = Progress::default();
        for state in order {
            progress.merge(0, *state);
        }
        progress
    };
    for one in &said {
        for other in &said {
            let expected = end(&[*one, *other]);
            for order in [vec![*other, *one], vec![*one, *other, *one], vec![*other, *other, *one, *one]] {
                assert_eq!(end(&order), expected, "{one:?} and {other:?}");
            }
        }
    }
}

/// Each item is answered once; what comes too late is handed back unwritten.
pub async fn each_item_is_answered_once<M: Member>() {
    let peer = Peer::start(|seen| M::created(&format!("SM {}", M::words_of(seen)))).await;
    let channel = M::channel(http());
    let account = M::account(&peer.url);
    let clock = Clock::at(1_000);
    // Every third permission has run out already.
    let batch = (0..90).map(|number| {
        let hand_over_by = if number % 3 == 0 { 999 } else { 60_000 };
        permit(text(number, &format!("{BODY_WORD} {number}"), &[]), hand_over_by)
    });
    let answers = channel.sends().unwrap().send(&account, &clock, batch.collect()).await;
    let attempts: BTreeSet<_> = answers.iter().map(|(attempt, _)| *attempt).collect();
    assert_eq!((answers.len(), attempts.len()), (90, 90));
    let mut names = BTreeSet::new();
    for (attempt, submission) in &answers {
        let late = (attempt.uuid().as_u128() & 0xffff).is_multiple_of(3);
        match submission {
            Submission::HandedBack => assert!(late),
            Submission::Taken { provider_id, .. } => assert!(!late && names.insert(provider_id.clone())),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(names.len(), 60);
    if channel.capabilities().real {
        assert_eq!(peer.seen().len(), 60, "what was handed back was not written");
    }
}

/// Every answer of a provider means what its fixtures say, and a submit is made once.
pub async fn answers_mean_what_they_say<M: Member>() {
    if !M::channel(http()).capabilities().real {
        return;
    }
    for case in fixture::<M>("answers.json") {
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let body = case["body"].as_str().map_or_else(|| case["body"].to_string(), str::to_owned);
        let mut headers = vec![("content-type", "application/json".to_owned())];
        if let Some(seconds) = case["retry_after"].as_str() {
            headers.push(("retry-after", seconds.to_owned()));
        }
        if (300..400).contains(&status) {
            headers.push(("location", "/elsewhere".to_owned()));
        }
        let peer = Peer::start(move |_| Act::Answer(status, headers.clone(), body.clone())).await;
        let seen = submit_one::<M>(&peer.url).await;
        let as_json = match &seen {
            Submission::Taken { provider_id, parts } => {
                json!({ "is": "taken", "provider_id": provider_id, "parts": parts })
            }
            Submission::NotTaken { class, code, retry_after_ms } => json!({
                "is": "not_taken", "class": class.code(), "code": code, "retry_after_ms": retry_after_ms,
            }),
            Submission::Unknown { .. } => json!({ "is": "unknown" }),
            Submission::HandedBack => json!({ "is": "handed_back" }),
        };
        for (field, value) in as_json.as_object().unwrap() {
            assert_eq!(*value, case[field], "{case}: {field}");
        }
        assert_eq!(peer.seen().len(), 1, "{case}: a submit is never repeated, a redirect never followed");
    }
}

async fn submit_one<M: Member>(base_url: &str) -> Submission {
    let channel = M::channel(http());
    let batch = vec![permit(text(1, BODY_WORD, &[]), 60_000)];
    let mut answers = channel.sends().unwrap().send(&M::account(base_url), &Clock::at(0), batch).await;
    assert_eq!(answers.len(), 1);
    answers.remove(0).1
}

/// A broken connection is unclear once something was written, and clear before.
pub async fn broken_connections_are_judged<M: Member>() {
    if !M::channel(http()).capabilities().real {
        return;
    }
    for act in [Act::Silence, Act::Reset, Act::Half] {
        let script = act.clone();
        let peer = Peer::start(move |_| script.clone()).await;
        let seen = submit_one::<M>(&peer.url).await;
        assert!(matches!(seen, Submission::Unknown { .. }), "{act:?}: {seen:?}");
        assert_eq!(peer.seen().len(), 1, "{act:?}: never repeated");
    }
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let seen = submit_one::<M>(&format!("http://127.0.0.1:{port}")).await;
    assert!(matches!(seen, Submission::NotTaken { class: ErrorClass::Network, .. }), "{seen:?}");
}

/// After all of the above, no log holds a secret, a full number or a word of a body.
pub async fn logs_hold_no_secret<M: Member>() {
    log::capture();
    each_item_is_answered_once::<M>().await;
    answers_mean_what_they_say::<M>().await;
    broken_connections_are_judged::<M>().await;
    signatures_are_checked::<M>();
    inbound_texts_are_read::<M>();
    let channel = M::channel(http());
    let account = M::account("http://127.0.0.1:1");
    let _ = channel.checks().unwrap().check(&account).await;
    if let Some(numbers) = channel.numbers() {
        let _ = numbers.number(&account, &text(1, "", &[]).from).await;
    }
    receipts_are_read::<M>();
    if let Some(look_up) = channel.looks_up() {
        let query = LookUpQuery {
            to: text(1, "", &[]).to,
            from: text(1, "", &[]).from,
            since_ms: 0,
            until_ms: 1,
            body: body_hash(BODY_WORD),
        };
        let peer = Peer::start(|_| Act::json(503, &json!({}))).await;
        let _ = look_up.find(&M::account(&peer.url), query.clone()).await;
        let _ = look_up.find(&account, query).await;
    }
    tracing_shows(&account);
    let logged = log::text();
    if channel.capabilities().real {
        assert!(logged.contains("hyper_util"), "what the client logs by itself was captured too");
        assert!(logged.contains("submit answered") && logged.contains("submit failed"), "the log was captured");
    }
    let digits = CUSTOMER.trim_start_matches('+');
    for word in SECRETS.iter().copied().chain([digits, BODY_WORD]) {
        if let Some(at) = logged.find(word) {
            let line = &logged[logged[..at].rfind('\n').map_or(0, |at| at + 1)..];
            panic!("a log shows {word}: {}", line.lines().next().unwrap_or_default());
        }
    }
    // The login as it stands in a header.
    use base64::Engine as _;
    for (name, secret) in account.secrets.names().filter_map(|name| Some((name, account.secrets.get(name)?))) {
        let user = account.setting(M::LOGIN_USER).unwrap_or_default();
        let header = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{}", secret.expose()));
        assert!(!logged.contains(&header), "a log shows {name} in its header form");
    }
}

/// Logs what a careless line would log.
fn tracing_shows(account: &Account) {
    tracing::info!(?account, text = ?text(1, BODY_WORD, &[]), "shown");
}

/// Named tests of a member.
#[macro_export]
macro_rules! channel_contract {
    ($member:ty) => {
        mod contract {
            use super::*;
            use $crate::contract;

            #[test]
            fn abilities_are_what_is_declared() {
                contract::abilities_are_what_is_declared::<$member>();
            }
            #[test]
            fn outcomes_are_careful() {
                contract::outcomes_are_careful::<$member>();
            }
            #[test]
            fn settings_make_a_form() {
                contract::settings_make_a_form::<$member>();
            }
            #[tokio::test]
            async fn wrong_settings_are_named() {
                contract::wrong_settings_are_named::<$member>().await;
            }
            #[test]
            fn signatures_are_checked() {
                contract::signatures_are_checked::<$member>();
            }
            #[test]
            fn error_codes_are_one_table() {
                contract::error_codes_are_one_table::<$member>();
            }
            #[test]
            fn old_signatures_are_refused() {
                contract::old_signatures_are_refused::<$member>();
            }
            #[test]
            fn every_word_is_read() {
                contract::every_word_is_read::<$member>();
            }
            #[test]
            fn receipts_end_alike_in_any_order() {
                contract::receipts_end_alike_in_any_order::<$member>();
            }
            #[test]
            fn inbound_texts_are_read() {
                contract::inbound_texts_are_read::<$member>();
            }
            #[test]
            fn receipts_are_read() {
                contract::receipts_are_read::<$member>();
            }
            #[tokio::test]
            async fn each_item_is_answered_once() {
                contract::each_item_is_answered_once::<$member>().await;
            }
            #[tokio::test]
            async fn answers_mean_what_they_say() {
                contract::answers_mean_what_they_say::<$member>().await;
            }
            #[tokio::test]
            async fn broken_connections_are_judged() {
                contract::broken_connections_are_judged::<$member>().await;
            }
            #[tokio::test]
            async fn logs_hold_no_secret() {
                contract::logs_hold_no_secret::<$member>().await;
            }
        }
    };
}
