//! The carrier inside Hark: what it delivers reaches handsets, receipts and the road.

use crate::Engine;
use crate::idempotency::Keep;
use channels::channel::{InboundText, Receipt};
use channels::simulator::{CarrierEvent, Faults, PhoneText, phone_picture};
use domain::address::Address;
use domain::encoding;
use domain::id::{AccountId, Id, InboxId, MediaId, WorkspaceId};
use std::collections::BTreeMap;
use store::simulator::HandsetText;
use store::{DbError, DbErrorKind, inbox, media, simulator};

/// What the carrier's ids of texts from handsets begin with; the handset's id of the text follows.
const TYPED: &str = "sim-";

/// A text that arrived on a handset, with its identity there.
type Arrived = (uuid::Uuid, channels::simulator::HandsetText);

/// What the store did not take of what the carrier had due.
#[derive(Default)]
struct Left {
    /// Due again.
    events: Vec<CarrierEvent>,
    /// The first error.
    error: Option<DbError>,
    /// Whether the store is away: then the rest is not tried.
    away: bool,
}

impl Left {
    const fn waits(&self) -> bool {
        self.away
    }

    /// Notes what came of some events: nothing where they were not tried.
    fn note(&mut self, told: Option<Result<(), DbError>>, events: impl FnOnce() -> Vec<CarrierEvent>) {
        match told {
            Some(Ok(())) => {}
            Some(Err(error)) => {
                self.away = matches!(
                    error.kind(),
                    DbErrorKind::Unavailable
                        | DbErrorKind::Full
                        | DbErrorKind::Serialization
                        | DbErrorKind::Blocked
                        | DbErrorKind::OutcomeUnknown
                        | DbErrorKind::Crashed
                );
                if self.away {
                    self.events.extend(events());
                } else {
                    // Told again, it would fail again, and hold up all that comes after it.
                    tracing::error!(%error, "the simulated carrier drops what the store will never take");
                }
                self.error.get_or_insert(error);
            }
            None => self.events.extend(events()),
        }
    }
}

/// Most texts or receipts written down in one transaction: people's writes wait behind it.
const TOGETHER: usize = 250;
/// Typed texts that are read at once.
const RECALLED_AT_ONCE: i64 = 500;

/// Why a text could not be typed on a handset.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SimulatorError {
    /// No such inbox, or its account is not the simulator's.
    #[error("this inbox does not belong to the simulator")]
    NotSimulated,
    /// A picture does not exist or went with another text.
    #[error("a picture does not exist or was sent already")]
    NoMedia,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

impl Engine {
    /// A text typed on a handset, with pictures uploaded before: through the
    /// carrier's rules into the road. Answers with what the handset shows.
    ///
    /// # Errors
    /// [`SimulatorError`].
    pub async fn simulator_type(
        &self,
        ws: WorkspaceId,
        inbox: InboxId,
        from: Address,
        body: String,
        pictures: Vec<MediaId>,
        keep: Keep<HandsetText>,
    ) -> Result<HandsetText, SimulatorError> {
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
        let named = pictures.clone();
        let shown = self
            .workspace(ws)
            .write(move |tx| {
                if media::free(tx, &named)?.len() < named.len() {
                    return Ok(None);
                }
                simulator::insert_many(tx, account_id, std::slice::from_ref(&shown))?;
                if !named.is_empty() {
                    simulator::set_pictures(tx, shown.id, &named)?;
                }
                keep.keep(tx, &shown, shown.at)?;
                Ok::<_, DbError>(Some(shown.clone()))
            })
            .await?
            .ok_or(SimulatorError::NoMedia)?;
        let text = PhoneText {
            workspace: ws,
            account: account_id,
            provider_id: format!("{TYPED}{}", id.simple()),
            from,
            to: Address::parse(&row.address),
            body,
            media: pictures.into_iter().map(phone_picture).collect(),
        };
        self.parts.simulator.phone_writes(text, self.clock().monotonic_ms());
        self.running.carry.notify_one();
        Ok(shown)
    }

    /// Carries what was typed on handsets and is no message yet: a process that ended
    /// had it on its way in memory. What another node has on its way meanwhile is
    /// known by its id when it comes twice. Returns how many texts there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn simulator_recall(&self, ws: WorkspaceId) -> Result<usize, DbError> {
        let (mut after, mut all) = (uuid::Uuid::nil(), 0);
        loop {
            let typed = self.workspace(ws).read(move |tx| simulator::typed(tx, after, RECALLED_AT_ONCE)).await?;
            let Some(last) = typed.last() else { break };
            after = last.id;
            all += typed.len();
            for text in typed {
                let text = PhoneText {
                    workspace: ws,
                    account: text.account,
                    provider_id: format!("{TYPED}{}", text.id.simple()),
                    from: Address::parse(&text.number),
                    to: Address::parse(&text.our_address),
                    body: text.body,
                    media: text.pictures.into_iter().map(phone_picture).collect(),
                };
                self.parts.simulator.phone_writes(text, self.clock().monotonic_ms());
            }
        }
        self.running.carry.notify_one();
        Ok(all)
    }

    /// Handsets that were used, latest first: number, Unix ms, last words.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn simulator_phones(
        &self,
        ws: WorkspaceId,
        before: Option<(i64, String)>,
        limit: i64,
    ) -> Result<Vec<(String, i64, String)>, DbError> {
        let (at, number) = before.unwrap_or((i64::MAX, String::new()));
        self.workspace(ws).read(move |tx| simulator::phones(tx, (at, &number), limit)).await
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
    /// When the store fails. What it could not take is due again, as real
    /// providers try again until they are answered.
    pub async fn simulator_step(&self) -> Result<usize, DbError> {
        let (monotonic, now) = (self.clock().monotonic_ms(), self.now());
        // The carrier lives on one clock and reads validity periods on the other.
        self.parts.simulator.set_unix(monotonic, now);
        let events = self.parts.simulator.due(monotonic);
        let count = events.len();
        let mut handsets: BTreeMap<(WorkspaceId, AccountId), Vec<Arrived>> = BTreeMap::new();
        let mut receipts: BTreeMap<(WorkspaceId, AccountId), Vec<Receipt>> = BTreeMap::new();
        let mut left = Left::default();
        for event in events {
            match event {
                CarrierEvent::Delivered(text) => {
                    // The try names it, so that a text which is told twice is shown once.
                    let id = text.message.map_or_else(|| self.new_uuid(), |(_, attempt)| Id::uuid(attempt));
                    handsets.entry((text.workspace, text.account)).or_default().push((id, text));
                }
                CarrierEvent::Receipt { workspace, account, receipt } => {
                    receipts.entry((workspace, account)).or_default().push(receipt);
                }
                CarrierEvent::Inbound { workspace, account, text } => {
                    let told = match left.waits() {
                        true => None,
                        false => Some(self.phone_wrote(workspace, account, text.clone()).await),
                    };
                    left.note(told, || vec![CarrierEvent::Inbound { workspace, account, text }]);
                }
            }
        }
        for ((ws, account), texts) in handsets {
            for chunk in texts.chunks(TOGETHER) {
                let told = match left.waits() {
                    true => None,
                    false => Some(self.phones_show(ws, account, chunk.to_vec()).await),
                };
                left.note(told, || chunk.iter().map(|(_, text)| CarrierEvent::Delivered(text.clone())).collect());
            }
        }
        for ((workspace, account), receipts) in receipts {
            for chunk in receipts.chunks(TOGETHER) {
                let told = match left.waits() {
                    true => None,
                    false => Some(self.receipt_record(workspace, account, chunk.to_vec()).await),
                };
                let event = |receipt: &Receipt| CarrierEvent::Receipt { workspace, account, receipt: receipt.clone() };
                left.note(told, || chunk.iter().map(event).collect());
            }
        }
        self.parts.simulator.put_back(left.events);
        left.error.map_or(Ok(count), Err)
    }

    /// A phone's text reaches the road.
    async fn phone_wrote(&self, ws: WorkspaceId, account: AccountId, text: InboundText) -> Result<(), DbError> {
        let Some(facts) = self.account_facts(ws, account).await? else { return Ok(()) };
        // The handset shows its pictures with the message they went with, and what
        // became a message need not be carried again after a restart.
        let typed = text.provider_id.strip_prefix(TYPED);
        let typed = typed.and_then(|id| uuid::Uuid::try_parse(id).ok());
        let received = self.inbound_receive(ws, &facts, text).await?;
        if let Some(id) = typed {
            self.workspace(ws).write(move |tx| simulator::became(tx, id, received.message)).await?;
        }
        Ok(())
    }

    /// Handsets show what arrived.
    async fn phones_show(&self, ws: WorkspaceId, account: AccountId, texts: Vec<Arrived>) -> Result<(), DbError> {
        let at = self.now();
        let shown: Vec<HandsetText> = texts
            .into_iter()
            .map(|(id, text)| HandsetText {
                id,
                number: text.number.as_str().to_owned(),
                our_address: text.our_address.as_str().to_owned(),
                direction: "to_phone".to_owned(),
                body: text.body,
                parts: i64::from(text.parts),
                message: text.message.map(|(message, _)| message),
                at,
            })
            .collect();
        self.aside(ws)
            .write_bulk(move |tx| {
                simulator::insert_many(tx, account, &shown)?;
                tx.event(store::NewEvent {
                    kind: "simulator.changed",
                    conversation: None,
                    subject: shown.last().map(|text| text.id),
                    at,
                    data: "{}".to_owned(),
                });
                Ok::<_, DbError>(())
            })
            .await
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
