//! What the audit says of archives and objects: small ones compiled with known flags, broken ones, and the host's own libpython.

use std::fmt::Write as _;
use std::path::Path;

use surtax::audit::{AuditError, audit_file};
use surtax::error::{Exit, Explain as _};
use surtax::run::{AccessCounts, Answer, Dispatch, FileKind, LtoForm, SubjectAudit, TlsModel};

use crate::libpython::Workshop;
use crate::needs;

fn audit(file: &Path) -> SubjectAudit {
    audit_file("subject", file).expect("readable")
}

fn workshop(program: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.write("program.c", program);
    workshop
}

fn settled_by(audit: &SubjectAudit, property: &str) -> Option<String> {
    audit.unsettled.iter().find(|open| open.property == property).map(|open| open.by.clone())
}

const THREADS: &str = "static __thread int own, mine; extern __thread int other;
int read_own(void) { return ++own + ++mine; } int read_other(void) { return other; }";

#[test]
fn the_dearest_model_of_thread_local_storage_counts() {
    let workshop = workshop(THREADS);
    let tls = |flags: &[&str]| {
        let audit = audit(&workshop.archive("threads.a", flags));
        (audit.tls.expect("code"), audit.tls_evidence.expect("evidence"), audit.accesses.expect("code").total)
    };
    let (general, evidence, counts) = tls(&["-fPIC"]);
    assert_eq!((general, evidence.as_str()), (TlsModel::GeneralDynamic, "of 2 accesses in code, 1 by general-dynamic, 1 by local-dynamic"));
    // Each call of __tls_get_addr is one of thread-local storage, and none of the procedure linkage table.
    assert_eq!((counts.tls_calls, counts.plt_calls), (2, 0));
    assert_eq!(tls(&["-fPIC", "-ftls-model=local-dynamic"]).0, TlsModel::LocalDynamic);
    let (descriptors, _, counts) = tls(&["-fPIC", "-mtls-dialect=gnu2"]);
    assert_eq!((descriptors, counts.tls_calls), (TlsModel::Descriptors, 2));
    let (initial, _, counts) = tls(&["-fPIC", "-ftls-model=initial-exec"]);
    assert_eq!((initial, counts.tls_calls, counts.got_loads), (TlsModel::InitialExec, 0, 0));
    assert!(counts.tls_direct >= 2, "{counts:?}");
    assert_eq!(tls(&["-fno-pie", "-ftls-model=local-exec"]).0, TlsModel::LocalExec);
    assert_eq!(audit(&Workshop::new().archive("none.a", &["-fPIC"])).tls, Some(TlsModel::None));
}

const REACHES: &str = r#"extern int one, two; extern void outside(int); extern void __attribute__((visibility("hidden"))) within(int);
__attribute__((noinline)) void own(int n) { __asm__ volatile("" :: "r"(n)); }
void reach(void) { outside(one); outside(two); within(1); own(2); __asm__ volatile(""); }"#;

#[test]
fn what_a_function_reaches_by_tables_is_counted() {
    let workshop = workshop(REACHES);
    let reach = |flags: &[&str]| {
        let accesses = audit(&workshop.archive("reach.a", flags)).accesses.expect("code");
        assert_eq!((accesses.functions, accesses.most.len()), (2, 1), "{accesses:?}");
        assert_eq!((accesses.most[0].name.as_str(), accesses.most[0].counts), ("reach", accesses.total));
        (accesses.total.got_loads, accesses.total.plt_calls)
    };
    let open = reach(&["-fPIC"]);
    assert_eq!(open, (2, 3), "two variables; two calls outside and one that may be interposed");
    assert_eq!(reach(&["-fPIC", "-fno-semantic-interposition"]), (2, 2), "its own is its own");
    assert_eq!(reach(&["-fPIC", "-fno-plt"]), (2, 3), "the table without its stub");
    assert_eq!(reach(&["-fno-pie"]), (0, 2), "an executable's own function is bound to it");
}

#[test]
fn parts_of_the_interpreters_loop_are_one_and_a_cold_loop_is_said_to_be_cold() {
    let workshop = workshop(
        r#"extern void outside(void); void loop(void) __asm__("_PyEval_EvalFrameDefault"); void loop(void) { outside(); outside(); }
        void cold(void) __asm__("_PyEval_EvalFrameDefault.cold");
        __attribute__((section(".text.unlikely"))) void cold(void) { outside(); __asm__ volatile(".skip 4000, 0x90"); }"#,
    );
    let audit = audit(&workshop.archive("loop.a", &["-fPIC", "-fno-optimize-sibling-calls"]));
    let accesses = audit.accesses.expect("code");
    let interpreter = accesses.interpreter_loop.expect("the loop");
    assert_eq!((interpreter.name.as_str(), interpreter.counts.plt_calls, accesses.functions), ("_PyEval_EvalFrameDefault", 3, 1));
    assert!(interpreter.bytes > 4000);
    assert!(audit.pgo_evidence.contains("of the interpreter's loop itself, 40"), "{}", audit.pgo_evidence);
}

/// An interpreter of 256 opcodes, each of which does something else.
fn interpreter(body: impl Fn(&mut String)) -> String {
    let mut text = String::new();
    for number in 0..256 {
        let _ = writeln!(text, "void out{number}(void);");
    }
    text += "int _PyEval_EvalFrameDefault(const unsigned char *code) {\n";
    body(&mut text);
    text + "}\n"
}

fn computed_gotos() -> String {
    interpreter(|text| {
        let labels: Vec<String> = (0..256).map(|number| format!("&&op{number}")).collect();
        let _ = writeln!(text, "static void *targets[256] = {{ {} }};\ngoto *targets[*code++];", labels.join(", "));
        for number in 0..256 {
            let end = if number == 0 { "return 0;" } else { "goto *targets[*code++];" };
            let _ = writeln!(text, "op{number}: out{number}(); {end}");
        }
    })
}

fn switch() -> String {
    interpreter(|text| {
        *text += "for (;;) switch (*code++) {\n";
        for number in 0..200 {
            let _ = writeln!(text, "case {number}: out{number}(); break;");
        }
        *text += "default: return 0; }\n";
    })
}

#[test]
fn dispatch_is_told_by_tables_and_functions() {
    let workshop = Workshop::new();
    let dispatch = |program: &str, flags: &[&str]| {
        workshop.write("program.c", program);
        let audit = audit(&workshop.archive("interpreter.a", flags));
        (audit.dispatch.expect("an interpreter"), audit.dispatch_evidence.expect("evidence"))
    };
    for flags in [["-fno-pie"], ["-fPIE"], ["-fPIC"]] {
        let (found, evidence) = dispatch(&computed_gotos(), &flags);
        assert_eq!(found, Dispatch::ComputedGotos, "{flags:?}: {evidence}");
        assert!(evidence.starts_with("targets.0 in .") && evidence.contains("256 addresses"), "{evidence}");
        let (found, evidence) = dispatch(&switch(), &flags);
        assert_eq!(found, Dispatch::Switch, "{flags:?}: {evidence}");
        assert!(evidence.contains("200 cases"), "{evidence}");
    }
    let mut tail_calls = "int _PyEval_EvalFrameDefault(void) { return 0; }\n".to_owned();
    for number in 0..200 {
        let _ = writeln!(
            tail_calls,
            "void out{number}(void); __attribute__((used)) static void _TAIL_CALL_OP{number}(void) {{ out{number}(); }}"
        );
    }
    let (found, evidence) = dispatch(&tail_calls, &["-fPIC"]);
    assert_eq!((found, evidence.starts_with("200 functions _TAIL_CALL_*")), (Dispatch::TailCalls, true), "{evidence}");
    let accesses = audit(&workshop.path("interpreter.a")).accesses.expect("code");
    let interpreter = accesses.interpreter_loop.expect("a loop");
    assert_eq!((interpreter.counts.plt_calls, interpreter.name.contains("200 functions")), (200, true));
    assert_eq!(dispatch(&tail_calls, &["-flto"]).0, Dispatch::TailCalls);
    assert_eq!(audit(&Workshop::new().archive("other.a", &[])).dispatch, None, "no interpreter, no dispatch");
}

#[test]
fn dispatch_is_unknown_where_names_or_code_are_missing() {
    let workshop = workshop(&computed_gotos());
    let archive = workshop.archive("interpreter.a", &["-fno-pie"]);
    workshop.tool("strip", &["--strip-unneeded", "--discard-all", "interpreter.a"]);
    let stripped = audit(&archive);
    assert_eq!(stripped.dispatch, Some(Dispatch::Unknown), "{:?}", stripped.dispatch_evidence);
    assert!(settled_by(&stripped, "dispatch").is_some_and(|by| by.contains("local symbols")));
    let slim = audit(&workshop.archive("slim.a", &["-flto", "-fno-fat-lto-objects"]));
    assert_eq!((slim.dispatch, slim.tls, slim.accesses), (Some(Dispatch::Unknown), None, None));
    assert!(slim.unsettled.iter().any(|open| open.property == "dispatch" && open.by.contains("link")));
}

#[test]
fn intermediate_code_is_there_was_there_or_never_was() {
    let workshop = Workshop::new();
    let form = |name: &str| audit(&workshop.path(name)).lto_form;
    let without = |sections: &[&str]| {
        let options: Vec<String> = sections.iter().map(|section| format!("--remove-section={section}")).collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        workshop.tool("objcopy", &[options.as_slice(), &["libpython3.13.a"]].concat());
    };
    workshop.archive("libpython3.13.a", &["-fno-pie"]);
    assert_eq!(form("libpython3.13.a"), Some(LtoForm::None));
    workshop.archive("libpython3.13.a", &["-flto", "-fno-fat-lto-objects"]);
    assert_eq!(form("libpython3.13.a"), Some(LtoForm::Slim));
    let open = settled_by(&audit(&workshop.path("libpython3.13.a")), "hacl_missing");
    assert!(open.is_some_and(|by| by.contains("link")), "symbols of intermediate code are not read");
    workshop.archive("libpython3.13.a", &["-flto", "-ffat-lto-objects", "-g"]);
    assert_eq!(form("libpython3.13.a"), Some(LtoForm::Fat));
    without(&[".gnu.lto_*"]);
    assert_eq!(form("libpython3.13.a"), Some(LtoForm::Stripped), "its early debug information is left");
    without(&[".gnu.debuglto_*"]);
    let stripped = audit(&workshop.path("libpython3.13.a"));
    assert_eq!(stripped.lto_form, Some(LtoForm::Stripped), "its flags are left");
    assert!(stripped.lto_evidence.ends_with("it was taken out: 1 objects were compiled with -flto"), "{}", stripped.lto_evidence);
    assert_eq!(stripped.lto, Answer::No);
}

/// As Debian ships it: the archive's objects have lost `.comment` with the rest, and CPython's own `python.o` beside them has not.
#[test]
fn python_o_tells_what_a_cleaned_archive_has_lost() {
    let workshop = Workshop::new();
    let cleaned = |flags: &[&str]| {
        let archive = workshop.archive("libpython3.13.a", flags);
        let removed = ["--strip-debug", "--remove-section=.gnu.lto_*", "--remove-section=.gnu.debuglto_*", "--remove-section=.comment"];
        workshop.tool("objcopy", &[&removed[..], &["libpython3.13.a"]].concat());
        audit(&archive)
    };
    let lto = ["-flto", "-ffat-lto-objects", "-fno-pie", "-g"];
    let alone = cleaned(&lto);
    assert_eq!((alone.lto_form, alone.compilers.len(), alone.flags.is_none()), (Some(LtoForm::Unknown), 0, true));
    for property in ["lto_form", "compilers", "flags"] {
        assert!(settled_by(&alone, property).is_some(), "{property}");
    }
    workshop.write("python.c", "extern int table[]; int main(void) { return table[3]; }");
    workshop.tool("gcc", &[&["-O2", "-c", "python.c"][..], &lto].concat());
    let beside = cleaned(&lto);
    assert_eq!((beside.lto_form, beside.lto), (Some(LtoForm::Stripped), Answer::No));
    assert!(beside.lto_evidence.contains("python.o beside it"), "{}", beside.lto_evidence);
    assert!(beside.compilers[0].starts_with("GCC: ") && beside.compilers_evidence.expect("evidence").starts_with("python.o"));
    assert!(beside.flags.expect("flags").flags.contains(&"-flto".to_owned()));
    // Debian's `-pic.a` comes from another tree: its flags are not those of python.o.
    let other = cleaned(&["-flto", "-ffat-lto-objects", "-fPIC"]);
    assert_eq!((other.flags, other.lto_form), (None, Some(LtoForm::Stripped)));
    assert!(other.compilers_evidence.expect("evidence").ends_with("though of another code model"));
    workshop.tool("gcc", &["-O2", "-c", "-fno-pie", "-g", "python.c"]);
    assert_eq!(cleaned(&["-fno-pie"]).lto_form, Some(LtoForm::None));
}

#[test]
fn compilers_and_flags_are_read_from_what_says_them() {
    let workshop = Workshop::new();
    let with_debug = audit(&workshop.archive("debug.a", &["-g", "-fPIC", "-fno-plt", "-D", "X=1"]));
    let flags = with_debug.flags.expect("DWARF");
    assert_eq!(flags.source, "DWARF");
    for flag in ["-O2", "-fPIC", "-fno-plt"] {
        assert!(flags.flags.contains(&flag.to_owned()), "{flag}: {flags:?}");
    }
    assert!(with_debug.compilers.len() == 1 && with_debug.compilers[0].starts_with("GCC: ("), "{:?}", with_debug.compilers);
    let recorded = audit(&workshop.archive("recorded.a", &["-frecord-gcc-switches", "-fPIE"])).flags.expect("flags");
    assert_eq!(recorded.source, ".GCC.command.line");
    assert!(recorded.flags.contains(&"-fPIE".to_owned()), "{recorded:?}");
    let silent = audit(&workshop.archive("silent.a", &["-fPIC"]));
    assert!(silent.flags.is_none() && settled_by(&silent, "flags").is_some());
    // One of two objects has debug information.
    workshop.tool("gcc", &["-O2", "-c", "-g", "main.c"]);
    workshop.tool("ar", &["rs", "silent.a", "main.o"]);
    assert_eq!(audit(&workshop.path("silent.a")).flags.expect("flags").source, "DWARF of 1 of 2 objects");
}

#[test]
fn one_object_is_read_as_an_archive_is_and_claims_no_more_than_it_shows() {
    let workshop = Workshop::new();
    workshop.archive("program.a", &["-fPIC", "-g"]);
    let object = audit(&workshop.path("program.o"));
    assert_eq!((object.kind, object.code_model.as_str(), object.pgo), (Some(FileKind::Object), "pic", Answer::Unknown));
    assert_eq!(settled_by(&object, "pgo").as_deref(), Some("the archive that it is a part of"));
    workshop.write("program.c", "int nothing(void) { return 0; }");
    workshop.archive("program.a", &["-fPIC", "-g", "-fno-semantic-interposition"]);
    let quiet = audit(&workshop.path("program.o"));
    assert_eq!((quiet.code_model.as_str(), quiet.interposition), ("pic", Some(Answer::No)), "by its flags: {quiet:?}");
    std::fs::write(workshop.path("clang.o"), b"BC\xC0\xDE\x35\x14").expect("written");
    let bitcode = audit(&workshop.path("clang.o"));
    assert_eq!((bitcode.kind, bitcode.lto_form, bitcode.pgo), (Some(FileKind::Object), Some(LtoForm::Bitcode), Answer::Unknown));
    workshop.tool("ar", &["rcS", "clang.a", "clang.o"]);
    let archive = audit(&workshop.path("clang.a"));
    assert_eq!((archive.lto, archive.lto_form, archive.code_model.as_str()), (Answer::Yes, Some(LtoForm::Bitcode), "unknown"));
    assert!(archive.pgo_evidence.contains("1 objects are LLVM's bitcode"), "{}", archive.pgo_evidence);
}

#[test]
fn another_machines_objects_are_named_and_not_misread() {
    let workshop = Workshop::new();
    workshop.archive("program.a", &["-fPIC"]);
    let mut object = std::fs::read(workshop.path("program.o")).expect("an object");
    // e_machine, two bytes at 18: 183 is AArch64.
    object[18..20].copy_from_slice(&183_u16.to_le_bytes());
    std::fs::write(workshop.path("program.o"), object).expect("written");
    let foreign = audit(&workshop.path("program.o"));
    assert_eq!((foreign.code_model.as_str(), foreign.accesses, foreign.tls), ("unknown", None, None));
    assert!(foreign.code_model_evidence.contains("aarch64"), "{}", foreign.code_model_evidence);
}

#[test]
fn odd_archives_get_an_answer_or_a_clear_error() {
    let workshop = Workshop::new();
    let failure = |name: &str| audit_file("subject", &workshop.path(name)).expect_err("no answer");
    workshop.archive("program.a", &["-fPIC"]);
    std::fs::write(workshop.path("empty.a"), b"!<arch>\n").expect("written");
    let empty = audit(&workshop.path("empty.a"));
    assert_eq!((empty.pgo, empty.pgo_evidence.as_str(), empty.accesses), (Answer::Unknown, "it holds no object file", None));
    workshop.tool("ar", &["rcS", "text.a", "main.c"]);
    assert_eq!(audit(&workshop.path("text.a")).code_model_evidence, "none of its 1 members is an ELF object");

    workshop.tool("ar", &["rcsT", "thin.a", "program.o"]);
    let (whole, thin) = (audit(&workshop.path("program.a")), audit(&workshop.path("thin.a")));
    assert_eq!((thin.code_model, thin.got_loads, thin.accesses), (whole.code_model, whole.got_loads, whole.accesses));
    std::fs::create_dir(workshop.path("elsewhere")).expect("a folder");
    std::fs::copy(workshop.path("thin.a"), workshop.path("elsewhere/thin.a")).expect("copied");
    assert!(matches!(failure("elsewhere/thin.a"), AuditError::ThinMember { .. }));

    // A pipe that nobody writes into: opening it would never return.
    workshop.tool("mkfifo", &["elsewhere/program.o"]);
    assert!(
        matches!(failure("elsewhere/thin.a"), AuditError::ThinMember { source, .. } if source.source.to_string().contains("no regular file"))
    );
    assert!(matches!(failure("elsewhere/program.o"), AuditError::Fs(_)));

    let bytes = std::fs::read(workshop.path("program.a")).expect("readable");
    // In the index of symbols, in a header, in an object.
    for length in [70, 20, bytes.len() - 100] {
        std::fs::write(workshop.path("torn.a"), &bytes[..length]).expect("written");
        let error = failure("torn.a");
        assert!(matches!(&error, AuditError::Unreadable { reason, .. } if reason.contains(&format!("ends at byte {length}"))), "{error}");
    }
    let object = std::fs::read(workshop.path("program.o")).expect("readable");
    std::fs::write(workshop.path("torn.o"), &object[..object.len() / 2]).expect("written");
    workshop.tool("ar", &["rcS", "holds-torn.a", "torn.o"]);
    assert!(matches!(failure("holds-torn.a"), AuditError::Member { member, .. } if member == "torn.o"));
    assert!(matches!(failure("torn.o"), AuditError::Unreadable { .. }));
    let text = failure("main.c");
    assert_eq!((text.exit(), text.to_string().ends_with("main.c is neither an ELF file nor an archive")), (Exit::Usage, true));
}

#[test]
fn debians_own_archives_are_what_their_rules_file_makes_them() {
    let folder = Path::new("/usr/lib/python3.11/config-3.11-x86_64-linux-gnu");
    let archive = |name: &str| needs::file(&folder.join(name));
    let (Some(fixed), Some(pic)) = (archive("libpython3.11.a"), archive("libpython3.11-pic.a")) else { return };
    let (fixed, pic) = (audit(&fixed), audit(&pic));
    assert_eq!((fixed.pgo, fixed.code_model.as_str(), fixed.interposition), (Answer::Yes, "non-pic", Some(Answer::No)));
    assert_eq!((pic.pgo, pic.code_model.as_str(), pic.interposition), (Answer::No, "pic", Some(Answer::Yes)));
    for audit in [&fixed, &pic] {
        assert_eq!((audit.dispatch, audit.tls), (Some(Dispatch::ComputedGotos), Some(TlsModel::None)));
        assert_eq!((audit.lto, audit.lto_form), (Answer::No, Some(LtoForm::Stripped)));
        assert!(audit.compilers.first().is_some_and(|compiler| compiler.starts_with("GCC: (Debian 12")), "{:?}", audit.compilers);
    }
    let counts = |audit: &SubjectAudit| audit.accesses.as_ref().and_then(|all| all.interpreter_loop.as_ref()).expect("a loop").counts;
    assert_eq!(counts(&fixed).got_loads, 0);
    assert!(counts(&pic).got_loads > 100);
    assert_eq!(AccessCounts::default().sum(), counts(&fixed).tls_calls + counts(&pic).tls_calls);
}

#[test]
fn a_file_whose_sizes_are_absurd_is_read_all_the_same() {
    let function = |name: &str, section: &str| {
        format!("asm(\".section {section}\\n.globl {name}\\n.type {name}, @function\\n{name}: ret\\n.size {name}, -1\\n.text\");\n")
    };
    let program = function("_PyEval_EvalFrameDefault", ".text.hot,\\\"ax\\\"")
        + &function("_PyEval_EvalFrameDefault.cold", ".text.unlikely,\\\"ax\\\"");
    let workshop = workshop(&program);
    let object = audit(&workshop.archive("absurd.a", &["-fPIC"]));
    assert_eq!(object.accesses.and_then(|accesses| accesses.interpreter_loop).map(|found| found.bytes), Some(u64::MAX));
    workshop.tool("gcc", &["-shared", "program.o", "-o", "absurd.so"]);
    assert!(audit(&workshop.path("absurd.so")).accesses.is_some());
}
