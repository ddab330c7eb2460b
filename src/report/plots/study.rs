//! `effects.svg` and `ledger.svg`: what each factor costs with the others held equal, and the way from the first build to the last.

use super::panels::{LABELS, Part, Picture, Row, room};
use crate::report::study::{Effect, contrast, headlines, is_study, step_name, words};
use crate::report::summary::{BenchmarkSummary, Summary};
use crate::run::{Contrast, Run};

/// Nothing where there is no study.
pub(super) fn effects(summary: &Summary) -> Option<String> {
    let picture = Picture {
        headline: "What each choice costs, all others held equal",
        title: "Effects of code model, linkage, interposition, PGO and LTO, with 95 % intervals",
        meaning: "Mark: mean ratio over matched pairs, median over rounds. Whisker: 95 % interval. Shaded: noise floor (A/A). \
                  Left of 1: faster with it. Scales differ.",
        labels: LABELS,
        notes: Vec::new(),
    };
    is_study(summary).then(|| picture.draw(&summary.benchmarks, |benchmark| effect_parts(summary, benchmark)))
}

/// A part for each group that has a study.
fn effect_parts<'a>(summary: &'a Summary, benchmark: &BenchmarkSummary) -> Vec<Part<'a>> {
    let of_benchmark = summary.effects.iter().filter(|effect| effect.benchmark == benchmark.name && effect.size == benchmark.size);
    let effects: Vec<&'a Effect> = of_benchmark.collect();
    let part = |effects: &[&'a Effect]| Part {
        heading: effects.first().and_then(|effect| effect.group.as_deref()).filter(|_| summary.reference.is_some()),
        rows: effects.iter().copied().filter_map(effect_row).collect(),
    };
    effects.chunk_by(|a, b| a.group == b.group).map(part).collect()
}

fn effect_row(effect: &Effect) -> Option<Row<'_>> {
    let contrast = contrast(effect.factor, &effect.from, &effect.to)?;
    Some(Row {
        subject: words(contrast).short,
        label: words(contrast).short,
        index: Contrast::ALL.iter().position(|other| *other == contrast),
        faint: false,
        since: None,
        ratio: effect.ratio,
        low: effect.ratio_low,
        high: effect.ratio_high,
        verdict: effect.verdict,
        note: effect.note.as_deref(),
        mark: String::new(),
    })
}

/// Nothing where there is no ledger.
pub(super) fn ledger(run: &Run, summary: &Summary) -> Option<String> {
    let first = summary.ledger.first()?;
    let headline = format!("Ledger: time relative to {}, one factor at a time", first.from);
    let picture = Picture {
        headline: if summary.reference.is_some() { "Ledger: time relative to the first build, one factor at a time" } else { &headline },
        title: "Ledger from the first build to the last, with 95 % intervals",
        meaning: "Mark: ratio to the first build after this step and all before it. Whisker: 95 % interval. Shaded: noise floor (A/A). \
                  Bar: the step, which alone the sign judges.",
        labels: room(first.steps.iter().map(|step| step_name(step.factor, &step.from, &step.to))),
        notes: Vec::new(),
    };
    Some(picture.draw(headlines(run, summary), |benchmark| ledger_parts(summary, benchmark)))
}

fn ledger_parts<'a>(summary: &'a Summary, benchmark: &BenchmarkSummary) -> Vec<Part<'a>> {
    let of_benchmark = summary.ledger.iter().filter(|ledger| ledger.benchmark == benchmark.name && ledger.size == benchmark.size);
    let part = |ledger: &'a crate::report::Ledger| {
        let row = |(index, step): (usize, &'a crate::report::LedgerStep)| Row {
            subject: &step.build,
            label: step_name(step.factor, &step.from, &step.to),
            index: Some(index),
            faint: false,
            since: Some(index.checked_sub(1).map_or(1.0, |before| ledger.steps[before].so_far.value)),
            ratio: Some(step.so_far.value),
            low: Some(step.so_far.low),
            high: Some(step.so_far.high),
            verdict: step.figures.verdict,
            note: None,
            mark: String::new(),
        };
        Part {
            heading: ledger.group.as_deref().filter(|_| summary.reference.is_some()),
            rows: ledger.steps.iter().enumerate().map(row).collect(),
        }
    };
    of_benchmark.map(part).collect()
}
