//! A linear model, for wishes in words that no row has and against rows that
//! were written too wide.
//!
//! It adds up one small weight for each feature of a text and gives the odds
//! that the text asks for no more texts. The weights are fitted on the committed
//! texts by `cargo xtask intent train`, and are data.

use super::features::BUCKETS;

/// The weights' own file: a head, then one byte for each bucket.
const WEIGHTS: &[u8] = include_bytes!("../../data/intent/weights.bin");

/// What the file begins with.
const MAGIC: &[u8; 8] = b"hark-int";
const INPUTS: usize = 32;
const HEAD: usize = MAGIC.len() + INPUTS + 4 + 4;
/// How fast the odds rise with the sum: fitted once on texts held out, file by file.
const SLOPE: f32 = 3.0;
/// The largest weight in a byte.
const BYTE_MAX: f64 = 127.0;

/// A weight for each bucket of features.
#[derive(Debug, Clone)]
pub struct Weights {
    bytes: Vec<u8>,
    scale: f32,
    bias: f32,
}

impl Weights {
    /// Rounds fitted weights to a byte each; `inputs` is the hash of what they were fitted on.
    #[must_use]
    pub fn rounded(fitted: &[f64], bias: f64, inputs: &[u8; INPUTS]) -> Self {
        let most = fitted.iter().fold(f64::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
        #[expect(clippy::cast_possible_truncation, reason = "a scale and a bias of few digits")]
        let (scale, bias) = ((most / BYTE_MAX) as f32, bias as f32);
        let mut bytes = Vec::with_capacity(HEAD + BUCKETS);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(inputs);
        bytes.extend_from_slice(&scale.to_le_bytes());
        bytes.extend_from_slice(&bias.to_le_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "between -127 and 127")]
        bytes.extend(fitted.iter().map(|weight| (weight / most * BYTE_MAX).round() as i8).flat_map(i8::to_le_bytes));
        Self { bytes, scale, bias }
    }

    /// The committed weights; what cannot be read is returned, and weighs nothing.
    pub(super) fn read() -> (Self, Vec<String>) {
        let number = |at: usize| WEIGHTS.get(at..at + 4)?.try_into().ok().map(f32::from_le_bytes);
        let whole = WEIGHTS.starts_with(MAGIC) && WEIGHTS.len() == HEAD + BUCKETS;
        match (whole, number(HEAD - 8), number(HEAD - 4)) {
            (true, Some(scale), Some(bias)) => (Self { bytes: WEIGHTS.to_vec(), scale, bias }, Vec::new()),
            _ => (Self { bytes: Vec::new(), scale: 0.0, bias: -1.0 }, vec!["not a file of weights".to_owned()]),
        }
    }

    /// The hash of what the committed weights were fitted on.
    #[must_use]
    pub fn inputs() -> &'static [u8] {
        WEIGHTS.get(MAGIC.len()..MAGIC.len() + INPUTS).unwrap_or_default()
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The number of buckets.
    #[must_use]
    pub const fn buckets() -> usize {
        BUCKETS
    }

    /// The odds, from 0 to 1, that the features are those of an opt-out.
    #[must_use]
    pub fn odds(&self, features: &[u32]) -> f32 {
        let weights = self.bytes.get(HEAD..).unwrap_or_default();
        let weight = |bucket: &u32| usize::try_from(*bucket).ok().and_then(|bucket| weights.get(bucket).copied());
        let sum: i32 = features.iter().filter_map(weight).map(|byte| i32::from(i8::from_le_bytes([byte]))).sum();
        #[expect(clippy::cast_precision_loss, reason = "some thousand features of a byte each")]
        let (sum, count) = (sum as f32, features.len().max(1) as f32);
        let margin = self.bias + self.scale * sum / count.sqrt();
        1.0 / (1.0 + (-SLOPE * margin).exp())
    }
}
