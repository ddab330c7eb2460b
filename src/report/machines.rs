//! Of a run that several machines measured: which did what, and how far apart the ratios of those are that measured the same.

use serde::{Deserialize, Serialize};

use super::estimate::{Estimate, Paired, by_machine, estimated};
use super::format::{benchmark, code, percent, plain};
use super::summarise::withheld;
use super::summary::Summary;
use super::visits::Visits;
use crate::run::{BenchmarkPlan, Machine, Role, Run, SubjectPlan};
use crate::stats::{self, Interval};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachinesSummary {
    /// By name.
    pub machines: Vec<MachineSummary>,
    /// In the plan's order: of every benchmark that several machines measured, every subject that has a ratio on more than one. Empty where no benchmark
    /// was measured twice.
    pub pooled: Vec<PooledRatio>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineSummary {
    pub name: String,
    pub cpu_model: String,
    pub cpus: usize,
    pub memory_bytes: u64,
    pub kernel: String,
    pub host: String,
    pub virtualisation: String,
    /// Shards by number; empty where the plan was not split.
    pub shards: Vec<u32>,
    /// Labels: `amortised/1000`.
    pub benchmarks: Vec<String>,
}

/// A row's ratio in `benchmarks[].results[]`, taken apart by machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PooledRatio {
    pub benchmark: String,
    pub size: Option<u64>,
    pub subject: String,
    pub baseline: String,
    pub machines: Vec<MachineRatio>,
    pub ratio: f64,
    pub ratio_low: f64,
    pub ratio_high: f64,
    /// The standard deviation between machines as a share: 0.03 where about two thirds of machines lie within 3 % of the middle.
    pub spread: f64,
    /// Where one more machine of their kind would lie, with 95 %; absent for two machines, which do not tell.
    pub predicted_low: Option<f64>,
    pub predicted_high: Option<f64>,
}

/// As if this machine had been alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MachineRatio {
    pub machine: String,
    pub rounds: usize,
    pub ratio: f64,
    pub ratio_low: f64,
    pub ratio_high: f64,
    /// Of this machine; absent where its A/A has too few rounds.
    pub noise_floor: Option<f64>,
}

/// Nothing where one machine measured all.
pub(super) fn machines(run: &Run, visits: &Visits<'_>) -> Option<MachinesSummary> {
    if run.machines.len() < 2 {
        return None;
    }
    let plan = &run.plan;
    let compared = || plan.subjects.iter().filter(|subject| subject.role != Role::Baseline);
    let pooled = plan.benchmarks.iter().flat_map(|benchmark| compared().filter_map(move |subject| pooled(run, visits, benchmark, subject)));
    Some(MachinesSummary { machines: run.machines.iter().map(machine).collect(), pooled: pooled.collect() })
}

fn machine(machine: &Machine) -> MachineSummary {
    let environment = &machine.environment;
    MachineSummary {
        name: machine.name.clone(),
        cpu_model: environment.cpu_model.clone(),
        cpus: environment.cpus,
        memory_bytes: environment.memory_bytes,
        kernel: environment.kernel.clone(),
        host: environment.host.clone(),
        virtualisation: environment.virtualisation.clone(),
        shards: machine.shards.clone(),
        benchmarks: machine.benchmarks.clone(),
    }
}

fn pooled(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, subject: &SubjectPlan) -> Option<PooledRatio> {
    let baseline = run.plan.baseline_of(subject)?;
    if withheld(run, subject).or_else(|| withheld(run, baseline)).is_some() {
        return None;
    }
    let pairs = Paired::of(visits, benchmark, &subject.name, &baseline.name);
    let parts = by_machine(&pairs, |pair| pair.machine);
    let pool = stats::pool(&parts.iter().map(|part| estimated(part)).collect::<Option<Vec<_>>>()?)?;
    let of_machine = |part: &&[Paired]| {
        let Estimate { rounds, ratio, interval, .. } = Estimate::of_machine(part)?;
        let number = part.first()?.machine;
        let machine = visits.machine(number).unwrap_or_default().to_owned();
        let noise_floor = noise_floor(run, visits, benchmark, number);
        Some(MachineRatio { machine, rounds, ratio, ratio_low: interval.low, ratio_high: interval.high, noise_floor })
    };
    let machines = parts.iter().filter_map(of_machine).collect();
    let end = |end: fn(&Interval) -> f64| pool.prediction.as_ref().map(|prediction| end(prediction).exp());
    Some(PooledRatio {
        benchmark: benchmark.name.clone(),
        size: benchmark.size,
        subject: subject.name.clone(),
        baseline: baseline.name.clone(),
        machines,
        ratio: pool.value.exp(),
        ratio_low: pool.interval.low.exp(),
        ratio_high: pool.interval.high.exp(),
        spread: pool.tau.exp_m1(),
        predicted_low: end(|interval| interval.low),
        predicted_high: end(|interval| interval.high),
    })
}

/// The widest of the groups' controls on that machine.
fn noise_floor(run: &Run, visits: &Visits<'_>, benchmark: &BenchmarkPlan, machine: usize) -> Option<f64> {
    let controls = run.plan.subjects.iter().filter(|subject| subject.role == Role::Control);
    let floor = |control: &SubjectPlan| {
        let pairs = Paired::of(visits, benchmark, &control.name, &run.plan.baseline_of(control)?.name);
        let own: Vec<Paired> = pairs.into_iter().filter(|pair| pair.machine == machine).collect();
        Estimate::of_machine(&own)?.floor
    };
    controls.filter_map(floor).reduce(f64::max)
}

/// For a terminal: who measured what, and the widest spread.
pub(super) fn sentences(summary: &Summary) -> Vec<String> {
    let Some(MachinesSummary { machines, pooled }) = &summary.machines else { return Vec::new() };
    let names: Vec<String> = machines.iter().map(|machine| code(&machine.name)).collect();
    let merged = format!("Merged from {}; no ratio is formed across machines.", names.join(", "));
    let widest = pooled.iter().max_by(|a, b| a.spread.total_cmp(&b.spread)).map(|row| {
        format!(
            "Where several machines measured a benchmark, its ratios are pooled (random effects). They lie farthest apart in {} of {}: a spread of {}. \
             report.md has every machine's own.",
            code(&row.subject),
            plain(&benchmark(&row.benchmark, row.size)),
            percent(row.spread)
        )
    });
    std::iter::once(merged).chain(widest).collect()
}
