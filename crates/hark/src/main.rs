//! The Hark binary.
fn main() {}
