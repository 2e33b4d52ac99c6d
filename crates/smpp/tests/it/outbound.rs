//! Texts of ours: taken, not taken, unknown; never twice.

use crate::centre::{Centre, OK, next, soon, submit, text, until_state};
use bytes::Bytes;
use domain::outcome::{ErrorClass, Submission};
use smpp::pdu::{Pdu, command};
use smpp::{BindKind, BindState, Event, Long, Settled, Submitted};
use std::time::Duration;

fn taken(id: &str) -> Submitted {
    let outcome = Submission::Taken { provider_id: id.to_owned(), parts: Some(1) };
    Submitted { outcome, ids: vec![id.to_owned()] }
}

fn not_taken(class: ErrorClass, code: &str) -> Submission {
    Submission::NotTaken { class, code: code.to_owned(), retry_after_ms: None }
}

#[tokio::test]
async fn answers_find_their_texts_in_any_order() {
    let centre = Centre::new().await;
    let (client, _inbox, mut peer) = centre.start(centre.settings()).await;
    let centre_side = async {
        let mut asked = Vec::new();
        for _ in 0..3 {
            asked.push(peer.next_text().await);
        }
        // One answer nobody waits for, and one that comes twice.
        peer.answer(&Pdu::request(command::SUBMIT_SM, 9_999, Bytes::new()), OK, "stray").await;
        for (pdu, unit) in asked.iter().rev() {
            let id = String::from_utf8(unit.octets.to_vec()).unwrap();
            peer.answer(pdu, OK, &id).await;
            peer.answer(pdu, OK, "again").await;
        }
    };
    let ours =
        async { tokio::join!(submit(&client, 1, "one"), submit(&client, 2, "two"), submit(&client, 3, "three")) };
    let (answers, ()) = tokio::join!(ours, centre_side);
    assert_eq!(answers, (taken("one"), taken("two"), taken("three")));
}

#[tokio::test]
async fn refusals_have_the_class_of_their_code() {
    let centre = Centre::new().await;
    let (client, _inbox, mut peer) = centre.start(centre.settings()).await;
    for (status, outcome) in [
        (0x0B, not_taken(ErrorClass::InvalidNumber, "0x000b")),
        (0x45, not_taken(ErrorClass::Network, "0x0045")),
        (0x0401, not_taken(ErrorClass::Unknown, "0x0401")),
    ] {
        let centre_side = async {
            let (pdu, _) = peer.next_text().await;
            // Without a body, as the protocol allows.
            peer.answer(&pdu, status, "").await;
        };
        let (submitted, ()) = tokio::join!(submit(&client, 1, "x"), centre_side);
        assert_eq!((submitted.outcome, submitted.ids), (outcome, vec![]));
    }
    let centre_side = async {
        let (pdu, _) = peer.next_text().await;
        peer.send(Pdu { command: command::GENERIC_NACK, status: 3, ..Pdu::answer(0, 0, pdu.sequence) }).await;
        let (pdu, _) = peer.next_text().await;
        peer.answer(&pdu, OK, "").await;
    };
    let ours = async { (submit(&client, 1, "x").await.outcome, submit(&client, 1, "x").await.outcome) };
    let (outcomes, ()) = tokio::join!(ours, centre_side);
    let nameless = Submission::Unknown { detail: "taken without an id".to_owned() };
    assert_eq!(outcomes, (not_taken(ErrorClass::ContentRejected, "0x0003"), nameless));
}

#[tokio::test]
async fn the_window_bounds_what_is_unanswered() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.bounds.window = 2;
    let (client, _inbox, mut peer) = centre.start(settings).await;
    let centre_side = async {
        let (first, _) = peer.next_text().await;
        let (second, _) = peer.next_text().await;
        peer.assert_silent().await;
        peer.answer(&second, OK, "b").await;
        let (third, _) = peer.next_text().await;
        peer.assert_silent().await;
        peer.answer(&first, OK, "a").await;
        peer.answer(&third, OK, "c").await;
    };
    let ours = async { tokio::join!(submit(&client, 1, "1"), submit(&client, 2, "2"), submit(&client, 3, "3")) };
    let ((one, two, three), ()) = tokio::join!(ours, centre_side);
    let mut ids = [one.ids, two.ids, three.ids].concat();
    ids.sort();
    assert_eq!(ids, ["a", "b", "c"]);
}

#[tokio::test]
async fn no_answer_is_ambiguous_and_a_late_one_settles_it() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.answer = Duration::from_millis(50);
    let (client, mut inbox, mut peer) = centre.start(settings).await;
    let (submitted, (pdu, _)) = tokio::join!(submit(&client, 77, "x"), peer.next_text());
    assert_eq!(submitted.outcome, Submission::Unknown { detail: "no answer in time".to_owned() });
    peer.assert_silent().await;
    peer.answer(&pdu, OK, "late").await;
    let Event::Settled(settled) = next(&mut inbox).await else { panic!("a late answer") };
    assert_eq!(settled, Settled { reference: 77, part: 1, parts: 1, outcome: Ok("late".to_owned()) });
}

#[tokio::test]
async fn a_cut_makes_ambiguous_what_was_written_and_nothing_else() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.bounds.window = 2;
    let (client, _inbox, mut peer) = centre.start(settings).await;
    let centre_side = async {
        let mut seen = Vec::new();
        for _ in 0..2 {
            seen.push(peer.next_text().await.1.octets);
        }
        drop(peer);
        let mut peer = centre.logged_in().await;
        for _ in 0..2 {
            let (pdu, unit) = peer.next_text().await;
            peer.answer(&pdu, OK, "ok").await;
            seen.push(unit.octets);
        }
        peer.assert_silent().await;
        seen.sort();
        seen
    };
    let ours = async {
        tokio::join!(submit(&client, 1, "1"), submit(&client, 2, "2"), submit(&client, 3, "3"), submit(&client, 4, "4"))
    };
    let ((one, two, three, four), seen) = tokio::join!(ours, centre_side);
    let lost = Submission::Unknown { detail: "connection lost".to_owned() };
    let outcomes = [one, two, three, four].map(|submitted| submitted.outcome == lost);
    assert_eq!(outcomes.iter().filter(|lost| **lost).count(), 2, "{outcomes:?}");
    assert_eq!(seen, ["1", "2", "3", "4"]);
}

#[tokio::test]
async fn too_much_pauses_and_passes() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.throttle = (Duration::from_millis(300), Duration::from_secs(1));
    for status in [0x58, 0x14] {
        let (client, _inbox, mut peer) = centre.start(settings.clone()).await;
        let centre_side = async {
            let (pdu, _) = peer.next_text().await;
            peer.answer(&pdu, status, "").await;
        };
        let (submitted, ()) = tokio::join!(submit(&client, 1, "x"), centre_side);
        let Submission::NotTaken { class: ErrorClass::RateLimited, retry_after_ms: Some(wait), .. } = submitted.outcome
        else {
            panic!("{submitted:?}")
        };
        assert!((200..=375).contains(&wait), "{wait}");
        // Who cannot wait so long hears it at once; nothing is written.
        let at_once = soon() - crate::centre::PATIENCE + Duration::from_millis(20);
        let submitted = client.submit(2, &text("y"), at_once).await;
        assert!(
            matches!(submitted.outcome, Submission::NotTaken { class: ErrorClass::RateLimited, .. }),
            "{submitted:?}"
        );
        // Who can goes out when the pause is over.
        let centre_side = async {
            let (pdu, unit) = peer.next_text().await;
            assert_eq!(&unit.octets[..], b"z");
            peer.answer(&pdu, OK, "z").await;
        };
        let (submitted, ()) = tokio::join!(submit(&client, 3, "z"), centre_side);
        assert_eq!(submitted, taken("z"));
    }
}

#[tokio::test]
async fn what_comes_too_late_is_handed_back_unwritten() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.bounds.window = 1;
    let (client, mut inbox, mut peer) = centre.start(settings).await;
    until_state(&client, |state| *state == BindState::Bound).await;
    let past = soon() - crate::centre::PATIENCE - Duration::from_secs(1);
    assert_eq!(client.submit(1, &text("late"), past).await.outcome, Submission::HandedBack);
    peer.assert_silent().await;
    // The window is full until its time is over.
    let waits = async {
        let brief = soon() - crate::centre::PATIENCE + Duration::from_millis(50);
        tokio::task::yield_now().await;
        client.submit(3, &text("waits"), brief).await.outcome
    };
    let first = async {
        let (submitted, (pdu, _)) = tokio::join!(
            async { tokio::time::timeout(Duration::from_millis(200), submit(&client, 2, "first")).await.is_err() },
            peer.next_text()
        );
        (submitted, pdu)
    };
    let ((given_up, pdu), outcome) = tokio::join!(first, waits);
    assert!(given_up);
    assert_eq!(outcome, Submission::HandedBack);
    // What became of the text that nobody waits for is told all the same.
    peer.answer(&pdu, OK, "id").await;
    let Event::Settled(settled) = next(&mut inbox).await else { panic!("a late answer") };
    assert_eq!(settled, Settled { reference: 2, part: 1, parts: 1, outcome: Ok("id".to_owned()) });
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.reach = Some(|_| false);
    let (client, _inbox) = smpp::Client::start(settings, 1).unwrap();
    until_state(&client, |state| *state == BindState::Unreachable("the host is not to be reached")).await;
    let brief = soon() - crate::centre::PATIENCE + Duration::from_millis(20);
    assert_eq!(client.submit(1, &text("x"), brief).await.outcome, not_taken(ErrorClass::Network, "not_connected"));
    let nobody = smpp::Text { from: domain::address::Address::parse("Zoë"), ..text("x") };
    assert_eq!(client.submit(1, &nobody, soon()).await.outcome, not_taken(ErrorClass::ContentRejected, "address"));
}

#[tokio::test]
async fn the_parts_of_a_text_share_its_fate() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.throttle = (Duration::from_millis(10), Duration::from_secs(1));
    let (client, _inbox, mut peer) = centre.start(settings).await;
    let long = "a".repeat(161);

    // Too much, at the second part: only that one is offered again.
    let centre_side = async {
        let mut seen = Vec::new();
        for (status, id) in [(OK, "p1"), (0x58, ""), (OK, "p2")] {
            let (pdu, unit) = peer.next_text().await;
            seen.push(unit.octets[5]);
            peer.answer(&pdu, status, id).await;
        }
        seen
    };
    let (submitted, seen) = tokio::join!(submit(&client, 1, &long), centre_side);
    let outcome = Submission::Taken { provider_id: "p1".to_owned(), parts: Some(2) };
    assert_eq!(submitted, Submitted { outcome, ids: vec!["p1".to_owned(), "p2".to_owned()] });
    assert_eq!(seen, [1, 2, 2]);

    // Refused at the second: half of it is out, so nobody may send it again.
    let centre_side = async {
        for (status, id) in [(OK, "p1"), (0x45, "")] {
            let (pdu, _) = peer.next_text().await;
            peer.answer(&pdu, status, id).await;
        }
    };
    let (submitted, ()) = tokio::join!(submit(&client, 2, &long), centre_side);
    assert_eq!(submitted.outcome, Submission::Unknown { detail: "part 2 of 2: refused with 0x0045".to_owned() });
    assert_eq!(submitted.ids, ["p1"]);

    // Refused at the first: nothing is out, and nothing follows.
    let centre_side = async {
        let (pdu, _) = peer.next_text().await;
        peer.answer(&pdu, 0x45, "").await;
    };
    let (submitted, ()) = tokio::join!(submit(&client, 3, &long), centre_side);
    assert_eq!(submitted.outcome, not_taken(ErrorClass::Network, "0x0045"));
    peer.assert_silent().await;
}

#[tokio::test]
async fn texts_leave_by_the_connections_that_send() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.binds = vec![BindKind::Receiver, BindKind::Transmitter, BindKind::Transmitter];
    settings.bounds.window = 1;
    settings.long = Long::Payload;
    let (client, _inbox) = smpp::Client::start(settings, 1).unwrap();
    let mut peers = Vec::new();
    for _ in 0..3 {
        let mut peer = centre.connected().await;
        let bind = peer.next().await;
        peer.answer(&bind, OK, "centre").await;
        peers.push((bind.command, peer));
    }
    peers.sort_by_key(|(command, _)| *command);
    let kinds: Vec<u32> = peers.iter().map(|(command, _)| *command).collect();
    assert_eq!(kinds, [command::BIND_RECEIVER, command::BIND_TRANSMITTER, command::BIND_TRANSMITTER]);
    let [(_, receiver), (_, one), (_, other)] = &mut peers[..] else { panic!("three connections") };
    let centre_side = async {
        // With a window of one, two texts at once need both.
        let ((first, _), (second, _)) = tokio::join!(one.next_text(), other.next_text());
        one.answer(&first, OK, "one").await;
        other.answer(&second, OK, "other").await;
        receiver.assert_silent().await;
    };
    let long = "a".repeat(400);
    let ours = async { tokio::join!(submit(&client, 1, &long), submit(&client, 2, "b")) };
    let ((one, two), ()) = tokio::join!(ours, centre_side);
    let mut ids = [one.ids, two.ids].concat();
    ids.sort();
    assert_eq!(ids, ["one", "other"]);
}
