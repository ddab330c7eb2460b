//! `kind: archive`: a release, by its own name or as the host's.

use serde::Deserialize;

use super::{Document, Kind};
use crate::recipe::{Archive, NamedRelease, PythonVersion, RecipeError, Release};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "kind")]
    _kind: Kind,
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

pub(super) fn parse(document: &Document<'_>) -> Result<Archive, RecipeError> {
    let Wire { _kind, release, origin, codename, suites, components, keyrings, python } = document.read()?;
    let incomplete = |reason: String| Err(document.incomplete(reason));
    let release = match (release, origin, codename, suites, components, keyrings) {
        (Some(HostRelease::Host), None, None, None, None, None) => Release::Host,
        (Some(HostRelease::Host), ..) => {
            return incomplete("`release: host` leaves no room for origin, codename, suites, components or keyrings".into());
        }
        (None, Some(origin), codename, Some(suites), Some(components), Some(keyrings)) => {
            let words = |list: Vec<Word>| list.into_iter().map(|word| word.0).collect::<Vec<_>>();
            let (suites, components, keyrings) = (words(suites), words(components), words(keyrings));
            if let Some((name, _)) = [("suites", &suites), ("components", &components)].iter().find(|(_, list)| list.is_empty()) {
                return incomplete(format!("`{name}` is empty"));
            }
            Release::Named(NamedRelease { origin: origin.0, codename: codename.map(|word| word.0), suites, components, keyrings })
        }
        _ => return incomplete("an archive needs `release: host`, or all of origin, suites, components and keyrings".into()),
    };
    Ok(Archive { release, python: python.0 })
}
