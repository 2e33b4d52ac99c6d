//! Many texts through the whole road into the simulated carrier: accepted by
//! the API, through the gate, out of the outbox, carried, and each receipt
//! stored. And a person's replies meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::inbound::join;
use crate::cost::{Cost, Meter};
use crate::fault::Fault;
use crate::figure::Figure;
use crate::load::{Change, Connection, Numbers, words};
use crate::place::Place;
use crate::progress;
use crate::server::{Manner, Node};
use crate::shop::{self, Shop};
use crate::stopwatch;
use crate::tally::{Spread, Tally};
use crate::wish::{Engine, Size, Wish};

const ITEMS: Size = Size { full: 200_000, quick: 3_000 };
const ITEMS_WITH_REPLIES: Size = Size { full: 60_000, quick: 3_000 };
/// Connections that ask for texts, and texts of one request.
const CONNECTIONS: usize = 4;
const BATCH: u64 = 250;
/// Replies a second, and conversations they go to.
const REPLY_RATE: u64 = 20;
const REPLY_CONVERSATIONS: u64 = 40;
/// How long replies may take to be handed over after the blast.
const REPLIES_LATE: Duration = Duration::from_secs(30);
/// Where a text stands once its hand-over was written down: by the provider's
/// answer, or by a receipt that was faster than it.
const HANDED_OVER: [&str; 3] = ["accepted", "sent", "delivered"];

pub(crate) async fn run(wish: &Wish, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    let count = wish.size(ITEMS);
    let place = Place::fresh(engine).await?;
    let node = Node::start(manner, &place).await?;
    let shop = Shop::open(&node).await?;
    let done = blast(&[&node], &shop, 0, count, true).await?;
    node.stop().await?;
    let (rate, cpu) = match engine {
        Engine::Sqlite => ((6_000.0, 10_000.0), (200.0, 100.0)),
        Engine::Postgres => ((3_000.0, 6_000.0), (500.0, 250.0)),
    };
    Ok(vec![
        Figure::new("asked for to last receipt stored", done.rate, "/s")
            .at_least(rate.0, rate.1)
            .of(count)
            .cost(done.cost)
            .note(format!(
                "to {}…, {:.1} events each; {}",
                done.numbers.prefix,
                done.events as f64 / done.delivered.max(1) as f64,
                done.bound
            )),
        Figure::new("processor time for each, search index too", done.cost.cpu_us, "µs").at_most(cpu.0, cpu.1),
        Figure::new("accepted", done.accepted, "/s").spread(done.accepting),
    ])
}

/// A person's replies while a blast runs.
pub(crate) async fn run_reply(wish: &Wish, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    let count = wish.size(ITEMS_WITH_REPLIES);
    let place = Place::fresh(engine).await?;
    let node = Node::start(manner, &place).await?;
    let shop = Shop::open(&node).await?;
    let conversations = talks(&node, &shop).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let since = last_event(&node, &shop).await?;
    let replying = tokio::spawn(reply(node.address, shop.clone(), conversations, Arc::clone(&stop)));
    // Some replies before the blast, so that none is the first of its kind.
    stopwatch::pause(1_000).await;
    let blast_from = stopwatch::unix_ms();
    let done = blast(&[&node], &shop, 0, count, false).await;
    stop.store(true, Ordering::Relaxed);
    let replies = replying.await.map_err(|error| Fault::wrong(format!("replying broke: {error}")))??;
    let done = done?;
    let mut tally = Tally::default();
    let (until, mut left, mut since) = (done.ended_at, replies.asked.clone(), since);
    let late = stopwatch::now() + REPLIES_LATE;
    while !left.is_empty() && stopwatch::now() < late {
        progress::at(format!("{} replies are not handed over yet", left.len()));
        since = events(&node, &shop, since, |change| {
            let asked = change.subject.as_ref().filter(|_| handed_over(change)).and_then(|id| left.remove(id));
            if let Some(asked) = asked.filter(|asked| (blast_from..=until).contains(asked)) {
                tally.add_ms(change.at - asked);
            }
        })
        .await?;
        stopwatch::pause(100).await;
    }
    let stuck = standing(&node, &shop, left.keys().take(5)).await?;
    node.stop().await?;
    if !left.is_empty() {
        return Err(Fault::wrong(format!(
            "{} replies were not handed over within {} s: {}",
            left.len(),
            REPLIES_LATE.as_secs(),
            stuck.join(", ")
        )));
    }
    let spread = tally.spread();
    let answered = replies.answered.spread();
    Ok(vec![
        Figure::new("reply asked for to handed over, during a blast, p99", spread.p99_ms, "ms")
            .at_most(100.0, 20.0)
            .spread(spread)
            .note(format!("the blast ran at {:.0}/s; the server's clock has whole ms; {}", done.rate, done.bound)),
        Figure::new("reply to its 201, p99", answered.p99_ms, "ms").spread(answered),
        done.meanwhile("replies in it"),
    ])
}

fn handed_over(change: &Change) -> bool {
    change.kind == "message.state" && HANDED_OVER.iter().any(|state| change.says("state", state))
}

/// Where some messages stand, for whoever must find out why.
async fn standing(node: &Node, shop: &Shop, ids: impl Iterator<Item = &String>) -> Result<Vec<String>, Fault> {
    let mut connection = Connection::open(node.address).await?;
    let mut all = Vec::new();
    for id in ids {
        let message = shop::read(&mut connection, &format!("/api/v1/messages/{id}"), &shop.key).await?;
        all.push(format!("{id} is {}", shop::text(&message, "/state")?));
    }
    Ok(all)
}

/// How a blast went.
#[derive(Debug)]
pub(crate) struct Done {
    /// Texts a second, from the first request to the last receipt.
    pub(crate) rate: f64,
    /// Texts a second that were accepted, while that was going on.
    pub(crate) accepted: f64,
    /// Times of the requests.
    pub(crate) accepting: Spread,
    /// What each text cost.
    pub(crate) cost: Cost,
    /// Events written meanwhile.
    pub(crate) events: i64,
    /// Events a second.
    pub(crate) event_rate: f64,
    /// When the last receipt was stored, Unix ms.
    pub(crate) ended_at: i64,
    /// How many were delivered: all, unless it took too long.
    pub(crate) delivered: u64,
    /// What the rate was bound by, and whether it took too long.
    pub(crate) bound: String,
    /// To whom.
    pub(crate) numbers: Numbers,
}

impl Done {
    /// A blast as what went on beside something else, whose cost is in its own.
    pub(crate) fn meanwhile(&self, other: &str) -> Figure {
        Figure::new("the blast meanwhile", self.rate, "/s")
            .of(self.delivered)
            .cost(self.cost)
            .note(format!("what each of its texts cost until the last receipt, {other}"))
    }
}

/// Sends `count` texts, spread over the nodes, to numbers from `first` on, and
/// waits until each was reported delivered and, to count all they cost, until
/// the servers rest. Where others go on asking they never do.
pub(crate) async fn blast(nodes: &[&Node], shop: &Shop, first: u64, count: u64, to_rest: bool) -> Result<Done, Fault> {
    let node = nodes.first().ok_or_else(|| Fault::wrong("no node"))?;
    let numbers = Numbers::awake(stopwatch::unix_ms())?;
    let since = last_event(node, shop).await?;
    let meter = Meter::start(nodes).await?;
    let (began, began_at) = (stopwatch::now(), stopwatch::unix_ms());
    let late = began + progress::limit(count);
    let asked = ask(nodes, shop, numbers, first, count, late).await?;
    let accepted = asked.count as f64 / began.elapsed().as_secs_f64();
    // The texts asked for last are among the last to be reported; which of all
    // was the very last, the log says afterwards.
    let mut connection = Connection::open(node.address).await?;
    for id in asked.last {
        let path = format!("/api/v1/messages/{id}");
        while stopwatch::now() < late
            && shop::text(&shop::read(&mut connection, &path, &shop.key).await?, "/state")? != "delivered"
        {
            let written = last_event(node, shop).await? - since;
            progress::at(format!("{} of {count} texts accepted, {written} events written", asked.count));
            stopwatch::pause(20).await;
        }
    }
    let mut bound = meter.bound().await?;
    if to_rest {
        progress::at("waiting until the server rests");
        meter.rest().await;
    }
    let mut delivered = 0;
    let mut ended_at = began_at;
    let last = events(node, shop, since, |change| {
        if change.kind == "message.state" && change.says("state", "delivered") {
            delivered += 1;
            ended_at = ended_at.max(change.at);
        }
    })
    .await?;
    let cost = meter.cost(delivered.max(1)).await?;
    if delivered < count {
        let seconds = began.elapsed().as_secs();
        bound = format!("BROKEN OFF after {seconds} s with {delivered} of {count} texts delivered; {bound}");
    }
    let seconds = (ended_at - began_at).max(1) as f64 / 1_000.0;
    let events = last - since;
    Ok(Done {
        rate: delivered as f64 / seconds,
        accepted,
        accepting: asked.spread,
        cost,
        events,
        event_rate: events as f64 / seconds,
        ended_at,
        delivered,
        bound,
        numbers,
    })
}

/// What was asked for.
struct Asked {
    /// Times of the requests.
    spread: Spread,
    /// How many texts were accepted.
    count: u64,
    /// The ids of the texts asked for last.
    last: Vec<String>,
}

/// Asks for texts, one request after another on each connection, until all were
/// asked for or it is late.
async fn ask(
    nodes: &[&Node],
    shop: &Shop,
    numbers: Numbers,
    first: u64,
    count: u64,
    late: Instant,
) -> Result<Asked, Fault> {
    let next = Arc::new(AtomicU64::new(first));
    let accepted = Arc::new(AtomicU64::new(0));
    let mut tasks = JoinSet::new();
    let last = Arc::new(std::sync::Mutex::new(Vec::new()));
    for at in 0..CONNECTIONS {
        let Some(node) = nodes.get(at % nodes.len()) else { continue };
        let mut connection = Connection::open(node.address).await?;
        let (next, last, shop) = (Arc::clone(&next), Arc::clone(&last), shop.clone());
        let accepted = Arc::clone(&accepted);
        tasks.spawn(async move {
            let mut tally = Tally::default();
            let mut mine = None;
            loop {
                let from = next.fetch_add(BATCH, Ordering::Relaxed);
                let until = (from + BATCH).min(first + count);
                if from >= until || stopwatch::now() > late {
                    break;
                }
                let texts = (from..until).map(|n| {
                    let (to, body) = (numbers.nth(n), words(n));
                    json!({ "inbox_id": shop.simulated, "to": to, "body": body, "purpose": "transactional" })
                });
                let texts = json!({ "items": texts.collect::<Vec<_>>() });
                let asked = stopwatch::now();
                let path = "/api/v1/messages/batch";
                let sent = shop::json_at(&mut connection, Method::POST, path, &shop.key, &texts).await?;
                tally.add(asked.elapsed());
                let all = accepted.fetch_add(until - from, Ordering::Relaxed) + until - from;
                progress::at(format!("{all} of {count} texts accepted"));
                let sent = sent.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
                let stuck = sent.iter().find(|text| text.get("state") != Some(&json!("queued")));
                if let Some(stuck) = stuck {
                    return Err(Fault::wrong(format!("a text was not let out: {stuck}")));
                }
                if let Some(text) = sent.last() {
                    mine = Some(shop::text(text, "/message_id")?);
                }
            }
            if let Ok(mut last) = last.lock() {
                last.extend(mine);
            }
            Ok(tally)
        });
    }
    let spread = join(tasks).await?.spread();
    let last = last.lock().map(|mut last| std::mem::take(&mut *last)).unwrap_or_default();
    Ok(Asked { spread, count: accepted.load(Ordering::Relaxed), last })
}

/// The number of the last event.
pub(crate) async fn last_event(node: &Node, shop: &Shop) -> Result<i64, Fault> {
    let mut connection = Connection::open(node.address).await?;
    let page = shop::read(&mut connection, "/api/v1/events?since=0&limit=1", &shop.key).await?;
    page.get("last_seq").and_then(Value::as_i64).ok_or_else(|| Fault::wrong("the log has no last number"))
}

/// Reads the log from a number on. Returns the number of its last event.
async fn events(node: &Node, shop: &Shop, since: i64, mut each: impl FnMut(&Change)) -> Result<i64, Fault> {
    let mut connection = Connection::open(node.address).await?;
    let mut since = since;
    loop {
        let path = format!("/api/v1/events?since={since}&limit=1000");
        let mut page = shop::read(&mut connection, &path, &shop.key).await?;
        let items: Vec<Change> = serde_json::from_value(page.get_mut("items").map(Value::take).unwrap_or_default())?;
        let Some(last) = items.last() else { return Ok(since) };
        since = last.seq;
        items.iter().for_each(&mut each);
    }
}

/// Conversations whose customers have just written, so that a person may answer at any hour.
async fn talks(node: &Node, shop: &Shop) -> Result<Vec<String>, Fault> {
    let mut connection = Connection::open(node.address).await?;
    for n in 0..REPLY_CONVERSATIONS {
        let text = json!({ "from": Numbers::NEW_YORK.nth(900_000 + n), "inbox_id": shop.simulated, "body": words(n) });
        shop::json_at(&mut connection, Method::POST, "/api/v1/simulator/texts", &shop.key, &text).await?;
    }
    for _ in 0..100 {
        let page = shop::read(&mut connection, "/api/v1/conversations?view=all&limit=200", &shop.key).await?;
        let items = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
        if items.len() as u64 >= REPLY_CONVERSATIONS {
            return items.iter().map(|row| shop::text(row, "/id")).collect();
        }
        stopwatch::pause(50).await;
    }
    Err(Fault::wrong("the simulated phones' texts did not come in"))
}

/// What a person asked for, and how long each answer took.
struct Replies {
    /// When, in Unix ms, by message.
    asked: HashMap<String, i64>,
    answered: Tally,
}

/// Replies as a person at a browser does, at a fixed rate, until told to stop.
async fn reply(
    address: std::net::SocketAddr,
    shop: Shop,
    conversations: Vec<String>,
    stop: Arc<AtomicBool>,
) -> Result<Replies, Fault> {
    let began = stopwatch::now();
    let mut replies = Replies { asked: HashMap::new(), answered: Tally::default() };
    let mut tasks: JoinSet<Result<(String, i64, Duration), Fault>> = JoinSet::new();
    let shop = Arc::new(shop);
    for n in 0_u64.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        stopwatch::reach(began + Duration::from_micros(n * 1_000_000 / REPLY_RATE)).await;
        let at = usize::try_from(n).unwrap_or(0) % conversations.len().max(1);
        let conversation = conversations.get(at).cloned().unwrap_or_default();
        // A connection for each, opened before: a slow answer must not delay the next reply.
        let mut connection = Connection::open(address).await?;
        let shop = Arc::clone(&shop);
        tasks.spawn(async move {
            let path = format!("/api/v1/conversations/{conversation}/messages");
            let (asked, asked_at) = (stopwatch::now(), stopwatch::unix_ms());
            let text = json!({ "body": words(n) });
            let sent = shop::json_at(&mut connection, Method::POST, &path, &shop.owner, &text).await?;
            Ok((shop::text(&sent, "/message/id")?, asked_at, asked.elapsed()))
        });
        while let Some(done) = tasks.try_join_next() {
            replies.note(done)?;
        }
    }
    while let Some(done) = tasks.join_next().await {
        replies.note(done)?;
    }
    Ok(replies)
}

impl Replies {
    fn note(
        &mut self,
        done: Result<Result<(String, i64, Duration), Fault>, tokio::task::JoinError>,
    ) -> Result<(), Fault> {
        let (id, asked_at, took) = done.map_err(|error| Fault::wrong(format!("a reply broke: {error}")))??;
        self.asked.insert(id, asked_at);
        self.answered.add(took);
        Ok(())
    }
}
