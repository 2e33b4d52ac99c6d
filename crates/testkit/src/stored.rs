//! Samples of the JSON that a database holds: what was written once is read for ever.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::error::Error;
use std::path::Path;

/// Reads every sample of a stored form, the oldest first, out of `fixtures/stored/<kind>` of a
/// crate's folder.
///
/// A sample is frozen. The last one is today's form and comes out as it went in: whoever
/// changes what is written adds another behind it, and the ones before must still be read.
///
/// # Errors
/// A sample that cannot be read any more, or a last one that is not today's form.
pub fn samples<T: Serialize + DeserializeOwned>(of: &str, kind: &str) -> Result<Vec<T>, Box<dyn Error>> {
    let folder = Path::new(of).join("fixtures/stored").join(kind);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        files.push(entry?.path());
    }
    files.sort();
    let mut read = Vec::new();
    let mut same = false;
    for file in &files {
        let broken = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let text = std::fs::read_to_string(file).map_err(|error| broken(&error))?;
        let sample: T = serde_json::from_str(&text).map_err(|error| broken(&error))?;
        same = serde_json::from_str::<Value>(&text)? == serde_json::to_value(&sample)?;
        read.push(sample);
    }
    if same { Ok(read) } else { Err(format!("the last of {} is not what is written today", folder.display()).into()) }
}
