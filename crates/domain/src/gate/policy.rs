//! What a workspace asks of its own marketing beyond the law: how often, who comes first, and when it
//! would be rude. The law's own caps stand in the rule packs and hold whatever is chosen here.

use crate::limits::{DAY_MS, MONTH_MS, WEEK_MS};
use crate::message::Origin;

/// Most texts that a cap may allow in its span: more is no cap.
pub const CAP_MAX: u32 = 1_000;

/// A workspace's policy on its marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SendingPolicy {
    /// How many marketing texts a customer gets.
    pub caps: Caps,
    /// Whose text takes the place when there is but one.
    pub priority: Priority,
    /// When marketing waits out of courtesy.
    pub courtesy: Courtesy,
}

/// At most so many marketing texts to one customer in a rolling span, whoever sends them and to whichever
/// of the customer's numbers. None: no cap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// In 24 hours.
    pub day: Option<u32>,
    /// In 7 days.
    pub week: Option<u32>,
    /// In 30 days.
    pub month: Option<u32>,
}

impl Default for Caps {
    /// Three a day is what the strictest states allow anybody (Fla. Stat. 501.616(6)(b)), so that it
    /// surprises no shop that sells there; one a day over a week, and twenty in thirty days, are Hark's own
    /// measure: no law names them.
    fn default() -> Self {
        Self { day: Some(3), week: Some(7), month: Some(20) }
    }
}

impl Caps {
    /// None at all.
    pub const NONE: Self = Self { day: None, week: None, month: None };

    /// Those that are set: how many, in which span (ms), and its name.
    pub(super) fn set(self) -> impl Iterator<Item = (usize, i64, &'static str)> {
        [(self.day, DAY_MS, "24 hours"), (self.week, WEEK_MS, "7 days"), (self.month, MONTH_MS, "30 days")]
            .into_iter()
            .filter_map(|(most, span, name)| Some((usize::try_from(most?).ok()?, span, name)))
    }

    /// How far back (ms) what was sent counts; 0 where nothing is capped.
    #[must_use]
    pub fn counted_ms(self) -> i64 {
        self.set().map(|(_, span, _)| span).max().unwrap_or(0)
    }
}

/// Those who may sell, the first first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Priority([Origin; 5]);

impl Default for Priority {
    /// The more a text is about what this one customer does, the sooner: a person chose them, a bot answers
    /// them, a flow follows something they did, a campaign is for many, and nobody knows what a program means.
    fn default() -> Self {
        Self([Origin::Person, Origin::Bot, Origin::Flow, Origin::Campaign, Origin::Api])
    }
}

impl Priority {
    /// An order that names each of them once; none where it does not.
    #[must_use]
    pub fn of(order: &[Origin]) -> Option<Self> {
        let order: [Origin; 5] = order.try_into().ok()?;
        Self::default().0.iter().all(|known| order.contains(known)).then_some(Self(order))
    }

    /// The order.
    #[must_use]
    pub const fn order(&self) -> &[Origin] {
        &self.0
    }

    /// The place of an origin, the first being 0; whatever cannot sell comes last.
    #[must_use]
    pub fn rank(&self, origin: Origin) -> usize {
        self.0.iter().position(|known| *known == origin).unwrap_or(self.0.len())
    }
}

/// When marketing waits out of courtesy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Courtesy {
    /// While the customer has an open conversation in which they wait or wrote within a day.
    pub open_conversations: bool,
    /// While a complaint of theirs is open.
    pub complaints: bool,
}

impl Default for Courtesy {
    fn default() -> Self {
        Self { open_conversations: true, complaints: true }
    }
}

/// A conversation of the customer's that is not closed, in whichever inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenTalk {
    /// Whether they wait for an answer.
    pub waits: bool,
    /// When they last wrote in it, Unix ms.
    pub wrote_at: Option<i64>,
    /// Since when (Unix ms) a complaint is open in it.
    pub complaint_since: Option<i64>,
}

/// What the policy of a workspace asks about beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct ShopFacts<'a> {
    /// The policy; none where none is asked: then only the law holds.
    pub policy: Option<&'a SendingPolicy>,
    /// The customer's conversations that are not closed.
    pub talks: &'a [OpenTalk],
    /// Who sends the other marketing texts to the customer that are due and have not left.
    pub due: &'a [Origin],
}
