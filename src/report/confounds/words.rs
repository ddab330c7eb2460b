//! What the guard says of one difference, and what a reader would take a ratio for.

use crate::report::format;
use crate::report::summary::{Difference, Property};
use crate::run::short_name;
use crate::variant::{Shape, VariantName};

/// By what the subject is called.
pub(super) fn factor(subject: &str) -> &'static str {
    let short = subject.rsplit_once('/').map_or(subject, |(group, _)| short_name(group, subject));
    match short.parse::<VariantName>().map(|name| name.shape) {
        Ok(Shape::StaticNonpic) => "embedding alone",
        Ok(Shape::StaticPic | Shape::StaticPicPie) => "PIC",
        Ok(Shape::StaticPie) => "PIE",
        Ok(Shape::Shared) => "sharing",
        Err(_) => "one choice alone",
    }
}

/// `lacks PGO`; of several `lack PGO`.
pub(in crate::report) fn verb(claim: &Difference, many: bool) -> String {
    let (value, other) = (format::plain(&claim.value), format::plain(&claim.against_value));
    let lacks = value == "no";
    let has = |what: &str| {
        let verb = match (lacks, many) {
            (true, false) => "lacks",
            (true, true) => "lack",
            (false, false) => "has",
            (false, true) => "have",
        };
        format!("{verb} {what}")
    };
    let be = if many { "are" } else { "is" };
    let were = if many { "were" } else { "was" };
    match claim.property {
        Property::Pgo => has("PGO"),
        Property::Lto => has("LTO"),
        Property::Interposition => format!("{be} {} to semantic interposition", if lacks { "closed" } else { "open" }),
        Property::CodeModel => format!("{be} {value} instead of {other}"),
        Property::Tls => format!("{} thread-local variables by {value} instead of {other}", if many { "reach" } else { "reaches" }),
        Property::Dispatch => format!("{} by {value} instead of {other}", if many { "dispatch" } else { "dispatches" }),
        Property::Compiler => format!("{were} compiled by {value} instead of {other}"),
        Property::Flags => format!("{were} compiled with {value} instead of {other}"),
        Property::Cet => has("CET"),
        Property::StackProtector => has("a stack protector"),
        Property::Python => format!("{be} Python {value} instead of {other}"),
        Property::Hacl => format!("{} {value} HACL functions", if many { "have" } else { "has" }),
    }
}

/// A property's name within a sentence.
pub(in crate::report) fn word(property: Property) -> &'static str {
    match property {
        Property::Pgo => "PGO",
        Property::Lto => "LTO",
        Property::Interposition => "interposition",
        Property::CodeModel => "code model",
        Property::Tls => "TLS model",
        Property::Dispatch => "dispatch",
        Property::Compiler => "compiler",
        Property::Flags => "flags",
        Property::Cet => "CET",
        Property::StackProtector => "stack protector",
        Property::Python => "Python",
        Property::Hacl => "HACL",
    }
}
