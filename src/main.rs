//! The `surtax` command.

fn main() {}
