//! The runner: the program that embeds a libpython, rendered from the template and linked per variant.

mod build;
mod link;
mod render;
mod toolchain;

pub use build::{Runner, RunnerError, build, built};
pub use link::LinkPlan;
pub use render::pyo3_config;
pub use toolchain::{TARGET, Toolchain, ToolchainError};
