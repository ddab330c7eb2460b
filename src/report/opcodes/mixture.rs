//! A benchmark as a mixture of kernels: what each form costs follows from what copies cost, and with it what weight each kernel has in a step.

use std::collections::{BTreeMap, BTreeSet};

use crate::run::Kernel;
use crate::stats::{self, NonNegative};

/// Executions per step, by form.
pub(super) type Histogram<'a> = BTreeMap<&'a str, f64>;

/// How strongly a form's cost is drawn to nothing, in units of the mean cost of an instruction. So weak that it moves no cost that the kernels tell
/// (a form of twenty times the mean by 0.04 %); among forms that no kernel has without each other it makes an even split.
const DRAWN: f64 = 1e-3;

/// Errors count relative to a kernel's cost, since a slope's noise and what additivity overlooks grow with it; but kernels of next to no cost must not
/// count for more than all others: below this share of the middle kernel's cost they count as if they cost that.
const LEAST: f64 = 0.1;

pub(super) struct Mixture<'a> {
    kernels: Vec<&'a str>,
    scales: Vec<f64>,
    forms: Vec<&'a str>,
    /// The mean cost of an instruction, ns: the unit of `solution`.
    mean: f64,
    problem: NonNegative,
    /// What each form costs.
    solution: Vec<f64>,
}

impl<'a> Mixture<'a> {
    /// Of kernels with what a copy of each costs, ns. Nothing where these cost nothing.
    pub(super) fn of(kernels: &[(&'a Kernel, f64)]) -> Option<Self> {
        let run: Vec<(&Kernel, f64)> = kernels.iter().copied().filter(|(kernel, _)| instructions(kernel) > 0.0).collect();
        let forms: BTreeSet<&str> = run.iter().flat_map(|(kernel, _)| &kernel.copy).map(|(form, _)| form.as_str()).collect();
        let forms: Vec<&str> = forms.into_iter().collect();
        let costs: Vec<f64> = run.iter().map(|(_, cost)| *cost).collect();
        let mean = costs.iter().map(|cost| cost.max(0.0)).sum::<f64>() / run.iter().map(|(kernel, _)| instructions(kernel)).sum::<f64>();
        let middle = stats::median(&costs)?;
        if !(mean > 0.0 && middle > 0.0) {
            return None;
        }
        let scales: Vec<f64> = costs.iter().map(|cost| cost.max(LEAST * middle)).collect();
        let copies = run.iter().zip(&scales).map(|((kernel, _), scale)| {
            forms.iter().map(|form| f64::from(kernel.copy.get(*form).copied().unwrap_or(0)) * mean / scale).collect::<Vec<_>>()
        });
        let drawn = (0..forms.len()).map(|at| (0..forms.len()).map(|other| if at == other { DRAWN } else { 0.0 }).collect::<Vec<_>>());
        let problem = NonNegative::of(copies.chain(drawn).collect(), forms.len());
        let values: Vec<f64> = costs.iter().zip(&scales).map(|(cost, scale)| cost / scale).chain(forms.iter().map(|_| 0.0)).collect();
        let solution = problem.solve(&values);
        Some(Self { kernels: run.iter().map(|(kernel, _)| kernel.name.as_str()).collect(), scales, forms, mean, problem, solution })
    }

    /// The share of executed instructions whose form a kernel has.
    pub(super) fn covered(&self, histogram: &Histogram<'_>) -> f64 {
        let known = histogram.iter().filter(|(form, _)| self.forms.binary_search(form).is_ok());
        known.map(|(_, count)| count).sum::<f64>() / histogram.values().sum::<f64>()
    }

    /// How many copies of each kernel a step amounts to: those that give the forms their costs. Some are negative, where one kernel is taken from
    /// another to tell what is left.
    pub(super) fn weights(&self, histogram: &Histogram<'_>) -> Vec<(&'a str, f64)> {
        let counts: Vec<f64> = self.forms.iter().map(|form| histogram.get(form).copied().unwrap_or(0.0)).collect();
        let weights = self.problem.weights(&self.solution, &counts);
        let per_copy = |((kernel, scale), weight): ((&&'a str, &f64), &f64)| (*kernel, weight * self.mean / scale);
        self.kernels.iter().zip(&self.scales).zip(&weights).map(per_copy).collect()
    }
}

fn instructions(kernel: &Kernel) -> f64 {
    kernel.copy.values().map(|count| f64::from(*count)).sum()
}

/// What a step costs if copies cost that; nothing where a kernel that has a weight has no cost.
pub(super) fn step(weights: &[(&str, f64)], costs: &BTreeMap<String, f64>) -> Option<f64> {
    let terms = weights.iter().filter(|(_, weight)| *weight != 0.0);
    terms.map(|(kernel, weight)| Some(weight * costs.get(*kernel).filter(|cost| cost.is_finite())?)).sum()
}
