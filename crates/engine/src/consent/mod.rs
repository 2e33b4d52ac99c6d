//! Consent is written down: an entry in the ledger, how it stands after it, and
//! for an opt-out everything that must end at once.

mod check;
mod entry;
mod heard;
mod ledger;
mod many;
mod recipient;

pub use check::{ConsentError, Disclosure, NewConsent, check_topic};
pub use heard::{Heard, entry_of};

pub(crate) use check::topic_reserved;
pub(crate) use entry::{
    Blank, NARROWED, OptOuts, Slip, moves, opt_out_scope, record_heard_in, record_in, take_purposes,
};
pub(crate) use ledger::{ledger_of, standing_in, wordings};
pub(crate) use many::{Came, record_many_in};
pub(crate) use recipient::{Leaving, Recipients, brand};

use crate::Engine;
use crate::audit::Actor;
use crate::idempotency::Keep;
use domain::id::{DisclosureId, WorkspaceId};
use std::collections::{BTreeMap, HashMap};
use store::consent::{self, ConsentRow, DisclosureRow, Of, StandingRow};
use store::{DbError, customer_merge, suppression};
use uuid::Uuid;

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The entry.
    pub entry: ConsentRow,
    /// How consent stands after it, for its purpose and topic.
    pub stands: Option<StandingRow>,
    /// The words that were shown with it.
    pub disclosure: Option<DisclosureRow>,
}

impl Engine {
    /// Writes one entry down.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub async fn consent_record(&self, ws: WorkspaceId, by: Actor, new: NewConsent) -> Result<Recorded, ConsentError> {
        self.consent_create(ws, by, new, Keep::NOTHING).await
    }

    /// As [`Engine::consent_record`], for a request that may be repeated.
    ///
    /// # Errors
    /// [`ConsentError`].
    pub async fn consent_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        new: NewConsent,
        keep: Keep<Recorded>,
    ) -> Result<Recorded, ConsentError> {
        let now = self.now();
        let slip = self.slip(by, new, now)?;
        let hash = hex::encode(self.address_hash(ws, &slip.entry.address));
        self.workspace(ws)
            .write(move |tx| {
                crate::erasure::recognise(tx, &BTreeMap::from([(hash.clone(), slip.entry.address.as_str())]))?;
                let recorded = record_in(tx, &slip, now)?;
                keep.keep(tx, &recorded, now)?;
                Ok(recorded)
            })
            .await
    }

    /// An entry checked and made ready, with its identities.
    pub(crate) fn slip(&self, by: Actor, new: NewConsent, now: i64) -> Result<Slip, ConsentError> {
        check::check(&new, now)?;
        let salt: [u8; 16] = *self.new_uuid().as_bytes();
        Ok(Slip {
            entry: ConsentRow {
                id: self.new_id(),
                address: new.address.as_str().to_owned(),
                customer: None,
                channel: new.channel,
                permits: new.permits,
                topic: new.topic.trim().to_owned(),
                action: new.action,
                proof: new.proof,
                method: new.method,
                disclosure: None,
                message: None,
                evidence: new.evidence.to_string(),
                actor_kind: by.kind().to_owned(),
                actor_id: by.id(),
                occurred_at: new.occurred_at.unwrap_or(now),
                recorded_at: now,
                salt: salt.to_vec(),
            },
            disclosure: new.disclosure.map(|words| words.row(self.new_id(), new.channel, new.permits, now)),
        })
    }

    /// Entries of the ledger before a place, newest first, with the wordings they refer to.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consent_page(
        &self,
        ws: WorkspaceId,
        of: Of,
        before: Option<(i64, Uuid)>,
        limit: i64,
    ) -> Result<(Vec<ConsentRow>, HashMap<DisclosureId, DisclosureRow>), DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let before = before.unwrap_or((i64::MAX, Uuid::max()));
                let rows = match of {
                    // By whichever of their addresses, also before somebody merged them.
                    Of::Customer(id) => {
                        let id = customer_merge::root(tx, id)?.unwrap_or(id);
                        ledger::page_of(tx, id, before, limit)?
                    }
                    Of::Address(_) | Of::Everybody => consent::page(tx, &of, before, limit)?,
                };
                let wordings = wordings(tx, &rows)?;
                Ok((rows, wordings))
            })
            .await
    }

    /// How consent stands for an address, and since when (Unix ms) it is opted out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn consent_standing(
        &self,
        ws: WorkspaceId,
        address: String,
    ) -> Result<(Vec<StandingRow>, Option<i64>), DbError> {
        self.workspace(ws)
            .read(move |tx| {
                let out = suppression::of(tx, crate::gate::BRAND, vec![address.clone()])?.pop().map(|(_, since)| since);
                let mut rows = consent::standings(tx, vec![address])?;
                rows.sort_by(|left, right| (left.permits, &left.topic).cmp(&(right.permits, &right.topic)));
                Ok((rows, out))
            })
            .await
    }
}
