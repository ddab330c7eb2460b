//! Golden values of a study: `golden.py` beside this computes them by numpy and scipy, intervals by full enumeration.

use surtax::report::{Range, summarise};
use surtax::run::{Factor, Phase};

use super::{cost, effect, interaction, study};

const TIMES: [(&str, [u64; 7]); 8] = [
    ("static-nonpic-pgo", [704228805, 718719895, 711449999, 710084854, 708136050, 673546925, 688679002]),
    ("static-pic-pgo", [745890803, 753492197, 749944441, 763072821, 750644030, 701503780, 709092977]),
    ("static-nonpic-nopgo", [826772072, 864522845, 848302122, 861784341, 869042929, 810973600, 817855967]),
    ("static-pic-nopgo", [888153925, 928493863, 915245671, 925851394, 917890319, 859449360, 858694366]),
    ("static-nonpic-pgo-r2", [705348091, 705925117, 709682189, 725684806, 715980982, 675313355, 688221263]),
    ("static-pic-pgo-r2", [742365437, 760675781, 754235392, 757578178, 770082758, 702324082, 710193090]),
    ("static-nonpic-nopgo-r2", [866950801, 876228772, 874282171, 890512484, 861381831, 797140078, 843911853]),
    ("static-pic-nopgo-r2", [911962595, 948715307, 919647178, 951168111, 941444820, 886025558, 897428711]),
];

fn assert_close(found: [f64; 3], expected: [f64; 3]) {
    assert!(
        found.iter().zip(expected).all(|(found, expected)| (found / expected - 1.0).abs() < 1e-12),
        "{found:?} instead of {expected:?}"
    );
}

fn values(range: Range) -> [f64; 3] {
    [range.value, range.low, range.high]
}

#[test]
fn effects_interactions_and_shares_agree_with_numpy_and_scipy() {
    let run = study(&TIMES.map(|(name, _)| name), 7, cost)
        .change(
            |sample| sample.benchmark == "dynamic" && sample.phase == Phase::Measured && sample.subject.starts_with("static"),
            |sample| {
                let (_, times) = TIMES.iter().find(|(name, _)| *name == sample.subject).unwrap();
                sample.value_ns = Some(times[sample.round as usize]);
            },
        )
        .run;
    let summary = summarise(&run);
    let pic = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    let ratio = |effect: &surtax::report::Effect| [effect.ratio.unwrap(), effect.ratio_low.unwrap(), effect.ratio_high.unwrap()];
    assert_close(ratio(pic), [1.0628081841940742, 1.0369304556324201, 1.0823824330210992]);
    assert!((pic.p_value.unwrap() - 0.015625).abs() < 1e-12);
    assert_close([pic.rebuilds[0], pic.rebuilds[1], 1.0], [1.0611110276766882, 1.0573196684514092, 1.0]);
    let pgo = effect(&summary, "dynamic", Factor::Pgo, "yes");
    assert_close(ratio(pgo), [0.820430424424239, 0.763609843222962, 0.8776738882602324]);
    let by = interaction(&summary, "dynamic", "pic", Factor::Pgo).figures.as_ref().unwrap();
    assert_close(values(by.range()), [0.9887525195049925, 0.9716177689358761, 1.0060829835411673]);
    let pair = summary.published_pair.iter().find(|pair| pair.benchmark == "dynamic").unwrap();
    assert_close(values(pair.total.range()), [1.2938879639198495, 1.1684986407027171, 1.4191870070186212]);
}
