//! What tells variants of one libpython apart: code model, linkage, and what a build from source was asked for. Names and axes only.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Linkage {
    /// Into an executable of fixed address (no-PIE).
    Static,
    /// Into a position-independent executable, which keeps address space randomisation.
    StaticPie,
    /// As a shared object, found at run time.
    Shared,
}

impl Linkage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::StaticPie => "static-pie",
            Self::Shared => "shared",
        }
    }
}

/// A code model with a linkage, as far as the two go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    StaticNonpic,
    StaticPic,
    StaticPicPie,
    /// An archive of `-fPIE` code in a position-independent executable.
    StaticPie,
    Shared,
}

impl Shape {
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

    pub fn code_model(self) -> CodeModel {
        match self {
            Self::StaticNonpic => CodeModel::NonPic,
            Self::StaticPie => CodeModel::Pie,
            Self::StaticPic | Self::StaticPicPie | Self::Shared => CodeModel::Pic,
        }
    }
}

/// Optimisation across objects at the link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lto {
    None,
    /// By summaries, object for object: clang alone.
    Thin,
    Full,
}

impl Lto {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Thin => "thin",
            Self::Full => "full",
        }
    }
}

/// What a build from source was asked for beside its code model. Whether it is so, its object files say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flavour {
    /// Compiled with a profile.
    pub pgo: bool,
    pub lto: Lto,
    /// Semantic interposition (`-fsemantic-interposition`): another library may replace each exported function, so that calls to one's own
    /// go by the PLT. Of PIC alone.
    pub interposition: bool,
    /// The how-many-th independent build of the same, from 1.
    pub replicate: u32,
}

impl Flavour {
    /// Without any of it, built once.
    pub const PLAIN: Self = Self { pgo: false, lto: Lto::None, interposition: false, replicate: 1 };
}

/// A variant of a libpython. Those of packages and installed Pythons have a shape alone: nobody asked for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariantName {
    pub shape: Shape,
    pub flavour: Option<Flavour>,
}

impl VariantName {
    /// Those without flavour.
    pub const PLAIN: [Self; 5] = {
        let mut all = [Self::plain(Shape::StaticNonpic); 5];
        let mut at = 0;
        while at < 5 {
            all[at] = Self::plain(Shape::ALL[at]);
            at += 1;
        }
        all
    };

    pub const fn plain(shape: Shape) -> Self {
        Self { shape, flavour: None }
    }

    pub fn linkage(self) -> Linkage {
        self.shape.linkage()
    }

    /// Whether a name that the person gave means this variant: one without flavour means all of its shape, one with it every replicate.
    pub fn is_meant_by(self, asked: Self) -> bool {
        self.shape == asked.shape
            && match (asked.flavour, self.flavour) {
                (None, _) => true,
                (Some(asked), Some(own)) if asked.replicate == 1 => asked == Flavour { replicate: 1, ..own },
                (asked, own) => asked == own,
            }
    }
}

impl From<Shape> for VariantName {
    fn from(shape: Shape) -> Self {
        Self::plain(shape)
    }
}

/// `static-nonpic`; from source `static-nonpic-pgo-lto`, `shared-nopgo-interposable-r2`.
impl fmt::Display for VariantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(flavour) = self.flavour else { return f.pad(self.shape.as_str()) };
        let mut text = self.shape.as_str().to_owned();
        text += if flavour.pgo { "-pgo" } else { "-nopgo" };
        text += match flavour.lto {
            Lto::None => "",
            Lto::Thin => "-thinlto",
            Lto::Full => "-lto",
        };
        if flavour.interposition {
            text += "-interposable";
        }
        if flavour.replicate > 1 {
            text += &format!("-r{}", flavour.replicate);
        }
        f.pad(&text)
    }
}

impl Serialize for VariantName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "a variant is {}; one that is built from source goes on with -pgo or -nopgo, then may have -lto or -thinlto, and -interposable",
    Shape::ALL.map(Shape::as_str).join(", ")
)]
pub struct UnknownVariant;

impl FromStr for VariantName {
    type Err = UnknownVariant;

    fn from_str(text: &str) -> Result<Self, UnknownVariant> {
        parse(text).filter(|name| name.to_string() == text).ok_or(UnknownVariant)
    }
}

/// May read more than there is; what is read has to be written the same way again.
fn parse(text: &str) -> Option<VariantName> {
    let Some((at, pgo)) = [("-pgo", true), ("-nopgo", false)].iter().find_map(|(word, pgo)| Some((text.find(word)?, *pgo))) else {
        return shape(text).map(VariantName::plain);
    };
    let mut flavour = Flavour { pgo, ..Flavour::PLAIN };
    for word in text[at + 1..].split('-').skip(1) {
        match word {
            "lto" => flavour.lto = Lto::Full,
            "thinlto" => flavour.lto = Lto::Thin,
            "interposable" => flavour.interposition = true,
            word => flavour.replicate = word.strip_prefix('r')?.parse().ok()?,
        }
    }
    Some(VariantName { shape: shape(&text[..at])?, flavour: Some(flavour) })
}

fn shape(text: &str) -> Option<Shape> {
    Shape::ALL.into_iter().find(|shape| shape.as_str() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written() {
        for shape in Shape::ALL {
            let mut names = vec![VariantName::plain(shape)];
            for pgo in [false, true] {
                for lto in [Lto::None, Lto::Thin, Lto::Full] {
                    for interposition in [false, true] {
                        for replicate in [1, 2, 12] {
                            names.push(VariantName { shape, flavour: Some(Flavour { pgo, lto, interposition, replicate }) });
                        }
                    }
                }
            }
            for name in names {
                assert_eq!(name.to_string().parse::<VariantName>().ok(), Some(name), "{name}");
            }
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in
            ["", "static", "shared-lto", "shared-pgo-r1", "shared-pgo-lto-lto", "shared-pgo-interposable-lto", "shared-pgo-", "-pgo"]
        {
            assert!(text.parse::<VariantName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_without_flavour_means_all_of_its_shape() {
        let [plain, pgo, plain_lto] = ["shared", "shared-pgo", "shared-nopgo-lto"].map(|text| text.parse::<VariantName>().unwrap());
        assert!(pgo.is_meant_by(plain) && plain_lto.is_meant_by(plain) && plain.is_meant_by(plain));
        assert!(pgo.is_meant_by(pgo) && !plain_lto.is_meant_by(pgo) && !plain.is_meant_by(pgo));
    }
}
