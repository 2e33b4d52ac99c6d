//! What is known about recipients, as the gate asks for it: what the ledger says, and where they are.

use crate::courtesy::{Asked, ShopSide};
use crate::gate::BRAND;
use domain::address::Address;
use domain::consent::{EVERY_TOPIC, Permits, Proof, Standing, Status, marketing};
use domain::gate::{Consent, Facts, LastTold, OptOut, ShopFacts};
use domain::id::{ConsentId, CustomerId, MessageId};
use domain::message::{Channel, Origin, Purpose};
use domain::rule_pack::{ConsentKind, RulePack};
use domain::zones::{self, Candidates, Place};
use std::borrow::Cow;
use std::collections::HashMap;
use store::recipient::{self, Kin, Known, Since};
use store::sending::InboxFacts;
use store::suppression::{ALL_TEXTS, UNSURE};
use store::{DbError, Tx};

/// What is known about one recipient.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recipient {
    /// Since when (Unix ms) the address is opted out of everything.
    pub(crate) opted_out_since: Option<i64>,
    /// Narrower opt-outs of the address: scope, and since when.
    scopes: Vec<(String, i64)>,
    consents: Vec<Consent>,
    /// How consent to marketing stands for each topic, and for all of them, with the entry that made it so.
    topics: Vec<(String, Standing, ConsentId)>,
    resumed_at: Option<i64>,
    opted_out_elsewhere_since: Option<i64>,
    unsure_since: Option<i64>,
    customer: Option<CustomerId>,
    /// Marketing texts handed over to any address of the customer.
    sold: Vec<(MessageId, i64)>,
    /// When (Unix ms) the address was last told how to opt out.
    told_at: Option<i64>,
    /// Where the customer is, beside what the number tells.
    places: Vec<Place>,
    /// What the shop's own policy asks.
    shop: ShopSide,
}

/// A text about whose recipient something is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving<'a> {
    pub(crate) address: &'a str,
    /// What it is sent as.
    pub(crate) purpose: Purpose,
    pub(crate) body: &'a str,
}

impl Leaving<'_> {
    /// Whether the gate may judge it as marketing: then what marketing is asked about must be read.
    fn may_sell(&self, pack: &RulePack) -> bool {
        self.purpose == Purpose::Marketing || pack.offers(self.body)
    }
}

/// What is known about some recipients, by their addresses.
#[derive(Debug, Default)]
pub(crate) struct Recipients(HashMap<String, Recipient>);

/// What the facts about one text borrow from.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    recipient: &'a Recipient,
    /// What the text is about.
    topic: Option<&'a str>,
    consents: Cow<'a, [Consent]>,
    opt_outs: Vec<OptOut<'a>>,
    sold: Vec<i64>,
    due: Vec<Origin>,
}

impl Recipients {
    /// Reads them: one statement for all, and two more where something is sold.
    pub(crate) fn read<'a>(
        tx: &mut Tx<'_>,
        all: impl Iterator<Item = Leaving<'a>>,
        pack: &RulePack,
        shop: Asked<'_>,
        now: i64,
    ) -> Result<Self, DbError> {
        let (mut addresses, mut selling): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for text in all {
            addresses.push(text.address.to_owned());
            if text.may_sell(pack) {
                selling.push(text.address.to_owned());
            }
        }
        let mut found = Self::default();
        for (address, known) in recipient::own(tx, BRAND, distinct(&mut addresses))? {
            found.0.entry(address).or_default().learn(known);
        }
        if !selling.is_empty() {
            let selling = distinct(&mut selling);
            let counted_ms = pack.counted_ms().max(shop.counted_ms());
            let since = Since { sold: now - counted_ms, told: now - pack.told_ms() };
            for (address, kin) in recipient::kin(tx, BRAND, selling, since)? {
                found.0.entry(address).or_default().learn_of_kin(kin);
            }
            for (address, side) in shop.read(tx, selling)? {
                found.0.entry(address).or_default().shop = side;
            }
        }
        Ok(found)
    }

    /// What is known about an address; nothing where nothing is.
    pub(crate) fn of(&self, address: &str) -> &Recipient {
        static NOTHING: Recipient = Recipient {
            opted_out_since: None,
            scopes: Vec::new(),
            consents: Vec::new(),
            topics: Vec::new(),
            resumed_at: None,
            opted_out_elsewhere_since: None,
            unsure_since: None,
            customer: None,
            sold: Vec::new(),
            told_at: None,
            places: Vec::new(),
            shop: ShopSide::NOTHING,
        };
        self.0.get(address).unwrap_or(&NOTHING)
    }

    /// Notes that a text that leaves now tells its address how to opt out.
    pub(crate) fn told(&mut self, address: &str, now: i64) {
        self.0.entry(address.to_owned()).or_default().told_at = Some(now);
    }

    /// Counts a marketing text that leaves now, for what is weighed after it.
    pub(crate) fn sold(&mut self, address: &str, message: MessageId, now: i64) {
        let customer = self.0.entry(address.to_owned()).or_default().customer;
        for (known, recipient) in &mut self.0 {
            if known == address || (customer.is_some() && recipient.customer == customer) {
                recipient.sold.push((message, now));
            }
        }
    }
}

fn distinct(addresses: &mut Vec<String>) -> &[String] {
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

impl Recipient {
    fn learn(&mut self, known: Known) {
        match known {
            Known::Suppressed { scope, since } if scope == ALL_TEXTS => {
                self.opted_out_since = self.opted_out_since.max(Some(since));
            }
            Known::Suppressed { scope, since } if scope == UNSURE => self.unsure_since = Some(since),
            Known::Suppressed { scope, since } => self.scopes.push((scope, since)),
            Known::Stands { permits, topic, standing, consent } => self.stands(permits, &topic, standing, consent),
            Known::At(place) => self.places.push(place),
        }
    }

    /// Consent as it stands, in the gate's words. What is permitted for a topic
    /// alone permits nothing else, and an opt-out of one is a suppression.
    fn stands(&mut self, permits: Permits, topic: &str, standing: Standing, entry: ConsentId) {
        if permits == Permits::Marketing {
            self.topics.push((topic.to_owned(), standing, entry));
        }
        if topic != EVERY_TOPIC {
            return;
        }
        // They may be texted again; marketing needs a word of its own, later than that of the end.
        if permits == Permits::All && standing.status == Status::Granted {
            self.resumed_at = Some(standing.since);
        }
        said(&mut self.consents, permits, standing, entry);
    }

    /// What they permit to texts of a topic: consent to marketing as it stands for that topic, by its own entries
    /// and by those of all topics.
    fn consents(&self, topic: &str) -> Cow<'_, [Consent]> {
        let of = |topic: &str| self.topics.iter().find(|(known, ..)| known == topic);
        let Some(own) = of(topic).filter(|_| topic != EVERY_TOPIC) else { return Cow::Borrowed(&self.consents) };
        let every = of(EVERY_TOPIC);
        let standing = marketing(Some(own.1), every.map(|every| every.1));
        let (Some(standing), Some((_, _, entry))) =
            (standing, [Some(own), every].into_iter().flatten().find(|(_, known, _)| Some(*known) == standing))
        else {
            return Cow::Borrowed(&self.consents);
        };
        let mut all = self.consents.clone();
        // What is said of all topics gives way; what is said of all texts stays.
        let of_every = |consent: &Consent| {
            consent.purpose == Some(Purpose::Marketing) && every.is_some_and(|every| consent.entry == Some(every.2))
        };
        all.retain(|consent| !of_every(consent));
        said(&mut all, Permits::Marketing, standing, *entry);
        Cow::Owned(all)
    }

    fn learn_of_kin(&mut self, kin: Kin) {
        match kin {
            Kin::Customer(customer) => self.customer = Some(customer),
            Kin::Suppressed { scope, since } if scope == UNSURE => {
                self.unsure_since = self.unsure_since.max(Some(since));
            }
            Kin::Suppressed { since, .. } => {
                self.opted_out_elsewhere_since = self.opted_out_elsewhere_since.max(Some(since));
            }
            Kin::Sold { message, at } => self.sold.push((message, at)),
            Kin::Told { at } => self.told_at = self.told_at.max(Some(at)),
        }
    }

    /// Where they may be, known by this address.
    pub(crate) fn candidates(&self, address: &Address) -> Candidates {
        zones::candidates_at(address, &self.places)
    }

    /// All of it, for a text of a topic (empty: of none) that may have been handed over before.
    pub(crate) fn told<'a>(&'a self, message: Option<MessageId>, topic: &'a str) -> Told<'a> {
        Told {
            recipient: self,
            topic: Some(topic).filter(|topic| *topic != EVERY_TOPIC),
            consents: self.consents(topic),
            opt_outs: self.scopes.iter().map(|(scope, at)| OptOut { scope, at: *at }).collect(),
            // A text that is tried again does not count against itself.
            sold: self.sold.iter().filter(|(sold, _)| Some(*sold) != message).map(|(_, at)| *at).collect(),
            due: self.shop.due_beside(message),
        }
    }
}

/// Adds how consent stands to what the gate is told.
fn said(consents: &mut Vec<Consent>, permits: Permits, standing: Standing, entry: ConsentId) {
    let purpose = match permits {
        Permits::Marketing => Some(Purpose::Marketing),
        Permits::Transactional => Some(Purpose::Transactional),
        Permits::All => None,
    };
    let consent =
        |purpose, granted, kind, at| Consent { channel: Channel::Sms, purpose, granted, kind, at, entry: Some(entry) };
    match (permits, standing.status) {
        // Who may be texted again has permitted no purpose by that.
        (Permits::All, Status::Granted) => {}
        (_, Status::Granted) => {
            let kind = match standing.proof {
                Proof::Written => ConsentKind::Written,
                Proof::Express => ConsentKind::Express,
                Proof::Inbound | Proof::Unproven => ConsentKind::Inbound,
            };
            consents.push(consent(purpose, true, kind, standing.since));
        }
        (_, Status::Revoked) => consents.push(consent(purpose, false, ConsentKind::Inbound, standing.since)),
        (_, Status::Pending | Status::Unproven | Status::Expired) => {}
    }
    if let Some(ended_at) = standing.ended_at.filter(|_| standing.status != Status::Revoked) {
        let of = purpose.or(Some(Purpose::Marketing));
        consents.push(consent(of, false, ConsentKind::Inbound, ended_at));
    }
}

impl Told<'_> {
    /// The facts about a text that leaves by an inbox.
    pub(crate) fn facts<'f>(&'f self, inbox: &'f InboxFacts) -> Facts<'f> {
        Facts {
            consents: &self.consents,
            opt_outs: &self.opt_outs,
            resumed_at: self.recipient.resumed_at,
            opted_out_elsewhere_since: self.recipient.opted_out_elsewhere_since,
            unsure_since: self.recipient.unsure_since,
            marketing_sent: &self.sold,
            topic: self.topic,
            brand: brand(&inbox.brand),
            age_gated: inbox.age_gated,
            reclassify: inbox.reclassify,
            opt_out_told: LastTold::Kept(self.recipient.told_at),
            shop: ShopFacts { policy: Some(&inbox.policy), talks: &self.recipient.shop.talks, due: &self.due },
        }
    }
}

/// The name a text is looked through for; a workspace without one has none to say.
pub(crate) fn brand(name: &str) -> Option<&str> {
    Some(name.trim()).filter(|name| !name.is_empty())
}
