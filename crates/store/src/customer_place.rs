//! Where customers are, beside what their numbers tell.

use crate::args;
use crate::db::{DbError, Row, Tx, Val, inserts, statements};
use domain::id::CustomerId;
use domain::zones::{Place, PlaceKind, PlaceSource};

statements! {
    tenant CUSTOMER_PLACE_PUT = "insert into customer_places
            (ws, customer_id, kind, country, region, postal_code, time_zone, source, known_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (ws, customer_id, kind) do update set country = excluded.country, region = excluded.region,
            postal_code = excluded.postal_code, time_zone = excluded.time_zone, source = excluded.source,
            known_at = excluded.known_at";
    tenant CUSTOMER_PLACE_DELETE = "delete from customer_places where ws = $1 and customer_id = $2 and kind = $3";
    tenant CUSTOMER_PLACE_LIST = "select kind, country, region, postal_code, time_zone, source, known_at
        from customer_places where ws = $1 and customer_id = $2";
}

inserts! {
    CUSTOMER_PLACE_INSERT_MANY = "customer_places" [
        ("customer_id", Uuid), ("kind", Text), ("country", Text), ("region", Text), ("postal_code", Text),
        ("time_zone", Text), ("source", Text), ("known_at", Int)
    ] "";
}

/// A place of a customer, and how it came to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// The place.
    pub place: Place,
    /// Who it is known from.
    pub source: PlaceSource,
    /// Since when it is known, Unix ms.
    pub known_at: i64,
}

/// Keeps a place in the stead of the one of its kind.
pub fn put(tx: &mut Tx<'_>, customer: CustomerId, row: &PlaceRow) -> Result<(), DbError> {
    tx.exec(&CUSTOMER_PLACE_PUT, &values(customer, row)).map(drop)
}

/// Adds places of customers who are new.
pub fn insert_many(tx: &mut Tx<'_>, rows: impl IntoIterator<Item = (CustomerId, PlaceRow)>) -> Result<(), DbError> {
    let rows: Vec<_> = rows.into_iter().map(|(customer, row)| values(customer, &row)).collect();
    if rows.is_empty() {
        return Ok(());
    }
    tx.insert_many(&CUSTOMER_PLACE_INSERT_MANY, rows).map(drop)
}

fn values(customer: CustomerId, row: &PlaceRow) -> Vec<Val> {
    let place = &row.place;
    args![
        customer,
        place.kind.word(),
        &place.country,
        &place.region,
        &place.postal_code,
        &place.time_zone,
        row.source.word(),
        row.known_at
    ]
    .to_vec()
}

/// Forgets a place. False where there is none of its kind.
pub fn delete(tx: &mut Tx<'_>, customer: CustomerId, kind: PlaceKind) -> Result<bool, DbError> {
    Ok(tx.exec(&CUSTOMER_PLACE_DELETE, args![customer, kind.word()])? > 0)
}

/// A customer's places, in the order of their kinds.
pub fn of_customer(tx: &mut Tx<'_>, customer: CustomerId) -> Result<Vec<PlaceRow>, DbError> {
    let rows = tx.query(&CUSTOMER_PLACE_LIST, args![customer])?;
    let mut all = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    all.sort_unstable_by_key(|row| row.place.kind);
    Ok(all)
}

fn read(row: &Row) -> Result<PlaceRow, DbError> {
    Ok(PlaceRow {
        place: place(row, [0, 1, 2, 3, 4])?,
        source: word(row, 5, PlaceSource::from_word, "a source")?,
        known_at: row.get(6)?,
    })
}

/// The place of a row, by the columns of its kind, country, region, postal code and time zone.
pub(crate) fn place(row: &Row, [kind, country, region, postal_code, time_zone]: [usize; 5]) -> Result<Place, DbError> {
    Ok(Place {
        kind: word(row, kind, PlaceKind::from_word, "a kind of place")?,
        country: row.get(country)?,
        region: row.get(region)?,
        postal_code: row.get(postal_code)?,
        time_zone: row.get(time_zone)?,
    })
}

fn word<T>(row: &Row, column: usize, read: fn(&str) -> Option<T>, expected: &'static str) -> Result<T, DbError> {
    let found = "another word";
    read(&row.get::<String>(column)?).ok_or(DbError::Decode { statement: "customer_places", column, expected, found })
}
