//! One renderer per format: a run in, text out. Only `write` touches the folder.

mod across;
mod answer;
pub mod audit;
mod break_even;
mod confounds;
mod counters;
mod differences;
mod estimate;
mod finding;
pub(crate) mod format;
mod gate;
mod judge;
mod machines;
mod markdown;
mod opcodes;
mod plots;
mod published;
mod reproduce;
mod sections;
mod study;
mod summarise;
mod summary;
mod terminal;
pub mod trace;
mod visits;
mod write;

pub use answer::answer;
pub use finding::machine;
pub use gate::{BadGate, Gate, GateLimit, Gated, Unjudged, gate_against, gate_within, incomparable};
pub use machines::{MachineRatio, MachineSummary, MachinesSummary, PooledRatio};
pub use markdown::markdown;
pub use opcodes::{ExecutedResult, KernelResult, OpcodeSummary, Prediction, TopInstruction};
pub use plots::plots;
pub use published::{PUBLISHED, PUBLISHED_SOURCE, Published, PublishedSize};
pub use reproduce::arguments as reproducing;
pub use study::{Effect, Figures, Interaction, Ledger, LedgerStep, Matched, PairApart, Part, Range, sentences};
pub use summarise::summarise;
pub use summary::{
    AcrossResult, Bearing, BenchmarkSummary, BreakEven, CountedSummary, Difference, Failure, Finding, Premise, PremiseVerdict, Property,
    SubjectResult, Summary, VerifySummary,
};
pub use terminal::terminal_table;
pub use write::write;
