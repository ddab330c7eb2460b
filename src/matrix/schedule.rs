//! The order of all visits, drawn from the plan's seed; what a resumed run still has to do.
//!
//! **Rounds go over all benchmarks** (round 0 of each, then round 1 of each, …), not benchmark by benchmark: what drifts slowly, such as
//! temperature or a neighbour's load, is spread over all of them, and a run that is cut short has every benchmark with fewer rounds instead
//! of some with none. The order of the benchmarks is shuffled too, so that none always runs after the same other one.
//!
//! **A round is measured whole or not at all**: ratios are formed within it, so its visits must lie close together. Where a crash left a
//! round half done, all its subjects are visited again, and the journal, which only grows, holds both: for equal benchmark, size, phase,
//! round and subject **the last record counts**. Each round has its own stream of random numbers, so what was left out or done before
//! changes no other round, and the last subject of a round is in the journal only if the others are.
//!
//! **What callgrind counts comes last**, a round per benchmark in the plan's order, subjects too: nothing is timed there, so nothing is shuffled.

use std::collections::HashSet;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use super::counted::{COUNTED_HASH_SEED, counted_benchmarks};
use crate::digest::Sha256;
use crate::run::{Phase, Plan, Sample};

/// One pass over all subjects of one benchmark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Index into the plan's benchmarks.
    pub benchmark: usize,
    pub phase: Phase,
    /// From 0 within its phase.
    pub number: u32,
    /// `PYTHONHASHSEED` of every visit of the round: equal within it, so that the ratio does not see it, and another in the next round, so
    /// that the result does not hang on one. Never 0, which would mean no randomisation.
    pub hash_seed: u32,
    /// Indices into the plan's subjects, in the order of the visits.
    pub order: Vec<usize>,
}

/// All rounds in the order in which they are measured; warm-up first, what is counted last. The same plan gives the same schedule, always.
pub fn schedule(plan: &Plan) -> Vec<Round> {
    let warmup = (0..plan.warmup).map(|number| (Phase::WarmUp, number));
    let measured = (0..plan.rounds).map(|number| (Phase::Measured, number));
    let mut rounds = Vec::new();
    for (phase, number) in warmup.chain(measured) {
        let benchmarks = shuffled(plan.benchmarks.len(), &mut stream(plan.seed, "order of benchmarks", phase, number));
        rounds.extend(benchmarks.into_iter().map(|benchmark| {
            let mut random = stream(plan.seed, &plan.benchmarks[benchmark].label(), phase, number);
            let hash_seed = random.next_u32().max(1);
            Round { benchmark, phase, number, hash_seed, order: shuffled(plan.subjects.len(), &mut random) }
        }));
    }
    let order: Vec<usize> = (0..plan.subjects.len()).collect();
    rounds.extend(counted_benchmarks(plan).into_iter().map(|(benchmark, _)| {
        let order = order.clone();
        Round { benchmark, phase: Phase::Counted, number: 0, hash_seed: COUNTED_HASH_SEED, order }
    }));
    rounds
}

/// The rounds that the journal does not hold in full, in the order of the schedule.
pub fn missing(plan: &Plan, samples: &[Sample]) -> Vec<Round> {
    let done: HashSet<(&str, Option<u64>, Phase, u32, &str)> = samples
        .iter()
        .map(|sample| (sample.benchmark.as_str(), sample.size, sample.phase, sample.round, sample.subject.as_str()))
        .collect();
    let mut rounds = schedule(plan);
    rounds.retain(|round| {
        let benchmark = &plan.benchmarks[round.benchmark];
        let visited = |subject: &usize| {
            done.contains(&(benchmark.name.as_str(), benchmark.size, round.phase, round.number, plan.subjects[*subject].name.as_str()))
        };
        !round.order.iter().all(visited)
    });
    rounds
}

fn stream(seed: u64, label: &str, phase: Phase, number: u32) -> ChaCha8Rng {
    let digest = Sha256::of(format!("{label}\n{phase:?}\n{number}").as_bytes()).to_string();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(digest.bytes().take(16).fold(0, |stream, digit| stream << 4 | u64::from((digit as char).to_digit(16).unwrap_or(0))));
    random
}

/// Fisher and Yates' shuffle of `0..count`.
fn shuffled(count: usize, random: &mut ChaCha8Rng) -> Vec<usize> {
    let mut items: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        // The remainder's bias is below 2^-32 for any number of subjects.
        let other = random.next_u64() % (last as u64 + 1);
        items.swap(last, other as usize);
    }
    items
}
