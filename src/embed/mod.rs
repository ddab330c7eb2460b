//! The kit to embed: what a program of one's own is compiled, linked and started with, as the runner of the same variant is.

mod error;
mod files;
mod format;
mod kit;
mod new;
mod quote;

pub use error::EmbedError;
pub use files::write;
pub use format::{Format, Rendered, render};
pub use kit::{Kit, Source, Surroundings};
pub use new::create;
