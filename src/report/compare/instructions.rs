//! What was counted in both runs.

use super::shape::InstructionChange;
use crate::report::summary::{BenchmarkSummary, SubjectResult};

/// Of two rows whose runs count in the same way; nothing where one has no count, or one of another size.
pub(super) fn change(
    benchmarks: (&BenchmarkSummary, &BenchmarkSummary),
    rows: (&SubjectResult, &SubjectResult),
) -> Option<InstructionChange> {
    let size = |benchmark: &BenchmarkSummary| benchmark.counted.as_ref().map(|counted| counted.size);
    if size(benchmarks.0) != size(benchmarks.1) {
        return None;
    }
    let (before, after) = (rows.0.instructions.filter(|&count| count > 0)?, rows.1.instructions?);
    Some(InstructionChange { before, after, ratio: after as f64 / before as f64 })
}
