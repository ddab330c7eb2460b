//! The times of a study's builds in one benchmark, and sums of their logarithms within rounds.

use std::collections::{BTreeMap, BTreeSet};

use super::shape::{Figures, Range};
use crate::report::estimate::by_machine;
use crate::report::summary::BenchmarkSummary;
use crate::report::visits::{Moment, Visits};
use crate::run::{BenchmarkPlan, Study};
use crate::stats;
use crate::variant::VariantName;

/// A sum of log times, with weights that add up to zero: a pair is the one minus the other, a square the difference of two pairs.
pub(super) type Terms = Vec<(f64, VariantName)>;

pub(super) fn pair(from: VariantName, to: VariantName) -> Terms {
    vec![(-1.0, from), (1.0, to)]
}

/// `[neither, the one, the other, both]`: the one's effect with the other, less that without.
pub(super) fn square([neither, one, other, both]: [VariantName; 4]) -> Terms {
    vec![(1.0, neither), (-1.0, one), (-1.0, other), (1.0, both)]
}

/// Of published subjects alone.
pub(super) struct Times {
    replicates: Vec<u32>,
    /// Logarithms of ns by round.
    logs: BTreeMap<(VariantName, u32), BTreeMap<Moment, f64>>,
    /// How many rounds any of them has.
    rounds: usize,
}

/// What a mean of several [`Terms`] amounts to, before rounds are summed up.
pub(super) struct Values {
    /// A row per rebuild, in it a value per round: the mean over the terms.
    pub(super) rows: Vec<Vec<f64>>,
    /// Which of the terms count.
    pub(super) used: Vec<usize>,
    /// By round, on which of the run's machines.
    pub(super) machines: Vec<usize>,
}

impl Times {
    pub(super) fn of(study: &Study<'_>, visits: &Visits<'_>, plan: &BenchmarkPlan, benchmark: &BenchmarkSummary) -> Self {
        let published = |subject: &str| benchmark.of(subject).is_some_and(|row| row.median_ns.is_some());
        let mut logs: BTreeMap<(VariantName, u32), BTreeMap<Moment, f64>> = BTreeMap::new();
        for subject in study.subjects.iter().filter(|subject| published(subject.name)) {
            let values = visits.values(plan, subject.name).into_iter().map(|(moment, _, ns)| (moment, (ns as f64).ln()));
            logs.insert((subject.build, subject.replicate), values.collect());
        }
        let rounds = logs.values().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>().len();
        Self { replicates: study.replicates(), logs, rounds }
    }

    /// Whether any rebuild of it counts.
    pub(super) fn has(&self, build: VariantName) -> bool {
        self.replicates.iter().any(|replicate| self.counts(&vec![(1.0, build)], *replicate))
    }

    /// The rounds in which all builds of the terms have a time.
    fn rounds_of(&self, terms: &Terms, replicate: u32) -> BTreeSet<Moment> {
        let mut builds = terms.iter().map(|(_, build)| self.logs.get(&(*build, replicate)));
        let Some(Some(first)) = builds.next() else { return BTreeSet::new() };
        let others: Vec<_> = builds.collect();
        let in_all = |round: &&Moment| others.iter().all(|times| times.is_some_and(|times| times.contains_key(round)));
        first.keys().filter(in_all).copied().collect()
    }

    /// What has no more than half the rounds is left out, since it would take the rounds of all others with it.
    fn counts(&self, terms: &Terms, replicate: u32) -> bool {
        2 * self.rounds_of(terms, replicate).len() > self.rounds
    }

    /// Every round's mean over the same terms, and every rebuild the same terms: those of the rebuild that has the most of them. A rebuild that
    /// lacks one of these is left out. Nothing where no term counts.
    pub(super) fn values(&self, terms: &[Terms]) -> Option<Values> {
        self.joint(&[terms]).map(|mut joint| joint.remove(0))
    }

    /// Several means, all of the same rounds and rebuilds, where each has all of its terms in a rebuild.
    pub(super) fn complete(&self, sums: &[&[Terms]]) -> Option<Vec<Values>> {
        let joint = self.joint(sums)?;
        joint.iter().zip(sums).all(|(values, terms)| values.used.len() == terms.len()).then_some(joint)
    }

    fn joint(&self, sums: &[&[Terms]]) -> Option<Vec<Values>> {
        let counting = |replicate: u32| -> Vec<Vec<usize>> {
            let of_sum = |terms: &&[Terms]| (0..terms.len()).filter(|at| self.counts(&terms[*at], replicate)).collect();
            sums.iter().map(of_sum).collect()
        };
        let by_replicate: Vec<(u32, Vec<Vec<usize>>)> =
            self.replicates.iter().map(|replicate| (*replicate, counting(*replicate))).collect();
        let size = |used: &Vec<Vec<usize>>| used.iter().map(Vec::len).sum::<usize>();
        // Of equals, the first.
        let used = by_replicate.iter().map(|(_, used)| used).rev().max_by_key(|used| size(used))?.clone();
        if used.iter().any(Vec::is_empty) {
            return None;
        }
        let has_all = |own: &Vec<Vec<usize>>| own.iter().zip(&used).all(|(own, used)| used.iter().all(|at| own.contains(at)));
        let replicates: Vec<u32> = by_replicate.iter().filter(|(_, own)| has_all(own)).map(|(replicate, _)| *replicate).collect();
        let terms = || sums.iter().zip(&used).flat_map(|(terms, used)| used.iter().map(|at| &terms[*at]));
        let mut all = replicates.iter().flat_map(|replicate| terms().map(|terms| self.rounds_of(terms, *replicate)));
        let first = all.next()?;
        let rounds: BTreeSet<Moment> = all.fold(first, |rounds, other| rounds.intersection(&other).copied().collect());
        let rounds: Vec<Moment> = rounds.into_iter().collect();
        let rounds: Vec<Moment> = by_machine(&rounds, |moment| moment.machine).concat();
        if rounds.is_empty() {
            return None;
        }
        let values = sums.iter().zip(&used).map(|(terms, used)| {
            let row = |replicate: &u32| rounds.iter().map(|round| self.mean(terms, used, *replicate, *round)).collect();
            let machines = rounds.iter().map(|round| round.machine).collect();
            Values { rows: replicates.iter().map(row).collect(), used: used.clone(), machines }
        });
        Some(values.collect())
    }

    fn mean(&self, terms: &[Terms], used: &[usize], replicate: u32, round: Moment) -> f64 {
        let log =
            |build: &VariantName| self.logs.get(&(*build, replicate)).and_then(|times| times.get(&round)).copied().unwrap_or(f64::NAN);
        let sum = |at: &usize| terms[*at].iter().map(|(weight, build)| weight * log(build)).sum::<f64>();
        used.iter().map(sum).sum::<f64>() / used.len() as f64
    }
}

impl Values {
    /// The mean over rebuilds, by round.
    pub(super) fn by_round(&self) -> Vec<f64> {
        let rounds = self.rows.first().map_or(0, Vec::len);
        (0..rounds).map(|round| self.rows.iter().map(|row| row[round]).sum::<f64>() / self.rows.len() as f64).collect()
    }

    /// The median over rounds with its interval, as logarithms or whatever the values are.
    pub(super) fn range(&self) -> Option<Range> {
        let parts: Vec<Self> = self.of_machines();
        if parts.len() < 2 {
            return Some(Range::new(stats::median(&self.by_round())?, stats::rebuilds_interval(&self.rows)?));
        }
        let pooled = stats::pool_rebuilds(&parts.into_iter().map(|part| part.rows).collect::<Vec<_>>())?;
        Some(Range::new(pooled.value, pooled.interval()))
    }

    /// Each machine's rounds on their own.
    fn of_machines(&self) -> Vec<Self> {
        let columns: Vec<usize> = (0..self.machines.len()).collect();
        let part = |columns: &[usize]| Self {
            rows: self.rows.iter().map(|row| columns.iter().map(|column| row[*column]).collect()).collect(),
            used: self.used.clone(),
            machines: columns.iter().map(|column| self.machines[*column]).collect(),
        };
        columns.chunk_by(|a, b| self.machines[*a] == self.machines[*b]).map(part).collect()
    }

    pub(super) fn ratio(&self) -> Option<Range> {
        self.range().map(|log| Range { value: log.value.exp(), low: log.low.exp(), high: log.high.exp() })
    }

    /// The steps of METHODOLOGY.md from values to a verdict, up to the verdict.
    pub(super) fn figures(&self) -> Option<Figures> {
        let by_round = self.by_round();
        let Range { value, low, high } = self.ratio()?;
        Some(Figures {
            rounds: by_round.len(),
            ratio: value,
            ratio_low: low,
            ratio_high: high,
            p_value: stats::signed_rank(&by_round),
            p_adjusted: None,
            verdict: None,
            note: None,
        })
    }

    /// Each rebuild's own ratio, where there are several.
    pub(super) fn rebuilds(&self) -> Vec<f64> {
        let alone = |row: &Vec<f64>| Self { rows: vec![row.clone()], used: self.used.clone(), machines: self.machines.clone() }.ratio();
        if self.rows.len() < 2 { Vec::new() } else { self.rows.iter().filter_map(alone).map(|ratio| ratio.value).collect() }
    }
}
