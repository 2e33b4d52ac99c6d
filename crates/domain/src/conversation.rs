//! Which conversation a text belongs to, and what happens to it.

use crate::limits::REOPEN_MS;
use crate::message::{Origin, words};

words! {
    /// Where a conversation stands.
    Status {
        /// Someone should look.
        Open = "open",
        /// Comes back by itself.
        Snoozed = "snoozed",
        /// Done, for now.
        Closed = "closed",
    }
}

/// The last conversation of a customer in an inbox, as far as the rule needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Last {
    /// Where it stands.
    pub status: Status,
    /// When it was closed, in Unix ms.
    pub closed_at: Option<i64>,
}

/// What a text does to the conversations of its customer and inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// It starts a new, open conversation.
    Start,
    /// It joins the last one, which is (or becomes) open.
    JoinAndOpen,
    /// It joins the last one, which stays as it is.
    Join,
    /// It starts a new conversation that is closed at once: nobody needs to answer.
    StartClosed,
}

/// Places an inbound text.
///
/// `asks_for_answer` is false for STOP, START, HELP, survey answers and phone
/// tapbacks: they join the last conversation without reopening it. A closed
/// conversation reopens for five days; later the customer means something new.
#[must_use]
pub fn place(last: Option<Last>, asks_for_answer: bool, now: i64) -> Placement {
    match (last, asks_for_answer) {
        (None, true) => Placement::Start,
        (None, false) => Placement::StartClosed,
        (Some(_), false) => Placement::Join,
        (Some(Last { status: Status::Open | Status::Snoozed, .. }), true) => Placement::JoinAndOpen,
        (Some(Last { status: Status::Closed, closed_at }), true) => {
            let age = now.saturating_sub(closed_at.unwrap_or(now));
            if age <= REOPEN_MS { Placement::JoinAndOpen } else { Placement::Start }
        }
    }
}

/// Places a text of ours that goes to an address.
///
/// It continues the last talk for five days, as a customer's would. What a program
/// writes (`by_program`) answers nobody and asks nobody to look: it opens nothing, so
/// that ten thousand notices do not bury those who wait. The customer's answer opens it.
#[must_use]
pub fn place_ours(last: Option<Last>, by_program: bool, now: i64) -> Placement {
    match (place(last, true, now), by_program) {
        (Placement::JoinAndOpen | Placement::Join, true) => Placement::Join,
        (Placement::Start | Placement::StartClosed, true) => Placement::StartClosed,
        (placement, false) => placement,
    }
}

/// Whether a text of ours gives a customer who waits their answer.
///
/// A person's does, and what a program writes into the conversation (`in_thread`), since it
/// has read what it answers. A notice that a program sends to a number, such as that a parcel
/// is on its way, answers nobody: whoever asked something goes on waiting.
#[must_use]
pub fn ends_wait(origin: Origin, in_thread: bool) -> bool {
    match origin {
        Origin::Person => true,
        Origin::Api => in_thread,
        Origin::Campaign
        | Origin::Bot
        | Origin::Flow
        | Origin::OptOutConfirmation
        | Origin::OptInConfirmation
        | Origin::SignUpRequest
        | Origin::HelpAnswer => false,
    }
}

/// The first words of a text, for the list of conversations.
///
/// At most 140 characters, line breaks folded to spaces.
#[must_use]
pub fn preview(body: &str) -> String {
    let mut preview = String::with_capacity(body.len().min(160));
    for word in body.split_whitespace() {
        if !preview.is_empty() {
            preview.push(' ');
        }
        preview.push_str(word);
        if preview.chars().count() > 140 {
            return preview.chars().take(139).chain(['…']).collect();
        }
    }
    preview
}

/// What the list of conversations shows of a text: its first words, or that it is pictures alone.
#[must_use]
pub fn shown(body: &str, pictures: usize) -> String {
    if pictures > 0 && body.trim().is_empty() { "Photo".to_owned() } else { preview(body) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_to_a_number_leaves_the_customer_waiting() {
        assert!(ends_wait(Origin::Person, true) && ends_wait(Origin::Person, false));
        assert!(ends_wait(Origin::Api, true) && !ends_wait(Origin::Api, false));
        for program in [Origin::Campaign, Origin::Bot, Origin::Flow, Origin::HelpAnswer] {
            assert!(!ends_wait(program, true) && !ends_wait(program, false), "{program:?}");
        }
    }

    const DAY: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn places_each_case() {
        let closed = |ago: i64| Some(Last { status: Status::Closed, closed_at: Some(100 * DAY - ago) });
        let open = Some(Last { status: Status::Open, closed_at: None });
        let snoozed = Some(Last { status: Status::Snoozed, closed_at: None });
        let now = 100 * DAY;
        let table = [
            (None, true, Placement::Start),
            (None, false, Placement::StartClosed),
            (open, true, Placement::JoinAndOpen),
            (open, false, Placement::Join),
            (snoozed, true, Placement::JoinAndOpen),
            (snoozed, false, Placement::Join),
            (closed(0), true, Placement::JoinAndOpen),
            (closed(5 * DAY), true, Placement::JoinAndOpen),
            (closed(5 * DAY + 1), true, Placement::Start),
            (closed(DAY), false, Placement::Join),
            (closed(50 * DAY), false, Placement::Join),
        ];
        for (last, asks, expected) in table {
            assert_eq!(place(last, asks, now), expected, "{last:?} {asks}");
        }
    }

    #[test]
    fn a_programs_text_opens_nothing() {
        let now = 100 * DAY;
        let closed = |ago: i64| Some(Last { status: Status::Closed, closed_at: Some(now - ago) });
        let stands = |status| Some(Last { status, closed_at: None });
        let table = [
            (None, Placement::Start, Placement::StartClosed),
            (stands(Status::Open), Placement::JoinAndOpen, Placement::Join),
            (stands(Status::Snoozed), Placement::JoinAndOpen, Placement::Join),
            (closed(5 * DAY), Placement::JoinAndOpen, Placement::Join),
            // An answer to it must find it near: it begins another.
            (closed(5 * DAY + 1), Placement::Start, Placement::StartClosed),
        ];
        for (last, person, program) in table {
            assert_eq!(place_ours(last, false, now), person, "{last:?}");
            assert_eq!(place_ours(last, true, now), program, "{last:?}");
        }
    }

    #[test]
    fn pictures_without_words_are_shown_as_what_they_are() {
        assert_eq!(shown(" \n", 2), "Photo");
        assert_eq!(shown("Look", 1), "Look");
        assert_eq!(shown("", 0), "");
    }

    #[test]
    fn preview_folds_space_and_ends_in_an_ellipsis() {
        assert_eq!(preview("  where is\n\nmy order? "), "where is my order?");
        let long = preview(&"word ".repeat(100));
        assert_eq!(long.chars().count(), 140);
        assert!(long.ends_with('…'));
        assert_eq!(preview(&"x".repeat(500)).chars().count(), 140);
    }
}
