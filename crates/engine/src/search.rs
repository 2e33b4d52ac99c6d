//! Finding messages by their words, and customers by their names and numbers.

use crate::Engine;
use domain::id::{ConversationId, CustomerId, MessageId, WorkspaceId};
use domain::snippet::{Piece, snippet};
use domain::words;
use std::collections::HashMap;
use store::customer::CustomerRow;
use store::{DbError, customer, customer_find, search};

/// Most characters of a question that are read.
const ASKED_MAX: usize = 500;
/// Most customers found beside the messages.
const CUSTOMERS_MAX: i64 = 10;

/// A message that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The message.
    pub message: MessageId,
    /// Its conversation.
    pub conversation: ConversationId,
    /// Its number in the conversation.
    pub seq: i64,
    /// What it is, as its word.
    pub kind: String,
    /// When it was made, Unix ms.
    pub at: i64,
    /// The words around what was looked for.
    pub snippet: Vec<Piece>,
    /// Whose conversation it is.
    pub customer: CustomerId,
    /// Their name, possibly empty.
    pub customer_name: String,
    /// Their address in this conversation, canonical.
    pub address: String,
}

/// A page of finds, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hits {
    /// Messages.
    pub messages: Vec<Hit>,
    /// Where the next page begins; nothing when this is the last.
    pub next: Option<i64>,
    /// Customers whose name or number matches; on the first page alone.
    pub customers: Vec<CustomerRow>,
    /// The addresses of those customers.
    pub addresses: HashMap<CustomerId, Vec<String>>,
}

impl Engine {
    /// Finds messages that hold all words of a question, and customers.
    ///
    /// Whatever is typed is a question; one without words finds nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn search(&self, ws: WorkspaceId, asked: &str, cursor: Option<i64>, limit: i64) -> Result<Hits, DbError> {
        let asked: String = asked.chars().take(ASKED_MAX).collect();
        let query = words::query(&asked);
        if query.is_empty() {
            return Ok(Hits::default());
        }
        let question = query.clone();
        let (mut found, customers, addresses) = self
            .workspace(ws)
            .read(move |tx| {
                let found = search::find(tx, &question, cursor, limit + 1)?;
                let customers = match cursor {
                    None => customer_find::find(tx, asked.trim(), CUSTOMERS_MAX)?,
                    Some(_) => Vec::new(),
                };
                let ids: Vec<CustomerId> = customers.iter().map(|row| row.id).collect();
                let addresses = customer::addresses_many(tx, &ids)?;
                Ok::<_, DbError>((found, customers, addresses))
            })
            .await?;
        let page = usize::try_from(limit).unwrap_or(0);
        let more = found.len() > page;
        found.truncate(page);
        let next = found.last().filter(|_| more).map(|last| last.place);
        let messages = found
            .into_iter()
            .map(|found| Hit {
                snippet: snippet(&found.body, &query),
                message: found.message,
                conversation: found.conversation,
                seq: found.seq,
                kind: found.kind,
                at: found.at,
                customer: found.customer,
                customer_name: found.customer_name,
                address: found.address,
            })
            .collect();
        Ok(Hits { messages, next, customers, addresses })
    }
}
