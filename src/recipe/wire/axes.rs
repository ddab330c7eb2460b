//! The axes of a build from source, and which of their combinations exist.

use serde::Deserialize;
use serde_saphyr::Spanned;

use super::Document;
use super::one_or_many::OneOrMany;
use crate::recipe::{CompilerFamily, RecipeError};
use crate::variant::{CodeModel, Flavour, Linkage, Lto, Shape, VariantName};

/// Every combination of its values is a variant.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Product {
    linkage: OneOrMany<WireLinkage>,
    code_model: OneOrMany<WireCodeModel>,
    pgo: OneOrMany<bool>,
    #[serde(default = "no_lto")]
    lto: OneOrMany<WireLto>,
    #[serde(default = "no_interposition")]
    interposition: OneOrMany<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WireLinkage {
    Static,
    StaticPie,
    Shared,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WireCodeModel {
    NonPic,
    Pie,
    Pic,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WireLto {
    None,
    Thin,
    Full,
}

fn no_lto() -> OneOrMany<WireLto> {
    OneOrMany(vec![WireLto::None])
}

fn no_interposition() -> OneOrMany<bool> {
    OneOrMany(vec![false])
}

/// The union, in order, each once.
pub(super) fn variants(
    document: &Document<'_>,
    products: &[Spanned<Product>],
    by: CompilerFamily,
) -> Result<Vec<VariantName>, RecipeError> {
    let mut variants = Vec::new();
    for product in products {
        for variant in product.value.variants(by).map_err(document.at(product.referenced))? {
            if !variants.contains(&variant) {
                variants.push(variant);
            }
        }
    }
    Ok(variants)
}

/// The one variant that a product without lists is; the baseline is `python` with libpython inside.
pub(super) fn stock(document: &Document<'_>, product: &Spanned<Product>, by: CompilerFamily) -> Result<VariantName, RecipeError> {
    let failed = document.at(product.referenced);
    match product.value.variants(by).map_err(&failed)?.as_slice() {
        [one] if one.linkage() != Linkage::Shared => Ok(*one),
        [_] => Err(failed("the stock python is linked statically; `linkage: shared` is none".into())),
        _ => Err(failed("the stock python is one variant: each axis has one value here".into())),
    }
}

impl Product {
    /// The last axis varies fastest.
    fn variants(&self, by: CompilerFamily) -> Result<Vec<VariantName>, String> {
        let mut variants = Vec::new();
        for &linkage in &self.linkage.0 {
            for &code_model in &self.code_model.0 {
                let shape = shape(linkage.into(), code_model.into())?;
                for &pgo in &self.pgo.0 {
                    for &lto in &self.lto.0 {
                        for &interposition in &self.interposition.0 {
                            let flavour = Flavour { pgo, lto: lto.into(), interposition, replicate: 1 };
                            check(shape, flavour, by)?;
                            variants.push(VariantName { shape, flavour: Some(flavour) });
                        }
                    }
                }
            }
        }
        Ok(variants)
    }
}

fn shape(linkage: Linkage, code_model: CodeModel) -> Result<Shape, String> {
    let why = match (linkage, code_model) {
        (Linkage::Static, CodeModel::NonPic) => return Ok(Shape::StaticNonpic),
        (Linkage::Static, CodeModel::Pic) => return Ok(Shape::StaticPic),
        (Linkage::StaticPie, CodeModel::Pie) => return Ok(Shape::StaticPie),
        (Linkage::StaticPie, CodeModel::Pic) => return Ok(Shape::StaticPicPie),
        (Linkage::Shared, CodeModel::Pic) => return Ok(Shape::Shared),
        (Linkage::Shared, _) => "a shared library can be anywhere in memory: its code is `pic`",
        (Linkage::StaticPie, CodeModel::NonPic) => "a position-independent executable can hold no code of fixed address: `pie` or `pic`",
        (Linkage::Static, CodeModel::Pie) => {
            "code that is compiled as `pie` is for a position-independent executable: `linkage: static-pie`"
        }
    };
    Err(excluded(&format!("linkage: {}", linkage.as_str()), &format!("code-model: {}", code_model.as_str()), why))
}

fn check(shape: Shape, flavour: Flavour, by: CompilerFamily) -> Result<(), String> {
    let code_model = format!("code-model: {}", shape.code_model().as_str());
    let (pic, gcc) = (shape.code_model() == CodeModel::Pic, by == CompilerFamily::Gcc);
    if flavour.interposition && !pic {
        let why = "only what is compiled as `pic` leaves room for another library's functions in the place of its own";
        return Err(excluded("interposition: true", &code_model, why));
    }
    match flavour.lto {
        Lto::Thin if gcc => Err(excluded("lto: thin", "compiler: gcc", "only clang has it; gcc has `full`")),
        Lto::Full if gcc && shape == Shape::StaticPicPie => {
            let why = "when gcc links a position-independent executable, it compiles intermediate code as `pie`, whatever `-fPIC` said";
            Err(excluded(&format!("lto: full with linkage: {}", shape.linkage().as_str()), &code_model, why))
        }
        _ => Ok(()),
    }
}

fn excluded(one: &str, other: &str, why: &str) -> String {
    format!("`{one}` with `{other}` cannot be built: {why}")
}

impl From<WireLinkage> for Linkage {
    fn from(wire: WireLinkage) -> Self {
        match wire {
            WireLinkage::Static => Self::Static,
            WireLinkage::StaticPie => Self::StaticPie,
            WireLinkage::Shared => Self::Shared,
        }
    }
}

impl From<WireCodeModel> for CodeModel {
    fn from(wire: WireCodeModel) -> Self {
        match wire {
            WireCodeModel::NonPic => Self::NonPic,
            WireCodeModel::Pie => Self::Pie,
            WireCodeModel::Pic => Self::Pic,
        }
    }
}

impl From<WireLto> for Lto {
    fn from(wire: WireLto) -> Self {
        match wire {
            WireLto::None => Self::None,
            WireLto::Thin => Self::Thin,
            WireLto::Full => Self::Full,
        }
    }
}
