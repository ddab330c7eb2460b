//! The YAML of a recipe, strict: an unknown field or a wrong value is an error that names file, line and column.

mod archive;
mod arguments;
mod axes;
mod cpython;
mod one_or_many;
mod patches;

use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_saphyr::Location;

use super::{Archive, RecipeError, Source};

/// Decides which fields there are; the rest is read by those who know them.
#[derive(Deserialize)]
struct Head {
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Archive,
    Cpython,
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Source, RecipeError> {
    let document = Document { path, text };
    Ok(match document.read::<Head>()?.kind {
        Kind::Archive => Source::Archive(archive::parse(&document)?),
        Kind::Cpython => Source::Cpython(Box::new(cpython::parse(&document)?)),
    })
}

/// For a recipe that names another one, which must not name a third.
pub(super) fn parse_archive(path: &Path, text: &str) -> Result<Archive, RecipeError> {
    let document = Document { path, text };
    match document.read::<Head>()?.kind {
        Kind::Archive => archive::parse(&document),
        Kind::Cpython => Err(RecipeError::NotAnArchive { name: super::stem(path) }),
    }
}

struct Document<'a> {
    path: &'a Path,
    text: &'a str,
}

impl Document<'_> {
    fn read<T: DeserializeOwned>(&self) -> Result<T, RecipeError> {
        serde_saphyr::from_str(self.text).map_err(|error| {
            let reason = reason(error.without_snippet());
            match error.location() {
                Some(place) => self.malformed(place, reason),
                None => self.incomplete(reason),
            }
        })
    }

    fn malformed(&self, place: Location, reason: String) -> RecipeError {
        RecipeError::Malformed { path: self.path.to_owned(), line: place.line().max(1), column: place.column().max(1), reason }
    }

    /// The parser knows places only of what is there: what is missing is the first line's fault.
    fn incomplete(&self, reason: String) -> RecipeError {
        RecipeError::Malformed { path: self.path.to_owned(), line: 1, column: 1, reason }
    }

    /// For `map_err`: what is wrong with a value that is there.
    fn at(&self, place: Location) -> impl Fn(String) -> RecipeError {
        move |reason| self.malformed(place, reason)
    }

    /// What relative paths in the recipe are relative to.
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// The message without the place, which the error says already.
fn reason(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let reason = first.split_once(" at line ").map_or(first, |(reason, _)| reason).trim_end_matches(':');
    // The parser's words for its own events.
    reason.replace("expected sequence start", "expected a list").replace("expected mapping start", "expected fields")
}
