//! What Telnyx does about STOP, START and HELP by itself, and what it leaves to us.
//!
//! By default a messaging profile blocks and unblocks numbers by a handful of
//! words, and answers nothing. It may be given texts of its own to answer with,
//! and further words. Either way `autoresponse_type` says which texts it acted
//! upon (<https://developers.telnyx.com/docs/messaging/messages/advanced-opt-in-out>).

use crate::channel::{Account, Handled, OwnWords, SettingsError, is_toll_free};
use domain::address::Address;
use domain::keyword::Class;

/// The words of the default handling.
pub(super) const WORDS: OwnWords = OwnWords {
    stop: &["STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"],
    start: &["START", "UNSTOP"],
    help: &[],
};

/// The setting's name.
pub(super) const SETTING: &str = "automatic_replies";

/// Whether the profile answers by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replies {
    /// It has no texts to answer with.
    None,
    /// It answers what it acts upon.
    Configured,
}

impl Replies {
    /// The setting's words.
    pub(super) const ALL: &'static [(&'static str, Self)] = &[("none", Self::None), ("configured", Self::Configured)];

    pub(super) fn read(account: &Account) -> Result<Self, SettingsError> {
        let Some(word) = account.setting(SETTING) else { return Ok(Self::None) };
        let known = Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, replies)| *replies);
        known.ok_or(SettingsError { field: SETTING, detail: "must be none or configured" })
    }
}

/// What Telnyx did about a text to a number of ours; `told` is `autoresponse_type`.
pub(super) fn handled(account: &Account, to: &Address, body: &str, told: Option<&str>) -> Handled {
    if is_toll_free(to)
        && let Some(class) = OwnWords::TOLL_FREE_NETWORK.class_of(body)
    {
        return Handled { took_for: Some(class), answered: true };
    }
    let told = told.and_then(|word| match word.to_ascii_uppercase().as_str() {
        "STOP" => Some(Class::OptOut),
        "START" => Some(Class::OptIn),
        "HELP" => Some(Class::Help),
        _ => None,
    });
    // Settings are checked when they are saved; what slipped through has no replies.
    let replies = Replies::read(account).unwrap_or(Replies::None);
    Handled {
        took_for: told.or_else(|| WORDS.class_of(body)),
        answered: replies == Replies::Configured && told.is_some(),
    }
}
