//! The shop as a whole: what must hold for every customer and conversation.

use demo::{Author, DemoItem, DemoMessage, Happening, Size, shop};
use domain::conversation::Status;
use domain::inbound::{Facts, read};
use domain::message::{Kind, Origin, Purpose, State};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Monday 2026-11-23, 15:00 UTC.
const NOW: i64 = 1_795_446_000_000;
const DAY: i64 = 24 * 60 * 60 * 1_000;

fn told(seed: u64, conversations: u32) -> Vec<DemoItem> {
    shop(seed, NOW, Size { conversations }, demo::NAME).collect()
}

fn messages(items: &[DemoItem]) -> impl Iterator<Item = &DemoMessage> {
    items
        .iter()
        .filter_map(|item| match item {
            DemoItem::Conversation(conversation) => Some(&conversation.messages),
            _ => None,
        })
        .flatten()
}

fn hash(items: &[DemoItem]) -> u64 {
    let mut hasher = DefaultHasher::new();
    items.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn the_same_seed_tells_the_same_shop() {
    assert_eq!(hash(&told(7, 300)), hash(&told(7, 300)));
    assert_ne!(hash(&told(7, 300)), hash(&told(8, 300)));
    // A larger shop begins like the smaller one, so that growing it disturbs nothing.
    let (small, large) = (told(7, 200), told(7, 400));
    let common = small.iter().zip(&large).take_while(|(one, other)| one == other).count();
    assert!(common + 40 > small.len(), "{common} of {}", small.len());
}

#[test]
fn it_is_as_large_as_asked() {
    for conversations in [0, 1, 2_000] {
        let items = told(1, conversations);
        let count = items.iter().filter(|item| matches!(item, DemoItem::Conversation(_))).count();
        assert_eq!(count, conversations as usize);
    }
    let mean = messages(&told(1, 2_000)).count() as f64 / 2_000.0;
    assert!((8.0..12.0).contains(&mean), "{mean} messages a conversation");
}

#[test]
fn every_conversation_holds_together() {
    let items = told(3, 2_000);
    let mut opted_out: HashMap<u32, (i64, Option<i64>)> = HashMap::new();
    for item in &items {
        if let DemoItem::OptOut(out) = item {
            opted_out.insert(out.customer, (out.since, out.lifted_at));
        }
    }
    assert!(opted_out.len() > 40, "{} opt-outs", opted_out.len());
    assert!(opted_out.values().any(|(_, lifted_at)| lifted_at.is_some()), "nobody said START");

    let mut customer = None;
    let mut open: HashSet<u32> = HashSet::new();
    let mut ended: HashMap<u32, i64> = HashMap::new();
    for item in &items {
        match item {
            DemoItem::Customer(next) => customer = Some(next.index),
            DemoItem::Order(order) => {
                assert_eq!(Some(order.customer), customer);
                assert!(order.placed_at < NOW && !order.lines.is_empty() && order.total_minor > 0);
            }
            DemoItem::Conversation(conversation) => {
                assert_eq!(Some(conversation.customer), customer);
                let first = conversation.messages.first().expect("never empty");
                let last = conversation.messages.last().expect("never empty");
                assert_eq!(first.at, conversation.started_at);
                assert!(last.at <= NOW, "{conversation:?}");
                let ordered = conversation.messages.windows(2).all(|pair| pair[0].at <= pair[1].at);
                assert!(ordered, "{conversation:#?}");
                if let Some(before) = ended.insert(conversation.customer, last.at) {
                    let gap = conversation.started_at - before;
                    assert!(gap > domain::limits::REOPEN_MS, "would have reopened the last one");
                }
                match conversation.status {
                    Status::Closed => assert!(conversation.closed_at.is_some() && conversation.waiting_since.is_none()),
                    Status::Snoozed => {
                        assert!(conversation.snoozed_until.is_some_and(|until| until > NOW));
                        assert!(open.insert(conversation.customer), "two open ones");
                    }
                    Status::Open => assert!(open.insert(conversation.customer), "two open ones"),
                }
                for message in &conversation.messages {
                    holds_together(message);
                    let out = opted_out.get(&conversation.customer);
                    let silent = out.is_some_and(|(since, lifted_at)| {
                        message.at > *since && lifted_at.is_none_or(|lifted_at| message.at < lifted_at)
                    });
                    assert!(
                        !silent || message.kind != Kind::Outbound || message.origin == Some(Origin::OptOutConfirmation),
                        "texted after the opt-out: {message:?}"
                    );
                }
            }
            DemoItem::Product(_) | DemoItem::OptOut(_) => {}
        }
    }
}

fn holds_together(message: &DemoMessage) {
    let is_outbound = message.kind == Kind::Outbound;
    assert_eq!(message.purpose.is_some(), is_outbound, "{message:?}");
    assert_eq!(message.origin.is_some(), is_outbound, "{message:?}");
    assert_eq!(message.happening.is_some(), message.kind == Kind::Event, "{message:?}");
    assert!(message.state_at >= message.at, "{message:?}");
    let state_fits = match message.kind {
        Kind::Inbound => message.state == State::Received && message.author == Author::Customer,
        Kind::Note | Kind::Event => message.state == State::Noted,
        Kind::Outbound => !matches!(message.state, State::Received | State::Noted | State::Queued | State::HandingOver),
    };
    assert!(state_fits, "{message:?}");
    assert_eq!(message.state == State::Held, message.held_until.is_some(), "{message:?}");
    assert_eq!(message.body.is_empty() && message.media.is_none(), message.kind == Kind::Event, "{message:?}");
    let unfilled = message.body.contains(['{', '}', '[', ']', '|']) || message.body.contains("  ");
    assert!(!unfilled, "{message:?}");
    for sign in message.body.match_indices(['$', '%']) {
        let after = message.body[sign.0 + 1..].chars().next();
        assert!(!after.is_some_and(char::is_alphabetic), "a name nobody knows: {message:?}");
    }
}

#[test]
fn customers_rarely_repeat_each_other() {
    let items = told(1, 2_000);
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut count = 0;
    for message in messages(&items).filter(|message| message.kind == Kind::Inbound) {
        if message.body.chars().count() > 25 {
            count += 1;
            *seen.entry(&message.body).or_default() += 1;
        }
    }
    let repeated: usize = seen.values().map(|times| times - 1).sum();
    assert!(count > 4_000, "only {count} longer texts");
    let share = repeated as f64 / count as f64;
    let mut worst: Vec<(&&str, &usize)> = seen.iter().filter(|(_, times)| **times > 2).collect();
    worst.sort_by_key(|(_, times)| std::cmp::Reverse(**times));
    worst.truncate(20);
    assert!(share < 0.02, "{repeated} of {count} repeat: {worst:#?}");
}

#[test]
fn there_is_work_to_do_and_every_kind_of_it() {
    let items = told(1, 2_000);
    let conversations: Vec<_> = items
        .iter()
        .filter_map(|item| match item {
            DemoItem::Conversation(conversation) => Some(conversation),
            _ => None,
        })
        .collect();
    let count = |found: &dyn Fn(&demo::Conversation) -> bool| conversations.iter().filter(|one| found(one)).count();
    let open = count(&|one| one.status == Status::Open);
    assert!((40..200).contains(&open), "{open} open");
    assert!(count(&|one| one.status == Status::Snoozed) > 0);
    assert!(count(&|one| one.waiting_since.is_some()) > 15);
    assert!(count(&|one| one.waiting_since.is_some() && one.assignee.is_none()) > 8);
    assert!(count(&|one| one.messages.iter().any(|message| message.media.is_some())) > 150);
    assert!(count(&|one| one.messages.iter().any(|message| message.kind == Kind::Note)) > 100);

    let having = |found: &dyn Fn(&DemoMessage) -> bool| messages(&items).filter(|one| found(one)).count();
    assert!(having(&|one| matches!(one.state, State::Undelivered | State::Failed)) > 20);
    assert!(having(&|one| one.purpose == Some(Purpose::Marketing)) > 50);
    assert!(having(&|one| one.happening == Some(Happening::OptedIn)) > 0);
    assert!(having(&|one| one.body.contains('“')) > 100, "tapbacks");
    assert!(having(&|one| one.kind == Kind::Inbound && one.body.contains("gracias")) > 20, "Spanish");
    let held = (1..12).flat_map(|seed| told(seed, 300)).collect::<Vec<_>>();
    assert!(messages(&held).any(|one| one.state == State::Held), "nothing is ever held");
}

#[test]
fn nobody_waits_for_an_answer_to_a_tapback_or_a_keyword() {
    let mut quiet = 0;
    for item in (1..4).flat_map(|seed| told(seed, 2_000)) {
        let DemoItem::Conversation(one) = item else { continue };
        let said = |message: &&DemoMessage| matches!(message.kind, Kind::Inbound | Kind::Outbound);
        let tail = one.messages.iter().rev().filter(said).take_while(|message| message.kind == Kind::Inbound);
        let asking = tail.clone().find(|message| {
            read(&message.body, usize::from(message.media.is_some()), Facts::default()).asks_for_answer
        });
        quiet += usize::from(tail.count() > 0 && asking.is_none());
        assert!(one.waiting_since.is_none() || asking.is_some(), "{:?}", one.messages.last());
    }
    assert!(quiet > 20, "{quiet} end with a tapback");
}

#[test]
fn the_peak_is_the_week_of_black_friday() {
    let items = told(5, 4_000);
    let mut by_week: HashMap<i64, u32> = HashMap::new();
    for message in messages(&items).filter(|message| message.kind == Kind::Inbound) {
        *by_week.entry((NOW - message.at) / (7 * DAY)).or_default() += 1;
    }
    // Friday 2025-11-28 lies 51 weeks before the present; an older, smaller shop still peaks there.
    let peak = (49..=52).map(|week| by_week.get(&week).copied().unwrap_or(0)).max().unwrap_or(0);
    let plain = (36..=41).map(|week| by_week.get(&week).copied().unwrap_or(0)).max().unwrap_or(0);
    assert!(peak > plain, "{peak} in the peak, {plain} in a plain week");
}

#[test]
fn pictures_are_png_files() {
    for picture in demo::picture::Picture::ALL {
        let file = picture.png();
        assert!(file.starts_with(b"\x89PNG\r\n\x1a\n") && file.len() < 12_000, "{picture:?}: {}", file.len());
    }
}

#[test]
fn every_text_speaks_of_the_brand_it_was_given_and_of_no_other() {
    // Signs of our own grammar in a name are no grammar.
    let brand = "Fern & $ons";
    let items: Vec<DemoItem> = shop(7, NOW, Size { conversations: 600 }, brand).collect();
    let bodies: Vec<&str> = messages(&items).map(|message| message.body.as_str()).collect();
    let named = bodies.iter().filter(|body| body.contains(brand)).count();
    assert!(named > 100, "{named} of {}", bodies.len());
    let other = bodies.iter().find(|body| body.to_lowercase().contains("ottermoss"));
    assert_eq!(other, None, "another shop's name");
    assert!(bodies.iter().any(|body| body.contains("https://fernons.example/t/")));
}
