//! The samples of a run, put where they can be found: by benchmark, subject and round.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::run::{BenchmarkPlan, Counters, Outcome, Phase, Plan, Run, Sample};
use crate::stats;

type Place<'a> = (Phase, &'a str, Option<u64>, &'a str);

/// A round on a machine: within it alone is one time relative to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment {
    /// By place among the names of the run's machines; 0 where samples name none.
    pub(super) machine: usize,
    pub(super) round: u32,
}

/// One record per visit. A resumed run measures a torn round again as a whole, so the later record replaces the earlier.
pub(super) struct Visits<'a> {
    rounds: HashMap<Place<'a>, BTreeMap<Moment, &'a Sample>>,
    machines: Vec<Option<&'a str>>,
}

impl<'a> Visits<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let machines: BTreeSet<Option<&str>> = run.samples.iter().map(|sample| sample.machine.as_deref()).collect();
        let mut visits = Self { rounds: HashMap::new(), machines: machines.into_iter().collect() };
        for sample in &run.samples {
            let (place, moment) = ((sample.phase, sample.benchmark.as_str(), sample.size, sample.subject.as_str()), visits.moment(sample));
            visits.rounds.entry(place).or_default().insert(moment, sample);
        }
        visits
    }

    fn moment(&self, sample: &Sample) -> Moment {
        Moment { machine: self.machines.binary_search(&sample.machine.as_deref()).unwrap_or(0), round: sample.round }
    }

    /// The name of a [`Moment`]'s machine; nothing where samples name none.
    pub(super) fn machine(&self, number: usize) -> Option<&'a str> {
        self.machines.get(number).copied().flatten()
    }

    /// The measured rounds of a subject, by round; failures among them.
    pub(super) fn rounds<'b>(&'b self, benchmark: &'b BenchmarkPlan, subject: &'b str) -> Option<&'b BTreeMap<Moment, &'a Sample>> {
        self.in_phase(Phase::Measured, benchmark, subject)
    }

    /// The rounds of another phase than the measured one, or of that.
    pub(super) fn in_phase<'b>(
        &'b self,
        phase: Phase,
        benchmark: &'b BenchmarkPlan,
        subject: &'b str,
    ) -> Option<&'b BTreeMap<Moment, &'a Sample>> {
        self.rounds.get(&(phase, benchmark.name.as_str(), benchmark.size, subject))
    }

    /// The successful ones, with their times in ns.
    pub(super) fn values(&self, benchmark: &BenchmarkPlan, subject: &str) -> Vec<(Moment, &'a Sample, u64)> {
        let rounds = self.rounds(benchmark, subject).into_iter().flatten();
        rounds.filter_map(|(moment, sample)| Some((*moment, *sample, value(sample)?))).collect()
    }

    /// Times of subject and baseline, ns, of the rounds in which both succeeded.
    pub(super) fn pairs(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Vec<(Moment, u64, u64)> {
        let base = self.rounds(benchmark, baseline);
        let partner = |moment: Moment| base.and_then(|rounds| rounds.get(&moment)).and_then(|sample| value(sample));
        let own = self.values(benchmark, subject);
        own.into_iter().filter_map(|(moment, _, time)| Some((moment, time, partner(moment)?))).collect()
    }

    /// How many machines measured the subject in the benchmark.
    pub(super) fn machines_of(&self, benchmark: &BenchmarkPlan, subject: &str) -> usize {
        let machines: BTreeSet<usize> = self.rounds(benchmark, subject).into_iter().flatten().map(|(moment, _)| moment.machine).collect();
        machines.len()
    }

    /// The same as ratios, numbered so that of two benchmarks those with equal numbers go together: by round, and where a second machine measured the
    /// benchmark too, its rounds after the first one's.
    pub(super) fn ratios(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> BTreeMap<u32, f64> {
        let pairs = self.pairs(benchmark, subject, baseline);
        let mut machines: Vec<usize> = pairs.iter().map(|(moment, ..)| moment.machine).collect();
        machines.dedup();
        let number = |moment: Moment| {
            let before = machines.iter().position(|machine| *machine == moment.machine).unwrap_or(0);
            before as u32 * Plan::MOST_ROUNDS + moment.round
        };
        pairs.into_iter().filter_map(|(moment, own, base)| Some((number(moment), stats::ratio(own, base)?))).collect()
    }

    /// What the processor counted in the measured rounds that succeeded, by round.
    pub(super) fn counters(&self, benchmark: &BenchmarkPlan, subject: &str) -> Vec<(Moment, Counters)> {
        let counted = |(moment, sample, _): (Moment, &'a Sample, u64)| Some((moment, sample.counters?));
        self.values(benchmark, subject).into_iter().filter_map(counted).collect()
    }

    /// What callgrind counted, in a visit of its own on each machine.
    pub(super) fn counted(&self, benchmark: &BenchmarkPlan, subject: &str) -> Vec<(Moment, Counters)> {
        let rounds = self.in_phase(Phase::Counted, benchmark, subject).into_iter().flatten();
        let last = rounds.filter(|(_, sample)| sample.outcome == Outcome::Ok);
        last.filter_map(|(moment, sample)| Some((*moment, sample.counters?))).collect()
    }

    /// How many rounds the subject was visited in, whatever came of it.
    pub(super) fn visited(&self, benchmark: &BenchmarkPlan, subject: &str) -> usize {
        self.rounds(benchmark, subject).map_or(0, BTreeMap::len)
    }

    /// Visits of the plan that have a record, those of the warm-up and counted ones included.
    pub(super) fn recorded(&self) -> usize {
        self.rounds.iter().filter(|(place, _)| place.0 != Phase::Reference).map(|(_, rounds)| rounds.len()).sum()
    }

    /// Every visit that gave nothing of what it was made for, in the order in which they were recorded.
    pub(super) fn failures(&self, run: &'a Run) -> Vec<&'a Sample> {
        run.samples.iter().filter(|sample| failed(sample) && self.is_last(sample)).collect()
    }

    fn is_last(&self, sample: &Sample) -> bool {
        let place = (sample.phase, sample.benchmark.as_str(), sample.size, sample.subject.as_str());
        let last = self.rounds.get(&place).and_then(|rounds| rounds.get(&self.moment(sample)));
        last.is_some_and(|last| std::ptr::eq(*last, sample))
    }
}

/// A counted visit has no time to publish.
fn failed(sample: &Sample) -> bool {
    if sample.phase == Phase::Counted { sample.outcome != Outcome::Ok } else { value(sample).is_none() }
}

/// No clock measures zero: such a record is a failure, whatever it calls itself.
fn value(sample: &Sample) -> Option<u64> {
    sample.value_ns.filter(|&ns| ns > 0 && sample.outcome == Outcome::Ok)
}
