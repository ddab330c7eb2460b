//! The guard: whatever differs beside what a row is named for is said at its ratio, from the evidence, and nothing else is.

use surtax::report::{self, Bearing, Property, summarise};
use surtax::run::{Answer, Audit, Dispatch, Factors, FileKind, Flags, Hardening, Role, Run, SubjectAudit, TlsModel};

use super::synthetic::{Synthetic, row};

/// The default run with libpythons that are alike in all but their code model.
fn alike() -> Run {
    let mut run = Synthetic::new().run;
    for audit in &mut run.audit.subjects {
        (audit.pgo, audit.lto) = (Answer::Yes, Answer::No);
        (audit.pgo_evidence, audit.lto_evidence) = ("hot sections".into(), "no intermediate code".into());
        audit.compilers = vec!["GCC: (Debian 12.2.0-14) 12.2.0".into()];
        audit.flags = flags("-O2", "DWARF");
        audit.interposition = Some(Answer::No);
        audit.dispatch = Some(Dispatch::ComputedGotos);
        audit.kind = Some(match audit.subject.as_str() {
            "shared" => FileKind::SharedObject,
            name if name.starts_with("python3") => FileKind::Executable,
            _ => FileKind::Archive,
        });
        audit.tls = Some(if audit.code_model == "pic" { TlsModel::GeneralDynamic } else { TlsModel::LocalExec });
    }
    run
}

fn flags(flags: &str, source: &str) -> Option<Flags> {
    Some(Flags { flags: flags.split(' ').map(Into::into).collect(), source: source.into() })
}

fn changed(subject: &str, change: impl Fn(&mut SubjectAudit)) -> Run {
    let mut run = alike();
    run.audit.subjects.iter_mut().filter(|audit| audit.subject == subject).for_each(change);
    run
}

fn found(run: &Run, subject: &str) -> Vec<Property> {
    row(&summarise(run), "dynamic", Some(1_000_000), subject).confounds.clone()
}

#[test]
fn builds_that_are_alike_carry_no_sign() {
    let run = alike();
    let summary = summarise(&run);
    assert!(summary.benchmarks.iter().flat_map(|benchmark| &benchmark.results).all(|row| row.confounds.is_empty()));
    let written = report::markdown(&run, &summary) + &report::terminal_table(&run, &summary, 80) + &report::plots(&run, &summary)[0].1;
    assert!(!written.contains('†') && !written.contains("What confounds"), "{written}");
    assert!(!report::answer(&summary).contains("not built alike"));
    // The code model is what the rows are named for; how thread-local variables are reached follows from it.
    let named = |property| summary.differences.iter().any(|found| found.property == property && found.bearing == Bearing::Named);
    assert!(named(Property::CodeModel) && named(Property::Tls));
}

#[test]
fn whatever_else_differs_is_found_in_the_evidence() {
    let cet = |answer| {
        Some(Hardening { relro: "full".into(), stack_protector: Answer::Yes, cet: answer, symbolic: None, evidence: "its notes".into() })
    };
    type Change = fn(&mut SubjectAudit);
    let changes: [(Property, Change); 6] = [
        (Property::Pgo, |audit| audit.pgo = Answer::No),
        (Property::Interposition, |audit| audit.interposition = Some(Answer::Yes)),
        (Property::Dispatch, |audit| audit.dispatch = Some(Dispatch::Switch)),
        (Property::Compiler, |audit| audit.compilers = vec!["GCC: (Debian 14.2.0-19) 14.2.0".into()]),
        (Property::Flags, |audit| audit.flags = flags("-O3 -fno-omit-frame-pointer", "DWARF")),
        (Property::Python, |audit| audit.python = Some("3.13.7".into())),
    ];
    for (property, change) in changes {
        let run = changed("static-pic", change);
        // Only what is known of both can differ.
        let expected = if property == Property::Python { vec![] } else { vec![property] };
        assert_eq!(found(&run, "static-pic"), expected);
        assert!(found(&run, "static-pic-pie").is_empty() && found(&run, "static-nonpic").is_empty());
    }
    let mut run = changed("shared", |audit| audit.hardening = cet(Answer::No));
    run.audit.subjects[0].hardening = cet(Answer::Yes);
    assert_eq!(found(&run, "shared"), [Property::Cet]);
    let run = changed("static-pic-pie", |audit| audit.tls = Some(TlsModel::Descriptors));
    assert!(found(&run, "static-pic-pie").is_empty(), "against static-nonpic, it may follow from the code model");
    // What a prefix says of itself is not said of each file in it.
    let run = changed("static-pic", |audit| audit.flags = flags("-O3", "sysconfig, which speaks of the prefix and not of this file: x"));
    assert!(found(&run, "static-pic").is_empty());
    assert!(report::markdown(&run, &summarise(&run)).contains("What is not known may be part of a ratio: flags of `static-pic`."));
    // Nor are all flags of consequence.
    let run = changed("static-pic", |audit| audit.flags = flags("-g -Wall -O2 -fPIC", "DWARF"));
    assert!(found(&run, "static-pic").is_empty());
    // A later release of one compiler makes no other code than the evidence shows.
    let run = changed("static-pic", |audit| audit.compilers = vec!["GCC: (GNU) 12.4.0".into()]);
    assert!(found(&run, "static-pic").is_empty());
}

#[test]
fn the_sign_stands_at_the_number_and_its_text_below_the_table() {
    let run = changed("static-pic", |audit| {
        audit.pgo = Answer::No;
        audit.pgo_evidence = "6 of 180 objects have hot sections; from 10 % of them on, a profile placed them".into();
    });
    let summary = summarise(&run);
    let markdown = report::markdown(&run, &summary);
    let sentence =
        "† `static-pic` also lacks PGO: 6 of 180 objects have hot sections; in `python3`: hot sections; its ratio is not the cost of PIC.";
    let (table, rest) = markdown.split_once("### Dynamic workload").expect("a section").1.split_once(sentence).expect("its text");
    assert!(table.contains("| `static-pic` | ") && table.contains(" † |"), "{table}");
    assert_eq!(table.matches('†').count(), 1);
    assert!(rest.trim_start().starts_with("###"), "right below: {}", &rest[..80]);
    let terminal = report::terminal_table(&run, &summary, 80);
    assert!(terminal.contains("† `static-pic` also lacks PGO: 6 of 180") && terminal.lines().all(|line| line.chars().count() <= 80));
    let (_, svg) = &report::plots(&run, &summary)[0];
    assert!(svg.contains("† static-pic also lacks PGO, unlike python3; its ratio is not the cost of PIC."), "{svg}");
    assert!(report::answer(&summary).contains("`static-pic` was compiled without a profile (PGO), so its ratio is not"));
}

#[test]
fn several_causes_are_told_together() {
    let run = changed("shared", |audit| {
        (audit.pgo, audit.interposition) = (Answer::No, Some(Answer::Yes));
        audit.interposition_evidence = Some("1,824 calls by the procedure linkage table".into());
    });
    let markdown = report::markdown(&run, &summarise(&run));
    assert!(markdown.contains("† `shared` also lacks PGO: "), "{markdown}");
    assert!(markdown.contains("; also is open to semantic interposition: 1,824 calls by the procedure linkage table; in `python3`: "));
    assert!(markdown.contains("its ratio is not the cost of sharing."));
}

#[test]
fn what_a_study_chose_is_no_confound_of_it() {
    let mut run = alike();
    for subject in run.plan.subjects.iter_mut().filter(|subject| subject.role == Role::Runner) {
        let pgo = subject.name != "static-pic-pie";
        let (code_model, linkage) = match subject.name.as_str() {
            "static-nonpic" => ("non-pic", "static"),
            "static-pic" => ("pic", "static"),
            "static-pic-pie" => ("pic", "static-pie"),
            _ => ("pic", "shared"),
        };
        let (code_model, linkage, lto) = (code_model.into(), linkage.into(), "none".into());
        subject.factors = Some(Factors { code_model, linkage, pgo, lto, interposition: false, replicate: 1 });
    }
    // As its name says, and unlike the first runner.
    let without = |run: &mut Run, answer| {
        let audits: &mut Audit = &mut run.audit;
        audits.subjects.iter_mut().filter(|audit| audit.subject == "static-pic-pie").for_each(|audit| audit.pgo = answer);
        audits.subjects.iter_mut().filter(|audit| audit.subject.starts_with("python3")).for_each(|audit| audit.pgo = Answer::Unknown);
    };
    without(&mut run, Answer::No);
    assert!(found(&run, "static-pic-pie").is_empty());
    // What no name says is one in a study too.
    run.audit.subjects.iter_mut().filter(|audit| audit.subject == "static-pic").for_each(|audit| audit.interposition = Some(Answer::Yes));
    assert_eq!(found(&run, "static-pic"), [Property::Interposition]);
    let summary = summarise(&run);
    let markdown = report::markdown(&run, &summary);
    let (_, study) = markdown.split_once("## The study").expect("a study");
    let (effects, _) = study.split_once("#### Effects on dynamic").or_else(|| study.split_once("### Effects on dynamic")).expect("effects");
    let said = "◊ `static-nonpic-pgo` and `static-pic-pgo` also differ in interposition; `static-pic-pgo` and `shared-pgo` also differ in interposition";
    assert!(effects.contains(" ◊ |") && effects.contains(said), "{effects}");
}

#[test]
fn an_executable_of_fixed_address_is_not_held_against_a_code_model() {
    let run = changed("python3", |audit| audit.code_model = "unknown".into());
    let summary = summarise(&run);
    let against = |found: &&report::Difference| found.against == "python3" && found.property == Property::CodeModel;
    assert_eq!(summary.differences.iter().filter(against).count(), 0);
    assert!(!report::markdown(&run, &summary).contains("unknown there"));
}
