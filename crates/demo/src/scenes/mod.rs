//! Everything people text a shop about, by subject.

mod advice;
pub mod encores;
mod news;
mod parcels;
mod returns;
mod spanish;

use crate::scene::Scene;

/// Every scene, subject by subject.
pub const SUBJECTS: &[&[Scene]] = &[parcels::SCENES, returns::SCENES, advice::SCENES, news::SCENES, spanish::SCENES];

/// Every scene.
pub fn all() -> impl Iterator<Item = &'static Scene> + Clone {
    SUBJECTS.iter().flat_map(|subject| subject.iter())
}
