//! The benchmarks that surtax knows, their sizes, and what a visit to each prints.

use crate::run::{BenchmarkPlan, Clock};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Benchmark {
    PureIntLoop,
    Dynamic,
    Amortised,
    Startup,
    StartupIsolated,
    Cells,
    /// The opcode kernels, all in one process; asked for by name, since they say what an instruction costs and not what a program does.
    Opcodes,
    /// One of a pack's, from a package of other people's; the plan's [`crate::run::PackBenchmark`] says which.
    Packed,
}

/// What a process of a benchmark must print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// One line of JSON with the driver's time and the answer.
    DriverLine,
    /// One line of JSON with a list of answers.
    Answers,
    /// One line of JSON with what a copy of each opcode kernel costs.
    KernelsLine,
    /// One line of JSON as pyperf writes it, with one value.
    PyperfLine,
    Nothing,
}

impl Benchmark {
    /// Surtax's own, in the order of the report.
    pub const ALL: [Self; 7] =
        [Self::PureIntLoop, Self::Dynamic, Self::Amortised, Self::Startup, Self::StartupIsolated, Self::Cells, Self::Opcodes];

    /// The pack whose benchmarks are known by their names' beginning: `pyperformance/richards`.
    pub const PACK: &str = "pyperformance";

    /// Rows of `benchmarks/opcodes/catalogue.py`.
    pub const KERNELS: usize = 119;

    pub fn name(self) -> &'static str {
        match self {
            Self::PureIntLoop => "pure_int_loop",
            Self::Dynamic => "dynamic",
            Self::Amortised => "amortised",
            Self::Startup => "startup",
            Self::StartupIsolated => "startup_isolated",
            Self::Cells => "cells",
            Self::Opcodes => BenchmarkPlan::OPCODES,
            Self::Packed => Self::PACK,
        }
    }

    /// Measured unless the person names others.
    pub fn is_default(self) -> bool {
        !matches!(self, Self::Opcodes | Self::Packed)
    }

    pub fn named(name: &str) -> Option<Self> {
        let packed = || name.strip_prefix(Self::PACK).is_some_and(|rest| rest.starts_with('/')).then_some(Self::Packed);
        Self::ALL.into_iter().find(|benchmark| benchmark.name() == name).or_else(packed)
    }

    pub fn clock(self) -> Clock {
        match self {
            Self::PureIntLoop | Self::Dynamic | Self::Opcodes | Self::Packed => Clock::InProcess,
            Self::Amortised | Self::Startup | Self::StartupIsolated | Self::Cells => Clock::WholeProcess,
        }
    }

    /// The sizes measured unless the person names one; `None` where there is nothing to vary. The large ones are those of the published
    /// experiment (`report/published.rs`); `quick` ones are ten times smaller, where the start of the process begins to show.
    pub fn sizes(self, quick: bool) -> &'static [Option<u64>] {
        match (self, quick) {
            (Self::PureIntLoop, false) => &[Some(3_000_000)],
            (Self::PureIntLoop, true) => &[Some(300_000)],
            (Self::Dynamic, false) => &[Some(1_000_000)],
            (Self::Dynamic, true) => &[Some(100_000)],
            (Self::Amortised, false) => &[Some(100), Some(1_000), Some(10_000), Some(100_000), Some(1_000_000)],
            (Self::Amortised, true) => &[Some(100), Some(1_000), Some(10_000)],
            (Self::Cells, false) => &[Some(20)],
            (Self::Cells, true) => &[Some(5)],
            (Self::Startup | Self::StartupIsolated | Self::Opcodes | Self::Packed, _) => &[None],
        }
    }

    pub fn has_sizes(self) -> bool {
        self.sizes(false) != [None]
    }

    pub fn expected(self) -> Expected {
        match self {
            Self::PureIntLoop | Self::Dynamic | Self::Amortised => Expected::DriverLine,
            Self::Cells => Expected::Answers,
            Self::Startup | Self::StartupIsolated => Expected::Nothing,
            Self::Opcodes => Expected::KernelsLine,
            Self::Packed => Expected::PyperfLine,
        }
    }

    /// Whether a visit says what it computed, so that subjects can be held against the baseline.
    pub fn has_answer(self) -> bool {
        matches!(self.expected(), Expected::DriverLine | Expected::Answers)
    }

    /// The workload that the driver is asked for.
    pub fn workload(self) -> Option<&'static str> {
        match self {
            Self::PureIntLoop => Some("pure_int_loop"),
            Self::Dynamic | Self::Amortised => Some("dynamic"),
            Self::Startup | Self::StartupIsolated | Self::Cells | Self::Opcodes | Self::Packed => None,
        }
    }

    pub fn at(self, size: Option<u64>) -> BenchmarkPlan {
        BenchmarkPlan { name: self.name().to_owned(), size, clock: self.clock() }
    }

    /// A first guess of a visit's time, ms, for the progress bar until the first real one is known.
    pub fn guess_ms(self, size: Option<u64>) -> f64 {
        let size = size.unwrap_or(0) as f64;
        match self {
            Self::PureIntLoop => 20.0 + size * 60e-6,
            Self::Dynamic | Self::Amortised => 20.0 + size * 700e-6,
            Self::Startup | Self::StartupIsolated => 15.0,
            Self::Cells => 20.0 * size,
            Self::Opcodes => 1_200.0,
            Self::Packed => 300.0,
        }
    }
}
