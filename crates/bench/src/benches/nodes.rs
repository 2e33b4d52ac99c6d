//! Two nodes on one PostgreSQL, in one workspace.

use super::blast::blast;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::place::Place;
use crate::server::{Manner, Node};
use crate::shop::Shop;
use crate::wish::{Engine, Size, Wish};

const ITEMS: Size = Size { full: 40_000, quick: 3_000 };

pub(crate) async fn run(wish: &Wish, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    let count = wish.size(ITEMS);
    let place = Place::fresh(Engine::Postgres).await?;
    let one = Node::start(manner, &place).await?;
    // Before the second node starts: each start voids the set-up code printed before.
    let shop = Shop::open(&one).await?;
    let other = Manner { node: 1, public_url: Some(one.url()), ..manner.clone() };
    let other = Node::start(&other, &place).await?;
    shop.calm(&other).await?;
    let done = blast(&[&one, &other], &shop, 0, count, true).await?;
    one.stop().await?;
    other.stop().await?;
    Ok(vec![
        Figure::new("events of one workspace, two nodes", done.event_rate, "/s")
            .at_least(5_000.0, 10_000.0)
            .of(u64::try_from(done.events).unwrap_or(0))
            .note(format!("a blast of {count} texts at {:.0}/s; {}", done.rate, done.bound))
            .cost(done.cost),
    ])
}
