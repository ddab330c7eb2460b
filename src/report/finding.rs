//! What a reader should know before trusting the numbers, and what to do about it.

use super::format;
use super::summary::{Finding, Summary};
use crate::matrix;
use crate::run::{BenchmarkPlan, Conditions, Environment, Role, Run};
use crate::stats::ALPHA;

/// A floor above this hides what choices of code model cost.
const NOISY: f64 = 0.05;

/// A load above this is another program at work.
pub(super) const BUSY: f64 = 0.5;

pub(super) fn findings(run: &Run, summary: &Summary, recorded: usize) -> Vec<Finding> {
    let mut findings = Vec::new();
    let rounds = run.plan.rounds as usize + run.plan.warmup as usize;
    // A subject that failed verification is a hole of its own, which no resuming fills.
    let measurable = |name: &str| run.verification.of(name).is_none_or(|verified| verified.passed());
    let subjects = run.plan.subjects.iter().filter(|subject| measurable(&subject.name)).count();
    // Of a merged run, once on each machine that was to measure it.
    let times = |benchmark: &BenchmarkPlan| {
        let label = benchmark.label();
        run.machines.iter().filter(|machine| machine.benchmarks.contains(&label)).count().max(1)
    };
    let timed: usize = run.plan.benchmarks.iter().map(|benchmark| rounds * times(benchmark)).sum();
    let counted: usize = matrix::counted_benchmarks(&run.plan).iter().map(|(at, _)| times(&run.plan.benchmarks[*at])).sum();
    let planned = (timed + counted) * subjects;
    if recorded < planned {
        findings.push(Finding::Incomplete { measured: recorded, planned });
    }
    for benchmark in &summary.benchmarks {
        let label = format::benchmark(&benchmark.name, benchmark.size);
        for control in benchmark.results.iter().filter(|result| result.role == Role::Control) {
            if let (Some(ratio), Some(p_adjusted)) = (control.ratio, control.p_adjusted.filter(|&p| p < ALPHA)) {
                let named = summary.reference.is_some().then(|| control.subject.clone());
                findings.push(Finding::ControlDiffers { benchmark: label.clone(), control: named, ratio, p_adjusted });
            }
        }
        findings.extend(
            benchmark.noise_floor.filter(|&floor| floor > NOISY).map(|noise_floor| Finding::Noisy { benchmark: label, noise_floor }),
        );
    }
    if let Some(shard) = &run.plan.shard {
        findings.push(Finding::Shard { number: shard.number, of: run.plan.shards.len() });
    }
    findings.extend(machines(run));
    findings
}

/// Of every machine that measured, each flaw once.
fn machines(run: &Run) -> Vec<Finding> {
    if run.machines.is_empty() {
        return machine(&run.environment);
    }
    let mut findings = Vec::new();
    for finding in run.machines.iter().flat_map(|one| machine(&one.environment)) {
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }
    findings
}

/// What about this machine makes timings worse than they could be; empty for one that is fit for measuring, as far as the kernel tells.
pub fn machine(environment: &Environment) -> Vec<Finding> {
    let load = environment.load_average[0];
    let flaws = [
        (load > BUSY).then_some(Finding::Busy { load, cpus: environment.cpus }),
        environment.governor.clone().filter(|governor| governor != "performance").map(|governor| Finding::Governor { governor }),
        (environment.virtualisation != "none").then(|| Finding::Virtual { virtualisation: environment.virtualisation.clone() }),
        (environment.turbo == Some(true)).then_some(Finding::Turbo),
        (environment.smt == Some(true)).then_some(Finding::HardwareThreads),
        (environment.cpus == 1).then_some(Finding::OneCore),
        (environment.aslr == Some(0)).then_some(Finding::FixedLayout),
    ];
    let conditions = environment.conditions.iter().flat_map(|conditions| from_conditions(conditions, environment.cpus));
    flaws.into_iter().flatten().chain(conditions).collect()
}

/// A hypervisor that gives less than this to others is not seen among the ticks.
pub(super) const STOLEN: f64 = 0.005;

/// What programs may wait for memory without being short of it.
const WAITED: f64 = 0.001;

/// Clocks that are read outside the processor: microseconds instead of some 20 ns (kernel.org, timekeeping).
pub(super) const SLOW_CLOCKS: [&str; 6] = ["hpet", "acpi_pm", "pit", "jiffies", "refined-jiffies", "xen"];

fn from_conditions(conditions: &Conditions, cpus: usize) -> Vec<Finding> {
    let Conditions { steal, sampled_seconds, container, quota_cores, quota_stops, .. } = conditions;
    let flaws = [
        steal.zip(*sampled_seconds).filter(|(share, _)| *share > STOLEN).map(|(share, seconds)| Finding::Steal { share, seconds }),
        container.clone().map(|container| Finding::Container { container }),
        quota_cores.filter(|cores| *cores < cpus as f64).map(|cores| Finding::Quota { cores, cpus, stops: *quota_stops }),
        conditions.swap_used_bytes.filter(|bytes| *bytes > 0).map(|bytes| Finding::Swapped { bytes }),
        conditions.memory_pressure.filter(|share| *share > WAITED).map(|share| Finding::MemoryPressure { share }),
        (conditions.huge_pages.as_deref() == Some("always")).then_some(Finding::HugePages),
        conditions.clock_source.clone().filter(|clock| SLOW_CLOCKS.contains(&clock.as_str())).map(|clock| Finding::SlowClock { clock }),
        conditions.memory_nodes.filter(|nodes| *nodes > 1).map(|nodes| Finding::MemoryNodes { nodes }),
        conditions.heat_stops.filter(|stops| *stops > 0).map(|stops| Finding::Heat { stops }),
    ];
    flaws.into_iter().flatten().collect()
}

impl Finding {
    /// What was found, and the remedy; in words that any format can take, names unescaped.
    pub fn text(&self) -> String {
        format!("{}. Remedy: {}.", self.what(), self.remedy())
    }

    pub fn what(&self) -> String {
        match self {
            Self::Incomplete { measured, planned } => {
                format!("{} of {} planned visits were measured", format::count(*measured as u64), format::count(*planned as u64))
            }
            Self::ControlDiffers { benchmark, control, ratio, p_adjusted } => format!(
                "{benchmark}: the baseline measured twice{} differs from itself (ratio {}, adjusted p {}). The machine favours one of \
                 two equal programs, which the noise floor accounts for",
                control.as_ref().map_or(String::new(), |control| format!(" ({control})")),
                format::ratio(*ratio),
                format::p_value(*p_adjusted)
            ),
            Self::Noisy { benchmark, noise_floor } => {
                format!("{benchmark}: the noise floor is {}; smaller differences cannot be seen", format::percent(*noise_floor))
            }
            Self::Shard { number, of } => {
                format!(
                    "this is shard {number} of {of}: verdicts are corrected for its own comparisons alone, and are final only when merged"
                )
            }
            Self::Busy { load, cpus } => {
                let cores = if *cpus == 1 { "core" } else { "cores" };
                format!("a load of {load:.1} on {cpus} {cores}: other programs share caches and clocks with what is measured")
            }
            Self::Governor { governor } => format!("the frequency governor is {governor}: the clock rises and falls with the load"),
            Self::Virtual { virtualisation } => {
                format!("this is a virtual machine ({virtualisation}): what its neighbours do is neither seen nor controlled")
            }
            Self::Turbo => "frequencies above the nominal one are allowed: the clock depends on temperature and on the other cores".into(),
            Self::HardwareThreads => "two hardware threads share a core: what runs on the sibling slows the measured one".into(),
            Self::OneCore => "there is one core only: surtax and what it measures share it".into(),
            Self::FixedLayout => {
                "address space randomisation is off: every process gets the same layout, so that its luck does not average out".into()
            }
            Self::Steal { share, seconds } => {
                format!("the hypervisor gave {} of this machine's processor time to others, over {seconds:.1} s", format::percent(*share))
            }
            Self::Container { container } => {
                format!(
                    "this is a container ({container}): what runs beside it on the host is not seen, and the host decides what it may use"
                )
            }
            Self::Quota { cores, cpus, stops } => {
                let stopped =
                    stops.filter(|stops| *stops > 0).map_or(String::new(), |stops| format!(", {} times so far", format::count(stops)));
                format!("a quota allows {cores:.2} of {cpus} cores: whoever has used it up is stopped for the rest of the period{stopped}")
            }
            Self::Swapped { bytes } => {
                format!("{} of memory are swapped out: what needs them waits for a disk", format::memory(*bytes))
            }
            Self::MemoryPressure { share } => {
                format!("programs waited for memory for {} of the last minute", format::percent(*share))
            }
            Self::HugePages => {
                "huge pages are given to any process that can use them: which one gets them is luck, and shifts its speed".into()
            }
            Self::SlowClock { clock } => {
                format!("the clock is {clock}, which is read outside the processor: each reading takes a microsecond instead of some 20 ns")
            }
            Self::MemoryNodes { nodes } => {
                format!("memory has {nodes} nodes: that of another node than the measured core's is slower")
            }
            Self::Heat { stops } => {
                format!("the measured core was slowed for heat {} times since the machine started", format::count(*stops))
            }
        }
    }

    /// What the person can do; surtax itself changes nothing on the host.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Incomplete { .. } => {
                "surtax matrix run --resume DIR does the rest; of a merged run, the command of the shard that is not whole"
            }
            Self::ControlDiffers { .. } => "measure again before you rely on this benchmark",
            Self::Noisy { .. } => "more rounds (--rounds) or a quieter machine",
            Self::Shard { .. } => "surtax matrix merge DIR... --out DIR, when all are measured",
            Self::Busy { .. } => "end them, or wait; top shows what they are",
            Self::Governor { .. } => "sudo cpupower frequency-set --governor performance",
            Self::Virtual { .. } => "trust ratios over absolute times; take more rounds (--rounds 40), or hardware of your own",
            Self::Turbo => {
                "turn turbo off in the firmware, or: echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost \
                 (intel_pstate: echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo)"
            }
            Self::HardwareThreads => "echo off | sudo tee /sys/devices/system/cpu/smt/control",
            Self::OneCore => "give the machine, container or affinity mask a second core",
            Self::FixedLayout => "sudo sysctl kernel.randomize_va_space=2",
            Self::Steal { .. } => "measure at another hour, with more rounds (--rounds 40), or on hardware of your own",
            Self::Container { .. } => {
                "measure on the host, or give the container cores that nothing else uses (docker run --cpuset-cpus 2,3)"
            }
            Self::Quota { .. } => {
                "start it without one (docker run without --cpus, systemd-run -p CPUQuota=), and limit it by --cpuset-cpus instead"
            }
            Self::Swapped { .. } => "end what fills the memory, then: sudo swapoff -a && sudo swapon -a",
            Self::MemoryPressure { .. } => "end what fills the memory; ps aux --sort=-rss shows it",
            Self::HugePages => "echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled",
            Self::SlowClock { .. } => {
                "dmesg | grep -i -e tsc -e clocksource says why the kernel left the processor's; of a virtual machine, ask its owner for another"
            }
            Self::MemoryNodes { .. } => "keep surtax and what it measures on one: numactl --cpunodebind 0 --membind 0 surtax matrix run",
            Self::Heat { .. } => "cool it better, or keep its clock below: sudo cpupower frequency-set --max 2GHz",
        }
    }
}
