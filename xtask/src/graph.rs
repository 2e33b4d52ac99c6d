//! The crate graph: who may know whom. It is drawn in ARCHITECTURE.md.

use crate::metadata::Package;

/// What each crate may depend on, of this workspace. A crate that is not there
/// yet is allowed to be absent; a crate that is not listed is not allowed to be.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("flows", &["domain"]),
    ("store", &["domain"]),
    ("smpp", &["domain"]),
    // Nobody else: what `smpp` writes has passed no gate by itself.
    ("channels", &["domain", "smpp"]),
    ("connectors", &["domain"]),
    ("ai", &["domain"]),
    ("demo", &["domain"]),
    ("engine", &["domain", "flows", "store", "channels", "connectors", "ai", "demo"]),
    ("api", &["domain", "flows", "engine"]),
    // It drives a server from outside, over HTTP, and must not know what is inside.
    ("bench", &["domain"]),
    ("hark", &["domain", "flows", "store", "channels", "connectors", "ai", "demo", "engine", "api", "bench"]),
    ("testkit", &["domain", "flows", "store", "channels", "connectors", "ai", "demo", "engine", "api"]),
    ("xtask", &[]),
];

/// Crates whose rules stay pure: nothing that does I/O may be compiled into them.
const PURE: &[&str] = &["domain", "flows", "demo"];
const IMPURE: &[&str] = &["tokio", "rusqlite", "tokio-postgres", "reqwest", "axum", "getrandom", "rand"];

/// Every edge of the workspace that should not be.
#[must_use]
pub fn violations(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    let members: Vec<&Package> = packages.iter().filter(|package| package.member).collect();
    for package in &members {
        let Some((_, allowed)) = MAY_DEPEND_ON.iter().find(|(name, _)| *name == package.name) else {
            findings.push(format!("{} is no crate of the design: give it a line in xtask/src/graph.rs", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            let is_member = members.iter().any(|member| member.name == *dependency);
            if is_member && !allowed.contains(&dependency.as_str()) {
                findings.push(format!("{} must not depend on {dependency}", package.name));
            }
            if PURE.contains(&package.name.as_str()) && IMPURE.contains(&dependency.as_str()) {
                findings.push(format!("{} is pure and must not depend on {dependency}", package.name));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(name: &str, dependencies: &[&str]) -> Package {
        Package {
            name: name.to_owned(),
            version: String::new(),
            licence: None,
            member: true,
            dependencies: dependencies.iter().map(|name| (*name).to_owned()).collect(),
            dev_dependencies: Vec::new(),
        }
    }

    #[test]
    fn names_each_forbidden_edge() {
        let tokio = Package { member: false, ..member("tokio", &[]) };
        let check = |name: &str, dependencies: &[&str]| {
            let others = ["domain", "store", "channels", "engine", "api"].into_iter().filter(|other| *other != name);
            let mut packages: Vec<Package> = others.map(|other| member(other, &[])).collect();
            packages.push(tokio.clone());
            packages.push(member(name, dependencies));
            violations(&packages)
        };
        assert_eq!(check("engine", &["domain", "store", "channels", "tokio"]), Vec::<String>::new());
        assert_eq!(check("domain", &["store"]), ["domain must not depend on store"]);
        assert_eq!(check("store", &["channels"]), ["store must not depend on channels"]);
        assert_eq!(check("api", &["store"]), ["api must not depend on store"]);
        assert_eq!(check("domain", &["tokio"]), ["domain is pure and must not depend on tokio"]);
        assert_eq!(check("novel", &[]).len(), 1);
    }
}
