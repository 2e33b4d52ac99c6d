//! The rules about when a text may be sent, as data.
//!
//! A pack never changes once a decision has named it: a new reading of the law
//! is a new pack with a new id, so that an old decision can still be explained.

use serde::Serialize;

/// A set of rules that decisions name by its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RulePack {
    /// What decisions store, such as `us_federal_0`.
    pub id: &'static str,
    /// The first minute of the local day in which a text may be sent.
    pub opens: u16,
    /// The first minute of the local day in which none may be sent any more.
    pub closes: u16,
    /// Where the rule is written.
    pub source: &'static str,
}

/// Federal quiet hours: no solicitation before 8 in the morning or after 9 in
/// the evening, local time at the called party's location.
pub const US_FEDERAL_0: RulePack =
    RulePack { id: "us_federal_0", opens: 8 * 60, closes: 21 * 60, source: "47 CFR 64.1200(c)(1)" };

/// Every pack, the newest last.
pub const PACKS: &[RulePack] = &[US_FEDERAL_0];

impl RulePack {
    /// The pack in force for customers in the United States.
    #[must_use]
    pub const fn us_federal_0() -> Self {
        US_FEDERAL_0
    }

    /// What decisions store.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.id
    }

    /// The pack with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static RulePack> {
        PACKS.iter().find(|pack| pack.id == id)
    }
}
