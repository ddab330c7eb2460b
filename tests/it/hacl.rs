//! HACL from a source, the sysroot's linker and the link plan, on a small source and archives that the test makes.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};

use surtax::audit::missing_symbols;
use surtax::digest::Key;
use surtax::libpython::{
    Build, CodeModel, Compiler, Hacl, HaclError, HaclFlags, HaclSource, Home, Library, Shape, Sysconfig, Variant, VariantName, provide,
};
use surtax::process::Job;
use surtax::runner::LinkPlan;
use surtax::store::Store;
use surtax::ui::Silent;

use crate::needs;

const FUNCTION: &str = "_Py_LibHacl_Hacl_Hash_Toy_digest";

/// A store, a source of CPython 3.99 with one HACL function that fits in two files, and a libpython that lacks it.
struct World {
    folder: tempfile::TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("store")).expect("a store");
        let world = Self { folder, store };
        world.write("source/Include/patchlevel.h", "#define PY_MAJOR_VERSION 3\n#define PY_VERSION \"3.99.1\"\n");
        let toy = format!(
            "#include \"toy.h\"\n#include <stdint.h>\nint table[64];\nint {FUNCTION}(unsigned n) {{ table[n & 63] = TOY; return table[n & 63]; }}\n"
        );
        world.write("source/Modules/_hacl/Hacl_Hash_Toy.c", &toy);
        world.write("source/Modules/_hacl/include/toy.h", "#ifndef GIVEN\n#error the flags are missing\n#endif\n#define TOY 7\n");
        world.write(
            "source/Modules/_hacl/Hacl_Hash_Toy_Simd128.c",
            "#ifndef VECTORS\n#error its own flags are missing\n#endif\nint _Py_LibHacl_Hacl_Toy_Simd128(void) { return VECTORS; }\n",
        );
        world.write("source/Modules/_hacl/Hacl_Hash_Toy_Simd256.c", "#error this build does not compile it\n");
        world.write("source/Modules/_hacl/Hacl_Hash_Toy_Simd128_universal2.c", "#error for another platform\n");
        world.write("program.c", &format!("int {FUNCTION}(unsigned); int main(int count, char **words) {{ return {FUNCTION}(count); }}\n"));
        world.tool("gcc", &["-c", "-fno-pie", "program.c", "-o", "program.o"]);
        world.tool("ar", &["rcs", "libpython3.99.a", "program.o"]);
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        std::fs::write(path, text).expect("written");
    }

    fn tool(&self, tool: &str, arguments: &[&str]) {
        Job::new(tool).args(arguments).inherit_environment().current_dir(self.folder.path()).run_for_text().expect("it works");
    }

    fn home(&self, flags: &str) -> Home {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Home {
            key: Key::of("home", []),
            python: "3.99".parse().expect("a version"),
            sysroot: None,
            linker: None,
            prefix: self.path("home"),
            stock: self.path("home/stock/python3.99"),
            loader: "/lib64/ld-linux-x86-64.so.2".into(),
            library_folders: Vec::new(),
            offers: Vec::new(),
            sysconfig: Sysconfig {
                version: "3.99.1".into(),
                multiarch: "x86_64-linux-gnu".into(),
                link_libraries: Vec::new(),
                hacl_flags: HaclFlags { all: words(flags), simd128: words("-msse4.2 -DVECTORS=4"), simd256: Vec::new() },
            },
        }
    }

    fn variant(&self, model: CodeModel) -> Variant {
        let name = if model == CodeModel::NonPic { VariantName::plain(Shape::StaticNonpic) } else { VariantName::plain(Shape::StaticPic) };
        Variant::new(name, Build::found(Library::Archive(self.path("libpython3.99.a")), model))
    }

    fn source(&self) -> HaclSource {
        HaclSource::open(&self.store, &self.path("source")).expect("a source")
    }

    fn provide(&self, model: CodeModel, flags: &str, source: Option<&HaclSource>) -> Result<Hacl, HaclError> {
        provide(&self.store, &self.home(flags), &self.variant(model), source, &compiler(), &Silent)
    }
}

fn compiler() -> Compiler<'static> {
    Compiler { gcc: Path::new("/usr/bin/gcc"), ar: Path::new("/usr/bin/ar"), version: "gcc of this machine" }
}

const FLAGS: &str = "-O2 -Wall -Werror -DGIVEN -fwrapv -flto -fPIC -I../Modules/_hacl -ffile-prefix-map=/build/python=.";

fn archive(hacl: Result<Hacl, HaclError>) -> PathBuf {
    match hacl {
        Ok(Hacl::Real(archive)) => archive,
        other => panic!("{other:?}"),
    }
}

#[test]
fn hacl_is_compiled_with_the_builds_flags_in_the_variants_code_model_and_completes_the_archive() {
    let world = World::new();
    assert_eq!(missing_symbols(&world.path("libpython3.99.a")).expect("readable"), [FUNCTION]);
    let archives: Vec<PathBuf> =
        [CodeModel::NonPic, CodeModel::Pie, CodeModel::Pic].map(|model| archive(world.provide(model, FLAGS, Some(&world.source())))).into();
    let models: Vec<String> =
        archives.iter().map(|archive| surtax::audit::audit_file("hacl", archive).expect("readable").code_model).collect();
    assert_eq!((models[0].as_str(), models[2].as_str()), ("non-pic", "pic"));
    assert!(!["non-pic", "pic"].contains(&models[1].as_str()), "{}", models[1]);
    world.tool(
        "gcc",
        &["-no-pie", "-Wl,--whole-archive", "libpython3.99.a", "-Wl,--no-whole-archive", &archives[0].to_string_lossy(), "-o", "it"],
    );
    assert_eq!(Job::new(world.path("it")).run().expect("starts").status.code(), Some(7));
}

#[test]
fn hacl_is_compiled_once_and_again_when_something_differs_or_is_damaged() {
    let world = World::new();
    let source = world.source();
    let first = archive(world.provide(CodeModel::Pic, FLAGS, Some(&source)));
    let made = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).expect("a time");
    let time = made(&first);
    assert_eq!(archive(world.provide(CodeModel::Pic, FLAGS, Some(&source))), first);
    assert_eq!(made(&first), time, "it is not compiled twice");
    assert_ne!(archive(world.provide(CodeModel::Pic, &format!("{FLAGS} -O1"), Some(&source))), first, "other flags");
    world.write("source/Modules/_hacl/include/toy.h", "#define TOY 8\n");
    assert_ne!(archive(world.provide(CodeModel::Pic, FLAGS, Some(&world.source()))), first, "another source");
    world.write("source/Modules/_hacl/include/toy.h", "#ifndef GIVEN\n#error the flags are missing\n#endif\n#define TOY 7\n");
    std::fs::write(&first, "damaged").expect("written");
    assert_eq!(archive(world.provide(CodeModel::Pic, FLAGS, Some(&world.source()))), first);
    assert_ne!(std::fs::read(&first).expect("readable"), b"damaged");
}

#[test]
fn a_flag_that_this_compiler_does_not_know_is_left_out() {
    let world = World::new();
    archive(world.provide(CodeModel::Pic, &format!("{FLAGS} -fof-a-compiler-to-come"), Some(&world.source())));
}

#[test]
fn a_tarball_serves_as_a_checkout_does_whatever_its_name() {
    let world = World::new();
    world.tool("tar", &["-cJf", "blob", "--transform", "s,^source,Python-3.99.1,", "source"]);
    let unpacked = HaclSource::open(&world.store, &world.path("blob")).expect("a source");
    assert_eq!(unpacked.version(), "3.99.1");
    assert!(unpacked.folder().starts_with(world.store.root()));
    assert!(!unpacked.folder().join("../../program.c").exists());
    let one = archive(world.provide(CodeModel::Pic, FLAGS, Some(&unpacked)));
    assert_eq!(archive(world.provide(CodeModel::Pic, FLAGS, Some(&world.source()))), one, "the same files are the same source");
}

#[test]
fn an_unpacked_tarball_that_lost_a_file_is_unpacked_again() {
    let world = World::new();
    world.tool("tar", &["-cJf", "blob", "source"]);
    let open = || HaclSource::open(&world.store, &world.path("blob")).expect("a source");
    let unpacked = open();
    let toy = unpacked.folder().join("Hacl_Hash_Toy.c");
    let text = std::fs::read(&toy).expect("readable");
    std::fs::remove_file(&toy).expect("removed");
    open();
    assert_eq!(std::fs::read(&toy).expect("there again"), text);
    std::fs::write(&toy, "int damaged;").expect("written");
    archive(world.provide(CodeModel::Pic, FLAGS, Some(&open())));
    assert_eq!(std::fs::read(&toy).expect("there again"), text);
}

/// Two of them alone are as many paths as there are sequences of forty.
#[test]
fn links_that_lead_in_circles_and_pipes_in_a_source_are_passed_over() {
    let world = World::new();
    for name in ["one", "two"] {
        std::os::unix::fs::symlink(".", world.path("source/Modules/_hacl").join(name)).expect("a link");
    }
    std::os::unix::fs::symlink("nowhere", world.path("source/Modules/_hacl/Hacl_Nowhere.c")).expect("a link");
    world.tool("mkfifo", &["source/Modules/_hacl/Hacl_Pipe.c"]);
    // CPython compiles what lies in the folder itself; here both would be the same object.
    world.write("source/Modules/_hacl/other/Hacl_Hash_Toy.c", "#error not compiled\n");
    archive(world.provide(CodeModel::Pic, FLAGS, Some(&world.source())));
    let error = HaclSource::open(&world.store, &world.path("source/Modules/_hacl/Hacl_Pipe.c")).expect_err("a pipe");
    assert!(matches!(&error, HaclError::NotASource { .. }), "{error}");
}

#[test]
fn what_is_no_source_or_another_pythons_is_refused_before_the_linker_sees_it() {
    let world = World::new();
    for (name, reason) in
        [("program.c", "it cannot be read as a tarball"), ("store", "it holds no Modules/_hacl"), ("nothing", "No such file")]
    {
        let error = HaclSource::open(&world.store, &world.path(name)).expect_err(name);
        assert!(matches!(&error, HaclError::NotASource { .. }) && error.to_string().contains(reason), "{error}");
    }
    world.write("source/Modules/_hacl/Hacl_Hash_Toy.c", "int _Py_LibHacl_Hacl_Hash_Toy_of_yesterday(void) { return 0; }\n");
    let error = world.provide(CodeModel::Pic, FLAGS, Some(&world.source())).expect_err("incomplete");
    assert!(matches!(&error, HaclError::Incomplete { symbols, .. } if symbols == &[FUNCTION]), "{error}");
    world.write("source/Modules/_hacl/Hacl_Hash_Toy.c", "int broken(void) { return }\n");
    let error = world.provide(CodeModel::Pic, FLAGS, Some(&world.source())).expect_err("no C");
    assert!(matches!(&error, HaclError::Compile { file, reason } if file == "Hacl_Hash_Toy.c" && reason.contains("expected")), "{error}");
    world.write("source/Include/patchlevel.h", "#define PY_VERSION \"3.98.4\"\n");
    let error = world.provide(CodeModel::Pic, FLAGS, Some(&world.source())).expect_err("another Python");
    assert!(matches!(&error, HaclError::OtherPython { found, wanted, .. } if found == "3.98.4" && wanted == "3.99.1"), "{error}");
}

#[test]
fn without_a_source_there_are_stand_ins_and_a_complete_archive_needs_neither() {
    let world = World::new();
    assert!(matches!(world.provide(CodeModel::Pic, FLAGS, None), Err(HaclError::NoStandIn { .. })));
    let known = "_Py_LibHacl_Hacl_Hash_MD5_digest";
    world.write("program.c", &format!("void {known}(void); int main(void) {{ {known}(); return 0; }}\n"));
    world.tool("gcc", &["-c", "-fno-pie", "program.c", "-o", "program.o"]);
    world.tool("ar", &["rcs", "libpython3.99.a", "program.o"]);
    assert_eq!(world.provide(CodeModel::Pic, FLAGS, None).expect("stand-ins"), Hacl::Stubs(vec![known.to_owned()]));
    world.write("program.c", "int main(void) { return 0; }\n");
    world.tool("gcc", &["-c", "-fno-pie", "program.c", "-o", "program.o"]);
    world.tool("ar", &["rcs", "libpython3.99.a", "program.o"]);
    assert_eq!(world.provide(CodeModel::Pic, FLAGS, Some(&world.source())).expect("complete"), Hacl::Complete);
}

#[test]
fn the_link_takes_real_hacl_after_libpython_and_the_releases_linker_before_all() {
    let world = World::new();
    let variant = world.variant(CodeModel::Pic);
    let home = Home { linker: Some("/home/linker".into()), ..world.home(FLAGS) };
    let real = LinkPlan::new(&home, &variant, &Hacl::Real("/hacl/libhacl.a".into()));
    assert_eq!(real.arguments()[..3], ["-B/home/linker", "-fuse-ld=bfd", "-fno-use-linker-plugin"]);
    let at = |word: &str| real.arguments().iter().position(|argument| argument.contains(word)).expect("is there");
    assert!(at("libpython3.99.a,--no-whole-archive") < at("/hacl/libhacl.a") && at("/hacl/libhacl.a") < at("-lc"));
    assert!(!real.hacl_stubs);
    let stubs = LinkPlan::new(&world.home(FLAGS), &variant, &Hacl::Stubs(vec![FUNCTION.into()]));
    assert!(stubs.hacl_stubs);
    assert!(stubs.arguments().iter().all(|argument| !argument.contains("linker-plugin")), "the host's linker keeps its plug-in");
}

/// A sysroot made of this machine: its libraries by a link, its python3, loader and linker as copies.
#[test]
fn the_sysroots_own_linker_is_made_to_run_from_it() {
    let (Some(python), true) = (needs::python3(), Path::new("/usr/bin/x86_64-linux-gnu-ld.bfd").is_file()) else { return };
    let said = Job::new(python).args(["-I", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).run_for_text().expect("a version");
    let version = said.trim();
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("store")).expect("a store");
    let sysroot = folder.path().join("sysroot");
    for made in ["usr/bin", "usr/lib/x86_64-linux-gnu", "lib64"] {
        std::fs::create_dir_all(sysroot.join(made)).expect("created");
    }
    for entry in std::fs::read_dir("/usr/lib/x86_64-linux-gnu").expect("readable").flatten() {
        // As a release does that ships the runtime of a library alone.
        let name = entry.file_name().to_string_lossy().into_owned();
        if !["libexpat.so", "libexpat.a", "libz.so", "libz.a"].contains(&name.as_str()) {
            std::os::unix::fs::symlink(entry.path(), sysroot.join("usr/lib/x86_64-linux-gnu").join(name)).expect("linked");
        }
    }
    let stdlib = format!("usr/lib/python{version}");
    std::os::unix::fs::symlink(format!("/{stdlib}"), sysroot.join(&stdlib)).expect("linked");
    std::fs::copy("/lib64/ld-linux-x86-64.so.2", sysroot.join("lib64/ld-linux-x86-64.so.2")).expect("copied");
    std::fs::copy(python, sysroot.join(format!("usr/bin/python{version}"))).expect("copied");
    let prepare = || Home::prepare(&store, &Key::of("sysroot", []), version.parse().expect("a version"), &sysroot).expect("a home");
    assert_eq!(prepare().linker, None, "there is none yet");
    std::fs::copy("/usr/bin/x86_64-linux-gnu-ld.bfd", sysroot.join("usr/bin/x86_64-linux-gnu-ld.bfd")).expect("copied");
    let home = prepare();
    let linker = home.linker.expect("a linker").join("ld.bfd");
    let prefix = format!("-B{}", linker.parent().expect("its folder").display());
    let found = Job::new("gcc").arg(prefix).arg("-print-prog-name=ld.bfd").inherit_environment().run_for_text().expect("starts");
    assert_eq!(Path::new(found.trim()), linker, "gcc takes it before any other");
    assert!(Job::new(&linker).arg("--version").run_for_text().expect("it runs").starts_with("GNU ld"));
    let bytes = std::fs::read(&linker).expect("readable");
    let loader = sysroot.join("lib64/ld-linux-x86-64.so.2").to_string_lossy().into_owned();
    assert!(bytes.windows(loader.len()).any(|window| window == loader.as_bytes()), "its loader is the sysroot's");
    std::fs::write(&linker, "damaged").expect("written");
    let mended = prepare().linker.expect("a linker").join("ld.bfd");
    assert!(Job::new(&mended).arg("--version").run_for_text().is_ok(), "a damaged one is made again");
    for library in &home.sysconfig.link_libraries {
        let path = Path::new(library);
        assert!(library.starts_with("-l") || (path.is_file() && library.contains(".so.")), "{library}");
        assert!(!["-lexpat", "-lz"].contains(&library.as_str()), "{library} cannot be linked by its name here");
    }
}

#[test]
fn every_stand_in_ends_its_program_and_names_itself_and_the_way_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let stubs = folder.path().join("stubs.c");
    std::fs::write(&stubs, surtax::assets::HACL_STUBS).expect("written");
    let names: Vec<&str> = surtax::assets::HACL_STUBS.lines().filter_map(|line| line.strip_prefix("STUB(")?.strip_suffix(')')).collect();
    assert_eq!(names.len(), 67, "12 of 3.12 and 3.13, 55 of 3.14 and later");
    let mut program = "#include <string.h>\n".to_owned();
    for name in &names {
        program.push_str(&format!("void {name}(void);\n"));
    }
    program.push_str("int main(int count, char **words) {\n");
    for name in &names {
        program.push_str(&format!("    if (count > 1 && !strcmp(words[1], \"{name}\")) {name}();\n"));
    }
    program.push_str("    return 0;\n}\n");
    let main = folder.path().join("main.c");
    std::fs::write(&main, program).expect("written");
    let calls = folder.path().join("calls");
    Job::new("gcc").arg(&stubs).arg(&main).arg("-o").arg(&calls).inherit_environment().run_for_text().expect("compiles");
    assert!(Job::new(&calls).run().expect("starts").status.success());
    for name in names {
        let ended = Job::new(&calls).arg(name).run().expect("starts");
        let said = ended.stderr_text();
        assert_eq!(ended.status.signal(), Some(6), "{name}");
        assert!(said.contains(&format!("{name} is a stand-in")) && said.contains("--hacl real"), "{said}");
    }
}
