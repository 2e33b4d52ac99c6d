//! The deeds of Hark: everything that reads a clock, waits, or touches the
//! store, a channel or a disk. The rules stand in `domain`, under the same
//! file names.
//!
//! Each step of the road is one transaction: new state, its event and the
//! follow-up work commit together or not at all. A step only enqueues the next.

mod access_export;
pub mod account_trial;
pub mod accounts;
mod answering;
pub mod audit;
pub mod auth;
pub mod backups;
mod clock;
pub mod consent;
pub mod conversation;
mod courtesy;
pub mod crypto;
pub mod customer_merges;
pub mod customer_places;
pub mod customers;
pub mod demo;
pub mod departure;
mod directory;
pub mod erasure;
pub mod evidence;
pub mod export;
pub mod gate;
pub mod gated_texts;
pub mod idempotency;
pub mod import;
pub mod inbound;
pub mod index;
mod jobs;
pub mod join_words;
pub mod keys;
pub mod live;
mod look_up;
pub mod mail;
pub mod media;
mod media_fetch;
pub mod members;
pub mod messages;
pub mod names;
pub mod number_events;
pub mod onboarding;
pub mod optin;
pub mod password;
pub mod password_change;
pub mod preferences;
pub mod presence;
pub mod rate_limit;
pub mod receipt;
pub mod rehearsal;
pub mod reply;
pub mod resets;
pub mod retention;
pub mod rules;
mod run;
pub mod search;
pub mod send;
pub mod sending;
pub mod simulator;
pub mod supervise;
pub mod text_request;
mod unconfirmed;
pub mod unsure_text;
pub mod watches;
pub mod webhook;
pub mod windows;
pub mod workspaces;

pub use clock::{Clock, Ids, RehearsalClock, SystemClock, TimeIds};
pub use directory::{AccountFacts, Directory};

// What the deeds answer with, for those who only show it.
pub use channels::channel::{WebhookAnswer, WebhookRequest};
pub use channels::simulator::Faults;
pub use store::api_key::ApiKeyRow;
pub use store::audit::{AuditFilter, AuditRow};
pub use store::consent::{ConsentRow, DisclosureRow, Of as ConsentsOf, StandingRow};
pub use store::conversation::{ConversationRow, Listing, Order, View};
pub use store::customer::CustomerRow;
pub use store::customer_place::PlaceRow;
pub use store::event::EventRow;
pub use store::inbox::InboxRow;
pub use store::join_word::JoinWordRow;
pub use store::media::MediaRow;
pub use store::message::MessageRow;
pub use store::optin_page::{OptinPageRow, PosterRow};
pub use store::order::OrderRow;
pub use store::session::{OpenSession, SessionRow};
pub use store::simulator::HandsetText;
pub use store::suppression::SuppressionRow;
pub use store::unsure_text::UnsureTextRow;
pub use store::workspace::WorkspaceRow;
pub use store::{Commit, DbError, DbErrorKind, Stats};

use channels::registry::Registry;
use channels::simulator::SimulatorCarrier;
use domain::id::{Id, WorkspaceId};
use std::sync::Arc;
use store::Store;

/// What an [`Engine`] is made of.
pub struct Parts {
    /// Both databases' truth.
    pub store: Store,
    /// The channels compiled in.
    pub registry: Registry,
    /// The carrier inside Hark.
    pub simulator: Arc<SimulatorCarrier>,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where identities come from.
    pub ids: Arc<dyn Ids>,
    /// Seals secrets at rest.
    pub keys: keys::Keys,
    /// How this process is set up.
    pub settings: Settings,
}

/// How this process is set up.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers and providers reach us, without a trailing slash. Empty in a
    /// command that was not told: it then prints paths, and judges no address.
    pub public_url: String,
    /// The directory where the signing key lies and signed heads are carried to, if any.
    pub evidence: Option<std::path::PathBuf>,
    /// Most intents claimed at once for an account on a real network.
    pub claim_real: i64,
    /// Most intents claimed at once for the simulator.
    pub claim_simulated: i64,
    /// The data directory, whose disk is watched.
    pub data_dir: Option<std::path::PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".to_owned(),
            evidence: None,
            claim_real: 32,
            claim_simulated: 200,
            data_dir: None,
        }
    }
}

/// The engine. Clones share one state.
#[derive(Clone)]
pub struct Engine {
    pub(crate) parts: Arc<Parts>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) running: Arc<run::Running>,
}

impl Engine {
    /// An engine at rest: it answers, but nothing leaves until [`Engine::start`].
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        // What is submitted before the carrier's first step keeps its validity period too.
        parts.simulator.set_unix(parts.clock.monotonic_ms(), parts.clock.now());
        Self { parts: Arc::new(parts), directory: Arc::default(), running: Arc::default() }
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        self.parts.clock.as_ref()
    }

    pub(crate) fn monotonic(&self) -> &dyn channels::channel::Monotonic {
        &*self.parts.clock
    }

    /// The present instant, in Unix ms.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.parts.clock.now()
    }

    /// A fresh UUIDv7.
    #[must_use]
    pub fn new_uuid(&self) -> uuid::Uuid {
        self.parts.ids.uuid(self.now())
    }

    /// A fresh identity.
    #[must_use]
    pub fn new_id<T: Id>(&self) -> T {
        T::from_uuid(self.new_uuid())
    }

    /// The channels compiled in.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.parts.registry
    }

    /// How this process is set up.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    pub(crate) fn workspace(&self, ws: WorkspaceId) -> store::Workspace {
        self.parts.store.workspace(ws)
    }

    /// The rows of a workspace, for claims, providers' answers and receipts.
    pub(crate) fn hand_overs(&self, ws: WorkspaceId) -> store::Workspace {
        self.workspace(ws).on(store::Track::HandOver)
    }

    /// The rows of a workspace, for what follows the log.
    pub(crate) fn aside(&self, ws: WorkspaceId) -> store::Workspace {
        self.workspace(ws).on(store::Track::Aside)
    }
}
