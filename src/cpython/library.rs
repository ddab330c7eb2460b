//! Of each variant only what differs: the core's objects compiled anew, made into an archive or a shared library, and proven to be what was asked.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use object::{Object as _, ObjectSymbol as _};

use super::tree::{Core, Tree, files, takes_archive};
use super::{CpythonError, profile};
use crate::digest::Key;
use crate::fs;
use crate::libpython::{Build, Compiled, Library, LinkTime, ProofError, prove, prove_objects};
use crate::store::{Stamp, Store};
use crate::variant::{CodeModel, Lto, VariantName};

/// A variant's library as it will be, built or not.
pub(super) struct Intended {
    pub variant: VariantName,
    pub core: Core,
    key: Key,
    folder: PathBuf,
    file: PathBuf,
}

impl Intended {
    pub(super) fn new(tree: &Tree<'_>, variant: VariantName) -> Self {
        let core = Core::of(variant);
        let kind = if takes_archive(variant) { "archive" } else { "shared" };
        let key = Key::of("cpython-library", [("tree", tree.key.as_str()), ("core", &core.label()), ("kind", kind)]);
        // Below the tree: who deletes that for another build deletes what was made of it too.
        let folder = tree.root.join("libraries").join(key.as_str());
        let python = tree.recipe().python;
        let name = if takes_archive(variant) { format!("libpython{python}.a") } else { format!("libpython{python}.so.1.0") };
        Self { variant, core, key, file: folder.join(name), folder }
    }

    pub(super) fn is_built(&self) -> bool {
        Stamp::is_of(&self.folder, &self.file)
    }

    pub(super) fn build(&self, tree: &Tree<'_>) -> Build {
        // By its content too: the same inputs give another library where another header or library is installed when the tree is made again.
        let content = Stamp::read(&self.folder).unwrap_or_default();
        let key = Key::of("cpython-build", [("library", self.key.as_str()), ("content", &content)]);
        let library = if takes_archive(self.variant) { Library::Archive } else { Library::SharedObject };
        let intermediate = self.core.flavour.lto != Lto::None && takes_archive(self.variant);
        let link_time = intermediate.then(|| {
            let mut arguments = tree.compiler.link_flags(&self.core.flavour);
            arguments.extend(tree.recipe().cflags.iter().cloned());
            LinkTime { compiler: tree.compiler.program.clone(), arguments }
        });
        Build { library: library(self.file.clone()), claimed_code_model: self.core.model, compiled: Some(Compiled { key, link_time }) }
    }

    /// Compiles what the tree's objects are not, and puts the library into the store.
    pub(super) fn make(&self, store: &Store, tree: &Tree<'_>) -> Result<(), CpythonError> {
        let parts = compile(tree, self.core)?;
        let scratch = store.scratch()?;
        let name = self.file.file_name().unwrap_or_default();
        let made = scratch.path().join(name);
        if takes_archive(self.variant) {
            archive(tree, self.core, &parts.objects, &made)?;
        } else {
            link(tree, self.core, &parts, &made)?;
            // They show more than what is linked of them; an archive is they.
            as_asked(tree, prove_objects(self.variant, &parts.objects, &made))?;
        }
        as_asked(tree, prove(self.variant, &made))?;
        Stamp::write_of(scratch.path(), &made)?;
        Ok(scratch.commit(&self.folder)?)
    }
}

/// Objects that are not what was asked for are compiled again by the next call: the compiler may have been put right.
pub(super) fn as_asked(tree: &Tree<'_>, proof: Result<(), ProofError>) -> Result<(), CpythonError> {
    let Err(error) = proof else { return Ok(()) };
    tree.set_objects("")?;
    Err(CpythonError::NotAsAsked { found: error.to_string(), tree: tree.build().to_owned() })
}

/// What libraries of one core are made of.
struct Parts {
    objects: Vec<PathBuf>,
    /// `-lm -ldl …`, for the shared library.
    libraries: Vec<String>,
}

/// The core's objects, and those of libraries that CPython's source brings along for its static modules (HACL, expat).
fn compile(tree: &Tree<'_>, core: Core) -> Result<Parts, CpythonError> {
    let label = core.label();
    let [objects, local, libraries, modules, system] =
        tree.builder.variables(["LIBRARY_OBJS", "LOCALMODLIBS", "LIBS", "MODLIBS", "SYSLIBS"])?;
    let inner: BTreeSet<&str> = local.split_whitespace().filter(|word| is_inner(word)).collect();
    tree.prepare_objects(&label)?;
    // They were compiled as extension modules are, if at all.
    for library in &inner {
        for object in beside(tree, library) {
            fs::remove(&object)?;
        }
    }
    let mut variables = tree.variables(core);
    variables.push(format!("CCSHARED={}", super::compiler::Compiler::model_flag(core.model)));
    let archive = format!("libpython{}.a", tree.recipe().python);
    let targets: Vec<&str> = std::iter::once(archive.as_str()).chain(inner.iter().copied()).collect();
    let warnings = tree.make_core(&format!("core {label}"), &variables, &targets)?;
    profile::check(tree, core, &warnings)?;
    let mut parts: Vec<PathBuf> = objects.split_whitespace().map(|object| tree.build().join(object)).collect();
    parts.extend(inner.iter().flat_map(|library| inner_objects(tree, library)));
    // Modules may share a library, or an object of one.
    let mut known = BTreeSet::new();
    parts.retain(|object| known.insert(object.clone()));
    shuffle(&mut parts, tree.replicate);
    let words = [libraries, modules, system].join(" ");
    let mut libraries: Vec<String> = Vec::new();
    for word in words.split_whitespace().filter(|word| word.starts_with("-l") || word.starts_with("-L")) {
        if !libraries.iter().any(|known| known == word) {
            libraries.push(word.to_owned());
        }
    }
    Ok(Parts { objects: parts, libraries })
}

/// `Modules/_hacl/libHacl_Hash_SHA2.a`, from 3.14 on also single objects; not `-lz`.
fn is_inner(word: &str) -> bool {
    !word.starts_with(['-', '/']) && (word.ends_with(".a") || word.ends_with(".o"))
}

/// The objects that may be compiled for a library within the tree: all in its folder, or the one that it is.
fn beside(tree: &Tree<'_>, library: &str) -> Vec<PathBuf> {
    let path = tree.build().join(library);
    if library.ends_with(".o") {
        return vec![path];
    }
    let inside = path.parent().map(files).unwrap_or_default();
    inside.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "o")).collect()
}

/// The objects that a library within the tree is made of: they lie beside it.
fn inner_objects(tree: &Tree<'_>, library: &str) -> Vec<PathBuf> {
    let path = tree.build().join(library);
    if library.ends_with(".o") {
        return vec![path];
    }
    let Ok(bytes) = std::fs::read(&path) else { return Vec::new() };
    let Ok(archive) = object::read::archive::ArchiveFile::parse(&*bytes) else { return Vec::new() };
    let names = archive.members().flatten().map(|member| String::from_utf8_lossy(member.name()).into_owned());
    names.map(|name| path.with_file_name(name)).filter(|object| object.is_file()).collect()
}

/// The order in which objects are linked decides where functions lie, and so how caches and branch predictors meet them (Mytkowicz et al.,
/// ASPLOS 2009): each replicate but the first has another, the same every time.
fn shuffle(objects: &mut [PathBuf], replicate: u32) {
    if replicate > 1 {
        let place = |object: &PathBuf| {
            Key::of(
                "order",
                [("object", object.file_name().unwrap_or_default().to_string_lossy().as_ref()), ("replicate", &replicate.to_string())],
            )
        };
        objects.sort_by_cached_key(|object| place(object).as_str().to_owned());
    }
}

fn archive(tree: &Tree<'_>, core: Core, objects: &[PathBuf], made: &Path) -> Result<(), CpythonError> {
    // D: with neither times nor owners, whatever this ar does unasked.
    let job = tree.builder.job(&tree.compiler.ar).arg("qcsD").arg(made).args(objects);
    tree.builder.run(&format!("archive {}", core.label()), &job, None)
}

fn link(tree: &Tree<'_>, core: Core, parts: &Parts, made: &Path) -> Result<(), CpythonError> {
    debug_assert_eq!(core.model, CodeModel::Pic);
    let job = tree
        .builder
        .job(&tree.compiler.program)
        .args(["-shared", "-fPIC"])
        .args(tree.compiler.link_flags(&core.flavour))
        .args(&tree.recipe().cflags)
        .arg(format!("-Wl,-soname,{}", made.file_name().unwrap_or_default().to_string_lossy()))
        .arg("-o")
        .arg(made)
        .args(&parts.objects)
        .args(&parts.libraries)
        .arg("-lm");
    tree.builder.run(&format!("link shared {}", core.label()), &job, None)
}

/// Functions that an object file defines: for what is said about profiles.
pub(super) fn functions_of(path: &Path) -> usize {
    let Ok(bytes) = std::fs::read(path) else { return 0 };
    let Ok(object) = object::File::parse(&*bytes) else { return 0 };
    let functions = object.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == object::SymbolKind::Text);
    functions.filter(|symbol| symbol.name().is_ok_and(|name| !name.contains('.'))).count()
}
