//! The core: what a libpython is (build), how a program takes it in (linkage), and what its binary shows (evidence).

mod evidence;
mod hacl;
mod home;
mod needed;
mod proof;
mod stock;
mod surroundings;
mod variant;

pub use crate::variant::{CodeModel, Linkage, Shape, VariantName};
pub use evidence::{add_link, audit_home, audit_path};
pub use hacl::{Compiler, Hacl, HaclError, HaclFlags, HaclMode, HaclSource, UnknownHaclMode, provide, stand_ins, stand_ins_object};
pub(crate) use hacl::{listed, read_version};
pub(crate) use home::link_prefix;
pub use home::{Home, HomeError, Offer, Sysconfig, TestHome};
pub use needed::{NeededLibrary, runtime_file};
pub use proof::{ProofError, prove, prove_linked, prove_objects};
pub use stock::{StockError, SysrootProgram};
pub use variant::{Build, Compiled, Library, LinkTime, Variant};
