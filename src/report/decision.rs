//! What a packager weighs against each other: for each subject speed, start, memory, what must be shipped, the loader's work, hardening.

use super::study::headlines;
use super::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::matrix::Benchmark;
use crate::run::{Answer, FileKind, Hardening, Role, Run, StartRelocations, SubjectAudit, SubjectPlan};

/// A subject and what speaks for and against shipping it. What is absent was not measured or not read.
pub(super) struct Choice<'a> {
    pub(super) subject: &'a SubjectPlan,
    /// In the order of [`compared_in`]; each relative to the baseline of the subject's group.
    pub(super) speed: Vec<Option<&'a SubjectResult>>,
    /// In the benchmark that [`start_in`] names.
    pub(super) start: Option<&'a SubjectResult>,
    /// The most that it held at once in any benchmark of `speed`.
    pub(super) memory_bytes: Option<u64>,
    pub(super) executable_bytes: u64,
    /// Of the libpython that must be shipped beside it; absent where the executable holds its own.
    pub(super) library_bytes: Option<u64>,
    /// Of the executable that holds its libpython, else of the shared libpython alone.
    pub(super) loading: Option<StartRelocations>,
    pub(super) pie: Protection,
    /// Of the same file as `loading`.
    pub(super) relro: Protection,
}

/// A protection that compilers and distributions give a program unless they are told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protection {
    Kept,
    /// Partial RELRO: the table of functions that are bound late stays writable.
    InPart,
    Lost,
    Unknown,
}

impl Choice<'_> {
    pub(super) fn shipped_bytes(&self) -> u64 {
        self.executable_bytes + self.library_bytes.unwrap_or(0)
    }

    /// The geometric mean of its ratios; absent where one is.
    pub(super) fn mean_ratio(&self) -> Option<f64> {
        let ratios: Option<Vec<f64>> = self.speed.iter().map(|row| Some((*row)?.ratio?.ln())).collect();
        let logs = ratios.filter(|logs| !logs.is_empty())?;
        Some((logs.iter().sum::<f64>() / logs.len() as f64).exp())
    }
}

/// Baselines, runners and guests in the plan's order; none where the run timed no workload.
pub(super) fn choices<'a>(run: &'a Run, summary: &'a Summary) -> Vec<Choice<'a>> {
    let compared = compared_in(run, summary);
    if compared.is_empty() {
        return Vec::new();
    }
    let subjects = run.plan.subjects.iter().filter(|subject| subject.role != Role::Control);
    subjects.map(|subject| choice(run, summary, &compared, subject)).collect()
}

/// The benchmarks that speed is told by: what is timed inside the interpreter, at its largest size.
pub(super) fn compared_in<'a>(run: &Run, summary: &'a Summary) -> Vec<&'a BenchmarkSummary> {
    headlines(run, summary).into_iter().filter(|benchmark| !benchmark.is_of_kernels()).collect()
}

/// Like against like, as an embedder starts it; else as `python3` starts by default.
pub(super) fn start_in(summary: &Summary) -> Option<&BenchmarkSummary> {
    let named = |kind| summary.benchmarks.iter().find(|benchmark| benchmark.is(kind));
    named(Benchmark::StartupIsolated).or_else(|| named(Benchmark::Startup))
}

fn choice<'a>(run: &'a Run, summary: &'a Summary, compared: &[&'a BenchmarkSummary], subject: &'a SubjectPlan) -> Choice<'a> {
    let audit = run.audit.of(&subject.name);
    let (loading, hardening) = audit.map_or((None, None), linked);
    let speed: Vec<_> = compared.iter().map(|benchmark| benchmark.of(&subject.name)).collect();
    Choice {
        subject,
        start: start_in(summary).and_then(|benchmark| benchmark.of(&subject.name)),
        memory_bytes: speed.iter().filter_map(|row| (*row)?.peak_memory_bytes).max(),
        speed,
        executable_bytes: subject.size_bytes,
        library_bytes: audit.filter(|audit| is_shared(audit)).map(|audit| audit.size_bytes),
        loading,
        pie: pie(run, audit, subject),
        relro: hardening.map_or(Protection::Unknown, relro),
    }
}

/// What the loader meets: of an archive, the executable that its link made.
fn linked(audit: &SubjectAudit) -> (Option<StartRelocations>, Option<&Hardening>) {
    match &audit.after_link {
        Some(after) => (after.start, after.hardening.as_ref()),
        None => (audit.start, audit.hardening.as_ref()),
    }
}

/// Older audits do not say of what kind a file is, but its name does: `libpython3.11.so.1.0`.
fn is_shared(audit: &SubjectAudit) -> bool {
    let named_so = || audit.file.file_name().is_some_and(|name| name.to_string_lossy().contains(".so"));
    audit.kind.map_or_else(named_so, |kind| kind == FileKind::SharedObject)
}

/// By the gate's look at a runner's header, else by the audit of the executable.
fn pie(run: &Run, audit: Option<&SubjectAudit>, subject: &SubjectPlan) -> Protection {
    let seen = run.verification.of(&subject.name).and_then(|verified| verified.pie()).map(Answer::from);
    match seen.or(audit.and_then(|audit| audit.pie)) {
        Some(Answer::Yes) => Protection::Kept,
        Some(Answer::No) => Protection::Lost,
        _ => Protection::Unknown,
    }
}

fn relro(hardening: &Hardening) -> Protection {
    match hardening.relro.as_str() {
        "full" => Protection::Kept,
        "partial" => Protection::InPart,
        "none" => Protection::Lost,
        _ => Protection::Unknown,
    }
}
