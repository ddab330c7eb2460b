//! Variants whose libpython surtax compiled: how they are linked, called and told apart.

use std::path::Path;

use surtax::digest::Key;
use surtax::libpython::{Build, CodeModel, Compiled, Hacl, HaclFlags, Home, Library, LinkTime, Sysconfig, Variant, VariantName};
use surtax::recipe::PythonVersion;
use surtax::runner::{self, LinkPlan, RunnerError, Toolchain};
use surtax::store::Store;
use surtax::ui::Silent;

use crate::world::{compiled, shell_script};

fn home() -> Home {
    Home {
        key: Key::of("home", [("fixture", "compiled")]),
        python: PythonVersion::new(3, 13),
        sysroot: None,
        linker: None,
        prefix: "/store/homes/one".into(),
        stock: "/store/homes/one/two/python3.13".into(),
        loader: "/lib64/ld-linux-x86-64.so.2".into(),
        library_folders: vec!["/store/tree/lib".into()],
        offers: Vec::new(),
        sysconfig: Sysconfig {
            version: "3.13.5".into(),
            multiarch: "x86_64-linux-gnu".into(),
            link_libraries: vec!["-lm".into()],
            hacl_flags: HaclFlags::of(|_| None),
        },
    }
}

fn variant(name: &str, library: Library, link_time: Option<LinkTime>) -> Variant {
    let name: VariantName = name.parse().expect("a variant");
    let key = Key::of("library", [("name", name.to_string().as_str())]);
    Variant::new(name, Build { library, claimed_code_model: CodeModel::Pic, compiled: Some(Compiled { key, link_time }) })
}

fn archive() -> Library {
    Library::Archive("/store/cpython/one/libpython3.13.a".into())
}

#[test]
fn intermediate_code_is_linked_by_the_compiler_that_wrote_it() {
    let link_time = LinkTime { compiler: "/usr/bin/gcc-13".into(), arguments: vec!["-flto=auto".into(), "-O3".into()] };
    let lto = LinkPlan::new(&home(), &variant("static-nonpic-pgo-lto", archive(), Some(link_time.clone())), &Hacl::Complete);
    assert_eq!(lto.driver.as_deref(), Some(Path::new("/usr/bin/gcc-13")));
    assert_eq!(lto.arguments()[..2], ["-flto=auto", "-O3"]);
    assert!(lto.arguments().iter().any(|argument| argument.starts_with("-Wl,--whole-archive,") && argument.contains("libpython3.13.a,")));
    let plain = LinkPlan::new(&home(), &variant("static-nonpic-pgo", archive(), None), &Hacl::Complete);
    assert_eq!(plain.driver, None);
    // The release's own linker may not load the host compiler's plug-in; here there is nothing to link without it.
    let with_linker = Home { linker: Some("/home/linker".into()), ..home() };
    let says_no = |link_time| {
        let plan = LinkPlan::new(&with_linker, &variant("static-nonpic-pgo-lto", archive(), link_time), &Hacl::Complete);
        plan.arguments().contains(&"-fno-use-linker-plugin".to_owned())
    };
    assert!(says_no(None) && !says_no(Some(link_time)));
}

#[test]
fn a_shared_libpython_is_found_in_its_own_folder_before_any_other() {
    let object = || Library::SharedObject("/store/cpython/two/libpython3.13.so.1.0".into());
    let folders = |variant: &Variant| {
        let plan = LinkPlan::new(&home(), variant, &Hacl::Complete);
        plan.arguments().iter().filter_map(|argument| Some(argument.strip_prefix("-Wl,-rpath,")?.to_owned())).collect::<Vec<_>>()
    };
    assert_eq!(folders(&variant("shared-pgo", object(), None)), ["/store/cpython/two", "/store/tree/lib"]);
    assert_eq!(folders(&variant("static-pic-pgo", archive(), None)), ["/store/tree/lib"]);
    let found = Variant::new("shared".parse().expect("a variant"), Build::found(object(), CodeModel::Pic));
    assert_eq!(folders(&found), ["/store/tree/lib"]);
}

#[test]
fn its_description_says_how_it_was_compiled() {
    let described = |name: &str| variant(name, archive(), None).description();
    assert_eq!(described("static-nonpic-pgo"), "libpython3.13.a compiled non-PIC with PGO, static, no-PIE");
    assert_eq!(described("static-pie-nopgo-lto"), "libpython3.13.a compiled PIE with LTO and without PGO, static, PIE");
    assert_eq!(
        described("static-pic-pgo-thinlto-interposable-r2"),
        "libpython3.13.a compiled PIC with PGO and thin LTO, open to interposition, build 2, static, no-PIE"
    );
}

/// In place of cargo, that links what lies at `linked`, and only where the crate has changed since.
fn toolchain_that_links(folder: &Path, linked: &Path) -> Toolchain {
    let body = format!(
        "while [ $# -gt 0 ]; do [ \"$1\" = --bin ] && name=$2; shift; done\n\
         made=$CARGO_TARGET_DIR/x86_64-unknown-linux-gnu/release/$name\n\
         mkdir -p \"${{made%/*}}\"\n\
         [ \"$made\" -nt Cargo.toml ] || cp '{}' \"$made\"",
        linked.display()
    );
    Toolchain {
        cargo: shell_script(&folder.join("cargo"), &body),
        gcc: "gcc".into(),
        ar: "ar".into(),
        rustc_version: "rustc of a test".into(),
        gcc_version: "gcc of a test".into(),
        linker_version: "ld of a test".into(),
    }
}

#[test]
fn a_runner_that_was_not_proven_is_linked_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("store")).expect("a store");
    let linked = folder.path().join("linked");
    let toolchain = toolchain_that_links(folder.path(), &linked);
    let variant = variant("static-nonpic-nopgo", archive(), None);
    let build = |flag: &str| {
        compiled(&linked, "int main(void) { return 0; }", &[flag]);
        runner::build(&store, &home(), &variant, &Hacl::Complete, &toolchain, &Silent)
    };
    let error = build("-pie").expect_err("it may be anywhere");
    assert!(matches!(error, RunnerError::Unproven { .. }), "{error}");
    // The archive has been compiled again since, and cargo cannot know.
    assert!(!build("-no-pie").expect("it is what was asked for").reused);
    assert!(build("-no-pie").expect("it is in the store").reused);
}
