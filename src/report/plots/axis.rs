//! From numbers to places: linear axes with round ticks.

use super::svg::{Anchor, FAINT, GRID, Sheet};

/// A linear axis from `low` to `high` over the pixels `from` to `to`.
pub(super) struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    /// Covers all of `values` with a margin; something sensible if there are none.
    pub(super) fn over(values: impl IntoIterator<Item = f64>, from: f64, to: f64) -> Self {
        let finite = values.into_iter().filter(|value| value.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low <= high { (low, high) } else { (0.0, 1.0) };
        let margin = if high > low { (high - low) * 0.06 } else { (high.abs() * 0.05).max(1e-6) };
        Self { low: low - margin, high: high + margin, from, to }
    }

    pub(super) fn place(&self, value: f64) -> f64 {
        self.from + (value.clamp(self.low, self.high) - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    /// About `wanted` round numbers within the axis, and how many digits each needs.
    pub(super) fn ticks(&self, wanted: usize) -> (Vec<f64>, usize) {
        let raw = (self.high - self.low) / wanted.max(1) as f64;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|&step| step >= raw * 0.999).unwrap_or(raw);
        let digits = (-step.log10().floor()).max(0.0) as usize;
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step).floor() as i64;
        ((first..=last).map(|index| index as f64 * step).collect(), digits)
    }

    /// Vertical grid lines between `top` and `bottom`, each with its number below.
    pub(super) fn draw_below(&self, sheet: &mut Sheet, wanted: usize, top: f64, bottom: f64) {
        let (ticks, digits) = self.ticks(wanted);
        for tick in ticks {
            let x = self.place(tick);
            sheet.line((x, top), (x, bottom), GRID, 1.0);
            sheet.text((x, bottom + 14.0), Anchor::Middle, 10.0, FAINT, &format!("{tick:.digits$}"));
        }
    }

    /// Horizontal grid lines between `left` and `right`, each with its number on the left.
    pub(super) fn draw_left(&self, sheet: &mut Sheet, wanted: usize, left: f64, right: f64) {
        let (ticks, digits) = self.ticks(wanted);
        for tick in ticks {
            let y = self.place(tick);
            sheet.line((left, y), (right, y), GRID, 1.0);
            sheet.text((left - 8.0, y + 3.5), Anchor::End, 10.0, FAINT, &format!("{tick:.digits$}"));
        }
    }
}
