//! What a study's factors cost in instructions: ratios of counts, which noise hardly reaches.

use std::collections::BTreeMap;

use super::shape::InstructionsEffect;
use crate::report::summary::BenchmarkSummary;
use crate::run::Study;
use crate::variant::VariantName;

/// The logarithm of each build's instructions in one benchmark, of every rebuild.
pub(super) struct Counts {
    replicates: Vec<u32>,
    logs: BTreeMap<(VariantName, u32), f64>,
}

impl Counts {
    pub(super) fn of(study: &Study<'_>, benchmark: &BenchmarkSummary) -> Self {
        let count = |name: &str| benchmark.of(name)?.instructions.filter(|count| *count > 0);
        let subjects = study.subjects.iter();
        let logs = subjects.filter_map(|subject| Some(((subject.build, subject.replicate), (count(subject.name)? as f64).ln()))).collect();
        Self { replicates: study.replicates(), logs }
    }

    /// Over every pair, of every rebuild, of which both were counted; nothing where there is none.
    pub(super) fn effect(&self, pairs: &[(VariantName, VariantName)]) -> Option<InstructionsEffect> {
        let of = |build: VariantName, replicate: u32| self.logs.get(&(build, replicate));
        let apart = |(from, to): &(VariantName, VariantName), replicate: u32| Some(of(*to, replicate)? - of(*from, replicate)?);
        let all: Vec<f64> =
            pairs.iter().flat_map(|pair| self.replicates.iter().filter_map(move |replicate| apart(pair, *replicate))).collect();
        let (least, most) = (all.iter().copied().reduce(f64::min)?, all.iter().copied().reduce(f64::max)?);
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        Some(InstructionsEffect { ratio: mean.exp(), least: least.exp(), most: most.exp(), pairs: all.len() })
    }

    /// The one build's by the other's.
    pub(super) fn ratio(&self, from: VariantName, to: VariantName) -> Option<f64> {
        self.effect(&[(from, to)]).map(|effect| effect.ratio)
    }
}
