//! Texts come in: one transaction from the providers' requests to the threads.
//!
//! Texts of one workspace that come while another of its transactions is under
//! way are kept together in the next one: each step is then one statement for
//! all of them.

mod arrivals;
mod follow;
mod joining;
mod keeping;
mod receive;

use crate::Engine;
use crate::consent::Blank;
use crate::directory::AccountFacts;
use crate::reply::{Fresh, ReplyError};
use channels::channel::InboundText;
use domain::id::{AccountId, InboxId, MediaId, MessageId, WorkspaceId};
use domain::limits::MEDIA_MAX;
use std::collections::HashMap;
use std::sync::Arc;
use store::{DbError, DbErrorKind, Tx};
use tokio::sync::oneshot;

pub(crate) use arrivals::Arrivals;
pub(crate) use follow::{refuse_taken, refuse_waiting};

/// What became of an inbound text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Received {
    /// The message that holds it.
    pub message: MessageId,
    /// Whether it had been received before, so that nothing changed.
    pub repeated: bool,
}

/// Identities for what one inbound text may have to make.
#[derive(Debug, Clone)]
struct Made {
    fresh: Fresh,
    message: MessageId,
    inbox: InboxId,
    answer: MessageId,
    consent: Blank,
    media: Vec<MediaId>,
}

/// A text that came in, with what it may need.
#[derive(Debug, Clone)]
struct Arrival {
    from: AccountId,
    text: InboundText,
    made: Made,
    /// When it came, Unix ms.
    now: i64,
}

/// Where the word on an arrival goes.
type Teller = oneshot::Sender<Result<Received, DbError>>;

impl Engine {
    /// Takes a customer's text. When this returns, it is durable.
    ///
    /// # Errors
    /// When the store cannot take it; the provider must then try again.
    pub async fn inbound_receive(
        &self,
        ws: WorkspaceId,
        account: &AccountFacts,
        text: InboundText,
    ) -> Result<Received, DbError> {
        let made = Made {
            fresh: Fresh {
                conversation: self.new_id(),
                customer: self.new_id(),
                hash: self.address_hash(ws, text.from.as_str()),
            },
            message: self.new_id(),
            inbox: self.new_id(),
            answer: self.new_id(),
            consent: Blank { id: self.new_id(), salt: *self.new_uuid().as_bytes() },
            media: text.media.iter().take(MEDIA_MAX).map(|_| self.new_id()).collect(),
        };
        let arrival = Arrival { from: account.account.id, text, made, now: self.now() };
        if self.store().group() == 1 {
            // Whoever measures what one commit for each request costs wants no company.
            let one = self.inbound_keep(ws, Arc::new(vec![arrival]), Patience::Full).await;
            return one.map_err(told).and_then(|all| all.first().copied().ok_or(LOST));
        }
        let (tell, answer) = oneshot::channel();
        if let Some(porter) = self.running.arrivals.add(ws, arrival, tell) {
            // A task of its own: whoever gives up waiting must not hold up the others.
            let engine = self.clone();
            tokio::spawn(async move { engine.inbound_carry(porter).await });
        }
        answer.await.unwrap_or_else(|_| Err(DbError::Unavailable("taking texts in broke off".to_owned())))
    }

    /// Takes in what has come for a workspace until nothing more comes.
    async fn inbound_carry(&self, mut porter: arrivals::Porter) {
        while let Some((arrivals, tellers)) = porter.take(self.store().group()) {
            let many = arrivals.len() > 1;
            let arrivals = Arc::new(arrivals);
            let answers = match self.inbound_keep(porter.ws, Arc::clone(&arrivals), Patience::Full).await {
                // One that cannot be kept must not keep the others out.
                Err(error) if many && of_one(&error) => {
                    // Where a row was kept from them, they have waited for it already.
                    let patience = if is_blocked(&told(error)) { Patience::Brief } else { Patience::Full };
                    self.inbound_keep_each(porter.ws, &arrivals, patience).await
                }
                Err(error) => {
                    let error = told(error);
                    tellers.iter().map(|_| Err(error.clone())).collect()
                }
                Ok(all) => all.into_iter().map(Ok).collect(),
            };
            for (tell, answer) in tellers.into_iter().zip(answers) {
                // Whoever has stopped waiting will ask again, and be told that it is known.
                let _ = tell.send(answer);
            }
            self.wake();
        }
    }

    /// Takes texts in one by one, in the order they came. One that another transaction
    /// blocks is refused, and with it what its customer wrote after it: the provider
    /// brings them again.
    async fn inbound_keep_each(
        &self,
        ws: WorkspaceId,
        arrivals: &[Arrival],
        patience: Patience,
    ) -> Vec<Result<Received, DbError>> {
        let mut blocked: HashMap<&str, DbError> = HashMap::new();
        let mut answers = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let from = arrival.text.from.as_str();
            // What blocks so many blocks the workspace, and everybody has waited for long.
            let all = blocked.values().next().filter(|_| blocked.len() >= BLOCKED_MAX);
            if let Some(error) = blocked.get(from).or(all) {
                answers.push(Err(error.clone()));
                continue;
            }
            let one = self.inbound_keep(ws, Arc::new(vec![arrival.clone()]), patience).await;
            let one = one.map_err(told).and_then(|all| all.first().copied().ok_or(LOST));
            if let Err(error) = &one
                && is_blocked(error)
            {
                blocked.insert(from, error.clone());
            }
            answers.push(one);
        }
        answers
    }

    async fn inbound_keep(
        &self,
        ws: WorkspaceId,
        arrivals: Arc<Vec<Arrival>>,
        patience: Patience,
    ) -> Result<Vec<Received>, ReplyError> {
        let accounts = self.accounts(ws).await?;
        let keep = move |tx: &mut Tx<'_>| {
            if patience == Patience::Brief {
                tx.wait_briefly()?;
            }
            receive::receive_in(tx, &accounts, &arrivals)
        };
        self.workspace(ws).write(keep).await
    }
}

/// How long texts wait for rows that other transactions have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Patience {
    /// As long as any work.
    Full,
    /// Hardly.
    Brief,
}

/// Customers of one batch whose texts were blocked before the rest is not tried:
/// all together they wait about as long again as the batch did, and a provider
/// gives up after 15 s (Twilio).
const BLOCKED_MAX: usize = 8;

/// The deed answers for each text it was given.
const LOST: DbError = DbError::NoRow { statement: "INBOUND_ID_INSERT_MANY" };

/// What is said to the provider, which must then try again.
fn told(error: ReplyError) -> DbError {
    match error {
        ReplyError::Store(error) => error,
        // Only answering by machine can fail otherwise, and that is not tried before the text is safe.
        other => DbError::Unavailable(other.to_string()),
    }
}

/// Whether another transaction was in the way, of these rows alone.
fn is_blocked(error: &DbError) -> bool {
    error.kind() == DbErrorKind::Blocked
}

/// Whether an error may be of one text alone, so that the others can be kept without it.
fn of_one(error: &ReplyError) -> bool {
    let ReplyError::Store(error) = error else { return true };
    match error.kind() {
        DbErrorKind::Full
        | DbErrorKind::Conflict
        | DbErrorKind::Constraint
        | DbErrorKind::Serialization
        | DbErrorKind::Blocked
        | DbErrorKind::Decode
        | DbErrorKind::Rollback
        | DbErrorKind::Panicked
        | DbErrorKind::Statement => true,
        DbErrorKind::Unavailable
        | DbErrorKind::OutcomeUnknown
        | DbErrorKind::Scope
        | DbErrorKind::ReadOnly
        | DbErrorKind::Crashed => false,
    }
}
