//! The answer in a sentence or two, made from the numbers alone.

use super::format;
use super::summary::{BenchmarkSummary, PremiseVerdict, Property, SubjectResult, Summary};
use crate::run::{Clock, Role};
use crate::stats::{self, Verdict};

/// A runner's way through the loops that are timed inside the interpreter.
struct Standing<'a> {
    subject: &'a str,
    /// Geometric mean of its ratios.
    mean: f64,
    rows: Vec<(&'a BenchmarkSummary, &'a SubjectResult)>,
}

/// Plain sentences; subjects and benchmarks in backticks, their names with nothing worse than spaces in them.
pub fn answer(summary: &Summary) -> String {
    let standings = standings(summary);
    let (Some(best), Some(worst)) = (standings.first(), standings.last()) else {
        return "No runner has a published ratio to the baseline yet: there is nothing to say.".to_owned();
    };
    if !standings.iter().any(decided) {
        return undecided(summary, best);
    }
    let alone = alike(best, worst);
    let opening = if alone && standings.len() > 1 { "No runner stands out;" } else { "Embed" };
    let mut text = format!("{opening} {}: {} of {}'s time.", code(best.subject), figures(best), code(&summary.baseline));
    let ties: Vec<String> = standings[1..].iter().filter(|other| alike(best, other)).map(|other| code(other.subject)).collect();
    if !ties.is_empty() {
        text += &format!(" This run cannot tell it apart from {}.", ties.join(", "));
    }
    if !alone {
        text += &format!(
            " {} costs most: {}, {} times {} by the geometric mean.",
            code(worst.subject),
            figures(worst),
            format::ratio(worst.mean / best.mean),
            code(best.subject)
        );
    }
    text + &caution(summary)
}

/// Whether any of the figures that an answer would rest on was seen to differ from the baseline's.
fn decided(standing: &Standing<'_>) -> bool {
    standing.rows.iter().any(|(_, row)| matches!(row.verdict, Some(Verdict::Faster | Verdict::Slower)))
}

/// No order of runners that noise made.
fn undecided(summary: &Summary, any: &Standing<'_>) -> String {
    let few = any.rows.iter().all(|(_, row)| row.verdict == Some(Verdict::Undecided));
    let floor = any.rows.iter().filter_map(|(benchmark, _)| benchmark.noise_floor).fold(0.0, f64::max);
    let reason = match () {
        () if few => "it has too few rounds".to_owned(),
        () if floor > 0.0 => format!("no difference rises above its noise, which reaches {}", format::percent(floor)),
        () => "no difference was seen".to_owned(),
    };
    format!(
        "This run decides nothing between the runners and {}: {reason}. More rounds (--rounds) or a quieter machine may.",
        code(&summary.baseline)
    )
}

/// Runners with a ratio in every loop that any of them has one in, least cost first.
fn standings(summary: &Summary) -> Vec<Standing<'_>> {
    let loops: Vec<&BenchmarkSummary> = summary.benchmarks.iter().filter(|benchmark| benchmark.clock == Clock::InProcess).collect();
    let loops = if loops.is_empty() { summary.benchmarks.iter().collect() } else { loops };
    let mut subjects: Vec<&str> = Vec::new();
    for row in loops.iter().flat_map(|benchmark| &benchmark.results).filter(|row| row.role == Role::Runner && row.ratio.is_some()) {
        if !subjects.contains(&row.subject.as_str()) {
            subjects.push(&row.subject);
        }
    }
    let standing = |subject| {
        let rows: Vec<_> = loops.iter().filter_map(|benchmark| Some((*benchmark, benchmark.of(subject)?))).collect();
        let logs: Vec<f64> = rows.iter().filter_map(|(_, row)| Some(row.ratio?.ln())).collect();
        let mean = (logs.iter().sum::<f64>() / logs.len() as f64).exp();
        Standing { subject, mean, rows: rows.into_iter().filter(|(_, row)| row.ratio.is_some()).collect() }
    };
    let mut standings: Vec<Standing<'_>> = subjects.into_iter().map(standing).collect();
    let most = standings.iter().map(|standing| standing.rows.len()).max().unwrap_or(0);
    standings.retain(|standing| standing.rows.len() == most);
    standings.sort_by(|a, b| a.mean.total_cmp(&b.mean));
    standings
}

/// No benchmark in which the intervals are apart. Overlap is a cautious test: it calls more pairs alike than a direct one.
fn alike(a: &Standing<'_>, b: &Standing<'_>) -> bool {
    let interval = |row: &SubjectResult| Some(stats::Interval { low: row.ratio_low?, high: row.ratio_high? });
    let overlap = |a: &SubjectResult, b: &SubjectResult| match (interval(a), interval(b)) {
        (Some(a), Some(b)) => a.low <= b.high && b.low <= a.high,
        _ => true,
    };
    let other = |benchmark| b.rows.iter().find(|(other, _)| std::ptr::eq(*other, benchmark));
    a.rows.iter().all(|(benchmark, row)| other(*benchmark).is_none_or(|(_, other)| overlap(row, other)))
}

fn figures(standing: &Standing<'_>) -> String {
    let figure = |(benchmark, row): &(&BenchmarkSummary, &SubjectResult)| {
        let verdict = row.verdict.map_or(String::new(), |verdict| format!(" ({})", format::verdict(verdict)));
        format!("{} in {}{verdict}", format::ratio(row.ratio.unwrap_or(f64::NAN)), code(&benchmark.name))
    };
    standing.rows.iter().map(figure).collect::<Vec<_>>().join(" and ")
}

/// The sentence that keeps a reader from taking a mixture of causes for one.
fn caution(summary: &Summary) -> String {
    if summary.premise.verdict != PremiseVerdict::DoesNotHold {
        return String::new();
    }
    let confounded = |property: Property, lacks: &str, has: &str| {
        let mut subjects: Vec<String> = Vec::new();
        for difference in summary
            .differences
            .iter()
            .filter(|difference| difference.property == property && difference.value == lacks && difference.against_value == has)
        {
            let name = code(&difference.subject);
            if !subjects.contains(&name) {
                subjects.push(name);
            }
        }
        subjects
    };
    let pgo = confounded(Property::Pgo, "no", "yes");
    if pgo.is_empty() {
        return " The runners' libpythons were not built alike (below), so no ratio is the cost of one choice alone.".to_owned();
    }
    format!(
        " The libpythons were not built alike: {} {} compiled without a profile (PGO), so {} not the cost of PIC or of sharing alone.",
        pgo.join(", "),
        if pgo.len() == 1 { "was" } else { "were" },
        if pgo.len() == 1 { "its ratio is" } else { "their ratios are" }
    )
}

fn code(name: &str) -> String {
    format!("`{}`", format::plain(name).replace('`', "'"))
}
