//! Provider ids of inbound texts: a repeat changes nothing.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::id::{AccountId, MessageId};

statements! {
    tenant INBOUND_ID_TAKE = "insert into inbound_ids (ws, account_id, provider_id, message_id, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing";
    tenant INBOUND_ID_GET = "select message_id from inbound_ids where ws = $1 and account_id = $2 and provider_id = $3";
}

/// Takes a provider's id for a message; gives the message that has it already, if any.
pub fn take_id(
    tx: &mut Tx<'_>,
    account: AccountId,
    provider_id: &str,
    message: MessageId,
    at: i64,
) -> Result<Option<MessageId>, DbError> {
    if tx.exec(&INBOUND_ID_TAKE, args![account, provider_id, message, at])? > 0 {
        return Ok(None);
    }
    tx.query_one(&INBOUND_ID_GET, args![account, provider_id])?.get(0).map(Some)
}

/// Whether a provider's id was taken before.
pub fn knows(tx: &mut Tx<'_>, account: AccountId, provider_id: &str) -> Result<bool, DbError> {
    Ok(tx.query_opt(&INBOUND_ID_GET, args![account, provider_id])?.is_some())
}
