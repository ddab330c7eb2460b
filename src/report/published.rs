//! The figures of the experiment that started it, as data: reports show them beside their own.

use super::summary::BenchmarkSummary;
use crate::matrix::Benchmark;

/// Where the figures come from.
pub const PUBLISHED_SOURCE: &str = "the published experiment (\"PoC 5\"): one embedded runner against three libpythons of one \
     distribution and `/usr/bin/python3`, 3 warm-up and 15 measured rounds, interleaved";

/// One published ratio to python3.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Published {
    pub benchmark: Benchmark,
    pub size: PublishedSize,
    pub subject: &'static str,
    pub ratio: f64,
    /// Given for python3 alone.
    pub median_ms: Option<f64>,
}

/// The loop count M that a figure was measured at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublishedSize {
    Exactly(u64),
    /// The smallest of the experiment, whose value it does not state.
    Smallest,
}

const fn figure(benchmark: Benchmark, size: u64, subject: &'static str, ratio: f64, median_ms: Option<f64>) -> Published {
    Published { benchmark, size: PublishedSize::Exactly(size), subject, ratio, median_ms }
}

pub const PUBLISHED: &[Published] = &[
    figure(Benchmark::PureIntLoop, 3_000_000, "python3", 1.0, Some(177.0)),
    figure(Benchmark::PureIntLoop, 3_000_000, "static-nonpic", 1.013, None),
    figure(Benchmark::PureIntLoop, 3_000_000, "static-pic", 1.014, None),
    figure(Benchmark::PureIntLoop, 3_000_000, "shared", 1.148, None),
    figure(Benchmark::Dynamic, 1_000_000, "python3", 1.0, Some(707.1)),
    figure(Benchmark::Dynamic, 1_000_000, "static-nonpic", 0.972, None),
    figure(Benchmark::Dynamic, 1_000_000, "static-pic", 1.251, None),
    figure(Benchmark::Dynamic, 1_000_000, "shared", 1.337, None),
    Published { benchmark: Benchmark::Amortised, size: PublishedSize::Smallest, subject: "static-nonpic", ratio: 0.602, median_ms: None },
    figure(Benchmark::Amortised, 100_000, "static-nonpic", 0.869, None),
    figure(Benchmark::Amortised, 1_000_000, "static-nonpic", 0.986, None),
];

/// The figure to show beside a row, and what must be said with it where it is not for the same M.
/// Loops are compared across M, since their ratio hardly depends on it; `amortised` is all about M and is not.
pub(super) fn beside(benchmark: &BenchmarkSummary, smallest: bool, subject: &str) -> Option<(&'static Published, Option<String>)> {
    let figures = || PUBLISHED.iter().filter(|figure| benchmark.is(figure.benchmark) && figure.subject == subject);
    if let Some(same) = figures().find(|figure| benchmark.size.is_some_and(|size| figure.size == PublishedSize::Exactly(size))) {
        return Some((same, None));
    }
    if benchmark.is(Benchmark::Amortised) {
        let least = figures().find(|figure| smallest && figure.size == PublishedSize::Smallest)?;
        return Some((least, Some("its smallest M".to_owned())));
    }
    let other = figures().next()?;
    match other.size {
        PublishedSize::Exactly(size) => Some((other, Some(format!("at M = {}", super::format::count(size))))),
        PublishedSize::Smallest => None,
    }
}
