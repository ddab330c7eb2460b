//! All results in one table: to be sorted by any column, and filtered by text, benchmark, group and verdict.

use std::fmt::Write as _;

use super::body::{is_long, judged, table_opening};
use crate::report::confounds::{Footnote, footnotes, mark};
use crate::report::format::{self, xml};
use crate::report::sections::{Section, sections};
use crate::report::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::run::Role;
use crate::stats::Verdict;

/// A row per benchmark and subject. Nothing where only kernels were measured: their sum is no time of anything.
pub(super) fn explorer(summary: &Summary) -> String {
    let benchmarks: Vec<&BenchmarkSummary> = summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels()).collect();
    if benchmarks.is_empty() {
        return String::new();
    }
    let grouped = summary.reference.is_some();
    let mut html = controls(summary, &benchmarks, grouped);
    html += &table_opening("All results: a row for each benchmark and subject").replacen("<table>", "<table id=\"results-table\">", 1);
    html += &head(grouped);
    html += "<tbody>\n";
    let notes = footnotes(summary);
    let span = Span::over(&benchmarks);
    for benchmark in benchmarks {
        for section in sections(summary) {
            for row in section.rows(benchmark) {
                html += &line(benchmark, section, row, &notes, &span);
            }
        }
    }
    html + "</tbody>\n</table>\n</div>\n"
}

/// Shown by the script, without which they do nothing.
fn controls(summary: &Summary, benchmarks: &[&BenchmarkSummary], grouped: bool) -> String {
    let option = |name: &str| format!("<option value=\"{0}\">{0}</option>", xml(name));
    let select = |id: &str, name: &str, all: &str, options: String| {
        format!("<label>{name}<select id=\"{id}\"><option value=\"\">{all}</option>{options}</select></label>\n")
    };
    let mut html = "<form class=\"filters\" id=\"filters\" role=\"search\" aria-label=\"Filter the results\" hidden>\n\
                    <label>Find<input type=\"search\" id=\"filter-text\" placeholder=\"subject, benchmark, verdict …\" autocomplete=\"off\"></label>\n"
        .to_owned();
    html += &select("filter-benchmark", "Benchmark", "all", benchmarks.iter().map(|benchmark| option(&benchmark.label())).collect());
    if grouped {
        html += &select("filter-group", "Group", "all", summary.groups.iter().map(|group| option(&group.name)).collect());
    }
    let verdicts = [Verdict::Slower, Verdict::Faster, Verdict::NoDifferenceSeen, Verdict::Undecided];
    html += &select("filter-verdict", "Verdict", "any", verdicts.map(|verdict| option(format::verdict(verdict))).concat());
    html + "<output id=\"filter-count\" aria-live=\"polite\"></output>\n</form>\n"
}

fn head(grouped: bool) -> String {
    let mut columns = vec![
        "benchmark",
        "subject",
        ">median ms",
        ">ratio",
        "interval",
        ">from",
        ">to",
        "verdict",
        ">adjusted p",
        ">rounds",
        ">memory MiB",
    ];
    if grouped {
        columns.insert(1, "group");
    }
    let cell = |column: &&str| match column.strip_prefix('>') {
        Some(number) => format!("<th scope=\"col\" class=\"number\">{number}</th>"),
        // A picture has no order of its own; its ends have columns.
        None if *column == "interval" => "<th scope=\"col\" data-fixed>interval</th>".to_owned(),
        None => format!("<th scope=\"col\">{column}</th>"),
    };
    format!("<thead><tr>{}</tr></thead>\n", columns.iter().map(cell).collect::<String>())
}

fn line(benchmark: &BenchmarkSummary, section: Section<'_>, row: &SubjectResult, notes: &[Footnote<'_>], span: &Span) -> String {
    let label = benchmark.label();
    let group = section.group.map(|group| group.name.as_str());
    let word = row.verdict.map_or("", format::verdict);
    let mut html = format!(
        "<tr data-benchmark=\"{}\" data-group=\"{}\" data-verdict=\"{word}\"><td>{0}</td>",
        xml(&label),
        xml(group.unwrap_or_default())
    );
    if let Some(group) = group {
        let _ = write!(html, "<td>{}</td>", xml(group));
    }
    let _ = write!(html, "<th scope=\"row\"><code>{}</code></th>", xml(section.short(&row.subject)));
    let number = |cell: Option<String>| format!("<td class=\"number\">{}</td>", xml(&cell.unwrap_or_else(|| "–".to_owned())));
    html += &number(row.median_ns.map(format::milliseconds));
    html += &number(row.ratio.map(|ratio| format::compared(ratio, row.same_code) + &mark(notes, &row.subject)));
    let compared = row.role != Role::Baseline;
    let interval = row.ratio_low.zip(row.ratio).zip(row.ratio_high).filter(|_| compared);
    let drawn = interval.map_or_else(String::new, |((low, ratio), high)| span.draw(benchmark.noise_floor, low, ratio, high));
    let _ = write!(html, "<td class=\"interval\">{drawn}</td>");
    html += &number(row.ratio_low.filter(|_| compared).map(format::ratio));
    html += &number(row.ratio_high.filter(|_| compared).map(format::ratio));
    let said = verdict(row);
    let _ = write!(html, "<td{}>{said}</td>", if is_long(&said) { " class=\"long\"" } else { "" });
    html += &number(row.p_adjusted.map(format::p_value));
    html += &number(Some(row.rounds.to_string()));
    html += &number(row.peak_memory_bytes.map(|bytes| format!("{:.1}", bytes as f64 / f64::from(1 << 20))));
    html + "</tr>\n"
}

fn verdict(row: &SubjectResult) -> String {
    match (row.role, row.verdict, &row.note) {
        (Role::Baseline, _, None) => "baseline".to_owned(),
        (Role::Control, Some(verdict), _) => format!("A/A: {}", format::verdict(verdict)),
        (_, Some(verdict), _) => judged(format::verdict(verdict), format::verdict(verdict).to_owned()),
        (_, None, note) => xml(note.as_deref().unwrap_or_default()),
    }
}

/// One logarithmic axis for all rows, so that their lengths can be compared.
struct Span {
    low: f64,
    high: f64,
}

impl Span {
    const WIDTH: f64 = 132.0;
    const HEIGHT: f64 = 18.0;
    /// What lies further out is drawn at the edge; its numbers stand beside it.
    const FURTHEST: f64 = 2.0;

    fn over(benchmarks: &[&BenchmarkSummary]) -> Self {
        let ends = benchmarks.iter().flat_map(|benchmark| &benchmark.results).flat_map(|row| [row.ratio_low, row.ratio_high]).flatten();
        let ends = ends.filter(|end| (1.0 / Self::FURTHEST..=Self::FURTHEST).contains(end));
        let (low, high) = ends.fold((0.9_f64, 1.1_f64), |(low, high), end| (low.min(end), high.max(end)));
        Self { low: low.ln(), high: high.ln() }
    }

    fn place(&self, ratio: f64) -> f64 {
        4.0 + (ratio.ln().clamp(self.low, self.high) - self.low) / (self.high - self.low) * (Self::WIDTH - 8.0)
    }

    /// For the eye alone: the numbers are in the cells beside it.
    fn draw(&self, floor: Option<f64>, low: f64, ratio: f64, high: f64) -> String {
        let (middle, height) = (Self::HEIGHT / 2.0, Self::HEIGHT);
        let band = floor.map_or_else(String::new, |floor| {
            let (from, to) = (self.place(1.0 / (1.0 + floor)), self.place(1.0 + floor));
            format!("<rect class=\"floor\" x=\"{from:.1}\" y=\"0\" width=\"{:.1}\" height=\"{height}\"/>", to - from)
        });
        format!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" aria-hidden=\"true\">{band}\
             <path class=\"one\" d=\"M{one:.1} 0V{height}\"/><path class=\"whisker\" d=\"M{:.1} {middle}H{:.1}\"/>\
             <circle cx=\"{:.1}\" cy=\"{middle}\" r=\"3.4\"/></svg>",
            self.place(low),
            self.place(high),
            self.place(ratio),
            width = Self::WIDTH,
            one = self.place(1.0),
        )
    }
}
