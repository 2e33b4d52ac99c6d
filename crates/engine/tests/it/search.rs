//! Finding what was said: both engines against a plain reading of every message.

use crate::on_both;
use domain::id::{ConversationId, MessageId, WorkspaceId};
use domain::message::{Kind, State};
use domain::words::{Query, query, tokens};
use engine::audit::Actor;
use engine::workspaces::NewWorkspace;
use store::conversation::View;
use store::message::MessageRow;
use testkit::world::{NOON, World};

const AVA: &str = "+12125550101";
const WORDS: &[&str] = &[
    "blue",
    "dress",
    "Refund",
    "order",
    "#1001",
    "#1002",
    "café",
    "CAFÉ",
    "crème",
    "naïve",
    "Straße",
    "don't",
    "the",
    "the",
    "the",
    "please",
    "thanks",
    "size",
    "8.5",
    "+1 (415) 555-0100",
    "2125550199",
    "注文",
    "한국어",
    "kettle",
    "kettles",
    "ketchup",
    "STOP!",
    "it's",
    "a",
    "x",
    "7",
    "Ḱéttłe",
];

/// Texts that follow from a seed (a 64-bit linear congruence, as Knuth gives it).
fn texts(seed: u64, count: usize) -> Vec<String> {
    let mut state = seed;
    let mut next = |most: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % most
    };
    (0..count)
        .map(|n| {
            let length = 1 + next(9);
            let mut text = (0..length).map(|_| WORDS[next(WORDS.len())]).collect::<Vec<_>>().join(" ");
            if n % 400 == 7 {
                text.push_str(" once upon");
            }
            text
        })
        .collect()
}

/// Puts texts into a thread as an import does, three to a millisecond.
async fn import(
    world: &World,
    ws: WorkspaceId,
    conversation: ConversationId,
    first_seq: i64,
    bodies: &[String],
) -> Vec<MessageRow> {
    let rows: Vec<MessageRow> = (0_i64..)
        .zip(bodies)
        .map(|(n, body)| MessageRow {
            id: world.engine.new_id(),
            conversation_id: conversation,
            seq: first_seq + n,
            kind: Kind::Inbound,
            body: body.clone(),
            author_kind: None,
            author_id: None,
            purpose: None,
            topic: String::new(),
            class: None,
            legal_basis: None,
            origin: None,
            state: State::Received,
            state_at: NOON,
            reason_code: None,
            reason_detail: None,
            held_until: None,
            send_after: None,
            valid_until: None,
            retry_of: None,
            encoding: None,
            parts: 1,
            media: 0,
            in_flight_at_opt_out: false,
            data: None,
            created_at: NOON - n / 3,
        })
        .collect();
    let kept = rows.clone();
    world.engine.store().workspace(ws).write(move |tx| store::message::insert_many(tx, &kept, true)).await.unwrap();
    rows
}

fn holds(words: &[String], asked: &Query) -> bool {
    let last = asked.all.len().checked_sub(1);
    let all = asked.all.iter().enumerate().all(|(place, term)| {
        let start = asked.prefix_last && Some(place) == last && term.chars().count() > 1;
        words.iter().any(|word| word == term || (start && word.starts_with(term.as_str())))
    });
    all && asked.phrases.iter().all(|phrase| words.windows(phrase.len()).any(|stretch| stretch == phrase))
}

/// What a person would find who reads everything, newest first.
fn read_all(rows: &[MessageRow], asked: &str) -> Vec<MessageId> {
    let words: Vec<Vec<String>> = rows.iter().map(|row| tokens(&row.body)).collect();
    read_these(rows, &words, asked)
}

fn read_these(rows: &[MessageRow], words: &[Vec<String>], asked: &str) -> Vec<MessageId> {
    let asked = query(asked);
    let mut found: Vec<&MessageRow> =
        rows.iter().zip(words).filter(|(_, words)| holds(words, &asked)).map(|(row, _)| row).collect();
    found.sort_by_key(|row| std::cmp::Reverse((row.created_at, row.id.uuid().as_u128() & 0x003F_FFFF)));
    found.into_iter().map(|row| row.id).collect()
}

async fn found(world: &World, ws: WorkspaceId, asked: &str) -> Vec<MessageId> {
    let hits = world.engine.search(ws, asked, None, 5_000).await.unwrap();
    hits.messages.into_iter().map(|hit| hit.message).collect()
}

const QUESTIONS: &[&str] = &[
    "blue",
    "blue dress ",
    "\"blue dress\"",
    "\"dress blue\"",
    "refund \"blue dress\" ket",
    "ket",
    "kettle ",
    "KETTLE ",
    "cafe ",
    "café ",
    "creme",
    "strasse",
    "1001",
    "#1001 ",
    "order 1001 ",
    "100",
    "415-555-0100",
    "5550100",
    "+1 212 555 0199",
    "0199",
    "dont ",
    "don't",
    "8.5",
    "注文",
    "\"注文\"",
    "한국어 ",
    "the ",
    "a",
    "x ",
    "th",
    "7 ",
    "\"the the the\"",
    "once upon ",
    "\"upon once\"",
    "nowhere",
    "stop",
];

on_both! {
    async fn every_question_finds_what_reading_everything_finds(world) {
        world.types(AVA, "hello").await;
        let conversation = world.list(View::Open).await[0].id;
        let rows = import(&world, world.ws, conversation, 2, &texts(1, 2_000)).await;
        // Another shop, with a word of ours in every text.
        let other = NewWorkspace { name: "Other".to_owned(), brand: "Oak".to_owned(), time_zone: "UTC".to_owned() };
        let other = world.engine.workspace_create(Actor::System, other, None).await.unwrap().id;
        let inbox = world.engine.simulator_provide(other).await.unwrap();
        let customer = world.engine.new_id();
        let theirs = world.engine.new_id();
        world.engine.store().workspace(other).write(move |tx| {
            store::customer::resolve(tx, AVA, "phone", "", customer, NOON)?;
            let new = store::conversation::NewConversation {
                id: theirs, inbox: inbox.id, customer, address: AVA.to_owned(),
                status: domain::conversation::Status::Open, at: NOON,
            };
            store::conversation::insert(tx, &new)
        }).await.unwrap();
        let strange: Vec<String> = texts(2, 300).into_iter().map(|text| format!("{text} kettle")).collect();
        let their_rows = import(&world, other, theirs, 1, &strange).await;

        let mut told = Vec::new();
        world.engine.search_reindex(world.ws, |progress| told.push(progress)).await.unwrap();
        assert_eq!(told.last().map(|last| (last.done, last.total)), Some((2_001, 2_001)));
        world.engine.search_reindex(other, |_| {}).await.unwrap();

        for asked in QUESTIONS {
            assert_eq!(found(&world, world.ws, asked).await, read_all(&rows, asked), "{asked}");
            assert_eq!(found(&world, other, asked).await, read_all(&their_rows, asked), "{asked} of the other");
        }
        let common = ["blue ", "\"blue dress\"", "ket", "cafe ", "5550100", "1001"];
        assert!(common.iter().all(|asked| !read_all(&rows, asked).is_empty()), "the questions are worth asking");
        // Indexing again changes nothing.
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        assert_eq!(found(&world, world.ws, "kettle ").await, read_all(&rows, "kettle "));
    }

    async fn what_lies_behind_the_latest_is_found_too(world) {
        world.types(AVA, "hello").await;
        let conversation = world.list(View::Open).await[0].id;
        let mut bodies = texts(5, 6_000);
        for body in bodies.iter_mut().skip(4_800).step_by(90) {
            body.push_str(" zebra zests");
        }
        let rows = import(&world, world.ws, conversation, 2, &bodies).await;
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        let words: Vec<Vec<String>> = rows.iter().map(|row| tokens(&row.body)).collect();
        // Rare or common, whole or begun, alone or beside each other.
        for asked in ["zebra ", "zeb", "ket", "upon ket", "kettle zes", "the zeb", "\"once upon\" kett", "blue zebra ", "zebra th"] {
            let expected = read_these(&rows, &words, asked);
            assert!(expected.len() > 1, "{asked} is worth asking");
            assert_eq!(found(&world, world.ws, asked).await, expected, "{asked}");
            let (mut paged, mut cursor) = (Vec::new(), None);
            while paged.len() < expected.len().min(400) {
                let page = world.engine.search(world.ws, asked, cursor, 50).await.unwrap();
                paged.extend(page.messages.into_iter().map(|hit| hit.message));
                cursor = page.next;
                if cursor.is_none() { break; }
            }
            assert_eq!(paged, expected[..paged.len()], "{asked} by pages");
        }
    }

    async fn pages_follow_each_other_without_gap_or_repeat(world) {
        world.types(AVA, "hello").await;
        let conversation = world.list(View::Open).await[0].id;
        let rows = import(&world, world.ws, conversation, 2, &texts(3, 400)).await;
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let page = world.engine.search(world.ws, "the ", cursor, 7).await.unwrap();
            assert!(page.messages.len() <= 7);
            all.extend(page.messages.into_iter().map(|hit| hit.message));
            cursor = page.next;
            if cursor.is_none() { break; }
        }
        assert_eq!(all, read_all(&rows, "the "));
        assert!(all.len() > 14);
    }

    async fn whatever_is_typed_is_a_question(world) {
        world.types(AVA, "the kettle AND the OR \"quoted\" it's 100%").await;
        world.engine.search_index(world.ws).await.unwrap();
        let long = "x".repeat(10_000);
        let many = "kettle \" ' ) ".repeat(1_000);
        for hostile in [
            "\"", "'", "''", "\"\"\"", "kettle\"", "' or 1=1 --", "(", ")", "kettle)", "*", "ket*", "^kettle", "NEAR(a b)",
            "kettle AND", "OR OR", "NOT", "-kettle", "words:kettle", "kettle:*", "a & b | !c", "<->", "\\", "\\'", "\0",
            "kettle\0", "%", "_", "!!!", "  ", "", "👍", "{a}", "$1", ";", &long, &many,
        ] {
            let hits = world.engine.search(world.ws, hostile, None, 10).await;
            assert!(hits.is_ok(), "{hostile:.40}: {hits:?}");
        }
        assert_eq!(found(&world, world.ws, "AND ").await.len(), 1);
        assert_eq!(found(&world, world.ws, "NOT ").await.len(), 0);
        assert_eq!(found(&world, world.ws, "-kettle ").await.len(), 1, "a sign is no operator");
    }

    async fn what_is_said_is_found_and_what_is_gone_is_not(world) {
        world.types(AVA, "my kettle leaks").await;
        assert!(found(&world, world.ws, "kettle ").await.is_empty(), "indexed after the road, never on it");
        world.engine.search_index(world.ws).await.unwrap();
        let id = world.list(View::Open).await[0].id;
        world.answers(id, "Sorry about the kettle, Ava").await.unwrap();
        assert!(!world.engine.search_index_round(world.ws).await.unwrap());
        assert!(!world.engine.search_index_round(world.ws).await.unwrap(), "nothing is left");
        let hits = world.engine.search(world.ws, "kettle", None, 10).await.unwrap().messages;
        let seen: Vec<(&str, i64)> = hits.iter().map(|hit| (hit.kind.as_str(), hit.seq)).collect();
        assert_eq!(seen, [("outbound", 2), ("inbound", 1)]);
        let marked: Vec<&str> = hits[1].snippet.iter().filter(|piece| piece.found).map(|piece| piece.text.as_str()).collect();
        assert_eq!((marked, hits[1].address.as_str()), (vec!["kettle"], AVA));

        let forgotten = hits[1].message;
        let count = world.engine.store().workspace(world.ws)
            .write(move |tx| store::search::forget(tx, &[forgotten])).await.unwrap();
        assert_eq!((count, found(&world, world.ws, "kettle ").await.len()), (1, 1));
        // With its inbox and account, a conversation goes, and what was said in it.
        let account = world.account;
        world.engine.store().workspace(world.ws).write(move |tx| store::account::delete(tx, account)).await.unwrap();
        assert!(found(&world, world.ws, "kettle ").await.is_empty());
        if world.engine.store().engine() == store::Engine::Sqlite {
            let left = world.engine.store().server().read(|tx| tx.query_one(&LEFT, &[])?.get::<i64>(0)).await.unwrap();
            assert_eq!(left, 0, "words stay behind");
        }
    }

    async fn customers_are_found_by_name_and_number(world) {
        let to = engine::reply::Destination::Address {
            inbox: world.inbox, to: domain::address::Address::parse("+14155550177"), name: Some("Bo Larsen".to_owned()),
        };
        world.engine.text_accept(world.ws, to, world.text("Your chair is ready")).await.unwrap();
        for asked in ["larsen", "Bo", "415 555 0177", "5550177"] {
            let hits = world.engine.search(world.ws, asked, None, 10).await.unwrap();
            assert_eq!(hits.customers.len(), 1, "{asked}");
        }
        for asked in ["kettle", "arsen", "larsen kettle", "0188", "41"] {
            let hits = world.engine.search(world.ws, asked, None, 10).await.unwrap();
            assert!(hits.customers.is_empty(), "{asked}");
        }
        for asked in ["415", "+1 415", "0177", "lar b", "BÓ lars"] {
            assert_eq!(world.engine.search(world.ws, asked, None, 10).await.unwrap().customers.len(), 1, "{asked}");
        }
        // A new name is found at once, and the old one no longer.
        let id = world.engine.search(world.ws, "larsen", None, 10).await.unwrap().customers[0].id;
        assert!(world.engine.customer_update(world.ws, Actor::System, id, Some("Bo Møller".to_owned()), None).await.unwrap());
        assert_eq!(world.engine.search(world.ws, "moll", None, 10).await.unwrap().customers.len(), 1);
        assert!(world.engine.search(world.ws, "larsen", None, 10).await.unwrap().customers.is_empty());
    }

    async fn the_latest_of_many_namesakes_are_found_and_a_pair_of_names_is_never_missed(world) {
        let (ws, workspace) = (world.ws, world.engine.store().workspace(world.ws));
        let fresh: Vec<domain::id::CustomerId> = (0..3_000).map(|_| world.engine.new_id()).collect();
        let made = fresh.clone();
        workspace.write(move |tx| {
            for (n, id) in (0_i64..).zip(&made) {
                // Long ago, one Kim had the name of every tenth of those who are no Kim.
                let name = match n { 5 => "Kim Frost", n if n % 2 == 0 => "Kim Lake", n if n % 10 == 1 => "Jo Frost", _ => "Jo Hill" };
                store::customer::resolve(tx, &format!("+1646555{n:04}"), "phone", name, *id, NOON + n)?;
            }
            Ok::<_, store::DbError>(())
        }).await.unwrap();
        let search = async |asked: &str| -> Vec<domain::id::CustomerId> {
            let hits = world.engine.search(ws, asked, None, 10).await.unwrap();
            hits.customers.into_iter().map(|row| row.id).collect()
        };
        assert_eq!(search("kim").await[..2], [fresh[2_998], fresh[2_996]]);
        assert_eq!(search("kim").await.len(), 10);
        assert_eq!(search("frost kim").await, [fresh[5]]);
        assert_eq!(search("646-555-2999").await, [fresh[2_999]]);
        assert_eq!(search("2999").await, [fresh[2_999]]);
    }

    async fn a_wish_made_while_all_is_looked_at_is_not_lost(world) {
        world.types(AVA, "hello").await;
        let workspace = world.engine.store().workspace(world.ws);
        workspace.write(store::search::wish_anew).await.unwrap();
        let begun = workspace.read(|tx| store::event::follower(tx, store::search::FOLLOWER)).await.unwrap();
        workspace.write(store::search::wish_anew).await.unwrap();
        let moved = workspace.write(move |tx| store::event::follower_move(tx, store::search::FOLLOWER, begun, 1)).await;
        assert!(!moved.unwrap(), "the second wish is still to be met");
        world.engine.search_index(world.ws).await.unwrap();
        assert_eq!(found(&world, world.ws, "hello ").await.len(), 1);
        let last = world.engine.events_last(world.ws).await.unwrap();
        assert_eq!(workspace.read(|tx| store::event::follower(tx, store::search::FOLLOWER)).await.unwrap(), last);
    }

    async fn names_that_came_in_bulk_are_found_when_they_are_indexed(world) {
        let id = world.engine.new_id();
        let at = NOON;
        world.engine.store().workspace(world.ws).write(move |tx| {
            store::customer::resolve(tx, "+14155550178", "phone", "Noor Visser", id, at)?;
            tx.exec(&NAMES_LOST, &[])
        }).await.unwrap();
        assert!(world.engine.search(world.ws, "visser", None, 10).await.unwrap().customers.is_empty());
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        assert_eq!(world.engine.search(world.ws, "visser", None, 10).await.unwrap().customers.len(), 1);
    }

    async fn the_index_goes_on_where_it_ended_and_makes_up_for_a_forgotten_log(world) {
        world.types(AVA, "first").await;
        world.engine.search_index(world.ws).await.unwrap();
        world.types(AVA, "second").await;
        world.types(AVA, "third").await;
        let (ws, last) = (world.ws, world.engine.events_last(world.ws).await.unwrap());
        world.engine.store().workspace(ws)
            .write(move |tx| store::event::forget(tx, last - 1, i64::MAX)).await.unwrap();
        world.engine.search_index(world.ws).await.unwrap();
        for word in ["first ", "second ", "third "] {
            assert_eq!(found(&world, world.ws, word).await.len(), 1, "{word}");
        }
    }
}

/// A word that begins like no other, so that an index cannot shorten it by much.
fn rare(shop: &str, n: usize) -> String {
    hex::encode(engine::crypto::digest(&format!("{shop}{n}")))[..20].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_of_what_was_deleted_are_in_no_file() {
    let world = World::new(store::Engine::Sqlite).await;
    let new = NewWorkspace { name: "Other".to_owned(), brand: "Oak".to_owned(), time_zone: "UTC".to_owned() };
    let other = world.engine.workspace_create(Actor::System, new, None).await.unwrap().id;
    world.engine.simulator_provide(other).await.unwrap();
    let theirs = world.engine.store().workspace(other);
    let inbox = theirs.read(store::inbox::list).await.unwrap()[0].id;
    let (customer, thread) = (world.engine.new_id(), world.engine.new_id());
    theirs
        .write(move |tx| {
            store::customer::resolve(tx, AVA, "phone", "", customer, NOON)?;
            let status = domain::conversation::Status::Open;
            let new = store::conversation::NewConversation {
                id: thread,
                inbox,
                customer,
                address: AVA.to_owned(),
                status,
                at: NOON,
            };
            store::conversation::insert(tx, &new)
        })
        .await
        .unwrap();
    world.types(AVA, "hello").await;
    let kept = world.list(View::Open).await[0].id;
    // Several rounds, so that the index is spread over segments and merged.
    for round in 0..20 {
        let bodies = |shop: &str| (round * 50..round * 50 + 50).map(|n| rare(shop, n)).collect::<Vec<_>>();
        let seq = 2 + i64::try_from(round).unwrap() * 50;
        import(&world, world.ws, kept, seq, &bodies("kept")).await;
        import(&world, other, thread, seq, &bodies("gone")).await;
        world.engine.search_reindex(world.ws, |_| {}).await.unwrap();
        world.engine.search_reindex(other, |_| {}).await.unwrap();
    }
    assert_eq!(found(&world, other, &rare("gone", 777)).await.len(), 1);
    let messages = theirs.read(move |tx| store::message::after(tx, thread, 0, 400)).await.unwrap();
    let some: Vec<MessageId> = messages.iter().map(|row| row.id).collect();
    theirs.write(move |tx| store::search::forget(tx, &some)).await.unwrap();
    assert!(world.engine.workspace_delete(other).await.unwrap());
    for n in [0, 399, 400, 999] {
        assert_eq!(found(&world, world.ws, &rare("kept", n)).await.len(), 1, "{n}");
    }
    world.engine.store().clone().close().await;

    // Closing wrote the log back into the file and removed it.
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(world.data_dir().unwrap()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    // Neighbours in an index share their first letters; the rest is there in full.
    let ends = |shop: &str| (0..1_000).map(|n| rare(shop, n)[8..].to_owned()).collect::<Vec<_>>();
    let windows: std::collections::HashSet<&[u8]> = bytes.windows(12).collect();
    let left = |shop| ends(shop).into_iter().filter(|end| windows.contains(end.as_bytes())).count();
    assert_eq!(left("kept"), 1_000, "the search must see what is there");
    assert_eq!(left("gone"), 0, "deleted words are still in a file");
}

static LEFT: store::Sql = store::Sql::new("LEFT", "select count(*) from message_words_docsize", store::Scope::Server);

static NAMES_LOST: store::Sql =
    store::Sql::new("NAMES_LOST", "delete from customer_words where ws = $1", store::Scope::Tenant);
