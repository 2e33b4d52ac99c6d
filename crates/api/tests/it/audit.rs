//! The audit log is searched and written into files; packs of evidence are asked for.

use reqwest::Method;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Server, Who};

/// The actions of a page, newest first.
fn actions(body: &Value) -> Vec<String> {
    let items = body["items"].as_array().unwrap();
    items.iter().map(|item| item["action"].as_str().unwrap().to_owned()).collect()
}

async fn text(server: &Server, who: &Who, path: &str) -> (String, String) {
    let answer = server.send(who, Method::GET, path, &[], None).await;
    assert_eq!(answer.status(), 200, "{path}");
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(answer.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"audit."));
    (kind, answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_narrowed_by_who_what_whom_and_when() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let me = server.get(&owner, "/api/v1/me").await.ok().str("/member/id");
        let admin = server.key(&owner, json!(["admin"])).await;
        server.world.clock.advance(1000);
        let before = server.world.engine.now();
        server.ask(&owner, "PATCH", "/api/v1/workspace", json!({"brand": "Fern"})).await.ok();
        server.world.clock.advance(1000);
        server.ask(&admin, "PATCH", "/api/v1/workspace", json!({"brand": "Moss"})).await.ok();
        server.world.clock.advance(1000);
        let stopped = json!({"stopped": true, "reason": "=1+1, \"x\""});
        server.ask(&owner, "PUT", "/api/v1/sending/workspace", stopped).await.ok();
        let list = |query: &str| {
            let path = format!("/api/v1/audit?{query}");
            let (server, owner) = (&server, &owner);
            async move { server.get(owner, &path).await.ok() }
        };

        let whole = list("").await;
        let by_me =
            whole.body["items"].as_array().unwrap().iter().filter(|item| item["actor_id"] == me.as_str()).count();
        let all = actions(&whole.body);
        assert_eq!(all[..3], ["sending.stop", "workspace.change", "workspace.change"], "{all:?}");
        assert_eq!(actions(&list("action=workspace.change").await.body), ["workspace.change"; 2]);
        let keyed = list("actor=api_key").await;
        assert_eq!(actions(&keyed.body), ["workspace.change"]);
        let key = keyed.str("/items/0/actor_id");
        assert_eq!(list(&format!("actor={key}")).await.body["items"], keyed.body["items"]);
        let mine = actions(&list(&format!("actor={me}")).await.body);
        assert!(
            mine.contains(&"api_key.create".to_owned()) && mine.len() == by_me && by_me < all.len(),
            "{mine:?} of {all:?}"
        );
        assert_eq!(actions(&list(&format!("actor={me}&action=workspace.change")).await.body), ["workspace.change"]);
        let ws = keyed.str("/items/0/subject");
        let about = actions(&list(&format!("subject={ws}&action=workspace.change&actor=member")).await.body);
        assert_eq!(about, ["workspace.change"]);
        assert_eq!(actions(&list(&format!("since={before}")).await.body).len(), 3);
        assert_eq!(actions(&list(&format!("since={before}&until={}", before + 1)).await.body), ["workspace.change"]);
        assert_eq!(actions(&list(&format!("until={before}")).await.body).len(), all.len() - 3);
        // Pages join without a gap, also where they are narrowed.
        let first = list("action=workspace.change&limit=1").await;
        let next = first.str("/next_cursor");
        let second = list(&format!("action=workspace.change&limit=1&cursor={next}")).await;
        assert_eq!(second.body["next_cursor"], Value::Null);
        assert_ne!(first.body["items"][0]["id"], second.body["items"][0]["id"]);
        server.get(&owner, "/api/v1/audit?actor=somebody").await.is(422, "invalid");
        server.get(&owner, "/api/v1/audit?actr=x").await.is(422, "invalid");

        let known = server.get(&owner, "/api/v1/audit-actions").await.ok();
        let known: Vec<&str> =
            known.body["items"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
        assert!(known.is_sorted() && known.contains(&"sending.stop") && known.contains(&"api_key.create"), "{known:?}");

        let (kind, csv) = text(&server, &owner, "/api/v1/audit-export?action=sending.stop").await;
        assert_eq!(kind, "text/csv; charset=utf-8");
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows.len(), 2, "{csv}");
        assert!(rows[0].starts_with("id,time,at,actor_kind"), "{csv}");
        assert!(rows[1].contains("Dana Reyes") && rows[1].contains(r#"\""x\"""#), "{csv}");
        let (_, lines) = text(&server, &owner, "/api/v1/audit-export?format=jsonl").await;
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), all.len() + 2, "both exports are entries themselves");
        assert_eq!(lines[0]["action"], "audit.export");

        let read = server.key(&owner, json!(["read", "write", "send"])).await;
        for path in ["audit", "audit-actions", "audit-export", "evidence-packs", "evidence-key"] {
            server.get(&read, &format!("/api/v1/{path}")).await.is(403, "forbidden");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_is_asked_for_and_one_that_fails_says_so() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let asked = server.post(&owner, "/api/v1/evidence-packs", json!({"address": "+1 212 555 0123"})).await;
        assert_eq!(
            (asked.status, asked.str("/state").as_str(), asked.str("/address").as_str()),
            (202, "making", "+12125550123")
        );
        let path = format!("/api/v1/evidence-packs/{}", asked.str("/id"));
        // This server has no place for a signing key, so nothing could be vouched for.
        let mut state = String::new();
        for _ in 0..500 {
            state = server.get(&owner, &path).await.ok().str("/state");
            if state != "making" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(state, "failed");
        server.get(&owner, &format!("{path}/file")).await.is(404, "not_found");
        let listed = server.get(&owner, "/api/v1/evidence-packs").await.ok();
        assert_eq!(listed.str("/items/0/id"), asked.str("/id"));
        assert_eq!(listed.str("/items/0/actor_name"), "Dana Reyes");
        let key = server.get(&owner, "/api/v1/evidence-key").await.ok();
        assert_eq!(key.body["public_key"], Value::Null);
        let noted = server.get(&owner, "/api/v1/audit?action=evidence.pack").await.ok();
        assert!(
            !noted.text.contains("2125550123") && noted.str("/items/0/detail/pack") == asked.str("/id"),
            "{}",
            noted.text
        );
        server.post(&owner, "/api/v1/evidence-packs", json!({"address": " "})).await.is(422, "invalid");
        // Forgotten after a day.
        server.world.clock.advance(engine::evidence::KEPT_MS + 1);
        server.get(&owner, &path).await.is(404, "not_found");
        Ok(())
    })
    .await;
}
