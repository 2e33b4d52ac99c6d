//! What a shop's own policy asks about customers whom something is sold to: their open conversations, and
//! who else is about to sell to them. One statement for many addresses.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::gate::OpenTalk;
use domain::id::MessageId;
use domain::message::Origin;

// Whom marketing is for is the customer, by whichever of their addresses.
macro_rules! talks {
    () => {
        "select 0 as kind, i.address, '' as origin, c.waiting_since, c.last_inbound_at,
            c.complaint_at, null as message_id
        from identities i
        {sqlite:cross }join conversations c on c.ws = i.ws and c.customer_id = i.customer_id and c.status <> 'closed'
        where i.ws = $1 and i.address {any:$2}"
    };
}

statements! {
    tenant COURTESY_TALKS = talks!();
    tenant COURTESY_AROUND = concat!(talks!(), "
        union all
        select 1, i.address, o.origin, null, null, null, o.message_id
        from identities i
        {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id
        {sqlite:cross }join outbox o on o.ws = k.ws and o.address = k.address and o.state = 'due'
            and o.purpose = 'marketing' and o.due_at <= $3
        where i.ws = $1 and i.address {any:$2}");
    tenant COURTESY_RELEASE = "update outbox set due_at = $3
        where ws = $1 and state = 'due' and message_id in (select o.message_id
            from identities i
            {sqlite:cross }join identities k on k.ws = i.ws and k.customer_id = i.customer_id
            {sqlite:cross }join outbox o on o.ws = k.ws and o.address = k.address and o.state = 'due'
                and o.purpose = 'marketing' and o.due_at > $3
            {sqlite:cross }join messages m on m.ws = o.ws and m.id = o.message_id and m.state = 'held'
            where i.ws = $1 and i.address {any:$2} and m.reason_code {any:$4})";
    tenant COURTESY_WAKE = "update outbox set due_at = $3
        where ws = $1 and message_id {any:$2} and state = 'due' and due_at > $3 and due_at < 9007199254740991";
}

/// One thing around a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Around {
    /// A conversation of theirs that is not closed.
    Talk(OpenTalk),
    /// A marketing text to one of their addresses that is due.
    Due {
        /// The text.
        message: MessageId,
        /// Who asks for it.
        origin: Origin,
    },
}

/// What is around the customers of some addresses, each with its address. `due_by` (Unix ms) says what counts
/// as due; none: that is not asked.
pub fn around(tx: &mut Tx<'_>, addresses: &[String], due_by: Option<i64>) -> Result<Vec<(String, Around)>, DbError> {
    let rows = match due_by {
        Some(due_by) => tx.query(&COURTESY_AROUND, args![addresses, due_by])?,
        None => tx.query(&COURTESY_TALKS, args![addresses])?,
    };
    let mut all = Vec::new();
    for row in rows {
        let around = match row.get::<i64>(0)? {
            0 => Around::Talk(OpenTalk {
                waits: row.get::<Option<i64>>(3)?.is_some(),
                wrote_at: row.get(4)?,
                complaint_since: row.get(5)?,
            }),
            _ => {
                let origin = Origin::from_word(&row.get::<String>(2)?).ok_or(DbError::Decode {
                    statement: "COURTESY_AROUND",
                    column: 2,
                    expected: "an origin",
                    found: "another word",
                })?;
                Around::Due { message: row.get(6)?, origin }
            }
        };
        all.push((row.get(1)?, around));
    }
    Ok(all)
}

/// Has the gate asked at once, `now` (Unix ms), about what waits for one of some reasons, for the customers of
/// some addresses.
pub fn release(tx: &mut Tx<'_>, addresses: &[String], codes: &[String], now: i64) -> Result<(), DbError> {
    tx.later(&COURTESY_RELEASE, args![addresses, now, codes])
}

/// Has the gate asked about texts that wait for an instant at once, `now` (Unix ms). What a stop switch holds stays.
pub fn wake(tx: &mut Tx<'_>, messages: &[MessageId], now: i64) -> Result<(), DbError> {
    if messages.is_empty() {
        return Ok(());
    }
    tx.later(&COURTESY_WAKE, args![messages, now])
}
