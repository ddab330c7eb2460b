//! The compiler of a build from source: found, known by its version, and the flags by which it is told what an axis means.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::CpythonError;
use crate::process::Job;
use crate::recipe::{CompilerChoice, CompilerFamily};
use crate::variant::{CodeModel, Flavour, Lto, VariantName};

/// The oldest that compile CPython 3.11 to 3.14 (C11 with atomics), and whose flags surtax knows.
const OLDEST_GCC: u32 = 9;
const OLDEST_CLANG: u32 = 11;

#[derive(Debug, Clone)]
pub(super) struct Compiler {
    pub family: CompilerFamily,
    pub program: PathBuf,
    /// Writes archives whose index knows intermediate code.
    pub ar: PathBuf,
    /// clang's tool that makes one profile of many.
    pub profdata: Option<PathBuf>,
    /// First line of `--version`.
    pub version: String,
}

impl Compiler {
    pub(super) fn find(choice: &CompilerChoice) -> Result<Self, CpythonError> {
        let family = choice.family;
        let name = choice.program.clone().unwrap_or_else(|| usual(family).to_owned());
        let missing = |program: &str| CpythonError::NoCompiler { program: program.to_owned() };
        let program = which::which(&name).map_err(|_| missing(&name))?;
        let version = ask(&program, "--version")?.lines().next().unwrap_or_default().to_owned();
        let is_clang = version.contains("clang");
        if is_clang != (family == CompilerFamily::Clang) {
            return Err(CpythonError::OtherCompiler { program, wanted: usual(family), version });
        }
        let full = ask(&program, "-dumpversion")?;
        let found = full.trim().split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or_default();
        let oldest = if is_clang { OLDEST_CLANG } else { OLDEST_GCC };
        let needed = choice.at_least.unwrap_or(oldest).max(oldest);
        if found < needed {
            return Err(CpythonError::CompilerTooOld { program, found: full.trim().to_owned(), needed });
        }
        let tool = |tool: &str| companion(&program, tool).ok_or_else(|| missing(tool));
        let (ar, profdata) = match family {
            CompilerFamily::Gcc => (tool("gcc-ar")?, None),
            CompilerFamily::Clang => (tool("llvm-ar")?, Some(tool("llvm-profdata")?)),
        };
        Ok(Self { family, program, ar, profdata, version })
    }

    /// Whether it can link what the variants ask for. clang's LTO is linked by lld, which is missing only minutes into a build otherwise.
    pub(super) fn check_linker(&self, variants: impl IntoIterator<Item = VariantName>) -> Result<(), CpythonError> {
        let lto = variants.into_iter().filter_map(|variant| variant.flavour).any(|flavour| flavour.lto != Lto::None);
        if self.family == CompilerFamily::Clang && lto && companion(&self.program, "ld.lld").is_none() {
            return Err(CpythonError::NoCompiler { program: "ld.lld".into() });
        }
        Ok(())
    }

    /// Of the core library's objects.
    pub(super) fn model_flag(model: CodeModel) -> &'static str {
        match model {
            CodeModel::NonPic => "-fno-pie",
            CodeModel::Pie => "-fPIE",
            CodeModel::Pic => "-fPIC",
        }
    }

    /// What compiles and links instrumented code.
    pub(super) fn generate_flags(&self) -> &'static str {
        match self.family {
            CompilerFamily::Gcc => "-fprofile-generate",
            CompilerFamily::Clang => "-fprofile-instr-generate",
        }
    }

    /// What compiles a variant, beside its code model. `profile`: clang's merged profile; gcc finds its own beside each object.
    pub(super) fn flags(&self, flavour: &Flavour, profile: &Path) -> Vec<String> {
        let mut flags = vec![interposition(flavour).to_owned()];
        if flavour.pgo {
            match self.family {
                // A mismatch of single functions is counted, and judged when all are compiled.
                CompilerFamily::Gcc => {
                    flags.extend(
                        ["-fprofile-use", "-fprofile-correction", "-Wmissing-profile", "-Wno-error=coverage-mismatch"].map(Into::into),
                    );
                }
                CompilerFamily::Clang => flags.push(format!("-fprofile-instr-use={}", profile.display())),
            }
        }
        match (self.family, flavour.lto) {
            (_, Lto::None) => {}
            // Code beside the intermediate code would be compiled, never linked, and thrown away.
            (CompilerFamily::Gcc, _) => flags.extend(["-flto", "-fno-fat-lto-objects"].map(Into::into)),
            (CompilerFamily::Clang, Lto::Thin) => flags.push("-flto=thin".into()),
            (CompilerFamily::Clang, Lto::Full) => flags.push("-flto=full".into()),
        }
        flags
    }

    /// What links intermediate code: this compiler compiles it then.
    pub(super) fn link_flags(&self, flavour: &Flavour) -> Vec<String> {
        match (self.family, flavour.lto) {
            (_, Lto::None) => Vec::new(),
            // bfd, since the plug-in is written for it; whatever linker gcc was configured to prefer.
            (CompilerFamily::Gcc, _) => ["-flto=auto", "-O3", "-fuse-ld=bfd", interposition(flavour)].map(Into::into).to_vec(),
            (CompilerFamily::Clang, Lto::Thin) => ["-flto=thin", "-O3", "-fuse-ld=lld"].map(Into::into).to_vec(),
            (CompilerFamily::Clang, Lto::Full) => ["-flto=full", "-O3", "-fuse-ld=lld"].map(Into::into).to_vec(),
        }
    }
}

fn interposition(flavour: &Flavour) -> &'static str {
    if flavour.interposition { "-fsemantic-interposition" } else { "-fno-semantic-interposition" }
}

fn usual(family: CompilerFamily) -> &'static str {
    match family {
        CompilerFamily::Gcc => "gcc",
        CompilerFamily::Clang => "clang",
    }
}

/// The tool of the same version beside the compiler, as packagers name them (`gcc-13` and `gcc-ar-13`), else the one without a version.
fn companion(program: &Path, tool: &str) -> Option<PathBuf> {
    let (prefix, version) = around(program.file_name()?.to_str()?);
    let [targeted, versioned] = [format!("{prefix}{tool}{version}"), format!("{tool}{version}")];
    let folder = program.canonicalize().ok()?.parent()?.to_owned();
    [
        program.with_file_name(&targeted),
        folder.join(&targeted),
        program.with_file_name(&versioned),
        folder.join(&versioned),
        folder.join(tool),
        program.with_file_name(tool),
    ]
    .into_iter()
    .find(|path| path.is_file())
    .or_else(|| which::which(tool).ok())
}

/// What stands before and after the last `gcc` or `clang` of a program's name: the target and the version, of `x86_64-linux-gnu-gcc-13`.
fn around(name: &str) -> (&str, &str) {
    let place = |family: &'static str| name.rfind(family).map(|at| (at, at + family.len()));
    match ["gcc", "clang"].into_iter().filter_map(place).max() {
        Some((begin, end)) => (&name[..begin], &name[end..]),
        None => ("", ""),
    }
}

fn ask(program: &Path, option: &str) -> Result<String, CpythonError> {
    Ok(Job::new(program).arg(option).inherit_environment().current_dir("/").limit(Duration::from_secs(60)).run_for_text()?)
}

#[cfg(test)]
mod tests {
    use super::around;

    #[test]
    fn target_and_version_of_a_compiler_are_read_from_its_name() {
        for (name, expected) in [
            ("gcc", ("", "")),
            ("gcc-13", ("", "-13")),
            ("x86_64-linux-gnu-gcc-12", ("x86_64-linux-gnu-", "-12")),
            ("x86_64-linux-gnu-gcc", ("x86_64-linux-gnu-", "")),
            ("clang-19", ("", "-19")),
            ("cc", ("", "")),
        ] {
            assert_eq!(around(name), expected, "{name}");
        }
    }
}
