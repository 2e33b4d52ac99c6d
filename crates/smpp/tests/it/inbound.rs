//! What the centre sends: texts whole and in parts, receipts, and things nobody can read.

use crate::centre::{Centre, OK, Peer, next};
use bytes::Bytes;
use domain::receipt::ReceiptState;
use smpp::pdu::{Party, Pdu, ShortMessage, Tag, Tlvs, command};
use smpp::{Ack, Event, Gsm, InboundText, Inbox};
use std::time::Duration;

const DELIVER_SM_RESP: u32 = command::DELIVER_SM | command::ANSWER;

fn unit(octets: impl Into<Bytes>) -> ShortMessage {
    let party = |address: &str| Party { ton: 1, npi: 1, address: address.to_owned() };
    ShortMessage {
        source: party("15550001111"),
        dest: party("24365"),
        octets: octets.into(),
        ..ShortMessage::default()
    }
}

fn part(reference: u8, total: u8, number: u8, text: &str) -> ShortMessage {
    let octets = [&[5, 0, 3, reference, total, number][..], text.as_bytes()].concat();
    ShortMessage { esm_class: 0x40, ..unit(octets) }
}

async fn text(inbox: &mut Inbox) -> (InboundText, Ack) {
    match next(inbox).await {
        Event::Text(text, ack) => (text, ack),
        other => panic!("{other:?}"),
    }
}

async fn answered(peer: &mut Peer) -> (u32, u32, u32) {
    let pdu = peer.next().await;
    (pdu.command, pdu.status, pdu.sequence)
}

#[tokio::test]
async fn the_centre_hears_that_a_text_is_safe_when_it_is() {
    let centre = Centre::new().await;
    let (_client, mut inbox, mut peer) = centre.start(centre.settings()).await;
    peer.deliver(11, &unit("Hi")).await;
    let (told, ack) = text(&mut inbox).await;
    assert_eq!((told.from.as_str(), told.to.as_str(), told.body.as_str()), ("+15550001111", "24365", "Hi"));
    peer.assert_silent().await;
    ack.stored();
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, OK, 11));

    peer.deliver(12, &unit("Hi")).await;
    drop(text(&mut inbox).await);
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, 0x64, 12));
    peer.deliver(13, &unit("Hi")).await;
    text(&mut inbox).await.1.again();
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, 0x64, 13));
}

#[tokio::test]
async fn alphabets_are_read_by_their_coding() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.gsm = Gsm::Packed;
    let (_client, mut inbox, mut peer) = centre.start(settings).await;
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let cases: [(u8, Vec<u8>, &str, bool); 6] = [
        (0, vec![0xE8, 0x32, 0x9B, 0xFD, 0x46, 0x97, 0xD9, 0xEC, 0x37], "hellohello", false),
        (8, utf16("Grüße 😀"), "Grüße 😀", false),
        (8, utf16("\u{feff}x"), "x", false),
        (3, vec![b'G', b'r', 0xFC], "Grü", false),
        (8, vec![0xD8, 0x3D, 0x00], "\u{fffd}", false),
        (4, vec![1, 2], "\u{1}\u{2}", true),
    ];
    for (data_coding, octets, body, binary) in cases {
        peer.deliver(5, &ShortMessage { data_coding, ..unit(octets) }).await;
        let (told, ack) = text(&mut inbox).await;
        assert_eq!((told.body.as_str(), told.binary), (body, binary));
        ack.stored();
        peer.next().await;
    }
}

#[tokio::test]
async fn parts_become_one_text_and_are_answered_with_it() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.hold = Duration::from_secs(60);
    let (_client, mut inbox, mut peer) = centre.start(settings).await;
    peer.deliver(1, &part(9, 3, 3, "!")).await;
    peer.deliver(2, &part(9, 3, 1, "Hello, ")).await;
    peer.assert_silent().await;
    peer.deliver(3, &part(9, 3, 2, "world")).await;
    let (told, ack) = text(&mut inbox).await;
    assert_eq!((told.body.as_str(), told.missing.len()), ("Hello, world!", 0));
    ack.stored();
    let mut answers = [answered(&mut peer).await, answered(&mut peer).await, answered(&mut peer).await];
    answers.sort_unstable();
    assert_eq!(answers, [1, 2, 3].map(|sequence| (DELIVER_SM_RESP, OK, sequence)));

    // By parameters, as a `data_sm`.
    for (sequence, number, words) in [(4, 2, "two"), (5, 1, "one ")] {
        let mut body = vec![0, 1, 1];
        body.extend_from_slice(b"15550001111\0\x01\x01124365\0\0\0\0");
        let mut tlvs = Tlvs::default();
        tlvs.push(Tag::SarMsgRefNum, vec![1, 9]);
        tlvs.push(Tag::SarTotalSegments, vec![2]);
        tlvs.push(Tag::SarSegmentSeqnum, vec![number]);
        tlvs.push(Tag::MessagePayload, words.as_bytes());
        let mut out = bytes::BytesMut::from(&body[..]);
        tlvs.write(&mut out);
        peer.send(Pdu::request(command::DATA_SM, sequence, out.freeze())).await;
    }
    let (told, ack) = text(&mut inbox).await;
    assert_eq!(told.body, "one two");
    ack.stored();
    assert_eq!(answered(&mut peer).await, (command::DATA_SM | command::ANSWER, OK, 4));
}

#[tokio::test]
async fn a_text_that_is_never_completed_is_told_with_its_gap() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.hold = Duration::from_millis(20);
    settings.patience.parts = Duration::from_millis(200);
    let (_client, mut inbox, mut peer) = centre.start(settings).await;
    peer.deliver(1, &part(9, 2, 2, "world")).await;
    // The centre may want to hear of one before it sends the next.
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, OK, 1));
    let (told, ack) = text(&mut inbox).await;
    assert_eq!((told.body.as_str(), &told.missing[..]), ("\u{fffd}world", &[1][..]));
    ack.stored();
    peer.assert_silent().await;
}

#[tokio::test]
async fn what_was_answered_is_told_when_the_account_closes() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.patience.hold = Duration::from_millis(20);
    let (client, mut inbox, mut peer) = centre.start(settings).await;
    peer.deliver(1, &part(9, 2, 1, "Hello")).await;
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, OK, 1));
    let (_, ()) = tokio::join!(client.close(), async {
        let unbind = peer.next().await;
        peer.answer(&unbind, OK, "").await;
    });
    assert_eq!(text(&mut inbox).await.0.body, "Hello\u{fffd}");
    assert!(inbox.next().await.is_none());
}

#[tokio::test]
async fn a_full_inbox_asks_for_it_later() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    settings.bounds.inbox = 5;
    let (_client, mut inbox, mut peer) = centre.start(settings).await;
    for sequence in 1..=4 {
        peer.deliver(sequence, &unit("x")).await;
    }
    // Three places are kept free, for what one part can bring to an end.
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, 0x14, 4));
    for _ in 0..3 {
        text(&mut inbox).await.1.stored();
    }
    for _ in 0..3 {
        assert_eq!(answered(&mut peer).await.1, OK);
    }
    peer.deliver(4, &unit("x")).await;
    text(&mut inbox).await.1.stored();
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, OK, 4));
}

#[tokio::test]
async fn receipts_are_told_apart_from_texts() {
    let centre = Centre::new().await;
    let mut settings = centre.settings();
    for unmarked in [false, true] {
        settings.unmarked_receipts = unmarked;
        let (_client, mut inbox, mut peer) = centre.start(settings.clone()).await;
        let words = "id:31 sub:001 dlvrd:001 stat:DELIVRD err:000 text:x";
        for esm_class in [0x04, 0x20] {
            peer.deliver(1, &ShortMessage { esm_class, ..unit(words) }).await;
            let Event::Receipt(receipt, ack) = next(&mut inbox).await else { panic!("a receipt") };
            assert_eq!((receipt.id.as_str(), receipt.state), ("31", Some(ReceiptState::Delivered)));
            assert!(receipt.candidates.contains(&"1f".to_owned()), "{receipt:?}");
            ack.stored();
            assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, OK, 1));
        }
        // Anybody could write that; it is a receipt only where the account says so.
        peer.deliver(2, &unit(words)).await;
        assert_eq!(matches!(next(&mut inbox).await, Event::Receipt(..)), unmarked);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_harms_nothing() {
    let centre = Centre::new().await;
    let (_client, mut inbox, mut peer) = centre.start(centre.settings()).await;
    peer.send(Pdu::request(command::DELIVER_SM, 1, Bytes::from_static(b"\0\x01"))).await;
    assert_eq!(answered(&mut peer).await, (DELIVER_SM_RESP, 0x66, 1));
    peer.send(Pdu::request(0x0000_7777, 2, Bytes::new())).await;
    assert_eq!(answered(&mut peer).await, (command::GENERIC_NACK, 3, 2));
    for silent in [command::ALERT_NOTIFICATION, command::OUTBIND, 0x8000_7777] {
        peer.send(Pdu::request(silent, 3, Bytes::new())).await;
    }
    peer.assert_silent().await;
    peer.deliver(4, &unit("Hi")).await;
    assert_eq!(text(&mut inbox).await.0.body, "Hi");
}
