//! Where a place's links lead: what an import refuses of them, an export does not write.

use super::{BundleError, Entry, Manifest, Part};
use crate::fs::FsError;
use crate::store::{Place, Store};
use crate::unpack::{Refused, Tree};

/// By its text each of two links may stay inside, and the one through the other not: so the entry's are there, in `tree`, when they are asked.
pub(super) fn check(entry: &Entry, tree: &Tree) -> Result<(), BundleError> {
    for part in &entry.parts {
        if let Part::Link { path, target } = part {
            tree.check_target(path, target).and_then(|()| tree.check_link(path)).map_err(|error| refused(entry, path, tree, error))?;
        }
    }
    Ok(())
}

/// The same of a manifest's folders as they lie in the store.
pub(super) fn check_stored(manifest: &Manifest, store: &Store) -> Result<(), BundleError> {
    // A place that is itself a link leads elsewhere by design; the manifest's own check knows where it may.
    let with_links = |entry: &&Entry| entry.parts.iter().any(|part| matches!(part, Part::Link { path, .. } if !path.is_empty()));
    for entry in manifest.entries.iter().filter(with_links) {
        if let Some(place) = Place::parse(&entry.place) {
            check(entry, &Tree::open(&store.at(&place))?)?;
        }
    }
    Ok(())
}

/// What the tree would not have, as the bundle's error.
pub(super) fn refused(entry: &Entry, path: &str, tree: &Tree, refused: Refused) -> BundleError {
    match refused {
        Refused::Outside => BundleError::Refused { path: entry.shown(path), reason: "it leads outside".into() },
        Refused::Io(error) => FsError::at("write to", tree.path())(error).into(),
    }
}
