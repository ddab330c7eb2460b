//! A plan in parts that machines can measure apart: split by benchmark, never by subject or size, since a ratio is only formed from visits to one
//! machine in one round, and a break-even is looked for between sizes.

use super::counted::counted_benchmarks;
use super::{Benchmark, MatrixError};
use crate::run::{BenchmarkPlan, Plan, ShardOf, ShardPlan};

/// A visit under callgrind: a start, and a second of work.
const COUNTED_MS: f64 = 3000.0;

/// A guess for a benchmark that this surtax does not know.
const UNKNOWN_MS: f64 = 1000.0;

/// Whether so many shards can be had of these benchmarks; known before anything is provisioned.
pub fn check_shards(benchmarks: &[BenchmarkPlan], wanted: u32) -> Result<(), MatrixError> {
    let names = names(benchmarks);
    let fits = (1..=names.len()).contains(&(wanted as usize));
    if fits { Ok(()) } else { Err(MatrixError::Shards { wanted, benchmarks: names.into_iter().map(str::to_owned).collect() }) }
}

/// `wanted` shards of about equal expected cost, none empty. The same plan is always split in the same way.
///
/// The dearest benchmark first, each to the shard that has least so far: no shard takes more than 4/3 of what the best split would (Graham, "Bounds on
/// multiprocessing timing anomalies", SIAM Journal on Applied Mathematics 1969). Of equals, the earlier benchmark and the earlier shard.
pub fn shards(plan: &Plan, wanted: u32) -> Result<Vec<ShardPlan>, MatrixError> {
    check_shards(&plan.benchmarks, wanted)?;
    let mut costs: Vec<(&str, f64)> = names(&plan.benchmarks).into_iter().map(|name| (name, expected_seconds(plan, name))).collect();
    costs.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut shards: Vec<(f64, Vec<&str>)> = vec![(0.0, Vec::new()); wanted as usize];
    for (name, cost) in costs {
        // An empty one before any other, whatever the guesses.
        let least = shards.iter_mut().min_by(|a, b| b.1.is_empty().cmp(&a.1.is_empty()).then(a.0.total_cmp(&b.0)));
        let Some((load, names)) = least else { continue };
        *load += cost;
        names.push(name);
    }
    let labels = |names: &[&str]| {
        let own = plan.benchmarks.iter().filter(|benchmark| names.contains(&benchmark.name.as_str()));
        own.map(BenchmarkPlan::label).collect()
    };
    Ok(shards.into_iter().map(|(load, names)| ShardPlan { benchmarks: labels(&names), expected_seconds: load.round() }).collect())
}

/// The plan of the run that measures the shard of that number, from 1.
pub fn of_shard(plan: &Plan, number: u32) -> Result<Plan, MatrixError> {
    let shard = (number as usize).checked_sub(1).and_then(|at| plan.shards.get(at));
    let Some(shard) = shard else { return Err(MatrixError::NoSuchShard { number, shards: plan.shards.len() }) };
    let own = plan.benchmarks.iter().filter(|benchmark| shard.benchmarks.contains(&benchmark.label()));
    Ok(Plan { benchmarks: own.cloned().collect(), shard: Some(ShardOf { number, whole: plan.benchmarks.clone() }), ..plan.clone() })
}

/// Each once, in the plan's order.
fn names(benchmarks: &[BenchmarkPlan]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for benchmark in benchmarks {
        if !names.contains(&benchmark.name.as_str()) {
            names.push(&benchmark.name);
        }
    }
    names
}

/// Of all visits to a benchmark, in all its sizes.
fn expected_seconds(plan: &Plan, name: &str) -> f64 {
    let counted = counted_benchmarks(plan);
    let rounds = f64::from(plan.warmup) + f64::from(plan.rounds);
    let cost = |(at, benchmark): (usize, &BenchmarkPlan)| {
        let visit = Benchmark::named(&benchmark.name).map_or(UNKNOWN_MS, |kind| kind.guess_ms(benchmark.size));
        let counting = if counted.iter().any(|(other, _)| *other == at) { COUNTED_MS } else { 0.0 };
        rounds * visit + counting
    };
    let own = plan.benchmarks.iter().enumerate().filter(|(_, benchmark)| benchmark.name == name);
    own.map(cost).sum::<f64>() * plan.subjects.len() as f64 / 1e3
}
