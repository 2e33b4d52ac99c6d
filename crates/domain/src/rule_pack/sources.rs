//! What the keys of `source` stand for, read from the table of `docs/rules/sources.md`.

static FILE: &str = include_str!("../../../../docs/rules/sources.md");

/// Who says what a row says: an address, or a work by its name. `None` for a key nobody wrote down.
#[must_use]
pub fn source(key: &str) -> Option<&'static str> {
    FILE.lines().find_map(|line| {
        let (known, source) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        known.split(", ").any(|known| known == key).then_some(source)
    })
}

/// The keys in a row's `source`, which may say more after a colon: `KD, NWD: quote the rule`.
pub fn source_keys(source: &str) -> impl Iterator<Item = &str> {
    source.split(':').next().unwrap_or(source).split(", ")
}

#[cfg(test)]
mod tests {
    use super::{source, source_keys};
    use crate::rule_pack::{PACKS, RulePack};

    #[test]
    fn every_key_of_every_row_is_in_the_table() {
        for (id, _) in PACKS {
            for row in RulePack::find(id).map(RulePack::rows).unwrap_or_default() {
                for key in source_keys(&row.source) {
                    assert!(source(key).is_some_and(|found| !found.is_empty()), "{}: {key}", row.id);
                }
            }
        }
        assert_eq!(source("no such key"), None);
    }
}
