//! A text of ours as the units that carry it.

use crate::address;
use crate::coding::utf16;
use crate::gsm;
use crate::pdu::{ShortMessage, Tag, Tlvs};
use crate::settings::{Gsm, Long, Settings};
use domain::address::Address;
use domain::encoding::{self, Encoding};

/// The header of one part of several, with an 8-bit reference (3GPP TS 23.040, 9.2.3.24.1).
const HEADER: usize = 6;
/// The feature that says a header precedes the text.
const UDHI: u8 = 0x40;
/// `data_coding` of UTF-16.
const UCS2: u8 = 8;

/// A text to be submitted.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    /// Our sender.
    pub from: Address,
    /// The customer.
    pub to: Address,
    /// The words.
    pub body: String,
    /// The instant (Unix ms) after which the centre must let it die.
    pub valid_until: Option<i64>,
}

impl std::fmt::Debug for Text {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Text").field("to", &self.to).finish_non_exhaustive()
    }
}

/// The most parts a header can number.
pub const PARTS_MAX: usize = 255;

/// The units of a text, in order; `reference` joins them. `None`: it has more parts than a header can number.
///
/// How it is cut is `domain::encoding`'s, so that what was counted is what is sent.
#[must_use]
pub fn units(text: &Text, settings: &Settings, reference: u8) -> Option<Vec<ShortMessage>> {
    let encoding = Encoding::of(&text.body);
    let whole = ShortMessage {
        service_type: settings.service_type.clone(),
        source: address::source(&text.from, &settings.numbering),
        dest: address::dest(&text.to, &settings.numbering),
        validity: text.valid_until.and_then(absolute_time).unwrap_or_default(),
        registered_delivery: u8::from(settings.receipts),
        data_coding: match encoding {
            Encoding::Gsm7 => settings.gsm_data_coding,
            Encoding::Ucs2 => UCS2,
        },
        ..ShortMessage::default()
    };
    let parts = encoding::split(&text.body);
    let single =
        |body: &str| vec![ShortMessage { octets: octets(body, encoding, settings.gsm, 0).into(), ..whole.clone() }];
    let total = match u8::try_from(parts.len()) {
        Ok(1) => return Some(single(&text.body)),
        Err(_) if settings.long != Long::Payload => return None,
        Ok(_) | Err(_) if settings.long == Long::Payload => {
            let mut tlvs = Tlvs::default();
            tlvs.push(Tag::MessagePayload, octets(&text.body, encoding, settings.gsm, 0));
            return Some(vec![ShortMessage { tlvs, ..whole }]);
        }
        Ok(total) => total,
        Err(_) => return None,
    };
    let part = |(number, body): (u8, &String)| match settings.long {
        Long::Sar => {
            let mut tlvs = Tlvs::default();
            tlvs.push(Tag::SarMsgRefNum, u16::from(reference).to_be_bytes().to_vec());
            tlvs.push(Tag::SarTotalSegments, vec![total]);
            tlvs.push(Tag::SarSegmentSeqnum, vec![number]);
            ShortMessage { octets: octets(body, encoding, settings.gsm, 0).into(), tlvs, ..whole.clone() }
        }
        Long::Header | Long::Payload => {
            let mut with_header = vec![5, 0, 3, reference, total, number];
            with_header.extend(octets(body, encoding, settings.gsm, HEADER));
            ShortMessage { esm_class: UDHI, octets: with_header.into(), ..whole.clone() }
        }
    };
    Some((1..=total).zip(&parts).map(part).collect())
}

fn octets(body: &str, encoding: Encoding, gsm: Gsm, header: usize) -> Vec<u8> {
    match (encoding, gsm) {
        (Encoding::Ucs2, _) => utf16(body),
        (Encoding::Gsm7, Gsm::Unpacked) => gsm::septets(body),
        (Encoding::Gsm7, Gsm::Packed) => gsm::pack(&gsm::septets(body), header),
    }
}

/// An instant as the protocol writes it, in UTC: `YYMMDDhhmmsstnnp` (SMPP 3.4, 7.1.1).
fn absolute_time(unix_ms: i64) -> Option<String> {
    let instant = jiff::Timestamp::from_millisecond(unix_ms).ok()?;
    let utc = jiff::tz::Offset::UTC.to_datetime(instant);
    let tenth = utc.subsec_nanosecond() / 100_000_000;
    Some(format!(
        "{:02}{:02}{:02}{:02}{:02}{:02}{tenth}00+",
        utc.year().rem_euclid(100),
        utc.month(),
        utc.day(),
        utc.hour(),
        utc.minute(),
        utc.second()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> Text {
        Text {
            from: Address::parse("24365"),
            to: Address::parse("+15550001111"),
            body: body.to_owned(),
            valid_until: None,
        }
    }

    fn settings() -> Settings {
        Settings::new("localhost", 2775, "hark", "secret")
    }

    #[test]
    fn a_short_text_is_one_unit_with_its_addresses() {
        let units = units(&Text { valid_until: Some(1_790_000_000_500), ..text("Grüße €") }, &settings(), 9).unwrap();
        let [unit] = &units[..] else { panic!("{units:?}") };
        assert_eq!((unit.source.ton, unit.source.npi, unit.source.address.as_str()), (3, 0, "24365"));
        assert_eq!((unit.dest.ton, unit.dest.npi, unit.dest.address.as_str()), (1, 1, "15550001111"));
        assert_eq!((unit.esm_class, unit.data_coding, unit.registered_delivery), (0, 0, 1));
        assert_eq!(unit.validity, "260921141320500+");
        assert_eq!(&unit.octets[..], b"Gr\x7E\x1Ee \x1B\x65");
    }

    #[test]
    fn a_long_text_is_joined_as_the_account_says() {
        let body = "a".repeat(161);
        let by_header = units(&text(&body), &settings(), 7).unwrap();
        assert_eq!(by_header.len(), 2);
        assert_eq!((by_header[0].esm_class, &by_header[0].octets[..6]), (0x40, &[5, 0, 3, 7, 2, 1][..]));
        assert_eq!((by_header[0].octets.len(), by_header[1].octets.len()), (159, 14));

        let packed = units(&text(&body), &Settings { gsm: Gsm::Packed, ..settings() }, 7).unwrap();
        assert_eq!(packed[0].octets.len(), 140);

        let by_sar = units(&text(&body), &Settings { long: Long::Sar, ..settings() }, 7).unwrap();
        assert_eq!((by_sar[1].tlvs.number(Tag::SarSegmentSeqnum), by_sar[1].esm_class), (Some(2), 0));

        let by_payload = units(&text(&body), &Settings { long: Long::Payload, ..settings() }, 7).unwrap();
        assert_eq!((by_payload.len(), by_payload[0].octets.len()), (1, 0));
        assert_eq!(by_payload[0].tlvs.get(Tag::MessagePayload).unwrap().len(), 161);
    }

    #[test]
    fn emoji_are_utf_16_and_stay_whole() {
        let units = units(&text(&"😀".repeat(36)), &settings(), 1).unwrap();
        assert_eq!(units.iter().map(|unit| unit.octets.len()).collect::<Vec<_>>(), [6 + 132, 6 + 12]);
        assert!(units.iter().all(|unit| unit.data_coding == 8));
        assert_eq!(&units[1].octets[6..8], &[0xD8, 0x3D]);
    }

    #[test]
    fn what_no_header_can_number_is_no_text() {
        assert_eq!(units(&text(&"a".repeat(153 * 256)), &settings(), 1), None);
    }
}
