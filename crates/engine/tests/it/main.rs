//! The road, on both engines.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod demo_shop;
mod hand_over;
mod inbound;
mod look_up;
mod opt_out;
mod receipts;
mod search;

/// Runs a test on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident) $body:block)*) => { $(
        $(#[$doc])*
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            for engine in testkit::database::engines() {
                eprintln!("on {engine:?}");
                let $world = testkit::world::World::new(engine).await;
                $body
            }
        }
    )* };
}
pub(crate) use on_both;
