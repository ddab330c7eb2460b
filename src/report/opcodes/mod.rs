//! From the kernels' costs and the executed bytecode to what each opcode pays, what the benchmarks execute, and what the one predicts of the other.

mod executed;
mod index;
mod mixture;
mod predictions;
mod sentences;
mod shape;
mod taxes;

pub(super) use sentences::{sentences, subjects};
pub use shape::{ExecutedResult, KernelResult, OpcodeSummary, Prediction, TopInstruction};

use super::summary::BenchmarkSummary;
use super::visits::Visits;
use crate::run::Run;
use index::Index;

/// Nothing for runs that looked at no bytecode. The rest of the report is judged already: its ratios stand beside the predicted ones.
pub(super) fn opcodes(run: &Run, visits: &Visits<'_>, benchmarks: &[BenchmarkSummary]) -> Option<OpcodeSummary> {
    let index = Index::of(run, visits);
    if run.opcodes.is_none() && !index.is_measured() {
        return None;
    }
    let (kernels, comparisons) = taxes::taxes(&index);
    Some(OpcodeSummary {
        comparisons,
        kernels,
        executed: executed::executed(&index),
        predictions: predictions::predictions(&index, visits, benchmarks),
    })
}

/// Says of every ratio whether both sides execute the same bytecode, as far as that was read.
pub(super) fn mark(run: &Run, visits: &Visits<'_>, benchmarks: &mut [BenchmarkSummary], reference: Option<&str>) {
    let index = Index::of(run, visits);
    for benchmark in benchmarks.iter_mut() {
        let name = benchmark.name.clone();
        for row in &mut benchmark.results {
            let baseline = run.plan.subject(&row.subject).and_then(|subject| run.plan.baseline_of(subject));
            row.same_code = baseline.and_then(|baseline| executed::same_code(&index, &name, &row.subject, &baseline.name));
        }
        for row in &mut benchmark.across {
            row.same_code = reference.and_then(|reference| executed::same_code(&index, &name, &row.subject, reference));
        }
    }
}
