//! The shop's own policy in a question, and what it asks about.

use serde::Deserialize;

use super::question::{time, word};
use super::{Caps, Courtesy, OpenTalk, Priority, QuestionError, SendingPolicy};
use crate::message::Origin;

/// A policy. What is absent is as Hark has it from the start.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct PolicyEntry {
    day: Option<u32>,
    week: Option<u32>,
    month: Option<u32>,
    priority: Option<Vec<String>>,
    open_conversations: Option<bool>,
    complaints: Option<bool>,
}

/// A conversation that is not closed.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct TalkEntry {
    waits: Option<bool>,
    wrote: Option<String>,
    complaint: Option<String>,
}

impl PolicyEntry {
    pub(super) fn read(&self) -> Result<SendingPolicy, QuestionError> {
        let (caps, courtesy) = (Caps::default(), Courtesy::default());
        // Nought is how a question says that there is no cap.
        let cap = |said: Option<u32>, known: Option<u32>| match said {
            None => known,
            Some(most) => (most > 0).then_some(most),
        };
        let priority = match &self.priority {
            None => Priority::default(),
            Some(words) => {
                let order = words.iter().map(|word| origin("policy.priority", word)).collect::<Result<Vec<_>, _>>()?;
                let known = "person, bot, flow, campaign, api, each once";
                Priority::of(&order).ok_or_else(|| word("policy.priority", &words.join(", "), known))?
            }
        };
        Ok(SendingPolicy {
            caps: Caps {
                day: cap(self.day, caps.day),
                week: cap(self.week, caps.week),
                month: cap(self.month, caps.month),
            },
            priority,
            courtesy: Courtesy {
                open_conversations: self.open_conversations.unwrap_or(courtesy.open_conversations),
                complaints: self.complaints.unwrap_or(courtesy.complaints),
            },
        })
    }
}

impl TalkEntry {
    pub(super) fn read(&self) -> Result<OpenTalk, QuestionError> {
        let at = |field, text: Option<&str>| text.map(|text| time(field, text)).transpose();
        Ok(OpenTalk {
            waits: self.waits.unwrap_or(false),
            wrote_at: at("talks.wrote", self.wrote.as_deref())?,
            complaint_since: at("talks.complaint", self.complaint.as_deref())?,
        })
    }
}

/// Who sends a text that is due.
pub(super) fn origin(field: &'static str, text: &str) -> Result<Origin, QuestionError> {
    Origin::from_word(text).ok_or_else(|| word(field, text, "the words of docs/rules/gate.md"))
}
