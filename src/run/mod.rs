//! A run: one execution of a matrix, as the folder under `results/` holds it. Shapes only; `results/README.md` describes them for other programs.

mod audit;
mod conditions;
mod environment;
mod folder;
mod machine;
mod opcodes;
mod pack;
mod plan;
mod sample;
mod study;
mod testsuite;
mod verification;

pub use audit::{
    AccessCounts, Accesses, AfterLink, Answer, Audit, Dispatch, FileKind, Flags, FunctionAccesses, Hardening, LtoForm, StartRelocations,
    SubjectAudit, TlsModel, Unsettled,
};
pub use conditions::Conditions;
pub use environment::Environment;
pub use folder::{Folder, RunError};
pub use machine::{Machine, Machines};
pub use opcodes::{Executed, Handler, Kernel, Opcodes, SubjectOpcodes};
pub use pack::{LeftOut, PackBenchmark, PackPlan, PackagePlan};
pub use plan::{
    BenchmarkPlan, Clock, CounterPlan, Counting, CpythonPlan, Factors, GroupPlan, HaclPlan, Plan, Role, ShardOf, ShardPlan, SubjectPlan,
    short_name,
};
pub use sample::{Counters, Outcome, Phase, Sample};
pub use study::{Contrast, Factor, Interplay, PublishedPair, Step, Study, StudySubject};
pub use testsuite::{SubjectTests, TestDifference, TestOutcome, TestsuiteVerification, UntoldFile};
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
    /// Absent in runs of older surtaxes.
    pub opcodes: Option<Opcodes>,
    pub samples: Vec<Sample>,
    /// Of a merged run: what measured it, by name. Empty where one machine did, which `environment` describes.
    pub machines: Vec<Machine>,
}
