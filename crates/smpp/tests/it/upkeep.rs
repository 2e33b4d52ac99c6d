//! The connections themselves: made, kept, lost, made again, given up politely.

use crate::centre::{Centre, OK, next, submit, text, until_state};
use bytes::{Bytes, BytesMut};
use domain::outcome::{ErrorClass, Submission};
use smpp::pdu::{Pdu, command};
use smpp::{BindState, Client, End, Event, Settings};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn silence_is_asked_about_and_ends_a_connection() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.silence = Duration::from_millis(30);
    settings.patience.answer = Duration::from_millis(150);
    let (client, _inbox, mut peer) = centre.start(settings).await;
    for _ in 0..2 {
        let asked = peer.next().await;
        assert_eq!(asked.command, command::ENQUIRE_LINK);
        peer.answer(&asked, OK, "").await;
    }
    // Now it says nothing more.
    let mut states = client.states();
    let lost = states.wait_for(|states| states[0] == BindState::Lost(End::Silent));
    tokio::time::timeout(crate::centre::PATIENCE, lost).await.unwrap().unwrap();
    centre.logged_in().await.assert_silent().await;
}

#[tokio::test]
async fn units_may_come_octet_by_octet() {
    let centre = Centre::new().await;
    let (client, _inbox) = Client::start(centre.settings(), 1).unwrap();
    let mut peer = centre.connected().await;
    let bind = peer.next().await;
    let mut bytes = BytesMut::new();
    Pdu { body: Bytes::from_static(b"centre\0"), ..Pdu::answer(bind.command, OK, bind.sequence) }.write(&mut bytes);
    // What belongs to the next unit may come with it.
    Pdu::request(command::ENQUIRE_LINK, 1, Bytes::new()).write(&mut bytes);
    for octet in bytes {
        peer.stream.write_all(&[octet]).await.unwrap();
        peer.stream.flush().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(peer.next().await, Pdu::answer(command::ENQUIRE_LINK, OK, 1));
    until_state(&client, |state| *state == BindState::Bound).await;
}

#[tokio::test]
async fn a_stream_out_of_step_is_given_up_and_made_anew() {
    let centre = Centre::new().await;
    let (client, _inbox, mut peer) = centre.start(centre.settings()).await;
    let centre_side = async {
        peer.next_text().await;
        peer.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        assert!(peer.next_or_end().await.is_none());
    };
    let (submitted, ()) = tokio::join!(submit(&client, 1, "x"), centre_side);
    assert_eq!(submitted.outcome, Submission::Unknown { detail: "connection lost".to_owned() });
    centre.logged_in().await.assert_silent().await;
}

#[tokio::test]
async fn a_refused_account_is_not_asked_for_again_and_again() {
    let centre = Centre::new().await;
    let (client, _inbox) = Client::start(centre.settings(), 1).unwrap();
    // A log-in of old that the centre still has passes; a wrong password does not.
    for (status, again) in [(0x05, true), (0x0E, false)] {
        let mut peer = centre.connected().await;
        let bind = peer.next().await;
        peer.answer(&bind, status, "").await;
        if !again {
            until_state(&client, |state| *state == BindState::Refused(0x0E)).await;
        }
    }
    let more = tokio::time::timeout(Duration::from_millis(150), centre.connected()).await;
    assert!(more.is_err(), "asked again");
    let brief = crate::centre::soon() - crate::centre::PATIENCE + Duration::from_millis(20);
    let outcome = client.submit(1, &text("x"), brief).await.outcome;
    let refused = Submission::NotTaken { class: ErrorClass::Account, code: "0x000e".to_owned(), retry_after_ms: None };
    assert_eq!(outcome, refused);
}

#[tokio::test]
async fn whoever_hangs_up_while_logging_in_is_called_again() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.connect = Duration::from_millis(100);
    let (_client, _inbox) = Client::start(settings, 1).unwrap();
    drop(centre.connected().await);
    let mut web = centre.connected().await;
    web.stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    // Says nothing at all.
    let mute = centre.connected().await;
    centre.logged_in().await.assert_silent().await;
    drop((web, mute));
}

#[tokio::test]
async fn a_centre_that_logs_us_out_still_answers_what_it_has() {
    let centre = Centre::new().await;
    let (client, mut inbox, mut peer) = centre.start(centre.settings()).await;
    let centre_side = async {
        let (asked, _) = peer.next_text().await;
        peer.send(Pdu::request(command::UNBIND, 5, Bytes::new())).await;
        peer.assert_silent().await;
        peer.answer(&asked, OK, "id").await;
        assert_eq!(peer.next().await, Pdu::answer(command::UNBIND, OK, 5));
        drop(peer);
        let mut peer = centre.logged_in().await;
        let (asked, unit) = peer.next_text().await;
        peer.answer(&asked, OK, "second").await;
        peer.deliver(1, &unit).await;
    };
    let ours = async {
        let first = submit(&client, 1, "first").await;
        (first.ids, submit(&client, 2, "second").await.ids)
    };
    let (ids, ()) = tokio::join!(ours, centre_side);
    assert_eq!(ids, (vec!["id".to_owned()], vec!["second".to_owned()]));
    assert!(matches!(next(&mut inbox).await, Event::Text(..)));
}

#[tokio::test]
async fn closing_waits_for_answers_and_says_goodbye() {
    let centre = Centre::new().await;
    let (client, mut inbox, mut peer) = centre.start(centre.settings()).await;
    let ours = async {
        tokio::join!(submit(&client, 1, "x"), async {
            // The text is on the wire by then: the centre says so with one of its own.
            let Event::Text(_, ack) = next(&mut inbox).await else { panic!("a text") };
            ack.stored();
            tokio::join!(client.close(), async {
                tokio::task::yield_now().await;
                submit(&client, 2, "too late").await.outcome
            })
        })
    };
    let centre_side = async {
        let (asked, unit) = peer.next_text().await;
        peer.deliver(1, &unit).await;
        assert_eq!(peer.next().await.command, command::DELIVER_SM | command::ANSWER);
        peer.assert_silent().await;
        peer.answer(&asked, OK, "id").await;
        let goodbye = peer.next().await;
        assert_eq!(goodbye.command, command::UNBIND);
        peer.answer(&goodbye, OK, "").await;
        assert!(peer.next_or_end().await.is_none());
    };
    let ((submitted, ((), late)), ()) = tokio::join!(ours, centre_side);
    assert_eq!((submitted.ids, late), (vec!["id".to_owned()], Submission::HandedBack));
    assert!(inbox.next().await.is_none());
    assert_eq!(*client.states().borrow(), [BindState::Closed]);
}

#[test]
fn settings_that_cannot_be_are_named() {
    let wrong = |change: fn(&mut Settings)| {
        let mut settings = Settings::new("localhost", 2775, "hark", "secret");
        change(&mut settings);
        settings.check().map_err(|error| error.field)
    };
    assert_eq!(wrong(|_| {}), Ok(()));
    assert_eq!(wrong(|settings| settings.system_id = "a-name-too-long!".to_owned()), Err("system_id"));
    assert_eq!(wrong(|settings| settings.system_id = String::new()), Err("system_id"));
    assert_eq!(wrong(|settings| settings.password = "ninechars".to_owned()), Err("password"));
    assert_eq!(wrong(|settings| settings.service_type = "é".to_owned()), Err("service_type"));
    assert_eq!(wrong(|settings| settings.host = String::new()), Err("host"));
    assert_eq!(wrong(|settings| settings.binds.clear()), Err("binds"));
    assert_eq!(wrong(|settings| settings.bounds.window = 0), Err("window"));
    let hidden = format!("{:?}", Settings::new("localhost", 2775, "hark", "hush-hush"));
    assert!(!hidden.contains("hush"), "{hidden}");
}
