//! From what copies of kernels cost to what each form costs: a copy is a mixture of instructions, and many mixtures tell them apart.

use std::collections::{BTreeMap, BTreeSet};

use super::census::Rounds;
use crate::run::Kernel;
use crate::stats::{self, NonNegative};

/// How strongly a form is drawn towards the mean cost of an instruction. So weak that it moves no cost that the kernels tell (a form of twenty
/// times the mean by 0.04 %); of forms that no kernel has without the other it makes an even split, the same in every subject.
const TOWARDS_MEAN: f64 = 1e-3;

/// Errors count relative to a kernel's cost, since a slope's noise and what additivity overlooks grow with it; but kernels of next to no cost
/// must not count for more than all others: below this share of the middle kernel's cost, they count as if they cost that.
const LEAST: f64 = 0.1;

/// What each form costs in one subject, by round, ns.
pub(super) struct Costs<'a> {
    pub(super) forms: Vec<&'a str>,
    pub(super) rounds: BTreeMap<u32, Vec<f64>>,
}

impl<'a> Costs<'a> {
    /// Of the kernels that ran in more than half of the rounds, in the rounds that have all of these. Nothing where there is none.
    pub(super) fn of(kernels: &'a [Kernel], rounds: &Rounds<'_>) -> Option<Self> {
        let value = |costs: &BTreeMap<String, f64>, kernel: &Kernel| costs.get(&kernel.name).copied().filter(|cost| cost.is_finite());
        let values = |kernel: &Kernel| -> Vec<f64> { rounds.values().filter_map(|costs| value(costs, kernel)).collect() };
        let ran = kernels.iter().filter(|kernel| kernel.form.is_some() && kernel.copy.values().any(|count| *count > 0));
        let used: Vec<(&Kernel, f64)> = ran
            .filter_map(|kernel| {
                let values = values(kernel);
                Some((kernel, stats::median(&values).filter(|_| 2 * values.len() > rounds.len())?))
            })
            .collect();
        let forms: Vec<&str> = used
            .iter()
            .flat_map(|(kernel, _)| kernel.copy.iter())
            .filter(|(_, count)| **count > 0)
            .map(|(form, _)| form.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let instructions: f64 = used.iter().flat_map(|(kernel, _)| kernel.copy.values()).map(|count| f64::from(*count)).sum();
        let mean = used.iter().map(|(_, cost)| cost.max(0.0)).sum::<f64>() / instructions;
        let middle = stats::median(&used.iter().map(|(_, cost)| *cost).collect::<Vec<_>>())?;
        if !(mean > 0.0 && middle > 0.0) {
            return None;
        }
        let scales: Vec<f64> = used.iter().map(|(_, cost)| cost.max(LEAST * middle)).collect();
        // In units of the mean cost, so that all numbers are of like size.
        let copies = used.iter().zip(&scales).map(|((kernel, _), scale)| {
            forms.iter().map(|form| f64::from(kernel.copy.get(*form).copied().unwrap_or(0)) * mean / scale).collect::<Vec<_>>()
        });
        let drawn =
            (0..forms.len()).map(|at| (0..forms.len()).map(|other| if at == other { TOWARDS_MEAN } else { 0.0 }).collect::<Vec<_>>());
        let problem = NonNegative::of(copies.chain(drawn).collect(), forms.len());
        let solved = rounds.iter().filter_map(|(round, costs)| {
            let own: Option<Vec<f64>> = used.iter().zip(&scales).map(|((kernel, _), scale)| Some(value(costs, kernel)? / scale)).collect();
            let values: Vec<f64> = own?.into_iter().chain(forms.iter().map(|_| TOWARDS_MEAN)).collect();
            Some((*round, problem.solve(&values).into_iter().map(|cost| cost * mean).collect()))
        });
        let rounds = solved.collect();
        Some(Self { forms, rounds })
    }

    /// What a step of a benchmark costs in that round, of the forms that are `wanted` alone.
    pub(super) fn of_step(&self, round: u32, histogram: &BTreeMap<&str, f64>, wanted: impl Fn(&str) -> bool) -> Option<f64> {
        let costs = self.rounds.get(&round)?;
        let known = self.forms.iter().zip(costs).filter(|(form, _)| wanted(form));
        Some(known.map(|(form, cost)| histogram.get(*form).copied().unwrap_or(0.0) * cost).sum())
    }
}
