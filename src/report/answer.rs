//! The answer in a sentence or two, made from the numbers alone.

use super::confounds;
use super::format::{self, code};
use super::packs;
use super::sections::{Section, sections};
use super::study::is_study;
use super::summary::{Bearing, BenchmarkSummary, Difference, PremiseVerdict, Property, SubjectResult, Summary};
use crate::run::{Clock, Role};
use crate::stats::{self, Verdict};

/// A runner's way through the loops that are timed inside the interpreter.
struct Standing<'a> {
    subject: &'a str,
    /// Geometric mean of its ratios.
    mean: f64,
    rows: Vec<(&'a BenchmarkSummary, &'a SubjectResult)>,
}

/// Plain sentences; subjects and benchmarks in backticks, their names with nothing worse than spaces in them. With several groups, the
/// first one's answer, and then how the others stand to the reference.
pub fn answer(summary: &Summary) -> String {
    if is_of_kernels(summary) {
        return "This run measured what single opcodes cost, and no workload: it advises nothing to embed.".to_owned();
    }
    if let Some(text) = packs::answer(summary) {
        return text;
    }
    let sections = sections(summary);
    let Some(first) = sections.first() else { return String::new() };
    let mut rest = summary.reference.as_ref().map_or_else(String::new, |reference| across(summary, reference, &sections));
    rest += &guests(summary);
    rest += &packs::sentence(summary);
    match of_section(summary, *first) {
        Some(text) => text + &rest,
        None if rest.is_empty() => "No runner has a published ratio to the baseline yet: there is nothing to say.".to_owned(),
        None => format!("No runner has a published ratio to {}.{rest}", code(first.baseline())),
    }
}

/// The answer in one short sentence, where there is room for no more: what to embed, how that stands to the baseline, and what it saves
/// against the dearest runner. Of the first group that has a runner, where there are several. In the same writing as [`answer`].
pub(super) fn headline(summary: &Summary) -> String {
    let whole = || answer(summary).split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned();
    let with_runners = sections(summary).into_iter().map(|section| (section, standings(summary, section, Role::Runner)));
    let found = with_runners.filter(|_| !is_of_kernels(summary)).find(|(_, standings)| !standings.is_empty());
    let Some((section, standings)) = found else { return whole() };
    let (best, worst) = (&standings[0], &standings[standings.len() - 1]);
    let baseline = code(section.baseline());
    if !standings.iter().any(decided) {
        return format!("This run decides nothing between the runners and {baseline}.");
    }
    let seen = |verdict| best.rows.iter().any(|(_, row)| row.verdict == Some(verdict));
    let stands = match (seen(Verdict::Slower), seen(Verdict::Faster)) {
        (false, false) => format!("no difference from {baseline} seen"),
        (false, true) => format!("{:.2} of {baseline}'s time", best.mean),
        (true, _) => format!("{:.2} times {baseline}'s time", best.mean),
    };
    if alike(best, worst) {
        let rest = if standings.len() > 1 { "and no runner stands out" } else { "the only runner" };
        return format!("Embed {}: {stands}, {rest}.", code(best.subject));
    }
    format!("Embed {}: {stands}, and {:.2} times as fast as {} here.", code(best.subject), worst.mean / best.mean, code(worst.subject))
}

fn is_of_kernels(summary: &Summary) -> bool {
    !summary.benchmarks.is_empty() && summary.benchmarks.iter().all(BenchmarkSummary::is_of_kernels)
}

/// Nothing without a runner that has a ratio.
fn of_section(summary: &Summary, section: Section<'_>) -> Option<String> {
    let standings = standings(summary, section, Role::Runner);
    let (best, worst) = (standings.first()?, standings.last()?);
    if !standings.iter().any(decided) {
        return Some(undecided(section, best));
    }
    let alone = alike(best, worst);
    let opening = if alone && standings.len() > 1 { "No runner stands out;" } else { "Embed" };
    let mut text = format!("{opening} {}: {} of {}'s time.", code(best.subject), figures(best), code(section.baseline()));
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
    Some(text + &caution(section, is_study(summary)))
}

/// Whether any of the figures that an answer would rest on was seen to differ from the baseline's.
fn decided(standing: &Standing<'_>) -> bool {
    standing.rows.iter().any(|(_, row)| matches!(row.verdict, Some(Verdict::Faster | Verdict::Slower)))
}

/// No order of runners that noise made.
fn undecided(section: Section<'_>, any: &Standing<'_>) -> String {
    let few = any.rows.iter().all(|(_, row)| row.verdict == Some(Verdict::Undecided));
    let floor = any.rows.iter().filter_map(|(benchmark, _)| benchmark.noise_floor).fold(0.0, f64::max);
    let reason = match () {
        () if few => "it has too few rounds".to_owned(),
        () if floor > 0.0 => format!("no difference rises above its noise, which reaches {}", format::percent(floor)),
        () => "no difference was seen".to_owned(),
    };
    let benchmarks: Vec<String> = any.rows.iter().map(|(benchmark, _)| code(&benchmark.name)).collect();
    format!(
        "In {}, this run decides nothing between the runners and {}: {reason}. More rounds (--rounds) or a quieter machine may.",
        benchmarks.join(" and "),
        code(section.baseline())
    )
}

/// How the other groups' own python3 and their best runner stand to the reference.
fn across(summary: &Summary, reference: &str, sections: &[Section<'_>]) -> String {
    let figures = |subject: &str| {
        let rows = loops(summary).into_iter().filter_map(|benchmark| Some((benchmark, benchmark.across_of(subject)?)));
        let figures: Vec<String> = rows.filter_map(|(benchmark, row)| Some(figure(&benchmark.name, row.ratio?, row.verdict))).collect();
        (!figures.is_empty()).then(|| figures.join(" and "))
    };
    let mut parts = Vec::new();
    for section in sections.iter().filter(|section| section.baseline() != reference) {
        let baseline = section.baseline();
        parts.push(match figures(baseline) {
            Some(figures) => format!("{} takes {figures}", code(baseline)),
            None => format!("{} has no published ratio", code(baseline)),
        });
        let best = standings(summary, *section, Role::Runner).first().map(|best| best.subject);
        if let Some((best, figures)) = best.and_then(|best| Some((best, figures(best)?))) {
            parts.push(format!("{}, the least of its runners, {figures}", code(best)));
        }
    }
    if parts.is_empty() { String::new() } else { format!(" Across releases, relative to {}: {}.", code(reference), parts.join("; ")) }
}

/// What the person added is no runner to embed, yet its figures were asked for.
fn guests(summary: &Summary) -> String {
    let mut text = String::new();
    for section in sections(summary) {
        for standing in standings(summary, section, Role::Guest) {
            text += &format!(
                " Beside the runners, {} takes {} of {}'s time.",
                code(standing.subject),
                figures(&standing),
                code(section.baseline())
            );
        }
    }
    text
}

/// What is timed inside the interpreter, if anything is; the sum over the opcode kernels is no workload that anyone runs, and packs have a sentence of
/// their own.
fn loops(summary: &Summary) -> Vec<&BenchmarkSummary> {
    let all = || summary.benchmarks.iter().filter(|benchmark| !benchmark.is_of_kernels() && !benchmark.is_packed());
    let loops: Vec<&BenchmarkSummary> = all().filter(|benchmark| benchmark.clock == Clock::InProcess).collect();
    if loops.is_empty() { all().collect() } else { loops }
}

/// A section's subjects of that role with a ratio in every loop that any of them has one in, least cost first.
fn standings<'a>(summary: &'a Summary, section: Section<'a>, role: Role) -> Vec<Standing<'a>> {
    let loops = loops(summary);
    let mut subjects: Vec<&str> = Vec::new();
    for row in loops.iter().flat_map(|benchmark| section.rows(benchmark)).filter(|row| row.role == role && row.ratio.is_some()) {
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
    let figures = standing.rows.iter().map(|(benchmark, row)| figure(&benchmark.name, row.ratio.unwrap_or(f64::NAN), row.verdict));
    figures.collect::<Vec<_>>().join(" and ")
}

fn figure(benchmark: &str, ratio: f64, verdict: Option<Verdict>) -> String {
    let verdict = verdict.map_or(String::new(), |verdict| format!(" ({})", format::verdict(verdict)));
    format!("{} in {}{verdict}", format::ratio(ratio), code(benchmark))
}

/// The sentence that keeps a reader from taking a mixture of causes for one.
fn caution(section: Section<'_>, study: bool) -> String {
    let end = if study { "; the study takes the causes apart." } else { "." };
    let claims = claims(section);
    if claims.is_empty() {
        return match section.premise().verdict {
            PremiseVerdict::DoesNotHold if study => {
                " The builds differ in more than one choice, as their names say; the study takes the causes apart.".into()
            }
            PremiseVerdict::DoesNotHold => {
                " The runners' libpythons were not built alike (below), so no ratio is the cost of one choice alone.".into()
            }
            _ => String::new(),
        };
    }
    let mut subjects: Vec<&str> = claims.iter().flat_map(|(_, subjects)| subjects.iter().copied()).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let ratios = if subjects.len() == 1 { "its ratio is" } else { "their ratios are" };
    let claims: Vec<String> = claims.iter().map(|(claim, subjects)| said(claim, subjects)).collect();
    format!(" The libpythons were not built alike: {}, so {ratios} not the cost of PIC or of sharing alone{end}", claims.join("; "))
}

/// What runners were seen to differ in beside what their names say, and which of them.
fn claims(section: Section<'_>) -> Vec<(&Difference, Vec<&str>)> {
    let mut claims: Vec<(&Difference, Vec<&str>)> = Vec::new();
    let is_guest = |subject: &str| section.role_of(subject) == Some(Role::Guest);
    for difference in section.differences().filter(|difference| difference.bearing == Bearing::Confound && !is_guest(&difference.subject)) {
        let same = |other: &Difference| {
            (other.property, &other.value, &other.against_value) == (difference.property, &difference.value, &difference.against_value)
        };
        match claims.iter_mut().find(|(other, _)| same(other)) {
            Some((_, subjects)) if subjects.contains(&difference.subject.as_str()) => {}
            Some((_, subjects)) => subjects.push(&difference.subject),
            None => claims.push((difference, vec![&difference.subject])),
        }
    }
    claims
}

fn said(claim: &Difference, subjects: &[&str]) -> String {
    let names: Vec<String> = subjects.iter().map(|subject| code(subject)).collect();
    let many = subjects.len() > 1;
    let verb = match (claim.property, claim.value.as_str()) {
        (Property::Pgo, "no") => format!("{} compiled without a profile (PGO)", if many { "were" } else { "was" }),
        _ => confounds::verb(claim, many),
    };
    format!("{} {verb}", names.join(", "))
}
