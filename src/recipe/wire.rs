//! The YAML of a recipe, strict: an unknown field or a wrong value is an error that names file, line and column.

use std::path::Path;

use serde::Deserialize;

use super::{Archive, NamedRelease, PythonVersion, RecipeError, Release, Source};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    kind: Kind,
    /// Only `host`; a named release has the fields below instead.
    release: Option<HostRelease>,
    origin: Option<Word>,
    codename: Option<Word>,
    suites: Option<Vec<Word>>,
    components: Option<Vec<Word>>,
    keyrings: Option<Vec<Word>>,
    #[serde(default)]
    python: Python,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Archive,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum HostRelease {
    Host,
}

#[derive(Deserialize, Default)]
#[serde(try_from = "String")]
struct Python(Option<PythonVersion>);

impl TryFrom<String> for Python {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "default" => Ok(Self(None)),
            text => text.parse().map(|version| Self(Some(version))).map_err(|error| format!("{error}, nor `default`")),
        }
    }
}

/// Part of a path below a mirror or of a file name: letters, digits, `.`, `_`, `+`, `-`, and `/` between them.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Word(String);

impl TryFrom<String> for Word {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let plain = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte))
        };
        match text.split('/').all(plain) {
            true => Ok(Self(text)),
            false => Err(format!("`{text}` is not a plain name")),
        }
    }
}

pub(super) fn parse(path: &Path, text: &str) -> Result<Source, RecipeError> {
    let malformed = |line, column, reason| RecipeError::Malformed { path: path.to_owned(), line, column, reason };
    let wire: Wire = serde_saphyr::from_str(text).map_err(|error| {
        let (line, column) = error.location().map_or((1, 1), |place| (place.line(), place.column()));
        malformed(line, column, reason(error.without_snippet()))
    })?;
    let Wire { kind: Kind::Archive, release, origin, codename, suites, components, keyrings, python } = wire;
    // The parser knows places only of what is there: what is missing, or too much, is the first line's fault.
    let release = match (release, origin, codename, suites, components, keyrings) {
        (Some(HostRelease::Host), None, None, None, None, None) => Release::Host,
        (Some(HostRelease::Host), ..) => {
            return Err(malformed(1, 1, "`release: host` leaves no room for origin, codename, suites, components or keyrings".into()));
        }
        (None, Some(origin), codename, Some(suites), Some(components), Some(keyrings)) => {
            let words = |list: Vec<Word>| list.into_iter().map(|word| word.0).collect::<Vec<_>>();
            let (suites, components, keyrings) = (words(suites), words(components), words(keyrings));
            if let Some((name, _)) = [("suites", &suites), ("components", &components)].iter().find(|(_, list)| list.is_empty()) {
                return Err(malformed(1, 1, format!("`{name}` is empty")));
            }
            Release::Named(NamedRelease { origin: origin.0, codename: codename.map(|word| word.0), suites, components, keyrings })
        }
        _ => {
            let needed = "an archive needs `release: host`, or all of origin, suites, components and keyrings";
            return Err(malformed(1, 1, needed.into()));
        }
    };
    Ok(Source::Archive(Archive { release, python: python.0 }))
}

/// The message without the place, which the error says already.
fn reason(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    first.split_once(" at line ").map_or(first, |(reason, _)| reason).trim_end_matches(':').to_owned()
}
