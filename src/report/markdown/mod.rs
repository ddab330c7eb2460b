//! `report.md`: the answer first, then the experiment's own tables, then all that a reader needs to doubt them.

mod benchmarks;
mod evidence;
mod method;
mod table;
mod verification;

use super::answer::answer;
use super::format;
use super::summary::Summary;
use crate::run::Run;
use table::{code, text};

/// The whole report. Names and reasons of unknown origin are escaped; nothing in the data can break a table.
pub fn markdown(run: &Run, summary: &Summary) -> String {
    let sections = [
        head(run, summary),
        benchmarks::experiment(summary),
        benchmarks::startup(summary),
        benchmarks::rest(summary),
        verification::verification(summary),
        verification::failures(summary),
        evidence::what_differs(run, summary),
        method::environment(run),
        method::reading(summary),
        method::reproduce(run),
    ];
    let mut report = sections.into_iter().filter(|section| !section.is_empty()).collect::<Vec<_>>().join("\n");
    report.truncate(report.trim_end().len());
    report + "\n"
}

fn head(run: &Run, summary: &Summary) -> String {
    let mut head =
        format!("# The tax of a libpython: Python {} of {}\n\n{}\n\n", text(&summary.python), text(&summary.release), answer(summary));
    head += &format!(
        "Baseline: {}. {} measured rounds after {} warm-up rounds, every visit a fresh process, the subjects in shuffled order. \
         A ratio is the median, over rounds, of a subject's time by the baseline's in the same round; below 1 is faster than the baseline.\n",
        code(&summary.baseline),
        summary.rounds,
        run.plan.warmup
    );
    if !summary.findings.is_empty() {
        head += "\nBefore you rely on it:\n\n";
        for finding in &summary.findings {
            head += &format!("- {}\n", text(&finding.text()));
        }
    }
    head += "\n![Ratios to the baseline with their intervals](plots/ratios.svg)\n";
    head
}

/// `dynamic, M = 1,000,000`, escaped.
fn label(name: &str, size: Option<u64>) -> String {
    text(&format::benchmark(name, size))
}
