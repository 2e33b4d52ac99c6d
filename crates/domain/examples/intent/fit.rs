//! A linear separation with the widest margin, by dual coordinate descent (Hsieh and others, 2008):
//! squared hinge loss, drawn to nothing by the square of its weights. It walks over the texts in an
//! order drawn from a fixed seed and uses only sums, products and square roots of floating numbers,
//! so that it gives the same bytes on every machine.

use super::corpus::Text;
use super::inputs;
use domain::keyword::Weights;
use std::io;
use std::path::Path;

const ROUNDS: usize = 40;
/// What a text on the wrong side costs.
const COST: f64 = 3.0;
const SEED: u64 = 0x4861_726b;

/// Fits the weights on some texts. Unsure texts teach nothing either way.
pub fn fit<'a>(texts: impl Iterator<Item = &'a Text>, inputs: &[u8; 32]) -> Weights {
    let rows: Vec<Row<'_>> = texts.filter(|text| text.label != "unsure").filter_map(Row::of).collect();
    let (mut weights, mut bias) = (vec![0.0; Weights::buckets()], 0.0);
    let mut duals = vec![0.0; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut draws = SEED;
    for _ in 0..ROUNDS {
        shuffle(&mut order, &mut draws);
        for &at in &order {
            let (row, dual) = (&rows[at], &mut duals[at]);
            let sum: f64 = row.features.iter().map(|&bucket| weights[bucket as usize]).sum();
            let slack = row.side * (sum * row.value + bias) - 1.0 + *dual / (2.0 * COST);
            // The features of a text have the length 1, the bias adds another 1.
            let next = f64::max(*dual - slack / (2.0 + 1.0 / (2.0 * COST)), 0.0);
            let step = (next - *dual) * row.side;
            *dual = next;
            if step != 0.0 {
                bias += step;
                row.features.iter().for_each(|&bucket| weights[bucket as usize] += step * row.value);
            }
        }
    }
    Weights::rounded(&weights, bias, inputs)
}

/// A text as the fit sees it.
struct Row<'a> {
    features: &'a [u32],
    /// What each of its features counts.
    value: f64,
    /// 1 or -1.
    side: f64,
}

impl<'a> Row<'a> {
    fn of(text: &'a Text) -> Option<Self> {
        let features = text.layers.features.as_slice();
        let count = u32::try_from(features.len()).ok().filter(|count| *count > 0)?;
        Some(Self { features, value: 1.0 / f64::from(count).sqrt(), side: if text.wish() { 1.0 } else { -1.0 } })
    }
}

/// Fisher and Yates, with the draws of xorshift.
fn shuffle(order: &mut [usize], draws: &mut u64) {
    for end in (1..order.len()).rev() {
        *draws ^= *draws << 13;
        *draws ^= *draws >> 7;
        *draws ^= *draws << 17;
        order.swap(end, usize::try_from(*draws >> 16).unwrap_or(0) % (end + 1));
    }
}

/// Fits on every text and writes the weights' file.
pub fn write(root: &Path, texts: &[Text]) -> io::Result<()> {
    let weights = fit(texts.iter(), &inputs::hash(root)?);
    println!("{} texts, {} bytes", texts.len(), weights.bytes().len());
    std::fs::write(root.join("data/intent/weights.bin"), weights.bytes())
}
