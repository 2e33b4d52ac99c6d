//! Randomness that is the same on every machine: SplitMix64, seeded by value.

/// A stream of numbers that follows from its seed alone.
#[derive(Debug, Clone)]
pub struct Chance {
    state: u64,
}

impl Chance {
    /// The stream of one thing (a customer, say) within a seed: things do not
    /// disturb each other, so a bigger shop begins like the smaller one.
    #[must_use]
    pub const fn of(seed: u64, thing: u64) -> Self {
        // The stream walks through its states in even steps, so neighbouring
        // things must begin far apart, or one would repeat what the last one said.
        Self { state: mix(seed).wrapping_add(mix(thing ^ 0x5851_F42D_4C95_7F2D).rotate_left(17)) }
    }

    /// The next 64 bits (Steele, Lea, Flood: SplitMix64).
    pub const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.state)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let wide = u128::from(self.next()) * bound as u128;
        (wide >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high.abs_diff(low) as usize + 1) as i64
    }

    /// True `percent` times out of a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent as usize
    }

    /// One of `choices`; the empty string's like where there is none.
    pub fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        choices.get(self.below(choices.len())).copied().unwrap_or_default()
    }

    /// The index of one of `weights`, each as likely as it weighs.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let total: u32 = weights.clone().sum();
        let mut left = self.below(total as usize) as u32;
        for (index, weight) in weights.enumerate() {
            if left < weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// A wait of about `typical` ms: mostly near it, now and then several times longer.
    pub fn about(&mut self, typical: i64) -> i64 {
        let thousandths = self.between(350, 1_300);
        let long = if self.percent(12) { self.between(2, 5) } else { 1 };
        (typical * thousandths / 1_000).saturating_mul(long).max(1_000)
    }
}

/// Every bit of the answer hangs on every bit of `value`.
const fn mix(value: u64) -> u64 {
    let mut mixed = value;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thing_repeats_what_another_said() {
        let mut seen = std::collections::HashSet::new();
        for thing in 0..500 {
            let mut chance = Chance::of(1, thing);
            assert!((0..100).all(|_| seen.insert(chance.next())), "{thing}");
        }
    }

    #[test]
    fn same_seed_same_numbers_and_neighbours_differ() {
        let first = |seed, thing| Chance::of(seed, thing).next();
        assert_eq!(first(1, 2), first(1, 2));
        assert_ne!(first(1, 2), first(1, 3));
        assert_ne!(first(1, 2), first(2, 2));
    }

    #[test]
    fn weights_are_met() {
        let mut chance = Chance::of(7, 0);
        let mut seen = [0; 3];
        for _ in 0..6_000 {
            seen[chance.weighted([1, 2, 3].into_iter())] += 1;
        }
        assert!((900..1_100).contains(&seen[0]) && (2_850..3_150).contains(&seen[2]), "{seen:?}");
    }
}
