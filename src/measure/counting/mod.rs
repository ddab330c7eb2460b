//! What counts instructions in a run: the processor, callgrind, or nothing, and then why.

mod callgrind;
mod kernels;

use std::path::PathBuf;

pub(super) use callgrind::{Callgrind, Parts};
pub(super) use kernels::instructions_per_copy;

use crate::error::{Exit, Explain};
use crate::process::{Event, Finished, Job, NoCounters, hardware_counters};
use crate::run::{CounterPlan, Counters, Counting};

/// What the person asked for with `--counters`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CounterChoice {
    /// The processor's counters where the kernel gives them, else nothing: callgrind takes minutes, so it is only used when asked for.
    Auto,
    Perf,
    Callgrind,
    None,
}

impl CounterChoice {
    pub const ALL: [Self; 4] = [Self::Auto, Self::Perf, Self::Callgrind, Self::None];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Perf => "perf",
            Self::Callgrind => "callgrind",
            Self::None => "none",
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum CounterError {
    #[error("--counters perf cannot be had here: {reason}")]
    NoPerf { reason: String, remedy: Option<String> },
    #[error("--counters callgrind needs valgrind, and there is none on PATH")]
    NoValgrind,
}

impl Explain for CounterError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoPerf { remedy: Some(remedy), .. } => remedy.clone(),
            Self::NoPerf { remedy: None, .. } => "count instructions without the processor's help: --counters callgrind".into(),
            Self::NoValgrind => "apt install valgrind".into(),
        })
    }
}

/// What this machine has to count with.
#[derive(Debug, Clone)]
pub struct CountersAtHand {
    /// Events that the kernel counts.
    pub perf: Result<Vec<Event>, NoCounters>,
    pub valgrind: Option<PathBuf>,
}

impl CountersAtHand {
    pub fn look() -> Self {
        Self { perf: hardware_counters(), valgrind: find_valgrind() }
    }

    /// `valgrind-3.19.0`; nothing where it does not even say that.
    pub fn valgrind_version(&self) -> Option<String> {
        let said = Job::new(self.valgrind.as_deref()?).arg("--version").run_for_text().ok()?;
        Some(said.trim().to_owned())
    }

    pub fn choose(&self, choice: CounterChoice) -> Result<CounterPlan, CounterError> {
        let plan = |how, reason: Option<&str>| Ok(CounterPlan { how, reason: reason.map(str::to_owned) });
        match (choice, &self.perf) {
            (CounterChoice::None, _) => plan(Counting::None, Some("nothing was to be counted (--counters none)")),
            (CounterChoice::Callgrind, _) if self.valgrind.is_none() => Err(CounterError::NoValgrind),
            (CounterChoice::Callgrind, _) => plan(Counting::Callgrind, None),
            (CounterChoice::Auto | CounterChoice::Perf, Ok(_)) => plan(Counting::Perf, None),
            (CounterChoice::Auto, Err(none)) => plan(Counting::None, Some(&none.reason)),
            (CounterChoice::Perf, Err(none)) => Err(CounterError::NoPerf { reason: none.reason.clone(), remedy: none.remedy.clone() }),
        }
    }
}

pub(super) fn find_valgrind() -> Option<PathBuf> {
    which::which("valgrind").ok()
}

/// What the kernel counted in the visit's processes so far. An event that is missing from one is missing from the sum.
pub(super) fn add(sum: Option<Counters>, is_first: bool, finished: &Finished) -> Option<Counters> {
    let own = Counters {
        instructions: finished.count(Event::Instructions),
        cycles: finished.count(Event::Cycles),
        branch_misses: finished.count(Event::BranchMisses),
        instruction_cache_misses: finished.count(Event::InstructionCacheMisses),
        counted_size: None,
    };
    if is_first {
        return (own != Counters::default()).then_some(own);
    }
    let sum = sum?;
    let both = |one: Option<u64>, other: Option<u64>| Some(one? + other?);
    Some(Counters {
        instructions: both(sum.instructions, own.instructions),
        cycles: both(sum.cycles, own.cycles),
        branch_misses: both(sum.branch_misses, own.branch_misses),
        instruction_cache_misses: both(sum.instruction_cache_misses, own.instruction_cache_misses),
        counted_size: None,
    })
}
