//! The core: what a libpython is (build), how a program takes it in (linkage), and what its binary shows (evidence).

mod code;
mod evidence;
mod hacl;
mod home;
mod stock;
mod variant;

pub use code::archive_code;
pub use evidence::{audit_file, audit_home};
pub use hacl::{HaclError, missing_symbols, stand_ins};
pub use home::{Home, HomeError, Offer, Sysconfig};
pub use stock::{StockError, StockPython};
pub use variant::{Build, CodeModel, Library, Linkage, UnknownVariant, Variant, VariantName};
