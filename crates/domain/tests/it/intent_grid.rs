//! Each verb with each object: to stop a thing is never to stop the texts, and
//! to stop texts always is.

use domain::keyword::{Class, classify};
use grid::{GRID, said};

#[path = "../../examples/intent/grid.rs"]
mod grid;

#[test]
fn the_object_decides() {
    let mut wrong = Vec::new();
    let mut tried = 0_u32;
    for (verbs, things, texts) in GRID {
        for (objects, wish) in [(things, false), (texts, true)] {
            for text in said(verbs, objects) {
                tried += 1;
                let found = classify(&text);
                if (found.class == Class::OptOut) != wish {
                    wrong.push(format!("{text:?} by {}", found.matched_by));
                }
            }
        }
    }
    assert!(tried > 2_000);
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
}
