//! What watches remember and look at.

use crate::args;
use crate::db::{DbError, Tx, statements};
use domain::id::{AccountId, InboxId};
use uuid::Uuid;

statements! {
    tenant LOGIN_REFUSED = "update accounts set login_refused_at = $3
        where ws = $1 and id = $2 and login_refused_at is null";
    tenant LOGIN_TAKEN = "update accounts set login_refused_at = null
        where ws = $1 and id = $2 and login_refused_at is not null";
    tenant LOGIN_REFUSED_LIST = "select id, login_refused_at from accounts
        where ws = $1 and login_refused_at is not null order by login_refused_at, id";
    tenant RECEIPT_ANY = "select 1 from receipts where ws = $1 and account_id = $2 limit 1";
    tenant TAKEN_BEFORE = "select settled_at from attempts
        where ws = $1 and account_id = $2 and provider_id is not null and settled_at < $3
        order by provider_id limit $4";
    tenant INBOUND_COUNT = "select c.inbox_id, count(*)
        from messages m join conversations c on c.ws = m.ws and c.id = m.conversation_id
        where m.ws = $1 and m.id >= $2 and m.id < $3 and m.kind = 'inbound' and m.demo = 0
        group by c.inbox_id order by c.inbox_id";
    tenant INBOUND_HOUR_PUT = "insert into inbound_hours (ws, inbox_id, hour, texts) values ($1, $2, $3, $4)
        on conflict (ws, inbox_id, hour) do update set texts = excluded.texts";
    tenant INBOUND_HOUR_LIST = "select inbox_id, hour, texts from inbound_hours where ws = $1 and hour >= $2";
    tenant INBOUND_HOUR_ANY = "select 1 from inboxes i join inbound_hours h on h.ws = i.ws and h.inbox_id = i.id
        where i.ws = $1 and i.account_id = $2 limit 1";
    tenant INBOUND_HOUR_FORGET = "delete from inbound_hours where ws = $1 and hour < $2";
}

/// Notes whether the provider takes an account's login. False when that was known.
pub fn login(tx: &mut Tx<'_>, account: AccountId, refused_at: Option<i64>) -> Result<bool, DbError> {
    let changed = match refused_at {
        Some(at) => tx.exec(&LOGIN_REFUSED, args![account, at])?,
        None => tx.exec(&LOGIN_TAKEN, args![account])?,
    };
    Ok(changed > 0)
}

/// Accounts whose login is refused, and since when (Unix ms).
pub fn logins_refused(tx: &mut Tx<'_>) -> Result<Vec<(AccountId, i64)>, DbError> {
    tx.query(&LOGIN_REFUSED_LIST, args![])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?))).collect()
}

/// Whether an account ever got a receipt.
pub fn receipt_any(tx: &mut Tx<'_>, account: AccountId) -> Result<bool, DbError> {
    Ok(tx.query_opt(&RECEIPT_ANY, args![account])?.is_some())
}

/// When some of an account's texts were taken by its provider before an instant (Unix ms).
pub fn taken_before(tx: &mut Tx<'_>, account: AccountId, before: i64, limit: i64) -> Result<Vec<i64>, DbError> {
    tx.query(&TAKEN_BEFORE, args![account, before, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Whether an account is known to work, before an instant (Unix ms): its provider took a text,
/// sent a receipt, or brought a text in an hour that is counted.
pub fn account_used(tx: &mut Tx<'_>, account: AccountId, now: i64) -> Result<bool, DbError> {
    Ok(receipt_any(tx, account)?
        || !taken_before(tx, account, now, 1)?.is_empty()
        || tx.query_opt(&INBOUND_HOUR_ANY, args![account])?.is_some())
}

/// How many texts of real customers came in between two instants (Unix ms, the
/// second exclusive), by inbox. Identities of inbound texts are led by their time.
pub fn inbound_between(tx: &mut Tx<'_>, from: i64, to: i64) -> Result<Vec<(InboxId, i64)>, DbError> {
    let led_by = |at: i64| Uuid::from_u128(u128::try_from(at).unwrap_or(0) << 80);
    tx.query(&INBOUND_COUNT, args![led_by(from), led_by(to)])?
        .iter()
        .map(|row| Ok((row.get(0)?, row.get(1)?)))
        .collect()
}

/// Keeps how many texts came into an inbox in an hour (counted from the epoch).
pub fn inbound_hour_put(tx: &mut Tx<'_>, inbox: InboxId, hour: i64, texts: i64) -> Result<(), DbError> {
    tx.exec(&INBOUND_HOUR_PUT, args![inbox, hour, texts])?;
    Ok(())
}

/// What is kept from an hour on: inbox, hour, texts.
pub fn inbound_hours(tx: &mut Tx<'_>, from: i64) -> Result<Vec<(InboxId, i64, i64)>, DbError> {
    tx.query(&INBOUND_HOUR_LIST, args![from])?.iter().map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).collect()
}

/// Forgets what is older than an hour.
pub fn inbound_hours_forget(tx: &mut Tx<'_>, before: i64) -> Result<(), DbError> {
    tx.exec(&INBOUND_HOUR_FORGET, args![before])?;
    Ok(())
}
