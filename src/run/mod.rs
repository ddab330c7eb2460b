//! A run: one execution of a matrix, as the folder under `results/` holds it. Shapes only; `results/README.md` describes them for other programs.

mod audit;
mod environment;
mod folder;
mod plan;
mod sample;
mod study;
mod verification;

pub use audit::{Answer, Audit, SubjectAudit};
pub use environment::Environment;
pub use folder::{Folder, RunError};
pub use plan::{BenchmarkPlan, Clock, CpythonPlan, Factors, GroupPlan, HaclPlan, Plan, Role, SubjectPlan, short_name};
pub use sample::{Outcome, Phase, Sample};
pub use study::{Contrast, Factor, Interplay, PublishedPair, Step, Study, StudySubject};
pub use verification::{Check, CheckGroup, SubjectVerification, Verification};

/// The version of every format in a run's folder; it rises when a reader of the old one would be misled.
pub const SCHEMA: u32 = 1;

/// A run as it is read back: all that a report is made of.
#[derive(Debug, Clone)]
pub struct Run {
    pub plan: Plan,
    pub environment: Environment,
    pub audit: Audit,
    pub verification: Verification,
    pub samples: Vec<Sample>,
}
