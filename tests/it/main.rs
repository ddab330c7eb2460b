//! What surtax promises, tested through its public library and its command: one binary, one fixture world.

mod world;

mod archive;
mod debian_syntax;
mod keyring;
mod provision;
mod proxy;
mod recipe;
mod sources;
mod unpack;
