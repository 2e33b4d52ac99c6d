//! Optional parameters: a tag, a length, a value (SMPP 3.4, 5.3).

use bytes::{BufMut as _, Bytes, BytesMut};

/// The parameters Hark speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Tag {
    /// The id of the text a receipt is about.
    ReceiptedMessageId = 0x001E,
    /// What joins the parts of a text, where no header does.
    SarMsgRefNum = 0x020C,
    /// How many parts there are.
    SarTotalSegments = 0x020E,
    /// Which part this is, from 1.
    SarSegmentSeqnum = 0x020F,
    /// A network's own error: an octet of kind, two of code.
    NetworkErrorCode = 0x0423,
    /// A text too long for its field.
    MessagePayload = 0x0424,
    /// Why a text was not delivered.
    DeliveryFailureReason = 0x0425,
    /// Where a text stands.
    MessageState = 0x0427,
}

/// Most parameters of a unit that are kept.
const TLVS_MAX: usize = 64;

/// The parameters of a unit, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tlvs(Vec<(u16, Bytes)>);

impl Tlvs {
    /// Reads what follows the fixed fields. What is cut short, or an octet that some peers leave
    /// behind a text, ends the reading: the text itself was understood.
    #[must_use]
    pub fn read(mut rest: &[u8]) -> Self {
        let mut found = Vec::new();
        while let Some((head, after)) = rest.split_first_chunk::<4>() {
            let tag = u16::from_be_bytes([head[0], head[1]]);
            let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
            let Some((value, next)) = after.split_at_checked(length) else { break };
            if found.len() == TLVS_MAX {
                break;
            }
            found.push((tag, Bytes::copy_from_slice(value)));
            rest = next;
        }
        Self(found)
    }

    /// The value of a parameter; the first, where there are several.
    #[must_use]
    pub fn get(&self, tag: Tag) -> Option<&Bytes> {
        self.0.iter().find(|(known, _)| *known == tag as u16).map(|(_, value)| value)
    }

    /// A value as a number of up to eight octets. Peers send one octet where two belong, and the reverse.
    #[must_use]
    pub fn number(&self, tag: Tag) -> Option<u64> {
        let value = self.get(tag).filter(|value| (1..=8).contains(&value.len()))?;
        Some(value.iter().fold(0, |sum, octet| (sum << 8) | u64::from(*octet)))
    }

    /// A value as a word, with or without its closing zero.
    #[must_use]
    pub fn word(&self, tag: Tag) -> Option<String> {
        let value = self.get(tag)?;
        let end = value.iter().position(|octet| *octet == 0).unwrap_or(value.len());
        let word = String::from_utf8_lossy(&value[..end.min(super::MESSAGE_ID_MAX)]).trim().to_owned();
        (!word.is_empty()).then_some(word)
    }

    /// Adds a parameter.
    pub fn push(&mut self, tag: Tag, value: impl Into<Bytes>) {
        self.0.push((tag as u16, value.into()));
    }

    /// Appends their bytes. A value longer than a length can say is left out.
    pub fn write(&self, out: &mut BytesMut) {
        for (tag, value) in &self.0 {
            let Ok(length) = u16::try_from(value.len()) else { continue };
            out.put_u16(*tag);
            out.put_u16(length);
            out.extend_from_slice(value);
        }
    }
}
