//! Who texts: a name, a number nobody has, a place, and a way of typing.

use crate::calendar::Zone;
use crate::chance::Chance;

const FIRST: &[&str] = &[
    "Aaliyah", "Abby", "Adele", "Ahmed", "Alan", "Alicia", "Amara", "Anders", "Anita", "Arjun", "Ashlyn", "Beatriz",
    "Ben", "Bianca", "Bo", "Brenda", "Bryce", "Caleb", "Camila", "Carl", "Cheryl", "Chloe", "Corinne", "Curtis",
    "Dale", "Danielle", "Darnell", "Deb", "Devon", "Dolores", "Dwight", "Elena", "Eli", "Esther", "Faith", "Farah",
    "Felix", "Fiona", "Frank", "Gail", "Gary", "Gloria", "Grace", "Hannah", "Hector", "Hiro", "Holly", "Imani", "Ines",
    "Isaac", "Ivy", "Jada", "Jerome", "Jill", "Joaquin", "Jodie", "Joyce", "June", "Kayla", "Keith", "Kenji", "Kiran",
    "Kofi", "Lena", "Leroy", "Linh", "Lorraine", "Lucia", "Mabel", "Malik", "Marcy", "Marisol", "Maya", "Mei",
    "Miriam", "Nadia", "Nate", "Nora", "Omar", "Opal", "Paige", "Pam", "Pedro", "Priya", "Quinn", "Ramona", "Ravi",
    "Renee", "Rhonda", "Rosa", "Roy", "Ruth", "Sade", "Sal", "Samir", "Selma", "Shawn", "Sonia", "Tamika", "Tess",
    "Theo", "Tina", "Trent", "Uma", "Val", "Vera", "Wade", "Wanda", "Winnie", "Xavier", "Yara", "Yusuf", "Zoe",
];
const LAST: &[&str] = &[
    "Abbott", "Acosta", "Adeyemi", "Barlow", "Beck", "Boyd", "Bragg", "Calloway", "Chen", "Cho", "Crane", "Cruz",
    "Dalton", "Das", "Dietrich", "Doyle", "Duarte", "Eaton", "Ellis", "Espinoza", "Fay", "Finch", "Flores", "Gandhi",
    "Gibbs", "Greer", "Haddad", "Hale", "Hobbs", "Huang", "Ibarra", "Ito", "Jarvis", "Kemp", "Khan", "Kowalski",
    "Lake", "Larsen", "Lugo", "Mace", "Mbeki", "McCabe", "Mehta", "Mora", "Nash", "Nguyen", "Novak", "Oakes", "Okafor",
    "Olsen", "Pace", "Park", "Petrov", "Pike", "Quezada", "Rao", "Reyes", "Rojas", "Rowe", "Salas", "Sato", "Shaw",
    "Silva", "Stamper", "Tate", "Torres", "Tran", "Ueda", "Vance", "Vargas", "Voss", "Weiss", "Wills", "Yates",
    "Yoder", "Zamora",
];

const EASTERN: Zone = Zone::new("America/New_York", -5, true);
const CENTRAL: Zone = Zone::new("America/Chicago", -6, true);
const MOUNTAIN: Zone = Zone::new("America/Denver", -7, true);
const ARIZONA: Zone = Zone::new("America/Phoenix", -7, false);
const PACIFIC: Zone = Zone::new("America/Los_Angeles", -8, true);
const ALASKA: Zone = Zone::new("America/Anchorage", -9, true);
const HAWAII: Zone = Zone::new("Pacific/Honolulu", -10, false);

/// The clock of the shop.
pub const SHOP: Zone = EASTERN;

/// Area codes, the clock of (most of) their area, and an address in it: state and ZIP code.
const AREAS: [(u32, Zone, &str, &str); 40] = [
    (212, EASTERN, "NY", "10001"),
    (617, EASTERN, "MA", "02108"),
    (404, EASTERN, "GA", "30303"),
    (305, EASTERN, "FL", "33101"),
    (215, EASTERN, "PA", "19103"),
    (919, EASTERN, "NC", "27601"),
    (216, EASTERN, "OH", "44114"),
    (313, EASTERN, "MI", "48226"),
    (803, EASTERN, "SC", "29201"),
    (207, EASTERN, "ME", "04101"),
    (518, EASTERN, "NY", "12207"),
    (412, EASTERN, "PA", "15222"),
    (757, EASTERN, "VA", "23510"),
    (813, EASTERN, "FL", "33602"),
    (312, CENTRAL, "IL", "60601"),
    (512, CENTRAL, "TX", "78701"),
    (713, CENTRAL, "TX", "77002"),
    (612, CENTRAL, "MN", "55401"),
    (504, CENTRAL, "LA", "70112"),
    (414, CENTRAL, "WI", "53202"),
    (314, CENTRAL, "MO", "63101"),
    (901, CENTRAL, "TN", "38103"),
    (405, CENTRAL, "OK", "73102"),
    (515, CENTRAL, "IA", "50309"),
    (210, CENTRAL, "TX", "78205"),
    (303, MOUNTAIN, "CO", "80202"),
    (505, MOUNTAIN, "NM", "87102"),
    (801, MOUNTAIN, "UT", "84101"),
    (406, MOUNTAIN, "MT", "59101"),
    (602, ARIZONA, "AZ", "85004"),
    (480, ARIZONA, "AZ", "85201"),
    (206, PACIFIC, "WA", "98101"),
    (415, PACIFIC, "CA", "94103"),
    (213, PACIFIC, "CA", "90012"),
    (619, PACIFIC, "CA", "92101"),
    (503, PACIFIC, "OR", "97204"),
    (702, PACIFIC, "NV", "89101"),
    (916, PACIFIC, "CA", "95814"),
    (907, ALASKA, "AK", "99501"),
    (808, HAWAII, "HI", "96813"),
];

/// Lines of the exchange 555 that are set aside for fiction: 0100 to 0199.
const RESERVED_LINES: u64 = 100;
/// The first line after them, and how many we go on to use.
const LATER_FIRST: u64 = 200;
const LATER_LINES: u64 = 9_700;

/// How many customers have a number of their own.
pub const PEOPLE_MAX: u64 = AREAS.len() as u64 * (RESERVED_LINES + LATER_LINES);

/// The number of a customer, in E.164, and the clock of its area.
///
/// The first 4,000 are of the form NPA-555-01XX, the block the North American
/// Numbering Plan reserves for fiction. A larger shop goes on with NPA-555-XXXX;
/// the exchange 555 has no subscribers, its national directory lines (1212 and
/// 4334) are left out. No two customers below [`PEOPLE_MAX`] share a number.
#[must_use]
pub fn phone(index: u32) -> (String, Zone) {
    let areas = AREAS.len() as u64;
    let (slot, first) = slot(index);
    let (area, zone, ..) = AREAS[(slot % areas) as usize];
    let line = match first + slot / areas {
        1_212 => 9_998,
        4_334 => 9_999,
        line => line,
    };
    (format!("+1{area}555{line:04}"), zone)
}

/// Where the parcels of a customer go: state and ZIP code. Most live where their number is
/// from; one in eight has moved and kept it.
#[must_use]
pub fn address(index: u32, chance: &mut Chance) -> (&'static str, &'static str) {
    let home = (slot(index).0 % AREAS.len() as u64) as usize;
    let area = if chance.below(8) == 0 { chance.below(AREAS.len()) } else { home };
    let (_, _, state, zip) = AREAS[area];
    (state, zip)
}

/// The slot of a customer among the numbers of their block, and its first line.
fn slot(index: u32) -> (u64, u64) {
    let areas = AREAS.len() as u64;
    let reserved = areas * RESERVED_LINES;
    let index = u64::from(index) % PEOPLE_MAX;
    // A multiplier without a common factor visits every slot once, out of order.
    if index < reserved {
        (index * 1_663 % reserved, 100)
    } else {
        ((index - reserved) * 104_729 % (areas * LATER_LINES), LATER_FIRST)
    }
}

/// How somebody types.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Never a capital letter.
    pub lowercase: bool,
    /// Leaves the last full stop out.
    pub unstopped: bool,
    /// Writes u, pls, rn.
    pub abbreviates: bool,
    /// Misspells one word in this many; 0 is never.
    pub slips: usize,
    /// Sends one thought per text.
    pub bursts: bool,
    /// Says hello first.
    pub greets: bool,
    /// Ends in a picture now and then.
    pub emoji: &'static [&'static str],
    /// Adds why and for whom.
    pub chatty: bool,
    /// Shouts when angry.
    pub shouts: bool,
    /// Ends in exclamation marks.
    pub bright: bool,
}

impl Manner {
    /// Somebody's way, for good.
    #[must_use]
    pub fn of(chance: &mut Chance) -> Self {
        const EMOJI: [&[&str]; 6] =
            [&["🙏", "😊"], &["😭", "💀", "😂"], &["❤️", "🥰"], &["👍"], &["😬", "🙃"], &["✨", "🌿"]];
        let young = chance.percent(45);
        Self {
            lowercase: chance.percent(if young { 60 } else { 15 }),
            unstopped: chance.percent(if young { 75 } else { 35 }),
            abbreviates: chance.percent(if young { 50 } else { 10 }),
            slips: if chance.percent(40) { 14 + chance.below(40) } else { 0 },
            bursts: chance.percent(if young { 55 } else { 15 }),
            greets: chance.percent(if young { 40 } else { 75 }),
            emoji: if chance.percent(35) { chance.pick(&EMOJI) } else { &[] },
            chatty: chance.percent(45),
            shouts: chance.percent(25),
            bright: chance.percent(22),
        }
    }
}

/// Somebody's name; one in twelve never told it.
#[must_use]
pub fn name(chance: &mut Chance) -> String {
    let first = chance.pick(FIRST);
    match chance.below(24) {
        0 | 1 => String::new(),
        2 | 3 => first.to_owned(),
        4 => format!("{first} {}.", chance.pick(LAST).chars().take(1).collect::<String>()),
        5 => format!("{} {}", first, chance.pick(LAST)).to_lowercase(),
        _ => format!("{first} {}", chance.pick(LAST)),
    }
}

/// A town in somebody's zone.
#[must_use]
pub fn city(zone: Zone, chance: &mut Chance) -> &'static str {
    chance.pick(match zone.name {
        "America/New_York" => &[
            "Asheville",
            "Dayton",
            "Albany",
            "Macon",
            "Erie",
            "Tampa",
            "Lowell",
            "Akron",
            "Toledo",
            "Savannah",
            "Yonkers",
            "Lansing",
            "Raleigh",
            "Richmond",
        ],
        "America/Chicago" => {
            &["Duluth", "Waco", "Mobile", "Peoria", "Laredo", "Madison", "Amarillo", "Omaha", "Tulsa", "Ames"]
        }
        "America/Denver" => &["Provo", "Boise", "El Paso", "Santa Fe", "Helena", "Boulder", "Casper"],
        "America/Phoenix" => &["Tucson", "Mesa", "Flagstaff", "Yuma"],
        "America/Anchorage" => &["Juneau", "Fairbanks", "Sitka"],
        "Pacific/Honolulu" => &["Hilo", "Kailua", "Lihue"],
        _ => &["Fresno", "Spokane", "Reno", "Salem", "Eugene", "Tacoma", "Oxnard", "Chico", "Bend"] as &[&str],
    })
}

/// A first name that a customer may mention.
#[must_use]
pub fn first_name(chance: &mut Chance) -> &'static str {
    chance.pick(FIRST)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_are_fictional_valid_and_never_shared() {
        let mut seen = HashSet::new();
        for index in 0..120_000 {
            let (number, _) = phone(index);
            assert_eq!(number.len(), 12, "{number}");
            assert!(number.starts_with("+1") && &number[5..8] == "555", "{number}");
            assert!(number[2..5].bytes().next().is_some_and(|first| first >= b'2'), "{number}");
            assert!(!["1212", "4334"].contains(&&number[8..]), "{number}");
            assert!(index >= 4_000 || &number[8..10] == "01", "{number}");
            assert!(seen.insert(number));
        }
    }

    #[test]
    fn most_live_where_their_number_is_from_and_some_have_moved() {
        use domain::address::Address;
        use domain::zones::{Place, PlaceKind, candidates, candidates_at};
        let moved = (0..4_000_u32).filter(|index| {
            let (state, zip) = address(*index, &mut Chance::of(7, u64::from(*index)));
            let place = Place {
                kind: PlaceKind::Shipping,
                country: "US".to_owned(),
                region: state.to_owned(),
                postal_code: zip.to_owned(),
                time_zone: String::new(),
            };
            assert_eq!(place.clone().checked().as_ref(), Ok(&place));
            let number = Address::parse(&phone(*index).0);
            let both = candidates_at(&number, std::slice::from_ref(&place)).states;
            assert!(both.contains(&state) && both.len() <= 2, "{zip} is in {state} alone: {both:?}");
            candidates(&number).states != both
        });
        let moved = moved.count();
        assert!((300..600).contains(&moved), "{moved} of 4,000");
    }
}
