//! Telnyx against its own library's vectors.

use crate::channel_contract;
use crate::cleared::{CUSTOMER, Clock, NOON, OURS, account, attempt, permit, text};
use crate::contract::{Member, Payload, http};
use crate::peer::{Act, Peer, Seen};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{
    Account, Channel, CheckError, InboundAddress, MediaError, MediaLimits, NumberReport, SignatureError, Submission,
    WebhookError, WebhookRequest,
};
use channels::http::{HttpClient, Reach};
use channels::telnyx::{API_BASE_URL, TOLERANCE_MS, Telnyx};
use domain::address::Address;
use domain::keyword::Class;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};

const KEY: &str = "a-very-secret-token";
const PROFILE: &str = "4000eba1-a0c0-4563-9925-b25e842a7cb6";

struct TelnyxMember;

channel_contract!(TelnyxMember);

/// The pair that stands for Telnyx's; its public half is in the settings.
fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn with(settings: &Value, secrets: &[(&str, &str)]) -> Account {
    account(settings.clone(), secrets.iter().copied().collect())
}

fn good(base_url: &str) -> Account {
    let settings = json!({ "messaging_profile_id": PROFILE, "api_base_url": base_url });
    with(&settings, &[("api_key", KEY), ("webhook_public_key", &STANDARD.encode(pair().public_key()))])
}

impl Member for TelnyxMember {
    const FIXTURES: &'static str = "telnyx";
    const SIGNATURES: &'static [&'static str] = &["telnyx-signature-ed25519"];
    const COVERS_URL: bool = false;
    const TOLERANCE_MS: Option<i64> = Some(TOLERANCE_MS);

    fn channel(http: HttpClient) -> Box<dyn Channel> {
        Box::new(Telnyx::new(http))
    }

    fn account(base_url: &str) -> Account {
        good(base_url)
    }

    fn wrong_accounts() -> Vec<(Account, &'static str)> {
        let mut wrong = Vec::new();
        for (field, values) in [
            ("messaging_profile_id", vec![json!(""), json!("12"), json!("../../x"), json!(7)]),
            ("automatic_replies", vec![json!("sometimes")]),
            ("api_base_url", vec![json!("nowhere"), json!("ftp://x.example"), json!("https://x.example/?a=1")]),
        ] {
            for value in values {
                let mut account = good(API_BASE_URL);
                account.settings[field] = value;
                wrong.push((account, field));
            }
        }
        for (field, values) in
            [("api_key", vec!["", "a-very-secret-token\n"]), ("webhook_public_key", vec!["", "short", "%%%"])]
        {
            for value in values {
                let mut account = good(API_BASE_URL);
                account.secrets.insert(field, value);
                wrong.push((account, field));
            }
        }
        wrong
    }

    fn signed(account: &Account, path: &str, payload: &Payload, at: i64) -> Option<WebhookRequest> {
        let time = (at / 1000).to_string();
        let signed = [time.as_bytes(), b"|", payload.body().0.as_slice()].concat();
        let signature = STANDARD.encode(pair().sign(&signed));
        let headers = [("Telnyx-Signature-Ed25519", signature.as_str()), ("Telnyx-Timestamp", time.as_str())];
        Some(payload.request(&format!("{}{path}", account.callback_base), &headers, at))
    }

    fn posts(body: &str) -> Payload {
        Payload::Json(received(&json!({ "id": "m1", "text": body })))
    }

    fn created(id: &str) -> Act {
        Act::json(200, &json!({ "data": { "id": id, "parts": 1, "record_type": "message" } }))
    }

    fn words_of(seen: &Seen) -> String {
        body_of(seen)["text"].as_str().unwrap().to_owned()
    }
}

fn received(more: &Value) -> Value {
    let mut payload = json!({ "id": "m1", "from": { "phone_number": CUSTOMER }, "to": [{ "phone_number": OURS }] });
    for (name, value) in more.as_object().unwrap() {
        payload[name] = value.clone();
    }
    json!({ "data": { "event_type": "message.received", "payload": payload } })
}

fn body_of(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap()
}

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/fixtures/telnyx/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn signatures_agree_with_telnyxs_own_library() {
    let channel = Telnyx::new(http());
    let cases = vectors("webhook-signatures.json");
    assert_eq!(cases.len(), 2);
    for case in cases {
        let name = case["case"].as_str().unwrap();
        let headers = case["headers"].as_object().unwrap();
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
        let request = WebhookRequest {
            method: "POST".to_owned(),
            url: "https://hark.example/hooks/telnyx/acc/inbound".to_owned(),
            headers: headers.collect(),
            body: case["body"].as_str().unwrap().to_owned().into(),
            received_at: case["now"].as_i64().unwrap() * 1000,
        };
        let account = with(&json!({}), &[("webhook_public_key", case["public_key_b64"].as_str().unwrap())]);
        let verdict = channel.webhooks().unwrap().verify(&account, &request);
        assert_eq!(verdict.is_ok(), case["valid"] == true, "{name}: {verdict:?}");
        if case["valid"] == false {
            assert_eq!(verdict, Err(SignatureError::Stale), "{name}");
        }
    }
}

#[test]
fn a_signature_needs_its_time_and_the_right_key() {
    let channel = Telnyx::new(http());
    let account = good(API_BASE_URL);
    let verify = |account: &Account, request: &WebhookRequest| channel.webhooks().unwrap().verify(account, request);
    let request = TelnyxMember::signed(&account, "/inbound", &TelnyxMember::posts("hello"), NOON).unwrap();
    let with_time = |time: Option<&str>| {
        let mut request = request.clone();
        request.headers.retain(|(name, _)| name != "Telnyx-Timestamp");
        request.headers.extend(time.map(|time| ("telnyx-timestamp".to_owned(), time.to_owned())));
        request
    };
    assert_eq!(verify(&account, &with_time(None)), Err(SignatureError::Absent));
    let later = (NOON / 1000 + 1).to_string();
    for time in [later.as_str(), "soon", "-1", "99999999999999999999"] {
        assert_eq!(verify(&account, &with_time(Some(time))), Err(SignatureError::Wrong), "{time}");
    }
    let mut other = account.clone();
    other.secrets.insert("webhook_public_key", STANDARD.encode([9; 32]));
    assert_eq!(verify(&other, &request), Err(SignatureError::Wrong));
}

#[test]
fn each_address_takes_its_own_events() {
    let channel = Telnyx::new(http());
    let account = good(API_BASE_URL);
    let event = |kind: &str| {
        let mut json = received(&json!({ "to": [{ "phone_number": OURS, "status": "delivered" }] }));
        json["data"]["event_type"] = kind.into();
        TelnyxMember::signed(&account, "/inbound", &Payload::Json(json), NOON).unwrap()
    };
    let inbound = |kind: &str| channel.receives().unwrap().read_inbound(&account, &event(kind));
    let receipts = |kind: &str| channel.receipts().unwrap().read_receipts(&account, &event(kind));
    // Texts that others send through the profile are none of ours.
    for others in ["message.sent", "message.finalized", "10dlc.campaign.update"] {
        assert_eq!(inbound(others), Ok(vec![]), "{others}");
    }
    assert_eq!(inbound("message.received").map(|texts| texts.len()), Ok(1));
    assert_eq!(receipts("message.finalized").map(|receipts| receipts.len()), Ok(1));
    assert_eq!(receipts("message.received"), Err(WebhookError::Malformed), "a customer's text is not swallowed");
    assert_eq!(receipts(""), Err(WebhookError::Missing("event_type")));
}

#[test]
fn times_are_telnyxs_own() {
    let channel = Telnyx::new(http());
    let account = good(API_BASE_URL);
    let json = received(&json!({ "received_at": "2026-11-23T10:00:00.500+00:00" }));
    let request = TelnyxMember::signed(&account, "/inbound", &Payload::Json(json), NOON).unwrap();
    let texts = channel.receives().unwrap().read_inbound(&account, &request).unwrap();
    assert_eq!(texts[0].at, Some(1_795_428_000_500));
}

/// What is answered by the profile itself is not answered by Hark, and the other way round.
#[test]
fn each_wish_is_left_to_whoever_answers_it() {
    let channel = Telnyx::new(http());
    for (to, replies, body, told, expected) in [
        (OURS, "none", "STOP", Some("STOP"), (Some(Class::OptOut), false)),
        (OURS, "configured", "STOP", Some("STOP"), (Some(Class::OptOut), true)),
        (OURS, "configured", "HELP", Some("HELP"), (Some(Class::Help), true)),
        (OURS, "none", "HELP", Some("HELP"), (Some(Class::Help), false)),
        (OURS, "configured", "JOIN", Some("START"), (Some(Class::OptIn), true)),
        // It blocks by these words even where it does not tell.
        (OURS, "configured", "stop all", None, (Some(Class::OptOut), false)),
        (OURS, "configured", "JOIN", Some("CUSTOM"), (None, false)),
        (OURS, "configured", "where is it?", None, (None, false)),
        ("+18335550123", "none", "Stop", Some("STOP"), (Some(Class::OptOut), true)),
        ("+18335550123", "none", "unstop", None, (Some(Class::OptIn), true)),
        ("+18335550123", "none", "QUIT", Some("STOP"), (Some(Class::OptOut), false)),
    ] {
        let mut account = good(API_BASE_URL);
        account.settings["automatic_replies"] = replies.into();
        let json = received(&json!({ "to": [{ "phone_number": to }], "text": body, "autoresponse_type": told }));
        let request = TelnyxMember::signed(&account, "/inbound", &Payload::Json(json), NOON).unwrap();
        let read = channel.receives().unwrap().read_inbound(&account, &request).unwrap().remove(0);
        assert_eq!((read.took_for, read.answered), expected, "{body:?} to {to}, {replies}");
    }
}

async fn sent(text: domain::send::OutboundText) -> Seen {
    let peer = Peer::start(|_| TelnyxMember::created("m1")).await;
    let channel = Telnyx::new(http());
    let answers = channel.sends().unwrap().send(&good(&peer.url), &Clock::at(0), vec![permit(text, 60_000)]).await;
    let expected = Submission::Taken { provider_id: "m1".to_owned(), parts: Some(1) };
    assert_eq!(answers, vec![(attempt(1), expected)]);
    peer.seen().remove(0)
}

#[tokio::test]
async fn a_request_equals_the_official_librarys() {
    let golden = vectors("golden-requests.json").remove(0);
    let peer = Peer::start(|_| TelnyxMember::created("m1")).await;
    let mut account = good(&peer.url);
    account.secrets.insert("api_key", "KEY");
    let mut ours = text(1, "hi", &["https://x/a.jpg"]);
    ours.to = Address::parse("+15550002");
    ours.from = Address::parse("+15550001");
    let channel = Telnyx::new(http());
    channel.sends().unwrap().send(&account, &Clock::at(0), vec![permit(ours, 60_000)]).await;
    let seen = peer.seen().remove(0);
    assert_eq!(seen.method, golden["method"]);
    // The library's base URL holds the version.
    assert_eq!(seen.path, format!("/v2{}", golden["path"].as_str().unwrap()));
    for (name, value) in golden["headers"].as_object().unwrap() {
        assert_eq!(seen.headers.get(&name.to_ascii_lowercase()).map(String::as_str), value.as_str(), "{name}");
    }
    let mut theirs: Value = serde_json::from_str(golden["body"].as_str().unwrap()).unwrap();
    // The library was given another profile, and another address to call back.
    theirs["messaging_profile_id"] = PROFILE.into();
    theirs["webhook_url"] = format!("{}/status?attempt={}", account.callback_base, attempt(1)).into();
    assert_eq!(body_of(&seen), theirs);
}

#[tokio::test]
async fn a_text_and_a_picture_go_out_as_what_they_are() {
    let seen = sent(text(1, "Grüße & 100 % 🎉", &[])).await;
    let url = format!("{}/status?attempt={}", good("").callback_base, attempt(1));
    let expected = json!({
        "from": OURS, "to": CUSTOMER, "text": "Grüße & 100 % 🎉", "type": "SMS", "messaging_profile_id": PROFILE,
        "webhook_url": url,
    });
    assert_eq!(body_of(&seen), expected);
    let seen = sent(text(1, "", &["https://x/a.jpg", "https://x/b.jpg"])).await;
    let expected = json!({
        "from": OURS, "to": CUSTOMER, "media_urls": ["https://x/a.jpg", "https://x/b.jpg"], "type": "MMS",
        "messaging_profile_id": PROFILE, "webhook_url": url,
    });
    assert_eq!(body_of(&seen), expected);
}

#[test]
fn a_public_server_asks_no_private_host() {
    let channel = Telnyx::new(HttpClient::new(Reach::Public).unwrap());
    for base in ["http://api.telnyx.com", "https://127.0.0.1", "https://10.0.0.8:4010", "https://localhost"] {
        assert_eq!(channel.check_settings(&good(base)).unwrap_err().field, "api_base_url", "{base}");
    }
    assert_eq!(channel.check_settings(&good(API_BASE_URL)), Ok(()));
}

#[tokio::test]
async fn an_account_is_checked_without_sending() {
    let channel = Telnyx::new(http());
    let peer = Peer::start(|_| {
        let body = json!({ "data": { "id": PROFILE, "name": "Shop", "enabled": false } }).to_string();
        Act::Answer(200, vec![("date", "Thu, 24 Aug 2023 05:01:45 GMT".to_owned())], body)
    })
    .await;
    let report = channel.checks().unwrap().check(&good(&peer.url)).await.unwrap();
    let said = (report.name.as_str(), report.active, report.status.as_str(), report.provider_at);
    assert_eq!(said, ("Shop", false, "disabled", Some(1_692_853_305_000)));
    let seen = peer.seen().remove(0);
    assert_eq!(seen.path, format!("/v2/messaging_profiles/{PROFILE}"));
    assert_eq!(seen.headers.get("authorization"), Some(&format!("Bearer {KEY}")));
    for (status, body, code) in [
        (401, json!({ "errors": [{ "code": "10009" }] }), "10009"),
        (404, json!({ "errors": [{ "code": "10005" }] }), "10005"),
        (403, json!({}), "http_403"),
    ] {
        let peer = Peer::start(move |_| Act::json(status, &body)).await;
        let refused = channel.checks().unwrap().check(&good(&peer.url)).await;
        assert_eq!(refused, Err(CheckError::Refused { code: code.to_owned() }));
    }
    let peer = Peer::start(|_| Act::json(200, &json!({ "data": 1 }))).await;
    let strange = channel.checks().unwrap().check(&good(&peer.url)).await;
    assert!(matches!(strange, Err(CheckError::Unreachable { .. })), "{strange:?}");
}

/// What the account says of our number: its profile, and where that posts texts.
async fn number_at(owned: Value, profile_of_number: Value, webhook_url: Value) -> Option<NumberReport> {
    let peer = Peer::start(move |seen| {
        let data = if seen.path.starts_with("/v2/messaging_profiles/") {
            json!({ "name": "Shop", "enabled": true, "webhook_url": webhook_url })
        } else if seen.path == "/v2/phone_numbers/1293/messaging" {
            let features = json!({ "sms": { "domestic_two_way": true }, "mms": null });
            json!({ "phone_number": OURS, "messaging_profile_id": profile_of_number, "features": features })
        } else {
            assert_eq!(seen.path, "/v2/phone_numbers?filter%5Bphone_number%5D=%2B15017122661");
            owned.clone()
        };
        Act::json(200, &json!({ "data": data }))
    })
    .await;
    let channel = Telnyx::new(http());
    let number = Address::parse(OURS);
    channel.numbers().unwrap().number(&good(&peer.url), &number).await.unwrap()
}

#[tokio::test]
async fn a_number_is_what_its_profile_says() {
    let inbound = "https://hark.example/hooks/telnyx/acc_1/inbound";
    let ours = json!([{ "id": "7", "phone_number": "+150171226610" }, { "id": "1293", "phone_number": OURS }]);
    for (profile, url, expected) in [
        (json!(PROFILE), json!(inbound), InboundAddress::Url(inbound.to_owned())),
        (json!(PROFILE), json!(null), InboundAddress::Nowhere),
        (json!(PROFILE), json!(""), InboundAddress::Nowhere),
        // Without a profile, or with another, the number's texts do not come here.
        (json!(null), json!(inbound), InboundAddress::Nowhere),
        (json!("11111111-a0c0-4563-9925-b25e842a7cb6"), json!(inbound), InboundAddress::Nowhere),
    ] {
        let report = number_at(ours.clone(), profile, url).await;
        assert_eq!(report, Some(NumberReport { texts: true, pictures: false, inbound: expected }));
    }
    for others in [json!([]), json!([{ "id": "7", "phone_number": "+150171226610" }])] {
        assert_eq!(number_at(others, json!(null), json!(null)).await, None);
    }
}

#[tokio::test]
async fn pictures_are_fetched_without_a_login_from_the_providers_hosts() {
    const LIMITS: MediaLimits = MediaLimits { max_bytes: 64, content_types: &["image/*"] };
    let peer = Peer::start(|seen| match seen.path.as_str() {
        "/picture" => Act::Answer(200, vec![("content-type", "image/jpeg".to_owned())], "jpeg".to_owned()),
        "/away" => Act::Answer(302, vec![("location", "https://evil.example/x".to_owned())], String::new()),
        _ => Act::Answer(404, vec![], String::new()),
    })
    .await;
    let channel = Telnyx::new(http());
    let account = good(&peer.url);
    let media = channel.media().unwrap();
    let fetched = media.fetch_media(&account, &format!("{}/picture", peer.url), LIMITS).await.unwrap();
    assert_eq!((fetched.content_type.as_str(), fetched.bytes.as_ref()), ("image/jpeg", b"jpeg".as_slice()));
    assert!(!peer.seen()[0].headers.contains_key("authorization"));
    let away = media.fetch_media(&account, &format!("{}/away", peer.url), LIMITS).await;
    assert_eq!(away, Err(MediaError::ForeignHost));
    let gone = media.fetch_media(&account, &format!("{}/gone", peer.url), LIMITS).await;
    assert_eq!(gone, Err(MediaError::Refused { status: 404 }));
    for foreign in [
        "https://evil.example/a",
        "https://media.telnyx.com.evil.example/a",
        "http://media.telnyx.com/a",
        "https://media.telnyx.com:8443/a",
        "http://127.0.0.1:1/a",
        "file:///etc/passwd",
        "nonsense",
    ] {
        assert_eq!(media.fetch_media(&account, foreign, LIMITS).await, Err(MediaError::ForeignHost), "{foreign}");
    }
}
