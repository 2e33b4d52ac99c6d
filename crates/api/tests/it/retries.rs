//! A text that did not arrive is sent again: as a new text, through the same gate.

use serde_json::{Value, json};
use testkit::database::for_each_engine;
use testkit::world::World;

use crate::server::{Server, Who, generous};

const AVA: &str = "+12125550101";

/// A shop whose carrier does only what the test lets it do.
struct Shop {
    server: Server,
    owner: Who,
    key: Who,
    ws: domain::id::WorkspaceId,
    account: domain::id::AccountId,
    inbox: String,
    thread: String,
}

impl Shop {
    async fn open(on: testkit::On) -> Self {
        let server = Server::serve(World::new(on).await, generous()).await;
        let owner = server.set_up().await;
        let key = server.key(&owner, json!(["send", "read"])).await;
        let inboxes = server.get(&owner, "/api/v1/inboxes").await.ok();
        let ws = server.get(&owner, "/api/v1/me").await.ok().str("/workspace/id").parse().unwrap();
        let (inbox, account) = (inboxes.str("/items/0/id"), inboxes.str("/items/0/account_id").parse().unwrap());
        let thread = server.typed(&owner, AVA, "Is it ready?").await;
        Self { server, owner, key, ws, account, inbox, thread }
    }

    async fn reject(&self, code: Value) {
        let mut faults = self.server.get(&self.owner, "/api/v1/simulator/faults").await.ok().body;
        faults["reject_code"] = code;
        self.server.ask(&self.owner, "PUT", "/api/v1/simulator/faults", faults).await.ok();
    }

    /// Hands over what is due and lets the carrier finish.
    async fn settle(&self) {
        for _ in 0..8 {
            self.server.world.clock.advance(500);
            self.server.world.settle().await;
        }
    }

    async fn replies(&self, body: &str) -> String {
        let path = format!("/api/v1/conversations/{}/messages", self.thread);
        let sent = self.server.post(&self.owner, &path, json!({"body": body})).await.ok();
        sent.str("/message/id")
    }

    async fn message(&self, id: &str) -> Value {
        self.server.get(&self.owner, &format!("/api/v1/messages/{id}")).await.ok().body
    }

    async fn retry(&self, who: &Who, id: &str) -> crate::server::Answered {
        self.server.post(who, &format!("/api/v1/messages/{id}/retry"), Value::Null).await
    }

    /// How often the phone shows a text.
    async fn shown(&self, body: &str) -> usize {
        let screen = self.server.get(&self.owner, &format!("/api/v1/simulator/phones/{AVA}")).await.ok();
        let texts = screen.body["texts"].as_array().unwrap();
        texts.iter().filter(|text| text["direction"] == "to_phone" && text["body"] == body).count()
    }

    /// The tries of a message: where each stands, and the provider's id.
    async fn tries(&self, id: &str) -> Vec<(String, Option<String>)> {
        let all = self.server.world.tries(self.ws, id.parse().unwrap()).await;
        all.into_iter().map(|one| (one.state, one.provider_id)).collect()
    }

    async fn audited(&self) -> Vec<Value> {
        let rows = self.server.get(&self.owner, "/api/v1/audit").await.ok();
        let rows = rows.body["items"].as_array().unwrap();
        rows.iter().filter(|row| row["action"] == "message.retry").cloned().collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_carrier_rejected_is_sent_again_and_arrives() {
    for_each_engine(|on| async move {
        let shop = Shop::open(on).await;
        shop.reject(json!("carrier_filtered")).await;
        let old = shop.replies("It is ready").await;
        shop.settle().await;
        let failed = shop.message(&old).await;
        assert_eq!((&failed["state"], &failed["reason"]["code"]), (&json!("failed"), &json!("carrier_filtered")));
        assert_eq!(shop.tries(&old).await, [("failed".to_owned(), None)]);
        assert_eq!(shop.shown("It is ready").await, 0);
        let counts = "/api/v1/conversation-counts";
        assert_eq!(shop.server.get(&shop.owner, counts).await.ok().body["failed"], 1);

        shop.reject(Value::Null).await;
        let answer = shop.retry(&shop.owner, &old).await;
        assert_eq!((answer.status, answer.str("/message/state")), (201, "queued".to_owned()), "{}", answer.text);
        let new = answer.str("/message/id");
        assert_ne!(new, old);
        // Told as sent only once it really is.
        assert_eq!(shop.shown("It is ready").await, 0);
        assert_eq!(shop.tries(&new).await, []);
        shop.settle().await;
        let arrived = shop.message(&new).await;
        assert_eq!((&arrived["state"], &arrived["retry_of"]), (&json!("delivered"), &json!(old)));
        assert_eq!((&arrived["body"], &arrived["author"]["type"]), (&json!("It is ready"), &json!("member")));
        assert_eq!(shop.shown("It is ready").await, 1);
        let tries = shop.tries(&new).await;
        assert!(matches!(tries.as_slice(), [(state, Some(_))] if state == "delivered"), "{tries:?}");
        // The first try stays what it was, and needs no look any more.
        assert_eq!(shop.message(&old).await["state"], "failed");
        assert_eq!(shop.tries(&old).await.len(), 1);
        assert_eq!(shop.server.get(&shop.owner, counts).await.ok().body["failed"], 0);

        shop.retry(&shop.owner, &new).await.is(409, "not_retryable");
        shop.retry(&shop.owner, &old).await.is(409, "not_retryable");
        // That a text failed is known, so there is nothing to answer for.
        assert_eq!(shop.audited().await, Vec::<Value>::new());
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_ask_at_once_send_it_again_once() {
    for_each_engine(|on| async move {
        let shop = Shop::open(on).await;
        shop.reject(json!("carrier_filtered")).await;
        let old = shop.replies("It is ready").await;
        shop.settle().await;
        let (one, other) = tokio::join!(shop.retry(&shop.owner, &old), shop.retry(&shop.key, &old));
        let (taken, late) = if one.status == 201 { (one, other) } else { (other, one) };
        let again = taken.ok().str("/message/id");
        late.is(409, "not_retryable");
        // It did not arrive either: one asks for that one, the other for the first.
        shop.settle().await;
        assert_eq!(shop.message(&again).await["state"], "failed");
        shop.reject(Value::Null).await;
        let (one, other) = tokio::join!(shop.retry(&shop.owner, &again), shop.retry(&shop.key, &old));
        let (taken, late) = if one.status == 201 { (one, other) } else { (other, one) };
        let third = taken.ok().str("/message/id");
        late.is(409, "not_retryable");
        shop.settle().await;
        assert_eq!(shop.message(&third).await["state"], "delivered");
        for lost in [&old, &again] {
            shop.retry(&shop.owner, lost).await.is(409, "not_retryable");
        }
        assert_eq!(shop.shown("It is ready").await, 1);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_for_its_next_try_says_when_and_is_tried_now() {
    for_each_engine(|on| async move {
        let shop = Shop::open(on).await;
        shop.reject(json!("network")).await;
        let id = shop.replies("It is ready").await;
        shop.server.world.settle().await;
        let waits = shop.message(&id).await;
        let soon = json!({"at": waits["state_at"].as_i64().unwrap() + 30_000, "may_hasten": true});
        assert_eq!(
            (&waits["state"], &waits["next_try"], &waits["held_until"]),
            (&json!("queued"), &soon, &json!(null))
        );

        shop.reject(Value::Null).await;
        let path = format!("/api/v1/messages/{id}/try-now");
        let now = shop.server.post(&shop.owner, &path, Value::Null).await.ok();
        assert_eq!((now.str("/state"), &now.body["next_try"]), ("queued".to_owned(), &json!(null)));
        shop.server.post(&shop.owner, &path, Value::Null).await.ok();
        shop.settle().await;
        assert_eq!(shop.message(&id).await["state"], "delivered");
        shop.server.post(&shop.key, &path, Value::Null).await.ok();
        assert_eq!(shop.shown("It is ready").await, 1);
        let rows = shop.server.get(&shop.owner, "/api/v1/audit?action=message.try_now").await.ok();
        assert_eq!(rows.body["items"].as_array().map(Vec::len), Some(1), "{}", rows.text);
        assert_eq!((rows.str("/items/0/subject"), rows.str("/items/0/actor_kind")), (id, "member".to_owned()));

        shop.reject(json!("rate_limited")).await;
        let paced = shop.replies("We open at nine").await;
        shop.server.world.settle().await;
        assert_eq!(shop.message(&paced).await["next_try"]["may_hasten"], false);
        shop.server
            .post(&shop.owner, &format!("/api/v1/messages/{paced}/try-now"), Value::Null)
            .await
            .is(409, "not_retryable");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_member_may_send_again_what_may_have_arrived_and_it_is_recorded() {
    for_each_engine(|on| async move {
        let shop = Shop::open(on).await;
        let engine = shop.server.world.engine.clone();
        let healthy = engine.simulator_faults(shop.account);

        // The carrier takes it, but its answer is lost, and its receipts are not here yet.
        let mut faults = engine.simulator_faults(shop.account);
        faults.ambiguous_pct = 100;
        engine.simulator_faults_set(shop.account, faults);
        let unknown = shop.replies("Your code is at the desk").await;
        shop.server.world.clock.advance(500);
        engine.dispatch_round().await.unwrap();
        assert_eq!(shop.message(&unknown).await["state"], "ambiguous");

        // The carrier takes the other and says nothing more, for three days.
        let mut faults = healthy.clone();
        faults.loss_pct = 100;
        engine.simulator_faults_set(shop.account, faults);
        let silent = shop.replies("We open at nine").await;
        shop.server.world.clock.advance(50);
        engine.dispatch_round().await.unwrap();
        engine.simulator_faults_set(shop.account, healthy);

        shop.retry(&shop.key, &unknown).await.is(409, "not_retryable");
        let first = shop.retry(&shop.owner, &unknown).await.ok().str("/message/id");
        shop.settle().await;
        assert_eq!(shop.message(&first).await["state"], "delivered");
        // It had arrived after all: both are on the phone, and Hark tells so.
        assert_eq!(shop.message(&unknown).await["state"], "delivered");
        assert_eq!(shop.shown("Your code is at the desk").await, 2);

        assert_eq!(shop.message(&silent).await["state"], "sent");
        shop.retry(&shop.owner, &silent).await.is(409, "not_retryable");
        shop.server.world.clock.advance(73 * 3_600_000);
        engine.sweep_round(shop.ws).await.unwrap();
        assert_eq!(shop.message(&silent).await["state"], "sent_unconfirmed");
        shop.retry(&shop.key, &silent).await.is(409, "not_retryable");
        let second = shop.retry(&shop.owner, &silent).await.ok().str("/message/id");
        shop.settle().await;
        assert_eq!(shop.message(&second).await["state"], "delivered");
        assert_eq!(shop.shown("We open at nine").await, 1);

        let me = shop.server.get(&shop.owner, "/api/v1/me").await.ok().str("/member/id");
        for (old, new, state) in [(&unknown, &first, "ambiguous"), (&silent, &second, "sent_unconfirmed")] {
            let row = shop.message(new).await;
            assert_eq!((&row["retry_of"], &row["author"]["id"]), (&json!(old), &json!(me)));
            let rows: Vec<_> = shop.audited().await.into_iter().filter(|row| row["subject"] == json!(old)).collect();
            assert_eq!(rows.len(), 1, "{rows:?}");
            assert_eq!((&rows[0]["actor_kind"], &rows[0]["actor_id"]), (&json!("member"), &json!(me)));
            assert_eq!(rows[0]["detail"], json!({"message": new, "state": state}));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_passes_the_gate_again() {
    for_each_engine(|on| async move {
        let shop = Shop::open(on).await;
        shop.reject(json!("carrier_filtered")).await;
        let old = shop.replies("It is ready").await;
        shop.settle().await;
        assert_eq!(shop.message(&old).await["state"], "failed");
        shop.reject(Value::Null).await;
        let stop = json!({"from": AVA, "inbox_id": shop.inbox, "body": "STOP"});
        shop.server.post(&shop.owner, "/api/v1/simulator/texts", stop).await.ok();
        shop.settle().await;
        assert_eq!(
            shop.server.get(&shop.owner, "/api/v1/opt-outs").await.ok().body["items"].as_array().unwrap().len(),
            1
        );

        for who in [&shop.owner, &shop.key] {
            let answer = shop.retry(who, &old).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            assert_eq!(
                (answer.str("/message/state"), answer.str("/message/reason/code")),
                ("refused".to_owned(), "opted_out".to_owned())
            );
            shop.settle().await;
            assert_eq!(shop.tries(&answer.str("/message/id")).await, []);
        }
        assert_eq!(shop.shown("It is ready").await, 0);
        Ok(())
    })
    .await;
}
