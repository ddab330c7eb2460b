//! Builds, and the variants that they make with a linkage.

use std::path::PathBuf;

use serde::Serialize;

use super::Home;
use crate::digest::Key;
use crate::variant::{CodeModel, Linkage, VariantName};

/// One libpython as compiled, as a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Build {
    pub library: Library,
    /// What the recipe or the file's name claims; the audit says what is true.
    pub claimed_code_model: CodeModel,
    /// Of a build from source. Packages and installed Pythons are covered by their home's key.
    pub compiled: Option<Compiled>,
}

impl Build {
    /// A build that surtax found and did not make.
    pub fn found(library: Library, claimed_code_model: CodeModel) -> Self {
        Self { library, claimed_code_model, compiled: None }
    }
}

/// What surtax knows of a libpython because it compiled it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Compiled {
    /// Of everything that the library was made from.
    pub key: Key,
    /// Whoever links an archive of intermediate code compiles it: by which compiler, with which options. `None`: the archive holds code.
    pub link_time: Option<LinkTime>,
}

/// How a program that takes in intermediate code is linked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkTime {
    /// The compiler that wrote the intermediate code, as the driver of the link.
    pub compiler: PathBuf,
    /// `-flto=auto -O3 …`, for the driver.
    pub arguments: Vec<String>,
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

/// A build with a linkage: what a runner is made against.
#[derive(Debug, Clone, Serialize)]
pub struct Variant {
    pub name: VariantName,
    pub build: Build,
    pub linkage: Linkage,
}

impl Variant {
    /// The variants that the home can offer, in the home's order.
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
