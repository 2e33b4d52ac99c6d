//! No inbox goes live before somebody was asked who opted out in the former tool.

use domain::import::Told;
use engine::audit::Actor;
use engine::import::NewImport;
use serde_json::{Value, json};
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Server, Who, generous};

/// An inbox on a real network, as its owner adds it.
async fn real(server: &Server, owner: &Who, number: &str) -> String {
    let settings = json!({"account_sid": "AC00000000000000000000000000000001", "auth_token": "token"});
    let new = json!({"provider": "twilio", "name": number, "settings": settings});
    let account = server.post(owner, "/api/v1/accounts", new).await.ok().str("/id");
    let inbox = json!({"account_id": account, "name": number, "address": number});
    server.post(owner, "/api/v1/inboxes", inbox).await.ok().str("/id")
}

async fn audited(server: &Server, owner: &Who, action: &str) -> Vec<Value> {
    let log = server.get(owner, &format!("/api/v1/audit?action={action}")).await.ok();
    log.body["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbox_goes_live_once_somebody_says_that_there_are_no_opt_outs_to_bring() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let inbox = real(&server, &owner, "+18885550100").await;
        let live = format!("/api/v1/inboxes/{inbox}/live");
        let told = server.post(&owner, &live, json!({"live": true})).await.is(409, "opt_outs_not_asked");
        assert!(told.body["detail"].as_str().unwrap().contains("no_previous_opt_outs"), "{:?}", told.body);
        let shown = server.get(&owner, &format!("/api/v1/inboxes/{inbox}")).await.ok();
        assert_eq!(shown.body["live"], json!(false), "it was refused, and changed nothing");
        assert_eq!(audited(&server, &owner, "opt_outs.none").await, [] as [Value; 0]);
        // To say so of an inbox that does not go live says nothing.
        server.post(&owner, &live, json!({"live": false, "no_previous_opt_outs": true})).await.ok();
        server.post(&owner, &live, json!({"live": true})).await.is(409, "opt_outs_not_asked");

        let shown = server.post(&owner, &live, json!({"live": true, "no_previous_opt_outs": true})).await.ok();
        assert_eq!(shown.body["live"], json!(true));
        let (said, went) =
            (audited(&server, &owner, "opt_outs.none").await, audited(&server, &owner, "inbox.live").await);
        assert_eq!((said.len(), went.len()), (1, 1));
        assert_eq!((&said[0]["actor_kind"], &said[0]["actor_name"]), (&json!("member"), &json!("Dana Reyes")));
        assert!(said[0]["at"].as_i64().is_some_and(|at| at > 0));
        assert!(went[0].to_string().contains("previous_opt_outs"), "{:?}", went[0]);

        // Said once, it counts for the workspace, and is not said again.
        let second = real(&server, &owner, "+18885550101").await;
        server.post(&owner, &format!("/api/v1/inboxes/{second}/live"), json!({"live": true})).await.ok();
        server.post(&owner, &live, json!({"live": true, "no_previous_opt_outs": true})).await.ok();
        assert_eq!(audited(&server, &owner, "opt_outs.none").await.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_of_opt_outs_lets_an_inbox_go_live_and_the_simulators_needs_none() {
    for_each_engine(|on| async move {
        // Nothing runs by itself: a file is read when it is told to be.
        let server = Server::serve(World::new(on).await, generous()).await;
        let owner = server.set_up().await;
        let simulated = server.inbox(&owner).await;
        server.post(&owner, &format!("/api/v1/inboxes/{simulated}/live"), json!({"live": true})).await.ok();

        let inbox = real(&server, &owner, "+18885550100").await;
        let live = format!("/api/v1/inboxes/{inbox}/live");
        let engine = &server.world.engine;
        let ws = engine.workspace_list().await.unwrap().last().unwrap().id;
        let begin = async |told: Told, content: &[u8]| {
            let new = NewImport { told, content: content.to_vec(), country: "us".to_owned() };
            engine.import_begin(ws, Actor::Cli, new).await.unwrap().id
        };
        // Who agreed to what says nothing of who opted out, nor does a file that is not read yet.
        let consents = begin(Told::Consents, b"phone,permits,proof\n+12125550101,marketing,written\n").await;
        engine.import_read(ws, consents, |_| {}).await.unwrap();
        server.post(&owner, &live, json!({"live": true})).await.is(409, "opt_outs_not_asked");
        let file = begin(Told::OptOuts, b"phone\n+12125550123\n").await;
        server.post(&owner, &live, json!({"live": true})).await.is(409, "opt_outs_not_asked");
        engine.import_read(ws, file, |_| {}).await.unwrap();
        server.post(&owner, &live, json!({"live": true})).await.ok();
        assert_eq!(audited(&server, &owner, "opt_outs.none").await, [] as [Value; 0]);
        Ok(())
    })
    .await;
}
