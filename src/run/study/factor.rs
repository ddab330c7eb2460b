//! The factors of a study, and what it means to change one of them alone.

use serde::{Deserialize, Serialize};

use crate::variant::{Lto, Shape, VariantName};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Factor {
    CodeModel,
    Linkage,
    Interposition,
    Pgo,
    Lto,
}

impl Factor {
    /// As in `summary.json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodeModel => "code-model",
            Self::Linkage => "linkage",
            Self::Interposition => "interposition",
            Self::Pgo => "pgo",
            Self::Lto => "lto",
        }
    }
}

/// A change of one factor from one level to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contrast {
    pub factor: Factor,
    pub from: &'static str,
    pub to: &'static str,
    change: Change,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Shape(Shape, Shape),
    Interposition,
    Pgo,
    Lto(Lto, Lto),
}

impl Contrast {
    /// `-fPIE` code exists in position-independent executables alone, so that this is compiling and linking as PIE, together.
    pub const PIE: Self = Self::shape(Factor::CodeModel, ("non-pic", "pie"), Shape::StaticNonpic, Shape::StaticPie);
    /// In an executable of fixed address, which differs in nothing else.
    pub const PIC: Self = Self::shape(Factor::CodeModel, ("non-pic", "pic"), Shape::StaticNonpic, Shape::StaticPic);
    /// In a position-independent executable.
    pub const PIC_FROM_PIE: Self = Self::shape(Factor::CodeModel, ("pie", "pic"), Shape::StaticPie, Shape::StaticPicPie);
    /// PIC, in a position-independent executable instead of one of fixed address.
    pub const PIE_LINK: Self = Self::shape(Factor::Linkage, ("static", "static-pie"), Shape::StaticPic, Shape::StaticPicPie);
    /// Both PIC.
    pub const SHARING: Self = Self::shape(Factor::Linkage, ("static", "shared"), Shape::StaticPic, Shape::Shared);
    pub const SHARING_FROM_PIE: Self = Self::shape(Factor::Linkage, ("static-pie", "shared"), Shape::StaticPicPie, Shape::Shared);
    pub const INTERPOSITION: Self = Self { factor: Factor::Interposition, from: "no", to: "yes", change: Change::Interposition };
    pub const PGO: Self = Self { factor: Factor::Pgo, from: "no", to: "yes", change: Change::Pgo };
    pub const THIN_LTO: Self = Self { factor: Factor::Lto, from: "none", to: "thin", change: Change::Lto(Lto::None, Lto::Thin) };
    pub const FULL_LTO: Self = Self { factor: Factor::Lto, from: "none", to: "full", change: Change::Lto(Lto::None, Lto::Full) };

    /// In the order of the report.
    pub const ALL: [Self; 10] = [
        Self::PIE,
        Self::PIC,
        Self::PIC_FROM_PIE,
        Self::PIE_LINK,
        Self::SHARING,
        Self::SHARING_FROM_PIE,
        Self::INTERPOSITION,
        Self::PGO,
        Self::THIN_LTO,
        Self::FULL_LTO,
    ];

    const fn shape(factor: Factor, levels: (&'static str, &'static str), from: Shape, to: Shape) -> Self {
        Self { factor, from: levels.0, to: levels.1, change: Change::Shape(from, to) }
    }

    /// The one that these words name, as `summary.json` has them.
    pub fn named(factor: Factor, from: &str, to: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|contrast| (contrast.factor, contrast.from, contrast.to) == (factor, from, to))
    }

    /// The build that differs from `build` in this alone; nothing where `build` is not at the level that this begins at.
    pub fn apply(self, build: VariantName) -> Option<VariantName> {
        self.changed(build, false)
    }

    /// The other way round: from the level that this ends at.
    pub fn undo(self, build: VariantName) -> Option<VariantName> {
        self.changed(build, true)
    }

    fn changed(self, build: VariantName, back: bool) -> Option<VariantName> {
        fn replaced<T: PartialEq>(now: T, from: T, to: T, back: bool) -> Option<T> {
            let (from, to) = if back { (to, from) } else { (from, to) };
            (now == from).then_some(to)
        }
        let VariantName { mut shape, flavour } = build;
        let mut flavour = flavour?;
        match self.change {
            Change::Shape(from, to) => shape = replaced(shape, from, to, back)?,
            Change::Interposition => flavour.interposition = replaced(flavour.interposition, false, true, back)?,
            Change::Pgo => flavour.pgo = replaced(flavour.pgo, false, true, back)?,
            Change::Lto(from, to) => flavour.lto = replaced(flavour.lto, from, to, back)?,
        }
        Some(VariantName { shape, flavour: Some(flavour) })
    }
}
