//! Packs of evidence are made by a job: whoever dies over one is succeeded.

use crate::on_both;
use domain::address::Address;
use domain::id::EvidencePackId;
use engine::audit::Actor;
use engine::evidence::{PackRow, verify_pack};
use engine::idempotency::Keep;
use engine::{Engine, Settings};
use sha2::{Digest as _, Sha256};
use store::{DbError, evidence_pack, job};
use testkit::drill::place::Folder;
use testkit::world::{World, engine_with};

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";
/// The kind of job, as it stands in the table.
const KIND: &str = "evidence_packs";
/// Longer than a lease, in ms.
const LATER: i64 = 31_000;

/// A node of the world's store that has a place for its signing key.
fn signing(world: &World, place: &Folder) -> Engine {
    let settings = Settings { evidence: Some(place.path().to_owned()), ..Settings::default() };
    let (store, clock, ids) = (world.engine.store().clone(), world.clock.clone(), world.ids.clone());
    engine_with(store, clock, ids, world.carrier.clone(), settings)
}

async fn wish(world: &World, number: &str) -> EvidencePackId {
    world.engine.pack_wish(world.ws, Actor::Cli, Address::parse(number), Keep::NOTHING).await.unwrap().id
}

async fn state(world: &World, id: EvidencePackId) -> PackRow {
    world.engine.pack_get(world.ws, id).await.unwrap().unwrap()
}

/// A process takes the job, begins the first pack that waits, keeps a part of it, and dies.
async fn dies(world: &World) -> job::Job {
    let now = engine::Clock::now(&*world.clock);
    let begin = move |tx: &mut store::Tx<'_>| {
        let job = job::take(tx, KIND, now, now + 30_000)?.unwrap();
        let pack = evidence_pack::waiting(tx, 1)?.pop().unwrap();
        evidence_pack::begin(tx, pack.id)?;
        evidence_pack::part(tx, pack.id, 0, b"half".to_vec())?;
        Ok::<_, DbError>(job)
    };
    world.engine.store().workspace(world.ws).write(begin).await.unwrap()
}

on_both! {
    async fn what_a_dead_process_began_is_made_by_the_next(world) {
        let place = Folder::new("packs").unwrap();
        let node = signing(&world, &place);
        world.types(AVA, "hello").await;
        let (first, second) = (wish(&world, AVA).await, wish(&world, BEA).await);
        let dead = dies(&world).await;
        node.jobs_round(world.ws).await.unwrap();
        assert_eq!(state(&world, first).await.state, "making", "its lease runs");
        world.clock.advance(LATER);
        node.jobs_round(world.ws).await.unwrap();
        for id in [first, second] {
            let row = state(&world, id).await;
            let bytes = node.pack_part(world.ws, id, 0).await.unwrap().unwrap();
            assert_eq!(node.pack_part(world.ws, id, 1).await.unwrap(), None);
            assert_eq!((row.state.as_str(), row.bytes), ("ready", i64::try_from(bytes.len()).unwrap()));
            assert_eq!(row.sha256.unwrap(), Sha256::digest(&bytes).to_vec());
            assert!(verify_pack(&bytes, &[node.heads_key().unwrap().unwrap()], &[]).unwrap().genuine());
        }
        // Awake again, the former finds the work taken away; nothing waits any more.
        let held = world.engine.store().workspace(world.ws).write(move |tx| job::hold(tx, &dead, i64::MAX)).await.unwrap();
        assert!(!held);
        let store = world.engine.store().workspace(world.ws);
        assert_eq!(store.read(|tx| job::waiting(tx, i64::MAX, 99)).await.unwrap(), Vec::<String>::new());
        // And what is asked for later is made.
        let third = wish(&world, AVA).await;
        assert_eq!(node.pack_make(world.ws, third).await.unwrap().state, "ready");
    }

    async fn a_pack_that_its_makers_die_of_is_given_up_and_the_others_are_made(world) {
        let place = Folder::new("packs").unwrap();
        let node = signing(&world, &place);
        let (first, second) = (wish(&world, AVA).await, wish(&world, BEA).await);
        for _ in 0..3 {
            dies(&world).await;
            assert_eq!(state(&world, first).await.state, "making");
            world.clock.advance(LATER);
        }
        node.jobs_round(world.ws).await.unwrap();
        assert_eq!((state(&world, first).await.state.as_str(), state(&world, second).await.state.as_str()), ("failed", "ready"));
    }

    async fn packs_that_nobody_tries_to_make_any_more_have_failed_until_another_is_asked_for(world) {
        let first = wish(&world, AVA).await;
        let store = world.engine.store().workspace(world.ws);
        for _ in 0..5 {
            assert_eq!(state(&world, first).await.state, "making");
            let now = engine::Clock::now(&*world.clock);
            assert!(store.write(move |tx| job::take(tx, KIND, now, now + 30_000)).await.unwrap().is_some());
            world.clock.advance(LATER);
        }
        assert_eq!(state(&world, first).await.state, "failed");
        let place = Folder::new("packs").unwrap();
        let second = wish(&world, BEA).await;
        signing(&world, &place).jobs_round(world.ws).await.unwrap();
        for id in [first, second] {
            assert_eq!(state(&world, id).await.state, "ready");
        }
    }
}
