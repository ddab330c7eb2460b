//! Surtax: which libpython should I embed or ship, what does each cost, and why. The command line, the stages, the formats between them, what all use; ARCHITECTURE.md draws the pipeline.

pub mod cli;
pub mod cmd;

pub mod audit;
pub mod bundle;
pub mod cpython;
pub mod debian;
pub mod embed;
pub mod fetch;
pub mod guest;
pub mod libpython;
pub mod matrix;
pub mod measure;
pub mod opcode;
pub mod pack;
pub mod prefix;
pub mod recipe;
pub mod report;
pub mod runner;
pub mod script;
pub mod stats;
pub mod unpack;
pub mod verify;

pub mod run;
pub mod variant;

pub mod assets;
pub mod config;
pub mod digest;
pub mod elf;
pub mod error;
pub mod fs;
pub mod interrupt;
mod line;
pub mod log;
pub mod process;
mod shell;
pub mod store;
pub mod ui;
