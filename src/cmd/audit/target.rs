//! What the person named: files, variants, recipes.

use std::path::{Path, PathBuf};

use crate::cli::AuditArgs;
use crate::cmd::CommandError;
use crate::cmd::pipeline::BASELINE;
use crate::error::nearest;
use crate::prefix;
use crate::recipe::Recipe;
use crate::variant::VariantName;

/// One word of the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    File(PathBuf),
    /// Of every source that is named by itself, or of one.
    Subject {
        source: Option<String>,
        subject: Subject,
    },
    /// All variants of a recipe.
    Recipe(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Stock,
    Variant(VariantName),
}

pub(super) struct Targets {
    /// In the order in which they are shown.
    pub(super) targets: Vec<Target>,
    /// Recipes that subjects without a source are of; the host's, if there are such and neither recipe nor prefix is named.
    pub(super) recipes: Vec<String>,
    named: Vec<String>,
}

impl Targets {
    pub(super) fn of(args: &AuditArgs) -> Result<Self, CommandError> {
        let prefixes: Vec<String> = args.options.prefixes.iter().map(|folder| prefix::name_of(folder)).collect();
        let mut targets = Vec::new();
        for word in &args.targets {
            targets.push(target(word, &prefixes)?);
        }
        let mut recipes = args.recipes.clone();
        let loose = targets.iter().any(|target| matches!(target, Target::Subject { source: None, .. }));
        let named = !recipes.is_empty() || !prefixes.is_empty();
        if (loose || targets.is_empty()) && !named {
            recipes.push("host".to_owned());
        }
        // A source that nothing is asked of by name is asked for all that it has.
        if !loose {
            let asked = |name: &String| targets.iter().any(|target| target.source() == Some(name));
            let whole: Vec<Target> = recipes.iter().chain(&prefixes).filter(|name| !asked(name)).cloned().map(Target::Recipe).collect();
            targets.extend(whole);
        }
        Ok(Self { targets, recipes, named: args.targets.clone() })
    }

    /// Before anything is read: of a recipe, how many variants it has is seen only then.
    pub(super) fn check_pair(&self) -> Result<(), CommandError> {
        let certain = !self.targets.iter().any(|target| matches!(target, Target::Recipe(_)));
        if certain && self.named.len() != 2 { Err(CommandError::CompareTwo { named: self.named.clone() }) } else { Ok(()) }
    }
}

impl Target {
    /// The source that it names itself.
    pub(super) fn source(&self) -> Option<&String> {
        match self {
            Self::File(_) => None,
            Self::Subject { source, .. } => source.as_ref(),
            Self::Recipe(name) => Some(name),
        }
    }
}

fn target(word: &str, prefixes: &[String]) -> Result<Target, CommandError> {
    let path = Path::new(word);
    if let Some(subject) = subject(word) {
        return Ok(Target::Subject { source: None, subject });
    }
    let is_recipe_file = path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    if path.is_file() && !is_recipe_file {
        return Ok(Target::File(path.to_owned()));
    }
    let is_source = |name: &str| Recipe::named(name).is_ok() || prefixes.iter().any(|prefix| prefix == name);
    let part = word.rsplit_once('/').and_then(|(source, last)| Some((source, subject(last)?)));
    match part {
        Some((source, subject)) if is_source(source) => return Ok(Target::Subject { source: Some(source.to_owned()), subject }),
        _ if is_source(word) => return Ok(Target::Recipe(word.to_owned())),
        _ => {}
    }
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Err(CommandError::AuditOfFolder(path.to_owned())),
        Ok(_) => Err(CommandError::AuditOfNoFile(path.to_owned())),
        Err(_) => Err(CommandError::NothingToAudit { target: word.to_owned(), near: near(word) }),
    }
}

fn subject(word: &str) -> Option<Subject> {
    if word == BASELINE { Some(Subject::Stock) } else { word.parse().ok().map(Subject::Variant) }
}

/// The name that is most like it, of what could have been meant.
fn near(word: &str) -> Option<String> {
    nearest(word, VariantName::PLAIN.iter().map(ToString::to_string).chain(Recipe::names()))
}
