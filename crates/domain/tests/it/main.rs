//! The rules of Hark against tables and generated input.

mod addresses;
mod encodings;
mod keywords;
mod places;
mod quiet_hours;
mod search_words;
