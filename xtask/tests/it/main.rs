//! The guards that need cargo's own view of the workspace.

use xtask::{graph, metadata, packages};

#[test]
fn crates_know_only_whom_they_may() {
    let packages = metadata::packages().expect("cargo metadata");
    assert!(packages.iter().any(|package| package.member && package.name == "domain"), "read the wrong workspace");
    let violations = graph::violations(&packages);
    assert!(violations.is_empty(), "{}\nThe graph is in ARCHITECTURE.md.", violations.join("\n"));
}

#[test]
fn no_forbidden_package_is_compiled_in() {
    let findings = packages::forbidden(&metadata::packages().expect("cargo metadata"));
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

#[test]
fn every_licence_is_compatible() {
    let findings = packages::unlicensed(&metadata::packages().expect("cargo metadata"));
    assert!(findings.is_empty(), "{}\nThe list is in xtask/src/packages.rs.", findings.join("\n"));
}
