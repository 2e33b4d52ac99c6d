//! The road, on both engines.

#![expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]

mod answers;
mod backups;
mod carrier;
mod classes;
mod consent;
mod courtesy;
mod customer_places;
mod demo_shop;
mod departure;
mod dry_run;
mod erasure;
mod evidence;
mod evidence_pack;
mod given_back;
mod hand_over;
mod hasten;
mod holds;
mod imports;
mod inbound;
mod jobs;
mod join;
mod lines;
mod look_up;
mod marketing;
mod merges;
mod number_events;
mod onboarding;
mod opt_out;
mod optin;
mod optin_yes;
mod packs;
mod phone_pictures;
mod receipts;
mod retention;
mod rules;
mod search;
mod stored;
mod supervise;
mod texts;
mod topics;
mod two_nodes;
mod watches;
mod webhooks;

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
