//! What surtax promises, tested through its public library and its command: one binary, one fixture world.

mod benchmarks;
mod verify;
