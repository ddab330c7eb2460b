//! What surtax promises, tested through its public library and its command: one binary, one fixture world.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, reason = "the doors are for the product")]

mod archive;
mod audit_cli;
mod audit_objects;
mod benchmarks;
mod bundle;
mod cli;
mod compiled;
mod config;
mod cpython;
mod cpython_source;
mod debian_syntax;
mod errors;
mod fs;
mod guest;
mod hacl;
mod kernels;
mod keyring;
mod libpython;
mod linked;
mod matrix;
mod measure;
mod needs;
mod opcodes;
mod prefix;
mod process;
mod proof;
mod provision;
mod proxy;
mod real;
mod real_cpython;
mod real_hacl;
mod real_prefix;
mod recipe;
mod releases;
mod report;
mod source_packages;
mod sources;
mod sources_cli;
mod stats;
mod unpack;
mod verify;
mod world;
