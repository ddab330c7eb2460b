//! What an audit says: a table, item by item with its evidence, and what two files differ in.

mod compare;
mod compared;
mod explain;
mod flags;
mod observe;
mod table;

pub use compare::{Comparison, Item, Silence};
pub use compared::compared;
pub use explain::explain;
pub use table::table;

pub(super) use compare::{Declared, Side, compare};
