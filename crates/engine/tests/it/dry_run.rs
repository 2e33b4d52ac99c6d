//! Other rules are tried on the texts of late: what would have fared otherwise is told, text by
//! text, and nothing is sent or changed by it.

use crate::on_both;
use domain::gate::{Caps, SendingPolicy};
use domain::message::{Purpose, State};
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::rules::{By, Counts, DryRunRow, NewDryRun, NewOverride, RulesError, What};
use engine::workspaces::WorkspaceChange;
use testkit::world::World;

/// Florida.
const MIAMI: &str = "+13055550101";
const BEA: &str = "+13055550102";
const HOUR: i64 = 3_600_000;

fn dana() -> By {
    By { actor: Actor::Cli, name: "Dana".to_owned() }
}

fn ultra() -> NewDryRun {
    NewDryRun { pack: Some("ultra".to_owned()), with: None }
}

async fn asks(world: &World, new: NewDryRun) -> DryRunRow {
    world.engine.rule_dry_run_create(world.ws, dana(), new, Keep::NOTHING).await.unwrap()
}

async fn tried(world: &World, new: NewDryRun) -> (DryRunRow, Counts) {
    let run = asks(world, new).await;
    world.engine.jobs_round(world.ws).await.unwrap();
    found(world, &run).await
}

async fn found(world: &World, run: &DryRunRow) -> (DryRunRow, Counts) {
    let row = world.engine.rule_dry_run_get(world.ws, run.id).await.unwrap().unwrap();
    let counts = serde_json::from_str(&row.counts).unwrap();
    (row, counts)
}

/// A sale at ten in the morning that left, one at half past eight in the evening that is held, and one
/// to somebody who opted out.
async fn lived(world: &World) {
    for number in [MIAMI, BEA] {
        world.agrees(number).await;
    }
    world.types(BEA, "STOP").await;
    world.settle().await;
    world.clock.advance(21 * HOUR);
    let sale = "Sale! Reply STOP to end";
    let sent = world.sends(MIAMI, sale, Purpose::Marketing).await.unwrap().message;
    world.settle().await;
    assert_eq!(world.phone(MIAMI).await.len(), 1, "{sent:?}");
    let refused = world.sends(BEA, sale, Purpose::Marketing).await.unwrap().message;
    assert_eq!(refused.state, State::Refused);
    world.clock.advance(10 * HOUR + HOUR / 2);
    let held = world.sends(MIAMI, sale, Purpose::Marketing).await.unwrap().message;
    assert_eq!(held.state, State::Held);
}

on_both! {
    async fn a_stricter_pack_tells_what_it_would_have_held_and_by_which_rule(world) {
        lived(&world).await;
        let before = world.engine.rules_now(world.ws).await.unwrap();
        let (run, counts) = tried(&world, ultra()).await;
        assert!(run.finished_at.is_some() && run.cancelled_at.is_none());
        assert_eq!(run.done, run.total);
        // Held by Florida until eight, it would be held until noon.
        assert_eq!((counts.send_hold, counts.hold_hold, counts.elsewhere), (1, 1, 1), "{counts:?}");
        assert_eq!((counts.drifted, counts.judged - counts.same), (0, 2), "{counts:?}");
        let changes = world.engine.rule_dry_run_changes(world.ws, run.id, None, 10).await.unwrap().unwrap();
        let told: Vec<_> = changes.iter().map(|one| (one.was.as_str(), one.becomes.as_str())).collect();
        assert_eq!(told, [("hold", "hold"), ("send", "hold")]);
        // At half past eight Florida held it too; what makes the difference is named.
        let rules: Vec<_> = changes.iter().map(|one| one.rule.as_str()).collect();
        assert_eq!(rules, ["strict_us_hours", "ultra_hours"], "{changes:?}");
        // Page by page, the same.
        let first = &changes[0];
        let place = (first.text_at, domain::id::Id::uuid(first.message));
        let second = world.engine.rule_dry_run_changes(world.ws, run.id, Some(place), 10).await.unwrap().unwrap();
        assert_eq!(second, changes[1..]);
        let after = world.engine.rules_now(world.ws).await.unwrap();
        assert_eq!((before.version, after.version), (None, None), "nothing is live by it");
        assert_eq!(world.phone(MIAMI).await.len(), 1);
    }

    async fn the_rules_that_hold_change_nothing(world) {
        lived(&world).await;
        let (_, counts) = tried(&world, NewDryRun { pack: None, with: None }).await;
        assert!(counts.judged >= 2 && counts.same == counts.judged && counts.drifted == 0, "{counts:?}");
    }

    async fn the_shops_own_cap_is_asked_by_both_alike_and_courtesy_by_neither(world) {
        let caps = Caps { day: Some(1), ..Caps::NONE };
        let policy = Some(SendingPolicy { caps, ..SendingPolicy::default() });
        let change = WorkspaceChange { policy, ..WorkspaceChange::default() };
        world.engine.workspace_change(world.ws, Actor::System, change).await.unwrap();
        for number in [MIAMI, BEA] {
            world.agrees(number).await;
        }
        world.clock.advance(21 * HOUR);
        world.types(BEA, "where is my order?").await;
        let sale = "Sale! Reply STOP to end";
        for (number, code) in [(MIAMI, None), (MIAMI, Some("shop_cap")), (BEA, Some("open_conversation"))] {
            let sent = world.sends(number, sale, Purpose::Marketing).await.unwrap().message;
            assert_eq!(sent.reason_code.as_deref(), code);
            world.settle().await;
            world.clock.advance(1_000);
        }
        let (_, counts) = tried(&world, NewDryRun { pack: None, with: None }).await;
        assert_eq!((counts.judged - counts.same, counts.drifted), (0, 1), "of the talk nothing is kept: {counts:?}");
        // The law's cap taken away changes nothing for what the shop's own holds anyway.
        let what = What::Off { row: "us_fl_cap".to_owned() };
        let with = NewOverride { what, reason: "Counsel".to_owned(), from: None, until: None };
        let (_, counts) = tried(&world, NewDryRun { pack: None, with: Some(with) }).await;
        assert_eq!(counts.judged, counts.same, "{counts:?}");
    }

    async fn an_override_is_tried_as_if_it_had_held_all_the_time(world) {
        lived(&world).await;
        let what = What::Off { row: "us_fl_hours".to_owned() };
        let with = NewOverride { what, reason: "Counsel".to_owned(), from: None, until: None };
        let (run, counts) = tried(&world, NewDryRun { pack: None, with: Some(with) }).await;
        assert_eq!((counts.hold_send, counts.judged - counts.same), (1, 1), "{counts:?}");
        assert!(run.tried.is_some_and(|tried| tried.contains("us_fl_hours")));
        let what = What::Close { place: "US-FL".to_owned() };
        let with = NewOverride { what, reason: "A storm".to_owned(), from: None, until: None };
        let (_, counts) = tried(&world, NewDryRun { pack: None, with: Some(with) }).await;
        assert_eq!(counts.send_hold + counts.send_refuse, 1, "{counts:?}");
        let what = What::Off { row: "us_federal_consent".to_owned() };
        let with = Some(NewOverride { what, reason: "x".to_owned(), from: None, until: None });
        let floor = world.engine.rule_dry_run_create(world.ws, dana(), NewDryRun { pack: None, with }, Keep::NOTHING).await;
        assert!(matches!(floor, Err(RulesError::Override(_))), "{floor:?}");
    }

    async fn it_is_broken_off_and_taken_up_by_another_node(world) {
        lived(&world).await;
        let run = asks(&world, ultra()).await;
        world.engine.rule_dry_run_cancel(world.ws, run.id).await.unwrap();
        world.engine.jobs_round(world.ws).await.unwrap();
        let (row, counts) = found(&world, &run).await;
        assert!(row.cancelled_at.is_some() && row.done == 0 && counts == Counts::default(), "{row:?}");
        // More texts than one step looks at, begun here and done there.
        for _ in 0..120 {
            world.sends(MIAMI, "Your order is ready", Purpose::Transactional).await.unwrap();
        }
        let run = asks(&world, ultra()).await;
        // SQLite has one node.
        let node = if world.data_dir().is_none() { world.neighbour().await } else { world.engine.clone() };
        node.jobs_round(world.ws).await.unwrap();
        let (row, _) = found(&world, &run).await;
        assert!(row.finished_at.is_some() && row.done == row.total && row.total > 120, "{row:?}");
        // One that is done stays so.
        let again = world.engine.rule_dry_run_cancel(world.ws, run.id).await.unwrap().unwrap();
        assert_eq!(again.cancelled_at, None);
    }

    async fn what_was_found_goes_with_its_text(world) {
        lived(&world).await;
        let (run, _) = tried(&world, ultra()).await;
        let customer = world.list(store::conversation::View::All).await;
        let customer = customer.iter().find(|row| row.address == MIAMI).unwrap().customer_id;
        let erasure = world.engine.erasure_wish(world.ws, Actor::Cli, customer).await.unwrap();
        world.engine.erasure_follow(world.ws, erasure.id).await.unwrap();
        let changes = world.engine.rule_dry_run_changes(world.ws, run.id, None, 10).await.unwrap().unwrap();
        assert_eq!(changes, []);
    }
}
