//! The words of one-time passwords do not lie around: what a run takes out of texts, and out of
//! the answers that were kept for repeats of their requests.

use crate::Engine;
use crate::retention::STEP;
use domain::id::{MessageId, WorkspaceId};
use serde_json::Value;
use std::collections::HashSet;
use store::audit::{self, AuditRow};
use store::idempotency::{self, Named, Place};
use store::{DbError, retention as rows};
use uuid::Uuid;

/// Answers looked at in one transaction.
const PAGE: i64 = 500;

impl Engine {
    /// Takes the words out of the codes of before an instant (Unix ms), and has `entry` tell of it.
    /// Answers how many texts lost theirs.
    ///
    /// # Errors
    /// When the store fails. Called again, it goes on.
    pub(crate) async fn codes_purge(&self, ws: WorkspaceId, before: i64, entry: &AuditRow) -> Result<u64, DbError> {
        let mut gone = 0;
        let mut after = (i64::MIN, MessageId::new(Uuid::nil()));
        while !self.stopped() {
            // Looked for aside: a shop that sends codes has many whose words went before.
            let due = self.workspace(ws).read(move |tx| rows::codes_due(tx, before, after, STEP)).await?;
            let Some(last) = due.last() else { break };
            after = *last;
            let ids: Vec<MessageId> = due.into_iter().map(|(_, id)| id).collect();
            let (first, entry) = (gone == 0, entry.clone());
            gone += self
                .workspace(ws)
                .write_bulk(move |tx| {
                    let gone = rows::codes_blank(tx, &ids)?;
                    if first && gone > 0 {
                        audit::insert(tx, &entry)?;
                    }
                    Ok::<_, DbError>(gone)
                })
                .await?;
        }
        let simulated = move |tx: &mut store::Tx<'_>| rows::codes_simulated(tx, STEP);
        while !self.stopped() && self.workspace(ws).write_bulk(simulated).await? > 0 {}
        // Also where a run before broke off in between.
        self.codes_answers_blank(ws).await?;
        Ok(gone)
    }

    /// Takes the words of codes that are gone out of the answers kept for repeats.
    ///
    /// # Errors
    /// When the store fails. Called again, it goes on.
    async fn codes_answers_blank(&self, ws: WorkspaceId) -> Result<(), DbError> {
        let mut after: Place = Default::default();
        while !self.stopped() {
            let from = after.clone();
            let workspace = self.workspace(ws);
            let read = workspace.read(move |tx| {
                let page = idempotency::page(tx, &from, PAGE)?;
                let mut named = HashSet::new();
                for answer in page.iter().filter_map(|(_, body)| of_code(body)) {
                    told(&answer, &mut named);
                }
                Ok::<_, DbError>((page, rows::codes_gone(tx, named.into_iter().collect())?))
            });
            let (page, gone) = read.await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            let blanked: Vec<(Place, String)> = page
                .into_iter()
                .filter_map(|(place, body)| {
                    let mut answer = of_code(&body)?;
                    blank(&mut answer, &gone).then(|| (place, answer.to_string()))
                })
                .collect();
            if !blanked.is_empty() {
                self.workspace(ws)
                    .write_bulk(move |tx| {
                        for ((caller, operation, key), body) in &blanked {
                            idempotency::amend(tx, &Named { caller, operation, key }, body)?;
                        }
                        Ok::<_, DbError>(())
                    })
                    .await?;
            }
        }
        Ok(())
    }
}

/// An answer that shows a text with a code; most are of other texts.
fn of_code(body: &str) -> Option<Value> {
    body.contains("\"otp\"").then(|| serde_json::from_str(body).ok())?
}

/// The message that an object of an answer shows with its words.
fn shown(object: &serde_json::Map<String, Value>) -> Option<MessageId> {
    let body = object.get("body").and_then(Value::as_str)?;
    (!body.is_empty()).then(|| object.get("id").and_then(Value::as_str)?.parse().ok()).flatten()
}

/// Every message that an answer shows with its words.
fn told(answer: &Value, named: &mut HashSet<MessageId>) {
    match answer {
        Value::Object(object) => {
            named.extend(shown(object));
            object.values().for_each(|value| told(value, named));
        }
        Value::Array(values) => values.iter().for_each(|value| told(value, named)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Takes the words of some messages out of an answer. False where it shows none of them.
fn blank(answer: &mut Value, gone: &HashSet<MessageId>) -> bool {
    match answer {
        Value::Object(object) => {
            let own = shown(object).is_some_and(|id| gone.contains(&id));
            if own {
                object.insert("body".to_owned(), Value::String(String::new()));
            }
            object.values_mut().fold(own, |some, value| blank(value, gone) || some)
        }
        Value::Array(values) => values.iter_mut().fold(false, |some, value| blank(value, gone) || some),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_words_of_those_messages_are_taken_out_wherever_they_stand() {
        let (one, other) = (MessageId::new(Uuid::from_u128(1)), MessageId::new(Uuid::from_u128(2)));
        let message = |id: MessageId, body: &str| json!({ "id": id.to_string(), "body": body, "parts": 1 });
        let mut answer =
            json!({ "items": [{ "message": message(one, "code 1") }, { "message": message(other, "hi") }] });
        let mut named = HashSet::new();
        told(&answer, &mut named);
        assert_eq!(named, HashSet::from([one, other]));
        assert!(blank(&mut answer, &HashSet::from([one])));
        assert_eq!(answer, json!({ "items": [{ "message": message(one, "") }, { "message": message(other, "hi") }] }));
        assert!(!blank(&mut answer, &HashSet::from([one])), "there is nothing more to take out");
        assert!(!blank(&mut json!("code 1"), &HashSet::from([one])));
    }
}
