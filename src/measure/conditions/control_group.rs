//! The processor time that a control group leaves this process: cgroup v2's `cpu.max`, v1's `cpu.cfs_quota_us` (kernel.org, cgroup-v2, sched-bwc).

use std::path::Path;

use super::Machine;

#[derive(Debug, Default, PartialEq)]
pub(super) struct ControlGroup {
    /// Of this group or the one around it that allows least.
    pub(super) quota_cores: Option<f64>,
    pub(super) stops: Option<u64>,
}

impl ControlGroup {
    pub(super) fn of(machine: &Machine<'_>) -> Self {
        let Some(groups) = machine.text("/proc/self/cgroup") else { return Self::default() };
        let mut found = Self::default();
        for line in groups.lines() {
            let mut parts = line.splitn(3, ':').skip(1);
            let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { continue };
            if controllers.is_empty() {
                found.add(machine, "/sys/fs/cgroup", path, v2);
            } else if controllers.split(',').any(|controller| controller == "cpu") {
                // One of the two is a link to the other.
                let mounts = [format!("/sys/fs/cgroup/{controllers}"), "/sys/fs/cgroup/cpu".to_owned()];
                if let Some(mount) = mounts.iter().find(|mount| machine.path(mount).is_dir()) {
                    found.add(machine, mount, path, v1);
                }
            }
        }
        found
    }

    /// The group and all around it. In a container the path may be the host's, of which only the group's own folder is to be seen, as the root.
    fn add(&mut self, machine: &Machine<'_>, mount: &str, path: &str, quota: fn(&Machine<'_>, &str) -> Option<f64>) {
        for group in Path::new(path).ancestors() {
            let folder = format!("{mount}{}", group.display()).trim_end_matches('/').to_owned();
            if let Some(cores) = quota(machine, &folder) {
                self.quota_cores = Some(self.quota_cores.map_or(cores, |known| known.min(cores)));
                self.stops = self.stops.or_else(|| stops(&machine.text(&format!("{folder}/cpu.stat"))?));
            }
        }
    }
}

/// `150000 100000`, or `max 100000` where nothing is limited.
fn v2(machine: &Machine<'_>, folder: &str) -> Option<f64> {
    let text = machine.text(&format!("{folder}/cpu.max"))?;
    let mut numbers = text.split_whitespace().map(|word| word.parse::<f64>().ok());
    cores(numbers.next()??, numbers.next()??)
}

/// −1 where nothing is limited.
fn v1(machine: &Machine<'_>, folder: &str) -> Option<f64> {
    let number = |name: &str| machine.text(&format!("{folder}/{name}"))?.parse::<f64>().ok();
    cores(number("cpu.cfs_quota_us")?, number("cpu.cfs_period_us")?)
}

fn cores(quota: f64, period: f64) -> Option<f64> {
    (quota > 0.0 && period > 0.0).then(|| quota / period)
}

fn stops(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("nr_throttled "))?.trim().parse().ok()
}
