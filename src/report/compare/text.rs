//! `surtax compare` on a terminal.

use comfy_table::{CellAlignment, ContentArrangement, Table};

use super::sentences::sentences;
use super::shape::{BaselineChange, BenchmarkChange, Change, Compared, Comparison, SubjectChange};
use crate::report::format;
use crate::report::terminal::RULED;
use crate::run::Role;
use crate::stats::Verdict;

const NAME: usize = 20;

/// At most `width` columns wide (but never under 60), without colour.
pub fn text(comparison: &Comparison, width: u16) -> String {
    let width = usize::from(width.max(60));
    let runs = [&comparison.before].into_iter().chain(comparison.against.iter().map(|compared| &compared.run));
    let mut text = String::new();
    for (place, run) in runs.enumerate() {
        let said = format!(
            "{}  {}: {}, Python {}, {} rounds, {}",
            letter(place),
            run.path,
            run.release,
            run.python,
            run.rounds,
            run.created.get(..16).unwrap_or(&run.created).replace('T', " ")
        );
        text += &line(&said, width);
    }
    for (place, compared) in comparison.against.iter().enumerate() {
        text += &section(compared, &letter(0), &letter(place + 1), width);
    }
    if let Some(gate) = &comparison.gate {
        text += &format!("\n{}", gate.text(width));
    }
    text
}

/// What a run is called in tables and sentences.
fn letter(place: usize) -> String {
    u8::try_from(place)
        .ok()
        .filter(|place| *place < 26)
        .map_or_else(|| format!("run {}", place + 1), |place| char::from(b'A' + place).to_string())
}

fn line(text: &str, width: usize) -> String {
    format::short(&format::plain(text), width) + "\n"
}

fn section(compared: &Compared, before: &str, after: &str, width: usize) -> String {
    let mut text = format!("\n{}", changes(&compared.changes, before, after, width));
    if let Some(renamed) = renamed(compared, after) {
        text += &format!("\n{}\n", format::wrap(&renamed, width));
    }
    if !compared.benchmarks.is_empty() {
        text += "\n";
        text += &tables(compared, before, after, width);
    }
    for unmatched in &compared.unmatched {
        text += &line(&format!("not compared: {}, {}", unmatched.what, unmatched.why), width);
    }
    for sentence in sentences(compared, before, after) {
        text += &format!("\n{}\n", format::wrap(&sentence, width));
    }
    text
}

/// Subjects that have another name in the other run, once; the table has the first run's.
fn renamed(compared: &Compared, after: &str) -> Option<String> {
    let benchmark = compared.benchmarks.first()?;
    let subjects = benchmark.subjects.iter().map(|row| (&row.subject, &row.after_subject));
    let pairs = benchmark.baselines.iter().map(|row| (&row.baseline, &row.after_baseline)).chain(subjects);
    let names: Vec<String> =
        pairs.filter(|(own, other)| own != other).map(|(own, other)| format!("{} is {}", format::code(own), format::code(other))).collect();
    (!names.is_empty()).then(|| format!("In {after}, {}.", names.join(", ")))
}

/// Long lists of packages say less than their number.
const MOST_PACKAGES: usize = 12;

fn changes(changes: &[Change], before: &str, after: &str, width: usize) -> String {
    if changes.is_empty() {
        return format!("Nothing is known to have changed from {before} to {after} but the time.\n");
    }
    let mut text = format!("Changed from {before} to {after}:\n");
    let mut packages = 0;
    for change in changes {
        packages += usize::from(change.what == "package");
        if change.what == "package" && packages > MOST_PACKAGES {
            continue;
        }
        let name = change.name.as_ref().map_or_else(String::new, |name| format!(" {name}"));
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        text += &line(&format!("   {}{name}: {} → {}", change.what, value(&change.before), value(&change.after)), width);
    }
    if packages > MOST_PACKAGES {
        text += &line(&format!("   and {} more packages (--json has them)", packages - MOST_PACKAGES), width);
    }
    text
}

fn tables(compared: &Compared, before: &str, after: &str, width: usize) -> String {
    let counted = compared.benchmarks.iter().flat_map(|benchmark| &benchmark.subjects).any(|row| row.instructions.is_some());
    let table = table(compared, before, after, counted);
    let mut lines = table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().into_iter();
    let mut shown: Vec<String> = lines.by_ref().take(2).collect();
    for benchmark in &compared.benchmarks {
        shown.push(heading(benchmark));
        shown.extend(lines.by_ref().take(benchmark.subjects.len() + benchmark.baselines.len()));
    }
    shown.iter().map(|line| format::short(line, width) + "\n").collect()
}

fn heading(benchmark: &BenchmarkChange) -> String {
    let floor =
        benchmark.noise_floor.map_or_else(|| "no noise floor".to_owned(), |floor| format!("noise floor {}", format::percent(floor)));
    format!("{} ({floor})", benchmark.label())
}

fn table(compared: &Compared, before: &str, after: &str, counted: bool) -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    let header = ["", before, after, "change", "95 % interval", "verdict"].map(str::to_owned);
    table.set_header(header.into_iter().chain(counted.then(|| "instr.".to_owned())));
    for benchmark in &compared.benchmarks {
        for row in &benchmark.baselines {
            table.add_row(baseline(row).into_iter().chain(counted.then(String::new)));
        }
        for row in &benchmark.subjects {
            let instructions = || row.instructions.map_or_else(|| "n/a".to_owned(), |counts| format::instructions_ratio(counts.ratio));
            table.add_row(subject(row).into_iter().chain(counted.then(instructions)));
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for column in [1, 2, 3] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn name(subject: &str) -> String {
    format!("   {}", format::short(&format::plain(subject), NAME))
}

/// Times in milliseconds, their ratio in brackets: no finding.
fn baseline(row: &BaselineChange) -> [String; 6] {
    [
        format!("{}, ms", name(&row.baseline)),
        format::milliseconds(row.before_ns),
        format::milliseconds(row.after_ns),
        format!("({})", format::ratio(row.ratio)),
        format!("{} to {}", format::ratio(row.low), format::ratio(row.high)),
        "time, not controlled".to_owned(),
    ]
}

fn subject(row: &SubjectChange) -> [String; 6] {
    let ratio = |ratio: Option<f64>| ratio.map_or_else(|| "-".to_owned(), format::ratio);
    let interval = row.change_low.zip(row.change_high);
    let verdict = match (row.role, row.verdict) {
        (Role::Control, Some(Verdict::NoDifferenceSeen)) => "A/A".to_owned(),
        (Role::Control, Some(verdict)) => format!("A/A: {}", format::verdict(verdict)),
        // The interval leaves 1 out, and yet it is no more than noise may make.
        (_, Some(Verdict::NoDifferenceSeen)) if interval.is_some_and(|(low, high)| low > 1.0 || high < 1.0) => {
            "not seen above the noise".to_owned()
        }
        (_, Some(verdict)) => format::verdict(verdict).to_owned(),
        (_, None) => format::plain(row.note.as_deref().unwrap_or_default()),
    };
    [
        name(&row.subject),
        ratio(row.before.map(|tax| tax.ratio)),
        ratio(row.after.map(|tax| tax.ratio)),
        ratio(row.change),
        interval.map_or_else(String::new, |(low, high)| format!("{} to {}", format::ratio(low), format::ratio(high))),
        verdict,
    ]
}
