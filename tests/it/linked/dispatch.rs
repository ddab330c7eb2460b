//! How small interpreters go from one opcode to the next, and what their code for each reaches.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use surtax::audit::handlers;
use surtax::run::Dispatch;

use super::{Workshop, audit};

/// Opcodes 1 to 6; all other numbers lead to one place. More handlers than may share code all leave by `failed`.
fn computed_gotos() -> String {
    let mut text = r#"
extern int elsewhere; int outside(int), report(int);
__thread int mine;
static int counter;
#define NEXT goto *targets[*++code]
__attribute__((visibility("default"))) int _PyEval_EvalFrameDefault(const unsigned char *code, int n) {
    static const void *const targets[256] = { [0 ... 255] = &&unknown, [1] = &&local, [2] = &&load, [3] = &&call, [4] = &&thread, [5] = &&leave,"#
        .to_owned();
    for number in 0..12 {
        let _ = write!(text, " [{}] = &&fallible{number},", 100 + number);
    }
    text += r#" };
    NEXT;
    local: counter += n; NEXT;
    load: n += elsewhere; NEXT;
    call: n = outside(n) + 1; NEXT;
    thread: mine += n; NEXT;
    unknown: return -1;
    leave: return n;
"#;
    for number in 0..12 {
        let _ = writeln!(text, "    fallible{number}: if (n == {number}) goto failed; n ^= {}; NEXT;", number * 31 + 7);
    }
    text + "    failed: report(counter); return elsewhere * 7;\n}\n"
}

const MAIN: &str = "int elsewhere; int outside(int n) { return n; } int report(int n) { return n; } \
    int _PyEval_EvalFrameDefault(const unsigned char *, int); int main(int argc, char **argv) { return _PyEval_EvalFrameDefault((void *)argv[0], argc); }";

fn workshop(library: &str) -> Workshop {
    let workshop = Workshop::new();
    workshop.write("library.c", library);
    workshop.write("main.c", MAIN);
    workshop
}

#[test]
fn handlers_are_found_by_the_table_in_every_kind_of_file() {
    let workshop = workshop(&computed_gotos());
    let export = "-Wl,--export-dynamic";
    let fixed = workshop.program("fixed", &["-fno-pie", "-no-pie", export]);
    let pie = workshop.program("pie", &["-fPIE", "-pie", export, "-Wl,-z,pack-relative-relocs"]);
    let shared = workshop.shared("library.so", &[]);
    for (file, is_shared) in [(fixed, false), (pie, false), (shared, true)] {
        for file in [workshop.stripped(&file), file] {
            let seen = audit(&file);
            assert_eq!(seen.dispatch, Some(Dispatch::ComputedGotos), "{file:?}: {:?}", seen.dispatch_evidence);
            let looped = seen.accesses.expect("counted").interpreter_loop.expect("found");
            assert_eq!(looped.name, "_PyEval_EvalFrameDefault");
            let (found, how) = handlers(&file).expect("readable");
            assert_eq!(found.keys().copied().collect::<BTreeSet<_>>(), (1..=5).chain(100..112).collect(), "{file:?}: {how}");
            assert_eq!((found[&2].counts.got_loads, found[&3].counts.plt_calls), (u64::from(is_shared), u64::from(is_shared)), "{file:?}");
            let thread = found[&4].counts;
            assert_eq!((thread.tls_calls, thread.tls_direct), (u64::from(is_shared), u64::from(!is_shared)), "{file:?}");
            assert!(found.values().all(|handler| (1..20).contains(&handler.instructions)), "{file:?}: {found:?}");
            // The way out is many handlers', so that it is none's.
            assert!((100..112).all(|opcode| found[&opcode].counts.sum() == 0), "{file:?}: {found:?}");
            assert!(how.contains("239 unknown opcodes") && how.contains("more than 10 opcodes reach"), "{how}");
        }
    }
}

fn switch() -> String {
    let mut text =
        "extern int elsewhere; int outside(int), report(int); int _PyEval_EvalFrameDefault(const unsigned char *code, int n) {\n\
        for (;;) switch (*++code) { case 0: return n;\n"
            .to_owned();
    for number in 1..150 {
        let _ = writeln!(text, "case {number}: n = outside(n ^ {}) + elsewhere; break;", number * 37);
    }
    text + "default: return report(n); } }\n"
}

#[test]
fn a_switch_is_told_by_its_one_jump() {
    let workshop = workshop(&switch());
    let fixed = workshop.program("fixed", &["-fno-pie", "-no-pie", "-Wl,--export-dynamic"]);
    for file in [workshop.shared("library.so", &[]), fixed] {
        let seen = audit(&workshop.stripped(&file));
        assert_eq!(seen.dispatch, Some(Dispatch::Switch), "{:?}", seen.dispatch_evidence);
        let (none, why) = handlers(&file).expect("readable");
        assert!(none.is_empty() && why.starts_with("switch: a jump table of "), "{why}");
    }
}

/// As `Python/generated_cases.c.h` is compiled with `--with-tail-call-interp`; GCC makes jumps of calls in the last place by itself.
fn tail_calls() -> String {
    let mut text = "extern int elsewhere; int outside(int), report(int); typedef int handler(const unsigned char *, int); static handler *const table[256];\n\
        __attribute__((noinline)) static int _TAIL_CALL_unknown(const unsigned char *code, int n) { return report(n); }\n"
        .to_owned();
    for number in 1..=120 {
        let _ = writeln!(
            text,
            "__attribute__((noinline)) static int _TAIL_CALL_{number}(const unsigned char *code, int n) \
             {{ n += {number} * {}; code++; return table[*code](code, n); }}",
            if number == 7 { "elsewhere" } else { "n" }
        );
    }
    text += "static handler *const table[256] = { [0 ... 255] = _TAIL_CALL_unknown,";
    for number in 1..=120 {
        let _ = write!(text, " [{number}] = _TAIL_CALL_{number},");
    }
    text + " };\nint _PyEval_EvalFrameDefault(const unsigned char *code, int n) { outside(1); return table[*code](code, n) + 1; }\n"
}

#[test]
fn tail_calls_are_functions_that_a_table_leads_to() {
    let workshop = workshop(&tail_calls());
    let fixed = workshop.program("fixed", &["-fno-pie", "-no-pie", "-Wl,--export-dynamic"]);
    for file in [workshop.shared("library.so", &[]), fixed] {
        for file in [workshop.stripped(&file), file] {
            let seen = audit(&file);
            assert_eq!(seen.dispatch, Some(Dispatch::TailCalls), "{file:?}: {:?}", seen.dispatch_evidence);
            let (found, how) = handlers(&file).expect("readable");
            assert_eq!(found.keys().copied().collect::<Vec<_>>(), (1..=120).collect::<Vec<_>>(), "{how}");
            let is_shared = file.to_string_lossy().contains("library");
            assert_eq!((found[&7].counts.got_loads, found[&8].counts.sum()), (u64::from(is_shared), 0));
            let looped = seen.accesses.expect("counted").interpreter_loop.expect("found");
            assert!(looped.counts.got_loads >= u64::from(is_shared) && looped.bytes > 1000, "all of them interpret: {looped:?}");
        }
    }
}

/// What the compiler takes for cold lies in a part of its own, without name in a stripped file: only the table leads to `leave` there.
#[test]
fn a_handler_that_lies_elsewhere_is_found_by_the_table() {
    let cold = "extern int elsewhere; int outside(int); int report(int) __attribute__((cold));";
    let library =
        computed_gotos().replace("extern int elsewhere; int outside(int), report(int);", cold).replace("leave:", "leave: report(n);");
    let workshop = workshop(&library);
    let shared = workshop.shared("library.so", &[]);
    for file in [workshop.stripped(&shared), shared] {
        let (found, how) = handlers(&file).expect("readable");
        assert!(how.contains(" in parts elsewhere") && !how.contains(" and 0 in parts elsewhere"), "{how}");
        assert_eq!((found.len(), found[&5].counts.plt_calls), (17, 1), "{how}");
    }
}
