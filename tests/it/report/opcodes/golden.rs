//! A prediction, held against `golden.py`, which uses numpy and scipy alone.

use std::collections::BTreeMap;

use surtax::report::summarise;
use surtax::run::{BenchmarkPlan, Kernel, Phase};

use super::{made_up, prediction};
use crate::report::synthetic::Synthetic;

const COPIES: [&[(&str, u32)]; 5] = [
    &[("LOAD", 2), ("ADD", 1), ("STORE", 1)],
    &[("LOAD", 1), ("POP", 1)],
    &[("LOAD", 1), ("STORE", 1)],
    &[("CALL", 1), ("PUSH", 1), ("LOAD", 1), ("POP", 1)],
    &[("CALL", 1), ("PUSH", 1)],
];
const NS: [[f64; 5]; 2] = [[6.0, 1.1, 2.5, 19.0, 17.5], [7.5, 1.15, 2.4, 24.0, 21.5]];
const HISTOGRAM: [(&str, f64); 7] =
    [("LOAD", 5.0), ("ADD", 2.0), ("STORE", 2.0), ("CALL", 1.0), ("PUSH", 1.0), ("POP", 0.5), ("OTHER", 0.5)];

fn noise(subject: usize, kernel: usize, round: u32) -> f64 {
    let step = (37 * kernel + 11 * round as usize + 5 * subject) % 13;
    1.0 + (step as f64 - 6.0) / 400.0
}

#[test]
fn a_prediction_agrees_with_numpy_and_scipy() {
    let mut run = made_up::with(Synthetic::with(&["python3", "shared"], 7));
    for opcodes in &mut run.opcodes.as_mut().unwrap().subjects {
        let kernel = |(number, copy): (usize, &&[(&str, u32)])| Kernel {
            name: format!("kernel-{number}"),
            group: "kernels".into(),
            form: Some(copy[0].0.into()),
            specialised: false,
            copy: copy.iter().map(|(form, count)| ((*form).to_owned(), *count)).collect(),
            reason: None,
        };
        opcodes.kernels = COPIES.iter().enumerate().map(kernel).collect();
        opcodes.benchmarks[1].histogram = HISTOGRAM.iter().map(|(form, count)| ((*form).to_owned(), *count)).collect();
    }
    let of_kernels = |sample: &&mut surtax::run::Sample| sample.benchmark == BenchmarkPlan::OPCODES && sample.phase == Phase::Measured;
    for sample in run.samples.iter_mut().filter(of_kernels) {
        let subject = usize::from(sample.subject == "shared");
        let cost = |(kernel, ns): (usize, &f64)| (format!("kernel-{kernel}"), ns * noise(subject, kernel, sample.round));
        sample.kernels = Some(NS[subject].iter().enumerate().map(cost).collect::<BTreeMap<_, _>>());
    }
    let summary = summarise(&run);
    let row = prediction(&summary, "dynamic", "shared");
    let golden = [
        (row.predicted, 1.242701483111736),
        (row.predicted_low, 1.2347350006434055),
        (row.predicted_high, 1.246351968886582),
        (row.covered, 0.9583333333333334),
    ];
    assert_eq!(row.rounds, 7);
    for (ours, theirs) in golden {
        assert!((ours.unwrap() / theirs - 1.0).abs() < 1e-9, "{row:?}: {theirs} by golden.py");
    }
}
