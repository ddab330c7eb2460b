//! A short A/A trial: one python measured three times a round, as baseline, control and subject, to see what today's noise hides.

use std::collections::HashMap;
use std::path::Path;

use crate::digest::Sha256;
use crate::matrix::{self, Benchmark, MatrixError, Selection, Setting};
use crate::run::{Outcome, Phase, Plan, Role, Sample, SubjectPlan};
use crate::stats;

/// What was measured, round by round.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// Logarithms of the subject's ratios to the baseline, in the order of the rounds.
    pub subject: Vec<f64>,
    /// The control's.
    pub control: Vec<f64>,
    /// The baseline's median time, ns.
    pub median_ns: f64,
}

impl Trial {
    /// Eight times a default run's: enough stretches of 15 to see how they differ, in some 20 seconds.
    pub const ROUNDS: u32 = 120;

    /// Some 20 ms on a processor of these years.
    const SIZE: u64 = 300_000;

    const SUBJECTS: [(&'static str, Role); 3] =
        [("python3", Role::Baseline), ("python3-again", Role::Control), ("python3-as-subject", Role::Guest)];

    /// Pinned, serial and interleaved as every run is. `sha256` is the executable's.
    pub fn plan(python3: &Path, sha256: Sha256, cpu: Option<usize>, seed: u64) -> Result<Plan, MatrixError> {
        let subject = |(name, role): (&str, Role)| SubjectPlan {
            name: name.to_owned(),
            group: None,
            role,
            executable: python3.to_owned(),
            sha256,
            size_bytes: 0,
            description: "one python3, measured against itself".to_owned(),
            factors: None,
        };
        let only = vec![format!("{}/{}", Benchmark::PureIntLoop.name(), Self::SIZE)];
        let selection = Selection { only, rounds: Some(Self::ROUNDS), timeout_seconds: Some(30.0), ..Selection::all(seed) };
        let setting = Setting {
            created: String::new(),
            release: String::new(),
            python: String::new(),
            lock_sha256: None,
            benchmarks_digest: String::new(),
            cpu,
            counters: None,
            groups: Vec::new(),
            reference: None,
            packs: Vec::new(),
            subjects: Self::SUBJECTS.map(subject).into(),
        };
        matrix::plan(&selection, setting)
    }

    /// Out of the rounds in which all three gave a time; `None` if none did.
    pub fn of(samples: &[Sample]) -> Option<Self> {
        let measured = samples.iter().filter(|sample| sample.phase == Phase::Measured && sample.outcome == Outcome::Ok);
        let times: HashMap<(u32, &str), u64> =
            measured.filter_map(|sample| Some(((sample.round, sample.subject.as_str()), sample.value_ns?))).collect();
        let time = |round: u32, at: usize| times.get(&(round, Self::SUBJECTS[at].0)).copied();
        let mut trial = Self { subject: Vec::new(), control: Vec::new(), median_ns: 0.0 };
        let mut baseline = Vec::new();
        let last = times.keys().map(|(round, _)| *round).max()?;
        for round in 0..=last {
            let [Some(own), Some(control), Some(subject)] = [0, 1, 2].map(|at| time(round, at)) else { continue };
            if let (Some(control), Some(subject)) = (stats::log_ratio(control, own), stats::log_ratio(subject, own)) {
                trial.control.push(control);
                trial.subject.push(subject);
                baseline.push(own as f64);
            }
        }
        trial.median_ns = stats::median(&baseline)?;
        Some(trial)
    }
}
