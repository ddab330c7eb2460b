//! `python.o`, which every installation of CPython has beside its static libpython. No distribution strips it, so that it still says what the archive's
//! own objects have lost: compiler, flags, and intermediate code.

use std::path::Path;

use object::Object as _;

use super::objects::Objects;
use crate::fs;
use crate::run::Flags;
use crate::variant::CodeModel;

const NAME: &str = "python.o";

pub(crate) struct Sibling {
    objects: Objects,
    /// Whether its code model is the archive's. Debian's `-pic.a` comes from another tree than its `python.o`, of the same package and compiler.
    alike: bool,
}

impl Sibling {
    /// Of a libpython alone: what else lies in that folder may come from anywhere.
    pub(crate) fn of(archive: &Path, model: Option<CodeModel>) -> Option<Self> {
        let name = archive.file_name()?.to_str()?;
        if !name.starts_with("libpython") {
            return None;
        }
        let bytes = fs::read(&archive.parent()?.join(NAME)).ok()?;
        let object = object::File::parse(&*bytes).ok().filter(|object| object.kind() == object::ObjectKind::Relocatable)?;
        let objects = Objects::of(&object);
        let alike = model.is_some() && Self::code_model(&objects) == model;
        Some(Self { objects, alike })
    }

    /// By its options, which it has with intermediate code alone, or its flags; it is too small to show it by its code.
    fn code_model(objects: &Objects) -> Option<CodeModel> {
        if objects.counts.intermediate.objects > 0 {
            return objects.counts.intermediate.code_model().0;
        }
        objects.origin.code_model().or_else(|| objects.counts.code_model().0)
    }

    pub(crate) fn has_intermediate_code(&self) -> bool {
        self.objects.counts.intermediate.objects > 0
    }

    pub(crate) fn compilers(&self) -> Vec<String> {
        self.objects.origin.compilers()
    }

    /// Those of an object that was compiled otherwise are not the archive's.
    pub(crate) fn flags(&self) -> Option<Flags> {
        let Flags { flags, source } = self.objects.origin.flags().filter(|_| self.alike)?;
        Some(Flags { flags, source: format!("{source} of {}", self.whose()) })
    }

    pub(crate) fn whose(&self) -> String {
        let but = if self.alike { "" } else { ", though of another code model" };
        format!("{NAME} beside it, of the same build or package{but}")
    }
}
