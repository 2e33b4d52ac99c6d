//! What the sentence of a finding names, beside the sentence, so that it can be said in any language.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A count, an instant in Unix ms, minutes of a day; or a name, a word, a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Given {
    /// A number.
    Number(i64),
    /// A word.
    Word(String),
}

/// Everything a sentence names, by what it is in it.
pub type Givens = BTreeMap<String, Given>;

impl From<i64> for Given {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Given {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

impl From<u16> for Given {
    fn from(number: u16) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Given {
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Given {
    fn from(word: &str) -> Self {
        Self::Word(word.to_owned())
    }
}
