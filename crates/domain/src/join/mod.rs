//! Join keywords: words of the shop's own that opt a customer in to its marketing texts.
//!
//! A customer's text that is such a word is a signature by E-SIGN (47 CFR 64.1200(f)(9)), as good as
//! the words that stood beside it where they read of it. So nothing that asks for something else may
//! pass for one: a wish to stop, a cry for help and everyday answers come first, and a slip of the
//! thumb alone gives no consent, it is asked about.

mod word;
mod wording;

pub use word::{Match, Unfit, could_be, find, plain, unfit};
pub(crate) use wording::lacking;
pub use wording::{Finding, Offer, Part, confirmation, confirmation_findings, disclosure_findings, request};
