//! What Plivo does about STOP, START and HELP by itself, and what it leaves to us.
//!
//! Its DND service, on by default for long codes and toll-free numbers, blocks
//! the sender (error 200) and confirms that; to HELP it answers. Opting in again
//! it confirms nowhere (<https://docs.plivo.com/docs/messaging/concepts/dnd-service>).
//! `MessageIntent`, which a picture message lacks, says what it took a text for, and
//! is blank where it took it for nothing
//! (<https://docs.plivo.com/docs/messaging/api/message/handling-incoming>).

use crate::channel::{Account, Handled, OwnWords, SettingsError, is_toll_free};
use domain::address::Address;
use domain::keyword::Class;

/// The words of the DND service; its page and Plivo's support list different ones, and these are all of both.
pub(super) const WORDS: OwnWords = OwnWords {
    stop: &["STOP", "END", "QUIT", "CANCEL", "UNSUB", "STOP ALL"],
    start: &["START", "UNSTOP"],
    help: &["HELP", "INFO"],
};

/// The setting's name.
pub(super) const SETTING: &str = "opt_out_handling";

/// What the account has Plivo do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handling {
    /// The DND service.
    Default,
    /// Switched off at Plivo: everything is ours.
    Off,
}

impl Handling {
    /// The setting's words.
    pub(super) const ALL: &'static [(&'static str, Self)] = &[("default", Self::Default), ("off", Self::Off)];

    pub(super) fn read(account: &Account) -> Result<Self, SettingsError> {
        let Some(word) = account.setting(SETTING) else { return Ok(Self::Default) };
        let known = Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, handling)| *handling);
        known.ok_or(SettingsError { field: SETTING, detail: "must be default or off" })
    }
}

/// What Plivo did about a text to a number of ours; `told` is `MessageIntent`, as far as it is there.
pub(super) fn handled(account: &Account, to: &Address, body: &str, told: Option<&str>) -> Handled {
    if is_toll_free(to)
        && let Some(class) = OwnWords::TOLL_FREE_NETWORK.class_of(body)
    {
        return Handled { took_for: Some(class), answered: true };
    }
    let meant = |word: &str| match word.to_ascii_lowercase().as_str() {
        "optout" => Some(Class::OptOut),
        "optin" => Some(Class::OptIn),
        "help" => Some(Class::Help),
        _ => None,
    };
    // Settings are checked when they are saved; what slipped through is the default.
    match Handling::read(account).unwrap_or(Handling::Default) {
        Handling::Off => Handled { took_for: told.and_then(meant), answered: false },
        Handling::Default => {
            let words = if matches!(to, Address::ShortCode(_)) { OwnWords::NONE } else { WORDS };
            let took_for = told.map_or_else(|| words.class_of(body), meant);
            let confirms = matches!(took_for, Some(Class::OptOut | Class::Help));
            Handled { took_for, answered: confirms }
        }
    }
}
