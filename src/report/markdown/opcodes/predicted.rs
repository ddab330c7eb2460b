//! Predicted and measured, and what is left unexplained.

use super::super::label;
use super::super::table::{Table, code, text};
use super::heading;
use crate::report::format;
use crate::report::opcodes::{OpcodeSummary, Prediction};
use crate::report::sections::sections;
use crate::report::summary::Summary;

/// Nothing where no kernel has a cost, or no benchmark a histogram.
pub(super) fn predicted(summary: &Summary, opcodes: &OpcodeSummary) -> String {
    if opcodes.predictions.is_empty() {
        return String::new();
    }
    let mut section = "## Predicted and measured\n\nA benchmark's histogram times what each form costs by the kernels, in the subject and in the baseline: the \
                       ratio that the benchmark would have if it paid for its bytecode what the kernels pay. *Unexplained* is the measured ratio by the \
                       predicted, formed within rounds: above 1, the benchmark pays for something that the kernels do not show (memory, caches, what its \
                       instructions call); around 1, the opcodes' taxes explain it. *Covered* is the share of executed instructions whose cost is known.\n"
        .to_owned();
    for part in sections(summary) {
        let rows: Vec<&Prediction> = opcodes.predictions.iter().filter(|row| part.holds(&row.subject)).collect();
        if rows.is_empty() {
            continue;
        }
        let mut table = Table::new(&["benchmark", "subject", ">predicted", ">measured", ">unexplained", ">covered", ">rounds", "remark"]);
        for row in rows {
            table.row(&[
                label(&row.benchmark, row.size),
                code(part.short(&row.subject)),
                figures(row.predicted, row.predicted_low, row.predicted_high),
                figures(row.measured, row.measured_low, row.measured_high),
                figures(row.unexplained, row.unexplained_low, row.unexplained_high),
                row.covered.map_or_else(|| "–".to_owned(), format::percent),
                row.rounds.to_string(),
                text(row.note.as_deref().unwrap_or_default()),
            ]);
        }
        section += &format!("{}\n{}", heading(part), table.finish());
    }
    section
}

/// `1.290 (1.270 to 1.310)`
fn figures(value: Option<f64>, low: Option<f64>, high: Option<f64>) -> String {
    match (value, low, high) {
        (Some(value), Some(low), Some(high)) => format!("{} ({} to {})", format::ratio(value), format::ratio(low), format::ratio(high)),
        (Some(value), ..) => format::ratio(value),
        _ => "–".to_owned(),
    }
}
