//! What the gate asks about recipients beside the text: opt-outs, how consent
//! stands, where they are, and what was sold to them lately. Few statements for
//! many addresses.

use crate::args;
use crate::consent::word;
use crate::customer_place;
use crate::db::{DbError, Tx, statements};
use domain::consent::{Channel, Permits, Proof, Standing, Status};
use domain::id::{ConsentId, CustomerId, MessageId};
use domain::zones::Place;

statements! {
    tenant RECIPIENT_OWN = "select 0 as kind, address, scope as permits, '' as topic, '' as status, '' as proof, since,
            null as ended_at, null as consent_id, '' as time_zone
        from suppressions where ws = $1 and brand = $2 and lifted_at is null and address {any:$3}
        union all
        select 1, address, permits, topic, status, proof, since, ended_at, consent_id, ''
        from standings where ws = $1 and address {any:$3} and channel = $4
        union all
        select 2, i.address, p.kind, p.country, p.region, p.postal_code, 0, null, null, p.time_zone
        from identities i {sqlite:cross }join customer_places p on p.ws = i.ws and p.customer_id = i.customer_id
        where i.ws = $1 and i.address {any:$3}";
    // Whom marketing is for is the customer, by whichever of their addresses.
    tenant RECIPIENT_KIN = "select 0 as kind, i.address, '' as scope, 0 as at, i.customer_id as id
        from identities i where i.ws = $1 and i.address {any:$3}
        union all
        select 1, i.address, s.scope, s.since, null
        from identities i
        {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id and k.address <> i.address
        {sqlite:cross }join suppressions s on s.ws = k.ws and s.brand = $2 and s.address = k.address and s.lifted_at is null
        where i.ws = $1 and i.address {any:$3}
        union all
        select 2, i.address, '', a.created_at, a.message_id
        from identities i
        {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id
        {sqlite:cross }join attempts a on a.ws = k.ws and a.address = k.address and a.marketing = 1 and a.created_at > $4
            and a.state not in ('failed', 'cancelled')
        where i.ws = $1 and i.address {any:$3}
        union all
        select 3, a.address, '', max(a.created_at), null
        from attempts a
        where a.ws = $1 and a.address {any:$3} and a.tells_opt_out = 1 and a.created_at > $5
            and a.state not in ('failed', 'cancelled')
        group by a.address";
}

/// One thing known about a recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// A suppression stands.
    Suppressed {
        /// What it covers.
        scope: String,
        /// Since when, Unix ms.
        since: i64,
    },
    /// Consent to texts stands so.
    Stands {
        /// The purpose.
        permits: Permits,
        /// The topic; empty for every topic.
        topic: String,
        /// How.
        standing: Standing,
        /// The entry that made it so.
        consent: ConsentId,
    },
    /// A place of the customer.
    At(Place),
}

/// What is known about some addresses themselves and where their customers are, each with its address.
pub fn own(tx: &mut Tx<'_>, brand: &str, addresses: &[String]) -> Result<Vec<(String, Known)>, DbError> {
    tx.query(&RECIPIENT_OWN, args![brand, addresses, Channel::Sms.word()])?
        .iter()
        .map(|row| {
            let known = match row.get::<i64>(0)? {
                0 => Known::Suppressed { scope: row.get(2)?, since: row.get(6)? },
                2 => Known::At(customer_place::place(row, [2, 3, 4, 5, 9])?),
                _ => Known::Stands {
                    permits: word(row, 2, Permits::from_word)?,
                    topic: row.get(3)?,
                    standing: Standing {
                        status: word(row, 4, Status::from_word)?,
                        proof: word(row, 5, Proof::from_word)?,
                        since: row.get(6)?,
                        ended_at: row.get(7)?,
                    },
                    consent: row.get(8)?,
                },
            };
            Ok((row.get(1)?, known))
        })
        .collect()
}

/// One thing known about the customer an address belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kin {
    /// The customer.
    Customer(CustomerId),
    /// Another of their addresses is suppressed.
    Suppressed {
        /// What it covers.
        scope: String,
        /// Since when, Unix ms.
        since: i64,
    },
    /// A marketing text was handed over to one of their addresses.
    Sold {
        /// The text.
        message: MessageId,
        /// When, Unix ms.
        at: i64,
    },
    /// A text that tells how to opt out was handed over to this address.
    Told {
        /// When the last one was, Unix ms.
        at: i64,
    },
}

/// How far back what went to a customer is read, Unix ms.
#[derive(Debug, Clone, Copy)]
pub struct Since {
    /// Marketing texts to any of their addresses.
    pub sold: i64,
    /// Texts that told how to opt out, to the address itself.
    pub told: i64,
}

/// What is known about the customers of some addresses, each with its address.
pub fn kin(tx: &mut Tx<'_>, brand: &str, addresses: &[String], since: Since) -> Result<Vec<(String, Kin)>, DbError> {
    tx.query(&RECIPIENT_KIN, args![brand, addresses, since.sold, since.told])?
        .iter()
        .map(|row| {
            let kin = match row.get::<i64>(0)? {
                0 => Kin::Customer(row.get(4)?),
                1 => Kin::Suppressed { scope: row.get(2)?, since: row.get(3)? },
                2 => Kin::Sold { message: row.get(4)?, at: row.get(3)? },
                _ => Kin::Told { at: row.get(3)? },
            };
            Ok((row.get(1)?, kin))
        })
        .collect()
}
