//! The units and their bytes: as the protocol wants them, and whatever else a peer may send.
//!
//! `HARK_SMPP_CASES` says how many random and altered units are tried (4,096 without).

use bytes::{Bytes, BytesMut};
use proptest::prelude::*;
use smpp::pdu::{Fields, FrameError, Framer, HEADER, PDU_BYTES_MAX, Party, Pdu, ShortMessage, Tag, Tlvs, command};
use smpp::{IdForm, part_of, receipt};

fn cases() -> u32 {
    std::env::var("HARK_SMPP_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4_096)
}

fn framed(bytes: &[u8]) -> Framer {
    let mut framer = Framer::default();
    framer.buffer().extend_from_slice(bytes);
    framer
}

fn bytes_of(pdu: &Pdu) -> Vec<u8> {
    let mut out = BytesMut::new();
    pdu.write(&mut out);
    out.to_vec()
}

fn message() -> ShortMessage {
    let party = |address: &str| Party { ton: 1, npi: 1, address: address.to_owned() };
    let mut tlvs = Tlvs::default();
    tlvs.push(Tag::ReceiptedMessageId, &b"1a2b\0"[..]);
    tlvs.push(Tag::MessageState, vec![2]);
    ShortMessage {
        source: party("15550001111"),
        dest: party("24365"),
        esm_class: 4,
        octets: Bytes::from_static(
            b"id:1a2b sub:001 dlvrd:001 submit date:2611271000 done date:2611271001 stat:DELIVRD err:000 text:hi",
        ),
        tlvs,
        ..ShortMessage::default()
    }
}

#[test]
fn a_unit_is_written_as_the_protocol_says() {
    // The example of SMPP 3.4, 3.2.1.1.
    let bind = smpp::pdu::Bind {
        system_id: "SMPP3TEST",
        password: "secret08",
        system_type: "SUBMIT1",
        ton_npi: (1, 1),
        address_range: "",
    };
    let mut body = bind.body().to_vec();
    // Its interface version is 3.3's.
    body[27] = 0;
    let bytes = bytes_of(&Pdu::request(command::BIND_TRANSMITTER, 1, body.into()));
    let example = "0000002F000000020000000000000001534D50503354455354007365637265743038005355424D49543100000101\
                   00";
    assert_eq!(bytes.iter().map(|octet| format!("{octet:02X}")).collect::<String>(), example);
}

#[test]
fn a_stream_is_cut_wherever_it_breaks() {
    let pdus = [Pdu::request(command::DELIVER_SM, 7, message().body()), Pdu::answer(command::ENQUIRE_LINK, 0, 9)];
    let stream: Vec<u8> = pdus.iter().flat_map(bytes_of).collect();
    for cut in 0..=stream.len() {
        let mut framer = framed(&stream[..cut]);
        let mut found = Vec::new();
        while let Some(pdu) = framer.take().unwrap() {
            found.push(pdu);
        }
        framer.buffer().extend_from_slice(&stream[cut..]);
        while let Some(pdu) = framer.take().unwrap() {
            found.push(pdu);
        }
        assert_eq!(found, pdus);
    }
}

#[test]
fn a_length_that_cannot_be_is_known_by_its_four_octets() {
    for length in [0_u32, 15, u32::try_from(PDU_BYTES_MAX).unwrap() + 1, u32::MAX, 0x4854_5450] {
        assert_eq!(framed(&length.to_be_bytes()).take(), Err(FrameError { length }));
    }
    assert_eq!(framed(&[0, 0, 0]).take(), Ok(None));
    assert_eq!(framed(&16_u32.to_be_bytes()).take(), Ok(None));
}

#[test]
fn what_careless_peers_send_is_understood() {
    let unit = Pdu { command: command::SUBMIT_SM_RESP, status: 0, sequence: 1, body: Bytes::from_static(b"abc123") };
    assert_eq!(unit.message_id(), "abc123");
    assert_eq!(Pdu { body: Bytes::new(), ..unit.clone() }.message_id(), "");
    assert_eq!(Pdu { body: vec![b'a'; 70].into(), ..unit }.message_id().len(), 70);

    // An octet too many behind the text, an id without its zero, a state of two octets, an address too long.
    let mut sent = message();
    sent.source.address = "1".repeat(20);
    sent.tlvs = Tlvs::default();
    sent.tlvs.push(Tag::ReceiptedMessageId, &b"1a2b"[..]);
    sent.tlvs.push(Tag::MessageState, vec![0, 5]);
    let mut body = sent.body().to_vec();
    body.push(0);
    let read = ShortMessage::read(command::DELIVER_SM, &body).unwrap();
    assert_eq!(read.tlvs.word(Tag::ReceiptedMessageId).unwrap(), "1a2b");
    assert_eq!(read.tlvs.number(Tag::MessageState), Some(5));
    let longer =
        [&[0, 1, 1][..], &[b'1'; 30], &[0, 1, 1], b"2\0", &[0; 3], b"2501010000\0", &[0; 5], b"\x02hi"].concat();
    let read = ShortMessage::read(command::DELIVER_SM, &longer);
    assert_eq!(read.map(|read| (read.source.address.len(), read.octets.len())), Ok((30, 2)));
}

#[test]
fn a_text_too_long_for_its_field_becomes_a_parameter() {
    let sent = ShortMessage { octets: vec![b'x'; 255].into(), ..message() };
    let read = ShortMessage::read(command::DELIVER_SM, &sent.body()).unwrap();
    assert_eq!(read.octets, sent.octets);
    assert_eq!(read.tlvs.get(Tag::MessagePayload).unwrap().len(), 255);
}

/// Everything that is done with bytes from a peer. It returns at all, and what it keeps is no
/// larger than what came.
fn swallow(bytes: &[u8]) {
    let mut framer = framed(bytes);
    let mut taken = 0;
    while let Ok(Some(pdu)) = framer.take() {
        taken += HEADER + pdu.body.len();
        assert!(taken <= bytes.len());
        assert!(pdu.message_id().len() <= pdu.body.len() * 3);
        for command in [command::DELIVER_SM, command::DATA_SM] {
            let Ok(unit) = ShortMessage::read(command, &pdu.body) else { continue };
            assert!(unit.octets.len() <= pdu.body.len());
            let part = part_of(&unit);
            let text: String = unit.octets[part.header..].iter().map(|octet| char::from(*octet)).collect();
            let read = receipt::read(&unit, &text, IdForm::Unsure, 60);
            assert!(read.candidates.len() <= 12 && read.id.len() <= pdu.body.len() * 3);
        }
    }
    assert!(framer.buffer().len() <= bytes.len());
    let mut fields = Fields::new(bytes);
    while fields.c_string("word").is_ok() {}
    assert!(fields.rest().len() <= bytes.len());
}

/// A stream of random bytes, for long runs: proptest's own would take most of the time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

#[test]
fn altered_units_do_no_harm() {
    let mut chance = Chance(0x5EED);
    let whole = bytes_of(&Pdu::request(command::DELIVER_SM, 7, message().body()));
    for _ in 0..cases() {
        let mut bytes = whole.clone();
        for _ in 0..=chance.below(6) {
            let at = chance.below(bytes.len());
            match chance.below(5) {
                0 => bytes[at] = chance.next() as u8,
                1 => bytes[at] = [0, 1, 5, 6, 0x7F, 0x80, 0xFE, 0xFF][chance.below(8)],
                2 => bytes.truncate(at.max(1)),
                3 => bytes.insert(at, chance.next() as u8),
                _ => {
                    let piece = whole[chance.below(whole.len())..].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        swallow(&bytes);
        // The length put right, so that what follows is looked into.
        if bytes.len() >= 4 {
            let length = u32::try_from(bytes.len()).unwrap();
            bytes[..4].copy_from_slice(&length.to_be_bytes());
            swallow(&bytes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn random_bytes_do_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        swallow(&bytes);
        let length = u32::try_from(bytes.len() + HEADER).unwrap();
        swallow(&[&length.to_be_bytes()[..], &[0, 0, 0, 5], &[0; 8], &bytes].concat());
    }

    #[test]
    fn what_is_written_is_read(
        source in "[0-9]{0,20}", dest in "[0-9A-Za-z]{0,20}", esm_class: u8, data_coding: u8, validity in "[0-9]{0,16}",
        octets in proptest::collection::vec(any::<u8>(), 0..600), state: u8,
    ) {
        let mut tlvs = Tlvs::default();
        tlvs.push(Tag::MessageState, vec![state]);
        let party = |ton, address| Party { ton, npi: 1, address };
        let sent = ShortMessage {
            source: party(1, source), dest: party(5, dest), esm_class, data_coding, validity,
            registered_delivery: 1, octets: octets.into(), tlvs, ..ShortMessage::default()
        };
        let read = ShortMessage::read(command::SUBMIT_SM, &sent.body()).unwrap();
        prop_assert_eq!(&read.octets, &sent.octets);
        prop_assert_eq!(read.tlvs.number(Tag::MessageState), Some(u64::from(state)));
        let bare = |unit: ShortMessage| ShortMessage { tlvs: Tlvs::default(), ..unit };
        prop_assert_eq!(bare(read), bare(sent));
    }
}
