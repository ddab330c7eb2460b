//! Compiling HACL: CPython's sources and flags, the variant's code model, the sysroot's headers; once per home and code model.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::flags::portable;
use super::source::files;
use super::{HaclError, HaclSource};
use crate::digest::Key;
use crate::fs;
use crate::libpython::{CodeModel, Home, Variant};
use crate::process::{Job, how_it_ended, last_lines};
use crate::store::{Stamp, Store};
use crate::ui::{Reporter, Unit};

/// Rises when the same inputs are to give other objects.
const METHOD: &str = "1";

/// The tools, and what makes them others.
#[derive(Debug, Clone, Copy)]
pub struct Compiler<'a> {
    pub gcc: &'a Path,
    pub ar: &'a Path,
    /// First line of `gcc --version`.
    pub version: &'a str,
}

/// An archive as it will be, compiled or not.
pub(super) struct Intended<'a> {
    source: &'a HaclSource,
    model: CodeModel,
    flags: Flags,
    place: PathBuf,
}

/// For every file, and for those of a vector width in addition.
struct Flags {
    all: Vec<String>,
    simd128: Vec<String>,
    simd256: Vec<String>,
}

impl<'a> Intended<'a> {
    pub(super) fn new(store: &Store, home: &Home, variant: &Variant, source: &'a HaclSource, compiler: &Compiler<'_>) -> Self {
        let given = &home.sysconfig.hacl_flags;
        let flags = Flags { all: portable(&given.all), simd128: portable(&given.simd128), simd256: portable(&given.simd256) };
        let model = variant.build.claimed_code_model;
        let key = Key::of(
            "hacl",
            [
                ("method", METHOD),
                ("home", home.key.as_str()),
                ("source", source.key().as_str()),
                ("model", model.as_str()),
                ("flags", &flags.all.join("\n")),
                ("simd128", &flags.simd128.join("\n")),
                ("simd256", &flags.simd256.join("\n")),
                ("gcc", compiler.version),
            ],
        );
        let place = store.hacl(&key);
        Self { source, model, flags, place }
    }

    pub(super) fn archive(&self) -> PathBuf {
        self.place.join("libhacl.a")
    }

    fn is_made(&self) -> bool {
        Stamp::is_of(&self.place, &self.archive())
    }

    pub(super) fn make(&self, store: &Store, home: &Home, compiler: &Compiler<'_>, reporter: &dyn Reporter) -> Result<(), HaclError> {
        if self.is_made() {
            return Ok(());
        }
        let _lock = store.lock("hacl", reporter)?;
        if self.is_made() {
            return Ok(());
        }
        let sources = self.sources()?;
        let scratch = store.scratch()?;
        let known = self.known_flags(compiler, reporter)?;
        let bar = reporter.bar("compiling HACL", Some(sources.len() as u64), Unit::Items);
        let objects: Vec<PathBuf> = sources
            .par_iter()
            .map(|source| {
                let object = self.compile(home, compiler, &known, source, scratch.path());
                bar.advance(1);
                object
            })
            .collect::<Result<_, HaclError>>()?;
        bar.finish();
        let archive = scratch.path().join("libhacl.a");
        // D: no times and users in the archive, so that equal objects make equal archives.
        Job::new(compiler.ar).arg("rcsD").arg(&archive).args(&objects).inherit_environment().run_for_text()?;
        for object in &objects {
            fs::remove(object)?;
        }
        Stamp::write_of(scratch.path(), &archive)?;
        scratch.commit(&self.place)?;
        reporter.step(&format!("compiled HACL of CPython {} as {} code", self.source.version(), model_words(self.model)));
        Ok(())
    }

    /// Every C file of the folder itself, as CPython's Makefile has them, but those that include others for other platforms, and those of a
    /// vector width that this build does not use.
    fn sources(&self) -> Result<Vec<PathBuf>, HaclError> {
        let wanted = |path: &PathBuf| {
            let name = file_name(path);
            let usable = match simd_width(&name) {
                Some(128) => !self.flags.simd128.is_empty(),
                Some(_) => !self.flags.simd256.is_empty(),
                None => true,
            };
            path.parent() == Some(self.source.folder()) && name.ends_with(".c") && !name.ends_with("_universal2.c") && usable
        };
        Ok(files(self.source.folder())?.into_iter().filter(wanted).collect())
    }

    /// The build's compiler may be newer than this one, or another: what this one does not know is left out, and said.
    fn known_flags(&self, compiler: &Compiler<'_>, reporter: &dyn Reporter) -> Result<Vec<String>, HaclError> {
        let understands = |flags: &[String]| {
            let job = Job::new(compiler.gcc).args(flags).args(["-fsyntax-only", "-x", "c", "-"]).inherit_environment();
            job.run().map(|finished| finished.status.success())
        };
        if understands(&self.flags.all)? {
            return Ok(self.flags.all.clone());
        }
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for flag in &self.flags.all {
            if understands(std::slice::from_ref(flag))? { &mut known } else { &mut unknown }.push(flag.clone());
        }
        reporter.warn(&format!("HACL is compiled without {}, which {} does not know", unknown.join(" "), compiler.version));
        Ok(known)
    }

    fn compile(&self, home: &Home, compiler: &Compiler<'_>, flags: &[String], source: &Path, into: &Path) -> Result<PathBuf, HaclError> {
        let name = file_name(source);
        let object = into.join(&name).with_extension("o");
        let folder = self.source.folder();
        let simd = match simd_width(&name) {
            Some(128) => self.flags.simd128.as_slice(),
            Some(_) => self.flags.simd256.as_slice(),
            None => &[],
        };
        let job = Job::new(compiler.gcc)
            .args(flags)
            .args(simd)
            .args(model_flags(self.model))
            .arg("-w")
            // So that the same source gives the same objects, wherever it lies.
            .arg(format!("-ffile-prefix-map={}=Modules/_hacl", folder.display()))
            .arg(format!("-I{}", folder.display()))
            .arg(format!("-I{}", folder.join("include").display()))
            .args(home.header_arguments())
            .args(["-c", "-o"])
            .arg(&object)
            .arg(source)
            .inherit_environment();
        let finished = job.run()?;
        if finished.status.success() {
            return Ok(object);
        }
        let said = last_lines(&finished.stderr_text(), 12);
        Err(HaclError::Compile { file: name, reason: format!("gcc {}\n{said}", how_it_ended(&finished.status)) })
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// `Hacl_Hash_Blake2s_Simd128.c`: CPython's Makefile gives such files flags of their own.
fn simd_width(name: &str) -> Option<u32> {
    [128, 256].into_iter().find(|width| name.contains(&format!("Simd{width}")))
}

pub(super) fn model_flags(model: CodeModel) -> &'static [&'static str] {
    match model {
        CodeModel::NonPic => &["-fno-PIC", "-fno-PIE"],
        CodeModel::Pie => &["-fPIE"],
        CodeModel::Pic => &["-fPIC"],
    }
}

fn model_words(model: CodeModel) -> &'static str {
    match model {
        CodeModel::NonPic => "non-PIC",
        CodeModel::Pie => "PIE",
        CodeModel::Pic => "PIC",
    }
}
