//! What cargo knows about the workspace and everything it is built from.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::process::Command;

/// One package of the dependency tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression (SPDX), if it declares one.
    pub licence: Option<String>,
    /// Whether it is a member of this workspace.
    pub member: bool,
    /// What it needs to run, by name.
    pub dependencies: Vec<String>,
    /// What its tests need, by name.
    pub dev_dependencies: Vec<String>,
}

/// The cargo that runs us, or the one in PATH.
#[must_use]
pub fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Every package that is compiled for this machine's platform, by name.
///
/// # Errors
/// When cargo fails or answers in a form we do not know.
pub fn packages() -> io::Result<Vec<Package>> {
    let version = Command::new(cargo()).arg("-vV").output()?;
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("x86_64-unknown-linux-gnu");
    let output = Command::new(cargo())
        .current_dir(crate::repository::root())
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host])
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let document: Value = serde_json::from_slice(&output.stdout)?;
    parse(&document).ok_or_else(|| io::Error::other("cargo metadata answered in an unknown form"))
}

fn parse(document: &Value) -> Option<Vec<Package>> {
    let members: Vec<&str> = document["workspace_members"].as_array()?.iter().filter_map(Value::as_str).collect();
    // Only what the resolver kept: a declared but disabled optional dependency is no dependency.
    let mut resolved: BTreeMap<&str, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for node in document["resolve"]["nodes"].as_array()? {
        let entry = resolved.entry(node["id"].as_str()?).or_default();
        for edge in node["deps"].as_array()? {
            let package = edge["pkg"].as_str()?;
            for kind in edge["dep_kinds"].as_array()? {
                if kind["kind"].as_str() == Some("dev") { &mut entry.1 } else { &mut entry.0 }.push(package);
            }
        }
    }
    let names: BTreeMap<&str, &str> = document["packages"]
        .as_array()?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect();
    let named = |ids: &[&str]| -> Vec<String> {
        let mut list: Vec<String> = ids.iter().filter_map(|id| names.get(id)).map(|name| (*name).to_owned()).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let mut packages = Vec::new();
    for package in document["packages"].as_array()? {
        let id = package["id"].as_str()?;
        let Some((dependencies, dev_dependencies)) = resolved.get(id) else { continue };
        packages.push(Package {
            name: package["name"].as_str()?.to_owned(),
            version: package["version"].as_str()?.to_owned(),
            licence: package["license"].as_str().map(str::to_owned),
            member: members.contains(&id),
            dependencies: named(dependencies),
            dev_dependencies: named(dev_dependencies),
        });
    }
    Some(packages)
}
