//! Logistic regression by adaptive gradient steps: small, and the same on
//! every machine, as it visits the texts in a fixed order.

use super::corpus::{BACKGROUND_EVERY, Text};
use domain::keyword::layers;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

const ROUNDS: usize = 40;
const STEP: f64 = 0.05;
/// How strongly weights are drawn to nothing.
const DECAY: f64 = 0.002;
/// Weights below this say nothing.
const LEAST: f64 = 0.02;
/// A feature of one text alone is that text's, not the language's.
const SEEN_MIN: u32 = 2;

/// A weight for each feature.
pub type Weights = BTreeMap<String, f64>;

/// Fits the weights on some texts and on the features of a background that
/// asks for nothing. Only features of the texts count. Unsure texts teach
/// nothing either way.
pub fn fit<'a>(texts: impl Iterator<Item = &'a Text> + Clone, background: &[Vec<String>]) -> Weights {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let chosen: Vec<&Text> = texts.filter(|text| text.label != "unsure" && !text.layers.features.is_empty()).collect();
    for text in &chosen {
        for feature in &text.layers.features {
            *seen.entry(feature).or_default() += 1;
        }
    }
    seen.retain(|_, count| *count >= SEEN_MIN);
    let places: BTreeMap<&str, usize> = seen.keys().enumerate().map(|(place, feature)| (*feature, place)).collect();
    let numbers =
        |features: &[String]| features.iter().filter_map(|feature| places.get(feature.as_str()).copied()).collect();
    let mut rows: Vec<(Vec<usize>, f64)> = chosen
        .iter()
        .map(|text| (numbers(&text.layers.features), if text.label == "opt_out" { 1.0 } else { 0.0 }))
        .collect();
    rows.extend(background.iter().map(|features| (numbers(features), 0.0)));
    let (mut weights, mut squares) = (vec![0.0; places.len()], vec![1e-6; places.len()]);
    for round in 0..ROUNDS {
        for at in 0..rows.len() {
            // A fixed walk over all rows that differs from round to round.
            let (features, wanted) = &rows[(at * 7919 + round * 104_729) % rows.len()];
            let sum: f64 = features.iter().map(|&place| weights[place]).sum();
            let error = 1.0 / (1.0 + f64::exp(-sum)) - wanted;
            for &place in features {
                let gradient = error + DECAY * weights[place];
                squares[place] += gradient * gradient;
                weights[place] -= STEP * gradient / f64::sqrt(squares[place]);
            }
        }
    }
    places
        .into_iter()
        .map(|(feature, place)| (feature.to_owned(), weights[place]))
        .filter(|(_, weight)| weight.abs() >= LEAST)
        .collect()
}

/// The features of the part of the background that is fitted on.
pub fn quiet(root: &Path) -> Vec<Vec<String>> {
    let texts = super::corpus::background(root);
    texts.iter().step_by(BACKGROUND_EVERY).map(|text| layers(text).features).collect()
}

/// The odds that a text is an opt-out.
pub fn odds(weights: &Weights, features: &[String]) -> f64 {
    let sum: f64 = features.iter().filter_map(|feature| weights.get(feature)).sum();
    1.0 / (1.0 + f64::exp(-sum))
}

/// Fits on every text meant for it and writes the weights' file.
pub fn write(root: &Path, texts: &[Text]) -> io::Result<()> {
    let weights = fit(texts.iter().filter(|text| text.fitted), &quiet(root));
    let mut out = String::from("# Made by `cargo xtask intent train`: a weight in thousandths and its feature.\n");
    for (feature, weight) in &weights {
        out.push_str(&format!("{:.0} {feature}\n", weight * 1000.0));
    }
    println!("{} weights", weights.len());
    std::fs::write(root.join("data/intent/weights.txt"), out)
}
