//! The preference page: a customer says, by a link of their own, which texts they want.
//!
//! What they say goes the way of every other word about consent: an entry in the ledger, and
//! with it the opt-outs and all that waits, at once.

use crate::Engine;
use crate::audit::Actor;
use crate::consent::{ConsentError, Disclosure, NewConsent, Slip, record_in, standing_in};
use crate::crypto::{self, CryptoError};
use crate::erasure::LINK_MARK;
use crate::gate::BRAND;
use crate::optin::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::address::Address;
use domain::consent::{self as rule, Action, Channel, EVERY_TOPIC, Method, Permits, Proof, Region, Status};
use domain::id::{CustomerId, Id, WorkspaceId};
use domain::message::Purpose;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use store::consent::StandingRow;
use store::{DbError, Tx, audit, consent, customer, customer_merge, optin_page, suppression, workspace};
use uuid::Uuid;

/// How long a link holds, in ms (90 days).
pub const LINK_MS: i64 = 90 * 24 * 60 * 60 * 1000;
const HOUR_MS: i64 = 60 * 60 * 1000;
/// Bytes of a link before its mark: workspace, customer, hour of its end.
const LINK_BYTES: usize = 16 + 16 + 4;

/// Why a choice is not kept.
#[derive(Debug, thiserror::Error)]
pub enum PreferenceError {
    /// No such customer, or none who can be texted.
    #[error("no such customer")]
    NotFound,
    /// The words beside the choice have changed since they were read.
    #[error("the words of this page have changed since it was opened")]
    Changed,
    /// It cannot be written into the ledger.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// There is no key.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] DbError),
}

/// Whose page a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PreferenceLink {
    /// The workspace.
    pub ws: WorkspaceId,
    /// The customer.
    pub customer: CustomerId,
}

/// One kind of texts, and whether they get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Its purpose.
    pub permits: Permits,
    /// Its topic; empty for all.
    pub topic: String,
    /// Whether they get it.
    pub on: bool,
}

/// What a customer can choose, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// The name that texts.
    pub brand: String,
    /// The customer's numbers, all but the last four digits hidden.
    pub numbers: Vec<String>,
    /// Whether all texts to all their numbers have ended.
    pub stopped: bool,
    /// What they can choose: order texts, offers, topics of these.
    pub choices: Vec<Choice>,
    /// Whether they left one topic: marketing rests for all of them then.
    pub resting: bool,
    /// The words by which they agree to offers.
    pub disclosure: Disclosure,
    addresses: Vec<String>,
}

/// What a customer wants changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// No text of any kind any more.
    Stop,
    /// Some choices, each as they want it now. `read` names the words they saw, see [`Preferences::read`].
    Choices {
        /// The choices.
        changes: Vec<Choice>,
        /// The words beside them.
        read: String,
    },
}

impl Preferences {
    /// Names the words beside the choices: their SHA-256, in hexadecimal.
    #[must_use]
    pub fn read(&self) -> String {
        hex::encode(Sha256::digest(self.disclosure.text.as_bytes()))
    }
}

impl Engine {
    /// A link to a customer's preference page, and until when it holds (Unix ms).
    ///
    /// # Errors
    /// [`PreferenceError`].
    pub async fn preference_link_create(
        &self,
        ws: WorkspaceId,
        by: Actor,
        customer: CustomerId,
    ) -> Result<(String, i64), PreferenceError> {
        let until = (self.now() + LINK_MS).div_euclid(HOUR_MS);
        let hours = u32::try_from(until).unwrap_or(u32::MAX);
        let words = [&Id::uuid(ws).as_bytes()[..], Id::uuid(customer).as_bytes(), &hours.to_be_bytes()].concat();
        let mark = self.hasher()?.link_mark(&marked(&words));
        let token = URL_SAFE_NO_PAD.encode([&words[..], &mark].concat());
        let entry = self.audit_entry(by, "preference_link.create", customer.to_string(), &json!({}));
        self.workspace(ws)
            .write(move |tx| {
                customer::get(tx, customer)?.ok_or(PreferenceError::NotFound)?;
                audit::insert(tx, &entry)?;
                Ok::<_, PreferenceError>(())
            })
            .await?;
        Ok((format!("{}/p/{token}", self.settings().public_url), i64::from(hours) * HOUR_MS))
    }

    /// Whose page a token opens; none where it is not ours or has run out.
    ///
    /// # Errors
    /// When there is no key.
    pub fn preference_link_open(&self, token: &str) -> Result<Option<PreferenceLink>, PreferenceError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).unwrap_or_default();
        let Some((words, mark)) = bytes.split_at_checked(LINK_BYTES).filter(|(_, mark)| mark.len() == LINK_MARK) else {
            return Ok(None);
        };
        if !crypto::same(mark, &self.hasher()?.link_mark(&marked(words))) {
            return Ok(None);
        }
        let uuid = |from: usize| words.get(from..from + 16).and_then(|bytes| Uuid::from_slice(bytes).ok());
        let hours = words.last_chunk::<4>().map_or(0, |hours| u32::from_be_bytes(*hours));
        let holds = i64::from(hours) * HOUR_MS > self.now();
        let ids = uuid(0).zip(uuid(16)).filter(|_| holds);
        Ok(ids.map(|(ws, customer)| PreferenceLink { ws: WorkspaceId::new(ws), customer: CustomerId::new(customer) }))
    }

    /// What a customer can choose; none where they are gone or have no number.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn preferences_get(&self, link: PreferenceLink) -> Result<Option<Preferences>, DbError> {
        self.workspace(link.ws).read(move |tx| stand(tx, link.customer)).await
    }

    /// Does what a customer wants, for each of their numbers, in one transaction.
    ///
    /// # Errors
    /// [`PreferenceError`].
    pub async fn preferences_set(
        &self,
        link: PreferenceLink,
        wanted: Wanted,
        visit: &Visit,
    ) -> Result<Preferences, PreferenceError> {
        let now = self.now();
        let known = self.preferences_get(link).await?.ok_or(PreferenceError::NotFound)?;
        let mut slips: Vec<Slip> = Vec::new();
        for change in changes(&known, wanted)? {
            for address in &known.addresses {
                slips.push(self.slip(Actor::System, entry(&known, &change, address, visit), now)?);
            }
        }
        self.workspace(link.ws)
            .write(move |tx| {
                let id = customer_merge::root(tx, link.customer)?.ok_or(PreferenceError::NotFound)?;
                let theirs = customer::addresses(tx, id)?;
                let locked: Vec<&str> = theirs.iter().map(String::as_str).collect();
                if locked.is_empty() {
                    return Err(PreferenceError::NotFound);
                }
                suppression::lock_many(tx, &locked)?;
                // A number that went to somebody else meanwhile is none of theirs.
                for slip in slips.iter().filter(|slip| theirs.contains(&slip.entry.address)) {
                    record_in(tx, slip, now)?;
                }
                stand(tx, link.customer)?.ok_or(PreferenceError::NotFound)
            })
            .await
    }
}

fn marked(words: &[u8]) -> Vec<u8> {
    [&b"preferences"[..], words].concat()
}

/// The changes of what a customer wants, in the order they are written down: order texts, then
/// everything that is sold, then topics of it.
fn changes(known: &Preferences, wanted: Wanted) -> Result<Vec<Choice>, PreferenceError> {
    match wanted {
        Wanted::Stop => Ok(vec![Choice { permits: Permits::All, topic: EVERY_TOPIC.to_owned(), on: false }]),
        Wanted::Choices { mut changes, read } => {
            let offered = |change: &Choice| {
                known.choices.iter().any(|choice| (choice.permits, &choice.topic) == (change.permits, &change.topic))
            };
            changes.retain(offered);
            if read != known.read() && changes.iter().any(|change| change.on) {
                return Err(PreferenceError::Changed);
            }
            changes.sort_by_key(|change| (change.permits != Permits::Transactional, change.topic.clone()));
            Ok(changes)
        }
    }
}

fn entry(known: &Preferences, change: &Choice, address: &str, visit: &Visit) -> NewConsent {
    let sells = change.on && change.permits == Permits::Marketing;
    NewConsent {
        address: Address::parse(address),
        channel: Channel::Sms,
        permits: change.permits,
        topic: change.topic.clone(),
        action: if change.on { Action::Grant } else { Action::Revoke },
        // Ticked beside the words, on a page that only their phone was given the way to.
        proof: if sells { Proof::Written } else { Proof::Express },
        method: Method::PreferencePage,
        disclosure: sells.then(|| known.disclosure.clone()),
        evidence: visit.evidence(),
        occurred_at: None,
    }
}

/// How things stand for a customer.
fn stand(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<Preferences>, DbError> {
    // A link that was sent to one who was merged since opens the page of whoever was kept.
    let Some(id) = customer_merge::root(tx, id)? else { return Ok(None) };
    let mut addresses = customer::addresses(tx, id)?;
    addresses.retain(|address| Address::parse(address).phone().is_some());
    let (Some(first), Some(shop)) = (addresses.first().cloned(), workspace::get(tx)?) else { return Ok(None) };
    let left = suppression::scopes_of(tx, BRAND, addresses.clone())?;
    let standings = consent::standings(tx, addresses.clone())?;
    let scope_left = |scope: &str| left.iter().any(|(_, known, _)| known == scope);
    let all_left =
        |address: &String| left.iter().any(|(of, scope, _)| of == address && scope == suppression::ALL_TEXTS);
    let stopped = addresses.iter().all(all_left);
    let orders_on = !scope_left(Purpose::Transactional.word());
    let sold = orders_on && !scope_left(Purpose::Marketing.word()) && !addresses.iter().any(all_left);
    let permitted = |topic: &str| addresses.iter().any(|address| permits(&standings, address, topic));
    let topics = topics(tx, &standings, &left)?;
    let mut choices = Vec::new();
    let mut offer = |permits, topic: &str, on| choices.push(Choice { permits, topic: topic.to_owned(), on });
    offer(Permits::Transactional, EVERY_TOPIC, orders_on);
    // Who wants no order texts gets nothing else either (FCC 24-24); that comes first.
    if orders_on {
        offer(Permits::Marketing, EVERY_TOPIC, sold && permitted(EVERY_TOPIC));
    }
    if sold {
        for topic in &topics {
            offer(Permits::Marketing, topic, permitted(topic) && !scope_left(topic));
        }
    }
    let region = Region::of_number(&first);
    let disclosure = Disclosure {
        locale: region.locale().to_owned(),
        text: rule::settled(&region.disclosure(&shop.brand, "")).replace("at the number I give here", "at my number"),
    };
    let resting = sold && topics.iter().any(|topic| scope_left(topic));
    let numbers = addresses.iter().map(|address| hidden(address)).collect();
    Ok(Some(Preferences { brand: shop.brand, numbers, stopped, choices, resting, disclosure, addresses }))
}

/// Whether marketing of a topic is permitted to an address by the ledger.
fn permits(standings: &[StandingRow], address: &str, topic: &str) -> bool {
    let of = |topic: &str| standing_in(standings, address, Permits::Marketing, topic);
    let every = of(EVERY_TOPIC);
    let standing = if topic == EVERY_TOPIC { every } else { rule::marketing(of(topic), every) };
    standing.is_some_and(|standing| standing.status == Status::Granted)
}

/// The topics that the shop asks consent for, and those of this customer.
fn topics(
    tx: &mut Tx<'_>,
    standings: &[StandingRow],
    left: &[(String, String, i64)],
) -> Result<BTreeSet<String>, DbError> {
    let mut topics: BTreeSet<String> = optin_page::topics(tx)?.into_iter().collect();
    topics.extend(standings.iter().filter(|row| row.permits == Permits::Marketing).map(|row| row.topic.clone()));
    let own = |scope: &&String| {
        Purpose::from_word(scope).is_none() && ![suppression::ALL_TEXTS, suppression::UNSURE].contains(&scope.as_str())
    };
    topics.extend(left.iter().map(|(_, scope, _)| scope).filter(own).cloned());
    topics.remove(EVERY_TOPIC);
    Ok(topics)
}

/// A number as its owner knows it and nobody else can use it.
fn hidden(address: &str) -> String {
    let digits = address.chars().count();
    let shown = |place: usize| place == 0 || place + 4 >= digits;
    address.chars().enumerate().map(|(place, letter)| if shown(place) { letter } else { '•' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_number_is_shown() {
        assert_eq!(hidden("+12125550123"), "+•••••••0123");
        assert_eq!(hidden(""), "");
    }
}
