//! What became of the taxes, in sentences made from the numbers alone.

use super::shape::{BaselineChange, BenchmarkChange, Compared, SubjectChange};
use crate::report::format::{self, code};
use crate::run::Role;
use crate::stats::Verdict;

/// Plain text with names in backticks. `before` and `after` are what the table calls the two runs.
pub(super) fn sentences(compared: &Compared, before: &str, after: &str) -> Vec<String> {
    if let Some(why) = &compared.incomparable {
        return vec![format!("{after} cannot be held against {before}: {why}.")];
    }
    let mut said = verdicts(compared, before);
    said.extend(controls(compared, before, after));
    said.extend(files(compared, before, after));
    said.extend(baselines(compared, before, after));
    said
}

fn rows(compared: &Compared) -> impl Iterator<Item = (&BenchmarkChange, &SubjectChange)> {
    compared.benchmarks.iter().flat_map(|benchmark| benchmark.subjects.iter().map(move |row| (benchmark, row)))
}

fn is_asked((_, row): &(&BenchmarkChange, &SubjectChange)) -> bool {
    matches!(row.role, Role::Runner | Role::Guest)
}

fn verdicts(compared: &Compared, before: &str) -> Vec<String> {
    let judged: Vec<_> = rows(compared).filter(is_asked).filter(|(_, row)| row.verdict.is_some()).collect();
    if judged.is_empty() {
        return vec![format!(
            "No tax of both runs could be held against each other: there is nothing to say of what has changed since {before}."
        )];
    }
    let of = |verdict: Verdict| judged.iter().filter(move |(_, row)| row.verdict == Some(verdict));
    let mut said = Vec::new();
    for (verdict, word) in [(Verdict::Slower, "more"), (Verdict::Faster, "less")] {
        let claimed: Vec<_> = of(verdict).copied().collect();
        if !claimed.is_empty() {
            said.push(format!("Relative to its baseline, {word} than in {before}: {}.", figures(&claimed)));
        }
    }
    let unseen = of(Verdict::NoDifferenceSeen).count();
    if unseen == judged.len() {
        let floors = judged.iter().filter_map(|(benchmark, _)| benchmark.noise_floor);
        let (least, most) = floors.fold((f64::INFINITY, 0.0_f64), |(least, most), floor| (least.min(floor), most.max(floor)));
        let range = if format::percent(least) == format::percent(most) {
            format::percent(most)
        } else {
            format!("{} to {}", format::percent(least), format::percent(most))
        };
        said.push(format!("No tax was seen to differ from {before}'s: none of {unseen} rises above the noise of both runs, {range}. That is no proof of equality."));
    } else if unseen > 0 {
        said.push(format!("Of {unseen} others no difference from {before} was seen."));
    }
    let undecided = of(Verdict::Undecided).count();
    if undecided > 0 {
        let note = of(Verdict::Undecided).find_map(|(_, row)| row.note.as_deref()).unwrap_or("too little was measured");
        said.push(format!("Undecided of {undecided}: {}.", format::plain(note)));
    }
    said
}

/// Subject by subject: ``of `shared` 1.058 (1.021 to 1.090) in `dynamic` at 1,000,000, …; of …``
fn figures(rows: &[(&BenchmarkChange, &SubjectChange)]) -> String {
    let mut subjects: Vec<&str> = Vec::new();
    for (_, row) in rows {
        if !subjects.contains(&row.after_subject.as_str()) {
            subjects.push(&row.after_subject);
        }
    }
    let of = |subject: &&str| {
        let own = rows.iter().filter(|(_, row)| row.after_subject == **subject);
        format!("of {} {}", code(subject), own.map(|(benchmark, row)| figure(benchmark, row)).collect::<Vec<_>>().join(", "))
    };
    subjects.iter().map(of).collect::<Vec<_>>().join("; ")
}

fn figure(benchmark: &BenchmarkChange, row: &SubjectChange) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| "?".to_owned(), format::ratio);
    let size = benchmark.size.map_or_else(String::new, |size| format!(" at {}", format::count(size)));
    let (change, low, high) = (number(row.change), number(row.change_low), number(row.change_high));
    format!("{change} ({low} to {high}) in {}{size}", code(&benchmark.name))
}

/// The same file twice in each run: what changes there is no build.
fn controls(compared: &Compared, before: &str, after: &str) -> Option<String> {
    let differs = |row: &SubjectChange| matches!(row.verdict, Some(Verdict::Slower | Verdict::Faster));
    let differing: Vec<_> = rows(compared).filter(|(_, row)| row.role == Role::Control && differs(row)).collect();
    (!differing.is_empty()).then(|| {
        format!(
            "The baseline against itself (A/A) is not the same in {before} and {after}: {}. One of the two runs was disturbed; measure again before \
             you rely on this.",
            figures(&differing)
        )
    })
}

/// Whether a change can be the build's at all, and whether it can be the baseline's.
fn files(compared: &Compared, before: &str, after: &str) -> Vec<String> {
    let claimed: Vec<&SubjectChange> = rows(compared)
        .filter(is_asked)
        .map(|(_, row)| row)
        .filter(|row| matches!(row.verdict, Some(Verdict::Slower | Verdict::Faster)))
        .collect();
    let names = |which: &dyn Fn(&SubjectChange) -> bool| {
        let mut names: Vec<String> = claimed.iter().filter(|row| which(row)).map(|row| code(&row.after_subject)).collect();
        names.sort();
        names.dedup();
        names
    };
    let mut said = Vec::new();
    let same = names(&|row| row.same_executable && row.same_baseline);
    if !same.is_empty() {
        said.push(format!(
            "{} and the baseline are the same executables in {before} and {after}: what changed is what they load, or the machine and its mood.",
            same.join(", ")
        ));
    }
    let others = names(&|row| !row.same_baseline);
    if !others.is_empty() {
        said.push(format!(
            "The baseline of {} is another file than in {before}: the tax may have changed because that became slower or faster.",
            others.join(", ")
        ));
    }
    said
}

/// The baselines' own times in the benchmarks that are timed inside.
fn baselines(compared: &Compared, before: &str, after: &str) -> Option<String> {
    let figure = |benchmark: &BenchmarkChange, row: &BaselineChange| format!("{} in {}", format::ratio(row.ratio), code(&benchmark.name));
    let mut inside = compared.benchmarks.iter().filter(|benchmark| benchmark.clock == crate::run::Clock::InProcess).peekable();
    inside.peek()?;
    let figures: Vec<String> = inside.flat_map(|benchmark| benchmark.baselines.iter().map(|row| figure(benchmark, row))).collect();
    let is_other = compared.benchmarks.iter().flat_map(|benchmark| &benchmark.baselines).any(|row| !row.same_executable);
    let other = if is_other { " (its executable is another file)" } else { "" };
    (!figures.is_empty()).then(|| {
        format!(
            "By the clock alone, {after}'s baseline{other} took {} of {before}'s time; nothing controls what happened to the machine in between, so \
             that this is no finding.",
            figures.join(" and ")
        )
    })
}
