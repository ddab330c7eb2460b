//! What each subject of a run executes, read out of the interpreters before anything is timed.
//!
//! All subjects at a time, since nothing is measured yet. A subject that cannot be asked has a reason in place of an answer: a run does not hang on it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use rayon::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::KernelsLine;
use crate::audit;
use crate::digest::Sha256;
use crate::interrupt::Interrupted;
use crate::line::json_line;
use crate::matrix::Benchmark;
use crate::process::{Job, ProcessError, how_it_ended, last_lines, subject_environment};
use crate::run::{Audit, BenchmarkPlan, Executed, Opcodes, Plan, SCHEMA, SubjectOpcodes, SubjectPlan};
use crate::ui::Reporter;

/// The longest takes a second on an idle machine.
const LIMIT: Duration = Duration::from_secs(120);

/// Of `PYTHONHASHSEED` and of the kernels' order: any will do, but all subjects have the same.
const SEED: u32 = 1;

/// `folder` holds the benchmark programs. The only error is that the person interrupted.
pub fn census(plan: &Plan, audit: &Audit, folder: &Path, reporter: &dyn Reporter) -> Result<Opcodes, Interrupted> {
    let bar = reporter.bar("reading opcodes", None, crate::ui::Unit::Items);
    // A control is its baseline's own file.
    let mut executables: Vec<&SubjectPlan> = Vec::new();
    for subject in &plan.subjects {
        if !executables.iter().any(|other| other.executable == subject.executable) {
            executables.push(subject);
        }
    }
    let read = |subject: &&SubjectPlan| of_subject(plan, subject, audit, folder);
    let found: Result<Vec<SubjectOpcodes>, Interrupted> = executables.par_iter().map(read).collect();
    bar.finish();
    let found = found?;
    let of = |subject: &SubjectPlan| {
        let at = executables.iter().position(|other| other.executable == subject.executable)?;
        Some(SubjectOpcodes { subject: subject.name.clone(), ..found.get(at)?.clone() })
    };
    let opcodes = Opcodes { schema: SCHEMA, subjects: plan.subjects.iter().filter_map(of).collect() };
    reporter.step(&line(&opcodes));
    Ok(opcodes)
}

fn line(opcodes: &Opcodes) -> String {
    let kernels = opcodes.subjects.iter().flat_map(|subject| &subject.kernels);
    let forms: BTreeSet<&String> = kernels.filter_map(|kernel| kernel.form.as_ref()).collect();
    let of_kernels = if forms.is_empty() { String::new() } else { format!(", {} forms of instructions have a kernel", forms.len()) };
    format!("read the opcodes of {} subjects{of_kernels}", opcodes.subjects.len())
}

fn of_subject(plan: &Plan, subject: &SubjectPlan, audit: &Audit, folder: &Path) -> Result<SubjectOpcodes, Interrupted> {
    let mut names = BTreeMap::new();
    let mut executed: BTreeMap<&str, Executed> = BTreeMap::new();
    for what in plan.benchmarks.iter().filter_map(|benchmark| executes(&benchmark.name).ok()) {
        if !executed.contains_key(what) {
            let line = ask::<ExecutedLine>(subject, folder, "executed.py", &[what], "the line of executed instructions")?;
            let of_workload = line.map(|mut line| {
                names = std::mem::take(&mut line.names);
                line.executed()
            });
            executed.insert(what, of_workload.unwrap_or_else(nothing));
        }
    }
    let mut benchmarks: Vec<Executed> = Vec::new();
    for BenchmarkPlan { name, .. } in plan.benchmarks.iter().filter(|benchmark| is_ours(plan, benchmark)) {
        if !benchmarks.iter().any(|other| other.benchmark == *name) {
            let found = executes(name).map(|what| executed.get(what).cloned());
            let found = found.unwrap_or_else(|reason| Some(nothing(reason.to_owned())));
            benchmarks.extend(found.map(|found| Executed { benchmark: name.clone(), ..found }));
        }
    }
    let (mut kernels, mut kernels_reason) = (Vec::new(), None);
    if plan.benchmarks.iter().any(|benchmark| benchmark.name == BenchmarkPlan::OPCODES) {
        // Its visits may well succeed: they count nothing, and are as many more chances.
        match ask::<KernelsLine>(subject, folder, "kernels.py", &[&SEED.to_string(), "--forms"], "the kernels' line")? {
            Ok(line) => {
                names.clone_from(&line.names);
                kernels = line.kernels();
            }
            Err(reason) => kernels_reason = Some(reason),
        }
    }
    let (handlers, handlers_evidence) =
        audit::handlers(interpreter(subject, audit)).unwrap_or_else(|error| (BTreeMap::new(), error.to_string()));
    Ok(SubjectOpcodes { subject: subject.name.clone(), benchmarks, kernels, kernels_reason, handlers, handlers_evidence, names })
}

/// Whether `executed.py` could know it: a pack's benchmarks bring programs of their own.
fn is_ours(plan: &Plan, benchmark: &BenchmarkPlan) -> bool {
    benchmark.name != BenchmarkPlan::OPCODES && plan.packed(benchmark).is_none()
}

/// What `executed.py` is asked for, or why nothing is.
fn executes(benchmark: &str) -> Result<&'static str, &'static str> {
    match Benchmark::named(benchmark) {
        Some(Benchmark::Cells) => Ok("cells"),
        Some(Benchmark::Startup | Benchmark::StartupIsolated) => Err("the interpreter starts before anything could count"),
        Some(Benchmark::Packed) => Err("it brings a program of its own"),
        Some(known) => known.workload().ok_or("it executes no workload"),
        None => Err("this surtax does not know it"),
    }
}

/// The file with the interpreter's loop: the shared libpython where the audit read one.
fn interpreter<'a>(subject: &'a SubjectPlan, audit: &'a Audit) -> &'a Path {
    let audited = audit.of(&subject.name).map(|audited| audited.file.as_path());
    let is_shared = |file: &&Path| file.file_name().is_some_and(|name| name.to_string_lossy().contains(".so"));
    audited.filter(is_shared).unwrap_or(&subject.executable)
}

/// Runs a program of `opcodes/` as the subject is measured, but for the core. The inner error is a reason.
fn ask<T: DeserializeOwned>(
    subject: &SubjectPlan,
    folder: &Path,
    program: &str,
    arguments: &[&str],
    what: &str,
) -> Result<Result<T, String>, Interrupted> {
    let script = folder.join("opcodes").join(program);
    let job = Job::new(&subject.executable).arg(script).args(arguments).envs(subject_environment(SEED)).current_dir("/").limit(LIMIT);
    let finished = match job.run() {
        Ok(finished) => finished,
        Err(ProcessError::Interrupted(interrupted)) => return Err(interrupted),
        Err(error) => return Ok(Err(error.to_string())),
    };
    if finished.timed_out {
        return Ok(Err(format!("{program} was still running after {} s and was ended", LIMIT.as_secs())));
    }
    if !finished.status.success() {
        let said = last_lines(&finished.stderr_text(), 1);
        return Ok(Err(format!("{program} {}: {said}", how_it_ended(&finished.status))));
    }
    Ok(json_line(&finished.stdout, what))
}

/// What `executed.py` prints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExecutedLine {
    workload: String,
    histogram: BTreeMap<String, f64>,
    unknown: f64,
    specialised: f64,
    specialisable: f64,
    code: Vec<String>,
    names: BTreeMap<u8, String>,
}

impl ExecutedLine {
    fn executed(mut self) -> Executed {
        if self.unknown > 0.0 {
            // Counts as executed, and has no known cost.
            self.histogram.insert("UNKNOWN".to_owned(), self.unknown);
        }
        Executed {
            benchmark: self.workload,
            histogram: self.histogram,
            specialised: Some(self.specialised),
            specialisable: Some(self.specialisable),
            digest: Some(Sha256::of(self.code.join("\n").as_bytes()).to_string()),
            reason: None,
        }
    }
}

fn nothing(reason: String) -> Executed {
    let (benchmark, histogram) = (String::new(), BTreeMap::new());
    Executed { benchmark, histogram, specialised: None, specialisable: None, digest: None, reason: Some(reason) }
}
