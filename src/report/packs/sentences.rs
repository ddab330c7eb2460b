//! What a pack says, in a sentence: twenty ratios would bury the answer.

use super::{PackResult, PackSummary};
use crate::report::confounds::{footnotes, mark};
use crate::report::format::{self, code};
use crate::report::sections::{Section, sections};
use crate::report::summary::Summary;
use crate::run::Role;

/// The answer of a run that measured packs alone; `None` of any other.
pub(in crate::report) fn answer(summary: &Summary) -> Option<String> {
    let is_packed = |name: &str| summary.packs.iter().any(|pack| name.starts_with(&format!("{}/", pack.name)));
    let mut timed = summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels()).peekable();
    if timed.peek().is_none() || !timed.all(|benchmark| is_packed(&benchmark.name)) {
        return None;
    }
    let mut text = String::new();
    for pack in &summary.packs {
        let parts = sections(summary);
        for part in &parts {
            text += &advice(pack, *part);
        }
    }
    Some(format!("{text}{}", sentence(summary)).trim().to_owned())
}

/// Which runner to take, where the intervals of the one that takes least and the one that takes most are apart.
fn advice(pack: &PackSummary, part: Section<'_>) -> String {
    let mut runners: Vec<&PackResult> = rows(pack, part).filter(|row| row.role == Role::Runner && row.ratio.is_some()).collect();
    // Means of fewer benchmarks are of another mixture.
    runners.retain(|row| row.benchmarks == pack.benchmarks);
    runners.sort_by(|one, other| one.ratio.partial_cmp(&other.ratio).unwrap_or(std::cmp::Ordering::Equal));
    let (Some(best), Some(worst)) = (runners.first(), runners.last()) else { return String::new() };
    if best.subject == worst.subject {
        return String::new();
    }
    match (best.ratio_high, worst.ratio_low) {
        (Some(high), Some(low)) if high < low => format!("Embed {}.", code(&best.subject)),
        _ => "No runner stands out.".to_owned(),
    }
}

/// Every pack's means, with intervals; begins with a space. Nothing without a pack.
pub(in crate::report) fn sentence(summary: &Summary) -> String {
    let notes = footnotes(summary);
    let mut text = String::new();
    for pack in &summary.packs {
        for part in sections(summary) {
            let of = |row: &PackResult| {
                let interval = match (row.ratio_low, row.ratio_high) {
                    (Some(low), Some(high)) => format!(" ({} to {})", format::ratio(low), format::ratio(high)),
                    _ => String::new(),
                };
                let of = if row.benchmarks == pack.benchmarks { String::new() } else { format!(", of {} alone", row.benchmarks) };
                let sign = mark(&notes, &row.subject);
                Some(format!("{}{sign}{interval} for {}{of}", format::ratio(row.ratio?), code(part.short(&row.subject))))
            };
            let compared = rows(pack, part).filter(|row| row.role != Role::Baseline);
            let figures: Vec<String> = compared.filter_map(of).collect();
            if figures.is_empty() {
                text += &format!(" No subject has a published ratio in {} yet.", code(&pack.name));
            } else {
                text += &format!(
                    " Over the {} benchmarks of {}, the geometric mean of the ratios to {} is {}.",
                    pack.benchmarks,
                    code(&pack.name),
                    code(part.baseline()),
                    figures.join(", ")
                );
            }
        }
    }
    text
}

fn rows<'a>(pack: &'a PackSummary, part: Section<'a>) -> impl Iterator<Item = &'a PackResult> {
    pack.results.iter().filter(move |row| part.holds(&row.subject))
}
