//! `surtax matrix plan`: everything before the measuring, and how it is split between machines.

use anyhow::Result;

use super::begin::begin;
use crate::cli::MatrixPlanArgs;
use crate::error::Exit;
use crate::run::{Plan, ShardPlan};
use crate::ui::Terminal;

pub(super) fn execute(args: &MatrixPlanArgs, terminal: &Terminal) -> Result<Exit> {
    let folder = begin(&args.matrix, Some(&args.out), Some(args.shards), |_, _| Ok(()), terminal)?;
    terminal.data(&table(&folder.plan()?));
    terminal.data(&folder.file("plan.json").display().to_string());
    Ok(Exit::Done)
}

/// `shard 1: about 3 minutes, 1,080 visits: dynamic/1000000, startup`
fn table(plan: &Plan) -> String {
    let line = |(at, shard): (usize, &ShardPlan)| {
        let visits = shard.benchmarks.len() * plan.subjects.len() * (plan.warmup + plan.rounds) as usize;
        let minutes = (shard.expected_seconds / 60.0).ceil();
        let unit = if minutes > 1.0 { "minutes" } else { "minute" };
        format!("shard {}: about {minutes} {unit}, {visits} visits: {}\n", at + 1, shard.benchmarks.join(", "))
    };
    plan.shards.iter().enumerate().map(line).collect()
}
