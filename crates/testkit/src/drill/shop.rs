//! A shop, set up over HTTP as its owner would.

use super::client::{Program, Text, ask};
use super::process::{Server, ServerPlan, WitnessProcess};
use super::{Fault, until};
use reqwest::Method;
use serde_json::{Value, json};

/// The auth token of all accounts: what webhooks and status callbacks are signed with.
pub const TOKEN: &str = "drill-auth-token";

/// An account with one number.
#[derive(Debug, Clone)]
pub struct Line {
    /// The inbox.
    pub inbox: String,
    /// Its number.
    pub number: String,
    /// The path of its webhook for customers' texts.
    pub inbound: String,
}

impl Line {
    /// A customer's text to this number, as a webhook at the program's server.
    pub fn webhook(&self, program: &Program, text: &Text) -> reqwest::RequestBuilder {
        text.webhook(&program.client, &format!("{}{}", program.base, self.inbound), TOKEN)
    }
}

/// Signs the first owner up with the code of the server's output, and makes a key with every scope.
///
/// # Errors
/// The server says no.
pub async fn open(plan: &ServerPlan, server: &mut Server, client: &reqwest::Client) -> Result<Program, Fault> {
    plan.ready(server, client).await?;
    let mut code = None;
    until("the set-up code is printed", 20, 20, || {
        code = set_up_code(&plan.said());
        let found = code.is_some();
        async move { Ok(found) }
    })
    .await?;
    let base = plan.url();
    let owner = json!({
        "code": code, "name": "Dana Reyes", "email": "dana@example.com", "password": "correct horse battery",
        "workspace_name": "Acme Outdoor", "brand": "Acme", "time_zone": "America/New_York", "demo": false,
    });
    let answer = ask(client.post(format!("{base}/api/v1/setup")).json(&owner)).await?;
    let cookie = answer.cookie.clone().ok_or("set-up gave no session")?;
    let me = answer.good("set-up")?;
    let csrf = text(&me, "csrf")?;
    let key = json!({ "name": "Drill", "scopes": ["read", "write", "send", "admin"] });
    let made = client.post(format!("{base}/api/v1/api-keys")).header("cookie", cookie).header("x-hark-csrf", csrf);
    let made = ask(made.json(&key)).await?.good("an API key")?;
    Ok(Program { client: client.clone(), base, secret: text(&made, "secret")? })
}

/// Adds an account whose provider is the witness, and a live number.
///
/// # Errors
/// The server says no.
pub async fn line(program: &Program, witness: &WitnessProcess, number: &str, keys: bool) -> Result<Line, Fault> {
    line_with(program, witness, number, json!({ "idempotency_key": keys })).await
}

/// As [`line()`], with some settings of the account.
///
/// # Errors
/// The server says no.
pub async fn line_with(
    program: &Program,
    witness: &WitnessProcess,
    number: &str,
    mut settings: Value,
) -> Result<Line, Fault> {
    settings["account_sid"] = json!("AC00000000000000000000000000000000");
    settings["auth_token"] = json!(TOKEN);
    settings["api_base_url"] = json!(witness.url);
    let account = json!({ "provider": "twilio", "name": format!("Witness {number}"), "settings": settings });
    let account = program.post("/accounts", &account).await?;
    let id = text(&account, "id")?;
    let inbox = program.post("/inboxes", &json!({ "account_id": id, "name": number, "address": number })).await?;
    let inbox = text(&inbox, "id")?;
    let live = program
        .request(Method::POST, &format!("/inboxes/{inbox}/live"))
        .json(&json!({ "live": true, "no_previous_opt_outs": true }));
    ask(live).await?.good("going live")?;
    Ok(Line { inbox, number: number.to_owned(), inbound: format!("/hooks/twilio/{id}/inbound") })
}

/// A string of a JSON object.
pub(super) fn text(from: &Value, name: &str) -> Result<String, Fault> {
    from.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| format!("no {name} in {from}").into())
}

/// The set-up code in the server's output: two groups of four letters or digits.
/// The newest counts, since each start voids the one before.
fn set_up_code(said: &str) -> Option<String> {
    let is_group = |group: &str| {
        group.len() == 4 && group.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
    };
    said.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-')
        .rfind(|word| word.split_once('-').is_some_and(|(one, other)| is_group(one) && is_group(other)))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::set_up_code;

    #[test]
    fn the_code_is_found_in_what_a_server_prints() {
        let said = "2026-03-08T09:30:00Z INFO hark: listening\nSet up at http://127.0.0.1:8080/setup with 7K2M-Q9RD.\n";
        assert_eq!(set_up_code(said).as_deref(), Some("7K2M-Q9RD"));
        assert_eq!(set_up_code("old AAAA-2222, new BBBB-3333").as_deref(), Some("BBBB-3333"));
        assert_eq!(set_up_code("nothing but words and 2026-03-08"), None);
    }
}
