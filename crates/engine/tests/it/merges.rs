//! Two customers who are one person become one, and are parted again: each number keeps its
//! thread, and nobody is sold to who said stop, by whichever number.

use crate::marketing::{refused, sold};
use crate::on_both;
use domain::address::Address;
use domain::id::{ConversationId, CustomerId, MergeId, MessageId};
use domain::message::{Purpose, State};
use domain::zones::{Place, PlaceKind};
use engine::AuditFilter;
use engine::ConsentsOf;
use engine::audit::Actor;
use engine::customer_merges::{MergeError, NewMerge};
use engine::customers::{CustomerError, Profile};
use engine::idempotency::Keep;
use std::collections::{BTreeMap, BTreeSet};
use store::conversation::View;
use store::{Scope, Sql, Val};
use testkit::world::World;

const AVA: &str = "+12125550101";
const EVA: &str = "+12125550102";
const EVE: &str = "+12125550103";
const UNSURE: &str = "too many texts";

macro_rules! statements {
    ($($name:ident: $text:literal;)*) => {
        $(static $name: Sql = Sql { cold: None, name: stringify!($name), scope: Scope::Server, text: $text };)*
    };
}

statements! {
    ORDER: "insert into orders (ws, id, customer_id, number, status, total_minor, currency, items, placed_at)
        select ws, customer_id, customer_id, '#' || address, 'shipped', 4200, 'USD', '[]', 5
        from identities where address = $1";
    ASTRAY: "update conversations set customer_id = (select case when c.merged_into is null then m.customer_id else m.other_id end
            from customer_merges m join customers c on c.id = m.other_id)
        where address = $1 and status <> 'closed'";
    FORGET: "delete from conversations where address = $1 and status = 'closed'";
    DEMO: "update customers set demo = 1 where id = (select customer_id from identities where address = $1)";
    LEFT: "select (select count(*) from customers) + (select count(*) from customer_merges) + (select count(*) from identities)
        + (select count(*) from orders) + (select count(*) from conversations)";
}

async fn server(world: &World, sql: &'static Sql, address: &str) {
    let address = address.to_owned();
    let server = world.engine.store().server();
    server.write(move |tx| tx.exec(sql, &[Val::Text(address.clone())])).await.unwrap();
}

async fn customer(world: &World, number: &str) -> CustomerId {
    world.engine.customer_by_address(world.ws, Address::parse(number)).await.unwrap().unwrap()
}

async fn profile(world: &World, id: CustomerId) -> Profile {
    world.engine.customer_profile(world.ws, id).await.unwrap().unwrap()
}

async fn tries(world: &World, kept: CustomerId, other: CustomerId) -> Result<Profile, MergeError> {
    let new = NewMerge { other, name: None, notes: None };
    world.engine.customer_merge(world.ws, Actor::Cli, kept, new).await
}

/// Merges whose numbers these are; answers who was kept, who not, and the merge.
async fn merged(world: &World, kept: &str, other: &str) -> (CustomerId, CustomerId, MergeId) {
    let (kept, other) = (customer(world, kept).await, customer(world, other).await);
    let merge = tries(world, kept, other).await.unwrap().merges[0].row.id;
    (kept, other, merge)
}

async fn parts(world: &World, kept: CustomerId, merge: MergeId) -> Result<Profile, MergeError> {
    world.engine.customer_unmerge(world.ws, Actor::Cli, kept, merge).await
}

async fn known(world: &World, numbers: &[&str]) {
    world.law_alone().await;
    for number in numbers {
        world.types(number, "hello").await;
        world.agrees(number).await;
        world.clock.advance(1_000);
    }
}

async fn state(world: &World, id: MessageId) -> State {
    world.message(id).await.state
}

async fn talk(world: &World, number: &str) -> ConversationId {
    let all = world.list(View::All).await;
    let theirs: Vec<_> = all.iter().filter(|row| row.address == number).collect();
    assert_eq!(theirs.len(), 1, "{number} has one thread: {all:?}");
    theirs[0].id
}

async fn founded(world: &World) {
    let found = world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap();
    assert_eq!(found.problems, []);
}

on_both! {
    async fn each_number_of_one_customer_has_its_own_thread(world) {
        known(&world, &[AVA, EVA]).await;
        let (kept, _, _) = merged(&world, AVA, EVA).await;
        let (first, second) = (talk(&world, AVA).await, talk(&world, EVA).await);
        assert_ne!(first, second);
        // What each writes goes into its own, also where both come at once, and opens it again.
        world.engine.conversation_change(world.ws, second, engine::reply::Author::SYSTEM, engine::conversation::Change::Close).await.unwrap();
        world.types(EVA, "and from here?").await;
        world.types(AVA, "from here, too").await;
        assert_eq!((talk(&world, AVA).await, talk(&world, EVA).await), (first, second));
        let open = world.list(View::Open).await;
        assert_eq!(open.iter().map(|row| row.customer_id).collect::<Vec<_>>(), [kept, kept], "both are open");
        world.answers(second, "to the second").await.unwrap();
        world.answers(first, "to the first").await.unwrap();
        world.settle().await;
        assert_eq!((world.phone(AVA).await, world.phone(EVA).await), (vec!["to the first".into()], vec!["to the second".into()]));
        // A text that is started goes into the thread of its number.
        let sent = world.sends(EVA, "your parcel left", Purpose::Transactional).await.unwrap().message;
        assert_eq!(sent.conversation_id, second);
        founded(&world).await;
    }

    async fn a_merge_moves_everything_and_a_parting_gives_it_back(world) {
        known(&world, &[AVA, EVA]).await;
        server(&world, &ORDER, EVA).await;
        let (ava, eva) = (customer(&world, AVA).await, customer(&world, EVA).await);
        let engine = &world.engine;
        for (id, name, notes) in [(ava, "Ava Quill", "likes tea"), (eva, "Eva Quill", "no calls")] {
            engine.customer_update(world.ws, Actor::Cli, id, Some(name.into()), Some(notes.into())).await.unwrap();
        }
        for (id, kind, state, zip) in [
            (ava, PlaceKind::Shipping, "NY", "10001"),
            (eva, PlaceKind::Shipping, "CA", "90012"),
            (eva, PlaceKind::Billing, "HI", "96815"),
        ] {
            world.clock.advance(10);
            let place = Place { kind, country: "US".into(), region: state.into(), postal_code: zip.into(), time_zone: String::new() };
            engine.customer_place_set(world.ws, Actor::Cli, id, place, None).await.unwrap();
        }
        let regions = |profile: &Profile| profile.places.iter().map(|row| row.place.region.clone()).collect::<Vec<_>>();
        let before = (profile(&world, ava).await, profile(&world, eva).await);
        let (_, _, merge) = merged(&world, AVA, EVA).await;

        let one = profile(&world, ava).await;
        assert_eq!(one.addresses.iter().map(|(address, _)| address.as_str()).collect::<Vec<_>>(), [AVA, EVA]);
        assert_eq!((one.row.name.as_str(), one.row.notes.as_str()), ("Ava Quill", "likes tea\n\nno calls"));
        assert_eq!((one.orders.len(), one.conversations.len(), one.merged_into), (1, 2, None));
        assert_eq!(regions(&one), ["CA", "HI"], "the latest that is known");
        let (ledger, _) = engine.consent_page(world.ws, ConsentsOf::Customer(ava), None, 10).await.unwrap();
        assert_eq!(ledger.iter().map(|row| row.address.as_str()).collect::<Vec<_>>(), [EVA, AVA]);
        let gone = profile(&world, eva).await;
        assert_eq!((gone.merged_into, gone.addresses.len(), gone.orders.len(), gone.conversations.len()), (Some(ava), 0, 0, 0));
        // Who was merged is in no list and not found, by name or number.
        for words in [None, Some("Quill"), Some("Eva"), Some("5550102")] {
            let found = engine.customer_page(world.ws, words.map(str::to_owned), None, 10).await.unwrap();
            assert!(found.iter().all(|(row, _)| row.id == ava), "{words:?}: {found:?}");
        }
        let change = engine.customer_update(world.ws, Actor::Cli, eva, Some("x".into()), None).await;
        assert!(matches!(change, Err(CustomerError::Merged(into)) if into == ava));

        // What comes in by their number meanwhile goes with it.
        world.types(EVA, "where is my parcel?").await;
        world.clock.advance(10);
        let parted = parts(&world, ava, merge).await.unwrap();
        assert_eq!(parted.merges[0].row.refused, 0);
        for (before, id) in [(&before.0, ava), (&before.1, eva)] {
            let after = profile(&world, id).await;
            assert_eq!((&after.row.name, &after.row.notes, after.merged_into), (&before.row.name, &before.row.notes, None));
            assert_eq!((&after.addresses, &after.places), (&before.addresses, &before.places));
            assert_eq!(after.orders, before.orders);
            let talks = |profile: &Profile| profile.conversations.iter().map(|row| row.id).collect::<Vec<_>>();
            assert_eq!(talks(&after), talks(before));
        }
        assert_eq!(world.thread(talk(&world, EVA).await).await.last().unwrap().body, "where is my parcel?");
        let found = engine.customer_page(world.ws, Some("Eva".into()), None, 10).await.unwrap();
        assert_eq!(found.iter().map(|(row, _)| row.id).collect::<Vec<_>>(), [eva]);
        // The other way round it is the same.
        let (_, _, again) = merged(&world, EVA, AVA).await;
        parts(&world, eva, again).await.unwrap();
        assert_eq!(customer(&world, AVA).await, ava);
        let audit = engine.audit_page(world.ws, AuditFilter::default(), None, 4).await.unwrap();
        let told: Vec<_> = audit.iter().map(|row| (row.action.as_str(), row.subject.clone())).collect();
        let (first, second) = (ava.to_string(), eva.to_string());
        assert_eq!(told, [
            ("customer.unmerge", second.clone()), ("customer.merge", second), ("customer.unmerge", first.clone()), ("customer.merge", first),
        ]);
        assert!(audit.iter().all(|row| !row.detail.contains("5550")), "the log holds no number");
        founded(&world).await;
    }

    async fn what_a_member_wrote_since_stays(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, _, merge) = merged(&world, AVA, EVA).await;
        world.engine.customer_update(world.ws, Actor::Cli, ava, Some("Ava".into()), None).await.unwrap();
        let parted = parts(&world, ava, merge).await.unwrap();
        assert_eq!(parted.row.name, "Ava");
    }

    async fn a_stop_while_they_are_one_keeps_marketing_from_both(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, eva, merge) = merged(&world, AVA, EVA).await;
        assert_eq!((sold(&world, AVA).await.0, sold(&world, EVA).await.0), (State::Queued, State::Queued));
        let waiting = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        world.types(EVA, "STOP").await;
        assert_eq!(state(&world, waiting).await, State::Refused);
        assert_eq!(refused(&world, AVA).await, "opted_out_elsewhere");
        world.clock.advance(1_000);
        let parted = parts(&world, ava, merge).await.unwrap();
        assert_eq!(parted.merges[0].row.refused, 1);
        assert_eq!((refused(&world, AVA).await.as_str(), refused(&world, EVA).await.as_str()), ("opted_out_topic", "opted_out"));
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        assert_eq!(state(&world, order).await, State::Queued, "orders go on to the number that did not opt out");
        // It is told why, and whose number it was is not.
        let (ledger, _) = world.engine.consent_page(world.ws, ConsentsOf::Customer(ava), None, 10).await.unwrap();
        assert_eq!((ledger[0].method.word(), ledger[0].address.as_str()), ("unmerge", AVA));
        assert!(ledger.iter().all(|row| row.address == AVA && !row.evidence.contains("5550102")), "{ledger:?}");
        let (theirs, _) = world.engine.consent_page(world.ws, ConsentsOf::Customer(eva), None, 10).await.unwrap();
        assert!(theirs.iter().all(|row| row.address == EVA) && theirs.len() == 2, "{theirs:?}");
        // Neither does the other's START give it back; a new agreement of their own does.
        world.clock.advance(1_000);
        world.types(EVA, "START").await;
        assert_eq!(refused(&world, AVA).await, "opted_out_topic");
        world.clock.advance(1_000);
        world.agrees(AVA).await;
        assert_eq!(sold(&world, AVA).await.0, State::Queued);
        founded(&world).await;
    }

    async fn what_waits_is_refused_when_one_becomes_one_with_who_opted_out(world) {
        known(&world, &[AVA, EVA]).await;
        world.types(EVA, "STOP").await;
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        let order = world.sends(AVA, "your parcel left", Purpose::Transactional).await.unwrap().message.id;
        assert_eq!(state(&world, sale).await, State::Queued);
        let (ava, _, merge) = merged(&world, AVA, EVA).await;
        assert_eq!(state(&world, sale).await, State::Refused, "a later START must not let it pass");
        world.settle().await;
        assert_eq!(state(&world, order).await, State::Delivered);
        // They were not one when it was said: parted, it counts for who said it.
        let parted = parts(&world, ava, merge).await.unwrap();
        assert_eq!(parted.merges[0].row.refused, 0);
        assert_eq!(sold(&world, AVA).await.0, State::Queued);
        assert_eq!(refused(&world, EVA).await, "opted_out");
        founded(&world).await;
    }

    async fn what_is_claimed_is_marked_when_its_marketing_ends(world) {
        known(&world, &[AVA, EVA]).await;
        world.types(EVA, "STOP").await;
        world.settle().await;
        let sale = world.sends(AVA, "Sale!", Purpose::Marketing).await.unwrap().message.id;
        assert_eq!(world.engine.send_claim_one(world.ws, world.account).await.unwrap().cleared.len(), 1);
        merged(&world, AVA, EVA).await;
        assert!(world.message(sale).await.in_flight_at_opt_out);
    }

    async fn a_text_that_may_ask_to_stop_is_settled_before_they_are_parted(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, _, merge) = merged(&world, AVA, EVA).await;
        world.types(EVA, UNSURE).await;
        assert!(matches!(parts(&world, ava, merge).await, Err(MergeError::Unsure)));
        let open = world.engine.unsure_text_page(world.ws, None, 10).await.unwrap();
        world.engine.unsure_text_answer(world.ws, Actor::Cli, open[0].message, true).await.unwrap();
        assert_eq!(parts(&world, ava, merge).await.unwrap().merges[0].row.refused, 1);
        assert_eq!(refused(&world, AVA).await, "opted_out_topic");
    }

    async fn what_cannot_be_merged_or_parted_says_why(world) {
        known(&world, &[AVA, EVA, EVE]).await;
        let (ava, eva, eve) = (customer(&world, AVA).await, customer(&world, EVA).await, customer(&world, EVE).await);
        let nobody: CustomerId = world.engine.new_id();
        assert!(matches!(tries(&world, ava, ava).await, Err(MergeError::Itself)));
        assert!(matches!(tries(&world, ava, nobody).await, Err(MergeError::NotFound)));
        assert!(matches!(tries(&world, nobody, ava).await, Err(MergeError::NotFound)));
        assert!(matches!(tries(&world, nobody, nobody).await, Err(MergeError::NotFound)));
        assert!(matches!(parts(&world, ava, world.engine.new_id()).await, Err(MergeError::NoMerge)));
        let long = "x".repeat(3_000);
        for id in [ava, eva] {
            let notes = format!("{id}{long}");
            world.engine.customer_update(world.ws, Actor::Cli, id, None, Some(notes)).await.unwrap();
        }
        assert!(matches!(tries(&world, ava, eva).await, Err(MergeError::NotesTooLong)));
        let new = NewMerge { other: eva, name: Some("Eva".into()), notes: Some("short".into()) };
        let one = world.engine.customer_merge(world.ws, Actor::Cli, ava, new).await.unwrap();
        assert_eq!((one.row.name.as_str(), one.row.notes.as_str()), ("Eva", "short"));
        let first = one.merges[0].row.id;
        // A chain is undone from its end; who was merged leads to whoever is left.
        assert!(matches!(tries(&world, eve, eva).await, Err(MergeError::Merged { id, into }) if (id, into) == (eva, ava)));
        assert!(matches!(tries(&world, eva, eve).await, Err(MergeError::Merged { .. })));
        let second = tries(&world, eve, ava).await.unwrap().merges[0].row.id;
        assert_eq!(profile(&world, eva).await.merged_into, Some(eve), "at last");
        assert!(matches!(parts(&world, ava, first).await, Err(MergeError::Merged { id, into }) if (id, into) == (ava, eve)));
        assert!(matches!(parts(&world, ava, second).await, Err(MergeError::NoMerge)), "it is another's");
        parts(&world, eve, second).await.unwrap();
        parts(&world, ava, first).await.unwrap();
        // Asked again, neither changes anything.
        let audit = || world.engine.audit_page(world.ws, AuditFilter::default(), None, 200);
        let before = audit().await.unwrap().len();
        assert!(parts(&world, eve, second).await.unwrap().merges[0].row.unmerged_at.is_some());
        let new = NewMerge { other: eva, name: None, notes: Some("short".into()) };
        let again = world.engine.customer_merge(world.ws, Actor::Cli, ava, new).await.unwrap();
        assert_eq!(tries(&world, ava, eva).await.unwrap().merges.len(), again.merges.len());
        assert_eq!(audit().await.unwrap().len(), before + 1);
        parts(&world, ava, again.merges[0].row.id).await.unwrap();
        for (number, id) in [(AVA, ava), (EVA, eva), (EVE, eve)] {
            assert_eq!(customer(&world, number).await, id);
        }
        server(&world, &DEMO, EVE).await;
        assert!(matches!(tries(&world, ava, eve).await, Err(MergeError::Demo)));
        world.engine.erasure_wish(world.ws, Actor::Cli, eva).await.unwrap();
        assert!(matches!(tries(&world, ava, eva).await, Err(MergeError::Erasing)));
        founded(&world).await;
    }

    async fn a_thread_that_began_beside_a_merge_goes_where_its_number_is(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, eva, merge) = merged(&world, AVA, EVA).await;
        // As if another node had just placed it for who was merged, and the number's next text begun another.
        for (undone, to) in [(false, ava), (true, eva)] {
            if undone {
                parts(&world, ava, merge).await.unwrap();
            }
            server(&world, &ASTRAY, EVA).await;
            world.types(EVA, "hello again").await;
            world.engine.jobs_round(world.ws).await.unwrap();
            assert_eq!(profile(&world, to).await.conversations.iter().filter(|row| row.address == EVA).count(), 1, "not yet");
            world.clock.advance(30_000);
            world.engine.jobs_round(world.ws).await.unwrap();
            let theirs = profile(&world, to).await.conversations;
            let (open, closed): (Vec<_>, Vec<_>) = theirs.iter().filter(|row| row.address == EVA).partition(|row| row.status == domain::conversation::Status::Open);
            assert_eq!((open.len(), closed.len()), (1, 1), "{theirs:?}");
            server(&world, &FORGET, EVA).await;
        }
    }

    async fn who_is_erased_goes_with_whom_they_were_merged_into(world) {
        known(&world, &[AVA, EVA, EVE]).await;
        server(&world, &ORDER, EVA).await;
        let (ava, eva, first) = merged(&world, AVA, EVA).await;
        let (eve, _, second) = merged(&world, EVE, AVA).await;
        // Parted and merged again, so that there is a merge undone as well.
        parts(&world, eve, second).await.unwrap();
        parts(&world, ava, first).await.unwrap();
        merged(&world, AVA, EVA).await;
        merged(&world, EVE, AVA).await;
        let told = world.engine.erasure_preview(world.ws, eva).await.unwrap().unwrap();
        assert_eq!((told.conversations, told.orders, told.consents), (3, 1, 3));
        let wish = world.engine.erasure_wish(world.ws, Actor::Cli, eva).await.unwrap();
        assert_eq!((wish.customer, wish.hashes.len()), (eve, 3));
        assert!(world.engine.erasure_follow(world.ws, wish.id).await.unwrap().finished_at.is_some());
        for id in [ava, eva, eve] {
            assert!(world.engine.customer_profile(world.ws, id).await.unwrap().is_none());
        }
        let left = world.engine.store().server().read(|tx| tx.query_one(&LEFT, &[])?.get::<i64>(0)).await.unwrap();
        assert_eq!(left, 0);
        assert_eq!(refused(&world, EVA).await, "opted_out");
        founded(&world).await;
    }

    async fn who_asks_what_is_known_is_told_of_both(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, eva, merge) = merged(&world, AVA, EVA).await;
        for (id, whole) in [(eva, true), (ava, false)] {
            if !whole {
                parts(&world, ava, merge).await.unwrap();
            }
            let wish = world.engine.access_wish(world.ws, Actor::System, id).await.unwrap();
            world.engine.pack_make(world.ws, wish.id).await.unwrap();
            let part = world.engine.pack_part(world.ws, wish.id, 0).await.unwrap().unwrap();
            let files = engine::evidence::pack_open(&part).unwrap();
            let text = |name: &str| {
                let file = files.iter().find(|file| file.name == name).unwrap();
                String::from_utf8(file.content.clone()).unwrap()
            };
            assert!(text("person.json").contains(AVA) && text("messages.csv").contains(AVA));
            assert_eq!(text("person.json").contains(&eva.to_string()), whole);
            for name in ["person.json", "messages.csv", "consents.csv"] {
                assert_eq!(text(name).contains(EVA), whole, "{name}");
            }
        }
    }

    async fn a_number_that_changed_hands_while_they_were_one_is_told_rightly(world) {
        known(&world, &[AVA, EVA]).await;
        let (ava, eva, merge) = merged(&world, AVA, EVA).await;
        let gone = engine::number_events::NewNumberEvent {
            address: Address::parse(EVA),
            event: domain::import::NumberEvent::from_word("reassigned").unwrap(),
            occurred_at: None,
        };
        world.engine.number_events_record(world.ws, Actor::Cli, vec![gone], Keep::NOTHING).await.unwrap();
        world.clock.advance(1_000);
        world.types(EVA, "hello, who is this?").await;
        let stranger = customer(&world, EVA).await;
        assert!(stranger != ava && stranger != eva);
        parts(&world, ava, merge).await.unwrap();
        let talks = profile(&world, eva).await.conversations;
        assert_eq!(talks.len(), 1, "what was said with them is theirs again");
        assert_eq!(customer(&world, EVA).await, stranger);
        assert_eq!((profile(&world, ava).await.conversations.len(), profile(&world, stranger).await.conversations.len()), (1, 1));
        founded(&world).await;
    }

    /// Whatever is merged, parted and said in whatever order: a number that opted out, without an agreement of its
    /// own since, is sold nothing, nor is any number of whoever it was one with when it did.
    async fn nobody_is_sold_to_who_was_one_with_who_said_stop(world) {
        let numbers: Vec<String> = (0..5).map(|n| format!("+1212555020{n}")).collect();
        known(&world, &numbers.iter().map(String::as_str).collect::<Vec<_>>()).await;
        let mut people = Vec::new();
        for number in &numbers {
            people.push(customer(&world, number).await);
        }
        for seed in 1..=3_u64 {
            let mut random = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
            let mut next = |below: usize| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                usize::try_from(random % u64::try_from(below).unwrap()).unwrap()
            };
            // Who said stop, and with whom each number was one when they did.
            let mut out: BTreeSet<&str> = BTreeSet::new();
            let mut heard: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            let (mut merges, mut parted, mut refusals) = (BTreeMap::<MergeId, CustomerId>::new(), 0, 0);
            for number in &numbers {
                world.types(number, "START").await;
                world.clock.advance(10);
                world.agrees(number).await;
                world.clock.advance(10);
            }
            for step in 0..40 {
                let number = numbers[next(numbers.len())].as_str();
                let owner = customer(&world, number).await;
                let one: Vec<&str> = {
                    let theirs = profile(&world, owner).await.addresses;
                    numbers.iter().map(String::as_str).filter(|known| theirs.iter().any(|(address, _)| address == known)).collect()
                };
                world.clock.advance(1_000);
                match next(6) {
                    0 | 1 => {
                        let other = customer(&world, &numbers[next(numbers.len())]).await;
                        if let Ok(profile) = tries(&world, owner, other).await {
                            merges.insert(profile.merges[0].row.id, owner);
                        }
                    }
                    2 | 3 => {
                        let all: Vec<_> = merges.iter().map(|(merge, kept)| (*merge, *kept)).collect();
                        if !all.is_empty() {
                            let (merge, kept) = all[next(all.len())];
                            if parts(&world, kept, merge).await.is_ok() {
                                merges.remove(&merge);
                                parted += 1;
                            }
                        }
                    }
                    4 => {
                        world.types(number, "STOP").await;
                        out.insert(number);
                        for kin in one.iter().filter(|kin| **kin != number) {
                            heard.entry(kin).or_default().insert(number);
                        }
                    }
                    _ => {
                        world.types(number, "START").await;
                        world.clock.advance(10);
                        world.agrees(number).await;
                        out.remove(number);
                        heard.values_mut().for_each(|of| of.retain(|said| *said != number));
                        // Their own word counts against what was said by who is somebody else by now.
                        heard.entry(number).or_default().retain(|said| one.contains(said));
                    }
                }
                for number in &numbers {
                    let number = number.as_str();
                    let (state, code) = sold(&world, number).await;
                    let by_kin = heard.get(number).is_some_and(|of| of.iter().any(|said| out.contains(said)));
                    if out.contains(number) || by_kin {
                        assert_eq!(state, State::Refused, "seed {seed}, step {step}: {number} {code:?}; {out:?}, {heard:?}");
                        refusals += 1;
                    }
                }
            }
            assert!(parted > 0 && refusals > 0, "seed {seed} showed nothing");
            // Apart again, and everybody agrees anew: the next seed begins as this one did.
            while let Some((merge, kept)) = merges.iter().map(|(merge, kept)| (*merge, *kept)).next_back() {
                parts(&world, kept, merge).await.unwrap();
                merges.remove(&merge);
            }
        }
        for (number, id) in numbers.iter().zip(&people) {
            assert_eq!(customer(&world, number).await, *id, "each has their own again");
        }
        founded(&world).await;
    }
}
