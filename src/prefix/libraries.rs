//! The libpythons of a prefix: where they are, and which variants each allows or why not.

use std::path::{Path, PathBuf};

use super::link::LinkLibraries;
use super::python::Facts;
use crate::audit::archive_code;
use crate::elf::Executable;
use crate::libpython::{Build, CodeModel, Library, Offer, Shape};

pub(super) struct Libraries {
    /// `libpython3.13.a` as its Makefile calls it.
    archive_name: String,
    shared_name: String,
    archives: Vec<Archive>,
    shared: Option<PathBuf>,
}

struct Archive {
    path: PathBuf,
    /// Or why no runner can link it.
    code: Result<CodeModel, String>,
}

impl Libraries {
    pub(super) fn find(folder: &Path, facts: &Facts) -> Self {
        let python = facts.python;
        let places = Places::new(folder, facts);
        let named = |variable: &str, ending: &str| {
            facts.variable(variable).filter(|name| name.contains(ending) && !name.contains('/')).map(str::to_owned)
        };
        let archive_name = named("LIBRARY", ".a").unwrap_or_else(|| format!("libpython{python}.a"));
        let shared_name = named("INSTSONAME", ".so").unwrap_or_else(|| format!("libpython{python}.so.1.0"));
        let details = facts.said.build_details.as_ref().and_then(|details| details.libpython.clone()).unwrap_or_default();
        let mut archives: Vec<PathBuf> = Vec::new();
        // Debian's second archive has a name that no Makefile tells.
        let candidates = [places.find(&archive_name), places.told(details.archive), places.find(&format!("libpython{python}-pic.a"))];
        for path in candidates.into_iter().flatten() {
            // `make install` leaves a second copy beside the shared libraries.
            let same = |known: &PathBuf| known.file_name() == path.file_name();
            if !archives.iter().any(same) {
                archives.push(path);
            }
        }
        let archives = archives.into_iter().map(|path| Archive { code: code_of(&path, facts), path }).collect();
        let shared = places.find(&shared_name).or_else(|| places.told(details.dynamic));
        Self { archive_name, shared_name, archives, shared }
    }

    /// All files that runners may be made of.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.archives.iter().map(|archive| archive.path.as_path()).chain(self.shared.as_deref())
    }

    /// Where libraries of the prefix lie: that of its shared libpython, and its `lib`, in which a relocatable Python keeps its own OpenSSL and zlib.
    pub(super) fn folders(&self, folder: &Path) -> Vec<PathBuf> {
        let beside = self.shared.as_deref().and_then(Path::parent).map(Path::to_owned);
        let mut folders: Vec<PathBuf> = beside.into_iter().collect();
        for name in ["lib", "lib64"].map(|name| folder.join(name)) {
            // A distribution's own folders are on every search path already.
            let known = folders.iter().any(|known| known.canonicalize().ok() == name.canonicalize().ok());
            if folder != Path::new("/usr") && name.is_dir() && !known {
                folders.push(name);
            }
        }
        folders
    }

    pub(super) fn offers(&self, facts: &Facts, needed: &LinkLibraries) -> Vec<Offer> {
        Shape::ALL
            .map(|shape| {
                let build = match shape {
                    Shape::StaticNonpic => self.archive_of(CodeModel::NonPic, needed),
                    Shape::StaticPic | Shape::StaticPicPie => self.archive_of(CodeModel::Pic, needed),
                    Shape::StaticPie => self.archive_of(CodeModel::Pie, needed),
                    Shape::Shared => self.shared_object(facts),
                };
                Offer { name: shape.into(), build }
            })
            .to_vec()
    }

    fn archive_of(&self, model: CodeModel, needed: &LinkLibraries) -> Result<Build, String> {
        if let Some(archive) = self.archives.iter().find(|archive| archive.code == Ok(model)) {
            needed.complete(&archive.path)?;
            return Ok(Build::found(Library::Archive(archive.path.clone()), model));
        }
        let reasons: Vec<String> = self.archives.iter().map(Archive::reason).collect();
        Err(if reasons.is_empty() { format!("no static library: {} is not there", self.archive_name) } else { reasons.join("; ") })
    }

    fn shared_object(&self, facts: &Facts) -> Result<Build, String> {
        let Some(path) = &self.shared else { return Err(format!("no shared library: {} is not there", self.shared_name)) };
        match Executable::inspect(path) {
            _ if facts.is_musl() => Err(format!("{} is {MUSL}", self.shared_name)),
            Ok(Executable::Program { .. }) => Ok(Build::found(Library::SharedObject(path.clone()), CodeModel::Pic)),
            Ok(Executable::Foreign(machine)) => Err(format!("{} is compiled for another architecture ({machine})", self.shared_name)),
            Ok(_) => Err(format!("{} is no shared object", self.shared_name)),
            Err(error) => Err(error.to_string()),
        }
    }
}

const MUSL: &str = "compiled for another C library (musl); runners are linked with glibc";

fn code_of(archive: &Path, facts: &Facts) -> Result<CodeModel, String> {
    if facts.is_musl() {
        return Err(MUSL.to_owned());
    }
    archive_code(archive).unwrap_or_else(|error| Err(format!("unreadable: {error}")))
}

impl Archive {
    /// Why it does not serve another code model than its own.
    fn reason(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        match &self.code {
            Ok(CodeModel::NonPic) => format!("{name} is code for a fixed address (non-PIC)"),
            Ok(CodeModel::Pie) => format!("{name} is position-independent code for executables (-fPIE)"),
            Ok(CodeModel::Pic) => format!("{name} is position-independent code (-fPIC)"),
            Err(reason) => format!("{name} is {reason}"),
        }
    }
}

/// Where a prefix keeps its libraries: what its Makefile says first, then the usual folders. Never outside the prefix, where a libpython of the
/// same name would be another build.
struct Places<'a> {
    folder: &'a Path,
    built_prefix: Option<&'a Path>,
    folders: Vec<PathBuf>,
}

impl<'a> Places<'a> {
    fn new(folder: &'a Path, facts: &'a Facts) -> Self {
        let python = facts.python;
        let built_prefix = facts.said.built_prefix.as_deref();
        let mut places = Self { folder, built_prefix, folders: Vec::new() };
        let told = ["LIBPL", "LIBDIR"].iter().filter_map(|name| places.within(Path::new(facts.variable(name)?))).collect();
        places.folders = told;
        let multiarch = facts.variable("MULTIARCH").unwrap_or("x86_64-linux-gnu");
        for stdlib in [format!("lib/python{python}"), format!("lib64/python{python}")] {
            places.folders.push(folder.join(&stdlib).join(format!("config-{python}-{multiarch}")));
            places.folders.push(folder.join(&stdlib).join(format!("config-{python}")));
        }
        places.folders.extend([folder.join("lib").join(multiarch), folder.join("lib"), folder.join("lib64")]);
        places
    }

    fn find(&self, name: &str) -> Option<PathBuf> {
        self.folders.iter().map(|place| place.join(name)).find(|path| path.is_file())
    }

    fn told(&self, path: Option<PathBuf>) -> Option<PathBuf> {
        self.within(&path?).filter(|path| path.is_file())
    }

    /// The path as it is now, if that is inside the prefix. `build-details.json` may give one relative to the prefix.
    fn within(&self, path: &Path) -> Option<PathBuf> {
        let moved = match self.built_prefix.and_then(|built| path.strip_prefix(built).ok()) {
            Some(rest) => self.folder.join(rest),
            None => self.folder.join(path),
        };
        moved.canonicalize().ok()?.starts_with(self.folder).then_some(moved)
    }
}
