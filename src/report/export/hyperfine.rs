//! hyperfine's JSON, as `hyperfine --export-json` of 1.18 and later writes it: for its plotting scripts, and whatever else reads that.

use std::collections::BTreeMap;

use serde::Serialize;

use super::seconds;
use crate::report::format;
use crate::report::visits::{Moment, Visits};
use crate::run::{BenchmarkPlan, Run, Sample, SubjectPlan};
use crate::stats;

#[derive(Serialize)]
struct Summary {
    results: Vec<Timed>,
}

/// Seconds; bytes.
#[derive(Serialize)]
struct Timed {
    command: String,
    mean: f64,
    /// Absent of a single time, as hyperfine has it.
    stddev: Option<f64>,
    median: f64,
    user: f64,
    system: f64,
    min: f64,
    max: f64,
    times: Vec<f64>,
    memory_usage_byte: Vec<u64>,
    exit_codes: Vec<i32>,
    parameters: BTreeMap<&'static str, String>,
}

/// Of each benchmark every subject that has a time, in the plan's order.
pub(super) fn hyperfine(run: &Run, subjects: &[&SubjectPlan]) -> String {
    let visits = Visits::of(run);
    let workloads = run.plan.benchmarks.iter().filter(|benchmark| benchmark.name != BenchmarkPlan::OPCODES);
    let results = workloads
        .flat_map(|benchmark| {
            let visits = &visits;
            subjects.iter().filter_map(move |subject| timed(&visits.values(benchmark, &subject.name), benchmark, &subject.name))
        })
        .collect();
    serde_json::to_string_pretty(&Summary { results }).unwrap_or_default() + "\n"
}

fn timed(values: &[(Moment, &Sample, u64)], benchmark: &BenchmarkPlan, subject: &str) -> Option<Timed> {
    let times: Vec<f64> = values.iter().map(|(_, _, ns)| seconds(*ns)).collect();
    let mean = |of: &dyn Fn(&Sample) -> u64| values.iter().map(|(_, sample, _)| seconds(of(sample))).sum::<f64>() / values.len() as f64;
    let middle = times.iter().sum::<f64>() / times.len() as f64;
    let squares: f64 = times.iter().map(|time| (time - middle).powi(2)).sum();
    let subject = format::plain(subject);
    Some(Timed {
        command: format!("{subject} {}", benchmark.label()),
        median: stats::median(&times)?,
        mean: middle,
        stddev: (times.len() > 1).then(|| (squares / (times.len() - 1) as f64).sqrt()),
        user: mean(&|sample| sample.user_ns),
        system: mean(&|sample| sample.system_ns),
        min: times.iter().copied().fold(f64::INFINITY, f64::min),
        max: times.iter().copied().fold(0.0, f64::max),
        memory_usage_byte: values.iter().map(|(_, sample, _)| sample.peak_memory_bytes).collect(),
        // What gave a time has ended well.
        exit_codes: vec![0; times.len()],
        times,
        parameters: BTreeMap::from([("benchmark", benchmark.label()), ("subject", subject)]),
    })
}
