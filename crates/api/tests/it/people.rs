//! Members, roles, invitations and reset links.

use engine::idempotency::Keep;
use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::{Server, Who};

async fn invited(server: &Server, by: &Who, email: &str, role: &str) -> Who {
    let made = server.post(by, "/api/v1/invites", json!({"email": email, "role": role})).await.ok();
    let link = made.str("/link");
    let token = link.rsplit('/').next().unwrap().to_owned();
    let shown = server.get(&Who::Nobody, &format!("/api/v1/invite-links/{token}")).await.ok();
    assert_eq!((shown.str("/email"), shown.str("/role")), (email.to_owned(), role.to_owned()));
    let path = format!("/api/v1/invite-links/{token}");
    let body = json!({"name": email, "password": "battery staple"});
    let joined = server.post(&Who::Nobody, &path, body.clone()).await.ok();
    // A link works once.
    server.post(&Who::Nobody, &path, body).await.is(404, "not_found");
    server.member(&joined)
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_hold() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let admin = invited(&server, &owner, "ada@example.com", "admin").await;
        let agent = invited(&server, &owner, "gus@example.com", "agent").await;
        let viewer = invited(&server, &admin, "vi@example.com", "viewer").await;
        let conversation = server.typed(&owner, "+12125550123", "hello").await;
        let reply = format!("/api/v1/conversations/{conversation}/messages");

        server.get(&viewer, &reply).await.ok();
        server.post(&viewer, &reply, json!({"body": "hi"})).await.is(403, "forbidden");
        server
            .post(&viewer, &format!("/api/v1/conversations/{conversation}/close"), Value::Null)
            .await
            .is(403, "forbidden");
        server.post(&agent, &reply, json!({"body": "hi"})).await.ok();
        server.post(&agent, "/api/v1/invites", json!({"role": "viewer"})).await.is(403, "forbidden");
        server.post(&agent, "/api/v1/api-keys", json!({"name": "x", "scopes": ["read"]})).await.is(403, "forbidden");
        server.post(&admin, "/api/v1/invites", json!({"role": "owner"})).await.is(403, "owners_only");
        // The server's switch is its operators', whatever the role in a workspace.
        let stop = json!({"stopped": true, "reason": "test"});
        server.ask(&admin, "PUT", "/api/v1/sending/server", stop.clone()).await.is(403, "forbidden");
        server.ask(&owner, "PUT", "/api/v1/sending/server", stop).await.ok();
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_operators_can_mend_names_them() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let agent = invited(&server, &owner, "gus@example.com", "agent").await;
        let name = server.get(&owner, "/api/v1/me").await.str("/member/name");
        server.world.engine.disk_note(1 << 30, 100 << 30);
        let of = |answer: &crate::server::Answered| {
            let items = answer.body["items"].as_array().unwrap().clone();
            items.into_iter().find(|watch| watch["code"] == "disk_low").unwrap()
        };
        for who in [&owner, &agent] {
            let watch = of(&server.get(who, "/api/v1/watches").await.ok());
            assert_eq!((&watch["severity"], &watch["ask"]), (&json!("critical"), &json!([name])), "not the agent");
        }
        server.ask(&owner, "PUT", "/api/v1/sending/workspace", json!({"stopped": true, "reason": "test"})).await.ok();
        let all = server.get(&agent, "/api/v1/watches").await.ok();
        let stop = all.body["items"].as_array().unwrap().iter().find(|watch| watch["code"] == "sending_stopped");
        assert_eq!(stop.unwrap()["ask"], json!([]), "that is no matter of the server's");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_keeps_an_owner_and_admins_stay_below() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let admin = invited(&server, &owner, "ada@example.com", "admin").await;
        let id = |answer: crate::server::Answered| answer.str("/member/id");
        let owner_id = id(server.get(&owner, "/api/v1/me").await);
        let admin_id = id(server.get(&admin, "/api/v1/me").await);
        let path = |id: &str| format!("/api/v1/members/{id}");

        server.ask(&owner, "PATCH", &path(&owner_id), json!({"role": "agent"})).await.is(409, "last_owner");
        server.ask(&owner, "PATCH", &path(&owner_id), json!({"disabled": true})).await.is(409, "last_owner");
        server.ask(&admin, "PATCH", &path(&owner_id), json!({"name": "x"})).await.is(403, "owners_only");
        server.ask(&admin, "PATCH", &path(&admin_id), json!({"role": "owner"})).await.is(403, "owners_only");
        server.post(&admin, &format!("{}/reset", path(&owner_id)), Value::Null).await.is(403, "owners_only");

        server.ask(&owner, "PATCH", &path(&admin_id), json!({"disabled": true})).await.ok();
        server.get(&admin, "/api/v1/me").await.is(401, "unauthenticated");
        let back = json!({"email": "ada@example.com", "password": "battery staple"});
        server.post(&Who::Nobody, "/api/v1/session", back.clone()).await.is(401, "wrong_password");
        server.ask(&owner, "PATCH", &path(&admin_id), json!({"disabled": false})).await.ok();
        server.post(&Who::Nobody, "/api/v1/session", back).await.ok();
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_ends_what_was_open() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let agent = invited(&server, &owner, "gus@example.com", "agent").await;
        let id = server.get(&agent, "/api/v1/me").await.str("/member/id");
        let reset = format!("/api/v1/members/{id}/reset");
        let first = server.post(&owner, &reset, Value::Null).await.ok().str("/link");
        let second = server.post(&owner, &reset, Value::Null).await.ok().str("/link");
        let path = |link: &str| format!("/api/v1/reset-links/{}", link.rsplit('/').next().unwrap());
        let body = json!({"password": "a new password"});
        // The newer link voids the older.
        server.post(&Who::Nobody, &path(&first), body.clone()).await.is(404, "not_found");
        let again = server.post(&Who::Nobody, &path(&second), body).await.ok();
        server.get(&agent, "/api/v1/me").await.is(401, "unauthenticated");
        server.get(&server.member(&again), "/api/v1/me").await.ok();
        // Whether somebody is a member, a stranger does not learn.
        let known = server.post(&Who::Nobody, "/api/v1/resets", json!({"email": "gus@example.com"})).await;
        let unknown = server.post(&Who::Nobody, "/api/v1/resets", json!({"email": "x@example.com"})).await;
        assert_eq!((known.status, known.body), (unknown.status, unknown.body));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_went_was_refused_or_took_a_new_password_is_in_the_log() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let agent = invited(&server, &owner, "gus@example.com", "agent").await;
        let id = server.get(&agent, "/api/v1/me").await.str("/member/id");
        let (engine, me) = (&server.world.engine, &owner);
        // Who did each of an action's entries, newest first; all are about the member.
        let log = |action: &'static str| {
            let (server, id) = (&server, &id);
            async move {
                let page = server.get(me, &format!("/api/v1/audit?action={action}&subject={id}")).await.ok();
                let items = page.body["items"].as_array().unwrap();
                items.iter().map(|item| item["actor_kind"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
            }
        };
        server.ask(&agent, "DELETE", "/api/v1/session", Value::Null).await.ok();
        assert_eq!(log("session.end").await, ["member"]);

        let browser = engine::auth::Browser::default;
        for email in ["gus@example.com", "nobody@example.com"] {
            for _ in 0..7 {
                assert!(engine.session_open(email, "guessed".to_owned(), browser()).await.is_err());
            }
        }
        // They are written down beside the answer, and not each of them.
        let mut refused = Vec::new();
        for _ in 0..500 {
            refused = log("session.refuse").await;
            if refused.len() == 5 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(refused, ["system"; 5]);
        let all = server.get(me, "/api/v1/audit?action=session.refuse").await.ok();
        assert_eq!(all.body["items"].as_array().unwrap().len(), 5, "nobody is not in the log");
        assert!(!all.text.contains("example.com"), "{}", all.text);

        let link = engine.reset_by_email("gus@example.com").await?.unwrap();
        assert!(engine.reset_by_email("nobody@example.com").await?.is_none());
        assert_eq!(log("reset.ask").await, ["system"], "who asked has proved nothing");
        let path = format!("/api/v1/reset-links/{}", link.token);
        server.post(&Who::Nobody, &path, json!({"password": "a new password"})).await.ok();
        assert_eq!(log("reset.accept").await, ["member"]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_changes_their_password_and_is_alone_with_it() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let agent = invited(&server, &owner, "gus@example.com", "agent").await;
        let me = server.get(&agent, "/api/v1/me").await.ok();
        let login = |password: &str| json!({"email": "gus@example.com", "password": password});
        let elsewhere = server.post(&Who::Nobody, "/api/v1/session", login("battery staple")).await.ok();
        let elsewhere = server.member(&elsewhere);
        let reset = format!("/api/v1/members/{}/reset", me.str("/member/id"));
        let link = server.post(&owner, &reset, Value::Null).await.ok().str("/link");
        let change = |current: &str, new: &str| json!({"current": current, "new": new});
        let path = "/api/v1/session/password";

        let wrong = server.post(&agent, path, change("not the one", "a new password")).await.is(422, "invalid");
        assert_eq!(
            (wrong.str("/errors/0/field"), wrong.str("/errors/0/code")),
            ("current".into(), "wrong_password".into())
        );
        let short = server.post(&agent, path, change("battery staple", "short")).await.is(422, "invalid");
        assert_eq!(short.str("/errors/0/field"), "new");
        server.post(&Who::Nobody, path, change("battery staple", "a new password")).await.is(401, "unauthenticated");
        // Nothing of that has changed anything.
        server.get(&elsewhere, "/api/v1/me").await.ok();

        let changed = server.post(&agent, path, change("battery staple", "a new password")).await;
        assert_eq!(changed.status, 204);
        server.get(&agent, "/api/v1/me").await.ok();
        server.get(&elsewhere, "/api/v1/me").await.is(401, "unauthenticated");
        // The owner's session is another member's.
        server.get(&owner, "/api/v1/me").await.ok();
        server.post(&Who::Nobody, "/api/v1/session", login("battery staple")).await.is(401, "wrong_password");
        server.post(&Who::Nobody, "/api/v1/session", login("a new password")).await.ok();
        // A link somebody may have made before is void as well.
        let link = format!("/api/v1/reset-links/{}", link.rsplit('/').next().unwrap());
        server.post(&Who::Nobody, &link, json!({"password": "another one"})).await.is(404, "not_found");
        let noted = server.get(&owner, "/api/v1/audit?action=member.password").await.ok();
        assert_eq!(noted.str("/items/0/subject"), me.str("/member/id"));
        assert_eq!(noted.body["items"].as_array().map(Vec::len), Some(1));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_two_workspaces_needs_their_password_and_can_go_between() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let engine = &server.world.engine;
        let role = engine::members::Role::Agent;
        let by = engine::audit::Actor::Cli;
        let email = Some("dana@example.com".to_owned());
        let link = engine.invite_create(server.world.ws, by, None, email, role, Keep::NOTHING).await?;
        let path = format!("/api/v1/invite-links/{}", link.token);
        assert_eq!(server.get(&Who::Nobody, &path).await.ok().body["member_exists"], json!(true));
        server.post(&Who::Nobody, &path, json!({"password": "not the one"})).await.is(401, "wrong_password");
        let joined = server.post(&Who::Nobody, &path, json!({"password": "correct horse"})).await.ok();
        assert_eq!(joined.str("/role"), "agent");
        assert_eq!(joined.body["workspaces"].as_array().map(Vec::len), Some(2));

        let to = json!({"workspace_id": server.world.ws.to_string()});
        let there = server.post(&owner, "/api/v1/session/workspace", to).await.ok();
        assert_eq!((there.str("/workspace/id"), there.str("/role")), (server.world.ws.to_string(), "agent".to_owned()));
        server.post(&owner, "/api/v1/api-keys", json!({"name": "x", "scopes": ["read"]})).await.is(403, "forbidden");
        let nowhere = json!({"workspace_id": domain::id::WorkspaceId::new(uuid::Uuid::nil()).to_string()});
        server.post(&owner, "/api/v1/session/workspace", nowhere).await.is(404, "not_found");
        Ok(())
    })
    .await;
}
