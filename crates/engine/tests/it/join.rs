//! A customer joins by text.

use crate::on_both;
use domain::consent::{Action, Channel, Method, Permits, Proof, Status};
use domain::conversation;
use domain::join::{Offer, confirmation, request};
use domain::message::{Origin, Purpose, State};
use engine::audit::Actor;
use engine::idempotency::Keep;
use engine::join_words::{JoinWordChange, JoinWordError, JoinWordForm};
use engine::{AuditFilter, ConsentRow, ConsentsOf, JoinWordRow};
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const WORDS: &str =
    "Text VIP to get recurring automated marketing texts from Fern. Consent is not a condition of purchase.";
const HOUR_MS: i64 = 60 * 60 * 1000;

fn form(word: &str, double_opt_in: bool) -> JoinWordForm {
    JoinWordForm {
        word: word.to_owned(),
        double_opt_in,
        locale: "en-US".to_owned(),
        programme: "weekly offers".to_owned(),
        frequency: "Up to 4 msgs/month".to_owned(),
        disclosure: WORDS.to_owned(),
        ..JoinWordForm::default()
    }
}

const OFFER: Offer<'static> = Offer {
    brand: "Fern",
    programme: "weekly offers",
    frequency: "Up to 4 msgs/month",
    locale: "en-US",
    confirmation: "",
    welcome: "",
};

async fn offers(world: &World, form: JoinWordForm) -> JoinWordRow {
    world.engine.join_word_create(world.ws, Actor::Cli, world.inbox, form, Keep::NOTHING).await.unwrap()
}

/// What a phone types, a second after whatever was before, and what comes of it.
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

async fn did(world: &World) -> Vec<(Action, Permits)> {
    ledger(world).await.iter().map(|row| (row.action, row.permits)).collect()
}

async fn stands(world: &World) -> Option<Status> {
    let (rows, _) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
    let marketing = rows.into_iter().find(|row| row.permits == Permits::Marketing && row.topic.is_empty());
    marketing.map(|row| row.standing.status)
}

async fn sells(world: &World) -> (State, Option<String>) {
    let row = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message;
    (row.state, row.reason_code)
}

async fn may_sell(world: &World) -> bool {
    sells(world).await.0 == State::Queued
}

async fn founded(world: &World) {
    assert_eq!(world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap().problems, []);
}

on_both! {
    async fn a_single_opt_in_is_granted_with_the_words_and_the_text_that_prove_it(world) {
        offers(&world, JoinWordForm { welcome: "See you soon.".to_owned(), ..form("VIP Club", false) }).await;
        assert_eq!(sells(&world).await.1.as_deref(), Some("consent_missing"));
        types(&world, "vip club! 🎉").await;
        assert_eq!(world.phone(AVA).await, [format!("{} See you soon.", confirmation(&OFFER))]);
        let rows = ledger(&world).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        let row = &rows[0];
        assert_eq!(
            (row.action, row.permits, row.proof, row.method, row.channel),
            (Action::Grant, Permits::Marketing, Proof::Written, Method::Keyword, Channel::Sms)
        );
        let text = world.message(row.message.unwrap()).await;
        assert_eq!(text.body, "vip club! 🎉");
        for kept in ["vip club! 🎉", "VIP Club", "weekly offers", "\"disclosure_version\":1", "keyword:join"] {
            assert!(row.evidence.contains(kept), "{kept} in {}", row.evidence);
        }
        let (_, wordings) = world.engine.consent_page(world.ws, ConsentsOf::Everybody, None, 9).await.unwrap();
        let shown = &wordings[&row.disclosure.unwrap()];
        assert_eq!((shown.text.as_str(), shown.locale.as_str()), (WORDS, "en-US"));
        // It opened no conversation; the answer is Hark's own.
        assert!(world.list(View::Open).await.is_empty());
        let thread = world.thread(world.list(View::All).await[0].id).await;
        assert_eq!(thread.last().unwrap().origin, Some(Origin::OptInConfirmation));
        assert!(may_sell(&world).await);
        // Who is in already is told so, and the ledger has nothing to add.
        types(&world, "VIPCLUB").await;
        assert_eq!((world.phone(AVA).await.len(), ledger(&world).await.len()), (3, 1));
        founded(&world).await;
    }

    async fn a_double_opt_in_waits_for_the_yes(world) {
        // They ask something meanwhile, and courtesy would hold what consent is asked about here.
        world.law_alone().await;
        offers(&world, form("JOIN", true)).await;
        types(&world, "Join").await;
        assert_eq!(world.phone(AVA).await, [request(&OFFER)]);
        assert_eq!((did(&world).await, stands(&world).await), (vec![(Action::Request, Permits::Marketing)], Some(Status::Pending)));
        assert_eq!(sells(&world).await.1.as_deref(), Some("consent_missing"));
        // Anything else leaves it waiting.
        types(&world, "what do you sell?").await;
        assert_eq!(stands(&world).await, Some(Status::Pending));
        types(&world, "yes please").await;
        assert_eq!(world.phone(AVA).await, [request(&OFFER), confirmation(&OFFER)]);
        let rows = ledger(&world).await;
        assert_eq!(stands(&world).await, Some(Status::Granted));
        assert_eq!((rows[1].action, rows[1].proof, rows[1].disclosure), (Action::Confirm, Proof::Written, rows[0].disclosure));
        assert!(rows[0].disclosure.is_some() && rows[1].evidence.contains(&rows[0].id.to_string()));
        assert!(may_sell(&world).await);
        // A second YES is chat.
        types(&world, "yes").await;
        assert_eq!(ledger(&world).await.len(), 2);
        founded(&world).await;
    }

    async fn a_yes_after_its_term_or_to_somebody_elses_question_confirms_nothing(world) {
        offers(&world, form("JOIN", true)).await;
        types(&world, "JOIN").await;
        world.clock.advance(25 * HOUR_MS);
        types(&world, "YES").await;
        assert_eq!(stands(&world).await, Some(Status::Pending));
        // The YES opened the thread: a person asks, and the answer is theirs.
        types(&world, "JOIN").await;
        let thread = world.list(View::Open).await[0].id;
        world.clock.advance(1_000);
        world.answers(thread, "Shall I cancel your order?").await.unwrap();
        types(&world, "YES").await;
        assert_eq!(stands(&world).await, Some(Status::Pending));
        assert_eq!(sells(&world).await.1.as_deref(), Some("consent_missing"));
        // HELP in between changes nothing.
        world.clock.advance(2 * HOUR_MS);
        types(&world, "JOIN").await;
        types(&world, "HELP").await;
        types(&world, "yes").await;
        assert_eq!(stands(&world).await, Some(Status::Granted));
    }

    async fn a_stop_in_between_ends_the_request(world) {
        offers(&world, form("JOIN", true)).await;
        types(&world, "JOIN").await;
        types(&world, "STOP").await;
        assert_eq!(stands(&world).await, Some(Status::Revoked));
        // YES after an opt-out is START: texts again, and no marketing.
        types(&world, "YES").await;
        assert_eq!(stands(&world).await, Some(Status::Revoked));
        assert_eq!(did(&world).await.last(), Some(&(Action::Resume, Permits::All)));
        assert_eq!(sells(&world).await.1.as_deref(), Some("consent_revoked"));
        let phone = world.phone(AVA).await;
        assert_eq!(phone.last().unwrap(), &domain::answers::Voice::plain("Fern").opt_in());
        founded(&world).await;
    }

    async fn who_left_joins_again_by_their_own_word(world) {
        offers(&world, form("VIP", false)).await;
        types(&world, "STOP").await;
        assert_eq!(sells(&world).await.1.as_deref(), Some("opted_out"));
        types(&world, "VIP").await;
        assert_eq!(world.phone(AVA).await.last().unwrap(), &confirmation(&OFFER));
        let mut after = did(&world).await;
        after.sort_unstable_by_key(|(action, _)| action.word());
        assert_eq!(after, [(Action::Grant, Permits::Marketing), (Action::Resume, Permits::All), (Action::Revoke, Permits::All)]);
        assert!(may_sell(&world).await);
        founded(&world).await;
    }

    async fn who_left_stays_out_until_they_answer_the_request(world) {
        offers(&world, form("JOIN", true)).await;
        types(&world, "STOP").await;
        types(&world, "JOIN").await;
        assert_eq!(world.phone(AVA).await.last().unwrap(), &request(&OFFER));
        let update = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message;
        assert_eq!((update.state, update.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        types(&world, "si").await;
        assert_eq!(world.phone(AVA).await.last().unwrap(), &confirmation(&OFFER));
        assert_eq!(stands(&world).await, Some(Status::Granted));
        assert!(may_sell(&world).await);
        founded(&world).await;
    }

    async fn a_stop_before_the_request_has_left_keeps_it_back(world) {
        offers(&world, form("JOIN", true)).await;
        world.types(AVA, "JOIN").await;
        types(&world, "STOP").await;
        assert_eq!(world.phone(AVA).await, [domain::answers::Voice::plain("Fern").opt_out(domain::keyword::Scope::All, None)]);
    }

    async fn a_slip_of_the_thumb_is_asked_about(world) {
        offers(&world, form("COFFEE", false)).await;
        types(&world, "cofee").await;
        assert_eq!(world.phone(AVA).await, [request(&OFFER)]);
        assert_eq!(stands(&world).await, Some(Status::Pending));
        assert!(ledger(&world).await[0].evidence.contains("typo:join"));
        types(&world, "Yes").await;
        assert_eq!(stands(&world).await, Some(Status::Granted));
    }

    async fn two_machines_stop_talking(world) {
        offers(&world, form("JOIN", true)).await;
        // It answers whatever it gets with the keyword, for ever.
        for _ in 0..6 {
            types(&world, "JOIN").await;
        }
        assert_eq!(world.phone(AVA).await.len(), 2);
        assert!(world.list(View::Open).await.is_empty());
        let thread = world.thread(world.list(View::All).await[0].id).await;
        let refused: Vec<_> = thread.iter().filter(|row| row.state == State::Refused).collect();
        assert!(refused.iter().all(|row| row.reason_code.as_deref() == Some("automatic_limit")) && refused.len() == 4);
        assert_eq!(stands(&world).await, Some(Status::Pending));
    }

    async fn a_closed_conversation_is_neither_reopened_nor_begun_anew(world) {
        offers(&world, form("VIP", false)).await;
        types(&world, "hello").await;
        let id = world.list(View::Open).await[0].id;
        world.engine.conversation_change(world.ws, id, engine::reply::Author::SYSTEM, engine::conversation::Change::Close).await.unwrap();
        types(&world, "VIP").await;
        let all = world.list(View::All).await;
        assert_eq!((all.len(), all[0].status), (1, conversation::Status::Closed));
    }

    async fn a_keyword_counts_in_its_own_inbox_alone_and_not_after_it_was_taken_away(world) {
        let word = offers(&world, form("VIP", true)).await;
        let inbox = world.engine.inbox_create(
            world.ws, engine::reply::Author::SYSTEM, world.account, "Two".to_owned(), "+12025550133", &[], Keep::NOTHING,
        ).await.unwrap();
        let types_to = |inbox, words: &'static str| {
            world.clock.advance(1_000);
            let from = domain::address::Address::parse(AVA);
            world.engine.simulator_type(world.ws, inbox, from, words.to_owned(), Vec::new(), Keep::NOTHING)
        };
        types_to(inbox.id, "VIP").await.unwrap();
        world.settle().await;
        assert_eq!((world.phone(AVA).await.len(), stands(&world).await), (0, None));
        types(&world, "VIP").await;
        // A YES to the other number answers nothing.
        types_to(inbox.id, "YES").await.unwrap();
        world.settle().await;
        assert_eq!(stands(&world).await, Some(Status::Pending));
        world.engine.join_word_delete(world.ws, Actor::Cli, world.inbox, word.id).await.unwrap();
        // What was asked is still owed its answer.
        types(&world, "YES").await;
        assert_eq!((world.phone(AVA).await.last().unwrap(), stands(&world).await), (&confirmation(&OFFER), Some(Status::Granted)));
        types(&world, "VIP").await;
        assert_eq!((world.phone(AVA).await.len(), ledger(&world).await.len()), (2, 2));
    }

    async fn a_topic_is_granted_for_itself_alone(world) {
        offers(&world, JoinWordForm { topic: "shoes".to_owned(), ..form("SHOES", false) }).await;
        types(&world, "SHOES").await;
        let (rows, _) = world.engine.consent_standing(world.ws, AVA.to_owned()).await.unwrap();
        let all: Vec<_> = rows.iter().map(|row| (row.permits, row.topic.as_str(), row.standing.status)).collect();
        assert_eq!(all, [(Permits::Marketing, "shoes", Status::Granted)]);
        assert!(!may_sell(&world).await);
    }

    async fn keywords_that_mean_something_else_are_refused_and_every_change_is_kept(world) {
        let code = |result: Result<JoinWordRow, JoinWordError>| match result.unwrap_err() {
            JoinWordError::Faults(faults) => faults.iter().map(|fault| (fault.field, fault.code)).collect(),
            JoinWordError::NotFound | JoinWordError::Store(_) => Vec::new(),
        };
        let create = |form| world.engine.join_word_create(world.ws, Actor::Cli, world.inbox, form, Keep::NOTHING);
        for (word, expected) in [
            ("STOP", "keyword_reserved"), ("Baja", "keyword_reserved"), ("arrêt", "keyword_reserved"), ("YES", "keyword_reserved"),
            ("SHOP", "keyword_near_reserved"), ("STAR", "keyword_near_reserved"), ("ok", "keyword_reserved"), ("42", "keyword_number"),
        ] {
            assert_eq!(code(create(form(word, false)).await), [("word", expected)], "{word}");
        }
        let bare = JoinWordForm { confirmation: "Fern: welcome! Reply STOP to cancel.".to_owned(), ..form("VIP", false) };
        let missing = ["programme_missing", "frequency_missing", "fees_missing", "help_missing"];
        assert_eq!(code(create(bare).await), missing.map(|code| ("confirmation", code)));
        assert_eq!(code(create(JoinWordForm { topic: "marketing".to_owned(), ..form("VIP", false) }).await), [("topic", "topic_reserved")]);
        let word = offers(&world, form("VIP", false)).await;
        assert_eq!(code(create(form("v.i.p", false)).await), [("word", "keyword_taken")]);
        let change = |change| world.engine.join_word_update(world.ws, Actor::Cli, world.inbox, word.id, change);
        let shown = |words: &str| JoinWordChange { disclosure: Some(words.to_owned()), ..JoinWordChange::default() };
        assert_eq!(change(shown(WORDS)).await.unwrap().disclosure_version, 1);
        assert_eq!(change(shown("Text VIP. Consent is not a condition of purchase.")).await.unwrap().disclosure_version, 2);
        assert_eq!(code(change(JoinWordChange { word: Some("QUIT".to_owned()), ..JoinWordChange::default() }).await), [("word", "keyword_reserved")]);
        world.engine.join_word_delete(world.ws, Actor::Cli, world.inbox, word.id).await.unwrap();
        let gone = world.engine.join_word_delete(world.ws, Actor::Cli, world.inbox, word.id).await;
        assert!(matches!(gone, Err(JoinWordError::NotFound)));
        assert_eq!(world.engine.join_word_list(world.ws, world.inbox).await.unwrap(), []);
        let audit = world.engine.audit_page(world.ws, AuditFilter::default(), None, 50).await.unwrap();
        let actions: Vec<_> = audit.iter().filter(|row| row.subject == word.id.to_string()).map(|row| row.action.as_str()).collect();
        assert_eq!(actions, ["join_word.delete", "join_word.update", "join_word.update", "join_word.create"]);
    }

    async fn a_batch_of_texts_is_read_as_if_each_had_come_alone(world) {
        offers(&world, form("JOIN", true)).await;
        // All within one transaction, in their order: asked, answered, and answered again.
        world.clock.advance(1_000);
        for words in ["JOIN", "YES", "YES"] {
            let from = domain::address::Address::parse(AVA);
            world.engine.simulator_type(world.ws, world.inbox, from, words.to_owned(), Vec::new(), Keep::NOTHING).await.unwrap();
        }
        world.settle().await;
        assert_eq!(did(&world).await.iter().filter(|(action, _)| *action == Action::Confirm).count(), 1);
        assert_eq!(stands(&world).await, Some(Status::Granted));
    }
}
