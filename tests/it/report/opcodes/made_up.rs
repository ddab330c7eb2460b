//! Made-up bytecode: what each form costs in each subject is known, and with it what kernels and benchmarks have to take.

use std::collections::BTreeMap;

use surtax::run::{
    AccessCounts, BenchmarkPlan, Clock, Executed, Handler, Kernel, Opcodes, Outcome, Phase, Run, SCHEMA, Sample, SubjectOpcodes,
    SubjectPlan,
};

use crate::report::synthetic::{Synthetic, chance};

/// Form, ns in the baseline, tax in `shared`, accesses of its handler there: GOT, PLT, TLS.
pub(super) const FORMS: [(&str, f64, f64, [u64; 3]); 16] = [
    ("LOAD_FAST", 0.5, 1.05, [0, 0, 0]),
    ("LOAD_CONST", 0.6, 1.05, [0, 0, 0]),
    ("STORE_FAST", 0.8, 1.08, [0, 0, 0]),
    ("POP_TOP", 0.4, 1.02, [0, 0, 0]),
    ("BINARY_OP_ADD_INT", 2.6, 1.42, [2, 1, 0]),
    ("BINARY_OP_ADD_FLOAT", 2.2, 1.2, [1, 0, 0]),
    ("BINARY_OP_ADD_UNICODE", 14.0, 1.31, [1, 2, 1]),
    ("BINARY_OP", 22.0, 1.35, [1, 1, 0]),
    ("LOAD_GLOBAL_MODULE", 1.2, 1.0, [0, 0, 0]),
    ("LOAD_GLOBAL_BUILTIN", 1.4, 1.0, [0, 0, 0]),
    ("LOAD_ATTR_INSTANCE_VALUE", 1.9, 1.1, [0, 0, 0]),
    ("BINARY_SUBSCR_LIST_INT", 2.1, 1.12, [1, 0, 0]),
    ("BINARY_SUBSCR_DICT", 11.0, 1.22, [0, 1, 0]),
    ("PRECALL_NO_KW_LEN", 6.0, 1.28, [1, 1, 1]),
    ("BUILD_LIST", 17.0, 1.3, [0, 1, 1]),
    ("RAISE_VARARGS", 310.0, 1.25, [0, 3, 2]),
];

/// Name, group, form, what else a copy runs.
type Made = (&'static str, &'static str, &'static str, &'static [(&'static str, u32)]);

pub(super) const KERNELS: [Made; 17] = [
    ("load-fast", "loads and stores", "LOAD_FAST", &[("POP_TOP", 1)]),
    ("load-const", "loads and stores", "LOAD_CONST", &[("POP_TOP", 1)]),
    ("store-fast", "loads and stores", "STORE_FAST", &[("LOAD_FAST", 1)]),
    ("load-global", "loads and stores", "LOAD_GLOBAL_MODULE", &[("POP_TOP", 1)]),
    ("load-builtin", "loads and stores", "LOAD_GLOBAL_BUILTIN", &[("POP_TOP", 1)]),
    ("load-attribute", "loads and stores", "LOAD_ATTR_INSTANCE_VALUE", &[("LOAD_FAST", 1), ("POP_TOP", 1)]),
    ("add-int", "arithmetic", "BINARY_OP_ADD_INT", &[("LOAD_FAST", 2), ("STORE_FAST", 1)]),
    ("add-float", "arithmetic", "BINARY_OP_ADD_FLOAT", &[("LOAD_FAST", 2), ("STORE_FAST", 1)]),
    ("add-str", "arithmetic", "BINARY_OP_ADD_UNICODE", &[("LOAD_FAST", 2), ("POP_TOP", 1)]),
    ("add-mixed", "arithmetic", "BINARY_OP", &[("LOAD_FAST", 2), ("POP_TOP", 1)]),
    ("subscript-list", "subscripts", "BINARY_SUBSCR_LIST_INT", &[("LOAD_FAST", 1), ("LOAD_CONST", 1), ("POP_TOP", 1)]),
    ("subscript-dict", "subscripts", "BINARY_SUBSCR_DICT", &[("LOAD_FAST", 2), ("POP_TOP", 1)]),
    ("call-len", "calls", "PRECALL_NO_KW_LEN", &[("LOAD_GLOBAL_BUILTIN", 1), ("LOAD_FAST", 1), ("POP_TOP", 1)]),
    ("build-list", "building", "BUILD_LIST", &[("LOAD_FAST", 2), ("POP_TOP", 1)]),
    ("load-fast-twice", "loads and stores", "LOAD_FAST", &[("POP_TOP", 2), ("LOAD_FAST", 1)]),
    ("raise", "exceptions", "RAISE_VARARGS", &[("LOAD_GLOBAL_BUILTIN", 1)]),
    ("contains-set", "contains", "CONTAINS_OP", &[("LOAD_FAST", 2), ("POP_TOP", 1)]),
];

/// The default run, with kernels and histograms; `dynamic` and `pure_int_loop` take what their bytecode costs, `dynamic` in `shared` 1.1 times that.
pub(super) fn run() -> Run {
    with(Synthetic::new())
}

pub(super) fn with(synthetic: Synthetic) -> Run {
    let mut run = synthetic.measured_again().run;
    let opcodes = run.plan.subjects.iter().map(|subject| opcodes(&subject.name)).collect();
    run.opcodes = Some(Opcodes { schema: SCHEMA, subjects: opcodes });
    let benchmark = BenchmarkPlan { name: BenchmarkPlan::OPCODES.into(), size: None, clock: Clock::InProcess };
    for (phase, rounds) in [(Phase::WarmUp, run.plan.warmup), (Phase::Measured, run.plan.rounds), (Phase::Counted, 1)] {
        for round in 0..rounds {
            for (position, subject) in run.plan.subjects.clone().iter().enumerate() {
                run.samples.push(visit(&benchmark, subject, phase, round, position as u32));
            }
        }
    }
    run.plan.benchmarks.push(benchmark);
    run
}

/// What a form costs in a subject, relative to the baseline.
pub(super) fn tax(subject: &str, form: &str) -> f64 {
    let (_, _, shared, _) = FORMS.iter().find(|(name, ..)| *name == form).unwrap();
    match subject.rsplit('/').next().unwrap() {
        "shared" => *shared,
        "static-pic" | "static-pic-pie" => 1.0 + (shared - 1.0) * 0.7,
        "static-nonpic" => 0.97,
        _ => 1.0,
    }
}

fn ns(subject: &str, form: &str) -> f64 {
    let (_, ns, ..) = FORMS.iter().find(|(name, ..)| *name == form).unwrap();
    ns * tax(subject, form)
}

/// What a step of a benchmark costs, in that subject by the baseline; a share of 0.04 of what `dynamic` executes has no kernel, and no cost here.
pub(super) fn true_ratio(benchmark: &str, subject: &str) -> f64 {
    let cost = |subject: &str| {
        histogram(benchmark)
            .iter()
            .filter(|(form, _)| form.as_str() != "MAKE_CELL")
            .map(|(form, count)| count * ns(subject, form))
            .sum::<f64>()
    };
    cost(subject) / cost("python3")
}

pub(super) fn histogram(benchmark: &str) -> BTreeMap<String, f64> {
    let counts: &[(&str, f64)] = match benchmark {
        "pure_int_loop" => &[("LOAD_FAST", 3.0), ("LOAD_CONST", 1.0), ("BINARY_OP_ADD_INT", 2.0), ("STORE_FAST", 2.0)],
        "dynamic" | "amortised" => &[
            ("LOAD_FAST", 9.0),
            ("STORE_FAST", 3.0),
            ("LOAD_GLOBAL_MODULE", 2.0),
            ("BINARY_OP_ADD_INT", 2.0),
            ("BINARY_SUBSCR_DICT", 1.5),
            ("PRECALL_NO_KW_LEN", 1.0),
            ("BINARY_OP_ADD_UNICODE", 0.5),
            ("POP_TOP", 0.2),
            ("MAKE_CELL", 0.8),
        ],
        _ => &[],
    };
    counts.iter().map(|(form, count)| ((*form).to_owned(), *count)).collect()
}

fn kernel((name, group, form, rest): &Made) -> Kernel {
    let never = *name == "contains-set";
    let mut copy: BTreeMap<String, u32> = rest.iter().map(|(form, count)| ((*form).to_owned(), *count)).collect();
    *copy.entry((*form).to_owned()).or_default() += 1;
    Kernel {
        name: (*name).to_owned(),
        group: (*group).to_owned(),
        form: (!never).then(|| (*form).to_owned()),
        specialised: form.matches('_').count() > 1 && *form != "LOAD_FAST",
        copy: if never { BTreeMap::new() } else { copy },
        reason: never.then(|| "expected CONTAINS_OP_SET, saw CONTAINS_OP".to_owned()),
    }
}

fn opcodes(subject: &str) -> SubjectOpcodes {
    let executed = |benchmark: &str| {
        let histogram = histogram(benchmark);
        let known = !histogram.is_empty();
        Executed {
            benchmark: benchmark.to_owned(),
            histogram,
            specialised: known.then_some(0.375),
            specialisable: known.then_some(0.42),
            digest: known.then(|| "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned()),
            reason: (!known).then(|| "the interpreter starts before anything could count".to_owned()),
        }
    };
    let stripped = subject.ends_with("python3") || subject.ends_with("python3-again");
    let position = |at: usize| u8::try_from(at).unwrap();
    let share = |count: u64| match subject.rsplit('/').next().unwrap() {
        "shared" => count,
        "static-pic" | "static-pic-pie" => count / 2,
        _ => 0,
    };
    let handlers = FORMS.iter().enumerate().map(|(at, (.., [got, plt, tls]))| {
        let counts = AccessCounts { got_loads: share(*got), plt_calls: share(*plt), tls_calls: share(*tls), tls_direct: 0 };
        (position(at), Handler { instructions: 20, counts })
    });
    SubjectOpcodes {
        subject: subject.to_owned(),
        benchmarks: ["pure_int_loop", "dynamic", "amortised", "startup"].map(executed).to_vec(),
        kernels: KERNELS.iter().map(kernel).collect(),
        kernels_reason: None,
        handlers: handlers.collect(),
        handlers_evidence: if stripped { "a table of 256 addresses in .rodata" } else { "256 relocations in .data.rel.ro" }.to_owned(),
        names: FORMS.iter().enumerate().map(|(at, (form, ..))| (position(at), (*form).to_owned())).collect(),
    }
}

fn visit(benchmark: &BenchmarkPlan, subject: &SubjectPlan, phase: Phase, round: u32, position: u32) -> Sample {
    let counted = phase == Phase::Counted;
    let cost = |(at, kernel): (usize, &Made)| {
        let copy = self::kernel(kernel).copy;
        let ns: f64 = copy.iter().map(|(form, count)| f64::from(*count) * ns(&subject.name, form)).sum();
        let noise = (chance(&[at as u64, u64::from(round), u64::from(position), 77]) - 0.5) * 0.016;
        // About four machine instructions a nanosecond, and no noise.
        (kernel.0.to_owned(), if counted { (ns * 4.0).round() } else { ns * (1.0 + noise) })
    };
    let kernels: BTreeMap<String, f64> = KERNELS.iter().enumerate().filter(|(_, kernel)| kernel.0 != "contains-set").map(cost).collect();
    let ns = kernels.values().sum::<f64>().round() as u64;
    Sample {
        schema: SCHEMA,
        benchmark: benchmark.name.clone(),
        size: None,
        phase,
        round,
        position,
        subject: subject.name.clone(),
        outcome: Outcome::Ok,
        value_ns: Some(ns),
        wall_ns: 1_200_000_000,
        user_ns: 1_100_000_000,
        system_ns: 10_000_000,
        peak_memory_bytes: 12_000_000,
        answer: None,
        reason: None,
        counters: None,
        kernels: Some(kernels),
        machine: None,
    }
}

impl Synthetic {
    /// The loops' times made anew, from what their bytecode costs.
    fn measured_again(self) -> Self {
        self.change(
            |sample| ["pure_int_loop", "dynamic"].contains(&sample.benchmark.as_str()),
            |sample| {
                let noise = (chance(&[u64::from(sample.round), u64::from(sample.position), sample.size.unwrap()]) - 0.5) * 0.01;
                let hidden = if sample.benchmark == "dynamic" && sample.subject.ends_with("shared") { 1.1 } else { 1.0 };
                sample.value_ns = Some((4e8 * true_ratio(&sample.benchmark, &sample.subject) * hidden * (1.0 + noise)) as u64);
            },
        )
    }
}
