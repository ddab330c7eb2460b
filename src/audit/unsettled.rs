//! What an archive or an object does not tell, and what would.

use crate::run::{Answer, Dispatch, FileKind, LtoForm, SubjectAudit, Unsettled};

/// One line for each property that is unknown of `audit`, which is of an archive or an object.
pub(crate) fn unsettled(audit: &SubjectAudit) -> Vec<Unsettled> {
    let to_come = matches!(audit.lto_form, Some(LtoForm::Slim | LtoForm::Bitcode));
    let linked = "the executable or shared object that a link makes of it, before it is stripped";
    let whole = match audit.kind {
        Some(FileKind::Object) if !to_come => "the archive that it is a part of",
        _ => linked,
    };
    let unknown = |answer: Answer| answer == Answer::Unknown;
    let bitcode = audit.lto_form == Some(LtoForm::Bitcode);
    let rows = [
        ("pgo", unknown(audit.pgo), whole),
        ("lto", unknown(audit.lto), linked),
        (
            "lto_form",
            audit.lto_form == Some(LtoForm::Unknown),
            "an object of the same build that still has its .comment, such as CPython's python.o",
        ),
        ("code_model", audit.code_model == "unknown", whole),
        ("tls", audit.tls.is_none(), linked),
        (
            "interposition",
            audit.interposition.is_none_or(unknown),
            "a function that it exports and calls itself, or -fno-semantic-interposition among its flags",
        ),
        (
            "dispatch",
            audit.dispatch == Some(Dispatch::Unknown),
            if to_come { linked } else { "the local symbols of ceval.o, or the executable that it is linked into" },
        ),
        (
            "compilers",
            audit.compilers.is_empty(),
            if bitcode { "llvm-bcanalyzer, of an LLVM that is no older" } else { "objects with .comment or debug information" },
        ),
        // What GCC and LLVM keep for the link has its symbols in a table of its own, which is not read.
        ("hacl_missing", to_come && audit.hacl_missing.is_empty(), linked),
        ("flags", audit.flags.is_none(), "the package's debug information, or the CFLAGS of the sysconfig that it was installed with"),
    ];
    let nothing = audit.accesses.is_none() && audit.lto_form == Some(LtoForm::Unknown);
    // Nothing settles what an archive without objects is.
    let open = rows.into_iter().filter(|(_, open, _)| *open && !nothing);
    open.map(|(property, _, by)| Unsettled { property: property.into(), by: by.into() }).collect()
}
