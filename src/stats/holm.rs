//! Correction of p-values for the number of comparisons.

/// Adjusted p-values, in the order given: at a level of 0.05, the probability that *any* of the run's claims is a
/// false alarm is at most 5 %, however the comparisons depend on each other.
///
/// Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 1979. Never
/// weaker than Bonferroni's, and unlike Hochberg's it asks nothing of the dependence: all subjects share a baseline.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, &index) in order.iter().enumerate() {
        let remaining = (p_values.len() - rank) as f64;
        largest = largest.max((p_values[index] * remaining).min(1.0));
        adjusted[index] = largest;
    }
    adjusted
}
