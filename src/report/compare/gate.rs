//! The gate on times: has a subject become slower than it was, by more than it may?

use serde::Serialize;

use super::shape::{BenchmarkChange, Compared, Comparison, SubjectChange};
use crate::error::Exit;
use crate::report::format;
use crate::report::gate::{self, TaxLimit, Unjudged};
use crate::run::Role;
use crate::stats::Verdict;

/// Of every run against the first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaxGate {
    /// A share: 0.02 for `2%`.
    pub limit: TaxLimit,
    pub judged: Vec<JudgedTax>,
    pub unjudged: Vec<Unjudged>,
}

/// One subject in one benchmark of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedTax {
    pub run: String,
    /// `dynamic, M = 1,000,000`
    pub benchmark: String,
    pub subject: String,
    pub change: f64,
    pub change_low: f64,
    pub tripped: bool,
    /// A share: less of a change would not have been seen.
    pub noise_floor: f64,
}

impl TaxGate {
    pub(super) fn of(comparison: &Comparison, limit: TaxLimit) -> Self {
        let mut gate = Self { limit, judged: Vec::new(), unjudged: Vec::new() };
        for compared in &comparison.against {
            gate.unjudged.extend(compared.incomparable.iter().map(|why| miss(&compared.run.path, why)));
            for benchmark in &compared.benchmarks {
                let asked = |row: &&SubjectChange| matches!(row.role, Role::Runner | Role::Guest);
                benchmark.subjects.iter().filter(asked).for_each(|row| gate.judge(compared, benchmark, row));
            }
            gate.unjudged.extend(compared.unmatched.iter().cloned());
        }
        gate
    }

    /// Tripped where slower is the verdict, and the whole interval lies beyond the limit.
    fn judge(&mut self, compared: &Compared, benchmark: &BenchmarkChange, row: &SubjectChange) {
        let figures = row.change.zip(row.change_low).zip(benchmark.noise_floor).zip(row.verdict);
        match figures.filter(|(_, verdict)| *verdict != Verdict::Undecided) {
            Some((((change, change_low), noise_floor), verdict)) => self.judged.push(JudgedTax {
                run: compared.run.path.clone(),
                benchmark: benchmark.label(),
                subject: row.after_subject.clone(),
                change,
                change_low,
                tripped: verdict == Verdict::Slower && change_low > 1.0 + self.limit.share(),
                noise_floor,
            }),
            None => {
                let what = format!("{} in {}", row.after_subject, benchmark.label());
                self.unjudged.push(miss(&what, row.note.as_deref().unwrap_or("no change could be formed")));
            }
        }
    }

    pub fn exit(&self) -> Exit {
        gate::exit(self.judged.iter().map(|judged| judged.tripped), &self.unjudged)
    }

    /// For the terminal: what tripped, what is missing, what is not judged at all, and the verdict, its lines at most `width` wide.
    pub(super) fn text(&self, width: usize) -> String {
        let limit = format::percent_exact(self.limit.share());
        let mut text = String::new();
        for judged in self.judged.iter().filter(|judged| judged.tripped) {
            text += &format!(
                "   {:<24} {:>8} ({:+.1} %)  {}\n",
                format::short(&format::plain(&judged.subject), 24),
                format!("{:+.1} %", 100.0 * (judged.change - 1.0)),
                100.0 * (judged.change_low - 1.0),
                format::plain(&judged.benchmark),
            );
        }
        if !text.is_empty() {
            text = format!("gate: more than {limit} slower than in A (in brackets, the interval's lower end)\n{text}");
        }
        text + &gate::listing(&self.unjudged)
            + &self.verdict(&limit).lines().map(|line| format::wrap(line, width) + "\n").collect::<String>()
    }

    fn verdict(&self, limit: &str) -> String {
        let tripped = self.judged.iter().filter(|judged| judged.tripped).count();
        let missing = self.unjudged.iter().any(|unjudged| unjudged.missing);
        let verdict = match (tripped, self.judged.len()) {
            (_, 0) => "gate not passed: nothing could be judged\n".to_owned(),
            (0, judged) if missing => {
                format!("gate not passed: {judged} taxes, none seen to be more than {limit} above A's, but some are missing\n")
            }
            (0, judged) => format!("gate passed: {judged} taxes, none seen to be more than {limit} above A's\n"),
            (tripped, judged) => format!("gate tripped: {tripped} of {judged} taxes are more than {limit} above A's\n"),
        };
        verdict + &self.blindness(limit)
    }

    /// A limit below the noise lets through what nobody could see.
    fn blindness(&self, limit: &str) -> String {
        let floors = self.judged.iter().map(|judged| judged.noise_floor);
        match floors.filter(|floor| *floor > self.limit.share()).reduce(f64::max) {
            Some(widest) => format!(
                "The noise of these two runs reaches {}: what lies between {limit} and that passes unseen. More rounds or a quieter machine \
                 lower it; counts of instructions (surtax matrix run --gate) do not have it.\n",
                format::percent(widest)
            ),
            None => String::new(),
        }
    }
}

fn miss(what: &str, why: &str) -> Unjudged {
    Unjudged { what: what.to_owned(), why: why.to_owned(), missing: true }
}
