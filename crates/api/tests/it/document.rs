//! The OpenAPI document is complete and current.

use std::collections::BTreeSet;
use std::path::Path;

use api::access::{Access, OPERATIONS};

/// Every operation of the document as (id, method, path, operation).
pub fn operations() -> Vec<(String, String, String, serde_json::Value)> {
    let document = api::document::document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            all.push((id, method.clone(), path.clone(), operation.clone()));
        }
    }
    all
}

/// `HARK_UPDATE=1 cargo test -p api document_is_current` writes the file anew.
#[test]
fn document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let now = api::document::text();
    if std::env::var_os("HARK_UPDATE").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == now, "openapi.json is stale: run `HARK_UPDATE=1 cargo test -p api document_is_current`");
}

#[test]
fn every_operation_says_who_may_call_it() {
    let documented: BTreeSet<String> = operations().into_iter().map(|(id, ..)| id).collect();
    let listed: BTreeSet<String> = OPERATIONS.iter().map(|(id, _)| (*id).to_owned()).collect();
    assert_eq!(listed.len(), OPERATIONS.len(), "an operation is listed twice");
    assert_eq!(documented, listed);
}

#[test]
fn every_operation_documents_its_problems() {
    for (id, method, path, operation) in operations() {
        let responses = operation["responses"].as_object().unwrap();
        let has = |status: &str| responses.contains_key(status);
        assert!(has("429") && has("503"), "{id}");
        let access = api::access::access(&id).unwrap();
        assert_eq!(access != Access::Public, has("401") && has("403"), "{id}");
        if path.contains('{') {
            assert!(has("404"), "{id}");
        }
        if operation.get("requestBody").is_some() {
            assert!(has("422") && has("413"), "{id}");
        }
        assert!(responses.keys().any(|status| status.starts_with('2')), "{id} {method}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = api::document::document();
    let text = document.to_string();
    for piece in text.split("\"$ref\":\"#").skip(1) {
        let pointer = piece.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    assert_eq!(document["openapi"], "3.1.0");
}
