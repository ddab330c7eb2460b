//! Golden values of a study: `golden.py` beside this computes them by numpy and scipy, intervals by full enumeration.

use surtax::report::{PairApart, Range, Summary, summarise};
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

const MORE_TIMES: [(&str, [u64; 15]); 12] = [
    (
        "static-nonpic-pgo",
        [
            727748984, 724163017, 717555851, 689716730, 699647163, 611150238, 767491571, 650767724, 700296514, 664277447, 710244103,
            682393838, 671516341, 688435822, 744754107,
        ],
    ),
    (
        "static-pic-pgo",
        [
            767458937, 743781459, 755060698, 744128861, 745326806, 629304178, 805536767, 684782527, 737813822, 698642264, 748740067,
            717018999, 706074013, 729824033, 801552532,
        ],
    ),
    (
        "static-nonpic-nopgo",
        [
            844595183, 845822619, 838292518, 810194811, 820161716, 701682144, 886417886, 777186404, 835821771, 777836555, 873101829,
            825610611, 808602834, 812877089, 872991437,
        ],
    ),
    (
        "static-pic-nopgo",
        [
            914397635, 915851681, 910789418, 888156259, 905389595, 791550581, 974129295, 842134274, 906821928, 843445583, 921536570,
            884782087, 869524208, 889349091, 957684918,
        ],
    ),
    (
        "static-pic-pgo-interposable",
        [
            785948964, 777730031, 774857731, 746066156, 755312438, 651569069, 818365406, 709657136, 773092101, 720623311, 794214939,
            742233500, 747727838, 735639776, 820511015,
        ],
    ),
    (
        "static-pic-nopgo-interposable",
        [
            1024517766, 1014710896, 1002498870, 997800732, 1001909305, 830890176, 1060334452, 931336301, 994604885, 937077821, 1019010281,
            979821935, 967478143, 983337509, 1063224853,
        ],
    ),
    (
        "static-nonpic-pgo-r2",
        [
            729808673, 704699822, 701009071, 695242408, 705464544, 602496413, 734645573, 637424173, 698293061, 671761588, 729682673,
            693722659, 675762586, 681937618, 754043025,
        ],
    ),
    (
        "static-pic-pgo-r2",
        [
            761368700, 735279188, 756400165, 734048188, 730212972, 622566739, 786274294, 682628637, 736684854, 696842083, 758304064,
            723720057, 705608729, 710994776, 785410146,
        ],
    ),
    (
        "static-nonpic-nopgo-r2",
        [
            861259333, 860778552, 847612982, 817279585, 835721928, 742480025, 900954724, 772647192, 856668998, 800408702, 892509059,
            831221633, 817028854, 823145921, 903342601,
        ],
    ),
    (
        "static-pic-nopgo-r2",
        [
            936750854, 914151261, 912382830, 885256246, 894904910, 777148868, 959942202, 836234393, 891655572, 843289573, 935645750,
            878419138, 878841690, 875924568, 981065184,
        ],
    ),
    (
        "static-pic-pgo-interposable-r2",
        [
            791397555, 767186839, 768043184, 753637936, 756372259, 655682258, 818053938, 719342520, 787872205, 723576084, 781345682,
            753469895, 727550589, 752828406, 822430641,
        ],
    ),
    (
        "static-pic-nopgo-interposable-r2",
        [
            981014896, 978994149, 974073282, 939182906, 936795300, 823838214, 1027444349, 887908503, 962348643, 905389467, 980958519,
            938138982, 942071459, 948199740, 1036716786,
        ],
    ),
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

fn measured<const ROUNDS: usize>(times: &[(&str, [u64; ROUNDS])]) -> Summary {
    let names: Vec<&str> = times.iter().map(|(name, _)| *name).collect();
    let run = study(&names, ROUNDS as u32, cost)
        .change(
            |sample| sample.benchmark == "dynamic" && sample.phase == Phase::Measured && sample.subject.starts_with("static"),
            |sample| {
                let (_, times) = times.iter().find(|(name, _)| *name == sample.subject).unwrap();
                sample.value_ns = Some(times[sample.round as usize]);
            },
        )
        .run;
    summarise(&run)
}

fn dynamic(summary: &Summary) -> &PairApart {
    summary.published_pair.iter().find(|pair| pair.benchmark == "dynamic").unwrap()
}

#[test]
fn effects_interactions_and_two_factors_agree_with_numpy_and_scipy() {
    let summary = measured(&TIMES);
    let pic = effect(&summary, "dynamic", Factor::CodeModel, "pic");
    let ratio = |effect: &surtax::report::Effect| [effect.ratio.unwrap(), effect.ratio_low.unwrap(), effect.ratio_high.unwrap()];
    assert_close(ratio(pic), [1.0628081841940742, 1.0369304556324201, 1.0823824330210992]);
    assert!((pic.p_value.unwrap() - 0.015625).abs() < 1e-12);
    assert_close([pic.rebuilds[0], pic.rebuilds[1], 1.0], [1.0611110276766882, 1.0573196684514092, 1.0]);
    let pgo = effect(&summary, "dynamic", Factor::Pgo, "yes");
    assert_close(ratio(pgo), [0.820430424424239, 0.763609843222962, 0.8776738882602324]);
    let by = interaction(&summary, "dynamic", "pic", Factor::Pgo).figures.as_ref().unwrap();
    assert_close(values(by.range()), [0.9887525195049925, 0.9716177689358761, 1.0060829835411673]);
    let pair = dynamic(&summary);
    assert_close(values(pair.total.range()), [1.2938879639198495, 1.1684986407027171, 1.4191870070186212]);
    let [pgo, pic] = pair.parts.as_slice() else { panic!("{pair:?}") };
    assert_close(values(pgo.figures.range()), [1.2188723994502997, 1.1393753572665222, 1.309569289703375]);
    assert_close(values(pic.figures.range()), [1.0628081841940742, 1.0369304556324201, 1.0823824330210992]);
}

#[test]
fn three_factors_with_their_shares_agree_with_numpy_and_scipy() {
    let summary = measured(&MORE_TIMES);
    let found = effect(&summary, "dynamic", Factor::Interposition, "yes");
    let ratio = [found.ratio.unwrap(), found.ratio_low.unwrap(), found.ratio_high.unwrap()];
    assert_close(ratio, [1.0609697435907375, 0.9884672288146316, 1.138765524965254]);
    let by = interaction(&summary, "dynamic", "yes", Factor::Pgo).figures.as_ref().unwrap();
    assert_close(values(by.range()), [0.9545847182080053, 0.7666187737324272, 1.198322315693245]);
    let pair = dynamic(&summary);
    assert_close(values(pair.total.range()), [1.3934669791053618, 1.1596149571346739, 1.6689680377779506]);
    let expected = [
        (Factor::Pgo, [1.227649811182039, 1.1959328558053979, 1.26052841956155]),
        (Factor::CodeModel, [1.060469943186865, 0.9969600447257851, 1.1200631844550706]),
        (Factor::Interposition, [1.0669583000113334, 0.963202940423167, 1.1843184365295971]),
    ];
    let shares = [
        [0.6230476185675489, 0.3675384931762171, 0.8917974916586862],
        [0.17023164269923863, 0.06685096527084676, 0.2792213484740219],
        [0.1962473832441532, -0.026448717209584083, 0.4106331410517996],
    ];
    assert_eq!(pair.parts.len(), 3);
    for (part, ((factor, ratio), share)) in pair.parts.iter().zip(expected.into_iter().zip(shares)) {
        assert_eq!(part.factor, factor);
        assert_close(values(part.figures.range()), ratio);
        assert!((part.figures.p_value / 6.103515625e-05 - 1.0).abs() < 1e-9);
        assert_close(values(part.share.unwrap()), share);
    }
}
