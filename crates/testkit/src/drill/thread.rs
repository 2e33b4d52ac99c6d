//! Everything the server says it has, read over the API.

use super::Fault;
use super::client::Program;
use super::shop::text;
use serde::Deserialize;
use serde_json::Value;

/// A message as the API shows it.
#[derive(Debug, Clone, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// Its number in the conversation.
    pub seq: i64,
    /// `inbound`, `outbound`, `note` or `event`.
    pub kind: String,
    /// The words.
    pub body: String,
    /// Where it stands.
    pub state: String,
    /// When it was made, Unix ms.
    pub created_at: i64,
    /// Whether it was on its way when its customer opted out.
    pub in_flight_at_opt_out: bool,
    /// Who wrote it.
    pub author: Option<Author>,
}

/// Who wrote a message.
#[derive(Debug, Clone, Deserialize)]
pub struct Author {
    /// `customer`, `api`, `system` and so on.
    #[serde(rename = "type")]
    pub kind: String,
}

impl Message {
    /// Whether it is still on its way out of the outbox.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.state.as_str(), "queued" | "held" | "handing_over")
    }

    /// Whether the provider took it, as far as the server knows.
    #[must_use]
    pub fn left(&self) -> bool {
        matches!(self.state.as_str(), "accepted" | "sent" | "delivered" | "undelivered" | "sent_unconfirmed")
    }
}

/// A conversation with all its messages.
#[derive(Debug, Clone)]
pub struct Thread {
    /// The customer's number.
    pub address: String,
    /// The inbox.
    pub inbox: String,
    /// Its messages by number.
    pub messages: Vec<Message>,
}

/// All conversations, those that a program's text began and nobody answered among them.
///
/// # Errors
/// They cannot be read.
pub async fn all(program: &Program) -> Result<Vec<Thread>, Fault> {
    let mut threads = of_view(program, "all").await?;
    threads.extend(of_view(program, "closed").await?);
    Ok(threads)
}

async fn of_view(program: &Program, view: &str) -> Result<Vec<Thread>, Fault> {
    let mut threads = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = program.get(&format!("/conversations?view={view}&limit=200{cursor}")).await?;
        for row in page.get("items").and_then(Value::as_array).into_iter().flatten() {
            let id = text(row, "id")?;
            let inner = |of: &str, name: &str| text(row.get(of).unwrap_or(&Value::Null), name);
            let (address, inbox) = (inner("customer", "address")?, inner("inbox", "id")?);
            threads.push(Thread { address, inbox, messages: messages(program, &id).await? });
        }
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(threads),
        }
    }
}

/// All messages of a conversation, oldest first.
///
/// # Errors
/// They cannot be read.
pub async fn messages(program: &Program, conversation: &str) -> Result<Vec<Message>, Fault> {
    #[derive(Deserialize)]
    struct Page {
        items: Vec<Message>,
        has_more: bool,
    }
    let mut all: Vec<Message> = Vec::new();
    loop {
        let after = all.last().map_or(0, |last| last.seq);
        let page = program.get(&format!("/conversations/{conversation}/messages?after_seq={after}&limit=200")).await?;
        let page: Page = serde_json::from_value(page)?;
        let done = !page.has_more || page.items.is_empty();
        all.extend(page.items);
        if done {
            return Ok(all);
        }
    }
}

/// When the gate let a message out last, Unix ms.
///
/// # Errors
/// It cannot be read.
pub async fn cleared_at(program: &Program, message: &str) -> Result<Option<i64>, Fault> {
    let decisions = program.get(&format!("/messages/{message}/decisions")).await?;
    let items = decisions.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    let sends = items.iter().filter(|decision| decision.get("verdict").and_then(Value::as_str) == Some("send"));
    Ok(sends.filter_map(|decision| decision.get("at").and_then(Value::as_i64)).max())
}

/// The numbers of the workspace's events, oldest first.
///
/// # Errors
/// They cannot be read.
pub async fn events(program: &Program) -> Result<Vec<i64>, Fault> {
    let mut all: Vec<i64> = Vec::new();
    loop {
        let after = all.last().copied().unwrap_or(0);
        let page = program.get(&format!("/events?since={after}&limit=1000")).await?;
        let items = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        if items.is_empty() {
            return Ok(all);
        }
        all.extend(items.iter().filter_map(|item| item.get("seq").and_then(Value::as_i64)));
    }
}
