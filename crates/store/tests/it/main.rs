//! Tests of the store, on both engines.

mod db;
