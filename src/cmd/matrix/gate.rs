//! The gate of `matrix run`: asked before anything is measured whether it could judge, and afterwards what it says.

use crate::cli::MatrixRunArgs;
use crate::cmd::CommandError;
use crate::matrix;
use crate::report::{Gate, gate_against, gate_within, summarise};
use crate::run::{BenchmarkPlan, CounterPlan, Counting, Run};

pub(super) fn judge(args: &MatrixRunArgs, run: &Run, earlier: Option<&Run>) -> Option<Gate> {
    let limit = args.gate?;
    let summary = summarise(run);
    Some(match earlier {
        Some(earlier) => gate_against(run, &summary, earlier, &summarise(earlier), limit),
        None => gate_within(run, &summary, limit),
    })
}

/// A gate that could judge nothing must not be found out after the measuring, nor pass.
pub(super) fn check_gate(counters: Option<&CounterPlan>, benchmarks: &[BenchmarkPlan]) -> Result<(), CommandError> {
    let (how, reason) = counters.map_or((Counting::None, None), |counters| (counters.how, counters.reason.as_deref()));
    if how == Counting::None {
        let reason = reason.unwrap_or("this run was begun without counters").to_owned();
        return Err(CommandError::GateWithoutCounts { reason });
    }
    let why = |benchmark: &BenchmarkPlan| matrix::not_counted(how, benchmark).map(|why| format!("{}: {why}", benchmark.label()));
    // Only if there is a reason for each.
    match benchmarks.iter().map(why).collect::<Option<Vec<String>>>() {
        Some(reasons) => Err(CommandError::GateWithoutBenchmark { reasons }),
        None => Ok(()),
    }
}
