//! From what was named to its evidence. Releases are provisioned if they are not yet; nothing is compiled or linked.

use std::path::Path;

use anyhow::Result;

use super::target::{Subject, Target, Targets};
use crate::cli::{AuditArgs, SourceArgs};
use crate::cmd::CommandError;
use crate::cmd::pipeline::{self, BASELINE, Entry, Prepared, Wanted};
use crate::cpython::{self, Demand};
use crate::libpython::{Home, Variant, add_link, audit_home, audit_path};
use crate::recipe::Recipe;
use crate::run::SubjectAudit;
use crate::runner::{self, Toolchain};
use crate::store::Store;
use crate::ui::Reporter;
use crate::variant::VariantName;

/// In the order of the targets; of each source that they name, it is prepared once.
pub(super) fn read(args: &AuditArgs, targets: &Targets, reporter: &dyn Reporter) -> Result<Vec<SubjectAudit>> {
    let sources = Sources::prepare(args, targets, reporter)?;
    let mut audits = Vec::new();
    for target in &targets.targets {
        match target {
            Target::File(path) => audits.push(of_file(path)?),
            Target::Recipe(name) => audits.extend(sources.all_of(&called(name)?)?),
            Target::Subject { source: Some(name), subject } => audits.extend(sources.of(&called(name)?, *subject)?),
            Target::Subject { source: None, subject } => {
                for name in &sources.loose {
                    audits.extend(sources.of(name, *subject)?);
                }
            }
        }
    }
    Ok(audits)
}

fn of_file(path: &Path) -> Result<SubjectAudit, CommandError> {
    audit_path(&path.to_string_lossy(), path).map_err(|source| CommandError::CannotAudit { path: path.to_owned(), source })
}

/// A recipe's own name, where it was named by its path; a prefix's stays.
fn called(name: &str) -> Result<String> {
    Ok(Recipe::named(name).map_or_else(|_| name.to_owned(), |recipe| recipe.name))
}

struct Sources {
    store: Option<Store>,
    prepared: Vec<Prepared>,
    /// Those that subjects without a source are of.
    loose: Vec<String>,
    toolchain: Option<Toolchain>,
}

impl Sources {
    fn prepare(args: &AuditArgs, targets: &Targets, reporter: &dyn Reporter) -> Result<Self> {
        let mut recipes = targets.recipes.clone();
        let prefixes = args.options.prefixes.iter().map(|folder| crate::prefix::name_of(folder));
        let loose = recipes.iter().map(|name| called(name)).chain(prefixes.map(Ok)).collect::<Result<Vec<_>>>()?;
        let mut known = loose.clone();
        for name in targets.targets.iter().filter_map(Target::source) {
            let own = called(name)?;
            if !known.contains(&own) {
                known.push(own);
                recipes.push(name.clone());
            }
        }
        if known.is_empty() {
            return Ok(Self { store: None, prepared: Vec::new(), loose, toolchain: None });
        }
        let store = Store::open_default()?;
        // Without recipes, the prefixes alone are meant.
        let args = SourceArgs { recipes, options: args.options.clone() };
        let wanted = wanted(targets);
        let entries = pipeline::read(&args, Wanted::these(&[]))?;
        let alone = entries.len() == 1;
        let mut prepared = Vec::new();
        for entry in entries {
            prepared.push(match &entry {
                Entry::Source { recipe, .. } => {
                    let source = cpython::obtain(&store, recipe, &pipeline::access(&args), reporter)?;
                    let built = built_of(&store, entry.name(), &wanted, recipe, &source, reporter)?;
                    entry.prepare(&store, &args, Wanted::these(&built), alone, reporter)?
                }
                _ => entry.prepare(&store, &args, Wanted::these(&[]), alone, reporter)?,
            });
        }
        pipeline::check_python(&args, prepared.iter().map(|one| (one.name.as_str(), one.home.python)))?;
        Ok(Self { store: Some(store), prepared, loose, toolchain: Toolchain::find().ok() })
    }

    fn source(&self, name: &str) -> Option<&Prepared> {
        self.prepared.iter().find(|prepared| prepared.name == name)
    }

    fn all_of(&self, name: &str) -> Result<Vec<SubjectAudit>> {
        let Some(prepared) = self.source(name) else { return Ok(Vec::new()) };
        let variants = Variant::all_of(&prepared.home);
        if variants.is_empty() {
            let reasons = prepared.home.offers.iter().filter_map(|offer| Some(format!("{}: {}", offer.name, offer.build.as_ref().err()?)));
            return Err(CommandError::NothingToEmbed { source_name: name.to_owned(), reasons: reasons.collect() }.into());
        }
        self.audit(prepared, &[], &variants)
    }

    fn of(&self, name: &str, subject: Subject) -> Result<Vec<SubjectAudit>> {
        let Some(prepared) = self.source(name) else { return Ok(Vec::new()) };
        let Subject::Variant(asked) = subject else { return self.audit(prepared, &[BASELINE], &[]) };
        let variants: Vec<Variant> =
            Variant::all_of(&prepared.home).into_iter().filter(|variant| variant.name.is_meant_by(asked)).collect();
        if variants.is_empty() {
            return Err(CommandError::NoSuchVariant { variant: asked, reasons: vec![reason(prepared, asked)] }.into());
        }
        self.audit(prepared, &[], &variants)
    }

    fn audit(&self, prepared: &Prepared, baselines: &[&str], variants: &[Variant]) -> Result<Vec<SubjectAudit>> {
        let mut audits = audit_home(&prepared.home, baselines, variants)?.subjects;
        for audit in &mut audits {
            if let Some(variant) = variants.iter().find(|variant| variant.name.to_string() == audit.subject) {
                self.add_runner(&prepared.home, variant, audit)?;
            }
            if self.prepared.len() > 1 {
                audit.subject = format!("{}/{}", prepared.name, audit.subject);
            }
        }
        Ok(audits)
    }

    fn add_runner(&self, home: &Home, variant: &Variant, audit: &mut SubjectAudit) -> Result<()> {
        let (Some(store), Some(toolchain)) = (&self.store, &self.toolchain) else { return Ok(()) };
        if let Some(executable) = runner::built(store, home, variant, toolchain)? {
            add_link(audit, &executable)?;
        }
        Ok(())
    }
}

fn reason(prepared: &Prepared, asked: VariantName) -> String {
    let offer = prepared.home.offers.iter().find(|offer| offer.name.is_meant_by(asked));
    let reason = offer.and_then(|offer| offer.build.as_ref().err());
    format!("{}: {}", prepared.name, reason.map_or("it has no such library, or it is not built", String::as_str))
}

/// The variants that are named of any source; none where a whole recipe is.
fn wanted(targets: &Targets) -> Vec<VariantName> {
    let variant = |target: &Target| match target {
        Target::Subject { subject: Subject::Variant(variant), .. } => Some(*variant),
        _ => None,
    };
    let whole = targets.targets.iter().any(|target| matches!(target, Target::Recipe(_)));
    if whole { Vec::new() } else { targets.targets.iter().filter_map(variant).collect() }
}

/// Of what a recipe builds from source, what is in the store; what is not is said.
fn built_of(
    store: &Store,
    name: &str,
    wanted: &[VariantName],
    recipe: &crate::recipe::Cpython,
    source: &cpython::Source,
    reporter: &dyn Reporter,
) -> Result<Vec<VariantName>> {
    let demand = Demand { name, recipe, source, variants: Wanted::these(wanted).among(recipe) };
    if let (true, Some(&variant)) = (demand.variants.is_empty(), wanted.first()) {
        return Err(CommandError::NoSuchVariant { variant, reasons: vec![format!("{name}: its recipe asks for no such build")] }.into());
    }
    let built =
        if cpython::is_installed(store, &demand)? { cpython::is_built(store, &demand)? } else { vec![false; demand.variants.len()] };
    let (there, missing): (Vec<_>, Vec<_>) = demand.variants.iter().zip(built).partition(|(_, built)| *built);
    let missing: Vec<String> = missing.iter().map(|(variant, _)| variant.to_string()).collect();
    if there.is_empty() {
        return Err(CommandError::NotBuilt { source_name: name.to_owned(), variants: missing }.into());
    }
    if !missing.is_empty() {
        reporter.warn(&format!("{name} has not built {}: nothing is said of it, and an audit builds nothing", missing.join(", ")));
    }
    Ok(there.into_iter().map(|(variant, _)| *variant).collect())
}
