//! What surtax promises, tested through its public library and its command: one binary, one fixture world.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "the doors are for the product")]

mod archive;
mod benchmarks;
mod fs;
mod libpython;
mod matrix;
mod measure;
mod process;
mod real;
mod report;
mod stats;
mod verify;
