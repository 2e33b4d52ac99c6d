//! Numbers that were switched off or given to somebody else.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Permits, Status};
use domain::import::NumberEvent;
use domain::message::{Purpose, State};
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::number_events::NewNumberEvent;
use engine::reply::ReplyError;
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";

async fn gone(world: &World, occurred_at: Option<i64>) -> bool {
    let event = NewNumberEvent { address: Address::parse(AVA), event: NumberEvent::Deactivated, occurred_at };
    world.engine.number_events_record(world.ws, Actor::System, vec![event], Keep::NOTHING).await.unwrap()[0]
}

async fn marketing(world: &World) -> Option<Status> {
    let (rows, _) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
    rows.into_iter().find(|row| row.permits == Permits::Marketing).map(|row| row.standing.status)
}

on_both! {
    async fn what_was_permitted_ends_what_waits_is_refused_and_the_next_to_write_is_new(world) {
        world.types(AVA, "where is my order?").await;
        world.agrees(AVA).await;
        world.clock.advance(60_000);
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap();
        let parcel = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap();
        let before = world.list(View::All).await[0].clone();
        assert!(gone(&world, None).await);
        assert!(!gone(&world, None).await, "told of twice, it ends once");
        world.settle().await;
        for id in [sale.message.id, parcel.message.id] {
            let row = world.message(id).await;
            assert_eq!((row.state, row.reason_code.as_deref()), (State::Refused, Some("number_gone")));
        }
        assert_eq!(world.phone(AVA).await, Vec::<String>::new());
        assert_eq!(marketing(&world).await, Some(Status::Expired));
        let closed = world.list(View::Closed).await;
        assert_eq!(closed.iter().map(|row| row.id).collect::<Vec<_>>(), [before.id]);
        // An answer in the old talk would reach a stranger.
        let refused = world.answers(before.id, "it left today").await.unwrap_err();
        assert_eq!(refused, ReplyError::NumberGone);
        let refused = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap();
        assert_eq!(refused.message.state, State::Refused);

        world.clock.advance(60_000);
        world.types(AVA, "hi, who is this?").await;
        let fresh = world.list(View::Open).await.into_iter().find(|row| row.preview.contains("who is this")).unwrap();
        assert_ne!((fresh.id, fresh.customer_id), (before.id, before.customer_id));
        world.answers(fresh.id, "This is Fern.").await.unwrap();
        assert_eq!(marketing(&world).await, Some(Status::Expired));
        world.agrees(AVA).await;
        assert_eq!(marketing(&world).await, Some(Status::Granted));
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn late_news_leaves_whoever_has_the_number_now_alone(world) {
        let long_ago = world.engine.now();
        world.clock.advance(60_000);
        world.types(AVA, "hello").await;
        world.agrees(AVA).await;
        let row = world.list(View::All).await[0].clone();
        gone(&world, Some(long_ago)).await;
        assert_eq!(marketing(&world).await, Some(Status::Granted));
        world.clock.advance(60_000);
        world.types(AVA, "and another thing").await;
        let after = world.list(View::All).await;
        assert_eq!((after.len(), after[0].customer_id), (1, row.customer_id));
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn an_opt_out_stays_with_the_number(world) {
        world.types(AVA, "STOP").await;
        world.clock.advance(60_000);
        gone(&world, None).await;
        let (_, out) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
        assert!(out.is_some());
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }
}
