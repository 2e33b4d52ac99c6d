//! Figures and how they are told.

use std::fmt::Write;

use serde::Serialize;

use crate::cost::Cost;
use crate::tally::Spread;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Better {
    /// At least so much.
    More,
    /// At most so much.
    Less,
}

/// One figure.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Figure {
    /// The benchmark.
    pub(crate) bench: &'static str,
    /// The store; none for what needs no store.
    pub(crate) store: Option<&'static str>,
    /// What was measured.
    pub(crate) what: String,
    /// How much.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// Which way is better, where it is judged.
    pub(crate) better: Option<Better>,
    /// What a release must hold.
    pub(crate) must: Option<f64>,
    /// What we want to be able to say.
    pub(crate) goal: Option<f64>,
    /// Whether the must holds.
    pub(crate) met: Option<bool>,
    /// Whether the goal holds.
    pub(crate) goal_met: Option<bool>,
    /// Over how many.
    pub(crate) n: Option<u64>,
    /// Median, in ms.
    pub(crate) p50_ms: Option<f64>,
    /// 99th percentile, in ms.
    pub(crate) p99_ms: Option<f64>,
    /// The longest, in ms.
    pub(crate) max_ms: Option<f64>,
    /// What each item cost.
    pub(crate) cost: Option<Cost>,
    /// What a reader should know of it.
    pub(crate) note: Option<String>,
}

impl Figure {
    /// A figure that nobody judges.
    pub(crate) fn new(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self {
            bench: "",
            store: None,
            what: what.into(),
            value,
            unit,
            better: None,
            must: None,
            goal: None,
            met: None,
            goal_met: None,
            n: None,
            p50_ms: None,
            p99_ms: None,
            max_ms: None,
            cost: None,
            note: None,
        }
    }

    /// A bound below which it is bad.
    pub(crate) fn at_least(self, must: f64, goal: f64) -> Self {
        self.judged(Better::More, must, goal)
    }

    /// A bound above which it is bad.
    pub(crate) fn at_most(self, must: f64, goal: f64) -> Self {
        self.judged(Better::Less, must, goal)
    }

    fn judged(mut self, better: Better, must: f64, goal: f64) -> Self {
        let holds = |bound: f64| match better {
            Better::More => self.value >= bound,
            Better::Less => self.value <= bound,
        };
        (self.met, self.goal_met) = (Some(holds(must)), Some(holds(goal)));
        Self { better: Some(better), must: Some(must), goal: Some(goal), ..self }
    }

    /// Over how many.
    pub(crate) fn of(self, n: u64) -> Self {
        Self { n: Some(n), ..self }
    }

    /// With the spread it is one number of.
    pub(crate) fn spread(self, spread: Spread) -> Self {
        let ms = |value: f64| Some(value);
        Self {
            n: Some(spread.n),
            p50_ms: ms(spread.p50_ms),
            p99_ms: ms(spread.p99_ms),
            max_ms: ms(spread.max_ms),
            ..self
        }
    }

    /// With what each item cost.
    pub(crate) fn cost(self, cost: Cost) -> Self {
        Self { cost: Some(cost), ..self }
    }

    /// With a word about it.
    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// As a line or two for people.
    pub(crate) fn lines(&self) -> String {
        let mut text = format!("  {:<46} {:>10} {}", self.what, number(self.value), self.unit);
        let sign = if self.better == Some(Better::More) { "≥" } else { "≤" };
        let verdict = |met: Option<bool>| if met == Some(true) { "met" } else { "MISSED" };
        if let (Some(must), Some(goal)) = (self.must, self.goal) {
            let goal_verdict = if self.goal_met == Some(true) { "met" } else { "missed" };
            let _ = write!(text, "   must {sign} {} {}", number(must), verdict(self.met));
            let _ = write!(text, " · goal {sign} {} {goal_verdict}", number(goal));
        }
        let mut rest = Vec::new();
        if let Some(n) = self.n {
            rest.push(format!("n {n}"));
        }
        if let (Some(p50), Some(p99), Some(max)) = (self.p50_ms, self.p99_ms, self.max_ms) {
            rest.push(format!("p50 {p50:.2} p99 {p99:.2} max {max:.2} ms"));
        }
        if let Some(cost) = &self.cost {
            rest.push(cost_words(cost));
        }
        rest.extend(self.note.clone());
        if !rest.is_empty() {
            let _ = write!(text, "\n      {}", rest.join(" · "));
        }
        text
    }
}

fn cost_words(cost: &Cost) -> String {
    let database = cost.database_cpu_us.map_or_else(String::new, |us| format!(" ({us:.0} PostgreSQL)"));
    let bytes = cost.bytes.map_or_else(|| "bytes unknown".to_owned(), |bytes| format!("{} bytes", number(bytes)));
    format!(
        "each {:.0} µs CPU{database}, {:.4} syncs, {:.4} commits, {:.2} statements, {bytes} · {:.0} MiB · other load {:.2} cores, this generator {:.2}",
        cost.cpu_us, cost.syncs, cost.commits, cost.statements, cost.rss_mib, cost.other_cores, cost.load_cores
    )
}

fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1_000.0 => {
            let digits = format!("{value:.0}");
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 && !text.ends_with('-') {
                    text.push(',');
                }
                text.push(digit);
            }
            text
        }
        size if size >= 100.0 || (size - size.round()).abs() < 1e-9 => format!("{value:.0}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_judged_by_its_bounds() {
        let rate = Figure::new("accepted", 3_500.0, "/s").at_least(3_000.0, 5_000.0);
        assert_eq!((rate.met, rate.goal_met), (Some(true), Some(false)));
        assert!(rate.lines().contains("must ≥ 3,000 met · goal ≥ 5,000 missed"), "{}", rate.lines());
        let slow = Figure::new("seen, p99", 30.0, "ms").at_most(25.0, 8.0);
        assert_eq!((slow.met, slow.goal_met), (Some(false), Some(false)));
        assert!(slow.lines().contains("must ≤ 25 MISSED"), "{}", slow.lines());
    }

    #[test]
    fn numbers_are_told_as_people_read_them() {
        let told: Vec<String> = [1_234_567.0, 999.6, 12.5, 0.03, 40.0].into_iter().map(number).collect();
        assert_eq!(told, ["1,234,567", "1000", "12.50", "0.0300", "40"]);
    }
}
