//! Everything about one customer in one file, for themselves: tables for people,
//! JSON for machines, pictures as they are.

use crate::Engine;
use crate::audit::Actor;
use crate::consent::{ledger_of, wordings};
use crate::evidence::{PackError, Told, ask, pack_close};
use crate::gate::BRAND;
use domain::evidence::pack::PackFile;
use domain::id::{ConversationId, CustomerId, Id, WorkspaceId};
use domain::message::Kind;
use domain::table;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use store::consent::ConsentRow;
use store::customer_place::PlaceRow;
use store::evidence_pack::{self as packs, PackConversation, PackRow};
use store::message::MessageRow;
use store::{
    DbError, Tx, audit, customer, customer_merge, customer_place, media, message, order, suppression, workspace,
};

/// Rows read in one transaction.
const PAGE: i64 = 200;
/// Orders of one customer.
const ORDERS_MAX: i64 = 100_000;

const README: &str = "\
person.json    everything here for machines: who you are to the shop, where, every text and note, consents with
               the words that were shown, opt-outs, complaints the shop has as open, orders, and who else got
               the texts
messages.csv   texts and notes, the oldest first; `files` names pictures in the folder media
consents.csv   what was agreed to and taken back, and how it came about
orders.csv     orders the shop has kept here
media/         pictures

Times are in UTC (ISO 8601). Tables are UTF-8, their cells separated by commas.
";

impl Engine {
    /// Notes the wish for everything about a customer, to be carried out by [`Engine::pack_make`].
    ///
    /// # Errors
    /// [`PackError`].
    pub async fn access_wish(&self, ws: WorkspaceId, by: Actor, id: CustomerId) -> Result<PackRow, PackError> {
        // Of one who was merged, it is about both: they are one person.
        let id = self.workspace(ws).read(move |tx| customer_merge::root(tx, id)).await?.ok_or(PackError::NotFound)?;
        let row = self.pack_row(by, packs::ACCESS, &id.to_string(), self.now());
        let detail = json!({ "export": row.id.to_string() });
        let entry = self.audit_entry(by, "customer.export", id.to_string(), &detail);
        let (kept, job) = (row.clone(), self.new_uuid());
        self.workspace(ws)
            .write(move |tx| {
                if customer::get(tx, id)?.is_none() {
                    return Err(PackError::NotFound);
                }
                ask(tx, job, &kept)?;
                audit::insert(tx, &entry)?;
                Ok::<_, PackError>(())
            })
            .await?;
        self.running.work.notify_one();
        Ok(row)
    }

    pub(crate) async fn access_bytes(
        &self,
        ws: WorkspaceId,
        customer: &str,
        told: Told<'_>,
    ) -> Result<Vec<u8>, PackError> {
        let id: CustomerId = customer.parse().map_err(|_| PackError::NotFound)?;
        let facts = self.workspace(ws).read(move |tx| facts(tx, id)).await?.ok_or(PackError::NotFound)?;
        let total = facts.conversations.iter().map(|row| row.last_seq).sum();
        let mut gathered = Gathered::default();
        let mut before = 0;
        told(0, total);
        for talk in &facts.conversations {
            let (of, mut after) = (talk.id, 0);
            loop {
                let page = self.workspace(ws).read(move |tx| texts(tx, of, after)).await?;
                let Some(last) = page.last() else { break };
                after = last.row.seq;
                told((before + after).min(total), total);
                page.into_iter().for_each(|text| gathered.take(talk, text));
            }
            before += talk.last_seq;
        }
        let accounts = self.accounts(ws).await?;
        let providers: BTreeSet<&str> = accounts.values().map(|account| account.provider.as_str()).collect();
        let person = json!({
            "format": "hark-access 1",
            "made_at": iso(self.now()),
            "shop": { "name": facts.shop, "brand": facts.brand },
            "customer": facts.customer,
            "opt_outs": facts.opt_outs,
            "consents": facts.consents,
            "complaints": facts.conversations.iter().filter_map(complaint).collect::<Vec<_>>(),
            "orders": facts.orders,
            "messages": gathered.messages,
            "recipients": {
                "providers": providers,
                "why": "They carry the texts, and the mobile networks behind them.",
            },
        });
        let mut files = vec![
            file("README.txt", README.as_bytes().to_vec()),
            file("person.json", serde_json::to_vec_pretty(&person).unwrap_or_default()),
            file("messages.csv", table(MESSAGES, &gathered.messages)),
            file("consents.csv", table(CONSENTS, &facts.consents)),
            file("orders.csv", table(ORDERS, &facts.orders)),
        ];
        files.append(&mut gathered.files);
        // Packing takes processor time that requests must not wait for.
        let packed = tokio::task::spawn_blocking(move || pack_close(&files)).await;
        Ok(packed.map_err(|error| DbError::Unavailable(error.to_string()))??)
    }
}

fn file(name: &str, content: Vec<u8>) -> PackFile {
    PackFile { name: name.to_owned(), content }
}

/// What there is beside texts.
struct Facts {
    shop: String,
    brand: String,
    customer: Value,
    opt_outs: Vec<Value>,
    consents: Vec<Value>,
    orders: Vec<Value>,
    conversations: Vec<PackConversation>,
}

fn facts(tx: &mut Tx<'_>, id: CustomerId) -> Result<Option<Facts>, DbError> {
    let (Some(row), Some(shop)) = (customer::get(tx, id)?, workspace::get(tx)?) else { return Ok(None) };
    let addresses = customer::addresses(tx, id)?;
    let mut opt_outs = Vec::new();
    for address in &addresses {
        for story in suppression::story(tx, BRAND, address)? {
            opt_outs.push(json!({
                "address": address, "scope": story.scope, "since": iso(story.since),
                "lifted_at": story.lifted_at.map(iso), "source": story.source,
            }));
        }
    }
    let orders = order::of_customer(tx, id, ORDERS_MAX)?;
    Ok(Some(Facts {
        shop: shop.name,
        brand: shop.brand,
        customer: json!({
            "id": id.to_string(), "name": row.name, "notes": row.notes, "addresses": addresses,
            "first_seen_at": iso(row.created_at), "last_at": iso(row.last_at), "places": places(tx, id)?,
            "merged": merged(tx, id)?,
        }),
        opt_outs,
        consents: consents(tx, id, &addresses)?,
        orders: orders
            .into_iter()
            .map(|row| {
                json!({
                    "number": row.number, "status": row.status, "total_minor": row.total_minor,
                    "currency": row.currency, "items": serde_json::from_str::<Value>(&row.items).unwrap_or_default(),
                    "tracking": row.tracking, "placed_at": iso(row.placed_at),
                })
            })
            .collect(),
        conversations: packs::conversations(tx, id)?,
    }))
}

/// A complaint that the shop has as open in a conversation, and what said so: the section of the words that
/// were read in a text, or a member.
fn complaint(talk: &PackConversation) -> Option<Value> {
    let (since, by) = talk.complaint.as_ref()?;
    Some(json!({ "conversation": talk.id.to_string(), "since": iso(*since), "found_by": by }))
}

/// Where a customer is, as far as the shop knows.
fn places(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<Value>, DbError> {
    let shown = |row: PlaceRow| {
        let place = row.place;
        json!({
            "kind": place.kind.word(), "country": place.country, "region": place.region,
            "postal_code": place.postal_code, "time_zone": place.time_zone, "known_from": row.source.word(),
            "known_at": iso(row.known_at),
        })
    };
    Ok(customer_place::of_customer(tx, id)?.into_iter().map(shown).collect())
}

/// Whom the shop took for another customer and merged into this one: what it still holds under that id.
fn merged(tx: &mut Tx<'_>, id: CustomerId) -> Result<Vec<Value>, DbError> {
    let mut all = Vec::new();
    for other in customer_merge::tree(tx, id)?.into_iter().filter(|other| *other != id) {
        let Some(row) = customer::get(tx, other)? else { continue };
        all.push(json!({
            "id": other.to_string(), "name": row.name, "notes": row.notes, "first_seen_at": iso(row.created_at),
            "places": places(tx, other)?,
        }));
    }
    Ok(all)
}

/// The ledger about a customer, oldest first, with the words that were shown.
fn consents(tx: &mut Tx<'_>, id: CustomerId, addresses: &[String]) -> Result<Vec<Value>, DbError> {
    let rows = ledger_of(tx, id, addresses)?;
    let words = wordings(tx, &rows)?;
    let shown = |row: &ConsentRow| words.get(&row.disclosure?).map(|words| (words.locale.clone(), words.text.clone()));
    let entry = |row: ConsentRow| {
        let (locale, text) = shown(&row).unzip();
        json!({
            "at": iso(row.occurred_at), "address": row.address, "channel": row.channel.word(),
            "permits": row.permits.word(), "topic": row.topic, "action": row.action.word(),
            "proof": row.proof.word(), "method": row.method.word(), "words_shown": text, "locale": locale,
            "evidence": serde_json::from_str::<Value>(&row.evidence).unwrap_or_default(),
        })
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// A text or note with its pictures: type and content, where it is here.
struct Text {
    row: MessageRow,
    media: Vec<(String, Vec<u8>)>,
}

/// Texts and notes of a conversation after a number, and what else happened in it.
fn texts(tx: &mut Tx<'_>, conversation: ConversationId, after: i64) -> Result<Vec<Text>, DbError> {
    let rows = message::after(tx, conversation, after, PAGE)?;
    let ids = rows.iter().filter(|row| row.media > 0).map(|row| Id::uuid(row.id)).collect();
    let mut pictures: HashMap<_, Vec<_>> = HashMap::new();
    for picture in media::of_messages(tx, ids)? {
        if let (Some(of), Some(content)) = (picture.message, media::content(tx, picture.id)?) {
            pictures.entry(of).or_default().push(content);
        }
    }
    Ok(rows.into_iter().map(|row| Text { media: pictures.remove(&row.id).unwrap_or_default(), row }).collect())
}

#[derive(Default)]
struct Gathered {
    messages: Vec<Value>,
    files: Vec<PackFile>,
}

impl Gathered {
    fn take(&mut self, talk: &PackConversation, Text { row, media }: Text) {
        let (from, to) = match row.kind {
            Kind::Inbound => (talk.address.as_str(), talk.our_address.as_str()),
            Kind::Outbound => (talk.our_address.as_str(), talk.address.as_str()),
            Kind::Note => ("", ""),
            // That a thread was closed or given to somebody tells of members, not of the customer.
            Kind::Event => return,
        };
        let mut names = Vec::new();
        for (no, (content_type, content)) in media.into_iter().enumerate() {
            let name = format!("media/{}-{}.{}", row.id, no + 1, ending(&content_type));
            self.files.push(PackFile { name: name.clone(), content });
            names.push(name);
        }
        self.messages.push(json!({
            "at": iso(row.created_at), "conversation": talk.id.to_string(), "kind": row.kind.word(),
            "from": from, "to": to, "text": row.body, "state": row.state.word(),
            "purpose": row.purpose.map(domain::message::Purpose::word), "files": names,
        }));
    }
}

fn ending(content_type: &str) -> &'static str {
    match content_type {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        _ => "bin",
    }
}

/// An instant as people and machines read it.
fn iso(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).map(|at| at.to_string()).unwrap_or_default()
}

const MESSAGES: &[&str] = &["at", "conversation", "kind", "from", "to", "text", "state", "purpose", "files"];
const CONSENTS: &[&str] =
    &["at", "address", "channel", "permits", "topic", "action", "proof", "method", "words_shown", "locale", "evidence"];
const ORDERS: &[&str] = &["placed_at", "number", "status", "total_minor", "currency", "items", "tracking"];

/// Some objects as a table (RFC 4180).
fn table(columns: &[&str], rows: &[Value]) -> Vec<u8> {
    let mut text = columns.join(",");
    text.push_str("\r\n");
    for row in rows {
        let cells = columns.iter().map(|column| match row.get(*column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => cell(text),
            Some(Value::Array(parts)) if parts.iter().all(Value::is_string) => {
                cell(&parts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "))
            }
            Some(other) => cell(&other.to_string()),
        });
        text.push_str(&cells.collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// A cell. A phone number stands as it is, though a spreadsheet takes `+` for a formula.
fn cell(text: &str) -> String {
    let number = text.strip_prefix('+').is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    if number { text.to_owned() } else { table::cell(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_numbers_stay_and_formulas_are_text() {
        let rows =
            [json!({ "a": "x,\"y\"", "b": "+12125550101", "c": "=SUM(1)" }), json!({ "b": ["m/1", "m/2"], "c": 5 })];
        let made = String::from_utf8(table(&["a", "b", "c"], &rows)).unwrap_or_default();
        assert_eq!(made, "a,b,c\r\n\"x,\"\"y\"\"\",+12125550101,'=SUM(1)\r\n,m/1 m/2,5\r\n");
    }
}
