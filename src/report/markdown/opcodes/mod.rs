//! Bytecode: what each instruction pays, what the benchmarks execute, and what the one predicts of the other.

mod executed;
mod predicted;
mod taxes;

use super::table::text;
use crate::report::opcodes::sentences;
use crate::report::sections::Section;
use crate::report::summary::Summary;
use crate::run::Run;

/// Nothing for runs that looked at no bytecode.
pub(super) fn opcodes(run: &Run, summary: &Summary) -> String {
    let Some(opcodes) = &summary.opcodes else { return String::new() };
    let sections = [taxes::taxes(run, summary, opcodes), executed::executed(run, summary, opcodes), predicted::predicted(summary, opcodes)];
    let sections: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    sections.join("\n")
}

/// One line below a table of ratios, where any of them bears the mark.
pub(super) fn beside_ratios(same_code: impl IntoIterator<Item = Option<bool>>) -> &'static str {
    if same_code.into_iter().any(|same| same == Some(false)) {
        "\n≠ The two execute other bytecode (*What the benchmarks execute*): the ratio is not the cost of a build alone.\n"
    } else {
        ""
    }
}

/// The sentences, as a list.
fn told(run: &Run, summary: &Summary) -> String {
    sentences(run, summary).iter().map(|sentence| format!("- {sentence}\n")).collect()
}

/// Nothing where the whole run is one part.
fn heading(part: Section<'_>) -> String {
    part.group.map_or_else(String::new, |group| format!("\n### {}\n", text(&group.name)))
}

/// Names in code style, each once; `every subject` for all of `of` that are more than one.
fn named(subjects: &[&str], of: usize) -> String {
    let names = || subjects.iter().map(|name| super::table::code(name)).collect::<Vec<_>>().join(", ");
    if of > 1 && subjects.len() == of { "every subject".to_owned() } else { names() }
}
