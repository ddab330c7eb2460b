//! From what the person asked for to a plan, or to an error that names what there is to ask for.

use crate::digest::Sha256;
use crate::run::{BenchmarkPlan, CounterPlan, GroupPlan, Plan, SCHEMA, SubjectPlan};
use crate::stats;

use super::{Benchmark, MatrixError, groups};

/// What the person asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    /// `name` or `name/size`; empty for all.
    pub only: Vec<String>,
    pub rounds: Option<u32>,
    pub warmup: Option<u32>,
    pub quick: bool,
    /// The opcode kernels beside what is asked for.
    pub opcodes: bool,
    pub seed: u64,
    /// Seconds that one visit may take.
    pub timeout_seconds: Option<f64>,
}

/// What the plan says of where and on what, beside the selection.
#[derive(Debug, Clone)]
pub struct Setting {
    /// RFC 3339, UTC.
    pub created: String,
    pub release: String,
    pub python: String,
    pub lock_sha256: Option<Sha256>,
    pub benchmarks_digest: String,
    pub cpu: Option<usize>,
    pub counters: Option<CounterPlan>,
    /// What the subjects stem from; may be empty where that is one release.
    pub groups: Vec<GroupPlan>,
    /// What the table across several groups is to be relative to: a group's name or its baseline's. The first group's unless named.
    pub reference: Option<String>,
    /// All that could be measured; each group's baseline first of its group.
    pub subjects: Vec<SubjectPlan>,
}

impl Selection {
    /// Everything, with default counts.
    pub fn all(seed: u64) -> Self {
        Self { only: Vec::new(), rounds: None, warmup: None, quick: false, opcodes: false, seed, timeout_seconds: None }
    }

    /// The benchmarks asked for, each once, in the catalogue's order; can be checked before anything is provisioned.
    pub fn benchmarks(&self) -> Result<Vec<BenchmarkPlan>, MatrixError> {
        let mut asked = Vec::new();
        for item in &self.only {
            asked.push(parse(item)?);
        }
        let mut plans = Vec::new();
        for benchmark in Benchmark::ALL {
            let of_this = || asked.iter().filter(|(other, _)| *other == benchmark);
            let mut sizes: Vec<Option<u64>> = of_this().filter_map(|(_, size)| *size).map(Some).collect();
            let by_default = asked.is_empty() && benchmark.is_default() || self.opcodes && benchmark == Benchmark::Opcodes;
            if by_default || of_this().any(|(_, size)| size.is_none()) {
                sizes.extend(benchmark.sizes(self.quick));
            }
            sizes.sort_unstable();
            sizes.dedup();
            plans.extend(sizes.into_iter().map(|size| benchmark.at(size)));
        }
        Ok(plans)
    }
}

fn parse(item: &str) -> Result<(Benchmark, Option<u64>), MatrixError> {
    let (name, size) = match item.split_once('/') {
        Some((name, size)) => (name, Some(size)),
        None => (item, None),
    };
    let benchmark = Benchmark::named(name).ok_or_else(|| MatrixError::unknown_benchmark(name))?;
    let Some(size) = size else { return Ok((benchmark, None)) };
    if !benchmark.has_sizes() {
        return Err(MatrixError::NoSizes(name.to_owned()));
    }
    match size.parse::<u64>() {
        Ok(number) if number > 0 => Ok((benchmark, Some(number))),
        _ => Err(MatrixError::BadSize { item: item.to_owned(), size: size.to_owned() }),
    }
}

/// The plan of a run. The counts are the experiment's (3 and 15); `--quick` has 12 rounds, fewer than which a 95 % bootstrap interval of a
/// median says little. Several groups, or the opcode kernels, make so many comparisons that fewer rounds than [`stats::rounds_needed`] could decide
/// none. Opcode kernels alone have 30: they differ by little, and all of them cost what a visit to one other benchmark does.
pub fn plan(selection: &Selection, setting: Setting) -> Result<Plan, MatrixError> {
    let benchmarks = selection.benchmarks()?;
    let (warmup, rounds) = match selection.quick {
        true => (1, 12),
        false if benchmarks.iter().all(|benchmark| benchmark.name == BenchmarkPlan::OPCODES) => (3, 30),
        false => (3, 15),
    };
    let rounds = selection.rounds.unwrap_or(rounds);
    if rounds == 0 {
        return Err(MatrixError::NoRounds);
    }
    let timeout_seconds = selection.timeout_seconds.unwrap_or(120.0);
    if !(timeout_seconds.is_finite() && timeout_seconds > 0.0) {
        return Err(MatrixError::BadTimeout(timeout_seconds));
    }
    let subjects = setting.subjects;
    groups::check(&setting.groups, &subjects)?;
    let reference = groups::reference(&setting.groups, &subjects, setting.reference)?;
    let mut plan = Plan {
        schema: SCHEMA,
        surtax: env!("CARGO_PKG_VERSION").to_owned(),
        created: setting.created,
        seed: selection.seed,
        release: setting.release,
        python: setting.python,
        lock_sha256: setting.lock_sha256,
        benchmarks_digest: setting.benchmarks_digest,
        warmup: selection.warmup.unwrap_or(warmup),
        rounds,
        timeout_seconds,
        cpu: setting.cpu,
        counters: setting.counters,
        groups: setting.groups,
        reference,
        subjects,
        benchmarks,
        shards: Vec::new(),
        shard: None,
    };
    if selection.rounds.is_none() {
        let needed = stats::rounds_needed(plan.comparisons().max(plan.kernel_comparisons(Benchmark::KERNELS)));
        plan.rounds = plan.rounds.max(u32::try_from(needed).unwrap_or(u32::MAX)).min(Plan::MOST_ROUNDS);
    }
    Ok(plan)
}
