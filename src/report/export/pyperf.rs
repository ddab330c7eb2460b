//! pyperf's JSON, version 1.0: a suite per subject, a benchmark per benchmark and size, a run per visit.
//!
//! pyperf's runs are worker processes, and a visit is one fresh process with one value: nothing has to be pretended. A visit of a warm-up
//! round becomes a run that has a warm-up and no value, which pyperf counts as calibration.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::{published, seconds};
use crate::report::format;
use crate::report::summarise::group_of;
use crate::report::visits::Visits;
use crate::run::{BenchmarkPlan, Phase, Run, Sample, SubjectPlan};

/// pyperf refuses an empty text and one with line breaks.
type Metadata = BTreeMap<&'static str, Value>;

#[derive(Serialize)]
struct Suite {
    benchmarks: Vec<PyperfBenchmark>,
    metadata: Metadata,
    version: &'static str,
}

#[derive(Serialize)]
struct PyperfBenchmark {
    metadata: Metadata,
    runs: Vec<PyperfRun>,
}

#[derive(Serialize)]
struct PyperfRun {
    metadata: Metadata,
    /// Loops, and seconds of each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warmups: Vec<(u32, f64)>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    values: Vec<f64>,
}

/// File names (below `pyperf/`) with the text of each; a subject without a single value has none.
pub fn pyperf(run: &Run) -> Vec<(String, String)> {
    files(run, &published(run).collect::<Vec<_>>())
}

pub(super) fn files(run: &Run, subjects: &[&SubjectPlan]) -> Vec<(String, String)> {
    let visits = Visits::of(run);
    let mut taken = BTreeSet::new();
    let mut files = Vec::new();
    for subject in subjects {
        let benchmarks: Vec<PyperfBenchmark> =
            run.plan.benchmarks.iter().filter_map(|plan| benchmark(run, &visits, plan, &subject.name)).collect();
        if benchmarks.is_empty() {
            continue;
        }
        let suite = Suite { benchmarks, metadata: metadata(run, subject), version: "1.0" };
        let Ok(text) = serde_json::to_string(&suite) else { continue };
        files.push((file_name(&subject.name, &mut taken), text + "\n"));
    }
    files
}

/// `debian-13_static-nonpic.json`: a name that is safe everywhere, and no two subjects' the same, not even where case does not count.
fn file_name(subject: &str, taken: &mut BTreeSet<String>) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "-+.".contains(c) { c } else { '_' };
    let stem: String = subject.trim_start_matches('.').chars().map(safe).take(100).collect();
    let stem = if stem.is_empty() { "subject".to_owned() } else { stem };
    let numbered = |number: u32| if number == 1 { format!("{stem}.json") } else { format!("{stem}-{number}.json") };
    let free = (1..).map(numbered).find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or(stem)
}

/// Nothing without a value: pyperf knows no benchmark of failures. The sum over opcode kernels is none either.
fn benchmark(run: &Run, visits: &Visits<'_>, plan: &BenchmarkPlan, subject: &str) -> Option<PyperfBenchmark> {
    let values = visits.values(plan, subject);
    if values.is_empty() || plan.name == BenchmarkPlan::OPCODES {
        return None;
    }
    let warm_ups = visits.in_phase(Phase::WarmUp, plan, subject).into_iter().flat_map(BTreeMap::values);
    let warm_ups = warm_ups.filter_map(|sample| Some((*sample, sample.value_ns.filter(|&ns| ns > 0)?)));
    let mut runs: Vec<PyperfRun> = warm_ups
        .map(|(sample, ns)| PyperfRun { metadata: of_process(sample), warmups: vec![(1, seconds(ns))], values: Vec::new() })
        .collect();
    runs.extend(values.iter().map(|(_, sample, ns)| PyperfRun {
        metadata: of_process(sample),
        warmups: Vec::new(),
        values: vec![seconds(*ns)],
    }));
    let mut own = Metadata::new();
    put(&mut own, "name", &plan.label());
    put(&mut own, "description", &format::benchmark(&plan.name, plan.size));
    put(&mut own, "timer", clock(plan));
    own.insert("surtax_rounds", run.plan.rounds.into());
    Some(PyperfBenchmark { metadata: own, runs })
}

fn clock(plan: &BenchmarkPlan) -> &'static str {
    match plan.clock {
        crate::run::Clock::InProcess => "time.perf_counter_ns() inside the interpreter",
        crate::run::Clock::WholeProcess => "CLOCK_MONOTONIC, the whole process",
    }
}

fn of_process(sample: &Sample) -> Metadata {
    let mut found = Metadata::from([("duration", seconds(sample.wall_ns).into())]);
    if sample.peak_memory_bytes > 0 {
        found.insert("mem_max_rss", sample.peak_memory_bytes.into());
    }
    found
}

/// Under the names that pyperf gives what it collects itself; what is only surtax's begins so.
fn metadata(run: &Run, subject: &SubjectPlan) -> Metadata {
    let (plan, machine) = (&run.plan, &run.environment);
    let mut found = Metadata::from([("loops", 1.into()), ("load_avg_1min", machine.load_average[0].max(0.0).into())]);
    let python = group_of(plan, subject).map_or(&plan.python, |group| &group.python);
    put(&mut found, "unit", "second");
    put(&mut found, "date", &plan.created.trim_end_matches('Z').replace('T', " "));
    put(&mut found, "python_implementation", "cpython");
    put(&mut found, "python_version", python);
    put(&mut found, "python_executable", &subject.executable.display().to_string());
    put(&mut found, "cpu_model_name", &machine.cpu_model);
    if machine.cpus > 0 {
        found.insert("cpu_count", machine.cpus.into());
    }
    put(&mut found, "cpu_affinity", &plan.cpu.map_or_else(String::new, |core| core.to_string()));
    put(&mut found, "cpu_config", &machine.governor.as_ref().map_or_else(String::new, |governor| format!("governor:{governor}")));
    put(&mut found, "platform", &format!("Linux-{}", machine.kernel));
    put(&mut found, "aslr", machine.aslr.map_or("", randomisation));
    put(&mut found, "surtax_version", &plan.surtax);
    put(&mut found, "surtax_subject", &subject.name);
    put(&mut found, "surtax_build", &subject.description);
    put(&mut found, "surtax_release", group_of(plan, subject).map_or(&plan.release, |group| &group.release));
    found
}

/// In pyperf's words.
fn randomisation(level: u8) -> &'static str {
    match level {
        0 => "No randomization",
        1 => "Conservative randomization",
        _ => "Full randomization",
    }
}

fn put(metadata: &mut Metadata, name: &'static str, text: &str) {
    let text = format::plain(text);
    if !text.trim().is_empty() {
        metadata.insert(name, text.trim().into());
    }
}
