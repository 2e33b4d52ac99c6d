//! Who is erased is gone to the last byte, is not texted, and the evidence holds.

use crate::on_both;
use domain::address::Address;
use domain::consent::{Action, Channel, Method, Permits, Proof};
use domain::evidence::pack::Item;
use domain::id::{CustomerId, Id, MemberId, WorkspaceId};
use domain::message::{Purpose, State};
use domain::zones::{Place, PlaceKind};
use engine::audit::Actor;
use engine::consent::NewConsent;
use engine::erasure::{Counts, ErasureError};
use engine::evidence::{Signer, Verification, pack_open, verify_pack};
use engine::idempotency::{Keep, Rendered, Ticket};
use engine::reply::Author;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use store::conversation::View;
use store::media::MediaRow;
use store::{Faults, Scope, Sql};
use testkit::world::{World, agreement};
use uuid::Uuid;

const ADA: &str = "+12125550101";
const BEA: &str = "+12125550102";

/// What is planted of Ada, each in its place.
const PLANTED: [&str; 15] = [
    "Zephyrine",     // her name
    "Quillshire",    // where she lives
    "quibblenote",   // notes about her
    "wombatinbound", // what she wrote
    "wombatbelow",   // what we wrote
    "sotto-voce-9",  // a private note
    "draftling77",   // a draft
    "pixelpayload",  // a picture
    "mediaplace42",  // where the picture lay
    "phonewords31",  // what her phone shows
    "Birkenstock88", // what she bought
    "1Z999TRACK",    // where the parcel is
    "keptanswer55",  // an answer kept for a repeat
    "198.51.100.77", // from where she agreed
    "2125550101",    // her number
];

macro_rules! statements {
    ($($name:ident: $text:literal;)*) => {
        $(static $name: Sql = Sql { cold: None, name: stringify!($name), scope: Scope::Server, text: $text };)*
    };
}

statements! {
    ORDER: "insert into orders (ws, id, customer_id, number, status, total_minor, currency, items, tracking, placed_at)
        select ws, id, id, '#1042', 'shipped', 4200, 'USD', '[{\"title\":\"Birkenstock88\",\"quantity\":1}]', '1Z999TRACK', 5
        from customers where name like '%Zephyrine%'";
    TABLES: "select tablename::text from pg_tables where schemaname = 'public' order by tablename";
}

async fn customer(world: &World, number: &str) -> CustomerId {
    world.engine.customer_by_address(world.ws, Address::parse(number)).await.unwrap().unwrap()
}

/// Ada and Bea with everything the shop can know of a customer.
async fn lived(world: &World) {
    for number in [ADA, BEA] {
        let mut grant = agreement(number, None);
        grant.evidence = json!({ "ip": if number == ADA { "198.51.100.77" } else { "203.0.113.9" } });
        world.types(number, if number == ADA { "a wombatinbound question" } else { "hello" }).await;
        world.clock.advance(10);
        world.engine.consent_record(world.ws, Actor::Cli, grant).await.unwrap();
        world
            .sends(
                number,
                if number == ADA { "our wombatbelow answer phonewords31" } else { "our answer" },
                Purpose::Transactional,
            )
            .await
            .unwrap();
        world.settle().await;
        world.clock.advance(10);
    }
    let ada = customer(world, ADA).await;
    let (name, notes) = (Some("Zephyrine Quill".to_owned()), Some("a quibblenote".to_owned()));
    assert!(world.engine.customer_update(world.ws, Actor::Cli, ada, name, notes).await.unwrap());
    let talk = world.list(View::All).await.into_iter().find(|row| row.customer_id == ada).unwrap();
    let note = world.engine.new_id();
    let said = "sotto-voce-9".to_owned();
    world.engine.conversation_note(world.ws, talk.id, Author::SYSTEM, note, said, Keep::NOTHING).await.unwrap();
    let member = MemberId::new(Uuid::from_u128(77));
    world.engine.draft_put(world.ws, talk.id, member, "a draftling77".to_owned(), 1).await.unwrap();
    let picture = MediaRow {
        id: world.engine.new_id(),
        message: Some(note),
        content_type: "image/png".to_owned(),
        bytes: 12,
        width: None,
        height: None,
        source_url: Some("https://media.example/mediaplace42".to_owned()),
    };
    let store = world.engine.store().workspace(world.ws);
    store.write(move |tx| store::media::insert(tx, &picture, 0, Some(b"pixelpayload".to_vec()), 5)).await.unwrap();
    assert_eq!(world.engine.store().server().write(|tx| tx.exec(&ORDER, &[])).await.unwrap(), 1);
    let ticket = Ticket {
        ws: world.ws,
        caller: "key".to_owned(),
        operation: "message_create".to_owned(),
        key: "1".to_owned(),
        request_hash: [1; 32],
    };
    let keep = Keep::of(Some(ticket), move |(): &()| Rendered {
        status: 201,
        body: json!({ "conversation_id": talk.id.to_string(), "body": "keptanswer55" }).to_string(),
    });
    store.write(move |tx| keep.keep(tx, &(), testkit::world::NOON)).await.unwrap();
    world.engine.search_index(world.ws).await.unwrap();
    let wish = world.engine.pack_wish(world.ws, Actor::Cli, Address::parse(ADA), Keep::NOTHING).await.unwrap();
    store.write(move |tx| store::evidence_pack::part(tx, wish.id, 0, b"pixelpayload".to_vec())).await.unwrap();
    let home = Place {
        kind: PlaceKind::Shipping,
        country: "GB".to_owned(),
        region: "Quillshire".to_owned(),
        postal_code: String::new(),
        time_zone: String::new(),
    };
    world.engine.customer_place_set(world.ws, Actor::Cli, ada, home, None).await.unwrap();
    // A second text waits for its hour.
    world.sends(ADA, "wombatbelow again", Purpose::Transactional).await.unwrap();
}

async fn erase(world: &World, number: &str) -> Uuid {
    let id = customer(world, number).await;
    let wish = world.engine.erasure_wish(world.ws, Actor::Cli, id).await.unwrap();
    assert!(world.engine.erasures_take_up(world.ws).await.unwrap());
    let done = world.engine.erasure_get(world.ws, wish.id).await.unwrap().unwrap();
    assert!(done.state == "done" && done.finished_at.is_some(), "{done:?}");
    Id::uuid(wish.audit)
}

async fn verify(world: &World) -> Verification {
    world.engine.evidence_verify(world.ws, Vec::new(), &[]).await.unwrap()
}

/// What of the planted words is in the database: its files, byte by byte, or its rows as text.
async fn remains(world: World) -> (World, Vec<String>) {
    let mut all = Vec::new();
    let world = match world.data_dir() {
        Some(dir) => {
            // Closed, so that the log has been put away.
            let world = world.reborn(Faults::default()).await;
            for file in ["hark.db", "hark.db-wal"] {
                all.extend(std::fs::read(dir.join(file)).unwrap_or_default());
            }
            world
        }
        None => {
            let server = world.engine.store().server();
            for row in server.read(|tx| tx.query(&TABLES, &[])).await.unwrap() {
                let table: String = row.get(0).unwrap();
                let text = format!("select convert_to(t::text, 'UTF8') from \"{table}\" t");
                let sql: &'static Sql = Box::leak(Box::new(Sql::new("ROWS", text.leak(), Scope::Server)));
                for row in server.read(move |tx| tx.query(sql, &[])).await.unwrap() {
                    all.extend(row.get::<Vec<u8>>(0).unwrap());
                    all.push(b'\n');
                }
            }
            world
        }
    };
    let lower = all.to_ascii_lowercase();
    let hidden = |word: &&str| {
        let (plain, word) = (word.to_ascii_lowercase(), word.as_bytes());
        let hex = hex(word);
        [plain.as_bytes(), hex.as_bytes()].iter().any(|part| lower.windows(part.len()).any(|seen| seen == *part))
    };
    let found = PLANTED.iter().filter(|word| hidden(word)).map(|word| (*word).to_owned()).collect();
    (world, found)
}

/// PostgreSQL shows bytes in hexadecimal.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

on_both! {
    async fn nothing_of_a_person_is_left_and_the_evidence_holds(world) {
        lived(&world).await;
        let ada = customer(&world, ADA).await;
        let there = world.engine.erasure_preview(world.ws, ada).await.unwrap().unwrap();
        let wanted = Counts {
            conversations: 1, texts: 3, notes: 1, media: 0, drafts: 1, orders: 1, waiting: there.waiting, consents: 1,
        };
        assert_eq!(there, wanted);
        assert_eq!(verify(&world).await.problems, []);
        let (world, before) = remains(world).await;
        assert_eq!(before, PLANTED, "the test is of no use where they never were");

        erase(&world, ADA).await;
        let found = verify(&world).await;
        assert_eq!(found.problems, []);
        assert_eq!(found.erased.len(), 1, "{found:?}");
        let deed = &found.erased[0];
        assert_eq!((deed.actor_kind.as_str(), deed.subject.as_str()), ("cli", ada.to_string().as_str()));
        assert!(deed.rows == 2 && found.erased_otherwise == 0, "{found:?}");
        let (world, after) = remains(world).await;
        assert_eq!(after, Vec::<String>::new());

        // Nobody else lost anything.
        let bea = customer(&world, BEA).await;
        let talk = world.list(View::All).await;
        assert!(talk.len() == 1 && talk[0].customer_id == bea, "{talk:?}");
        assert_eq!(world.thread(talk[0].id).await.len(), 2);
        let (standing, out) = world.engine.consent_standing(world.ws, BEA.to_owned()).await.unwrap();
        assert!(standing.len() == 1 && out.is_none());
        let again = world.engine.erasure_wish(world.ws, Actor::Cli, ada).await;
        assert!(matches!(again, Err(ErasureError::NotFound)), "{again:?}");
    }

    async fn an_erased_number_is_not_texted_until_its_owner_returns(world) {
        lived(&world).await;
        erase(&world, ADA).await;
        world.clock.advance(1_000);
        let to = engine::reply::Destination::Address { inbox: world.inbox, to: Address::parse(ADA), name: None };
        let seen = world.engine.text_preview(world.ws, to, world.text("may I?")).await.unwrap();
        assert_eq!(seen.code, "opted_out");
        let refused = world.sends(ADA, "buy", Purpose::Transactional).await.unwrap();
        assert_eq!((refused.message.state, refused.message.reason_code.as_deref()), (State::Refused, Some("opted_out")));
        // Nor after somebody types the number in by hand, or writes down a consent.
        world.engine.consent_record(world.ws, Actor::Cli, agreement(ADA, None)).await.unwrap();
        for purpose in [Purpose::Transactional, Purpose::Marketing] {
            let refused = world.sends(ADA, "buy", purpose).await.unwrap();
            assert_eq!(refused.message.state, State::Refused, "{purpose:?}");
        }
        world.settle().await;
        assert_eq!(world.phone(ADA).await, Vec::<String>::new());
        assert_eq!(verify(&world).await.problems, []);

        // What they write themselves is answered by a person, and START brings them back.
        world.clock.advance(1_000);
        world.types(ADA, "where is my order?").await;
        let refused = world.sends(ADA, "sale", Purpose::Transactional).await.unwrap();
        assert_eq!(refused.message.state, State::Refused);
        world.clock.advance(1_000);
        world.types(ADA, "START").await;
        world.settle().await;
        let sent = world.sends(ADA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_ne!(sent.message.state, State::Refused);
        world.settle().await;
        assert!(world.phone(ADA).await.iter().any(|text| text.contains("your parcel left")));
        assert_eq!(verify(&world).await.problems, []);
    }

    async fn whoever_writes_first_after_an_erasure_is_still_opted_out(world) {
        lived(&world).await;
        erase(&world, ADA).await;
        world.clock.advance(1_000);
        world.types(ADA, "START").await;
        world.settle().await;
        let sent = world.sends(ADA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_ne!(sent.message.state, State::Refused, "START is the first they say, and counts");
        erase(&world, ADA).await;
        world.clock.advance(1_000);
        world.types(ADA, "hi").await;
        let sent = world.sends(ADA, "your parcel left", Purpose::Transactional).await.unwrap();
        assert_eq!(sent.message.state, State::Refused);
        assert_eq!(verify(&world).await.problems, []);
    }

    async fn evidence_of_consent_outlives_the_person_sealed(world) {
        lived(&world).await;
        let ada = customer(&world, ADA).await;
        erase(&world, ADA).await;
        // Long enough for the pack of before to have ended.
        world.clock.advance(31_000);
        let signer = Signer::from_seed(&[7; 32]).unwrap();
        let wish = world.engine.pack_wish(world.ws, Actor::Cli, Address::parse(ADA), Keep::NOTHING).await.unwrap();
        let bytes = world.engine.pack_bytes(world.ws, &wish, &signer, &mut |_, _| {}).await.unwrap();
        let report = verify_pack(&bytes, &[signer.public_key()], &[]).unwrap();
        assert!(report.findings.is_empty(), "{report:?}");
        let files = pack_open(&bytes).unwrap();
        let file = files.iter().find(|file| file.name == "evidence.json").unwrap();
        let items: Vec<Item> = serde_json::from_slice(&file.content).unwrap();
        let consents: Vec<_> = items.iter().filter_map(|item| match item {
            Item::Consent(entry) => Some(entry),
            _ => None,
        }).collect();
        assert_eq!(consents.len(), 1);
        assert!(consents[0].evidence.contains("198.51.100.77") && consents[0].way.is_some(), "{consents:?}");
        assert_eq!(consents[0].customer.as_deref(), Some(ada.to_string().as_str()));
        assert!(items.iter().any(|item| matches!(item, Item::OptOut(out) if out.source == "erasure")));
        assert!(items.iter().any(|item| matches!(item, Item::Disclosure(_))));
        assert!(items.iter().any(|item| matches!(item, Item::Audit(entry) if entry.action == "customer.erase")));
        assert!(!items.iter().any(|item| matches!(item, Item::Message(_) | Item::Decision(_))));
    }

    async fn a_kept_answer_is_emptied_and_its_deed_not_done_again(world) {
        lived(&world).await;
        erase(&world, ADA).await;
        let ticket = Ticket {
            ws: world.ws,
            caller: "key".to_owned(),
            operation: "message_create".to_owned(),
            key: "1".to_owned(),
            request_hash: [1; 32],
        };
        let kept = world.engine.idempotency_find(&ticket).await.unwrap().unwrap();
        assert_eq!((kept.status, kept.body.as_str()), (410, engine::erasure::ANSWER_BODY));
    }

    async fn somebody_who_took_rows_out_is_not_covered_by_an_erasure(world) {
        statements! { GONE: "delete from consents"; }
        lived(&world).await;
        erase(&world, ADA).await;
        world.engine.store().server().write(|tx| tx.exec(&GONE, &[])).await.unwrap();
        let found = verify(&world).await;
        assert_eq!(found.count, 2, "the entry, and how consent stands without it: {found:?}");
    }
}

/// Asks for the erasure, and lets the process die at a point of it.
async fn dies_at(world: World, id: CustomerId, point: i64) -> (World, bool) {
    let ws = world.ws;
    let faults = Faults { crash_at: Some(Arc::new(AtomicI64::new(point))), ..Faults::default() };
    let world = world.reborn(faults).await;
    let died = match world.engine.erasure_wish(ws, Actor::Cli, id).await {
        Err(_) => true,
        Ok(_) => world.engine.erasures_take_up(ws).await.is_err(),
    };
    (world.reborn(Faults::default()).await, died)
}

on_both! {
    async fn an_erasure_that_is_broken_off_anywhere_is_gone_on_with(world) {
        let mut world = world;
        let mut point = 3;
        loop {
            lived_briefly(&world).await;
            let id = customer(&world, ADA).await;
            let died;
            (world, died) = dies_at(world, id, point).await;
            // Its lease runs out, and whoever looks next goes on.
            world.clock.advance(31_000);
            world.engine.jobs_round(world.ws).await.unwrap();
            if let Some(left) = world.engine.customer_by_address(world.ws, Address::parse(ADA)).await.unwrap() {
                assert!(died, "it said that it was done");
                // It died before the wish was kept: asked again.
                assert_eq!(left, id);
                assert!(open(&world, world.ws).await.is_empty(), "died at {point}, and nobody goes on");
                erase(&world, ADA).await;
            }
            assert_eq!(verify(&world).await.problems, [], "died at {point}");
            assert!(open(&world, world.ws).await.is_empty());
            if !died {
                break;
            }
            point += 7;
        }
        assert!(point > 20, "it ended after {point} statements");
    }
}

async fn open(world: &World, ws: WorkspaceId) -> Vec<store::erasure::ErasureRow> {
    world.engine.store().workspace(ws).read(|tx| store::erasure::open(tx, 9)).await.unwrap()
}

/// A few rows of Ada's, as often as asked for.
async fn lived_briefly(world: &World) {
    let resume = NewConsent {
        address: Address::parse(ADA),
        channel: Channel::Sms,
        permits: Permits::All,
        topic: String::new(),
        action: Action::Resume,
        proof: Proof::Express,
        method: Method::WebForm,
        disclosure: None,
        evidence: json!({}),
        occurred_at: None,
    };
    world.clock.advance(1_000);
    // Whether there was anything to resume differs between the first time and the others.
    let _ = world.engine.consent_record(world.ws, Actor::Cli, resume).await;
    world.clock.advance(1_000);
    world.types(ADA, "hello again").await;
    world.sends(ADA, "hello to you", Purpose::Transactional).await.unwrap();
    world.settle().await;
}

/// Two nodes share PostgreSQL alone; the embedded database has one, which may be asked twice.
async fn second_node(world: &World) -> engine::Engine {
    match world.data_dir() {
        Some(_) => world.engine.clone(),
        None => world.neighbour().await,
    }
}

on_both! {
    async fn two_at_once_are_one_erasure(world) {
        lived(&world).await;
        let id = customer(&world, ADA).await;
        let first = world.engine.erasure_wish(world.ws, Actor::Cli, id).await.unwrap();
        let second = world.engine.erasure_wish(world.ws, Actor::System, id).await.unwrap();
        assert_eq!(first, second);
        let other = second_node(&world).await;
        let (one, two) = tokio::join!(world.engine.erasures_take_up(world.ws), other.erasures_take_up(world.ws));
        let did = [&one, &two].iter().filter(|done| matches!(done, Ok(true))).count();
        assert!(did == 1, "{one:?} {two:?}");
        assert_eq!(verify(&world).await.problems, []);
        assert_eq!(world.engine.customer_by_address(world.ws, Address::parse(ADA)).await.unwrap(), None);
        if world.data_dir().is_none() {
            other.store().clone().close().await;
        }
    }

    async fn everything_about_a_customer_is_in_one_file(world) {
        lived(&world).await;
        world.clock.advance(31_000);
        let wish = world.engine.access_wish(world.ws, Actor::Cli, customer(&world, ADA).await).await.unwrap();
        let made = world.engine.pack_make(world.ws, wish.id).await.unwrap();
        assert!(made.state == "ready" && made.kind == "access", "{made:?}");
        let mut bytes = Vec::new();
        let mut no = 0;
        while let Some(part) = world.engine.pack_part(world.ws, wish.id, no).await.unwrap() {
            bytes.extend(part);
            no += 1;
        }
        let files = pack_open(&bytes).unwrap();
        let text = |name: &str| {
            let file = files.iter().find(|file| file.name == name).unwrap();
            String::from_utf8(file.content.clone()).unwrap()
        };
        let (person, messages, consents) = (text("person.json"), text("messages.csv"), text("consents.csv"));
        for word in ["Zephyrine", "Quillshire", "quibblenote", "wombatinbound", "wombatbelow", "sotto-voce-9", "Birkenstock88", ADA] {
            assert!(person.contains(word), "person.json lacks {word}");
        }
        assert_eq!(messages.lines().count(), 5, "a heading, three texts, a note: {messages}");
        assert!(consents.contains("198.51.100.77") && consents.contains("I agree to get marketing texts"), "{consents}");
        assert!(text("orders.csv").contains("1Z999TRACK"));
        assert!(![person, messages, consents].iter().any(|text| text.contains(BEA)), "it tells of somebody else");
        // It goes with its customer.
        erase(&world, ADA).await;
        assert_eq!(world.engine.pack_get(world.ws, wish.id).await.unwrap(), None);
    }
}
