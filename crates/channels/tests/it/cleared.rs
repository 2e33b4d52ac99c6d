//! Permissions for texts, from the gate itself: there is no other way to one.

use channels::channel::{Account, Monotonic, Secrets};
use domain::address::Address;
use domain::gate::{Inputs, Outlet, Stops, Talk, Wish, clear};
use domain::id::{AccountId, AttemptId, MessageId, WorkspaceId};
use domain::message::{Origin, Purpose};
use domain::rule_pack::US_FEDERAL_0;
use domain::send::{Cleared, OutboundMedia, OutboundText};
use domain::zones::candidates;
use uuid::Uuid;

/// The customer of all tests; a log that shows it has leaked.
pub const CUSTOMER: &str = "+14155550123";
/// Our number in all tests.
pub const OURS: &str = "+15017122661";
/// A word in all bodies; a log that shows it has leaked.
pub const BODY_WORD: &str = "Xylophone";
/// Noon in New York on a weekday, in Unix ms.
pub const NOON: i64 = 1_763_571_600_000;

/// A clock that stands still until it is told to go on.
pub struct Clock(pub std::sync::atomic::AtomicI64);

impl Clock {
    pub fn at(now: i64) -> Self {
        Self(std::sync::atomic::AtomicI64::new(now))
    }
}

impl Monotonic for Clock {
    fn monotonic_ms(&self) -> i64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

pub fn account(settings: serde_json::Value, secrets: Secrets) -> Account {
    Account {
        workspace: WorkspaceId::new(Uuid::from_u128(1)),
        id: AccountId::new(Uuid::from_u128(2)),
        settings,
        secrets,
        callback_base: "https://hark.example/hooks/twilio/acc_00000000000000000000000000000002".to_owned(),
    }
}

pub fn attempt(number: u128) -> AttemptId {
    AttemptId::new(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000 + number))
}

/// The present instant: what is told of a validity period depends on when the request is made.
#[expect(clippy::disallowed_methods, reason = "validity is relative to the real time of the request")]
pub fn unix_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// A text of ours, the `number`th.
pub fn text(number: u128, body: &str, media: &[&str]) -> OutboundText {
    OutboundText {
        workspace: WorkspaceId::new(Uuid::from_u128(1)),
        account: AccountId::new(Uuid::from_u128(2)),
        message: MessageId::new(Uuid::from_u128(0x5000 + number)),
        attempt: attempt(number),
        from: Address::parse(OURS),
        to: Address::parse(CUSTOMER),
        body: body.to_owned(),
        media: media
            .iter()
            .map(|url| OutboundMedia { url: (*url).to_owned(), content_type: "image/jpeg".to_owned(), bytes: 1000 })
            .collect(),
        valid_until: None,
    }
}

/// The same text with the gate's permission.
pub fn permit(text: OutboundText, hand_over_by: i64) -> Cleared<OutboundText> {
    let to = text.to.clone();
    let body = text.body.clone();
    let inputs = Inputs {
        now: NOON,
        clock_in_doubt: false,
        origin: Origin::Person,
        purpose: Purpose::Conversational,
        to: &to,
        body: &body,
        media: text.media.len(),
        stops: Stops::default(),
        outlet: Outlet::OPEN,
        wish: Wish::default(),
        talk: Talk { last_inbound_at: Some(NOON - 60_000), ..Talk::default() },
        candidates: &candidates(&to),
        pack: &US_FEDERAL_0,
        facts: domain::gate::Facts::default(),
        send_after: None,
        valid_until: None,
    };
    match clear(&inputs, text, hand_over_by) {
        Ok((cleared, _)) => cleared,
        Err(decision) => panic!("the gate must let this pass: {decision:?}"),
    }
}
