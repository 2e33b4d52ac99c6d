//! Where two are who become one: of each kind of place the latest that is known.

use domain::id::CustomerId;
use domain::zones::{Place, PlaceKind, PlaceSource};
use store::customer_merge::MovedPlace;
use store::customer_place::{self, PlaceRow};
use store::{DbError, Tx};

/// Gives a customer the places of another that are known later than theirs; the other keeps them. Answers those,
/// and what gave way to them.
pub(super) fn take_over(
    tx: &mut Tx<'_>,
    kept: CustomerId,
    other: CustomerId,
) -> Result<(Vec<MovedPlace>, Vec<MovedPlace>), DbError> {
    let own = customer_place::of_customer(tx, kept)?;
    let (mut moved, mut replaced) = (Vec::new(), Vec::new());
    for theirs in customer_place::of_customer(tx, other)? {
        let before = own.iter().find(|row| row.place.kind == theirs.place.kind);
        if before.is_some_and(|before| before.known_at >= theirs.known_at) {
            continue;
        }
        replaced.extend(before.map(kept_form));
        moved.push(kept_form(&theirs));
        customer_place::put(tx, kept, &theirs)?;
    }
    Ok((moved, replaced))
}

/// Takes those places back, where nobody has said otherwise since, and puts back what gave way to them.
pub(super) fn give_back(
    tx: &mut Tx<'_>,
    kept: CustomerId,
    moved: &[MovedPlace],
    replaced: &[MovedPlace],
) -> Result<(), DbError> {
    for row in customer_place::of_customer(tx, kept)? {
        if !moved.contains(&kept_form(&row)) {
            continue;
        }
        let before = replaced.iter().filter_map(read).find(|before| before.place.kind == row.place.kind);
        match before {
            Some(before) => customer_place::put(tx, kept, &before)?,
            None => drop(customer_place::delete(tx, kept, row.place.kind)?),
        }
    }
    Ok(())
}

fn kept_form(row: &PlaceRow) -> MovedPlace {
    let place = &row.place;
    MovedPlace {
        kind: place.kind.word().to_owned(),
        country: place.country.clone(),
        region: place.region.clone(),
        postal_code: place.postal_code.clone(),
        time_zone: place.time_zone.clone(),
        source: row.source.word().to_owned(),
        known_at: row.known_at,
    }
}

fn read(kept: &MovedPlace) -> Option<PlaceRow> {
    let place = Place {
        kind: PlaceKind::from_word(&kept.kind)?,
        country: kept.country.clone(),
        region: kept.region.clone(),
        postal_code: kept.postal_code.clone(),
        time_zone: kept.time_zone.clone(),
    };
    Some(PlaceRow { place, source: PlaceSource::from_word(&kept.source)?, known_at: kept.known_at })
}
