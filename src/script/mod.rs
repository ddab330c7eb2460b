//! Job files: a study that provisions once, measures in shards and merges, in the language of the system that runs it.

pub mod quote;

mod error;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};

use crate::store::unlinkable;
use quote::{command_line, literal, on_one_line, shell, yaml};

pub use error::ScriptError;

/// What runs the jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Github,
    Gitlab,
    Slurm,
}

impl System {
    pub const ALL: [Self; 3] = [Self::Github, Self::Gitlab, Self::Slurm];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Slurm => "slurm",
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Github => include_str!("../../jobs/github.yml.j2"),
            Self::Gitlab => include_str!("../../jobs/gitlab.yml.j2"),
            Self::Slurm => include_str!("../../jobs/slurm.sh.j2"),
        }
    }
}

/// A study as jobs.
#[derive(Debug, Clone)]
pub struct Study {
    pub system: System,
    /// The command line that asked for it, so that a reader can ask again.
    pub command: Vec<OsString>,
    /// What `surtax matrix plan` is called with, but shards and place.
    pub plan: Vec<OsString>,
    /// What `surtax bundle export` is called with, but the place.
    pub export: Vec<OsString>,
    /// Jobs that measure.
    pub shards: u32,
    /// The store's path on every machine: absolute.
    pub store: PathBuf,
    /// Lines of shell that bring surtax onto the machine that provisions: taken as they are.
    pub setup: Vec<String>,
    /// The most that a job may take.
    pub hours: u32,
    pub options: Options,
}

/// What only one of the systems knows.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// GitHub: the label of the machines.
    pub runs_on: Option<String>,
    /// GitHub: five fields of cron, in UTC.
    pub schedule: Option<String>,
    /// GitLab: the container.
    pub image: Option<String>,
    /// GitLab: the runner's.
    pub tags: Vec<String>,
    /// Slurm: options of every `sbatch`, such as `--partition=long`.
    pub sbatch: Vec<String>,
}

/// The newest that has the compilers; the host's release decides which libpythons are the default's.
const RUNS_ON: &str = "ubuntu-24.04";
/// Debian 12 with Rust and gcc.
const IMAGE: &str = "rust:1.95-bookworm";

/// The job file.
///
/// # Errors
/// For what the system does not know, and for words that no line can hold.
pub fn render(study: &Study) -> Result<String, ScriptError> {
    study.check()?;
    // GitHub looks for expressions in every line, comments included.
    let as_text = |line: String| if study.system == System::Github { literal(&line) } else { line };
    let surtax = |stage: [&str; 2], words: &[OsString]| -> Result<String, ScriptError> {
        let line = command_line(stage.iter().map(OsStr::new).chain(words.iter().map(OsString::as_os_str)))?;
        Ok(as_text(format!("surtax {line}")))
    };
    let Options { runs_on, schedule, image, tags, sbatch } = &study.options;
    let scalar = |text: &str| -> Result<String, ScriptError> { Ok(yaml(&as_text(on_one_line(text)?.to_owned()))) };
    let scalars = |texts: &[String]| -> Result<Option<String>, ScriptError> {
        let texts: Vec<String> = texts.iter().map(|text| scalar(text)).collect::<Result<_, _>>()?;
        Ok((!texts.is_empty()).then(|| format!("[{}]", texts.join(", "))))
    };
    let setup = study.setup.iter().map(|line| Ok(on_one_line(line)?.to_owned())).collect::<Result<Vec<String>, ScriptError>>()?;
    let values = context! {
        command => as_text(command_line(study.command.iter().map(OsString::as_os_str))?),
        plan => surtax(["matrix", "plan"], &study.plan)?,
        export => surtax(["bundle", "export"], &study.export)?,
        shards => study.shards,
        store => shell(study.store.as_os_str())?,
        store_yaml => scalar(&study.store.to_string_lossy())?,
        setup => setup,
        hours => study.hours,
        runs_on => scalar(runs_on.as_deref().unwrap_or(RUNS_ON))?,
        schedule => schedule.as_ref().map(|schedule| scalar(schedule)).transpose()?,
        image => scalar(image.as_deref().unwrap_or(IMAGE))?,
        tags => scalars(tags)?,
        sbatch => command_line(sbatch.iter().map(OsStr::new))?,
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.add_filter("yaml", |text: &str| yaml(text));
    Ok(environment.render_str(study.system.template(), values)?)
}

impl Study {
    fn check(&self) -> Result<(), ScriptError> {
        let Options { runs_on, schedule, image, tags, sbatch } = &self.options;
        let options = [
            ("--runs-on", runs_on.is_some(), System::Github),
            ("--schedule", schedule.is_some(), System::Github),
            ("--image", image.is_some(), System::Gitlab),
            ("--tag", !tags.is_empty(), System::Gitlab),
            ("--sbatch", !sbatch.is_empty(), System::Slurm),
        ];
        if let Some((option, _, of)) = options.into_iter().find(|(_, given, of)| *given && *of != self.system) {
            return Err(ScriptError::NotFor { option, of, system: self.system });
        }
        if let Some(schedule) = schedule.as_ref().filter(|schedule| schedule.split_whitespace().count() != 5) {
            return Err(ScriptError::Schedule { schedule: schedule.clone() });
        }
        let unfit = |what| ScriptError::Store { path: self.store.clone(), what };
        if !self.store.is_absolute() {
            return Err(unfit("is not absolute"));
        }
        unlinkable(&self.store).map_or(Ok(()), |_| Err(unfit("has characters that linkers and loaders cannot take")))
    }
}
