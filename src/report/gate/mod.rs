//! The gate: do runners take more instructions than they may? Judged from counts alone, which do not vary with the machine's mood.

mod limit;

pub use limit::{BadGate, GateLimit, TaxLimit};

use serde::Serialize;

use super::format;
use super::summarise::group_of;
use super::summary::{BenchmarkSummary, SubjectResult, Summary};
use crate::error::Exit;
use crate::matrix;
use crate::run::{Counting, Plan, Role, Run};

/// One subject in one benchmark, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Gated {
    /// `dynamic, M = 1,000,000`
    pub benchmark: String,
    pub subject: String,
    /// The baseline's name, or the earlier run's subject.
    pub against: String,
    pub instructions: u64,
    pub ratio: f64,
    pub tripped: bool,
}

/// What was not judged, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unjudged {
    pub what: String,
    pub why: String,
    /// Whether the gate was asked about it: a planned subject in a benchmark that is counted. Only what has none by design may be left out.
    pub missing: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    pub limit: GateLimit,
    pub judged: Vec<Gated>,
    pub unjudged: Vec<Unjudged>,
}

impl Gate {
    /// Done where all that it was asked about was judged, and is within the limit: with a hole, or with nothing judged, it has not passed.
    pub fn exit(&self) -> Exit {
        exit(self.judged.iter().map(|gated| gated.tripped), &self.unjudged)
    }

    fn missing(&self) -> impl Iterator<Item = &Unjudged> {
        self.unjudged.iter().filter(|unjudged| unjudged.missing)
    }
}

/// Of any gate, from whether each that was judged tripped it.
pub(super) fn exit(judged: impl Iterator<Item = bool>, unjudged: &[Unjudged]) -> Exit {
    let judged: Vec<bool> = judged.collect();
    match judged.contains(&true) {
        true => Exit::Gate,
        false if judged.is_empty() || unjudged.iter().any(|unjudged| unjudged.missing) => Exit::Incomplete,
        false => Exit::Done,
    }
}

/// For the terminal: what is missing, then what was not asked about, each with its reason. Names are as they are.
pub(super) fn listing(unjudged: &[Unjudged]) -> String {
    let mut text = String::new();
    for (heading, missing) in [("gate, missing:\n", true), ("gate, not judged:\n", false)] {
        let mut lines = unjudged.iter().filter(|unjudged| unjudged.missing == missing).peekable();
        text += if lines.peek().is_some() { heading } else { "" };
        for unjudged in lines {
            text += &format!("   {}: {}\n", format::plain(&unjudged.what), format::plain(&unjudged.why));
        }
    }
    text
}

/// Each runner and guest against its baseline in the same run.
pub fn gate_within(run: &Run, summary: &Summary, limit: GateLimit) -> Gate {
    let mut gate = Gate { limit, judged: Vec::new(), unjudged: Vec::new() };
    for benchmark in &summary.benchmarks {
        if gate.withholds(run, benchmark) {
            continue;
        }
        let judged = |row: &&SubjectResult| matches!(row.role, Role::Runner | Role::Guest);
        for row in benchmark.results.iter().filter(judged) {
            let subject = run.plan.subject(&row.subject);
            let against = subject.and_then(|subject| run.plan.baseline_of(subject)).map_or("its baseline", |baseline| &baseline.name);
            match (row.instructions, row.instructions_ratio) {
                (Some(instructions), Some(ratio)) => gate.judge(benchmark, row, against, instructions, ratio),
                (Some(_), None) => gate.miss(&item(benchmark, row), &format!("{against} was not counted")),
                (None, _) => gate.miss(&item(benchmark, row), row.note.as_deref().unwrap_or("it was not counted")),
            }
        }
    }
    gate
}

/// Each subject but the controls against the same subject of an earlier run.
pub fn gate_against(run: &Run, summary: &Summary, earlier: &Run, before: &Summary, limit: GateLimit) -> Gate {
    let mut gate = Gate { limit, judged: Vec::new(), unjudged: Vec::new() };
    if let Some(why) = incomparable(&run.plan, &earlier.plan) {
        gate.miss("the two runs", &why);
        return gate;
    }
    for benchmark in &summary.benchmarks {
        if gate.withholds(run, benchmark) {
            continue;
        }
        let then = before.benchmarks.iter().find(|other| other.name == benchmark.name && other.size == benchmark.size);
        for row in benchmark.results.iter().filter(|row| row.role != Role::Control) {
            match pair(run, earlier, benchmark, row, then) {
                Ok((now, was)) => gate.judge(benchmark, row, "the earlier run", now, now as f64 / was as f64),
                Err(why) => gate.miss(&item(benchmark, row), &why),
            }
        }
    }
    gate.forgotten(summary, before);
    gate
}

/// Why two runs as a whole cannot be held against each other: counts of other programs, or by another way, say nothing of a libpython.
pub fn incomparable(now: &Plan, then: &Plan) -> Option<String> {
    let how = |plan: &Plan| plan.counters.as_ref().map_or(Counting::None, |counters| counters.how);
    let name = |how: Counting| match how {
        Counting::Perf => "the processor's counters",
        Counting::Callgrind => "callgrind",
        Counting::None => "nothing",
    };
    if how(then) == Counting::None {
        return Some("nothing counted in the earlier one".to_owned());
    }
    if how(now) != how(then) {
        return Some(format!("{} counted in the earlier one, {} in this one", name(how(then)), name(how(now))));
    }
    (now.benchmarks_digest != then.benchmarks_digest).then(|| "the benchmark programs have changed in between".to_owned())
}

/// The subject's instructions now and then.
fn pair(
    run: &Run,
    earlier: &Run,
    benchmark: &BenchmarkSummary,
    row: &SubjectResult,
    then: Option<&BenchmarkSummary>,
) -> Result<(u64, u64), String> {
    let now = row.instructions.ok_or_else(|| row.note.clone().unwrap_or_else(|| "it was not counted".to_owned()))?;
    let then = then.ok_or("the earlier run has no such benchmark")?;
    let before = then.of(&row.subject).ok_or("the earlier run has no such subject")?;
    let python = |run: &Run| {
        let subject = run.plan.subject(&row.subject)?;
        let group = group_of(&run.plan, subject);
        Some(group.map_or_else(|| run.plan.python.clone(), |group| group.python.clone()))
    };
    match (python(run), python(earlier)) {
        (Some(now), Some(then)) if now == then => {}
        (now, then) => return Err(format!("it was Python {}, and is {}", then.unwrap_or_default(), now.unwrap_or_default())),
    }
    let size = |benchmark: &BenchmarkSummary| benchmark.counted.as_ref().and_then(|counted| counted.size);
    if size(benchmark) != size(then) {
        return Err("it was counted at another size".to_owned());
    }
    let was = before.instructions.filter(|&count| count > 0).ok_or("it was not counted in the earlier run")?;
    Ok((now, was))
}

fn item(benchmark: &BenchmarkSummary, row: &SubjectResult) -> String {
    format!("{} in {}", row.subject, benchmark.label())
}

impl Gate {
    /// Whether the benchmark as a whole has no counts.
    fn withholds(&mut self, run: &Run, benchmark: &BenchmarkSummary) -> bool {
        let counters = run.plan.counters.as_ref().filter(|counters| counters.how != Counting::None);
        let Some(counters) = counters else {
            let why = run.plan.counters.as_ref().and_then(|counters| counters.reason.as_deref());
            self.miss(&benchmark.label(), why.unwrap_or("nothing counted in this run"));
            return true;
        };
        let planned = run.plan.benchmarks.iter().find(|planned| planned.name == benchmark.name && planned.size == benchmark.size);
        if let Some(why) = planned.and_then(|planned| matrix::not_counted(counters.how, planned)) {
            self.leave(&benchmark.label(), &why);
            return true;
        }
        let why = benchmark.counted.as_ref().and_then(|counted| counted.reason.as_deref());
        why.inspect(|why| self.miss(&benchmark.label(), why)).is_some()
    }

    fn judge(&mut self, benchmark: &BenchmarkSummary, row: &SubjectResult, against: &str, instructions: u64, ratio: f64) {
        let tripped = ratio > 1.0 + self.limit.share();
        let (benchmark, subject, against) = (benchmark.label(), row.subject.clone(), against.to_owned());
        self.judged.push(Gated { benchmark, subject, against, instructions, ratio, tripped });
    }

    fn leave(&mut self, what: &str, why: &str) {
        self.unjudged.push(Unjudged { what: what.to_owned(), why: why.to_owned(), missing: false });
    }

    fn miss(&mut self, what: &str, why: &str) {
        self.unjudged.push(Unjudged { what: what.to_owned(), why: why.to_owned(), missing: true });
    }

    /// What the earlier run had and this one has not: a subject that is gone cannot have become slower, but nobody should think that it was judged.
    fn forgotten(&mut self, summary: &Summary, before: &Summary) {
        for then in &before.benchmarks {
            let now = summary.benchmarks.iter().find(|other| other.name == then.name && other.size == then.size);
            let Some(now) = now else {
                self.leave(&then.label(), "only the earlier run has this benchmark");
                continue;
            };
            for row in then.results.iter().filter(|row| row.role != Role::Control && now.of(&row.subject).is_none()) {
                self.leave(&item(then, row), "only the earlier run has this subject");
            }
        }
    }

    /// For the terminal: what tripped as a table, what is missing, what is not judged at all, and the verdict. Names are as they are.
    pub fn text(&self) -> String {
        let limit = format::percent_exact(self.limit.share());
        let tripped: Vec<&Gated> = self.judged.iter().filter(|gated| gated.tripped).collect();
        let mut text = String::new();
        for gated in &tripped {
            text += &format!(
                "   {:<32} {:>15} {:>8}  {}, of {}\n",
                format::short(&format::plain(&gated.subject), 32),
                format::count(gated.instructions),
                format!("{:+.2} %", 100.0 * (gated.ratio - 1.0)),
                format::plain(&gated.benchmark),
                format::plain(&gated.against)
            );
        }
        if !tripped.is_empty() {
            text = format!("gate, instructions: more than {limit} above\n{text}");
        }
        text + &listing(&self.unjudged) + &self.verdict(&limit)
    }

    fn verdict(&self, limit: &str) -> String {
        let tripped = self.judged.iter().filter(|gated| gated.tripped).count();
        match (tripped, self.judged.len(), self.missing().count()) {
            (_, 0, _) => "gate not passed: nothing could be judged\n".to_owned(),
            (0, judged, 0) => format!("gate passed: {judged} counts, none more than {limit} above\n"),
            (0, judged, _) => format!("gate not passed: {judged} counts, none more than {limit} above, but some are missing\n"),
            (tripped, judged, _) => format!("gate tripped: {tripped} of {judged} counts are more than {limit} above\n"),
        }
    }
}
