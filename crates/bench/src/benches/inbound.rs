//! Customers' texts: from the provider's webhook to the disk, and to an open inbox.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::JoinSet;

use crate::cost::{Cost, Meter};
use crate::fault::Fault;
use crate::figure::Figure;
use crate::load::{Line, Live, Numbers};
use crate::place::Place;
use crate::progress;
use crate::server::{Manner, Node};
use crate::shop::{self, Shop};
use crate::stopwatch;
use crate::tally::{Spread, Tally};
use crate::wish::{Engine, Size, Wish};

const ITEMS: Size = Size { full: 60_000, quick: 4_000 };
/// Providers' connections at once.
const WIDE: usize = 256;
/// Most texts of one commit when costs are compared: always fewer than wait.
const GATED_GROUP: usize = 32;
/// Connections of the comparison with one commit for each request.
const NARROW: usize = 32;
/// Texts of one customer, about.
const EACH: u64 = 10;
/// Texts a second in the open loop.
const RATE: u64 = 500;
const OPEN_SECONDS: Size = Size { full: 20, quick: 4 };
/// Customers of the open loop, each with a conversation that is there already.
const CUSTOMERS: u64 = 1_000;
/// Connections of the open loop.
const OPEN: usize = 64;

pub(crate) async fn run(wish: &Wish, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    let items = wish.size(ITEMS);
    let costs_alone = wish.costs_alone();
    let (wide, cost) = {
        let place = Place::fresh(engine).await?;
        // What a commit writes depends on how many share it: the gate holds that still.
        let group = costs_alone.then_some(GATED_GROUP);
        let node = Node::start(&Manner { group, ..manner.clone() }, &place).await?;
        let shop = Shop::open(&node).await?;
        let meter = Meter::start(&[&node]).await?;
        let wide = closed(&[node.address], &shop.line, 0, items, WIDE).await?;
        let bound = meter.bound().await?;
        meter.rest().await;
        let cost = meter.cost(wide.spread.n).await?;
        let bound = if wide.spread.n < items { format!("BROKEN OFF before {items} texts; {bound}") } else { bound };
        let wide = wide_figure(wide, cost).note(bound);
        node.stop().await?;
        if costs_alone {
            return Ok(vec![wide]);
        }
        (wide, cost)
    };
    let (narrow, single) = compared(engine, manner, items / 8).await?;
    let (answered, seen) = opened(wish, engine, manner).await?;
    let ratio = narrow.rate / single.rate;
    let mut seen_p50 = Figure::new(format!("{RATE}/s, webhook to open live stream, p50"), seen.p50_ms, "ms");
    let mut seen_p99 = Figure::new(format!("{RATE}/s, webhook to open live stream, p99"), seen.p99_ms, "ms");
    seen_p50 = seen_p50.at_most(5.0, 2.0).spread(seen);
    seen_p99 = seen_p99.at_most(25.0, 8.0);
    Ok(vec![
        wide,
        Figure::new("fdatasync for each", cost.syncs, "").at_most(0.1, 0.02),
        Figure::new(format!("accepted to durable, {NARROW} connections"), narrow.rate, "/s").spread(narrow.spread),
        Figure::new(format!("one commit for each, {NARROW} connections"), single.rate, "/s").spread(single.spread),
        Figure::new("group commit against one commit for each", ratio, "times").at_least(3.0, 5.0),
        seen_p50,
        seen_p99,
        Figure::new(format!("{RATE}/s, webhook to 2xx, p99"), answered.p99_ms, "ms").spread(answered),
    ])
}

/// Commits that requests share, and one for each of them: each on a place that holds nothing
/// yet, there and back, so that neither has the better half of the minute.
async fn compared(engine: Engine, manner: &Manner, count: u64) -> Result<(Closed, Closed), Fault> {
    let (mut shared, mut single) = (Vec::new(), Vec::new());
    for group in [None, Some(1), Some(1), None] {
        let place = Place::fresh(engine).await?;
        let node = Node::start(&Manner { group, ..manner.clone() }, &place).await?;
        let shop = Shop::open(&node).await?;
        let closed = closed(&[node.address], &shop.line, 0, count, NARROW).await?;
        node.stop().await?;
        if group.is_none() { &mut shared } else { &mut single }.push(closed);
    }
    Ok((mean(&shared), mean(&single)))
}

/// Runs of the same length as one; the times are those of the last.
fn mean(runs: &[Closed]) -> Closed {
    let seconds: f64 = runs.iter().map(|run| 1.0 / run.rate).sum();
    let spread = runs.last().map_or_else(|| Tally::default().spread(), |run| run.spread);
    Closed { rate: runs.len() as f64 / seconds, spread }
}

fn wide_figure(wide: Closed, cost: Cost) -> Figure {
    Figure::new(format!("accepted to durable, {WIDE} connections"), wide.rate, "/s")
        .at_least(3_000.0, 5_000.0)
        .spread(wide.spread)
        .cost(cost)
}

/// How a closed loop went.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Closed {
    /// Answers a second.
    pub(crate) rate: f64,
    /// Times of single requests.
    pub(crate) spread: Spread,
}

/// Posts `count` texts from number `first` on, over so many connections, each
/// with one request under way; fewer where it takes too long.
pub(crate) async fn closed(
    nodes: &[SocketAddr],
    line: &Line,
    first: u64,
    count: u64,
    connections: usize,
) -> Result<Closed, Fault> {
    let next = Arc::new(AtomicU64::new(first));
    let customers = (count / EACH).max(1);
    let mut open = Vec::new();
    for node in nodes {
        open.extend(Line::connections(*node, connections / nodes.len()).await?);
    }
    let began = stopwatch::now();
    let late = began + progress::limit(count);
    let mut tasks = JoinSet::new();
    for mut connection in open {
        let (next, line) = (Arc::clone(&next), line.clone());
        tasks.spawn(async move {
            let mut tally = Tally::default();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= first + count || stopwatch::now() > late {
                    return Ok::<_, Fault>(tally);
                }
                if n.is_multiple_of(1_000) {
                    progress::at(format!("{} of {count} texts over {connections} connections", n - first));
                }
                let from = Numbers::NEW_YORK.nth(n % customers);
                let asked = stopwatch::now();
                line.post(&mut connection, n, &from).await?;
                tally.add(asked.elapsed());
            }
        });
    }
    let spread = join(tasks).await?.spread();
    Ok(Closed { rate: spread.n as f64 / began.elapsed().as_secs_f64(), spread })
}

/// The tallies of tasks as one.
pub(crate) async fn join(mut tasks: JoinSet<Result<Tally, Fault>>) -> Result<Tally, Fault> {
    let mut all = Tally::default();
    while let Some(done) = tasks.join_next().await {
        all.join(done.map_err(|error| Fault::wrong(format!("a load task broke: {error}")))??);
    }
    Ok(all)
}

/// When texts of a conversation were due, oldest first.
type Due = Arc<Mutex<HashMap<String, VecDeque<Instant>>>>;

/// An open loop at a fixed rate with one inbox open: times to the 2xx, and to
/// the event on the stream.
async fn opened(wish: &Wish, engine: Engine, manner: &Manner) -> Result<(Spread, Spread), Fault> {
    let place = Place::fresh(engine).await?;
    let node = Node::start(manner, &place).await?;
    let shop = Shop::open(&node).await?;
    // Each customer texts once before, so that events can be told apart by conversation.
    closed(&[node.address], &shop.line, 0, CUSTOMERS * EACH, 32).await?;
    let conversations = conversations(&node, &shop).await?;
    let count = RATE * if wish.quick { OPEN_SECONDS.quick } else { OPEN_SECONDS.full };
    stopwatch::pause(1_000).await;
    let due: Due = Arc::default();
    let mut live = Live::open(node.address, &shop.owner).await?;
    let watching = tokio::spawn({
        let due = Arc::clone(&due);
        async move {
            let mut tally = Tally::default();
            let mut left = count;
            while left > 0 {
                let Some((came, change)) = live.next().await else {
                    return Err(Fault::wrong("the live stream ended"));
                };
                if change.kind != "message.created" || !change.says("kind", "inbound") {
                    continue;
                }
                let conversation = change.conversation_id.unwrap_or_default();
                let mut due = due.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(then) = due.get_mut(&conversation).and_then(VecDeque::pop_front) {
                    tally.add(came.saturating_duration_since(then));
                    left -= 1;
                }
            }
            Ok(tally)
        }
    });
    progress::at(format!("an open loop of {count} texts, {RATE} a second"));
    let began = stopwatch::now() + Duration::from_millis(50);
    let mut tasks = JoinSet::new();
    for (at, mut connection) in Line::connections(node.address, OPEN).await?.into_iter().enumerate() {
        let (due, line, conversations) = (Arc::clone(&due), shop.line.clone(), conversations.clone());
        tasks.spawn(async move {
            let mut tally = Tally::default();
            for n in (at as u64..count).step_by(OPEN) {
                let from = Numbers::NEW_YORK.nth(n % CUSTOMERS);
                let planned = began + Duration::from_micros(n * 1_000_000 / RATE);
                // A text that could not leave in time waits from when it was due;
                // one that could begins when the timer let it.
                let then = if stopwatch::reach(planned).await { stopwatch::now() } else { planned };
                if let Some(conversation) = conversations.get(&from) {
                    let mut due = due.lock().unwrap_or_else(PoisonError::into_inner);
                    due.entry(conversation.clone()).or_default().push_back(then);
                }
                line.post(&mut connection, 1_000_000_000 + n, &from).await?;
                tally.add(then.elapsed());
            }
            Ok::<_, Fault>(tally)
        });
    }
    let answered = join(tasks).await?.spread();
    let seen = tokio::time::timeout(Duration::from_secs(30), watching).await;
    let seen = seen.map_err(|_| Fault::wrong("not every text was seen on the live stream"))?;
    let seen = seen.map_err(|error| Fault::wrong(format!("watching broke: {error}")))??;
    node.stop().await?;
    Ok((answered, seen.spread()))
}

/// Open conversations by their customers' numbers.
async fn conversations(node: &Node, shop: &Shop) -> Result<HashMap<String, String>, Fault> {
    let mut connection = crate::load::Connection::open(node.address).await?;
    let mut all = HashMap::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/conversations?view=all&limit=200{cursor}");
        let page = shop::read(&mut connection, &path, &shop.key).await?;
        for row in page.get("items").and_then(Value::as_array).into_iter().flatten() {
            all.insert(shop::text(row, "/customer/address")?, shop::text(row, "/id")?);
        }
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(all),
        }
    }
}
