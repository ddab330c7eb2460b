//! A bundle: finished parts of a store as one verified archive, so that one machine builds and many measure.
//!
//! `FILE.tar.zst` is a tar archive. Its first member, `manifest.json`, names every folder, file and link with mode, size and SHA-256; then come
//! the files' contents alone, as `store/PLACE/PATH`, in the manifest's order. So an importer knows what it will read before it reads it, and
//! anything else is refused. Equal parts give equal bytes: nothing in it tells when, where or by whom it was made, but the path of the store.

mod collect;
mod error;
mod export;
mod import;
mod links;
mod manifest;
mod put;
mod stream;

pub use error::BundleError;
pub(crate) use error::at_the_same_path;
pub use export::{Exported, export};
pub use import::{Imported, import};
pub use manifest::{Entry, Manifest, Part};
