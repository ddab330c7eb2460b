//! What of the store a selection stands on: the places that a bundle carries.

use std::path::PathBuf;

use super::{Built, Group};
use crate::bundle::BundleError;
use crate::cpython;
use crate::debian::{LockedSource, SurtaxLock};
use crate::digest::Checksum;
use crate::libpython::Hacl;
use crate::store::{Place, Store};

impl Built {
    /// Each once, nothing before what it stands on.
    ///
    /// # Errors
    /// For an installed CPython, which is no part of the store.
    pub(in crate::cmd) fn places(&self) -> Result<Vec<Place>, BundleError> {
        let mut places = Vec::new();
        for group in &self.groups {
            for path in group.paths(&self.store)? {
                let place = self.store.place(&path).ok_or(BundleError::Unfit { path, what: "is no part of the store" })?;
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        Ok(places)
    }

    /// For people: `debian-13: python3, static-nonpic, shared`.
    pub(in crate::cmd) fn contents(&self) -> Vec<String> {
        let of = |group: &Group| {
            let variants = group.built.iter().map(|built| built.variant.name.to_string());
            let names: Vec<String> = std::iter::once(super::BASELINE.to_owned()).chain(variants).collect();
            format!("{}: {}", group.prepared.name, names.join(", "))
        };
        self.groups.iter().map(of).collect()
    }
}

impl Group {
    fn paths(&self, store: &Store) -> Result<Vec<PathBuf>, BundleError> {
        let home = &self.prepared.home;
        let mut paths = match (&home.sysroot, &self.prepared.cpython) {
            (Some(sysroot), _) => vec![sysroot.clone()],
            (None, Some(_)) => cpython::parts(home),
            (None, None) => return Err(BundleError::Installed { source_name: self.prepared.name.clone() }),
        };
        let folder_of = |path: &PathBuf| path.parent().map(PathBuf::from);
        let archives = self.built.iter().filter_map(|built| match &built.hacl {
            Hacl::Real(archive) => folder_of(archive),
            Hacl::Complete | Hacl::Stubs(_) => None,
        });
        paths.extend(archives);
        let links = ["lib", "lib64", "include", "share"].map(|name| home.prefix.join(name));
        paths.extend(links.into_iter().filter(|link| link.is_symlink()));
        paths.extend(folder_of(&home.stock));
        paths.extend(home.linker.clone());
        paths.extend(self.built.iter().filter_map(|built| folder_of(&built.runner.executable)));
        paths.extend(self.answers(store));
        Ok(paths)
    }

    /// What spares `--offline` a question: source tarballs, and the answers that lead to them and to the sysroot.
    fn answers(&self, store: &Store) -> Vec<PathBuf> {
        let lock = self.lock_text().and_then(|text| SurtaxLock::parse("surtax.lock".as_ref(), text).ok());
        let blobs = |sources: &[LockedSource]| -> Vec<Checksum> {
            sources.iter().flat_map(|source| &source.files).map(|file| file.checksum).collect()
        };
        let mut checksums = lock.as_ref().map_or_else(Vec::new, |lock| blobs(&lock.sources));
        checksums.extend(self.prepared.cpython.as_ref().and_then(|plan| plan.source_sha256).map(Checksum::from));
        let there: Vec<(String, PathBuf)> = checksums
            .iter()
            .map(|checksum| (checksum.to_string(), store.blob(checksum)))
            .filter(|(_, blob)| store.place(blob).is_some() && blob.is_file())
            .collect();
        let leads_here = |path: &PathBuf| {
            let Ok(text) = std::fs::read_to_string(path) else { return false };
            match (&lock, SurtaxLock::parse(path, &text)) {
                (Some(lock), Ok(answer)) => answer.key() == lock.key(),
                (None, Err(_)) => there.iter().any(|(digits, _)| text.contains(digits.as_str())),
                _ => false,
            }
        };
        let answers: Vec<PathBuf> = store.answers().into_iter().filter(leads_here).collect();
        there.into_iter().map(|(_, blob)| blob).chain(answers).collect()
    }
}
