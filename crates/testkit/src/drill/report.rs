//! What a drill found.

use std::fmt::Write as _;

/// Checks with their outcome, and figures worth keeping.
#[derive(Debug, Default)]
pub struct Report {
    checks: Vec<(bool, String)>,
    figures: Vec<(String, String)>,
    skipped: Vec<String>,
}

/// Most examples that a failed check names.
const EXAMPLES: usize = 5;

impl Report {
    /// Notes a check and prints it.
    pub fn check(&mut self, holds: bool, what: impl Into<String>) {
        let what = what.into();
        println!("  {} {what}", if holds { "ok    " } else { "FAILED" });
        self.checks.push((holds, what));
    }

    /// Notes a check that holds if nothing speaks against it.
    pub fn none(&mut self, what: &str, against: &[String]) {
        if against.is_empty() {
            return self.check(true, what);
        }
        let named = against.iter().take(EXAMPLES).map(String::as_str).collect::<Vec<_>>().join("; ");
        self.check(false, format!("{what}: {} times not: {named}", against.len()));
    }

    /// Notes a figure and prints it.
    pub fn figure(&mut self, name: impl Into<String>, value: impl ToString) {
        let (name, value) = (name.into(), value.to_string());
        println!("         {name}: {value}");
        self.figures.push((name, value));
    }

    /// Notes that something was left out, and why.
    pub fn skip(&mut self, what: impl Into<String>) {
        let what = what.into();
        println!("  SKIPPED {what}");
        self.skipped.push(what);
    }

    /// How many checks passed and failed.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let passed = self.checks.iter().filter(|(holds, _)| *holds).count();
        (passed, self.checks.len() - passed)
    }

    /// The report as a page.
    #[must_use]
    pub fn page(&self, title: &str, made: &str) -> String {
        let mut page = format!("# {title}\n\n{made}\n\n| what | |\n|---|---|\n");
        for (name, value) in &self.figures {
            let _ = writeln!(page, "| {name} | {value} |");
        }
        page.push('\n');
        for (holds, what) in &self.checks {
            let _ = writeln!(page, "- {} {what}", if *holds { "passed:" } else { "**failed:**" });
        }
        for what in &self.skipped {
            let _ = writeln!(page, "- skipped: {what}");
        }
        let (passed, failed) = self.counts();
        let _ = writeln!(page, "\n{passed} passed, {failed} failed");
        page
    }
}

#[cfg(test)]
mod tests {
    use super::Report;

    #[test]
    fn a_check_against_which_something_speaks_fails_and_names_it() {
        let mut report = Report::default();
        report.none("all there", &[]);
        report.none("none twice", &["msg_1 twice".to_owned()]);
        assert_eq!(report.counts(), (1, 1));
        let page = report.page("Drill", "today");
        assert!(page.contains("- **failed:** none twice: 1 times not: msg_1 twice"), "{page}");
        assert!(page.ends_with("1 passed, 1 failed\n"), "{page}");
    }
}
