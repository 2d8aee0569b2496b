//! `/api/v1/settings` and `/api/v1/subjects/{subject}/settings`: what Confluent's API has no setting for.

use serde_json::json;

use super::{AMOUNT, contract, order};
use crate::support::database::on_both;
use crate::support::server::TestServer;

const ALL: &str = "/api/v1/settings";
const ORDERS: &str = "/api/v1/subjects/orders/settings";

on_both! {
    async fn those_of_a_subject_count_before_those_of_the_registry(database) {
        let server = TestServer::start(&database).await;
        let contracts = async |path: &str| server.get(path).await.ok()["contracts"].clone();
        assert_eq!(contracts(ALL).await, json!("warn"), "the default");
        assert_eq!(contracts(ORDERS).await, json!("warn"));
        let answer = server.put(ALL, json!({"contracts": "ignore"})).await.ok();
        assert_eq!(answer, json!({"contracts": "ignore"}));
        assert_eq!(contracts(ORDERS).await, json!("ignore"));
        server.put(ORDERS, json!({"contracts": "enforce"})).await.ok();
        assert_eq!(contracts(ORDERS).await, json!("enforce"));
        assert_eq!(contracts(ALL).await, json!("ignore"));
        // An empty change keeps what is set, null clears it.
        server.put(ORDERS, json!({})).await.ok();
        assert_eq!(contracts(ORDERS).await, json!("enforce"));
        let answer = server.put(ORDERS, json!({"contracts": null})).await.ok();
        assert_eq!(answer, json!({"contracts": "ignore"}), "what applies now");
        server.delete(ALL).await.ok();
        assert_eq!(contracts(ORDERS).await, json!("warn"));
        server.stop().await;
    }

    async fn they_are_no_part_of_confluents_config(database) {
        let server = TestServer::start(&database).await;
        server.put(ORDERS, json!({"contracts": "enforce"})).await.ok();
        assert_eq!(server.get("/config/orders").await.problem(), (404, 40408));
        server.put("/config/orders", json!({"compatibility": "FULL"})).await.ok();
        server.delete("/config/orders").await.ok();
        assert_eq!(server.get(ORDERS).await.ok(), json!({"contracts": "enforce"}));
        assert_eq!(server.get("/subjects").await.ok(), json!([]), "a setting makes no subject");
        server.stop().await;
    }

    async fn what_is_no_setting_is_refused(database) {
        let server = TestServer::start(&database).await;
        for body in [json!({"contracts": "always"}), json!({"contract": "warn"}), json!([]), json!({"contracts": 1})] {
            let answer = server.put(ORDERS, body.clone()).await;
            assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
        }
        assert_eq!(server.get(ORDERS).await.ok(), json!({"contracts": "warn"}));
        server.stop().await;
    }

    async fn a_schema_that_hurts_a_consumer_is_refused_where_contracts_are_enforced(database) {
        let server = TestServer::start(&database).await;
        server.registered("orders", &order(AMOUNT)).await;
        server.put("/api/v1/contracts/billing", contract("billing", 1, "[amount]")).await.ok();
        let less = json!({"schema": order(r#""name":"price","type":"long","default":0"#)});
        let check = "/compatibility/subjects/orders/versions?verbose=true";
        assert_eq!(server.post(check, less.clone()).await.ok()["is_compatible"], json!(true));
        server.put(ORDERS, json!({"contracts": "enforce"})).await.ok();
        for path in [check, "/compatibility/subjects/orders/versions/latest?verbose=true"] {
            let answer = server.post(path, less.clone()).await.ok();
            assert_eq!(answer["is_compatible"], json!(false), "{path}");
            assert!(answer["messages"][0].as_str().unwrap().contains("billing (team-billing)"), "{answer}");
        }
        let refused = server.post("/subjects/orders/versions", less.clone()).await;
        assert_eq!(refused.problem(), (409, 409));
        let message = refused.message();
        assert!(message.contains("breaks the consumer billing (team-billing)"), "{message}");
        // What hurts nobody is taken, and what is there already is there.
        let more = order(r#""name":"amount","type":"long","default":0},{"name":"extra","type":"int","default":1"#);
        server.post("/subjects/orders/versions", json!({"schema": more})).await.ok();
        server.post("/subjects/orders/versions", json!({"schema": order(AMOUNT)})).await.ok();
        server.put(ORDERS, json!({"contracts": "warn"})).await.ok();
        server.post("/subjects/orders/versions", less.clone()).await.ok();
        // It is so already: the next schema is not refused for it.
        server.put(ORDERS, json!({"contracts": "enforce"})).await.ok();
        let next = json!({"schema": order(r#""name":"price","type":"long","default":0},{"name":"extra","type":"int","default":1"#)});
        server.post("/subjects/orders/versions", next).await.ok();
        server.stop().await;
    }
}
