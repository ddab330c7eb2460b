//! Packs: benchmarks of other people, from their real packages, measured as surtax's own are.
//!
//! What a pack is, is pinned by hash in `benchmarks/packs/`; pip fetches it, since it knows the person's package index, proxies and caches, and
//! surtax hashes it again before it unpacks it. A benchmark's loops are calibrated once, by pyperf on the first baseline, and become its size: every
//! subject does the same work. No answer is checked: pyperformance's benchmarks give none.

mod calibrate;
mod choice;
mod error;
mod manifest;
mod needs;
mod obtain;
mod parts;
mod pip;
mod plan;
mod provide;
mod pyperf;
mod wheels;

pub use choice::{BadPack, PackChoice, Which};
pub use error::PackError;
pub use needs::Access;
pub use obtain::{Pack, Pin, obtain, pins};
pub use parts::{Parts, parts};
pub use pip::Pip;
pub use plan::{Calibration, check, plan};
pub use provide::{prepare, provide};
pub(crate) use pyperf::PyperfLine;
