//! A study: from the times of builds that differ in known factors to what each factor costs, before verdicts.

mod counts;
mod sentences;
mod shape;
mod times;
mod words;

pub use sentences::sentences;
pub(super) use sentences::{counted, figure, step_name};
pub use shape::{Effect, Figures, InstructionsEffect, Interaction, Ledger, LedgerStep, Matched, PairApart, Part, Range};
pub(super) use words::{Words, words};

use super::summary::{BenchmarkSummary, Summary};
use super::visits::Visits;
use crate::run::{Contrast, Factor, Interplay, PublishedPair, Run, Step, Study};
use crate::stats::{self, Verdict};
use crate::variant::VariantName;
use counts::Counts;
use times::{Terms, Times, Values, pair, square};

/// What a study amounts to, as the fields of the summary.
#[derive(Default)]
pub(super) struct Studied {
    pub(super) effects: Vec<Effect>,
    pub(super) interactions: Vec<Interaction>,
    pub(super) ledger: Vec<Ledger>,
    pub(super) published_pair: Vec<PairApart>,
}

/// Of every group that has one.
pub(super) fn studied(run: &Run, visits: &Visits<'_>, benchmarks: &[BenchmarkSummary]) -> Studied {
    let mut studied = Studied::default();
    let headlines = run.plan.headlines();
    for study in Study::all_of(&run.plan) {
        for (at, (plan, benchmark)) in run.plan.benchmarks.iter().zip(benchmarks).enumerate() {
            let times = Times::of(&study, visits, plan, benchmark);
            let place = Place { study: &study, times, counts: Counts::of(&study, benchmark), benchmark };
            studied.effects.extend(study.effects().iter().map(|(contrast, pairs)| place.effect(*contrast, pairs)));
            studied.interactions.extend(study.interplays().iter().map(|interplay| place.interaction(interplay)));
            if headlines.contains(&at) {
                studied.ledger.extend(place.ledger());
                studied.published_pair.extend(place.published_pair());
            }
        }
    }
    studied
}

/// One group's study in one benchmark.
struct Place<'a> {
    study: &'a Study<'a>,
    times: Times,
    counts: Counts,
    benchmark: &'a BenchmarkSummary,
}

impl Place<'_> {
    fn group(&self) -> Option<String> {
        self.study.group.map(str::to_owned)
    }

    fn effect(&self, contrast: Contrast, pairs: &[(VariantName, VariantName)]) -> Effect {
        let terms: Vec<_> = pairs.iter().map(|(from, to)| pair(*from, *to)).collect();
        let values = self.times.values(&terms);
        let figures = values.as_ref().and_then(Values::figures);
        let used = |at: usize| values.as_ref().is_some_and(|values| values.used.contains(&at));
        let matched = |(at, (from, to)): (usize, &(VariantName, VariantName))| Matched {
            from: from.to_string(),
            to: to.to_string(),
            confounds: Vec::new(),
            ratio: if used(at) { self.times.values(&terms[at..=at]).and_then(|values| values.ratio()) } else { None },
        };
        // A pair of each rebuild is a pair.
        let possible = |(from, to): &(VariantName, VariantName)| {
            let both = |replicate: &&u32| self.study.subject(*from, **replicate).and(self.study.subject(*to, **replicate)).is_some();
            self.study.replicates().iter().filter(both).count()
        };
        Effect {
            group: self.group(),
            factor: contrast.factor,
            benchmark: self.benchmark.name.clone(),
            size: self.benchmark.size,
            from: contrast.from.to_owned(),
            to: contrast.to.to_owned(),
            ratio: figures.as_ref().map(|figures| figures.ratio),
            ratio_low: figures.as_ref().map(|figures| figures.ratio_low),
            ratio_high: figures.as_ref().map(|figures| figures.ratio_high),
            p_value: figures.as_ref().map(|figures| figures.p_value),
            p_adjusted: None,
            verdict: None,
            detectable: None,
            rounds: figures.as_ref().map_or(0, |figures| figures.rounds),
            pairs: values.as_ref().map_or(0, |values| values.used.len() * values.rows.len()),
            pairs_possible: pairs.iter().map(possible).sum(),
            matched: pairs.iter().enumerate().map(matched).collect(),
            instructions: self.counts.effect(pairs),
            rebuilds: values.as_ref().map_or_else(Vec::new, Values::rebuilds),
            note: figures.is_none().then(|| "no pair of which both have times in more than half of the rounds".to_owned()),
        }
    }

    fn interaction(&self, interplay: &Interplay) -> Interaction {
        let squares: Vec<_> = interplay.squares.iter().map(|builds| square(*builds)).collect();
        let values = self.times.values(&squares);
        let used: Vec<&[VariantName; 4]> =
            values.as_ref().map_or_else(Vec::new, |values| values.used.iter().map(|at| &interplay.squares[*at]).collect());
        let side = |from: usize, to: usize| {
            let pairs: Vec<_> = used.iter().map(|builds| pair(builds[from], builds[to])).collect();
            self.times.values(&pairs).and_then(|values| values.ratio())
        };
        Interaction {
            group: self.group(),
            factor: interplay.effect.factor,
            from: interplay.effect.from.to_owned(),
            to: interplay.effect.to.to_owned(),
            by: interplay.by.factor,
            by_from: interplay.by.from.to_owned(),
            by_to: interplay.by.to.to_owned(),
            benchmark: self.benchmark.name.clone(),
            size: self.benchmark.size,
            squares: used.len(),
            squares_possible: interplay.squares.len(),
            at_from: side(0, 1),
            at_to: side(2, 3),
            figures: values.and_then(|values| values.figures()),
        }
    }

    fn ledger(&self) -> Option<Ledger> {
        let way = self.study.ledger(|build| self.times.has(build))?;
        let (first, last) = (way.first()?.before, way.last()?.after);
        let mut product = 1.0;
        let mut steps = Vec::new();
        for step in &way {
            let figures = self.times.values(&[pair(step.before, step.after)])?.figures()?;
            product *= figures.ratio;
            steps.push(LedgerStep {
                factor: step.factor,
                from: step.from.to_owned(),
                to: step.to.to_owned(),
                build: step.after.to_string(),
                figures,
                product,
                so_far: self.times.values(&[pair(first, step.after)])?.ratio()?,
                instructions: self.counts.ratio(step.before, step.after),
            });
        }
        Some(Ledger {
            group: self.group(),
            benchmark: self.benchmark.name.clone(),
            size: self.benchmark.size,
            from: first.to_string(),
            to: last.to_string(),
            steps,
            total: self.times.values(&[pair(first, last)])?.figures()?,
            instructions: self.counts.ratio(first, last),
        })
    }

    /// The one that the plan wants, unless its builds have no times.
    fn published_pair(&self) -> Option<PairApart> {
        self.study.published_pairs().iter().find_map(|pair| subsets(&pair.orders).find_map(|orders| self.apart(pair, &orders)))
    }

    /// Each factor's part is its mean over these orders; nothing where one of their builds has no times.
    fn apart(&self, pair: &PublishedPair, orders: &[&Vec<Step>]) -> Option<PairApart> {
        let changes = *orders.first()?;
        let in_each = |factor| orders.iter().flat_map(move |order| order.iter().filter(move |step| step.factor == factor));
        let part = |change: &Step| in_each(change.factor).map(|step| self::pair(step.before, step.after)).collect();
        let parts: Vec<Vec<Terms>> = changes.iter().map(part).collect();
        let total = [self::pair(pair.from, pair.to)];
        let sums: Vec<&[Terms]> = std::iter::once(total.as_slice()).chain(parts.iter().map(Vec::as_slice)).collect();
        let values = self.times.complete(&sums)?;
        let (whole, parts) = values.split_first()?;
        let part = |(change, values): (&Step, &Values)| {
            let (from, to) = (change.from.to_owned(), change.to.to_owned());
            Some(Part { factor: change.factor, from, to, figures: values.figures()?, share: share(values, whole) })
        };
        Some(PairApart {
            group: self.group(),
            benchmark: self.benchmark.name.clone(),
            size: self.benchmark.size,
            from: pair.from.to_string(),
            to: pair.to.to_string(),
            total: whole.figures()?,
            parts: changes.iter().zip(parts).map(part).collect::<Option<_>>()?,
            orders: orders.iter().map(|order| order.iter().map(|step| step.factor).collect()).collect(),
            orders_possible: pair.orders_possible,
        })
    }
}

/// All of them first, then with ever fewer; of equally many, those with the earlier ones.
fn subsets<T>(all: &[T]) -> impl Iterator<Item = Vec<&T>> {
    let mut chosen: Vec<u32> = (1..1 << all.len()).collect();
    chosen.sort_by_key(|chosen| std::cmp::Reverse(chosen.count_ones()));
    chosen.into_iter().map(|chosen| all.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1).map(|(_, one)| one).collect())
}

/// Of the whole's logarithm, by round and rebuild. Where the whole changes its sign from round to round, nothing is a share of it.
fn share(part: &Values, whole: &Values) -> Option<Range> {
    let is_clear = whole.rows.iter().flatten().all(|value| *value > 0.0);
    let row = |(part, whole): (&Vec<f64>, &Vec<f64>)| part.iter().zip(whole).map(|(part, whole)| part / whole).collect();
    let rows = part.rows.iter().zip(&whole.rows).map(row).collect();
    if is_clear { Values { rows, used: Vec::new(), machines: whole.machines.clone() }.range() } else { None }
}

/// What needs verdicts: how small a difference could have been seen, and no shares of a whole that may be none.
pub(super) fn after_verdicts(summary: &mut Summary) {
    for effect in &mut summary.effects {
        let floor = summary.benchmarks.iter().find(|benchmark| benchmark.name == effect.benchmark && benchmark.size == effect.size);
        let floor = floor.and_then(|benchmark| benchmark.noise_floor);
        effect.detectable = detectable(effect, floor);
    }
    for pair in summary.published_pair.iter_mut().filter(|pair| pair.total.verdict != Some(Verdict::Slower)) {
        pair.parts.iter_mut().for_each(|part| part.share = None);
    }
}

/// The noise floor and half the interval, the longer one: an estimate this far from 1 would have its whole interval beyond the floor.
fn detectable(effect: &Effect, floor: Option<f64>) -> Option<f64> {
    let (ratio, low, high) = (effect.ratio?, effect.ratio_low?, effect.ratio_high?);
    let decided = matches!(effect.verdict, Some(Verdict::Faster | Verdict::Slower | Verdict::NoDifferenceSeen));
    let enough = decided && effect.rounds >= stats::MINIMUM_ROUNDS;
    enough.then_some((1.0 + floor?) * (ratio / low).max(high / ratio) - 1.0)
}

/// Whether the summary has anything of a study.
pub(super) fn is_study(summary: &Summary) -> bool {
    !summary.effects.is_empty()
}

/// The groups that have a study, each once, in their order; `None` where the plan names no groups.
pub(super) fn groups(summary: &Summary) -> Vec<Option<&str>> {
    let mut groups: Vec<Option<&str>> = Vec::new();
    for group in summary.effects.iter().map(|effect| effect.group.as_deref()) {
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups
}

/// The summary's benchmarks that a study speaks of first, in their order.
pub(super) fn headlines<'a>(run: &Run, summary: &'a Summary) -> Vec<&'a BenchmarkSummary> {
    run.plan.headlines().into_iter().filter_map(|at| summary.benchmarks.get(at)).collect()
}

/// As `factor`, `from` and `to` of a row name it.
pub(super) fn contrast(factor: Factor, from: &str, to: &str) -> Option<Contrast> {
    Contrast::named(factor, from, to).or_else(|| Contrast::named(factor, to, from))
}
