//! The OpenAPI document: what the code says, plus what holds for every operation.
//!
//! Problem responses, security and the idempotency header follow from an
//! operation's shape and its line in [`crate::access`]; they are added here, so
//! that no operation can forget them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::access::{Access, access};
use crate::problem::{FieldError, Problem};
use crate::v1::conversations::list::{ConversationSort, ConversationView};
use crate::v1::conversations::presence::{Presence, PresenceState};
use crate::v1::live::Change;

/// The document, as served and as written to `openapi.json`.
#[must_use]
pub fn document() -> Value {
    let mut document = bare();
    document["info"] = json!({
        "title": "Hark",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Two-way SMS customer support. Ids are strings with a prefix, times Unix milliseconds. \
            Absent and null mean the same in requests; answers carry every field. \
            Errors are `application/problem+json` with a stable `code`.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    document["servers"] = json!([{"url": "/"}]);
    document["components"]["securitySchemes"] = json!({
        "session": {"type": "apiKey", "in": "cookie", "name": "hark_session",
            "description": "Set by signing in. Requests that change something also need the header `X-Hark-CSRF` with `csrf` of `/api/v1/me`."},
        "csrf": {"type": "apiKey", "in": "header", "name": "X-Hark-CSRF"},
        "api_key": {"type": "http", "scheme": "bearer", "bearerFormat": "hk_<id>_<secret>"},
    });
    add_schema::<Problem>(&mut document);
    add_schema::<FieldError>(&mut document);
    add_schema::<Change>(&mut document);
    add_schema::<Presence>(&mut document);
    add_schema::<PresenceState>(&mut document);
    add_schema::<ConversationSort>(&mut document);
    add_schema::<ConversationView>(&mut document);
    document["components"]["responses"] = problem_responses();
    if let Some(paths) = document["paths"].as_object_mut() {
        for (path, item) in paths {
            let Some(item) = item.as_object_mut() else { continue };
            for (method, operation) in item {
                complete(path, method, operation);
            }
        }
    }
    require_answer_fields(&mut document);
    document
}

fn bare() -> Value {
    let (_, api) = utoipa_axum::router::OpenApiRouter::new().nest("/api/v1", crate::v1::routes()).split_for_parts();
    serde_json::to_value(&api).unwrap_or_default()
}

/// The document's paths as the code alone says them.
pub(crate) fn paths() -> Value {
    bare()["paths"].take()
}

/// The document as text, with a line end.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", document())
}

fn add_schema<T: ToSchema>(document: &mut Value) {
    document["components"]["schemas"][T::name().as_ref()] = serde_json::to_value(T::schema()).unwrap_or_default();
}

/// Every status an operation may answer besides its own, with its meaning.
const PROBLEMS: &[(&str, &str, &str)] = &[
    ("400", "Malformed", "The request cannot be read: broken JSON, parameters or headers."),
    ("401", "Unauthenticated", "Nobody is signed in, or the key is not known."),
    ("403", "Forbidden", "The caller may not do this, or the CSRF header is missing."),
    ("404", "NotFound", "There is no such thing in this workspace."),
    ("409", "Conflict", "It does not fit the present state, or the same Idempotency-Key is still at work."),
    ("410", "Gone", "What this Idempotency-Key once made was erased with its customer."),
    ("413", "TooLarge", "The body is too large."),
    ("415", "UnsupportedMediaType", "The body's content type is not the one asked for."),
    ("422", "Invalid", "A field or parameter is wrong (`errors`), or the Idempotency-Key was used with another body."),
    ("429", "TooMany", "Too many requests; try after `Retry-After` seconds."),
    ("503", "Unavailable", "The store cannot answer now; try after `Retry-After` seconds."),
];

fn problem_responses() -> Value {
    let mut all = Map::new();
    for (status, name, description) in PROBLEMS {
        let mut response = json!({
            "description": description,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        });
        if matches!(*status, "429" | "503") {
            response["headers"] = json!({"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}});
        }
        all.insert((*name).into(), response);
    }
    Value::Object(all)
}

fn complete(path: &str, method: &str, operation: &mut Value) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let access = access(&id);
    let has_body = operation.get("requestBody").is_some();
    let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    let has = |place: &str| parameters.iter().any(|parameter| parameter["in"] == place);
    let writes = method != "get";

    let mut statuses = vec!["400", "429", "503"];
    if access != Some(Access::Public) {
        statuses.extend(["401", "403"]);
    } else if matches!(id.as_str(), "session_create" | "invite_link_accept") {
        statuses.push("401");
    } else if id == "setup_create" {
        statuses.push("403");
    }
    let names_a_row = |parameter: &Value| {
        parameter["in"] == "query" && parameter["schema"]["$ref"].as_str().is_some_and(|name| name.ends_with("Id"))
    };
    if has("path") || has_body || parameters.iter().any(names_a_row) {
        statuses.push("404");
    }
    if writes {
        statuses.push("409");
    }
    if has_body {
        statuses.extend(["413", "415"]);
    }
    if crate::idempotency::takes_key(&id) {
        statuses.push("410");
    }
    // Any operation may be asked with a parameter it does not take.
    statuses.push("422");
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, name, _) in PROBLEMS {
            if statuses.contains(status) && !responses.contains_key(*status) {
                responses.insert((*status).into(), json!({"$ref": format!("#/components/responses/{name}")}));
            }
        }
    }

    operation["security"] = match access {
        Some(Access::Public) => json!([]),
        Some(Access::Session) if writes => json!([{"session": [], "csrf": []}]),
        Some(Access::Session) => json!([{"session": []}]),
        Some(Access::May(permission)) => {
            operation["x-permission"] = json!(permission);
            let session = if writes { json!({"session": [], "csrf": []}) } else { json!({"session": []}) };
            json!([session, {"api_key": []}])
        }
        None => json!([]),
    };

    if crate::idempotency::takes_key(&id) {
        let mut parameters = parameters;
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Any text of 1 to 200 visible ASCII characters. The same key with the same body within 7 days is answered as the first time, and nothing is done twice.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        }));
        operation["parameters"] = Value::Array(parameters);
    }
    debug_assert!(path.starts_with("/api/v1/"), "{path}");
}

/// Answers always carry every field, null where there is nothing. The derived
/// schemas call an `Option` not required, which holds for requests alone.
fn require_answer_fields(document: &mut Value) {
    let mut reached = BTreeSet::new();
    for item in document["paths"].as_object().into_iter().flat_map(Map::values) {
        for operation in item.as_object().into_iter().flat_map(Map::values) {
            collect(document, &operation["responses"], &mut reached);
        }
    }
    for told in ["Change", "Presence"] {
        collect(document, &json!({"$ref": format!("#/components/schemas/{told}")}), &mut reached);
    }
    // Problems alone leave out what does not concern them.
    reached.remove("Problem");
    reached.remove("StaleConversation");
    for name in reached {
        require_all(&mut document["components"]["schemas"][&name]);
    }
}

fn require_all(schema: &mut Value) {
    if let Some(properties) = schema["properties"].as_object() {
        let names: Vec<Value> = properties.keys().map(|name| json!(name)).collect();
        schema["required"] = Value::Array(names);
    }
    for word in ["allOf", "items"] {
        match schema.get_mut(word) {
            Some(Value::Array(parts)) => parts.iter_mut().for_each(require_all),
            Some(part @ Value::Object(_)) => require_all(part),
            _ => {}
        }
    }
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(|property| {
            if property.get("properties").is_some() || property.get("items").is_some() {
                require_all(property);
            }
        });
    }
}

fn collect(document: &Value, value: &Value, reached: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(name) =
                map.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/"))
                && reached.insert(name.to_owned())
            {
                collect(document, &document["components"]["schemas"][name], reached);
            }
            map.values().for_each(|value| collect(document, value, reached));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(document, value, reached)),
        _ => {}
    }
}
