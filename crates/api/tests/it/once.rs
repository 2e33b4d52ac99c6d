//! Every operation that takes an idempotency key does a thing once: asked twice,
//! asked otherwise, and asked again after the process died at any instant.
//!
//! The cases follow from the OpenAPI document: an operation that gains the
//! header is tried here by itself, as soon as its fields have values below.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use reqwest::Method;
use serde_json::{Map, Value, json};
use testkit::Faults;
use testkit::database::{self, for_each_engine};
use testkit::rows;
use testkit::world::World;

use crate::document::operations;
use crate::server::{Answered, Server, Who, generous};

/// So many points no request passes.
const NEVER: i64 = i64::MAX / 2;
/// More points than any request has.
const POINTS_MAX: i64 = 200;

/// One operation with a key, from the document.
struct Case {
    id: String,
    path: String,
    schema: Option<Value>,
}

fn cases() -> Vec<Case> {
    let document = api::document::document();
    let keyed = operations().into_iter().filter(|(_, _, _, operation)| {
        operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"))
    });
    keyed
        .map(|(id, method, path, operation)| {
            assert_eq!(method, "post", "{id}");
            let body = operation.pointer("/requestBody/content/application~1json/schema/$ref");
            let schema = body
                .and_then(Value::as_str)
                .map(|pointer| document.pointer(pointer.trim_start_matches('#')).cloned().expect("a schema"));
            Case { id, path, schema }
        })
        .collect()
}

/// What the requests name.
struct Things {
    account: String,
    inbox: String,
    conversation: String,
    refused: String,
    page: String,
}

impl Case {
    /// The path with its thing.
    fn path(&self, things: &Things) -> String {
        let id = match self.path.split('/').nth(3).unwrap() {
            "conversations" => &things.conversation,
            "inboxes" => &things.inbox,
            "messages" => &things.refused,
            "opt-in-pages" => &things.page,
            other => panic!("{}: name a thing of {other}", self.id),
        };
        self.path.replace("{id}", id)
    }

    /// A right body, another for each number.
    fn body(&self, things: &Things, n: i64) -> Value {
        let Some(schema) = &self.schema else { return Value::Null };
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut body = Map::new();
        for name in schema["properties"].as_object().into_iter().flat_map(Map::keys) {
            let value = match name.as_str() {
                "from" if self.id == "rule_override_create" => json!(n),
                "to" | "from" => json!(format!("+1212555{:04}", 200 + n)),
                "address" => json!(format!("+1646555{:04}", 200 + n)),
                "body" => json!(format!("text {n}")),
                "name" | "notes" => json!(format!("Name {n}")),
                "inbox_id" => json!(things.inbox),
                "account_id" => json!(things.account),
                "purpose" => json!("conversational"),
                "items" if self.id == "number_event_create" => {
                    json!([{ "address": format!("+1303555{:04}", 200 + n), "event": "deactivated" }])
                }
                "items" => json!([{
                    "to": format!("+1212555{:04}", 200 + n), "inbox_id": things.inbox,
                    "body": format!("text {n}"), "purpose": "conversational",
                }]),
                "provider" => json!("simulator"),
                "title" => json!(format!("Title {n}")),
                "region" => json!("us"),
                "settings" => json!({}),
                "role" => json!(if n % 2 == 0 { "agent" } else { "viewer" }),
                "scopes" => json!(["read"]),
                "permits" => json!("marketing"),
                "action" => json!("revoke"),
                "proof" => json!("express"),
                "method" => json!("agent"),
                "word" => json!(format!("CLUB{n}")),
                "locale" => json!("en-US"),
                "programme" => json!("news"),
                "frequency" => json!("Monthly"),
                "disclosure" if self.id == "inbox_join_word_create" => json!("I agree to get texts."),
                "close" => json!(n % 2 == 0),
                "pack" => json!(["default", "federal", "strict_us", "ultra"][usize::try_from(n).unwrap_or(0) % 4]),
                "reason" => json!(format!("reason {n}")),
                "kind" if self.id == "rule_override_create" => json!("close"),
                "value" if self.id == "rule_override_create" => json!("US-LA"),
                "until" if self.id == "rule_override_create" => json!(9_000_000_000_000_i64),
                _ => Value::Null,
            };
            assert!(!value.is_null() || !required.contains(&name.as_str()), "{}: a value for {name}", self.id);
            if !value.is_null() {
                body.insert(name.clone(), value);
            }
        }
        Value::Object(body)
    }
}

async fn ask(server: &Server, who: &Who, path: &str, key: &str, body: Value) -> Answered {
    let body = Some(body).filter(|body| !body.is_null());
    let answer = server.send(who, Method::POST, path, &[("idempotency-key", key)], body).await;
    Answered::read(answer).await.unwrap()
}

/// What changed, in rows.
async fn since(server: &Server, before: &BTreeMap<String, i64>) -> BTreeMap<String, i64> {
    let after = rows::counts(server.world.engine.store()).await.unwrap();
    after.into_iter().map(|(table, n)| (table.clone(), n - before[&table])).filter(|(_, n)| *n != 0).collect()
}

async fn now(server: &Server) -> BTreeMap<String, i64> {
    rows::counts(server.world.engine.store()).await.unwrap()
}

/// An answer without what is shown but once.
fn without_secrets(body: &Value) -> Value {
    let mut body = body.clone();
    for name in ["secret", "link"] {
        if body.get(name).is_some() {
            body[name] = Value::Null;
        }
    }
    body
}

/// A world with one thing of each kind, whose store can be told to die.
async fn start(on: testkit::On, left: &Arc<AtomicI64>) -> (Server, Who, Things) {
    let faults = Faults { crash_at: Some(Arc::clone(left)), ..Faults::default() };
    let store = database::open_with(on, |config| config.faults = faults).await;
    let server = Server::serve(World::over(store, 1).await, generous()).await;
    let owner = server.set_up().await;
    let inboxes = server.get(&owner, "/api/v1/inboxes").await.ok();
    let conversation = server.typed(&owner, "+12125550101", "hello").await;
    // A conversation that starts with STOP is closed, and its number refused.
    let stop = json!({"from": "+12125550102", "inbox_id": inboxes.str("/items/0/id"), "body": "STOP"});
    server.post(&owner, "/api/v1/simulator/texts", stop).await.ok();
    server.world.clock.advance(500);
    server.world.carry().await;
    let body = json!({
        "to": "+12125550102", "inbox_id": inboxes.str("/items/0/id"), "body": "x", "purpose": "transactional",
    });
    let refused = server.post(&owner, "/api/v1/messages", body).await.ok();
    assert_eq!(refused.str("/message/state"), "refused");
    let page = json!({"inbox_id": inboxes.str("/items/0/id"), "title": "Offers", "region": "us"});
    let page = server.post(&owner, "/api/v1/opt-in-pages", page).await.ok().str("/id");
    let things = Things {
        page,
        account: inboxes.str("/items/0/account_id"),
        inbox: inboxes.str("/items/0/id"),
        conversation,
        refused: refused.str("/message/id"),
    };
    (server, owner, things)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_keyed_operation_is_done_once_and_answered_the_same() {
    for_each_engine(|on| async move {
        let left = Arc::new(AtomicI64::new(NEVER));
        let (server, owner, things) = start(on, &left).await;
        let cases = cases();
        assert!(cases.len() >= 11, "{}", cases.len());
        for case in cases {
            let path = if case.path.contains('{') { case.path(&things) } else { case.path.clone() };
            let before = now(&server).await;
            let first = ask(&server, &owner, &path, "k", case.body(&things, 1)).await.ok();
            let done = since(&server, &before).await;
            assert!(done.len() > 1 && done["idempotency_keys"] == 1, "{}: {done:?}", case.id);
            assert!(!first.headers.contains_key("idempotency-replayed"));

            let before = now(&server).await;
            let again = ask(&server, &owner, &path, "k", case.body(&things, 1)).await.ok();
            assert_eq!(again.headers["idempotency-replayed"], "true", "{}", case.id);
            assert_eq!(again.headers["content-type"], first.headers["content-type"], "{}", case.id);
            assert_eq!((again.status, &again.body), (first.status, &without_secrets(&first.body)), "{}", case.id);

            let other = if case.schema.is_some() { case.body(&things, 2) } else { json!({"another": "body"}) };
            ask(&server, &owner, &path, "k", other).await.is(422, "idempotency_key_reused");
            assert_eq!(since(&server, &before).await, BTreeMap::new(), "{}", case.id);
        }
        Ok(())
    })
    .await;
}

/// The process dies at one point of a request after another, from its first
/// statement to behind its commit. Asked again, the thing is there once.
#[tokio::test(flavor = "multi_thread")]
async fn a_death_at_any_point_of_a_keyed_operation_leaves_nothing_or_all_of_it() {
    for_each_engine(|on| async move {
        let left = Arc::new(AtomicI64::new(NEVER));
        let (mut server, owner, things) = start(on, &left).await;
        for case in cases() {
            let path = if case.path.contains('{') { case.path(&things) } else { case.path.clone() };
            // The first of its kind may make what the later ones share.
            ask(&server, &owner, &path, "first", case.body(&things, 0)).await.ok();
            let before = now(&server).await;
            ask(&server, &owner, &path, "whole", case.body(&things, 2)).await.ok();
            let whole = since(&server, &before).await;
            let (mut undone, mut done) = (0, 0);
            for point in 1.. {
                assert!(point < POINTS_MAX, "{}: never ends", case.id);
                let (key, body) = (format!("die-{point}"), case.body(&things, 2 + 2 * point));
                let before = now(&server).await;
                left.store(point, Ordering::SeqCst);
                let answer = ask(&server, &owner, &path, &key, body.clone()).await;
                let survived = left.swap(NEVER, Ordering::SeqCst) > 0;
                if survived {
                    answer.ok();
                    break;
                }
                assert_eq!(answer.status, 503, "{} at {point}: {}", case.id, answer.text);
                // A request after this would find the store alive again, as no real one does.
                let faults = Faults { crash_at: Some(Arc::clone(&left)), ..Faults::default() };
                server = Server::serve(server.world.reborn(faults).await, generous()).await;
                let there = !since(&server, &before).await.is_empty();
                let again = ask(&server, &owner, &path, &key, body).await.ok();
                assert_eq!(again.headers.contains_key("idempotency-replayed"), there, "{} at {point}", case.id);
                assert_eq!(since(&server, &before).await, whole, "{} at {point}", case.id);
                if there { done += 1 } else { undone += 1 }
            }
            assert!(done >= 1 && undone >= 3, "{}: {done} done, {undone} undone: the deaths missed the deed", case.id);
        }
        Ok(())
    })
    .await;
}
