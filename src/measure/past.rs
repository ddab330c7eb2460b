//! What a run's journal tells about each benchmark and subject: what was answered, who keeps failing.

use std::collections::HashMap;

use crate::run::{Outcome, Phase, Plan, Role, Sample};

/// After this many failures in a row a subject is not visited again for the same benchmark.
pub const STREAK: u32 = 3;

/// Kept up to date as the journal grows.
#[derive(Default)]
pub(super) struct Past {
    /// The baseline's answer by benchmark, and by whether that is cut to the size that callgrind counts.
    answers: HashMap<(usize, bool), String>,
    /// Reference visits made, by benchmark.
    pub(super) references: HashMap<usize, u32>,
    /// Failures in a row by benchmark and subject, and the last one's reason.
    streaks: HashMap<(usize, usize), (u32, String)>,
    /// Visits and failures by benchmark, and by whether they were counted instead of timed.
    pub(super) counts: HashMap<(usize, bool), (usize, usize)>,
}

impl Past {
    pub(super) fn of(plan: &Plan, samples: &[Sample]) -> Self {
        let mut past = Self::default();
        for sample in samples {
            let benchmark = plan.benchmarks.iter().position(|other| other.name == sample.benchmark && other.size == sample.size);
            let subject = plan.subjects.iter().position(|other| other.name == sample.subject);
            if let (Some(benchmark), Some(subject)) = (benchmark, subject) {
                past.add(benchmark, subject, plan.subjects[subject].role, sample);
            }
        }
        past
    }

    /// What every answer must equal, if it is known yet.
    pub(super) fn answer(&self, benchmark: usize, cut: bool) -> Option<&str> {
        self.answers.get(&(benchmark, cut)).map(String::as_str)
    }

    pub(super) fn add(&mut self, benchmark: usize, subject: usize, role: Role, sample: &Sample) {
        if sample.phase == Phase::Reference {
            *self.references.entry(benchmark).or_default() += 1;
            if let (Outcome::Ok, Some(answer)) = (sample.outcome, &sample.answer) {
                self.answers.insert((benchmark, false), answer.clone());
            }
            return;
        }
        let cut = sample.counters.is_some_and(|counters| counters.counted_size.is_some());
        // Counted visits go in the order of the plan: the baseline's is the first, and no reference is needed before it.
        if let (true, Role::Baseline, Outcome::Ok, Some(answer)) = (cut, role, sample.outcome, &sample.answer) {
            self.answers.entry((benchmark, true)).or_insert_with(|| answer.clone());
        }
        let (visits, failures) = self.counts.entry((benchmark, sample.phase == Phase::Counted)).or_default();
        *visits += 1;
        *failures += usize::from(sample.outcome != Outcome::Ok);
        match &sample.reason {
            None => drop(self.streaks.remove(&(benchmark, subject))),
            Some(reason) => {
                let (streak, last) = self.streaks.entry((benchmark, subject)).or_default();
                // Rows of visits that were not made say why the last one failed already.
                if *streak < STREAK {
                    reason.clone_into(last);
                }
                *streak += 1;
            }
        }
    }

    /// Why the subject is not visited again for this benchmark, if it is not: a hang would otherwise cost the time-out in every round.
    pub(super) fn given_up(&self, benchmark: usize, subject: usize) -> Option<String> {
        let (streak, last) = self.streaks.get(&(benchmark, subject))?;
        (*streak >= STREAK).then(|| format!("not visited after {STREAK} failures in a row, the last: {last}"))
    }
}
