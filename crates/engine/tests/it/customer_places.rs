//! Where a customer is, beside what the number tells: it holds texts until they may arrive there,
//! at both passes of the gate, and goes with the customer.

use crate::on_both;
use domain::address::Address;
use domain::gate::Decision;
use domain::id::{CustomerId, MessageId};
use domain::message::{Origin, Purpose, State};
use domain::zones::{Place, PlaceKind, PlaceSource};
use engine::audit::Actor;
use engine::customer_places::CustomerPlaceError;
use engine::idempotency::Keep;
use engine::reply::{Destination, NewText};
use engine::rules::{By, Counts, NewDryRun};
use store::customer_place::{self, PlaceRow};
use testkit::world::{NOON, World};
use uuid::Uuid;

const AVA: &str = "+12125550101";
const TOLL_FREE: &str = "+18005550101";
const HOUR: i64 = 60 * 60 * 1000;
/// Eight in the morning in New York, after the day of [`NOON`].
const EAST_OPENS: i64 = NOON + 19 * HOUR;
/// The same in Los Angeles.
const WEST_OPENS: i64 = EAST_OPENS + 3 * HOUR;

fn place(kind: PlaceKind, country: &str, region: &str, postal_code: &str, time_zone: &str) -> Place {
    let [country, region, postal_code, time_zone] = [country, region, postal_code, time_zone].map(str::to_owned);
    Place { kind, country, region, postal_code, time_zone }
}

fn los_angeles() -> Place {
    place(PlaceKind::Shipping, "us", "CA", "90012", "")
}

async fn customer(world: &World, number: &str) -> CustomerId {
    world.engine.customer_by_address(world.ws, Address::parse(number)).await.unwrap().unwrap()
}

async fn set(world: &World, number: &str, place: Place) {
    let id = customer(world, number).await;
    world.engine.customer_place_set(world.ws, Actor::Cli, id, place, None).await.unwrap();
}

async fn order_text(world: &World, number: &str) -> MessageId {
    world.sends(number, "Your order shipped", Purpose::Transactional).await.unwrap().message.id
}

async fn stands(world: &World, id: MessageId) -> (State, Option<i64>) {
    let row = world.message(id).await;
    (row.state, row.held_until)
}

async fn last_decision(world: &World, id: MessageId) -> Decision {
    world.engine.message_decisions(world.ws, id).await.unwrap().unwrap().pop().unwrap().decision
}

fn zones(decision: &Decision) -> Vec<&str> {
    decision.local_times.iter().map(|local| local.zone.as_str()).collect()
}

/// What the composer is told, and what a batch to one number is.
async fn foretold(world: &World, number: &str) -> (Decision, Vec<(i64, Vec<&'static str>)>) {
    let to = || Address::parse(number);
    let text = NewText { origin: Origin::Api, purpose: Purpose::Transactional, ..world.text("Your order shipped") };
    let destination = Destination::Address { inbox: world.inbox, to: to(), name: None };
    let decision = world.engine.text_preview(world.ws, destination, text.clone()).await.unwrap();
    let forecast = world.engine.texts_forecast(world.ws, vec![(world.inbox, to(), text)]).await.unwrap();
    (decision, forecast.held.into_keys().map(|(until, _, zones)| (until, zones)).collect())
}

on_both! {
    async fn a_new_york_number_with_parcels_to_los_angeles_waits_for_both(world) {
        world.types(AVA, "hello").await;
        set(&world, AVA, los_angeles()).await;
        world.clock.advance(10 * HOUR);
        let (decision, held) = foretold(&world, AVA).await;
        assert_eq!(decision.told_by(), ["number", "shipping"]);
        assert_eq!(held, [(WEST_OPENS, vec!["America/Los_Angeles", "America/New_York"])]);
        let text = order_text(&world, AVA).await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(WEST_OPENS)));
        let accepted = last_decision(&world, text).await;
        assert_eq!(accepted.told_by(), ["number", "shipping"]);
        assert_eq!(zones(&accepted), ["America/Los_Angeles", "America/New_York"]);
        assert_eq!(accepted.basis.states, "CA NY");
        world.clock.advance(9 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, text).await.0, State::Held, "it is eight in New York alone");
        world.clock.advance(3 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, text).await.0, State::Delivered);
        let claimed = last_decision(&world, text).await;
        assert_eq!(claimed.told_by(), ["number", "shipping"]);
        // It may arrive until it is nine in the evening in New York.
        assert_eq!(claimed.valid_until, Some(NOON + 32 * HOUR));
    }

    async fn a_place_that_changes_while_a_text_waits_counts_at_its_claim(world) {
        world.types(AVA, "hello").await;
        world.clock.advance(10 * HOUR);
        let text = order_text(&world, AVA).await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(EAST_OPENS)));
        // What may leave at once is judged again as well.
        set(&world, AVA, los_angeles()).await;
        world.clock.advance(9 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(WEST_OPENS)));
        assert!(world.phone(AVA).await.is_empty());
        // They moved on to Hawaii, and back home.
        let id = customer(&world, AVA).await;
        set(&world, AVA, place(PlaceKind::Shipping, "US", "HI", "96813", "")).await;
        world.clock.advance(3 * HOUR);
        world.settle().await;
        let hawaii_opens = EAST_OPENS + 5 * HOUR;
        assert_eq!(stands(&world, text).await, (State::Held, Some(hawaii_opens)));
        world.engine.customer_place_delete(world.ws, Actor::Cli, id, PlaceKind::Shipping).await.unwrap();
        world.clock.advance(2 * HOUR);
        world.settle().await;
        assert_eq!(stands(&world, text).await.0, State::Delivered);
        assert_eq!(last_decision(&world, text).await.told_by(), ["number"]);
    }

    async fn what_they_say_adds_itself_and_a_toll_free_number_is_where_its_addresses_are(world) {
        world.types(AVA, "I am in Denver").await;
        world.types(TOLL_FREE, "hello").await;
        let id = customer(&world, AVA).await;
        let denver = place(PlaceKind::Declared, "", "", "", "America/Denver");
        let said = Some(PlaceSource::Customer);
        world.engine.customer_place_set(world.ws, Actor::Cli, id, denver, said).await.unwrap();
        set(&world, TOLL_FREE, place(PlaceKind::Billing, "US", "FL", "33101", "")).await;
        world.clock.advance(10 * HOUR);
        let text = order_text(&world, AVA).await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(EAST_OPENS + 2 * HOUR)));
        assert_eq!(last_decision(&world, text).await.told_by(), ["number", "declared"]);
        let text = order_text(&world, TOLL_FREE).await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(EAST_OPENS)));
        assert_eq!(last_decision(&world, text).await.told_by(), ["billing"]);
        let profile = world.engine.customer_profile(world.ws, id).await.unwrap().unwrap();
        let kept: Vec<_> = profile.places.iter().map(|row| (row.place.kind, row.source, row.known_at)).collect();
        assert_eq!(kept, [(PlaceKind::Declared, PlaceSource::Customer, NOON)]);
    }

    async fn what_cannot_be_read_is_not_kept_and_where_it_is_it_allows_nothing(world) {
        world.types(TOLL_FREE, "hello").await;
        let id = customer(&world, TOLL_FREE).await;
        let bad = place(PlaceKind::Billing, "US", "", "1234", "");
        let refused = world.engine.customer_place_set(world.ws, Actor::Cli, id, bad.clone(), None).await;
        assert!(matches!(refused, Err(CustomerPlaceError::Place(ref error)) if error.code() == "zip_invalid"), "{refused:?}");
        let nobody = CustomerId::new(Uuid::from_u128(1));
        let refused = world.engine.customer_place_set(world.ws, Actor::Cli, nobody, los_angeles(), None).await;
        assert!(matches!(refused, Err(CustomerPlaceError::NotFound)), "{refused:?}");
        // What another table of ZIP codes could read.
        set(&world, TOLL_FREE, place(PlaceKind::Shipping, "US", "FL", "33101", "")).await;
        let row = PlaceRow { place: bad, source: PlaceSource::Shop, known_at: NOON };
        let workspace = world.engine.store().workspace(world.ws);
        workspace.write(move |tx| customer_place::put(tx, id, &row)).await.unwrap();
        world.clock.advance(10 * HOUR);
        let text = order_text(&world, TOLL_FREE).await;
        // Hawaii opens last: they may be anywhere again.
        assert_eq!(stands(&world, text).await, (State::Held, Some(EAST_OPENS + 5 * HOUR)));
        let decision = last_decision(&world, text).await;
        assert_eq!(decision.basis.unread, "billing");
        assert!(decision.told_by().contains(&"number"), "{decision:?}");
    }

    async fn a_number_that_is_another_persons_now_brings_no_places_along(world) {
        world.types(AVA, "hello").await;
        set(&world, AVA, los_angeles()).await;
        let before = customer(&world, AVA).await;
        let workspace = world.engine.store().workspace(world.ws);
        workspace.write(|tx| store::number::end(tx, &[(AVA, NOON + HOUR)])).await.unwrap();
        world.clock.advance(2 * HOUR);
        world.types(AVA, "I am new here").await;
        assert_ne!(customer(&world, AVA).await, before);
        world.clock.advance(8 * HOUR);
        let text = order_text(&world, AVA).await;
        assert_eq!(stands(&world, text).await, (State::Held, Some(EAST_OPENS)));
        assert_eq!(last_decision(&world, text).await.told_by(), ["number"]);
    }

    async fn other_rules_are_tried_where_the_customer_is(world) {
        // Their talk stays open, and courtesy would hold what the law is asked about here.
        world.law_alone().await;
        world.types(AVA, "hello").await;
        world.agrees(AVA).await;
        world.clock.advance(20 * HOUR);
        let sale = world.sends(AVA, "Sale! Reply STOP to end", Purpose::Marketing).await.unwrap().message.id;
        world.settle().await;
        assert_eq!(stands(&world, sale).await.0, State::Delivered);
        let by = || By { actor: Actor::Cli, name: "Dana".to_owned() };
        let tried = async |world: &World| {
            let new = NewDryRun { pack: None, with: None };
            let run = world.engine.rule_dry_run_create(world.ws, by(), new, Keep::NOTHING).await.unwrap();
            world.engine.jobs_round(world.ws).await.unwrap();
            let run = world.engine.rule_dry_run_get(world.ws, run.id).await.unwrap().unwrap();
            let counts: Counts = serde_json::from_str(&run.counts).unwrap();
            (counts.judged, counts.same, counts.drifted)
        };
        assert_eq!(tried(&world).await, (1, 1, 0));
        // At nine in New York it would have been held for Los Angeles: by both, so nothing changes.
        set(&world, AVA, los_angeles()).await;
        assert_eq!(tried(&world).await, (1, 1, 1));
    }

    async fn a_demo_shop_has_customers_who_moved(world) {
        world.engine.demo_wish(world.ws, Actor::Cli, 200, 7, None).await.unwrap();
        world.engine.demo_fill(world.ws, |_| {}).await.unwrap();
        let customers = world.engine.customer_page(world.ws, None, None, 200).await.unwrap();
        let (mut known, mut moved) = (0, 0);
        for (row, addresses) in customers {
            let profile = world.engine.customer_profile(world.ws, row.id).await.unwrap().unwrap();
            let places: Vec<Place> = profile.places.into_iter().map(|row| row.place).collect();
            assert!(places.iter().all(|place| place.clone().checked().as_ref() == Ok(place)), "{places:?}");
            let number = Address::parse(&addresses[0]);
            known += usize::from(!places.is_empty());
            moved += usize::from(domain::zones::candidates_at(&number, &places).states.len() > 1);
        }
        assert!(known > 50 && moved > 3 && moved * 3 < known, "{moved} of {known}");
        world.engine.demo_remove(world.ws, Actor::Cli, |_| {}).await.unwrap();
    }
}
