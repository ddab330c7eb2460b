//! A `Packages` or `Sources` index, parsed as it is decompressed. Of some 50 MB of text only the fields that are asked for are kept.

use std::collections::HashMap;
use std::io::{self, Read};

use super::deb822::{Paragraph, paragraphs};
use super::dependency::{self, Relation};
use super::lock::{LockedFile, LockedPackage, LockedSource};
use super::plan::ARCHITECTURE;
use super::version::Version;
use crate::digest::Sha256;
use crate::interrupt;

/// What an index lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Packages,
    Sources,
}

impl Kind {
    /// Below the suite's folder.
    pub(super) fn folder(self, component: &str) -> String {
        match self {
            Self::Packages => format!("{component}/binary-{ARCHITECTURE}"),
            Self::Sources => format!("{component}/source"),
        }
    }

    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Packages => "Packages",
            Self::Sources => "Sources",
        }
    }

    fn kept(self) -> &'static [&'static str] {
        match self {
            Self::Packages => {
                &["Package", "Version", "Source", "Architecture", "Pre-Depends", "Depends", "Provides", "Filename", "Size", "SHA256"]
            }
            Self::Sources => &["Package", "Version", "Directory", "Checksums-Sha256"],
        }
    }
}

/// One suite's packages, of all its components.
#[derive(Debug)]
pub(super) struct Index {
    kind: Kind,
    text: String,
    /// Where in `text` the paragraphs of each name begin and end.
    by_name: HashMap<Box<str>, Vec<(u32, u32)>>,
    by_virtual_name: HashMap<Box<str>, Vec<(u32, u32)>>,
}

/// A candidate for the closure.
#[derive(Debug, Clone)]
pub(super) struct Package {
    pub(super) locked: LockedPackage,
    pub(super) depends: Vec<Vec<Relation>>,
    pub(super) provides: Vec<Relation>,
}

impl Index {
    pub(super) fn of(kind: Kind) -> Self {
        Self { kind, text: String::new(), by_name: HashMap::new(), by_virtual_name: HashMap::new() }
    }

    /// Adds the paragraphs of one component.
    pub(super) fn read(&mut self, mut from: impl Read) -> io::Result<()> {
        let mut buffer = vec![0; 1 << 18];
        let mut filled = 0;
        loop {
            if filled == buffer.len() {
                buffer.resize(buffer.len() * 2, 0);
            }
            if interrupt::requested() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let count = match from.read(&mut buffer[filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other?,
            };
            if count == 0 {
                self.add(&buffer[..filled])?;
                return Ok(());
            }
            filled += count;
            // A paragraph that is not whole yet waits for the next read.
            if let Some(end) = memchr::memmem::rfind(&buffer[..filled], b"\n\n") {
                self.add(&buffer[..end])?;
                buffer.copy_within(end + 2..filled, 0);
                filled -= end + 2;
            }
        }
    }

    fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        let text = str::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let kept = self.kind.kept();
        let (mut start, mut name, mut provides, mut keeping) = (self.text.len(), "", "", false);
        for line in text.split('\n').chain([""]) {
            match line.as_bytes().first() {
                None => {
                    self.note(start, name, provides);
                    (start, name, provides, keeping) = (self.text.len(), "", "", false);
                    continue;
                }
                Some(b' ' | b'\t') => {}
                Some(_) => keeping = line.split_once(':').is_some_and(|(field, _)| kept.contains(&field)),
            }
            if keeping {
                name = line.strip_prefix("Package: ").unwrap_or(name);
                provides = line.strip_prefix("Provides: ").unwrap_or(provides);
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
        Ok(())
    }

    fn note(&mut self, start: usize, name: &str, provides: &str) {
        if name.is_empty() {
            return;
        }
        let place = (start as u32, self.text.len() as u32);
        self.by_name.entry(name.trim().into()).or_default().push(place);
        for one in provides.split(',').filter(|one| !one.trim().is_empty()) {
            let one = one.trim();
            let end = one.find([' ', '(', ':']).unwrap_or(one.len());
            self.by_virtual_name.entry(one[..end].into()).or_default().push(place);
        }
    }

    pub(super) fn named(&self, name: &str, suite: &str, architecture: &str) -> Vec<Package> {
        self.packages(self.by_name.get(name), suite, architecture)
    }

    pub(super) fn providing(&self, name: &str, suite: &str, architecture: &str) -> Vec<Package> {
        self.packages(self.by_virtual_name.get(name), suite, architecture)
    }

    /// Every version of a source package.
    pub(super) fn sources(&self, name: &str) -> Vec<LockedSource> {
        self.texts(self.by_name.get(name)).filter_map(parse_source).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(AsRef::as_ref)
    }

    fn packages(&self, places: Option<&Vec<(u32, u32)>>, suite: &str, architecture: &str) -> Vec<Package> {
        self.texts(places).filter_map(|text| parse(text, suite, architecture)).collect()
    }

    fn texts(&self, places: Option<&Vec<(u32, u32)>>) -> impl Iterator<Item = &str> {
        places.cloned().into_iter().flatten().map(|(start, end)| &self.text[start as usize..end as usize])
    }
}

/// `None` where a needed field is missing or wrong: such a package cannot be fetched, whatever depends on it.
fn parse(text: &str, suite: &str, architecture: &str) -> Option<Package> {
    let paragraph: Paragraph<'_> = paragraphs(text).into_iter().next()?;
    let text = |field: &str| paragraph.get(field).map(str::to_owned);
    let (name, version, of) = (text("Package")?, text("Version")?, text("Architecture")?);
    if of != architecture && of != "all" {
        return None;
    }
    // `Source: python3-defaults (3.11.2-1)`; absent where it is the package's own name, its version where it is the package's own.
    let source = text("Source").unwrap_or_else(|| name.clone());
    let (source, source_version) = match source.split_once(" (") {
        Some((source, version)) => (source.to_owned(), version.trim_end_matches(')').to_owned()),
        None => (source, version.clone()),
    };
    let relations = |field: &str| dependency::parse(paragraph.get(field).unwrap_or_default(), architecture);
    let filename = text("Filename")?;
    let filename = filename.strip_prefix("./").unwrap_or(&filename).to_owned();
    Some(Package {
        depends: relations("Pre-Depends").into_iter().chain(relations("Depends")).collect(),
        provides: relations("Provides").into_iter().flatten().collect(),
        locked: LockedPackage {
            name,
            version: Version::new(version),
            source,
            source_version: Version::new(source_version),
            architecture: of,
            suite: suite.to_owned(),
            filename,
            size: paragraph.get("Size")?.parse().ok()?,
            sha256: paragraph.get("SHA256")?.parse().ok()?,
        },
    })
}

/// The same for a source package, whose files lie together in one folder.
fn parse_source(text: &str) -> Option<LockedSource> {
    let paragraph = paragraphs(text).into_iter().next()?;
    let folder = paragraph.get("Directory")?.trim_matches('/').trim_start_matches("./");
    let mut files = Vec::new();
    for line in paragraph.get("Checksums-Sha256")?.lines() {
        let mut words = line.split_whitespace();
        let (Some(hash), Some(size), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
        // A name with a folder in it could lead elsewhere; none has one (Policy 5.6.21).
        if name.contains('/') || name == ".." {
            return None;
        }
        let filename = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        files.push(LockedFile { filename, size: size.parse().ok()?, sha256: hash.parse::<Sha256>().ok()? });
    }
    Some(LockedSource { name: paragraph.get("Package")?.to_owned(), version: Version::new(paragraph.get("Version")?), files })
}
