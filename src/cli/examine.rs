//! What looks at what is there: a file, a run, a program, this machine.

use std::path::PathBuf;

use clap::Args;

use super::source::{SourceArgs, SourceOptions};
use crate::recipe::PythonVersion;

#[derive(Debug, Args)]
pub struct AuditArgs {
    /// Paths of archives, objects, shared objects or executables; variants (static-pic, python3), of another recipe as
    /// RECIPE/VARIANT; recipes, for all their variants [default: all variants of the release this host is]
    #[arg(value_name = "VARIANT|FILE")]
    pub targets: Vec<String>,

    /// Recipe that the variants are of, by its name or path; repeat it for more [default: host, the release this host is]
    #[arg(long = "recipe", value_name = "RECIPE")]
    pub recipes: Vec<String>,

    #[command(flatten)]
    pub options: SourceOptions,

    /// Say in what two differ, and so what a ratio of their times would be the cost of
    #[arg(long, conflicts_with = "explain")]
    pub compare: bool,

    /// Say of each item how it is known, and of what is unknown what would settle it
    #[arg(long)]
    pub explain: bool,

    /// Print everything as JSON
    #[arg(long, conflicts_with = "explain")]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// A run's folder
    #[arg(value_name = "DIR")]
    pub run: PathBuf,

    /// Show report.html in the browser, by xdg-open
    #[arg(long)]
    pub open: bool,
}

#[derive(Debug, Args)]
pub struct OpcodesArgs {
    /// A Python source file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Only this function, such as `Class.method` or `outer.inner`; repeat it for more [default: all of FILE that the calls run]
    #[arg(long = "function", value_name = "NAME")]
    pub functions: Vec<String>,

    /// An expression to evaluate in FILE's namespace, such as 'f(1, 2)'; repeat it for more, in this order [default: the function, if
    /// it takes no arguments]
    #[arg(long = "call", value_name = "EXPRESSION", allow_hyphen_values = true)]
    pub calls: Vec<String>,

    /// How often each is evaluated
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub times: u32,

    /// The Python that runs it, 3.11 to 3.15 [default: python3 on PATH]
    #[arg(long, value_name = "PATH", conflicts_with = "recipe")]
    pub interpreter: Option<PathBuf>,

    /// The stock python3 of a recipe, such as debian-13, instead; provisioned if it is not in the store
    #[arg(long, value_name = "NAME")]
    pub recipe: Option<String>,

    /// With --recipe: Python version, such as 3.14, instead of the release's default
    #[arg(long, value_name = "X.Y", requires = "recipe")]
    pub python: Option<PythonVersion>,

    /// With --recipe: use the store alone
    #[arg(long, requires = "recipe")]
    pub offline: bool,

    /// With --recipe: accept an index after its Valid-Until (archived snapshots)
    #[arg(long, requires = "recipe")]
    pub allow_expired: bool,

    /// End what takes longer; calls that take long are made as often as fits
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub timeout: u32,

    /// Print the result as JSON
    #[arg(long, conflicts_with = "html")]
    pub json: bool,

    /// Write it as one HTML page instead
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

impl OpcodesArgs {
    /// The recipe as a source among sources.
    pub fn source(&self, recipe: &str) -> SourceArgs {
        let options = SourceOptions {
            prefixes: Vec::new(),
            python: self.python,
            mirrors: Vec::new(),
            keyring: None,
            offline: self.offline,
            refresh: false,
            locked: Vec::new(),
            allow_expired: self.allow_expired,
        };
        SourceArgs { recipes: vec![recipe.to_owned()], options }
    }
}

#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Look only: leave out the trial of some 20 seconds in which python3 is measured against itself
    #[arg(long)]
    pub quick: bool,

    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}
