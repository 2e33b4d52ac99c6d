//! No row of one workspace is read or written by another's request.
//!
//! For every operation of the document a second workspace asks with the first's
//! ids, in paths, queries and bodies. An operation that is new to the document
//! fails here until it is either asked so or says that it names no row; a query
//! parameter that names a row is found in the document by its type.
//!
//! The Twilio-shaped subset is not in the document: it has that API's errors, its
//! sign-in and its names of fields, so it is asked by hand below.

use std::collections::{BTreeMap, BTreeSet};

use api::access::Access;
use base64::Engine as _;
use engine::idempotency::Keep;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::document::operations;
use crate::server::{Answered, Server, Who};

/// Operations that name no row of a workspace: what they answer must not hold one either.
const NAMELESS: &[&str] = &[
    "account_list",
    "api_key_create",
    "api_key_list",
    "audit_action_list",
    "audit_export",
    "audit_list",
    "consent_create",
    "consent_list",
    "conversation_count",
    "conversation_list",
    "customer_create",
    "customer_list",
    "demo_create",
    "demo_delete",
    "demo_get",
    "erasure_list",
    "event_list",
    "evidence_key_get",
    "evidence_pack_create",
    "evidence_pack_list",
    "consent_import",
    "import_list",
    "opt_out_import",
    "number_event_create",
    "number_event_import",
    "opt_outs_none_set",
    "held_text_list",
    "inbox_list",
    "invite_create",
    "invite_list",
    "live_stream",
    "media_create",
    "member_list",
    "me_get",
    "onboarding_get",
    "opt_out_create",
    "opt_out_list",
    "optin_page_list",
    "disclosure_list",
    "unsure_text_list",
    "provider_list",
    "refused_text_list",
    "rule_pack_get",
    "rule_pack_list",
    "rules_get",
    "rules_set",
    "rule_version_list",
    "rule_override_list",
    "rule_override_create",
    "rule_dry_run_create",
    "rule_dry_run_list",
    "retention_due",
    "retention_list",
    "retention_set",
    "search",
    "sending_get",
    "sending_workspace_set",
    "session_delete",
    "session_list",
    "session_password_set",
    "simulator_fault_get",
    "simulator_fault_set",
    "simulator_phone_get",
    "simulator_phone_list",
    "watch_list",
    "window_map",
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
        if operation.starts_with("rule_dry_run") {
            return path.replace("{id}", &self.ids["dry_run"]);
        }
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
            "unsure" => "unsure_text",
            "evidence" => "pack",
            "import" => "import",
            "export" => "export",
            "erasure" => "erasure",
            "optin" | "poster" => "optin_page",
            "preference" => "customer",
            "rule" => "override",
            other => panic!("no row for {other}: add it to the matrix"),
        };
        path.replace("{id}", &self.ids[noun]).replace("{word_id}", &self.ids["join_word"]).replace("{kind}", "shipping")
    }

    /// Bodies that are right but for whose ids they name.
    fn body(&self, operation: &str) -> Value {
        let id = |noun: &str| self.ids[noun].clone();
        match operation {
            "conversation_assign" => json!({"member_id": null}),
            "conversation_complaint" => json!({"open": true}),
            "conversation_snooze" => json!({"until": 9_000_000_000_000_i64}),
            "conversation_presence_set" => json!({"state": "viewing"}),
            "conversation_read" => json!({"seq": 1}),
            "conversation_draft_set" => json!({"body": "mine", "revision": 9}),
            "conversation_reply" | "conversation_note" => json!({"body": "stolen"}),
            "conversation_create" => json!({"to": "+12125550199", "inbox_id": id("inbox"), "body": "x"}),
            "message_create" => {
                json!({"to": "+12125550199", "inbox_id": id("inbox"), "body": "x", "purpose": "conversational"})
            }
            "message_batch_create" | "message_batch_preview" => {
                let text = json!({"to": "+12125550199", "inbox_id": id("inbox"), "body": "x", "purpose": "otp"});
                json!({"items": [text]})
            }
            "rule_override_end" => json!({"reason": "stolen"}),
            "unsure_text_answer" => json!({"asked_to_stop": true}),
            "text_preview" => json!({"conversation_id": id("conversation"), "body": "x"}),
            "customer_update" => json!({"name": "Stolen"}),
            "customer_merge" => json!({"customer_id": id("customer")}),
            "customer_unmerge" => json!({"merge_id": id("merge")}),
            "customer_place_set" => json!({"country": "US", "region": "HI"}),
            "account_update" => json!({"name": "Stolen"}),
            "inbox_create" => json!({"account_id": id("account"), "name": "x", "address": "+12025550111"}),
            "inbox_update" => json!({"name": "Stolen"}),
            "inbox_join_word_create" => {
                json!({"word": "COFFEE", "locale": "en-US", "programme": "x", "frequency": "x", "disclosure": "x"})
            }
            "inbox_join_word_update" => json!({"programme": "stolen"}),
            "inbox_join_word_preview" => json!({"word": "COFFEE"}),
            "optin_page_create" | "optin_page_update" => {
                json!({"inbox_id": id("inbox"), "title": "Stolen", "region": "us"})
            }
            "poster_create" => json!({"name": "Stolen"}),
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
    let join_words = format!("/api/v1/inboxes/{}/join-words", inboxes.str("/items/0/id"));
    let offered = json!({
        "word": "VIP", "locale": "en-US", "programme": "secret offers", "frequency": "Weekly", "disclosure": "I agree."
    });
    let join_word = server.post(owner, &join_words, offered).await.ok();
    let me = server.get(owner, "/api/v1/me").await.ok();
    let key = server.post(owner, "/api/v1/api-keys", json!({"name": "first", "scopes": ["read"]})).await.ok();
    let invite = server.post(owner, "/api/v1/invites", json!({"role": "agent"})).await.ok();
    let sessions = server.get(owner, "/api/v1/sessions").await.ok();
    let pack = server.post(owner, "/api/v1/evidence-packs", json!({"address": "+12125550123"})).await.ok();
    let picture = server.world.engine.media_upload(me.str("/workspace/id").parse().unwrap(), picture()).await.unwrap();
    let ws = me.str("/workspace/id").parse().unwrap();
    let file = engine::import::NewImport {
        told: domain::import::Told::OptOuts,
        content: b"phone\n+12125550125\n".to_vec(),
        country: "US".to_owned(),
    };
    let import = server.world.engine.import_begin(ws, engine::audit::Actor::Cli, file).await.unwrap();
    server.world.engine.import_read(ws, import.id, |_| {}).await.unwrap();
    server
        .post(owner, &format!("/api/v1/conversations/{conversation}/notes"), json!({"body": "a secret note"}))
        .await
        .ok();
    server.typed(owner, "+12125550124", "too many texts, a secret").await;
    let unsure = server.get(owner, "/api/v1/unsure-texts").await.ok();
    let (engine, ws) = (&server.world.engine, me.str("/workspace/id").parse().unwrap());
    server.typed(owner, "+12125550125", "an order to be forgotten").await;
    let gone = engine.customer_by_address(ws, domain::address::Address::parse("+12125550125")).await.unwrap().unwrap();
    let erasure = engine.erasure_wish(ws, engine::audit::Actor::Cli, gone).await.unwrap();
    assert!(engine.erasure_follow(ws, erasure.id).await.unwrap().finished_at.is_some());
    let customer = row.str("/customer/id");
    server.typed(owner, "+12125550126", "a secret of the same person").await;
    let other = engine.customer_by_address(ws, domain::address::Address::parse("+12125550126")).await.unwrap().unwrap();
    let merge = json!({"customer_id": other.to_string()});
    let merged = server.post(owner, &format!("/api/v1/customers/{customer}/merge"), merge).await.ok();
    let export = server.post(owner, &format!("/api/v1/customers/{customer}/export"), Value::Null).await.ok();
    let offer = json!({"inbox_id": inboxes.str("/items/0/id"), "title": "a secret offer", "region": "us"});
    let offer = server.post(owner, "/api/v1/opt-in-pages", offer).await.ok();
    let closed = json!({"kind": "close", "value": "US-LA", "reason": "a secret", "until": 9_000_000_000_000_i64});
    let closed = server.post(owner, "/api/v1/rule-overrides", closed).await.ok();
    let dry_run = server.post(owner, "/api/v1/rule-dry-runs", json!({"pack": "ultra"})).await.ok();
    Rows {
        ids: BTreeMap::from([
            ("dry_run", dry_run.str("/id")),
            ("merge", merged.str("/merges/0/id")),
            ("override", closed.str("/id")),
            ("export", export.str("/id")),
            ("optin_page", offer.str("/id")),
            ("erasure", erasure.id.to_string()),
            ("unsure_text", unsure.str("/items/0/message_id")),
            ("conversation", conversation),
            ("message", thread.str("/items/0/id")),
            ("customer", row.str("/customer/id")),
            ("inbox", inboxes.str("/items/0/id")),
            ("join_word", join_word.str("/id")),
            ("account", inboxes.str("/items/0/account_id")),
            ("member", me.str("/member/id")),
            ("workspace", me.str("/workspace/id")),
            ("key", key.str("/key/id")),
            ("invite", invite.str("/id")),
            ("session", sessions.str("/items/0/id")),
            ("media", picture.id.to_string()),
            ("pack", pack.str("/id")),
            ("import", import.id.to_string()),
        ]),
    }
}

/// A picture of one grey dot.
pub fn picture() -> Vec<u8> {
    const DOT: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";
    base64::engine::general_purpose::STANDARD.decode(DOT).unwrap()
}

/// A member and a key of the second workspace, both as mighty as can be.
async fn second(server: &Server) -> [Who; 2] {
    let engine = &server.world.engine;
    let role = engine::members::Role::Owner;
    let email = Some("eve@example.com".to_owned());
    let link = engine
        .invite_create(server.world.ws, engine::audit::Actor::Cli, None, email, role, Keep::NOTHING)
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
        format!("/api/v1/inboxes/{}/join-words", rows.ids["inbox"]),
        "/api/v1/opt-in-pages".to_owned(),
        "/api/v1/members".to_owned(),
        "/api/v1/invites".to_owned(),
        "/api/v1/sending".to_owned(),
        "/api/v1/rules".to_owned(),
        "/api/v1/simulator/faults".to_owned(),
        "/api/v1/workspace".to_owned(),
        "/api/v1/audit".to_owned(),
        "/api/v1/unsure-texts".to_owned(),
        "/api/v1/consents".to_owned(),
        "/api/v1/opt-outs".to_owned(),
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
                    let path = path.replace("{number}", "+12125550123").replace("{pack}", "default_1");
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
        let picture = json!({"from": "+12125550199", "inbox_id": her_inbox, "media_ids": [rows.ids["media"]]});
        server.post(&eve, "/api/v1/simulator/texts", picture).await.is(422, "invalid");
        // The same id as a text of the first workspace is simply another text.
        let same = json!({"body": "mine", "message_id": rows.ids["message"]});
        server.post(&eve, &at("messages"), same).await.ok();
        let her_customer = server.get(&eve, "/api/v1/customers").await.ok().str("/items/0/id");
        let theirs = json!({"customer_id": rows.ids["customer"]});
        server.post(&eve, &format!("/api/v1/customers/{her_customer}/merge"), theirs).await.is(404, "not_found");
        let theirs = json!({"merge_id": rows.ids["merge"]});
        server.post(&eve, &format!("/api/v1/customers/{her_customer}/unmerge"), theirs).await.is(404, "not_found");
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

/// The query parameters of an operation that name a row, with the row's noun.
fn query_ids(operation: &Value) -> Vec<(String, &'static str)> {
    let all = operation["parameters"].as_array().cloned().unwrap_or_default();
    let queries = all.iter().filter(|parameter| parameter["in"] == "query");
    queries
        .filter_map(|parameter| {
            let name = parameter["name"].as_str().unwrap().to_owned();
            let of = parameter["schema"]["$ref"].as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default();
            let noun = match of {
                "InboxId" => "inbox",
                "ConversationId" => "conversation",
                "MessageId" => "message",
                "MemberId" => "member",
                "CustomerId" => "customer",
                "AccountId" => "account",
                other => {
                    assert!(!other.ends_with("Id") && !name.ends_with("_id"), "{name} of type {other}: name its row");
                    return None;
                }
            };
            Some((name, noun))
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_named_in_queries_are_the_callers_own() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let rows = rows(&server, &owner).await;
        let strangers = second(&server).await;
        let before = snapshot(&server, &owner, &rows).await;
        let mut faults = server.get(&strangers[0], "/api/v1/simulator/faults").await.ok().body;
        faults["loss_pct"] = json!(100);
        let stranger = json!({"address": "+12125550177", "name": "Theirs"});
        let stranger = server.post(&strangers[0], "/api/v1/customers", stranger).await.ok().str("/id");
        let own = BTreeMap::from([("inbox", server.inbox(&strangers[0]).await), ("customer", stranger)]);
        let mut asked = BTreeSet::new();
        for (id, method, path, operation) in operations() {
            for (name, noun) in query_ids(&operation) {
                let body = if id == "simulator_fault_set" { faults.clone() } else { rows.body(&id) };
                for who in &strangers {
                    let at = |row: &str| format!("{path}?{name}={row}");
                    let foreign = at(&rows.ids[noun]);
                    let answer = server.ask(who, &method.to_uppercase(), &foreign, body.clone()).await;
                    assert_eq!(answer.status, 404, "{id} {foreign}: {}", answer.text);
                    answer.is(404, "not_found");
                    // It is the row that is missing, not the question that is wrong.
                    server.ask(who, &method.to_uppercase(), &at(&own[noun]), body.clone()).await.ok();
                }
                asked.insert(format!("{id}?{name}"));
            }
        }
        let known = ["conversation_list?inbox_id", "simulator_fault_get?inbox_id", "simulator_fault_set?inbox_id"];
        for query in known {
            assert!(asked.contains(query), "{query} was not asked: {asked:?}");
        }
        assert_eq!(snapshot(&server, &owner, &rows).await, before, "something of the first workspace changed");
        Ok(())
    })
    .await;
}

/// A key that can send in the Twilio-shaped subset: its id and secret.
async fn shaped_key(server: &Server, who: &Who) -> (String, String) {
    let inbox = server.inbox(who).await;
    let body = json!({"name": "shop", "scopes": ["send", "read"], "inbox_id": inbox, "purpose": "transactional"});
    let made = server.post(who, "/api/v1/api-keys", body).await.ok();
    (made.str("/key/id"), made.str("/secret"))
}

/// One request of the Twilio-shaped subset.
async fn shaped(server: &Server, login: &(String, String), method: &str, path: &str, form: &str) -> Answered {
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", login.0, login.1));
    let basic = format!("Basic {basic}");
    let headers = [("authorization", basic.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    server.raw(&Who::Nobody, method, path, &headers, form.as_bytes().to_vec()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twilio_shaped_subset_finds_none_of_the_first_ones_rows() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let [eve, _] = second(&server).await;
        let hers_inbox = server.inbox(&eve).await;
        // A number that only the first workspace has.
        let inboxes = server.get(&owner, "/api/v1/inboxes").await.ok();
        let second_number =
            json!({"account_id": inboxes.str("/items/0/account_id"), "name": "x", "address": "+12025550177"});
        server.post(&owner, "/api/v1/inboxes", second_number).await.ok();
        let (theirs, hers) = (shaped_key(&server, &owner).await, shaped_key(&server, &eve).await);
        let at = |key: &(String, String), rest: &str| format!("/2010-04-01/Accounts/{}/{rest}", key.0);
        let secret = "To=%2B12125550123&Body=a+secret+word";
        let sent = shaped(&server, &theirs, "POST", &at(&theirs, "Messages.json"), secret).await.ok();
        let one = |key: &(String, String)| at(key, &format!("Messages/{}.json", sent.str("/sid")));
        shaped(&server, &theirs, "GET", &one(&theirs), "").await.ok();

        // The first's message under her own account, and the first's account under her login.
        for path in [one(&hers), one(&theirs), at(&theirs, "Messages.json")] {
            let answer = shaped(&server, &hers, "GET", &path, "").await;
            assert_eq!((answer.status, answer.body["code"].as_i64()), (404, Some(20404)), "{path}: {}", answer.text);
        }
        let answer = shaped(&server, &hers, "POST", &at(&theirs, "Messages.json"), secret).await;
        assert_eq!((answer.status, answer.body["code"].as_i64()), (404, Some(20404)), "{}", answer.text);
        // Neither by the customer nor by either number is anything of theirs in her list.
        for query in ["", "?To=%2B12125550123", "?From=%2B12025550100", "?From=%2B12025550177", "?To=%2B12025550177"] {
            let list = shaped(&server, &hers, "GET", &at(&hers, &format!("Messages.json{query}")), "").await.ok();
            assert_eq!(list.body["messages"], json!([]), "{query}: {}", list.text);
        }
        let from = "To=%2B12125550188&Body=x&From=%2B12025550177";
        let answer = shaped(&server, &hers, "POST", &at(&hers, "Messages.json"), from).await;
        assert_eq!((answer.status, answer.body["code"].as_i64()), (400, Some(21603)), "{}", answer.text);
        // Her own text to the same customer is hers, and the first's list does not grow.
        let mine = "To=%2B12125550123&Body=mine";
        shaped(&server, &hers, "POST", &at(&hers, "Messages.json"), mine).await.ok();
        let list = shaped(&server, &theirs, "GET", &at(&theirs, "Messages.json"), "").await.ok();
        assert_eq!(list.body["messages"].as_array().map(Vec::len), Some(1), "{}", list.text);
        assert_eq!(list.str("/messages/0/body"), "a secret word");
        assert_ne!(hers_inbox, inboxes.str("/items/0/id"));
        Ok(())
    })
    .await;
}
