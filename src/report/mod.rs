//! One renderer per format: a run in, text out. Only `write` touches the folder.

mod across;
mod answer;
pub mod audit;
mod break_even;
pub mod compare;
mod confounds;
mod counters;
mod decision;
mod differences;
mod estimate;
pub mod export;
mod finding;
pub(crate) mod format;
mod gate;
pub mod history;
mod html;
mod judge;
mod machines;
mod markdown;
mod opcodes;
mod packs;
mod plots;
mod published;
mod reproduce;
mod said;
mod sections;
mod study;
mod summarise;
mod summary;
mod terminal;
mod today;
pub mod trace;
mod visits;
mod write;

pub use answer::answer;
pub use finding::machine;
pub use gate::{BadGate, Gate, GateLimit, Gated, TaxLimit, Unjudged, gate_against, gate_within, incomparable};
pub use html::html;
pub use machines::{MachineRatio, MachineSummary, MachinesSummary, PooledRatio};
pub use markdown::markdown;
pub use opcodes::{ExecutedResult, KernelResult, OpcodeSummary, Prediction, TopInstruction};
pub use packs::{PackExtreme, PackResult, PackSummary};
pub use plots::plots;
pub use published::{PUBLISHED, PUBLISHED_SOURCE, Published, PublishedSize};
pub use reproduce::arguments as reproducing;
pub use said::{unsaid, well};
pub use study::{Effect, Figures, InstructionsEffect, Interaction, Ledger, LedgerStep, Matched, PairApart, Part, Range, sentences};
pub use summarise::summarise;
pub use summary::{
    AcrossResult, Bearing, BenchmarkSummary, BreakEven, CountedSummary, Difference, Failure, Finding, Premise, PremiseVerdict, Property,
    SubjectResult, Summary, VerifySummary,
};
pub use terminal::terminal_table;
pub use today::{Seen, Today};
pub use write::write;
