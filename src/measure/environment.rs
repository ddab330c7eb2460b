//! Reads what `environment.json` holds from /proc, /sys and the tools themselves. What the machine does not tell is absent, never guessed.

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::time::Duration;

use crate::process::Job;
use crate::run::{Environment, SCHEMA};

impl Environment {
    /// `cpu`: the core that will be measured on, whose governor is asked.
    pub fn capture(cpu: Option<usize>) -> Self {
        let cpuinfo = read_to_string("/proc/cpuinfo").unwrap_or_default();
        let flags: Vec<String> =
            field(&cpuinfo, "flags").map(|flags| flags.split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
        Self {
            schema: SCHEMA,
            surtax: env!("CARGO_PKG_VERSION").to_owned(),
            machine: Some(rustix::system::uname().nodename().to_string_lossy().into_owned()).filter(|name| !name.is_empty()),
            cpu_model: field(&cpuinfo, "model name").unwrap_or_default(),
            cpus: rustix::thread::sched_getaffinity(None).map(|allowed| allowed.count() as usize).unwrap_or(1),
            memory_bytes: memory_bytes(),
            kernel: kernel(),
            host: host(),
            virtualisation: virtualisation(&flags),
            cpu_flags: flags,
            governor: system(&format!("devices/system/cpu/cpu{}/cpufreq/scaling_governor", cpu.unwrap_or(0))),
            turbo: turbo(),
            smt: system("devices/system/cpu/smt/active").map(|active| active == "1"),
            aslr: read_to_string("/proc/sys/kernel/randomize_va_space").ok().and_then(|text| text.trim().parse().ok()),
            load_average: load_average(),
            toolchain: toolchain(),
        }
    }
}

/// The first `name : value` of a /proc file.
fn field(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn system(path: &str) -> Option<String> {
    let text = read_to_string(format!("/sys/{path}")).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn memory_bytes() -> u64 {
    let meminfo = read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = field(&meminfo, "MemTotal").and_then(|value| value.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}

fn kernel() -> String {
    let name = rustix::system::uname();
    format!("{} {}", name.release().to_string_lossy(), name.version().to_string_lossy())
}

/// os-release(5): /etc first, then /usr/lib.
fn host() -> String {
    let text = read_to_string("/etc/os-release").or_else(|_| read_to_string("/usr/lib/os-release")).unwrap_or_default();
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map(|name| name.trim_matches(['"', '\'']).to_owned()).unwrap_or_else(|| "unknown".to_owned())
}

/// The `hypervisor` flag is what the CPU itself says (CPUID leaf 1, ECX bit 31); firmware strings tell which one it is.
fn virtualisation(flags: &[String]) -> String {
    if let Some(kind) = system("hypervisor/type") {
        return kind;
    }
    if !flags.iter().any(|flag| flag == "hypervisor") {
        return "none".to_owned();
    }
    let firmware =
        [system("class/dmi/id/sys_vendor"), system("class/dmi/id/product_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let known = [
        ("KVM", "kvm"),
        ("QEMU", "qemu"),
        ("Amazon EC2", "amazon"),
        ("Google", "google"),
        ("Microsoft", "hyper-v"),
        ("VMware", "vmware"),
        ("VirtualBox", "virtualbox"),
        ("Xen", "xen"),
    ];
    let found = known.into_iter().find(|(mark, _)| firmware.contains(mark)).map(|(_, name)| name);
    // Small monitors have no firmware; the guest's clock still tells KVM.
    let clock = || system("devices/system/clocksource/clocksource0/available_clocksource").filter(|clocks| clocks.contains("kvm-clock"));
    found.or_else(|| clock().map(|_| "kvm")).unwrap_or("unknown hypervisor").to_owned()
}

/// intel_pstate says what is forbidden, other drivers what is allowed.
fn turbo() -> Option<bool> {
    let no_turbo = system("devices/system/cpu/intel_pstate/no_turbo").map(|forbidden| forbidden == "0");
    no_turbo.or_else(|| system("devices/system/cpu/cpufreq/boost").map(|allowed| allowed == "1"))
}

fn load_average() -> [f64; 3] {
    let text = read_to_string("/proc/loadavg").unwrap_or_default();
    let mut fields = text.split_whitespace().map(|number| number.parse().unwrap_or(0.0));
    std::array::from_fn(|_| fields.next().unwrap_or(0.0))
}

/// The first line of `--version`; a tool that is not there is absent.
fn toolchain() -> BTreeMap<String, String> {
    ["rustc", "cargo", "gcc", "ld"].into_iter().filter_map(|tool| Some((tool.to_owned(), version(tool)?))).collect()
}

fn version(tool: &str) -> Option<String> {
    // rustup's proxies may fetch a whole toolchain first.
    let job = Job::new(which::which(tool).ok()?).arg("--version").inherit_environment().env("LC_ALL", "C").limit(Duration::from_secs(20));
    let text = job.run_for_text().ok()?;
    text.lines().next().map(|line| line.trim().to_owned())
}
