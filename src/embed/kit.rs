//! A kit's content, derived from the very link plan that the variant's runner is linked by.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::libpython::{Hacl, Home, Library, Linkage, Variant, VariantName};
use crate::runner::{LinkPlan, TARGET};

/// The shape of `embed --format json`. Every list holds one argument an element, unquoted, in the order in which it must stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kit {
    pub schema: u32,
    /// `surtax embed`, and its version.
    pub made_by: String,
    /// The recipe's name, or the prefix's.
    pub source: String,
    pub variant: VariantName,
    /// `libpython3.13-pic.a, static, PIE`.
    pub description: String,
    /// `3.13`.
    pub python: String,
    /// `3.13.5`.
    pub version: String,
    pub linkage: Linkage,
    /// The archive or the shared object.
    pub library: PathBuf,
    /// Compiles and links; for intermediate code (LTO) the very compiler that wrote it.
    pub compiler: PathBuf,
    pub compiler_must_be_this: bool,
    /// For the C compiler.
    pub cflags: Vec<String>,
    /// For the link, before the program's objects.
    pub ldflags: Vec<String>,
    /// For the link, behind them.
    pub libs: Vec<String>,
    pub rust: Rust,
    /// What the program's `PyConfig.home` or `PYTHONHOME` has to be; `surtax_python.h` and `SURTAX_PYTHONHOME` say it at compile time.
    pub pythonhome: PathBuf,
    /// The stock interpreter of the same build.
    pub python3: PathBuf,
    /// What the program is built from and runs with: it must stay where it is.
    pub needs: Vec<PathBuf>,
    /// What a person should know.
    pub remarks: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rust {
    pub target: String,
    pub linker: PathBuf,
    pub rustflags: Vec<String>,
    /// For `PYO3_CONFIG_FILE`.
    pub pyo3_config_file: PathBuf,
    /// That file's content.
    pub pyo3_config: String,
}

/// What the variant is of.
pub struct Source<'a> {
    pub name: &'a str,
    pub home: &'a Home,
    pub variant: &'a Variant,
    pub hacl: &'a Hacl,
}

/// What lies beside the libpython.
pub struct Surroundings {
    /// The C compiler of this machine.
    pub gcc: PathBuf,
    /// Holds `surtax_python.h`.
    pub include: PathBuf,
    pub pyo3_config_file: PathBuf,
    pub pyo3_config: String,
    /// The object with the HACL stand-ins, where the libpython needs them.
    pub stand_ins: Option<PathBuf>,
}

impl Kit {
    pub const SCHEMA: u32 = 1;

    /// What every written kit says of itself.
    pub const MADE_BY: &str = "surtax embed";

    pub fn new(source: &Source<'_>, around: Surroundings) -> Self {
        let Source { name, home, variant, hacl } = source;
        let plan = LinkPlan::new(home, variant, hacl);
        let compiler = plan.driver.clone().unwrap_or_else(|| around.gcc.clone());
        let stand_ins = around.stand_ins.iter().map(|object| object.display().to_string());
        let link_arguments = stand_ins.clone().chain(plan.arguments()).map(|argument| format!("-Clink-arg={argument}"));
        // rustc says `-pie` and `-no-pie` by its relocation model, and gcc does not unless it is told.
        let fixed = variant.linkage == Linkage::Static;
        let (compile, link) = if fixed { ("-fno-pie", "-no-pie") } else { ("-fPIE", "-pie") };
        let include = |folder: &Path| format!("-I{}", folder.display());
        let cflags = home.header_arguments().into_iter().chain([compile.into(), include(&around.include), include(&home.include())]);
        Self {
            schema: Self::SCHEMA,
            made_by: format!("{} {}", Self::MADE_BY, env!("CARGO_PKG_VERSION")),
            source: (*name).to_owned(),
            variant: variant.name,
            description: hacl.description().map_or(variant.description(), |hacl| format!("{}, {hacl}", variant.description())),
            python: home.python.to_string(),
            version: home.sysconfig.version.clone(),
            linkage: variant.linkage,
            library: variant.build.library.path().clone(),
            compiler_must_be_this: plan.driver.is_some(),
            cflags: cflags.collect(),
            ldflags: std::iter::once(link.to_owned()).chain(plan.flags.clone()).collect(),
            libs: stand_ins.chain(plan.libraries.clone()).collect(),
            rust: Rust {
                target: TARGET.to_owned(),
                linker: compiler.clone(),
                rustflags: std::iter::once(format!("-Crelocation-model={}", plan.relocation_model)).chain(link_arguments).collect(),
                pyo3_config_file: around.pyo3_config_file.clone(),
                pyo3_config: around.pyo3_config.clone(),
            },
            pythonhome: home.prefix.clone(),
            python3: home.stock.clone(),
            needs: needs(source, &around),
            remarks: remarks(source, &plan, &compiler),
            compiler,
        }
    }
}

/// Folders and files, each once, none inside another.
fn needs(source: &Source<'_>, around: &Surroundings) -> Vec<PathBuf> {
    let Source { home, variant, hacl, .. } = source;
    let beside = match hacl {
        Hacl::Real(archive) => Some(archive),
        _ => around.stand_ins.as_ref(),
    };
    let library = variant.build.library.path();
    let all = [Some(&home.prefix), home.sysroot.as_ref(), Some(library), beside, Some(&around.include), Some(&around.pyo3_config_file)];
    let mut needs: Vec<PathBuf> = Vec::new();
    for path in all.into_iter().flatten() {
        if !needs.iter().any(|known| path.starts_with(known)) {
            needs.push(path.clone());
        }
    }
    needs
}

fn remarks(source: &Source<'_>, plan: &LinkPlan, compiler: &Path) -> Vec<String> {
    let Source { home, variant, .. } = source;
    let link_time = plan.driver.as_ref().map(|_| {
        format!(
            "this libpython is intermediate code (LTO): the program must be linked by {}, which compiles it then, for minutes",
            compiler.display()
        )
    });
    let sysroot = home.sysroot.as_ref().map(|sysroot| {
        format!("the program is linked with the C library of {} and runs with it, not with this machine's", sysroot.display())
    });
    let fixed = (variant.linkage == Linkage::Static)
        .then(|| "the program has a fixed address (no PIE), so that only its libraries, heap and stack are randomised".to_owned());
    let shared = matches!(variant.build.library, Library::SharedObject(_))
        .then(|| "the program finds its libpython through DT_RPATH, where it lies now".to_owned());
    let stand_ins = plan
        .hacl_stubs
        .then(|| "HACL is left to stand-ins: a program that calls one ends; hashlib takes OpenSSL's where it can".to_owned());
    [link_time, sysroot, fixed, shared, stand_ins].into_iter().flatten().collect()
}
