//! No row of one workspace is read or written by another's request.
//!
//! For every operation of the document a second workspace asks with the first's
//! ids, in paths, queries and bodies. An operation that is new to the document
//! fails here until it is either asked so or says that it names no row.

use std::collections::{BTreeMap, BTreeSet};

use api::access::Access;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::document::operations;
use crate::server::{Server, Who};

/// Operations that name no row of a workspace: what they answer must not hold one either.
const NAMELESS: &[&str] = &[
    "account_list",
    "api_key_create",
    "api_key_list",
    "audit_list",
    "conversation_count",
    "conversation_list",
    "customer_create",
    "customer_list",
    "demo_create",
    "demo_delete",
    "demo_get",
    "event_list",
    "inbox_list",
    "invite_create",
    "invite_list",
    "live_stream",
    "media_create",
    "member_list",
    "me_get",
    "onboarding_get",
    "opt_out_list",
    "provider_list",
    "search",
    "sending_get",
    "sending_workspace_set",
    "session_delete",
    "session_list",
    "simulator_fault_get",
    "simulator_fault_set",
    "simulator_phone_get",
    "simulator_phone_list",
    "watch_list",
    "workspace_get",
    "workspace_update",
    "account_create",
];

/// What concerns the server or strangers, and so no workspace.
fn elsewhere(id: &str, access: Access) -> bool {
    access == Access::Public || id == "sending_server_set"
}

/// The first workspace's rows, by the name of a path parameter's noun.
struct Rows {
    ids: BTreeMap<&'static str, String>,
}

impl Rows {
    fn path(&self, operation: &str, path: &str) -> String {
        let noun = match operation.split('_').next().unwrap() {
            "conversation" => "conversation",
            "message" => "message",
            "member" => "member",
            "api" => "key",
            "inbox" | "sending" => "inbox",
            "account" => "account",
            "customer" => "customer",
            "media" => "media",
            "invite" => "invite",
            "session" => "session",
            other => panic!("no row for {other}: add it to the matrix"),
        };
        path.replace("{id}", &self.ids[noun])
    }

    /// Bodies that are right but for whose ids they name.
    fn body(&self, operation: &str) -> Value {
        let id = |noun: &str| self.ids[noun].clone();
        match operation {
            "conversation_assign" => json!({"member_id": null}),
            "conversation_snooze" => json!({"until": 9_000_000_000_000_i64}),
            "conversation_read" => json!({"seq": 1}),
            "conversation_draft_set" => json!({"body": "mine", "revision": 9}),
            "conversation_reply" | "conversation_note" => json!({"body": "stolen"}),
            "conversation_create" => json!({"to": "+12125550199", "inbox_id": id("inbox"), "body": "x"}),
            "message_create" => {
                json!({"to": "+12125550199", "inbox_id": id("inbox"), "body": "x", "purpose": "conversational"})
            }
            "text_preview" => json!({"conversation_id": id("conversation"), "body": "x"}),
            "customer_update" => json!({"name": "Stolen"}),
            "account_update" => json!({"name": "Stolen"}),
            "inbox_create" => json!({"account_id": id("account"), "name": "x", "address": "+12025550111"}),
            "inbox_update" => json!({"name": "Stolen"}),
            "inbox_live_set" => json!({"live": true}),
            "sending_inbox_set" => json!({"stopped": true}),
            "member_update" => json!({"name": "Stolen"}),
            "session_workspace_set" => json!({"workspace_id": id("workspace")}),
            "simulator_text_create" => json!({"from": "+12125550199", "inbox_id": id("inbox"), "body": "x"}),
            _ => Value::Null,
        }
    }
}

/// Fills the first workspace with one row of each kind.
async fn rows(server: &Server, owner: &Who) -> Rows {
    let conversation = server.typed(owner, "+12125550123", "a secret word").await;
    let thread = server.get(owner, &format!("/api/v1/conversations/{conversation}/messages")).await.ok();
    let row = server.get(owner, &format!("/api/v1/conversations/{conversation}")).await.ok();
    let inboxes = server.get(owner, "/api/v1/inboxes").await.ok();
    let me = server.get(owner, "/api/v1/me").await.ok();
    let key = server.post(owner, "/api/v1/api-keys", json!({"name": "first", "scopes": ["read"]})).await.ok();
    let invite = server.post(owner, "/api/v1/invites", json!({"role": "agent"})).await.ok();
    let sessions = server.get(owner, "/api/v1/sessions").await.ok();
    let picture = server.world.engine.media_upload(me.str("/workspace/id").parse().unwrap(), picture()).await.unwrap();
    server
        .post(owner, &format!("/api/v1/conversations/{conversation}/notes"), json!({"body": "a secret note"}))
        .await
        .ok();
    Rows {
        ids: BTreeMap::from([
            ("conversation", conversation),
            ("message", thread.str("/items/0/id")),
            ("customer", row.str("/customer/id")),
            ("inbox", inboxes.str("/items/0/id")),
            ("account", inboxes.str("/items/0/account_id")),
            ("member", me.str("/member/id")),
            ("workspace", me.str("/workspace/id")),
            ("key", key.str("/key/id")),
            ("invite", invite.str("/id")),
            ("session", sessions.str("/items/0/id")),
            ("media", picture.id.to_string()),
        ]),
    }
}

/// A picture of one grey dot.
fn picture() -> Vec<u8> {
    const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
    base64::Engine::decode(&base64::engine::general_purpose::STANDARD, DOT).unwrap()
}

/// A member and a key of the second workspace, both as mighty as can be.
async fn second(server: &Server) -> [Who; 2] {
    let engine = &server.world.engine;
    let role = engine::members::Role::Owner;
    let email = Some("eve@example.com".to_owned());
    let link = engine
        .invite_create(server.world.ws, engine::audit::Actor::Cli, None, engine.new_id(), email, role)
        .await
        .unwrap();
    let body = json!({"name": "Eve", "password": "battery staple"});
    let eve = server.post(&Who::Nobody, &format!("/api/v1/invite-links/{}", link.token), body).await.ok();
    let eve = server.member(&eve);
    let key = server.key(&eve, json!(["read", "write", "send", "admin"])).await;
    [eve, key]
}

/// Everything of the first workspace that must not change.
async fn snapshot(server: &Server, owner: &Who, rows: &Rows) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        format!("/api/v1/conversations/{}", rows.ids["conversation"]),
        format!("/api/v1/conversations/{}/messages", rows.ids["conversation"]),
        format!("/api/v1/conversations/{}/draft", rows.ids["conversation"]),
        format!("/api/v1/customers/{}", rows.ids["customer"]),
        "/api/v1/accounts".to_owned(),
        "/api/v1/inboxes".to_owned(),
        "/api/v1/members".to_owned(),
        "/api/v1/invites".to_owned(),
        "/api/v1/sending".to_owned(),
        "/api/v1/workspace".to_owned(),
        "/api/v1/audit".to_owned(),
        "/api/v1/events?since=0&limit=1000".to_owned(),
    ] {
        all.push(server.get(owner, &path).await.ok().body);
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_workspace_finds_none_of_the_first_ones_rows() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let rows = rows(&server, &owner).await;
        let strangers = second(&server).await;
        let before = snapshot(&server, &owner, &rows).await;
        let mut asked = BTreeSet::new();
        for (id, method, path, operation) in operations() {
            let access = api::access::access(&id).unwrap();
            if elsewhere(&id, access) {
                continue;
            }
            let names_rows = path.contains("{id}") || !rows.body(&id).is_null();
            assert_ne!(
                names_rows,
                NAMELESS.contains(&id.as_str()),
                "{id}: ask with the first's ids, or list it as nameless"
            );
            for who in &strangers {
                // Keys have no session, whoever's rows are named.
                if matches!(who, Who::Key(_)) && access != access_of_keys(access) {
                    continue;
                }
                if names_rows {
                    let path = if path.contains("{id}") { rows.path(&id, &path) } else { path.clone() };
                    let answer = server.ask(who, &method.to_uppercase(), &path, rows.body(&id)).await;
                    let forbidden =
                        answer.status == 403 && operation["x-permission"].as_str().is_some_and(only_members);
                    assert!(answer.status == 404 || forbidden, "{id} {path}: {} {}", answer.status, answer.text);
                    asked.insert(id.clone());
                } else if method == "get" && id != "live_stream" {
                    let path = path.replace("{number}", "+12125550123");
                    let path = if id == "search" { format!("{path}?q=secret") } else { path };
                    let answer = server.get(who, &path).await;
                    for (noun, row) in &rows.ids {
                        assert!(!answer.text.contains(row.as_str()), "{id} tells of a {noun}: {}", answer.text);
                    }
                    assert!(!answer.text.contains("a secret"), "{id}: {}", answer.text);
                }
            }
        }
        assert!(asked.len() > 30, "only {} operations were asked", asked.len());
        assert_eq!(snapshot(&server, &owner, &rows).await, before, "something of the first workspace changed");
        Ok(())
    })
    .await;
}

/// What no key may do: it is told so before anything is looked up.
fn only_members(permission: &str) -> bool {
    matches!(permission, "members_write" | "keys_write" | "server_operate")
}

/// The same where a key can ask at all.
fn access_of_keys(access: Access) -> Access {
    match access {
        Access::May(permission) => Access::May(permission),
        Access::Public | Access::Session => Access::Public,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_named_inside_bodies_are_the_callers_own() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let rows = rows(&server, &owner).await;
        let [eve, _] = second(&server).await;
        let hers = server.typed(&eve, "+12125550150", "mine").await;
        let her_inbox = server.inbox(&eve).await;
        let at = |what: &str| format!("/api/v1/conversations/{hers}/{what}");

        let assign = server.post(&eve, &at("assign"), json!({"member_id": rows.ids["member"]})).await;
        assign.is(422, "invalid");
        let picture = json!({"body": "look", "media_ids": [rows.ids["media"]]});
        server.post(&eve, &at("messages"), picture).await.is(422, "invalid");
        // The same id as a text of the first workspace is simply another text.
        let same = json!({"body": "mine", "message_id": rows.ids["message"]});
        server.post(&eve, &at("messages"), same).await.ok();
        let key = json!({"name": "x", "scopes": ["send"], "inbox_id": rows.ids["inbox"]});
        server.post(&eve, "/api/v1/api-keys", key).await.is(422, "invalid");
        let foreign = json!({"to": "+12125550123", "inbox_id": rows.ids["inbox"], "body": "x"});
        server.post(&eve, "/api/v1/text-preview", foreign).await.is(404, "not_found");
        // A customer's number is another customer here.
        let hello = json!({"to": "+12125550123", "inbox_id": her_inbox, "body": "hello"});
        let started = server.post(&eve, "/api/v1/conversations", hello).await.ok();
        assert_ne!(started.str("/conversation/customer/id"), rows.ids["customer"]);
        let first =
            server.get(&owner, &format!("/api/v1/conversations/{}/messages", rows.ids["conversation"])).await.ok();
        assert_eq!(first.str("/items/0/body"), "a secret word");
        Ok(())
    })
    .await;
}
