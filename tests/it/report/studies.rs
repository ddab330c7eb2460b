//! Studies: what each factor costs, of made-up builds of which that is known.

mod counts;
mod golden;

use surtax::digest::Sha256;
use surtax::report::{self, Effect, Interaction, Summary, sentences, summarise};
use surtax::run::{CpythonPlan, Factor, Factors, GroupPlan, Outcome, Role, Run, Sample, Study, SubjectPlan};
use surtax::stats::Verdict;
use surtax::variant::{Lto, VariantName};

use super::synthetic::Synthetic;
use super::{assert_tables_are_whole, keep_for_looking};

/// What the default study of a recipe builds.
const BUILDS: [&str; 16] = [
    "static-nonpic-pgo",
    "static-nonpic-nopgo",
    "static-pie-pgo",
    "static-pie-nopgo",
    "static-pic-pgo",
    "static-pic-nopgo",
    "static-pic-pgo-interposable",
    "static-pic-nopgo-interposable",
    "shared-pgo",
    "shared-nopgo",
    "shared-pgo-interposable",
    "shared-nopgo-interposable",
    "static-nonpic-pgo-lto",
    "static-nonpic-nopgo-lto",
    "static-pic-pgo-lto",
    "shared-pgo-lto",
];

/// What each level costs in `dynamic`; nothing beyond start-up in what times whole processes.
fn cost(benchmark: &str, factors: &Factors) -> f64 {
    let strength = match benchmark {
        "dynamic" => 1.0,
        "pure_int_loop" => 0.5,
        _ => 0.1,
    };
    let mut cost: f64 = 1.0;
    cost *= match factors.code_model.as_str() {
        "pie" => 1.03,
        "pic" => 1.06,
        _ => 1.0,
    };
    cost *= if factors.linkage == "shared" { 1.08 } else { 1.0 };
    cost *= if factors.interposition { 1.02 } else { 1.0 };
    cost *= if factors.pgo { 1.0 } else { 1.25 };
    cost *= if factors.lto == "full" { 0.94 } else { 1.0 };
    cost.powf(strength)
}

/// As a plan has them.
fn factors(build: VariantName) -> Factors {
    let flavour = build.flavour.unwrap();
    Factors {
        code_model: build.shape.code_model().as_str().into(),
        linkage: build.shape.linkage().as_str().into(),
        pgo: flavour.pgo,
        lto: flavour.lto.as_str().into(),
        interposition: flavour.interposition,
        replicate: flavour.replicate,
    }
}

fn runner(group: Option<&str>, name: &str) -> SubjectPlan {
    SubjectPlan {
        name: group.map_or_else(|| name.to_owned(), |group| format!("{group}/{name}")),
        group: Some(group.unwrap_or("study-pgo-lto").to_owned()),
        role: Role::Runner,
        executable: format!("/store/{name}").into(),
        sha256: Sha256::of(name.as_bytes()),
        size_bytes: 6_831_704,
        description: "libpython3.13.a compiled here".into(),
        factors: Some(factors(name.parse().unwrap())),
    }
}

fn study(builds: &[&str], rounds: u32, cost: impl Fn(&str, &Factors) -> f64) -> Synthetic {
    let mut subjects = vec!["python3", "python3-again"];
    subjects.extend(builds);
    let mut synthetic = Synthetic::unmeasured(&subjects, rounds);
    let plan = &mut synthetic.run.plan;
    plan.python = "3.13".into();
    plan.release = "trixie".into();
    plan.groups = vec![group("study-pgo-lto")];
    plan.subjects.iter_mut().for_each(|subject| subject.group = Some("study-pgo-lto".into()));
    for subject in plan.subjects.iter_mut().filter(|subject| builds.contains(&subject.name.as_str())) {
        *subject = runner(None, &subject.name);
    }
    synthetic.measured_by(|benchmark, subject| subject.factors.as_ref().map_or(1.0, |factors| cost(&benchmark.name, factors)))
}

fn group(name: &str) -> GroupPlan {
    GroupPlan {
        name: name.into(),
        release: "trixie".into(),
        python: "3.13.5".into(),
        lock: None,
        lock_sha256: None,
        recipe: None,
        hacl: None,
        cpython: Some(CpythonPlan {
            source: "python3.13 3.13.5-2 of trixie, python3.13_3.13.5.orig.tar.xz".into(),
            source_sha256: Some(Sha256::of(b"source")),
            patches: vec!["3.13/no-tls-in-loop.patch".into()],
            compiler: "gcc (Debian 12.2.0-14+deb12u1) 12.2.0".into(),
            configure: vec!["--without-ensurepip".into()],
            cflags: Vec::new(),
            static_modules: vec!["_md5".into(), "_sha2".into()],
            profile_tasks: vec!["-m test --pgo".into()],
            stock: "static-nonpic-pgo".into(),
        }),
    }
}

fn usual() -> Synthetic {
    study(&BUILDS, 15, cost)
}

fn effect<'a>(summary: &'a Summary, benchmark: &str, factor: Factor, to: &str) -> &'a Effect {
    let mut effects = summary.effects.iter().filter(|effect| effect.benchmark == benchmark);
    effects.find(|effect| effect.factor == factor && effect.to == to && effect.from != "pie").unwrap()
}

fn interaction<'a>(summary: &'a Summary, benchmark: &str, to: &str, by: Factor) -> &'a Interaction {
    let mut all = summary.interactions.iter().filter(|interaction| interaction.benchmark == benchmark);
    all.find(|interaction| interaction.to == to && interaction.by == by).unwrap()
}

fn assert_near(found: Option<f64>, expected: f64, what: &str) {
    let found = found.unwrap();
    assert!((found / expected - 1.0).abs() < 0.004, "{what}: {found} instead of {expected}");
}

#[test]
fn the_section_of_a_study() {
    let run = usual().run;
    let summary = summarise(&run);
    let markdown = report::markdown(&run, &summary);
    assert_tables_are_whole(&markdown);
    let section = markdown.split("## The study").nth(1).unwrap().split("\n## ").next().unwrap();
    insta::assert_snapshot!("study_section", section);
    let environment = markdown.split("## Environment").nth(1).unwrap();
    insta::assert_snapshot!("study_environment", environment);
}

#[test]
fn plots_of_a_study() {
    let run = usual().run;
    let plots = report::plots(&run, &summarise(&run));
    for (name, svg) in plots.iter().filter(|(name, _)| ["effects.svg", "ledger.svg"].contains(&name.as_str())) {
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name}");
        insta::assert_snapshot!(format!("study_{}", name.replace('.', "_")), svg);
    }
    assert_eq!(plots.iter().filter(|(name, _)| name == "effects.svg" || name == "ledger.svg").count(), 2);
    keep_for_looking("study", &plots);
}

#[test]
fn terminal_table_of_a_study() {
    let run = usual().run;
    let table = report::terminal_table(&run, &summarise(&run), 80);
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    for build in BUILDS {
        assert!(table.contains(&format!(" {build} ")), "{build} is cut\n{table}");
    }
    let rebuilt = ["static-pic-pgo-interposable", "static-pic-nopgo-interposable", "static-pic-nopgo-interposable-r2"];
    let long = study(&rebuilt, 15, |_, _| 1.0).run;
    let long = report::terminal_table(&long, &summarise(&long), 80);
    let whole = |line: &&str| line.starts_with(&format!(" {} ", rebuilt[2])) && line.ends_with("no difference seen");
    assert!(long.lines().any(|line| whole(&line)), "{long}");
    insta::assert_snapshot!(table);
}

#[test]
fn interactions_are_looked_for_where_the_builds_have_squares() {
    let run = usual().run;
    let found: Vec<(&str, &str, usize)> = Study::all_of(&run.plan)[0]
        .interplays()
        .iter()
        .map(|interplay| (interplay.effect.factor.as_str(), interplay.by.factor.as_str(), interplay.squares.len()))
        .collect();
    let expected = [
        // PIE, then PIC.
        ("code-model", "pgo", 1),
        ("code-model", "pgo", 1),
        ("code-model", "lto", 1),
        ("linkage", "interposition", 2),
        ("linkage", "pgo", 2),
        ("linkage", "lto", 1),
        ("interposition", "pgo", 2),
        ("pgo", "lto", 1),
    ];
    assert_eq!(found, expected);
}

#[test]
fn every_effect_is_what_was_made_up() {
    let run = usual().run;
    let summary = summarise(&run);
    for (benchmark, strength) in [("dynamic", 1.0), ("pure_int_loop", 0.5)] {
        let expected = [
            (Factor::CodeModel, "pie", 1.03_f64, 2),
            (Factor::CodeModel, "pic", 1.06, 3),
            (Factor::Linkage, "shared", 1.08, 5),
            (Factor::Interposition, "yes", 1.02, 4),
            (Factor::Pgo, "yes", 0.8, 7),
            (Factor::Lto, "full", 0.94, 4),
        ];
        for (factor, to, cost, pairs) in expected {
            let found = effect(&summary, benchmark, factor, to);
            assert_near(found.ratio, cost.powf(strength), &format!("{factor:?} on {benchmark}"));
            assert_eq!((found.pairs, found.pairs_possible, found.rounds), (pairs, pairs, 15), "{factor:?}");
            assert!(found.matched.iter().all(|pair| (pair.ratio.unwrap().value / cost.powf(strength) - 1.0).abs() < 0.006));
        }
    }
    assert_eq!(effect(&summary, "dynamic", Factor::CodeModel, "pic").verdict, Some(Verdict::Slower));
    assert_eq!(effect(&summary, "dynamic", Factor::Pgo, "yes").verdict, Some(Verdict::Faster));
    assert_eq!(effect(&summary, "dynamic", Factor::Interposition, "yes").verdict, Some(Verdict::Slower));
    assert_eq!(effect(&summary, "startup", Factor::Interposition, "yes").verdict, Some(Verdict::NoDifferenceSeen));
    assert!(
        summary.interactions.iter().all(|interaction| interaction.figures.as_ref().unwrap().verdict == Some(Verdict::NoDifferenceSeen))
    );
    assert_eq!(summary.comparisons, run.plan.comparisons(), "the plan knows");
}

#[test]
fn one_pair_gives_what_a_ratio_gives() {
    let mut run = study(&["static-nonpic-pgo", "static-pic-pgo"], 15, cost).run;
    // The same pair as a plain ratio: the one is the other's baseline.
    let summary = summarise(&run);
    let found = effect(&summary, "dynamic", Factor::CodeModel, "pic").clone();
    run.plan.subjects.retain(|subject| subject.name != "python3");
    run.plan.subjects.iter_mut().filter(|subject| subject.name == "static-nonpic-pgo").for_each(|subject| subject.role = Role::Baseline);
    let plain = summarise(&run);
    let row = plain.benchmarks.iter().find(|benchmark| benchmark.name == "dynamic").unwrap().of("static-pic-pgo").unwrap().clone();
    let close = |a: Option<f64>, b: Option<f64>| (a.unwrap() / b.unwrap() - 1.0).abs() < 1e-12;
    assert!(close(found.ratio, row.ratio) && close(found.ratio_low, row.ratio_low) && close(found.ratio_high, row.ratio_high));
    assert_eq!(found.p_value, row.p_value);
}

#[test]
fn an_interaction_that_was_planted_is_seen_where_it_was_planted() {
    let planted = |benchmark: &str, factors: &Factors| {
        let extra = benchmark == "dynamic" && factors.code_model == "pic" && factors.linkage == "static" && !factors.pgo;
        cost(benchmark, factors) * if extra { 1.1 } else { 1.0 }
    };
    let run = study(&BUILDS, 15, planted).run;
    let summary = summarise(&run);
    let found = interaction(&summary, "dynamic", "pic", Factor::Pgo);
    let figures = found.figures.as_ref().unwrap();
    // From without PGO to with it.
    assert_near(Some(figures.ratio), 1.0 / 1.1, "the interaction");
    assert_near(found.at_from.map(|range| range.value), 1.06 * 1.1, "without PGO");
    assert_near(found.at_to.map(|range| range.value), 1.06, "with PGO");
    assert_eq!((figures.verdict, found.squares, found.squares_possible), (Some(Verdict::Faster), 1, 1));
    assert_near(
        effect(&summary, "dynamic", Factor::CodeModel, "pic").ratio,
        1.06 * 1.1_f64.cbrt(),
        "the mean over its pairs, of which one has LTO",
    );
    assert_eq!(
        interaction(&summary, "pure_int_loop", "pic", Factor::Pgo).figures.as_ref().unwrap().verdict,
        Some(Verdict::NoDifferenceSeen)
    );
    let markdown = report::markdown(&run, &summary);
    assert_tables_are_whole(&markdown);
    let section = markdown.split("### Interactions\n").nth(1).unwrap().split("\n### ").next().unwrap();
    insta::assert_snapshot!("study_interactions", section);
    let said = sentences(&run, &summary).join("\n");
    assert!(said.contains("On `dynamic`, the effects of PIC and PGO depend on each other: PIC is 1.1"), "{said}");
    assert!(!said.contains("On `pure_int_loop`, the effects"), "{said}");
}

#[test]
fn no_difference_is_called_none_and_says_what_could_have_been_seen() {
    let run = study(&BUILDS, 15, |_, _| 1.0).run;
    let summary = summarise(&run);
    for found in &summary.effects {
        assert_eq!(found.verdict, Some(Verdict::NoDifferenceSeen), "{found:?}");
        let (floor, reach) = (0.01, found.ratio_high.unwrap() / found.ratio.unwrap());
        assert!(found.detectable.unwrap() >= (1.0 + floor) * reach - 1.0 - 1e-9);
    }
    let said = sentences(&run, &summary).join("\n");
    for word in ["costs", "gives", "Of the", "depend on"] {
        assert!(!said.contains(word), "{word} in\n{said}");
    }
    assert!(said.contains("PGO (with a profile instead of without): no difference seen: "));
    assert!(said.contains("so that there is none to divide"));
    assert!(summary.published_pair.iter().all(|pair| pair.parts.iter().all(|part| part.share.is_none())));
}

#[test]
fn a_difference_below_the_noise_floor_is_not_claimed() {
    let small = |_: &str, factors: &Factors| if factors.code_model == "pic" { 1.008 } else { 1.0 };
    let run = study(&BUILDS, 40, small).run;
    let summary = summarise(&run);
    let found = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    assert!(found.p_adjusted.unwrap() < 0.05 && found.ratio_low.unwrap() > 1.0, "{found:?}");
    assert_eq!(found.verdict, Some(Verdict::NoDifferenceSeen), "{found:?}");
    let said = sentences(&run, &summary).join("\n");
    assert!(said.contains("PIC (closed to interposition, instead of non-PIC, both static in an executable of fixed address): no difference seen above the noise: "));
}

#[test]
fn few_rounds_decide_nothing() {
    let run = study(&BUILDS, 7, cost).run;
    let summary = summarise(&run);
    assert!(summary.effects.iter().all(|effect| effect.verdict == Some(Verdict::Undecided) && effect.detectable.is_none()));
    let said = sentences(&run, &summary).join("\n");
    assert!(said.contains("PGO (with a profile instead of without): undecided: ") && said.contains("rounds cannot decide among"), "{said}");
    assert!(said.contains("this run cannot decide") && !said.contains("costs"), "{said}");
}

#[test]
fn a_subject_without_published_times_leaves_its_pairs_out() {
    let run = usual().fail_verification("static-pic-nopgo", "program_01", "differs").run;
    let summary = summarise(&run);
    let pic = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    assert_eq!((pic.pairs, pic.pairs_possible), (2, 3));
    assert_near(pic.ratio, 1.06, "PIC with PGO alone");
    let left: Vec<&str> = pic.matched.iter().filter(|pair| pair.ratio.is_none()).map(|pair| pair.to.as_str()).collect();
    assert_eq!(left, ["static-pic-nopgo"]);
    assert_eq!(effect(&summary, "dynamic", Factor::Pgo, "yes").pairs, 6);
    assert!(interaction(&summary, "dynamic", "pic", Factor::Pgo).figures.is_none());
    let ledger = &summary.ledger[0];
    let builds: Vec<&str> = ledger.steps.iter().map(|step| step.build.as_str()).collect();
    assert_eq!(builds, ["static-nonpic-pgo", "static-pic-pgo", "shared-pgo", "shared-pgo-interposable", "shared-nopgo-interposable"]);
    assert!(report::markdown(&run, &summary).contains("2 of 3"));
}

#[test]
fn a_build_that_fails_often_is_left_out_and_one_that_fails_once_costs_its_round() {
    let fails = |times: u32| {
        usual().fail(Outcome::Failed, "exit code 139", move |sample: &Sample| {
            sample.subject == "static-pic-nopgo" && sample.benchmark == "dynamic" && sample.round < times
        })
    };
    let once = summarise(&fails(1).run);
    let pic = effect(&once, "dynamic", Factor::CodeModel, "pic");
    assert_eq!((pic.pairs, pic.rounds), (3, 14));
    assert_eq!(effect(&once, "dynamic", Factor::CodeModel, "pie").rounds, 15);
    let often = summarise(&fails(8).run);
    let pic = effect(&often, "dynamic", Factor::CodeModel, "pic");
    assert_eq!((pic.pairs, pic.rounds), (2, 15), "seven rounds of fifteen would take the rounds of all");
    assert_eq!(effect(&often, "pure_int_loop", Factor::CodeModel, "pic").pairs, 3);
}

#[test]
fn the_ledger_adds_up() {
    let summary = summarise(&usual().run);
    assert_eq!(summary.ledger.len(), 2);
    let ledger = summary.ledger.iter().find(|ledger| ledger.benchmark == "dynamic").unwrap();
    assert_eq!((ledger.from.as_str(), ledger.to.as_str()), ("static-nonpic-pgo-lto", "shared-nopgo-interposable"));
    let factors: Vec<Factor> = ledger.steps.iter().map(|step| step.factor).collect();
    assert_eq!(factors, [Factor::Lto, Factor::CodeModel, Factor::Linkage, Factor::Interposition, Factor::Pgo]);
    assert_near(Some(ledger.total.ratio), 1.06 * 1.08 * 1.02 * 1.25 / 0.94, "the total");
    assert_near(ledger.steps.last().map(|step| step.product), ledger.total.ratio, "the product");
    assert_near(ledger.steps.last().map(|step| step.so_far.value), ledger.total.ratio, "the last line");
}

#[test]
fn a_ledger_goes_the_ways_that_there_are() {
    let way = |builds: &[&str]| {
        let run = Synthetic::unmeasured(&[], 1).run;
        let mut plan = run.plan;
        plan.subjects = builds.iter().map(|name| runner(None, name)).collect();
        plan.groups = vec![group("study-pgo-lto")];
        let studies = Study::all_of(&plan);
        let steps = studies.first().and_then(|study| study.ledger(|_| true));
        steps.map(|steps| steps.iter().map(|step| step.after.to_string()).collect::<Vec<_>>())
    };
    let found = way(&["static-nonpic-pgo", "static-nonpic-nopgo", "static-pic-nopgo", "shared-nopgo"]).unwrap();
    assert_eq!(found, ["static-nonpic-nopgo", "static-pic-nopgo", "shared-nopgo"], "PGO first where there is no other way");
    let found = way(&["static-pie-pgo", "static-pic-pie-pgo", "shared-pgo", "shared-nopgo"]).unwrap();
    assert_eq!(found, ["static-pic-pie-pgo", "shared-pgo", "shared-nopgo"]);
    assert_eq!(way(&["static-nonpic-pgo", "shared-nopgo"]), None, "two factors at once");
    assert_eq!(way(&["static-nonpic-pgo", "static-pic-pgo", "shared-pgo"]), None, "no end without profile");
    assert_eq!(way(&["static-nonpic-pgo", "static-pic-pgo"]), None, "nothing shared");
}

#[test]
fn interposition_that_costs_more_in_a_shared_library_is_seen_to() {
    let planted = |benchmark: &str, factors: &Factors| {
        let plt = benchmark == "dynamic" && factors.linkage == "shared" && factors.interposition;
        cost(benchmark, factors) * if plt { 1.07 } else { 1.0 }
    };
    let run = study(&BUILDS, 15, planted).run;
    let summary = summarise(&run);
    let found = interaction(&summary, "dynamic", "shared", Factor::Interposition);
    let figures = found.figures.as_ref().unwrap();
    assert_near(Some(figures.ratio), 1.07, "the interaction");
    assert_eq!((figures.verdict, found.squares, found.squares_possible), (Some(Verdict::Slower), 2, 2));
    assert_near(effect(&summary, "dynamic", Factor::Interposition, "yes").ratio, 1.02 * 1.07_f64.sqrt(), "the mean of both");
    insta::assert_snapshot!("study_sentences_of_interposition", sentences(&run, &summary).join("\n"));
}

/// With interactions, so that the orders of change tell different things.
fn intertwined(_: &str, factors: &Factors) -> f64 {
    match (factors.code_model.as_str(), factors.interposition, factors.pgo) {
        ("pic", false, true) => 1.05,
        ("pic", true, true) => 1.09,
        ("pic", false, false) => 1.3,
        ("pic", true, false) => 1.4,
        (.., pgo) => {
            if pgo {
                1.0
            } else {
                1.2
            }
        }
    }
}

const APART: [&str; 6] = [
    "static-nonpic-pgo",
    "static-nonpic-nopgo",
    "static-pic-pgo",
    "static-pic-nopgo",
    "static-pic-pgo-interposable",
    "static-pic-nopgo-interposable",
];

#[test]
fn the_published_pair_is_divided_by_logarithms() {
    let run = usual().run;
    let summary = summarise(&run);
    let pair = summary.published_pair.iter().find(|pair| pair.benchmark == "dynamic").unwrap();
    assert_eq!((pair.from.as_str(), pair.to.as_str()), ("static-nonpic-pgo", "static-pic-nopgo-interposable"));
    let [pgo, pic, interposition] = [Factor::Pgo, Factor::CodeModel, Factor::Interposition];
    assert_eq!(pair.orders, [[pgo, pic, interposition], [pic, pgo, interposition], [pic, interposition, pgo]]);
    assert_eq!(pair.orders_possible, 3);
    assert_near(Some(pair.total.ratio), 1.06 * 1.25 * 1.02, "the total");
    for (part, (factor, cost)) in pair.parts.iter().zip([(pgo, 1.25_f64), (pic, 1.06), (interposition, 1.02)]) {
        assert_eq!(part.factor, factor);
        assert_near(Some(part.figures.ratio), cost, factor.as_str());
        let expected = cost.ln() / (1.25_f64 * 1.06 * 1.02).ln();
        assert!((part.share.unwrap().value - expected).abs() < 0.01, "{part:?}");
    }
    let levels: Vec<(&str, &str)> = pair.parts.iter().map(|part| (part.from.as_str(), part.to.as_str())).collect();
    assert_eq!(levels, [("yes", "no"), ("non-pic", "pic"), ("no", "yes")]);
    let said = sentences(&run, &summary).join("\n");
    assert!(said.contains("the published experiment gave 1.251 for the distribution's `-pic.a` and 0.972 for its `.a`"), "{said}");
    assert!(said.contains("compiled without PGO and open to interposition"), "{said}");
    assert!(said.contains("between `static-nonpic-pgo` and `static-pic-nopgo-interposable` on `dynamic`, PGO is 1.2"), "{said}");
}

#[test]
fn without_an_interposable_archive_two_factors_are_left() {
    let two = |run: &Run| {
        let summary = summarise(run);
        let pair = summary.published_pair.iter().find(|pair| pair.benchmark == "dynamic").unwrap().clone();
        assert_eq!((pair.from.as_str(), pair.to.as_str()), ("static-nonpic-pgo", "static-pic-nopgo"));
        assert_eq!(pair.orders, [[Factor::Pgo, Factor::CodeModel], [Factor::CodeModel, Factor::Pgo]]);
        let (pgo, pic) = (pair.parts[0].share.unwrap(), pair.parts[1].share.unwrap());
        assert!((pgo.value - 1.25_f64.ln() / (1.25_f64 * 1.06).ln()).abs() < 0.01, "{pgo:?}");
        assert!((pgo.value + pic.value - 1.0).abs() < 1e-12 && (pgo.low + pic.high - 1.0).abs() < 1e-12);
        let said = sentences(run, &summary).join("\n");
        let sentence = said.lines().find(|line| line.starts_with("For its dynamic workload")).unwrap().to_owned();
        (summary, sentence)
    };
    let run = study(&APART[..5], 15, cost).run;
    let (summary, said) = two(&run);
    assert_eq!(summary.comparisons, run.plan.comparisons());
    insta::assert_snapshot!("study_published_pair_of_two", said);
    // Planned, and without times.
    let run = usual().fail_verification("static-pic-nopgo-interposable", "program_01", "differs").run;
    assert_eq!(two(&run).1.split(" Of the ").next(), said.split(" Of the ").next());
}

#[test]
fn the_published_pair_takes_the_orders_that_its_builds_allow() {
    let by = |from: f64, to: f64| (to / from).ln();
    // Weighted by how many of the orders have the step.
    let first = [by(1.0, 1.2), by(1.2, 1.3), by(1.3, 1.4)];
    let second = [by(1.05, 1.3), by(1.0, 1.05), by(1.3, 1.4)];
    let third = [by(1.09, 1.4), by(1.0, 1.05), by(1.05, 1.09)];
    let some = " (means over 2 of 3 orders of change: a build that the other needs has no times).";
    let alone = " (in this order alone: a build that the others need has no times).";
    type Parts = [f64; 3];
    let cases: [(&[&str], &[Parts], &str); 6] = [
        (&[], &[first, second, third], "%)."),
        (&["static-nonpic-nopgo"], &[second, third], some),
        (&["static-pic-pgo-interposable"], &[first, second], some),
        (&["static-pic-pgo"], &[first], alone),
        (&["static-pic-nopgo"], &[third], alone),
        (&["static-nonpic-nopgo", "static-pic-pgo-interposable"], &[second], alone),
    ];
    for (missing, orders, ending) in cases {
        let there: Vec<&str> = APART.into_iter().filter(|build| !missing.contains(build)).collect();
        let planned = study(&there, 15, intertwined).run;
        let failed = missing
            .iter()
            .fold(study(&APART, 15, intertwined), |synthetic, build| synthetic.fail_verification(build, "program_01", "differs"));
        for run in [planned, failed.run] {
            let summary = summarise(&run);
            let pair = summary.published_pair.iter().find(|pair| pair.benchmark == "dynamic").unwrap();
            assert_eq!((pair.orders.len(), pair.orders_possible), (orders.len(), 3), "without {missing:?}");
            for part in &pair.parts {
                let at = [Factor::Pgo, Factor::CodeModel, Factor::Interposition].iter().position(|factor| *factor == part.factor).unwrap();
                let mean = orders.iter().map(|order| order[at]).sum::<f64>() / orders.len() as f64;
                assert_near(Some(part.figures.ratio), mean.exp(), &format!("{:?} without {missing:?}", part.factor));
            }
            assert!(pair.parts.iter().map(|part| part.factor).eq(pair.orders[0].iter().copied()), "the sentence names them in this order");
            let said = sentences(&run, &summary);
            let sentence = said.iter().find(|sentence| sentence.starts_with("For its dynamic workload")).unwrap();
            assert!(sentence.ends_with(ending), "{sentence}");
        }
        let run = study(&there, 15, intertwined).run;
        assert_eq!(summarise(&run).comparisons, run.plan.comparisons(), "the plan knows, without {missing:?}");
    }
    let ends = study(&[APART[0], APART[1], APART[5]], 15, intertwined).run;
    let summary = summarise(&ends);
    assert!(summary.published_pair.is_empty() && summary.comparisons == ends.plan.comparisons(), "no order leads through");
}

/// Builds with luck of their own: the third rebuild of every PIC build is slower.
fn rebuilt(spread: f64) -> Synthetic {
    let names: Vec<String> = ["", "-r2", "-r3"].iter().flat_map(|replicate| BUILDS.map(|build| format!("{build}{replicate}"))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    study(&names, 18, move |benchmark, factors| {
        let luck = [1.0 / spread, 1.0, spread][factors.replicate as usize - 1];
        cost(benchmark, factors) * if factors.code_model == "pic" && factors.linkage == "static" { luck } else { 1.0 }
    })
}

#[test]
fn rebuilds_widen_the_interval_by_their_spread() {
    let run = rebuilt(1.02).run;
    let summary = summarise(&run);
    let pic = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    assert_eq!((pic.pairs, pic.pairs_possible, pic.rebuilds.len()), (9, 9, 3));
    assert_near(pic.ratio, 1.06, "the mean over rebuilds");
    for (found, expected) in pic.rebuilds.iter().zip([1.06 / 1.02, 1.06, 1.06 * 1.02]) {
        assert_near(Some(*found), expected, "a rebuild");
    }
    let pgo = effect(&summary, "dynamic", Factor::Pgo, "yes");
    let width = |effect: &Effect| effect.ratio_high.unwrap() / effect.ratio_low.unwrap();
    assert!(width(pic) > 1.02 && width(pgo) < 1.01, "{pic:?} {pgo:?}");
    let calm = summarise(&rebuilt(1.0).run);
    let calm = width(effect(&calm, "dynamic", Factor::CodeModel, "pic"));
    assert!(calm < 1.02, "{calm}");
    let said = sentences(&run, &summary).join("\n");
    insta::assert_snapshot!("study_sentences_of_rebuilds", said);
    assert!(summary.published_pair.iter().all(|pair| pair.orders.len() == 3));
    let markdown = report::markdown(&run, &summary);
    assert_tables_are_whole(&markdown);
    assert!(markdown.contains("--replicates 3") && !markdown.contains("--variant static-pic-pgo-r2"));
}

#[test]
fn a_rebuild_that_lacks_a_pair_is_left_out_of_that_effect_alone() {
    let run = rebuilt(1.0).fail_verification("static-pic-nopgo-r2", "program_01", "differs").run;
    let summary = summarise(&run);
    let pic = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    assert_eq!((pic.pairs, pic.pairs_possible, pic.rebuilds.len()), (6, 9, 2));
    let pie = effect(&summary, "dynamic", Factor::CodeModel, "pie");
    assert_eq!((pie.pairs, pie.rebuilds.len()), (6, 3));
}

#[test]
fn two_studies_in_one_run_stay_apart() {
    let mut synthetic = Synthetic::unmeasured(&[], 15);
    let plan = &mut synthetic.run.plan;
    plan.groups = vec![group("gcc"), group("clang")];
    plan.reference = Some("gcc/python3".into());
    for group in ["gcc", "clang"] {
        for (name, role) in [("python3", Role::Baseline), ("python3-again", Role::Control)] {
            let stock = SubjectPlan { role, factors: None, ..runner(Some(group), "shared-pgo") };
            plan.subjects.push(SubjectPlan { name: format!("{group}/{name}"), ..stock });
        }
        plan.subjects.extend(BUILDS.map(|build| runner(Some(group), build)));
    }
    let names: Vec<String> = plan.subjects.iter().map(|subject| subject.name.clone()).collect();
    let run = synthetic
        .verified(&names)
        .measured_by(|benchmark, subject| {
            let factors = subject.factors.clone().unwrap_or(factors("static-nonpic-pgo".parse().unwrap()));
            let slower = if subject.group.as_deref() == Some("clang") && factors.code_model == "pic" { 1.2 } else { 1.0 };
            cost(&benchmark.name, &factors) * slower
        })
        .run;
    let summary = summarise(&run);
    let of = |group: &str| {
        let mut effects = summary.effects.iter().filter(|effect| effect.group.as_deref() == Some(group) && effect.benchmark == "dynamic");
        effects.find(|effect| effect.to == "pic").unwrap().ratio
    };
    assert_near(of("gcc"), 1.06, "gcc");
    assert_near(of("clang"), 1.06 * 1.2, "clang");
    assert_eq!(summary.comparisons, run.plan.comparisons());
    assert_tables_are_whole(&report::markdown(&run, &summary));
    let said = sentences(&run, &summary);
    assert!(said.iter().any(|sentence| sentence == "Of `gcc`:") && said.iter().any(|sentence| sentence == "Of `clang`:"));
    let plots = report::plots(&run, &summary);
    keep_for_looking("studies", &plots);
}

#[test]
fn half_measured_and_strange_studies_give_a_report() {
    let whole = usual().run;
    let check = |run: &Run| {
        let summary = summarise(run);
        let json = serde_json::to_string(&summary).unwrap();
        assert_eq!(serde_json::from_str::<Summary>(&json).unwrap(), summary, "summary.json can be read back");
        assert_tables_are_whole(&report::markdown(run, &summary));
        assert!(report::terminal_table(run, &summary, 80).lines().all(|line| line.chars().count() <= 80));
        assert!(report::plots(run, &summary).iter().all(|(_, svg)| !svg.contains("NaN") && !svg.contains("inf")));
    };
    for count in [0, 1, 15, 46, 300, 1200] {
        let mut run = whole.clone();
        run.samples.truncate(count);
        check(&run);
    }
    let mut strange = whole.clone();
    for subject in strange.plan.subjects.iter_mut().filter(|subject| subject.name == "static-pic-pgo") {
        subject.factors = Some(Factors { code_model: "evil|`\n".into(), ..factors("shared-pgo".parse().unwrap()) });
    }
    check(&strange);
    let mut twins = whole.clone();
    for subject in twins.plan.subjects.iter_mut() {
        subject.factors = subject.factors.as_ref().map(|_| factors("shared-pgo".parse().unwrap()));
    }
    check(&twins);
    assert!(summarise(&twins).effects.is_empty());
    let mut startup = whole;
    startup.plan.benchmarks.retain(|benchmark| benchmark.name == "startup");
    check(&startup);
    assert!(sentences(&startup, &summarise(&startup)).iter().any(|sentence| sentence.contains("on `startup`")));
}

#[test]
fn thin_and_full_are_levels_of_their_own() {
    let builds = ["static-nonpic-pgo", "static-nonpic-pgo-thinlto", "static-nonpic-pgo-lto"];
    let run = study(&builds, 15, |_, factors| if factors.lto == Lto::Thin.as_str() { 0.9 } else { 1.0 }).run;
    let summary = summarise(&run);
    assert_near(effect(&summary, "dynamic", Factor::Lto, "thin").ratio, 0.9, "thin");
    assert_eq!(effect(&summary, "dynamic", Factor::Lto, "full").verdict, Some(Verdict::NoDifferenceSeen));
    let said = sentences(&run, &summary).join("\n");
    assert!(
        said.contains("thin LTO (instead of none) gives 0.") && said.contains("full LTO (instead of none): no difference seen"),
        "{said}"
    );
    assert!(summary.ledger.is_empty() && report::markdown(&run, &summary).contains("None: no chain of builds"));
}
