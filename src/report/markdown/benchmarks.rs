//! The tables of numbers: first in the shape of the experiment that started it, the published figures beside.

use super::table::{Table, code, text};
use super::{across, amortised, evidence, label, opcodes};
use crate::matrix::Benchmark;
use crate::report::confounds::{Footnote, footnotes, mark};
use crate::report::format;
use crate::report::published::{self, PUBLISHED_SOURCE};
use crate::report::sections::{Section, sections};
use crate::report::summary::{BenchmarkSummary, GroupSummary, SubjectResult, Summary};
use crate::run::{Clock, Role};

const EXPERIMENT: [Benchmark; 3] = [Benchmark::PureIntLoop, Benchmark::Dynamic, Benchmark::Amortised];
const STARTUP: [Benchmark; 2] = [Benchmark::Startup, Benchmark::StartupIsolated];

fn is_of(benchmark: &BenchmarkSummary, kinds: &[Benchmark]) -> bool {
    kinds.iter().any(|kind| benchmark.is(*kind))
}

pub(super) fn experiment(summary: &Summary) -> String {
    if !summary.benchmarks.iter().any(|benchmark| is_of(benchmark, &EXPERIMENT)) {
        return String::new();
    }
    let mut text = format!(
        "## The experiment\n\nThe column *published* repeats {PUBLISHED_SOURCE}. It was another machine, and possibly another release: \
         the figures are shown to compare shapes, not milliseconds.\n"
    );
    for (kind, title) in [(Benchmark::PureIntLoop, "Pure integer loop"), (Benchmark::Dynamic, "Dynamic workload")] {
        for benchmark in summary.benchmarks.iter().filter(|benchmark| benchmark.is(kind)) {
            text += &section(&format!("{title} ({})", label(&benchmark.name, benchmark.size)), summary, benchmark, true);
        }
    }
    if summary.benchmarks.iter().any(|benchmark| benchmark.is(Benchmark::Amortised)) {
        text += &amortised::amortised(summary);
    }
    text
}

pub(super) fn startup(summary: &Summary) -> String {
    let present: Vec<_> = summary.benchmarks.iter().filter(|benchmark| is_of(benchmark, &STARTUP)).collect();
    if present.is_empty() {
        return String::new();
    }
    let mut text =
        "## Start-up\n\nAn empty program, the whole process timed; like meets like. `startup`: every subject starts as `python3` \
                    does by default. `startup_isolated`: every subject starts isolated and without `site`.\n"
            .to_owned();
    for benchmark in present {
        text += &section(&code(&benchmark.name), summary, benchmark, false);
    }
    text
}

/// `cells`, and whatever benchmarks a plan may name beside.
pub(super) fn rest(summary: &Summary) -> String {
    // The sum over all kernels is no time of anything; each stands in a section of its own, as packs do.
    let others = summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels() && !benchmark.is_packed());
    let others = others.filter(|benchmark| !is_of(benchmark, &EXPERIMENT) && !is_of(benchmark, &STARTUP));
    let mut text = String::new();
    for benchmark in others {
        text += &if benchmark.is(Benchmark::Cells) {
            format!(
                "## Cells\n\nK small programs. `python3` runs each in a process of its own, started as it starts by default; a runner runs all \
                 of them in one process, started isolated as an embedder would start it, each in a fresh namespace. The ratio is what \
                 embedding saves, start-up included; it does not compare the libpythons.\n{}",
                section(&label(&benchmark.name, benchmark.size), summary, benchmark, false)
            )
        } else {
            section(&label(&benchmark.name, benchmark.size), summary, benchmark, false)
        };
    }
    text
}

fn section(title: &str, summary: &Summary, benchmark: &BenchmarkSummary, of_loops: bool) -> String {
    let timed = match benchmark.clock {
        Clock::InProcess => "Timed inside the interpreter",
        Clock::WholeProcess => "The whole process timed",
    };
    let floor = match benchmark.noise_floor {
        Some(floor) => format!("noise floor {}", format::percent(floor)),
        None => "no noise floor".to_owned(),
    };
    let notes = footnotes(summary);
    let mut text = format!("\n### {title}\n\n{timed}; {floor}; [every round]({}).\n", plot_link(benchmark));
    for part in sections(summary) {
        text += &format!("{}\n{}", part_heading(part), table(part, benchmark, of_loops, &notes));
        text += opcodes::beside_ratios(part.rows(benchmark).map(|row| row.same_code));
        text += &evidence::below_table(part, &notes, of_loops);
    }
    text + &across::of_benchmark(summary, benchmark, &notes)
}

/// Nothing where the whole run is one part.
pub(super) fn part_heading(part: Section<'_>) -> String {
    let heading = |group: &GroupSummary| {
        format!(
            "\n#### {}: Python {} of {}, relative to {}\n",
            text(&group.name),
            text(&group.python),
            text(&group.release),
            code(&group.baseline)
        )
    };
    part.group.map_or_else(String::new, heading)
}

fn table(part: Section<'_>, benchmark: &BenchmarkSummary, with_published: bool, notes: &[Footnote<'_>]) -> String {
    let mut columns = vec!["subject", ">median ms", ">ratio", "95 % interval", "verdict", ">adjusted p", ">rounds"];
    let mut columns_after = vec![">CPU ms", ">peak memory"];
    if with_published {
        columns.push(">published");
    }
    columns.append(&mut columns_after);
    let counted = benchmark.counted.is_some();
    if counted {
        columns.extend([">instructions", ">ratio of instructions"]);
    }
    let mut table = Table::new(&columns);
    for row in part.rows(benchmark) {
        let mut cells = figures(row, notes).to_vec();
        if with_published {
            cells.push(published_cell(benchmark, false, part.short(&row.subject)));
        }
        let cpu = row.median_user_ns.zip(row.median_system_ns).map(|(user, system)| format::milliseconds(user.saturating_add(system)));
        cells.extend([cpu.unwrap_or_default(), row.peak_memory_bytes.map(format::memory).unwrap_or_default()]);
        if counted {
            let or_none = |cell: Option<String>| cell.unwrap_or_else(|| "n/a".to_owned());
            cells.extend([or_none(row.instructions.map(format::count)), or_none(row.instructions_ratio.map(format::instructions_ratio))]);
        }
        table.row(&cells);
    }
    table.finish()
}

fn plot_link(benchmark: &BenchmarkSummary) -> String {
    format!("plots/{}", crate::report::plots::rounds_file(&benchmark.name, benchmark.size))
}

/// Subject, median, ratio with its footnote's sign, interval, verdict, p, rounds; for a hole, dashes and its reason.
pub(super) fn figures(row: &SubjectResult, notes: &[Footnote<'_>]) -> [String; 7] {
    let dash = || "–".to_owned();
    let interval = match (row.role, row.ratio_low, row.ratio_high) {
        (Role::Baseline, ..) => String::new(),
        (_, Some(low), Some(high)) => format!("{} to {}", format::ratio(low), format::ratio(high)),
        _ => dash(),
    };
    let verdict = match (row.role, row.verdict, &row.note) {
        (Role::Baseline, _, None) => "baseline".to_owned(),
        (_, Some(verdict), Some(note)) => format!("{}: {}", format::verdict(verdict), text(note)),
        (Role::Control, Some(verdict), _) => format!("A/A: {}", format::verdict(verdict)),
        (Role::Guest, Some(verdict), _) => format!("guest: {}", format::verdict(verdict)),
        (_, Some(verdict), None) => format::verdict(verdict).to_owned(),
        (_, None, note) => text(note.as_deref().unwrap_or_default()),
    };
    let rounds = match row.rounds_dropped {
        0 => row.rounds.to_string(),
        dropped => format!("{} ({dropped} dropped)", row.rounds),
    };
    [
        code(&row.subject),
        row.median_ns.map_or_else(dash, format::milliseconds),
        row.ratio.map_or_else(dash, |ratio| format::compared(ratio, row.same_code) + &mark(notes, &row.subject)),
        interval,
        verdict,
        row.p_adjusted.map_or_else(String::new, format::p_value),
        rounds,
    ]
}

/// The published ratio, with a note where it belongs to another M.
pub(super) fn published_cell(benchmark: &BenchmarkSummary, smallest: bool, subject: &str) -> String {
    match published::beside(benchmark, smallest, subject) {
        None => String::new(),
        Some((figure, note)) => {
            let time = figure.median_ms.map_or(String::new(), |ms| format!("{ms:.1} ms, "));
            let note = note.map_or(String::new(), |note| format!(" ({note})"));
            format!("{time}{}{note}", format::ratio(figure.ratio))
        }
    }
}
