//! All that is read out of relocatable objects, those of an archive or one alone, before anything is concluded from it.

use std::path::Path;

use super::AuditError;
use super::archive::Counts;
use super::dispatch::Interpreter;
use super::hacl::Functions;
use super::members::{Content, map_objects};
use super::origin::Origin;
use super::relocations::Reached;

#[derive(Default)]
pub(crate) struct Objects {
    pub(crate) counts: Counts,
    pub(crate) hacl: Functions,
    pub(crate) reached: Reached,
    pub(crate) origin: Origin,
    /// Of the object that defines the interpreter's loop.
    pub(crate) interpreter: Option<Interpreter>,
    /// Members that are neither ELF nor LLVM's bitcode.
    pub(crate) others: u64,
}

impl Objects {
    pub(crate) fn of_archive(archive: &Path, bytes: &[u8]) -> Result<Self, AuditError> {
        let mut objects = Self::default();
        for content in map_objects(archive, bytes, Self::of)? {
            match content {
                Content::Object(object) => objects.merge(object),
                Content::Bitcode => objects.counts.intermediate.add_bitcode(1),
                Content::Other => objects.others += 1,
            }
        }
        Ok(objects)
    }

    pub(crate) fn of_bitcode() -> Self {
        let mut objects = Self::default();
        objects.counts.intermediate.add_bitcode(1);
        objects
    }

    pub(crate) fn of(object: &object::File<'_>) -> Self {
        let mut hacl = Functions::default();
        hacl.add(object);
        let mut objects = Self { counts: Counts::of(object), hacl, origin: Origin::of(object), ..Self::default() };
        // Another machine's relocations have other numbers.
        if objects.counts.foreign_machine.is_none() {
            objects.reached = Reached::by(object);
            objects.interpreter = Interpreter::of(object);
        }
        objects
    }

    fn merge(&mut self, other: Self) {
        self.counts.merge(other.counts);
        self.hacl.merge(other.hacl);
        self.reached.merge(other.reached);
        self.origin.merge(other.origin);
        self.interpreter = self.interpreter.take().or(other.interpreter);
    }
}
