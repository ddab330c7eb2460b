//! What many runs say of one benchmark: a line per subject of each, by date.

use comfy_table::{CellAlignment, ContentArrangement, Table};
use serde::Serialize;

use super::format;
use super::summarise::group_of;
use super::summary::{BenchmarkSummary, SubjectResult};
use super::terminal::RULED;
use crate::run::{BenchmarkPlan, Plan, Role, Run, SCHEMA};
use crate::stats::Verdict;

/// What is asked for; empty lists mean what is timed inside the interpreter, and all runners and guests.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// `dynamic`, `amortised/1000`.
    pub benchmarks: Vec<String>,
    /// With or without their group's name.
    pub subjects: Vec<String>,
}

/// What `surtax history --json` prints; `results/README.md` describes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct History {
    pub schema: u32,
    /// By benchmark, then by subject's name without its group's, then by date.
    pub lines: Vec<HistoryLine>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HistoryLine {
    pub benchmark: String,
    pub size: Option<u64>,
    /// Without its group's name.
    pub subject: String,
    /// The folder's name.
    pub run: String,
    /// RFC 3339, UTC.
    pub created: String,
    /// The group's name, where the run has several.
    pub group: Option<String>,
    pub release: String,
    pub python: String,
    pub surtax: String,
    pub cpu_model: String,
    pub benchmarks_digest: String,
    pub rounds: usize,
    /// By the run's own baseline, with its 95 % interval; absent for a hole.
    pub ratio: Option<f64>,
    pub ratio_low: Option<f64>,
    pub ratio_high: Option<f64>,
    pub verdict: Option<Verdict>,
    /// A share.
    pub noise_floor: Option<f64>,
    /// Absent where nothing counted.
    pub instructions_ratio: Option<f64>,
    /// Why there is no ratio, or what an undecided verdict lacks.
    pub note: Option<String>,
}

impl HistoryLine {
    fn place(&self) -> (&str, Option<u64>, &str) {
        (&self.benchmark, self.size, &self.subject)
    }

    fn label(&self) -> String {
        format!("{} in {}", format::plain(&self.subject), format::benchmark(&self.benchmark, self.size))
    }
}

/// Of runs by their names, in any order.
pub fn history(runs: &[(String, Run)], wanted: &Wanted) -> History {
    let mut lines: Vec<HistoryLine> = runs.iter().flat_map(|(name, run)| of_run(name, run, wanted)).collect();
    lines.sort_by(|a, b| (a.place(), &a.created, &a.run).cmp(&(b.place(), &b.created, &b.run)));
    History { schema: SCHEMA, lines }
}

fn of_run(name: &str, run: &Run, wanted: &Wanted) -> Vec<HistoryLine> {
    let plan = &run.plan;
    let headlines = plan.headlines();
    let asked = |at: usize, benchmark: &BenchmarkPlan| match wanted.benchmarks.as_slice() {
        // Kernels that are summed up are no benchmark to follow.
        [] => headlines.contains(&at) && benchmark.name != BenchmarkPlan::OPCODES,
        names => names.iter().any(|name| *name == benchmark.name || *name == benchmark.label()),
    };
    if !plan.benchmarks.iter().enumerate().any(|(at, benchmark)| asked(at, benchmark)) {
        return Vec::new();
    }
    let summary = super::summarise(run);
    let benchmarks = summary.benchmarks.iter().zip(&plan.benchmarks).enumerate().filter(|(at, (_, plan))| asked(*at, plan));
    benchmarks.flat_map(|(_, (benchmark, _))| of_benchmark(name, run, benchmark, wanted)).collect()
}

fn of_benchmark(name: &str, run: &Run, benchmark: &BenchmarkSummary, wanted: &Wanted) -> Vec<HistoryLine> {
    let asked = |row: &&SubjectResult| match wanted.subjects.as_slice() {
        [] => matches!(row.role, Role::Runner | Role::Guest),
        names => names.iter().any(|name| *name == row.subject || *name == short_name(&run.plan, &row.subject)),
    };
    benchmark.results.iter().filter(asked).map(|row| line(name, run, benchmark, row)).collect()
}

fn short_name<'a>(plan: &'a Plan, subject: &'a str) -> &'a str {
    plan.subject(subject).map_or(subject, |subject| subject.short_name())
}

fn line(name: &str, run: &Run, benchmark: &BenchmarkSummary, row: &SubjectResult) -> HistoryLine {
    let plan = &run.plan;
    let group = plan.subject(&row.subject).and_then(|subject| group_of(plan, subject));
    HistoryLine {
        benchmark: benchmark.name.clone(),
        size: benchmark.size,
        subject: short_name(plan, &row.subject).to_owned(),
        run: name.to_owned(),
        created: plan.created.clone(),
        group: group.filter(|_| plan.groups.len() > 1).map(|group| group.name.clone()),
        release: group.map_or(&plan.release, |group| &group.release).clone(),
        python: group.map_or(&plan.python, |group| &group.python).clone(),
        surtax: plan.surtax.clone(),
        cpu_model: run.environment.cpu_model.clone(),
        benchmarks_digest: plan.benchmarks_digest.clone(),
        rounds: row.rounds,
        ratio: row.ratio,
        ratio_low: row.ratio_low,
        ratio_high: row.ratio_high,
        verdict: row.verdict,
        noise_floor: benchmark.noise_floor,
        instructions_ratio: row.instructions_ratio,
        note: row.note.clone(),
    }
}

/// At most `width` columns wide (but never under 60), without colour: of a run's name, what tells it from others is mostly at its ends, so that its
/// middle goes. Words are broken at 100 columns, and nothing is cut, where there is no width.
pub fn text(history: &History, width: Option<u16>) -> String {
    let width = width.map(|width| usize::from(width.max(60)));
    let (limit, width) = (width.unwrap_or(usize::MAX), width.unwrap_or(100));
    let counted = history.lines.iter().any(|line| line.instructions_ratio.is_some());
    let table = table(history, counted);
    let mut rows = table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().into_iter();
    let mut shown: Vec<String> = rows.by_ref().take(2).collect();
    for lines in history.lines.chunk_by(|a, b| a.place() == b.place()) {
        let spark = sparkline(lines);
        shown.extend(lines.first().map(|line| if spark.is_empty() { line.label() } else { format!("{}  {spark}", line.label()) }));
        shown.extend(lines.iter().zip(rows.by_ref()).map(|(line, row)| fitted(&row, line, limit)));
    }
    let mut text: String = shown.iter().map(|line| format::short(line, limit) + "\n").collect();
    let legend = "▲ slower, ▼ faster, = no difference seen, ? undecided; each relative to the python3 of its own run.";
    text += &format!("\n{}\n", format::wrap(legend, width));
    let digests: std::collections::BTreeSet<&str> = history.lines.iter().map(|line| line.benchmarks_digest.as_str()).collect();
    if digests.len() > 1 {
        let said = "* The benchmark programs are other ones than in the line above it: the two are not to be held against each other. Between \
                    runs without that mark, surtax compare says what is noise.";
        text += &format!("\n{}\n", format::wrap(said, width));
    }
    text
}

fn table(history: &History, counted: bool) -> Table {
    let mut table = Table::new();
    table.load_style(RULED).set_content_arrangement(ContentArrangement::Disabled);
    let header = ["", "release", "python", "ratio", "95 % interval", "floor", ""].map(str::to_owned);
    table.set_header(header.into_iter().chain(counted.then(|| "instr.".to_owned())).chain(["run".to_owned()]));
    for lines in history.lines.chunk_by(|a, b| a.place() == b.place()) {
        for (at, line) in lines.iter().enumerate() {
            let other = at > 0 && lines[at - 1].benchmarks_digest != line.benchmarks_digest;
            let counts = || line.instructions_ratio.map_or_else(|| "n/a".to_owned(), format::instructions_ratio);
            table.add_row(cells(line, other).into_iter().chain(counted.then(counts)).chain([origin(line)]));
        }
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 1));
    }
    for column in [3, 5] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
}

fn cells(line: &HistoryLine, other: bool) -> [String; 7] {
    let interval = line.ratio_low.zip(line.ratio_high);
    let date = line.created.get(..16).unwrap_or(&line.created).replace('T', " ");
    [
        format!("   {}{}", format::plain(&date), if other { " *" } else { "" }),
        format::short(&format::plain(line.group.as_ref().unwrap_or(&line.release)), 14),
        format::plain(&line.python),
        line.ratio.map_or_else(|| "-".to_owned(), format::ratio),
        interval.map_or_else(String::new, |(low, high)| format!("{} to {}", format::ratio(low), format::ratio(high))),
        line.noise_floor.map_or_else(|| "-".to_owned(), format::percent),
        // A baseline has a ratio and no verdict.
        line.verdict.map_or_else(String::new, |verdict| format::sign(Some(verdict)).to_owned()),
    ]
}

/// The run, and why it has no ratio.
fn origin(line: &HistoryLine) -> String {
    match (&line.ratio, &line.note) {
        (None, Some(note)) => format::plain(&format!("{}: {note}", line.run)),
        _ => format::plain(&line.run),
    }
}

/// A line's row, with both ends of its run's name where there is no room for all.
fn fitted(row: &str, line: &HistoryLine, limit: usize) -> String {
    let name = format::plain(&line.run);
    let Some(figures) = row.strip_suffix(name.trim_end()) else { return row.to_owned() };
    figures.to_owned() + &format::ends(name.trim_end(), limit.saturating_sub(figures.chars().count()))
}

/// The ratios of three runs or more, of one release and measured by the same programs, lowest to highest; what is missing is a gap.
fn sparkline(lines: &[HistoryLine]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let ratios = || lines.iter().filter_map(|line| line.ratio);
    let (low, high) = ratios().fold((f64::INFINITY, 0.0_f64), |(low, high), ratio| (low.min(ratio), high.max(ratio)));
    let alike =
        lines.windows(2).all(|pair| (&pair[0].release, &pair[0].benchmarks_digest) == (&pair[1].release, &pair[1].benchmarks_digest));
    if ratios().count() < 3 || high <= low || !alike {
        return String::new();
    }
    let bar = |ratio: f64| BARS[(((ratio - low) / (high - low)) * 7.0).round() as usize];
    let bars: String = lines.iter().map(|line| line.ratio.map_or(' ', bar)).collect();
    format!("{bars} ({} to {})", format::ratio(low), format::ratio(high))
}
