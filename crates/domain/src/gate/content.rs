//! What the words of a text break, by the rows of the pack.

use super::{Decision, Given, Inputs, LastTold, Reclassify, Verdict};
use crate::message::{Origin, Purpose};
use crate::rule_pack::{Look, Looked, Text};

/// An offer found in a text that is not sent as marketing.
pub(super) struct Offer<'a> {
    looked: Looked<'a>,
    phrase: &'a str,
}

/// The first offer in a text that claims not to sell.
pub(super) fn offer<'a>(inputs: &Inputs<'a>, text: &Text<'_>) -> Option<Offer<'a>> {
    let mut looked = inputs.pack.looked(text, inputs.now, inputs.candidates.regions, inputs.purpose);
    looked.find_map(|looked| {
        let phrase = looked.phrase.filter(|_| looked.words.look == Look::Marketing)?;
        Some(Offer { looked, phrase })
    })
}

/// Whether an offer in such a text makes it marketing. A text in a talk is told of its offer and
/// goes, unless the workspace is stricter: the customer may have asked. What answers a keyword or the
/// form of an opt-in page says what it must, the programme's name among it.
pub(super) fn sells(inputs: &Inputs<'_>) -> bool {
    if inputs.origin.answers_keyword() || inputs.origin == Origin::SignUpRequest {
        return false;
    }
    match (inputs.facts.reclassify, inputs.purpose) {
        (Reclassify::Never, _) | (Reclassify::OrderTexts, Purpose::Conversational) => false,
        (Reclassify::EveryText, Purpose::Conversational)
        | (
            Reclassify::OrderTexts | Reclassify::EveryText,
            Purpose::Transactional | Purpose::Otp | Purpose::Marketing,
        ) => true,
    }
}

/// Notes an offer, and whether the text counts as marketing for it.
pub(super) fn note_offer(offer: &Offer<'_>, sells: bool, claimed: Purpose, decision: &mut Decision) {
    let what = if sells { "It counts as marketing" } else { "It may count as marketing" };
    let detail = format!("\"{}\" in a {claimed} text. {what}.", offer.phrase);
    decision.by_row(offer.looked.row, Verdict::Send, &offer.looked.words.code, detail);
    decision.given("phrase", offer.phrase);
    decision.given("sells", if sells { "yes" } else { "perhaps" });
    decision.fix(&offer.looked.words.fix);
}

/// Every other row about words.
pub(super) fn words(inputs: &Inputs<'_>, text: &Text<'_>, decision: &mut Decision) {
    if inputs.body.is_empty() {
        return;
    }
    for looked in inputs.pack.looked(text, inputs.now, inputs.candidates.regions, inputs.purpose) {
        let Some((detail, given)) = breaks(&looked, text, inputs) else { continue };
        let verdict = if looked.words.refuses { Verdict::Refuse } else { Verdict::Send };
        decision.by_row(looked.row, verdict, &looked.words.code, detail);
        if let Some((name, is)) = given {
            decision.given(name, is);
        }
        decision.fix(&looked.words.fix);
    }
}

/// What is wrong in plain words, and what they name.
type Broken = (String, Option<(&'static str, Given)>);

/// What is wrong, where something is.
fn breaks(looked: &Looked<'_>, text: &Text<'_>, inputs: &Inputs<'_>) -> Option<Broken> {
    let broken = |detail: String, name: &'static str, is: Given| Some((detail, Some((name, is))));
    match looked.words.look {
        Look::Hosts => {
            let host = looked.words.host(text)?;
            broken(format!("It links through {host}, a shortener many senders share."), "host", host.into())
        }
        Look::LinksOver(most) => {
            let count = text.hosts.len();
            if count > most { broken(format!("It has {count} links."), "count", count.into()) } else { None }
        }
        Look::Phrases => {
            let phrase = looked.phrase?;
            broken(format!("It says \"{phrase}\"."), "phrase", phrase.into())
        }
        Look::PhrasesWithoutAgeGate if inputs.facts.age_gated => None,
        Look::PhrasesWithoutAgeGate => {
            let phrase = looked.phrase?;
            broken(format!("It says \"{phrase}\" without an age gate."), "phrase", phrase.into())
        }
        // Said before the rules were asked, because it can change the purpose.
        Look::Marketing => None,
        Look::MissingOptOut { every_ms } => {
            let since = inputs.now.saturating_sub(every_ms);
            let within = |at: &i64| *at > since && *at <= inputs.now;
            let due = match &inputs.facts.opt_out_told {
                LastTold::Kept(last) => !last.iter().any(within),
                LastTold::NotKept => !inputs.facts.marketing_sent.iter().any(within),
            };
            let missing = due && looked.phrase.is_none();
            missing.then(|| ("It does not say how to opt out, and that is due.".to_owned(), None))
        }
        Look::MissingBrand => {
            let brand = inputs.facts.brand?;
            if text.names(brand) { None } else { broken(format!("It does not name {brand}."), "brand", brand.into()) }
        }
    }
}
