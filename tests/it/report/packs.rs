//! A pack in the report: one figure per subject, whatever the number of benchmarks.

use std::collections::BTreeMap;

use surtax::digest::Sha256;
use surtax::report::{markdown, summarise, terminal_table};
use surtax::run::{BenchmarkPlan, Clock, LeftOut, Outcome, PackBenchmark, PackPlan, PackagePlan, Run, Sample};

use super::synthetic::{SUBJECTS, Synthetic};

/// Twice as slow in one, a half slower in the next, as fast in the third.
fn cost(benchmark: &BenchmarkPlan, subject: &str) -> f64 {
    match (benchmark.name.as_str(), subject) {
        ("pyperformance/go", "shared") => 2.0,
        ("pyperformance/richards", "shared") => 1.5,
        ("pyperformance/nbody", "static-nonpic") => 0.9,
        _ => 1.0,
    }
}

fn run(others: bool) -> Synthetic {
    let mut synthetic = Synthetic::unmeasured(&SUBJECTS, 15);
    let plan = &mut synthetic.run.plan;
    plan.benchmarks.truncate(if others { 2 } else { 0 });
    let names = ["go", "nbody", "richards"];
    plan.benchmarks.extend(names.iter().map(|name| BenchmarkPlan {
        name: format!("pyperformance/{name}"),
        size: Some(if *name == "go" { 1 } else { 64 }),
        clock: Clock::InProcess,
    }));
    plan.packs = vec![PackPlan {
        name: "pyperformance".into(),
        folder: "/store/packs/1".into(),
        packages: vec![PackagePlan::of_all("pyperf-2.10.0-py3-none-any.whl", Sha256::of(b"wheel"))],
        benchmarks: names
            .iter()
            .map(|name| PackBenchmark {
                name: format!("pyperformance/{name}"),
                listed_as: (*name).into(),
                script: format!("bm_{name}/run_benchmark.py"),
                task: 0,
                arguments: Vec::new(),
                packages: None,
                group_packages: BTreeMap::new(),
            })
            .collect(),
        left_out: vec![LeftOut { name: "pyperformance/mako".into(), reason: "pip could not fetch what it needs".into() }],
    }];
    synthetic.measured_by(|benchmark, subject| cost(benchmark, &subject.name))
}

fn of(run: &Run, subject: &str) -> surtax::report::PackResult {
    summarise(run).packs[0].results.iter().find(|row| row.subject == subject).expect("a row").clone()
}

#[test]
fn a_packs_figure_is_the_geometric_mean_within_rounds() {
    let run = run(true).run;
    let shared = of(&run, "shared");
    let (ratio, expected) = (shared.ratio.unwrap(), 3.0_f64.cbrt());
    assert!((ratio / expected - 1.0).abs() < 0.01, "{ratio} is not near {expected}");
    assert!(shared.ratio_low.unwrap() < ratio && ratio < shared.ratio_high.unwrap());
    assert_eq!((shared.benchmarks, shared.rounds), (3, 15));
    assert_eq!(
        (shared.least.unwrap().benchmark, shared.most.unwrap().benchmark),
        ("pyperformance/nbody".into(), "pyperformance/go".into())
    );
    assert_eq!(of(&run, "python3").ratio, Some(1.0));
}

#[test]
fn a_benchmark_that_failed_is_no_part_of_the_mean_and_a_round_that_lacks_one_is_none() {
    let failed = |sample: &surtax::run::Sample| sample.subject == "shared" && sample.benchmark == "pyperformance/go";
    let without = run(true).fail(Outcome::Failed, "no", failed).run;
    let shared = of(&without, "shared");
    assert!((shared.ratio.unwrap() / 1.5_f64.sqrt() - 1.0).abs() < 0.01);
    assert_eq!((shared.benchmarks, shared.rounds), (2, 15));
    assert!(!summarise(&without).is_complete(), "the hole is told");
    let once = run(true).fail(Outcome::Failed, "no", |sample| failed(sample) && sample.round == 4).run;
    assert_eq!((of(&once, "shared").benchmarks, of(&once, "shared").rounds), (3, 14));
}

#[test]
fn a_pack_beside_other_benchmarks_is_one_sentence() {
    let run = run(true).run;
    let summary = summarise(&run);
    let shown = terminal_table(&run, &summary, 80);
    assert!(!shown.contains("nbody"), "no row for each of a pack's benchmarks:\n{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn a_pack_alone_answers_by_its_mean() {
    let run = run(false).run;
    let summary = summarise(&run);
    insta::assert_snapshot!("pack-terminal", terminal_table(&run, &summary, 80));
    let text = markdown(&run, &summary);
    let section = text.split("\n## ").find(|section| section.starts_with("pyperformance")).expect("a section");
    insta::assert_snapshot!("pack-section", section);
    let reproduce = text.split("\n## ").find(|section| section.starts_with("How to reproduce")).expect("a section");
    assert!(reproduce.contains("--pack pyperformance=go,nbody,richards") && !reproduce.contains("--only pyperformance"), "{reproduce}");
}

/// Three machines on which `shared` costs 0, 2 and 4 % more beside what it costs anyway.
#[test]
fn machines_that_measured_a_whole_pack_are_pooled() {
    let mut run = run(false).run;
    let samples = std::mem::take(&mut run.samples);
    for (machine, more) in [("a", 1.0), ("b", 1.02), ("c", 1.04)] {
        run.samples.extend(samples.iter().cloned().map(|mut sample| {
            if sample.subject == "shared" {
                sample.value_ns = sample.value_ns.map(|ns| (ns as f64 * more) as u64);
            }
            Sample { machine: Some(machine.into()), ..sample }
        }));
    }
    let shared = of(&run, "shared");
    assert_eq!(shared.rounds, 45);
    let ratio = shared.ratio.unwrap();
    assert!((ratio / (3.0_f64.cbrt() * 1.02) - 1.0).abs() < 0.003, "{ratio}");
    // Student's 4.303 times the deviation of three machines, 2 %, by the root of three.
    let reach = (shared.ratio_high.unwrap() / ratio).ln();
    assert!((reach / (4.303 * 0.0196 / 3.0_f64.sqrt()) - 1.0).abs() < 0.1, "{reach}");
    assert!((shared.ratio_low.unwrap() * shared.ratio_high.unwrap() / ratio.powi(2) - 1.0).abs() < 1e-9);
    // One of the benchmarks was measured by two of them: what is common to some is no error of its own.
    run.samples.retain(|sample| sample.benchmark != "pyperformance/go" || sample.machine.as_deref() != Some("c"));
    let shared = of(&run, "shared");
    assert!(shared.ratio.is_some() && shared.ratio_low.is_none(), "{shared:?}");
}
