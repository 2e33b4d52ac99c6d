//! What was kept of every verdict, read back and held against what the customers know.

use super::Year;
use super::nodes::surely;
use crate::sim::NEVER;
use domain::gate::Decision;
use domain::id::{Id, MessageId};
use domain::message::State;
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::Ordering;
use store::decision::{self, Pass, SealedDecision};
use store::message::MessageRow;
use uuid::Uuid;

/// Most messages read at once.
const PAGE: usize = 500;

impl Year {
    /// Everything that was asked for has ended, and every end can be explained.
    pub(super) async fn books(&mut self) -> Result<(), String> {
        let all: Vec<Uuid> = self.sent.keys().copied().map(Id::uuid).collect();
        for page in all.chunks(PAGE) {
            let rows = self.rows(page.to_vec()).await?;
            if rows.len() != page.len() {
                return Err("a text was accepted and is gone".to_owned());
            }
            let mut refused = Vec::new();
            for row in rows {
                let place = self.sent.get(&row.id).map_or(0, |sent| sent.to);
                if matches!(row.state, State::Queued | State::Held | State::HandingOver) {
                    return Err(self.at(place, &format!("{} still is {}", row.id, row.state)));
                }
                self.tally.ambiguous += u64::from(row.state == State::Ambiguous);
                if row.state != State::Refused {
                    continue;
                }
                if row.reason_code.as_deref() == Some("expired") {
                    return Err(self.at(place, &format!("{}: a hold became a drop", row.id)));
                }
                refused.push(row);
            }
            self.explained(&refused, None, None).await?;
        }
        let codes = self.sent.values().filter_map(|sent| self.customers.get(sent.to));
        let codes = codes.filter_map(|one| one.to.phone().and_then(domain::address::E164::area_code));
        self.tally.area_codes = codes.collect::<BTreeSet<_>>().len();
        self.tally.deaths = self.sim.report.deaths;
        Ok(())
    }

    /// The last verdict on each of some messages, of one pass or of any, explains where it stands.
    pub(super) async fn explained(
        &mut self,
        rows: &[MessageRow],
        pass: Option<Pass>,
        at: Option<i64>,
    ) -> Result<(), String> {
        let kept = last_of(self.decisions(rows.iter().map(|row| Id::uuid(row.id)).collect()).await?, pass);
        for row in rows {
            let (sealed, decision) =
                kept.get(&row.id).ok_or_else(|| format!("{} is {}, and nothing says why", row.id, row.state))?;
            let Some(sent) = self.sent.get(&row.id).copied() else { continue };
            let Some(customer) = self.customers.get(sent.to) else { continue };
            let word = if row.state == State::Held { "hold" } else { "refuse" };
            if sealed.verdict != word || row.reason_code.as_deref() != Some(sealed.code.as_str()) {
                let what = format!(
                    "{} is {} for {:?}, and the record says {}",
                    row.id, row.state, row.reason_code, sealed.code
                );
                return Err(self.at(sent.to, &what));
            }
            let judged = self.judge.explained(customer, sent, decision, at.unwrap_or(sealed.at));
            judged.map_err(|what| self.at(sent.to, &format!("{}: {what}", row.id)))?;
        }
        Ok(())
    }

    pub(super) async fn decisions(&mut self, ids: Vec<Uuid>) -> Result<Vec<SealedDecision>, String> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.look(move |tx| decision::of_messages(tx, ids.clone())).await
    }

    pub(super) async fn rows(&mut self, ids: Vec<Uuid>) -> Result<Vec<MessageRow>, String> {
        self.look(move |tx| store::message::get_many(tx, ids.clone())).await
    }

    /// The judge reads, which is nothing a node does, so that none dies of it.
    async fn look<T: Send + 'static>(
        &mut self,
        read: impl Fn(&mut store::Tx<'_>) -> Result<T, store::DbError> + Clone + Send + 'static,
    ) -> Result<T, String> {
        let fuse = self.sim.fuse.swap(NEVER, Ordering::SeqCst);
        let seen = surely!(self, self.sim.engine.store().workspace(self.sim.ws).read(read.clone()));
        // One that was dead is another by now.
        if fuse > 0 {
            self.sim.fuse.store(fuse, Ordering::SeqCst);
        }
        Ok(seen)
    }
}

/// The last verdict on each message, of one pass or of any.
pub(super) fn last_of(all: Vec<SealedDecision>, pass: Option<Pass>) -> HashMap<MessageId, (SealedDecision, Decision)> {
    let of_pass = all.into_iter().filter(|row| pass.is_none_or(|pass| Pass::of_no(row.no) == pass));
    let read = |row: SealedDecision| {
        let decision = serde_json::from_str(&row.record).ok()?;
        Some((row.message, (row, decision)))
    };
    of_pass.filter_map(read).collect()
}
