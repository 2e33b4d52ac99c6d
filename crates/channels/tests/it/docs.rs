//! The registry, the fixtures and the documentation name the same providers,
//! and the documentation's tables are what the code declares.
//!
//! `HARK_WRITE_DOCS=1 cargo test -p channels` writes the tables anew.

use crate::contract::http;
use channels::channel::{Cause, Channel, Outcome, Source};
use channels::registry::Registry;
use channels::simulator::SimulatorCarrier;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const BEGIN: &str = "<!-- declared by the code: begin -->";
const END: &str = "<!-- declared by the code: end -->";

fn registry() -> Registry {
    Registry::new(http(), Arc::new(SimulatorCarrier::new(1)))
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/channels")
}

fn names(folder: &Path, wanted: impl Fn(&Path) -> bool) -> BTreeSet<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| wanted(path))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn registry_fixtures_and_documentation_agree() {
    let registry = registry();
    let registered: Vec<&str> = registry.iter().map(|channel| channel.provider()).collect();
    assert!(registered.is_sorted(), "{registered:?}");
    let registered: BTreeSet<String> = registered.into_iter().map(str::to_owned).collect();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    assert_eq!(names(&fixtures, |path| path.is_dir()), registered);
    let documented = names(&docs(), |path| path.extension().is_some_and(|end| end == "md"));
    assert_eq!(documented, registered);
    for provider in &registered {
        assert_eq!(registry.get(provider).map(|channel| channel.provider()), Some(provider.as_str()));
    }
    assert!(registry.get("nobody").is_none());
}

#[test]
fn the_tables_are_what_the_code_declares() {
    for channel in registry().iter() {
        let path = docs().join(format!("{}.md", channel.provider()));
        let page = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = page.split_once(BEGIN).unwrap_or_else(|| panic!("{} has a table", path.display()));
        let (written, after) = rest.split_once(END).unwrap();
        let declared = format!("\n{}", tables(channel));
        if std::env::var_os("HARK_WRITE_DOCS").is_some() {
            std::fs::write(&path, format!("{before}{BEGIN}{declared}{END}{after}")).unwrap();
        } else {
            assert_eq!(written, declared, "{}: HARK_WRITE_DOCS=1 writes it anew", path.display());
        }
    }
}

fn tables(channel: &dyn Channel) -> String {
    let declared = channel.capabilities();
    let yes = |can: bool| if can { "yes" } else { "no" };
    let mut page = String::from("| what it can do | |\n|---|---|\n");
    for (what, can) in [
        ("reaches a real network", yes(declared.real).to_owned()),
        ("pictures", if declared.mms { format!("up to {}", declared.media_max) } else { "no".to_owned() }),
        ("parts of one text", format!("up to {}", declared.max_parts)),
        ("receipts", yes(declared.receipts).to_owned()),
        ("idempotency key", yes(declared.idempotency_key).to_owned()),
        ("validity period", yes(declared.validity_period).to_owned()),
        ("look-up of texts", yes(declared.look_up).to_owned()),
        ("acts by itself upon", own_words(&declared.own_words)),
        ("fetches pictures customers send", yes(channel.media().is_some()).to_owned()),
        ("tells how our numbers are set up", yes(channel.numbers().is_some()).to_owned()),
    ] {
        page.push_str(&format!("| {what} | {can} |\n"));
    }
    page.push_str("\n| what is seen after a submit | what it means | why |\n|---|---|---|\n");
    for row in declared.outcomes {
        let cause = match row.cause {
            Cause::Status { from, to } if from == to => format!("status {from}"),
            Cause::Status { from, to } => format!("status {from} to {to}, where no row above fits"),
            Cause::Unreadable => "an answer that cannot be read".to_owned(),
            Cause::ConnectFailed => "no connection".to_owned(),
            Cause::TimedOut => "no answer in time".to_owned(),
            Cause::Broken => "a connection that broke".to_owned(),
        };
        let meaning = match row.outcome {
            Outcome::Taken => "taken".to_owned(),
            Outcome::NotTaken(class) => format!("not taken: `{}`, or the error code's class", class.code()),
            Outcome::Unknown => "unknown".to_owned(),
        };
        page.push_str(&format!("| {cause} | {meaning} | {} |\n", row.why));
    }
    if !channel.receipt_words().is_empty() {
        page.push_str("\n| word of a receipt | what it means |\n|---|---|\n");
        for (word, state) in channel.receipt_words() {
            let state = state.map_or("nothing about a text of ours".to_owned(), |state| format!("`{}`", state.word()));
            page.push_str(&format!("| `{word}` | {state} |\n"));
        }
    }
    if !channel.error_codes().is_empty() {
        page.push_str("\n| error code | class | what it says | read on |\n|---|---|---|---|\n");
        for row in channel.error_codes() {
            let source = match row.source {
                Source::Page => "the provider's page",
                Source::Title => "a list of titles",
                Source::Unread => "nothing: generally known",
            };
            page.push_str(&format!("| {} | `{}` | {} | {source} |\n", row.code, row.class.code(), row.title));
        }
    }
    let schema = channel.settings_schema();
    let properties = schema["properties"].as_object().unwrap();
    if !properties.is_empty() {
        page.push_str("\n| setting | | |\n|---|---|---|\n");
        for (name, property) in properties {
            let secret = if property["writeOnly"] == true { "secret" } else { "" };
            let required = schema["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name));
            let kind = [if required { "required" } else { "" }, secret].join(" ");
            let words = property["description"].as_str().unwrap_or_default();
            page.push_str(&format!("| `{name}` | {} | {words} |\n", kind.trim()));
        }
    }
    page
}

fn own_words(own: &channels::channel::OwnWords) -> String {
    let lists = [own.stop, own.start, own.help];
    let lists: Vec<String> = lists.iter().filter(|words| !words.is_empty()).map(|words| words.join(", ")).collect();
    if lists.is_empty() { "nothing".to_owned() } else { lists.join("; ") }
}
