//! What about this machine makes timings worse than they could be, and what the person can do.

use crate::run::Environment;

/// One thing that adds noise or bias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    pub what: String,
    /// What to do about it; surtax itself changes nothing on the host.
    pub remedy: String,
}

/// Empty for a machine that is fit for measuring, as far as the kernel tells.
pub fn fitness(environment: &Environment) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut remark = |applies: bool, what: String, remedy: &str| {
        if applies {
            remarks.push(Remark { what, remedy: remedy.to_owned() });
        }
    };
    if let Some(governor) = &environment.governor {
        remark(
            governor != "performance",
            format!("the frequency governor is `{governor}`: the clock rises and falls with the load"),
            "sudo cpupower frequency-set --governor performance",
        );
    }
    remark(
        environment.turbo == Some(true),
        "frequencies above the nominal one are allowed: the clock depends on temperature and on the other cores".into(),
        "turn turbo off in the firmware, or: echo 0 | sudo tee /sys/devices/system/cpu/cpufreq/boost \
         (intel_pstate: echo 1 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo)",
    );
    remark(
        environment.smt == Some(true),
        "two hardware threads share a core: what runs on the sibling slows the measured one".into(),
        "echo off | sudo tee /sys/devices/system/cpu/smt/control",
    );
    remark(
        environment.virtualisation != "none",
        format!("this is a virtual machine ({}): its neighbours take time that no counter here shows", environment.virtualisation),
        "measure on hardware of your own, or with more rounds: --rounds 40",
    );
    remark(
        environment.cpus == 1,
        "there is one core only: surtax and what it measures share it".into(),
        "give the machine, container or affinity mask a second core",
    );
    let load = environment.load_average[0];
    remark(
        load > 0.5,
        format!("other programs are running: the load of the last minute is {load:.2}"),
        "end them, or wait; `top` shows what they are",
    );
    remark(
        environment.aslr == Some(0),
        "address space randomisation is off: every process gets the same layout, so its luck does not average out".into(),
        "sudo sysctl kernel.randomize_va_space=2",
    );
    remarks
}
