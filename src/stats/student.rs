//! Student's distribution, as far as an interval of 95 % needs it.
//!
//! Student, "The probable error of a mean", Biometrika 1908.

use statrs::function::beta::beta_reg;

/// The 97.5 % point of the normal distribution.
pub(super) const NORMAL: f64 = 1.959_963_984_540_054;

/// The 97.5 % point of Student's distribution with `freedom` degrees of freedom, at least one.
///
/// Beyond the table by its expansion around the normal one (Abramowitz & Stegun, "Handbook of mathematical functions", 26.7.5), which is off by less
/// than two hundred-thousandths there.
pub(super) fn student(freedom: usize) -> f64 {
    const KNOWN: [f64; 8] = [
        12.706_204_736_174_69,
        4.302_652_729_749_463,
        3.182_446_305_283_708,
        2.776_445_105_197_798,
        2.570_581_835_636_315,
        2.446_911_851_144_969,
        2.364_624_251_592_784,
        2.306_004_135_204_172,
    ];
    if let Some(known) = KNOWN.get(freedom.saturating_sub(1)) {
        return *known;
    }
    let (x, n) = (NORMAL, freedom as f64);
    let terms = [
        (x.powi(3) + x) / 4.0,
        (5.0 * x.powi(5) + 16.0 * x.powi(3) + 3.0 * x) / 96.0,
        (3.0 * x.powi(7) + 19.0 * x.powi(5) + 17.0 * x.powi(3) - 15.0 * x) / 384.0,
        (79.0 * x.powi(9) + 776.0 * x.powi(7) + 1482.0 * x.powi(5) - 1920.0 * x.powi(3) - 945.0 * x) / 92_160.0,
    ];
    x + terms.iter().zip(1..).map(|(term, power)| term / n.powi(power)).sum::<f64>()
}

/// The same for any number of degrees of freedom from one on, as the sum of several errors has.
pub(super) fn student_at(freedom: f64) -> f64 {
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
