//! What a page asked is confirmed by a word.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Method, Proof, Region, welcome};
use domain::language::Language;
use domain::message::{Origin, Purpose, State};
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::optin::{PageWish, Seen, Shown, SignUp, Visit};
use engine::{ConsentRow, ConsentsOf};
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const HOUR_MS: i64 = 60 * 60 * 1000;

/// A page of the world's number, as it is shown.
async fn page(world: &World, locale: &str) -> Shown {
    let wish = PageWish {
        inbox: world.inbox,
        title: "Offers by text".to_owned(),
        intro: String::new(),
        contact: String::new(),
        topic: String::new(),
        keyword: String::new(),
        region: Region::Us,
        locale: Some(locale.to_owned()),
        disclosure: Some("Acepto recibir promociones de Fern. I agree to get marketing texts.".to_owned()),
        double_opt_in: true,
        active: true,
        privacy_url: None,
        terms_url: None,
        origins: Vec::new(),
    };
    let page = world.engine.optin_page_create(world.ws, Actor::Cli, wish, Keep::NOTHING).await.unwrap();
    Shown { page, brand: "Fern".to_owned(), number: "+12025550100".to_owned() }
}

async fn signs_up(world: &World, shown: &Shown) {
    let sent =
        SignUp { number: Address::parse(AVA), seen: Seen::of(&shown.page), poster: None, visit: Visit::default() };
    world.engine.optin_sign_up(world.ws, shown, sent).await.unwrap();
    world.settle().await;
}

async fn types(world: &World, words: &str) {
    world.clock.advance(1_000);
    world.types(AVA, words).await;
    world.settle().await;
}

/// The ledger about Ava, oldest first.
async fn ledger(world: &World) -> Vec<ConsentRow> {
    let of = ConsentsOf::Address(AVA.to_owned());
    let mut rows = world.engine.consent_page(world.ws, of, None, 50).await.unwrap().0;
    rows.reverse();
    rows
}

async fn may_sell(world: &World) -> bool {
    let row = world.sends(AVA, "Sale! Text STOP to opt out.", Purpose::Marketing).await.unwrap().message;
    row.state == State::Queued
}

on_both! {
    async fn yes_confirms_what_a_page_asked(world) {
        let shown = page(&world, "es-US").await;
        signs_up(&world, &shown).await;
        let asked = world.phone(AVA).await.pop().unwrap();
        assert!(asked.contains("Responda SI o abra http"), "{asked}");
        assert!(!may_sell(&world).await);
        types(&world, "sí").await;
        let rows = ledger(&world).await;
        assert_eq!(rows.len(), 2);
        let yes = &rows[1];
        assert_eq!((yes.action, yes.method, yes.proof, yes.disclosure), (Action::Confirm, Method::Keyword, Proof::Written, rows[0].disclosure));
        assert!(yes.disclosure.is_some() && yes.evidence.contains(&rows[0].id.to_string()), "{}", yes.evidence);
        assert!(yes.evidence.contains(&shown.page.id.to_string()), "{}", yes.evidence);
        assert_eq!(world.phone(AVA).await[1..], [welcome("Fern", Language::Spanish)]);
        assert!(may_sell(&world).await);
        // The answer to a keyword opens no conversation; a second yes is chat.
        let talk = world.list(View::All).await.remove(0);
        assert_eq!(world.thread(talk.id).await.last().unwrap().origin, Some(Origin::Api));
        assert!(world.list(View::Open).await.is_empty());
        types(&world, "yes").await;
        assert_eq!((ledger(&world).await.len(), world.list(View::Open).await.len()), (2, 1));
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }

    async fn a_request_that_ran_out_is_confirmed_by_nothing(world) {
        // The YES that confirms nothing is a talk with somebody who waits.
        world.law_alone().await;
        let shown = page(&world, "en-US").await;
        signs_up(&world, &shown).await;
        world.clock.advance(72 * HOUR_MS);
        types(&world, "YES").await;
        assert_eq!(ledger(&world).await.len(), 1);
        assert!(!may_sell(&world).await);
        // Who sends the form again is asked again.
        signs_up(&world, &shown).await;
        world.clock.advance(71 * HOUR_MS);
        types(&world, "YES").await;
        assert_eq!(ledger(&world).await.last().unwrap().action, Action::Confirm);
        assert!(may_sell(&world).await);
    }

    async fn a_yes_to_something_else_or_after_a_stop_confirms_nothing(world) {
        let shown = page(&world, "en-US").await;
        signs_up(&world, &shown).await;
        let talk = world.list(View::All).await.remove(0).id;
        world.clock.advance(1_000);
        world.answers(talk, "Shall we call you?").await.unwrap();
        world.settle().await;
        types(&world, "YES").await;
        assert_eq!(ledger(&world).await.len(), 1, "a person asked, and the answer is theirs");
        signs_up(&world, &shown).await;
        types(&world, "STOP").await;
        types(&world, "YES").await;
        // YES after an opt-out is START: texts again, and no marketing.
        assert!(!ledger(&world).await.iter().any(|row| row.action == Action::Confirm));
        assert!(!may_sell(&world).await);
        // A form of who has left is written down and asks nothing, so there is nothing to say yes to.
        types(&world, "STOP").await;
        signs_up(&world, &shown).await;
        types(&world, "YES").await;
        assert!(!ledger(&world).await.iter().any(|row| row.action == Action::Confirm));
        assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
    }
}
