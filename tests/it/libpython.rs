//! Evidence and HACL, on archives that the test compiles with known flags.

use std::path::{Path, PathBuf};
use std::process::Command;

use surtax::audit::{archive_code, audit_file, missing_symbols};
use surtax::libpython::{CodeModel, HaclError, stand_ins};
use surtax::run::Answer;

const PROGRAM: &str = r#"
int table[1024];
extern int outside;
__attribute__((noinline)) int often(int n) { int sum = 0; for (int i = 0; i < n; i++) sum += table[(unsigned)(i * 7) % 1024] + outside; return sum; }
__attribute__((noinline)) int never(int n) { for (int i = 0; i < n; i++) table[i % 1024] ^= often(i); return table[3]; }
"#;
const MAIN: &str = "int outside; int often(int), never(int); int main(int argc, char **argv) { int s = 0; for (int i = 0; i < 20000; i++) s += often(100); return argc > 9 ? never(s) : 0; }";

pub(crate) struct Workshop(tempfile::TempDir);

impl Workshop {
    pub(crate) fn new() -> Self {
        let workshop = Self(tempfile::tempdir().expect("a folder"));
        workshop.write("program.c", PROGRAM);
        workshop.write("main.c", MAIN);
        workshop
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn tool(&self, tool: &str, arguments: &[&str]) {
        let status = Command::new(tool).args(arguments).current_dir(self.0.path()).status().expect("the tool starts");
        assert!(status.success(), "{tool} {arguments:?}");
    }

    /// Compiles program.c alone into an archive.
    pub(crate) fn archive(&self, name: &str, flags: &[&str]) -> PathBuf {
        let mut arguments = vec!["-O2", "-c", "program.c", "-o", "program.o"];
        arguments.extend(flags);
        self.tool("gcc", &arguments);
        let path = self.path(name);
        let _ = std::fs::remove_file(&path);
        self.tool("ar", &["rcs", name, "program.o"]);
        path
    }
}

fn audit(file: &Path) -> surtax::run::SubjectAudit {
    audit_file("subject", file).expect("readable")
}

#[test]
fn the_code_model_is_read_from_relocations() {
    let workshop = Workshop::new();
    let fixed = audit(&workshop.archive("fixed.a", &["-fno-pic", "-fno-pie"]));
    assert_eq!(fixed.code_model, "non-pic");
    assert!(fixed.absolute_relocations > Some(0) && fixed.got_loads == Some(0), "{fixed:?}");
    let pic = audit(&workshop.archive("pic.a", &["-fPIC"]));
    assert_eq!(pic.code_model, "pic");
    assert!(pic.absolute_relocations == Some(0) && pic.got_loads > Some(0), "{pic:?}");
    let pie = audit(&workshop.archive("pie.a", &["-fPIE"]));
    assert_eq!(pie.code_model, "pie", "{}", pie.code_model_evidence);
    assert_eq!(pie.absolute_relocations, Some(0));
}

#[test]
fn hidden_symbols_of_other_objects_do_not_make_pic_look_like_pie() {
    let workshop = Workshop::new();
    workshop.write(
        "program.c",
        r#"extern int shown; extern int __attribute__((visibility("hidden"))) one, two, three; int sum(void) { return shown + one + two + three; }"#,
    );
    assert_eq!(archive_code(&workshop.archive("pic.a", &["-fPIC"])).expect("readable"), Ok(CodeModel::Pic));
    assert_eq!(archive_code(&workshop.archive("pie.a", &["-fPIE"])).expect("readable"), Ok(CodeModel::Pie));
}

#[test]
fn an_archive_that_no_runner_can_link_says_why_in_words() {
    let workshop = Workshop::new();
    let reason = |name: &str| archive_code(&workshop.path(name)).expect("an archive").expect_err("not linkable");
    workshop.archive("slim.a", &["-flto", "-fno-fat-lto-objects"]);
    assert!(reason("slim.a").contains("slim LTO"), "{}", reason("slim.a"));
    assert_eq!(archive_code(&workshop.archive("fat.a", &["-flto", "-ffat-lto-objects", "-fPIC"])).expect("readable"), Ok(CodeModel::Pic));
    for (name, magic) in [("bitcode.a", b"BC\xC0\xDE"), ("wrapped.a", b"\xDE\xC0\x17\x0B")] {
        std::fs::write(workshop.path("ceval.o"), magic).expect("written");
        workshop.tool("ar", &["rcS", name, "ceval.o"]);
        assert!(reason(name).contains("LLVM bitcode"), "{name}: {}", reason(name));
    }
    workshop.tool("ar", &["rcsT", "thin.a", "program.o"]);
    assert!(reason("thin.a").contains("thin archive"), "{}", reason("thin.a"));
    workshop.tool("ar", &["rcS", "empty.a", "main.c"]);
    assert!(reason("empty.a").contains("without any object"), "{}", reason("empty.a"));
    // e_machine, two bytes at 18: 183 is AArch64.
    let mut object = std::fs::read(workshop.path("program.o")).expect("an object");
    object[18..20].copy_from_slice(&183_u16.to_le_bytes());
    std::fs::write(workshop.path("program.o"), object).expect("written");
    workshop.tool("ar", &["rcS", "foreign.a", "program.o"]);
    assert!(reason("foreign.a").contains("architecture (aarch64)"), "{}", reason("foreign.a"));
}

#[test]
fn a_profile_shows_in_the_sections_and_its_absence_too() {
    let workshop = Workshop::new();
    assert_eq!(audit(&workshop.archive("plain.a", &[])).pgo, Answer::No);
    workshop.tool("gcc", &["-O2", "-fprofile-generate", "-c", "program.c", "-o", "program.o"]);
    workshop.tool("gcc", &["-O2", "-fprofile-generate", "program.o", "main.c", "-o", "instrumented"]);
    workshop.tool("./instrumented", &[]);
    let profiled = audit(&workshop.archive("profiled.a", &["-fprofile-use", "-Wno-missing-profile"]));
    assert_eq!(profiled.pgo, Answer::Yes, "{}", profiled.pgo_evidence);
}

#[test]
fn link_time_code_is_seen_and_its_absence_too() {
    let workshop = Workshop::new();
    assert_eq!(audit(&workshop.archive("plain.a", &[])).lto, Answer::No);
    let fat = audit(&workshop.archive("fat.a", &["-flto", "-ffat-lto-objects"]));
    assert_eq!(fat.lto, Answer::Unknown);
    assert!(fat.lto_evidence.contains("intermediate code"));
    let slim = audit(&workshop.archive("slim.a", &["-flto", "-fno-fat-lto-objects", "-fPIE", "-fprofile-use", "-Wno-missing-profile"]));
    assert_eq!((slim.lto, slim.pgo, slim.code_model.as_str()), (Answer::Yes, Answer::Yes, "pie"), "{}", slim.code_model_evidence);
}

#[test]
fn a_linked_file_gets_unknown_where_nothing_shows() {
    let workshop = Workshop::new();
    workshop.tool("gcc", &["-shared", "-fPIC", "-s", "program.c", "-o", "program.so"]);
    let shared = audit(&workshop.path("program.so"));
    assert_eq!((shared.pgo, shared.lto, shared.code_model.as_str()), (Answer::Unknown, Answer::Unknown, "pic"));
}

#[test]
fn hacl_symbols_are_missing_only_where_nothing_defines_them() {
    let workshop = Workshop::new();
    workshop.write(
        "program.c",
        "extern void python_hashlib_Hacl_Hash_SHA2_copy_256(void); void use(void) { python_hashlib_Hacl_Hash_SHA2_copy_256(); }",
    );
    let missing = workshop.archive("missing.a", &[]);
    assert_eq!(missing_symbols(&missing).expect("readable"), ["python_hashlib_Hacl_Hash_SHA2_copy_256"]);
    workshop.write("definition.c", "void python_hashlib_Hacl_Hash_SHA2_copy_256(void) {}");
    workshop.tool("gcc", &["-c", "definition.c"]);
    workshop.tool("ar", &["rs", "missing.a", "definition.o"]);
    assert!(missing_symbols(&missing).expect("readable").is_empty());
}

#[test]
fn a_hacl_symbol_without_a_stand_in_is_an_error_that_names_it() {
    let workshop = Workshop::new();
    workshop.write("program.c", "extern void _Py_LibHacl_Hacl_Of_Tomorrow(void); void use(void) { _Py_LibHacl_Hacl_Of_Tomorrow(); }");
    let archive = workshop.archive("unknown.a", &[]);
    assert_eq!(missing_symbols(&archive).expect("an audit needs no stand-in").len(), 1);
    let error = stand_ins(&archive).expect_err("no stand-in");
    assert!(matches!(&error, HaclError::NoStandIn { symbols, .. } if symbols == &["_Py_LibHacl_Hacl_Of_Tomorrow"]), "{error}");
}

#[test]
fn calling_a_stand_in_names_the_function_and_aborts() {
    use std::os::unix::process::ExitStatusExt as _;
    let workshop = Workshop::new();
    workshop.write("stubs.c", surtax::assets::HACL_STUBS);
    workshop.write(
        "main.c",
        "void _Py_LibHacl_Hacl_Hash_SHA3_squeeze(void); int main(void) { _Py_LibHacl_Hacl_Hash_SHA3_squeeze(); return 0; }",
    );
    workshop.tool("gcc", &["-Wall", "-Werror", "stubs.c", "main.c", "-o", "calls"]);
    let output = Command::new(workshop.path("calls")).output().expect("starts");
    assert_eq!(output.status.signal(), Some(6), "SIGABRT");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("_Py_LibHacl_Hacl_Hash_SHA3_squeeze") && said.contains("--hacl real") && said.contains("_hashlib"), "{said}");
}

#[test]
fn a_real_implementation_wins_over_a_stand_in() {
    let workshop = Workshop::new();
    workshop.write("stubs.c", surtax::assets::HACL_STUBS);
    workshop.write("main.c", "int python_hashlib_Hacl_Hash_SHA2_copy_256(void) { return 7; } int main(void) { return python_hashlib_Hacl_Hash_SHA2_copy_256(); }");
    workshop.tool("gcc", &["stubs.c", "main.c", "-o", "calls"]);
    assert_eq!(Command::new(workshop.path("calls")).status().expect("starts").code(), Some(7));
}

#[test]
fn what_is_not_an_archive_is_an_error_with_its_name() {
    let workshop = Workshop::new();
    let error = audit_file("subject", &workshop.path("program.c")).expect_err("a text file");
    assert!(error.to_string().contains("program.c"), "{error}");
}

#[test]
fn an_interrupted_probe_is_no_fault_of_the_build() {
    use surtax::error::{Exit, Explain as _};
    use surtax::interrupt::Interrupted;
    let error = surtax::libpython::HomeError::Probe(surtax::process::ProcessError::Interrupted(Interrupted));
    assert_eq!((error.exit(), error.hint()), (Exit::Incomplete, Interrupted.hint()));
}
