//! Estimates with errors of their own, and sums of them: intervals by Welch and Satterthwaite.
//!
//! Welch, "The generalization of 'Student's' problem when several different population variances are involved", Biometrika 1947; Satterthwaite, "An
//! approximate distribution of estimates of variance components", Biometrics Bulletin 1946.

use super::Interval;
use super::student::student;

/// No clock tells times better than to a millionth: all rounds equal is no infinite weight.
pub(super) const LEAST_ERROR: f64 = 1e-6;

/// A value, its standard error, and of how many degrees of freedom that error is known; of ratios, as logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uncertain {
    pub value: f64,
    pub error: f64,
    /// At least one.
    pub freedom: f64,
}

impl Uncertain {
    /// The sum of independent ones, each times its weight. Absent of none, and where one is not a number.
    pub fn sum(parts: &[(f64, Self)]) -> Option<Self> {
        let variance = |(weight, part): &(f64, Self)| (weight * part.error.max(LEAST_ERROR)).powi(2);
        let total: f64 = parts.iter().map(variance).sum();
        let freedom = total.powi(2) / parts.iter().map(|part| variance(part).powi(2) / part.1.freedom).sum::<f64>();
        let value: f64 = parts.iter().map(|(weight, part)| weight * part.value).sum();
        (value.is_finite() && freedom.is_finite()).then_some(Self { value, error: total.sqrt(), freedom })
    }

    /// 95 %.
    pub fn interval(&self) -> Interval {
        let reach = student(self.freedom) * self.error;
        Interval { low: self.value - reach, high: self.value + reach }
    }
}
