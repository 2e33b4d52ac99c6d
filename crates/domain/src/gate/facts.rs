//! What the law asks about beside the text itself. Whoever keeps it fills it in.

use super::policy::ShopFacts;
use crate::id::ConsentId;
use crate::message::{Channel, Purpose, words};
use crate::rule_pack::ConsentKind;

/// One entry of the consent ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    /// What it covers.
    pub channel: Channel,
    /// What for; `None` covers every purpose.
    pub purpose: Option<Purpose>,
    /// Given, or taken back.
    pub granted: bool,
    /// How it was given.
    pub kind: ConsentKind,
    /// When, Unix ms.
    pub at: i64,
    /// The entry of the ledger, where there is one.
    pub entry: Option<ConsentId>,
}

words! {
    /// Which texts count as marketing for an offer in them, whatever they are sent as.
    #[derive(Default)]
    Reclassify {
        /// None: an offer is told, and the text stays what it was sent as.
        Never = "never",
        /// Texts about orders and one-time codes: one offer in them makes them a
        /// solicitation (47 CFR 64.1200(f)(15)).
        #[default]
        OrderTexts = "order_texts",
        /// Texts of a talk as well.
        EveryText = "every_text",
    }
}

/// When the customer was last told how to opt out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LastTold {
    /// Nobody keeps it: earlier marketing texts count as if they had said it.
    #[default]
    NotKept,
    /// At this instant (Unix ms); none: not as far back as the pack asks.
    Kept(Option<i64>),
}

/// A wish to hear nothing more of one topic. One that covers everything is
/// [`super::Wish::opted_out_since`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptOut<'a> {
    /// A purpose, or a topic of the shop's own.
    pub scope: &'a str,
    /// When, Unix ms.
    pub at: i64,
}

/// What the law asks about beside the text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts<'a> {
    /// What the customer agreed to: all entries for this address, in any order.
    pub consents: &'a [Consent],
    /// Topics they opted out of.
    pub opt_outs: &'a [OptOut<'a>],
    /// When (Unix ms) they asked for texts again: what they took back before
    /// that counts for its own purpose alone.
    pub resumed_at: Option<i64>,
    /// Since when (Unix ms) another address of theirs is opted out of anything.
    pub opted_out_elsewhere_since: Option<i64>,
    /// Since when (Unix ms) it is open whether they asked to stop.
    pub unsure_since: Option<i64>,
    /// The topic of this text, where it has one of its own.
    pub topic: Option<&'a str>,
    /// When earlier marketing texts went to them, Unix ms, in any order: at
    /// least those of the longest span of a cap, the law's and the shop's own.
    pub marketing_sent: &'a [i64],
    /// The name customers know the sender by, where it should be looked for.
    pub brand: Option<&'a str>,
    /// Whether whoever is texted was asked for their date of birth.
    pub age_gated: bool,
    /// Which texts count as marketing for an offer in them.
    pub reclassify: Reclassify,
    /// When they were last told how to opt out.
    pub opt_out_told: LastTold,
    /// What the shop's own policy asks about.
    pub shop: ShopFacts<'a>,
}
