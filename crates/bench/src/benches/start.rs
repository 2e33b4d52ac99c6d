//! Cold start to the first answered request, and memory at rest.

use crate::cost::process;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::place::Place;
use crate::progress;
use crate::server::{Manner, Node};
use crate::shop::Shop;
use crate::stopwatch;
use crate::tally::Tally;
use crate::wish::{Engine, Size, Wish};

const STARTS: Size = Size { full: 11, quick: 3 };
/// How long a server rests before its memory is read: longer than the store
/// takes to put its caches away.
const REST_MS: Size = Size { full: 12_000, quick: 2_000 };

pub(crate) async fn run(wish: &Wish, engine: Engine, manner: &Manner) -> Result<Vec<Figure>, Fault> {
    // On an empty place each start makes the schema first; on a used one it only looks at it.
    let starts = if wish.quick { STARTS.quick } else { STARTS.full };
    let mut empty = Tally::default();
    for n in 0..starts {
        progress::at(format!("start {n} of {starts} on an empty place"));
        let place = Place::fresh(engine).await?;
        empty.add(once(manner, &place).await?);
    }
    let place = Place::fresh(engine).await?;
    let node = Node::start(manner, &place).await?;
    Shop::open(&node).await?;
    node.stop().await?;
    let mut used = Tally::default();
    for _ in 0..starts {
        used.add(once(manner, &place).await?);
    }
    let node = Node::start(manner, &place).await?;
    stopwatch::pause(if wish.quick { REST_MS.quick } else { REST_MS.full }).await;
    let (now, most) = process::memory_mib(node.pid).ok_or_else(|| Fault::wrong("the server is gone"))?;
    node.stop().await?;
    let (empty, used) = (empty.spread(), used.spread());
    Ok(vec![
        Figure::new("process to first /readyz, empty place, median", empty.p50_ms, "ms")
            .at_most(300.0, 150.0)
            .spread(empty),
        Figure::new("process to first /readyz, used place, median", used.p50_ms, "ms")
            .at_most(300.0, 150.0)
            .spread(used),
        Figure::new("memory at rest", now, "MiB")
            .at_most(60.0, 40.0)
            .note(format!("at most {most:.1} MiB since its start")),
    ])
}

async fn once(manner: &Manner, place: &Place) -> Result<std::time::Duration, Fault> {
    let began = stopwatch::now();
    let node = Node::start(manner, place).await?;
    let took = began.elapsed();
    node.stop().await?;
    Ok(took)
}
