//! Copies in Hark's own folder go when their term is over, and nobody else's files do.

use crate::on_both;
use engine::audit::Actor;
use engine::backups::{BackupsError, FOLDER};
use engine::{Engine, Settings};
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};
use store::audit::AuditFilter;
use testkit::drill::place::Folder;
use testkit::world::{NOON, World, engine_with};

const DAY: i64 = 24 * 60 * 60 * 1000;

/// A node with a data directory of its own.
fn node(world: &World, place: &Folder) -> Engine {
    let settings = Settings { evidence: Some(place.path().to_owned()), ..Settings::default() };
    let (store, clock, ids) = (world.engine.store().clone(), world.clock.clone(), world.ids.clone());
    engine_with(store, clock, ids, world.carrier.clone(), settings)
}

/// A file last written so many days before noon.
fn written(folder: &Path, name: &str, days: i64) {
    let path = folder.join(name);
    std::fs::write(&path, "a copy").unwrap();
    let at = UNIX_EPOCH + Duration::from_millis(u64::try_from(NOON - days * DAY).unwrap());
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    all.sort();
    all
}

async fn told(world: &World, action: &str) -> usize {
    let all = world.engine.audit_page(world.ws, AuditFilter::default(), None, 100).await.unwrap();
    all.iter().filter(|entry| entry.action == action && entry.detail.contains("backups")).count()
}

on_both! {
    async fn copies_over_their_term_go_and_what_is_not_a_copy_stays(world) {
        let place = Folder::new("backups").unwrap();
        let node = node(&world, &place);
        assert_eq!(node.backups_round().await.unwrap(), 0, "there is no folder yet");
        let folder = place.path().join(FOLDER);
        std::fs::create_dir_all(&folder).unwrap();
        // NOON is 2026-11-24 18:00. What a copy is as old as, its name says, not the file.
        for name in ["hark-20261020T030000Z.db", "hark-20261020T030000Z.db.sha256", "hark-20261123T030000Z.db"] {
            written(&folder, name, 0);
        }
        std::fs::create_dir(folder.join("hark-20261019T030000Z.db.part")).unwrap();
        std::fs::write(folder.join("hark-20261019T030000Z.db.part").join("hark.db"), "half a copy").unwrap();
        written(&folder, "before-0027.db", 40);
        written(&folder, "before-0028.db", 20);
        written(&folder, "my-own.db", 400);
        let everything = names(&folder);

        // Without a word, only what nobody asked for has a term.
        let kept = node.backups_kept().await.unwrap();
        assert_eq!((kept.days, kept.copies, kept.due, kept.run_at), (None, 5, 1, None));
        // What a term would take is told before it is set, and nothing is changed by asking.
        let would = node.backups_due(30).await.unwrap();
        assert_eq!((would.due, would.oldest_at), (3, Some(NOON - 40 * DAY)));
        assert!(matches!(node.backups_due(0).await, Err(BackupsError::Days)));
        assert!(matches!(node.backups_set(Actor::Cli, Some(40_000)).await, Err(BackupsError::Days)));
        assert_eq!(names(&folder), everything);

        assert_eq!(node.backups_round().await.unwrap(), 1);
        assert!(!folder.join("before-0027.db").exists());
        node.backups_set(Actor::Cli, Some(30)).await.unwrap();
        assert_eq!(node.backups_round().await.unwrap(), 2);
        assert_eq!(names(&folder), ["before-0028.db", "hark-20261123T030000Z.db", "my-own.db"]);
        let kept = node.backups_kept().await.unwrap();
        assert_eq!((kept.days, kept.copies, kept.due, kept.gone), (Some(30), 2, 0, 2));
        assert_eq!((told(&world, "retention.change").await, told(&world, "retention.purge").await), (1, 2));

        world.clock.advance(31 * DAY);
        assert_eq!(node.backups_round().await.unwrap(), 2);
        assert_eq!(names(&folder), ["my-own.db"]);
        let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
        assert_eq!(found.problems, []);
    }

    async fn what_moved_to_postgresql_leaves_its_name_behind(world) {
        let place = Folder::new("moved").unwrap();
        let node = node(&world, &place);
        let folder = place.path().join(FOLDER);
        std::fs::create_dir_all(&folder).unwrap();
        written(&folder, "moved-to-postgresql.db", 400);
        node.backups_set(Actor::Cli, Some(1)).await.unwrap();
        // It is as old as its move, which was just now by the machine's clock.
        world.clock.step(engine::Clock::now(&engine::SystemClock::new()) - NOON);
        assert_eq!(node.backups_round().await.unwrap(), 0);
        world.clock.advance(2 * DAY);
        assert_eq!(node.backups_round().await.unwrap(), 1);
        assert_eq!(std::fs::read(folder.join("moved-to-postgresql.db")).unwrap(), b"");
        assert_eq!((node.backups_round().await.unwrap(), node.backups_kept().await.unwrap().copies), (0, 0));
    }
}
