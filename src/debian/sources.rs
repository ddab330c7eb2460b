//! The host's apt sources: one-line style and deb822 style, as sources.list(5) describes them.

use std::path::{Path, PathBuf};

use super::Host;
use super::deb822;

/// One suite at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) uri: String,
    pub(super) suite: String,
    pub(super) components: Vec<String>,
    pub(super) signed_by: SignedBy,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum SignedBy {
    /// Whatever the host trusts.
    #[default]
    Host,
    Files(Vec<PathBuf>),
    /// An armored key in the sources file itself.
    Inline(String),
}

/// Every enabled binary entry for this architecture, in apt's order. What cannot be read counts as absent, as for apt's own tools.
pub(super) fn read(host: &Host, architecture: &str) -> Vec<Entry> {
    let mut files = vec![host.apt.join("sources.list")];
    let folder = std::fs::read_dir(host.apt.join("sources.list.d"));
    let mut parts: Vec<_> = folder.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    parts.sort_unstable();
    files.append(&mut parts);
    let mut entries = Vec::new();
    for file in files {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => entries.extend(text.lines().filter_map(|line| one_line(line, architecture)).flatten()),
            Some("sources") => entries.extend(deb822_style(&text, architecture)),
            _ => {}
        }
    }
    entries.retain(|entry| !entry.suite.ends_with('/'));
    entries.into_iter().flat_map(expand_mirror_list).filter_map(readable).collect()
}

/// What no HTTP client and no folder can give, such as `cdrom:`, is passed over. apt also writes `file:/path`.
fn readable(entry: Entry) -> Option<Entry> {
    if let Some(path) = entry.uri.strip_prefix("file:").filter(|path| !path.starts_with("//")) {
        return Some(Entry { uri: format!("file://{path}"), ..entry });
    }
    ["http://", "https://", "file://"].iter().any(|scheme| entry.uri.starts_with(scheme)).then_some(entry)
}

/// `deb [arch=amd64 signed-by=/path] URI SUITE COMPONENT…`
fn one_line(line: &str, architecture: &str) -> Option<Vec<Entry>> {
    let line = line.split('#').next().unwrap_or_default().trim();
    let mut rest = line.strip_prefix("deb")?;
    if !rest.starts_with([' ', '\t', '[']) {
        return None;
    }
    rest = rest.trim_start();
    let mut signed_by = SignedBy::Host;
    if let Some((options, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        rest = after;
        for option in options.split_whitespace() {
            match option.split_once('=') {
                Some(("arch", list)) if !list.split(',').any(|one| one == architecture) => return None,
                Some(("arch-", list)) if list.split(',').any(|one| one == architecture) => return None,
                Some(("signed-by", list)) => signed_by = keys(list.split(',')),
                _ => {}
            }
        }
    }
    let mut words = rest.split_whitespace();
    let (uri, suite) = (words.next()?, words.next()?);
    let components = words.map(str::to_owned).collect();
    Some(vec![Entry { uri: uri.to_owned(), suite: with_architecture(suite, architecture), components, signed_by }])
}

fn deb822_style(text: &str, architecture: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for paragraph in deb822::paragraphs(text) {
        let words = |name| paragraph.words(name);
        let disabled = paragraph.get("Enabled").is_some_and(|value| ["no", "false", "0", "off"].contains(&value.to_lowercase().as_str()));
        let architectures = words("Architectures");
        let for_others = !architectures.is_empty() && !architectures.iter().any(|one| one == architecture);
        let excluded = words("Architectures-Remove").iter().any(|one| one == architecture);
        if disabled || for_others || excluded || !words("Types").iter().any(|kind| kind == "deb") {
            continue;
        }
        let signed_by = match paragraph.get("Signed-By") {
            None => SignedBy::Host,
            Some(value) if value.contains("-----BEGIN PGP") => SignedBy::Inline(inline_key(value)),
            Some(value) => keys(value.split_whitespace()),
        };
        for uri in words("URIs") {
            for suite in words("Suites") {
                let (suite, components) = (with_architecture(&suite, architecture), words("Components"));
                entries.push(Entry { uri: uri.clone(), suite, components, signed_by: signed_by.clone() });
            }
        }
    }
    entries
}

/// A line with a lone dot stands for an empty one, which would end the paragraph.
fn inline_key(value: &str) -> String {
    value.trim().lines().map(|line| if line == "." { "\n".to_owned() } else { format!("{line}\n") }).collect()
}

/// A word that is no path is a fingerprint: a choice among the keys that the host trusts anyway.
fn keys<'a>(words: impl Iterator<Item = &'a str>) -> SignedBy {
    let files: Vec<_> = words.filter(|word| word.starts_with('/')).map(PathBuf::from).collect();
    if files.is_empty() { SignedBy::Host } else { SignedBy::Files(files) }
}

fn with_architecture(suite: &str, architecture: &str) -> String {
    suite.replace("$(ARCH)", architecture)
}

/// `mirror+file:/path` names a file that lists mirrors, one a line (apt-transport-mirror(1)); cloud images come with it.
fn expand_mirror_list(entry: Entry) -> Vec<Entry> {
    let Some(list) = entry.uri.strip_prefix("mirror+file:") else { return vec![entry] };
    let path = Path::new("/").join(list.trim_start_matches('/'));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let uris = text.lines().filter_map(|line| line.split_whitespace().next()).filter(|uri| !uri.starts_with('#'));
    uris.map(|uri| Entry { uri: uri.to_owned(), ..entry.clone() }).collect()
}
