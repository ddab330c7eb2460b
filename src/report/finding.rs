//! What a reader should know before trusting the numbers, and what to do about it.

use super::format;
use super::summary::{Finding, Summary};
use crate::run::{Role, Run};
use crate::stats::ALPHA;

/// A floor above this hides what choices of code model cost.
const NOISY: f64 = 0.05;

pub(super) fn findings(run: &Run, summary: &Summary, recorded: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rounds = run.plan.rounds as usize + run.plan.warmup as usize;
    // A subject that failed verification is a hole of its own, which no resuming fills.
    let measurable = |name: &str| run.verification.of(name).is_none_or(|verified| verified.passed());
    let subjects = run.plan.subjects.iter().filter(|subject| measurable(&subject.name)).count();
    let planned = rounds * subjects * run.plan.benchmarks.len();
    if recorded < planned {
        findings.push(Finding::Incomplete { measured: recorded, planned });
    }
    for benchmark in &summary.benchmarks {
        let label = format::benchmark(&benchmark.name, benchmark.size);
        for control in benchmark.results.iter().filter(|result| result.role == Role::Control) {
            if let (Some(ratio), Some(p_adjusted)) = (control.ratio, control.p_adjusted.filter(|&p| p < ALPHA)) {
                findings.push(Finding::ControlDiffers { benchmark: label.clone(), ratio, p_adjusted });
            }
        }
        findings.extend(
            benchmark.noise_floor.filter(|&floor| floor > NOISY).map(|noise_floor| Finding::Noisy { benchmark: label, noise_floor }),
        );
    }
    findings.extend(machine(run));
    findings
}

fn machine(run: &Run) -> Vec<Finding> {
    let environment = &run.environment;
    let mut findings = Vec::new();
    if environment.load_average[0] > environment.cpus as f64 / 2.0 {
        findings.push(Finding::Busy { load: environment.load_average[0], cpus: environment.cpus });
    }
    if let Some(governor) = environment.governor.clone().filter(|governor| governor != "performance") {
        findings.push(Finding::Governor { governor });
    }
    if environment.virtualisation != "none" {
        findings.push(Finding::Virtual { virtualisation: environment.virtualisation.clone() });
    }
    findings
}

impl Finding {
    /// What was found, and the remedy; in words that any format can take, names unescaped.
    pub fn text(&self) -> String {
        match self {
            Self::Incomplete { measured, planned } => format!(
                "{} of {} planned visits were measured; surtax matrix run --resume DIR does the rest.",
                format::count(*measured as u64),
                format::count(*planned as u64)
            ),
            Self::ControlDiffers { benchmark, ratio, p_adjusted } => format!(
                "{benchmark}: the baseline measured twice differs from itself (ratio {}, adjusted p {}). The machine favours one of \
                 two equal programs; its noise floor accounts for this, yet measure again before you rely on this benchmark.",
                format::ratio(*ratio),
                format::p_value(*p_adjusted)
            ),
            Self::Noisy { benchmark, noise_floor } => format!(
                "{benchmark}: the noise floor is {}; smaller differences cannot be seen. More rounds (--rounds) or a quieter machine help.",
                format::percent(*noise_floor)
            ),
            Self::Busy { load, cpus } => format!(
                "the load was {load:.1} on {cpus} cores when the run began. Other work shares caches and clocks with what is measured: end it first."
            ),
            Self::Governor { governor } => {
                format!("the frequency governor is {governor}: the clock follows the load. The administrator can set it to performance.")
            }
            Self::Virtual { virtualisation } => format!(
                "this is a virtual machine ({virtualisation}): what its neighbours do is neither seen nor controlled. Trust ratios over absolute times."
            ),
        }
    }
}
