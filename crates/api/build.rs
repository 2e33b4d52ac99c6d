//! The web app is read at build time by a macro, whose files Cargo does not watch by itself.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Without the feature nothing is read, and a new web build costs no new compile.
    if std::env::var_os("CARGO_FEATURE_UI").is_some() {
        println!("cargo::rerun-if-changed=../../web/dist");
    }
}
