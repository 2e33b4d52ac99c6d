//! What the words of an automatic answer depend on: the language of a customer, and what they had from us.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::id::{ConsentId, ConversationId, CustomerId};

statements! {
    tenant ANSWERING_LAST_WORDS = "select body from messages
        where ws = $1 and conversation_id = $2 and kind = 'inbound' order by seq desc limit $3";
    tenant ANSWERING_AGREED_IN = "select d.locale from consents c join disclosures d on d.ws = c.ws and d.id = c.disclosure_id
        where c.ws = $1 and c.address = $2 order by c.recorded_at desc, c.id desc limit 1";
    tenant ANSWERING_ORDER_TEXTS = "select count(*) from (select 1 from conversations c
            {sqlite:cross }join messages m on m.ws = c.ws and m.conversation_id = c.id
            where c.ws = $1 and c.customer_id = $2 and m.class = 'transactional'
                and m.state not in ('refused', 'failed', 'cancelled') limit 1) found";
    // An opt-out of everything that stands, by the entry that made it: whatever ends or renews it ends what it asked.
    tenant ANSWERING_OPT_OUTS = "select c.address, c.id, c.evidence, c.recorded_at
        from standings s join consents c on c.ws = s.ws and c.id = s.consent_id
        where s.ws = $1 and s.address {any:$2} and s.channel = 'sms' and s.permits = 'all' and s.status = 'revoked'
            and c.action = 'revoke' and c.message_id is not null and c.recorded_at > $3";
}

/// What a customer wrote last in a conversation, newest first.
pub fn last_words(tx: &mut Tx<'_>, conversation: ConversationId, limit: i64) -> Result<Vec<String>, DbError> {
    tx.query(&ANSWERING_LAST_WORDS, args![conversation, limit])?.iter().map(|row| row.get(0)).collect()
}

/// The language tag of the words that an address last agreed to.
pub fn agreed_in(tx: &mut Tx<'_>, address: &str) -> Result<Option<String>, DbError> {
    tx.query_opt(&ANSWERING_AGREED_IN, args![address])?.map(|row| row.get(0)).transpose()
}

/// Whether a text about an order went to a customer.
pub fn had_order_texts(tx: &mut Tx<'_>, customer: CustomerId) -> Result<bool, DbError> {
    Ok(tx.query_one(&ANSWERING_ORDER_TEXTS, args![customer])?.get::<i64>(0)? > 0)
}

/// An opt-out of everything that a text made and that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingOptOut {
    /// The address.
    pub address: String,
    /// The entry of the ledger.
    pub entry: ConsentId,
    /// What it keeps, as a JSON object.
    pub evidence: String,
    /// When it was written down, Unix ms.
    pub recorded_at: i64,
}

/// Those of some addresses that were written down after an instant (Unix ms).
pub fn opt_outs(tx: &mut Tx<'_>, addresses: Vec<String>, after: i64) -> Result<Vec<StandingOptOut>, DbError> {
    tx.query(&ANSWERING_OPT_OUTS, args![addresses, after])?
        .iter()
        .map(|row| {
            Ok(StandingOptOut {
                address: row.get(0)?,
                entry: row.get(1)?,
                evidence: row.get(2)?,
                recorded_at: row.get(3)?,
            })
        })
        .collect()
}
