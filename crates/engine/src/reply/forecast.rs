//! What would come of many texts, counted, without keeping anything of them.

use super::{ReplyError, facts, subject};
use crate::Engine;
use crate::consent::{Leaving, Recipients};
use crate::courtesy::Asked;
use crate::directory::Accounts;
use crate::gate::{self, Surroundings};
use crate::reply::NewText;
use domain::address::Address;
use domain::gate::{Decision, Verdict};
use domain::id::{InboxId, WorkspaceId};
use domain::message::Purpose;
use std::collections::{BTreeMap, HashMap};
use store::sending::InboxFacts;
use store::{DbError, Tx, suppression};

/// Texts asked about in one read: their answers shall be of one moment, and nobody waits long.
const ASKED_AT_ONCE: usize = 100;

/// A text that is not sent yet, and where it would go.
pub type Planned = (InboxId, Address, NewText);

/// What would come of texts, by the gate's word of now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// How many would leave now.
    pub send: usize,
    /// How many would be held.
    pub hold: usize,
    /// How many would be refused.
    pub refuse: usize,
    /// Those held: how many for the same places, instant and reason, the first to leave first.
    pub held: BTreeMap<(i64, String, Vec<&'static str>), usize>,
    /// Those refused: how many for the same reason.
    pub refused: BTreeMap<String, usize>,
}

impl Forecast {
    /// Counts a text whose recipient may be in some zones.
    fn count(&mut self, zones: Vec<&'static str>, decision: Decision) {
        match decision.verdict {
            Verdict::Send => self.send += 1,
            Verdict::Hold { until } => {
                self.hold += 1;
                *self.held.entry((until, decision.code, zones)).or_default() += 1;
            }
            Verdict::Refuse => {
                self.refuse += 1;
                *self.refused.entry(decision.code).or_default() += 1;
            }
        }
    }
}

impl Engine {
    /// What the gate would say to texts now, each as if it came alone.
    ///
    /// # Errors
    /// [`ReplyError`] when an inbox does not exist.
    pub async fn texts_forecast(&self, ws: WorkspaceId, texts: Vec<Planned>) -> Result<Forecast, ReplyError> {
        let now = self.now();
        let accounts = self.accounts(ws).await?;
        let mut all = Forecast::default();
        let mut rest = texts;
        while !rest.is_empty() {
            let next = rest.split_off(rest.len().min(ASKED_AT_ONCE));
            let asked: Vec<(String, Planned)> = std::mem::replace(&mut rest, next)
                .into_iter()
                .map(|one| (hex::encode(self.address_hash(ws, one.1.as_str())), one))
                .collect();
            let (accounts, before) = (Accounts::clone(&accounts), all);
            all = self
                .workspace(ws)
                .read(move |tx| {
                    let mut all = before;
                    forecast_in(tx, &accounts, &asked, &mut all, now)?;
                    Ok::<_, ReplyError>(all)
                })
                .await?;
        }
        Ok(all)
    }
}

fn forecast_in(
    tx: &mut Tx<'_>,
    accounts: &Accounts,
    asked: &[(String, Planned)],
    all: &mut Forecast,
    now: i64,
) -> Result<(), ReplyError> {
    let mut inboxes: HashMap<InboxId, InboxFacts> = HashMap::new();
    for (_, (inbox, ..)) in asked {
        if !inboxes.contains_key(inbox) {
            inboxes.insert(*inbox, facts(tx, *inbox)?);
        }
    }
    // All of one workspace, and so by the same rules.
    let Some(first) = inboxes.values().next() else { return Ok(()) };
    let (pack, shop) = (crate::rules::for_inbox(tx, first)?, Asked::new(&first.policy));
    let leaving = asked.iter().map(|(_, (_, to, text))| Leaving {
        address: to.as_str(),
        purpose: text.purpose,
        body: text.body.as_str(),
    });
    let recipients = Recipients::read(tx, leaving, &pack, shop, now)?;
    // An erased number is known by its hash alone, until somebody writes to it in earnest.
    let hashes = asked.iter().map(|(hash, _)| hash.clone()).collect();
    let erased: HashMap<String, i64> = store::erasure::known(tx, hashes)?.into_iter().collect();
    let fresh = suppression::AddressFacts::default();
    for (hash, (inbox, to, text)) in asked {
        let Some(inbox) = inboxes.get(inbox) else { return Err(ReplyError::NoInbox) };
        let recipient = recipients.of(to.as_str());
        let candidates = recipient.candidates(to);
        let told = recipient.told(Some(text.message), &text.topic);
        let around = Surroundings {
            inbox,
            capabilities: gate::capabilities(accounts, inbox),
            opted_out_since: recipient.opted_out_since.max(erased.get(hash).copied()),
            overtaken: false,
            last_inbound_at: wrote_at(tx, inbox.id, to, text.purpose)?,
            address: &fresh,
            answers: None,
            accepted: false,
            candidates: &candidates,
            pack: &pack,
            facts: told.facts(inbox),
        };
        let decision = domain::gate::decide(&gate::inputs(&subject(text, to, now), &around));
        all.count(candidates.zones, decision);
    }
    Ok(())
}

/// When the customer last wrote to an inbox, where the gate asks for that: whether a text answers them.
fn wrote_at(tx: &mut Tx<'_>, inbox: InboxId, to: &Address, purpose: Purpose) -> Result<Option<i64>, DbError> {
    if purpose != Purpose::Conversational {
        return Ok(None);
    }
    super::last_inbound(tx, inbox, to)
}
