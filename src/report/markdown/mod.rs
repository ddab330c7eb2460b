//! `report.md`: the answer first, then the experiment's own tables, then all that a reader needs to doubt them.

mod across;
mod amortised;
mod benchmarks;
mod counters;
mod evidence;
mod machines;
mod method;
mod opcodes;
mod releases;
mod study;
mod table;
mod verification;

use super::answer::answer;
use super::format;
use super::summary::Summary;
use crate::run::{Role, Run};
use table::{code, text};

/// The whole report. Names and reasons of unknown origin are escaped; nothing in the data can break a table.
pub fn markdown(run: &Run, summary: &Summary) -> String {
    let sections = [
        head(run, summary),
        study::study(run, summary),
        benchmarks::experiment(summary),
        benchmarks::startup(summary),
        benchmarks::rest(summary),
        machines::machines(summary),
        counters::counters(summary),
        opcodes::opcodes(run, summary),
        verification::verification(summary),
        verification::failures(summary),
        releases::what_differs(run, summary),
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
    let mut head = format!("# The tax of a libpython: {}\n\n{}\n\n", title(summary), answer(summary));
    head += &format!(
        "{}. {} measured rounds after {} warm-up rounds, every visit a fresh process, the subjects in shuffled order. \
         A ratio is the median, over rounds, of a subject's time by the baseline's in the same round; below 1 is faster than the baseline.\n",
        baselines(summary),
        summary.rounds,
        run.plan.warmup
    );
    head += &guests(run);
    if !summary.findings.is_empty() {
        head += "\nBefore you rely on it:\n\n";
        for finding in &summary.findings {
            head += &format!("- {}\n", text(&finding.text()));
        }
    }
    head += "\n![Ratios to the baseline with their intervals](plots/ratios.svg)\n";
    if let Some(reference) = &summary.reference {
        head += &format!("\n![Ratios across releases, relative to {}](plots/across.svg)\n", text(reference));
    }
    head
}

fn title(summary: &Summary) -> String {
    let of = |python: &str, release: &str| format!("Python {} of {}", text(python), text(release));
    match &summary.reference {
        None => of(&summary.python, &summary.release),
        Some(_) => summary.groups.iter().map(|group| of(&group.python, &group.release)).collect::<Vec<_>>().join(", "),
    }
}

fn baselines(summary: &Summary) -> String {
    let Some(reference) = &summary.reference else { return format!("Baseline: {}", code(&summary.baseline)) };
    let own: Vec<String> = summary.groups.iter().map(|group| code(&group.baseline)).collect();
    format!(
        "Baselines: each subject's is the stock python3 of its own group ({}); across releases it is {}",
        own.join(", "),
        code(reference)
    )
}

fn guests(run: &Run) -> String {
    let guests = run.plan.subjects.iter().filter(|subject| subject.role == Role::Guest);
    let guests: Vec<String> = guests.map(|guest| format!("{} ({})", code(&guest.name), text(&guest.description))).collect();
    if guests.is_empty() {
        return String::new();
    }
    format!("\nMeasured beside the runners, as the python that it is and nothing to embed: {}.\n", guests.join(", "))
}

/// `dynamic, M = 1,000,000`, escaped.
fn label(name: &str, size: Option<u64>) -> String {
    text(&format::benchmark(name, size))
}
