//! One tree: where a source is configured and compiled, again and again with other flags; which of its steps are done, and what its objects are.

use std::path::{Path, PathBuf};

use super::compiler::Compiler;
use super::make::{Builder, Tools};
use super::profile::is_profile;
use super::{CpythonError, Demand};
use crate::digest::Key;
use crate::fs;
use crate::recipe::{CompilerFamily, Cpython};
use crate::store::{Stamp, Store};
use crate::ui::Reporter;
use crate::variant::{CodeModel, Flavour, Linkage, Lto, VariantName};

/// Rises when the same inputs are to give other builds.
const METHOD: &str = "2";

/// The tree of one source, compiler, profile and replicate.
pub(super) struct Tree<'a> {
    pub demand: &'a Demand<'a>,
    pub compiler: &'a Compiler,
    pub key: Key,
    pub replicate: u32,
    pub root: PathBuf,
    pub builder: Builder<'a>,
}

/// What objects are compiled for: a code model and a flavour. Static and shared libraries are made of the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Core {
    pub model: CodeModel,
    pub flavour: Flavour,
}

impl Core {
    pub(super) fn of(variant: VariantName) -> Self {
        Self { model: variant.shape.code_model(), flavour: variant.flavour.unwrap_or(Flavour::PLAIN) }
    }

    /// `pic-pgo-lto`, for logs and keys.
    pub(super) fn label(&self) -> String {
        let mut label = self.model.as_str().replace('-', "");
        label += if self.flavour.pgo { "-pgo" } else { "-nopgo" };
        if self.flavour.lto != Lto::None {
            label += &format!("-lto-{}", self.flavour.lto.as_str());
        }
        if self.flavour.interposition {
            label += "-interposable";
        }
        label
    }
}

/// Whether anything that the recipe can build has a profile: its first build is then the instrumented one.
pub(super) fn is_profiled(recipe: &Cpython) -> bool {
    let all = recipe.full.iter().chain(&recipe.variants).chain(std::iter::once(&recipe.stock));
    all.filter_map(|variant| variant.flavour).any(|flavour| flavour.pgo)
}

impl<'a> Tree<'a> {
    pub(super) fn new(
        store: &Store,
        demand: &'a Demand<'a>,
        compiler: &'a Compiler,
        replicate: u32,
        reporter: &'a dyn Reporter,
    ) -> Result<Self, CpythonError> {
        let key = key(store, demand, compiler, replicate)?;
        let root = store.cpython_tree(&key);
        let logs = store.log(&format!("cpython-{key}"));
        let log = move |step: &str| logs.with_extension("").join(format!("{}.log", step.replace([' ', '/'], "-")));
        let builder = Builder { folder: root.join("build"), log: Box::new(log), reporter };
        Ok(Self { demand, compiler, key, replicate, root, builder })
    }

    pub(super) fn recipe(&self) -> &'a Cpython {
        self.demand.recipe
    }

    pub(super) fn build(&self) -> &Path {
        &self.builder.folder
    }

    /// `make install` goes here; the sysconfig of what is installed names it.
    pub(super) fn prefix(&self) -> PathBuf {
        self.root.join("prefix")
    }

    /// clang's merged profile. gcc's lie beside the objects.
    pub(super) fn profdata(&self) -> PathBuf {
        self.root.join("code.profdata")
    }

    /// What an earlier call left of a step that is done.
    pub(super) fn done(&self, step: &str) -> Option<String> {
        Stamp::read(&self.root.join("steps").join(step))
    }

    pub(super) fn finish(&self, step: &str, content: &str) -> Result<(), CpythonError> {
        let folder = self.root.join("steps").join(step);
        fs::create_dir_all(&folder)?;
        Ok(Stamp::write(&folder, content)?)
    }

    /// Variables of make under which the core is compiled, and `python` linked. On make's command line they come before the Makefile's own.
    pub(super) fn variables(&self, core: Core) -> Vec<String> {
        let flags = self.compiler.flags(&core.flavour, &self.profdata());
        self.variables_with(core.model, flags, self.compiler.link_flags(&core.flavour))
    }

    pub(super) fn variables_with(&self, model: CodeModel, flags: Vec<String>, link: Vec<String>) -> Vec<String> {
        // Debug information changes no code, and takes nine tenths of an archive.
        let mut compile = vec![Compiler::model_flag(model).to_owned(), "-g0".into()];
        compile.extend(self.recipe().cflags.iter().cloned());
        compile.extend(flags);
        let mut linked = link;
        if !linked.is_empty() {
            linked.extend(self.recipe().cflags.iter().cloned());
        }
        // Programs alone are linked by LINKCC: in LDFLAGS, `-no-pie` would override the `-shared` of extension modules. The only ones are those of
        // the first build and the stock `python`.
        let executable = if self.recipe().stock.linkage() == Linkage::StaticPie { "-pie" } else { "-no-pie" };
        let mut variables = vec![
            format!("CFLAGS_NODIST={}", compile.join(" ")),
            format!("LDFLAGS_NODIST={}", linked.join(" ")),
            format!("LINKCC={} {executable}", self.compiler.program.display()),
            format!("AR={}", self.compiler.ar.display()),
        ];
        // From 3.14 on, a static hash module names HACL's objects, and `_hmac` those of all others again, so that the link of `python` would have
        // them twice; from archives it takes each once. Unknown to older Makefiles.
        let hacl = ["MD5", "SHA1", "SHA2", "SHA3", "BLAKE2", "HMAC"];
        variables.extend(hacl.map(|name| format!("LIBHACL_{name}_LIB_SHARED=$(LIBHACL_{name}_LIB_STATIC)")));
        variables
    }

    /// What the objects in the tree were compiled for, as [`Tree::set_objects`] left it.
    pub(super) fn objects(&self) -> Option<String> {
        fs::read_to_string(&self.root.join("objects")).ok()
    }

    pub(super) fn set_objects(&self, label: &str) -> Result<(), CpythonError> {
        Ok(fs::write_atomic(&self.root.join("objects"), label.as_bytes())?)
    }

    /// Removes what is compiled for anything else, or was torn by a kill in the midst of it; profiles and generated sources stay.
    pub(super) fn prepare_objects(&self, label: &str) -> Result<(), CpythonError> {
        let keep = self.objects().as_deref() == Some(label);
        if !keep {
            // First: what a kill leaves of half-removed objects is no core's.
            self.set_objects("")?;
        }
        for path in files(self.build()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let stale = match path.extension().and_then(|extension| extension.to_str()) {
                Some("o") => !keep || is_torn(&path),
                // Linked or collected again in no time.
                Some("a" | "so") => true,
                _ => name == "python",
            };
            if stale {
                fs::remove(&path)?;
            }
        }
        if keep {
            self.keep_warnings()?;
        } else {
            fs::remove(&self.root.join("warnings"))?;
            fs::remove(&self.root.join("running"))?;
        }
        self.set_objects(label)
    }

    /// `make` for the core that the objects were prepared for. Returns what the compiler warned of while it made the objects that are there now,
    /// those of earlier calls included: one that was broken off has compiled some of them.
    pub(super) fn make_core(&self, step: &str, variables: &[String], targets: &[&str]) -> Result<String, CpythonError> {
        let log = (self.builder.log)(step);
        fs::write_atomic(&self.root.join("running"), log.as_os_str().as_encoded_bytes())?;
        let outcome = self.builder.make(step, variables, targets, Tools::Kept);
        let kept = self.keep_warnings();
        outcome?;
        kept?;
        Ok(self.warnings())
    }

    fn warnings(&self) -> String {
        std::fs::read_to_string(self.root.join("warnings")).unwrap_or_default()
    }

    /// Those of a call that has ended, in whatever way.
    fn keep_warnings(&self) -> Result<(), CpythonError> {
        let running = self.root.join("running");
        let Ok(log) = std::fs::read_to_string(&running) else { return Ok(()) };
        let said = std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        let mut warnings = self.warnings();
        for line in said.lines().filter(|line| line.contains("[-W")) {
            warnings += line;
            warnings += "\n";
        }
        fs::write_atomic(&self.root.join("warnings"), warnings.as_bytes())?;
        Ok(fs::remove(&running)?)
    }
}

/// The folder of a step's stamp, by the place of the installation beside it.
pub(super) fn step_of(prefix: &Path, step: &str) -> PathBuf {
    prefix.with_file_name("steps").join(step)
}

/// An object that a killed assembler left has no end. The headers of its sections are its last bytes.
fn is_torn(path: &Path) -> bool {
    let Ok(bytes) = std::fs::read(path) else { return true };
    // clang's intermediate code is no ELF file; it is written in one go, and then renamed.
    !bytes.starts_with(b"BC") && object::File::parse(&*bytes).is_err()
}

/// Every file below a folder, links not followed.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

fn key(store: &Store, demand: &Demand<'_>, compiler: &Compiler, replicate: u32) -> Result<Key, CpythonError> {
    let recipe = demand.recipe;
    let profile = match (is_profiled(recipe), &recipe.profile.data) {
        (false, _) => "none".to_owned(),
        (true, None) => format!("{:?} {:?}", recipe.profile.tasks, recipe.profile.packages),
        (true, Some(folder)) if !files(folder).iter().any(|path| is_profile(path)) => {
            return Err(CpythonError::NoProfileIn { folder: folder.clone() });
        }
        (true, Some(folder)) => digest_of(folder)?,
    };
    let family = match compiler.family {
        CompilerFamily::Gcc => "gcc",
        CompilerFamily::Clang => "clang",
    };
    Ok(Key::of(
        "cpython-tree",
        [
            ("method", METHOD),
            // The prefix is written into what is installed.
            ("store", &store.root().to_string_lossy()),
            ("source", demand.source.key.as_str()),
            ("compiler", family),
            ("program", &compiler.program.to_string_lossy()),
            ("version", &compiler.version),
            ("configure", &recipe.configure.join("\n")),
            ("cflags", &recipe.cflags.join("\n")),
            ("static-modules", &recipe.static_modules.join("\n")),
            ("stock", &recipe.stock.to_string()),
            ("profile", &profile),
            ("replicate", &replicate.to_string()),
        ],
    ))
}

/// Of every file's path and content.
fn digest_of(folder: &Path) -> Result<String, CpythonError> {
    let mut text = String::new();
    for path in files(folder) {
        let below = path.strip_prefix(folder).unwrap_or(&path);
        text += &format!("{} {}\n", fs::sha256(&path)?, below.display());
    }
    Ok(text)
}

/// Whether the variant's library is an archive; a shared object otherwise.
pub(super) fn takes_archive(variant: VariantName) -> bool {
    variant.linkage() != Linkage::Shared
}
