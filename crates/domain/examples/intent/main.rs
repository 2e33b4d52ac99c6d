//! Fits and judges the linear model of `domain::keyword`.
//!
//! `train` writes `data/intent/weights.bin`; `report` prints how the readings
//! do on the committed texts, the model's part by five-fold cross-validation
//! and file by file; `judge` and `missed` how hold-outs are read, and which of their texts wrongly.
//! Run by `cargo xtask intent`.

mod corpus;
mod fit;
mod grid;
mod hold_outs;
mod inputs;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let outcome = match std::env::args().nth(1).as_deref() {
        Some("train") => corpus::read(root).and_then(|texts| fit::write(root, &texts)),
        Some("report") | None => corpus::read(root).map(|texts| print!("{}", report::of(&texts))),
        Some(step @ ("judge" | "missed")) => corpus::read(root).and_then(|texts| {
            let weights = fit::fit(texts.iter(), &[0; 32]);
            let held = corpus::labelled(root, hold_outs::FILES)?;
            print!("{}", hold_outs::judged(&held, &weights, step == "missed"));
            Ok(())
        }),
        Some(_) => {
            eprintln!("intent: train, report, judge or missed");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("intent: {error}");
            ExitCode::FAILURE
        }
    }
}
