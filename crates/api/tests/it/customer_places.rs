//! Where a customer is: said, shown, counted by the gate, and forgotten.

use serde_json::{Value, json};
use testkit::database::for_each_engine;

use crate::server::Server;

const AVA: &str = "+12125550123";

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_said_shown_counted_and_forgotten() {
    for_each_engine(|on| async move {
        let server = Server::start(on).await;
        let owner = server.set_up().await;
        let conversation = server.typed(&owner, AVA, "hello").await;
        let id = server.get(&owner, &format!("/api/v1/conversations/{conversation}")).await.ok().str("/customer/id");
        let customer = format!("/api/v1/customers/{id}");
        let fresh = server.get(&owner, &customer).await.ok().body;
        assert_eq!(fresh["places"], json!([]));
        let by_number = json!([{
            "address": AVA, "zones": ["America/New_York"], "states": ["NY"], "told_by": ["number"], "unread": []
        }]);
        assert_eq!(fresh["whereabouts"], by_number);

        let place = |kind: &str| format!("{customer}/places/{kind}");
        let said = json!({"country": "us", "region": "ca", "postal_code": "90012"});
        let with = server.ask(&owner, "PUT", &place("shipping"), said.clone()).await.ok().body;
        let mut shown = with["places"][0].clone();
        assert!(shown["known_at"].take().is_i64());
        assert_eq!(
            shown,
            json!({
                "kind": "shipping", "country": "US", "region": "CA", "postal_code": "90012", "time_zone": "",
                "source": "member", "known_at": null
            })
        );
        let key = server.key(&owner, json!(["read", "write"])).await;
        let declared = json!({"time_zone": "America/Denver", "source": "customer"});
        server.ask(&key, "PUT", &place("declared"), declared).await.ok();
        let with = server.ask(&key, "PUT", &place("billing"), json!({"country": "US", "region": "FL"})).await.ok().body;
        let sources: Vec<_> = with["places"].as_array().unwrap().iter().map(|row| row["source"].clone()).collect();
        assert_eq!(sources, ["member", "shop", "customer"]);
        assert_eq!(with["whereabouts"][0]["told_by"], json!(["number", "shipping", "billing", "declared"]));
        assert_eq!(with["whereabouts"][0]["states"], json!(["CA", "FL", "NY"]));

        for (kind, body, field, code) in [
            ("shipping", json!({}), "country", "place_empty"),
            ("shipping", json!({"region": "CA"}), "country", "country_unknown"),
            ("shipping", json!({"country": "ZZ"}), "country", "country_unknown"),
            ("shipping", json!({"country": "USA"}), "country", "too_long"),
            ("billing", json!({"country": "US", "region": "Florida"}), "region", "state_unknown"),
            ("billing", json!({"country": "US", "postal_code": "1234"}), "postal_code", "zip_invalid"),
            ("billing", json!({"country": "US", "time_zone": "America/Denver"}), "time_zone", "zone_of_address"),
            ("declared", json!({"time_zone": "Eastern"}), "time_zone", "zone_unknown"),
        ] {
            let refused = server.ask(&owner, "PUT", &place(kind), body.clone()).await.is(422, "invalid");
            let errors = &refused.body["errors"][0];
            assert_eq!((errors["field"].as_str(), errors["code"].as_str()), (Some(field), Some(code)), "{body}");
        }
        server.ask(&owner, "PUT", &place("home"), said.clone()).await.is(404, "not_found");
        let nobody = format!("/api/v1/customers/cus_{}/places/shipping", "0".repeat(32));
        server.ask(&owner, "PUT", &nobody, said).await.is(404, "not_found");
        server.ask(&owner, "DELETE", &nobody, Value::Null).await.is(404, "not_found");

        // The gate says what told.
        let inbox = server.inbox(&owner).await;
        let text = json!({"to": AVA, "inbox_id": inbox, "body": "Your order shipped", "purpose": "marketing"});
        let sent = server.post(&owner, "/api/v1/messages", text).await.ok().str("/message/id");
        let why = server.get(&owner, &format!("/api/v1/messages/{sent}/decision")).await.ok().body;
        let told = json!(["number", "shipping", "billing", "declared"]);
        assert_eq!((&why["decision"]["basis"]["told_by"], &why["decision"]["basis"]["unread"]), (&told, &json!([])));

        for _ in 0..2 {
            server.ask(&owner, "DELETE", &place("shipping"), Value::Null).await.ok();
        }
        let left = server.get(&owner, &customer).await.ok().body;
        assert_eq!(left["places"].as_array().unwrap().len(), 2);
        // Who did it is on record, and where they live is not.
        let log = server.get(&owner, "/api/v1/audit?action=customer.place_set").await.ok();
        assert_eq!(log.body["items"].as_array().unwrap().len(), 3);
        let log = log.text + &server.get(&owner, "/api/v1/audit?action=customer.place_delete").await.ok().text;
        assert_eq!(log.matches("customer.place_delete").count(), 1, "{log}");
        assert!(!log.contains("90012") && !log.contains("Denver"), "{log}");
        Ok(())
    })
    .await;
}
