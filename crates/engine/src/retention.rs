//! What is over its term goes, once a day, in small steps.

use crate::Engine;
use crate::audit::Actor;
use domain::evidence::erasure_mark;
use domain::id::{Id, WorkspaceId};
use domain::retention::{Category, DAYS_MAX};
use serde_json::json;
use std::time::Duration;
use store::retention::{self as rows, RetentionRow};
use store::{DbError, audit, erasure};

/// The action in the audit log of rows that went.
pub const ACTION: &str = "retention.purge";
pub(crate) const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How often it is looked what is due.
const LOOK: Duration = Duration::from_secs(600);
/// Rows of one step: it must stay well below 50 ms.
const STEP: i64 = 200;

/// How a category is kept, and what a run now would take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The category, its term and its last run.
    pub row: RetentionRow,
    /// Rows over their term; none has one where there is no term.
    pub due: i64,
    /// Of when the first of them is, Unix ms.
    pub oldest_at: Option<i64>,
}

/// Why a term is not set.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// Fewer days than Hark itself needs, or too many.
    #[error("{} are kept from {} to {DAYS_MAX} days", .0.word(), .0.days_min())]
    Days(Category),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Every category with what a workspace has said of it.
fn all(said: &[RetentionRow]) -> impl Iterator<Item = RetentionRow> + '_ {
    Category::ALL.iter().map(|category| {
        let usual = RetentionRow { category: *category, days: category.days_usual(), run_at: None, gone: 0 };
        said.iter().copied().find(|row| row.category == *category).unwrap_or(usual)
    })
}

impl Engine {
    /// How each category is kept, and what a run now would take; nothing is changed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn retention_list(&self, ws: WorkspaceId) -> Result<Vec<Kept>, DbError> {
        let now = self.now();
        self.workspace(ws)
            .read(move |tx| {
                let said = rows::list(tx)?;
                all(&said)
                    .map(|row| {
                        let (due, oldest_at) = match row.days {
                            Some(days) => rows::over(tx, row.category, now - days * DAY_MS)?,
                            None => (0, None),
                        };
                        Ok(Kept { row, due, oldest_at })
                    })
                    .collect()
            })
            .await
    }

    /// How many rows a run now would take if a category were kept so many days, and of when
    /// (Unix ms) the first of them is; nothing is changed.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub async fn retention_due(
        &self,
        ws: WorkspaceId,
        category: Category,
        days: i64,
    ) -> Result<(i64, Option<i64>), RetentionError> {
        if !(category.days_min()..=DAYS_MAX).contains(&days) {
            return Err(RetentionError::Days(category));
        }
        let before = self.now() - days * DAY_MS;
        Ok(self.workspace(ws).read(move |tx| rows::over(tx, category, before)).await?)
    }

    /// Sets the term of a category, in days; none: for good.
    ///
    /// # Errors
    /// [`RetentionError`].
    pub async fn retention_set(
        &self,
        ws: WorkspaceId,
        by: Actor,
        category: Category,
        days: Option<i64>,
    ) -> Result<(), RetentionError> {
        if days.is_some_and(|days| !(category.days_min()..=DAYS_MAX).contains(&days)) {
            return Err(RetentionError::Days(category));
        }
        let now = self.now();
        let detail = json!({ "category": category.word(), "days": days });
        let entry = self.audit_entry(by, "retention.change", ws.to_string(), &detail);
        self.workspace(ws)
            .write(move |tx| {
                rows::set(tx, category, days, now)?;
                audit::insert(tx, &entry)?;
                Ok(())
            })
            .await
    }

    /// Carries out what is due in one workspace: each category once a day, and sealed
    /// evidence whose term is over. Answers how many rows went.
    ///
    /// # Errors
    /// When the store fails. Called again, it goes on.
    pub async fn retention_round(&self, ws: WorkspaceId) -> Result<u64, DbError> {
        let now = self.now();
        let said = self.workspace(ws).read(rows::list).await?;
        let mut total = 0;
        for row in all(&said).filter(|row| row.run_at.is_none_or(|at| now - at >= DAY_MS)) {
            if let Some(days) = row.days {
                total += self.purge(ws, row, now - days * DAY_MS).await?;
            }
        }
        if self.workspace(ws).read(move |tx| erasure::sealed_due(tx, now)).await?.0 > 0 {
            total += self.workspace(ws).write_bulk(move |tx| erasure::sealed_drop(tx, now)).await?;
        }
        Ok(total)
    }

    async fn purge(&self, ws: WorkspaceId, row: RetentionRow, before: i64) -> Result<u64, DbError> {
        let category = row.category;
        let detail = json!({ "category": category.word(), "days": row.days, "before": before });
        let entry = self.audit_entry(Actor::System, ACTION, ws.to_string(), &detail);
        let mark = erasure_mark(Id::uuid(entry.id));
        let mut gone = 0;
        while !self.stopped() {
            let (now, first, entry) = (self.now(), gone == 0, entry.clone());
            let workspace = self.workspace(ws);
            let step = workspace.write_bulk(move |tx| {
                let gone = rows::purge(tx, category, before, STEP, mark, now)?;
                if first && gone > 0 {
                    audit::insert(tx, &entry)?;
                }
                Ok::<_, DbError>(gone)
            });
            match step.await? {
                0 => break,
                more => gone += more,
            }
        }
        if !self.stopped() {
            let ran = RetentionRow { gone: i64::try_from(gone).unwrap_or(i64::MAX), ..row };
            let now = self.now();
            self.workspace(ws).write(move |tx| rows::ran(tx, &ran, now)).await?;
        }
        if gone > 0 {
            tracing::info!(workspace.id = %ws, category = category.word(), gone, "rows over their term are gone");
        }
        Ok(gone)
    }

    /// Looks for what is over its term until told to stop.
    pub(crate) async fn retention(self) {
        while !self.stopped() {
            for ws in self.workspaces_all().await.unwrap_or_default() {
                if let Err(error) = self.retention_round(ws).await {
                    tracing::warn!(workspace.id = %ws, %error, "what is over its term was not removed");
                }
            }
            if let Err(error) = self.backups_round().await {
                tracing::warn!(%error, "backups over their term were not removed");
            }
            self.nap(LOOK).await;
        }
    }
}
