//! A home: the interpreter's prefix, standard library, headers and libpythons that builds of one ABI share.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hacl::HaclFlags;
use super::stock::{StockError, SysrootProgram};
use super::variant::{Build, CodeModel, Library, VariantName};
use crate::digest::{Key, Sha256};
use crate::error::{Exit, Explain};
use crate::fs::{self, FsError};
use crate::process::{Job, ProcessError};
use crate::recipe::PythonVersion;
use crate::store::{Stamp, Store};

#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    #[error("{} lacks {what}", sysroot.display())]
    Lacks { sysroot: PathBuf, what: String },
    #[error("the stock python3 does not start from its sysroot")]
    Probe(#[source] ProcessError),
    #[error("the release's own linker does not start from its sysroot")]
    Linker(#[source] ProcessError),
    #[error("the stock python3 described itself in a way that cannot be understood: {0}")]
    Sysconfig(String),
    #[error(transparent)]
    Stock(#[from] StockError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for HomeError {
    fn exit(&self) -> Exit {
        match self {
            Self::Fs(_) => Exit::Internal,
            Self::Probe(ProcessError::Interrupted(interrupted)) | Self::Linker(ProcessError::Interrupted(interrupted)) => {
                interrupted.exit()
            }
            _ => Exit::Build,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Fs(error) => error.hint(),
            Self::Probe(ProcessError::Interrupted(interrupted)) | Self::Linker(ProcessError::Interrupted(interrupted)) => {
                interrupted.hint()
            }
            _ => Some("if files of the store were changed or lost, delete its `sysroots` folder and run again; downloads are kept".into()),
        }
    }
}

/// What `sysconfig` of the build itself says; never what the host's does.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sysconfig {
    /// `3.13.5`.
    pub version: String,
    /// `x86_64-linux-gnu`.
    pub multiarch: String,
    /// Libraries that a static link needs, without repetition: as the build's Makefile names them (`-ldl`, `-lm`, …), or, of a library that
    /// the sysroot holds for running alone, its path.
    pub link_libraries: Vec<String>,
    /// How the build's Makefile compiles HACL.
    pub hacl_flags: HaclFlags,
}

/// What the stamp of a stock `python3` keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StockStamp {
    /// Of the edited executable.
    sha256: Sha256,
    sysconfig: Sysconfig,
}

/// All paths are absolute.
#[derive(Debug, Clone, Serialize)]
pub struct Home {
    pub key: Key,
    pub python: PythonVersion,
    /// Where the C library, its headers and its start files come from; `None`: from the host.
    pub sysroot: Option<PathBuf>,
    /// The folder of the `ld.bfd` that links runners; `None`: the host's.
    pub linker: Option<PathBuf>,
    /// `sys.prefix` of every subject.
    pub prefix: PathBuf,
    /// The stock executable: the baseline.
    pub stock: PathBuf,
    /// The dynamic loader of every subject, `PT_INTERP`.
    pub loader: PathBuf,
    /// For the linker's search and for `DT_RPATH`.
    pub library_folders: Vec<PathBuf>,
    /// Every variant, in the order of [`VariantName::ALL`]: its build, or why there is none.
    pub offers: Vec<Offer>,
    pub sysconfig: Sysconfig,
}

/// Whether a variant can be had.
#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    pub name: VariantName,
    /// Or the reason, for people: `no libpython3.13-pic.a`.
    pub build: Result<Build, String>,
}

impl Home {
    /// Prepares, once, the home of a sysroot: the prefix that all its subjects share, and the stock `python3` in it.
    pub fn prepare(store: &Store, key: &Key, python: PythonVersion, sysroot: &Path) -> Result<Self, HomeError> {
        let prefix = store.home(key);
        // The edit writes the sysroot's path into the executable: in a store that was moved, it is another.
        let stock_key = Key::of("stock", [("home", key.as_str()), ("edit", "2"), ("sysroot", &sysroot.to_string_lossy())]);
        let stock_folder = store.runner(key, &stock_key);
        let stock = stock_folder.join(format!("python{python}"));
        let loader = find_loader(sysroot)?;
        let library_folders = library_folders(sysroot)?;
        link_prefix(&prefix, sysroot)?;
        let linker = prepare_linker(store, key, sysroot, &loader, &library_folders)?;
        let mut sysconfig = match made_before(&stock_folder, &stock) {
            Some(sysconfig) => sysconfig,
            None => {
                let packaged = sysroot.join(format!("usr/bin/python{python}"));
                if !packaged.is_file() {
                    return Err(HomeError::Lacks { sysroot: sysroot.to_owned(), what: format!("usr/bin/python{python}") });
                }
                SysrootProgram { packaged: &packaged, loader: &loader, library_folders: &library_folders }.write_to(&stock)?;
                let sysconfig = read_sysconfig(&stock)?;
                let sha256 = Sha256::of_file(&stock).map_err(FsError::at("read", &stock))?;
                let stamp = StockStamp { sha256, sysconfig };
                Stamp::write(&stock_folder, &serde_json::to_string(&stamp).map_err(|error| HomeError::Sysconfig(error.to_string()))?)?;
                stamp.sysconfig
            }
        };
        sysconfig.link_libraries = linkable(&sysconfig.link_libraries, &library_folders);
        let libraries = Libraries::find(sysroot, python, &sysconfig.multiarch);
        Ok(Self {
            key: key.clone(),
            python,
            sysroot: Some(sysroot.to_owned()),
            linker,
            prefix,
            stock,
            loader,
            library_folders,
            offers: libraries.offers(python),
            sysconfig,
        })
    }

    /// Every static libpython, each once, position-independent ones first.
    pub fn archives(&self) -> Vec<&Path> {
        let mut archives: Vec<(bool, &Path)> = Vec::new();
        for build in self.offers.iter().filter_map(|offer| offer.build.as_ref().ok()) {
            let Library::Archive(path) = &build.library else { continue };
            if !archives.iter().any(|(_, known)| known == path) {
                archives.push((build.claimed_code_model == CodeModel::NonPic, path));
            }
        }
        archives.sort_by_key(|(non_pic, _)| *non_pic);
        archives.into_iter().map(|(_, path)| path).collect()
    }

    /// In `lib64` where the build was configured so (`--with-platlibdir`, as Fedora does).
    pub fn stdlib(&self) -> PathBuf {
        let folders = ["lib", "lib64"].map(|name| self.prefix.join(name).join(format!("python{}", self.python)));
        let [usual, _] = &folders;
        folders.iter().find(|folder| folder.join("os.py").is_file()).unwrap_or(usual).clone()
    }

    /// The digest of a file of the home, for keys.
    pub fn digest(&self, path: &Path) -> Result<Sha256, HomeError> {
        Ok(Sha256::of_file(path).map_err(FsError::at("read", path))?)
    }
}

/// What the stamp says, if the executable is still the one that it was written for.
fn made_before(folder: &Path, stock: &Path) -> Option<Sysconfig> {
    let stamp: StockStamp = serde_json::from_str(&Stamp::read(folder)?).ok()?;
    (Sha256::of_file(stock).ok()? == stamp.sha256).then_some(stamp.sysconfig)
}

/// `<home>/lib` and `<home>/include` are the sysroot's: CPython's getpath climbs from a runner to them and takes the home for the prefix,
/// so every subject has the same `sys.prefix` and the same paths in its code objects, whatever it is called.
fn link_prefix(prefix: &Path, sysroot: &Path) -> Result<(), HomeError> {
    fs::create_dir_all(prefix)?;
    for name in ["lib", "include", "share"] {
        let target = sysroot.join("usr").join(name);
        if target.is_dir() {
            fs::symlink(&target, &prefix.join(name))?;
        }
    }
    Ok(())
}

fn find_loader(sysroot: &Path) -> Result<PathBuf, HomeError> {
    // The x86-64 psABI fixes this path.
    let loader = sysroot.join("lib64/ld-linux-x86-64.so.2");
    if loader.is_file() {
        Ok(loader)
    } else {
        Err(HomeError::Lacks { sysroot: sysroot.to_owned(), what: "lib64/ld-linux-x86-64.so.2".into() })
    }
}

/// The folders that hold the sysroot's libc and libraries.
fn library_folders(sysroot: &Path) -> Result<Vec<PathBuf>, HomeError> {
    let folders: Vec<PathBuf> = ["usr/lib/x86_64-linux-gnu", "usr/lib64", "usr/lib"]
        .map(|folder| sysroot.join(folder))
        .into_iter()
        .filter(|folder| folder.join("libc.so.6").exists())
        .collect();
    if folders.is_empty() { Err(HomeError::Lacks { sysroot: sysroot.to_owned(), what: "libc.so.6".into() }) } else { Ok(folders) }
}

/// The release's own linker, made to run from its sysroot, in a folder where gcc finds it by `-B` and `-fuse-ld=bfd`.
///
/// A host's older `ld` takes relocations of newer objects for others and links programs that crash: 2.40 does so with Debian sid's
/// `libpython3.14-pic.a`. `None` where the sysroot has no linker.
fn prepare_linker(
    store: &Store,
    home: &Key,
    sysroot: &Path,
    loader: &Path,
    library_folders: &[PathBuf],
) -> Result<Option<PathBuf>, HomeError> {
    let packaged = sysroot.join("usr/bin/x86_64-linux-gnu-ld.bfd");
    if !packaged.is_file() {
        return Ok(None);
    }
    let key = Key::of("linker", [("home", home.as_str()), ("edit", "2"), ("sysroot", &sysroot.to_string_lossy())]);
    let folder = store.runner(home, &key);
    let linker = folder.join("ld.bfd");
    let digest = |path: &Path| Sha256::of_file(path).map(|digest| digest.to_string()).map_err(FsError::at("read", path));
    if !linker.is_file() || Stamp::read(&folder) != Some(digest(&linker)?) {
        SysrootProgram { packaged: &packaged, loader, library_folders }.write_to(&linker)?;
        Job::new(&linker).arg("--version").limit(Duration::from_secs(60)).run_for_text().map_err(HomeError::Linker)?;
        Stamp::write(&folder, &digest(&linker)?)?;
    }
    Ok(Some(folder))
}

/// The libraries as the sysroot can give them to the linker: by their names where it holds what is made for linking; by the path of the
/// runtime file where there is only that (the development package is nothing that running Python needs); and not at all where there is
/// neither, since then nothing of the build's was linked against it.
fn linkable(names: &[String], folders: &[PathBuf]) -> Vec<String> {
    let one = |name: &String| {
        let library = name.strip_prefix("-l")?;
        let made_for_linking = |folder: &PathBuf| ["so", "a"].iter().any(|kind| folder.join(format!("lib{library}.{kind}")).exists());
        if folders.iter().any(made_for_linking) {
            return Some(name.clone());
        }
        folders.iter().find_map(|folder| runtime_file(folder, &format!("lib{library}.so."))).map(|path| path.display().to_string())
    };
    names.iter().filter_map(one).collect()
}

/// The shortest of `libzstd.so.1`, `libzstd.so.1.5.7`: the name that programs ask for.
fn runtime_file(folder: &Path, start: &str) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let name = entries.filter(|name| name.starts_with(start)).min_by_key(|name| (name.len(), name.clone()))?;
    Some(folder.join(name))
}

/// What the probe prints.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    version: String,
    multiarch: String,
    link_libraries: Vec<String>,
    /// The variables that the probe's arguments name.
    variables: BTreeMap<String, String>,
}

const PROBE: &str = r"
import json, platform, sys, sysconfig
def text(name):
    return sysconfig.get_config_var(name) or ''
words = ' '.join(map(text, ('LIBS', 'MODLIBS', 'SYSLIBS'))).split()
print(json.dumps({
    'version': platform.python_version(),
    'multiarch': text('MULTIARCH'),
    'link_libraries': list(dict.fromkeys(word for word in words if word.startswith('-l'))),
    'variables': {name: text(name) for name in sys.argv[1:]},
}))
";

fn read_sysconfig(stock: &Path) -> Result<Sysconfig, HomeError> {
    let job = Job::new(stock).args(["-I", "-S", "-c", PROBE]).args(HaclFlags::VARIABLES).limit(Duration::from_secs(60));
    let text = job.run_for_text().map_err(HomeError::Probe)?;
    let said: Said = serde_json::from_str(&text).map_err(|error| HomeError::Sysconfig(error.to_string()))?;
    let Said { version, multiarch, link_libraries, variables } = said;
    Ok(Sysconfig { version, multiarch, link_libraries, hacl_flags: HaclFlags::of(|name| variables.get(name).map(String::as_str)) })
}

/// Found by what they are called everywhere, in the places where distributions put them.
struct Libraries {
    archive: Option<PathBuf>,
    pic_archive: Option<PathBuf>,
    shared_object: Option<PathBuf>,
}

impl Libraries {
    fn find(sysroot: &Path, python: PythonVersion, multiarch: &str) -> Self {
        let folders = [
            sysroot.join(format!("usr/lib/python{python}/config-{python}-{multiarch}")),
            sysroot.join("usr/lib").join(multiarch),
            sysroot.join("usr/lib"),
        ];
        let first = |name: String| folders.iter().map(|folder| folder.join(&name)).find(|path| path.is_file());
        Self {
            archive: first(format!("libpython{python}.a")),
            pic_archive: first(format!("libpython{python}-pic.a")),
            // The name that the loader will ask for, not the development link.
            shared_object: first(format!("libpython{python}.so.1.0")),
        }
    }

    /// What each of a distribution's three libraries allows; their names say how they are compiled, the audit what is true.
    fn offers(&self, python: PythonVersion) -> Vec<Offer> {
        let offer = |name: VariantName| {
            let (path, library, code_model, file) = match name {
                VariantName::StaticNonpic => {
                    (&self.archive, Library::Archive as fn(PathBuf) -> Library, CodeModel::NonPic, format!("libpython{python}.a"))
                }
                VariantName::StaticPic | VariantName::StaticPicPie => {
                    (&self.pic_archive, Library::Archive as fn(PathBuf) -> Library, CodeModel::Pic, format!("libpython{python}-pic.a"))
                }
                VariantName::StaticPie => {
                    return Offer { name, build: Err("a distribution compiles no archive as position-independent executable code".into()) };
                }
                VariantName::Shared => (
                    &self.shared_object,
                    Library::SharedObject as fn(PathBuf) -> Library,
                    CodeModel::Pic,
                    format!("libpython{python}.so.1.0"),
                ),
            };
            let build = path.clone().map(|path| Build { library: library(path), claimed_code_model: code_model });
            Offer { name, build: build.ok_or_else(|| format!("its packages hold no {file}")) }
        };
        VariantName::ALL.map(offer).to_vec()
    }
}
