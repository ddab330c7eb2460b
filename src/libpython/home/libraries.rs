//! The libpythons of a distribution's packages: where they are, and which variants each allows.

use std::path::{Path, PathBuf};

use super::Offer;
use crate::libpython::variant::{Build, Library};
use crate::recipe::PythonVersion;
use crate::variant::{CodeModel, Shape};

/// Found by what they are called everywhere, in the places where distributions put them.
pub(super) struct Libraries {
    archive: Option<PathBuf>,
    pic_archive: Option<PathBuf>,
    shared_object: Option<PathBuf>,
}

impl Libraries {
    pub(super) fn find(sysroot: &Path, python: PythonVersion, multiarch: &str) -> Self {
        let folders = [
            sysroot.join(format!("usr/lib/python{python}/config-{python}-{multiarch}")),
            sysroot.join("usr/lib").join(multiarch),
            sysroot.join("usr/lib"),
        ];
        let first = |name: String| folders.iter().map(|folder| folder.join(&name)).find(|path| path.is_file());
        Self {
            archive: first(format!("libpython{python}.a")),
            pic_archive: first(format!("libpython{python}-pic.a")),
            // The name that the loader will ask for, not the development link.
            shared_object: first(format!("libpython{python}.so.1.0")),
        }
    }

    /// What each of a distribution's three libraries allows; their names say how they are compiled, the audit what is true.
    pub(super) fn offers(&self, python: PythonVersion) -> Vec<Offer> {
        let offer = |shape: Shape| {
            let (path, library, code_model, file) = match shape {
                Shape::StaticNonpic => {
                    (&self.archive, Library::Archive as fn(PathBuf) -> Library, CodeModel::NonPic, format!("libpython{python}.a"))
                }
                Shape::StaticPic | Shape::StaticPicPie => {
                    (&self.pic_archive, Library::Archive as fn(PathBuf) -> Library, CodeModel::Pic, format!("libpython{python}-pic.a"))
                }
                Shape::StaticPie => {
                    return Offer {
                        name: shape.into(),
                        build: Err("a distribution compiles no archive as position-independent executable code".into()),
                    };
                }
                Shape::Shared => (
                    &self.shared_object,
                    Library::SharedObject as fn(PathBuf) -> Library,
                    CodeModel::Pic,
                    format!("libpython{python}.so.1.0"),
                ),
            };
            let build = path.clone().map(|path| Build::found(library(path), code_model));
            Offer { name: shape.into(), build: build.ok_or_else(|| format!("its packages hold no {file}")) }
        };
        Shape::ALL.map(offer).to_vec()
    }
}
