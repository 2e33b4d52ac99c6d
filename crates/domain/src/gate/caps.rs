//! How a rolling cap counts, whoever set it.

/// Instants, the latest first.
pub(super) fn latest_first(all: &[i64]) -> Vec<i64> {
    let mut latest = all.to_vec();
    latest.sort_unstable_by(|one, other| other.cmp(one));
    latest
}

/// When a cap of so many texts in a span (ms) reopens: once the oldest of the last `most` is as old as the
/// span. None while it is open.
pub(super) fn reopens(latest: &[i64], most: usize, span_ms: i64, now: i64) -> Option<i64> {
    let oldest = latest.get(most.checked_sub(1)?)?;
    oldest.checked_add(span_ms).filter(|reopens| *reopens > now)
}
