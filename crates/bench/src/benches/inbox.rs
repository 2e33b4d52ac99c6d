//! List, open and search in a large shop while texts come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;

use super::blast::blast;
use super::inbound::join;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::load::{Connection, Line, Numbers};
use crate::place::Place;
use crate::progress;
use crate::server::{Manner, Node, program};
use crate::shop::{self, Shop};
use crate::stopwatch;
use crate::tally::Tally;
use crate::wish::{Engine, Size, Wish};

const CONVERSATIONS: Size = Size { full: 100_000, quick: 2_000 };
/// Agents at work.
const AGENTS: usize = 8;
/// How long an agent looks at what came before asking on.
const LOOK: Duration = Duration::from_millis(50);
/// How long they work while texts only come in, and the least while a blast runs.
const SECONDS: Size = Size { full: 20, quick: 3 };
/// Customers' texts a second meanwhile.
const INBOUND_RATE: u64 = 50;
/// Texts of the blast.
const BLAST: Size = Size { full: 60_000, quick: 3_000 };

pub(crate) async fn run(wish: &Wish, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    let conversations = wish.size(CONVERSATIONS);
    let (place, there) = match &wish.keep {
        Some(folder) => Place::kept(engine, folder).await?,
        None => (Place::fresh(engine).await?, false),
    };
    let node = Node::start(manner, &place).await?;
    let mut figures = Vec::new();
    let shop = if there {
        Shop::again(&node).await?
    } else {
        let shop = Shop::open(&node).await?;
        figures.push(fill(&node, manner, conversations).await?);
        place.filled()?;
        shop
    };
    let asked = Arc::new(Questions::of(&node, &shop).await?);
    let quiet = work(&node, &shop, &asked, Duration::from_secs(pick(wish, SECONDS)), None).await?;
    let blast = Some((pick(wish, BLAST), stopwatch::unix_ms()));
    let busy = work(&node, &shop, &asked, Duration::from_secs(pick(wish, SECONDS)), blast).await?;
    node.stop().await?;
    figures.extend(quiet.figures("customers' texts coming in", false));
    figures.extend(busy.figures("during a blast", true));
    Ok(figures)
}

fn pick(wish: &Wish, size: Size) -> u64 {
    if wish.quick { size.quick } else { size.full }
}

/// Puts the demo shop in, as an operator would.
async fn fill(node: &Node, manner: &Manner, conversations: u64) -> Result<Figure, Fault> {
    progress::at(format!("putting {conversations} conversations in"));
    let began = stopwatch::now();
    let mut command = program(&manner.binary);
    command.args(["demo", "--conversations", &conversations.to_string(), "--data"]).arg(&node.data);
    let output = command.output().await?;
    if !output.status.success() {
        return Err(Fault::wrong(format!("hark demo: {}", String::from_utf8_lossy(&output.stderr))));
    }
    progress::at("waiting until what was put in is indexed");
    // What is searched must have been indexed.
    crate::cost::written_out(node).await?;
    let seconds = began.elapsed().as_secs_f64();
    Ok(Figure::new("demo shop put in and indexed", conversations as f64 / seconds, "conversations/s").of(conversations))
}

/// What agents ask for: taken from what is there.
struct Questions {
    conversations: Vec<String>,
    searches: Vec<String>,
}

impl Questions {
    async fn of(node: &Node, shop: &Shop) -> Result<Self, Fault> {
        let mut connection = Connection::open(node.address).await?;
        let mut conversations = Vec::new();
        for view in ["all", "closed"] {
            let mut cursor = String::new();
            for _ in 0..5 {
                let path = format!("/api/v1/conversations?view={view}&limit=200{cursor}");
                let page = shop::read(&mut connection, &path, &shop.owner).await?;
                for row in page.get("items").and_then(Value::as_array).into_iter().flatten() {
                    conversations.push(shop::text(row, "/id")?);
                }
                match page.get("next_cursor").and_then(Value::as_str) {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
        }
        let mut searches = Vec::new();
        for conversation in conversations.iter().step_by((conversations.len() / 40).max(1)) {
            let path = format!("/api/v1/conversations/{conversation}/messages?limit=20");
            let page = shop::read(&mut connection, &path, &shop.owner).await?;
            let items = page.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
            let bodies = items.iter().filter_map(|item| item.get("body").and_then(Value::as_str));
            let Some(body) = bodies.max_by_key(|body| body.len()) else { continue };
            searches.extend(search_words(body));
        }
        if conversations.is_empty() || searches.is_empty() {
            return Err(Fault::wrong("there is nothing to list or to search"));
        }
        Ok(Self { conversations, searches })
    }
}

/// Three searches from one text: a word, two words, and a word begun.
fn search_words(body: &str) -> Vec<String> {
    let words = body.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| word.len() > 3);
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable_by_key(|word| std::cmp::Reverse(word.len()));
    match words.as_slice() {
        [longest, second, ..] => {
            vec![(*longest).to_owned(), format!("{longest}+{second}"), longest.get(..4).unwrap_or(longest).to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Times of each kind of question.
#[derive(Default)]
struct Work {
    list: Tally,
    open: Tally,
    search: Tally,
    note: String,
    blast: Option<Figure>,
}

impl Work {
    fn figures(self, when: &str, judged: bool) -> Vec<Figure> {
        let kinds =
            [("list", self.list, 30.0, 8.0), ("open", self.open, 30.0, 8.0), ("search", self.search, 200.0, 40.0)];
        let figures = kinds.into_iter().map(|(what, tally, must, goal)| {
            let spread = tally.spread();
            let figure = Figure::new(format!("{what}, {when}, p99"), spread.p99_ms, "ms").spread(spread);
            let figure = figure.note(self.note.clone());
            if judged { figure.at_most(must, goal) } else { figure }
        });
        figures.chain(self.blast).collect()
    }
}

/// Agents ask for a while, and as long as a blast of so many texts runs.
async fn work(
    node: &Node,
    shop: &Shop,
    asked: &Arc<Questions>,
    at_least: Duration,
    texts: Option<(u64, i64)>,
) -> Result<Work, Fault> {
    let stop = Arc::new(AtomicBool::new(false));
    let mut agents = JoinSet::new();
    for agent in 0..AGENTS {
        let connection = Connection::open(node.address).await?;
        agents.spawn(agent_work(agent, connection, shop.owner.clone(), Arc::clone(asked), Arc::clone(&stop)));
    }
    let coming = tokio::spawn(texts_in(node.address, shop.line.clone(), Arc::clone(&stop)));
    let mut work = Work::default();
    let timer = tokio::time::sleep(at_least);
    match texts {
        Some((count, first)) => {
            // New customers each time, also in a kept shop.
            let first = u64::try_from(first).unwrap_or(0) / 1_000 % 4_000_000;
            let done = blast(&[node], shop, first, count, false).await?;
            work.note = format!("the blast of {count} texts ran at {:.0}/s; {}", done.rate, done.bound);
            work.blast = Some(done.meanwhile("what agents asked for in it"));
        }
        None => {
            progress::at("agents at work while texts come in");
            timer.await;
            work.note = format!("{INBOUND_RATE} texts a second");
        }
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(done) = agents.join_next().await {
        let done: Work = done.map_err(|error| Fault::wrong(format!("an agent broke: {error}")))??;
        work.list.join(done.list);
        work.open.join(done.open);
        work.search.join(done.search);
    }
    coming.await.map_err(|error| Fault::wrong(format!("texts broke: {error}")))??;
    Ok(work)
}

/// One agent: looks at the list, opens a conversation, searches, again and again.
async fn agent_work(
    agent: usize,
    mut connection: Connection,
    headers: String,
    asked: Arc<Questions>,
    stop: Arc<AtomicBool>,
) -> Result<Work, Fault> {
    let mut work = Work::default();
    let mut turn = agent * 7;
    while !stop.load(Ordering::Relaxed) {
        turn += 1;
        let began = stopwatch::now();
        connection.get("/api/v1/conversations?view=all&limit=50", &headers).await?;
        work.list.add(began.elapsed());
        tokio::time::sleep(LOOK).await;

        let conversation = asked.conversations.get(turn * 37 % asked.conversations.len()).cloned().unwrap_or_default();
        // The browser asks for both at once; one after the other is no faster.
        let began = stopwatch::now();
        connection.get(&format!("/api/v1/conversations/{conversation}"), &headers).await?;
        connection.get(&format!("/api/v1/conversations/{conversation}/messages?limit=50"), &headers).await?;
        work.open.add(began.elapsed());
        tokio::time::sleep(LOOK).await;

        let words = asked.searches.get(turn * 13 % asked.searches.len()).cloned().unwrap_or_default();
        let began = stopwatch::now();
        connection.get(&format!("/api/v1/search?q={words}&limit=50"), &headers).await?;
        work.search.add(began.elapsed());
        tokio::time::sleep(LOOK).await;
    }
    Ok(work)
}

/// Customers' texts at a slow, steady rate until told to stop.
async fn texts_in(address: std::net::SocketAddr, line: Line, stop: Arc<AtomicBool>) -> Result<Tally, Fault> {
    let mut tasks = JoinSet::new();
    tasks.spawn(async move {
        let mut connection = Connection::open(address).await?;
        let (began, first) = (stopwatch::now(), u64::try_from(stopwatch::unix_ms()).unwrap_or(0) * 1_000);
        let mut tally = Tally::default();
        for n in 0_u64.. {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            stopwatch::reach(began + Duration::from_micros(n * 1_000_000 / INBOUND_RATE)).await;
            let asked = stopwatch::now();
            line.post(&mut connection, first + n, &Numbers::NEW_YORK.nth(n % 500)).await?;
            tally.add(asked.elapsed());
        }
        Ok(tally)
    });
    join(tasks).await
}

#[cfg(test)]
mod tests {
    #[test]
    fn searches_are_words_that_occur() {
        let found = super::search_words("Where is my parcel? It's been delayed");
        assert_eq!(found, ["delayed", "delayed+parcel", "dela"]);
        assert!(super::search_words("ok :)").is_empty());
    }
}
