//! Provider ids of inbound texts: a repeat changes nothing.

use crate::args;
use crate::db::{DbError, Tx, inserts, statements};
use domain::id::{AccountId, MessageId};
use std::collections::{BTreeMap, HashMap};

statements! {
    tenant INBOUND_ID_GET = "select message_id from inbound_ids where ws = $1 and account_id = $2 and provider_id = $3";
    tenant INBOUND_ID_HOLDERS = "select provider_id, message_id from inbound_ids
        where ws = $1 and account_id = $2 and provider_id {any:$3}";
}

inserts! {
    INBOUND_ID_INSERT_MANY = "inbound_ids" [
        ("account_id", Uuid), ("provider_id", Text), ("message_id", Uuid), ("created_at", Int)
    ] "on conflict do nothing";
}

/// A provider's id that a message is to have.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// The account the text came by.
    pub account: AccountId,
    /// The provider's id.
    pub provider_id: &'a str,
    /// The message.
    pub message: MessageId,
    /// Unix ms.
    pub at: i64,
}

/// Takes providers' ids for messages, of one named twice for the first. Answers
/// the message that has each: another than asked for where it was taken before.
pub fn take_ids(tx: &mut Tx<'_>, takings: &[Taking<'_>]) -> Result<Vec<MessageId>, DbError> {
    // Two nodes with the same repeats must not wait for each other crosswise.
    let mut sorted: Vec<&Taking<'_>> = takings.iter().collect();
    sorted.sort_by_key(|taking| (taking.account, taking.provider_id));
    let rows =
        sorted.iter().map(|taking| args![taking.account, taking.provider_id, taking.message, taking.at].to_vec());
    let made = tx.insert_many(&INBOUND_ID_INSERT_MANY, rows.collect())?;
    if made == u64::try_from(takings.len()).unwrap_or(u64::MAX) {
        return Ok(takings.iter().map(|taking| taking.message).collect());
    }
    let mut asked: BTreeMap<AccountId, Vec<&str>> = BTreeMap::new();
    for taking in sorted {
        asked.entry(taking.account).or_default().push(taking.provider_id);
    }
    let mut holders: HashMap<(AccountId, String), MessageId> = HashMap::with_capacity(takings.len());
    for (account, ids) in asked {
        let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
        for row in tx.query(&INBOUND_ID_HOLDERS, args![account, ids])? {
            holders.insert((account, row.get(0)?), row.get(1)?);
        }
    }
    let holder = |taking: &Taking<'_>| holders.get(&(taking.account, taking.provider_id.to_owned())).copied();
    let held = takings.iter().map(|taking| holder(taking).ok_or(DbError::NoRow { statement: "INBOUND_ID_HOLDERS" }));
    held.collect()
}

/// Whether a provider's id was taken before.
pub fn knows(tx: &mut Tx<'_>, account: AccountId, provider_id: &str) -> Result<bool, DbError> {
    Ok(tx.query_opt(&INBOUND_ID_GET, args![account, provider_id])?.is_some())
}
