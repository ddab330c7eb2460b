//! Building: one cargo call per variant over one shared target folder, then the binary in its place with a stamp.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::link::LinkPlan;
use super::render::Crate;
use super::toolchain::{TARGET, Toolchain};
use crate::digest::{Key, Sha256};
use crate::error::{DEFECT, Exit, Explain, exhausted};
use crate::fs::{self, FsError};
use crate::libpython::{Compiled, Hacl, Home, ProofError, Variant, VariantName, listed, prove_linked};
use crate::process::{Job, ProcessError, how_it_ended, last_lines};
use crate::store::{Stamp, Store, StoreError};
use crate::ui::{Reporter, Unit};

#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    #[error("the runner for {variant} cannot be built: cargo {how}\n{tail}\nthe whole log: {}", log.display())]
    Failed { variant: VariantName, how: String, tail: String, log: PathBuf },
    #[error("the runner for {variant} cannot be linked: nothing on the link line defines {}\nthe whole log: {}", listed(symbols), log.display())]
    Undefined { variant: VariantName, symbols: Vec<String>, log: PathBuf },
    #[error("the runner for {variant} was linked, and is not what it was linked for")]
    Unproven {
        variant: VariantName,
        #[source]
        source: ProofError,
    },
    #[error("the template of the runner cannot be rendered")]
    Template(#[from] minijinja::Error),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for RunnerError {
    fn exit(&self) -> Exit {
        match self {
            Self::Process(error) => error.exit(),
            Self::Unproven { source, .. } => source.exit(),
            Self::Store(_) | Self::Fs(_) => Exit::Internal,
            _ => Exit::Build,
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Failed { tail, .. } => Some(hint_from(tail).to_owned()),
            Self::Undefined { symbols, .. } if symbols.iter().any(|symbol| symbol.contains("Hacl_")) => {
                Some("these are HACL functions: --hacl real compiles them, --hacl stubs stands in for them".into())
            }
            Self::Undefined { .. } => {
                Some("the libpython, or a library that it needs, is not complete; build the others alone, each with --variant".into())
            }
            Self::Process(error) => error.hint(),
            Self::Unproven { source, .. } => source.hint(),
            Self::Store(error) => error.hint(),
            Self::Fs(error) => error.hint(),
            Self::Template(_) => Some(DEFECT.into()),
        }
    }
}

/// The usual causes, told by what cargo and the linker say.
fn hint_from(tail: &str) -> &'static str {
    let says = |words: &[&str]| words.iter().any(|word| tail.contains(word));
    if says(&["failed to download", "Could not resolve host", "spurious network error", "failed to get `"]) {
        "cargo could not download PyO3; check the network or set up a registry mirror in ~/.cargo/config.toml"
    } else if says(&["can't find crate for `std`", "target may not be installed"]) {
        "install the standard library: rustup target add x86_64-unknown-linux-gnu"
    } else if says(&[
        "generated with LTO version",
        "plugin needed to handle lto object",
        "ld terminated with signal 9",
        "lto1: out of memory",
    ]) {
        "the intermediate code could not be compiled: it needs the compiler that wrote it, and some 2 GB of memory; --variant leaves such a runner out"
    } else if let Some(hint) = exhausted(tail) {
        hint
    } else if says(&["invalid linker name", "cannot find 'ld'", "unable to execute command: Executable \"ld.lld\""]) {
        "install LLVM's linker beside clang, on Debian: apt-get install lld"
    } else {
        "the log above names the cause; `surtax doctor` checks the compilers"
    }
}

/// Out of what GNU ld (``undefined reference to `name'``), gold and lld (`undefined symbol: name`) say; sorted.
fn undefined_symbols(said: &str) -> Vec<String> {
    let name = |line: &str| {
        let (_, rest) = line.split_once("undefined reference to ").or_else(|| line.split_once("undefined references to "))?;
        Some(rest.trim_start_matches(['`', '\'']).split(['\'', '`']).next()?.trim().to_owned())
    };
    let lld = |line: &str| Some(line.split_once("undefined symbol: ")?.1.split_whitespace().next()?.to_owned());
    let found: std::collections::BTreeSet<String> =
        said.lines().filter_map(|line| name(line).or_else(|| lld(line))).filter(|name| !name.is_empty()).collect();
    found.into_iter().collect()
}

/// The template's profile, said where neither the person's configuration nor `CARGO_PROFILE_RELEASE_*` can change it: both would make
/// another runner under the same key.
const PROFILE: [&str; 8] = [
    "profile.release.opt-level=3",
    "profile.release.lto=false",
    "profile.release.codegen-units=1",
    "profile.release.panic='abort'",
    "profile.release.strip='none'",
    "profile.release.debug=false",
    "profile.release.debug-assertions=false",
    "profile.release.overflow-checks=false",
];

/// A runner in its place.
#[derive(Debug, Clone, Serialize)]
pub struct Runner {
    pub variant: VariantName,
    pub executable: PathBuf,
    pub sha256: Sha256,
    pub size_bytes: u64,
    /// Whether it was there already.
    pub reused: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RunnerStamp {
    variant: String,
    /// The runner's key, had its libpython needed no completing: what [`built`] looks for, whatever HACL came from.
    apart_from_hacl: Key,
    sha256: Sha256,
    size_bytes: u64,
}

impl RunnerStamp {
    /// What was measured must be what was built: a damaged or replaced executable is built again.
    fn of(folder: &Path, executable: &Path) -> Option<Self> {
        let stamp: Self = serde_json::from_str(&Stamp::read(folder)?).ok()?;
        (Sha256::of_file(executable).ok()? == stamp.sha256).then_some(stamp)
    }
}

fn executable(folder: &Path, home: &Home) -> PathBuf {
    folder.join(format!("python{}", home.python))
}

/// The store's runner of the variant, with real HACL or with stand-ins.
pub fn built(store: &Store, home: &Home, variant: &Variant, toolchain: &Toolchain) -> Result<Option<PathBuf>, RunnerError> {
    let wanted = Intended::new(store, home, variant, &Hacl::Complete, toolchain)?.key;
    let folders = std::fs::read_dir(&home.prefix).into_iter().flatten().flatten().map(|entry| entry.path());
    let runners = folders.filter_map(|folder| {
        let executable = executable(&folder, home);
        RunnerStamp::of(&folder, &executable).filter(|stamp| stamp.apart_from_hacl == wanted).map(|_| executable)
    });
    Ok(runners.min())
}

/// Builds the runner of a variant unless the store has it.
pub fn build(
    store: &Store,
    home: &Home,
    variant: &Variant,
    hacl: &Hacl,
    toolchain: &Toolchain,
    reporter: &dyn Reporter,
) -> Result<Runner, RunnerError> {
    let intended = Intended::new(store, home, variant, hacl, toolchain)?;
    if let Some(runner) = intended.in_store(variant.name) {
        tracing::debug!(key = %intended.key, "runner of {} in the store", variant.name);
        return Ok(runner);
    }
    let _lock = store.lock("runners", reporter)?;
    // Another surtax may have built it while this one waited.
    if let Some(runner) = intended.in_store(variant.name) {
        return Ok(runner);
    }
    let built = intended.compile(store, variant.name, toolchain, reporter)?;
    if variant.build.compiled.is_some()
        && let Err(source) = prove_linked(variant.name, &built)
    {
        // cargo knows nothing of the archive: what it has linked once it would call fresh, whatever the archive has become since.
        fs::remove(&intended.crate_folder(store, toolchain))?;
        return Err(RunnerError::Unproven { variant: variant.name, source });
    }
    intended.put_in_place(store, &built, variant.name)
}

/// A runner as it will be: rendered, named and placed, built or not.
struct Intended {
    plan: LinkPlan,
    rendered: Crate,
    key: Key,
    apart_from_hacl: Key,
    folder: PathBuf,
    executable: PathBuf,
}

impl Intended {
    fn new(store: &Store, home: &Home, variant: &Variant, hacl: &Hacl, toolchain: &Toolchain) -> Result<Self, RunnerError> {
        let plan = LinkPlan::new(home, variant, hacl);
        let rendered = Crate::render(home, variant, &plan)?;
        let key = key(home, variant.build.compiled.as_ref(), &plan, &rendered, toolchain);
        let apart_from_hacl = match hacl {
            Hacl::Complete => key.clone(),
            _ => Self::new(store, home, variant, &Hacl::Complete, toolchain)?.key,
        };
        let folder = store.runner(&home.key, &key);
        let executable = executable(&folder, home);
        Ok(Self { plan, rendered, key, apart_from_hacl, folder, executable })
    }

    fn in_store(&self, variant: VariantName) -> Option<Runner> {
        Some(self.runner(variant, &RunnerStamp::of(&self.folder, &self.executable)?, true))
    }

    fn runner(&self, variant: VariantName, stamp: &RunnerStamp, reused: bool) -> Runner {
        Runner { variant, executable: self.executable.clone(), sha256: stamp.sha256, size_bytes: stamp.size_bytes, reused }
    }

    /// One target folder per PyO3 configuration and compiler: PyO3 is compiled once for all variants, and never thrown away by another version's.
    fn target(&self, store: &Store, toolchain: &Toolchain) -> PathBuf {
        let shared = Key::of("pyo3", [("config", self.rendered.pyo3_config.as_str()), ("rustc", &toolchain.rustc_version)]);
        store.cargo_target().join(shared.as_str())
    }

    fn crate_folder(&self, store: &Store, toolchain: &Toolchain) -> PathBuf {
        self.target(store, toolchain).join("crates").join(self.key.as_str())
    }

    /// Runs cargo; returns the binary that it left.
    fn compile(&self, store: &Store, variant: VariantName, toolchain: &Toolchain, reporter: &dyn Reporter) -> Result<PathBuf, RunnerError> {
        let target = self.target(store, toolchain);
        let config = target.join("pyo3-config.txt");
        if std::fs::read_to_string(&config).ok().as_deref() != Some(&self.rendered.pyo3_config) {
            fs::write_atomic(&config, self.rendered.pyo3_config.as_bytes())?;
        }
        Store::used(&target);
        let folder = self.crate_folder(store, toolchain);
        self.rendered.write(&folder, &self.package())?;
        let log = store.log(&format!("runner-{variant}-{}", self.key));
        let bar = reporter.bar("building", Some(self.rendered.crates()), Unit::Items);
        let mut shown = 0;
        let finished = self.cargo(toolchain, &target, &config, &folder).run_logged(&log, &mut || {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let compiled = said.lines().filter(|line| line.trim_start().starts_with("Compiling")).count() as u64;
            bar.advance(compiled.saturating_sub(shown));
            shown = shown.max(compiled);
            let link_time = self.plan.driver.is_some() && said.contains(&format!("Compiling {}", self.package()));
            let doing = if link_time { "optimising across objects, which may take minutes".to_owned() } else { last_lines(&said, 1) };
            bar.message(&format!("{variant}: {}", doing.trim()));
        })?;
        bar.finish();
        if !finished.status.success() {
            let said = std::fs::read_to_string(&log).unwrap_or_default();
            let symbols = undefined_symbols(&said);
            if !symbols.is_empty() {
                return Err(RunnerError::Undefined { variant, symbols, log });
            }
            return Err(RunnerError::Failed { variant, how: how_it_ended(&finished.status), tail: last_lines(&said, 20), log });
        }
        Ok(target.join(TARGET).join("release").join(self.package()))
    }

    fn package(&self) -> String {
        format!("runner-{}", self.key)
    }

    fn cargo(&self, toolchain: &Toolchain, target: &Path, config: &Path, folder: &Path) -> Job {
        Job::new(&toolchain.cargo)
            .args(PROFILE.iter().flat_map(|setting| ["--config", setting]))
            .args(["rustc", "--release", "--locked", "--target", TARGET, "--bin", &self.package(), "--", "-C"])
            .arg(format!("relocation-model={}", self.plan.relocation_model))
            // For this crate alone: cargo would compile PyO3 again for every other linker.
            .args(self.plan.driver.iter().flat_map(|driver| ["-C".into(), format!("linker={}", driver.display())]))
            .inherit_environment()
            .env("CARGO_TARGET_DIR", target)
            .env("CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER", &toolchain.gcc)
            // The person's own flags would make another runner under the same key. The crate cc takes the names with the target first.
            .env("CARGO_ENCODED_RUSTFLAGS", "")
            .env("CFLAGS_x86_64_unknown_linux_gnu", "")
            .env("CC_x86_64_unknown_linux_gnu", &toolchain.gcc)
            .env("RUSTC_WRAPPER", "")
            .env("RUSTC_WORKSPACE_WRAPPER", "")
            .env("CARGO_TERM_COLOR", "never")
            .env("PYO3_CONFIG_FILE", config)
            .current_dir(folder)
    }

    fn put_in_place(&self, store: &Store, built: &Path, variant: VariantName) -> Result<Runner, RunnerError> {
        let scratch = store.scratch()?;
        let bytes = fs::read(built)?;
        let place = scratch.path().join(self.executable.file_name().unwrap_or_default());
        fs::write_executable(&place, &bytes)?;
        let stamp = RunnerStamp {
            variant: variant.to_string(),
            apart_from_hacl: self.apart_from_hacl.clone(),
            sha256: Sha256::of(&bytes),
            size_bytes: bytes.len() as u64,
        };
        Stamp::write(scratch.path(), &serde_json::to_string(&stamp).unwrap_or_default())?;
        scratch.commit(&self.folder)?;
        Ok(self.runner(variant, &stamp, false))
    }
}

fn key(home: &Home, compiled: Option<&Compiled>, plan: &LinkPlan, rendered: &Crate, toolchain: &Toolchain) -> Key {
    // The home's key covers what is linked: every package of a sysroot, every library of an installed Python that is copied into a runner.
    let host_linker = if home.linker.is_some() { "" } else { &toolchain.linker_version };
    let crate_digest = rendered.digest();
    let mut parts = vec![
        ("home", home.key.as_str()),
        ("crate", crate_digest.as_str()),
        ("pyo3", &rendered.pyo3_config),
        ("relocation-model", plan.relocation_model),
        ("rustc", &toolchain.rustc_version),
        ("gcc", &toolchain.gcc_version),
        ("host-linker", host_linker),
    ];
    let driver = plan.driver.as_ref().map(|driver| driver.to_string_lossy());
    // What was compiled here, and by which version of the driver, its own key covers.
    parts.extend(compiled.map(|compiled| ("compiled", compiled.key.as_str())));
    parts.extend(driver.as_ref().map(|driver| ("driver", driver.as_ref())));
    Key::of("runner", parts)
}

#[cfg(test)]
mod tests {
    use super::{hint_from, undefined_symbols};

    #[test]
    fn what_ran_out_is_told_from_what_the_tools_say() {
        for (said, expected) in [
            ("/usr/bin/ld: final link failed: No space left on device", "disk is full"),
            ("collect2: fatal error: ld terminated with signal 9 [Killed]", "the compiler that wrote it"),
            ("lto1: out of memory allocating 65536 bytes", "--variant leaves such a runner out"),
            ("cc1: out of memory allocating 65536 bytes", "fewer jobs"),
            ("something else", "surtax doctor"),
        ] {
            assert!(hint_from(said).contains(expected), "{said}: {}", hint_from(said));
        }
    }

    #[test]
    fn each_undefined_symbol_is_named_once_whichever_linker_says_it() {
        let said = "error: linking with `gcc` failed\n  = note: /usr/bin/ld: a.o: in function `f':\n          (.text+0x9): undefined reference to `two'\n\
            /usr/bin/ld: b.o: more undefined references to `two' follow\n/usr/bin/ld: (.text+0x9): undefined reference to `one'\n\
            ld.lld: error: undefined symbol: three\n>>> referenced by x.c\n";
        assert_eq!(undefined_symbols(said), ["one", "three", "two"]);
        assert!(undefined_symbols("error: No space left on device").is_empty());
    }
}
