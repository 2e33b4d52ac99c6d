//! Which part of which text a unit from the centre is.

use crate::pdu::{ShortMessage, Tag};

/// Where a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Place {
    /// What it shares with the others.
    pub reference: u16,
    /// How many there are, at least 2.
    pub total: u8,
    /// Which it is, from 1.
    pub number: u8,
}

/// A unit's text without its header, and its place among others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Octets of the header in front of the text.
    pub header: usize,
    /// Its place; `None` for a text by itself.
    pub place: Option<Place>,
}

/// Finds the place by header or by parameters. Places that cannot be count as none, so that the
/// text is still told.
#[must_use]
pub fn part_of(unit: &ShortMessage) -> Part {
    let header = header_of(unit);
    let place = elements(&unit.octets[..header]).find_map(|(kind, value)| match (kind, value) {
        (0x00, &[reference, total, number]) => Some(Place { reference: u16::from(reference), total, number }),
        (0x08, &[high, low, total, number]) => {
            Some(Place { reference: u16::from_be_bytes([high, low]), total, number })
        }
        _ => None,
    });
    let place = place.or_else(|| by_parameters(unit));
    let place = place.filter(|place| place.total > 1 && (1..=place.total).contains(&place.number));
    Part { header, place }
}

/// Octets of a header with its length; 0 where there is none, or none that fits.
fn header_of(unit: &ShortMessage) -> usize {
    let Some(length) = unit.octets.first().filter(|_| unit.has_header()) else { return 0 };
    let header = usize::from(*length) + 1;
    if header <= unit.octets.len() { header } else { 0 }
}

/// The elements of a header: kind and value (3GPP TS 23.040, 9.2.3.24).
fn elements(header: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = header.get(1..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (head, after) = rest.split_first_chunk::<2>()?;
        let (value, next) = after.split_at_checked(usize::from(head[1]))?;
        rest = next;
        Some((head[0], value))
    })
}

fn by_parameters(unit: &ShortMessage) -> Option<Place> {
    Some(Place {
        reference: u16::try_from(unit.tlvs.number(Tag::SarMsgRefNum)?).ok()?,
        total: u8::try_from(unit.tlvs.number(Tag::SarTotalSegments)?).ok()?,
        number: u8::try_from(unit.tlvs.number(Tag::SarSegmentSeqnum)?).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pdu::Tlvs;

    fn with_header(octets: &'static [u8]) -> ShortMessage {
        ShortMessage { esm_class: 0x40, octets: octets.into(), ..ShortMessage::default() }
    }

    #[test]
    fn finds_the_place_of_a_part() {
        let place = |reference, total, number| Some(Place { reference, total, number });
        let cases: [(&'static [u8], usize, Option<Place>); 8] = [
            (b"\x05\x00\x03\x07\x02\x01hello", 6, place(7, 2, 1)),
            (b"\x06\x08\x04\x01\x02\x03\x03hello", 7, place(258, 3, 3)),
            // Behind another element: a port.
            (b"\x0B\x05\x04\x15\x8A\x00\x00\x00\x03\x07\x02\x02x", 12, place(7, 2, 2)),
            (b"\x05\x00\x03\x07\x01\x01hello", 6, None),
            (b"\x05\x00\x03\x07\x02\x03hello", 6, None),
            (b"\x05\x00\x03\x07\x02\x00hello", 6, None),
            (b"\xFFhello", 0, None),
            (b"", 0, None),
        ];
        for (octets, header, place) in cases {
            assert_eq!(part_of(&with_header(octets)), Part { header, place }, "{octets:?}");
        }
    }

    #[test]
    fn finds_the_place_in_parameters() {
        let mut tlvs = Tlvs::default();
        tlvs.push(Tag::SarMsgRefNum, vec![0x12, 0x34]);
        tlvs.push(Tag::SarTotalSegments, vec![2]);
        assert_eq!(part_of(&ShortMessage { tlvs: tlvs.clone(), ..ShortMessage::default() }).place, None);
        tlvs.push(Tag::SarSegmentSeqnum, vec![2]);
        let place = Some(Place { reference: 0x1234, total: 2, number: 2 });
        assert_eq!(part_of(&ShortMessage { tlvs, ..ShortMessage::default() }).place, place);
    }
}
