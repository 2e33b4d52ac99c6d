//! The demo shop: many rows at once, each marked, and their removal.
//!
//! Rows of the shop carry `demo = 1`, or belong to a customer who does. What
//! members or the simulator add to a demo customer goes with them.

use crate::args;
use crate::conversation::ConversationRow;
use crate::customer::CustomerRow;
use crate::db::{DbError, ServerTx, Tx, Val, inserts, statements};
use crate::media::MediaRow;
use crate::message::MessageRow;
use crate::order::OrderRow;
use crate::outbox::{self, Intent};
use domain::id::CustomerId;
use domain::message::{Origin, Purpose};
use uuid::Uuid;

/// The follower of [`progress`]: how many conversations are in.
const PROGRESS: &str = "demo";

statements! {
    tenant DEMO_JOB_GET = "select payload, state, lease_until from jobs where ws = $1 and kind = 'demo'";
    tenant DEMO_JOB_PUT = "insert into jobs (ws, id, kind, payload, due_at, state, lease_until, unique_key, created_at)
        values ($1, $2, 'demo', $3, $6, $4, $5, 'demo', $6)
        on conflict (ws, id) do update set payload = excluded.payload, state = excluded.state,
        lease_until = excluded.lease_until";
    tenant DEMO_JOB_LEASE = "update jobs set lease_until = $2 where ws = $1 and kind = 'demo'";
    tenant DEMO_JOB_FORGET = "delete from jobs where ws = $1 and kind = 'demo'";
    tenant DEMO_PROGRESS_ADD = "insert into followers (ws, name, seq) values ($1, $2, $3)
        on conflict (ws, name) do update set seq = followers.seq + excluded.seq";
    tenant DEMO_PROGRESS_FORGET = "delete from followers where ws = $1 and name = $2";
    tenant DEMO_TAKEN = "select address from identities where ws = $1 and address {any:$2}";
    tenant DEMO_CUSTOMERS = "select id from customers where ws = $1 and id > $2 and demo = 1 order by id limit $3";
    tenant DEMO_ADDRESSES = "select address from identities where ws = $1 and customer_id {any:$2}";
    tenant DEMO_COUNT = "select count(*) from conversations where ws = $1 and customer_id {any:$2}";
    tenant DEMO_FORGET_TEXTS = "delete from simulator_texts where ws = $1 and number {any:$2}";
    tenant DEMO_FORGET_SUPPRESSIONS = "delete from suppressions where ws = $1 and address {any:$2}";
    tenant DEMO_FORGET_LOCKS = "delete from address_locks where ws = $1 and address {any:$2}";
    tenant DEMO_FORGET_MEDIA = "delete from media where ws = $1 and message_id in (select m.id from messages m
        join conversations c on c.ws = m.ws and c.id = m.conversation_id where m.ws = $1 and c.customer_id {any:$2})";
    tenant DEMO_FORGET_CONVERSATIONS = "delete from conversations where ws = $1 and customer_id {any:$2}";
    tenant DEMO_FORGET_CUSTOMERS = "delete from customers where ws = $1 and id {any:$2}";
    tenant DEMO_FORGET_PRODUCTS = "delete from products where ws = $1 and demo = 1";
    server DEMO_MEMBER_FORGET = "delete from members where email = $1";
}

inserts! {
    DEMO_PRODUCTS = "products" [
        ("id", Uuid), ("title", Text), ("price_minor", Int), ("currency", Text), ("demo", Int)
    ] "";
    DEMO_CUSTOMER_ROWS = "customers" [
        ("id", Uuid), ("name", Text), ("notes", Text), ("demo", Int), ("last_at", Int), ("created_at", Int)
    ] "";
    DEMO_IDENTITIES = "identities" [
        ("address", Text), ("kind", Text), ("customer_id", Uuid), ("created_at", Int)
    ] "";
    DEMO_ORDERS = "orders" [
        ("id", Uuid), ("customer_id", Uuid), ("number", Text), ("status", Text), ("total_minor", Int),
        ("currency", Text), ("items", Text), ("tracking", Text), ("placed_at", Int), ("demo", Int)
    ] "";
    DEMO_CONVERSATIONS = "conversations" [
        ("id", Uuid), ("inbox_id", Uuid), ("customer_id", Uuid), ("address", Text), ("status", Text),
        ("assignee_id", Uuid), ("snoozed_until", Int), ("closed_at", Int), ("waiting_since", Int), ("last_seq", Int),
        ("read_seq", Int), ("last_at", Int), ("last_direction", Text), ("last_inbound_at", Int), ("preview", Text),
        ("failed", Int), ("demo", Int), ("created_at", Int)
    ] "";
    DEMO_MESSAGES = "messages" [
        ("id", Uuid), ("conversation_id", Uuid), ("seq", Int), ("kind", Text), ("body", Text), ("author_kind", Text),
        ("author_id", Uuid), ("purpose", Text), ("origin", Text), ("state", Text), ("state_at", Int),
        ("reason_code", Text), ("held_until", Int), ("retry_of", Uuid), ("encoding", Text), ("parts", Int),
        ("media", Int), ("data", Text), ("demo", Int), ("created_at", Int)
    ] "";
    DEMO_MEDIA = "media" [
        ("id", Uuid), ("message_id", Uuid), ("content_type", Text), ("bytes", Int), ("width", Int), ("height", Int),
        ("content", Blob), ("created_at", Int)
    ] "";
    DEMO_SUPPRESSIONS = "suppressions" [
        ("brand", Text), ("address", Text), ("scope", Text), ("since", Int), ("source", Text), ("lifted_at", Int)
    ] "on conflict do nothing";
}

/// What is being done with the shop of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// What was asked, as JSON.
    pub payload: String,
    /// `loading`, `loaded` or `removing`.
    pub state: String,
    /// Until when a process works on it, Unix ms.
    pub lease_until: Option<i64>,
}

/// What is being done with the shop, if there is or will be one.
pub fn job(tx: &mut Tx<'_>) -> Result<Option<Job>, DbError> {
    tx.query_opt(&DEMO_JOB_GET, args![])?
        .map(|row| Ok(Job { payload: row.get(0)?, state: row.get(1)?, lease_until: row.get(2)? }))
        .transpose()
}

/// Notes what is being done with the shop. The workspace's own id names the
/// job: there is one shop at most.
pub fn job_put(tx: &mut Tx<'_>, job: &Job, now: i64) -> Result<(), DbError> {
    let id = tx.ws().uuid();
    tx.exec(&DEMO_JOB_PUT, args![id, &job.payload, &job.state, job.lease_until, now])?;
    Ok(())
}

/// Says that a process still works on it.
pub fn job_lease(tx: &mut Tx<'_>, until: i64) -> Result<(), DbError> {
    tx.later(&DEMO_JOB_LEASE, args![until])
}

/// Forgets the shop itself, once its rows are gone.
pub fn job_forget(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.exec(&DEMO_FORGET_PRODUCTS, args![])?;
    tx.exec(&DEMO_PROGRESS_FORGET, args![PROGRESS])?;
    tx.exec(&DEMO_JOB_FORGET, args![])?;
    Ok(())
}

/// How many conversations are in.
pub fn progress(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    crate::event::follower(tx, PROGRESS)
}

/// Counts anew.
pub fn progress_reset(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.exec(&DEMO_PROGRESS_FORGET, args![PROGRESS])?;
    Ok(())
}

/// A product: its id, title, price in minor units and currency.
pub type ProductRow = (Uuid, &'static str, i64, &'static str);

/// Adds products.
pub fn insert_products(tx: &mut Tx<'_>, products: &[ProductRow]) -> Result<(), DbError> {
    let rows = products.iter().map(|(id, title, price, currency)| args![id, title, price, currency, 1_i64].to_vec());
    tx.insert_many(&DEMO_PRODUCTS, rows.collect())?;
    Ok(())
}

/// Everything of one customer.
#[derive(Debug, Clone)]
pub struct Life {
    /// The customer.
    pub customer: CustomerRow,
    /// Their number, canonical.
    pub address: String,
    /// What they bought.
    pub orders: Vec<OrderRow>,
    /// Their conversations.
    pub conversations: Vec<ConversationRow>,
    /// What was said in them.
    pub messages: Vec<MessageRow>,
    /// Photos, their content and when they were sent, Unix ms.
    pub media: Vec<(MediaRow, Vec<u8>, i64)>,
    /// What waits in the outbox.
    pub held: Vec<Intent>,
    /// Since when they do not want texts, and until when, Unix ms.
    pub opt_out: Option<(i64, Option<i64>)>,
}

impl Life {
    /// How many rows it is, about.
    #[must_use]
    pub fn rows(&self) -> usize {
        2 + self.orders.len() + self.conversations.len() + self.messages.len() + self.media.len()
    }
}

/// Adds customers with everything of theirs. Who has a number that is known in
/// the workspace is left out, with everything of theirs: a second try at the
/// same shop adds only what is missing, and no real customer is touched.
pub fn insert(tx: &mut Tx<'_>, lives: &[Life], brand: &str) -> Result<(), DbError> {
    let addresses: Vec<String> = lives.iter().map(|life| life.address.clone()).collect();
    let taken: Vec<String> =
        tx.query(&DEMO_TAKEN, args![addresses])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let fresh: Vec<&Life> = lives.iter().filter(|life| !taken.contains(&life.address)).collect();

    tx.insert_many(&DEMO_CUSTOMER_ROWS, fresh.iter().map(|life| customer(life)).collect())?;
    tx.insert_many(&DEMO_IDENTITIES, fresh.iter().map(|life| identity(life)).collect())?;
    let orders = fresh.iter().flat_map(|life| life.orders.iter().map(|row| order(life.customer.id, row)));
    tx.insert_many(&DEMO_ORDERS, orders.collect())?;
    tx.insert_many(&DEMO_CONVERSATIONS, fresh.iter().flat_map(|life| &life.conversations).map(conversation).collect())?;
    tx.insert_many(&DEMO_MESSAGES, fresh.iter().flat_map(|life| &life.messages).map(message).collect())?;
    tx.insert_many(&DEMO_MEDIA, fresh.iter().flat_map(|life| &life.media).map(media).collect())?;
    let held: Vec<Intent> = fresh.iter().flat_map(|life| life.held.iter().cloned()).collect();
    if !held.is_empty() {
        outbox::insert_many(tx, &held)?;
    }
    let opt_outs = fresh.iter().filter_map(|life| {
        let (since, lifted_at) = life.opt_out?;
        Some(args![brand, &life.address, crate::suppression::ALL_TEXTS, since, "demo", lifted_at].to_vec())
    });
    tx.insert_many(&DEMO_SUPPRESSIONS, opt_outs.collect())?;
    // Counted also where left out: the shop is then as complete as it can be.
    let count: usize = lives.iter().map(|life| life.conversations.len()).sum();
    tx.later(&DEMO_PROGRESS_ADD, args![PROGRESS, i64::try_from(count).unwrap_or(i64::MAX)])
}

fn customer(life: &Life) -> Vec<Val> {
    let row = &life.customer;
    args![row.id, &row.name, &row.notes, 1_i64, row.last_at, row.created_at].to_vec()
}

fn identity(life: &Life) -> Vec<Val> {
    args![&life.address, "phone", life.customer.id, life.customer.created_at].to_vec()
}

fn order(customer: CustomerId, row: &OrderRow) -> Vec<Val> {
    args![
        row.id,
        customer,
        &row.number,
        &row.status,
        row.total_minor,
        &row.currency,
        &row.items,
        row.tracking.clone(),
        row.placed_at,
        1_i64
    ]
    .to_vec()
}

fn conversation(row: &ConversationRow) -> Vec<Val> {
    args![
        row.id,
        row.inbox_id,
        row.customer_id,
        &row.address,
        row.status.word(),
        row.assignee_id,
        row.snoozed_until,
        row.closed_at,
        row.waiting_since,
        row.last_seq,
        row.read_seq,
        row.last_at,
        &row.last_direction,
        row.last_inbound_at,
        &row.preview,
        row.failed,
        1_i64,
        row.created_at
    ]
    .to_vec()
}

fn message(row: &MessageRow) -> Vec<Val> {
    args![
        row.id,
        row.conversation_id,
        row.seq,
        row.kind.word(),
        &row.body,
        row.author_kind.clone(),
        row.author_id,
        row.purpose.map(Purpose::word),
        row.origin.map(Origin::word),
        row.state.word(),
        row.state_at,
        row.reason_code.clone(),
        row.held_until,
        row.retry_of,
        row.encoding.clone(),
        row.parts,
        row.media,
        row.data.clone(),
        1_i64,
        row.created_at
    ]
    .to_vec()
}

fn media((row, content, at): &(MediaRow, Vec<u8>, i64)) -> Vec<Val> {
    args![row.id, row.message, &row.content_type, row.bytes, row.width, row.height, content.clone(), *at].to_vec()
}

/// The shop's customers after one of them, in the order of their ids.
pub fn customers(tx: &mut Tx<'_>, after: CustomerId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    tx.query(&DEMO_CUSTOMERS, args![after, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Removes customers with everything of theirs; answers how many conversations went.
pub fn remove(tx: &mut Tx<'_>, customers: &[CustomerId]) -> Result<i64, DbError> {
    let ids: Vec<Uuid> = customers.iter().map(|id| id.uuid()).collect();
    let addresses: Vec<String> =
        tx.query(&DEMO_ADDRESSES, args![ids.clone()])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let count = tx.query_one(&DEMO_COUNT, args![ids.clone()])?.get(0)?;
    tx.exec(&DEMO_FORGET_TEXTS, args![addresses.clone()])?;
    tx.exec(&DEMO_FORGET_SUPPRESSIONS, args![addresses.clone()])?;
    tx.exec(&DEMO_FORGET_LOCKS, args![addresses])?;
    tx.exec(&DEMO_FORGET_MEDIA, args![ids.clone()])?;
    tx.exec(&DEMO_FORGET_CONVERSATIONS, args![ids.clone()])?;
    tx.exec(&DEMO_FORGET_CUSTOMERS, args![ids])?;
    Ok(count)
}

/// Removes one of the shop's agents.
pub fn member_forget(tx: &mut ServerTx<'_>, email: &str) -> Result<(), DbError> {
    tx.exec(&DEMO_MEMBER_FORGET, args![email])?;
    Ok(())
}
