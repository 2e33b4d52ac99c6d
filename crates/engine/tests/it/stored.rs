//! Forms of JSON that the engine alone reads: what an older Hark wrote is read, and means what it meant.

use engine::erasure::Carried;
use engine::rules::Counts;
use testkit::stored::samples;

#[test]
fn counts_of_dry_runs_are_still_read() -> Result<(), Box<dyn std::error::Error>> {
    let read: Vec<Counts> = samples(env!("CARGO_MANIFEST_DIR"), "dry_run_counts")?;
    let told: Vec<_> = read.iter().map(|counts| (counts.judged, counts.drifted, counts.send_hold)).collect();
    assert_eq!(told, [(12, 0, 3), (12, 1, 3)], "what was not counted then is none");
    Ok(())
}

#[test]
fn the_list_of_erasures_outside_the_database_is_still_read() -> Result<(), Box<dyn std::error::Error>> {
    let read: Vec<Carried> = samples(env!("CARGO_MANIFEST_DIR"), "erasure_line")?;
    assert_eq!(read.len(), 1);
    Ok(())
}
