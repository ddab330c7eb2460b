//! Functions and what they reach: parts of one function belong together, and the interpreter's loop stands out.

use crate::run::{AccessCounts, Accesses, FunctionAccesses};

/// The interpreter's loop, in every CPython since 3.6.
pub(crate) const LOOP: &str = "_PyEval_EvalFrameDefault";

/// What the loop is made of where opcodes call each other's code (`--with-tail-call-interp`, 3.14 on).
pub(crate) const TAIL_CALL: &str = "_TAIL_CALL_";

/// So many functions are named beside the loop.
const MOST: usize = 10;

/// The function that a compiler made this part, clone or alias of: `f` of `f.cold`, `f.part.0.isra.0`, `f.constprop.1`, `f.lto_priv.2`, `f.localalias`.
/// What follows a dot that is none of a compiler's is a name's own: Rust's have dots.
pub(crate) fn base_name(name: &str) -> &str {
    let mut rest = name;
    while let Some((front, last)) = rest.rsplit_once('.').filter(|(front, _)| !front.is_empty()) {
        let numbered = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
        // GCC's passes and, of clang, the promotion of locals (`.llvm.N`) and machine function splitting (`.cold`).
        let ours =
            ["cold", "part", "isra", "constprop", "lto_priv", "localalias", "localfunc", "hot", "warm", "unlikely", "llvm"].contains(&last);
        if !numbered && !ours {
            break;
        }
        rest = front;
    }
    rest
}

/// `f.cold`, `f.constprop.0.cold`, `f.cold.3`: a part that the compiler moved out of the way.
pub(crate) fn is_cold(name: &str) -> bool {
    name.split('.').skip(1).any(|part| part == "cold")
}

/// Whether a function, by its base name, is the interpreter's loop or a part of it.
pub(crate) fn is_loop(base: &str) -> bool {
    base == LOOP || base.starts_with(TAIL_CALL)
}

/// Joins what was counted per function, one entry each, by base name. `elsewhere` is what lies in no known function.
pub(crate) fn accesses(functions: Vec<FunctionAccesses>, elsewhere: AccessCounts) -> Accesses {
    let mut total = elsewhere;
    let mut interpreter: Option<FunctionAccesses> = None;
    let mut handlers = 0_u64;
    for function in &functions {
        total += function.counts;
        if is_loop(&function.name) {
            handlers += u64::from(function.name != LOOP);
            let joined = interpreter.get_or_insert_with(|| FunctionAccesses { name: LOOP.into(), ..FunctionAccesses::default() });
            joined.bytes = joined.bytes.saturating_add(function.bytes);
            joined.counts += function.counts;
        }
    }
    if let Some(joined) = interpreter.as_mut().filter(|_| handlers > 0) {
        joined.name = format!("{LOOP} and {handlers} functions {TAIL_CALL}*");
    }
    Accesses { total, functions: functions.len() as u64, interpreter_loop: interpreter, most: most(functions) }
}

/// Those that reach most by tables, the dearest first.
pub(crate) fn most(mut functions: Vec<FunctionAccesses>) -> Vec<FunctionAccesses> {
    functions.retain(|function| function.counts.sum() > 0);
    functions.sort_by(|one, other| other.counts.sum().cmp(&one.counts.sum()).then_with(|| one.name.cmp(&other.name)));
    functions.truncate(MOST);
    functions
}

#[cfg(test)]
mod tests {
    use super::base_name;

    #[test]
    fn parts_and_clones_have_the_name_of_their_function() {
        for part in ["f", "f.cold", "f.cold.3", "f.part.0.isra.0", "f.constprop.1.cold", "f.lto_priv.0", "f.localalias", "f.llvm.1234567"] {
            assert_eq!(base_name(part), "f", "{part}");
        }
        for own in ["_ZN4core3fmt9Formatter..new", ".Lstart", "f.resolver", ".0"] {
            assert_eq!(base_name(own), own);
        }
    }
}
