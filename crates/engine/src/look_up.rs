//! What nobody knows is looked for at the provider, and settled by what it has.
//!
//! Only reads: nothing is ever sent again here. What is not found, or found
//! twice, stays ambiguous and is a person's to judge.

use crate::Engine;
use channels::channel::{BodyHash, FoundText, LookUpError, LookUpQuery, Receipt, Submission};
use domain::address::Address;
use domain::id::WorkspaceId;
use domain::watch::Login;
use std::collections::HashSet;
use store::attempt::AmbiguousRow;
use store::{DbError, attempt};

/// How old an attempt is before it is looked for, in ms: a receipt may come by itself.
const YOUNGEST_MS: i64 = 10_000;
/// How long after its begin an attempt is looked for once more, in ms.
const AGAIN_MS: [i64; 2] = [2 * 60_000, 15 * 60_000];
/// How often an attempt is looked for.
const TIMES: i64 = 3;
/// How long a provider that does not answer is left alone, in ms.
const OUTAGE_MS: i64 = 60_000;
/// How far apart our clock and the provider's may be, in ms.
const SKEW_MS: i64 = 60_000;
/// How long after its claim a text may have been taken, in ms.
const TAKEN_MS: i64 = 60_000;
/// How long one attempt is this node's to look for, in ms. Longer than any
/// look-up takes; after a crash another node looks this much later.
const LEASE_MS: i64 = 10 * 60_000;
/// Most attempts looked for in one round.
const AT_ONCE: i64 = 20;

impl Engine {
    /// Looks for ambiguous attempts at their providers. Returns how many were settled.
    ///
    /// # Errors
    /// When the store fails. A provider that fails changes nothing.
    pub async fn look_up_round(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        let now = self.now();
        let due =
            self.workspace(ws).read(move |tx| attempt::ambiguous(tx, now - YOUNGEST_MS, TIMES, now, AT_ONCE)).await?;
        let mut settled = 0;
        for row in due {
            // Each just before it is asked about: those behind it stay free for other nodes.
            let (now, taken) = (self.now(), row.clone());
            let lease = now + LEASE_MS;
            if self.hand_overs(ws).write(move |tx| attempt::look_up_lease(tx, &taken, now, lease)).await? {
                settled += usize::from(self.look_up_one(ws, row, lease).await?);
            }
        }
        Ok(settled)
    }

    async fn look_up_one(&self, ws: WorkspaceId, row: AmbiguousRow, lease: i64) -> Result<bool, DbError> {
        let facts = self.account_facts(ws, row.account).await?;
        let channel = facts.as_ref().and_then(|facts| self.registry().get(&facts.provider));
        let (Some(facts), Some(looks), Some(query)) =
            (facts.as_ref(), channel.and_then(|channel| channel.looks_up()), query(&row))
        else {
            // Nobody to ask, now or later.
            self.looked_up(ws, &row, TIMES, row.created_at, lease).await?;
            return Ok(false);
        };
        let found = match looks.find(&facts.account, query).await {
            Ok(found) => {
                self.login_seen(ws, row.account, Login::Taken).await;
                found
            }
            Err(error) => {
                if error == LookUpError::Account {
                    self.login_seen(ws, row.account, Login::Refused).await;
                }
                tracing::info!(attempt.id = %row.id, %error, "an ambiguous text could not be looked for");
                self.looked_up(ws, &row, row.look_ups, self.now() + OUTAGE_MS, lease).await?;
                return Ok(false);
            }
        };
        match self.unclaimed(ws, &row, found).await?.as_slice() {
            [one] => {
                tracing::info!(attempt.id = %row.id, "an ambiguous text was found at its provider");
                self.look_up_settle(ws, &row, one).await?;
                Ok(true)
            }
            [] => {
                let next = usize::try_from(row.look_ups).ok().and_then(|done| AGAIN_MS.get(done)).copied().unwrap_or(0);
                self.looked_up(ws, &row, row.look_ups + 1, row.created_at + next, lease).await?;
                Ok(false)
            }
            several => {
                tracing::warn!(attempt.id = %row.id, count = several.len(), "an ambiguous text fits several at its provider");
                self.looked_up(ws, &row, TIMES, row.created_at, lease).await?;
                Ok(false)
            }
        }
    }

    async fn looked_up(
        &self,
        ws: WorkspaceId,
        row: &AmbiguousRow,
        times: i64,
        next: i64,
        lease: i64,
    ) -> Result<(), DbError> {
        let id = row.id;
        self.hand_overs(ws).write(move |tx| attempt::looked_up(tx, id, times, next, lease)).await
    }

    /// The finds that are no other attempt's.
    async fn unclaimed(
        &self,
        ws: WorkspaceId,
        row: &AmbiguousRow,
        found: Vec<FoundText>,
    ) -> Result<Vec<FoundText>, DbError> {
        let ids: Vec<String> = found.iter().map(|found| found.provider_id.clone()).collect();
        if ids.is_empty() {
            return Ok(found);
        }
        let account = row.account;
        let known: HashSet<String> = self
            .workspace(ws)
            .read(move |tx| attempt::by_provider_ids(tx, account, ids))
            .await?
            .into_iter()
            .filter_map(|row| row.provider_id)
            .collect();
        Ok(found.into_iter().filter(|found| !known.contains(&found.provider_id)).collect())
    }

    /// Writes down that the provider took it, then what it says became of it.
    async fn look_up_settle(&self, ws: WorkspaceId, row: &AmbiguousRow, found: &FoundText) -> Result<(), DbError> {
        let taken = Submission::Taken { provider_id: found.provider_id.clone(), parts: found.parts };
        self.send_settle(ws, row.account, vec![(row.id, taken)]).await?;
        let receipt = Receipt {
            provider_id: found.provider_id.clone(),
            attempt: Some(row.id),
            word: found.word.clone(),
            state: found.state,
            part: 0,
            error_code: found.error_code.clone(),
            error_class: found.error_class,
            at: found.at,
        };
        self.receipt_record(ws, row.account, vec![receipt]).await
    }
}

/// What to look for; nothing where the words were not noted.
fn query(row: &AmbiguousRow) -> Option<LookUpQuery> {
    let body: BodyHash = row.body_hash.as_deref()?.try_into().ok()?;
    Some(LookUpQuery {
        to: Address::parse(&row.address),
        from: Address::parse(&row.sender),
        since_ms: row.created_at - SKEW_MS,
        until_ms: row.created_at + TAKEN_MS + SKEW_MS,
        body,
    })
}
