//! The carrier inside Hark: what it delivers reaches handsets, receipts and the road.

use crate::Engine;
use channels::channel::Receipt;
use channels::simulator::{CarrierEvent, Faults, PhoneText};
use domain::address::Address;
use domain::encoding;
use domain::id::{AccountId, Id, InboxId, WorkspaceId};
use std::collections::BTreeMap;
use store::simulator::HandsetText;
use store::{DbError, inbox, simulator};

/// Why a text could not be typed on a handset.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SimulatorError {
    /// No such inbox, or its account is not the simulator's.
    #[error("this inbox does not belong to the simulator")]
    NotSimulated,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// A text typed on a handset: through the carrier's rules into the road.
    ///
    /// # Errors
    /// [`SimulatorError`].
    pub async fn simulator_type(
        &self,
        ws: WorkspaceId,
        inbox: InboxId,
        from: Address,
        body: String,
    ) -> Result<(), SimulatorError> {
        let row =
            self.workspace(ws).read(move |tx| inbox::get(tx, inbox)).await?.ok_or(SimulatorError::NotSimulated)?;
        let account = self.account_facts(ws, row.account_id).await?.ok_or(SimulatorError::NotSimulated)?;
        if account.capabilities.real {
            return Err(SimulatorError::NotSimulated);
        }
        let id = self.new_uuid();
        let shown = HandsetText {
            id,
            number: from.as_str().to_owned(),
            our_address: row.address.clone(),
            direction: "from_phone".to_owned(),
            parts: i64::from(encoding::measure(&body).parts.max(1)),
            body: body.clone(),
            message: None,
            at: self.now(),
        };
        let account_id = row.account_id;
        self.workspace(ws)
            .write(move |tx| simulator::insert_many(tx, account_id, std::slice::from_ref(&shown)))
            .await?;
        let text = PhoneText {
            workspace: ws,
            account: account_id,
            provider_id: format!("sim-{}", id.simple()),
            from,
            to: Address::parse(&row.address),
            body,
            media: Vec::new(),
        };
        self.parts.simulator.phone_writes(text, self.clock().monotonic_ms());
        self.running.carry.notify_one();
        Ok(())
    }

    /// Handsets that were used, latest first: number, Unix ms, last words.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn simulator_phones(&self, ws: WorkspaceId) -> Result<Vec<(String, i64, String)>, DbError> {
        self.workspace(ws).read(|tx| simulator::phones(tx, 100)).await
    }

    /// The last 200 texts on a handset.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn simulator_texts(&self, ws: WorkspaceId, number: Address) -> Result<Vec<HandsetText>, DbError> {
        self.workspace(ws).read(move |tx| simulator::texts(tx, number.as_str(), 200)).await
    }

    /// The faults of a simulated account's carrier.
    #[must_use]
    pub fn simulator_faults(&self, account: AccountId) -> Faults {
        self.parts.simulator.faults(account)
    }

    /// Sets the faults of a simulated account's carrier.
    pub fn simulator_faults_set(&self, account: AccountId, faults: Faults) {
        self.parts.simulator.set_faults(account, faults.bounded());
        self.running.carry.notify_one();
    }

    /// Carries out what the carrier has due. Returns how many things happened.
    ///
    /// # Errors
    /// When the store fails; what was due is then lost to the handsets, as on a
    /// real network, but never to the road.
    pub async fn simulator_step(&self) -> Result<usize, DbError> {
        let (monotonic, now) = (self.clock().monotonic_ms(), self.now());
        // The carrier lives on one clock and reads validity periods on the other.
        self.parts.simulator.set_unix(monotonic, now);
        let events = self.parts.simulator.due(monotonic);
        let count = events.len();
        let mut handsets: BTreeMap<(WorkspaceId, AccountId), Vec<HandsetText>> = BTreeMap::new();
        let mut receipts: BTreeMap<(WorkspaceId, AccountId), Vec<Receipt>> = BTreeMap::new();
        for event in events {
            match event {
                CarrierEvent::Delivered(text) => {
                    let shown = HandsetText {
                        id: self.new_uuid(),
                        number: text.number.as_str().to_owned(),
                        our_address: text.our_address.as_str().to_owned(),
                        direction: "to_phone".to_owned(),
                        body: text.body,
                        parts: i64::from(text.parts),
                        message: text.message.map(|(message, _)| message),
                        at: self.now(),
                    };
                    handsets.entry((text.workspace, text.account)).or_default().push(shown);
                }
                CarrierEvent::Receipt { workspace, account, receipt } => {
                    receipts.entry((workspace, account)).or_default().push(receipt);
                }
                CarrierEvent::Inbound { workspace, account, text } => {
                    if let Some(facts) = self.account_facts(workspace, account).await? {
                        self.inbound_receive(workspace, &facts, text).await?;
                    }
                }
            }
        }
        for ((ws, account), texts) in handsets {
            for chunk in texts.chunks(500) {
                let chunk = chunk.to_vec();
                self.workspace(ws)
                    .write(move |tx| {
                        simulator::insert_many(tx, account, &chunk)?;
                        let last = chunk.last().map(|text| text.id);
                        tx.event(store::NewEvent {
                            kind: "simulator.changed",
                            conversation: None,
                            subject: last,
                            at: chunk.last().map_or(0, |text| text.at),
                            data: "{}".to_owned(),
                        });
                        Ok::<_, DbError>(())
                    })
                    .await?;
            }
        }
        for ((ws, account), receipts) in receipts {
            for chunk in receipts.chunks(500) {
                self.receipt_record(ws, account, chunk.to_vec()).await?;
            }
        }
        Ok(count)
    }

    /// The simulated account of an inbox, if it is one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn simulator_account(&self, ws: WorkspaceId) -> Result<Option<AccountId>, DbError> {
        let accounts = self.accounts(ws).await?;
        Ok(accounts
            .iter()
            .filter(|(_, facts)| !facts.capabilities.real)
            .map(|(id, _)| *id)
            .min_by_key(|id| Id::uuid(*id)))
    }
}
