//! What a study says, in sentences made from its numbers alone: none claims a difference that its verdict does not.

use super::shape::{Effect, InstructionsEffect, Interaction, Ledger, PairApart, Part, Range};
use super::{Words, contrast, groups, headlines, words};
use crate::matrix::Benchmark;
use crate::report::format::{self, code};
use crate::report::published::PUBLISHED;
use crate::report::summary::{BenchmarkSummary, Summary};
use crate::run::{Contrast, Factor, Run};
use crate::stats::Verdict;

/// A sentence per factor, then the interactions that were seen, the ledger, and the published pair; of each group in turn. Plain text with
/// names in backticks; none where there is no study.
pub fn sentences(run: &Run, summary: &Summary) -> Vec<String> {
    let benchmarks = headlines(run, summary);
    let mut said = Vec::new();
    for group in groups(summary) {
        if summary.reference.is_some() {
            said.extend(group.map(|group| format!("Of {}:", code(group))));
        }
        said.extend(Contrast::ALL.into_iter().filter_map(|contrast| effect(summary, &benchmarks, group, contrast)));
        said.extend(interactions(summary, &benchmarks, group));
        said.extend(summary.ledger.iter().filter(|ledger| ledger.group.as_deref() == group).map(ledger));
        said.extend(summary.published_pair.iter().filter(|pair| pair.group.as_deref() == group).map(published_pair));
    }
    said
}

/// ``With PGO and LTO held equal, PIC (instead of …) costs 1.021 (1.012 to 1.031) on `pure_int_loop` and …``
fn effect(summary: &Summary, benchmarks: &[&BenchmarkSummary], group: Option<&str>, contrast: Contrast) -> Option<String> {
    let is_asked = |effect: &&Effect| {
        effect.group.as_deref() == group && (effect.factor, &*effect.from, &*effect.to) == (contrast.factor, contrast.from, contrast.to)
    };
    let of = |benchmark: &&BenchmarkSummary| {
        summary.effects.iter().filter(is_asked).find(|effect| effect.benchmark == benchmark.name && effect.size == benchmark.size)
    };
    let effects: Vec<&Effect> = benchmarks.iter().filter_map(of).collect();
    let tone = Tone::of(effects.first()?);
    let Words { short, instead, held, .. } = words(contrast);
    let claims: Vec<String> = effects.chunk_by(|a, b| Tone::of(a) == Tone::of(b)).map(claims).collect();
    let verb = if matches!(tone, Tone::Costs | Tone::Gives) { "" } else { ":" };
    Some(format!("{held}, {short} ({instead}){verb} {}.{}{}", claims.join("; "), instructions(&effects), rebuilds(&effects)))
}

/// What may be said of an effect.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Costs,
    Gives,
    Unseen,
    /// The interval leaves 1 out, and yet it is no more than noise may make.
    BelowNoise,
    Undecided,
    Missing,
}

impl Tone {
    fn of(effect: &Effect) -> Self {
        match effect.verdict {
            Some(Verdict::Slower) => Self::Costs,
            Some(Verdict::Faster) => Self::Gives,
            Some(Verdict::NoDifferenceSeen) => {
                let around_one = effect.ratio_low.zip(effect.ratio_high).is_some_and(|(low, high)| low <= 1.0 && 1.0 <= high);
                if around_one { Self::Unseen } else { Self::BelowNoise }
            }
            Some(Verdict::Undecided) => Self::Undecided,
            None => Self::Missing,
        }
    }

    fn opening(self) -> &'static str {
        match self {
            Self::Costs => "costs ",
            Self::Gives => "gives ",
            Self::Unseen => "no difference seen: ",
            Self::BelowNoise => "no difference seen above the noise: ",
            Self::Undecided => "undecided: ",
            Self::Missing => "no figure ",
        }
    }
}

/// Of effects in one tone.
fn claims(effects: &[&Effect]) -> String {
    let opening = effects.first().map_or("", |effect| Tone::of(effect).opening());
    let figures: Vec<String> = effects.iter().map(|effect| claim(effect)).collect();
    let comma = if figures.iter().any(|figure| figure.contains("`,")) { "," } else { "" };
    opening.to_owned() + &figures.join(&format!("{comma} and "))
}

fn claim(effect: &Effect) -> String {
    let benchmark = code(&effect.benchmark);
    let range = effect.ratio.zip(effect.ratio_low).zip(effect.ratio_high);
    let note = effect.note.as_deref().map_or_else(String::new, |note| format!(", {}", format::plain(note)));
    let Some(((value, low), high)) = range else { return format!("on {benchmark}{note}") };
    let figure = format!("{} on {benchmark}", self::figure(Range { value, low, high }));
    match (Tone::of(effect), effect.detectable) {
        (Tone::Unseen | Tone::BelowNoise, Some(least)) => format!("{figure}, where about {} would be seen", format::percent(least)),
        (Tone::Undecided, _) => figure + &note,
        _ => figure,
    }
}

/// What the counts say; nothing where nothing was counted.
fn instructions(effects: &[&Effect]) -> String {
    let of = |effect: &&Effect| Some(format!("{} on {}", counted(effect.instructions.as_ref()?), code(&effect.benchmark)));
    let figures: Vec<String> = effects.iter().filter_map(of).collect();
    if figures.is_empty() { String::new() } else { format!(" By instructions: {}.", figures.join(" and ")) }
}

/// `1.0213`, or `1.0213 (pairs 1.0198 to 1.0231)` where there are several.
pub(in crate::report) fn counted(effect: &InstructionsEffect) -> String {
    let mean = format::instructions_ratio(effect.ratio);
    match effect.pairs {
        1 => mean,
        _ => format!("{mean} (pairs {} to {})", format::instructions_ratio(effect.least), format::instructions_ratio(effect.most)),
    }
}

/// What independent rebuilds of the same gave; nothing where there is one of each.
fn rebuilds(effects: &[&Effect]) -> String {
    let spread = |effect: &&Effect| {
        let (low, high) = (effect.rebuilds.iter().copied().reduce(f64::min)?, effect.rebuilds.iter().copied().reduce(f64::max)?);
        Some((effect.rebuilds.len(), format!("{} to {} on {}", format::ratio(low), format::ratio(high), code(&effect.benchmark))))
    };
    let spreads: Vec<(usize, String)> = effects.iter().filter_map(spread).collect();
    let Some((count, _)) = spreads.first() else { return String::new() };
    let spreads: Vec<&str> = spreads.iter().map(|(_, spread)| spread.as_str()).collect();
    format!(" From rebuild to rebuild ({count} of each): {}.", spreads.join(", "))
}

/// Those that were seen, and in one sentence how many others were looked for.
fn interactions(summary: &Summary, benchmarks: &[&BenchmarkSummary], group: Option<&str>) -> Vec<String> {
    let is_headline = |interaction: &&Interaction| {
        let is_there = |benchmark: &&BenchmarkSummary| benchmark.name == interaction.benchmark && benchmark.size == interaction.size;
        interaction.group.as_deref() == group && interaction.figures.is_some() && benchmarks.iter().any(is_there)
    };
    let all: Vec<&Interaction> = summary.interactions.iter().filter(is_headline).collect();
    let seen: Vec<String> = all.iter().filter_map(|interaction| self::interaction(interaction)).collect();
    let decided = |interaction: &&&Interaction| {
        interaction.figures.as_ref().is_some_and(|figures| figures.verdict.is_some_and(|verdict| verdict != Verdict::Undecided))
    };
    let looked = all.iter().filter(decided).count();
    let names: Vec<String> = benchmarks.iter().map(|benchmark| code(&benchmark.name)).collect();
    let names = names.join(" and ");
    let rest = match (looked, seen.len()) {
        (0, _) if all.is_empty() => None,
        (0, _) => Some(format!("Whether factors interact on {names}, this run cannot decide.")),
        (looked, 0) => Some(format!("Of {looked} interactions between factors looked for on {names}, none was seen.")),
        (looked, seen) if looked > seen => Some(format!("Of {looked} interactions looked for on {names}, no other was seen.")),
        _ => None,
    };
    seen.into_iter().chain(rest).collect()
}

/// Nothing unless it was seen.
fn interaction(interaction: &Interaction) -> Option<String> {
    let figures = interaction.figures.as_ref().filter(|figures| figures.is_decided())?;
    let effect = words(contrast(interaction.factor, &interaction.from, &interaction.to)?);
    let by = words(contrast(interaction.by, &interaction.by_from, &interaction.by_to)?);
    Some(format!(
        "On {}, the effects of {} and {} depend on each other: {} is {} {}, {} {}, the second {} times the first; the mean of either over the \
         levels of the other is true of neither.",
        code(&interaction.benchmark),
        effect.short,
        by.short,
        effect.short,
        figure(interaction.at_from?),
        by.at_from,
        figure(interaction.at_to?),
        by.at_to,
        figure(figures.range())
    ))
}

fn ledger(ledger: &Ledger) -> String {
    let steps: Vec<String> = ledger
        .steps
        .iter()
        .map(|step| {
            let doubt = if step.figures.is_decided() { "" } else { "?" };
            format!("{} {}{doubt}", step_name(step.factor, &step.from, &step.to), format::ratio(step.figures.ratio))
        })
        .collect();
    let is_doubtful = ledger.steps.iter().any(|step| !step.figures.is_decided());
    let explained = if is_doubtful { " (with a question mark where no difference was seen)" } else { "" };
    format!(
        "From {} to {}, the time on {} becomes {} times as long{}; step by step{explained}: {}.",
        code(&ledger.from),
        code(&ledger.to),
        code(&ledger.benchmark),
        figure(ledger.total.range()),
        if ledger.total.is_decided() { "" } else { ", which this run cannot tell from 1" },
        steps.join(", then ")
    )
}

/// What a step of the ledger does: `without LTO`, `as PIC`, `shared`.
pub(in crate::report) fn step_name(factor: Factor, from: &str, to: &str) -> &'static str {
    match contrast(factor, from, to) {
        Some(contrast) if contrast.to == to => words(contrast).at_to,
        Some(contrast) => words(contrast).at_from,
        None => "",
    }
}

fn published_pair(pair: &PairApart) -> String {
    let ends = format!("{} and {}", code(&pair.from), code(&pair.to));
    let total = figure(pair.total.range());
    let opening = published(pair).map_or_else(String::new, |figures| figures + " ");
    if pair.total.verdict != Some(Verdict::Slower) {
        return format!(
            "{opening}Between {ends}, no cost was seen on {} ({total}), so that there is none to divide.",
            code(&pair.benchmark)
        );
    }
    let parts: Vec<String> = pair.parts.iter().map(part).collect();
    let parts = match parts.as_slice() {
        [one, other] => format!("{one} and {other}"),
        [others @ .., last] => format!("{}; and {last}", others.join("; ")),
        [] => return opening,
    };
    format!("{opening}Of the {total} that lies between {ends} on {}, {parts}{}.", code(&pair.benchmark), orders(pair))
}

/// Where the parts are not means over all orders of change, over how many.
fn orders(pair: &PairApart) -> String {
    let (found, possible) = (pair.orders.len(), pair.orders_possible);
    let others = if possible - found == 1 { "the other needs" } else { "the others need" };
    match found {
        found if found == possible => String::new(),
        1 => format!(" (in this order alone: a build that {others} has no times)"),
        _ => format!(" (means over {found} of {possible} orders of change: a build that {others} has no times)"),
    }
}

/// `PGO is 1.241 (1.230 to 1.251), 88 % of the logarithm (83 to 94 %)`
fn part(part: &Part) -> String {
    let name = contrast(part.factor, &part.from, &part.to).map_or("", |contrast| words(contrast).short);
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let share = part.share.map_or_else(String::new, |share| {
        format!(", {} % of the logarithm ({} to {} %)", percent(share.value), percent(share.low), percent(share.high))
    });
    let doubt = if part.figures.is_decided() { "" } else { ", in itself no difference seen" };
    format!("{name} is {}{doubt}{share}", figure(part.figures.range()))
}

/// What the published experiment gave for the pair's counterparts.
fn published(pair: &PairApart) -> Option<String> {
    let figure = |subject: &str| {
        let mut figures = PUBLISHED.iter().filter(|figure| figure.benchmark.name() == pair.benchmark && figure.subject == subject);
        figures.next().map(|figure| figure.ratio)
    };
    let what = match Benchmark::named(&pair.benchmark)? {
        Benchmark::PureIntLoop => "pure integer loop",
        Benchmark::Dynamic => "dynamic workload",
        _ => return None,
    };
    let (pic, nonpic) = (figure("static-pic")?, figure("static-nonpic")?);
    let (from, to) = (code(&pair.from), code(&pair.to));
    let here = if pair.parts.iter().any(|part| part.factor == Factor::Interposition) {
        format!("as here {to} and {from}")
    } else {
        format!("as here {to}, but that it is closed to interposition, and {from}: what interposition costs is not in what follows")
    };
    Some(format!(
        "For its {what}, the published experiment gave {} for the distribution's `-pic.a` and {} for its `.a`, relative to python3 and so {} \
         for the one by the other; in Debian's packages the former is compiled without PGO and open to interposition, the latter non-PIC and \
         with PGO, {here}.",
        format::ratio(pic),
        format::ratio(nonpic),
        format::ratio(pic / nonpic),
    ))
}

/// `1.021 (1.012 to 1.031)`
pub(in crate::report) fn figure(range: Range) -> String {
    format!("{} ({} to {})", format::ratio(range.value), format::ratio(range.low), format::ratio(range.high))
}
