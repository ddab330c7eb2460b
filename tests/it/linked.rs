//! The audit of executables and shared objects, on small programs linked with known options and on the Pythons at hand.

mod dispatch;
mod real;

use std::path::{Path, PathBuf};

use surtax::audit::{after_link, audit_file, handlers};
use surtax::run::{Answer, FileKind, StartRelocations, SubjectAudit, TlsModel};

use crate::libpython::Workshop;

/// One of everything that goes through a table: `elsewhere` and `outside` are another library's.
const LIBRARY: &str = r#"
extern int elsewhere; int outside(int);
__thread int mine;
int shown = 3; int *const where = &shown;
__attribute__((noinline)) int own(int n) { return n * shown; }
int loads(void) { return elsewhere; }
int calls(int n) { return outside(n) + 1; }
int thread(void) { return mine; }
int calls_own(int n) { return own(n) + 1; }
"#;
const MAIN: &str = "int elsewhere; int outside(int n) { return n; } int loads(void); int main(void) { return loads(); }";

pub(crate) fn audit(file: &Path) -> SubjectAudit {
    audit_file("subject", file).expect("readable")
}

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.write("library.c", LIBRARY);
    workshop.write("main.c", MAIN);
    workshop
}

impl Workshop {
    /// Compiles and links `library.c` alone.
    fn shared(&self, name: &str, flags: &[&str]) -> PathBuf {
        self.tool("gcc", &[&["-O2", "-fPIC", "-shared", "library.c", "-o", name], flags].concat());
        self.path(name)
    }

    /// Links both files into a program.
    fn program(&self, name: &str, flags: &[&str]) -> PathBuf {
        self.tool("gcc", &[&["-O2", "library.c", "main.c", "-o", name], flags].concat());
        self.path(name)
    }

    /// Without its symbols.
    fn stripped(&self, file: &Path) -> PathBuf {
        let stripped = file.with_extension("stripped");
        self.tool("strip", &["-o", &stripped.to_string_lossy(), &file.to_string_lossy()]);
        stripped
    }
}

#[test]
fn what_a_link_made_is_told_by_the_file() {
    let workshop = workshop();
    let fixed = audit(&workshop.program("fixed", &["-fno-pie", "-no-pie"]));
    assert_eq!((fixed.kind, fixed.pie, fixed.code_model.as_str()), (Some(FileKind::Executable), Some(Answer::No), "non-pic"));
    assert_eq!(fixed.interposition, Some(Answer::No));
    let pie = audit(&workshop.program("pie", &["-fPIE", "-pie"]));
    assert_eq!((pie.kind, pie.pie), (Some(FileKind::Executable), Some(Answer::Yes)));
    // Whichever of the two the code was compiled as, nothing in the file shows it.
    assert_eq!((pie.code_model.as_str(), pie.code_model_evidence.contains("-fPIE or -fPIC")), ("unknown", true));
    let static_pie = audit(&workshop.program("static-pie", &["-fPIE", "-static-pie", "-nostartfiles", "-nostdlib", "-Wl,-e,main"]));
    assert_eq!((static_pie.kind, static_pie.pie), (Some(FileKind::Executable), Some(Answer::Yes)));
    let shared = audit(&workshop.shared("library.so", &[]));
    assert_eq!((shared.kind, shared.pie, shared.code_model.as_str()), (Some(FileKind::SharedObject), None, "pic"));
    assert!(shared.compilers.iter().any(|compiler| compiler.starts_with("GCC:")), "{:?}", shared.compilers);
    assert_eq!(shared.dispatch, None, "no interpreter is in it");
}

#[test]
fn tables_are_counted_by_function_with_symbols_and_without() {
    let workshop = workshop();
    let shared = workshop.shared("library.so", &[]);
    for file in [workshop.stripped(&shared), shared] {
        let accesses = audit(&file).accesses.expect("counted");
        let of = |name: &str| {
            accesses.most.iter().find(|function| function.name == name).unwrap_or_else(|| panic!("{name}: {accesses:?}")).counts
        };
        assert_eq!((of("loads").got_loads, of("loads").plt_calls), (1, 0));
        assert_eq!((of("calls").plt_calls, of("calls_own").plt_calls), (1, 1));
        assert_eq!((of("thread").tls_calls, of("thread").plt_calls, of("thread").tls_direct), (1, 0, 0));
        assert!(accesses.functions >= 5 && accesses.interpreter_loop.is_none(), "{accesses:?}");
    }
    // Calls through the global offset table itself are calls all the same.
    let direct = audit(&workshop.shared("no-plt.so", &["-fno-plt"])).accesses.expect("counted");
    let calls = direct.most.iter().find(|function| function.name == "calls").expect("counted").counts;
    assert_eq!((calls.plt_calls, calls.got_loads), (1, 0));
}

#[test]
fn what_the_linker_relaxed_is_gone_after_the_link() {
    let workshop = workshop();
    let linked = after_link(&workshop.program("fixed", &["-fPIC", "-no-pie"])).expect("an executable");
    let remaining = |name: &str| linked.accesses.most.iter().find(|function| function.name == name);
    assert!(remaining("loads").is_none() && remaining("calls").is_none() && remaining("calls_own").is_none(), "{linked:?}");
    let thread = remaining("thread").expect("thread-local variables stay so").counts;
    assert_eq!((thread.tls_calls, thread.tls_direct), (0, 1));
    assert!(linked.hardening.is_some() && linked.start.is_some());
}

#[test]
fn thread_local_models_are_told_apart_by_the_sequences_that_remain() {
    let workshop = workshop();
    let model = |flags: &[&str]| audit(&workshop.shared("library.so", flags)).tls;
    workshop.write("library.c", "__thread int one, two; int *first(void) { return &one; } int *second(void) { return &two; }");
    assert_eq!(model(&[]), Some(TlsModel::GeneralDynamic));
    assert_eq!(model(&["-ftls-model=initial-exec"]), Some(TlsModel::InitialExec));
    assert_eq!(model(&["-mtls-dialect=gnu2"]), Some(TlsModel::Descriptors));
    // Of variables that no other library sees, one call serves several.
    workshop.write("library.c", "static __thread int one, two; int *first(void) { return &one; } int *second(void) { return &two; }");
    assert_eq!(model(&[]), Some(TlsModel::LocalDynamic));
    workshop.write("library.c", "int none(int n) { return n; }");
    assert_eq!(model(&[]), Some(TlsModel::None));
    workshop.write("library.c", LIBRARY);
    assert_eq!(audit(&workshop.program("fixed", &["-fPIC", "-no-pie"])).tls, Some(TlsModel::LocalExec));
}

#[test]
fn the_stack_protector_is_no_thread_local_variable() {
    let workshop = workshop();
    workshop.write("library.c", "void fill(char *); int guarded(void) { char text[64]; fill(text); return text[3]; }");
    let guarded = audit(&workshop.shared("guarded.so", &["-fstack-protector-all"]));
    assert_eq!(guarded.hardening.as_ref().map(|hardening| hardening.stack_protector), Some(Answer::Yes));
    assert_eq!((guarded.tls, guarded.accesses.expect("counted").total.tls_direct), (Some(TlsModel::None), 0));
    let bare = audit(&workshop.shared("bare.so", &["-fno-stack-protector"]));
    assert_eq!(bare.hardening.map(|hardening| hardening.stack_protector), Some(Answer::No));
}

#[test]
fn hardening_is_what_the_linker_was_asked_for() {
    let workshop = workshop();
    let relro = |flags: &[&str]| audit(&workshop.shared("library.so", flags)).hardening.expect("linked").relro;
    assert_eq!(relro(&["-Wl,-z,norelro"]), "none");
    assert_eq!(relro(&["-Wl,-z,relro,-z,lazy"]), "partial");
    assert_eq!(relro(&["-Wl,-z,relro,-z,now"]), "full");
    // The C library's start-up objects may promise nothing, and the linker promises what all do.
    let cet = |flags: &[&str]| audit(&workshop.shared("library.so", &[&["-nostartfiles"], flags].concat())).hardening.expect("linked");
    assert_eq!(cet(&["-fcf-protection=full"]).cet, Answer::Yes);
    assert_eq!(cet(&["-fcf-protection=none"]).cet, Answer::No);
    let branch = cet(&["-fcf-protection=branch"]);
    assert!(branch.cet == Answer::No && branch.evidence.contains("promises IBT alone"), "{}", branch.evidence);
}

#[test]
fn a_library_that_is_bound_to_itself_shows_it_by_its_relocations() {
    let workshop = workshop();
    let answers = |flags: &[&str]| {
        let file = workshop.shared("library.so", flags);
        let audit = audit(&workshop.stripped(&file));
        (audit.hardening.expect("linked").symbolic, audit.interposition)
    };
    assert_eq!(answers(&[]), (Some(Answer::No), Some(Answer::Unknown)));
    assert_eq!(answers(&["-Wl,-Bsymbolic"]), (Some(Answer::Yes), Some(Answer::No)));
    assert_eq!(answers(&["-Wl,-Bsymbolic-functions"]), (Some(Answer::Yes), Some(Answer::No)));
}

#[test]
fn work_at_the_start_is_counted_packed_or_not() {
    let workshop = workshop();
    workshop.write("library.c", "static int a, b, c; int *const all[] = { &a, &b, &c, &a, &b, &c }; extern int elsewhere; int *other = &elsewhere; int outside(void); int calls(void) { return outside() + 1; }");
    let start = |flags: &[&str]| audit(&workshop.shared("library.so", &[&["-nostartfiles"], flags].concat())).start.expect("loaded");
    let lazy = start(&["-Wl,-z,lazy"]);
    assert_eq!((lazy.relative, lazy.symbolic, lazy.jump_slots, lazy.bound_now), (6, 1, 1, false));
    assert!((1..=3).contains(&lazy.pages_written), "{lazy:?}");
    assert_eq!(start(&["-Wl,-z,lazy,-z,pack-relative-relocs"]), lazy);
    assert_eq!(start(&["-Wl,-z,now"]), StartRelocations { bound_now: true, pages_written: start(&["-Wl,-z,now"]).pages_written, ..lazy });
    let fixed = workshop.path("fixed");
    workshop.write("main.c", "int main(void) { return 0; }");
    workshop.tool("gcc", &["-static", "-nostdlib", "-no-pie", "-Wl,-e,main", "main.c", "-o", "fixed"]);
    assert_eq!(audit(&fixed).start, None, "nothing loads it");
}

/// 1,100 functions with a call that does not return, which GCC moves out of the way with a profile or without.
#[test]
fn parts_of_functions_are_found_without_symbols() {
    use std::fmt::Write as _;
    let workshop = workshop();
    let mut text = "void end(int) __attribute__((noreturn, cold));\n".to_owned();
    for number in 0..1100 {
        let _ = writeln!(text, "int shown{number}(int n) {{ if (n == {number}) end(n * 3); return n ^ {number}; }}");
    }
    workshop.write("library.c", &text);
    let shared = workshop.shared("library.so", &["-fno-semantic-interposition"]);
    let (known, stripped) = (audit(&shared), audit(&workshop.stripped(&shared)));
    assert!(known.cold_symbols >= Some(1100), "{}", known.pgo_evidence);
    assert_eq!((stripped.pgo, stripped.cold_symbols), (Answer::Yes, None));
    assert!(stripped.pgo_evidence.starts_with("1100 of 110"), "{}", stripped.pgo_evidence);
    assert_eq!(known.accesses.expect("counted").functions, stripped.accesses.expect("counted").functions);
    workshop.write("library.c", &text.replace("noreturn, cold", "noreturn").replace("end(n * 3)", "n = 7"));
    let plain = audit(&workshop.stripped(&workshop.shared("plain.so", &[])));
    assert_eq!(plain.pgo, Answer::Unknown, "no function has a part: {}", plain.pgo_evidence);
    assert!(plain.unsettled.iter().any(|open| open.property == "pgo" && open.by.contains("symbols")), "{:?}", plain.unsettled);
}

#[test]
fn what_is_for_another_machine_or_nothing_at_all_is_said_to_be() {
    let workshop = workshop();
    let mut bytes = std::fs::read(workshop.shared("library.so", &[])).expect("a library");
    // e_machine, two bytes at 18: 183 is AArch64.
    bytes[18..20].copy_from_slice(&183_u16.to_le_bytes());
    std::fs::write(workshop.path("foreign.so"), &bytes).expect("written");
    let foreign = audit(&workshop.path("foreign.so"));
    assert_eq!((foreign.code_model.as_str(), foreign.accesses, foreign.tls), ("unknown", None, None));
    assert!(after_link(&workshop.path("foreign.so")).is_err());
    let (none, why) = handlers(&workshop.path("foreign.so")).expect("readable");
    assert!(none.is_empty() && why.contains("x86-64"), "{why}");
    assert!(handlers(&workshop.path("main.c")).expect_err("a text").to_string().contains("main.c"));
    // Torn in the middle of its code: no panic, whatever the answer.
    let whole = std::fs::read(workshop.path("library.so")).expect("a library");
    for length in (0..whole.len()).step_by(97) {
        std::fs::write(workshop.path("torn.so"), &whole[..length]).expect("written");
        let _ = (audit_file("subject", &workshop.path("torn.so")), handlers(&workshop.path("torn.so")));
    }
}

#[test]
fn what_holds_no_code_says_nothing_of_code() {
    let workshop = workshop();
    let shared = workshop.shared("library.so", &[]);
    workshop.tool("objcopy", &["--only-keep-debug", "library.so", "library.debug"]);
    let mut bytes = std::fs::read(&shared).expect("a library");
    // e_shoff, e_shnum and e_shstrndx of the ELF header.
    bytes[40..48].fill(0);
    bytes[60..64].fill(0);
    std::fs::write(workshop.path("headless.so"), &bytes).expect("written");
    for name in ["library.debug", "headless.so"] {
        let found = audit(&workshop.path(name));
        assert_eq!((found.code_model.as_str(), found.tls, found.accesses.is_none(), found.start), ("unknown", None, true, None), "{name}");
        assert_eq!((found.pgo, found.interposition), (Answer::Unknown, Some(Answer::Unknown)), "{name}");
        let hardening = found.hardening.expect("linked");
        assert_eq!((hardening.stack_protector, hardening.relro.as_str()), (Answer::Unknown, "unknown"));
        assert_ne!(hardening.cet, Answer::No);
        for property in ["tls", "code_model", "stack_protector", "hacl_missing"] {
            assert_eq!(found.unsettled.iter().filter(|open| open.property == property).count(), 1, "{name}: {property}");
        }
        assert!(after_link(&workshop.path(name)).is_err());
        assert!(handlers(&workshop.path(name)).expect("readable").1.contains("no section of it holds an instruction"));
    }
}

/// The section header table of an ELF file for x86-64: where it is, and how many it has (64 bytes each; addresses at 16, places at 24, sizes at 32).
fn section_headers(bytes: &[u8]) -> (usize, usize) {
    let start = u64::from_le_bytes(bytes[40..48].try_into().expect("eight bytes"));
    (usize::try_from(start).expect("small"), usize::from(u16::from_le_bytes([bytes[60], bytes[61]])))
}

#[test]
fn sections_that_share_bytes_are_refused() {
    let workshop = workshop();
    let whole = std::fs::read(workshop.shared("library.so", &[])).expect("a library");
    let (start, count) = section_headers(&whole);
    let header = |index: usize| start + 64 * index..start + 64 * (index + 1);
    // SHT_PROGBITS, SHF_ALLOC and SHF_EXECINSTR, the largest of which is .text.
    let code = (0..count).map(|index| whole[header(index)].to_vec()).filter(|header| header[4] == 1 && header[8] == 6);
    let code = code.max_by_key(|header| u64::from_le_bytes(header[32..40].try_into().expect("eight bytes"))).expect("has code");
    // As many headers again, all of the same code, at one place or at places of their own.
    for step in [0_u64, 1 << 20] {
        let mut bytes = whole.clone();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        let table = bytes.len();
        bytes.extend_from_slice(&whole[start..start + 64 * count]);
        for number in 0..1000_u64 {
            let mut header = code.clone();
            let address = u64::from_le_bytes(header[16..24].try_into().expect("eight bytes")) + step * (number + 1);
            header[16..24].copy_from_slice(&address.to_le_bytes());
            bytes.extend_from_slice(&header);
        }
        bytes[40..48].copy_from_slice(&(table as u64).to_le_bytes());
        bytes[60..62].copy_from_slice(&u16::try_from(count + 1000).expect("few").to_le_bytes());
        std::fs::write(workshop.path("many.so"), &bytes).expect("written");
        let error = audit_file("subject", &workshop.path("many.so")).expect_err("refused").to_string();
        assert!(error.contains("its sections overlap"), "{error}");
        assert!(after_link(&workshop.path("many.so")).is_err() && handlers(&workshop.path("many.so")).is_err());
    }
}

#[test]
fn debug_information_says_what_the_code_of_a_program_does_not() {
    let workshop = workshop();
    let told = audit(&workshop.program("told", &["-g", "-fPIE", "-pie"]));
    assert_eq!(told.code_model, "pie", "{}", told.code_model_evidence);
    let flags = told.flags.expect("told");
    assert!(flags.source == "DWARF of 2 of 2 objects" && flags.flags.contains(&"-fPIE".to_owned()), "{flags:?}");
    // One object of another model, and nothing can be said of all.
    workshop.tool("gcc", &["-O2", "-g", "-fPIC", "-c", "library.c", "-o", "library.o"]);
    workshop.tool("gcc", &["-O2", "-g", "-fPIE", "-pie", "main.c", "library.o", "-o", "mixed"]);
    let mixed = audit(&workshop.path("mixed"));
    assert_eq!((mixed.code_model.as_str(), mixed.flags.is_some()), ("unknown", true));
    let silent = audit(&workshop.program("silent", &["-fPIE", "-pie"]));
    for property in ["code_model", "flags"] {
        assert!(silent.unsettled.iter().any(|open| open.property == property && open.by.contains("debug information")), "{property}");
    }
    // Without its .comment, debug information names the compiler.
    workshop.tool("objcopy", &["--remove-section=.comment", "told"]);
    let compilers = audit(&workshop.path("told")).compilers;
    assert!(compilers.iter().any(|compiler| compiler.starts_with("GNU C")), "{compilers:?}");
}
