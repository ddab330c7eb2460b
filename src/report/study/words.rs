//! What factors and their levels are called, the same in sentences, tables and pictures.

use crate::run::{Contrast, Factor};

/// The names of one contrast.
#[derive(Debug, Clone, Copy)]
pub(in crate::report) struct Words {
    /// In a table or picture.
    pub(in crate::report) short: &'static str,
    /// What is instead of what.
    pub(in crate::report) instead: &'static str,
    /// Opens a sentence: what is the same on both sides.
    pub(in crate::report) held: &'static str,
    /// Within a sentence: at the level that the contrast begins at, and at the other.
    pub(in crate::report) at_from: &'static str,
    pub(in crate::report) at_to: &'static str,
}

const CODE: &str = "With PGO and LTO held equal";
/// Both are PIC, which alone is open to interposition or closed.
const LINK: &str = "With PGO, LTO and interposition held equal";
const FLAVOUR: &str = "With all else held equal";

pub(in crate::report) fn words(contrast: Contrast) -> Words {
    let words = |held, short, instead, at_from, at_to| Words { short, instead, held, at_from, at_to };
    match (contrast.factor, contrast.from, contrast.to) {
        (Factor::CodeModel, "non-pic", "pie") => {
            words(CODE, "PIE", "compiled and linked as PIE, instead of non-PIC in an executable of fixed address", "as non-PIC", "as PIE")
        }
        (Factor::CodeModel, "non-pic", _) => words(
            CODE,
            "PIC",
            "closed to interposition, instead of non-PIC, both static in an executable of fixed address",
            "as non-PIC",
            "as PIC",
        ),
        (Factor::CodeModel, ..) => words(
            CODE,
            "PIC for PIE",
            "PIC closed to interposition, instead of PIE code, both static in a position-independent executable",
            "as PIE",
            "as PIC",
        ),
        (Factor::Linkage, "static", "static-pie") => words(
            LINK,
            "PIE link",
            "PIC in a position-independent executable instead of one of fixed address",
            "at a fixed address",
            "in a PIE",
        ),
        (Factor::Linkage, from, _) => {
            let instead = if from == "static" { "shared instead of static PIC" } else { "shared instead of static PIC in a PIE" };
            words(LINK, "linkage", instead, "static", "shared")
        }
        (Factor::Interposition, ..) => words(
            FLAVOUR,
            "interposition",
            "semantic interposition allowed instead of not, both PIC",
            "without interposition",
            "with interposition",
        ),
        (Factor::Pgo, ..) => words(FLAVOUR, "PGO", "with a profile instead of without", "without PGO", "with PGO"),
        (Factor::Lto, _, "thin") => words(FLAVOUR, "thin LTO", "instead of none", "without LTO", "with thin LTO"),
        (Factor::Lto, ..) => words(FLAVOUR, "full LTO", "instead of none", "without LTO", "with full LTO"),
    }
}
