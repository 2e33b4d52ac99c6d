//! Plivo against its own library's vectors.

use crate::channel_contract;
use crate::cleared::{CUSTOMER, Clock, NOON, OURS, account, attempt, permit, text, unix_ms};
use crate::contract::{Member, Payload, http};
use crate::peer::{Act, Peer, Seen};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{
    Account, Channel, CheckError, InboundAddress, MediaError, MediaLimits, NumberReport, SignatureError, Submission,
    WebhookRequest,
};
use channels::http::{HttpClient, Reach};
use channels::plivo::{API_BASE_URL, Plivo};
use domain::address::Address;
use domain::keyword::Class;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

const ID: &str = "MAXXXXXXXXXXXXXXXXXX";
const TOKEN: &str = "a-very-secret-token";
const NONCE: &str = "05429567804466091622";

struct PlivoMember;

channel_contract!(PlivoMember);

fn with(settings: &Value, secrets: &[(&str, &str)]) -> Account {
    account(settings.clone(), secrets.iter().copied().collect())
}

fn good(base_url: &str) -> Account {
    with(&json!({ "auth_id": ID, "api_base_url": base_url }), &[("auth_token", TOKEN)])
}

fn mac(covered: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(covered.as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Member for PlivoMember {
    const FIXTURES: &'static str = "plivo";
    const SIGNATURES: &'static [&'static str] = &["x-plivo-signature-v3"];
    const LOGIN_USER: &'static str = "auth_id";

    fn channel(http: HttpClient) -> Box<dyn Channel> {
        Box::new(Plivo::new(http))
    }

    fn account(base_url: &str) -> Account {
        good(base_url)
    }

    fn wrong_accounts() -> Vec<(Account, &'static str)> {
        let mut wrong = Vec::new();
        for (field, values) in [
            ("auth_id", vec!["", "MA12", "MAXXXXXXXXXXXXXXX/..", "maxxxxxxxxxxxxxxxxxx"]),
            ("opt_out_handling", vec!["sometimes"]),
            ("api_base_url", vec!["nowhere", "ftp://x.example", "https://x.example/?a=1"]),
        ] {
            for value in values {
                let mut account = good(API_BASE_URL);
                account.settings[field] = value.into();
                wrong.push((account, field));
            }
        }
        for value in ["", "a-very-secret-token\n"] {
            let mut account = good(API_BASE_URL);
            account.secrets.insert("auth_token", value);
            wrong.push((account, "auth_token"));
        }
        wrong
    }

    fn signed(account: &Account, path: &str, payload: &Payload, at: i64) -> Option<WebhookRequest> {
        let Payload::Form(fields) = payload else { panic!("Plivo posts forms") };
        let url = format!("{}{path}", account.callback_base);
        let mut fields = fields.clone();
        fields.sort();
        let mut covered = url.clone();
        if !url.contains('?') && !fields.is_empty() {
            covered.push('?');
        } else if !fields.is_empty() {
            covered.push('.');
        }
        for (name, value) in &fields {
            covered.push_str(name);
            covered.push_str(value);
        }
        let signature = mac(&format!("{covered}.{NONCE}"));
        let headers = [("X-Plivo-Signature-V3", signature.as_str()), ("X-Plivo-Signature-V3-Nonce", NONCE)];
        Some(payload.request(&url, &headers, at))
    }

    fn posts(body: &str) -> Payload {
        Payload::form(&[("Text", body), ("From", CUSTOMER), ("To", OURS)])
    }

    fn created(id: &str) -> Act {
        Act::json(202, &json!({ "api_id": "a", "message": "message(s) queued", "message_uuid": [id] }))
    }

    fn words_of(seen: &Seen) -> String {
        body_of(seen)["text"].as_str().unwrap().to_owned()
    }
}

fn body_of(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap()
}

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/fixtures/plivo/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The request of a vector.
fn request_of(case: &Value) -> WebhookRequest {
    let fields = case["form"].as_object().into_iter().flatten();
    let fields = fields.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
    let headers = case["headers"].as_object().unwrap();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect();
    Payload::Form(fields).request(case["url"].as_str().unwrap(), &headers, NOON)
}

#[test]
fn signatures_agree_with_plivos_own_library() {
    let channel = Plivo::new(http());
    let cases = vectors("webhook-signatures.json");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let name = case["case"].as_str().unwrap();
        let account = with(&json!({}), &[("auth_token", case["secret"].as_str().unwrap())]);
        let request = request_of(&case);
        assert_eq!(channel.webhooks().unwrap().verify(&account, &request), Ok(()), "{name}");
        let mut elsewhere = request.clone();
        elsewhere.url = elsewhere.url.replace("/webhooks/", "/other/");
        assert_eq!(channel.webhooks().unwrap().verify(&account, &elsewhere), Err(SignatureError::Wrong), "{name}");
        let other = with(&json!({}), &[("auth_token", "another-secret-key")]);
        assert_eq!(channel.webhooks().unwrap().verify(&other, &request), Err(SignatureError::Wrong), "{name}");
    }
}

#[test]
fn the_stronger_of_two_signatures_counts_and_one_of_several_suffices() {
    let channel = Plivo::new(http());
    let account = good(API_BASE_URL);
    let verify = |request: &WebhookRequest| channel.webhooks().unwrap().verify(&account, request);
    let good = PlivoMember::signed(&account, "/inbound", &PlivoMember::posts("hello"), NOON).unwrap();
    let weak = mac(&format!("{}/inbound{NONCE}", account.callback_base));
    let with_headers = |headers: &[(&str, &str)]| {
        let mut request = good.clone();
        request.headers.retain(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        request.headers.extend(headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        request
    };
    let strong = good.header("X-Plivo-Signature-V3").unwrap().to_owned();
    let v2 = [("X-Plivo-Signature-V2", weak.as_str()), ("X-Plivo-Signature-V2-Nonce", NONCE)];
    assert_eq!(verify(&with_headers(&v2)), Ok(()));
    let broken = [v2[0], v2[1], ("X-Plivo-Signature-V3", "AAAA"), ("X-Plivo-Signature-V3-Nonce", NONCE)];
    assert_eq!(verify(&with_headers(&broken)), Err(SignatureError::Wrong), "V2 does not stand in for a wrong V3");
    for (name, value) in [
        ("X-Plivo-Signature-V3", format!("AAAA, {strong}")),
        ("X-Plivo-Signature-V3", format!("{strong},AAAA")),
        ("X-Plivo-Signature-Ma-V3", strong.clone()),
    ] {
        let request = with_headers(&[(name, value.as_str()), ("X-Plivo-Signature-V3-Nonce", NONCE)]);
        assert_eq!(verify(&request), Ok(()), "{name}: {value}");
    }
    let without_nonce = with_headers(&[("X-Plivo-Signature-V3", strong.as_str())]);
    assert_eq!(verify(&without_nonce), Err(SignatureError::Absent));
}

/// What Plivo answers by itself is not answered by Hark, and the other way round.
#[test]
fn each_wish_is_left_to_whoever_answers_it() {
    let channel = Plivo::new(http());
    for (to, handling, body, told, expected) in [
        (OURS, "default", "STOP", Some("optout"), (Some(Class::OptOut), true)),
        (OURS, "default", "HELP", Some("help"), (Some(Class::Help), true)),
        (OURS, "default", "START", Some("optin"), (Some(Class::OptIn), false)),
        // What it says of a text counts for more than a list of words.
        (OURS, "default", "CANCEL", Some(""), (None, false)),
        (OURS, "default", "CANCEL", Some("optout"), (Some(Class::OptOut), true)),
        // Of a picture message it says nothing.
        (OURS, "default", "stop all", None, (Some(Class::OptOut), true)),
        (OURS, "default", "Stop it!", None, (None, false)),
        (OURS, "off", "STOP", None, (None, false)),
        (OURS, "off", "STOP", Some(""), (None, false)),
        (OURS, "off", "STOP", Some("optout"), (Some(Class::OptOut), false)),
        ("24365", "default", "STOP", None, (None, false)),
        ("24365", "default", "STOP", Some("optout"), (Some(Class::OptOut), true)),
        ("+18335550123", "off", "unstop", None, (Some(Class::OptIn), true)),
    ] {
        let mut account = good(API_BASE_URL);
        account.settings["opt_out_handling"] = handling.into();
        let mut fields = vec![("MessageUUID", "m1"), ("From", CUSTOMER), ("To", to), ("Text", body)];
        fields.extend(told.map(|told| ("MessageIntent", told)));
        let request = PlivoMember::signed(&account, "/inbound", &Payload::form(&fields), NOON).unwrap();
        let read = channel.receives().unwrap().read_inbound(&account, &request).unwrap().remove(0);
        assert_eq!((read.took_for, read.answered), expected, "{body:?} to {to}, {handling}, {told:?}");
    }
}

async fn sent(text: domain::send::OutboundText) -> Seen {
    let peer = Peer::start(|_| PlivoMember::created("m1")).await;
    let channel = Plivo::new(http());
    let answers = channel.sends().unwrap().send(&good(&peer.url), &Clock::at(0), vec![permit(text, 60_000)]).await;
    let expected = Submission::Taken { provider_id: "m1".to_owned(), parts: None };
    assert_eq!(answers, vec![(attempt(1), expected)]);
    peer.seen().remove(0)
}

#[tokio::test]
async fn a_request_equals_the_official_librarys() {
    let golden = vectors("golden-requests.json").remove(0);
    let peer = Peer::start(|_| PlivoMember::created("m1")).await;
    let mut account = good(&peer.url);
    account.secrets.insert("auth_token", "tok");
    let mut ours = text(1, "hi", &["https://x/a.jpg"]);
    ours.to = Address::parse("+15550002");
    ours.from = Address::parse("+15550001");
    let channel = Plivo::new(http());
    channel.sends().unwrap().send(&account, &Clock::at(0), vec![permit(ours, 60_000)]).await;
    let seen = peer.seen().remove(0);
    assert_eq!(seen.method, golden["method"]);
    assert_eq!(seen.path, golden["path"]);
    for (name, value) in golden["headers"].as_object().unwrap() {
        assert_eq!(seen.headers.get(&name.to_ascii_lowercase()).map(String::as_str), value.as_str(), "{name}");
    }
    let mut theirs: Value = serde_json::from_str(golden["body"].as_str().unwrap()).unwrap();
    // The library was given another address to call back.
    theirs["url"] = format!("{}/status?attempt={}", account.callback_base, attempt(1)).into();
    assert_eq!(body_of(&seen), theirs);
}

#[tokio::test]
async fn a_text_and_a_picture_go_out_as_what_they_are() {
    let seen = sent(text(1, "Grüße & 100 % 🎉", &[])).await;
    let url = format!("{}/status?attempt={}", good("").callback_base, attempt(1));
    let expected = json!({
        "src": "15017122661", "dst": "14155550123", "text": "Grüße & 100 % 🎉", "type": "sms", "url": url, "method": "POST",
    });
    assert_eq!(body_of(&seen), expected);
    let seen = sent(text(1, "", &["https://x/a.jpg", "https://x/b.jpg"])).await;
    let expected = json!({
        "src": "15017122661", "dst": "14155550123", "media_urls": ["https://x/a.jpg", "https://x/b.jpg"],
        "type": "mms", "url": url, "method": "POST",
    });
    assert_eq!(body_of(&seen), expected);
}

#[tokio::test]
async fn a_validity_period_is_what_is_left_of_it() {
    let valid = |until: i64| {
        let mut text = text(1, "hi", &[]);
        text.valid_until = Some(until);
        text
    };
    let soon = body_of(&sent(valid(unix_ms() + 600_500)).await)["message_expiry"].as_i64().unwrap();
    assert!((595..=600).contains(&soon), "{soon}");
    let far = body_of(&sent(valid(unix_ms() + 10_900_000)).await);
    assert_eq!(far.get("message_expiry"), None, "Plivo keeps nothing longer than three hours");

    let peer = Peer::start(|_| PlivoMember::created("m1")).await;
    let channel = Plivo::new(http());
    // Less than Plivo takes: the gate knows whether it waits for the next hours, or is worthless now.
    for until in [unix_ms() + 4_000, NOON - 1_000_000_000] {
        let batch = vec![permit(valid(until), 60_000)];
        let answers = channel.sends().unwrap().send(&good(&peer.url), &Clock::at(0), batch).await;
        assert_eq!(answers, vec![(attempt(1), Submission::HandedBack)]);
    }
    assert!(peer.seen().is_empty());
}

#[test]
fn a_public_server_asks_no_private_host() {
    let channel = Plivo::new(HttpClient::new(Reach::Public).unwrap());
    for base in ["http://api.plivo.com", "https://127.0.0.1", "https://10.0.0.8:4010", "https://localhost"] {
        assert_eq!(channel.check_settings(&good(base)).unwrap_err().field, "api_base_url", "{base}");
    }
    assert_eq!(channel.check_settings(&good(API_BASE_URL)), Ok(()));
}

#[tokio::test]
async fn an_account_is_checked_without_sending() {
    let channel = Plivo::new(http());
    let peer = Peer::start(|_| {
        let body = json!({ "auth_id": ID, "name": "Shop", "account_type": "standard" }).to_string();
        Act::Answer(200, vec![("date", "Thu, 24 Aug 2023 05:01:45 GMT".to_owned())], body)
    })
    .await;
    let report = channel.checks().unwrap().check(&good(&peer.url)).await.unwrap();
    let said = (report.name.as_str(), report.active, report.status.as_str(), report.provider_at);
    assert_eq!(said, ("Shop", true, "standard", Some(1_692_853_305_000)));
    assert_eq!(peer.seen()[0].path, format!("/v1/Account/{ID}/"));
    for status in [401, 404] {
        let peer = Peer::start(move |_| Act::Answer(status, vec![], "no".to_owned())).await;
        let refused = channel.checks().unwrap().check(&good(&peer.url)).await;
        assert_eq!(refused, Err(CheckError::Refused { code: format!("http_{status}") }));
    }
}

/// What the account says of our number, whose application posts texts to an address.
async fn number_at(application: Value, message_url: Value) -> Option<NumberReport> {
    let peer = Peer::start(move |seen| match seen.path.as_str() {
        "/v1/Account/MAXXXXXXXXXXXXXXXXXX/Number/15017122661/" => {
            Act::json(200, &json!({ "sms_enabled": true, "mms_enabled": false, "application": application }))
        }
        "/v1/Account/MAXXXXXXXXXXXXXXXXXX/Application/2037/" => Act::json(200, &json!({ "message_url": message_url })),
        _ => Act::json(404, &json!({ "error": "not found" })),
    })
    .await;
    let number = Address::parse(OURS);
    Plivo::new(http()).numbers().unwrap().number(&good(&peer.url), &number).await.unwrap()
}

#[tokio::test]
async fn a_number_is_what_its_application_says() {
    let inbound = "https://hark.example/hooks/plivo/acc_1/inbound";
    for (application, url, expected) in [
        (json!("/v1/Account/MA/Application/2037/"), json!(inbound), InboundAddress::Url(inbound.to_owned())),
        (json!("/v1/Account/MA/Application/2037/"), json!(""), InboundAddress::Nowhere),
        (json!("/v1/Account/MA/Application/9999/"), json!(inbound), InboundAddress::Nowhere),
        (json!("/v1/Account/MA/Application/..%2f/"), json!(inbound), InboundAddress::Nowhere),
        (json!(null), json!(inbound), InboundAddress::Nowhere),
    ] {
        let report = number_at(application, url).await;
        assert_eq!(report, Some(NumberReport { texts: true, pictures: false, inbound: expected }));
    }
    let peer = Peer::start(|_| Act::json(404, &json!({ "error": "not found" }))).await;
    let number = Address::parse(OURS);
    assert_eq!(Plivo::new(http()).numbers().unwrap().number(&good(&peer.url), &number).await, Ok(None));
}

#[tokio::test]
async fn pictures_are_fetched_from_the_providers_hosts() {
    const LIMITS: MediaLimits = MediaLimits { max_bytes: 64, content_types: &["image/*"] };
    let peer = Peer::start(|seen| match seen.path.as_str() {
        "/picture" => Act::Answer(200, vec![("content-type", "image/jpeg".to_owned())], "jpeg".to_owned()),
        "/away" => Act::Answer(302, vec![("location", "https://evil.example/x".to_owned())], String::new()),
        _ => Act::Answer(404, vec![], String::new()),
    })
    .await;
    let channel = Plivo::new(http());
    let account = good(&peer.url);
    let media = channel.media().unwrap();
    let fetched = media.fetch_media(&account, &format!("{}/picture", peer.url), LIMITS).await.unwrap();
    assert_eq!((fetched.content_type.as_str(), fetched.bytes.as_ref()), ("image/jpeg", b"jpeg".as_slice()));
    assert!(peer.seen()[0].headers.contains_key("authorization"));
    let away = media.fetch_media(&account, &format!("{}/away", peer.url), LIMITS).await;
    assert_eq!(away, Err(MediaError::ForeignHost));
    for foreign in ["https://evil.example/a", "https://media.plivo.com.evil.example/a", "http://media.plivo.com/a"] {
        assert_eq!(media.fetch_media(&account, foreign, LIMITS).await, Err(MediaError::ForeignHost), "{foreign}");
    }
}
