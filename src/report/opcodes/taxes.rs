//! What each kernel costs in each subject, relative to its baseline, with verdicts: a family of comparisons of their own.

use std::collections::BTreeMap;

use super::index::{Index, Rounds};
use super::shape::KernelResult;
use crate::report::estimate::{Estimate, Paired};
use crate::report::judge::lacking;
use crate::report::summarise::withheld;
use crate::report::visits::Moment;
use crate::run::{Kernel, Role, SubjectPlan};
use crate::stats::{self, Interval, Verdict};

/// All rows, and how many p-values were corrected together.
pub(super) fn taxes(index: &Index<'_>) -> (Vec<KernelResult>, usize) {
    // Looked at, and nothing was timed or counted: no table of holes.
    if !index.is_measured() {
        return (Vec::new(), 0);
    }
    let subjects = &index.run.plan.subjects;
    let costs: BTreeMap<&str, Rounds<'_>> = subjects.iter().map(|subject| (subject.name.as_str(), index.costs(subject))).collect();
    let place = Place { index, costs };
    let mut rows = Vec::new();
    for (kernel, group) in index.kernels() {
        let mut own: Vec<KernelResult> = subjects.iter().filter_map(|subject| place.row(kernel, group, subject)).collect();
        let controls = subjects.iter().filter(|subject| subject.role == Role::Control);
        let floor = controls.filter_map(|control| place.estimate(kernel, control)?.floor).reduce(f64::max);
        own.iter_mut().for_each(|row| row.noise_floor = floor);
        rows.append(&mut own);
    }
    let compared = judge(&mut rows);
    (rows, compared)
}

struct Place<'a> {
    index: &'a Index<'a>,
    costs: BTreeMap<&'a str, Rounds<'a>>,
}

impl Place<'_> {
    fn row(&self, kernel: &str, group: &str, subject: &SubjectPlan) -> Option<KernelResult> {
        let baseline = self.index.run.plan.baseline_of(subject)?;
        let (own, other) = (self.index.kernel(subject, kernel), self.index.kernel(baseline, kernel));
        let form = own.and_then(|kernel| kernel.form.clone());
        let handler = form.as_ref().and_then(|form| self.index.handler(subject, form));
        let instructions = self.index.instructions(subject, kernel);
        let per_baseline = |base: f64| instructions.filter(|_| base > 0.0).map(|own| own / base);
        let mut row = KernelResult {
            kernel: kernel.to_owned(),
            group: group.to_owned(),
            form,
            specialised: own.is_some_and(|kernel| kernel.specialised),
            subject: subject.name.clone(),
            baseline: baseline.name.clone(),
            same_code: own.zip(other).and_then(|(own, other)| same_code(own, other)),
            rounds: 0,
            noise_floor: None,
            cost_ns: None,
            tax: None,
            tax_low: None,
            tax_high: None,
            p_value: None,
            p_adjusted: None,
            verdict: None,
            instructions,
            instructions_ratio: self.index.instructions(baseline, kernel).and_then(per_baseline),
            got_loads: handler.map(|handler| handler.counts.got_loads),
            plt_calls: handler.map(|handler| handler.counts.plt_calls),
            tls: handler.map(|handler| handler.counts.tls_calls + handler.counts.tls_direct),
            note: None,
        };
        self.figures(&mut row, subject);
        row.note = self.note(&row, own, other);
        Some(row)
    }

    fn figures(&self, row: &mut KernelResult, subject: &SubjectPlan) {
        let own = self.values(&row.kernel, subject);
        row.cost_ns = stats::median(&own.values().copied().collect::<Vec<_>>());
        if subject.role == Role::Baseline {
            row.rounds = own.len();
            row.tax = row.cost_ns.map(|_| 1.0);
            (row.tax_low, row.tax_high) = (row.tax, row.tax);
        } else if let Some(estimate) = self.estimate(&row.kernel, subject) {
            row.rounds = estimate.rounds;
            row.tax = Some(estimate.ratio);
            (row.tax_low, row.tax_high) = (Some(estimate.interval.low), Some(estimate.interval.high));
            row.p_value = Some(estimate.p_value);
        }
    }

    /// The subject's cost by its baseline's.
    fn estimate(&self, kernel: &str, subject: &SubjectPlan) -> Option<Estimate> {
        let (own, base) = (self.values(kernel, subject), self.values(kernel, self.index.run.plan.baseline_of(subject)?));
        let pair = |(moment, own): (&Moment, &f64)| {
            let base = base.get(moment)?;
            Some(Paired { machine: moment.machine, ratio: own / base, log: own.ln() - base.ln() })
        };
        Estimate::of_pairs(&own.iter().filter_map(pair).collect::<Vec<_>>())
    }

    fn values(&self, kernel: &str, subject: &SubjectPlan) -> BTreeMap<Moment, f64> {
        let rounds = self.costs.get(subject.name.as_str()).into_iter().flatten();
        // The slope of a cheap kernel can fall below zero by noise: no cost, and no ratio to one.
        let values = rounds.filter_map(|(moment, costs)| Some((*moment, *costs.get(kernel)?)));
        values.filter(|(_, cost)| cost.is_finite() && *cost > 0.0).collect()
    }

    fn note(&self, row: &KernelResult, own: Option<&Kernel>, other: Option<&Kernel>) -> Option<String> {
        let subject = self.index.run.plan.subject(&row.subject)?;
        let missing = |kernel: Option<&Kernel>| kernel.and_then(|kernel| kernel.reason.clone());
        if let Some(reason) = withheld(self.index.run, subject) {
            return Some(reason);
        }
        let unread = |subject: &SubjectPlan| self.index.opcodes(subject).and_then(|opcodes| opcodes.kernels_reason.clone());
        if row.cost_ns.is_none() {
            return Some(missing(own).or_else(|| unread(subject)).unwrap_or_else(|| "not measured".to_owned()));
        }
        if let Some(reason) = unread(subject).filter(|_| own.is_none()) {
            return Some(format!("what a copy executes is not known: {reason}"));
        }
        if row.tax.is_none() {
            let reason = missing(other).map_or_else(String::new, |reason| format!(": {reason}"));
            return Some(format!("no cost in `{}` to compare with{reason}", row.baseline));
        }
        let form = |kernel: Option<&Kernel>| kernel.and_then(|kernel| kernel.form.clone()).unwrap_or_else(|| "another form".to_owned());
        (row.same_code == Some(false)).then(|| match (form(own), form(other)) {
            (own, other) if own != other => format!("runs {own}, `{}` {other}", row.baseline),
            _ => format!("a copy has other instructions around it than in `{}`", row.baseline),
        })
    }
}

fn same_code(own: &Kernel, other: &Kernel) -> Option<bool> {
    let known = own.form.is_some() && other.form.is_some();
    known.then(|| own.form == other.form && own.copy == other.copy)
}

/// Corrects all kernels' p-values together, and says how many there are.
fn judge(rows: &mut [KernelResult]) -> usize {
    let compared: Vec<&mut KernelResult> = rows.iter_mut().filter(|row| row.p_value.is_some()).collect();
    let adjusted = stats::holm(&compared.iter().filter_map(|row| row.p_value).collect::<Vec<_>>());
    let attainable = stats::holm(&compared.iter().map(|row| stats::smallest_p(row.rounds)).collect::<Vec<_>>());
    let comparisons = compared.len();
    for (row, (adjusted, attainable)) in compared.into_iter().zip(adjusted.into_iter().zip(attainable)) {
        let (Some(low), Some(high)) = (row.tax_low, row.tax_high) else { continue };
        let verdict = stats::verdict(Interval { low, high }, adjusted, attainable, row.noise_floor);
        row.p_adjusted = Some(adjusted);
        row.verdict = Some(verdict);
        if verdict == Verdict::Undecided {
            let lacking = lacking(row.rounds, comparisons);
            row.note = Some(row.note.take().map_or_else(|| lacking.clone(), |note| format!("{note}; {lacking}")));
        }
    }
    comparisons
}
