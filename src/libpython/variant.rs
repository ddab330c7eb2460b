//! Builds, and the variants that they make with a linkage.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Home;
use crate::digest::Key;
use crate::variant::{CodeModel, Flavour, Linkage, Lto, VariantName};

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

    /// Of a shared variant whose library was compiled here: the file that must be loaded, of several of its name.
    pub fn compiled_shared_object(&self) -> Option<&Path> {
        match (&self.build.library, &self.build.compiled) {
            (Library::SharedObject(object), Some(_)) => Some(object),
            _ => None,
        }
    }

    /// `libpython3.13-pic.a, static, PIE`; of what was compiled here `libpython3.13.a compiled non-PIC with PGO and LTO, static, no-PIE`.
    pub fn description(&self) -> String {
        let file = self.build.library.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
        let linkage = match self.linkage {
            Linkage::Static => "static, no-PIE",
            Linkage::StaticPie => "static, PIE",
            Linkage::Shared => "shared",
        };
        match self.name.flavour {
            Some(flavour) => format!("{file} {}, {linkage}", compiled(self.name.shape.code_model(), flavour)),
            None => format!("{file}, {linkage}"),
        }
    }
}

fn compiled(code_model: CodeModel, flavour: Flavour) -> String {
    let model = match code_model {
        CodeModel::NonPic => "non-PIC",
        CodeModel::Pie => "PIE",
        CodeModel::Pic => "PIC",
    };
    let optimised = match (flavour.pgo, flavour.lto) {
        (true, Lto::None) => "with PGO",
        (true, Lto::Thin) => "with PGO and thin LTO",
        (true, Lto::Full) => "with PGO and LTO",
        (false, Lto::None) => "without PGO",
        (false, Lto::Thin) => "with thin LTO and without PGO",
        (false, Lto::Full) => "with LTO and without PGO",
    };
    let interposable = if flavour.interposition { ", open to interposition" } else { "" };
    let again = if flavour.replicate > 1 { format!(", build {}", flavour.replicate) } else { String::new() };
    format!("compiled {model} {optimised}{interposable}{again}")
}
