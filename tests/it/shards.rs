//! Plans in shards, and what machines measured made one run: what is split comes together again as if it had never been split.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use surtax::error::Explain as _;
use surtax::matrix::{Benchmark, MatrixError, MergeError, Merged, Part, merge, of_shard, plan, shards};
use surtax::report::{self, BenchmarkSummary, Summary, summarise};
use surtax::run::{BenchmarkPlan, CheckGroup, Folder, Phase, Plan, Role, Run, Sample};

use crate::matrix::{select, setting};

/// A committed run of ten benchmarks, one machine and fifteen rounds.
fn recorded() -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/bookworm-py3.11-reference");
    Folder::open(&folder).unwrap().read().unwrap()
}

/// Like two machines of one kind.
fn on(machine: &str, run: Run) -> Run {
    Run { environment: surtax::run::Environment { machine: Some(machine.to_owned()), ..run.environment }, ..run }
}

/// What the shard of that number would have measured, as it was recorded.
fn shard_of(whole: &Run, number: u32) -> Run {
    let plan = of_shard(&whole.plan, number).unwrap();
    let own = |sample: &Sample| plan.benchmarks.iter().any(|benchmark| benchmark.name == sample.benchmark && benchmark.size == sample.size);
    let samples = whole.samples.iter().filter(|sample| own(sample)).cloned().collect();
    Run { plan, samples, ..whole.clone() }
}

fn split(wanted: u32) -> (Run, Vec<Run>) {
    let mut whole = recorded();
    whole.plan.shards = shards(&whole.plan, wanted).unwrap();
    let parts = (1..=wanted).map(|number| shard_of(&whole, number)).collect();
    (whole, parts)
}

fn parts(runs: impl IntoIterator<Item = Run>) -> Vec<Part> {
    runs.into_iter().zip(1..).map(|(run, number)| Part { folder: PathBuf::from(format!("shard-{number}")), run }).collect()
}

/// Every ratio, interval, p-value and verdict.
fn figures(summary: &Summary) -> &[BenchmarkSummary] {
    &summary.benchmarks
}

#[test]
fn shards_of_one_machine_are_the_whole_again() {
    for wanted in [1, 2, 4, 6] {
        let (whole, runs) = split(wanted);
        let Merged { run, missing, .. } = merge(parts(runs)).unwrap();
        assert_eq!((missing.as_slice(), &run.plan), ([].as_slice(), &whole.plan));
        let (merged, unsharded) = (summarise(&run), summarise(&whole));
        assert_eq!(merged.machines, None, "one machine is no several");
        assert_eq!(Summary { failures: unsharded.failures.clone(), ..merged.clone() }, unsharded);
        assert_eq!(merged.failures.len(), unsharded.failures.len());
        assert!(run.samples.iter().all(|sample| sample.machine.is_some()));
    }
}

#[test]
fn shards_of_several_machines_give_every_ratio_and_interval_that_one_gave() {
    let (whole, runs) = split(3);
    let runs = runs.into_iter().zip(["alpha", "beta", "alpha"]).map(|(run, machine)| on(machine, run));
    let run = merge(parts(runs)).unwrap().run;
    let (merged, unsharded) = (summarise(&run), summarise(&whole));
    assert_eq!(figures(&merged), figures(&unsharded));
    assert_eq!(
        (merged.comparisons, &merged.break_even, &merged.findings),
        (unsharded.comparisons, &unsharded.break_even, &unsharded.findings)
    );
    let machines = merged.machines.clone().unwrap();
    assert_eq!(machines.pooled, []);
    let names: Vec<(&str, &[u32])> = machines.machines.iter().map(|one| (one.name.as_str(), one.shards.as_slice())).collect();
    assert_eq!(names, [("alpha", [1, 3].as_slice()), ("beta", &[2])]);
    let page = report::markdown(&run, &merged);
    assert!(page.contains("## Machines") && page.contains("Merged from 2 machines") && page.contains("| `beta` |  |"), "{page}");
    assert!(report::terminal_table(&run, &merged, 100).contains("Merged from `alpha`, `beta`"));
}

/// Rounds of one machine, dealt out to several in turn: what they are the sample of is the same, so that pooling must find it.
fn dealt(machines: &[&str]) -> (Run, Run) {
    let whole = recorded();
    let deal = |number: usize| {
        let own = |sample: &&Sample| sample.phase == Phase::Reference || sample.round as usize % machines.len() == number;
        on(machines[number], Run { samples: whole.samples.iter().filter(own).cloned().collect(), ..whole.clone() })
    };
    let merged = merge(parts((0..machines.len()).map(deal))).unwrap().run;
    (whole, merged)
}

#[test]
fn rounds_dealt_out_to_two_machines_are_pooled_to_what_they_were() {
    let (whole, merged) = dealt(&["alpha", "beta"]);
    let (unsharded, pooled) = (summarise(&whole), summarise(&merged));
    let mut compared = 0;
    for (one, two) in figures(&unsharded).iter().zip(figures(&pooled)) {
        for (one, two) in one.results.iter().zip(&two.results).filter(|(row, _)| row.role != Role::Baseline) {
            let (low, high, ratio) = (one.ratio_low.unwrap(), one.ratio_high.unwrap(), two.ratio.unwrap());
            assert!(low <= ratio && ratio <= high, "{}: {ratio} is not within {low} to {high}", one.subject);
            assert!(two.ratio_low.unwrap() <= one.ratio.unwrap() && one.ratio.unwrap() <= two.ratio_high.unwrap(), "{}", one.subject);
            assert_eq!((two.rounds, two.p_value), (one.rounds, one.p_value), "the test is of all rounds");
            compared += 1;
        }
    }
    assert_eq!(compared, 50);
    let machines = pooled.machines.clone().unwrap();
    assert_eq!(machines.pooled.len(), compared);
    let row = machines.pooled.iter().find(|row| row.benchmark == "dynamic" && row.subject == "shared").unwrap();
    assert_eq!(row.machines.iter().map(|one| (one.machine.as_str(), one.rounds)).collect::<Vec<_>>(), [("alpha", 8), ("beta", 7)]);
    assert!(row.machines.iter().all(|one| one.ratio_low <= one.ratio && one.ratio <= one.ratio_high && one.noise_floor.is_some()));
    assert_eq!((row.predicted_low, row.predicted_high), (None, None), "two machines do not tell");
    // A floor is a machine's own, the wider of the two, and no interval of Student's.
    let floors: Vec<f64> = row.machines.iter().filter_map(|one| one.noise_floor).collect();
    let benchmark = pooled.benchmarks.iter().find(|benchmark| benchmark.name == "dynamic").unwrap();
    assert_eq!(benchmark.noise_floor, floors.into_iter().reduce(f64::max));
    let page = report::markdown(&merged, &pooled);
    assert!(page.contains("by machine") && page.contains("**pooled**") && page.contains("two do not tell"), "{page}");
    assert!(report::plots(&merged, &pooled).iter().any(|(_, svg)| svg.contains("shared on beta, round 1")));
}

#[test]
fn what_several_machines_measured_is_shown_by_machine() {
    let mut whole = recorded();
    whole.plan.benchmarks.retain(|benchmark| benchmark.name == "dynamic");
    whole.plan.subjects.retain(|subject| ["python3", "python3-again", "shared"].contains(&subject.name.as_str()));
    let slowed = |machine, percent| {
        let mut run = on(machine, whole.clone());
        for sample in run.samples.iter_mut().filter(|sample| sample.subject == "shared") {
            sample.value_ns = sample.value_ns.map(|ns| ns + ns * percent / 100);
        }
        run
    };
    let merged = merge(parts([slowed("alpha", 0), slowed("beta", 8), slowed("gamma", 30)])).unwrap().run;
    let summary = summarise(&merged);
    let page = report::markdown(&merged, &summary);
    let (_, rest) = page.split_once("## Machines").unwrap();
    insta::assert_snapshot!("machines-markdown", rest.split("\n## ").next().unwrap());
    let table = report::terminal_table(&merged, &summary, 80);
    let said: Vec<&str> = table.split("\n\n").filter(|text| text.contains("achines")).collect();
    insta::assert_snapshot!("machines-terminal", said.join("\n\n"));
}

/// A machine on which shared libraries cost half as much again.
#[test]
fn a_machine_that_differs_is_seen_as_spread_and_widens_the_interval() {
    let (_, mut merged) = dealt(&["alpha", "beta"]);
    let before = summarise(&merged);
    for sample in merged.samples.iter_mut().filter(|sample| sample.machine.as_deref() == Some("beta") && sample.subject == "shared") {
        sample.value_ns = sample.value_ns.map(|ns| ns + ns / 2);
    }
    let after = summarise(&merged);
    let of = |summary: &Summary| {
        summary.machines.clone().unwrap().pooled.into_iter().find(|row| row.benchmark == "dynamic" && row.subject == "shared").unwrap()
    };
    let (before, after) = (of(&before), of(&after));
    assert!(before.spread < 0.05 && after.spread > before.spread + 0.1, "{} and {}", before.spread, after.spread);
    assert!(after.ratio_high / after.ratio_low > before.ratio_high / before.ratio_low);
    assert!(after.machines[0] == before.machines[0] && after.machines[1].ratio > 1.45 * before.machines[1].ratio);
}

#[test]
fn a_machine_with_few_rounds_leaves_the_ratio_to_the_other() {
    let whole = recorded();
    let few = |sample: &&Sample| sample.round < 3;
    let started = on("beta", Run { samples: whole.samples.iter().filter(few).cloned().collect(), ..whole.clone() });
    let merged = merge(parts([on("alpha", whole.clone()), started])).unwrap().run;
    let (alone, both) = (summarise(&whole), summarise(&merged));
    for (one, two) in figures(&alone).iter().zip(figures(&both)) {
        assert_eq!(one.noise_floor, two.noise_floor);
        let row = |row: &report::SubjectResult| (row.ratio, row.ratio_low, row.ratio_high, row.p_adjusted, row.verdict);
        assert_eq!(one.results.iter().map(row).collect::<Vec<_>>(), two.results.iter().map(row).collect::<Vec<_>>());
    }
    assert!(!both.is_complete(), "what the second machine did not come to is missing");
}

#[test]
fn a_missing_shard_is_a_hole_and_named() {
    let (whole, mut runs) = split(3);
    let lost = runs.remove(1);
    let Merged { run, missing, .. } = merge(parts(runs)).unwrap();
    assert_eq!((missing, &run.plan.benchmarks), (vec![2], &whole.plan.benchmarks));
    let summary = summarise(&run);
    assert!(!summary.is_complete());
    for benchmark in &summary.benchmarks {
        let is_lost = lost.plan.benchmarks.iter().any(|other| other.name == benchmark.name);
        assert!(benchmark.results.iter().all(|row| row.ratio.is_none() == is_lost), "{}", benchmark.name);
    }
}

#[test]
fn a_check_that_failed_on_one_machine_failed() {
    let (_, mut runs) = split(2);
    runs[1] = on("beta", runs[1].clone());
    let check = &mut runs[1].verification.subjects.iter_mut().find(|one| one.subject == "shared").unwrap().checks[3];
    (check.passed, check.detail) = (false, Some("line 3 differs".into()));
    let name = (check.group, check.name.clone());
    let merged = merge(parts(runs)).unwrap().run;
    let shared = merged.verification.of("shared").unwrap();
    assert_eq!(shared.count(CheckGroup::Programs).1, 20, "each check once");
    let failed: Vec<_> = shared.checks.iter().filter(|check| !check.passed).collect();
    assert_eq!(failed.iter().map(|check| (check.group, check.name.clone())).collect::<Vec<_>>(), [name]);
    assert_eq!(failed[0].detail.as_deref(), Some("on beta: line 3 differs"));
}

#[test]
fn what_does_not_fit_is_refused_by_folder_and_field() {
    let refused = |change: &dyn Fn(&mut Run)| {
        let (_, mut runs) = split(2);
        change(&mut runs[1]);
        let error = merge(parts(runs)).unwrap_err();
        assert!(error.hint().is_some());
        error.to_string()
    };
    assert_eq!(refused(&|run| run.plan.seed = 7), "shard-2 is no part of what shard-1 is a part of: seed is 7, not 1795278169683565");
    assert!(refused(&|run| run.plan.rounds = 14).contains("rounds is 14, not 15"));
    assert!(refused(&|run| run.plan.benchmarks_digest = "other".into()).contains("benchmarks_digest is other"));
    assert!(refused(&|run| run.environment.surtax = "0.2.0".into()).contains("surtax is 0.2.0, not 0.1.0"));
    assert!(refused(&|run| run.plan.subjects[3].sha256 = run.plan.subjects[0].sha256).contains("sha256 of static-pic is"));
    assert!(refused(&|run| run.plan.subjects.truncate(3)).contains("subjects is python3, python3-again, static-nonpic, not"));
    assert!(refused(&|run| drop(run.plan.shards.pop())).contains("shards is"));
    assert!(refused(&|run| *run = recorded()).contains("shards is none"));
    // Twice the same on one machine: which counts, nothing would tell. On two, both do.
    let (whole, runs) = split(2);
    let twice = merge(parts([runs[0].clone(), runs[0].clone()])).unwrap_err();
    assert!(matches!(&twice, MergeError::Overlap { benchmarks, .. } if !benchmarks.is_empty()), "{twice}");
    let one = on("alpha", shard_of(&whole, 1));
    merge(parts([one.clone(), on("beta", one.clone())])).unwrap();
    let merged = merge(parts(runs)).unwrap().run;
    assert_eq!(merge(parts([merged])).unwrap_err(), MergeError::Merged("shard-1".into()));
    assert_eq!(merge(Vec::new()).unwrap_err(), MergeError::Nothing);
}

#[test]
fn machines_of_one_name_are_told_apart_and_numbered() {
    let (whole, _) = split(1);
    let other = |memory: u64, machine: Option<&str>| {
        let mut run = whole.clone();
        (run.environment.memory_bytes, run.environment.machine) = (memory, machine.map(str::to_owned));
        run
    };
    let runs = [other(1, Some("node / 7")), other(2, Some("node / 7")), other(3, None)];
    let names = |runs: Vec<Run>| merge(parts(runs)).unwrap().run.machines.into_iter().map(|machine| machine.name).collect::<Vec<_>>();
    let found = names(runs.to_vec());
    assert_eq!(found[1..], ["node-7", "node-7-2"]);
    assert!(found[0].chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)), "its processor's: {}", found[0]);
    assert_eq!(found, names(runs.into_iter().rev().collect()));
}

#[test]
fn shards_are_balanced_and_a_benchmark_stays_whole() {
    let mut whole = plan(&select(&[]), setting()).unwrap();
    whole.shards = shards(&whole, 2).unwrap();
    let labels: Vec<Vec<String>> = whole.shards.iter().map(|shard| shard.benchmarks.clone()).collect();
    let amortised = [100, 1_000, 10_000, 100_000, 1_000_000].map(|size| format!("amortised/{size}"));
    assert_eq!(
        labels[0],
        [&["pure_int_loop/3000000".to_owned()][..], &amortised, &["startup".to_owned(), "startup_isolated".to_owned()]].concat()
    );
    assert_eq!(labels[1], ["dynamic/1000000", "cells/20"]);
    let seconds: Vec<f64> = whole.shards.iter().map(|shard| shard.expected_seconds).collect();
    assert!((seconds[0] / seconds[1]).ln().abs() < 0.2, "{seconds:?}");
    let shard = of_shard(&whole, 2).unwrap();
    assert_eq!(shard.benchmarks.iter().map(BenchmarkPlan::label).collect::<Vec<_>>(), labels[1]);
    assert_eq!((shard.rounds, shard.seed, shard.shard.unwrap().whole), (whole.rounds, whole.seed, whole.benchmarks.clone()));
    assert_eq!(of_shard(&whole, 3).unwrap_err(), MatrixError::NoSuchShard { number: 3, shards: 2 });
    assert_eq!(of_shard(&whole, 0).unwrap_err(), MatrixError::NoSuchShard { number: 0, shards: 2 });
    let too_many = shards(&whole, 7).unwrap_err();
    assert!(too_many.to_string().starts_with("7 shards cannot be made of `pure_int_loop`, `dynamic`, `amortised`"), "{too_many}");
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let benchmarks = proptest::sample::subsequence(Benchmark::ALL.to_vec(), 1..=Benchmark::ALL.len());
    (benchmarks, any::<bool>(), any::<u64>()).prop_map(|(benchmarks, quick, seed)| {
        let only: Vec<&str> = benchmarks.into_iter().map(Benchmark::name).collect();
        plan(&surtax::matrix::Selection { quick, seed, ..select(&only) }, setting()).unwrap()
    })
}

proptest! {
    #[test]
    fn shards_partition_the_benchmarks(whole in any_plan(), wanted in 1_u32..9) {
        let names: BTreeSet<&str> = whole.benchmarks.iter().map(|benchmark| benchmark.name.as_str()).collect();
        let Ok(split) = shards(&whole, wanted) else {
            prop_assert!(wanted as usize > names.len());
            return Ok(());
        };
        prop_assert_eq!(split.len(), wanted as usize);
        prop_assert!(split.iter().all(|shard| !shard.benchmarks.is_empty()));
        let mut labels: Vec<String> = split.iter().flat_map(|shard| shard.benchmarks.clone()).collect();
        let mut all: Vec<String> = whole.benchmarks.iter().map(BenchmarkPlan::label).collect();
        labels.sort();
        all.sort();
        prop_assert_eq!(labels, all);
        // Sizes of one benchmark are never apart.
        for name in names {
            let of = |label: &&String| label.split('/').next() == Some(name);
            prop_assert_eq!(split.iter().filter(|shard| shard.benchmarks.iter().any(|label| of(&label))).count(), 1);
        }
        prop_assert_eq!(shards(&whole, wanted).unwrap(), split);
    }

    #[test]
    fn merging_does_not_hang_on_the_order(order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(), lost in 0_usize..6) {
        let whole = Run { samples: Vec::new(), ..recorded() };
        let whole = Run { plan: Plan { shards: shards(&whole.plan, 3).unwrap(), ..whole.plan.clone() }, ..whole };
        let made = |at: usize| {
            let run = on(["alpha", "beta"][at / 3], shard_of(&whole, (at % 3) as u32 + 1));
            Part { folder: PathBuf::from(format!("folder-{at}")), run }
        };
        let all: Vec<usize> = (0..6).filter(|at| *at != lost).collect();
        let straight = merge(all.into_iter().map(made).collect()).unwrap();
        let shuffled = merge(order.into_iter().filter(|at| *at != lost).map(made).collect()).unwrap();
        prop_assert_eq!(straight.run.plan, shuffled.run.plan);
        prop_assert_eq!(straight.run.machines, shuffled.run.machines);
        prop_assert_eq!(straight.run.samples, shuffled.run.samples);
        prop_assert_eq!((straight.missing, straight.first), (shuffled.missing, shuffled.first));
    }
}
