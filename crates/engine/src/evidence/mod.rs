//! Evidence: whether what proves something is still what was written down, and
//! packs of it to carry away.

mod container;
pub(crate) mod document;
mod fold;
mod gather;
mod locate;
pub(crate) mod making;
mod pack;
mod sign;
mod verify;

pub use container::{ContainerError, TooLarge, read as pack_open, write as pack_close};
pub use domain::evidence::pack::{Head, Report as PackReport};
pub use pack::{KEPT_MS, PackError, verify_pack};
pub use sign::{HeadsError, SignedHead, Signer, check_head};
pub use store::evidence_pack::{ACCESS, EVIDENCE, PackRow};
pub use verify::{Erased, Fault, Problem, Verification};

pub(crate) use gather::{Told, consent_item};
pub(crate) use making::ask;
