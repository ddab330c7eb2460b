//! The study: what each factor costs with the others held equal, in sentences, tables, and a ledger.

use super::label;
use super::table::{Table, code, text};
use crate::report::confounds::{PAIR, of_pairs};
use crate::report::format;
use crate::report::study::{
    Effect, Figures, Interaction, Ledger, Words, contrast, counted, figure, groups, headlines, is_study, sentences, step_name, words,
};
use crate::report::summary::{BenchmarkSummary, Summary};
use crate::run::{Contrast, Run};

/// Nothing where no subject carries factors.
pub(super) fn study(run: &Run, summary: &Summary) -> String {
    if !is_study(summary) {
        return String::new();
    }
    let headlines = headlines(run, summary);
    let said: Vec<String> = sentences(run, summary).iter().map(|sentence| format!("- {sentence}\n")).collect();
    let mut section = format!(
        "## The study: what each choice costs\n\nThe builds of a group were compiled by one compiler from one source (*Environment*), so that they differ in \
         what is named and in nothing else that was asked for; that they do differ in it, their files show (*What differs*). An effect is the \
         mean, over matched pairs of builds that differ in one factor alone, of the ratios within a round; below 1 is faster. METHODOLOGY.md \
         says how.\n\n{}\n![Each factor's effect with its interval](plots/effects.svg)\n",
        said.concat()
    );
    for group in groups(summary) {
        let parts = [
            effects(summary, &headlines, group),
            pairs(summary, &headlines, group),
            everywhere(summary, group),
            interactions(summary, group),
            ledgers(summary, group),
        ];
        section += &match group.filter(|_| summary.reference.is_some()) {
            Some(group) => format!("\n### {}\n{}", text(group), parts.concat()),
            // Without a heading of their group, theirs are one level up.
            None => parts.concat().replace("\n#### ", "\n### "),
        };
    }
    section
}

fn of_group<'a>(summary: &'a Summary, group: Option<&'a str>) -> impl Iterator<Item = &'a Effect> {
    summary.effects.iter().filter(move |effect| effect.group.as_deref() == group)
}

fn is_in(benchmark: &BenchmarkSummary, effect: &Effect) -> bool {
    effect.benchmark == benchmark.name && effect.size == benchmark.size
}

fn named(effect: &Effect) -> Option<(Contrast, Words)> {
    contrast(effect.factor, &effect.from, &effect.to).map(|contrast| (contrast, words(contrast)))
}

/// The headline benchmarks: a line for each factor.
fn effects(summary: &Summary, headlines: &[&BenchmarkSummary], group: Option<&str>) -> String {
    let mut section = String::new();
    for benchmark in headlines {
        let floor = benchmark.noise_floor.map_or("no noise floor".to_owned(), |floor| format!("noise floor {}", format::percent(floor)));
        section += &format!("\n#### Effects on {} ({floor})\n\n", label(&benchmark.name, benchmark.size));
        let mut columns = vec!["factor", ">ratio", "95 % interval", "verdict", ">adjusted p", ">rounds", ">pairs", ">would be seen"];
        let rebuilt = of_group(summary, group).any(|effect| !effect.rebuilds.is_empty());
        if rebuilt {
            columns.push("rebuilds");
        }
        let is_counted = of_group(summary, group).any(|effect| is_in(benchmark, effect) && effect.instructions.is_some());
        if is_counted {
            columns.push(">by instructions");
        }
        let mut table = Table::new(&columns);
        for effect in of_group(summary, group).filter(|effect| is_in(benchmark, effect)) {
            let mut cells = line(effect).to_vec();
            if effect.matched.iter().any(|pair| !pair.confounds.is_empty()) {
                cells[1] += &format!(" {PAIR}");
            }
            if rebuilt {
                cells.push(effect.rebuilds.iter().map(|ratio| format::ratio(*ratio)).collect::<Vec<_>>().join(", "));
            }
            if is_counted {
                cells.push(effect.instructions.as_ref().map_or_else(|| "–".to_owned(), counted));
            }
            table.row(&cells);
        }
        section += &table.finish();
        section += &of_pairs(of_group(summary, group).filter(|effect| is_in(benchmark, effect)), code);
    }
    section
}

fn line(effect: &Effect) -> [String; 8] {
    let dash = || "–".to_owned();
    let name = named(effect).map_or_else(String::new, |(_, words)| format!("**{}**: {}", words.short, words.instead));
    let interval = effect.ratio_low.zip(effect.ratio_high);
    let verdict = match (effect.verdict, &effect.note) {
        (Some(verdict), Some(note)) => format!("{}: {}", format::verdict(verdict), text(note)),
        (Some(verdict), None) => format::verdict(verdict).to_owned(),
        (None, note) => text(note.as_deref().unwrap_or_default()),
    };
    [
        name,
        effect.ratio.map_or_else(dash, format::ratio),
        interval.map_or_else(dash, |(low, high)| format!("{} to {}", format::ratio(low), format::ratio(high))),
        verdict,
        effect.p_adjusted.map_or_else(String::new, format::p_value),
        effect.rounds.to_string(),
        format!("{} of {}", effect.pairs, effect.pairs_possible),
        effect.detectable.map_or_else(dash, format::percent),
    ]
}

/// Each matched pair on its own, so that a mean over unlike pairs can be seen for what it is.
fn pairs(summary: &Summary, headlines: &[&BenchmarkSummary], group: Option<&str>) -> String {
    let names: Vec<String> = headlines.iter().map(|benchmark| text(&benchmark.name)).collect();
    let columns: Vec<&str> = ["factor", "from", "to"].into_iter().chain(names.iter().map(String::as_str)).collect();
    let mut table = Table::new(&columns);
    let Some(first) = headlines.first() else { return String::new() };
    for effect in of_group(summary, group).filter(|effect| is_in(first, effect)) {
        let same = |benchmark: &&BenchmarkSummary| {
            let is_it = |other: &&Effect| (other.factor, &other.from, &other.to) == (effect.factor, &effect.from, &effect.to);
            of_group(summary, group).filter(is_it).find(|effect| is_in(benchmark, effect))
        };
        for (at, pair) in effect.matched.iter().enumerate() {
            let cell = |benchmark: &&BenchmarkSummary| {
                same(benchmark).and_then(|effect| effect.matched.get(at)?.ratio).map_or_else(|| "left out".to_owned(), figure)
            };
            let name = named(effect).map_or("", |(_, words)| words.short);
            let sign = if pair.confounds.is_empty() { String::new() } else { format!(" {PAIR}") };
            let cells = [name.to_owned(), code(&pair.from), code(&pair.to) + &sign];
            table.row(&cells.into_iter().chain(headlines.iter().map(cell)).collect::<Vec<_>>());
        }
    }
    format!(
        "\n#### The pairs\n\nEach pair that the effects are means of, on its own; not tested one by one. Left out: one of the two has no published time, \
         or too few rounds.\n\n{}{}",
        table.finish(),
        of_pairs(of_group(summary, group), code)
    )
}

/// All benchmarks: a column for each factor.
fn everywhere(summary: &Summary, group: Option<&str>) -> String {
    let mut contrasts: Vec<(Contrast, Words)> = Vec::new();
    for found in of_group(summary, group).filter_map(named) {
        if !contrasts.iter().any(|(contrast, _)| *contrast == found.0) {
            contrasts.push(found);
        }
    }
    let columns: Vec<&str> = std::iter::once("benchmark").chain(contrasts.iter().map(|(_, words)| words.short)).collect();
    let mut table = Table::new(&columns);
    for benchmark in &summary.benchmarks {
        let cell = |(contrast, _): &(Contrast, Words)| {
            let mut effects = of_group(summary, group).filter(|effect| is_in(benchmark, effect));
            let found = effects.find(|effect| self::contrast(effect.factor, &effect.from, &effect.to) == Some(*contrast));
            found.map_or_else(|| "–".to_owned(), short)
        };
        table.row(&std::iter::once(label(&benchmark.name, benchmark.size)).chain(contrasts.iter().map(cell)).collect::<Vec<_>>());
    }
    format!("\n#### Every benchmark\n\n▲ slower, ▼ faster, = no difference seen, ? undecided.\n\n{}", table.finish())
}

fn short(effect: &Effect) -> String {
    let interval = effect.ratio_low.zip(effect.ratio_high);
    let range = interval.map_or_else(String::new, |(low, high)| format!(" ({} to {})", format::ratio(low), format::ratio(high)));
    effect.ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{}{range} {}", format::ratio(ratio), format::sign(effect.verdict)))
}

/// Those that were seen; the others are in `summary.json`.
fn interactions(summary: &Summary, group: Option<&str>) -> String {
    let all: Vec<&Interaction> = summary.interactions.iter().filter(|interaction| interaction.group.as_deref() == group).collect();
    if all.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[
        "benchmark",
        "effect of",
        "by",
        ">at one level",
        ">at the other",
        ">the other by the one",
        "95 % interval",
        ">adjusted p",
    ]);
    let seen: Vec<(&Interaction, &Figures)> = all
        .iter()
        .filter_map(|interaction| Some((*interaction, interaction.figures.as_ref().filter(|figures| figures.is_decided())?)))
        .collect();
    for (interaction, figures) in &seen {
        table.row(&interaction_line(interaction, figures));
    }
    let opening = "\n#### Interactions\n\nWhere a factor costs more, or less, at one level of another than at the other, the same holds the other way round, and the mean of \
         either over the levels of the other is true of neither.";
    let count = format!("{} of {} were seen; `summary.json` has them all.", seen.len(), all.len());
    if seen.is_empty() { format!("{opening} {count}\n") } else { format!("{opening} {count}\n\n{}", table.finish()) }
}

fn interaction_line(interaction: &Interaction, figures: &Figures) -> [String; 8] {
    let effect = contrast(interaction.factor, &interaction.from, &interaction.to).map(words);
    let by = contrast(interaction.by, &interaction.by_from, &interaction.by_to).map(words);
    let at = |range: Option<crate::report::Range>, word: Option<&str>| {
        format!("{} {}", range.map_or_else(|| "–".to_owned(), figure), word.unwrap_or_default())
    };
    [
        label(&interaction.benchmark, interaction.size),
        effect.map_or("", |words| words.short).to_owned(),
        by.map_or("", |words| words.short).to_owned(),
        at(interaction.at_from, by.map(|words| words.at_from)),
        at(interaction.at_to, by.map(|words| words.at_to)),
        format::ratio(figures.ratio),
        format!("{} to {}", format::ratio(figures.ratio_low), format::ratio(figures.ratio_high)),
        figures.p_adjusted.map_or_else(String::new, format::p_value),
    ]
}

fn ledgers(summary: &Summary, group: Option<&str>) -> String {
    let ledgers: Vec<&Ledger> = summary.ledger.iter().filter(|ledger| ledger.group.as_deref() == group).collect();
    let Some(first) = ledgers.first() else {
        return "\n#### Ledger\n\nNone: no chain of builds, each with a time, leads from a static build to a shared one without PGO by one factor at a time.\n".to_owned();
    };
    let mut section = format!(
        "\n#### Ledger: from {} to {}\n\nOne factor at a time; the ends were chosen by what they are, not by their times. *So far* is measured against the first \
         build within rounds; the product of the steps should come out alike.\n",
        code(&first.from),
        code(&first.to)
    );
    for ledger in &ledgers {
        section += &format!("\n{}:\n\n{}", label(&ledger.benchmark, ledger.size), ledger_table(ledger));
    }
    section + "\n![The ledger, step by step](plots/ledger.svg)\n"
}

fn ledger_table(ledger: &Ledger) -> String {
    let is_counted = ledger.steps.iter().any(|step| step.instructions.is_some());
    let mut columns = vec!["step", "build", ">ratio of the step", "95 % interval", "verdict", ">product", ">so far"];
    if is_counted {
        columns.push(">by instructions");
    }
    let mut table = Table::new(&columns);
    let mut row = |cells: [String; 7], instructions: Option<f64>| {
        let counted = instructions.map_or_else(String::new, format::instructions_ratio);
        table.row(&cells.into_iter().chain(is_counted.then_some(counted)).collect::<Vec<_>>());
    };
    row(["", &code(&ledger.from), "", "", "", "1.000", "1.000"].map(str::to_owned), None);
    let verdict = |figures: &Figures| figures.verdict.map_or("", format::verdict).to_owned();
    let interval = |figures: &Figures| format!("{} to {}", format::ratio(figures.ratio_low), format::ratio(figures.ratio_high));
    for step in &ledger.steps {
        let cells = [
            step_name(step.factor, &step.from, &step.to).to_owned(),
            code(&step.build),
            format::ratio(step.figures.ratio),
            interval(&step.figures),
            verdict(&step.figures),
            format::ratio(step.product),
            figure(step.so_far),
        ];
        row(cells, step.instructions);
    }
    let total = &ledger.total;
    let cells =
        ["**all**".to_owned(), String::new(), format::ratio(total.ratio), interval(total), verdict(total), String::new(), String::new()];
    row(cells, ledger.instructions);
    table.finish()
}
