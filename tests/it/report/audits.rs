//! What an audit looks like: hand-made evidence of every kind, as a table, explained, and compared.

use surtax::report::audit::{Comparison, compared, explain, table};
use surtax::run::{
    AccessCounts, Accesses, AfterLink, Answer, Dispatch, FileKind, Flags, FunctionAccesses, Hardening, LtoForm, StartRelocations,
    SubjectAudit, TlsModel, Unsettled,
};

fn counts(got_loads: u64, plt_calls: u64, tls_calls: u64, tls_direct: u64) -> AccessCounts {
    AccessCounts { got_loads, plt_calls, tls_calls, tls_direct }
}

fn accesses(total: AccessCounts, interpreter: AccessCounts) -> Accesses {
    let function = |name: &str, counts| FunctionAccesses { name: name.into(), bytes: 41_000, counts };
    Accesses {
        total,
        functions: 8_412,
        interpreter_loop: Some(function("_PyEval_EvalFrameDefault", interpreter)),
        most: vec![function("_PyEval_EvalFrameDefault", interpreter), function("quiet", counts(0, 0, 0, 0))],
    }
}

/// An archive of position-independent code without a profile, and the runner that took it in.
fn pic() -> SubjectAudit {
    let start = StartRelocations { relative: 11_812, symbolic: 77, jump_slots: 311, bound_now: true, pages_written: 97 };
    let hardening = Hardening {
        relro: "full".into(),
        stack_protector: Answer::Yes,
        cet: Answer::No,
        symbolic: None,
        evidence: "BIND_NOW and PT_GNU_RELRO; __stack_chk_fail is called; no property note".into(),
    };
    SubjectAudit {
        subject: "static-pic".into(),
        file: "/store/lib/libpython3.13-pic.a".into(),
        size_bytes: 11_700_000,
        python: Some("3.13.5".into()),
        kind: Some(FileKind::Archive),
        pgo: Answer::No,
        pgo_evidence: "1 of 214 objects have .text.hot sections".into(),
        lto: Answer::No,
        lto_evidence: "compiled with -flto, whose sections were taken out".into(),
        lto_form: Some(LtoForm::Stripped),
        code_model: "pic".into(),
        code_model_evidence: "0 absolute 32-bit relocations in code, 10,048 loads from the global offset table".into(),
        tls: Some(TlsModel::GeneralDynamic),
        tls_evidence: Some("212 R_X86_64_TLSGD".into()),
        interposition: Some(Answer::Yes),
        interposition_evidence: Some("1,824 calls of own functions go by the procedure linkage table".into()),
        dispatch: Some(Dispatch::ComputedGotos),
        dispatch_evidence: Some("a table of 256 pointers into _PyEval_EvalFrameDefault".into()),
        hacl_missing: vec!["python_hashlib_Hacl_Hash_SHA2_free_256".into()],
        compilers: vec!["GCC: (Debian 14.2.0-19) 14.2.0".into()],
        flags: Some(Flags { flags: vec!["-O2".into(), "-fPIC".into()], source: "DWARF".into() }),
        accesses: Some(accesses(counts(10_048, 9_001, 212, 0), counts(611, 812, 3, 0))),
        after_link: Some(AfterLink {
            file: "/store/homes/one/two/python3.13".into(),
            accesses: accesses(counts(112, 640, 0, 212), counts(4, 31, 0, 3)),
            start: Some(start),
            hardening: Some(hardening),
        }),
        unsettled: vec![Unsettled { property: "lto".into(), by: "the build's log".into() }],
        ..SubjectAudit::default()
    }
}

fn nonpic() -> SubjectAudit {
    SubjectAudit {
        subject: "static-nonpic".into(),
        file: "/store/lib/libpython3.13.a".into(),
        pgo: Answer::Yes,
        pgo_evidence: "172 of 214 objects have .text.hot sections".into(),
        code_model: "non-pic".into(),
        code_model_evidence: "26,703 absolute 32-bit relocations in code".into(),
        tls: Some(TlsModel::InitialExec),
        interposition: Some(Answer::No),
        interposition_evidence: Some("code for executables, which is bound to itself".into()),
        compilers: vec!["GCC: (Debian 12.2.0-14) 12.2.0".into()],
        after_link: None,
        ..pic()
    }
}

/// A stripped shared object, of which little is known.
fn shared() -> SubjectAudit {
    SubjectAudit {
        subject: "shared".into(),
        file: "/store/lib/libpython3.13.so.1.0".into(),
        size_bytes: 7_500_000,
        kind: Some(FileKind::SharedObject),
        pgo_evidence: "nothing shows it".into(),
        lto_evidence: "nothing shows it".into(),
        code_model: "pic".into(),
        start: Some(StartRelocations { relative: 9_000, symbolic: 1_204, jump_slots: 1_900, bound_now: false, pages_written: 210 }),
        pie: None,
        ..SubjectAudit::default()
    }
}

#[test]
fn a_table_of_every_kind() {
    insta::assert_snapshot!(table(&[nonpic(), pic(), shared()]));
}

#[test]
fn each_item_with_its_evidence_before_and_after_the_link() {
    insta::assert_snapshot!(explain(&pic(), 100));
    insta::assert_snapshot!(explain(&shared(), 80));
}

#[test]
fn further_compilers_are_told_apart() {
    let mut audit = shared();
    audit.compilers = vec!["GCC: (GNU) 14.2.0".into(), "clang version 19.1.7".into()];
    audit.compilers_evidence = Some("python.o beside it".into());
    let said = explain(&audit, 100);
    assert!(said.contains("clang version 19.1.7; python.o beside it"), "{said}");
}

#[test]
fn what_a_link_adds_is_shown_as_what_it_takes() {
    let mut audit = SubjectAudit { tls: Some(TlsModel::InitialExec), ..pic() };
    let linked = accesses(counts(1_112, 640, 0, 212), counts(1_615, 812, 0, 3));
    audit.after_link.as_mut().expect("linked").accesses = linked;
    let said = explain(&audit, 100);
    let row = said.lines().find(|line| line.contains("changed by the link")).expect("a row");
    assert_eq!(row.split_whitespace().skip(4).collect::<Vec<_>>(), ["+1,004", "0", "-3", "+3"]);
    assert_eq!(said.matches("changed by the link").count(), 1, "of the loop alone: {said}");
    assert!(said.contains("one access is one TLS direct as compiled"), "{said}");
}

#[test]
fn two_that_differ_in_several_things_are_no_measure_of_one() {
    insta::assert_snapshot!(compared(&Comparison::of(pic(), nonpic()), 100));
}

#[test]
fn two_that_differ_in_one_thing_are_its_measure() {
    let twin = SubjectAudit { subject: "twin".into(), dispatch: Some(Dispatch::TailCalls), ..pic() };
    let said = compared(&Comparison::of(pic(), twin), 100);
    assert!(said.contains("differ in dispatch alone"), "{said}");
    let same = compared(&Comparison::of(pic(), pic()), 100);
    assert!(same.contains("alike in all that was compared"), "{same}");
    let dim = SubjectAudit { subject: "dim".into(), lto: Answer::Unknown, ..pic() };
    let said = compared(&Comparison::of(pic(), dim), 100);
    assert!(said.contains("not seen to differ. Not known: LTO"), "{said}");
}

#[test]
fn what_was_not_seen_is_neither_alike_nor_passed_over() {
    type Change = fn(&mut SubjectAudit);
    let unseen: [(&str, Change); 5] = [
        ("interposition", |audit| audit.interposition = None),
        ("code model", |audit| audit.code_model = "unknown".into()),
        ("TLS model", |audit| audit.tls = None),
        ("dispatch", |audit| audit.dispatch = Some(Dispatch::Unknown)),
        ("compiler", |audit| audit.compilers.clear()),
    ];
    for (word, change) in unseen {
        let mut dim = pic();
        change(&mut dim);
        for comparison in [Comparison::of(pic(), dim.clone()), Comparison::of(dim.clone(), pic()), Comparison::of(dim.clone(), dim)] {
            let said = compared(&comparison, 200);
            assert!(said.contains(&format!("Not known: {word}.")) && comparison.unknown.len() == 1, "{word}: {said}");
            assert!(!said.contains("alike in all") && !said.contains("alone, of all"), "{word}: {said}");
        }
    }
}

#[test]
fn of_what_one_file_alone_says_nothing_was_compared() {
    let linked = SubjectAudit {
        subject: "linked".into(),
        kind: Some(FileKind::Executable),
        code_model: "unknown".into(),
        hardening: pic().after_link.and_then(|link| link.hardening),
        python: None,
        ..pic()
    };
    let comparison = Comparison::of(pic(), linked);
    let said = compared(&comparison, 200);
    let expected = "Not compared: code model, Python (static-pic alone says); CET, stack protector (linked alone says).";
    assert!(said.contains("alike in all that was compared. ") && said.contains(expected), "{said}");
    assert_eq!(comparison.not_compared.len(), 4);
    let archives = compared(&Comparison::of(pic(), pic()), 200);
    assert!(archives.contains("Not compared: CET, stack protector (neither file says)."), "{archives}");
    // Of code that is yet to be compiled, no call shows.
    let slim = SubjectAudit { hacl_missing: Vec::new(), lto_form: Some(LtoForm::Slim), ..pic() };
    let said = compared(&Comparison::of(pic(), slim), 200);
    assert!(said.contains("HACL (static-pic alone says)") && !said.contains("complete"), "{said}");
}
