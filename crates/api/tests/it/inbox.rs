//! The agent's day: lists in pages, replies, stale replies, notes, and what is done with a thread.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::Server;

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_each_phone_once() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        // All in one millisecond, and each phone writes twice in it.
        for last in [0, 1, 2, 3, 4, 5, 6, 3, 2, 1, 0, 6, 5, 4] {
            let (from, body) = (format!("+1212555012{last}"), format!("from {last}"));
            let text = json!({"from": from, "inbox_id": inbox, "body": body});
            server.post(&owner, "/api/v1/simulator/texts", text).await.ok();
        }
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = server.get(&owner, &format!("/api/v1/simulator/phones?limit=3{cursor}")).await.ok();
            pages += 1;
            for phone in page.body["items"].as_array().unwrap() {
                let number = phone["number"].as_str().unwrap();
                assert_eq!(phone["preview"], format!("from {}", &number[number.len() - 1..]));
                seen.push(number.to_owned());
            }
            match page.body["next_cursor"].as_str() {
                // A plus sign stands for itself only where it is encoded.
                Some(next) => cursor = format!("&cursor={}", next.replace('+', "%2B")),
                None => break,
            }
        }
        assert_eq!((pages, seen.len(), seen.iter().collect::<BTreeSet<_>>().len()), (3, 7, 7), "{seen:?}");
        server.get(&owner, "/api/v1/simulator/phones?cursor=x").await.is(422, "invalid");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_show_each_conversation_once() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        for last in 0..7 {
            server.typed(&owner, &format!("+1212555012{last}"), "hello").await;
        }
        for query in ["", "&sort=oldest", "&sort=waiting", "&view=unassigned", "&view=unassigned&sort=oldest"] {
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = server.get(&owner, &format!("/api/v1/conversations?limit=3{query}{cursor}")).await.ok();
                for row in page.body["items"].as_array().unwrap() {
                    seen.push(row["customer"]["address"].as_str().unwrap().to_owned());
                }
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            assert_eq!(seen.len(), 7, "{query}");
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 7, "{query}");
            assert_eq!(
                seen.first().map(String::as_str),
                Some(if query.contains("sort") { "+12125550120" } else { "+12125550126" }),
                "{query}"
            );
        }
        // Whatever is shown can be turned around, and only who waits can be sorted by waiting.
        for view in ["mine", "unassigned", "all", "snoozed", "closed", "waiting", "failed"] {
            let path = format!("/api/v1/conversations?view={view}&sort=");
            server.get(&owner, &format!("{path}newest")).await.ok();
            server.get(&owner, &format!("{path}oldest")).await.ok();
            let waiting = server.get(&owner, &format!("{path}waiting")).await;
            if ["all", "waiting"].contains(&view) {
                waiting.ok()
            } else {
                waiting.is(422, "invalid")
            };
        }
        let counts = server.get(&owner, "/api/v1/conversation-counts").await.ok();
        assert_eq!((&counts.body["open"], &counts.body["unassigned"]), (&json!(7), &json!(7)));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_that_missed_a_text_is_not_sent() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let id = server.typed(&owner, "+12125550123", "first").await;
        let path = format!("/api/v1/conversations/{id}/messages");
        let seen = server.get(&owner, &format!("/api/v1/conversations/{id}")).await.ok().body["last_seq"].clone();
        server.typed(&owner, "+12125550123", "second").await;
        let stale = server.post(&owner, &path, json!({"body": "to the first", "after_seq": seen})).await;
        let stale = stale.is(409, "stale_conversation");
        assert_eq!(stale.body["missed"].as_array().map(Vec::len), Some(1));
        assert_eq!(stale.str("/missed/0/body"), "second");

        let sent = server.post(&owner, &path, json!({"body": "to both", "after_seq": 2, "close": true})).await.ok();
        assert_eq!(sent.status, 201);
        assert_eq!((sent.str("/decision/verdict"), sent.str("/message/encoding")), ("send".into(), "gsm7".into()));
        assert_eq!(sent.str("/message/author/name"), "Dana Reyes");
        assert_eq!(server.get(&owner, &format!("/api/v1/conversations/{id}")).await.str("/status"), "closed");
        server.post(&owner, &path, json!({"body": " "})).await.is(422, "invalid");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_assigned_noted_snoozed_and_read() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let me = server.get(&owner, "/api/v1/me").await.str("/member/id");
        let id = server.typed(&owner, "+12125550123", "hello").await;
        let at = |what: &str| format!("/api/v1/conversations/{id}/{what}");

        let assigned = server.post(&owner, &at("assign"), json!({"member_id": me})).await.ok();
        assert_eq!(assigned.str("/assignee/name"), "Dana Reyes");
        let stranger = domain::id::MemberId::new(uuid::Uuid::max()).to_string();
        server.post(&owner, &at("assign"), json!({"member_id": stranger})).await.is(422, "invalid");
        let mine = server.get(&owner, "/api/v1/conversations?view=mine").await.ok();
        assert_eq!(mine.body["items"].as_array().map(Vec::len), Some(1));
        assert_eq!(
            server.post(&owner, &at("assign"), json!({"member_id": null})).await.ok().body["assignee"],
            Value::Null
        );

        let note = server.post(&owner, &at("notes"), json!({"body": "likes tea"})).await.ok();
        assert_eq!((note.str("/kind"), note.str("/state")), ("note".to_owned(), "noted".to_owned()));
        server.post(&owner, &at("snooze"), json!({"until": 1})).await.is(422, "invalid");
        let until = server.world.engine.now() + 60_000;
        assert_eq!(server.post(&owner, &at("snooze"), json!({"until": until})).await.ok().str("/status"), "snoozed");
        assert_eq!(server.post(&owner, &at("reopen"), Value::Null).await.ok().str("/status"), "open");
        assert_eq!(server.post(&owner, &at("read"), json!({"seq": 99})).await.ok().body["unread"], json!(false));
        assert_eq!(server.post(&owner, &at("unread"), Value::Null).await.ok().body["unread"], json!(true));

        let draft = json!({"body": "Dear", "revision": 5});
        assert_eq!(server.ask(&owner, "PUT", &at("draft"), draft).await.ok().body["revision"], json!(5));
        let late = server.ask(&owner, "PUT", &at("draft"), json!({"body": "De", "revision": 4})).await.ok();
        assert_eq!(late.str("/body"), "Dear", "an older write changes nothing");
        server.ask(&owner, "DELETE", &at("draft"), Value::Null).await.ok();
        assert_eq!(server.get(&owner, &at("draft")).await.ok().str("/body"), "");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_words_are_no_draft_any_more_and_others_stay() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let id = server.typed(&owner, "+12125550124", "hello").await;
        let at = |what: &str| format!("/api/v1/conversations/{id}/{what}");
        for (revision, draft, sent, left) in
            [(10, "On its", "On its way 🎁", ""), (20, "Something else", "Here by noon", "Something else")]
        {
            let kept = json!({"body": draft, "revision": revision});
            server.ask(&owner, "PUT", &at("draft"), kept.clone()).await.ok();
            server.post(&owner, &at("messages"), json!({"body": sent})).await.ok();
            assert_eq!(server.get(&owner, &at("draft")).await.ok().str("/body"), left);
            // The save that was under way when it was sent comes late.
            assert_eq!(server.ask(&owner, "PUT", &at("draft"), kept).await.ok().str("/body"), left);
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opt_out_is_explained_and_listed() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let id = server.typed(&owner, "+12125550123", "hello").await;
        server
            .post(&owner, "/api/v1/simulator/texts", json!({"from": "+12125550123", "inbox_id": inbox, "body": "STOP"}))
            .await
            .ok();
        let mut listed = json!([]);
        for _ in 0..200 {
            server.world.carry().await;
            listed = server.get(&owner, "/api/v1/opt-outs").await.ok().body["items"].clone();
            if listed.as_array().is_some_and(|items| !items.is_empty()) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(listed[0]["address"], "+12125550123");
        assert!(listed[0]["customer_id"].as_str().is_some());
        let body = json!({"conversation_id": id, "body": "naïve “text”"});
        let preview = server.post(&owner, "/api/v1/text-preview", body).await.ok();
        assert_eq!(preview.str("/decision/verdict"), "refuse");
        assert_eq!(preview.str("/encoding"), "ucs2");
        assert_eq!(preview.str("/non_gsm/0/char"), "ï");
        let sent =
            server.post(&owner, &format!("/api/v1/conversations/{id}/messages"), json!({"body": "wait"})).await.ok();
        assert_eq!((sent.str("/message/state"), sent.str("/decision/verdict")), ("refused".into(), "refuse".into()));
        let decisions =
            server.get(&owner, &format!("/api/v1/messages/{}/decisions", sent.str("/message/id"))).await.ok();
        assert_eq!(decisions.str("/items/0/verdict"), "refuse");
        assert!(!decisions.str("/items/0/pack").is_empty());
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_in_the_own_workspace_alone() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let ws = server.get(&owner, "/api/v1/me").await.str("/workspace/id").parse()?;
        let id = server.typed(&owner, "+12125550123", "Where is my blue kettle?").await;
        server.typed(&owner, "+12125550124", "A green kettle, please").await;
        server.world.types("+12125550150", "another shop's kettle").await;
        server.world.engine.search_index(ws).await?;
        server.world.engine.search_index(server.world.ws).await?;
        let found = server.get(&owner, "/api/v1/search?q=kettle").await.ok();
        assert_eq!(found.body["items"].as_array().map(Vec::len), Some(2), "{}", found.text);
        let found = server.get(&owner, "/api/v1/search?q=blue%20kettle").await.ok();
        assert_eq!(
            (found.str("/items/0/conversation_id"), found.body["items"].as_array().map(Vec::len)),
            (id, Some(1))
        );
        assert_eq!(found.str("/items/0/snippet"), "Where is my blue kettle?");
        let first = server.get(&owner, "/api/v1/search?q=kettle&limit=1").await.ok();
        let next = first.str("/next_cursor");
        let second = server.get(&owner, &format!("/api/v1/search?q=kettle&limit=1&cursor={next}")).await.ok();
        assert_ne!(first.str("/items/0/message_id"), second.str("/items/0/message_id"));
        server.get(&owner, "/api/v1/search").await.is(422, "invalid");

        // One question finds people beside what was said, and their number tells them apart.
        let customer = json!({"name": "Kettlewell, Ida", "address": "+12125550125"});
        let made = server.post(&owner, "/api/v1/customers", customer).await.ok().str("/id");
        server.post(&owner, "/api/v1/opt-outs", json!({"address": "+12125550125", "note": "on the phone"})).await.ok();
        let found = server.get(&owner, "/api/v1/search?q=kettle&limit=1").await.ok();
        assert_eq!(
            (found.body["items"].as_array().map(Vec::len), found.body["customers"].as_array().map(Vec::len)),
            (Some(1), Some(1)),
            "{}",
            found.text
        );
        assert_eq!(
            (found.str("/customers/0/id"), found.str("/customers/0/name")),
            (made, "Kettlewell, Ida".to_owned())
        );
        let address = &found.body["customers"][0]["addresses"][0];
        assert_eq!((&address["address"], &address["opted_out"]), (&json!("+12125550125"), &json!(true)));
        let next = found.str("/next_cursor");
        let second = server.get(&owner, &format!("/api/v1/search?q=kettle&limit=1&cursor={next}")).await.ok();
        assert_eq!(second.body["customers"], json!([]), "with the first page alone");
        let number = server.get(&owner, "/api/v1/search?q=5550124").await.ok();
        assert_eq!(number.str("/customers/0/addresses/0/address"), "+12125550124");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_from_a_phone_reaches_the_thread_and_shows_on_the_phone() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = server.inbox(&owner).await;
        let ws = server.get(&owner, "/api/v1/me").await.ok().str("/workspace/id").parse().unwrap();
        let id = server.world.engine.media_upload(ws, crate::tenancy::picture()).await.unwrap().id.to_string();
        let send = async |media: Value| {
            let text = json!({"from": "+12125550123", "inbox_id": inbox, "media_ids": media});
            server.post(&owner, "/api/v1/simulator/texts", text).await
        };

        send(json!([])).await.is(422, "invalid");
        send(json!(vec![&id; 11])).await.is(422, "invalid");
        send(json!(["med_00000000000070008000000000000000"])).await.is(422, "invalid");
        send(json!([id])).await.ok();
        // The words after it show that it came in.
        let conversation = server.typed(&owner, "+12125550123", "That is how it looks").await;
        let thread = server.get(&owner, &format!("/api/v1/conversations/{conversation}/messages")).await.ok();
        assert_eq!(thread.str("/items/0/media/0/id"), id);
        let screen = server.get(&owner, "/api/v1/simulator/phones/+12125550123").await.ok();
        assert_eq!((screen.str("/texts/0/media/0/id"), screen.str("/texts/0/body")), (id.clone(), String::new()));
        send(json!([id])).await.is(422, "invalid");
        Ok(())
    })
    .await;
}
