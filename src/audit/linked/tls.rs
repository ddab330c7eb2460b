//! By which model a linked file reaches thread-local variables.

use object::elf;

use super::code::{Read, TlsSequences};
use super::image::Image;
use crate::run::{AccessCounts, TlsModel};

/// Of several models the dearest, with the counts of all.
pub(super) fn model(image: &Image<'_>, read: &[Read]) -> (TlsModel, String) {
    let mut tls = TlsSequences::default();
    let mut counts = AccessCounts::default();
    for read in read {
        tls.general += read.tls.general;
        tls.local += read.tls.local;
        tls.descriptors += read.tls.descriptors;
        tls.initial_exec += read.tls.initial_exec;
        counts += read.counts;
    }
    let model = match (tls, counts) {
        (TlsSequences { general: 1.., .. }, _) => TlsModel::GeneralDynamic,
        (TlsSequences { local: 1.., .. }, _) => TlsModel::LocalDynamic,
        (TlsSequences { descriptors: 1.., .. }, _) => TlsModel::Descriptors,
        (TlsSequences { initial_exec: 1.., .. }, _) => TlsModel::InitialExec,
        (_, AccessCounts { tls_calls: 1.., .. }) => TlsModel::GeneralDynamic,
        (_, AccessCounts { tls_direct: 1.., .. }) if image.is_executable() => TlsModel::LocalExec,
        // A library's own variables are never at a known distance; what else reads the thread pointer takes it for the thread's name
        // (`_Py_ThreadId`, 3.13 on).
        _ => TlsModel::None,
    };
    let own = if image.has_segment(elf::PT_TLS) { "thread-local variables of its own" } else { "no thread-local variables of its own" };
    let evidence = format!(
        "{own}; in code: {} general dynamic, {} local dynamic, {} by descriptor, {} initial exec, {} accesses relative to the thread pointer",
        tls.general, tls.local, tls.descriptors, tls.initial_exec, counts.tls_direct
    );
    (model, evidence)
}
