//! The gate and the encoding alone: rules without a store or a server.

use std::hint::black_box;
use std::path::Path;

use domain::address::Address;
use domain::{encoding, keyword};

use crate::baseline::INSTRUCTIONS;
use crate::fault::Fault;
use crate::figure::Figure;
use crate::law;
use crate::load::{Numbers, words};
use crate::server::program;
use crate::stopwatch;
use crate::wish::{Size, Wish};

const ITEMS: Size = Size { full: 2_000_000, quick: 50_000 };
/// What callgrind runs: the difference of two runs leaves out what is done once.
const COUNTED: (u64, u64) = (500, 1_500);
/// The function within which callgrind counts.
const COUNTED_WITHIN: &str = "*bench*run_counted*";

/// Item `n` of a path.
type Once = fn(u64);

/// The paths: their names and what one item of each is.
const PATHS: &[(&str, Once)] = &[("gate", decide), ("encoding", encode), ("keyword", classify)];

/// 2026-03-10 17:00 UTC: day all over the continental United States.
const NOON: i64 = 1_773_162_000_000;

/// One decision of the gate, with the look-up of the recipient's time zones.
fn decide(n: u64) {
    let to = Address::parse(&Numbers::NEW_YORK.nth(n % 100_000));
    let body = words(n);
    black_box(law::decision(NOON, &to, &body));
}

/// One text measured and cut into parts.
fn encode(n: u64) {
    let body = words(n);
    black_box((encoding::measure(&body), encoding::parts(&body).count()));
}

/// What one text asks for.
fn classify(n: u64) {
    black_box(keyword::classify(&words(n)));
}

/// Runs one path so many times: what callgrind counts.
pub(crate) fn count(path: &str, items: u64) -> Result<(), Fault> {
    let found = PATHS.iter().find(|(name, _)| *name == path);
    let (_, once) = found.ok_or_else(|| Fault::wrong(format!("no pure path {path}")))?;
    run_counted(*once, items);
    Ok(())
}

/// Callgrind counts what happens in here, and finds it by its name.
#[inline(never)]
fn run_counted(once: Once, items: u64) {
    (0..items).for_each(once);
}

pub(crate) async fn run(wish: &Wish, binary: &Path) -> Result<Vec<Figure>, Fault> {
    let items = wish.size(ITEMS);
    let mut figures = Vec::new();
    for (name, once) in PATHS {
        let began = stopwatch::now();
        (0..items).for_each(once);
        let rate = items as f64 / began.elapsed().as_secs_f64();
        figures.push(Figure::new(format!("{name}, one core"), rate, "/s").of(items));
    }
    for (name, _) in PATHS {
        match instructions(binary, name).await? {
            Some(each) => figures.push(Figure::new(format!("{name}, each"), each, INSTRUCTIONS)),
            None => {
                eprintln!("instructions are not counted: valgrind is not installed");
                break;
            }
        }
    }
    Ok(figures)
}

/// Instructions of one item, counted by callgrind. `None` where it is not installed.
async fn instructions(binary: &Path, path: &str) -> Result<Option<f64>, Fault> {
    let (few, many) = COUNTED;
    let Some(less) = counted(binary, path, few).await? else { return Ok(None) };
    let Some(more) = counted(binary, path, many).await? else { return Ok(None) };
    Ok(Some(more.saturating_sub(less) as f64 / (many - few) as f64))
}

async fn counted(binary: &Path, path: &str, items: u64) -> Result<Option<u64>, Fault> {
    let mut command = program(Path::new("valgrind"));
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.arg(format!("--toggle-collect={COUNTED_WITHIN}")).arg(binary);
    command.args(["bench", "pure", "--count", path, "--items", &items.to_string()]);
    let output = match command.output().await {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    let found = said.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    found.map(Some).ok_or_else(|| Fault::wrong(format!("callgrind counted nothing: {said}")))
}
