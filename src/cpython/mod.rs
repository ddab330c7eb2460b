//! CPython from source as a source of builds: one tree per source and compiler, one profile, and of each variant only what differs.

mod error;
mod source;

use crate::libpython::Home;
use crate::recipe::Cpython;
use crate::run::CpythonPlan;
use crate::store::Store;
use crate::ui::Reporter;
use crate::variant::VariantName;

pub use error::CpythonError;
pub use source::{Access, Source, SourceError, obtain, obtain_with};

/// What is to be built of a recipe.
#[derive(Debug, Clone)]
pub struct Demand<'a> {
    /// The recipe's name, for people.
    pub name: &'a str,
    pub recipe: &'a Cpython,
    pub source: &'a Source,
    /// Of the recipe's, in its order; each has a flavour.
    pub variants: Vec<VariantName>,
}

/// The builds of a recipe, with the installation that they share.
#[derive(Debug, Clone)]
pub struct Staged {
    /// Offers what was demanded.
    pub home: Home,
    pub plan: CpythonPlan,
}

/// Builds what the store lacks of the demand. An interrupted call is gone on with by the next.
pub fn stage(_store: &Store, demand: &Demand<'_>, _reporter: &dyn Reporter) -> Result<Staged, CpythonError> {
    Err(CpythonError::NotYet(demand.name.to_owned()))
}
