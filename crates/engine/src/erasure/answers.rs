//! Answers kept for repeats of requests: those that show something of an erased
//! customer are emptied. They are not removed, or a repeat would do its deed again.

use super::ErasureError;
use super::work::ours;
use crate::Engine;
use domain::id::WorkspaceId;
use std::collections::HashSet;
use store::idempotency::{self, Place};
use store::job::{self, Job};

/// Answers looked at in one transaction.
const PAGE: i64 = 500;
/// The status of an emptied answer: gone.
pub const STATUS: i64 = 410;
/// The body of an emptied answer: a problem, as the API words them.
pub const BODY: &str = r#"{"type":"urn:hark:problem:erased","title":"It was erased","status":410,"code":"erased","detail":"What this request made was erased with its customer."}"#;

impl Engine {
    /// Empties the kept answers that name one of some ids or numbers.
    pub(super) async fn answers_empty(
        &self,
        ws: WorkspaceId,
        job: &Job,
        named: &HashSet<String>,
    ) -> Result<(), ErasureError> {
        let mut after: Place = Default::default();
        loop {
            let from = after.clone();
            let page = self.workspace(ws).read(move |tx| idempotency::page(tx, &from, PAGE)).await?;
            let Some((last, _)) = page.last() else { return Ok(()) };
            after.clone_from(last);
            let found: Vec<Place> =
                page.into_iter().filter(|(_, body)| names(body, named)).map(|(place, _)| place).collect();
            if found.is_empty() {
                continue;
            }
            let (job, until) = (job.clone(), self.lease());
            self.workspace(ws)
                .write_bulk(move |tx| {
                    ours(job::hold(tx, &job, until)?)?;
                    idempotency::blank(tx, &found, STATUS, BODY)?;
                    Ok::<_, ErasureError>(())
                })
                .await?;
        }
    }
}

/// Whether a body holds one of some words: ids, numbers without their sign.
fn names(body: &str, named: &HashSet<String>) -> bool {
    body.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').any(|word| named.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_by_id_and_by_number() {
        let named = HashSet::from(["cus_1f".to_owned(), "12125550101".to_owned()]);
        assert!(names(r#"{"customer_id":"cus_1f","x":1}"#, &named));
        assert!(names(r#"{"to":"+12125550101"}"#, &named));
        assert!(!names(r#"{"customer_id":"cus_1f0","to":"+121255501012"}"#, &named));
    }
}
