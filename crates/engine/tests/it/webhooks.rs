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
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use store::conversation::View;
use testkit::world::World;

const OURS: &str = "+15017122661";
const AVA: &str = "+12125550101";

/// The pair that stands for the provider's.
fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

async fn telnyx(world: &World) -> AccountId {
    let values = [
        ("api_key", json!("KEY")),
        ("webhook_public_key", json!(STANDARD.encode(pair().public_key()))),
        ("messaging_profile_id", json!("4000eba1-a0c0-4563-9925-b25e842a7cb6")),
        ("api_base_url", json!("http://127.0.0.1:9")),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let by = Author::SYSTEM;
    let made = world.engine.account_create(world.ws, by, "telnyx", "Telnyx".to_owned(), values, Keep::NOTHING).await;
    let id = made.unwrap().row.id;
    world.engine.inbox_create(world.ws, by, id, "Telnyx".to_owned(), OURS, &[], Keep::NOTHING).await.unwrap();
    id
}

/// An event, signed when it is posted.
fn signed(world: &World, event: &Value) -> WebhookRequest {
    let (body, at) = (event.to_string(), world.engine.now());
    let time = (at / 1000).to_string();
    let signature = STANDARD.encode(pair().sign(format!("{time}|{body}").as_bytes()));
    let headers = [("telnyx-signature-ed25519", signature), ("telnyx-timestamp", time)];
    WebhookRequest {
        method: "POST".to_owned(),
        url: "https://hark.example/hooks/telnyx/acc/inbound".to_owned(),
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: body.into(),
        received_at: at,
    }
}

async fn called(
    world: &World,
    account: AccountId,
    kind: WebhookKind,
    request: &WebhookRequest,
) -> Result<WebhookAnswer, WebhookFault> {
    world.engine.webhook_receive(world.ws, account, "telnyx", kind, request.clone()).await
}

fn text(id: &str, body: &str, autoresponse: Option<&str>) -> Value {
    json!({ "data": { "event_type": "message.received", "payload": {
        "id": id, "text": body, "autoresponse_type": autoresponse,
        "from": { "phone_number": AVA }, "to": [{ "phone_number": OURS, "status": "webhook_delivered" }],
    } } })
}

on_both! {
    async fn a_text_posted_twice_is_kept_once_and_a_forged_or_old_one_never(world) {
        let account = telnyx(&world).await;
        let good = signed(&world, &text("m1", "where is my order?", None));
        let first = called(&world, account, WebhookKind::Inbound, &good).await.unwrap();
        assert!((200..300).contains(&first.status));
        let last = world.engine.events_last(world.ws).await.unwrap();
        assert_eq!(called(&world, account, WebhookKind::Inbound, &good).await.unwrap(), first);
        let mut forged = good.clone();
        forged.body = String::from_utf8(good.body.to_vec()).unwrap().replace("where", "there").into();
        let refused = called(&world, account, WebhookKind::Inbound, &forged).await;
        assert!(matches!(refused, Err(WebhookFault::Refused(SignatureError::Wrong))), "{refused:?}");
        world.clock.advance(301_000);
        let old = WebhookRequest { received_at: world.engine.now(), ..good };
        let refused = called(&world, account, WebhookKind::Inbound, &old).await;
        assert!(matches!(refused, Err(WebhookFault::Refused(SignatureError::Stale))), "{refused:?}");
        assert_eq!(world.engine.events_last(world.ws).await.unwrap(), last, "neither wrote an event");
        let open = world.list(View::Open).await;
        assert_eq!(open.len(), 1);
        let thread = world.thread(open[0].id).await;
        assert_eq!(thread.iter().map(|row| (row.kind, row.body.as_str())).collect::<Vec<_>>(), [
            (Kind::Inbound, "where is my order?"),
        ]);
    }

    async fn a_receipt_of_nobodys_text_is_answered_and_kept_from_harm(world) {
        let account = telnyx(&world).await;
        for (kind, status) in [("message.finalized", "delivered"), ("message.sent", "sent"), ("message.sent", "teleported")] {
            let event = json!({ "data": { "event_type": kind, "payload": {
                "id": "nobody", "to": [{ "phone_number": AVA, "status": status }], "errors": [],
            } } });
            let request = signed(&world, &event);
            for _ in 0..2 {
                let answer = called(&world, account, WebhookKind::Status, &request).await.unwrap();
                assert!((200..300).contains(&answer.status), "{status}");
            }
            // At the other address it is somebody else's text, sent through the same profile.
            let answer = called(&world, account, WebhookKind::Inbound, &request).await.unwrap();
            assert!((200..300).contains(&answer.status), "{status}");
        }
        assert!(world.list(View::Open).await.is_empty());
    }
}
