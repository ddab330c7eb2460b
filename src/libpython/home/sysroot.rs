//! The home of a sysroot: its own `python3`, linker and libraries, made to run and to be linked from where they lie.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::libraries::Libraries;
use super::{Home, HomeError, Sysconfig, link_prefix};
use crate::digest::{Key, Sha256};
use crate::elf::GLIBC_LOADER;
use crate::fs;
use crate::libpython::hacl::HaclFlags;
use crate::libpython::needed::NeededLibrary;
use crate::libpython::stock::SysrootProgram;
use crate::process::Job;
use crate::recipe::PythonVersion;
use crate::store::{Stamp, Store};

/// What the stamp of a stock `python3` keeps.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StockStamp {
    /// Of the edited executable.
    sha256: Sha256,
    sysconfig: Sysconfig,
}

pub(super) fn prepare(store: &Store, key: &Key, python: PythonVersion, sysroot: &Path) -> Result<Home, HomeError> {
    let prefix = store.home(key);
    let stock_folder = store.runner(key, &stock_key(key, sysroot));
    let stock = stock_folder.join(format!("python{python}"));
    let loader = find_loader(sysroot)?;
    let library_folders = library_folders(sysroot)?;
    link_prefix(&prefix, &sysroot.join("usr"))?;
    let linker = prepare_linker(store, key, sysroot, &loader, &library_folders)?;
    let mut sysconfig = match made_before(&stock_folder, &stock) {
        Some(sysconfig) => sysconfig,
        None => {
            let packaged = sysroot.join(format!("usr/bin/python{python}"));
            if !packaged.is_file() {
                return Err(HomeError::Lacks { sysroot: sysroot.to_owned(), what: format!("usr/bin/python{python}") });
            }
            SysrootProgram { packaged: &packaged, loader: &loader, library_folders: &library_folders }.write_to(&stock)?;
            let stamp = StockStamp { sysconfig: read_sysconfig(&stock)?, sha256: fs::sha256(&stock)? };
            Stamp::write(&stock_folder, &serde_json::to_string(&stamp).map_err(|error| HomeError::Sysconfig(error.to_string()))?)?;
            stamp.sysconfig
        }
    };
    // What the sysroot lacks of them, nothing of the build's was linked against.
    let needed = sysconfig.link_libraries.iter().filter_map(|word| NeededLibrary::find(word.strip_prefix("-l")?, &library_folders, &[]));
    sysconfig.link_libraries = needed.map(|library| library.word).collect();
    let libraries = Libraries::find(sysroot, python, &sysconfig.multiarch);
    Ok(Home {
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

/// The edit writes the sysroot's path into the executable: in a store that was moved, it is another. What the stamp remembers is the answer
/// to the probe.
fn stock_key(home: &Key, sysroot: &Path) -> Key {
    let asked = HaclFlags::VARIABLES.join(" ");
    let sysroot = sysroot.to_string_lossy();
    Key::of(
        "stock",
        [("home", home.as_str()), ("edit", SysrootProgram::METHOD), ("sysroot", &sysroot), ("probe", PROBE), ("asked", &asked)],
    )
}

/// What the stamp says, if the executable is still the one that it was written for.
fn made_before(folder: &Path, stock: &Path) -> Option<Sysconfig> {
    let stamp: StockStamp = serde_json::from_str(&Stamp::read(folder)?).ok()?;
    (Sha256::of_file(stock).ok()? == stamp.sha256).then_some(stamp.sysconfig)
}

fn find_loader(sysroot: &Path) -> Result<PathBuf, HomeError> {
    let below = GLIBC_LOADER.trim_start_matches('/');
    let loader = sysroot.join(below);
    if loader.is_file() { Ok(loader) } else { Err(HomeError::Lacks { sysroot: sysroot.to_owned(), what: below.into() }) }
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
    let key = Key::of("linker", [("home", home.as_str()), ("edit", SysrootProgram::METHOD), ("sysroot", &sysroot.to_string_lossy())]);
    let folder = store.runner(home, &key);
    let linker = folder.join("ld.bfd");
    if !Stamp::is_of(&folder, &linker) {
        SysrootProgram { packaged: &packaged, loader, library_folders }.write_to(&linker)?;
        Job::new(&linker).arg("--version").limit(Duration::from_secs(60)).run_for_text().map_err(HomeError::Linker)?;
        Stamp::write_of(&folder, &linker)?;
    }
    Ok(Some(folder))
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
