//! What is generated, and committed so that a reader and a reviewer see it.
//!
//! `openapi.json` is what the api crate declares; the web's client types are made
//! from that file alone. Each has a test that fails when it is stale: the api
//! crate's own, and `npm run gen -- --check`.

use std::io;
use std::process::Command;

/// Writes everything that is generated.
///
/// # Errors
/// When a generator fails.
pub fn write() -> io::Result<()> {
    let root = crate::repository::root();
    run(Command::new(crate::metadata::cargo())
        .current_dir(&root)
        .args(["test", "--quiet", "-p", "api", "--test", "it", "document_is_current"])
        .env("HARK_UPDATE", "1"))?;
    println!("wrote openapi.json");
    run(Command::new(crate::metadata::cargo())
        .current_dir(&root)
        .args(["test", "--quiet", "-p", "channels", "--test", "it", "the_tables_are_what_the_code_declares"])
        .env("HARK_WRITE_DOCS", "1"))?;
    println!("wrote the tables of docs/channels");
    let web = root.join("web");
    if web.join("node_modules").is_dir() {
        run(Command::new("npm").current_dir(&web).args(["run", "--silent", "gen"]))?;
        println!("wrote web/src/api/schema.gen.ts");
    } else {
        println!("skipped web/src/api/schema.gen.ts: run `npm ci` in web/ first");
    }
    Ok(())
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{command:?} failed:\n{said}")))
}
