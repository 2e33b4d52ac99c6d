//! Who texts whom, and what is said.

use domain::address::Address;
use domain::gate::Verdict;

use crate::fault::Fault;
use crate::law;

/// What customers and shops write. A number behind it makes each text another.
const SENTENCES: &[&str] = &[
    "Where is my parcel? The tracking page has not moved since Monday.",
    "Does the rain jacket come in blue, size medium?",
    "The zip of my backpack broke on day one, can I get another?",
    "Thank you so much, the boots arrived and they fit!",
    "Can I still change the delivery address of my order?",
    "¿Cuándo llega mi pedido? Ya pasaron cinco días.",
    "Love the boots 😍 do you have them one size up please",
    "I returned the tent last week, when do I see my refund?",
    "Is the store in Portland open on Sunday?",
    "The parcel was left with a neighbour, all is well",
];

/// Text number `n`.
pub(crate) fn words(n: u64) -> String {
    let place = usize::try_from(n % SENTENCES.len() as u64).unwrap_or(0);
    format!("{} ({n})", SENTENCES.get(place).copied().unwrap_or_default())
}

/// Ranges of mobile numbers, each with the digits that follow. Together they
/// are within legal hours at any time of day.
const RANGES: &[(&str, usize)] = &[("+1212", 7), ("+1808", 7), ("+4474", 8), ("+9198", 8), ("+8190", 8), ("+6141", 7)];
/// How long the legal hours must last, in ms: longer than any blast.
const NEEDED_MS: i64 = 60 * 60 * 1_000;

/// A range of numbers to which a text may leave now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers {
    /// What they begin with.
    pub(crate) prefix: &'static str,
    digits: usize,
}

impl Numbers {
    /// Numbers in New York, whatever the hour: customers may write at night.
    pub(crate) const NEW_YORK: Self = Self { prefix: "+1212", digits: 7 };

    /// A range where it is day: the gate is asked in full, quiet hours and all.
    pub(crate) fn awake(now_ms: i64) -> Result<Self, Fault> {
        let found = RANGES.iter().map(|(prefix, digits)| Self { prefix, digits: *digits }).find(|numbers| {
            let to = Address::parse(&numbers.nth(0));
            let open = |at| law::decision(at, &to, &words(0)).verdict == Verdict::Send;
            open(now_ms) && open(now_ms + NEEDED_MS)
        });
        found.ok_or_else(|| Fault::wrong("no country is within legal hours now"))
    }

    /// Number `n` of the range.
    pub(crate) fn nth(self, n: u64) -> String {
        if self.prefix.starts_with("+1") {
            // In the North American plan an exchange begins with 2 or more, and
            // those that end in 11 are service codes: 99 of each hundred are left.
            let (exchange, line) = (n / 10_000, n % 10_000);
            let (hundred, rest) = (2 + exchange / 99, exchange % 99);
            let exchange = hundred * 100 + rest + u64::from(rest >= 11);
            return format!("{}{exchange}{line:04}", self.prefix);
        }
        let first = 2 * 10_u64.pow(u32::try_from(self.digits - 1).unwrap_or(6));
        format!("{}{:0digits$}", self.prefix, first + n, digits = self.digits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somewhere_it_is_always_day() {
        const HOUR: i64 = 3_600_000;
        // A day in winter and one in summer, each half hour.
        for start in [1_768_435_200_000_i64, 1_784_073_600_000] {
            for half in 0..48 {
                let now = start + half * HOUR / 2;
                assert!(Numbers::awake(now).is_ok(), "{now}");
            }
        }
    }

    #[test]
    fn every_number_can_be_texted() {
        for (prefix, digits) in RANGES {
            let numbers = Numbers { prefix, digits: *digits };
            // Each exchange of the North American plan has 10,000 numbers.
            for n in (0..=1_000_000).step_by(10_000).chain([1, 199_999, 999_999]) {
                assert!(Address::parse(&numbers.nth(n)).answerable(), "{}", numbers.nth(n));
            }
        }
    }
}
