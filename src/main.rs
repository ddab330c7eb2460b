//! The `surtax` command.

fn main() {
    let _launched = surtax::process::was_launcher();
}
