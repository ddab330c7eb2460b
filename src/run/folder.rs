//! A run's folder: reading and writing its files, and refusing a folder that is not ours.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Audit, Environment, Machine, Machines, Opcodes, Plan, Run, SCHEMA, Sample, Verification};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};

#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("{} is not a run of surtax: it has no plan.json", .0.display())]
    NotARun(PathBuf),
    #[error("{} is not empty and not a run of surtax; nothing was written to it", .0.display())]
    Foreign(PathBuf),
    #[error("{} holds a run already", .0.display())]
    Taken(PathBuf),
    #[error("{} has schema {found}; this surtax reads schema {SCHEMA}", path.display())]
    Schema { path: PathBuf, found: u64 },
    #[error("{} cannot be understood: {reason}", path.display())]
    Malformed { path: PathBuf, reason: String },
    #[error("no run can be written there")]
    Unwritable(#[source] FsError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for RunError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fs(_) => Exit::Internal,
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotARun(_) => Some("name a folder that `surtax matrix run` wrote, such as one under results/".into()),
            Self::Foreign(_) | Self::Unwritable(_) => Some("name a new or empty folder with `--out DIR`".into()),
            Self::Taken(folder) => {
                Some(format!("name another folder with `--out DIR`, or go on with it: surtax matrix run --resume {}", folder.display()))
            }
            Self::Schema { .. } => Some("use the surtax that wrote it; plan.json names the version".into()),
            Self::Malformed { .. } => {
                Some("was it edited by hand? Take an unharmed copy of the folder, or begin a new run: surtax matrix run".into())
            }
            Self::Fs(error) => error.hint(),
        }
    }
}

/// A run's folder, known to be ours.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// Refuses a place that is not for a new run: it must not exist, or be empty.
    fn check_free(path: &Path) -> Result<(), RunError> {
        if path.join("plan.json").exists() {
            return Err(RunError::Taken(path.to_owned()));
        }
        if std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some()) || path.is_file() {
            return Err(RunError::Foreign(path.to_owned()));
        }
        Ok(())
    }

    /// A folder for a new run.
    pub fn create(path: &Path) -> Result<Self, RunError> {
        Self::check_free(path)?;
        fs::create_dir_all(path).map_err(RunError::Unwritable)?;
        Ok(Self(path.to_owned()))
    }

    pub fn open(path: &Path) -> Result<Self, RunError> {
        if path.join("plan.json").is_file() { Ok(Self(path.to_owned())) } else { Err(RunError::NotARun(path.to_owned())) }
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn journal(&self) -> PathBuf {
        self.file("samples.jsonl")
    }

    pub fn write_plan(&self, plan: &Plan) -> Result<(), RunError> {
        self.write_json("plan.json", plan)
    }

    pub fn write_environment(&self, environment: &Environment) -> Result<(), RunError> {
        self.write_json("environment.json", environment)
    }

    pub fn write_audit(&self, audit: &Audit) -> Result<(), RunError> {
        self.write_json("audit.json", audit)
    }

    pub fn write_verification(&self, verification: &Verification) -> Result<(), RunError> {
        self.write_json("verify.json", verification)
    }

    pub fn write_opcodes(&self, opcodes: &Opcodes) -> Result<(), RunError> {
        self.write_json("opcodes.json", opcodes)
    }

    pub fn write_machines(&self, machines: &[Machine]) -> Result<(), RunError> {
        self.write_json("machines.json", &Machines { schema: SCHEMA, machines: machines.to_vec() })
    }

    /// The whole journal at once, of a run that is made of others'.
    pub fn write_samples(&self, samples: &[Sample]) -> Result<(), RunError> {
        let mut text = String::new();
        for sample in samples {
            let line =
                serde_json::to_string(sample).map_err(|error| RunError::Malformed { path: self.journal(), reason: error.to_string() })?;
            text += &line;
            text.push('\n');
        }
        self.write_text("samples.jsonl", &text)
    }

    /// Anything that is text, derived files included.
    pub fn write_text(&self, name: &str, text: &str) -> Result<(), RunError> {
        Ok(fs::write_atomic(&self.file(name), text.as_bytes())?)
    }

    pub fn plan(&self) -> Result<Plan, RunError> {
        let plan: Plan = self.read_json("plan.json")?;
        // A schedule is held in memory: a slip of the hand in the file must not take it all.
        if plan.rounds.max(plan.warmup) > Plan::MOST_ROUNDS {
            let reason = format!("it plans more than {} rounds", Plan::MOST_ROUNDS);
            return Err(RunError::Malformed { path: self.file("plan.json"), reason });
        }
        // The kernel's set of processors ends there; a core that this machine lacks is found out by the first visit.
        if plan.cpu.is_some_and(|cpu| cpu >= 1024) {
            return Err(RunError::Malformed { path: self.file("plan.json"), reason: "its core is beyond 1023".to_owned() });
        }
        Ok(plan)
    }

    /// The samples so far; none if nothing was measured yet. A torn last line, left by a crash, is not a sample.
    pub fn samples(&self) -> Result<Vec<Sample>, RunError> {
        let path = self.journal();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let whole = bytes.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        let malformed = |line: usize, reason: String| RunError::Malformed { path: path.clone(), reason: format!("line {line}: {reason}") };
        let text = std::str::from_utf8(&bytes[..whole]).map_err(|error| malformed(0, error.to_string()))?;
        text.lines()
            .enumerate()
            .map(|(index, line)| serde_json::from_str(line).map_err(|error| malformed(index + 1, error.to_string())))
            .collect()
    }

    pub fn read(&self) -> Result<Run, RunError> {
        Ok(Run {
            plan: self.plan()?,
            environment: self.environment()?,
            audit: self.read_json("audit.json")?,
            verification: self.read_json("verify.json")?,
            opcodes: self.file("opcodes.json").exists().then(|| self.read_json("opcodes.json")).transpose()?,
            samples: self.samples()?,
            machines: self.machines()?,
        })
    }

    /// What a merged run was measured on; empty of any other.
    pub fn machines(&self) -> Result<Vec<Machine>, RunError> {
        const NAME: &str = "machines.json";
        if self.file(NAME).exists() { Ok(self.read_json::<Machines>(NAME)?.machines) } else { Ok(Vec::new()) }
    }

    /// What this machine is, as the run's first words have it.
    pub fn environment(&self) -> Result<Environment, RunError> {
        self.read_json("environment.json")
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), RunError> {
        let mut text = serde_json::to_string_pretty(value)
            .map_err(|error| RunError::Malformed { path: self.file(name), reason: error.to_string() })?;
        text.push('\n');
        self.write_text(name, &text)
    }

    fn read_json<T: DeserializeOwned>(&self, name: &str) -> Result<T, RunError> {
        let path = self.file(name);
        let text = fs::read_to_string(&path)?;
        let malformed = |error: serde_json::Error| RunError::Malformed { path: path.clone(), reason: error.to_string() };
        // The schema first: a later one may well have other fields.
        let value: serde_json::Value = serde_json::from_str(&text).map_err(malformed)?;
        match value.get("schema").and_then(serde_json::Value::as_u64) {
            Some(found) if found != u64::from(SCHEMA) => return Err(RunError::Schema { path, found }),
            _ => {}
        }
        serde_json::from_str(&text).map_err(malformed)
    }
}
