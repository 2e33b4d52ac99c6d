//! What the gate held and refused, and the rules it did so by.

use serde_json::{Value, json};
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Server, Who, generous};

const AVA: &str = "+12125550101";

async fn grant(server: &Server, owner: &Who, address: &str) {
    let entry = json!({
        "address": address, "permits": "marketing", "action": "grant", "proof": "written", "method": "web_form",
        "disclosure": {"locale": "en-US", "text": "I agree to marketing texts."},
    });
    server.post(owner, "/api/v1/consents", entry).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_held_and_refused_is_listed_with_the_rule_that_did_it() {
    for_each_engine(|on| async move {
        // Nothing is handed over by itself, so that a switch can be thrown in between.
        let server = Server::serve(World::new(on).await, generous()).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let sale = |to: &str, body: &str| json!({"to": to, "inbox_id": inbox, "body": body, "purpose": "marketing"});
        // Nobody has permitted it: refused, the latest first, and in pages.
        for body in ["first", "second", "third"] {
            server.post(&owner, "/api/v1/messages", sale(AVA, body)).await.ok();
            server.world.clock.advance(1_000);
        }
        let page = server.get(&owner, "/api/v1/refused-texts?limit=2").await.ok();
        let rest = server
            .get(&owner, &format!("/api/v1/refused-texts?limit=2&cursor={}", page.str("/next_cursor")))
            .await
            .ok();
        let bodies = |page: &Value| -> Vec<String> {
            let items = page["items"].as_array().unwrap();
            items.iter().map(|item| item["message"]["body"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!([bodies(&page.body), bodies(&rest.body)].concat(), ["third", "second", "first"]);
        assert_eq!(rest.body["next_cursor"], json!(null));
        let one = &page.body["items"][0];
        assert_eq!(one["customer"]["address"], AVA);
        assert_eq!(
            (&one["decision"]["verdict"], &one["decision"]["code"]),
            (&json!("refuse"), &json!("consent_missing"))
        );
        assert_eq!(one["message"]["reason"]["code"], "consent_missing");

        // At night a permitted one waits, until the first instant that the rules allow.
        grant(&server, &owner, AVA).await;
        let states = server.get(&owner, "/api/v1/windows").await.ok();
        let new_york = |states: &Value| {
            let all = states["states"].as_array().unwrap();
            all.iter().find(|state| state["state"] == "NY").unwrap().clone()
        };
        let now = new_york(&states.body);
        if now["open"] == json!(true) {
            let (closes, at) = (now["changes_at"].as_i64().unwrap(), states.body["at"].as_i64().unwrap());
            server.world.clock.advance(closes - at + 60_000);
        }
        server.post(&owner, "/api/v1/messages", sale(AVA, "tonight")).await.ok();
        // What a stop switch holds has no instant, and comes last: it was accepted before, and is claimed now.
        // In Honolulu it is day while it is night in New York.
        let hello = json!({"to": "+18085550102", "inbox_id": inbox, "body": "stopped", "purpose": "transactional"});
        server.post(&owner, "/api/v1/messages", hello).await.ok();
        let stop = json!({"stopped": true, "reason": "a wrong link"});
        server.ask(&owner, "PUT", "/api/v1/sending/workspace", stop).await.ok();
        server.world.settle().await;
        let first = server.get(&owner, "/api/v1/held-texts?limit=1").await.ok();
        let second =
            server.get(&owner, &format!("/api/v1/held-texts?limit=1&cursor={}", first.str("/next_cursor"))).await.ok();
        assert_eq!([bodies(&first.body), bodies(&second.body)].concat(), ["tonight", "stopped"]);
        let held = &first.body["items"][0];
        assert_eq!(held["message"]["held_until"], held["decision"]["until"]);
        assert!(held["message"]["held_until"].as_i64().unwrap() > states.body["at"].as_i64().unwrap());
        assert_eq!(second.body["items"][0]["message"]["held_until"], json!(null));
        assert_eq!(second.body["items"][0]["decision"]["code"], "sending_stopped");

        // The rule that holds it is in the pack that the decision names.
        let rules = held["decision"]["rules"].as_array().unwrap();
        let holds = rules.iter().find(|rule| rule["verdict"] == "hold").unwrap();
        let pack = held["decision"]["pack"].as_str().unwrap();
        let pack = server.get(&owner, &format!("/api/v1/rule-packs/{pack}")).await.ok();
        let known = pack.body["rules"].as_array().unwrap();
        let row = known.iter().find(|rule| rule["id"] == holds["rule"]).unwrap();
        assert_eq!((&row["version"], &row["effect"]["kind"]), (&holds["version"], &json!("hours")));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rule_packs_are_read_with_the_sources_of_every_row() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let list = server.get(&owner, "/api/v1/rule-packs").await.ok();
        let packs = list.body["items"].as_array().unwrap();
        let current: Vec<_> = packs.iter().filter(|pack| pack["current"] == json!(true)).collect();
        assert_eq!((packs.len(), current.len(), &current[0]["id"]), (9, 1, &json!("default_2")));
        for brief in packs {
            let id = brief["id"].as_str().unwrap();
            let pack = server.get(&owner, &format!("/api/v1/rule-packs/{id}")).await.ok();
            let rules = pack.body["rules"].as_array().unwrap();
            assert_eq!(json!(rules.len()), brief["rules"]);
            let sources = pack.body["sources"].as_array().unwrap();
            for rule in rules {
                for key in rule["sources"].as_array().unwrap() {
                    assert!(sources.iter().any(|source| source["key"] == *key), "{id}: {key}");
                }
                assert!(!rule["places"].as_array().unwrap().is_empty(), "{rule}");
            }
        }
        let pack = server.get(&owner, "/api/v1/rule-packs/default_1").await.ok();
        let florida = pack.body["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "us_fl_hours").unwrap();
        assert_eq!(florida["effect"]["week"][0], json!({"opens_min": 480, "closes_min": 1200}));
        assert_eq!((&florida["places"], &florida["confidence"]), (&json!(["US-FL"]), &json!("high")));
        let everywhere = pack.body["rules"].as_array().unwrap().iter().find(|rule| rule["id"] == "content_many_links");
        assert_eq!(everywhere.unwrap()["places"], json!(["everywhere"]));
        // A name without its number means its newest to a program that asks the gate, not here.
        server.get(&owner, "/api/v1/rule-packs/default").await.is(404, "not_found");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_choose_a_pack_and_override_rules_and_nobody_loosens_the_floor() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let before = server.get(&owner, "/api/v1/rules").await.ok();
        assert_eq!((before.str("/pack"), before.str("/choice")), ("default_2".to_owned(), "default".to_owned()));
        assert_eq!((&before.body["fingerprint"], &before.body["overrides"]), (&json!(null), &json!([])));
        let presets: Vec<_> = before.body["presets"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
        assert_eq!(presets, ["default", "federal", "strict_us", "ultra"]);

        let set = json!({"pack": "strict_us", "reason": "A careful week"});
        let set = server.ask(&owner, "PUT", "/api/v1/rules", set).await.ok();
        assert_eq!((set.str("/pack"), set.str("/choice")), ("strict_us_2".to_owned(), "strict_us".to_owned()));
        let packs = server.get(&owner, "/api/v1/rule-packs").await.ok();
        let current = packs.body["items"].as_array().unwrap().iter().find(|pack| pack["current"] == json!(true));
        assert_eq!(current.unwrap()["id"], "strict_us_2");
        assert_eq!(server.get(&owner, "/api/v1/windows").await.ok().str("/pack"), "strict_us_2");

        let hours = json!({"kind": "hours", "rule": "us_fl_hours", "value": "daily 09:00-19:00", "reason": "Courtesy"});
        let made = server.post(&owner, "/api/v1/rule-overrides", hours).await.ok();
        assert_eq!((&made.body["loosens"], made.str("/state")), (&json!(false), "standing".to_owned()));
        let off = json!({"kind": "off", "rule": "us_fl_cap", "reason": "Counsel's letter"});
        let off = server.post(&owner, "/api/v1/rule-overrides", off).await.ok();
        assert_eq!((&off.body["loosens"], &off.body["value"]), (&json!(true), &json!(null)));
        let now = server.get(&owner, "/api/v1/rules").await.ok();
        assert_eq!(now.body["overrides"].as_array().unwrap().len(), 2);
        assert!(now.body["fingerprint"].is_string());
        let path = format!("/api/v1/rule-overrides/{}/end", off.str("/id"));
        let ended = server.post(&owner, &path, json!({"reason": "Counsel changed their mind"})).await.ok();
        assert_eq!(ended.str("/state"), "ended");
        let versions = server.get(&owner, "/api/v1/rule-versions?limit=2").await.ok();
        let page = format!("/api/v1/rule-versions?cursor={}", versions.str("/next_cursor"));
        let older = server.get(&owner, &page).await.ok();
        let all = [&versions, &older].map(|page| page.body["items"].as_array().unwrap().len());
        assert_eq!(all, [2, 2]);
        assert_eq!(versions.body["items"][1]["fingerprint"], now.body["fingerprint"]);
        let page = server.get(&owner, "/api/v1/rule-overrides?limit=1").await.ok();
        assert_eq!(page.body["items"][0]["id"], off.body["id"]);

        for (body, field, code) in [
            (json!({"kind": "off", "rule": "us_federal_consent", "reason": "x"}), "rule", "override_floor"),
            (json!({"kind": "off", "rule": "us_zz_hours", "reason": "x"}), "rule", "override_row_unknown"),
            (json!({"kind": "off", "reason": "x"}), "rule", "missing"),
            (
                json!({"kind": "cap", "rule": "us_fl_hours", "value": "3 in 24 h", "reason": "x"}),
                "kind",
                "override_kind_mismatch",
            ),
            (
                json!({"kind": "hours", "rule": "us_fl_hours", "value": "always", "reason": "x"}),
                "value",
                "override_unreadable",
            ),
            (json!({"kind": "close", "value": "US-LA", "reason": "x"}), "value", "override_unreadable"),
            (json!({"kind": "close", "value": "US-LA", "reason": "x", "until": 1}), "until", "out_of_range"),
            (json!({"kind": "off", "rule": "us_fl_hours", "reason": "  "}), "reason", "too_short"),
        ] {
            let said = server.post(&owner, "/api/v1/rule-overrides", body.clone()).await.is(422, "invalid");
            assert_eq!(
                (&said.body["errors"][0]["field"], &said.body["errors"][0]["code"]),
                (&json!(field), &json!(code)),
                "{body}"
            );
        }
        // Tried before it is live, and kept.
        let run = server.post(&owner, "/api/v1/rule-dry-runs", json!({"pack": "ultra"})).await;
        assert_eq!((run.status, run.str("/state")), (202, "trying".to_owned()));
        let ws = server.get(&owner, "/api/v1/me").await.ok().str("/workspace/id").parse().unwrap();
        server.world.engine.jobs_round(ws).await.unwrap();
        let path = format!("/api/v1/rule-dry-runs/{}", run.str("/id"));
        // The server may have been quicker to take the work up.
        let mut run = server.get(&owner, &path).await.ok();
        for _ in 0..500 {
            if run.str("/state") == "done" {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            run = server.get(&owner, &path).await.ok();
        }
        assert_eq!((run.str("/state"), &run.body["done"]), ("done".to_owned(), &run.body["total"]));
        server.get(&owner, &format!("{path}/changes?limit=1")).await.ok();
        let list = server.get(&owner, "/api/v1/rule-dry-runs?limit=1").await.ok();
        assert_eq!(list.body["items"][0]["id"], run.body["id"]);
        server.post(&owner, &format!("{path}/cancel"), json!(null)).await.ok();
        assert_eq!(server.get(&owner, &path).await.ok().str("/state"), "done");
        assert_eq!(run.body["override"], json!(null));
        // An override is tried beside those that stand, and the answer says which.
        let closed = json!({"kind": "close", "value": "US-FL", "reason": "A storm"});
        let tried = server.post(&owner, "/api/v1/rule-dry-runs", json!({"override": closed})).await;
        let said = &tried.body["override"];
        assert_eq!(
            (tried.status, &said["kind"], &said["value"], &said["reason"]),
            (202, &closed["kind"], &closed["value"], &closed["reason"])
        );
        let kept = server.get(&owner, &format!("/api/v1/rule-dry-runs/{}", tried.str("/id"))).await.ok();
        assert_eq!(&kept.body["override"], said);
        let unread = json!({"override": {"kind": "off", "rule": "us_federal_hours", "reason": "x"}});
        server.post(&owner, "/api/v1/rule-dry-runs", unread).await.is(422, "invalid");

        let below = json!({"pack": "us_federal_0", "reason": "x"});
        server.ask(&owner, "PUT", "/api/v1/rules", below).await.is(422, "invalid");
        // Agents read the rules and change none.
        let agent = server.key(&owner, json!(["read", "write", "send"])).await;
        server.get(&agent, "/api/v1/rules").await.ok();
        let off = json!({"kind": "off", "rule": "us_fl_hours", "reason": "x"});
        server.post(&agent, "/api/v1/rule-overrides", off).await.is(403, "forbidden");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_text_is_judged_as_is_shown_and_the_workspace_says_what_counts() {
    for_each_engine(|on| async move {
        let server = Server::serve(World::new(on).await, generous()).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let offer = "123456 is your code. 20% off your next order";
        let code = json!({"to": AVA, "inbox_id": inbox, "body": offer, "purpose": "otp"});
        let preview = |purpose: Option<&str>| {
            let mut ask = json!({"to": AVA, "inbox_id": inbox, "body": offer});
            if let Some(purpose) = purpose {
                ask["purpose"] = json!(purpose);
            }
            ask
        };
        let mut seen = Vec::new();
        for purpose in [Some("otp"), Some("transactional"), Some("conversational"), None] {
            let said = server.post(&owner, "/api/v1/text-preview", preview(purpose)).await.ok();
            let rules = said.body["decision"]["rules"].as_array().unwrap();
            assert!(
                rules.iter().any(|rule| rule["code"] == "marketing_words" && rule["fix"].is_string()),
                "{purpose:?}"
            );
            seen.push(said.str("/decision/code"));
        }
        assert_eq!(seen[..2], ["consent_missing", "consent_missing"]);
        assert!(!seen[2..].contains(&"consent_missing".to_owned()), "in a talk it is told alone: {seen:?}");
        let unknown = server.post(&owner, "/api/v1/text-preview", preview(Some("fun"))).await;
        assert!((400..500).contains(&unknown.status), "{}", unknown.text);

        let refused = server.post(&owner, "/api/v1/messages", code.clone()).await.ok();
        let message = &refused.body["message"];
        assert_eq!((&message["purpose"], &message["class"]), (&json!("otp"), &json!("marketing")));
        assert_eq!(message["legal_basis"], json!(null));
        let why = server.get(&owner, &format!("/api/v1/messages/{}/decision", refused.str("/message/id"))).await.ok();
        let basis = &why.body["decision"]["basis"];
        assert_eq!((&basis["purpose"], &basis["declared"]), (&json!("marketing"), &json!("otp")));

        let before = server.get(&owner, "/api/v1/workspace").await.ok();
        assert_eq!((before.str("/reclassify"), &before.body["age_gated"]), ("order_texts".to_owned(), &json!(false)));
        let change = json!({"reclassify": "never", "age_gated": true});
        let set = server.ask(&owner, "PATCH", "/api/v1/workspace", change).await.ok();
        assert_eq!((set.str("/reclassify"), &set.body["age_gated"]), ("never".to_owned(), &json!(true)));
        assert_eq!(set.body["brand"], before.body["brand"]);
        let sent = server.post(&owner, "/api/v1/messages", code).await.ok();
        let message = &sent.body["message"];
        assert_eq!((&message["class"], &message["legal_basis"]), (&json!("otp"), &json!("code_asked")));
        Ok(())
    })
    .await;
}
