//! A shop, set up over HTTP as its owner would.

use bytes::Bytes;
use http::Method;
use serde_json::{Value, json};

use crate::fault::Fault;
use crate::load::{Connection, Line};
use crate::server::Node;

/// A shop and the ways to speak to it.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    /// Headers of a program with every scope.
    pub(crate) key: String,
    /// Headers of its owner's browser.
    pub(crate) owner: String,
    /// The inbox of the simulated carrier.
    pub(crate) simulated: String,
    /// A number at a provider that posts signed webhooks.
    pub(crate) line: Line,
}

/// What webhooks are signed with.
const TOKEN: &str = "bench-auth-token";
/// Headers of a body in JSON.
const JSON: &str = "content-type: application/json";
const NUMBER: &str = "+18885550100";

/// Sends JSON and reads JSON.
pub(crate) async fn json_at(
    connection: &mut Connection,
    method: Method,
    path: &str,
    headers: &str,
    body: &Value,
) -> Result<Value, Fault> {
    let body = Bytes::from(body.to_string());
    let (status, _, body) = connection.ask(method, path, &format!("{headers}\n{JSON}"), body).await?;
    Ok(serde_json::from_slice(&crate::load::good(path, status, body)?)?)
}

/// Reads JSON.
pub(crate) async fn read(connection: &mut Connection, path: &str, headers: &str) -> Result<Value, Fault> {
    Ok(serde_json::from_slice(&connection.get(path, headers).await?)?)
}

/// A string of a JSON object, found by its path.
pub(crate) fn text(from: &Value, pointer: &str) -> Result<String, Fault> {
    let found = from.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Fault::wrong(format!("no {pointer} in {from}")))
}

impl Shop {
    /// Signs the owner up, makes a key, adds a number, and takes the delays out of the carrier.
    pub(crate) async fn open(node: &Node) -> Result<Self, Fault> {
        let code = set_up_code(&node.said()).ok_or_else(|| Fault::wrong("the server printed no set-up code"))?;
        let mut connection = Connection::open(node.address).await?;
        let owner = json!({
            "code": code, "name": "Dana Reyes", "email": "dana@example.com", "password": "correct horse battery",
            "workspace_name": "Acme Outdoor", "brand": "Acme", "time_zone": "America/New_York", "demo": false,
        });
        let path = "/api/v1/setup";
        let (owner, key) = enter(&mut connection, path, &owner).await?;
        let inboxes = read(&mut connection, "/api/v1/inboxes", &key).await?;
        let simulated = text(&inboxes, "/items/0/id")?;
        let line = line(&mut connection, &key, &node.url()).await?;
        let shop = Self { key, owner, simulated, line };
        shop.calm(node).await?;
        Ok(shop)
    }

    /// Takes every delay out of the simulated carrier. A restarted node has them again.
    pub(crate) async fn calm(&self, node: &Node) -> Result<(), Fault> {
        let mut connection = Connection::open(node.address).await?;
        let path = format!("/api/v1/simulator/faults?inbox_id={}", self.simulated);
        let mut faults = read(&mut connection, &path, &self.key).await?;
        for name in ["delay_ms", "receipt_delay_ms"] {
            if let Some(delay) = faults.get_mut(name) {
                *delay = json!(0);
            }
        }
        json_at(&mut connection, Method::PUT, &path, &self.key, &faults).await.map(|_| ())
    }

    /// Signs the owner of a shop that is there already in again.
    pub(crate) async fn again(node: &Node) -> Result<Self, Fault> {
        let mut connection = Connection::open(node.address).await?;
        let login = json!({ "email": "dana@example.com", "password": "correct horse battery" });
        let path = "/api/v1/session";
        let (owner, key) = enter(&mut connection, path, &login).await?;
        let inboxes = read(&mut connection, "/api/v1/inboxes", &key).await?;
        let all = inboxes.pointer("/items").and_then(Value::as_array).cloned().unwrap_or_default();
        let simulated = all.iter().find(|inbox| inbox.get("simulated") == Some(&json!(true)));
        let real = all.iter().find(|inbox| inbox.get("simulated") == Some(&json!(false)));
        let (Some(simulated), Some(real)) = (simulated, real) else {
            return Err(Fault::wrong("the kept shop is not a benchmark's"));
        };
        let line = line_of(&text(real, "/account_id")?, &node.url());
        let shop = Self { key, owner, simulated: text(simulated, "/id")?, line };
        shop.calm(node).await?;
        Ok(shop)
    }
}

async fn line(connection: &mut Connection, key: &str, public_url: &str) -> Result<Line, Fault> {
    let account = json!({
        "provider": "twilio", "name": "Provider",
        "settings": { "account_sid": "AC00000000000000000000000000000000", "auth_token": TOKEN },
    });
    let account = json_at(connection, Method::POST, "/api/v1/accounts", key, &account).await?;
    let id = text(&account, "/id")?;
    let inbox = json!({ "account_id": id, "name": "Provider", "address": NUMBER });
    json_at(connection, Method::POST, "/api/v1/inboxes", key, &inbox).await?;
    Ok(line_of(&id, public_url))
}

fn line_of(account: &str, public_url: &str) -> Line {
    Line {
        path: format!("/hooks/twilio/{account}/inbound"),
        public_url: public_url.to_owned(),
        token: TOKEN.to_owned(),
        number: NUMBER.to_owned(),
    }
}

/// The set-up code in what the server printed.
fn set_up_code(said: &str) -> Option<String> {
    let code = said.lines().rev().find_map(|line| line.strip_prefix("Set-up code: "))?;
    Some(code.trim().to_owned())
}

/// Begins a session at a path that gives one, and makes a key: the headers of both.
async fn enter(connection: &mut Connection, path: &str, who: &Value) -> Result<(String, String), Fault> {
    let (status, headers, body) = connection.ask(Method::POST, path, JSON, Bytes::from(who.to_string())).await?;
    let cookie = headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookie.map(str::to_owned).ok_or_else(|| Fault::wrong(format!("{path} gave no session")))?;
    let me: Value = serde_json::from_slice(&crate::load::good(path, status, body)?)?;
    let owner = format!("cookie: {cookie}\nx-hark-csrf: {}", text(&me, "/csrf")?);
    let key = json!({ "name": "Benchmark", "scopes": ["read", "write", "send", "admin"] });
    let key = json_at(connection, Method::POST, "/api/v1/api-keys", &owner, &key).await?;
    Ok((owner, format!("authorization: Bearer {}", text(&key, "/secret")?)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_last_code_counts() {
        let said = "Hark 0.1.0 listens at http://127.0.0.1:1\nSet-up code: AAAA-2222\nx\nSet-up code: BBBB-3333\n";
        assert_eq!(super::set_up_code(said).as_deref(), Some("BBBB-3333"));
        assert_eq!(super::set_up_code("nothing"), None);
    }
}
