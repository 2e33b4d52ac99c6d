//! The gate: the one decision in front of every send.
//!
//! Every outbound text passes twice: when it is accepted, so that the asker
//! learns at once, and when it is claimed, so that a STOP which arrived while
//! it waited still wins. Only [`clear`] makes a [`Cleared`], the permission a
//! channel takes. [`decide`] gives the same answer without the permission.

mod caps;
mod content;
mod decision;
mod facts;
mod given;
mod law;
mod policy;
mod question;
mod question_shop;
mod rules;
mod shop;

/// The code with which a stop switch holds what was accepted and refuses what is new.
pub const SENDING_STOPPED: &str = "sending_stopped";

pub use decision::{Basis, Decision, Ended, Finding, LocalTime, Verdict};
pub use facts::{Consent, Facts, LastTold, OptOut, Reclassify};
pub use given::{Given, Givens};
pub use policy::{CAP_MAX, Caps, Courtesy, OpenTalk, Priority, SendingPolicy, ShopFacts};
pub use question::{Answer, Question, QuestionError, Reason};

use crate::address::Address;
use crate::limits::PARTS_MAX;
use crate::message::{Origin, Purpose};
use crate::rule_pack::RulePack;
use crate::send::{Cleared, Mortal};
use crate::zones::Candidates;

/// Who has switched sending off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stops {
    /// The operator, for this server.
    pub server: bool,
    /// The workspace.
    pub workspace: bool,
    /// This inbox.
    pub inbox: bool,
    /// Whether the text was accepted before, so that it waits for the switch, and for hours that are out of
    /// sight; a new one is refused.
    pub waits: bool,
}

/// What the sending channel can do and where it leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outlet {
    /// Whether there is an account in use that can carry it.
    pub usable: bool,
    /// Whether texts reach a real network.
    pub real: bool,
    /// Whether pictures can be sent.
    pub mms: bool,
    /// Most parts the provider takes in one text.
    pub parts_max: u32,
    /// Whether the inbox was declared live.
    pub live: bool,
    /// Whether the recipient is one of the inbox's listed test numbers.
    pub test_number: bool,
    /// How long (ms) a text must still be allowed for the provider to take it; 0 where it takes any.
    pub lead_ms: i64,
}

impl Outlet {
    /// One that stands in no text's way: a real channel of an inbox declared live.
    pub const OPEN: Self =
        Self { usable: true, real: true, mms: true, parts_max: PARTS_MAX, live: true, test_number: false, lead_ms: 0 };
}

/// What is known of the recipient's wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// Since when (Unix ms) texts from this brand are refused.
    pub opted_out_since: Option<i64>,
    /// Whether the customer wrote something else after opting out.
    pub wrote_since: bool,
    /// Whether they opted out after this text was accepted. Their return since
    /// then, if there was one, does not bring it back.
    pub overtaken: bool,
}

/// What is known of the talk so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Talk {
    /// When the customer last wrote, in Unix ms.
    pub last_inbound_at: Option<i64>,
    /// Automatic texts to this address in the last hour since a person last wrote.
    pub automatic_recent: u32,
    /// Whether the text being answered equals our own last text.
    pub echo: bool,
    /// When (Unix ms) the form was sent that the text answers, where it answers one.
    pub form_sent_at: Option<i64>,
}

/// Everything the gate looks at.
#[derive(Debug, Clone)]
pub struct Inputs<'a> {
    /// The present instant, in Unix ms.
    pub now: i64,
    /// Whether our clock was stepped or is off against the dates of providers.
    pub clock_in_doubt: bool,
    /// Who asks.
    pub origin: Origin,
    /// Why it is sent.
    pub purpose: Purpose,
    /// The recipient.
    pub to: &'a Address,
    /// The words.
    pub body: &'a str,
    /// How many pictures go along.
    pub media: usize,
    /// The stop switches.
    pub stops: Stops,
    /// The way out.
    pub outlet: Outlet,
    /// The recipient's wish.
    pub wish: Wish,
    /// The talk so far.
    pub talk: Talk,
    /// Time zones the recipient may be in.
    pub candidates: &'a Candidates,
    /// The law in force.
    pub pack: &'a RulePack,
    /// What the law asks about beside the text.
    pub facts: Facts<'a>,
    /// Not before this instant (Unix ms), if someone chose one.
    pub send_after: Option<i64>,
    /// Worthless after this instant (Unix ms).
    pub valid_until: Option<i64>,
}

/// Decides on a text: send, hold until an instant, or refuse with a reason.
///
/// Every rule is asked, so that a refusal lists all that is wrong at once. A
/// refusal outweighs a hold, the latest hold outweighs the others.
#[must_use]
pub fn decide(inputs: &Inputs<'_>) -> Decision {
    // An offer in an order text makes it marketing, before any rule is asked: every rule about
    // marketing then holds.
    let text = inputs.pack.look(inputs.body);
    let offer = content::offer(inputs, &text);
    let sells = offer.is_some() && content::sells(inputs);
    let read = Inputs { purpose: if sells { Purpose::Marketing } else { inputs.purpose }, ..inputs.clone() };
    let mut decision = Decision::open(&read);
    decision.basis.declared = sells.then(|| inputs.purpose.word().to_owned());
    if let Some(offer) = offer {
        content::note_offer(&offer, sells, inputs.purpose, &mut decision);
    }
    for rule in rules::ALL {
        rule(&read, &mut decision);
    }
    content::words(&read, &text, &mut decision);
    decision.conclude(read.valid_until, read.outlet.lead_ms);
    if decision.verdict != Verdict::Refuse {
        decision.basis.legal_basis = law::basis(&read);
    }
    decision
}

/// Decides, and seals the item for its channel when the verdict is to send. The
/// item dies at the end of the legal window at the latest.
///
/// # Errors
/// The decision, boxed, when the verdict is to hold or to refuse.
pub fn clear<T: Mortal>(
    inputs: &Inputs<'_>,
    mut item: T,
    hand_over_by: i64,
) -> Result<(Cleared<T>, Decision), Box<Decision>> {
    let decision = decide(inputs);
    match decision.verdict {
        Verdict::Send => {
            if let Some(until) = decision.valid_until {
                // At the closing instant itself it must not arrive any more.
                item.die_at(until.saturating_sub(1));
            }
            Ok((Cleared::seal(item, hand_over_by), decision))
        }
        Verdict::Hold { .. } | Verdict::Refuse => Err(Box::new(decision)),
    }
}
