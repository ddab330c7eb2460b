//! Runners for every variant that the sources allow and the person chose, and the plan's view of all that can be measured.

use anyhow::Result;

use super::prepare::prepare;
use super::{BASELINE, Built, BuiltVariant, CONTROL, Completed, CompletedGroup, Group, Prepared, Wanted, hacl};
use crate::cli::{GuestArgs, SourceArgs, VariantArgs};
use crate::cmd::CommandError;
use crate::debian::Host;
use crate::digest::Sha256;
use crate::fs;
use crate::guest::Guest;
use crate::libpython::{self, HaclMode, Variant, VariantName, add_link, audit_home, audit_path};
use crate::matrix::MatrixError;
use crate::run::{Audit, Factors, GroupPlan, HaclPlan, Role, SCHEMA, SubjectPlan};
use crate::runner::{self, Toolchain};
use crate::store::Store;
use crate::ui::Reporter;

/// Libpythons that a program can be linked with: compiled or found, their HACL completed.
pub(in crate::cmd) fn complete(sources: &SourceArgs, selection: &VariantArgs, reporter: &dyn Reporter) -> Result<Completed> {
    if selection.hacl == Some(HaclMode::Stubs) && selection.hacl_source.is_some() {
        return Err(CommandError::SourceForStubs.into());
    }
    // Before anything is downloaded: a missing compiler, or a wrong name, should not be found out last.
    Host::this().check()?;
    let toolchain = Toolchain::find()?;
    let (store, prepared) = prepare(sources, Wanted::of(selection), reporter)?;
    check_selection(&prepared, &selection.variants)?;
    let groups = prepared.into_iter().map(|prepared| complete_group(&store, prepared, selection, &toolchain, reporter));
    Ok(Completed { groups: groups.collect::<Result<_>>()?, store, toolchain })
}

pub(in crate::cmd) fn build(
    sources: &SourceArgs,
    selection: &VariantArgs,
    guests: Option<&GuestArgs>,
    reporter: &dyn Reporter,
) -> Result<Built> {
    let guests = guests.map(identify).transpose()?.unwrap_or_default();
    let Completed { store, toolchain, groups } = complete(sources, selection, reporter)?;
    let groups = groups.into_iter().map(|completed| group(&store, completed, &toolchain, reporter));
    Ok(Built { groups: groups.collect::<Result<_>>()?, store, guests })
}

fn identify(args: &GuestArgs) -> Result<Vec<Guest>> {
    let mut guests = Vec::new();
    for name in &args.subjects {
        guests.push(Guest::identify(&name.name, &name.path)?);
    }
    if args.host_python {
        guests.push(Guest::host()?);
    }
    match guests.iter().enumerate().find(|(at, guest)| guests[..*at].iter().any(|other| other.name == guest.name)) {
        Some((_, twice)) => Err(MatrixError::TwiceTheSubject(twice.name.clone()).into()),
        None => Ok(guests),
    }
}

/// Among several sources it is enough that one can offer a variant.
fn check_selection(prepared: &[Prepared], wanted: &[VariantName]) -> Result<(), CommandError> {
    let offers = |name| prepared.iter().flat_map(|one| &one.home.offers).find(|offer| offer.name.is_meant_by(name) && offer.build.is_ok());
    let Some(&variant) = wanted.iter().find(|name| offers(**name).is_none()) else { return Ok(()) };
    let reason = |one: &Prepared| {
        let offer = one.home.offers.iter().find(|offer| offer.name.is_meant_by(variant));
        let reason = offer.and_then(|offer| offer.build.as_ref().err());
        format!("{}: {}", one.name, reason.map_or("it has no such library", String::as_str))
    };
    Err(CommandError::NoSuchVariant { variant, reasons: prepared.iter().map(reason).collect() })
}

fn complete_group(
    store: &Store,
    mut prepared: Prepared,
    selection: &VariantArgs,
    toolchain: &Toolchain,
    reporter: &dyn Reporter,
) -> Result<CompletedGroup> {
    let all = Variant::all_of(&prepared.home);
    // Of a recipe that builds none of the variants that were asked of another source, the baseline still takes part.
    if all.is_empty() && prepared.cpython.is_none() {
        let reasons = prepared.home.offers.iter().filter_map(|offer| Some(format!("{}: {}", offer.name, offer.build.as_ref().err()?)));
        return Err(CommandError::NothingToEmbed { source_name: prepared.name.clone(), reasons: reasons.collect() }.into());
    }
    let variants: Vec<Variant> = all
        .into_iter()
        .filter(|variant| selection.variants.is_empty() || selection.variants.iter().any(|asked| variant.name.is_meant_by(*asked)))
        .collect();
    let source = hacl::source(store, &mut prepared, selection, &variants, reporter)?;
    let completed = variants.into_iter().map(|variant| {
        let hacl = libpython::provide(store, &prepared.home, &variant, source.as_ref(), &toolchain.compiler(), reporter)?;
        Ok((variant, hacl))
    });
    let variants = completed.collect::<Result<Vec<_>>>()?;
    let hacl = variants
        .iter()
        .any(|(_, hacl)| hacl.mode().is_some())
        .then(|| HaclPlan { version: source.map(|source| source.version().to_owned()), source: selection.hacl_source.clone() });
    Ok(CompletedGroup { prepared, variants, hacl })
}

fn group(store: &Store, completed: CompletedGroup, toolchain: &Toolchain, reporter: &dyn Reporter) -> Result<Group> {
    let CompletedGroup { prepared, variants, hacl } = completed;
    let mut built = Vec::new();
    for (variant, hacl) in variants {
        let runner = runner::build(store, &prepared.home, &variant, &hacl, toolchain, reporter)?;
        if !runner.reused {
            reporter.step(&format!("built {} of {} ({})", variant.name, prepared.name, variant.description()));
        }
        built.push(BuiltVariant { variant, hacl, runner });
    }
    Ok(Group { prepared, built, hacl })
}

impl Built {
    /// A subject's name: the group's is part of it where there are several.
    pub(super) fn subject_name(&self, group: &Group, name: &str) -> String {
        if self.groups.len() > 1 { format!("{}/{name}", group.prepared.name) } else { name.to_owned() }
    }

    pub(in crate::cmd) fn group_plans(&self) -> Vec<GroupPlan> {
        let plan = |group: &Group| {
            let lock = group.lock_text();
            GroupPlan {
                name: group.prepared.name.clone(),
                release: group.prepared.release.clone(),
                python: group.prepared.home.sysconfig.version.clone(),
                lock: lock.map(|_| self.lock_name(group)),
                lock_sha256: lock.map(|text| Sha256::of(text.as_bytes())),
                recipe: group.prepared.recipe.clone(),
                hacl: group.hacl.clone(),
                cpython: group.prepared.cpython.clone(),
            }
        };
        self.groups.iter().map(plan).collect()
    }

    /// The lock files of a run, by name.
    pub(in crate::cmd) fn locks(&self) -> Vec<(String, &str)> {
        self.groups.iter().filter_map(|group| Some((self.lock_name(group), group.lock_text()?))).collect()
    }

    fn lock_name(&self, group: &Group) -> String {
        if self.groups.len() > 1 { format!("{}.surtax.lock", group.prepared.name) } else { "surtax.lock".to_owned() }
    }

    /// Everything that can be measured: group by group, each with its baseline first, guests with the first group.
    pub(in crate::cmd) fn subjects(&self) -> Result<Vec<SubjectPlan>> {
        let mut subjects = Vec::new();
        for group in &self.groups {
            subjects.extend(self.of_group(group)?);
        }
        let first = self.groups.first().map(|group| group.prepared.name.clone());
        subjects.extend(self.guests.iter().map(|guest| SubjectPlan {
            name: guest.name.clone(),
            group: first.clone(),
            role: Role::Guest,
            executable: guest.executable.clone(),
            sha256: guest.sha256,
            size_bytes: guest.size_bytes,
            description: guest.description(),
            factors: None,
        }));
        Ok(subjects)
    }

    fn of_group(&self, group: &Group) -> Result<Vec<SubjectPlan>> {
        let home = &group.prepared.home;
        let stock = &home.stock;
        let sha256 = home.digest(stock)?;
        let size_bytes = std::fs::metadata(stock).map_err(fs::FsError::at("read", stock))?.len();
        let stock = |name: &str, role, description: String| SubjectPlan {
            name: self.subject_name(group, name),
            group: Some(group.prepared.name.clone()),
            role,
            executable: stock.clone(),
            sha256,
            size_bytes,
            description,
            factors: None,
        };
        let mut subjects = vec![
            stock(BASELINE, Role::Baseline, group.prepared.stock_description()),
            stock(CONTROL, Role::Control, "the baseline measured a second time (A/A)".to_owned()),
        ];
        subjects.extend(group.built.iter().map(|built| SubjectPlan {
            name: self.subject_name(group, &built.variant.name.to_string()),
            group: Some(group.prepared.name.clone()),
            role: Role::Runner,
            executable: built.runner.executable.clone(),
            sha256: built.runner.sha256,
            size_bytes: built.runner.size_bytes,
            description: built.description(),
            factors: built.factors(),
        }));
        Ok(subjects)
    }

    pub(in crate::cmd) fn audit(&self) -> Result<Audit> {
        let mut subjects = Vec::new();
        for group in &self.groups {
            let variants: Vec<Variant> = group.built.iter().map(|built| built.variant.clone()).collect();
            let audit = audit_home(&group.prepared.home, &[BASELINE, CONTROL], &variants)?;
            for mut audited in audit.subjects {
                if let Some(built) = group.built.iter().find(|built| built.variant.name.to_string() == audited.subject) {
                    add_link(&mut audited, &built.runner.executable)?;
                }
                audited.subject = self.subject_name(group, &audited.subject);
                subjects.push(audited);
            }
        }
        for guest in &self.guests {
            subjects.push(audit_path(&guest.name, guest.libpython.as_ref().unwrap_or(&guest.executable))?);
        }
        Ok(Audit { schema: SCHEMA, subjects })
    }
}

impl Prepared {
    fn stock_description(&self) -> String {
        let version = &self.home.sysconfig.version;
        match (&self.packages, &self.cpython) {
            (Some(_), _) => format!("the release's own python3, {version}"),
            (None, Some(plan)) => format!("python as CPython's own Makefile links it, of {}", plan.stock),
            (None, None) => format!("the prefix's own python, {version}"),
        }
    }
}

impl Group {
    pub(super) fn lock_text(&self) -> Option<&str> {
        self.prepared.packages.as_ref().map(|packages| packages.provisioned.lock_text.as_str())
    }
}

impl BuiltVariant {
    /// What a study takes apart: of a build from source alone.
    fn factors(&self) -> Option<Factors> {
        let name = self.variant.name;
        let flavour = name.flavour?;
        Some(Factors {
            code_model: name.shape.code_model().as_str().to_owned(),
            linkage: name.linkage().as_str().to_owned(),
            pgo: flavour.pgo,
            lto: flavour.lto.as_str().to_owned(),
            interposition: flavour.interposition,
            replicate: flavour.replicate,
        })
    }

    /// `libpython3.13.a, static, no-PIE, HACL compiled from CPython's source`.
    fn description(&self) -> String {
        let variant = self.variant.description();
        self.hacl.description().map_or(variant.clone(), |hacl| format!("{variant}, {hacl}"))
    }
}
