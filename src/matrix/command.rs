//! What one subject runs when it is visited, and the environment that it runs in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Benchmark;
use crate::run::{PackBenchmark, PackPlan, Role, SubjectPlan};

/// A program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

/// The option by which a runner starts as an embedder starts it: isolated, without a search for its standard library.
const EMBED: &str = "--surtax-embed";

/// The processes of one visit, in order. `folder` holds the benchmark programs.
///
/// Where both sides can do the same, they do: `pure_int_loop`, `dynamic` and `startup` run a runner as the drop-in `python` it is. The
/// other benchmarks compare what an embedder would do with what a `python3` user would do; a guest is a `python3` there, whatever it is.
///
/// `seed` decides the order of the opcode kernels: equal within a round, as its hash seed is. A pack's benchmarks have [`packed_commands`].
pub fn commands(benchmark: Benchmark, size: Option<u64>, subject: &SubjectPlan, folder: &Path, seed: u32) -> Vec<CommandLine> {
    let embeds = subject.role == Role::Runner;
    let script = |name: &str| folder.join(name).into_os_string();
    let number = |value: u64| OsString::from(value.to_string());
    let line = |arguments: Vec<OsString>| CommandLine { program: subject.executable.clone(), arguments };
    let size = size.unwrap_or(0);

    match benchmark {
        Benchmark::PureIntLoop | Benchmark::Dynamic => vec![line(driver(benchmark, size, folder))],
        Benchmark::Amortised if embeds => {
            vec![line([vec![EMBED.into()], driver(benchmark, size, folder)].concat())]
        }
        Benchmark::Amortised => vec![line(driver(benchmark, size, folder))],
        Benchmark::Startup => vec![line(vec![script("empty.py")])],
        Benchmark::StartupIsolated if embeds => vec![line(vec![EMBED.into(), script("empty.py")])],
        Benchmark::StartupIsolated => vec![line(vec!["-I".into(), "-S".into(), "-X".into(), "utf8".into(), script("empty.py")])],
        Benchmark::Cells if embeds => vec![line(vec![EMBED.into(), script("cells.py"), number(0), number(size)])],
        Benchmark::Packed => Vec::new(),
        Benchmark::Opcodes => vec![line(vec![script("opcodes/kernels.py"), number(u64::from(seed))])],
        Benchmark::Cells => (0..size).map(|cell| line(vec![script("cells.py"), number(cell), number(1)])).collect(),
    }
}

/// The process of one visit to a pack's benchmark: its own script under the pack's own pyperf, as one of pyperf's worker processes, which times `loops`
/// of it once and without warm-up. Every subject runs as the drop-in `python` it is.
pub fn packed_commands(pack: &PackPlan, benchmark: &PackBenchmark, loops: u64, subject: &SubjectPlan, folder: &Path) -> Vec<CommandLine> {
    let timed = ["--loops", &loops.to_string(), "--warmups", "0", "--values", "1"].map(OsString::from);
    let arguments = pyperf_worker(pack, benchmark, subject.group.as_deref(), folder, timed);
    vec![CommandLine { program: subject.executable.clone(), arguments }]
}

/// For the programs' driver: `options` are pyperf's.
pub(crate) fn pyperf_worker(
    pack: &PackPlan,
    benchmark: &PackBenchmark,
    group: Option<&str>,
    folder: &Path,
    options: impl IntoIterator<Item = OsString>,
) -> Vec<OsString> {
    let mut folders = pack.folder.clone().into_os_string();
    if let Some(packages) = benchmark.packages_of(group) {
        folders.push(":");
        folders.push(packages);
    }
    let mut arguments =
        vec![folder.join("packs/worker.py").into_os_string(), folders, pack.folder.join(&benchmark.script).into_os_string()];
    arguments.extend(["--worker-task".into(), benchmark.task.to_string().into()]);
    arguments.extend(options);
    arguments.extend(benchmark.arguments.iter().map(OsString::from));
    arguments
}

fn driver(benchmark: Benchmark, size: u64, folder: &Path) -> Vec<OsString> {
    let workload = benchmark.workload().unwrap_or(benchmark.name());
    vec![folder.join("driver.py").into_os_string(), workload.into(), size.to_string().into()]
}
