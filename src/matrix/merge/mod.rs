//! Runs that several machines made of one plan, made one run. Values in, values out.

mod agree;
mod error;
mod machines;

use std::path::PathBuf;

pub use agree::differs;
pub use error::MergeError;
pub use machines::described;

use crate::run::{BenchmarkPlan, Check, Machine, Plan, Run, Sample, SubjectVerification, Verification};
use machines::names;

/// A run's folder and what it holds.
#[derive(Debug, Clone)]
pub struct Part {
    pub folder: PathBuf,
    pub run: Run,
}

#[derive(Debug, Clone)]
pub struct Merged {
    pub run: Run,
    /// Shards of the plan that no part measured, by number.
    pub missing: Vec<u32>,
    /// The folder whose locks are those of all.
    pub first: PathBuf,
}

/// All parts as one run; their order does not matter. Every part has to be of one plan and one surtax, and no machine may have measured a benchmark
/// in two of them: which of the two counts, nothing would tell.
pub fn merge(mut parts: Vec<Part>) -> Result<Merged, MergeError> {
    parts.sort_by(|a, b| a.folder.cmp(&b.folder));
    agree::check(&parts)?;
    let names = names(parts.iter().map(|part| &part.run.environment));
    let mut named: Vec<(String, Part)> = names.into_iter().zip(parts).collect();
    // By what they are, not by where they lie.
    named.sort_by(|a, b| (&a.0, number(&a.1)).cmp(&(&b.0, number(&b.1))));
    overlap(&named)?;
    let Some((_, first)) = named.first().cloned() else { return Err(MergeError::Nothing) };
    let whole = whole(&first.run.plan);
    let machines = machines_of(&whole, &named);
    let cpu = first.run.plan.cpu.filter(|cpu| named.iter().all(|(_, part)| part.run.plan.cpu == Some(*cpu)));
    let missing = missing(&whole, &named);
    let run = Run {
        plan: Plan { benchmarks: whole, shard: None, cpu, ..first.run.plan },
        environment: first.run.environment,
        audit: first.run.audit,
        verification: verification(&named),
        opcodes: first.run.opcodes,
        samples: samples(named),
        machines,
    };
    Ok(Merged { run, missing, first: first.folder })
}

/// All benchmarks of the plan that the run is a part of.
fn whole(plan: &Plan) -> Vec<BenchmarkPlan> {
    plan.shard.as_ref().map_or(&plan.benchmarks, |shard| &shard.whole).clone()
}

fn number(part: &Part) -> Option<u32> {
    part.run.plan.shard.as_ref().map(|shard| shard.number)
}

fn labels(part: &Part) -> Vec<String> {
    part.run.plan.benchmarks.iter().map(BenchmarkPlan::label).collect()
}

fn overlap(named: &[(String, Part)]) -> Result<(), MergeError> {
    for (at, (machine, part)) in named.iter().enumerate() {
        let own = labels(part);
        for (_, other) in named[..at].iter().filter(|(name, _)| name == machine) {
            let both: Vec<String> = labels(other).into_iter().filter(|label| own.contains(label)).collect();
            if !both.is_empty() {
                let (one, other) = (other.folder.clone(), part.folder.clone());
                return Err(MergeError::Overlap { machine: machine.clone(), one, other, benchmarks: both });
            }
        }
    }
    Ok(())
}

fn missing(whole: &[BenchmarkPlan], named: &[(String, Part)]) -> Vec<u32> {
    let covered: Vec<String> = named.iter().flat_map(|(_, part)| labels(part)).collect();
    let Some((_, first)) = named.first() else { return Vec::new() };
    let is_there = |label: &String| covered.contains(label) || !whole.iter().any(|benchmark| benchmark.label() == *label);
    let numbered = first.run.plan.shards.iter().zip(1..);
    numbered.filter(|(shard, _)| !shard.benchmarks.iter().all(is_there)).map(|(_, number)| number).collect()
}

fn machines_of(whole: &[BenchmarkPlan], named: &[(String, Part)]) -> Vec<Machine> {
    let machine = |parts: &[(String, Part)]| {
        let (name, first) = parts.first()?;
        let own: Vec<String> = parts.iter().flat_map(|(_, part)| labels(part)).collect();
        Some(Machine {
            name: name.clone(),
            shards: parts.iter().filter_map(|(_, part)| number(part)).collect(),
            benchmarks: whole.iter().map(BenchmarkPlan::label).filter(|label| own.contains(label)).collect(),
            cpu: first.run.plan.cpu,
            environment: first.run.environment.clone(),
        })
    };
    named.chunk_by(|a, b| a.0 == b.0).filter_map(machine).collect()
}

/// A subject has passed a check where it has on every machine; what failed says where.
fn verification(named: &[(String, Part)]) -> Verification {
    let mut merged = Verification { schema: crate::run::SCHEMA, subjects: Vec::new() };
    for (machine, part) in named {
        for verified in &part.run.verification.subjects {
            let known = merged.subjects.iter().position(|other| other.subject == verified.subject);
            let at = known.unwrap_or_else(|| {
                merged.subjects.push(SubjectVerification { subject: verified.subject.clone(), checks: Vec::new() });
                merged.subjects.len() - 1
            });
            let all = &mut merged.subjects[at].checks;
            verified.checks.iter().for_each(|check| add(all, check, machine));
        }
    }
    merged
}

fn add(all: &mut Vec<Check>, check: &Check, machine: &str) {
    let detail =
        if check.passed { check.detail.clone() } else { Some(format!("on {machine}: {}", check.detail.as_deref().unwrap_or("no detail"))) };
    let check = Check { detail, ..check.clone() };
    match all.iter_mut().find(|other| (other.group, &other.name) == (check.group, &check.name)) {
        Some(other) if other.passed && !check.passed => *other = check,
        Some(_) => {}
        None => all.push(check),
    }
}

fn samples(named: Vec<(String, Part)>) -> Vec<Sample> {
    let of_part = |(machine, part): (String, Part)| {
        part.run.samples.into_iter().map(move |sample| Sample { machine: Some(machine.clone()), ..sample })
    };
    named.into_iter().flat_map(of_part).collect()
}
