//! What the model is fitted on: the labelled texts, and the words and rows that its features are made of.

use sha2::{Digest as _, Sha256};
use std::io;
use std::path::Path;

/// The labelled texts.
pub const FILES: &[&str] = &[
    "tests/data/intent_dev.txt",
    "tests/data/intent_things.txt",
    "tests/it/keyword_cases.txt",
    "tests/data/intent_holdout_1.txt",
    "tests/data/intent_holdout_2.txt",
    "tests/data/intent_holdout_3.txt",
    "tests/data/intent_holdout_4.txt",
    "tests/data/intent_holdout_5.txt",
    "tests/data/intent_holdout_6.txt",
    "tests/data/intent_holdout_7.txt",
    "tests/data/intent_holdout_8.txt",
    "tests/data/intent_holdout_9.txt",
    "tests/data/intent_holdout_10.txt",
    "tests/data/intent_holdout_11.txt",
    "tests/data/intent_holdout_12.txt",
    "tests/data/intent_voices_1.txt",
    "tests/data/intent_voices_2.txt",
    "tests/data/intent_voices_3.txt",
    "tests/data/intent_voices_4.txt",
    "tests/data/intent_voices_5.txt",
    "tests/data/intent_voices_6.txt",
    "tests/data/intent_voices_7.txt",
    "tests/data/intent_voices_8.txt",
    "tests/data/intent_voices_9.txt",
    "tests/data/intent_voices_10.txt",
    "tests/data/intent_voices_11.txt",
    "tests/data/intent_voices_12.txt",
    "tests/data/intent_voices_13.txt",
    "tests/data/intent_voices_14.txt",
    "tests/data/intent_voices_15.txt",
    "tests/data/intent_voices_16.txt",
    "tests/data/intent_voices_17.txt",
    "tests/data/intent_voices_18.txt",
    "tests/data/intent_voices_19.txt",
    "tests/data/intent_voices_20.txt",
    "tests/data/intent_voices_21.txt",
    "tests/data/intent_voices_22.txt",
    "tests/data/intent_voices_23.txt",
    "tests/data/intent_voices_24.txt",
    "tests/data/intent_voices_25.txt",
    "tests/data/intent_voices_26.txt",
    "tests/data/intent_voices_27.txt",
    "tests/data/intent_voices_28.txt",
    "tests/data/intent_voices_29.txt",
    "tests/data/intent_voices_30.txt",
    "tests/data/intent_everyday.txt",
    "tests/data/intent_everyday_2.txt",
    "tests/data/intent_everyday_3.txt",
    "tests/data/intent_phrases_1.txt",
    "tests/data/intent_phrases_2.txt",
    "tests/data/intent_phrases_3.txt",
    "tests/data/intent_pairs.txt",
];

/// What the features are made of.
const MADE_OF: &[&str] = &[
    "data/intent/english.txt",
    "data/intent/french.txt",
    "data/intent/others.txt",
    "data/intent/spanish.txt",
    "data/intent/topics.txt",
    "data/intent/words.txt",
    "src/keyword/features.rs",
    "src/keyword/pieces.rs",
    "examples/intent/corpus.rs",
    "examples/intent/fit.rs",
    "examples/intent/grid.rs",
];

/// One hash over all of it, which the weights' file keeps.
pub fn hash(root: &Path) -> io::Result<[u8; 32]> {
    let mut hash = Sha256::new();
    for file in FILES.iter().chain(MADE_OF) {
        let source = std::fs::read(root.join(file))?;
        hash.update(file.as_bytes());
        hash.update(u64::try_from(source.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(source);
    }
    Ok(hash.finalize().into())
}
