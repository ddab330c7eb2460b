//! Which CPython source completes the archives that leave HACL functions undefined: the person's, the release's own, or none.

use anyhow::Result;

use super::Prepared;
use crate::audit::missing_symbols;
use crate::cli::VariantArgs;
use crate::cmd::CommandError;
use crate::debian::{ProvisionError, source_package};
use crate::libpython::{HaclError, HaclMode, HaclSource, Library, Variant};
use crate::store::Store;
use crate::ui::Reporter;

/// `None` where nothing is missing, or where stand-ins take its place. A source package joins the lock.
pub(super) fn source(
    store: &Store,
    prepared: &mut Prepared,
    selection: &VariantArgs,
    variants: &[Variant],
    reporter: &dyn Reporter,
) -> Result<Option<HaclSource>> {
    if selection.hacl == Some(HaclMode::Stubs) || !is_needed(variants)? {
        return Ok(None);
    }
    if let Some(path) = &selection.hacl_source {
        let source = HaclSource::open(store, path)?;
        source.warn_of_another_release(&prepared.home, reporter);
        return Ok(Some(source));
    }
    let reason = match &mut prepared.packages {
        None => "an installed CPython comes without its source".to_owned(),
        Some(packages) => match source_package(store, &packages.request, &packages.provisioned, reporter) {
            Ok(package) => {
                packages.provisioned.lock_text = package.lock_text;
                // Where it is of an older release, the search has said so.
                return Ok(Some(HaclSource::open(store, &package.tarball)?));
            }
            // What is signed wrongly or tampered with is no missing source.
            Err(error @ (ProvisionError::NoSource { .. } | ProvisionError::NothingOffline | ProvisionError::NoMirror { .. })) => {
                error.to_string()
            }
            Err(error) => return Err(error.into()),
        },
    };
    let version = prepared.home.sysconfig.version.clone();
    let error = CommandError::NoHaclSource { version, reason };
    if selection.hacl == Some(HaclMode::Real) {
        return Err(error.into());
    }
    reporter.warn(&format!("{error}; stand-ins take its place, which end a program that calls one"));
    Ok(None)
}

fn is_needed(variants: &[Variant]) -> Result<bool, HaclError> {
    for variant in variants {
        if let Library::Archive(archive) = &variant.build.library
            && !missing_symbols(archive)?.is_empty()
        {
            return Ok(true);
        }
    }
    Ok(false)
}
