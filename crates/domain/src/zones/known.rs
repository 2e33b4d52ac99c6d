//! A customer's places beside the number, as they are kept, and where the
//! customer may be by all of them.
//!
//! Each place is read by itself: what one address leaves open, another does not
//! answer. Whatever of it cannot be read takes nothing away.

use super::places::{PlaceError, Places, is_canadian};
use super::{Candidates, Certainty, Witnesses, candidates, nowhere, plan};
use crate::address::{Address, calling_code};
use crate::message::words;
use crate::rule_pack::Regions;

words! {
    /// What kind of place it is. A customer has one of each at most: the latest that is known.
    PlaceKind {
        /// Where parcels go.
        Shipping = "shipping",
        /// Where bills go.
        Billing = "billing",
        /// Where they say they are. It is no address: it adds itself, and a number without a
        /// place stays everywhere.
        Declared = "declared",
    }
}

words! {
    /// Who a place is known from.
    PlaceSource {
        /// The customer said so.
        Customer = "customer",
        /// A member wrote it down.
        Member = "member",
        /// The shop's own systems know it, from an order or an account.
        Shop = "shop",
    }
}

/// The postal codes' words for the armed forces, whose mail says nothing of the
/// clock: the Americas, Europe, the Pacific (USPS Publication 28, appendix B).
const ARMED_FORCES: &[&str] = &["AA", "AE", "AP"];

/// A place of a customer. What is not known is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What kind it is.
    pub kind: PlaceKind,
    /// ISO 3166 code.
    pub country: String,
    /// A state or province by its postal code; in other countries anything.
    pub region: String,
    /// A ZIP code or Canadian postal code; in other countries anything.
    pub postal_code: String,
    /// IANA name of a zone; of a declared place alone.
    pub time_zone: String,
}

impl Place {
    /// The place as it is kept, if it says something, and nothing that cannot be read.
    ///
    /// # Errors
    /// [`PlaceError`], of what is wrong first.
    pub fn checked(self) -> Result<Self, PlaceError> {
        let place = self.written();
        if place.kind != PlaceKind::Declared && !place.time_zone.is_empty() {
            return Err(PlaceError::ZoneOfAddress);
        }
        match place.read() {
            (_, Some(fault)) => Err(fault),
            (_, None) => Ok(place),
        }
    }

    /// In one spelling.
    fn written(self) -> Self {
        let upper = |text: &str| text.trim().to_uppercase();
        let country = upper(&self.country);
        let region = if matches!(country.as_str(), "US" | "CA") {
            let region = upper(&self.region);
            region.strip_prefix(&format!("{country}-")).map(str::to_owned).unwrap_or(region)
        } else {
            self.region.trim().to_owned()
        };
        Self {
            kind: self.kind,
            region,
            country,
            postal_code: upper(&self.postal_code),
            time_zone: self.time_zone.trim().to_owned(),
        }
    }

    /// Every place it may mean, and the first thing about it that means nothing. What is left
    /// of it is wide rather than narrow: a ZIP code that cannot be read leaves the whole state.
    fn read(&self) -> (Places, Option<PlaceError>) {
        let mut found = Places::default();
        let mut faults = Vec::new();
        match self.country.as_str() {
            "" if self.region.is_empty() && self.postal_code.is_empty() => {
                if self.time_zone.is_empty() {
                    faults.push(PlaceError::Empty);
                }
            }
            "US" | "CA" => {
                faults.extend(self.add_postal_code(&mut found).err());
                faults.extend(self.add_region(&mut found).err());
                let vague = self.region.is_empty() && self.postal_code.is_empty() || !faults.is_empty();
                if vague && found.zones.is_empty() {
                    faults.extend(self.add_country(&mut found).err());
                }
            }
            _ => faults.extend(self.add_country(&mut found).err()),
        }
        if !self.time_zone.is_empty() {
            faults.extend(found.add_zone(&self.time_zone).err());
        }
        (found, faults.into_iter().next())
    }

    fn add_postal_code(&self, found: &mut Places) -> Result<(), PlaceError> {
        if self.postal_code.is_empty() {
            return Ok(());
        }
        if is_canadian(&self.postal_code) != (self.country == "CA") {
            return Err(PlaceError::Zip(self.postal_code.clone()));
        }
        found.add_zip(&self.postal_code)
    }

    fn add_region(&self, found: &mut Places) -> Result<(), PlaceError> {
        let says_nothing = self.country == "US" && ARMED_FORCES.contains(&self.region.as_str());
        if self.region.is_empty() || says_nothing {
            return Ok(());
        }
        match plan::state(&self.region) {
            Some((_, country, _)) if (country == "CA") == (self.country == "CA") => found.add_state(&self.region),
            _ => Err(PlaceError::State(self.region.clone())),
        }
    }

    /// The whole country. One of the North American plan is where its area codes are, any other
    /// where its calling code is.
    fn add_country(&self, found: &mut Places) -> Result<(), PlaceError> {
        let unknown = || PlaceError::Country(self.country.clone());
        let calling = calling_code(&self.country).ok_or_else(unknown)?;
        for complex in plan::of_country(&self.country) {
            found.add(&complex.zones, complex.state.as_slice(), complex.regions);
        }
        if found.zones.is_empty() {
            let zones = plan::prefix(calling).ok_or_else(unknown)?;
            found.add(zones, &[], Regions::country(&self.country));
        }
        Ok(())
    }
}

/// Where the customer of an address may be, by their number and all that is known of them.
///
/// A place adds itself and takes none away, with one exception: a number without a place,
/// such as a toll-free one, is where its addresses are, as long as all that is known of them
/// can be read. United States law stays with it: nothing says that it is a foreigner's.
#[must_use]
pub fn candidates_at(address: &Address, known: &[Place]) -> Candidates {
    let mut found = candidates(address);
    if known.is_empty() {
        return found;
    }
    let read: Vec<(PlaceKind, Places, bool)> = known
        .iter()
        .map(|place| {
            let (places, fault) = place.read();
            (place.kind, places, fault.is_some())
        })
        .collect();
    let placeless = matches!(found.certainty, Certainty::NotGeographic | Certainty::Unknown);
    let addressed = read.iter().any(|(kind, places, _)| *kind != PlaceKind::Declared && !places.zones.is_empty());
    let whole = read.iter().all(|(_, _, faulty)| !faulty);
    if placeless && addressed && whole {
        found = nowhere(Regions::us());
    }
    for (kind, places, faulty) in read {
        if faulty {
            found.unread = found.unread.and(Witnesses::of(kind));
        }
        if !places.zones.is_empty() {
            found.told_by = found.told_by.and(Witnesses::of(kind));
            places.join(&mut found);
        }
    }
    found
}
