//! What a benchmark is asked for.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which benchmark, on what, how large.
#[derive(Debug, Clone, Args)]
pub struct Wish {
    /// Which one.
    pub name: Name,
    /// On which store. PostgreSQL is the server of HARK_TEST_POSTGRES, with a
    /// database of the benchmark's own.
    #[arg(long, value_name = "STORE", default_value = "both")]
    pub store: Stores,
    /// How many texts (`inbound`, `blast`, `reply`, `nodes`) or conversations (`inbox`).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub items: Option<u64>,
    /// A slice of the full size, for a look and for the gate.
    #[arg(long)]
    pub quick: bool,
    /// Compare what each item cost with the stored values, and fail above them.
    #[arg(long, requires = "quick", conflicts_with = "items")]
    pub gate: bool,
    /// Write what each item cost into a file of stored values.
    #[arg(long, value_name = "FILE", requires = "quick", conflicts_with = "gate", hide = true)]
    pub record: Option<PathBuf>,
    /// One JSON object for each figure.
    #[arg(long)]
    pub json: bool,
    /// Keep the filled shop of `inbox` here, and use it where it is there already.
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Run one pure path so many times and say nothing: what callgrind counts.
    #[arg(long, value_name = "PATH", hide = true)]
    pub count: Option<String>,
}

/// A benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Every one of them.
    All,
    /// Cold start to the first answered request; memory at rest.
    Start,
    /// Customers' texts: webhook to disk, webhook to an open inbox.
    Inbound,
    /// Many texts through the whole road into the simulated carrier.
    Blast,
    /// A person's replies while a blast runs.
    Reply,
    /// Two nodes on one PostgreSQL.
    Nodes,
    /// List, open and search in a large shop while texts come and go.
    Inbox,
    /// The gate and the encoding alone, in this process.
    Pure,
}

/// Which stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Stores {
    /// The embedded one.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// One after the other.
    Both,
}

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Its name in reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

impl Stores {
    /// Each of them.
    pub(crate) const fn each(self) -> &'static [Engine] {
        match self {
            Self::Sqlite => &[Engine::Sqlite],
            Self::Postgres => &[Engine::Postgres],
            Self::Both => &[Engine::Sqlite, Engine::Postgres],
        }
    }
}

/// A size: the full one and the slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// What a release is measured with.
    pub(crate) full: u64,
    /// What the gate runs.
    pub(crate) quick: u64,
}

impl Wish {
    /// Whether only what items cost is wanted.
    pub(crate) const fn costs_alone(&self) -> bool {
        self.gate || self.record.is_some()
    }

    /// The size to run, unless the caller chose one.
    pub(crate) fn size(&self, size: Size) -> u64 {
        self.items.unwrap_or(if self.quick { size.quick } else { size.full })
    }
}
