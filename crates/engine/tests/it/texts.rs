//! Many texts accepted at once come out as if each had come alone.

use crate::on_both;
use domain::address::Address;
use domain::message::{Origin, Purpose, State};
use engine::conversation::Change;
use engine::idempotency::Keep;
use engine::reply::{Accepted, Author, Destination, NewText, ReplyError};
use store::conversation::View;
use testkit::world::World;

const AVA: &str = "+12125550101";
const BEA: &str = "+12125550102";
const CAL: &str = "+14155550103";

/// A mixture: new and known people, automatic texts beyond the limit, somebody
/// who opted out, a person between automatic texts, a night for some.
fn mixture(world: &World) -> Vec<(Destination, NewText)> {
    let to = |number: &str| Destination::Address { inbox: world.inbox, to: Address::parse(number), name: None };
    let text = |origin, purpose, body: &str| NewText { origin, purpose, ..world.text(body) };
    let mut all = Vec::new();
    for n in 0..4 {
        all.push((to(AVA), text(Origin::Flow, Purpose::Transactional, &format!("flow {n}"))));
        all.push((to(BEA), text(Origin::Api, Purpose::Marketing, &format!("offer {n}"))));
        all.push((to(CAL), text(Origin::Bot, Purpose::Conversational, &format!("bot {n}"))));
        if n == 2 {
            all.push((to(AVA), text(Origin::Person, Purpose::Conversational, "it is me")));
            all.push((to("+12125550109"), text(Origin::Api, Purpose::Otp, "code 12")));
        }
        all.push((to(&format!("+1808555{n:04}")), text(Origin::Campaign, Purpose::Marketing, "hello")));
        // A person follows a program's notice, and the other way round.
        let both = [(Origin::Api, "it left"), (Origin::Person, "and thank you")];
        let both = if n % 2 == 0 { both } else { [both[1], both[0]] };
        for (origin, body) in both.into_iter().take(if n < 2 { 2 } else { 1 }) {
            all.push((to(&format!("+1212555011{n}")), text(origin, Purpose::Conversational, body)));
        }
    }
    all
}

async fn prepared(on: store::Engine) -> World {
    let world = World::new(on).await;
    world.types(AVA, "hello").await;
    world.types(BEA, "STOP").await;
    world.settle().await;
    for n in 0..4 {
        world.agrees(&format!("+1808555{n:04}")).await;
    }
    // Half past nine in the evening in New York, afternoon in Hawaii.
    world.clock.advance(8 * 60 * 60 * 1000 + 30 * 60 * 1000);
    world
}

/// Everything of an answer and a thread that does not name an identity.
fn told(answer: &Accepted) -> impl PartialEq + std::fmt::Debug + use<> {
    let row = &answer.message;
    let decision = answer
        .decision
        .as_ref()
        .map(|decision| (decision.verdict, decision.code.clone(), decision.basis.automatic_recent));
    (row.seq, row.state, row.reason_code.clone(), row.held_until, row.parts, row.body.clone(), decision)
}

async fn threads(world: &World) -> Vec<String> {
    let mut all = Vec::new();
    for row in world.list(View::All).await {
        let shown = format!(
            "{:?} {} {} {:?} {} {}",
            row.status, row.last_seq, row.read_seq, row.waiting_since, row.failed, row.preview
        );
        all.push(format!("{} {shown} {}", row.address, row.last_direction));
        for item in world.thread(row.id).await {
            all.push(format!("{} {} {} {:?} {:?}", row.address, item.seq, item.body, item.state, item.reason_code));
        }
    }
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_decides_as_the_same_texts_one_by_one() {
    for on in testkit::database::engines() {
        let (alone, together) = (prepared(on).await, prepared(on).await);
        let mut singles = Vec::new();
        for (to, text) in mixture(&alone) {
            singles.push(alone.engine.text_accept(alone.ws, to, text).await.unwrap());
        }
        let batch = together.engine.texts_accept(together.ws, mixture(&together), Keep::NOTHING).await.unwrap();
        let batch: Vec<Accepted> = batch.into_iter().map(Result::unwrap).collect();
        assert_eq!(singles.iter().map(told).collect::<Vec<_>>(), batch.iter().map(told).collect::<Vec<_>>());
        let states: std::collections::HashSet<State> = batch.iter().map(|one| one.message.state).collect();
        assert!(states.len() == 3, "the mixture holds, refuses and lets go: {states:?}");
        assert_eq!(threads(&alone).await, threads(&together).await);
        alone.settle().await;
        together.settle().await;
        assert_eq!(threads(&alone).await, threads(&together).await);
    }
}

on_both! {
    async fn more_than_one_transaction_takes_are_kept_in_order_and_arrive(world) {
        let texts: Vec<_> = (0..501)
            .map(|n| {
                let to = Destination::Address { inbox: world.inbox, to: Address::parse(&format!("+1212555{n:04}")), name: None };
                (to, NewText { origin: Origin::Api, purpose: Purpose::Transactional, ..world.text(&format!("text {n}")) })
            })
            .collect();
        let answers = world.engine.texts_accept(world.ws, texts.clone(), Keep::NOTHING).await.unwrap();
        let bodies: Vec<_> = answers.iter().map(|one| one.as_ref().unwrap().message.body.clone()).collect();
        assert_eq!(bodies, (0..501).map(|n| format!("text {n}")).collect::<Vec<_>>());
        world.settle().await;
        assert_eq!(world.phone("+12125550500").await, ["text 500"]);
        let again = world.engine.texts_accept(world.ws, texts, Keep::NOTHING).await.unwrap();
        assert!(again.iter().all(|one| one.as_ref().is_ok_and(|one| one.repeated && one.message.state == State::Delivered)));
        world.settle().await;
        assert_eq!(world.phone("+12125550500").await, ["text 500"]);
    }

    async fn what_programs_write_waits_for_nobody_until_it_is_answered(world) {
        let open = async || world.list(View::Open).await.into_iter().map(|row| row.address).collect::<Vec<_>>();
        let notice = async |to: &str| {
            let sent = world.sends(to, "Your order shipped", Purpose::Transactional).await.unwrap();
            world.settle().await;
            sent.message.conversation_id
        };
        let first = notice(AVA).await;
        assert_eq!(world.list(View::Closed).await.iter().map(|row| row.id).collect::<Vec<_>>(), [first]);
        assert_eq!((open().await.len(), world.list(View::Unassigned).await.len()), (0, 0));
        // The answer opens what it answers, and no later notice closes or moves it.
        world.types(AVA, "when will it come?").await;
        assert_eq!(open().await, [AVA]);
        assert_eq!(world.list(View::Open).await[0].id, first);
        assert_eq!(notice(AVA).await, first);
        assert_eq!(open().await, [AVA]);
        // Nor does it answer: who asked something still waits, until somebody answers there.
        let waits = async || world.list(View::Open).await[0].waiting_since.is_some();
        assert!(waits().await);
        world.answers(first, "Tomorrow").await.unwrap();
        assert!(!waits().await);
        // Done with, a notice leaves it so; long after, one begins another, which is done with too.
        world.engine.conversation_change(world.ws, first, Author::SYSTEM, Change::Close).await.unwrap();
        assert_eq!(notice(AVA).await, first);
        assert_eq!(open().await.len(), 0);
        world.clock.advance(5 * 24 * 60 * 60 * 1000 + 1);
        let second = notice(AVA).await;
        assert_ne!(second, first);
        assert_eq!(open().await.len(), 0);
        world.types(AVA, "thanks, it is here, but broken").await;
        assert_eq!(world.list(View::Open).await.iter().map(|row| row.id).collect::<Vec<_>>(), [second]);
        // A person who writes to an address wants an answer.
        let to = Destination::Address { inbox: world.inbox, to: Address::parse(BEA), name: None };
        world.engine.text_accept(world.ws, to, world.text("Are you well?")).await.unwrap();
        assert!(open().await.contains(&BEA.to_owned()));
    }

    async fn what_is_wrong_with_one_leaves_the_others_alone(world) {
        world.types(AVA, "hello").await;
        let talk = world.list(View::Open).await[0].id;
        let thread = |after_seq| Destination::Conversation { id: talk, after_seq };
        let texts = vec![
            (thread(Some(0)), world.text("not seen")),
            (thread(Some(1)), world.text("seen")),
            (Destination::Conversation { id: world.engine.new_id(), after_seq: None }, world.text("nowhere")),
            (Destination::Address { inbox: world.engine.new_id(), to: Address::parse(BEA), name: None }, world.text("no inbox")),
            (thread(None), NewText { media: vec![world.engine.new_id()], ..world.text("no picture") }),
            (thread(None), world.text("and again")),
        ];
        let answers = world.engine.texts_accept(world.ws, texts, Keep::NOTHING).await.unwrap();
        let short = |answer: &Result<Accepted, ReplyError>| match answer {
            Ok(accepted) => accepted.message.seq.to_string(),
            Err(error) => error.to_string(),
        };
        let told: Vec<String> = answers.iter().map(short).collect();
        assert_eq!(told, [
            "the customer wrote 1 newer texts",
            "2",
            "no such conversation",
            "no such inbox",
            "a picture does not exist or was sent already",
            "3",
        ]);
        world.settle().await;
        assert_eq!(world.phone(AVA).await, ["seen", "and again"]);
    }
}
