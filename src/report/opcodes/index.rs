//! A run's kernels and histograms, put where they can be found: by subject, and their costs by round.

use std::collections::BTreeMap;

use crate::report::summarise::withheld;
use crate::report::visits::{Moment, Visits};
use crate::run::{BenchmarkPlan, Executed, Handler, Kernel, Outcome, Phase, Role, Run, SubjectOpcodes, SubjectPlan};
use crate::stats;

/// What one more copy of each kernel costs, by round.
pub(super) type Rounds<'a> = BTreeMap<Moment, &'a BTreeMap<String, f64>>;

pub(super) struct Index<'a> {
    pub(super) run: &'a Run,
    measured: BTreeMap<&'a str, Rounds<'a>>,
    counted: BTreeMap<&'a str, Rounds<'a>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(run: &'a Run, visits: &Visits<'a>) -> Self {
        let planned = run.plan.benchmarks.iter().find(|benchmark| benchmark.name == BenchmarkPlan::OPCODES);
        let in_phase = |phase| {
            let subjects = run.plan.subjects.iter().map(|subject| subject.name.as_str());
            planned
                .map_or_else(BTreeMap::new, |planned| subjects.map(|subject| (subject, rounds(visits, phase, planned, subject))).collect())
        };
        Self { run, measured: in_phase(Phase::Measured), counted: in_phase(Phase::Counted) }
    }

    /// Whether any kernel has a time or a count.
    pub(super) fn is_measured(&self) -> bool {
        self.measured.values().chain(self.counted.values()).any(|rounds| !rounds.is_empty())
    }

    /// The baseline measured again is the same file, which need not be looked at twice.
    pub(super) fn opcodes(&self, subject: &SubjectPlan) -> Option<&'a SubjectOpcodes> {
        let opcodes = self.run.opcodes.as_ref()?;
        let again = || self.run.plan.baseline_of(subject).filter(|baseline| baseline.sha256 == subject.sha256);
        opcodes.of(&subject.name).or_else(|| opcodes.of(&again().filter(|_| subject.role == Role::Control)?.name))
    }

    pub(super) fn kernel(&self, subject: &SubjectPlan, name: &str) -> Option<&'a Kernel> {
        self.opcodes(subject)?.kernels.iter().find(|kernel| kernel.name == name)
    }

    pub(super) fn executed(&self, subject: &SubjectPlan, benchmark: &str) -> Option<&'a Executed> {
        self.opcodes(subject)?.benchmarks.iter().find(|executed| executed.benchmark == benchmark)
    }

    /// The interpreter's code for a form: by its name, the number that this Python gives it, and what was found under the number.
    pub(super) fn handler(&self, subject: &SubjectPlan, form: &str) -> Option<Handler> {
        let opcodes = self.opcodes(subject)?;
        let (number, _) = opcodes.names.iter().find(|(_, name)| *name == form)?;
        opcodes.handlers.get(number).copied()
    }

    /// In nanoseconds; empty where nothing may be or was published.
    pub(super) fn costs(&self, subject: &SubjectPlan) -> Rounds<'a> {
        if withheld(self.run, subject).is_some() {
            Rounds::new()
        } else {
            self.measured.get(subject.name.as_str()).cloned().unwrap_or_default()
        }
    }

    /// In machine instructions, which hardly vary: the median of all counts.
    pub(super) fn instructions(&self, subject: &SubjectPlan, kernel: &str) -> Option<f64> {
        let rounds = self.counted.get(subject.name.as_str()).filter(|_| withheld(self.run, subject).is_none())?;
        let counts: Vec<f64> = rounds.values().filter_map(|costs| costs.get(kernel).copied()).filter(|count| count.is_finite()).collect();
        stats::median(&counts)
    }

    /// Every kernel's name and group, groups together, in the order in which the first subject that has them names them.
    pub(super) fn kernels(&self) -> Vec<(&'a str, &'a str)> {
        let listed = self.run.opcodes.iter().flat_map(|opcodes| &opcodes.subjects).flat_map(|subject| &subject.kernels);
        let listed = listed.map(|kernel| (kernel.name.as_str(), kernel.group.as_str()));
        let rounds = self.measured.values().chain(self.counted.values());
        let unlisted = rounds.flat_map(BTreeMap::values).flat_map(|costs| costs.keys()).map(|name| (name.as_str(), "unlisted"));
        let mut kernels: Vec<(&str, &str)> = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        kernels.extend(listed.chain(unlisted).filter(|(name, _)| known.insert(*name)));
        let groups: Vec<&str> = kernels.iter().map(|(_, group)| *group).collect();
        kernels.sort_by_key(|(_, group)| groups.iter().position(|other| other == group));
        kernels
    }
}

/// How often each form runs per step. A count that a difference of two runs left below zero is none.
pub(super) fn counts(executed: &Executed) -> impl Iterator<Item = (&str, f64)> {
    let counts = executed.histogram.iter().map(|(form, count)| (form.as_str(), *count));
    counts.filter(|(_, count)| count.is_finite() && *count > 0.0)
}

fn rounds<'a>(visits: &Visits<'a>, phase: Phase, planned: &'a BenchmarkPlan, subject: &'a str) -> Rounds<'a> {
    let rounds = visits.in_phase(phase, planned, subject).into_iter().flatten();
    let costs = rounds.filter(|(_, sample)| sample.outcome == Outcome::Ok);
    costs.filter_map(|(round, sample)| Some((*round, sample.kernels.as_ref()?))).collect()
}
