//! Rebuilds when a data folder changes: `include_dir!` alone does not make cargo look at them.

#[allow(clippy::disallowed_macros, reason = "the way to speak to cargo")]
fn main() {
    for folder in ["benchmarks", "recipes", "runner-template"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
