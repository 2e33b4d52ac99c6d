//! The pack a workspace chose and its overrides hold for every text from their commit on, on
//! every node, and stay explainable.

use crate::on_both;
use domain::gate::Decision;
use domain::id::MessageId;
use domain::message::{Purpose, State};
use domain::rule_pack::OverrideError;
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::rules::{By, NewOverride, OverrideRow, RulesError, What};
use store::audit::AuditFilter;
use testkit::world::{NOON, World};

/// Florida, where it is one in the afternoon.
const MIAMI: &str = "+13055550101";
const HOUR: i64 = 3_600_000;

fn dana() -> By {
    By { actor: Actor::Cli, name: "Dana".to_owned() }
}

fn close(until: i64) -> NewOverride {
    let (what, reason) = (What::Close { place: "US-FL".to_owned() }, "A hurricane".to_owned());
    NewOverride { what, reason, from: None, until: Some(until) }
}

async fn makes(world: &World, new: NewOverride) -> Result<OverrideRow, RulesError> {
    world.engine.rule_override_create(world.ws, dana(), new, Keep::NOTHING).await
}

async fn sold(world: &World) -> (MessageId, State) {
    let row = world.sends(MIAMI, "Sale! Reply STOP to end", Purpose::Marketing).await.unwrap().message;
    (row.id, row.state)
}

async fn last(world: &World, id: MessageId) -> Decision {
    let mut all = world.engine.message_decisions(world.ws, id).await.unwrap().unwrap();
    all.pop().unwrap().decision
}

async fn audited(world: &World, action: &str) -> usize {
    let filter = AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    world.engine.audit_page(world.ws, filter, None, 50).await.unwrap().len()
}

on_both! {
    async fn a_closed_place_holds_on_every_node_and_every_decision_says_why(world) {
        world.agrees(MIAMI).await;
        let (before, state) = sold(&world).await;
        assert_eq!(state, State::Queued);
        world.settle().await;
        let until = NOON + 48 * HOUR;
        let made = makes(&world, close(until)).await.unwrap();
        assert!(!made.loosens);
        let (after, state) = sold(&world).await;
        assert_eq!(state, State::Held);
        let decision = last(&world, after).await;
        let noted: Vec<_> = decision.findings.iter().filter(|found| found.code == "rule_overridden").collect();
        assert!(noted.len() == 1 && noted[0].detail.contains("Dana"), "{decision:?}");
        // What held then is found again by what the decision names, and nothing named it before.
        let now = world.engine.rules_now(world.ws).await.unwrap();
        assert_eq!(decision.basis.overrides.as_deref(), now.pack.fingerprint());
        assert_eq!(last(&world, before).await.basis.overrides, None);
        // SQLite has one node.
        if world.data_dir().is_none() {
            let there = world.neighbour().await.rule_pack_current(world.ws).await.unwrap();
            assert_eq!(there.fingerprint(), now.pack.fingerprint());
        }

        let ended = world.engine.rule_override_end(world.ws, dana(), made.id, "It is over".to_owned()).await.unwrap();
        assert_eq!(ended.ended_reason.as_deref(), Some("It is over"));
        assert_eq!(sold(&world).await.1, State::Queued);
        let versions = world.engine.rules_versions(world.ws, None, 10).await.unwrap();
        let told: Vec<_> = versions.iter().map(|row| (row.no, row.fingerprint.is_empty())).collect();
        assert_eq!(told, [(2, true), (1, false)]);
        assert_eq!(Some(&versions[1].fingerprint), decision.basis.overrides.as_ref());
        assert_eq!((audited(&world, "rules.override").await, audited(&world, "rules.override_end").await), (1, 1));
        // Ended twice is ended once.
        let again = world.engine.rule_override_end(world.ws, dana(), made.id, "Again".to_owned()).await.unwrap();
        assert_eq!(again.ended_reason, ended.ended_reason);
        assert_eq!(audited(&world, "rules.override_end").await, 1);
        let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
        assert_eq!(found.problems, []);
    }

    async fn what_was_accepted_before_is_held_at_its_claim(world) {
        world.agrees(MIAMI).await;
        let (id, state) = sold(&world).await;
        assert_eq!(state, State::Queued);
        // Until nine in the morning.
        makes(&world, close(NOON + 20 * HOUR)).await.unwrap();
        world.settle().await;
        assert_eq!(world.message(id).await.state, State::Held);
        assert_eq!(world.phone(MIAMI).await, Vec::<String>::new());
        // A closure ends by itself, and then the text goes.
        world.clock.advance(21 * HOUR);
        world.settle().await;
        assert_eq!(world.phone(MIAMI).await.len(), 1);
    }

    async fn what_is_held_is_asked_again_when_the_rules_loosen(world) {
        world.agrees(MIAMI).await;
        let made = makes(&world, close(NOON + 48 * HOUR)).await.unwrap();
        let (closed, state) = sold(&world).await;
        assert_eq!(state, State::Held);
        world.clock.advance(1_000);
        world.engine.rule_override_end(world.ws, dana(), made.id, "It is over".to_owned()).await.unwrap();
        world.settle().await;
        assert_eq!(world.phone(MIAMI).await.len(), 1, "it does not wait for the end the closure had");
        assert_eq!(last(&world, closed).await.basis.overrides, None);

        // Ten in the morning, too early for the strictest pack and late enough for the others.
        world.clock.advance(21 * HOUR);
        world.engine.rules_set(world.ws, dana(), "ultra".to_owned(), "A careful week".to_owned()).await.unwrap();
        let (early, state) = sold(&world).await;
        assert_eq!(state, State::Held);
        // A closure elsewhere loosens nothing: nobody is asked.
        let elsewhere = What::Close { place: "US-LA".to_owned() };
        let elsewhere = NewOverride { what: elsewhere, ..close(NOON + 72 * HOUR) };
        world.clock.advance(1_000);
        makes(&world, elsewhere).await.unwrap();
        assert_eq!(world.engine.dispatch_round().await.unwrap(), 0);
        world.engine.rules_set(world.ws, dana(), "default".to_owned(), "It is over".to_owned()).await.unwrap();
        world.settle().await;
        assert_eq!(world.phone(MIAMI).await.len(), 2);
        assert!(world.message(early).await.held_until.is_none());
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn another_pack_is_live_from_its_commit_on(world) {
        world.agrees(MIAMI).await;
        // Ten in the morning: federal hours, not those of ultra.
        world.clock.advance(21 * HOUR);
        assert_eq!(sold(&world).await.1, State::Queued);
        let now = world.engine.rules_set(world.ws, dana(), "ultra".to_owned(), "A careful week".to_owned()).await.unwrap();
        assert_eq!(now.pack.id, "ultra_2");
        let (id, state) = sold(&world).await;
        assert_eq!((state, last(&world, id).await.pack), (State::Held, "ultra_2".to_owned()));
        let (_, windows) = world.engine.windows_now(world.ws).await.unwrap();
        assert!(windows.iter().all(|(state, window)| *state != "FL" || !window.open));
        // What an opt-out ends while it waits is recorded under the pack that held.
        world.types(MIAMI, "STOP").await;
        assert_eq!(last(&world, id).await.pack, "ultra_2");
        assert_eq!(audited(&world, "rules.set").await, 1);
        for pack in ["us_federal_0", "us_federal", "nonsense", "ultra_9"] {
            let set = world.engine.rules_set(world.ws, dana(), pack.to_owned(), "x".to_owned()).await;
            assert!(matches!(set, Err(RulesError::Pack)), "{pack}");
        }
        let back = world.engine.rules_set(world.ws, dana(), "default".to_owned(), "x".to_owned()).await.unwrap();
        assert_eq!((back.pack.id.as_str(), back.version.unwrap().pack), ("default_2", String::new()));
    }

    async fn the_floor_cannot_be_loosened_and_nothing_is_kept_of_what_is_refused(world) {
        let off = |row: &str| NewOverride {
            what: What::Off { row: row.to_owned() },
            reason: "Counsel".to_owned(),
            from: None,
            until: None,
        };
        for row in ["us_federal_consent", "us_federal_revoke_all", "us_federal_hours"] {
            let made = makes(&world, off(row)).await;
            assert!(matches!(made, Err(RulesError::Override(OverrideError::Floor(_)))), "{row}: {made:?}");
        }
        assert!(matches!(makes(&world, close(NOON)).await, Err(RulesError::Over)));
        let unknown = makes(&world, off("us_zz_hours")).await;
        assert!(matches!(unknown, Err(RulesError::Override(OverrideError::NoRow(_)))), "{unknown:?}");
        let now = world.engine.rules_now(world.ws).await.unwrap();
        assert!(now.version.is_none() && now.overrides.is_empty());
        assert_eq!(audited(&world, "rules.override").await, 0);
        // A state's row may fall silent; that is told as what it is.
        assert!(makes(&world, off("us_fl_cap")).await.unwrap().loosens);
        // Opt-outs are no row of a pack: nothing names them, and they stand.
        world.agrees(MIAMI).await;
        world.types(MIAMI, "STOP").await;
        assert_eq!(sold(&world).await.1, State::Refused);
    }

    async fn overrides_that_do_not_fit_another_pack_rest_and_come_back(world) {
        let off = What::Off { row: "us_fl_hours".to_owned() };
        makes(&world, NewOverride { what: off, reason: "x".to_owned(), from: None, until: None }).await.unwrap();
        let federal = world.engine.rules_set(world.ws, dana(), "federal".to_owned(), "x".to_owned()).await.unwrap();
        assert!(federal.pack.fingerprint().is_none() && federal.overrides.len() == 1);
        let back = world.engine.rules_set(world.ws, dana(), "default_1".to_owned(), "x".to_owned()).await.unwrap();
        // It stands as it was before the override began, and is silent since.
        assert!(back.pack.rows().iter().all(|row| row.id != "us_fl_hours" || !row.in_force(NOON)));
        assert!(back.pack.fingerprint().is_some());
    }
}
