//! What Twilio does about STOP, START and HELP by itself, and what it leaves to us.
//!
//! Only a text that is one of its words and nothing else counts there: "STOP
//! PLEASE" is delivered like any other text, neither answered nor blocked
//! (Twilio's support article 223134027, "SMS STOP filtering"). So a customer
//! who opts out in their own words can, and must, still get our confirmation;
//! one who sent a word of Twilio's has had Twilio's, and the number is blocked
//! (error 21610).

use crate::channel::{Account, Handled, OwnWords, SettingsError, is_toll_free};
use domain::address::Address;
use domain::keyword::Class;

/// The words of the default handling on long codes
/// (<https://www.twilio.com/docs/messaging/tutorials/advanced-opt-out>).
pub(super) const WORDS: OwnWords = OwnWords {
    stop: &["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"],
    start: &["START", "YES", "UNSTOP"],
    help: &["HELP", "INFO"],
};

/// What Twilio answers on toll-free numbers in the default handling. Other stop
/// words are left to us: were one handled there after all, the number would be
/// blocked, and our confirmation refused rather than doubled.
const TOLL_FREE: OwnWords = OwnWords { stop: &["STOP"], start: &["START", "UNSTOP"], help: &["HELP", "INFO"] };

/// The setting's name.
pub(super) const SETTING: &str = "opt_out_handling";

/// What the account has Twilio do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handling {
    /// Twilio's default: its own words, its own answers.
    Default,
    /// Advanced Opt-Out of a messaging service: its words are its owner's, and
    /// `OptOutType` says which texts it handled.
    Advanced,
    /// Switched off at Twilio: everything is ours.
    Off,
}

impl Handling {
    /// The setting's words.
    pub(super) const ALL: &'static [(&'static str, Self)] =
        &[("default", Self::Default), ("advanced", Self::Advanced), ("off", Self::Off)];

    pub(super) fn read(account: &Account) -> Result<Self, SettingsError> {
        let Some(word) = account.setting(SETTING) else { return Ok(Self::Default) };
        let known = Self::ALL.iter().find(|(name, _)| *name == word).map(|(_, handling)| *handling);
        known.ok_or(SettingsError { field: SETTING, detail: "must be default, advanced or off" })
    }
}

/// What Twilio did about a text to a number of ours; `told` is `OptOutType`.
pub(super) fn handled(account: &Account, to: &Address, body: &str, told: Option<&str>) -> Handled {
    // Settings are checked when they are saved; what slipped through is the default.
    let handling = Handling::read(account).unwrap_or(Handling::Default);
    let told = told.and_then(|word| match word.to_ascii_uppercase().as_str() {
        "STOP" => Some(Class::OptOut),
        "START" => Some(Class::OptIn),
        "HELP" => Some(Class::Help),
        _ => None,
    });
    if is_toll_free(to)
        && let Some(class) = OwnWords::TOLL_FREE_NETWORK.class_of(body)
    {
        return Handled { took_for: Some(class), answered: true };
    }
    match handling {
        // Nothing answers there, though a block is a block.
        Handling::Off => Handled { took_for: told, answered: false },
        Handling::Advanced => Handled { took_for: told, answered: told.is_some() },
        Handling::Default => {
            let took_for = told.or_else(|| words_for(to).class_of(body));
            Handled { took_for, answered: took_for.is_some() }
        }
    }
}

fn words_for(to: &Address) -> OwnWords {
    match to {
        // A short code of its own has no default handling (support article 223181748).
        Address::ShortCode(_) => OwnWords::NONE,
        _ if is_toll_free(to) => TOLL_FREE,
        Address::Phone(_) | Address::Alphanumeric(_) | Address::Opaque(_) => WORDS,
    }
}
