//! The gate, group by group: each group's subjects against its own baseline, guests against the first group's.

use std::path::Path;

use anyhow::Result;

use super::{Built, Group, benchmarks_digest};
use crate::digest::{Key, Sha256};
use crate::libpython::Linkage;
use crate::run::{CheckGroup, Role, SCHEMA, SubjectPlan, SubjectVerification, Verification};
use crate::store::Store;
use crate::ui::Reporter;
use crate::verify::{self, Candidate, Expected};
use crate::{assets, fs};

impl Built {
    /// For every subject but the controls, which are their baselines' own files. With `again`, nothing is taken from the store.
    pub(in crate::cmd) fn verify(&self, subjects: &[SubjectPlan], again: bool, reporter: &dyn Reporter) -> Result<Verification> {
        let benchmarks = assets::benchmarks(&self.store)?;
        let mut verified = Vec::new();
        for group in &self.groups {
            let of_group = subjects.iter().filter(|subject| subject.group.as_ref() == Some(&group.prepared.name));
            let candidates: Vec<(Candidate, Sha256)> = of_group
                .filter(|subject| subject.role != Role::Control)
                .map(|subject| (self.candidate(group, subject), subject.sha256))
                .collect();
            // What an installed Python loads from the host is under no key: an upgrade may have changed it.
            let again = again || group.prepared.home.sysroot.is_none();
            verified.extend(verify_group(&self.store, &candidates, &benchmarks, again, reporter)?);
        }
        Ok(Verification { schema: SCHEMA, subjects: verified, testsuite: None })
    }

    fn candidate(&self, group: &Group, subject: &SubjectPlan) -> Candidate {
        let home = &group.prepared.home;
        let built = group.built.iter().find(|built| self.subject_name(group, &built.variant.name.to_string()) == subject.name);
        let expected = built.map(|built| Expected {
            pie: built.variant.linkage != Linkage::Static,
            static_libpython: built.variant.linkage != Linkage::Shared,
            interpreter: home.loader.clone(),
            search_path: home.sysroot.is_some(),
            shared_libpython: built.variant.compiled_shared_object().map(Path::to_owned),
            hacl: built.hacl.mode(),
        });
        let guest = self.guests.iter().find(|guest| subject.role == Role::Guest && guest.name == subject.name);
        Candidate {
            name: subject.name.clone(),
            executable: subject.executable.clone(),
            role: subject.role,
            same_python: guest.is_none_or(|guest| guest.is_same_python(&home.sysconfig.version)),
            expected,
        }
    }
}

/// The first candidate is the baseline.
fn verify_group(
    store: &Store,
    candidates: &[(Candidate, Sha256)],
    benchmarks: &Path,
    again: bool,
    reporter: &dyn Reporter,
) -> Result<Vec<SubjectVerification>> {
    let digest = benchmarks_digest(benchmarks);
    let Some((baseline, _)) = candidates.split_first() else { anyhow::bail!("no subject to verify") };
    let keys: Vec<Key> =
        candidates.iter().map(|candidate| verify::key((&baseline.0, &baseline.1), (&candidate.0, &candidate.1), &digest)).collect();
    let kept = |(candidate, key): (&(Candidate, Sha256), &Key)| {
        // Nor is what a guest loads.
        if again || candidate.0.role == Role::Guest { None } else { read_verified(store, key, candidate.0.name.clone()) }
    };
    let mut known: Vec<Option<SubjectVerification>> = candidates.iter().zip(&keys).map(kept).collect();
    if known.iter().any(Option::is_none) {
        let missing: Vec<Candidate> =
            candidates.iter().zip(&known).skip(1).filter(|(_, known)| known.is_none()).map(|(candidate, _)| candidate.0.clone()).collect();
        let fresh = verify_now(&baseline.0, &missing, benchmarks, reporter)?;
        for verified in fresh {
            let Some(at) = candidates.iter().position(|candidate| candidate.0.name == verified.subject) else { continue };
            fs::write_atomic(&store.verified(&keys[at]), &serde_json::to_vec(&verified)?)?;
            known[at] = Some(verified);
        }
    }
    Ok(known.into_iter().flatten().collect())
}

/// Only what passed: a failure may have come from a full disk or a damaged sysroot, and must not outlive its cause. The subject may
/// have been verified under another name, as part of another run.
fn read_verified(store: &Store, key: &Key, name: String) -> Option<SubjectVerification> {
    let place = store.verified(key);
    let verified: SubjectVerification = serde_json::from_slice(&std::fs::read(&place).ok()?).ok()?;
    Store::used(&place);
    verified.passed().then_some(SubjectVerification { subject: name, ..verified })
}

/// The baseline is asked again whenever anyone is: its answers are what the others are compared with.
fn verify_now(baseline: &Candidate, others: &[Candidate], benchmarks: &Path, reporter: &dyn Reporter) -> Result<Vec<SubjectVerification>> {
    let mut candidates = vec![baseline.clone()];
    candidates.extend_from_slice(others);
    Ok(verify::verify(&candidates, benchmarks, reporter)?.subjects)
}

/// `verified static-nonpic: 20/20 programs, 6/6 ELF, 53/53 hashes, 107/107 modules`: within 80 columns.
pub(in crate::cmd) fn verification_line(verified: &SubjectVerification) -> String {
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
