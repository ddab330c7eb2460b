//! The samples of a run, put where they can be found: by benchmark, subject and round.

use std::collections::{BTreeMap, HashMap};

use crate::run::{BenchmarkPlan, Counters, Outcome, Phase, Run, Sample};
use crate::stats;

type Place<'a> = (Phase, &'a str, Option<u64>, &'a str);

/// One record per visit. A resumed run measures a torn round again as a whole, so the later record replaces the earlier.
pub(super) struct Visits<'a> {
    rounds: HashMap<Place<'a>, BTreeMap<u32, &'a Sample>>,
}

impl<'a> Visits<'a> {
    pub(super) fn of(run: &'a Run) -> Self {
        let mut rounds: HashMap<Place<'a>, BTreeMap<u32, &'a Sample>> = HashMap::new();
        for sample in &run.samples {
            rounds.entry((sample.phase, &sample.benchmark, sample.size, &sample.subject)).or_default().insert(sample.round, sample);
        }
        Self { rounds }
    }

    /// The measured rounds of a subject, by round; failures among them.
    pub(super) fn rounds<'b>(&'b self, benchmark: &'b BenchmarkPlan, subject: &'b str) -> Option<&'b BTreeMap<u32, &'a Sample>> {
        self.in_phase(Phase::Measured, benchmark, subject)
    }

    /// The rounds of another phase than the measured one, or of that.
    pub(super) fn in_phase<'b>(
        &'b self,
        phase: Phase,
        benchmark: &'b BenchmarkPlan,
        subject: &'b str,
    ) -> Option<&'b BTreeMap<u32, &'a Sample>> {
        self.rounds.get(&(phase, benchmark.name.as_str(), benchmark.size, subject))
    }

    /// The successful ones, with their times in ns.
    pub(super) fn values(&self, benchmark: &BenchmarkPlan, subject: &str) -> Vec<(&'a Sample, u64)> {
        self.rounds(benchmark, subject)
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(|sample| Some((*sample, value(sample)?)))
            .collect()
    }

    /// Times of subject and baseline, ns, of the rounds in which both succeeded.
    pub(super) fn pairs(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> Vec<(u64, u64)> {
        self.by_round(benchmark, subject, baseline).into_values().collect()
    }

    /// The same as ratios, by round.
    pub(super) fn ratios(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> BTreeMap<u32, f64> {
        let pairs = self.by_round(benchmark, subject, baseline);
        pairs.into_iter().filter_map(|(round, (own, base))| Some((round, stats::ratio(own, base)?))).collect()
    }

    fn by_round(&self, benchmark: &BenchmarkPlan, subject: &str, baseline: &str) -> BTreeMap<u32, (u64, u64)> {
        let base = self.rounds(benchmark, baseline);
        let partner = |round: u32| base.and_then(|rounds| rounds.get(&round)).and_then(|sample| value(sample));
        let own = self.values(benchmark, subject);
        own.into_iter().filter_map(|(sample, time)| Some((sample.round, (time, partner(sample.round)?)))).collect()
    }

    /// What the processor counted in the measured rounds that succeeded, by round.
    pub(super) fn counters(&self, benchmark: &BenchmarkPlan, subject: &str) -> Vec<(u32, Counters)> {
        let counted = |(sample, _): (&'a Sample, u64)| Some((sample.round, sample.counters?));
        self.values(benchmark, subject).into_iter().filter_map(counted).collect()
    }

    /// What callgrind counted, in a visit of its own.
    pub(super) fn counted(&self, benchmark: &BenchmarkPlan, subject: &str) -> Option<Counters> {
        let rounds = self.rounds.get(&(Phase::Counted, benchmark.name.as_str(), benchmark.size, subject))?;
        rounds.values().next_back().filter(|sample| sample.outcome == Outcome::Ok)?.counters
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
        let last = self.rounds.get(&place).and_then(|rounds| rounds.get(&sample.round));
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
