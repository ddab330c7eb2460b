//! Comma-separated values (RFC 4180), long form: a row for every visit, so that any statistics can be made again elsewhere.

use csv::{Terminator, WriterBuilder};
use serde::Serialize;

use crate::report::visits::Visits;
use crate::run::{BenchmarkPlan, Clock, Outcome, Phase, Role, Run, Sample, SubjectPlan};

/// The columns, in their order; an absent value is an empty field.
#[derive(Serialize)]
struct Row<'a> {
    benchmark: &'a str,
    size: Option<u64>,
    clock: Clock,
    phase: Phase,
    round: u32,
    position: u32,
    group: Option<&'a str>,
    subject: &'a str,
    role: Role,
    outcome: Outcome,
    value_ns: Option<u64>,
    wall_ns: u64,
    user_ns: u64,
    system_ns: u64,
    peak_memory_bytes: u64,
    instructions: Option<u64>,
    cycles: Option<u64>,
    branch_misses: Option<u64>,
    instruction_cache_misses: Option<u64>,
    reason: Option<&'a str>,
    /// Of a run that several machines measured: within one alone is a round a round.
    machine: Option<&'a str>,
}

/// Warm-up, measured and counted visits; of two records of one visit, the one that counts.
pub(super) fn csv(run: &Run, subjects: &[&SubjectPlan]) -> String {
    let visits = Visits::of(run);
    let mut writer = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    for benchmark in &run.plan.benchmarks {
        for phase in [Phase::WarmUp, Phase::Measured, Phase::Counted] {
            for subject in subjects {
                for sample in visits.in_phase(phase, benchmark, &subject.name).into_iter().flat_map(|rounds| rounds.values()) {
                    // Neither a string in memory nor these types can fail to be written.
                    let _ = writer.serialize(row(benchmark, subject, sample));
                }
            }
        }
    }
    writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn row<'a>(benchmark: &'a BenchmarkPlan, subject: &'a SubjectPlan, sample: &'a Sample) -> Row<'a> {
    let counters = sample.counters.unwrap_or_default();
    Row {
        benchmark: &benchmark.name,
        size: benchmark.size,
        clock: benchmark.clock,
        phase: sample.phase,
        round: sample.round,
        position: sample.position,
        group: subject.group.as_deref(),
        subject: &subject.name,
        role: subject.role,
        outcome: sample.outcome,
        value_ns: sample.value_ns,
        wall_ns: sample.wall_ns,
        user_ns: sample.user_ns,
        system_ns: sample.system_ns,
        peak_memory_bytes: sample.peak_memory_bytes,
        instructions: counters.instructions,
        cycles: counters.cycles,
        branch_misses: counters.branch_misses,
        instruction_cache_misses: counters.instruction_cache_misses,
        reason: sample.reason.as_deref(),
        machine: sample.machine.as_deref(),
    }
}
