//! The stages in their order, each doing only what the store lacks; a command is a prefix of them.

use std::path::Path;

use anyhow::Result;

use super::CommandError;
use crate::cli::{SourceArgs, VariantArgs};
use crate::debian::{Host, ProvisionError, Provisioned, Request, provision, source_package};
use crate::digest::{Key, Sha256};
use crate::libpython::{self, Hacl, HaclMode, HaclSource, Home, Linkage, Variant, missing_symbols};
use crate::recipe::Recipe;
use crate::run::{Audit, CheckGroup, Role, SCHEMA, SubjectPlan, SubjectVerification, Verification};
use crate::runner::{self, Runner, Toolchain};
use crate::store::Store;
use crate::ui::Reporter;
use crate::verify::{self, Candidate, Expected};
use crate::{assets, fs};

/// The baseline's name, and the name under which it is measured a second time.
pub(super) const BASELINE: &str = "python3";
pub(super) const CONTROL: &str = "python3-again";

/// What `provision` leaves: a sysroot and the home made of it.
pub(super) struct Prepared {
    pub store: Store,
    pub provisioned: Provisioned,
    pub home: Home,
}

/// What `runner build` leaves.
pub(super) struct Built {
    pub prepared: Prepared,
    pub variants: Vec<Variant>,
    pub runners: Vec<Runner>,
    /// How each variant's libpython was completed.
    pub hacl: Vec<Hacl>,
}

pub(super) fn request(args: &SourceArgs) -> Result<Request> {
    Ok(Request {
        recipe: Recipe::named(&args.recipe)?,
        python: args.python,
        mirrors: args.mirrors.clone(),
        keyring: args.keyring.clone(),
        offline: args.offline,
        refresh: args.refresh,
        locked: args.locked.clone(),
        allow_expired: args.allow_expired,
    })
}

pub(super) fn prepare(args: &SourceArgs, reporter: &dyn Reporter) -> Result<Prepared> {
    let request = request(args)?;
    let store = Store::open_default()?;
    let provisioned = provision(&store, &request, reporter)?;
    let home = Home::prepare(&store, &provisioned.key, provisioned.python, &provisioned.sysroot)?;
    Ok(Prepared { store, provisioned, home })
}

pub(super) fn build(args: &SourceArgs, selection: &VariantArgs, reporter: &dyn Reporter) -> Result<Built> {
    if selection.hacl == Some(HaclMode::Stubs) && selection.hacl_source.is_some() {
        return Err(CommandError::SourceForStubs.into());
    }
    // Before anything is downloaded: a missing compiler should not be found out last.
    Host::this().check()?;
    let toolchain = Toolchain::find()?;
    let mut prepared = prepare(args, reporter)?;
    let variants = chosen(&prepared, selection)?;
    let source = hacl_source(&mut prepared, &request(args)?, selection, &variants, reporter)?;
    let (mut runners, mut hacl) = (Vec::new(), Vec::new());
    for variant in &variants {
        let (store, home) = (&prepared.store, &prepared.home);
        let completed = libpython::provide(store, home, variant, source.as_ref(), &toolchain.compiler(), reporter)?;
        let runner = runner::build(store, home, variant, &completed, &toolchain, reporter)?;
        hacl.push(completed);
        if !runner.reused {
            reporter.step(&format!("built {} ({})", variant.name, variant.description()));
        }
        runners.push(runner);
    }
    Ok(Built { prepared, variants, runners, hacl })
}

/// The source that real HACL is compiled from; `None` where nothing is missing, or where stand-ins take its place.
fn hacl_source(
    prepared: &mut Prepared,
    request: &Request,
    selection: &VariantArgs,
    variants: &[Variant],
    reporter: &dyn Reporter,
) -> Result<Option<HaclSource>> {
    let mut missing = false;
    for variant in variants {
        if let libpython::Library::Archive(archive) = &variant.build.library {
            missing |= !missing_symbols(archive)?.is_empty();
        }
    }
    if !missing || selection.hacl == Some(HaclMode::Stubs) {
        return Ok(None);
    }
    let tarball = match &selection.hacl_source {
        Some(path) => path.clone(),
        None => match source_package(&prepared.store, request, &prepared.provisioned, reporter) {
            Ok(package) => {
                // The lock names it now: a run that is reproduced takes the same source.
                prepared.provisioned.lock_text = package.lock_text;
                package.tarball
            }
            Err(error @ ProvisionError::Interrupted(_)) => return Err(error.into()),
            Err(error) if selection.hacl == Some(HaclMode::Real) => {
                return Err(
                    anyhow::Error::new(error).context(format!("no source of CPython {} for --hacl real", prepared.home.sysconfig.version))
                );
            }
            Err(error) => {
                reporter.warn(&format!("{error}; HACL is left to stand-ins, which end a program that calls one: see --hacl"));
                return Ok(None);
            }
        },
    };
    let source = HaclSource::open(&prepared.store, &tarball)?;
    source.warn_of_another_release(&prepared.home, reporter);
    Ok(Some(source))
}

fn chosen(prepared: &Prepared, selection: &VariantArgs) -> Result<Vec<Variant>> {
    let all = Variant::all_of(&prepared.home);
    if let Some(&variant) = selection.variants.iter().find(|&&name| !all.iter().any(|variant| variant.name == name)) {
        let (release, python) = (prepared.provisioned.release.clone(), prepared.home.python.to_string());
        return Err(CommandError::NoSuchVariant { variant, release, python }.into());
    }
    Ok(all.into_iter().filter(|variant| selection.variants.is_empty() || selection.variants.contains(&variant.name)).collect())
}

impl Built {
    /// Everything that can be measured, the baseline first.
    pub(super) fn subjects(&self) -> Result<Vec<SubjectPlan>> {
        let stock = &self.prepared.home.stock;
        let sha256 = self.prepared.home.digest(stock)?;
        let size_bytes = std::fs::metadata(stock).map_err(fs::FsError::at("read", stock))?.len();
        let version = &self.prepared.home.sysconfig.version;
        let stock = |name: &str, role, description: String| SubjectPlan {
            name: name.to_owned(),
            group: None,
            role,
            executable: stock.clone(),
            sha256,
            size_bytes,
            description,
        };
        let mut subjects = vec![
            stock(BASELINE, Role::Baseline, format!("the release's own python3, {version}")),
            stock(CONTROL, Role::Control, "the baseline measured a second time (A/A)".to_owned()),
        ];
        subjects.extend(self.runners.iter().zip(self.variants.iter().zip(&self.hacl)).map(|(runner, (variant, hacl))| SubjectPlan {
            name: variant.name.to_string(),
            group: None,
            role: Role::Runner,
            executable: runner.executable.clone(),
            sha256: runner.sha256,
            size_bytes: runner.size_bytes,
            description: [Some(variant.description().as_str()), hacl.description()].into_iter().flatten().collect::<Vec<_>>().join(", "),
        }));
        Ok(subjects)
    }

    pub(super) fn audit(&self) -> Result<Audit> {
        Ok(crate::libpython::audit_home(&self.prepared.home, &[BASELINE, CONTROL], &self.variants)?)
    }

    /// The gate, for every subject but the control, which is the baseline's own file. With `again`, nothing is taken from the store.
    pub(super) fn verify(&self, subjects: &[SubjectPlan], again: bool, reporter: &dyn Reporter) -> Result<Verification> {
        let store = &self.prepared.store;
        let folder = assets::benchmarks(store)?;
        let digest = benchmarks_digest(&folder);
        let candidates: Vec<(Candidate, Sha256)> = subjects
            .iter()
            .filter(|subject| subject.role != Role::Control)
            .map(|subject| (self.candidate(subject), subject.sha256))
            .collect();
        let Some((baseline, _)) = candidates.split_first() else { anyhow::bail!("no subject to verify") };
        let keys: Vec<Key> =
            candidates.iter().map(|candidate| verify::key((&baseline.0, &baseline.1), (&candidate.0, &candidate.1), &digest)).collect();
        let mut known: Vec<Option<SubjectVerification>> =
            keys.iter().map(|key| if again { None } else { read_verified(store, key) }).collect();
        if known.iter().any(Option::is_none) {
            let missing: Vec<Candidate> = candidates
                .iter()
                .zip(&known)
                .skip(1)
                .filter(|(_, known)| known.is_none())
                .map(|(candidate, _)| candidate.0.clone())
                .collect();
            let fresh = verify_now(&baseline.0, &missing, &folder, reporter)?;
            for verified in fresh {
                let Some(at) = candidates.iter().position(|candidate| candidate.0.name == verified.subject) else { continue };
                fs::write_atomic(&store.verified(&keys[at]), &serde_json::to_vec(&verified)?)?;
                known[at] = Some(verified);
            }
        }
        Ok(Verification { schema: SCHEMA, subjects: known.into_iter().flatten().collect() })
    }

    fn candidate(&self, subject: &SubjectPlan) -> Candidate {
        let variant = self.variants.iter().find(|variant| variant.name.as_str() == subject.name);
        let expected = variant.map(|variant| Expected {
            pie: variant.linkage != Linkage::Static,
            static_libpython: variant.linkage != Linkage::Shared,
            interpreter: self.prepared.home.loader.clone(),
            search_path: self.prepared.home.sysroot.is_some(),
            hacl: self.variants.iter().zip(&self.hacl).find(|(other, _)| other.name == variant.name).and_then(|(_, hacl)| hacl.mode()),
        });
        Candidate { same_python: true, name: subject.name.clone(), executable: subject.executable.clone(), role: subject.role, expected }
    }
}

/// The folder's name in the store is the digest of its content.
pub(super) fn benchmarks_digest(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Only what passed: a failure may have come from a full disk or a damaged sysroot, and must not outlive its cause.
fn read_verified(store: &Store, key: &Key) -> Option<SubjectVerification> {
    let verified: SubjectVerification = serde_json::from_slice(&std::fs::read(store.verified(key)).ok()?).ok()?;
    verified.passed().then_some(verified)
}

/// The baseline is asked again whenever anyone is: its answers are what the others are compared with.
fn verify_now(baseline: &Candidate, others: &[Candidate], benchmarks: &Path, reporter: &dyn Reporter) -> Result<Vec<SubjectVerification>> {
    let mut candidates = vec![baseline.clone()];
    candidates.extend_from_slice(others);
    let verification = verify::verify(&candidates, benchmarks, reporter)?;
    for verified in &verification.subjects {
        reporter.step(&verification_line(verified));
    }
    Ok(verification.subjects)
}

/// `verified static-nonpic: 20/20 programs, 6/6 ELF, 53/53 hashes, 107/107 modules`: within 80 columns.
pub(super) fn verification_line(verified: &SubjectVerification) -> String {
    let groups: [(&str, &[CheckGroup]); 4] = [
        ("programs", &[CheckGroup::Programs]),
        ("ELF", &[CheckGroup::Elf]),
        ("hashes", &[CheckGroup::Hashlib, CheckGroup::OwnHashes]),
        ("modules", &[CheckGroup::Extensions]),
    ];
    let counts = groups.map(|(name, groups)| {
        let counts = groups.iter().map(|&group| verified.count(group));
        let (passed, total) = counts.fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
        format!("{passed}/{total} {name}")
    });
    let word = if verified.passed() { "verified" } else { "NOT verified" };
    format!("{word} {}: {}", verified.subject, counts.join(", "))
}
