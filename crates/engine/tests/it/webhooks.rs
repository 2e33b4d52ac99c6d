//! Calls of real providers, signed as they sign: a repeat is answered as the first was and changes nothing.

use crate::on_both;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use channels::channel::{SignatureError, WebhookAnswer, WebhookRequest};
use domain::id::AccountId;
use domain::message::Kind;
use engine::idempotency::Keep;
use engine::reply::Author;
use engine::webhook::{WebhookFault, WebhookKind};
use ring::hmac::{Algorithm, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, Key, sign};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use store::conversation::View;
use testkit::world::World;

const OURS: &str = "+15017122661";
const AVA: &str = "+12125550101";
const SECRET: &str = "a-secret-of-the-test";
const URL: &str = "https://hark.example/hooks";
const NONCE: &str = "05429567804466091622";

/// The providers that reach real people.
const PROVIDERS: [&str; 3] = ["plivo", "telnyx", "twilio"];

/// The pair that stands for the provider's.
fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn settings(provider: &str) -> Value {
    match provider {
        "plivo" => json!({ "auth_id": "MAXXXXXXXXXXXXXXXXXX", "auth_token": SECRET }),
        "twilio" => json!({ "account_sid": "AC00000000000000000000000000000001", "auth_token": SECRET }),
        _ => json!({
            "api_key": "KEY", "webhook_public_key": STANDARD.encode(pair().public_key()),
            "messaging_profile_id": "4000eba1-a0c0-4563-9925-b25e842a7cb6",
        }),
    }
}

async fn opened(world: &World, provider: &str) -> AccountId {
    let mut settings = settings(provider);
    settings["api_base_url"] = json!("http://127.0.0.1:9");
    let values = settings.as_object().unwrap().clone().into_iter().collect();
    let by = Author::SYSTEM;
    let made = world.engine.account_create(world.ws, by, provider, provider.to_owned(), values, Keep::NOTHING).await;
    let id = made.unwrap().row.id;
    world.engine.inbox_create(world.ws, by, id, provider.to_owned(), OURS, &[], Keep::NOTHING).await.unwrap();
    id
}

/// What a provider posts.
enum Said {
    Text { id: String, body: &'static str },
    Receipt { id: &'static str, word: &'static str },
}

fn fields(provider: &str, said: &Said) -> BTreeMap<&'static str, String> {
    let fields = match (provider, said) {
        ("plivo", Said::Text { id, body }) => {
            vec![("MessageUUID", id.as_str()), ("Text", *body), ("From", &AVA[1..]), ("To", &OURS[1..])]
        }
        ("plivo", Said::Receipt { id, word }) => vec![("MessageUUID", *id), ("Status", *word)],
        (_, Said::Text { id, body }) => {
            vec![("MessageSid", id.as_str()), ("Body", *body), ("From", AVA), ("To", OURS)]
        }
        (_, Said::Receipt { id, word }) => vec![("MessageSid", *id), ("MessageStatus", *word)],
    };
    fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

fn event(said: &Said) -> Value {
    let (kind, payload) = match said {
        Said::Text { id, body } => {
            let to = json!([{ "phone_number": OURS, "status": "webhook_delivered" }]);
            ("message.received", json!({ "id": id, "text": body, "from": { "phone_number": AVA }, "to": to }))
        }
        Said::Receipt { id, word } => {
            ("message.finalized", json!({ "id": id, "to": [{ "phone_number": AVA, "status": word }], "errors": [] }))
        }
    };
    json!({ "data": { "event_type": kind, "payload": payload } })
}

fn mac(algorithm: Algorithm, covered: &str) -> String {
    STANDARD.encode(sign(&Key::new(algorithm, SECRET.as_bytes()), covered.as_bytes()))
}

/// What it posts, signed as it signs at this instant.
fn signed(world: &World, provider: &str, said: &Said) -> WebhookRequest {
    let received_at = world.engine.now();
    let form = "application/x-www-form-urlencoded";
    let fields = fields(provider, said);
    let covered: String = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let filled = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let (kind, body, headers) = match provider {
        "plivo" => {
            let signature = mac(HMAC_SHA256, &format!("{URL}?{covered}.{NONCE}"));
            let nonce = ("X-Plivo-Signature-V3-Nonce", NONCE.to_owned());
            (form, filled, vec![("X-Plivo-Signature-V3", signature), nonce])
        }
        "twilio" => {
            let signature = mac(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &format!("{URL}{covered}"));
            (form, filled, vec![("X-Twilio-Signature", signature)])
        }
        _ => {
            let (body, time) = (event(said).to_string(), (received_at / 1000).to_string());
            let signature = STANDARD.encode(pair().sign(format!("{time}|{body}").as_bytes()));
            let headers = vec![("telnyx-signature-ed25519", signature), ("telnyx-timestamp", time)];
            ("application/json", body, headers)
        }
    };
    let headers = headers.into_iter().chain([("content-type", kind.to_owned())]);
    let headers = headers.map(|(name, value)| (name.to_owned(), value)).collect();
    WebhookRequest { method: "POST".to_owned(), url: URL.to_owned(), headers, body: body.into(), received_at }
}

async fn called(
    world: &World,
    account: AccountId,
    provider: &str,
    kind: WebhookKind,
    request: &WebhookRequest,
) -> Result<WebhookAnswer, WebhookFault> {
    world.engine.webhook_receive(world.ws, account, provider, kind, request.clone()).await
}

/// All that is in the open conversations.
async fn kept(world: &World) -> Vec<(Kind, String)> {
    let mut kept = Vec::new();
    for talk in world.list(View::Open).await {
        kept.extend(world.thread(talk.id).await.into_iter().map(|row| (row.kind, row.body)));
    }
    kept
}

on_both! {
    async fn a_text_posted_twice_is_kept_once_and_a_forged_one_never(world) {
        for (number, provider) in PROVIDERS.into_iter().enumerate() {
            let account = opened(&world, provider).await;
            let text = Said::Text { id: format!("m{number}"), body: "Where is my order?" };
            let good = signed(&world, provider, &text);
            let first = called(&world, account, provider, WebhookKind::Inbound, &good).await.unwrap();
            assert!((200..300).contains(&first.status), "{provider}");
            let last = world.engine.events_last(world.ws).await.unwrap();
            assert_eq!(called(&world, account, provider, WebhookKind::Inbound, &good).await.unwrap(), first);
            let mut forged = good.clone();
            forged.body = String::from_utf8(good.body.to_vec()).unwrap().replace("Where", "There").into();
            let mut bare = good.clone();
            bare.headers.retain(|(name, _)| !name.to_ascii_lowercase().contains("signature"));
            for (request, expected) in [(forged, SignatureError::Wrong), (bare, SignatureError::Absent)] {
                match called(&world, account, provider, WebhookKind::Inbound, &request).await {
                    Err(WebhookFault::Refused(refused)) => assert_eq!(refused, expected, "{provider}"),
                    other => panic!("{provider}: {other:?}"),
                }
            }
            assert_eq!(world.engine.events_last(world.ws).await.unwrap(), last, "{provider}: nothing wrote an event");
            assert_eq!(kept(&world).await, vec![(Kind::Inbound, "Where is my order?".to_owned()); number + 1]);
        }
    }

    async fn a_call_that_carries_a_time_is_not_believed_later(world) {
        let account = opened(&world, "telnyx").await;
        let good = signed(&world, "telnyx", &Said::Text { id: "m1".to_owned(), body: "Where is my order?" });
        world.clock.advance(301_000);
        let old = WebhookRequest { received_at: world.engine.now(), ..good };
        let refused = called(&world, account, "telnyx", WebhookKind::Inbound, &old).await;
        assert!(matches!(refused, Err(WebhookFault::Refused(SignatureError::Stale))), "{refused:?}");
        assert!(kept(&world).await.is_empty());
    }

    async fn a_receipt_of_nobodys_text_is_answered_and_kept_from_harm(world) {
        for provider in PROVIDERS {
            let account = opened(&world, provider).await;
            for word in ["delivered", "sent", "teleported"] {
                let request = signed(&world, provider, &Said::Receipt { id: "nobody", word });
                for _ in 0..2 {
                    let answer = called(&world, account, provider, WebhookKind::Status, &request).await.unwrap();
                    assert!((200..300).contains(&answer.status), "{provider}: {word}");
                }
            }
        }
        // At the address for texts it is somebody else's, sent through the same profile.
        let account = opened(&world, "telnyx").await;
        let request = signed(&world, "telnyx", &Said::Receipt { id: "others", word: "delivered" });
        let answer = called(&world, account, "telnyx", WebhookKind::Inbound, &request).await.unwrap();
        assert!((200..300).contains(&answer.status));
        assert!(kept(&world).await.is_empty());
    }
}
