//! The link plan: every argument with which a runner takes a libpython in, and why it is there.

use std::path::{Path, PathBuf};

use crate::libpython::{CodeModel, Hacl, Home, Library, Linkage, Variant};

/// How one runner is compiled and linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkPlan {
    /// For gcc, before what the program itself is made of: where everything is looked for, and how it is linked.
    pub flags: Vec<String>,
    /// For gcc, after it, in order: libpython, and what it needs.
    pub libraries: Vec<String>,
    /// The compiler that links in gcc's place, because it has to compile intermediate code of its own.
    pub driver: Option<PathBuf>,
    /// rustc's `-C relocation-model` for the runner's own crate.
    pub relocation_model: &'static str,
    /// Compile the HACL stand-ins without PIC, as the archive they complete.
    pub no_pic: bool,
    pub hacl_stubs: bool,
}

impl LinkPlan {
    /// `hacl`: how the variant's archive is completed.
    pub fn new(home: &Home, variant: &Variant, hacl: &Hacl) -> Self {
        let link_time = variant.build.compiled.as_ref().and_then(|compiled| compiled.link_time.as_ref());
        let mut flags = link_time.map(|link_time| link_time.arguments.clone()).unwrap_or_default();
        flags.extend(sysroot_arguments(home, &run_time_folders(home, variant), link_time.is_some()));
        // Extension modules are not linked against libpython: they find its symbols in the executable.
        flags.push("-Wl,--export-dynamic".into());
        let mut libraries = Vec::new();
        match &variant.build.library {
            Library::Archive(archive) => {
                // Whole: a symbol that only an extension module uses must be there too, as it is in the stock python3.
                libraries.push(format!("-Wl,--whole-archive,{},--no-whole-archive", archive.display()));
            }
            Library::SharedObject(object) => libraries.push(object.display().to_string()),
        }
        if let Hacl::Real(archive) = hacl {
            // After libpython and not whole: what libpython defines itself is not taken from here.
            libraries.push(archive.display().to_string());
        }
        if matches!(variant.build.library, Library::Archive(_)) {
            libraries.extend(home.sysconfig.link_libraries.iter().cloned());
            // rustc's own -lc stands before the archive, so that its static part (`atexit`) would not be searched again.
            libraries.push("-lc".into());
        }
        let static_executable = variant.linkage == Linkage::Static;
        Self {
            flags,
            libraries,
            driver: link_time.map(|link_time| link_time.compiler.clone()),
            // rustc adds `-no-pie` with the static model and `-pie` with the pic model.
            relocation_model: if static_executable { "static" } else { "pic" },
            no_pic: variant.build.claimed_code_model == CodeModel::NonPic,
            hacl_stubs: matches!(hacl, Hacl::Stubs(_)),
        }
    }

    /// All of it, for rustc, which puts what it is given behind the program.
    pub fn arguments(&self) -> Vec<String> {
        [self.flags.as_slice(), &self.libraries].concat()
    }
}

/// Where the loader looks. Every shared libpython that was compiled here has the same name and a folder of its own, which must come first: another
/// variant's in a common folder would be taken for it.
fn run_time_folders<'a>(home: &'a Home, variant: &'a Variant) -> Vec<&'a Path> {
    let own = variant.compiled_shared_object().and_then(Path::parent);
    own.into_iter().chain(home.library_folders.iter().map(PathBuf::as_path)).collect()
}

/// Headers, start files, libraries and loader all from the sysroot, so that the host's own never mix in.
fn sysroot_arguments(home: &Home, run_time_folders: &[&Path], link_time: bool) -> Vec<String> {
    let mut arguments = linker_arguments(home, link_time);
    arguments.extend(home.sysroot.iter().map(|sysroot| format!("--sysroot={}", sysroot.display())));
    for folder in &home.library_folders {
        // A distribution's gcc looks in its own multiarch folder before the sysroot's: -B for start files, -L for libraries.
        arguments.push(format!("-B{}", folder.display()));
        arguments.push(format!("-L{}", folder.display()));
    }
    arguments.push(format!("-Wl,--dynamic-linker={}", home.loader.display()));
    // DT_RPATH: unlike DT_RUNPATH it also serves the libraries of extension modules that are loaded later.
    arguments.push("-Wl,--disable-new-dtags".into());
    arguments.extend(run_time_folders.iter().map(|folder| format!("-Wl,-rpath,{}", folder.display())));
    arguments
}

/// The release's own linker, before any other that gcc would find; by its kind too, since a gcc can be made to prefer another.
fn linker_arguments(home: &Home, link_time: bool) -> Vec<String> {
    let Some(folder) = &home.linker else { return Vec::new() };
    let mut arguments = vec![format!("-B{}", folder.display()), "-fuse-ld=bfd".into()];
    if !link_time {
        // The plug-in for link-time optimisation is the host gcc's, and may need a newer libc than the one this linker runs with. There is
        // nothing for it to do: a distribution removes the intermediate code from its archives.
        arguments.push("-fno-use-linker-plugin".into());
    }
    arguments
}
