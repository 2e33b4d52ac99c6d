//! A text on the wire: `submit_sm`, `deliver_sm` and `data_sm` (SMPP 3.4, 4.4, 4.6 and 4.7).

use super::{Fields, Malformed, Tag, Tlvs, command, write_c_string};
use bytes::{BufMut as _, Bytes, BytesMut};

/// An address with its type and plan of numbering.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub struct Party {
    /// Type of number: 1 international, 3 of a network, 5 letters.
    pub ton: u8,
    /// Plan of numbering: 1 telephones.
    pub npi: u8,
    /// Digits or letters, without a `+`.
    pub address: String,
}

impl std::fmt::Debug for Party {
    /// No full number reaches a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Party({}/{}, {} characters)", self.ton, self.npi, self.address.chars().count())
    }
}

/// What a text from the centre is, by its `esm_class` (SMPP 3.4, 5.2.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EsmKind {
    /// A person's text.
    Text,
    /// What became of a text of ours.
    Receipt,
    /// What has become of it so far.
    Intermediate,
}

/// A text on the wire.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ShortMessage {
    /// A kind of service, where the centre wants one.
    pub service_type: String,
    /// Who sends.
    pub source: Party,
    /// Who receives.
    pub dest: Party,
    /// Mode, kind and features.
    pub esm_class: u8,
    /// Until when it may be delivered; empty for the centre's own limit.
    pub validity: String,
    /// Which receipts are wanted.
    pub registered_delivery: u8,
    /// The alphabet.
    pub data_coding: u8,
    /// The octets, a header included.
    pub octets: Bytes,
    /// What else there is.
    pub tlvs: Tlvs,
}

/// The bit of `esm_class` that says a header precedes the text.
const UDHI: u8 = 0x40;
/// Octets the field of a text can hold; longer ones are a parameter.
const SHORT_MAX: usize = 254;

impl ShortMessage {
    /// The body of a `submit_sm`, which a `deliver_sm` shares. Octets that do not fit the field are
    /// written as `message_payload`.
    #[must_use]
    pub fn body(&self) -> Bytes {
        let mut out = BytesMut::with_capacity(64 + self.octets.len());
        write_c_string(&mut out, &self.service_type, 5);
        for party in [&self.source, &self.dest] {
            out.put_u8(party.ton);
            out.put_u8(party.npi);
            write_c_string(&mut out, &party.address, 20);
        }
        // Its class, protocol and priority; then no schedule.
        out.extend_from_slice(&[self.esm_class, 0, 0, 0]);
        write_c_string(&mut out, &self.validity, 16);
        out.extend_from_slice(&[self.registered_delivery, 0, self.data_coding, 0]);
        match u8::try_from(self.octets.len()) {
            Ok(length) if self.octets.len() <= SHORT_MAX => {
                out.put_u8(length);
                out.extend_from_slice(&self.octets);
                self.tlvs.write(&mut out);
            }
            _ => {
                out.put_u8(0);
                let mut tlvs = self.tlvs.clone();
                tlvs.push(Tag::MessagePayload, self.octets.clone());
                tlvs.write(&mut out);
            }
        }
        out.freeze()
    }

    /// Reads the body of a `deliver_sm` or `submit_sm`, or of a `data_sm`.
    ///
    /// # Errors
    /// It ends before its fixed fields do.
    pub fn read(command: u32, body: &[u8]) -> Result<Self, Malformed> {
        let mut fields = Fields::new(body);
        let service_type = fields.c_string("service_type")?;
        let mut party = |field| -> Result<Party, Malformed> {
            Ok(Party { ton: fields.octet(field)?, npi: fields.octet(field)?, address: fields.c_string(field)? })
        };
        let (source, dest) = (party("source_addr")?, party("destination_addr")?);
        let esm_class = fields.octet("esm_class")?;
        if command == command::DATA_SM {
            let registered_delivery = fields.octet("registered_delivery")?;
            let data_coding = fields.octet("data_coding")?;
            let tlvs = Tlvs::read(fields.rest());
            let octets = tlvs.get(Tag::MessagePayload).cloned().unwrap_or_default();
            let validity = String::new();
            return Ok(Self {
                service_type,
                source,
                dest,
                esm_class,
                validity,
                registered_delivery,
                data_coding,
                octets,
                tlvs,
            });
        }
        fields.octet("protocol_id")?;
        fields.octet("priority_flag")?;
        fields.c_string("schedule_delivery_time")?;
        let validity = fields.c_string("validity_period")?;
        let registered_delivery = fields.octet("registered_delivery")?;
        fields.octet("replace_if_present_flag")?;
        let data_coding = fields.octet("data_coding")?;
        fields.octet("sm_default_msg_id")?;
        let length = usize::from(fields.octet("sm_length")?);
        let short = fields.octets(length, "short_message")?;
        let tlvs = Tlvs::read(fields.rest());
        let octets = match tlvs.get(Tag::MessagePayload) {
            // Only one of them may be there (SMPP 3.4, 4.6.1); the field counts where it is used.
            Some(payload) if short.is_empty() => payload.clone(),
            _ => Bytes::copy_from_slice(short),
        };
        Ok(Self { service_type, source, dest, esm_class, validity, registered_delivery, data_coding, octets, tlvs })
    }

    /// What it is.
    #[must_use]
    pub const fn kind(&self) -> EsmKind {
        match self.esm_class & 0x3C {
            0x04 => EsmKind::Receipt,
            0x20 => EsmKind::Intermediate,
            _ => EsmKind::Text,
        }
    }

    /// Whether a header precedes the text.
    #[must_use]
    pub const fn has_header(&self) -> bool {
        self.esm_class & UDHI != 0
    }
}

impl std::fmt::Debug for ShortMessage {
    /// Bodies never reach a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShortMessage")
            .field("source", &self.source)
            .field("dest", &self.dest)
            .field("esm_class", &self.esm_class)
            .field("data_coding", &self.data_coding)
            .field("octets", &self.octets.len())
            .finish_non_exhaustive()
    }
}
