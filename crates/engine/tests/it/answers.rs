//! What Hark answers by itself: the customer's language, the brand's own words, and the question that the
//! confirmation of an opt-out may ask.

use crate::on_both;
use domain::answers::{Answer, Question, Voice};
use domain::consent::{Action, Method, Permits, Proof, Status};
use domain::keyword::Scope;
use domain::language::Language;
use domain::message::{Origin, Purpose, State};
use engine::ConsentsOf;
use engine::audit::Actor;
use engine::workspaces::{OwnAnswer, WorkspaceChange, WorkspaceError};
use store::conversation::View;
use testkit::world::{World, agreement};

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const HOUR_MS: i64 = 60 * 60 * 1000;

async fn change(world: &World, change: WorkspaceChange) {
    world.engine.workspace_change(world.ws, Actor::Cli, change).await.unwrap();
}

async fn asks(world: &World) {
    change(world, WorkspaceChange { clarify_hours: Some(24), ..WorkspaceChange::default() }).await;
}

fn voice(language: Language) -> Voice<'static> {
    Voice { brand: "Fern", language, own: None }
}

fn asked(language: Language) -> String {
    voice(language).opt_out(Scope::All, Some(Question { hours: 24 }))
}

/// What a phone types, a second after whatever was before, and what comes of it.
async fn types(world: &World, from: &str, words: &str) {
    world.clock.advance(1_000);
    world.types(from, words).await;
    world.settle().await;
}

async fn last(world: &World, phone: &str) -> String {
    world.phone(phone).await.pop().unwrap()
}

/// A customer of both kinds of texts.
async fn knows_both(world: &World, number: &str) {
    world.agrees(number).await;
    let order = world.sends(number, "Your parcel left.", Purpose::Transactional).await.unwrap();
    assert_eq!(order.message.state, State::Queued);
    world.settle().await;
}

async fn verdict(world: &World, number: &str, purpose: Purpose) -> (State, Option<String>) {
    let row = world.sends(number, "News of the day", purpose).await.unwrap().message;
    (row.state, row.reason_code)
}

async fn scopes(world: &World) -> Vec<String> {
    world.engine.opt_out_page(world.ws, None, 10).await.unwrap().into_iter().map(|row| row.scope).collect()
}

async fn founded(world: &World) {
    assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
}

on_both! {
    async fn answers_come_in_the_customers_language(world) {
        // Their own words tell.
        types(&world, AVA, "Ya no quiero recibir mensajes").await;
        assert_eq!(world.phone(AVA).await, [voice(Language::Spanish).opt_out(Scope::All, None)]);
        // STOP, START and HELP are told to everybody; what they wrote before them tells.
        types(&world, AVA, "START").await;
        assert_eq!(last(&world, AVA).await, voice(Language::Spanish).opt_in());
        types(&world, BEA, "Bonjour, où est ma commande ?").await;
        types(&world, BEA, "HELP").await;
        assert_eq!(last(&world, BEA).await, voice(Language::French).help(""));
        // Of whom nothing is known, the words they agreed to.
        let agreed = |number: &str| {
            let mut agreed = agreement(number, None);
            agreed.disclosure.as_mut().unwrap().locale = "es-MX".to_owned();
            agreed
        };
        let carla = "+12125550103";
        world.engine.consent_record(world.ws, Actor::System, agreed(carla)).await.unwrap();
        types(&world, carla, "STOP").await;
        assert_eq!(world.phone(carla).await, [voice(Language::Spanish).opt_out(Scope::All, None)]);
        // Of whom that is not known either, the workspace's.
        let dora = "+12125550104";
        types(&world, dora, "STOP").await;
        assert_eq!(world.phone(dora).await, [voice(Language::English).opt_out(Scope::All, None)]);
        change(&world, WorkspaceChange { language: Some(Language::French), ..WorkspaceChange::default() }).await;
        let emma = "+12125550105";
        types(&world, emma, "STOP").await;
        assert_eq!(world.phone(emma).await, [voice(Language::French).opt_out(Scope::All, None)]);
        // Their own words come before it.
        let fay = "+12125550106";
        types(&world, fay, "please stop texting me").await;
        assert_eq!(world.phone(fay).await, [voice(Language::English).opt_out(Scope::All, None)]);
    }

    async fn a_member_who_reads_an_unsure_text_has_it_confirmed_in_its_language(world) {
        change(&world, WorkspaceChange { language: Some(Language::Spanish), ..WorkspaceChange::default() }).await;
        types(&world, AVA, "These texts are getting annoying").await;
        let open = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap();
        world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, true).await.unwrap();
        world.settle().await;
        assert_eq!(world.phone(AVA).await, [voice(Language::English).opt_out(Scope::All, None)]);
    }

    async fn the_brands_own_words_are_sent_and_must_hold_what_they_must(world) {
        let own = |language, answer, words: &str| WorkspaceChange {
            answers: vec![OwnAnswer { language, answer, words: words.to_owned() }],
            ..WorkspaceChange::default()
        };
        change(&world, own(Language::Spanish, Answer::OptOut, "Fern: No le escribiremos otra vez.")).await;
        types(&world, AVA, "BAJA").await;
        assert_eq!(world.phone(AVA).await, ["Fern: No le escribiremos otra vez."]);
        let refused = world
            .engine
            .workspace_change(world.ws, Actor::Cli, own(Language::English, Answer::OptOut, "Bye. 20% off if you stay!"))
            .await;
        let Err(WorkspaceError::Answers(faults)) = refused else { panic!("own words without a name") };
        let codes: Vec<_> = faults.iter().map(|fault| (fault.language, fault.answer, fault.fault.code)).collect();
        assert_eq!(
            codes,
            [(Language::English, Answer::OptOut, "brand_missing"), (Language::English, Answer::OptOut, "marketing")]
        );
        types(&world, BEA, "STOP").await;
        assert_eq!(world.phone(BEA).await, [voice(Language::English).opt_out(Scope::All, None)]);
        // Under another name the words would mislead.
        change(&world, WorkspaceChange { brand: Some("Oak".to_owned()), ..WorkspaceChange::default() }).await;
        types(&world, "+12125550103", "BAJA").await;
        assert!(last(&world, "+12125550103").await.starts_with("Oak: "));
    }

    async fn the_confirmation_asks_and_the_word_keeps_order_updates(world) {
        asks(&world).await;
        knows_both(&world, AVA).await;
        types(&world, AVA, "STOP").await;
        assert_eq!(last(&world, AVA).await, asked(Language::English));
        // No answer yet: everything has ended.
        assert_eq!(verdict(&world, AVA, Purpose::Transactional).await, (State::Refused, Some("opted_out".to_owned())));
        assert_eq!(scopes(&world).await, ["all"]);
        let before = world.phone(AVA).await.len();
        types(&world, AVA, "Orders, please").await;
        assert_eq!(world.phone(AVA).await.len(), before, "one confirmation, and nothing after it");
        assert_eq!(scopes(&world).await, ["marketing"]);
        assert_eq!(verdict(&world, AVA, Purpose::Transactional).await.0, State::Queued);
        assert_eq!(verdict(&world, AVA, Purpose::Marketing).await, (State::Refused, Some("opted_out_topic".to_owned())));
        // The ledger has the exact words, and what they answer.
        let (rows, _) = world.engine.consent_page(world.ws, ConsentsOf::Address(AVA.to_owned()), None, 10).await.unwrap();
        let kept = &rows[0];
        assert_eq!((kept.action, kept.permits, kept.method, kept.proof), (Action::Keep, Permits::Transactional, Method::Keyword, Proof::Express));
        assert!(kept.evidence.contains("Orders, please") && kept.evidence.contains(&rows[1].id.to_string()), "{}", kept.evidence);
        assert!(rows[1].evidence.contains("asked_scope"), "{}", rows[1].evidence);
        // It opened no conversation.
        assert!(world.list(View::Open).await.is_empty());
        founded(&world).await;
        // Another STOP ends everything, and asks nothing: they have one kind of texts left.
        types(&world, AVA, "STOP").await;
        assert_eq!(last(&world, AVA).await, voice(Language::English).opt_out(Scope::All, None));
        assert_eq!(verdict(&world, AVA, Purpose::Transactional).await.0, State::Refused);
        // Who agrees to offers anew has them again; the opt-out of them ends with that.
        types(&world, AVA, "START").await;
        world.clock.advance(1_000);
        world.agrees(AVA).await;
        assert_eq!(verdict(&world, AVA, Purpose::Marketing).await.0, State::Queued);
        founded(&world).await;
    }

    async fn nothing_else_and_nothing_later_narrows_an_opt_out(world) {
        asks(&world).await;
        knows_both(&world, AVA).await;
        types(&world, AVA, "STOP").await;
        for words in ["order", "yes", "keep sending me everything"] {
            types(&world, AVA, words).await;
        }
        // YES after an opt-out is START.
        assert_eq!(scopes(&world).await, Vec::<String>::new());
        types(&world, AVA, "ORDERS").await;
        assert_eq!(scopes(&world).await, Vec::<String>::new(), "the question ended with the return");
        // Too late.
        knows_both(&world, BEA).await;
        types(&world, BEA, "STOP").await;
        assert_eq!(last(&world, BEA).await, asked(Language::English));
        world.clock.advance(24 * HOUR_MS);
        types(&world, BEA, "ORDERS").await;
        assert_eq!(scopes(&world).await, ["all"]);
        // A second STOP says that they meant everything.
        let carla = "+12125550103";
        knows_both(&world, carla).await;
        types(&world, carla, "STOP").await;
        types(&world, carla, "STOP").await;
        types(&world, carla, "ORDERS").await;
        assert_eq!(scopes(&world).await, ["all", "all"]);
        assert_eq!(world.phone(carla).await.iter().filter(|text| text.contains("unsubscribed")).count(), 1);
        founded(&world).await;
    }

    async fn it_asks_nobody_who_had_one_kind_of_texts_nor_where_it_is_off(world) {
        knows_both(&world, AVA).await;
        types(&world, AVA, "STOP").await;
        assert_eq!(last(&world, AVA).await, voice(Language::English).opt_out(Scope::All, None), "off by default");
        types(&world, AVA, "ORDERS").await;
        assert_eq!(scopes(&world).await, ["all"]);
        asks(&world).await;
        world.agrees(BEA).await;
        types(&world, BEA, "STOP").await;
        assert_eq!(world.phone(BEA).await, [voice(Language::English).opt_out(Scope::All, None)]);
        let carla = "+12125550103";
        world.sends(carla, "Your parcel left.", Purpose::Transactional).await.unwrap();
        world.settle().await;
        types(&world, carla, "STOP").await;
        assert_eq!(last(&world, carla).await, voice(Language::English).opt_out(Scope::All, None));
        founded(&world).await;
    }

    async fn what_was_opted_out_before_stays_so(world) {
        asks(&world).await;
        knows_both(&world, AVA).await;
        let mut topic = agreement(AVA, None);
        (topic.topic, topic.action, topic.proof, topic.disclosure) = ("birds".to_owned(), Action::Revoke, Proof::Express, None);
        world.clock.advance(1_000);
        world.engine.consent_record(world.ws, Actor::Cli, topic).await.unwrap();
        types(&world, AVA, "STOP").await;
        let waiting = verdict(&world, AVA, Purpose::Transactional).await;
        assert_eq!(waiting.0, State::Refused);
        types(&world, AVA, "PEDIDOS").await;
        let mut left = scopes(&world).await;
        left.sort();
        assert_eq!(left, ["birds", "marketing"]);
        let (rows, out) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
        assert_eq!(out, None);
        let of = |permits, topic: &str| rows.iter().find(|row| row.permits == permits && row.topic == topic).map(|row| row.standing.status);
        assert_eq!(of(Permits::Marketing, ""), Some(Status::Revoked));
        assert_eq!(of(Permits::Marketing, "birds"), Some(Status::Revoked));
        assert_eq!(of(Permits::Transactional, ""), Some(Status::Granted));
        // The law of 2027 on opt-outs of one kind does not take back what they were asked about.
        world.clock.advance(100 * 24 * HOUR_MS);
        assert_eq!(verdict(&world, AVA, Purpose::Transactional).await.0, State::Queued);
        founded(&world).await;
    }

    async fn stop_and_its_answer_in_one_breath(world) {
        asks(&world).await;
        knows_both(&world, AVA).await;
        world.clock.advance(1_000);
        world.types(AVA, "STOP").await;
        world.types(AVA, "ORDERS").await;
        world.settle().await;
        assert_eq!(scopes(&world).await, ["marketing"]);
        let id = world.list(View::All).await[0].id;
        let confirmations = world.thread(id).await.into_iter().filter(|row| row.origin == Some(Origin::OptOutConfirmation));
        assert_eq!(confirmations.count(), 1);
        founded(&world).await;
    }
}
