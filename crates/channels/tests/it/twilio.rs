//! Twilio against its own library's vectors.

use crate::channel_contract;
use crate::cleared::{BODY_WORD, CUSTOMER, Clock, NOON, OURS, account, attempt, permit, text, unix_ms};
use crate::contract::{Member, Payload, http};
use crate::peer::{Act, Peer, Seen};
use base64::Engine as _;
use channels::channel::{
    Account, Channel, CheckError, InboundAddress, LookUpError, LookUpQuery, MediaError, MediaLimits, NumberReport,
    Secrets, SignatureError, Submission, WebhookRequest, body_hash,
};
use channels::http::{HttpClient, Reach};
use channels::twilio::{API_BASE_URL, Twilio, WORDS, state_of};
use domain::address::Address;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;
use std::collections::BTreeMap;

const SID: &str = "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const TOKEN: &str = "a-very-secret-token";

struct TwilioMember;

channel_contract!(TwilioMember);

fn with(settings: &Value, secrets: &[(&str, &str)]) -> Account {
    account(settings.clone(), secrets.iter().copied().collect())
}

fn good(base_url: &str) -> Account {
    let settings = json!({ "account_sid": SID, "api_base_url": base_url });
    with(&settings, &[("auth_token", TOKEN), ("webhook_shared_key", "a-shared-secret-key")])
}

impl Member for TwilioMember {
    const FIXTURES: &'static str = "twilio";

    fn channel(http: HttpClient) -> Box<dyn Channel> {
        Box::new(Twilio::new(http))
    }

    fn account(base_url: &str) -> Account {
        good(base_url)
    }

    fn wrong_accounts() -> Vec<(Account, &'static str)> {
        let token = [("auth_token", TOKEN)];
        let key = "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
        vec![
            (with(&json!({}), &token), "account_sid"),
            (with(&json!({ "account_sid": "AC12" }), &token), "account_sid"),
            (with(&json!({ "account_sid": format!("{SID}/../x") }), &token), "account_sid"),
            (with(&json!({ "account_sid": SID }), &[]), "auth_token"),
            (with(&json!({ "account_sid": SID }), &[("auth_token", "")]), "auth_token"),
            (with(&json!({ "account_sid": SID }), &[("auth_token", "a-very-secret-token\n")]), "auth_token"),
            (with(&json!({ "account_sid": SID, "api_key_sid": "SK1" }), &token), "api_key_sid"),
            (with(&json!({ "account_sid": SID, "api_key_sid": key }), &token), "api_key_secret"),
            (with(&json!({ "account_sid": SID, "messaging_service_sid": "MG1" }), &token), "messaging_service_sid"),
            (with(&json!({ "account_sid": SID, "service_picks_sender": true }), &token), "service_picks_sender"),
            (with(&json!({ "account_sid": SID, "api_base_url": "nowhere" }), &token), "api_base_url"),
            (with(&json!({ "account_sid": SID, "api_base_url": "ftp://x.example" }), &token), "api_base_url"),
            (with(&json!({ "account_sid": SID, "api_base_url": "https://x.example/?a=1" }), &token), "api_base_url"),
        ]
    }

    fn signed(account: &Account, path: &str, payload: &Payload, at: i64) -> Option<WebhookRequest> {
        let Payload::Form(fields) = payload else { panic!("Twilio posts forms") };
        let url = format!("{}{path}", account.callback_base);
        let mut covered = url.clone();
        for (name, value) in fields.iter().collect::<std::collections::BTreeSet<_>>() {
            covered.push_str(name);
            covered.push_str(value);
        }
        let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).unwrap();
        mac.update(covered.as_bytes());
        let signature = base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes());
        Some(payload.request(&url, &[("X-Twilio-Signature", &signature)], at))
    }

    fn posts(body: &str) -> Payload {
        Payload::form(&[("Body", body), ("From", CUSTOMER)])
    }

    fn created(id: &str) -> Act {
        Act::created(id)
    }

    fn words_of(seen: &Seen) -> String {
        seen.field("Body").unwrap_or_default()
    }

    const SIGNATURES: &'static [&'static str] = &["x-twilio-signature"];
    const LOGIN_USER: &'static str = "account_sid";
}

fn request(url: &str, fields: &[(String, String)], headers: &[(&str, &str)]) -> WebhookRequest {
    Payload::Form(fields.to_vec()).request(url, headers, NOON)
}

fn vectors(file: &str) -> Vec<Value> {
    let path = format!("{}/fixtures/twilio/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn signatures_agree_with_twilios_own_library() {
    let channel = Twilio::new(http());
    let cases = vectors("webhook-signatures.json");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let name = case["case"].as_str().unwrap();
        let url = case["url"].as_str().unwrap();
        let signature = case["headers"]["X-Twilio-Signature"].as_str().unwrap();
        let secret = case["secret"].as_str().unwrap();
        let mut headers = vec![("x-twilio-signature", signature)];
        // The header goes with this way of signing; the vector holds the signature alone.
        let shared = name.contains("SHA256") && name.contains("form");
        if shared {
            headers.push(("X-Twilio-Webhooks-Signature-Settings", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"));
        }
        let request = match case["body"].as_str() {
            Some(body) => {
                let mut request = request(url, &[], &headers);
                request.body = body.to_owned().into();
                for (name, value) in &mut request.headers {
                    if name == "Content-Type" {
                        "application/json".clone_into(value);
                    }
                }
                request
            }
            None => {
                let fields = case["form"].as_object().unwrap();
                let fields: Vec<_> =
                    fields.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
                request(url, &fields, &headers)
            }
        };
        let name_of_secret = if shared { "webhook_shared_key" } else { "auth_token" };
        let verdict = channel.webhooks().unwrap().verify(&with(&json!({}), &[(name_of_secret, secret)]), &request);
        assert_eq!(verdict.is_ok(), case["valid"] == true, "{name}: {verdict:?}");
        // Neither secret stands in for the other.
        let other = if shared { "auth_token" } else { "webhook_shared_key" };
        let crossed = channel.webhooks().unwrap().verify(&with(&json!({}), &[(other, secret)]), &request);
        assert_eq!(crossed, Err(SignatureError::NoSecret), "{name}");
    }
}

#[test]
fn an_unknown_way_of_signing_is_not_believed() {
    let channel = Twilio::new(http());
    let account = good(API_BASE_URL);
    let mut request = TwilioMember::signed(&account, "/inbound", &Payload::Form(vec![]), NOON).unwrap();
    let settings = "X-Twilio-Webhooks-Signature-Settings".to_owned();
    request.headers.push((settings, "key=k,algorithm=HMAC_MD5".to_owned()));
    assert_eq!(channel.webhooks().unwrap().verify(&account, &request), Err(SignatureError::UnknownScheme));
}

#[test]
fn every_word_has_a_row_in_the_fixtures() {
    let told: BTreeMap<String, Value> = vectors("receipts.json")
        .into_iter()
        .filter(|case| case["name"] == case["word"])
        .map(|case| (case["word"].as_str().unwrap().to_owned(), case["state"].clone()))
        .collect();
    for (word, state) in WORDS {
        assert_eq!(told.get(*word), Some(&json!(state)), "{word}");
    }
    assert_eq!(told.len(), WORDS.len() + 1, "and one that nobody mapped");
    assert_eq!(state_of("teleported"), None);
}

async fn send(account: &Account, texts: Vec<domain::send::OutboundText>) -> Vec<Submission> {
    let channel = Twilio::new(http());
    let batch = texts.into_iter().map(|text| permit(text, 60_000)).collect();
    let answers = channel.sends().unwrap().send(account, &Clock::at(0), batch).await;
    answers.into_iter().map(|(_, submission)| submission).collect()
}

async fn sent(mut settings: Value, secrets: &[(&str, &str)], text: domain::send::OutboundText) -> Seen {
    let peer = Peer::start(|_| Act::created("SM1")).await;
    settings["api_base_url"] = peer.url.clone().into();
    let answers = send(&with(&settings, secrets), vec![text]).await;
    assert!(matches!(answers[0], Submission::Taken { .. }), "{answers:?}");
    peer.seen().remove(0)
}

#[tokio::test]
async fn a_request_equals_the_official_librarys() {
    let golden = vectors("golden-requests.json").remove(0);
    let settings = json!({
        "account_sid": SID, "messaging_service_sid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "service_picks_sender": true,
    });
    let mut ours = text(1, "hi", &["https://x/a.jpg", "https://x/b.jpg"]);
    ours.to = Address::parse("+15558675310");
    let seen = sent(settings, &[("auth_token", "authtok")], ours).await;
    assert_eq!(seen.method, golden["method"]);
    assert_eq!(seen.path, golden["path"]);
    for (name, value) in golden["headers"].as_object().unwrap() {
        assert_eq!(seen.headers.get(&name.to_ascii_lowercase()).map(String::as_str), value.as_str(), "{name}");
    }
    let mut theirs = Seen { body: golden["body"].as_str().unwrap().to_owned(), ..seen.clone() }.form();
    for (name, value) in &mut theirs {
        if name == "StatusCallback" {
            // The library was given another address to call back.
            *value = format!("{}/status?attempt={}", good("").callback_base, attempt(1));
        }
    }
    assert_eq!(seen.form(), theirs);
}

#[tokio::test]
async fn a_text_goes_out_from_its_own_number_with_its_attempt() {
    let seen = sent(json!({ "account_sid": SID }), &[("auth_token", TOKEN)], text(7, "Grüße & 100 % 🎉", &[])).await;
    assert_eq!(
        seen.form(),
        vec![
            ("Body".to_owned(), "Grüße & 100 % 🎉".to_owned()),
            ("From".to_owned(), OURS.to_owned()),
            (
                "StatusCallback".to_owned(),
                "https://hark.example/hooks/twilio/acc_00000000000000000000000000000002/status?attempt=att_01920000000070008000000000000007".to_owned()
            ),
            ("To".to_owned(), CUSTOMER.to_owned()),
        ]
    );
    assert!(!seen.headers.contains_key("i-twilio-idempotency-token"));
}

#[tokio::test]
async fn an_api_key_logs_in_and_a_picture_needs_no_words() {
    let settings = json!({ "account_sid": SID, "api_key_sid": "SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" });
    let secrets = [("auth_token", TOKEN), ("api_key_secret", "another-secret-key")];
    let seen = sent(settings, &secrets, text(1, "", &["https://x/a.jpg"])).await;
    let login =
        base64::engine::general_purpose::STANDARD.encode("SKbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb:another-secret-key");
    assert_eq!(seen.headers.get("authorization"), Some(&format!("Basic {login}")));
    assert!(seen.path.contains(SID), "the path is the account's");
    assert_eq!(seen.field("Body"), None);
    assert_eq!(seen.field("MediaUrl").as_deref(), Some("https://x/a.jpg"));
}

#[tokio::test]
async fn a_validity_period_is_what_is_left_of_it() {
    let valid = |until: i64| {
        let mut text = text(1, "hi", &[]);
        text.valid_until = Some(until);
        text
    };
    let settings = json!({ "account_sid": SID });
    let soon = sent(settings.clone(), &[("auth_token", TOKEN)], valid(unix_ms() + 600_500)).await;
    let seconds: i64 = soon.field("ValidityPeriod").unwrap().parse().unwrap();
    assert!((595..=600).contains(&seconds), "{seconds}");
    let far = sent(settings.clone(), &[("auth_token", TOKEN)], valid(unix_ms() + 40_000_000)).await;
    assert_eq!(far.field("ValidityPeriod"), None, "Twilio keeps nothing longer than ten hours");

    let peer = Peer::start(|_| Act::created("SM1")).await;
    let answers = send(&good(&peer.url), vec![valid(unix_ms() + 500), valid(NOON - 1_000_000_000)]).await;
    // The gate knows whether it waits for the next hours, or was worthless after that by its sender's word.
    for answer in answers {
        assert!(matches!(answer, Submission::HandedBack), "{answer:?}");
    }
    assert!(peer.seen().is_empty());
}

#[tokio::test]
async fn a_connection_that_comes_too_late_gets_no_text() {
    let peer = Peer::start(|_| Act::created("SM1")).await;
    let channel = Twilio::new(http());
    let account = good(&peer.url);
    // The permission holds when the request is made, and not once it is connected.
    let answers = channel.sends().unwrap().send(&account, &Clock::at(100), vec![permit(text(1, "hi", &[]), 100)]).await;
    assert_eq!(answers, vec![(attempt(1), Submission::HandedBack)]);
    assert!(peer.seen().is_empty(), "half a request at most");
}

#[tokio::test]
async fn keys_are_sent_to_gateways_that_asked_and_never_trusted_to_twilio() {
    let settings = json!({ "account_sid": SID, "idempotency_key": true });
    let seen = sent(settings.clone(), &[("auth_token", TOKEN)], text(9, "hi", &[])).await;
    assert_eq!(seen.headers.get("i-twilio-idempotency-token"), Some(&text(9, "", &[]).message.to_string()));
    let channel = Twilio::new(http());
    let mut gateway = with(&settings, &[("auth_token", TOKEN)]);
    assert!(!channel.repeats_safely(&gateway), "Twilio itself ignores keys on this call");
    gateway.settings["api_base_url"] = "https://gateway.example".into();
    assert!(channel.repeats_safely(&gateway));
    gateway.settings["api_base_url"] = "https://api.sydney.au1.twilio.com".into();
    assert!(!channel.repeats_safely(&gateway));
}

#[test]
fn a_public_server_asks_no_private_host() {
    let channel = Twilio::new(HttpClient::new(Reach::Public).unwrap());
    for base in ["http://api.twilio.com", "https://127.0.0.1", "https://10.0.0.8:4010", "https://localhost"] {
        assert_eq!(channel.check_settings(&good(base)).unwrap_err().field, "api_base_url", "{base}");
    }
    assert_eq!(channel.check_settings(&good(API_BASE_URL)), Ok(()));
}

fn query() -> LookUpQuery {
    LookUpQuery {
        to: Address::parse(CUSTOMER),
        from: Address::parse(OURS),
        since_ms: 1_692_853_300_000,
        until_ms: 1_692_853_310_000,
        body: body_hash(BODY_WORD),
    }
}

fn message(sid: &str, body: &str, date: &str, direction: &str) -> Value {
    json!({ "sid": sid, "body": body, "date_created": date, "direction": direction, "status": "delivered", "num_segments": "1",
        "error_code": null, "to": CUSTOMER, "from": OURS })
}

#[tokio::test]
async fn a_text_is_found_by_number_time_and_body_over_pages() {
    let at = "Thu, 24 Aug 2023 05:01:45 +0000";
    let peer = Peer::start(move |seen| {
        let pages = [
            vec![
                message("SM-other-body", "Something else", at, "outbound-api"),
                message("SM-later", BODY_WORD, "Thu, 24 Aug 2023 06:01:45 +0000", "outbound-api"),
                message("SM-theirs", BODY_WORD, at, "inbound"),
            ],
            vec![
                message("SM-found", BODY_WORD, at, "outbound-api"),
                message("SM-earlier", BODY_WORD, "Thu, 24 Aug 2023 04:01:45 +0000", "outbound-api"),
            ],
        ];
        let second = seen.path.contains("Page=1");
        let next = format!("/2010-04-01/Accounts/{SID}/Messages.json?Page=1&PageToken=x");
        Act::json(
            200,
            &json!({
                "messages": pages[usize::from(second)], "next_page_uri": if second { Value::Null } else { next.into() },
            }),
        )
    })
    .await;
    let channel = Twilio::new(http());
    let found = channel.looks_up().unwrap().find(&good(&peer.url), query()).await.unwrap();
    let ids: Vec<&str> = found.iter().map(|text| text.provider_id.as_str()).collect();
    assert_eq!(ids, ["SM-found"]);
    assert_eq!(found[0].at, Some(1_692_853_305_000));
    let first = &peer.seen()[0].path;
    assert!(first.contains("To=%2B14155550123") && first.contains("From=%2B15017122661"), "{first}");
}

#[tokio::test]
async fn a_look_up_that_fails_says_nothing_about_the_text() {
    let channel = Twilio::new(http());
    for (status, expected) in [(401, LookUpError::Account), (404, LookUpError::Account)] {
        let peer = Peer::start(move |_| Act::json(status, &json!({}))).await;
        assert_eq!(channel.looks_up().unwrap().find(&good(&peer.url), query()).await, Err(expected));
        assert_eq!(peer.seen().len(), 1);
    }
    let peer = Peer::start(|_| Act::json(503, &json!({}))).await;
    let failed = channel.looks_up().unwrap().find(&good(&peer.url), query()).await;
    assert!(matches!(failed, Err(LookUpError::Unreachable { .. })), "{failed:?}");
    assert_eq!(peer.seen().len(), 3, "reads are tried again");
    let astray =
        Peer::start(|_| Act::json(200, &json!({ "messages": [], "next_page_uri": "https://evil.example/" }))).await;
    let failed = channel.looks_up().unwrap().find(&good(&astray.url), query()).await;
    assert!(matches!(failed, Err(LookUpError::Unreachable { .. })), "the login is not led astray: {failed:?}");
}

#[tokio::test]
async fn an_account_is_checked_without_sending() {
    let channel = Twilio::new(http());
    let peer = Peer::start(|_| {
        let body = json!({ "sid": SID, "friendly_name": "Shop", "status": "suspended" }).to_string();
        Act::Answer(200, vec![("date", "Thu, 24 Aug 2023 05:01:45 GMT".to_owned())], body)
    })
    .await;
    let report = channel.checks().unwrap().check(&good(&peer.url)).await.unwrap();
    assert_eq!((report.name.as_str(), report.active, report.provider_at), ("Shop", false, Some(1_692_853_305_000)));
    assert_eq!(peer.seen()[0].path, format!("/2010-04-01/Accounts/{SID}.json"));
    let peer = Peer::start(|_| Act::json(401, &json!({ "code": 20003 }))).await;
    let refused = channel.checks().unwrap().check(&good(&peer.url)).await;
    assert_eq!(refused, Err(CheckError::Refused { code: "20003".to_owned() }));
    let nobody = channel.checks().unwrap().check(&with(&json!({}), &[])).await;
    assert!(matches!(nobody, Err(CheckError::Settings(_))));
}

#[tokio::test]
async fn a_number_is_what_twilio_says() {
    let inbound = "https://hark.example/hooks/twilio/acc_1/inbound";
    let ours = |sms_url: Value, application: Value| {
        json!({ "phone_number": OURS, "capabilities": { "SMS": true, "mms": false, "voice": true }, "sms_url": sms_url,
            "sms_application_sid": application })
    };
    let longer = json!({ "phone_number": "+150171226610", "capabilities": { "sms": false } });
    let service = json!({ "messaging_service_sid": "MGaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" });
    for (settings, numbers, expected) in [
        (json!({}), json!([longer, ours(json!(inbound), json!(""))]), Some(InboundAddress::Url(inbound.to_owned()))),
        (json!({}), json!([ours(json!(""), json!(null))]), Some(InboundAddress::Nowhere)),
        // An application or a service has an address of its own, which stands before the number's.
        (json!({}), json!([ours(json!(inbound), json!("AP1"))]), Some(InboundAddress::Untold)),
        (service, json!([ours(json!(inbound), json!(""))]), Some(InboundAddress::Untold)),
        (json!({}), json!([longer]), None),
        (json!({}), json!([]), None),
    ] {
        let peer = Peer::start(move |_| Act::json(200, &json!({ "incoming_phone_numbers": numbers }))).await;
        let mut account = good(&peer.url);
        for (name, value) in settings.as_object().unwrap() {
            account.settings[name] = value.clone();
        }
        let channel = Twilio::new(http());
        let report = channel.numbers().unwrap().number(&account, &Address::parse(OURS)).await.unwrap();
        let expected = expected.map(|inbound| NumberReport { texts: true, pictures: false, inbound });
        assert_eq!(report, expected);
        let path = format!("/2010-04-01/Accounts/{SID}/IncomingPhoneNumbers.json?PhoneNumber=%2B15017122661");
        assert_eq!(peer.seen()[0].path, path);
    }
}

#[tokio::test]
async fn pictures_are_fetched_within_limits_from_the_providers_hosts() {
    const LIMITS: MediaLimits = MediaLimits { max_bytes: 64, content_types: &["image/*"] };
    let peer = Peer::start(|seen| {
        let answer = |kind: &str, body: String| Act::Answer(200, vec![("content-type", kind.to_owned())], body);
        match seen.path.as_str() {
            "/picture" => answer("image/jpeg; charset=binary", "jpeg".to_owned()),
            "/moved" => Act::Answer(307, vec![("location", "/picture".to_owned())], String::new()),
            "/large" => answer("image/jpeg", "x".repeat(65)),
            "/page" => answer("text/html", "<script>".to_owned()),
            "/away" => Act::Answer(302, vec![("location", "https://evil.example/x".to_owned())], String::new()),
            "/inside" => {
                Act::Answer(302, vec![("location", "http://169.254.169.254/latest".to_owned())], String::new())
            }
            "/round" => Act::Answer(302, vec![("location", "/round".to_owned())], String::new()),
            _ => Act::Answer(404, vec![], String::new()),
        }
    })
    .await;
    let channel = Twilio::new(http());
    let account = good(&peer.url);
    let media = channel.media().unwrap();
    for path in ["/picture", "/moved"] {
        let fetched = media.fetch_media(&account, &format!("{}{path}", peer.url), LIMITS).await.unwrap();
        assert_eq!((fetched.content_type.as_str(), fetched.bytes.as_ref()), ("image/jpeg", b"jpeg".as_slice()));
    }
    assert!(peer.seen().iter().all(|seen| seen.headers.contains_key("authorization")));
    for (path, expected) in [
        ("/large", MediaError::TooLarge),
        ("/page", MediaError::ContentType),
        ("/away", MediaError::ForeignHost),
        ("/inside", MediaError::ForeignHost),
        ("/gone", MediaError::Refused { status: 404 }),
    ] {
        let failed = media.fetch_media(&account, &format!("{}{path}", peer.url), LIMITS).await;
        assert_eq!(failed, Err(expected), "{path}");
    }
    let round = media.fetch_media(&account, &format!("{}/round", peer.url), LIMITS).await;
    assert!(matches!(round, Err(MediaError::Unreachable { .. })), "{round:?}");
    for foreign in ["https://evil.example/a", "http://127.0.0.1:1/a", "file:///etc/passwd", "nonsense"] {
        assert_eq!(media.fetch_media(&account, foreign, LIMITS).await, Err(MediaError::ForeignHost), "{foreign}");
    }
}

#[test]
fn secrets_of_nobody_are_no_secrets() {
    let account = account(json!({ "account_sid": SID }), Secrets::default());
    let request = TwilioMember::signed(&account, "/inbound", &Payload::Form(vec![]), NOON).unwrap();
    let refused = Twilio::new(http()).webhooks().unwrap().verify(&account, &request);
    assert_eq!(refused, Err(SignatureError::NoSecret));
}
