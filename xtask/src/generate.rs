//! What is generated, and committed so that a reader and a reviewer see it.
//!
//! `openapi.json` is what the api crate declares; the web's client types are made
//! from that file alone.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The OpenAPI document, from the root.
pub const OPENAPI: &str = "openapi.json";
/// The web client's types, from the root.
pub const CLIENT: &str = "web/src/api/schema.gen.ts";

/// Writes everything that is generated.
///
/// # Errors
/// When a generator fails.
pub fn write() -> io::Result<()> {
    let root = crate::repository::root();
    std::fs::write(root.join(OPENAPI), openapi(&root)?)?;
    println!("wrote {OPENAPI}");
    let web = root.join("web");
    if web.join("node_modules").is_dir() {
        run(Command::new("npm").current_dir(&web).args(["run", "--silent", "gen"]))?;
        println!("wrote {CLIENT}");
    } else {
        println!("skipped {CLIENT}: run `npm ci` in web/ first");
    }
    Ok(())
}

/// The generated files that are not what the code says. Puts them back as they were.
///
/// # Errors
/// When a generator fails or a file cannot be read.
pub fn stale() -> io::Result<Vec<&'static str>> {
    let root = crate::repository::root();
    let committed: Vec<(&str, PathBuf, Option<Vec<u8>>)> = [OPENAPI, CLIENT]
        .into_iter()
        .map(|name| (name, root.join(name), std::fs::read(root.join(name)).ok()))
        .collect();
    let written = write();
    let mut stale = Vec::new();
    for (name, path, before) in committed {
        if std::fs::read(&path).ok() != before {
            stale.push(name);
            match before {
                Some(bytes) => std::fs::write(&path, bytes)?,
                None => std::fs::remove_file(&path)?,
            }
        }
    }
    written.map(|()| stale)
}

fn openapi(root: &Path) -> io::Result<Vec<u8>> {
    run(Command::new(crate::metadata::cargo())
        .current_dir(root)
        .args(["run", "--quiet", "-p", "hark", "--", "openapi"]))
}

fn run(command: &mut Command) -> io::Result<Vec<u8>> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(io::Error::other(format!("{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr))))
}
