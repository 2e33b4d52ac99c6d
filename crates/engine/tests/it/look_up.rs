//! What a provider knows better than we do: lost answers and customers' pictures.

use crate::on_both;
use channels::channel::{InboundMedia, InboundText};
use domain::address::Address;
use domain::id::{AccountId, ConversationId, MessageId};
use domain::message::State;
use engine::accounts::InboxChange;
use engine::idempotency::Keep;
use engine::reply::Author;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::conversation::View;
use testkit::world::{NOON, World};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const AVA: &str = "+12125550101";
const OURS: &str = "+18885550100";
const SID: &str = "AC00000000000000000000000000000001";

/// A provider that takes every text and answers none of the submits.
#[derive(Default)]
pub(crate) struct Provider {
    /// Recipient and body of each submit.
    taken: Vec<(String, String)>,
    /// Whether submits are lost on the way instead.
    deaf: bool,
    /// Whether reads are answered with 503.
    down: bool,
    /// Whether answers to reads are kept back for now.
    pub(crate) held: bool,
    /// How often the list or a picture was asked for while it was up.
    asked: usize,
    /// What pictures are: status, type and bytes.
    picture: Option<(u16, &'static str, Vec<u8>)>,
}

pub(crate) type Shared = Arc<Mutex<Provider>>;

pub(crate) async fn provider() -> (Shared, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let shared = Shared::default();
    let served = Arc::clone(&shared);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&served)));
        }
    });
    (shared, url)
}

async fn answer(mut stream: TcpStream, shared: Shared) {
    let mut request = Vec::new();
    let mut piece = [0; 4096];
    let (head, body) = loop {
        let Ok(count) = stream.read(&mut piece).await else { return };
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break (head.to_owned(), body.to_owned());
        }
    };
    {
        let mut provider = shared.lock().unwrap();
        provider.asked += usize::from(head.starts_with("GET") && !provider.down);
    }
    while shared.lock().unwrap().held {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let (status, kind, content) = {
        let mut provider = shared.lock().unwrap();
        if head.starts_with("POST") {
            let form: std::collections::HashMap<String, String> =
                url::form_urlencoded::parse(body.as_bytes()).into_owned().collect();
            if !provider.deaf {
                provider.taken.push((form["To"].clone(), form["Body"].clone()));
            }
            // The connection closes without a word.
            return;
        }
        if provider.down {
            (503, "text/plain", Vec::new())
        } else if head.contains("/Media/") {
            provider.picture.clone().unwrap()
        } else {
            (200, "application/json", list(&provider.taken).to_string().into_bytes())
        }
    };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        content.len()
    );
    let _ = stream.write_all(&[head.into_bytes(), content].concat()).await;
}

fn list(taken: &[(String, String)]) -> Value {
    let messages: Vec<Value> = taken
        .iter()
        .enumerate()
        .map(|(number, (to, body))| {
            json!({
                "sid": format!("SM{number:032}"), "to": to, "from": OURS, "body": body, "status": "delivered",
                "direction": "outbound-api", "num_segments": "1", "error_code": null,
                "date_created": "Tue, 24 Nov 2026 18:00:00 +0000",
            })
        })
        .collect();
    json!({ "messages": messages, "next_page_uri": null })
}

pub(crate) struct Desk {
    pub(crate) account: AccountId,
    pub(crate) conversation: ConversationId,
}

/// A number at the provider, and a customer who has written to it.
pub(crate) async fn desk(world: &World, url: &str, media: Vec<InboundMedia>) -> Desk {
    desk_with(world, url, media, &[]).await
}

/// As [`desk`], with more settings of the account.
pub(crate) async fn desk_with(
    world: &World,
    url: &str,
    media: Vec<InboundMedia>,
    more: &[(&'static str, Value)],
) -> Desk {
    let values = [("account_sid", json!(SID)), ("auth_token", json!("token")), ("api_base_url", json!(url))]
        .into_iter()
        .chain(more.iter().cloned())
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    let account = world
        .engine
        .account_create(world.ws, Author::SYSTEM, "twilio", "Twilio".to_owned(), values, Keep::NOTHING)
        .await
        .unwrap()
        .row
        .id;
    let inbox = world
        .engine
        .inbox_create(world.ws, Author::SYSTEM, account, "Toll-free".to_owned(), OURS, &[], Keep::NOTHING)
        .await
        .unwrap();
    let change = InboxChange { test_numbers: Some(vec![AVA.to_owned()]), ..InboxChange::default() };
    world.engine.inbox_update(world.ws, Author::SYSTEM, inbox.id, change).await.unwrap();
    let facts = world.engine.account_facts(world.ws, account).await.unwrap().unwrap();
    let text = InboundText {
        provider_id: "SMin".to_owned(),
        from: Address::parse(AVA),
        to: Address::parse(OURS),
        body: "hello".to_owned(),
        media,
        at: None,
        took_for: None,
        answered: false,
    };
    world.engine.inbound_receive(world.ws, &facts, text).await.unwrap();
    Desk { account, conversation: world.list(View::Open).await[0].id }
}

/// An answer whose submit nobody answered.
async fn lost(world: &World, desk: &Desk, body: &str) -> MessageId {
    let id = world.answers(desk.conversation, body).await.unwrap().message.id;
    world.settle().await;
    assert_eq!(world.message(id).await.state, State::Ambiguous);
    id
}

async fn round(world: &World) -> usize {
    world.engine.look_up_round(world.ws).await.unwrap()
}

on_both! {
    async fn a_lost_answer_is_found_at_the_provider_and_settled(world) {
        let (provider, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        let id = lost(&world, &desk, " On its way ").await;
        assert_eq!(world.list(View::Failed).await.len(), 1);
        assert_eq!((round(&world).await, provider.lock().unwrap().asked), (0, 0), "a receipt may come by itself");
        world.clock.advance(11_000);
        provider.lock().unwrap().down = true;
        assert_eq!(round(&world).await, 0);
        assert_eq!(world.message(id).await.state, State::Ambiguous, "an outage says nothing");
        provider.lock().unwrap().down = false;
        assert_eq!((round(&world).await, provider.lock().unwrap().asked), (0, 0), "and is not asked at once");
        world.clock.advance(61_000);
        assert_eq!(round(&world).await, 1);
        assert_eq!(world.message(id).await.state, State::Delivered);
        assert_eq!(world.list(View::Failed).await.len(), 0);
        let sid = format!("SM{:032}", 0);
        let found = world.engine.store().workspace(world.ws)
            .read(move |tx| store::attempt::by_provider_ids(tx, desk.account, vec![sid])).await.unwrap();
        assert_eq!(found.iter().map(|row| row.message).collect::<Vec<_>>(), [id]);
        world.settle().await;
        assert_eq!(provider.lock().unwrap().taken.len(), 1, "nothing is sent again");
    }

    async fn what_the_provider_never_had_stays_a_persons_to_judge(world) {
        let (provider, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        provider.lock().unwrap().deaf = true;
        let id = lost(&world, &desk, "On its way").await;
        for step in [11_000, 60_000, 60_000, 10 * 60_000, 4 * 60_000, 60 * 60_000] {
            world.clock.advance(step);
            assert_eq!(round(&world).await, 0);
        }
        assert_eq!(provider.lock().unwrap().asked, 3, "three times over a quarter of an hour");
        assert_eq!(world.message(id).await.state, State::Ambiguous);
        world.settle().await;
        assert!(provider.lock().unwrap().taken.is_empty());
        assert_eq!(world.list(View::Failed).await.len(), 1);
    }

    async fn two_equal_texts_are_not_told_apart_by_guessing(world) {
        let (provider, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        let first = lost(&world, &desk, "On its way").await;
        let second = lost(&world, &desk, "On its way").await;
        world.clock.advance(11_000);
        assert_eq!(round(&world).await, 0);
        assert_eq!(provider.lock().unwrap().asked, 2);
        for id in [first, second] {
            assert_eq!(world.message(id).await.state, State::Ambiguous);
        }
    }

    async fn pictures_come_home_cleaned_or_are_marked(world) {
        let (provider, url) = provider().await;
        let picture = |number: u8| InboundMedia {
            url: format!("{url}/2010-04-01/Accounts/{SID}/Messages/MM0/Media/ME{number}"),
            content_type: "image/png".to_owned(),
        };
        let desk = desk(&world, &url, vec![picture(1)]).await;
        let message = world.thread(desk.conversation).await[0].id;
        let rows = || async {
            let ids = vec![message.uuid()];
            world.engine.store().workspace(world.ws).read(move |tx| store::media::of_messages(tx, ids)).await.unwrap()
        };
        let before = world.engine.events_last(world.ws).await.unwrap();
        provider.lock().unwrap().down = true;
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 1);
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 0, "a provider in trouble is left alone");
        assert_eq!(rows().await[0].bytes, 0);

        provider.lock().unwrap().down = false;
        let mut png = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(7, 5).write_to(&mut png, image::ImageFormat::Png).unwrap();
        provider.lock().unwrap().picture = Some((200, "image/png", png.into_inner()));
        world.clock.advance(10_000);
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 1);
        let row = rows().await.remove(0);
        assert_eq!((row.width, row.height, row.content_type.as_str()), (Some(7), Some(5), "image/png"));
        let kept = world.engine.media_content(world.ws, row.id).await.unwrap().unwrap();
        assert_eq!((kept.0.as_str(), i64::try_from(kept.1.len()).unwrap()), ("image/png", row.bytes));
        let events = world.engine.store().workspace(world.ws)
            .read(move |tx| store::event::since(tx, before, 10)).await.unwrap();
        let told: Vec<_> = events.iter().map(|event| (event.kind.as_str(), event.subject)).collect();
        assert_eq!(told, [("message.changed", Some(message.uuid()))]);
        assert_eq!(world.engine.media_fetch_round(world.ws).await.unwrap(), 0);
    }

    async fn pictures_that_cannot_be_had_are_not_asked_for_for_ever(world) {
        let (provider, url) = provider().await;
        for (number, (kind, status, tries, mark)) in [
            ("image/heic", 200, 1, store::media::UNSUPPORTED),
            ("application/pdf", 200, 1, store::media::UNSUPPORTED),
            ("image/png", 403, 1, store::media::FAILED),
            ("image/png", 500, 4, store::media::FAILED),
        ].into_iter().enumerate() {
            provider.lock().unwrap().picture = Some((status, kind, b"no picture at all".to_vec()));
            let id = world.engine.new_id();
            let url = format!("{url}/2010-04-01/Accounts/{SID}/Messages/MM0/Media/ME{number}");
            if number == 0 {
                desk(&world, &url[..url.find("/2010").unwrap()], Vec::new()).await;
            }
            let message = world.thread(world.list(View::Open).await[0].id).await[0].id;
            let row = store::media::MediaRow {
                id, message: Some(message), content_type: "image/jpeg".to_owned(), bytes: 0, width: None, height: None,
                source_url: Some(url),
            };
            world.engine.store().workspace(world.ws)
                .write(move |tx| store::media::insert(tx, &row, 0, None, NOON)).await.unwrap();
            let mut tried = 0;
            for _ in 0..10 {
                tried += world.engine.media_fetch_round(world.ws).await.unwrap();
                world.clock.advance(11 * 60_000);
            }
            let row = world.engine.store().workspace(world.ws).read(move |tx| store::media::get(tx, id)).await.unwrap();
            assert_eq!((tried, row.unwrap().bytes), (tries, mark), "{kind} {status}");
        }
    }

    async fn two_nodes_never_ask_for_the_same_thing(world) {
        let (provider, url) = provider().await;
        let picture = InboundMedia {
            url: format!("{url}/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"),
            content_type: "image/png".to_owned(),
        };
        let desk = desk(&world, &url, vec![picture]).await;
        lost(&world, &desk, "On its way").await;
        world.clock.advance(11_000);
        let other = testkit::world::engine_on(
            world.engine.store().clone(), Arc::clone(&world.clock), Arc::clone(&world.ids), Arc::clone(&world.carrier),
        );
        let mut png = std::io::Cursor::new(Vec::new());
        image::DynamicImage::new_rgb8(7, 5).write_to(&mut png, image::ImageFormat::Png).unwrap();
        provider.lock().unwrap().picture = Some((200, "image/png", png.into_inner()));

        for kind in ["picture", "look-up"] {
            (provider.lock().unwrap().held, provider.lock().unwrap().asked) = (true, 0);
            let (first, ws) = (world.engine.clone(), world.ws);
            let at_work = tokio::spawn(async move { one(&first, ws, kind).await });
            while provider.lock().unwrap().asked == 0 {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
            assert_eq!(one(&other, world.ws, kind).await, 0, "{kind}");
            // A node that died: after its lease the other one goes on.
            at_work.abort();
            provider.lock().unwrap().held = false;
            world.clock.advance(60_000);
            assert_eq!((one(&other, world.ws, kind).await, provider.lock().unwrap().asked), (0, 1), "{kind}");
            world.clock.advance(15 * 60_000);
            assert_eq!((one(&other, world.ws, kind).await, provider.lock().unwrap().asked), (1, 2), "{kind}");
            assert_eq!((one(&world.engine, world.ws, kind).await, provider.lock().unwrap().asked), (0, 2), "{kind}");
        }
    }

    async fn a_lease_that_ran_out_writes_nothing(world) {
        let (_, url) = provider().await;
        let desk = desk(&world, &url, Vec::new()).await;
        lost(&world, &desk, "On its way").await;
        let message = world.thread(desk.conversation).await[0].id;
        let id: domain::id::MediaId = world.engine.new_id();
        let row = store::media::MediaRow {
            id, message: Some(message), content_type: "image/png".to_owned(), bytes: 0, width: None, height: None,
            source_url: Some(url),
        };
        world.engine.store().workspace(world.ws).write(move |tx| {
            store::media::insert(tx, &row, 0, None, NOON)?;
            let missing = store::media::missing(tx, NOON, 9)?.remove(0);
            assert!(store::media::lease(tx, &missing, NOON, NOON + 10)?);
            assert!(!store::media::lease(tx, &missing, NOON + 9, NOON + 20)?, "it is another's");
            assert!(store::media::lease(tx, &missing, NOON + 10, NOON + 20)?, "its lease ran out");
            assert!(!store::media::tried(tx, id, 0, -1, NOON + 10)?);
            assert!(!store::media::fill(tx, &missing.media, vec![1], NOON + 10)?);
            assert!(store::media::fill(tx, &missing.media, vec![1], NOON + 20)?);

            let lost = store::attempt::ambiguous(tx, NOON + 1, 3, NOON, 9)?.remove(0);
            assert!(store::attempt::look_up_lease(tx, &lost, NOON, NOON + 10)?);
            assert!(!store::attempt::look_up_lease(tx, &lost, NOON, NOON + 20)?);
            store::attempt::looked_up(tx, lost.id, 1, NOON, NOON + 9)?;
            assert!(store::attempt::ambiguous(tx, NOON + 1, 3, NOON, 9)?.is_empty(), "the wrong fence changes nothing");
            store::attempt::looked_up(tx, lost.id, 1, NOON, NOON + 10)?;
            assert_eq!(store::attempt::ambiguous(tx, NOON + 1, 3, NOON, 9)?.remove(0).look_ups, 1);
            Ok::<_, store::DbError>(())
        }).await.unwrap();
    }
}

async fn one(engine: &engine::Engine, ws: domain::id::WorkspaceId, kind: &str) -> usize {
    match kind {
        "picture" => engine.media_fetch_round(ws).await.unwrap(),
        _ => engine.look_up_round(ws).await.unwrap(),
    }
}
