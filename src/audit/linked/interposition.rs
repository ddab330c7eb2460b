//! Whether another library's function would be called in place of one of a shared object's own.

use object::Object as _;

use super::Symbols;
use super::code::Read;
use super::hardening::symbolic;
use super::image::Image;
use crate::audit::archive::is_exported_function;
use crate::run::Answer;

/// How the compiler treated the file's own functions only symbols show: calls from one object to another go by the linkage table in either case
/// (CPython 3.13.5 by GCC 12, shared: 29,023 with `-fno-semantic-interposition`, 30,289 without). If none does, the link has bound them.
pub(super) fn interposition(image: &Image<'_>, read: &[Read], symbols: Option<&Symbols>) -> (Answer, String) {
    if image.is_executable() {
        return (Answer::No, "an executable, which is bound to itself".to_owned());
    }
    let exported = image.elf.dynamic_symbols().filter(is_exported_function).count();
    let calls: u64 = read.iter().map(|read| read.own_calls).sum();
    let calls_seen = format!("{calls} calls of own functions go by the procedure linkage table, of {exported} that are exported");
    if let Some(symbols) = symbols {
        let (answer, seen) = symbols.interposition();
        return (answer, format!("{seen}; {calls_seen}"));
    }
    let (bound, seen) = symbolic(image);
    if calls == 0 && bound == Answer::Yes {
        return (Answer::No, format!("{calls_seen}: bound to itself by its link ({seen}); what the compiler assumed, only symbols show"));
    }
    (Answer::Unknown, format!("{calls_seen}; the symbols are stripped"))
}
