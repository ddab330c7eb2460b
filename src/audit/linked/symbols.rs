//! What the symbols of a linked file still show of how it was compiled. Sections by function are gone; a stripped file shows nothing.

use object::{Object as _, ObjectSection as _, ObjectSymbol as _};

use crate::audit::archive::{count_cold, count_symbols, is_exported_function};
use crate::run::Answer;

/// At least so many of a linked file's functions must have a part that was moved out of the way before it counts as compiled with a profile.
/// CPython 3.13.5 by GCC 12: 0.43 to 0.48 of them with a profile, 0.003 without.
const COLD_SHARE: f64 = 0.05;

/// At least so many of a shared object's exported functions must have a local alias (`f.localalias`, by which its own code calls them) before it counts
/// as closed to interposition. CPython 3.13.5 by GCC 12, of 1,468: 171 without profile, 315 with one, 853 with LTO; open to it, 4 and 12.
const ALIASED_SHARE: f64 = 0.03;

/// Of less than this, the absence of something shows nothing. A libpython of CPython 3.13 has 6,600 functions, inlined ones aside.
const ENOUGH_FUNCTIONS: u64 = 1_000;

pub(crate) struct Symbols {
    functions: u64,
    pub(crate) cold: u64,
    /// `f.lto_priv.0`: what only one object could see, until the link parted the whole program anew.
    lto_private: u64,
    local_aliases: u64,
    exported_functions: u64,
    /// Whether GCC wrote all of it: what the names of parts mean is GCC's.
    gcc: bool,
}

/// A file of debug information alone has no symbols for the loader; in the others, what is hidden has become local.
fn exported_functions(object: &object::File<'_>) -> u64 {
    let exported = object.dynamic_symbols().filter(is_exported_function).count();
    (if exported > 0 { exported } else { object.symbols().filter(is_exported_function).count() }) as u64
}

impl Symbols {
    /// `None`: stripped.
    pub(crate) fn of(object: &object::File<'_>) -> Option<Self> {
        object.symbols().next()?;
        let comment = object.section_by_name(".comment").and_then(|section| section.data().ok()).map(String::from_utf8_lossy);
        let cold = count_cold(object);
        let functions =
            object.symbols().filter(|symbol| symbol.is_definition() && symbol.kind() == object::SymbolKind::Text).count() as u64;
        Some(Self {
            functions: functions.saturating_sub(cold),
            cold,
            lto_private: count_symbols(object, |name| name.contains(".lto_priv")),
            exported_functions: exported_functions(object),
            local_aliases: count_symbols(object, |name| name.contains(".localalias")),
            gcc: comment.is_some_and(|comment| comment.contains("GCC:") && !comment.contains("clang")),
        })
    }

    pub(crate) fn pgo(&self) -> (Answer, String) {
        let evidence = format!("{} of {} functions have a .cold part", self.cold, self.functions);
        let answer = match self.cold as f64 >= COLD_SHARE * self.functions as f64 {
            true if self.gcc && self.cold > 0 => Answer::Yes,
            _ => self.absent(),
        };
        (answer, evidence)
    }

    pub(crate) fn lto(&self) -> (Answer, String) {
        let evidence = format!("{} .lto_priv symbols", self.lto_private);
        (if self.lto_private > 0 { Answer::Yes } else { self.absent() }, evidence)
    }

    /// Of a shared object; an executable's code is bound to itself.
    pub(crate) fn interposition(&self) -> (Answer, String) {
        let evidence = format!("{} of {} exported functions have a local alias", self.local_aliases, self.exported_functions);
        let closed = self.local_aliases > 0 && self.local_aliases as f64 >= ALIASED_SHARE * self.exported_functions as f64;
        let answer = match self.absent() {
            _ if closed => Answer::No,
            Answer::No => Answer::Yes,
            _ => Answer::Unknown,
        };
        (answer, evidence)
    }

    /// Of code in an executable of fixed address that was compiled at its link. GCC 12 leaves PIC what it is there, whatever the linker makes of it:
    /// 305 local aliases in CPython 3.13.5, none in non-PIC, which calls its own by their names.
    pub(crate) fn is_pic(&self) -> (Answer, String) {
        let answer = if self.local_aliases > 0 { Answer::Yes } else { self.absent() };
        (answer, format!("{} exported functions have a local alias, as those of PIC have", self.local_aliases))
    }

    /// What it means that a mark is not there.
    fn absent(&self) -> Answer {
        if self.gcc && self.functions >= ENOUGH_FUNCTIONS { Answer::No } else { Answer::Unknown }
    }
}
