//! `hark verify-evidence`: whether a pack is what was made. It needs no server and no data.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use engine::evidence::{Head, verify_pack};

use crate::exit::Failure;
use crate::told::{self, tell};

/// What to verify.
#[derive(Debug, Clone, Args)]
pub struct Verify {
    /// The pack.
    file: PathBuf,
    /// The shop's public key (64 hexadecimal digits), as the shop published it; several where it has several.
    #[arg(long, value_name = "PUBLIC", required = true)]
    key: Vec<String>,
    /// Signed heads that were carried away: a file of JSON lines. The pack must agree with them.
    #[arg(long, value_name = "FILE")]
    heads: Option<PathBuf>,
    /// Print the findings as JSON.
    #[arg(long)]
    json: bool,
}

/// Verifies it and prints what was found.
pub fn run(wish: &Verify) -> Result<(), Failure> {
    if let Some(wrong) = wish.key.iter().find(|key| key.len() != 64 || !key.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Err(Failure::Data(format!("{wrong} is no public key: it has 64 hexadecimal digits")));
    }
    let missing = |path: &Path, error| Failure::Missing(format!("{}: {error}", path.display()));
    let bytes = std::fs::read(&wish.file).map_err(|error| missing(&wish.file, error))?;
    let heads = match &wish.heads {
        None => Vec::new(),
        Some(path) => read_heads(path, &std::fs::read_to_string(path).map_err(|error| missing(path, error))?)?,
    };
    let report = verify_pack(&bytes, &wish.key, &heads).map_err(|error| Failure::Data(error.to_string()))?;
    if wish.json {
        let text = serde_json::to_string_pretty(&report).map_err(|error| Failure::Software(error.to_string()))?;
        tell!("{text}");
    } else {
        told::text(format_args!("{}", words(&report)));
    }
    if report.genuine() {
        return Ok(());
    }
    Err(Failure::Data(format!("the evidence does not hold: {} finding(s)", report.findings.len())))
}

fn read_heads(path: &Path, text: &str) -> Result<Vec<Head>, Failure> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .map_err(|error| Failure::Data(format!("{}:{}: {error}", path.display(), number + 1)))
        })
        .collect()
}

fn words(report: &engine::evidence::PackReport) -> String {
    let mut text = String::new();
    let made = jiff::Timestamp::from_millisecond(report.made_at).map(|at| at.to_string()).unwrap_or_default();
    let _ = writeln!(text, "{} about {}, workspace {}, made {made}", report.pack, report.address, report.workspace);
    let _ = writeln!(
        text,
        "{} items; {} rows below {} signed heads; {} rows older than the chain",
        report.items, report.sealed, report.heads, report.older
    );
    for held in &report.holds {
        let _ = writeln!(text, "  holds: {held}");
    }
    for one in &report.findings {
        let fields = if one.fields.is_empty() { String::new() } else { format!(" ({})", one.fields.join(", ")) };
        let _ = writeln!(text, "  {} {}: {}{fields}: {}", one.fault.word(), one.of, one.which, one.detail);
    }
    if report.genuine() {
        text.push_str("  everything in it is as it was put there\n");
    }
    text
}
