//! Stored costs, and whether an item costs more than it did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::cost::Cost;
use crate::figure::Figure;

/// The stored costs of this version.
const STORED: &str = include_str!("../baseline.json");
/// Most commits for each item, whatever is stored: how many share one depends
/// on how fast the machine is.
const COMMITS_MOST: f64 = 0.1;
/// The unit of figures that callgrind counted.
pub(crate) const INSTRUCTIONS: &str = "instructions";
/// How much more than the stored cost is too much.
const ROOM: f64 = 1.25;

/// Costs of one kind of build.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Build {
    /// Processor time of one calibration, in µs, on the machine they were measured on.
    calibration_us: f64,
    /// Costs by benchmark and store.
    #[serde(default)]
    costs: BTreeMap<String, Stored>,
    /// Counted instructions by what they are of.
    #[serde(default)]
    instructions: BTreeMap<String, f64>,
}

/// What each item cost when it was stored.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Stored {
    cpu_us: f64,
    statements: f64,
    /// On SQLite alone: what PostgreSQL writes depends on its last checkpoint
    /// and on other databases of the server.
    bytes: Option<f64>,
}

/// Costs by kind of build: `debug` and `release`.
type All = BTreeMap<String, Build>;

const fn build() -> &'static str {
    if cfg!(debug_assertions) { "debug" } else { "release" }
}

/// Processor time of a fixed piece of work, in µs: how fast this machine is
/// now. Hashing, words and sorting, as the server's work is. The best of seven.
pub(crate) fn calibration_us() -> f64 {
    let rounds = (0..7).map(|_| {
        let began = thread_cpu_us();
        let mut digest = [0_u8; 32];
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for n in 0..20_000_usize {
            digest = Sha256::digest(digest).into();
            words.insert(format!("{:?}", digest.get(..4)), n);
        }
        std::hint::black_box(words.len());
        thread_cpu_us() - began
    });
    rounds.fold(f64::INFINITY, f64::min)
}

/// Processor time of this thread, in µs (the first number of `schedstat`, in ns).
fn thread_cpu_us() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1_000.0
}

fn name(figure: &Figure) -> String {
    format!("{}/{}", figure.bench, figure.store.unwrap_or("none"))
}

/// What is above its stored cost, in words. A cost that is not stored is above it.
pub(crate) fn excesses(figures: &[Figure]) -> Result<Vec<String>, serde_json::Error> {
    let all: All = serde_json::from_str(STORED)?;
    let stored = all.get(build()).cloned().unwrap_or_default();
    let speed = if build() == "release" { calibration_us() / stored.calibration_us.max(1.0) } else { 1.0 };
    Ok(compare(figures, &stored, speed))
}

fn compare(figures: &[Figure], stored: &Build, speed: f64) -> Vec<String> {
    let mut found = Vec::new();
    for (name, cost) in figures.iter().filter_map(|figure| Some((name(figure), figure.cost?))) {
        match stored.costs.get(&name) {
            Some(stored) => found.extend(excess(&name, &cost, stored, speed)),
            None => found.push(format!("{name}: no stored cost; see crates/bench/README.md")),
        }
    }
    for figure in figures.iter().filter(|figure| figure.unit == INSTRUCTIONS) {
        let then = stored.instructions.get(&figure.what).copied().unwrap_or(0.0);
        if figure.value > then * ROOM {
            found.push(format!("{}: {:.0} instructions, stored {then:.0}", figure.what, figure.value));
        }
    }
    found
}

fn excess(name: &str, cost: &Cost, stored: &Stored, speed: f64) -> Vec<String> {
    let mut found = Vec::new();
    let mut look = |what: &str, now: f64, then: f64| {
        if now > then * ROOM {
            found.push(format!("{name}: {now:.3} {what} for each, stored {then:.3}, room for {:.3}", then * ROOM));
        }
    };
    look("statements", cost.statements, stored.statements);
    if let (Some(now), Some(then)) = (cost.bytes, stored.bytes) {
        look("bytes", now, then);
    }
    // A build without optimisation says nothing about a release's processor time.
    if build() == "release" {
        look("µs CPU", cost.cpu_us, stored.cpu_us * speed);
    }
    if cost.commits > COMMITS_MOST {
        found.push(format!("{name}: {:.3} commits for each, {COMMITS_MOST} at most", cost.commits));
    }
    found
}

/// Stored costs with these figures put in for this kind of build.
pub(crate) fn recorded(before: &str, figures: &[Figure]) -> Result<String, serde_json::Error> {
    let mut all: All = if before.trim().is_empty() { All::new() } else { serde_json::from_str(before)? };
    let here = all.entry(build().to_owned()).or_default();
    here.calibration_us = calibration_us().round();
    for figure in figures {
        if figure.unit == INSTRUCTIONS {
            here.instructions.insert(figure.what.clone(), figure.value.round());
        }
        let Some(cost) = figure.cost else { continue };
        let digits = |value: f64, places: i32| (value * 10_f64.powi(places)).round() / 10_f64.powi(places);
        let stored = Stored {
            cpu_us: digits(cost.cpu_us, 0),
            statements: digits(cost.statements, 2),
            bytes: cost.bytes.filter(|_| figure.store == Some("sqlite")).map(|bytes| digits(bytes, 0)),
        };
        here.costs.insert(name(figure), stored);
    }
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(statements: f64, bytes: Option<f64>) -> Figure {
        let cost = Cost { items: 10, statements, commits: 0.01, bytes, cpu_us: 100.0, ..Cost::default() };
        Figure { bench: "blast", store: Some("sqlite"), ..Figure::new("x", 1.0, "/s").cost(cost) }
    }

    #[test]
    fn a_quarter_more_is_room_and_more_is_an_excess() {
        let text = recorded("", &[figure(8.0, Some(1_000.0))]).unwrap();
        let all: All = serde_json::from_str(&text).unwrap();
        let stored = &all[build()];
        assert!(compare(&[figure(10.0, Some(1_250.0))], stored, 1.0).is_empty());
        assert_eq!(compare(&[figure(10.1, Some(900.0))], stored, 1.0).len(), 1);
        assert_eq!(compare(&[figure(10.1, Some(1_300.0))], stored, 1.0).len(), 2);
        // What cannot be seen here cannot be judged.
        assert!(compare(&[figure(8.0, None)], stored, 1.0).is_empty());
        let other = Figure { store: Some("postgres"), ..figure(8.0, None) };
        assert!(compare(&[other], stored, 1.0)[0].contains("no stored cost"));
        let mut single = figure(8.0, None);
        single.cost = single.cost.map(|cost| Cost { commits: 1.0, ..cost });
        assert!(compare(&[single], stored, 1.0)[0].contains("commits"));
    }

    #[test]
    fn instructions_are_compared_by_what_they_are_of() {
        let gate = |value| Figure::new("gate, each", value, INSTRUCTIONS);
        let text = recorded("", &[gate(1_000.0)]).unwrap();
        let all: All = serde_json::from_str(&text).unwrap();
        assert!(compare(&[gate(1_250.0)], &all[build()], 1.0).is_empty());
        assert_eq!(compare(&[gate(1_251.0)], &all[build()], 1.0).len(), 1);
        assert_eq!(compare(&[Figure::new("new, each", 1.0, INSTRUCTIONS)], &all[build()], 1.0).len(), 1);
    }

    #[test]
    fn the_stored_costs_can_be_read() {
        let all: All = serde_json::from_str(STORED).unwrap();
        assert!(all.keys().all(|build| build == "debug" || build == "release"));
    }

    #[test]
    fn calibration_takes_processor_time() {
        assert!(calibration_us() > 100.0);
    }
}
