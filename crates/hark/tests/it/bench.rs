//! `hark bench`: what cannot be carried out is told, and the rest goes on.

use testkit::drill::Fault;

use crate::shop::{Ran, ran};

/// Runs benchmarks beside a PostgreSQL that cannot be reached.
async fn bench(args: &[&str]) -> Result<Ran, Fault> {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_hark"));
    command.arg("bench").args(args).env("HARK_TEST_POSTGRES", "postgres://hark@127.0.0.1:9/hark");
    // Without valgrind in reach nothing is counted, which would take long.
    command.env("PATH", "");
    ran(command).await
}

#[tokio::test]
async fn a_benchmark_that_breaks_off_does_not_keep_the_others_from_running() -> Result<(), Fault> {
    let all = bench(&["all", "--items", "20", "--json", "--store", "postgres"]).await?;
    assert!(all.out.contains("gate, one core"), "what needs no store was to be measured: {all:?}");
    all.refused(70, "start · postgres could not be carried out")?;
    let undone = ["start", "inbound", "blast", "reply", "nodes", "inbox"].map(|name| format!("{name} · postgres"));
    all.refused(70, &format!("not carried out: {}", undone.join(", ")))?;
    // One alone ends as its fault tells.
    bench(&["nodes", "--items", "20", "--json"]).await?.refused(69, "PostgreSQL: ")
}
