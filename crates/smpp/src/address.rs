//! Addresses on the wire.

use crate::pdu::Party;
use crate::settings::Numbering;
use domain::address::Address;

/// International numbers in the plan of telephones.
const INTERNATIONAL: (u8, u8) = (1, 1);
/// A network's own numbers, which short codes are.
const OF_NETWORK: (u8, u8) = (3, 0);
/// Letters.
const LETTERS: (u8, u8) = (5, 0);

/// A customer's address; a number goes without its `+`.
#[must_use]
pub fn dest(address: &Address, numbering: &Numbering) -> Party {
    party(address, numbering.dest.unwrap_or(INTERNATIONAL))
}

/// One of our senders.
#[must_use]
pub fn source(address: &Address, numbering: &Numbering) -> Party {
    let (ton, npi) = match address {
        Address::Phone(_) => numbering.number.unwrap_or(INTERNATIONAL),
        Address::ShortCode(_) => numbering.short_code.unwrap_or(OF_NETWORK),
        Address::Alphanumeric(_) | Address::Opaque(_) => numbering.name.unwrap_or(LETTERS),
    };
    party(address, (ton, npi))
}

fn party(address: &Address, (ton, npi): (u8, u8)) -> Party {
    let address = address.phone().map_or(address.as_str(), |number| number.digits()).to_owned();
    Party { ton, npi, address }
}

/// The address of a party. An international number gets the `+` it is written without; what has no
/// type is read as providers' numbers are.
#[must_use]
pub fn read(party: &Party) -> Address {
    let digits = !party.address.is_empty() && party.address.bytes().all(|octet| octet.is_ascii_digit());
    if party.ton == INTERNATIONAL.0 && digits && party.address.len() > SHORT_CODE_MAX {
        Address::parse(&format!("+{}", party.address))
    } else {
        Address::parse(&party.address)
    }
}

/// Digits of a short code at most: centres call those international, too.
const SHORT_CODE_MAX: usize = 8;
