//! How Hark words what it answers by itself: in which language, in whose words, and whether the confirmation
//! of an opt-out asks what was meant.

use domain::answers::{Had, OwnWords, Question, Voice};
use domain::consent::{Permits, Status};
use domain::id::{ConversationId, CustomerId};
use domain::keyword::{self, Scope};
use domain::language::Language;
use serde::{Deserialize, Serialize};
use store::sending::InboxFacts;
use store::{DbError, Tx, answering, consent};

/// How many of a customer's texts tell their language.
const LAST_WORDS: i64 = 6;

/// Whom an answer goes to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hearer<'a> {
    pub(crate) address: &'a str,
    pub(crate) customer: CustomerId,
    pub(crate) conversation: ConversationId,
    /// The language of the text that is answered, where its words tell.
    pub(crate) language: Option<Language>,
}

/// Who answers whom.
#[derive(Debug)]
pub(crate) struct Speaker<'a> {
    facts: &'a InboxFacts,
    own: OwnWords,
    language: Language,
}

impl<'a> Speaker<'a> {
    /// Finds the language: that of the text, of what they wrote before, of the words they agreed to, and
    /// where none of them tells, the workspace's.
    pub(crate) fn find(tx: &mut Tx<'_>, facts: &'a InboxFacts, hearer: Hearer<'_>) -> Result<Self, DbError> {
        let language = match hearer.language {
            Some(language) => language,
            None => spoken(tx, hearer)?.unwrap_or(facts.language),
        };
        Ok(Self { facts, own: OwnWords::read(&facts.answers), language })
    }

    pub(crate) fn voice(&self) -> Voice<'_> {
        Voice { brand: &self.facts.brand, language: self.language, own: Some(&self.own) }
    }
}

fn spoken(tx: &mut Tx<'_>, hearer: Hearer<'_>) -> Result<Option<Language>, DbError> {
    let before = answering::last_words(tx, hearer.conversation, LAST_WORDS)?;
    // A tapback quotes our own words.
    let mut own = before.iter().filter(|words| !keyword::is_tapback(words));
    if let Some(language) = own.find_map(|words| Language::of_words(words)) {
        return Ok(Some(language));
    }
    Ok(answering::agreed_in(tx, hearer.address)?.and_then(|tag| Language::of_tag(&tag)))
}

/// The question that the confirmation of an opt-out asks, where it asks one. To be called before the opt-out is
/// written down: it looks at what stood until then.
pub(crate) fn question(
    tx: &mut Tx<'_>,
    facts: &InboxFacts,
    hearer: Hearer<'_>,
    scope: Scope,
    provider_blocks: bool,
) -> Result<Option<Question>, DbError> {
    // Most workspaces ask nothing: nothing is read for them.
    let both = Had { marketing: true, orders: true };
    if Question::of(facts.clarify_hours, scope, provider_blocks, both).is_none() {
        return Ok(None);
    }
    let standing = consent::standings(tx, vec![hearer.address.to_owned()])?;
    let granted = |permits| standing.iter().any(|row| row.permits == permits && row.standing.status == Status::Granted);
    let had = Had {
        marketing: granted(Permits::Marketing),
        orders: granted(Permits::Transactional) || answering::had_order_texts(tx, hearer.customer)?,
    };
    Ok(Question::of(facts.clarify_hours, scope, provider_blocks, had))
}

/// What the entry of an opt-out keeps of the question that its confirmation asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Asked {
    /// The inbox that asked.
    pub(crate) inbox: String,
    /// For how many hours the answer counts.
    pub(crate) hours: i64,
}

/// The evidence of an opt-out as far as the question is concerned.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OptOutEvidence {
    pub(crate) words: String,
    pub(crate) matched_by: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) asked_scope: Option<Asked>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opt_outs_of_before_are_still_read() -> Result<(), Box<dyn std::error::Error>> {
        let read: Vec<OptOutEvidence> = testkit::stored::samples(env!("CARGO_MANIFEST_DIR"), "opt_out_evidence")?;
        let hours: Vec<_> = read.iter().map(|kept| kept.asked_scope.as_ref().map(|asked| asked.hours)).collect();
        assert_eq!(hours, [None, Some(24)]);
        Ok(())
    }
}
