//! What surtax promises, tested through its public library and its command: one binary, one fixture world.

mod fs;
mod matrix;
mod measure;
mod process;
mod archive;
mod report;
mod stats;
