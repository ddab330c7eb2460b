//! A pack of benchmarks: a row each, a column per subject, and the geometric mean below.

use super::table::{Table, code, text};
use super::{benchmarks, label};
use crate::report::confounds::{footnotes, mark};
use crate::report::format;
use crate::report::packs::{PackResult, PackSummary};
use crate::report::sections::{Section, sections};
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::{PackPlan, Role, Run};

pub(super) fn packs(run: &Run, summary: &Summary) -> String {
    let planned = |pack: &PackSummary| run.plan.packs.iter().find(|planned| planned.name == pack.name);
    summary.packs.iter().filter_map(|pack| Some(section(summary, pack, planned(pack)?))).collect::<Vec<_>>().join("\n")
}

fn section(summary: &Summary, pack: &PackSummary, planned: &PackPlan) -> String {
    let packages: Vec<String> =
        planned.packages.iter().filter(|package| package.needed_by.is_none()).map(|package| code(&package.file)).collect();
    let mut text_of = format!(
        "## {}\n\nBenchmarks of {}, each timed by pyperf itself in a process of its own: one value a visit, over the loops that pyperf's calibration on the \
         first baseline came to. They check no answers, so that a wrong result would not be seen here. Ratios to the baseline of the same round; the \
         mean is geometric, formed within each round, its figure the median over rounds with a 95 % interval. ▲ and ▼ mark what is slower or faster \
         above the noise.\n",
        text(&pack.name),
        packages.join(" and ")
    );
    for part in sections(summary) {
        text_of += &format!("{}\n{}", benchmarks::part_heading(part), table(summary, pack, part));
    }
    if !planned.left_out.is_empty() {
        text_of += "\nLeft out:\n\n";
        for left in &planned.left_out {
            text_of += &format!("- {}: {}\n", code(&left.name), text(&left.reason));
        }
    }
    text_of
}

fn table(summary: &Summary, pack: &PackSummary, part: Section<'_>) -> String {
    let subjects: Vec<&PackResult> = pack.results.iter().filter(|row| part.holds(&row.subject) && row.role != Role::Baseline).collect();
    let notes = footnotes(summary);
    let names = subjects.iter().map(|row| format!(">{}{}", code(part.short(&row.subject)), mark(&notes, &row.subject)));
    let columns: Vec<String> = ["benchmark".to_owned(), format!(">{} ms", code("python3"))].into_iter().chain(names).collect();
    let mut table = Table::new(&columns.iter().map(String::as_str).collect::<Vec<_>>());
    for benchmark in of_pack(summary, pack) {
        let baseline = benchmark.of(part.baseline()).and_then(|row| row.median_ns).map(format::milliseconds).unwrap_or_default();
        let cells = subjects.iter().map(|subject| benchmark.of(&subject.subject).map(cell).unwrap_or_default());
        table.row(&[label(&benchmark.name, benchmark.size), baseline].into_iter().chain(cells).collect::<Vec<_>>());
    }
    let figure = |row: &&PackResult| row.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("**{}**", format::ratio(ratio)));
    let interval = |row: &&PackResult| match (row.ratio_low, row.ratio_high) {
        (Some(low), Some(high)) => format!("{} to {}", format::ratio(low), format::ratio(high)),
        _ => "–".to_owned(),
    };
    table.row(&["**geometric mean**".to_owned(), String::new()].into_iter().chain(subjects.iter().map(figure)).collect::<Vec<_>>());
    table.row(&["95 % interval".to_owned(), String::new()].into_iter().chain(subjects.iter().map(interval)).collect::<Vec<_>>());
    table.finish()
}

fn of_pack<'a>(summary: &'a Summary, pack: &PackSummary) -> impl Iterator<Item = &'a BenchmarkSummary> {
    let beginning = format!("{}/", pack.name);
    summary.benchmarks.iter().filter(move |benchmark| benchmark.name.starts_with(&beginning))
}

fn cell(row: &SubjectResult) -> String {
    match (row.ratio, &row.note) {
        (Some(ratio), _) => match format::sign(row.verdict) {
            sign @ ("▲" | "▼") if row.role != Role::Control => format!("{} {sign}", format::ratio(ratio)),
            _ => format::ratio(ratio),
        },
        (None, note) => text(note.as_deref().unwrap_or("–")),
    }
}
