//! What conversations are made of: scenes, as tables of steps.

use crate::picture::Picture;
use domain::message::{Origin, Purpose};

/// One step of a scene. Lines are templates of [`crate::grammar`].
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The customer writes one of these.
    Says(&'static [&'static str]),
    /// The customer writes one of these and is angry.
    Fumes(&'static [&'static str]),
    /// The customer sends a photo, with one of these.
    Shows(&'static [Picture], &'static [&'static str]),
    /// The customer's phone reports a tapback on our last text.
    Taps,
    /// The agent writes one of these.
    Answers(&'static [&'static str]),
    /// The agent writes a private note.
    Notes(&'static [&'static str]),
    /// An automation writes one of these.
    Automates(Origin, Purpose, &'static [&'static str]),
    /// The customer writes a word that ends all texts, and gets the one confirmation.
    Stops(&'static [&'static str]),
    /// The customer allows texts again.
    Starts,
    /// The customer asks what this is.
    AsksHelp,
    /// Hours pass, from and to.
    Waits(i64, i64),
    /// These steps happen that many times out of a hundred.
    Sometimes(u32, &'static [Step]),
    /// One of these happens.
    Either(&'static [&'static [Step]]),
}

/// Which order a scene is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// None.
    Nothing,
    /// One placed a minute ago.
    JustBought,
    /// One placed within hours.
    Fresh,
    /// One on its way.
    Underway,
    /// One that came.
    Arrived,
    /// One that was paid back in the end.
    PaidBack,
    /// One that was cancelled in time.
    TakenBack,
}

/// A kind of conversation.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// Its name, for measuring.
    pub topic: &'static str,
    /// How often it happens, against the others.
    pub weight: u32,
    /// The order it is about.
    pub about: About,
    /// The agent who mostly has it.
    pub desk: usize,
    /// Whether the customer writes Spanish.
    pub spanish: bool,
    /// What happens.
    pub steps: &'static [Step],
}
