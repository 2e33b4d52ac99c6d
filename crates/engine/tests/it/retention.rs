//! What is over its term goes, and nothing else; the evidence says so.

use crate::on_both;
use domain::message::Purpose;
use domain::retention::Category;
use engine::audit::Actor;
use engine::reply::Author;
use engine::retention::RetentionError;
use store::conversation::View;
use testkit::world::World;

const ADA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const DAY: i64 = 24 * 60 * 60 * 1000;

async fn lived(world: &World) {
    for number in [ADA, BEA] {
        world.types(number, "hello").await;
        world.sends(number, "hello to you", Purpose::Transactional).await.unwrap();
        world.settle().await;
        world.clock.advance(20 * DAY);
    }
}

async fn due(world: &World, category: Category) -> (i64, Option<i64>) {
    let all = world.engine.retention_list(world.ws).await.unwrap();
    let kept = all.into_iter().find(|kept| kept.row.category == category).unwrap();
    (kept.due, kept.oldest_at)
}

async fn set(world: &World, category: Category, days: i64) {
    world.engine.retention_set(world.ws, Actor::Cli, category, Some(days)).await.unwrap();
}

async fn holds(world: &World) {
    let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
    assert_eq!(found.problems, []);
}

on_both! {
    async fn texts_over_their_term_go_once_a_day_and_are_told_before(world) {
        lived(&world).await;
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 0, "nobody asked for anything");
        // What a term would take is told before it is set, and nothing is changed by asking.
        let would = world.engine.retention_due(world.ws, Category::Messages, 30).await.unwrap();
        assert_eq!(would, (2, Some(testkit::world::NOON)));
        assert_eq!(due(&world, Category::Messages).await, (0, None));
        let short = world.engine.retention_due(world.ws, Category::Messages, 6).await;
        assert!(matches!(short, Err(RetentionError::Days(Category::Messages))), "{short:?}");
        set(&world, Category::Messages, 30).await;
        assert_eq!(due(&world, Category::Messages).await, (2, Some(testkit::world::NOON)));
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 2);
        let talks = world.list(View::All).await;
        let texts: Vec<usize> = {
            let mut all = Vec::new();
            for talk in &talks {
                all.push(world.thread(talk.id).await.len());
            }
            all
        };
        assert_eq!((texts.iter().sum::<usize>(), due(&world, Category::Messages).await.0), (2, 0));
        assert!(talks.iter().any(|talk| talk.preview.is_empty()), "the old words are not shown in the list either");
        holds(&world).await;
        let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
        assert!(found.erased.len() == 1 && found.erased[0].action == "retention.purge", "{found:?}");
        // The next day, and not before.
        world.clock.advance(DAY / 2);
        set(&world, Category::Messages, 7).await;
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 0);
        world.clock.advance(DAY / 2);
        assert_eq!(world.engine.retention_round(world.ws).await.unwrap(), 2);
        holds(&world).await;
    }

    async fn closed_conversations_go_whole_and_open_ones_stay(world) {
        lived(&world).await;
        for talk in world.list(View::All).await {
            if talk.address == ADA {
                let change = engine::conversation::Change::Close;
                world.engine.conversation_change(world.ws, talk.id, Author::SYSTEM, change).await.unwrap();
            }
        }
        world.clock.advance(40 * DAY);
        set(&world, Category::Conversations, 30).await;
        assert_eq!(due(&world, Category::Conversations).await.0, 1);
        assert!(world.engine.retention_round(world.ws).await.unwrap() > 1);
        let left = world.list(View::All).await;
        assert!(left.len() == 1 && left[0].address == BEA, "{left:?}");
        holds(&world).await;
    }

    async fn the_audit_log_forgets_but_not_what_was_erased(world) {
        lived(&world).await;
        set(&world, Category::Notes, 1).await;
        world.clock.advance(60 * DAY);
        set(&world, Category::Audit, 30).await;
        assert!(due(&world, Category::Audit).await.0 >= 1);
        assert!(world.engine.retention_round(world.ws).await.unwrap() >= 1);
        assert_eq!(due(&world, Category::Audit).await.0, 0);
        holds(&world).await;
    }

    async fn terms_that_hark_needs_itself_cannot_be_shorter(world) {
        for (category, days) in [(Category::Webhooks, 13), (Category::Audit, 0), (Category::Messages, 40_000)] {
            let set = world.engine.retention_set(world.ws, Actor::Cli, category, Some(days)).await;
            assert!(matches!(set, Err(RetentionError::Days(found)) if found == category), "{set:?}");
        }
        let all = world.engine.retention_list(world.ws).await.unwrap();
        let usual: Vec<_> = all.iter().filter(|kept| kept.row.days.is_some()).map(|kept| kept.row.category).collect();
        assert_eq!(usual, [Category::Webhooks], "only what machines alone need has a term by itself");
        world.engine.retention_set(world.ws, Actor::Cli, Category::Webhooks, None).await.unwrap();
        let all = world.engine.retention_list(world.ws).await.unwrap();
        assert!(all.iter().all(|kept| kept.row.days.is_none()), "{all:?}");
    }
}
