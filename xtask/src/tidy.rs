//! The rules of the repository's shape that a machine can hold.

use crate::repository::Repository;
use std::io;

/// Most lines of a file of code; its tests are not counted.
pub const LINES_MAX: usize = 500;
/// In the first lines of a file that is one long table, and may be longer.
pub const TABLE_MARK: &str = "tidy: a data table";

/// One rule: its name, what to do about a finding, and the search itself.
pub struct Rule {
    /// In front of each finding.
    pub name: &'static str,
    /// What to do.
    pub cure: &'static str,
    find: fn(&Repository) -> Vec<String>,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule {
        name: "file length",
        cure: "Split it along its nouns; a table says so with a `tidy: a data table` comment.",
        find: too_long,
    },
    Rule { name: "file name", cure: "Name the file after the noun it holds.", find: banned_names },
    Rule {
        name: "lint silenced",
        cure: "Use #[expect(lint, reason = \"…\")], which goes stale loudly.",
        find: allowed_lints,
    },
    Rule { name: "unfinished", cure: "Finish it, or take it out.", find: unfinished },
    Rule {
        name: "crate docs",
        cure: "Begin the crate's root file with `//!` and one sentence.",
        find: crates_without_docs,
    },
    Rule {
        name: "this machine",
        cure: "The repository must not know where it was written or which mirror it used.",
        find: machine_traces,
    },
    Rule {
        name: "provider name in web",
        cure: "Let a capability or the settings schema drive the screen.",
        find: providers_in_web,
    },
    Rule {
        name: "path in docs",
        cure: "Name a path that exists, or mark its changing part as <name>.",
        find: dead_paths,
    },
];

/// Runs every rule, in order.
///
/// # Errors
/// None today; the signature leaves room for rules that read more files.
pub fn run(repository: &Repository) -> io::Result<Vec<(&'static Rule, Vec<String>)>> {
    Ok(RULES.iter().map(|rule| (rule, (rule.find)(repository))).collect())
}

const CODE: &[&str] = &[".rs", ".ts", ".tsx", ".mjs", ".css"];

fn is_test(path: &str) -> bool {
    path.contains("/tests/")
        || path.contains("/e2e/")
        || path.starts_with("web/mock/")
        || path.contains(".test.")
        || path.contains(".spec.")
}

fn is_generated(path: &str) -> bool {
    path.contains(".gen.")
}

fn too_long(repository: &Repository) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in repository.ending(CODE) {
        let is_table = path.contains("/i18n/") || text.lines().take(5).any(|line| line.contains(TABLE_MARK));
        if is_test(path) || is_generated(path) || is_table {
            continue;
        }
        let counted = text.lines().take_while(|line| *line != "#[cfg(test)]").count();
        if counted > LINES_MAX {
            findings.push(format!("{path} has {counted} lines, {LINES_MAX} at most"));
        }
    }
    findings
}

const NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "types"];

fn banned_names(repository: &Repository) -> Vec<String> {
    let stem = |path: &str| path.rsplit('/').next().and_then(|name| name.split('.').next()).map(str::to_owned);
    repository
        .paths
        .iter()
        .filter(|path| !path.starts_with("packaging/"))
        .filter(|path| stem(path).is_some_and(|stem| NAMES.contains(&stem.to_lowercase().as_str())))
        .map(|path| format!("{path} says nothing about what is in it"))
        .collect()
}

fn lines_with<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, found: impl Fn(&str) -> bool) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in files {
        for (index, line) in text.lines().enumerate() {
            if found(line) {
                findings.push(format!("{path}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    findings
}

fn allowed_lints(repository: &Repository) -> Vec<String> {
    lines_with(repository.ending(&[".rs"]), |line| {
        let line = line.trim_start();
        line.starts_with("#[allow") || line.starts_with("#![allow")
    })
}

fn unfinished(repository: &Repository) -> Vec<String> {
    // Written in two pieces, so that this file is not a finding.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    lines_with(repository.ending(CODE), |line| marks.iter().any(|mark| line.contains(mark)))
}

fn crates_without_docs(repository: &Repository) -> Vec<String> {
    let mut findings = Vec::new();
    for path in repository.paths.iter().filter(|path| path.ends_with("/Cargo.toml")) {
        let folder = path.trim_end_matches("Cargo.toml");
        let roots = ["src/lib.rs", "src/main.rs"].map(|name| format!("{folder}{name}"));
        let documented = roots.iter().filter_map(|root| repository.texts.get(root)).all(|text| {
            text.lines().next().and_then(|line| line.strip_prefix("//!")).is_some_and(|line| line.trim().len() > 10)
        });
        if !documented {
            findings.push(format!("{folder} does not say what it is"));
        }
    }
    findings
}

fn machine_traces(repository: &Repository) -> Vec<String> {
    // Each in two pieces, so that this file is not a finding.
    let paths = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
    let mut findings = lines_with(
        repository.ending(&[""]).filter(|(path, _)| !path.ends_with(".json") || path.ends_with("lock.json")),
        |line| paths.iter().any(|path| line.contains(path)),
    );
    findings.extend(lines_with(repository.ending(&["package-lock.json"]), |line| line.contains("\"resolved\"")));
    findings.extend(lines_with(repository.ending(&["Cargo.lock"]), |line| {
        line.starts_with("source = ") && !line.contains("github.com/rust-lang/crates.io-index")
    }));
    findings.extend(lines_with(repository.ending(&[".npmrc"]), |line| line.contains("://")));
    findings.extend(lines_with(repository.ending(&[".cargo/config.toml"]), |line| {
        line.starts_with("[source") || line.starts_with("[registr")
    }));
    findings
}

const PROVIDERS: &[&str] =
    &["twilio", "telnyx", "vonage", "plivo", "bandwidth.com", "sinch", "infobip", "messagebird", "pinpoint"];

fn providers_in_web(repository: &Repository) -> Vec<String> {
    lines_with(
        repository.ending(CODE).filter(|(path, _)| path.starts_with("web/src/") && !is_generated(path)),
        |line| {
            let line = line.to_lowercase();
            PROVIDERS.iter().any(|provider| line.contains(provider))
        },
    )
}

const ROOTS: &[&str] = &["crates/", "web/", "docs/", "scripts/", "xtask/", "packaging/", ".ci/", "peers/"];

fn dead_paths(repository: &Repository) -> Vec<String> {
    let mut findings = Vec::new();
    for (path, text) in repository.ending(&[".md"]) {
        for (index, line) in text.lines().enumerate() {
            for named in line.split('`').skip(1).step_by(2).filter(|named| is_plain_path(named)) {
                let wanted = named.trim_end_matches('/').split(':').next().unwrap_or_default();
                if !repository.paths.contains(wanted) && !is_made(wanted) {
                    findings.push(format!("{path}:{}: {named}", index + 1));
                }
            }
        }
    }
    findings
}

fn is_plain_path(text: &str) -> bool {
    ROOTS.iter().any(|root| text.starts_with(root)) && !text.contains(['<', '{', '*', '…', ' '])
}

/// Folders that a build makes, and no commit holds.
fn is_made(path: &str) -> bool {
    ["web/dist", "web/node_modules"].iter().any(|made| path.starts_with(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the rules that find something in one file.
    fn found_in(path: &str, text: &str) -> Vec<&'static str> {
        let mut repository = Repository::default();
        repository.insert(path, Some(text.to_owned()));
        RULES.iter().filter(|rule| !(rule.find)(&repository).is_empty()).map(|rule| rule.name).collect()
    }

    #[test]
    fn each_rule_finds_what_it_is_for() {
        let none: [&str; 0] = [];
        let long = "x\n".repeat(LINES_MAX + 1);
        let table = [
            ("crates/a/src/b.rs", long.clone(), vec!["file length"]),
            ("crates/a/src/b.rs", format!("// {TABLE_MARK}\n{long}"), none.to_vec()),
            ("crates/a/src/b.rs", format!("x\n#[cfg(test)]\n{long}"), none.to_vec()),
            ("crates/a/tests/it/b.rs", long.clone(), none.to_vec()),
            ("web/src/api/schema.gen.ts", long, none.to_vec()),
            ("crates/a/src/utils.rs", String::new(), vec!["file name"]),
            ("web/src/helpers/Button.tsx", String::new(), vec!["file name"]),
            ("crates/a/src/b.rs", format!("#[{}(dead_code)]", "allow"), vec!["lint silenced"]),
            ("crates/a/src/b.rs", format!("// {}: later", concat!("TO", "DO")), vec!["unfinished"]),
            ("crates/a/src/b.rs", format!("let x = \"{}ana\";", concat!("/ho", "me/")), vec!["this machine"]),
            ("web/package-lock.json", "\"resolved\": \"https://mirror.example/x\"".to_owned(), vec!["this machine"]),
            ("Cargo.lock", "source = \"registry+https://mirror.example\"".to_owned(), vec!["this machine"]),
            ("web/src/features/a.tsx", "<p>Twilio</p>".to_owned(), vec!["provider name in web"]),
            ("README.md", "see `docs/nowhere.md`".to_owned(), vec!["path in docs"]),
            ("README.md", "see `crates/channels/src/<name>.rs` and `README.md`".to_owned(), none.to_vec()),
        ];
        for (path, text, expected) in table {
            assert_eq!(found_in(path, &text), expected, "{path}");
        }
    }

    #[test]
    fn a_crate_must_say_what_it_is() {
        let mut repository = Repository::default();
        repository.insert("crates/a/Cargo.toml", Some(String::new()));
        repository.insert("crates/a/src/lib.rs", Some("//! \npub fn a() {}".to_owned()));
        assert_eq!(crates_without_docs(&repository).len(), 1);
        repository.insert("crates/a/src/lib.rs", Some("//! What a is for, in a sentence.".to_owned()));
        assert_eq!(crates_without_docs(&repository).len(), 0);
    }
}
