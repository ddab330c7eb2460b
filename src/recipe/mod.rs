//! Data that decides what is provisioned: the wire format of `recipes/*.yaml` and the valid values it becomes.

mod cpython;
mod python_version;
mod wire;

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

pub use cpython::{CompilerChoice, CompilerFamily, Cpython, Origin, Patch, Profile};
pub use python_version::{NotAPythonVersion, PythonVersion};

use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};

static RECIPES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/recipes");

/// Where libpythons come from. Says nothing of mirrors: those belong to the host or to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    /// `host`, `debian-13`, or the stem of the person's own file.
    pub name: String,
    pub source: Source,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Archive(Archive),
    Cpython(Box<Cpython>),
}

/// Packages of a Debian-format archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    pub release: Release,
    /// `None`: the release's own default, as its archive names it.
    pub python: Option<PythonVersion>,
}

impl Archive {
    /// The codename that the recipe names; `None` where it is the host's, or changes.
    pub fn codename(&self) -> Option<&str> {
        match &self.release {
            Release::Named(named) => named.codename.as_deref(),
            Release::Host => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// The release this host is, by its os-release and apt sources.
    Host,
    Named(NamedRelease),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRelease {
    /// As the signed index must say it: `Debian`, `Ubuntu`.
    pub origin: String,
    /// As the signed index must say it. `None`: the release is known by its first suite, such as `testing`, whose codename changes.
    pub codename: Option<String>,
    /// The first is the base suite, which must be found; the others bring updates.
    pub suites: Vec<String>,
    pub components: Vec<String>,
    /// File names without folder and extension, of the host's keyring folders and of those that travel inside surtax.
    pub keyrings: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    #[error("there is no recipe `{name}`")]
    Unknown { name: String },
    #[error("the recipe `{name}` builds CPython from source, and has no packages to list")]
    NotAnArchive { name: String },
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Malformed { path: PathBuf, line: u64, column: u64, reason: String },
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for RecipeError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { .. } => {
                Some(format!("the recipes of surtax are {}; a file of your own is named by its path", Recipe::names().join(", ")))
            }
            Self::NotAnArchive { name } => Some(format!("surtax variants {name} lists what it builds")),
            Self::Malformed { .. } => Some("recipes/README.md describes every field".into()),
            Self::Fs(error) => error.hint().or_else(|| Some("a recipe of your own is named by the path of its file".into())),
        }
    }
}

/// A keyring that travels inside surtax, and the path it has in the repository. `recipes/keyrings/README.md` says where each is from.
pub fn keyring(name: &str) -> Option<(PathBuf, &'static [u8])> {
    let file = RECIPES.get_file(format!("keyrings/{name}.gpg"))?;
    Some((Path::new("recipes").join(file.path()), file.contents()))
}

impl Recipe {
    /// A recipe that travels inside surtax, by its name, or a file, by its path.
    pub fn named(name: &str) -> Result<Self, RecipeError> {
        let (path, text) = found(name)?;
        Self::parse(&path, &text)
    }

    /// The same where only a recipe of packages will do.
    fn archive_named(name: &str) -> Result<Archive, RecipeError> {
        let (path, text) = found(name)?;
        wire::parse_archive(&path, &text)
    }

    /// For commands that know packages alone.
    pub fn archive(self) -> Result<Archive, RecipeError> {
        match self.source {
            Source::Archive(archive) => Ok(archive),
            Source::Cpython(_) => Err(RecipeError::NotAnArchive { name: self.name }),
        }
    }

    /// The names that [`Recipe::named`] knows, in order.
    pub fn names() -> Vec<String> {
        let stems = RECIPES.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "yaml"));
        let mut names: Vec<_> = stems.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned())).collect();
        names.sort_unstable();
        names
    }

    /// `path` gives the recipe its name and is what errors point at.
    pub fn parse(path: &Path, text: &str) -> Result<Self, RecipeError> {
        Ok(Self { name: stem(path), source: wire::parse(path, text)? })
    }
}

/// Where the recipe of that name is, and what it says.
fn found(name: &str) -> Result<(PathBuf, Cow<'static, str>), RecipeError> {
    if let Some(text) = RECIPES.get_file(format!("{name}.yaml")).and_then(|file| file.contents_utf8()) {
        return Ok((format!("recipes/{name}.yaml").into(), text.into()));
    }
    if is_file(name) {
        return Ok((name.into(), fs::read_to_string(Path::new(name))?.into()));
    }
    Err(RecipeError::Unknown { name: name.to_owned() })
}

/// Whether what was written is the path of a file, and no recipe's name.
fn is_file(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "yaml" || extension == "yml") || name.contains('/')
}

/// What a recipe is called.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "recipe".into(), |stem| stem.to_string_lossy().into_owned())
}
