//! Builds, linkages, and the variants that they make together.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Serialize;

use super::Home;
use crate::error::{Exit, Explain};

/// One libpython as compiled, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Build {
    pub library: Library,
    /// What the recipe or the file's name claims; the audit says what is true.
    pub claimed_code_model: CodeModel,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Library {
    Archive(PathBuf),
    SharedObject(PathBuf),
}

impl Library {
    pub fn path(&self) -> &PathBuf {
        match self {
            Self::Archive(path) | Self::SharedObject(path) => path,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeModel {
    /// Fixed addresses: may only go into an executable that is not position-independent.
    NonPic,
    /// Position-independent as an executable is (`-fPIE`): may go into any executable, but not into a shared object.
    Pie,
    /// Position-independent: may go anywhere.
    Pic,
}

impl CodeModel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonPic => "non-pic",
            Self::Pie => "pie",
            Self::Pic => "pic",
        }
    }
}

/// How a program takes a libpython in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// Into an executable of fixed address (no-PIE).
    Static,
    /// Into a position-independent executable, which keeps address space randomisation.
    StaticPie,
    /// As a shared object, found at run time.
    Shared,
}

/// The variants of an archive's build: a build with a linkage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VariantName {
    StaticNonpic,
    StaticPic,
    StaticPicPie,
    /// An archive of `-fPIE` code in a position-independent executable.
    StaticPie,
    Shared,
}

impl VariantName {
    pub const ALL: [Self; 5] = [Self::StaticNonpic, Self::StaticPic, Self::StaticPicPie, Self::StaticPie, Self::Shared];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::StaticNonpic => "static-nonpic",
            Self::StaticPic => "static-pic",
            Self::StaticPicPie => "static-pic-pie",
            Self::StaticPie => "static-pie",
            Self::Shared => "shared",
        }
    }

    pub fn linkage(self) -> Linkage {
        match self {
            Self::StaticNonpic | Self::StaticPic => Linkage::Static,
            Self::StaticPicPie | Self::StaticPie => Linkage::StaticPie,
            Self::Shared => Linkage::Shared,
        }
    }
}

impl fmt::Display for VariantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("there is no variant `{0}`")]
pub struct UnknownVariant(String);

impl Explain for UnknownVariant {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(format!("the variants are {}", VariantName::ALL.map(VariantName::as_str).join(", ")))
    }
}

impl FromStr for VariantName {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, UnknownVariant> {
        Self::ALL.into_iter().find(|variant| variant.as_str() == text).ok_or_else(|| UnknownVariant(text.to_owned()))
    }
}

/// A build with a linkage: what a runner is made against.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    pub name: VariantName,
    pub build: Build,
    pub linkage: Linkage,
}

impl Variant {
    /// The variants that the home can offer, in the order of [`VariantName::ALL`].
    pub fn all_of(home: &Home) -> Vec<Self> {
        home.offers.iter().filter_map(|offer| Some(Self::new(offer.name, offer.build.clone().ok()?))).collect()
    }

    pub fn new(name: VariantName, build: Build) -> Self {
        Self { name, build, linkage: name.linkage() }
    }

    /// `libpython3.13-pic.a, static, PIE`.
    pub fn description(&self) -> String {
        let file = self.build.library.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let linkage = match self.linkage {
            Linkage::Static => "static, no-PIE",
            Linkage::StaticPie => "static, PIE",
            Linkage::Shared => "shared",
        };
        format!("{file}, {linkage}")
    }
}
