//! Whether another library's function would be called in place of one of a shared object's own.

use object::Object as _;

use super::Symbols;
use super::code::Read;
use super::hardening::symbolic;
use super::image::Image;
use crate::audit::archive::is_exported_function;
use crate::run::Answer;

/// At least so many calls of own functions through a table, per exported function, before a shared object counts as open to interposition.
/// By this pass: OPEN_MEASURED
const OPEN_SHARE: f64 = 0.10;

/// Calls are what `strip` leaves; how the compiler treated its own functions only symbols show.
pub(super) fn interposition(image: &Image<'_>, read: &[Read], symbols: Option<&Symbols>) -> (Answer, String) {
    if image.is_executable() {
        return (Answer::No, "an executable, which is bound to itself".to_owned());
    }
    let exported = image.elf.dynamic_symbols().filter(is_exported_function).count();
    let calls: u64 = read.iter().map(|read| read.own_calls).sum();
    let mut evidence = format!("{calls} calls of own functions go by the procedure linkage table, of {exported} that are exported");
    let by_symbols = symbols.map(Symbols::interposition);
    if let Some((_, seen)) = &by_symbols {
        evidence += &format!("; {seen}");
    }
    let (bound, seen) = symbolic(image);
    let answer = if calls > 0 && calls as f64 >= OPEN_SHARE * exported as f64 {
        Answer::Yes
    } else if calls == 0 && bound == Answer::Yes {
        evidence += &format!("; bound to itself by its link: {seen}");
        Answer::No
    } else {
        match by_symbols {
            Some((answer, _)) => answer,
            // Of hundreds of exported functions, some call each other.
            None if calls == 0 && exported >= ENOUGH_EXPORTS => Answer::No,
            None => Answer::Unknown,
        }
    };
    (answer, evidence)
}

/// Of fewer, that none calls another shows nothing. A libpython exports some 1,500.
const ENOUGH_EXPORTS: usize = 200;
