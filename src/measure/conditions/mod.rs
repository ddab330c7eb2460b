//! Reads a machine's conditions from /proc and /sys, or from a folder that holds recorded ones.

mod control_group;
mod ticks;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::run::Conditions;
use control_group::ControlGroup;
use ticks::Ticks;

/// The root folder of a machine.
pub(super) struct Machine<'a>(pub(super) &'a Path);

impl Machine<'_> {
    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path.trim_start_matches('/'))
    }

    /// A file's text without the white space around it; `None` where it is not there, or empty.
    fn text(&self, path: &str) -> Option<String> {
        let text = std::fs::read_to_string(self.path(path)).ok()?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn number(&self, path: &str) -> Option<u64> {
        self.text(path)?.parse().ok()
    }
}

impl Conditions {
    /// Of the machine whose root folder is `root`; `cpu` is the core that will be measured on. What takes a while to count is left out:
    /// [`Self::sampled`].
    pub fn read(root: &Path, cpu: Option<usize>) -> Self {
        let machine = Machine(root);
        let group = ControlGroup::of(&machine);
        let swap = |name: &str| kib(&machine.text("/proc/meminfo")?, name);
        Self {
            memory_pressure: machine.text("/proc/pressure/memory").and_then(|text| pressure(&text)),
            swap_bytes: swap("SwapTotal"),
            swap_used_bytes: swap("SwapTotal").zip(swap("SwapFree")).map(|(all, free)| all.saturating_sub(free)),
            container: container(&machine),
            quota_cores: group.quota_cores,
            quota_stops: group.stops,
            huge_pages: machine.text("/sys/kernel/mm/transparent_hugepage/enabled").and_then(|text| chosen(&text)),
            clock_source: machine.text("/sys/devices/system/clocksource/clocksource0/current_clocksource"),
            memory_nodes: memory_nodes(&machine),
            heat_stops: machine.number(&format!("/sys/devices/system/cpu/cpu{}/thermal_throttle/core_throttle_count", cpu.unwrap_or(0))),
            isolated_cpus: machine.text("/sys/devices/system/cpu/isolated"),
            ..Self::default()
        }
    }

    /// With what has to be watched for a while; the caller sleeps meanwhile, so that all work is others'.
    pub fn sampled(self, root: &Path, window: Duration) -> Self {
        let stat = || Ticks::of(&Machine(root).text("/proc/stat")?);
        let before = stat();
        std::thread::sleep(window);
        match before.zip(stat()) {
            Some((before, after)) => self.between(&before, &after, window),
            None => self,
        }
    }

    fn between(self, before: &Ticks, after: &Ticks, window: Duration) -> Self {
        let Some(passed) = after.since(before) else { return self };
        Self { sampled_seconds: Some(window.as_secs_f64()), steal: passed.steal_share(), busy_cores: passed.busy_cores(), ..self }
    }
}

/// `SwapTotal:   2097148 kB`, in bytes.
fn kib(meminfo: &str, name: &str) -> Option<u64> {
    let value = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    value.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1024)
}

/// `some avg10=0.00 avg60=1.50 avg300=…`: the share of the last minute.
fn pressure(text: &str) -> Option<f64> {
    let some = text.lines().find_map(|line| line.strip_prefix("some "))?;
    let percent: f64 = some.split_whitespace().find_map(|word| word.strip_prefix("avg60="))?.parse().ok()?;
    Some(percent / 100.0)
}

/// The word in brackets: `always [madvise] never`.
fn chosen(text: &str) -> Option<String> {
    Some(text.split_once('[')?.1.split_once(']')?.0.to_owned())
}

fn memory_nodes(machine: &Machine<'_>) -> Option<usize> {
    let names = std::fs::read_dir(machine.path("/sys/devices/system/node")).ok()?.flatten().map(|entry| entry.file_name());
    let number = |name: &std::ffi::OsStr| name.to_str()?.strip_prefix("node")?.parse::<usize>().ok();
    let nodes = names.filter(|name| number(name).is_some()).count();
    (nodes > 0).then_some(nodes)
}

/// By the marks that container engines leave; systemd.io/CONTAINER_INTERFACE names the file in /run.
fn container(machine: &Machine<'_>) -> Option<String> {
    let marks = [
        ("/var/run/secrets/kubernetes.io", "kubernetes"),
        ("/run/secrets/kubernetes.io", "kubernetes"),
        ("/run/.containerenv", "podman"),
        ("/.dockerenv", "docker"),
    ];
    let marked = marks.iter().find(|(mark, _)| machine.path(mark).exists()).map(|(_, name)| (*name).to_owned());
    let told = || machine.text("/run/systemd/container");
    let groups = || {
        let text = machine.text("/proc/self/cgroup")?;
        let words = [("kubepods", "kubernetes"), ("docker", "docker"), ("libpod", "podman"), ("/lxc", "lxc")];
        words.iter().find(|(word, _)| text.contains(word)).map(|(_, name)| (*name).to_owned())
    };
    marked.or_else(told).or_else(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_between_two_looks_is_shared_among_all_cores() {
        let ticks = |text: &str| Ticks::of(text).expect("a cpu line");
        // 2 cores for 2 s at 100 ticks a second: 100 at work, 40 stolen, 260 idle.
        let before = ticks("cpu  1000 0 500 8000 100 0 0 50 0 0\ncpu0 1 2\ncpu1 1 2\nintr 5\n");
        let after = ticks("cpu  1080 10 505 8250 110 2 3 90 0 0\ncpu0 1 2\ncpu1 1 2\nintr 9\n");
        let seen = Conditions::default().between(&before, &after, Duration::from_secs(2));
        assert_eq!((seen.steal, seen.busy_cores, seen.sampled_seconds), (Some(0.1), Some(0.5), Some(2.0)));
        assert_eq!(Conditions::default().between(&before, &before, Duration::from_secs(2)), Conditions::default(), "no time passed");
        assert_eq!(Conditions::default().between(&after, &before, Duration::from_secs(2)), Conditions::default(), "backwards");
    }

    #[test]
    fn older_kernels_that_count_no_steal_say_nothing_of_it() {
        let before = Ticks::of("cpu 10 0 10 100\ncpu0 10 0 10 100\n").expect("a cpu line");
        let after = Ticks::of("cpu 20 0 10 190\ncpu0 20 0 10 190\n").expect("a cpu line");
        let seen = Conditions::default().between(&before, &after, Duration::from_secs(1));
        assert_eq!((seen.steal, seen.busy_cores), (None, Some(0.1)));
        assert!(Ticks::of("intr 5\n").is_none() && Ticks::of("cpu a b c d\n").is_none());
    }
}
