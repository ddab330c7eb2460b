//! From a scratch folder to the store: each place by one rename, in the manifest's order.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::PathBuf;

use super::manifest::Manifest;
use super::{BundleError, Entry, Part, collect, links};
use crate::fs::{self, Scratch};
use crate::interrupt;
use crate::store::{Lock, Place, PlaceKind, Store};
use crate::ui::Reporter;
use crate::unpack::{Refused, Tree};

/// The places that the store lacks, as far as they have come.
pub(super) struct Unpacking<'a> {
    scratch: Scratch,
    /// By the entry's number in the manifest; none for what is not to be unpacked.
    trees: Vec<Option<Missing<'a>>>,
}

struct Missing<'a> {
    entry: &'a Entry,
    place: Place,
    /// The folder that is to be the place, or that holds the file or link that is.
    tree: Tree,
}

/// The name of what is no folder, in the folder that it waits in.
const ALONE: &str = "content";

impl<'a> Unpacking<'a> {
    /// Folders and links of the entries that are not `there`.
    pub(super) fn begin(store: &Store, manifest: &'a Manifest, there: &[bool]) -> Result<Self, BundleError> {
        let scratch = store.scratch()?;
        let mut trees = Vec::new();
        for (number, (entry, there)) in manifest.entries.iter().zip(there).enumerate() {
            let place = Place::parse(&entry.place).filter(|_| !there);
            let begin = |place| -> Result<Missing<'a>, BundleError> {
                let folder = scratch.path().join(number.to_string());
                fs::create_dir_all(&folder)?;
                let missing = Missing { entry, place, tree: Tree::open(&folder)? };
                missing.folders_and_links()?;
                Ok(missing)
            };
            trees.push(place.map(begin).transpose()?);
        }
        Ok(Self { scratch, trees })
    }

    /// Reads `content` to its end, whether it is needed or not.
    pub(super) fn file(&self, entry: usize, path: &str, mut content: impl Read) -> Result<(), Failed> {
        let Some(missing) = &self.trees[entry] else {
            return std::io::copy(&mut content, &mut std::io::sink()).map(drop).map_err(Failed::Reading);
        };
        let mode = missing.entry.parts.iter().find_map(|part| match part {
            Part::File { path: of, mode, .. } if of == path => Some(*mode),
            _ => None,
        });
        let name = if path.is_empty() { ALONE } else { path };
        missing.tree.file(name, mode.unwrap_or(0o644), content).map_err(|refused| match refused {
            // A decoder's errors carry no number of the system; the disk's do.
            Refused::Io(error) if error.raw_os_error().is_none() => Failed::Reading(error),
            refused => Failed::Bundle(links::refused(missing.entry, path, &missing.tree, refused)),
        })
    }

    /// By its text each of two links may stay inside, and the one through the other not.
    pub(super) fn check_links(&self) -> Result<(), BundleError> {
        let mut inner = self.trees.iter().flatten().filter(|missing| missing.place.kind() != PlaceKind::Link);
        inner.try_for_each(|missing| links::check(missing.entry, &missing.tree))
    }
}

/// Why a file was not unpacked: the bundle cannot be read, or the rest.
pub(super) enum Failed {
    Reading(std::io::Error),
    Bundle(BundleError),
}

impl Failed {
    pub(super) fn or_of_reading(self, file: &std::path::Path) -> BundleError {
        match self {
            Self::Reading(error) => BundleError::of_reading(file, error),
            Self::Bundle(error) => error,
        }
    }
}

impl Missing<'_> {
    fn folders_and_links(&self) -> Result<(), BundleError> {
        if self.place.kind() == PlaceKind::Link {
            return Ok(());
        }
        let refused = |path| move |error| links::refused(self.entry, path, &self.tree, error);
        for part in &self.entry.parts {
            match part {
                Part::Folder { path } if !path.is_empty() => self.tree.folder(path).map_err(refused(path))?,
                Part::Link { path, target } => self.tree.symlink(path, target).map_err(refused(path))?,
                _ => {}
            }
        }
        Ok(())
    }

    /// The one step in which it becomes visible.
    fn put(&self, store: &Store) -> Result<(), BundleError> {
        let place = store.at(&self.place);
        match (self.place.kind(), self.entry.parts.as_slice()) {
            (PlaceKind::Link, [Part::Link { target, .. }]) => {
                fs::create_dir_all(place.parent().unwrap_or(store.root()))?;
                fs::symlink(&PathBuf::from(target), &place)?;
            }
            (PlaceKind::File, _) => fs::rename(&self.tree.path().join(ALONE), &place)?,
            _ => {
                // First the stamp that lies elsewhere: it would speak for what is not there.
                if let Some(stamp) = self.place.stamp() {
                    fs::remove(&store.at(&stamp))?;
                }
                // What has no stamp, or another content: a folder does not give way to a rename.
                fs::remove(&place)?;
                fs::rename(self.tree.path(), &place)?;
            }
        }
        Ok(())
    }
}

/// Puts every place into the store; returns how many were there with another content. A kill leaves whole places, and none of the rest.
pub(super) fn put(store: &Store, unpacking: Unpacking<'_>, reporter: &dyn Reporter) -> Result<usize, BundleError> {
    let missing: Vec<&Missing<'_>> = unpacking.trees.iter().flatten().collect();
    let _locks = lock(store, &missing, reporter)?;
    let mut replaced = 0;
    for missing in missing {
        interrupt::check()?;
        // Another surtax may have made it meanwhile.
        if collect::is_there(store, missing.entry) {
            continue;
        }
        replaced += usize::from(std::fs::symlink_metadata(store.at(&missing.place)).is_ok());
        missing.put(store)?;
    }
    drop(unpacking.scratch);
    Ok(replaced)
}

/// Whoever makes such things holds one of these, and one alone.
fn lock(store: &Store, missing: &[&Missing<'_>], reporter: &dyn Reporter) -> Result<Vec<Lock>, BundleError> {
    let mut names = ["provision", "hacl", "runners", Store::PACKS_LOCK].map(str::to_owned).to_vec();
    let trees = missing.iter().filter_map(|missing| missing.place.as_str().strip_prefix("cpython/trees/")?.split('/').next());
    // Each once: a second lock of the same name would wait for the first. Libraries of several trees come in no order of trees.
    names.extend(trees.map(Store::tree_lock).collect::<BTreeSet<String>>());
    let there = |missing: &&&Missing<'_>| std::fs::symlink_metadata(store.at(&missing.place)).is_ok();
    if missing.iter().any(|missing| there(&missing)) {
        // What is measured must not change under it.
        names.push("measuring".into());
    }
    Ok(names.iter().map(|name| store.lock(name, reporter)).collect::<Result<_, _>>()?)
}
