//! A study whose instructions were counted: effects that noise does not reach.

use surtax::report::{InstructionsEffect, Summary, markdown, sentences, summarise};
use surtax::run::{Counting, Factor, Phase, Run};

use super::super::assert_tables_are_whole;
use super::{BUILDS, cost, effect, factors, study};

/// Times without any effect, and counts with the known ones; PIC takes 1.01 times more where there is no PGO.
fn counted() -> Run {
    let instructions = |benchmark: &str, subject: &str| {
        let Some(factors) = subject.parse().ok().map(factors) else { return 1_000_000_000 };
        let more = if factors.code_model == "pic" && !factors.pgo { 1.01 } else { 1.0 };
        (cost(benchmark, &factors) * more * 1e9) as u64
    };
    study(&BUILDS, 15, |_, _| 1.0).counted_by(Counting::Callgrind, instructions).run
}

fn instructions(summary: &Summary, factor: Factor, to: &str) -> InstructionsEffect {
    effect(summary, "dynamic", factor, to).instructions.unwrap()
}

fn near(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-6, "{found} is not {wanted}");
}

#[test]
fn an_effect_in_instructions_is_the_mean_over_its_pairs_with_their_ends() {
    let summary = summarise(&counted());
    let lto = instructions(&summary, Factor::Lto, "full");
    near(lto.ratio, 0.94);
    near(lto.least, 0.94);
    near(lto.most, 0.94);
    assert_eq!(lto.pairs, effect(&summary, "dynamic", Factor::Lto, "full").pairs_possible);
    // Of the pairs from non-PIC to PIC, some have PGO and some do not.
    let pic = instructions(&summary, Factor::CodeModel, "pic");
    near(pic.least, 1.06);
    near(pic.most, 1.06 * 1.01);
    assert!(pic.least < pic.ratio && pic.ratio < pic.most, "{pic:?}");
    // From the fastest build to the slowest, and each step by what it is.
    let ledger = summary.ledger.iter().find(|ledger| ledger.benchmark == "dynamic").unwrap();
    let product: f64 = ledger.steps.iter().map(|step| step.instructions.unwrap()).product();
    near(ledger.instructions.unwrap(), product);
    near(product, 1.06 * 1.01 * 1.08 * 1.02 * 1.25 / 0.94);
}

/// Where times show nothing, the counts are said all the same, and not as a difference in time.
#[test]
fn counts_are_said_beside_times_and_judge_nothing() {
    let run = counted();
    let summary = summarise(&run);
    let lto = sentences(&run, &summary).into_iter().find(|sentence| sentence.contains("full LTO (")).unwrap();
    assert!(lto.contains("no difference seen"), "{lto}");
    assert!(
        lto.contains(
            " By instructions: 0.9695 (pairs 0.9695 to 0.9695) on `pure_int_loop` and 0.9400 (pairs 0.9400 to 0.9400) on `dynamic`."
        ),
        "{lto}"
    );
    let said = markdown(&run, &summary);
    assert_tables_are_whole(&said);
    assert!(said.contains("| would be seen | by instructions |") && said.contains("| 1.5683 |"), "{said}");
}

/// A build that was not counted takes its pairs with it, and no other.
#[test]
fn a_pair_that_was_not_counted_is_left_out() {
    let mut run = counted();
    run.samples.retain(|sample| sample.phase != Phase::Counted || sample.subject != "shared-pgo-lto");
    let summary = summarise(&run);
    let lto = instructions(&summary, Factor::Lto, "full");
    assert_eq!(lto.pairs + 1, effect(&summary, "dynamic", Factor::Lto, "full").pairs_possible);
    run.samples.retain(|sample| sample.phase != Phase::Counted);
    let summary = summarise(&run);
    assert!(summary.effects.iter().all(|effect| effect.instructions.is_none()));
    let said = markdown(&run, &summary);
    assert!(!said.contains("by instructions") && !said.contains("By instructions"), "{said}");
}
