//! An engine at rest on a fresh store, with a clock that only moves when told.

#![expect(clippy::panic, reason = "a test that cannot set up its world must fail loudly")]

use crate::database::{self, TestStore};
use channels::channel::Monotonic;
use channels::http::{HttpClient, Reach};
use channels::registry::Registry;
use channels::simulator::{Faults, SimulatorCarrier};
use domain::address::Address;
use domain::consent::{Action, Method, Permits, Proof};
use domain::gate::{Caps, Courtesy, SendingPolicy};
use domain::id::{AccountId, ConsentId, ConversationId, InboxId, MessageId, WorkspaceId};
use domain::message::{Origin, Purpose};
use engine::audit::Actor;
use engine::consent::{Disclosure, NewConsent};
use engine::crypto::Keyring;
use engine::idempotency::Keep;
use engine::keys::Keys;
use engine::reply::{Accepted, Author, Destination, NewText, ReplyError};
use engine::workspaces::{NewWorkspace, WorkspaceChange, WorkspaceError};
use engine::{Clock, Engine, Ids, Parts, Settings};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use store::{Store, StoreConfig};
use uuid::Uuid;

/// Tuesday, 2026-11-24 18:00 UTC: awake hours from Hawaii to New York.
pub const NOON: i64 = 1_795_543_200_000;

/// A clock that moves when told, both its sides together unless it is stepped.
#[derive(Debug)]
pub struct TestClock {
    monotonic: AtomicI64,
    /// How far the wall clock was set apart from the other.
    stepped: AtomicI64,
}

impl TestClock {
    /// A clock that stands at an instant (Unix ms).
    #[must_use]
    pub fn at(now: i64) -> Arc<Self> {
        Arc::new(Self { monotonic: AtomicI64::new(now - NOON), stepped: AtomicI64::new(0) })
    }

    /// Moves it on.
    pub fn advance(&self, ms: i64) {
        self.monotonic.fetch_add(ms, Ordering::SeqCst);
    }

    /// Sets its wall side on or back, as an operator or a time server would.
    pub fn step(&self, ms: i64) {
        self.stepped.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Monotonic for TestClock {
    fn monotonic_ms(&self) -> i64 {
        self.monotonic.load(Ordering::SeqCst)
    }
}

impl Clock for TestClock {
    fn now(&self) -> i64 {
        NOON + self.monotonic.load(Ordering::SeqCst) + self.stepped.load(Ordering::SeqCst)
    }
}

/// Identities that are the same in every run.
#[derive(Debug, Default)]
pub struct TestIds {
    next: AtomicU64,
    broken: AtomicBool,
}

impl TestIds {
    /// Whether whoever asks for an identity panics, to see what survives that.
    pub fn set_broken(&self, broken: bool) {
        self.broken.store(broken, Ordering::SeqCst);
    }
}

impl Ids for TestIds {
    fn uuid(&self, now: i64) -> Uuid {
        assert!(!self.broken.load(Ordering::SeqCst), "there are no identities");
        let count = self.next.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0_u8; 10];
        bytes[2..].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(u64::try_from(now).unwrap_or(0), &bytes).into_uuid()
    }
}

/// An engine with one workspace, one simulated number and a clock.
pub struct World {
    /// The engine; nothing runs by itself.
    pub engine: Engine,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its identities.
    pub ids: Arc<TestIds>,
    /// Its carrier.
    pub carrier: Arc<SimulatorCarrier>,
    /// The workspace.
    pub ws: WorkspaceId,
    /// The simulated number.
    pub inbox: InboxId,
    /// Its account.
    pub account: AccountId,
    config: StoreConfig,
    // The database goes last.
    pub(crate) place: database::Place,
}

/// Written consent to marketing, given on the shop's page: at an instant (Unix ms), or now.
#[must_use]
pub fn agreement(number: &str, occurred_at: Option<i64>) -> NewConsent {
    let text = "I agree to get marketing texts from Fern. Consent is not a condition of purchase.";
    NewConsent {
        address: Address::parse(number),
        channel: domain::consent::Channel::Sms,
        permits: Permits::Marketing,
        topic: String::new(),
        action: Action::Grant,
        proof: Proof::Written,
        method: Method::WebForm,
        disclosure: Some(Disclosure { locale: "en-US".to_owned(), text: text.to_owned() }),
        evidence: serde_json::json!({ "source_url": "https://fern.example/join" }),
        occurred_at,
    }
}

/// A policy of a workspace's own under which only the law holds what it sells.
pub(crate) fn law_alone() -> SendingPolicy {
    let courtesy = Courtesy { open_conversations: false, complaints: false };
    SendingPolicy { caps: Caps::NONE, courtesy, ..SendingPolicy::default() }
}

/// Gives a workspace a policy on what it sells.
pub(crate) async fn set_policy(engine: &Engine, ws: WorkspaceId, policy: SendingPolicy) -> Result<(), WorkspaceError> {
    let change = WorkspaceChange { policy: Some(policy), ..WorkspaceChange::default() };
    engine.workspace_change(ws, Actor::System, change).await.map(drop)
}

/// An engine on a store, at rest.
#[must_use]
pub fn engine_on(store: Store, clock: Arc<TestClock>, ids: Arc<TestIds>, carrier: Arc<SimulatorCarrier>) -> Engine {
    engine_with(store, clock, ids, carrier, Settings::default())
}

/// As [`engine_on`], with settings of its own.
#[must_use]
pub fn engine_with(
    store: Store,
    clock: Arc<TestClock>,
    ids: Arc<TestIds>,
    carrier: Arc<SimulatorCarrier>,
    settings: Settings,
) -> Engine {
    let http = match HttpClient::new(Reach::Anywhere) {
        Ok(http) => http,
        Err(error) => panic!("no HTTP client: {error}"),
    };
    let keys = match Keyring::parse(&format!("01020304 {}", "07".repeat(32))) {
        Ok(keyring) => Keys::fixed(keyring),
        Err(error) => panic!("no keyring: {error}"),
    };
    Engine::new(Parts {
        store,
        registry: Registry::new(http, Arc::clone(&carrier)),
        simulator: carrier,
        clock,
        ids,
        keys,
        settings,
    })
}

impl World {
    /// A world on a fresh store, at noon.
    pub async fn new(on: store::Engine) -> Self {
        Self::seeded(on, 1).await
    }

    /// As [`World::new`], with the carrier's seed.
    pub async fn seeded(on: store::Engine, seed: u64) -> Self {
        Self::over(database::open(on).await, seed).await
    }

    /// A world on an open store.
    pub async fn over(on: TestStore, seed: u64) -> Self {
        let TestStore { store, place, config } = on;
        let (clock, ids, carrier) = (TestClock::at(NOON), Arc::default(), Arc::new(SimulatorCarrier::new(seed)));
        let engine = engine_on(store, Arc::clone(&clock), Arc::clone(&ids), Arc::clone(&carrier));
        let new = NewWorkspace { name: "Test".to_owned(), brand: "Fern".to_owned(), time_zone: "UTC".to_owned() };
        let ws = match engine.workspace_create(Actor::System, new, None).await {
            Ok(row) => row.id,
            Err(error) => panic!("no workspace: {error}"),
        };
        let inbox = match engine.simulator_provide(ws).await {
            Ok(row) => row,
            Err(error) => panic!("no simulated number: {error}"),
        };
        engine.simulator_faults_set(inbox.account_id, Faults::none());
        Self { engine, clock, ids, carrier, ws, inbox: inbox.id, account: inbox.account_id, config, place }
    }

    /// The data directory of the embedded database.
    #[must_use]
    pub fn data_dir(&self) -> Option<std::path::PathBuf> {
        match self.place.url() {
            store::StoreUrl::Sqlite(dir) => Some(dir),
            store::StoreUrl::Postgres(_) => None,
        }
    }

    /// The process died and was started again: a new engine, at rest, on the
    /// same database, with the clock and the carrier of the old one.
    pub async fn reborn(self, faults: store::Faults) -> Self {
        let Self { engine, clock, ids, carrier, ws, inbox, account, mut config, place } = self;
        engine.store().clone().close().await;
        config.faults = faults;
        let store = match Store::open(config.clone()).await {
            Ok(store) => store,
            Err(error) => panic!("cannot open the store again: {error}"),
        };
        let engine = engine_on(store, Arc::clone(&clock), Arc::clone(&ids), Arc::clone(&carrier));
        Self { engine, clock, ids, carrier, ws, inbox, account, config, place }
    }

    /// Another node on the same database, with the same clock.
    pub async fn neighbour(&self) -> Engine {
        let store = match Store::open(self.config.clone()).await {
            Ok(store) => store,
            Err(error) => panic!("no second node: {error}"),
        };
        engine_on(store, Arc::clone(&self.clock), Arc::clone(&self.ids), Arc::clone(&self.carrier))
    }

    /// A text typed on a phone, carried into the thread.
    pub async fn types(&self, from: &str, body: &str) {
        let (from, keep) = (Address::parse(from), Keep::NOTHING);
        let typed = self.engine.simulator_type(self.ws, self.inbox, from, body.to_owned(), Vec::new(), keep).await;
        if let Err(error) = typed {
            panic!("the phone could not write: {error}");
        }
        self.carry().await;
    }

    /// Hands over all that is due, and lets the carrier finish.
    pub async fn settle(&self) {
        for _ in 0..50 {
            let sent = match self.engine.dispatch_round().await {
                Ok(sent) => sent,
                Err(error) => panic!("hand-over failed: {error}"),
            };
            if self.carry().await + sent == 0 {
                return;
            }
        }
        panic!("the outbox does not drain");
    }

    /// Lets the carrier do what is due; returns how many things happened.
    pub async fn carry(&self) -> usize {
        match self.engine.simulator_step().await {
            Ok(count) => count,
            Err(error) => panic!("the carrier failed: {error}"),
        }
    }

    /// A text as a person writes it.
    #[must_use]
    pub fn text(&self, body: &str) -> NewText {
        NewText {
            message: self.engine.new_id(),
            body: body.to_owned(),
            media: Vec::new(),
            origin: Origin::Person,
            purpose: Purpose::Conversational,
            topic: String::new(),
            author: Author::SYSTEM,
            send_after: None,
            valid_until: None,
            retry_of: None,
        }
    }

    /// A person's answer in a thread.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn answers(&self, to: ConversationId, body: &str) -> Result<Accepted, ReplyError> {
        self.engine.text_accept(self.ws, Destination::Conversation { id: to, after_seq: None }, self.text(body)).await
    }

    /// A program's text to a number.
    ///
    /// # Errors
    /// As the engine's.
    pub async fn sends(&self, to: &str, body: &str, purpose: Purpose) -> Result<Accepted, ReplyError> {
        let text = NewText { origin: Origin::Api, purpose, ..self.text(body) };
        let to = Destination::Address { inbox: self.inbox, to: Address::parse(to), name: None };
        self.engine.text_accept(self.ws, to, text).await
    }

    /// The workspace has no policy of its own on what it sells: only the law holds.
    pub async fn law_alone(&self) {
        if let Err(error) = set_policy(&self.engine, self.ws, law_alone()).await {
            panic!("the policy stays: {error}");
        }
    }

    /// A customer's written consent to marketing, given on the shop's page now.
    pub async fn agrees(&self, number: &str) -> ConsentId {
        match self.engine.consent_record(self.ws, Actor::System, agreement(number, None)).await {
            Ok(recorded) => recorded.entry.id,
            Err(error) => panic!("the consent was not kept: {error}"),
        }
    }

    /// The conversations of a view's first page.
    pub async fn list(&self, view: store::conversation::View) -> Vec<store::conversation::ConversationRow> {
        match self.engine.conversation_page(self.ws, None, view, None, 200).await {
            Ok(page) => page.rows,
            Err(error) => panic!("no list: {error}"),
        }
    }

    /// A thread from its start.
    pub async fn thread(&self, id: ConversationId) -> Vec<store::message::MessageRow> {
        match self.engine.conversation_thread(self.ws, id, engine::conversation::Span::After(0), 5_000).await {
            Ok(Some(thread)) => thread.rows,
            other => panic!("no thread: {other:?}"),
        }
    }

    /// One message.
    pub async fn message(&self, id: MessageId) -> store::message::MessageRow {
        match self.engine.store().workspace(self.ws).read(move |tx| store::message::get(tx, id)).await {
            Ok(Some(row)) => row,
            other => panic!("no message: {other:?}"),
        }
    }

    /// The tries of a workspace's message.
    pub async fn tries(&self, ws: WorkspaceId, id: MessageId) -> Vec<store::attempt::AttemptStory> {
        match self.engine.store().workspace(ws).read(move |tx| store::attempt::of_message(tx, id)).await {
            Ok(all) => all,
            Err(error) => panic!("no tries: {error}"),
        }
    }

    /// What a phone has received, in order.
    pub async fn phone(&self, number: &str) -> Vec<String> {
        match self.engine.simulator_texts(self.ws, Address::parse(number)).await {
            Ok(texts) => texts.into_iter().filter(|text| text.direction == "to_phone").map(|text| text.body).collect(),
            Err(error) => panic!("no phone: {error}"),
        }
    }
}
