//! The pictures of a report: self-contained SVG on its own white ground, each with a title and a description.

mod amortised;
mod axis;
mod looks;
mod opcodes;
mod panels;
mod ratios;
mod rounds;
mod study;
mod svg;
mod tradeoff;

use std::collections::BTreeSet;

pub(super) use svg::{embedded, in_page_colours};

use super::summary::Summary;
use crate::matrix::Benchmark;
use crate::run::Run;

/// File names (below `plots/`) with the text of each SVG. Always `ratios.svg`; `across.svg` with several groups; `tradeoff.svg` if a workload was timed; `effects.svg` and `ledger.svg`
/// of a study; `opcodes.svg` if kernels were measured; `amortised.svg` if it was planned; and one of every round's values for each benchmark.
pub fn plots(run: &Run, summary: &Summary) -> Vec<(String, String)> {
    let mut plots = vec![("ratios.svg".to_owned(), ratios::ratios(summary))];
    plots.extend(ratios::across(summary).map(|svg| ("across.svg".to_owned(), svg)));
    plots.extend(study::effects(summary).map(|svg| ("effects.svg".to_owned(), svg)));
    plots.extend(study::ledger(run, summary).map(|svg| ("ledger.svg".to_owned(), svg)));
    if summary.benchmarks.iter().any(|benchmark| benchmark.is(Benchmark::Amortised)) {
        plots.push(("amortised.svg".to_owned(), amortised::amortised(summary)));
    }
    plots.extend(tradeoff::tradeoff(run, summary).map(|svg| ("tradeoff.svg".to_owned(), svg)));
    plots.extend(opcodes::opcodes(run, summary).map(|svg| ("opcodes.svg".to_owned(), svg)));
    let mut taken = BTreeSet::new();
    // The sum over all kernels has no rounds worth showing.
    let timed = run.plan.benchmarks.iter().zip(&summary.benchmarks).filter(|(_, benchmark)| !benchmark.is_of_kernels());
    for (plan, benchmark) in timed {
        let name = rounds_file(&benchmark.name, benchmark.size);
        // Of two names that become one file name, the first keeps it.
        if taken.insert(name.clone()) {
            plots.push((name, rounds::rounds(run, summary, plan, benchmark)));
        }
    }
    plots
}

/// `rounds-dynamic-1000000.svg`: safe as a file name and in a link, whatever the benchmark is called.
pub(super) fn rounds_file(name: &str, size: Option<u64>) -> String {
    let slug: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).take(60).collect();
    match size {
        Some(size) => format!("rounds-{slug}-{size}.svg"),
        None => format!("rounds-{slug}.svg"),
    }
}
