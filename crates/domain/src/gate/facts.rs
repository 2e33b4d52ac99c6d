//! What the law asks about beside the text itself. Whoever keeps it fills it in.

use crate::id::ConsentId;
use crate::message::{Channel, Purpose};
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
    /// least those of the longest span of a cap (24 hours).
    pub marketing_sent: &'a [i64],
    /// The name customers know the sender by, where it should be looked for.
    pub brand: Option<&'a str>,
    /// Whether the campaign asked for dates of birth.
    pub age_gated: bool,
    /// Whether an order text with an offer in it counts as marketing.
    pub reclassify: bool,
}
