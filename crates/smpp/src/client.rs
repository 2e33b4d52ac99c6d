//! An account at its centre, as its user sees it.

use crate::clock::now;
use crate::event::Event;
use crate::intake::Intake;
use crate::keeper::{self, BindState};
use crate::link::{Answer, Order, Out, PartName, Reply};
use crate::outgoing::{Text, units};
use crate::settings::{Settings, SettingsError};
use crate::shared::{Shared, not_taken, refusal};
use crate::status;
use bytes::Bytes;
use domain::outcome::{ErrorClass, Submission};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

/// An account at its centre: it keeps the connections, and hands texts over.
///
/// Dropped, it closes them at once, and what is on the wire is ambiguous; [`Client::close`] is the
/// polite way.
pub struct Client {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

/// What comes in over an account.
#[derive(Debug)]
pub struct Inbox {
    events: mpsc::Receiver<Event>,
}

impl Inbox {
    /// What came in next; `None` when the account is closed and everything was taken.
    pub async fn next(&mut self) -> Option<Event> {
        self.events.recv().await
    }
}

/// What came of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// What may be done next.
    ///
    /// A text of several parts is `Taken` when every part was, under the first part's id, and
    /// `Unknown` when only some were, or some may have been. It is never sent again here.
    pub outcome: Submission,
    /// The centre's ids of the parts it took, in order. Each has receipts of its own.
    pub ids: Vec<String>,
}

impl Client {
    /// Begins to keep the account's connections, in the present tokio runtime. Waits and references
    /// of long texts follow from `seed`.
    ///
    /// # Errors
    /// A setting that cannot be.
    pub fn start(settings: Settings, seed: u64) -> Result<(Self, Inbox), SettingsError> {
        settings.check()?;
        let (intake, events) = Intake::new(settings.clone());
        let shared = Arc::new(Shared::new(settings, intake, seed));
        let mut tasks = JoinSet::new();
        for index in 0..shared.slots.len() {
            let shared = Arc::clone(&shared);
            tasks.spawn(async move { keeper::keep(&shared, index).await });
        }
        Ok((Self { shared, tasks: Mutex::new(tasks) }.watching(), Inbox { events }))
    }

    fn watching(self) -> Self {
        let shared = Arc::clone(&self.shared);
        let watch = async move {
            let mut closing = shared.closing.subscribe();
            tokio::select! {
                () = shared.intake.watch() => {}
                _ = closing.wait_for(|closing| *closing) => {}
            }
        };
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).spawn(watch);
        self
    }

    /// Where each connection stands, in the order of the settings, and every change of that.
    #[must_use]
    pub fn states(&self) -> watch::Receiver<Vec<BindState>> {
        self.shared.states.subscribe()
    }

    /// Submits a text, each part at most once unless the centre certainly refused it.
    ///
    /// The first octet is written before `until` or never; what comes too late is
    /// [`Submission::HandedBack`]. `reference` names the text in [`crate::Settled`], which also tells
    /// what came of a part whose future was dropped: such a text is ambiguous until then.
    ///
    /// Once its first part is taken, the other parts of a text are brought to an end, within
    /// [`crate::Patience::text`]: those that the centre says are too much are offered again.
    pub async fn submit(&self, reference: u128, text: &Text, until: Instant) -> Submitted {
        let refused = |outcome| Submitted { outcome, ids: Vec::new() };
        if !text.addressable() {
            return refused(not_taken(ErrorClass::ContentRejected, "address".to_owned(), None));
        }
        let joint = self.shared.reference.fetch_add(1, Ordering::Relaxed);
        let Some(units) = units(text, &self.shared.settings, joint) else {
            return refused(not_taken(ErrorClass::ContentRejected, "too_many_parts".to_owned(), None));
        };
        let _under_way = self.shared.under_way();
        if self.shared.draining.load(Ordering::Acquire) {
            return refused(Submission::HandedBack);
        }
        let parts = u8::try_from(units.len()).unwrap_or(u8::MAX);
        let mut ids = Vec::with_capacity(units.len());
        let mut end_by = until;
        for (part, unit) in (1..=parts).zip(units) {
            let name = PartName { reference, part, parts };
            match self.submit_part(name, unit.body(), end_by).await {
                Submission::Taken { provider_id, .. } => ids.push(provider_id),
                outcome if part == 1 => return refused(outcome),
                outcome => return Submitted { outcome: partly(part, parts, &outcome), ids },
            }
            if part == 1 {
                end_by = now() + self.shared.settings.patience.text;
            }
        }
        let provider_id = ids.first().cloned().unwrap_or_default();
        Submitted { outcome: Submission::Taken { provider_id, parts: Some(u32::from(parts)) }, ids }
    }

    async fn submit_part(&self, name: PartName, body: Bytes, until: Instant) -> Submission {
        loop {
            let permit = match self.shared.acquire(until).await {
                Ok(permit) => permit,
                Err(outcome) => return outcome,
            };
            let (reply, answer) = Reply::new();
            // A queue that is full or gone drops the order, which answers that nothing was written.
            let _ = permit.out.try_send(Out::Order(Order { body: body.clone(), until, name, reply }));
            match answer.await.unwrap_or(Answer::Unknown("no answer was kept")) {
                Answer::Taken(provider_id) => {
                    permit.taken();
                    return Submission::Taken { provider_id, parts: None };
                }
                Answer::Refused(code) if status::class_of(code) == ErrorClass::RateLimited => {
                    let outcome = permit.throttled(code);
                    if name.part == 1 {
                        return outcome;
                    }
                }
                Answer::Refused(code) => return refusal(code, None),
                Answer::Late => return Submission::HandedBack,
                // Nothing was written: another connection, or this one when it is back, may have it.
                Answer::NotWritten if now() >= until => return Submission::HandedBack,
                Answer::NotWritten => tokio::task::yield_now().await,
                Answer::Unknown(detail) => return Submission::Unknown { detail: detail.to_owned() },
            }
        }
    }

    /// Lets texts under way come to an end, logs out and closes all connections. What came in can
    /// still be taken from the [`Inbox`] afterwards.
    ///
    /// It takes at most twice [`crate::Patience::drain`] and a moment.
    pub async fn close(&self) {
        let drain = self.shared.settings.patience.drain;
        if timeout(drain, self.shared.drain()).await.is_err() {
            tracing::warn!("texts were still under way when the account was closed");
        }
        self.shared.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        let all = async { while tasks.join_next().await.is_some() {} };
        if timeout(drain, all).await.is_err() {
            tasks.abort_all();
        }
        self.shared.intake.close().await;
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}

/// A text of which some parts were taken and this one was not, or nobody knows.
fn partly(part: u8, parts: u8, outcome: &Submission) -> Submission {
    let what = match outcome {
        Submission::NotTaken { code, .. } => format!("refused with {code}"),
        Submission::HandedBack => "not written in time".to_owned(),
        Submission::Unknown { detail } => detail.clone(),
        Submission::Taken { .. } => "taken".to_owned(),
    };
    Submission::Unknown { detail: format!("part {part} of {parts}: {what}") }
}
