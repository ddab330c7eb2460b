//! Estimates of several machines made one: a random-effects mean, with how far machines differ.
//!
//! Each machine has a true value of its own, since processors differ in caches, predictors and clocks; what is asked for is the middle of these, and
//! how far they lie apart. The variance between machines is Paule & Mandel's ("Consensus values and weighting factors", Journal of Research of the
//! National Bureau of Standards 1982), which asks nothing of the distribution and does best or close to it where there are few (Veroniki et al.,
//! "Methods to estimate the between-study variance", Research Synthesis Methods 2016). The interval is Hartung & Knapp's ("On tests of the overall
//! treatment effect in meta-analysis with normally distributed responses", Statistics in Medicine 2001; Sidik & Jonkman 2002), never narrower than
//! without their factor (Röver, Knapp & Friede, BMC Medical Research Methodology 2015, for few of unequal errors). With Paule and Mandel's variance the
//! factor is 1 by construction wherever machines differ, so that what is left of it is Student's distribution in place of the normal one: with two
//! machines 12.7 instead of 2.0.

use super::student::student;
use super::uncertain::LEAST_ERROR;
use super::{Interval, Uncertain, median, median_error};

/// One machine's estimate and its standard error; of ratios, both as logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    pub value: f64,
    pub error: f64,
}

impl Estimated {
    /// The median of a machine's rounds. Absent of none.
    pub fn of(rounds: &[f64]) -> Option<Self> {
        Some(Self { value: median(rounds)?, error: median_error(rounds)? })
    }
}

/// Many machines' as one, on the same scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pooled {
    pub value: f64,
    /// 95 %, of the middle of machines.
    pub interval: Interval,
    /// The standard error of the value, and its degrees of freedom.
    pub error: f64,
    pub freedom: usize,
    /// The standard deviation between machines, their own errors taken off.
    pub tau: f64,
    /// Where one more machine of their kind would lie, with 95 % (Higgins, Thompson & Spiegelhalter, "A re-evaluation of random-effects
    /// meta-analysis", JRSS A 2009). Two machines do not tell.
    pub prediction: Option<Interval>,
}

impl Pooled {
    pub fn uncertain(&self) -> Uncertain {
        Uncertain { value: self.value, error: self.error, freedom: self.freedom as f64 }
    }
}

/// Absent for fewer than two estimates, and where one is not a number.
pub fn pool(estimates: &[Estimated]) -> Option<Pooled> {
    let known = |estimate: &Estimated| estimate.value.is_finite() && estimate.error.is_finite();
    if estimates.len() < 2 || !estimates.iter().all(known) {
        return None;
    }
    let variance = between(estimates);
    let Weighted { mean, sum, squares, .. } = weighted(estimates, variance);
    let freedom = estimates.len() - 1;
    let factor = (squares / freedom as f64).max(1.0);
    let error = (factor / sum).sqrt();
    let around = |reach: f64| Interval { low: mean - reach, high: mean + reach };
    let prediction = (freedom > 1).then(|| around(student((freedom - 1) as f64) * (variance + error * error).sqrt()));
    Some(Pooled { value: mean, interval: around(student(freedom as f64) * error), error, freedom, tau: variance.sqrt(), prediction })
}

/// Several machines that all measured the same independent rebuilds: of each machine a row of values per rebuild, every row of a machine of the same
/// rounds. What is asked for is the mean over rebuilds, pooled; with one rebuild this is [`pool`] of the machines' medians.
///
/// A rebuild's luck is the same on every machine, so that more machines do not average it out: machines, with their rounds, and rebuilds each have an
/// error of their own, and the two add (crossed, not nested, as rounds and rebuilds are in [`super::rebuilds_interval`]). The rebuilds' is the
/// standard error of the mean of their pooled values. Absent for fewer than two machines, and where rows lack.
pub fn pool_rebuilds(machines: &[Vec<Vec<f64>>]) -> Option<Uncertain> {
    let rebuilds = machines.first()?.len();
    if machines.iter().any(|rows| rows.len() != rebuilds) {
        return None;
    }
    let over = |chosen: &dyn Fn(&Vec<Vec<f64>>) -> Vec<f64>| -> Option<Pooled> {
        pool(&machines.iter().map(|rows| Estimated::of(&chosen(rows))).collect::<Option<Vec<_>>>()?)
    };
    let mean = |rows: &Vec<Vec<f64>>| -> Vec<f64> {
        let rounds = rows.iter().map(Vec::len).min().unwrap_or(0);
        (0..rounds).map(|round| rows.iter().map(|row| row[round]).sum::<f64>() / rows.len() as f64).collect()
    };
    let whole = over(&mean)?.uncertain();
    if rebuilds < 2 {
        return Some(whole);
    }
    let own: Vec<f64> = (0..rebuilds).map(|at| Some(over(&|rows| rows[at].clone())?.value)).collect::<Option<_>>()?;
    let (count, freedom) = (rebuilds as f64, rebuilds as f64 - 1.0);
    let middle = own.iter().sum::<f64>() / count;
    let squares: f64 = own.iter().map(|value| (value - middle).powi(2)).sum();
    Uncertain::sum(&[(1.0, whole), (1.0, Uncertain { value: 0.0, error: (squares / (count * freedom)).sqrt(), freedom })])
}

/// The variance between machines for which the weighted squares are as many as they should be: one less than there are machines. None below zero.
///
/// Newton's steps from zero reach it from below, since the squares fall ever more slowly (DerSimonian & Kacker, "Random-effects model for
/// meta-analysis of clinical trials: an update", Contemporary Clinical Trials 2007).
fn between(estimates: &[Estimated]) -> f64 {
    let wanted = (estimates.len() - 1) as f64;
    let mut variance = 0.0;
    for _ in 0..1000 {
        let Weighted { squares, slope, .. } = weighted(estimates, variance);
        let step = (squares - wanted) / slope;
        if !step.is_finite() || step <= 1e-14 * variance {
            break;
        }
        variance += step;
    }
    variance
}

struct Weighted {
    mean: f64,
    /// Of the weights.
    sum: f64,
    /// The weighted squares of what each is off the mean.
    squares: f64,
    /// By how much these fall as the variance rises.
    slope: f64,
}

fn weighted(estimates: &[Estimated], variance: f64) -> Weighted {
    let weight = |estimate: &Estimated| 1.0 / (estimate.error.max(LEAST_ERROR).powi(2) + variance);
    let sum: f64 = estimates.iter().map(weight).sum();
    let mean = estimates.iter().map(|estimate| weight(estimate) * estimate.value).sum::<f64>() / sum;
    let square = |estimate: &Estimated| (estimate.value - mean).powi(2);
    Weighted {
        mean,
        sum,
        squares: estimates.iter().map(|estimate| weight(estimate) * square(estimate)).sum(),
        slope: estimates.iter().map(|estimate| weight(estimate).powi(2) * square(estimate)).sum(),
    }
}
