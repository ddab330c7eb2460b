//! The `cpu` line of /proc/stat: what the cores have done with their time (proc_stat(5)).

/// Clock ticks since the machine started, summed over its cores.
pub(super) struct Ticks {
    cores: usize,
    /// user, nice, system, idle, iowait, irq, softirq, steal; later ones are part of user. Old kernels have fewer.
    fields: Vec<u64>,
}

/// What passed between two looks.
pub(super) struct Passed {
    cores: usize,
    fields: Vec<u64>,
}

const IDLE: usize = 3;
const WAITING: usize = 4;
const STEAL: usize = 7;

impl Ticks {
    pub(super) fn of(stat: &str) -> Option<Self> {
        let all = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let fields: Vec<u64> = all.split_whitespace().take(STEAL + 1).map(|number| number.parse().ok()).collect::<Option<_>>()?;
        let is_core = |line: &&str| line.strip_prefix("cpu").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        (fields.len() > IDLE).then(|| Self { cores: stat.lines().filter(is_core).count(), fields })
    }

    /// `None` where no time passed, or a counter went back.
    pub(super) fn since(&self, before: &Self) -> Option<Passed> {
        let pairs = self.fields.iter().zip(&before.fields);
        // Waiting for a disk is known to go back now and then; the others are not.
        let fields: Vec<u64> = pairs
            .enumerate()
            .map(|(at, (after, before))| after.checked_sub(*before).or((at == WAITING).then_some(0)))
            .collect::<Option<_>>()?;
        (fields.iter().sum::<u64>() > 0).then_some(Passed { cores: self.cores, fields })
    }
}

impl Passed {
    pub(super) fn steal_share(&self) -> Option<f64> {
        Some(*self.fields.get(STEAL)? as f64 / self.all())
    }

    pub(super) fn busy_cores(&self) -> Option<f64> {
        let away: u64 = [IDLE, WAITING, STEAL].iter().filter_map(|at| self.fields.get(*at)).sum();
        (self.cores > 0).then(|| (self.all() - away as f64) / self.all() * self.cores as f64)
    }

    fn all(&self) -> f64 {
        self.fields.iter().sum::<u64>() as f64
    }
}
