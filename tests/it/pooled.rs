//! What several machines measured, pooled: effects of a study, opcode kernels and a pack's figure, of recorded samples, against a computation of the
//! tests' own.

mod own;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use surtax::matrix::{Part, merge};
use surtax::report::{Figures, Summary, summarise};
use surtax::run::{BenchmarkPlan, Environment, Folder, Outcome, Phase, Role, Run, Sample};

use own::ByMachine;

fn recorded(name: &str) -> Run {
    Folder::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name)).unwrap().read().unwrap()
}

fn on(machine: &str, run: Run) -> Run {
    Run { environment: Environment { machine: Some(machine.to_owned()), ..run.environment }, ..run }
}

fn merged(runs: impl IntoIterator<Item = Run>) -> Run {
    let parts = runs.into_iter().zip(1..).map(|(run, number)| Part { folder: PathBuf::from(format!("part-{number}")), run });
    merge(parts.collect()).unwrap().run
}

/// Rounds of one machine, dealt out to several in turn.
fn dealt(whole: &Run, machines: &[&str]) -> Run {
    let deal = |number: usize| {
        let own = |sample: &&Sample| sample.phase == Phase::Reference || sample.round as usize % machines.len() == number;
        on(machines[number], Run { samples: whole.samples.iter().filter(own).cloned().collect(), ..whole.clone() })
    };
    merged((0..machines.len()).map(deal))
}

/// Makes a subject slower on a machine.
fn slow(run: &mut Run, machine: &str, percent: u64, which: impl Fn(&str) -> bool) {
    for sample in run.samples.iter_mut().filter(|sample| sample.machine.as_deref() == Some(machine) && which(&sample.subject)) {
        sample.value_ns = sample.value_ns.map(|ns| ns + ns * percent / 100);
    }
}

fn assert_close(found: [f64; 3], expected: [f64; 3], what: &str) {
    let close = found.iter().zip(expected).all(|(found, expected)| (found / expected - 1.0).abs() < 1e-9);
    assert!(close, "{what}: {found:?} instead of {expected:?}");
}

/// The logarithms of times by machine and round.
fn logs(run: &Run, benchmark: &str, size: Option<u64>, subject: &str) -> BTreeMap<(String, u32), f64> {
    let own = |sample: &&Sample| {
        sample.phase == Phase::Measured
            && sample.outcome == Outcome::Ok
            && sample.benchmark == benchmark
            && sample.size == size
            && sample.subject == subject
    };
    let machine = |sample: &Sample| sample.machine.clone().unwrap();
    run.samples.iter().filter(own).map(|sample| ((machine(sample), sample.round), (sample.value_ns.unwrap() as f64).ln())).collect()
}

/// The mean over pairs of builds, by machine.
fn of_pairs(run: &Run, benchmark: &str, size: Option<u64>, pairs: &[(&str, &str)]) -> ByMachine {
    let times: Vec<_> = pairs.iter().map(|(from, to)| (logs(run, benchmark, size, from), logs(run, benchmark, size, to))).collect();
    let mut found = ByMachine::new();
    for place in times[0].0.keys() {
        let change = |(from, to): &(BTreeMap<_, f64>, BTreeMap<_, f64>)| Some(to.get(place)? - from.get(place)?);
        let Some(changes) = times.iter().map(change).collect::<Option<Vec<f64>>>() else { continue };
        found.entry(place.0.clone()).or_default().push(changes.iter().sum::<f64>() / changes.len() as f64);
    }
    found
}

fn assert_figures(figures: &Figures, machines: &ByMachine, what: &str) {
    assert_close([figures.ratio, figures.ratio_low, figures.ratio_high], own::ratio(machines), what);
    let all: Vec<f64> = machines.values().flatten().copied().collect();
    assert!((figures.p_value / own::signed_rank(&all) - 1.0).abs() < 1e-9, "{what}: {}", figures.p_value);
    assert_eq!(figures.rounds, all.len(), "{what}");
}

/// Sixteen builds in three benchmarks and fifteen rounds; beside the noise, one machine on which shared libraries cost more.
#[test]
fn effects_of_a_study_are_pooled_over_machines() {
    let mut run = dealt(&recorded("study-py3.13-reference"), &["alpha", "beta"]);
    slow(&mut run, "beta", 9, |subject| subject.starts_with("shared"));
    let summary = summarise(&run);
    let mut compared = 0;
    for effect in &summary.effects {
        let pairs: Vec<(&str, &str)> =
            effect.matched.iter().filter(|pair| pair.ratio.is_some()).map(|pair| (pair.from.as_str(), pair.to.as_str())).collect();
        let machines = of_pairs(&run, &effect.benchmark, effect.size, &pairs);
        let what = format!("{:?} to {} in {}", effect.factor, effect.to, effect.benchmark);
        assert_close([effect.ratio.unwrap(), effect.ratio_low.unwrap(), effect.ratio_high.unwrap()], own::ratio(&machines), &what);
        let all: Vec<f64> = machines.values().flatten().copied().collect();
        assert!((effect.p_value.unwrap() / own::signed_rank(&all) - 1.0).abs() < 1e-9, "{what}");
        assert_eq!((effect.rounds, effect.pairs), (15, pairs.len()), "{what}");
        for pair in &effect.matched {
            let machines = of_pairs(&run, &effect.benchmark, effect.size, &[(&pair.from, &pair.to)]);
            let ratio = pair.ratio.unwrap();
            assert_close([ratio.value, ratio.low, ratio.high], own::ratio(&machines), &what);
            compared += 1;
        }
    }
    assert!(compared >= 40, "{compared}");
    assert!(summary.ledger.len() == 2 && summary.published_pair.len() == 2);
    for ledger in &summary.ledger {
        let mut before = ledger.from.as_str();
        for step in &ledger.steps {
            let machines = of_pairs(&run, &ledger.benchmark, ledger.size, &[(before, &step.build)]);
            assert_figures(&step.figures, &machines, &step.build);
            before = &step.build;
        }
        assert_figures(&ledger.total, &of_pairs(&run, &ledger.benchmark, ledger.size, &[(&ledger.from, &ledger.to)]), "the ledger's total");
    }
    for pair in &summary.published_pair {
        assert_figures(&pair.total, &of_pairs(&run, &pair.benchmark, pair.size, &[(&pair.from, &pair.to)]), "the published pair");
    }
}

/// As [`effects_of_a_study_are_pooled_over_machines`], but that nothing is put in: a study dealt out to machines says what it said.
#[test]
fn a_study_dealt_out_to_machines_agrees_with_itself() {
    let whole = recorded("study-py3.13-reference");
    let (unsharded, pooled) = (summarise(&whole), summarise(&dealt(&whole, &["alpha", "beta"])));
    assert_eq!(unsharded.effects.len(), pooled.effects.len());
    for (one, two) in unsharded.effects.iter().zip(&pooled.effects) {
        let ratio = two.ratio.unwrap();
        assert!(one.ratio_low.unwrap() <= ratio && ratio <= one.ratio_high.unwrap(), "{one:?} {two:?}");
        assert!(two.ratio_low.unwrap() <= one.ratio.unwrap() && one.ratio.unwrap() <= two.ratio_high.unwrap(), "{one:?} {two:?}");
        assert_eq!((one.p_value, one.rounds, one.pairs), (two.p_value, two.rounds, two.pairs), "the test is of all rounds");
    }
}

/// A kernel's tax by machine.
fn of_kernel(run: &Run, kernel: &str, subject: &str, baseline: &str) -> ByMachine {
    let costs = |subject: &str| -> BTreeMap<(String, u32), f64> {
        let own =
            |sample: &&Sample| sample.phase == Phase::Measured && sample.benchmark == BenchmarkPlan::OPCODES && sample.subject == subject;
        let cost = |sample: &Sample| Some(*sample.kernels.as_ref()?.get(kernel)?).filter(|cost| *cost > 0.0);
        run.samples.iter().filter(own).filter_map(|sample| Some(((sample.machine.clone()?, sample.round), cost(sample)?))).collect()
    };
    let (own, base) = (costs(subject), costs(baseline));
    let mut found = ByMachine::new();
    for (place, cost) in own {
        if let Some(base) = base.get(&place) {
            found.entry(place.0).or_default().push((cost / base).ln());
        }
    }
    // Of fewer rounds than six, no interval is worth anything.
    found.retain(|_, logs| logs.len() >= 6);
    found
}

/// Of twenty rounds, 7, 7 and 6.
#[test]
fn opcode_kernels_are_pooled_over_machines() {
    let mut run = dealt(&recorded("opcodes-py3.13-reference"), &["alpha", "beta", "gamma"]);
    let slower = |sample: &&mut Sample| sample.machine.as_deref() == Some("gamma") && sample.subject == "shared";
    for sample in run.samples.iter_mut().filter(slower) {
        sample.kernels.iter_mut().flat_map(BTreeMap::values_mut).for_each(|cost| *cost *= 1.2);
    }
    let summary = summarise(&run);
    let opcodes = summary.opcodes.as_ref().unwrap();
    let mut pooled = 0;
    for row in opcodes.kernels.iter().filter(|row| row.subject != row.baseline && row.tax.is_some()) {
        let machines = of_kernel(&run, &row.kernel, &row.subject, &row.baseline);
        if machines.len() < 2 {
            continue;
        }
        let what = format!("{} in {}", row.kernel, row.subject);
        assert_close([row.tax.unwrap(), row.tax_low.unwrap(), row.tax_high.unwrap()], own::ratio(&machines), &what);
        assert_eq!(row.rounds, machines.values().map(Vec::len).sum::<usize>(), "{what}");
        pooled += 1;
    }
    assert!(pooled > 300, "{pooled}");
}

/// A prediction and what it leaves unexplained have every machine's own figure pooled, as the measured ratio beside them has.
#[test]
fn predictions_are_pooled_over_machines() {
    let whole = recorded("opcodes-py3.13-reference");
    let mut apart = on("beta", whole.clone());
    let slower = |sample: &&mut Sample| sample.subject == "shared" && sample.benchmark == BenchmarkPlan::OPCODES;
    for sample in apart.samples.iter_mut().filter(slower) {
        sample.kernels.iter_mut().flat_map(BTreeMap::values_mut).for_each(|cost| *cost *= 1.3);
    }
    let of = |run: &Run| {
        let rows = summarise(run).opcodes.unwrap().predictions;
        rows.into_iter().find(|row| row.benchmark == "dynamic" && row.subject == "shared").unwrap()
    };
    let (alone, both) = (of(&whole), of(&merged([on("alpha", whole.clone()), apart])));
    assert_eq!((alone.rounds, both.rounds), (20, 40));
    let middle = alone.predicted.unwrap() * 1.3_f64.sqrt();
    // Not quite: the mixture of kernels is found from the costs on both.
    assert!((both.predicted.unwrap() / middle - 1.0).abs() < 0.06, "{both:?} beside {alone:?}");
    // Two machines that lie so far apart say little of a third: the interval is one of machines, not of rounds.
    assert!(both.predicted_high.unwrap() / both.predicted_low.unwrap() > 1.3, "{both:?}");
    assert!((both.unexplained.unwrap() * both.predicted.unwrap() / both.measured.unwrap() - 1.0).abs() < 0.06, "{both:?}");
}

fn kinds(summary: &Summary) -> usize {
    summary.benchmarks.iter().flat_map(|benchmark| &benchmark.results).filter(|row| row.role != Role::Baseline).count()
}

/// The benchmarks' own rows, by the same computation: what the others are held against.
#[test]
fn ratios_are_pooled_over_machines() {
    let mut run = dealt(&recorded("bookworm-py3.11-reference"), &["alpha", "beta"]);
    slow(&mut run, "alpha", 4, |subject| subject == "static-pic");
    let summary = summarise(&run);
    for benchmark in &summary.benchmarks {
        for row in benchmark.results.iter().filter(|row| row.role != Role::Baseline) {
            let machines = of_pairs(&run, &benchmark.name, benchmark.size, &[("python3", &row.subject)]);
            let what = format!("{} in {}", row.subject, benchmark.name);
            assert_close([row.ratio.unwrap(), row.ratio_low.unwrap(), row.ratio_high.unwrap()], own::ratio(&machines), &what);
        }
    }
    assert_eq!(kinds(&summary), 50);
}
