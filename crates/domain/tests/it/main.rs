//! The rules of Hark against tables and generated input.

mod addresses;
mod answers;
mod classes;
mod complaints;
mod consent;
mod customer_places;
mod encodings;
mod evidence;
mod gate;
mod given;
mod intent_grid;
mod intents;
mod join;
mod keywords;
mod law;
mod naive;
mod naive_law;
mod overrides;
mod places;
mod quiet_hours;
mod receipt;
mod rows;
mod search_words;
mod shop_policy;
mod snippets;
mod year;
