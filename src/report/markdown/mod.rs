//! `report.md`: the answer first, then the experiment's own tables, then all that a reader needs to doubt them.

mod across;
mod amortised;
mod benchmarks;
mod counters;
mod decision;
mod evidence;
mod machines;
mod method;
mod opcodes;
mod packs;
mod releases;
mod study;
pub(super) mod table;
mod verification;

use super::answer::answer;
use super::format;
use super::summary::Summary;
use crate::run::{Role, Run};
use table::{code, text};

/// The whole report. Names and reasons of unknown origin are escaped; nothing in the data can break a table.
pub fn markdown(run: &Run, summary: &Summary) -> String {
    let head = format!(
        "# {}\n\n{}\n\n{}{}{}",
        title(summary, text),
        answer(summary),
        measured(run, summary),
        findings(summary),
        pictures(summary)
    );
    let mut report = std::iter::once(head).chain(sections(run, summary)).collect::<Vec<_>>().join("\n");
    report.truncate(report.trim_end().len());
    report + "\n"
}

/// All that stands below the head, a part for each heading of the second level or more; none is empty.
pub(super) fn sections(run: &Run, summary: &Summary) -> impl Iterator<Item = String> {
    let sections = [
        decision::decision(run, summary),
        study::study(run, summary),
        benchmarks::experiment(summary),
        benchmarks::startup(summary),
        benchmarks::rest(summary),
        machines::machines(summary),
        packs::packs(run, summary),
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
    sections.into_iter().filter(|section| !section.is_empty())
}

/// How it was measured, in a paragraph, and what was measured beside the runners.
pub(super) fn measured(run: &Run, summary: &Summary) -> String {
    let measured = format!(
        "{}. {} measured rounds after {} warm-up rounds, every visit a fresh process, the subjects in shuffled order. \
         A ratio is the median, over rounds, of a subject's time by the baseline's in the same round; below 1 is faster than the baseline.\n",
        baselines(summary),
        summary.rounds,
        run.plan.warmup
    );
    measured + &guests(run)
}

/// What a reader should know before trusting the numbers; nothing where there is nothing.
fn findings(summary: &Summary) -> String {
    if summary.findings.is_empty() {
        return String::new();
    }
    format!("\nBefore you rely on it:\n\n{}", listed_findings(summary))
}

pub(super) fn listed_findings(summary: &Summary) -> String {
    summary.findings.iter().map(|finding| format!("- {}\n", text(&finding.text()))).collect()
}

/// The ratios at a glance.
pub(super) fn pictures(summary: &Summary) -> String {
    let mut pictures = "\n![Ratios to the baseline with their intervals](plots/ratios.svg)\n".to_owned();
    if let Some(reference) = &summary.reference {
        pictures += &format!("\n![Ratios across releases, relative to {}](plots/across.svg)\n", text(reference));
    }
    pictures
}

/// What the report is of; names as `written`.
pub(super) fn title(summary: &Summary, written: fn(&str) -> String) -> String {
    let of = |python: &str, release: &str| format!("Python {} of {}", written(python), written(release));
    let groups = match &summary.reference {
        None => of(&summary.python, &summary.release),
        Some(_) => summary.groups.iter().map(|group| of(&group.python, &group.release)).collect::<Vec<_>>().join(", "),
    };
    format!("The tax of a libpython: {groups}")
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
