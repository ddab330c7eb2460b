//! What counted instructions, over what, and the counts that the tables above have no room for.

use super::label;
use super::table::{Table, code, text};
use crate::report::format;
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::{Clock, Counting};

/// Nothing in runs of older surtaxes, which did not ask.
pub(super) fn counters(summary: &Summary) -> String {
    let Some(counters) = &summary.counters else { return String::new() };
    let how = match counters.how {
        Counting::None => {
            let reason = counters.reason.as_deref().unwrap_or("no reason was recorded");
            return format!(
                "## Instructions\n\nn/a: {}. `--counters callgrind` counts instructions without the processor's help.\n",
                text(reason)
            );
        }
        Counting::Perf => {
            "By the processor's counters (`perf_event_open`), in user space, in every measured visit, over its whole processes: start and end of \
             the interpreter are in every count. Medians over rounds; a ratio is the median of the ratios within rounds. A count that had to \
             share its register with another is left out."
        }
        Counting::Callgrind => {
            "By callgrind, in one visit per subject after all measured ones, with a hash seed of its own. Of what is timed inside the interpreter, \
             the workload alone is counted, at a size that takes about a second; of other benchmarks the whole processes. A count \
             says what is executed, not how long it takes: misses of caches and branches, where sharing and PIC cost too, are not in it."
        }
    };
    let mut section = format!("## Instructions\n\n{how}\n");
    let lines: Vec<String> = summary.benchmarks.iter().filter_map(|benchmark| line(benchmark, counters.how)).collect();
    if !lines.is_empty() {
        section += &format!("\n{}", lines.concat());
    }
    if counters.how == Counting::Perf {
        section += &events(summary);
    }
    section
}

/// What of a benchmark was counted, where that is not what was timed, or why nothing was.
fn line(benchmark: &BenchmarkSummary, how: Counting) -> Option<String> {
    let counted = benchmark.counted.as_ref()?;
    let label = label(&benchmark.name, benchmark.size);
    if let Some(reason) = &counted.reason {
        return Some(format!("- {label}: n/a, {}\n", text(reason)));
    }
    match (how, counted.size, benchmark.clock) {
        (Counting::Callgrind, Some(size), _) if counted.size != benchmark.size => Some(format!(
            "- {label}: counted at {} = {}\n",
            if benchmark.clock == Clock::InProcess { "M" } else { "size" },
            format::count(size)
        )),
        _ => None,
    }
}

/// Columns of events that some row has.
fn events(summary: &Summary) -> String {
    type Count = fn(&SubjectResult) -> Option<u64>;
    let all: [(&str, Count); 4] = [
        (">instructions", |row| row.instructions),
        (">cycles", |row| row.cycles),
        (">branch misses", |row| row.branch_misses),
        (">instruction cache misses", |row| row.instruction_cache_misses),
    ];
    let rows = || summary.benchmarks.iter().flat_map(|benchmark| benchmark.results.iter().map(move |row| (benchmark, row)));
    if !rows().any(|(_, row)| all.iter().any(|(_, count)| count(row).is_some())) {
        return String::new();
    }
    let mut table = Table::new(&[&["benchmark", "subject"][..], &all.map(|(name, _)| name)].concat());
    for (benchmark, row) in rows() {
        let mut cells = vec![label(&benchmark.name, benchmark.size), code(&row.subject)];
        cells.extend(all.iter().map(|(_, count)| count(row).map_or_else(|| "n/a".to_owned(), format::count)));
        table.row(&cells);
    }
    format!("\n{}", table.finish())
}
