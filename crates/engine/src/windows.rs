//! Where the law lets a marketing text leave just now.

use crate::Engine;
use domain::rule_pack;
use domain::windows::{Window, by_state};

impl Engine {
    /// The rules that the gate applies.
    #[must_use]
    pub fn rule_pack_current(&self) -> &'static rule_pack::RulePack {
        &rule_pack::DEFAULT
    }

    /// The instant looked at, Unix ms, and each state's window at it.
    #[must_use]
    pub fn windows_now(&self) -> (i64, Vec<(&'static str, Window)>) {
        let now = self.now();
        (now, by_state(now, &rule_pack::DEFAULT))
    }
}
