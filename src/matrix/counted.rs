//! What callgrind counts: which benchmarks, at which size, by which commands. It is some hundred times slower than the processor.

use std::path::Path;
use std::time::Duration;

use super::{Benchmark, CommandLine, commands};
use crate::run::{BenchmarkPlan, Clock, Counting, Plan, SubjectPlan};

/// Every counted visit's `PYTHONHASHSEED`, in every run: counts of two runs are only equal if dictionaries are laid out alike.
pub const COUNTED_HASH_SEED: u32 = 1;

/// The longest that a counted visit may take in a run whose timed ones may take `timeout`.
///
/// What takes callgrind three seconds by design (see [`counted_size`]) would rarely need more; whole processes keep their size, though, and get a hundred
/// times as slow. Ten times the limit, and ten minutes at least, ends what hangs and not what is slow.
pub fn counted_limit(timeout: Duration) -> Duration {
    const TIMES: u32 = 10;
    const LEAST: Duration = Duration::from_secs(600);
    timeout.saturating_mul(TIMES).max(LEAST)
}

/// What of a visit's processes is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Region {
    /// What runs between the two marks that the driver sets.
    Workload,
    WholeProcesses,
    /// Of each kernel its copies, between marks that `kernels.py` names.
    Kernels,
}

impl Region {
    pub fn of(benchmark: &BenchmarkPlan) -> Self {
        match benchmark.clock {
            _ if benchmark.name == BenchmarkPlan::OPCODES => Self::Kernels,
            Clock::InProcess => Self::Workload,
            Clock::WholeProcess => Self::WholeProcesses,
        }
    }
}

/// The size that a benchmark is counted at, or why it is not counted.
///
/// A workload alone does the same in every step, so that its ratio hardly depends on how many there are: its size is cut to what takes about a second
/// (20,000 steps of `pure_int_loop` are 27 million instructions of 3.13, 10,000 of `dynamic` 86 million, and 75 million a second is what callgrind
/// does), beside the two that a start takes. Of a whole process, start and end are part of the ratio: its size stays, or it is not counted.
pub fn counted_size(benchmark: &BenchmarkPlan) -> Result<Option<u64>, String> {
    let Some(kind) = Benchmark::named(&benchmark.name) else {
        return Err("another surtax's benchmark".to_owned());
    };
    let most = match kind {
        Benchmark::PureIntLoop => 20_000,
        Benchmark::Dynamic | Benchmark::Amortised => 10_000,
        Benchmark::Cells => 20,
        Benchmark::Packed => return Err("it is not surtax's own, and sets no marks between which callgrind could count".to_owned()),
        _ => return Ok(benchmark.size),
    };
    match (Region::of(benchmark), benchmark.size) {
        (Region::WholeProcesses, Some(size)) if size > most => {
            Err(format!("only sizes up to {most} are counted: more take minutes under callgrind"))
        }
        (_, size) => Ok(size.map(|size| size.min(most))),
    }
}

/// Why a benchmark as a whole has no count, whatever becomes of its visits; nothing where every subject's is asked for.
pub fn not_counted(how: Counting, benchmark: &BenchmarkPlan) -> Option<String> {
    let reason = match (how, Region::of(benchmark)) {
        (Counting::None, _) => "nothing is counted",
        (Counting::Callgrind, Region::Kernels) => "its kernels are counted one by one, and stand with what they cost",
        // The processor's counters see the whole process, most of which is getting ready.
        (Counting::Perf, Region::Kernels) => "only callgrind counts kernels one by one",
        (Counting::Perf, Region::Workload | Region::WholeProcesses) => return None,
        (Counting::Callgrind, Region::Workload | Region::WholeProcesses) => return counted_size(benchmark).err(),
    };
    Some(reason.to_owned())
}

/// The benchmarks that the run counts in visits of their own, by place in the plan, with their sizes.
pub fn counted_benchmarks(plan: &Plan) -> Vec<(usize, Option<u64>)> {
    if plan.counters.as_ref().is_none_or(|counters| counters.how != Counting::Callgrind) {
        return Vec::new();
    }
    plan.benchmarks.iter().enumerate().filter_map(|(index, benchmark)| Some((index, counted_size(benchmark).ok()?))).collect()
}

/// Like [`commands`], at the counted size and with the marks that the region needs.
pub fn counted_commands(kind: Benchmark, benchmark: &BenchmarkPlan, subject: &SubjectPlan, folder: &Path) -> Vec<CommandLine> {
    let size = counted_size(benchmark).unwrap_or(benchmark.size);
    match Region::of(benchmark) {
        Region::Kernels => {
            let script = folder.join("opcodes/kernels.py").into_os_string();
            vec![CommandLine { program: subject.executable.clone(), arguments: vec![script, "1".into(), "--count".into()] }]
        }
        Region::WholeProcesses => commands(kind, size, subject, folder, COUNTED_HASH_SEED),
        Region::Workload => {
            let mut commands = commands(kind, size, subject, folder, COUNTED_HASH_SEED);
            commands.iter_mut().for_each(|command| command.arguments.push("mark".into()));
            commands
        }
    }
}
