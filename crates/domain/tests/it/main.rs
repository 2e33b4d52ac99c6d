//! The rules of Hark against tables and generated input.

mod addresses;
mod encodings;
mod gate;
mod keywords;
mod places;
mod quiet_hours;
mod receipt;
mod search_words;
mod snippets;
