//! One property of one file: what was seen, and the observation behind it.

use std::collections::BTreeSet;

use super::flags;
use crate::report::summary::Property;
use crate::run::{Answer, FileKind, SubjectAudit};

/// A value that can be compared with another file's, and its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Observed {
    pub(super) value: String,
    pub(super) evidence: String,
}

impl Observed {
    pub(super) fn is_unknown(&self) -> bool {
        self.value == Answer::Unknown.as_str()
    }
}

/// `unknown` where it is a property of such a file and was not seen; nothing where it is none, or an older surtax did not read it.
pub(super) fn observe(audit: &SubjectAudit, python: Option<&str>, property: Property) -> Option<Observed> {
    let seen =
        |value: &str, evidence: Option<&String>| Observed { value: value.to_owned(), evidence: evidence.cloned().unwrap_or_default() };
    // An older surtax did not tell kinds, nor read what is absent in its runs.
    let unseen = |evidence: Option<&String>| audit.kind.map(|_| seen(Answer::Unknown.as_str(), evidence));
    // Of several observations, the one that is about it.
    let hardening = |of: fn(&crate::run::Hardening) -> Answer, about: &str| {
        let hardening = audit.hardening.as_ref()?;
        let told = hardening.evidence.split("; ").find(|part| part.contains(about)).unwrap_or(&hardening.evidence);
        Some(seen(of(hardening).as_str(), Some(&told.to_owned())))
    };
    Some(match property {
        Property::Pgo => seen(audit.pgo.as_str(), Some(&audit.pgo_evidence)),
        Property::Lto => seen(audit.lto.as_str(), Some(&audit.lto_evidence)),
        Property::Interposition => match audit.interposition {
            Some(answer) => seen(answer.as_str(), audit.interposition_evidence.as_ref()),
            None if audit.kind == Some(FileKind::Executable) => seen("no", Some(&"an executable's code is bound to itself".to_owned())),
            None => unseen(audit.interposition_evidence.as_ref())?,
        },
        // An executable does not say which model the code in it was compiled for.
        Property::CodeModel if audit.code_model == "unknown" && matches!(audit.kind, None | Some(FileKind::Executable)) => return None,
        Property::CodeModel => seen(&audit.code_model, Some(&audit.code_model_evidence)),
        Property::Tls => match audit.tls {
            Some(model) => seen(model.as_str(), audit.tls_evidence.as_ref()),
            None => unseen(audit.tls_evidence.as_ref())?,
        },
        // Without an interpreter's loop there is none.
        Property::Dispatch => seen(audit.dispatch?.as_str(), audit.dispatch_evidence.as_ref()),
        Property::Compiler => {
            let compilers = compilers(audit);
            let evidence = audit.compilers.join("; ");
            if compilers.is_empty() {
                return unseen(Some(&evidence));
            }
            let names: Vec<String> = compilers.into_iter().collect();
            seen(&names.join(" and "), Some(&evidence))
        }
        Property::Flags => match &audit.flags {
            Some(told) if told.are_of_the_file() => seen(&flags::of_speed(&told.flags), Some(&told.source)),
            told => unseen(told.as_ref().map(|told| &told.source))?,
        },
        Property::Cet => hardening(|hardening| hardening.cet, ".note.gnu.property")?,
        Property::StackProtector => hardening(|hardening| hardening.stack_protector, "load a canary")?,
        Property::Python => match (&audit.python, python) {
            (Some(own), _) => seen(own, Some(&"its own Py_Version".to_owned())),
            (None, Some(told)) => seen(told, Some(&"what its interpreter said of itself".to_owned())),
            (None, None) => return None,
        },
        Property::Hacl => match audit.hacl_lacking()? {
            [] => seen("complete", Some(&"no undefined HACL functions".to_owned())),
            [first, ..] => seen(&format!("{} missing", audit.hacl_missing.len()), Some(&format!("the first is {first}"))),
        },
    })
}

/// `GCC 12`, `clang 16`: each with the first number of its version, each once.
pub(super) fn compilers(audit: &SubjectAudit) -> BTreeSet<String> {
    audit.compilers.iter().filter_map(|text| family(text)).collect()
}

/// Out of `GCC: (Debian 12.2.0-14) 12.2.0`, `GNU C17 12.2.0 -mtune=…`, `Debian clang version 16.0.6 (15~deb12u1)`.
fn family(text: &str) -> Option<String> {
    let name = match text {
        text if text.contains("clang") => "clang",
        text if text.contains("GCC") || text.contains("GNU C") => "GCC",
        _ => return None,
    };
    // What stands in brackets is the package's.
    let mut depth = 0_i32;
    let bare: String = text
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(');
            let outside = depth == 0;
            depth -= i32::from(*c == ')');
            outside
        })
        .collect();
    let version = bare.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.'))?;
    Some(format!("{name} {}", version.split('.').next()?))
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn a_compiler_is_told_by_its_name_and_its_major_version() {
        for (text, expected) in [
            ("GCC: (Debian 12.2.0-14+deb12u1) 12.2.0", Some("GCC 12")),
            ("GCC: (Debian 14.2.0-19) 14.2.0", Some("GCC 14")),
            ("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2", Some("GCC 12")),
            ("Debian clang version 16.0.6 (15~deb12u1)", Some("clang 16")),
            ("rustc version 1.95.0", None),
            ("GCC: (", None),
        ] {
            assert_eq!(family(text).as_deref(), expected, "{text}");
        }
    }
}
