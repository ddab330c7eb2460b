//! What differs between the subjects beside the thing under study: what was read out of their binaries.

use super::table::{Table, WRITING, code, text};
use crate::report::confounds::{self, Footnote};
use crate::report::format;
use crate::report::sections::{Section, sections};
use crate::report::summary::{Bearing, BenchmarkSummary, Difference, PremiseVerdict, Property, Summary};
use crate::run::{Answer, Clock, Role, Run};

pub(super) fn what_differs(run: &Run, summary: &Summary) -> String {
    let mut section = "## What differs\n\nRead out of the binaries, not taken from what a distribution says of them.\n\n".to_owned();
    if run.audit.subjects.is_empty() {
        return section
            + "The run has no audit: nothing is known of how its libpythons were built, and no ratio can be put down to one cause.\n";
    }
    section += &premises(run, summary);
    section += &format!("\n{}", table(run));
    section += &confounds(summary);
    section
}

fn table(run: &Run) -> String {
    let mut table = Table::new(&[
        "subject",
        "file",
        "PGO",
        "LTO",
        "code model",
        ">.hot sections",
        ">.cold symbols",
        ">absolute relocations",
        ">GOT loads",
        ">HACL missing",
    ]);
    let number = |count: Option<u64>| count.map_or("–".to_owned(), format::count);
    for audit in &run.audit.subjects {
        let file = audit.file.file_name().map_or_else(|| audit.file.to_string_lossy(), |name| name.to_string_lossy());
        table.row(&[
            code(&audit.subject),
            code(&file),
            audit.pgo.as_str().to_owned(),
            audit.lto.as_str().to_owned(),
            text(&audit.code_model),
            number(audit.hot_sections),
            number(audit.cold_symbols),
            number(audit.absolute_relocations),
            number(audit.got_loads),
            audit.hacl_missing.len().to_string(),
        ]);
    }
    table.finish()
}

fn premises(run: &Run, summary: &Summary) -> String {
    let claim = "The published experiment takes its three libpythons to be of the same source, with the same PGO and the same LTO, so that only `-fPIC` differs.";
    let verdicts: Vec<String> = sections(summary).into_iter().map(|part| premise(run, part)).collect();
    format!("{claim} {}\n", verdicts.join(" "))
}

fn premise(run: &Run, part: Section<'_>) -> String {
    let premise = part.premise();
    let these = part.group.map_or("these runners".to_owned(), |group| format!("the runners of {}", code(&group.name)));
    match premise.verdict {
        PremiseVerdict::Holds => format!("**For {these} that holds**: their PGO and their LTO are alike."),
        PremiseVerdict::NotShown => {
            format!("**For {these} that is not shown**: nothing contradicts it, yet the evidence does not cover every one.")
        }
        PremiseVerdict::DoesNotHold => {
            let parts = [("PGO", premise.same_pgo, Property::Pgo), ("LTO", premise.same_lto, Property::Lto)];
            let differing =
                parts.iter().filter(|property| property.1 == Answer::No).map(|property| split(run, part, property.0, property.2));
            format!(
                "**For {these} that does not hold**: {}. A ratio between the two kinds is the cost of all their differences together.",
                differing.collect::<Vec<_>>().join("; ")
            )
        }
    }
}

/// ``with PGO `static-nonpic`, without `static-pic`, `shared` ``
fn split(run: &Run, part: Section<'_>, word: &str, property: Property) -> String {
    let is = |wanted| {
        let runners = run.plan.subjects.iter().filter(|subject| subject.role == Role::Runner && part.holds(&subject.name));
        let audits = runners.filter_map(|subject| run.audit.of(&subject.name));
        let answer = |audit: &crate::run::SubjectAudit| if property == Property::Pgo { audit.pgo } else { audit.lto };
        audits.filter(|audit| answer(audit) == wanted).map(|audit| code(&audit.subject)).collect::<Vec<_>>().join(", ")
    };
    let unknown = is(Answer::Unknown);
    let rest = if unknown.is_empty() { String::new() } else { format!(", not known of {unknown}") };
    format!("with {word} {}, without {}{rest}", is(Answer::Yes), is(Answer::No))
}

/// What the signs at a table's ratios mean, right below it: of loops with the evidence, and with what is not known.
pub(super) fn below_table(part: Section<'_>, notes: &[Footnote<'_>], of_loops: bool) -> String {
    if !of_loops {
        return footnotes(notes, |note| note.is_of(part));
    }
    let sentences = notes.iter().filter(|note| note.is_of(part)).map(|note| note.sentence(WRITING));
    sentences.chain(confounds::unknown(part, WRITING)).map(|sentence| format!("\n{sentence}\n")).collect()
}

/// Without the evidence.
pub(super) fn footnotes(notes: &[Footnote<'_>], among: impl Fn(&Footnote<'_>) -> bool) -> String {
    let notes: Vec<String> = notes.iter().filter(|note| among(note)).map(|note| note.in_short(WRITING)).collect();
    if notes.is_empty() { String::new() } else { format!("\n{} (Evidence under *What differs*.)\n", notes.join("\n\n")) }
}

/// Each confound, and what may be one, next to the ratios of the pair; subjects that differ in the same way stand together.
fn confounds(summary: &Summary) -> String {
    let matters = |difference: &&Difference| matches!(difference.bearing, Bearing::Confound | Bearing::Unknown);
    let differences: Vec<&Difference> = summary.differences.iter().filter(matters).collect();
    let mut groups: Vec<(&str, Vec<&str>, Vec<String>)> = Vec::new();
    for (subject, against) in pairs(&differences) {
        let of_pair = differences.iter().filter(|difference| difference.subject == subject && difference.against == against);
        let sentences: Vec<String> = of_pair.map(|difference| sentence(difference)).collect();
        match groups.iter_mut().find(|group| group.0 == against && group.2 == sentences) {
            Some(group) => group.1.push(subject),
            None => groups.push((against, vec![subject], sentences)),
        }
    }
    if groups.is_empty() {
        return String::new();
    }
    let mut lines = "\n### What confounds which ratio\n".to_owned();
    for (against, subjects, sentences) in groups {
        let subjects: Vec<String> =
            subjects.iter().map(|subject| format!("{}{}", code(subject), ratios(summary, subject, against))).collect();
        lines += &format!("\nAgainst {}: {}:\n\n", code(against), subjects.join(", "));
        lines += &sentences.iter().map(|sentence| format!("- {sentence}\n")).collect::<String>();
    }
    lines
}

/// Subject and reference of each difference, once.
fn pairs<'a>(differences: &[&'a Difference]) -> Vec<(&'a str, &'a str)> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    for difference in differences {
        let pair = (difference.subject.as_str(), difference.against.as_str());
        if !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
}

/// The ratios of the loops, so that the caveat stands beside its number.
fn ratios(summary: &Summary, subject: &str, against: &str) -> String {
    let loops = summary.benchmarks.iter().filter(|benchmark| benchmark.clock == Clock::InProcess);
    let ratio = |benchmark: &BenchmarkSummary| {
        let ratio = benchmark.of(subject)?.ratio? / benchmark.of(against)?.ratio?;
        Some(format!("{} {}", code(&benchmark.name), format::ratio(ratio)))
    };
    let figures: Vec<String> = loops.filter_map(ratio).collect();
    if figures.is_empty() { String::new() } else { format!(" ({})", figures.join(", ")) }
}

fn sentence(difference: &Difference) -> String {
    let (value, other) = (text(&difference.value), text(&difference.against_value));
    let evidence =
        |evidence: &str| if evidence.is_empty() { "no evidence recorded".to_owned() } else { text(&format::short(evidence, 300)) };
    let seen = format!(
        "(evidence: {}; {}: {})",
        evidence(&difference.evidence),
        code(&difference.against),
        evidence(&difference.against_evidence)
    );
    let what = match difference.property {
        Property::Pgo | Property::Lto => confounds::word(difference.property).to_owned(),
        other => format!("its {}", confounds::word(other)),
    };
    match difference.bearing {
        Bearing::Unknown if value == other => format!("{what}: known of neither; it may be part of the ratio {seen}"),
        Bearing::Unknown => format!("{what}: {value} here, {other} there; it may be part of the ratio {seen}"),
        _ => format!("{} {seen}: the ratio is not the cost of its code model or linkage alone", text(&confounds::verb(difference, false))),
    }
}
