//! Downloads over HTTP and from files: resumed, verified, kept by content.

mod blob;
mod client;
mod error;

pub use blob::{Fetched, Wanted};
pub use client::{Fetcher, Patience};
pub use error::{FetchError, Why};
