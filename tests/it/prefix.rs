//! Installed Pythons: what is read out of one that the test puts together from the system's, and what is said of folders that are none.

use std::collections::BTreeMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use surtax::elf::ProgramError;
use surtax::libpython::{Library, Shape, VariantName};
use surtax::prefix::{Prefix, PrefixError, prepare};
use surtax::process::Job;
use surtax::recipe::PythonVersion;
use surtax::runner::LinkPlan;
use surtax::store::Store;
use surtax::ui::Silent;
use tempfile::TempDir;

use crate::needs;
use crate::world::{compiled, shell_script};

/// What stands in for a libpython: code whose model shows.
const CODE: &str = "extern int outside; int table[64]; int Py_Example(int n) { return table[n] + outside; }";

/// A folder that may be a prefix, and a store.
struct Installed {
    room: TempDir,
    python: String,
}

impl Installed {
    fn empty() -> Self {
        let installed = Self { room: tempfile::tempdir().expect("a folder"), python: "3.13".to_owned() };
        std::fs::create_dir_all(installed.path("bin")).expect("a folder");
        installed
    }

    /// The system's python in a prefix of its own, with a Makefile that says `variables` beside the paths of this prefix.
    fn python(variables: &[(&str, &str)]) -> Option<Self> {
        let python3 = needs::python3()?.canonicalize().expect("a file");
        let said = Job::new(&python3).args(["-I", "-c", ABOUT]).run_for_text().expect("it answers");
        let [python, stdlib, data]: [String; 3] = serde_json::from_str(&said).expect("a list");
        let installed = Self { python, ..Self::empty() };
        let lib = installed.path(&format!("lib/python{}", installed.python));
        std::fs::create_dir_all(&lib).expect("a folder");
        for entry in std::fs::read_dir(&stdlib).expect("the standard library").flatten() {
            let name = entry.file_name();
            let own = ["_sysconfig", "build-details", "config-", "__pycache__"].iter().any(|own| name.to_string_lossy().starts_with(own));
            if !own {
                symlink(entry.path(), lib.join(name)).expect("a link");
            }
        }
        let folder = installed.folder().to_string_lossy().into_owned();
        let library_folder = format!("{folder}/lib");
        let mut all = BTreeMap::from([("prefix", folder.as_str()), ("LIBDIR", &library_folder), ("MULTIARCH", "x86_64-linux-gnu")]);
        all.extend(variables.iter().copied());
        let text = format!("build_time_vars = {}", serde_json::to_string(&all).expect("JSON"));
        installed.write(&format!("lib/python{}/{data}.py", installed.python), &text);
        let executable = installed.path(&format!("bin/python{}", installed.python));
        Job::new("/usr/bin/install").arg(&python3).arg(&executable).run_for_text().expect("installed");
        symlink(&executable, installed.path("bin/python3")).expect("a link");
        Some(installed)
    }

    /// A program for `bin/python3.13` that prints a description of itself with these values.
    fn saying(values: &[(&str, serde_json::Value)]) -> Self {
        let installed = Self::empty();
        let mut said = serde_json::json!({
            "implementation": "CPython", "version": "3.13.0", "full_version": "3.13.0 (main)", "base_prefix": installed.folder(),
            "stdlib": installed.path("lib/python3.13"), "debug": false, "free_threaded": false, "built_prefix": null, "variables": {},
            "build_details": null,
        });
        for (name, value) in values {
            said[name] = value.clone();
        }
        installed.program(&format!("puts({:?});", said.to_string()), &[])
    }

    fn program(self, statement: &str, flags: &[&str]) -> Self {
        let source = format!("#include <stdio.h>\nint main(void) {{ {statement} return 0; }}");
        compiled(&self.path("bin/python3.13"), &source, flags);
        self
    }

    fn folder(&self) -> PathBuf {
        self.room.path().canonicalize().expect("a folder").join("installed")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.room.path().join("installed").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }

    /// An archive of code compiled with `flags`.
    fn archive(&self, name: &str, source: &str, flags: &[&str]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let object = self.room.path().join("code.o");
        compiled(&object, source, &[&["-c", "-O2"], flags].concat());
        Job::new("/usr/bin/ar").arg("rcs").arg(path).arg(object).run_for_text().expect("an archive");
    }

    fn libpython(&self, ending: &str) -> String {
        format!("lib/libpython{}{ending}", self.python)
    }

    fn shared(&self, name: &str) {
        compiled(&self.path(name), CODE, &["-shared", "-fPIC"]);
    }

    fn store(&self) -> Store {
        Store::open(&self.room.path().join("store")).expect("a store")
    }

    fn prepare_for(&self, python: Option<&str>) -> Result<Prefix, PrefixError> {
        prepare(&self.store(), &self.path(""), python.map(|python| python.parse().expect("a version")), &Silent)
    }

    fn prepared(&self) -> Prefix {
        self.prepare_for(None).unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn refused(&self) -> PrefixError {
        self.prepare_for(None).expect_err("refused")
    }
}

const ABOUT: &str = "import json, sys, sysconfig; print(json.dumps(['%d.%d' % sys.version_info[:2], sysconfig.get_path('stdlib'), \
                     sysconfig._get_sysconfigdata_name()]))";

/// The variants that can be had, with their files' names.
fn had(prefix: &Prefix) -> Vec<(VariantName, String)> {
    let built = prefix.home.offers.iter().filter_map(|offer| Some((offer.name, offer.build.as_ref().ok()?)));
    built.map(|(name, build)| (name, build.library.path().file_name().expect("a name").to_string_lossy().into_owned())).collect()
}

fn reason(prefix: &Prefix, name: VariantName) -> &str {
    let offer = prefix.home.offers.iter().find(|offer| offer.name == name).expect("every variant is there");
    offer.build.as_ref().expect_err("not to be had")
}

/// Every file and link, and whether it was written.
fn listing(folder: &Path) -> Vec<String> {
    let said = Job::new("/usr/bin/find").arg(folder).args(["-printf", "%P %s %T@\n"]).run_for_text().expect("listed");
    let mut lines: Vec<String> = said.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

#[test]
fn a_prefix_offers_what_its_files_show_and_stays_as_it_was() {
    let Some(installed) = Installed::python(&[]) else { return };
    installed.archive(&installed.libpython(".a"), CODE, &["-fno-pic", "-fno-pie"]);
    installed.archive(&installed.libpython("-pic.a"), CODE, &["-fPIC"]);
    installed.shared(&installed.libpython(".so.1.0"));
    // As `make install` does, and 3.14 says so.
    let python = &installed.python;
    let second = format!("lib/python{python}/config-{python}-x86_64-linux-gnu/libpython{python}.a");
    installed.archive(&second, CODE, &["-fno-pic", "-fno-pie"]);
    let details = format!(r#"{{"libpython": {{"static": "lib/libpython{python}.a"}}}}"#);
    installed.write(&format!("lib/python{python}/build-details.json"), &details);
    let before = listing(&installed.path(""));
    let prefix = installed.prepared();
    let (fixed, pic, shared) = (format!("libpython{python}.a"), format!("libpython{python}-pic.a"), format!("libpython{python}.so.1.0"));
    let expected = [
        (VariantName::plain(Shape::StaticNonpic), fixed),
        (VariantName::plain(Shape::StaticPic), pic.clone()),
        (VariantName::plain(Shape::StaticPicPie), pic),
        (VariantName::plain(Shape::Shared), shared),
    ];
    assert_eq!(had(&prefix), expected);
    let why =
        format!("libpython{python}.a is code for a fixed address (non-PIC); libpython{python}-pic.a is position-independent code (-fPIC)");
    assert_eq!(reason(&prefix, VariantName::plain(Shape::StaticPie)), why);
    assert_eq!(listing(&installed.path("")), before, "nothing is written into the person's folder");

    let home = &prefix.home;
    assert_eq!((home.sysroot.as_ref(), home.loader.as_path()), (None, Path::new("/lib64/ld-linux-x86-64.so.2")));
    assert_eq!(home.library_folders, [installed.folder().join("lib")]);
    let bytes = |path: &Path| std::fs::read(path).expect("readable");
    assert_eq!(bytes(&home.stock), bytes(&installed.path(&format!("bin/python{python}"))), "the baseline is the prefix's own python");
    let job = Job::new(&home.stock).args(["-I", "-c", "import json, sys; print(sys.prefix)"]);
    assert_eq!(job.run_for_text().expect("it starts").trim(), home.prefix.to_string_lossy());
    assert!(home.stdlib().join("os.py").is_file());
    assert_eq!(prefix.version.parse::<PythonVersion>().ok(), None);
    assert!(prefix.version.starts_with(python.as_str()) && prefix.label.contains(&prefix.version), "{}", prefix.label);
    assert_eq!(prefix.name, "installed");

    let again = installed.prepared();
    assert_eq!((&again.home.key, &again.home.stock), (&home.key, &home.stock));
    installed.archive(&installed.libpython(".a"), &format!("{CODE} int more;"), &["-fno-pic", "-fno-pie"]);
    assert_ne!(installed.prepared().home.key, home.key, "another libpython is another home");
}

#[test]
fn a_prefix_is_called_as_its_folder_is_but_plainly() {
    let Some(installed) = Installed::python(&[]) else { return };
    let mut folder = installed.path("");
    for (place, name) in [("3.13.0", "python-3.13.0"), ("opt/local", "opt-local"), ("my env (2)", "my-env--2-"), (".conda", "conda")] {
        let next = installed.room.path().join(place);
        std::fs::create_dir_all(next.parent().expect("a folder")).expect("a folder");
        std::fs::rename(&folder, &next).expect("moved");
        assert_eq!(prepare(&installed.store(), &next, None, &Silent).expect("a prefix").name, name);
        folder = next;
    }
}

#[test]
fn a_lost_or_damaged_copy_is_made_again() {
    let Some(installed) = Installed::python(&[]) else { return };
    let stock = installed.prepared().home.stock;
    let whole = std::fs::read(&stock).expect("readable");
    std::fs::write(&stock, "damaged").expect("written");
    assert_eq!(std::fs::read(installed.prepared().home.stock).expect("readable"), whole);
}

#[test]
fn a_relocated_prefix_is_read_where_it_is_and_never_outside() {
    let folders = [("prefix", "/install"), ("LIBDIR", "/install/own"), ("LIBPL", "/install/own/config"), ("LIBRARY", "libpython-own.a")];
    let Some(installed) = Installed::python(&folders) else { return };
    installed.archive("own/config/libpython-own.a", CODE, &["-fPIE"]);
    assert_eq!(had(&installed.prepared()), [(VariantName::plain(Shape::StaticPie), "libpython-own.a".to_owned())]);

    // Such as the system's own, of the same name: it is another build.
    let outside = tempfile::tempdir().expect("a folder");
    let told = outside.path().to_string_lossy().into_owned();
    let Some(installed) = Installed::python(&[("LIBDIR", &told), ("LIBPL", &told)]) else { return };
    installed.archive("other.a", CODE, &["-fPIC"]);
    std::fs::rename(installed.path("other.a"), outside.path().join(format!("libpython{}.a", installed.python))).expect("moved");
    assert!(had(&installed.prepared()).is_empty());
}

#[test]
fn build_details_name_libraries_that_no_makefile_does() {
    let Some(installed) = Installed::python(&[]) else { return };
    installed.archive("deep/libpython-static.a", CODE, &["-fPIC"]);
    let details = r#"{"schema_version": "1.0", "libpython": {"static": "deep/libpython-static.a", "dynamic": "/nonexistent/lib.so", "link_extensions": false}}"#;
    installed.write(&format!("lib/python{}/build-details.json", installed.python), details);
    let files = had(&installed.prepared()).into_iter().map(|(_, file)| file).collect::<Vec<_>>();
    assert_eq!(files, ["libpython-static.a", "libpython-static.a"]);
}

#[test]
fn a_variant_that_cannot_be_had_says_why_in_words() {
    let Some(installed) = Installed::python(&[]) else { return };
    let prefix = installed.prepared();
    assert!(
        reason(&prefix, VariantName::plain(Shape::StaticPic)).starts_with("no static library"),
        "{}",
        reason(&prefix, VariantName::plain(Shape::StaticPic))
    );
    assert!(
        reason(&prefix, VariantName::plain(Shape::Shared)).starts_with("no shared library"),
        "{}",
        reason(&prefix, VariantName::plain(Shape::Shared))
    );

    let object = installed.room.path().join("ceval.o");
    std::fs::write(&object, b"BC\xC0\xDE").expect("written");
    let archive = installed.path(&installed.libpython(".a"));
    Job::new("/usr/bin/ar").arg("rcS").arg(&archive).arg(&object).run_for_text().expect("an archive");
    let name = archive.file_name().expect("a name").to_string_lossy().into_owned();
    assert!(reason(&installed.prepared(), VariantName::plain(Shape::StaticPic)).starts_with(&format!("{name} is LLVM bitcode")));
    std::fs::write(&archive, "text").expect("written");
    assert!(reason(&installed.prepared(), VariantName::plain(Shape::StaticNonpic)).contains("unreadable"));
    std::fs::write(installed.path(&installed.libpython(".so.1.0")), "text").expect("written");
    assert!(reason(&installed.prepared(), VariantName::plain(Shape::Shared)).contains("is no shared object"));
}

#[test]
fn what_was_compiled_for_musl_is_not_linked_with_glibc() {
    let Some(installed) = Installed::python(&[("HOST_GNU_TYPE", "x86_64-unknown-linux-musl")]) else { return };
    installed.archive(&installed.libpython(".a"), CODE, &["-fPIC"]);
    installed.shared(&installed.libpython(".so.1.0"));
    let prefix = installed.prepared();
    assert!(had(&prefix).is_empty());
    for name in [VariantName::plain(Shape::StaticPic), VariantName::plain(Shape::Shared)] {
        assert!(reason(&prefix, name).contains("musl"), "{}", reason(&prefix, name));
    }
}

#[test]
fn the_link_line_is_the_makefiles_as_far_as_the_machine_holds_it() {
    let variables = [
        ("LIBS", "-ldl -pthread -Wl,-rpath,/install/lib -lsurtax_runtime"),
        ("MODLIBS", "-lm Modules/_hacl/libHacl_Hash_SHA2.a -lsurtax_nowhere -lsurtax_own -lm"),
        ("SYSLIBS", "-lm"),
    ];
    let Some(installed) = Installed::python(&variables) else { return };
    installed.archive(&installed.libpython(".a"), CODE, &["-fPIC"]);
    installed.shared("lib/libsurtax_runtime.so.4");
    installed.shared("lib/libsurtax_own.so");
    let prefix = installed.prepared();
    let runtime = installed.folder().join("lib/libsurtax_runtime.so.4").to_string_lossy().into_owned();
    assert_eq!(prefix.home.sysconfig.link_libraries, ["-ldl", &runtime, "-lm", "-lsurtax_own"]);
    // `outside` is in the stand-in and in no library.
    let why = reason(&prefix, VariantName::plain(Shape::StaticPic));
    assert!(why.contains("-lsurtax_nowhere, which is not here: nothing defines outside"), "{why}");

    // One that nothing in the archive wants is no loss.
    installed.archive(&installed.libpython(".a"), "int outside; int Py_Example(void) { return outside; }", &["-fPIC"]);
    let prefix = installed.prepared();
    let build = prefix.home.offers.iter().find(|offer| offer.name == VariantName::plain(Shape::StaticPicPie)).expect("there").build.clone();
    let build = build.expect("to be had");
    assert!(matches!(build.library, Library::Archive(_)));
    let plan = LinkPlan::new(
        &prefix.home,
        &surtax::libpython::Variant::new(VariantName::plain(Shape::StaticPicPie), build),
        &surtax::libpython::Hacl::Complete,
    );
    assert!(
        !plan.arguments().iter().any(|argument| argument.contains("sysroot") || argument.contains("nowhere")),
        "{:?}",
        plan.arguments()
    );
}

#[test]
fn what_is_copied_into_a_runner_makes_it_another_one() {
    let Some(installed) = Installed::python(&[("LIBS", "-lsurtax_static")]) else { return };
    let key = |value: u32| {
        installed.archive("lib/libsurtax_static.a", &format!("int surtax_static = {value};"), &["-fPIC"]);
        let home = installed.prepared().home;
        assert_eq!(home.sysconfig.link_libraries, ["-lsurtax_static"]);
        home.key
    };
    assert_ne!(key(1), key(2));
}

#[test]
fn a_folder_that_is_no_prefix_is_told_from_one() {
    let installed = Installed::empty();
    assert!(matches!(installed.refused(), PrefixError::NoPython(_)));
    std::fs::write(installed.path("pyvenv.cfg"), "home = /opt/python/bin\nversion = 3.13.0\n").expect("written");
    assert!(matches!(installed.refused(), PrefixError::VirtualEnvironment { base: Some(base), .. } if base == Path::new("/opt/python")));
    let file = installed.path("pyvenv.cfg");
    let error = prepare(&installed.store(), &file, None, &Silent).expect_err("a file");
    assert!(matches!(error, PrefixError::NotAFolder(_)), "{error}");
    let odd = installed.path("a:b");
    std::fs::create_dir(&odd).expect("a folder");
    let error = prepare(&installed.store(), &odd, None, &Silent).expect_err("a colon");
    assert!(matches!(error, PrefixError::UnusablePath { what: "a colon", .. }), "{error}");
    let installed = Installed::empty();
    shell_script(&installed.path("bin/python3"), "exec /usr/bin/python3 \"$@\"");
    assert!(matches!(installed.refused(), PrefixError::Program(ProgramError::Script(_))));
    std::fs::write(installed.path("bin/python3"), "text").expect("written");
    assert!(matches!(installed.refused(), PrefixError::Program(ProgramError::NotAProgram(_))));
}

#[test]
fn the_version_asked_for_must_be_there() {
    let Some(installed) = Installed::python(&[]) else { return };
    let python = installed.python.clone();
    assert!(installed.prepare_for(Some(&python)).is_ok());
    let error = installed.prepare_for(Some("3.99")).expect_err("not there");
    let expected = [python.parse::<PythonVersion>().expect("a version")];
    assert!(matches!(&error, PrefixError::WrongVersion { offered, .. } if offered == &expected), "{error}");
    // Of several, `python3` says which is meant.
    std::fs::copy("/bin/true", installed.path("bin/python3.98")).expect("copied");
    assert!(installed.prepared().version.starts_with(&python));
}

#[test]
fn pythons_that_runners_cannot_be_made_of_are_refused_by_name() {
    let old = Installed::saying(&[("version", "3.10.13".into())]).refused();
    assert!(matches!(&old, PrefixError::TooOld { version, .. } if version == "3.10.13"), "{old}");
    let other = Installed::saying(&[("implementation", "PyPy".into())]).refused();
    assert!(matches!(&other, PrefixError::NotCPython { implementation, .. } if implementation == "PyPy"), "{other}");
    for (name, abi) in [("debug", "debug"), ("free_threaded", "free-threaded")] {
        let error = Installed::saying(&[(name, true.into())]).refused();
        assert!(matches!(&error, PrefixError::OtherAbi { abi: found, .. } if *found == abi), "{error}");
    }
    let elsewhere = Installed::saying(&[("base_prefix", "/usr".into())]).refused();
    assert!(matches!(&elsewhere, PrefixError::Elsewhere { prefix, .. } if prefix == Path::new("/usr")), "{elsewhere}");
    let mute = Installed::empty().program("", &[]).refused();
    assert!(matches!(mute, PrefixError::NotUnderstood { .. }), "{mute}");
    // It says the same wherever it is: its copy is not at home in the store.
    let stubborn = Installed::saying(&[]).refused();
    assert!(matches!(stubborn, PrefixError::NotMovable { .. }), "{stubborn}");
}

#[test]
fn a_python_that_does_not_start_says_what_it_said() {
    let installed = Installed::empty();
    let library = installed.path("libgone.so");
    compiled(&library, "int gone(void) { return 1; }", &["-shared", "-fPIC"]);
    let installed = installed.program("extern int gone(void); gone();", &["-x", "none", &library.to_string_lossy()]);
    std::fs::remove_file(&library).expect("removed");
    let error = anyhow::Error::new(installed.refused());
    let shown = surtax::error::render(&error);
    assert!(shown.contains("does not start") && shown.contains("libgone.so: cannot open shared object file"), "{shown}");
    assert_eq!(surtax::error::exit_code(&error) as u8, 2);
}

#[test]
fn a_python_for_another_c_library_names_the_loader_that_it_needs() {
    let error = Installed::empty().program("", &["-Wl,--dynamic-linker=/nonexistent/ld-musl-x86_64.so.1"]).refused();
    assert!(
        matches!(&error, PrefixError::Program(ProgramError::NoLoader { loader, .. }) if loader.ends_with("ld-musl-x86_64.so.1")),
        "{error}"
    );
}

#[test]
fn a_python_for_another_machine_is_not_started() {
    let installed = Installed::empty().program("return 9;", &[]);
    let executable = installed.path("bin/python3.13");
    let mut bytes = std::fs::read(&executable).expect("readable");
    // e_machine, two bytes at 18: 183 is AArch64.
    bytes[18..20].copy_from_slice(&183_u16.to_le_bytes());
    std::fs::write(&executable, bytes).expect("written");
    assert!(matches!(installed.refused(), PrefixError::Program(ProgramError::OtherArchitecture { found, .. }) if found == "aarch64"));
}
