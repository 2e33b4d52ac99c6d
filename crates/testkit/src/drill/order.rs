//! In which order a workspace's transactions committed: read from its chain.
//!
//! Clocks cannot tell it: a transaction's rows carry the time at which it began,
//! and it may then have waited for another. The chain's entries are numbered just
//! before each commit, one workspace's one after the other.

use super::Fault;
use domain::evidence::{Kind, decode};
use domain::id::MessageId;
use std::collections::HashMap;
use store::{Row, Scope, Sql, Store, StoreConfig, StoreUrl, Tx};
use uuid::Uuid;

static OPT_OUTS: Sql = Sql {
    cold: Some("a drill reads everything"),
    name: "OPT_OUTS",
    scope: Scope::Server,
    text: "select id, address, recorded_at from consents where action = 'revoke'",
};
static VERDICTS: Sql = Sql {
    cold: Some("a drill reads everything"),
    name: "VERDICTS",
    scope: Scope::Server,
    text: "select message_id, no, verdict, at from decisions",
};

static WAITING: Sql = Sql {
    cold: Some("a drill reads everything"),
    name: "WAITING",
    scope: Scope::Server,
    text: "select count(*) from messages where state in ('queued', 'held', 'handing_over')",
};

/// A verdict of the gate as a text was claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its place in the order of commits.
    pub place: i64,
    /// The claim's own instant, Unix ms.
    pub at: i64,
    /// Whether the text may leave.
    pub sent: bool,
}

/// What was claimed, and when the customer's opt-out came in between.
#[derive(Debug, Clone, Default)]
pub struct Order {
    /// The opt-out's place in the order of commits.
    pub place: i64,
    /// The opt-out's own instant, Unix ms: when its transaction began.
    pub at: i64,
    /// All claims of each message, in the order of their commits.
    pub claims: HashMap<String, Vec<Claim>>,
}

impl Order {
    /// Claims that let a text out, of the messages named.
    pub fn sent<'a>(&'a self, messages: &'a [String]) -> impl Iterator<Item = (&'a str, Claim)> {
        messages.iter().flat_map(|id| {
            let all = self.claims.get(id).map_or(&[][..], Vec::as_slice);
            all.iter().filter(|claim| claim.sent).map(|claim| (id.as_str(), *claim))
        })
    }
}

/// The order in which everything of a workspace committed.
#[derive(Debug, Default)]
pub struct Book {
    /// The first opt-out of each address: its place, and its own instant (Unix ms).
    pub opt_outs: HashMap<String, (i64, i64)>,
    /// All claims of each message, in the order of their commits.
    pub claims: HashMap<String, Vec<Claim>>,
}

impl Book {
    /// What there is about one address's opt-out.
    ///
    /// # Errors
    /// There is none.
    pub fn order(&self, address: &str) -> Result<Order, Fault> {
        let (place, at) = *self.opt_outs.get(address).ok_or("no opt-out was written down")?;
        Ok(Order { place, at, claims: self.claims.clone() })
    }
}

/// How many texts of a database still wait for their end.
///
/// # Errors
/// The database cannot be read.
pub async fn waiting(database: &str) -> Result<i64, Fault> {
    let store = Store::open(StoreConfig::new(StoreUrl::Postgres(database.to_owned()))).await?;
    let count: Result<i64, store::DbError> =
        store.server().read(|tx| tx.query(&WAITING, &[])?.first().map_or(Ok(0), |row| row.get(0))).await;
    store.close().await;
    Ok(count?)
}

/// Reads the order in which an address's opt-out and all claims committed.
///
/// # Errors
/// The database cannot be read, there is no opt-out, or a row is in no entry of the chain.
pub async fn read(database: &str, address: &str) -> Result<Order, Fault> {
    book(database).await?.order(address)
}

/// Reads the order in which all opt-outs and all claims committed.
///
/// # Errors
/// The database cannot be read, or a row is in no entry of the chain.
pub async fn book(database: &str) -> Result<Book, Fault> {
    let store = Store::open(StoreConfig::new(StoreUrl::Postgres(database.to_owned()))).await?;
    let all = store.server().read(store::outbox::workspaces_all).await?;
    let [ws] = all.as_slice() else { return Err(format!("{} workspaces", all.len()).into()) };
    let ws = *ws;
    let opt_outs: Vec<(Uuid, String, i64)> = store
        .server()
        .read(|tx| {
            tx.query(&OPT_OUTS, &[])?
                .iter()
                .map(|row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .collect::<Result<_, store::DbError>>()
        })
        .await?;
    let verdicts: Vec<(Uuid, i64, String, i64)> = store
        .server()
        .read(|tx| tx.query(&VERDICTS, store::args![])?.iter().map(verdict).collect::<Result<_, store::DbError>>())
        .await?;
    let places = store.workspace(ws).read(places).await??;
    store.close().await;

    let place = |kind: Kind, key: &[u8]| {
        places.get(&(kind.tag(), key.to_vec())).copied().ok_or_else(|| Fault::from(format!("a {kind} is not sealed")))
    };
    let mut book = Book::default();
    for (id, address, at) in opt_outs {
        let place = place(Kind::Consent, id.as_bytes())?;
        let known = book.opt_outs.entry(address).or_insert((place, at));
        if place < known.0 {
            *known = (place, at);
        }
    }
    for (message, no, word, at) in verdicts {
        // The last bit of a verdict's number says whether it was drawn at a claim.
        if no.rem_euclid(2) != 1 {
            continue;
        }
        let key = [&message.as_bytes()[..], &no.to_be_bytes()].concat();
        let claim = Claim { place: place(Kind::Decision, &key)?, at, sent: word == "send" };
        let id = MessageId::new(message);
        book.claims.entry(id.to_string()).or_default().push(claim);
    }
    for claims in book.claims.values_mut() {
        claims.sort_unstable_by_key(|claim| claim.place);
    }
    Ok(book)
}

fn verdict(row: &Row) -> Result<(Uuid, i64, String, i64), store::DbError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
}

/// Entries of the chain by the kind and key of the rows they seal.
type Places = HashMap<(u8, Vec<u8>), i64>;

/// The number of the entry that seals each row. The inner error is of an entry that cannot be read.
fn places(tx: &mut Tx<'_>) -> Result<Result<Places, Fault>, store::DbError> {
    const PAGE: i64 = 1_000;
    let (mut found, mut last) = (Places::new(), 0);
    loop {
        let page = store::chain::since(tx, last, PAGE)?;
        let Some(end) = page.last() else { return Ok(Ok(found)) };
        last = end.seq;
        for entry in &page {
            match decode(&entry.items) {
                Ok(rows) => found.extend(rows.into_iter().map(|row| ((row.kind.tag(), row.key), entry.seq))),
                Err(error) => return Ok(Err(error.into())),
            }
        }
    }
}
