//! The median, and the ratio of two times of one round.

/// The middle value, or the mean of the two middle ones. Absent for no values.
///
/// The median rather than the mean, since a visit's time has a hard lower limit and a long tail of
/// disturbances: Georges, Buytaert & Eeckhout, "Statistically rigorous Java performance evaluation", OOPSLA 2007.
pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    Some(f64::midpoint(sorted[(sorted.len() - 1) / 2], upper))
}

/// A subject's time over the baseline's of the same round; absent where either is zero, which no clock measured.
///
/// Within a round both met the same machine, minutes apart at most; what drifts more slowly cancels
/// (Kalibera & Jones, "Rigorous benchmarking in reasonable time", ISMM 2013).
pub fn ratio(subject_ns: u64, baseline_ns: u64) -> Option<f64> {
    (subject_ns > 0 && baseline_ns > 0).then(|| subject_ns as f64 / baseline_ns as f64)
}

/// The natural logarithm of [`ratio`]; exactly antisymmetric, so that exchanging the two changes the sign alone.
pub fn log_ratio(subject_ns: u64, baseline_ns: u64) -> Option<f64> {
    (subject_ns > 0 && baseline_ns > 0).then(|| (subject_ns as f64).ln() - (baseline_ns as f64).ln())
}

/// The only mean under which it does not matter which of two subjects ratios are relative to (Fleming and Wallace, "How Not to Lie with Statistics: The
/// Correct Way to Summarize Benchmark Results", CACM 29(3), 1986). `None` of nothing, and where one is not positive.
pub fn geometric_mean(ratios: &[f64]) -> Option<f64> {
    let all_positive = !ratios.is_empty() && ratios.iter().all(|&ratio| ratio > 0.0);
    all_positive.then(|| (ratios.iter().map(|ratio| ratio.ln()).sum::<f64>() / ratios.len() as f64).exp())
}
