//! The demo shop: many rows at once, each marked, and their removal.
//!
//! Rows of the shop carry `demo = 1`, or belong to a customer who does. What
//! members or the simulator add to a demo customer goes with them.

use crate::args;
use crate::conversation::ConversationRow;
use crate::customer::CustomerRow;
use crate::customer_place::{self, PlaceRow};
use crate::db::{DbError, Engine, ServerTx, Tx, Val, inserts, statements};
use crate::media::MediaRow;
use crate::message::{self, MessageRow};
use crate::order::OrderRow;
use crate::outbox::{self, Intent};
use domain::id::CustomerId;
use uuid::Uuid;

/// The follower of [`progress`]: how many conversations are in.
const PROGRESS: &str = "demo";

statements! {
    tenant DEMO_PROGRESS_ADD = "insert into followers (ws, name, seq) values ($1, $2, $3)
        on conflict (ws, name) do update set seq = followers.seq + excluded.seq";
    tenant DEMO_PROGRESS_FORGET = "delete from followers where ws = $1 and name = $2";
    tenant DEMO_TAKEN = "select address from identities where ws = $1 and address {any:$2}";
    tenant DEMO_CUSTOMERS = "select id from customers where ws = $1 and id > $2 and demo = 1 order by id limit $3",
        cold "the demo shop is taken out in steps, each from where the last one ended";
    tenant DEMO_ADDRESSES = "select address from identities where ws = $1 and customer_id {any:$2}";
    tenant DEMO_COUNT = "select count(*) from conversations where ws = $1 and customer_id {any:$2}";
    tenant DEMO_FORGET_TEXTS = "delete from simulator_texts where ws = $1 and number {any:$2}";
    tenant DEMO_FORGET_SUPPRESSIONS = "delete from suppressions where ws = $1 and address {any:$2}",
        cold "opted out are few, and the demo shop is taken out once";
    tenant DEMO_FORGET_LOCKS = "delete from address_locks where ws = $1 and address {any:$2}";
    tenant DEMO_FORGET_MEDIA = "delete from media where ws = $1 and message_id in (select m.id from conversations c
        {sqlite:cross }join messages m on m.ws = c.ws and m.conversation_id = c.id
        where c.ws = $1 and c.customer_id {any:$2})";
    tenant DEMO_FORGET_CONVERSATIONS = "delete from conversations where ws = $1 and customer_id {any:$2}";
    tenant DEMO_FORGET_CUSTOMERS = "delete from customers where ws = $1 and id {any:$2}";
    tenant DEMO_FORGET_PRODUCTS = "delete from products where ws = $1 and demo = 1";
    tenant DEMO_WORDS_REMOVED = "{sqlite:insert into message_words (message_words, rank)
        select 'secure-delete', $2 from workspaces where id = $1}";
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
    DEMO_MEDIA = "media" [
        ("id", Uuid), ("message_id", Uuid), ("content_type", Text), ("bytes", Int), ("width", Int), ("height", Int),
        ("content", Blob), ("created_at", Int)
    ] "";
    DEMO_SUPPRESSIONS = "suppressions" [
        ("brand", Text), ("address", Text), ("scope", Text), ("since", Int), ("source", Text), ("lifted_at", Int)
    ] "on conflict do nothing";
}

/// Forgets the shop itself, once its rows are gone.
pub fn forget(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.exec(&DEMO_FORGET_PRODUCTS, args![])?;
    tx.exec(&DEMO_PROGRESS_FORGET, args![PROGRESS])?;
    Ok(())
}

/// How many conversations are in.
pub fn progress(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    // What a visitor began with the shop's customers goes with them and was never counted in.
    Ok(crate::event::follower(tx, PROGRESS)?.max(0))
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
    /// Where they are.
    pub places: Vec<PlaceRow>,
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
        2 + self.places.len() + self.orders.len() + self.conversations.len() + self.messages.len() + self.media.len()
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
    let places = fresh.iter().flat_map(|life| life.places.iter().map(|row| (life.customer.id, row.clone())));
    customer_place::insert_many(tx, places)?;
    let orders = fresh.iter().flat_map(|life| life.orders.iter().map(|row| order(life.customer.id, row)));
    tx.insert_many(&DEMO_ORDERS, orders.collect())?;
    tx.insert_many(&DEMO_CONVERSATIONS, fresh.iter().flat_map(|life| &life.conversations).map(conversation).collect())?;
    message::insert_many(tx, fresh.iter().flat_map(|life| &life.messages), true)?;
    tx.insert_many(&DEMO_MEDIA, fresh.iter().flat_map(|life| &life.media).map(media).collect())?;
    let held: Vec<Intent> = fresh.iter().flat_map(|life| life.held.iter().cloned()).collect();
    if !held.is_empty() {
        outbox::insert_many(tx, &held)?;
        crate::suppression::ensure(tx, held.iter().map(|intent| intent.address.as_str()).collect())?;
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

fn media((row, content, at): &(MediaRow, Vec<u8>, i64)) -> Vec<Val> {
    args![row.id, row.message, &row.content_type, row.bytes, row.width, row.height, content.clone(), *at].to_vec()
}

/// The shop's customers after one of them, in the order of their ids.
pub fn customers(tx: &mut Tx<'_>, after: CustomerId, limit: i64) -> Result<Vec<CustomerId>, DbError> {
    tx.query(&DEMO_CUSTOMERS, args![after, limit])?.iter().map(|row| row.get(0)).collect()
}

/// Whether SQLite's word index takes removed words out of its pages at once, or marks
/// them until its pages are next merged. The shop's words are nobody's secret, and a
/// rewritten page for each of a million texts would hold up the only writer for long.
/// The setting is of the whole index, but only this transaction sees it otherwise than on.
fn words_leave_at_once(tx: &mut Tx<'_>, at_once: bool) -> Result<(), DbError> {
    if tx.engine() == Engine::Sqlite {
        tx.exec(&DEMO_WORDS_REMOVED, args![i64::from(at_once)])?;
    }
    Ok(())
}

/// Removes customers with everything of theirs; answers how many conversations went.
/// `at` is when, in Unix ms.
pub fn remove(tx: &mut Tx<'_>, customers: &[CustomerId], at: i64) -> Result<i64, DbError> {
    let ids: Vec<Uuid> = customers.iter().map(|id| id.uuid()).collect();
    let addresses: Vec<String> =
        tx.query(&DEMO_ADDRESSES, args![ids.clone()])?.iter().map(|row| row.get(0)).collect::<Result<_, _>>()?;
    let count: i64 = tx.query_one(&DEMO_COUNT, args![ids.clone()])?.get(0)?;
    crate::chain::verdicts_of_customers_erased(tx, ids.clone(), at)?;
    crate::consent::forget(tx, &addresses, at)?;
    tx.exec(&DEMO_FORGET_TEXTS, args![addresses.clone()])?;
    tx.exec(&DEMO_FORGET_SUPPRESSIONS, args![addresses.clone()])?;
    tx.exec(&DEMO_FORGET_LOCKS, args![addresses])?;
    tx.exec(&DEMO_FORGET_MEDIA, args![ids.clone()])?;
    words_leave_at_once(tx, false)?;
    tx.exec(&DEMO_FORGET_CONVERSATIONS, args![ids.clone()])?;
    words_leave_at_once(tx, true)?;
    tx.exec(&DEMO_FORGET_CUSTOMERS, args![ids])?;
    // Whoever asks meanwhile sees how many are left.
    tx.later(&DEMO_PROGRESS_ADD, args![PROGRESS, -count])?;
    Ok(count)
}

/// Removes one of the shop's agents.
pub fn member_forget(tx: &mut ServerTx<'_>, email: &str) -> Result<(), DbError> {
    tx.exec(&DEMO_MEMBER_FORGET, args![email])?;
    Ok(())
}
