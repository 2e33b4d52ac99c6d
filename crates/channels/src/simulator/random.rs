//! Chances that follow from a seed.

use domain::id::AttemptId;

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014): small, quick and good enough for chances.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    /// The chances of one text, whatever came before it.
    pub(super) const fn for_text(seed: u64, attempt: AttemptId) -> Self {
        let (high, low) = attempt.uuid().as_u64_pair();
        Self(seed ^ high.rotate_left(32) ^ low)
    }

    /// The chances of a text from a phone, by the carrier's id of it.
    pub(super) fn for_phone(seed: u64, provider_id: &str) -> Self {
        // FNV-1a (Fowler, Noll and Vo): any text to 64 bits, the same in every build.
        let hash = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self(seed ^ provider_id.bytes().fold(0xcbf2_9ce4_8422_2325, hash))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True so many times in a hundred. Always draws, so that one chance never shifts another.
    pub(super) fn percent(&mut self, percent: u8) -> bool {
        self.next() % 100 < u64::from(percent)
    }

    /// A number from 1 to `most`.
    pub(super) fn up_to(&mut self, most: i64) -> i64 {
        let most = u64::try_from(most).unwrap_or(1).max(1);
        i64::try_from(self.next() % most).unwrap_or(0) + 1
    }
}
