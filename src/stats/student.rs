//! Student's distribution, as far as an interval of 95 % needs it.
//!
//! Student, "The probable error of a mean", Biometrika 1908.

use statrs::function::beta::beta_reg;

/// The 97.5 % point of the normal distribution.
pub(super) const NORMAL: f64 = 1.959_963_984_540_054;

/// The 97.5 % point of Student's distribution; of any number of degrees of freedom from one on, as the sum of several errors has.
pub(super) fn student(freedom: f64) -> f64 {
    // Beyond, it is the normal distribution's to six digits.
    let freedom = freedom.clamp(1.0, 1e6);
    let (mut low, mut high) = (NORMAL, 13.0);
    loop {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            return high;
        }
        if beyond(middle * middle, freedom) > 1.0 - super::CONFIDENCE { low = middle } else { high = middle }
    }
}

/// The probability that the square of a value of Student's distribution is at least that (Abramowitz & Stegun, 26.5.27 and 26.7.1).
pub(super) fn beyond(square: f64, freedom: f64) -> f64 {
    beta_reg(freedom / 2.0, 0.5, freedom / (freedom + square))
}
