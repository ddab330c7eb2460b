//! Made-up runs: what each subject costs is known, and every kind of trouble can be added.

use std::collections::BTreeMap;
use std::path::PathBuf;

use surtax::digest::Sha256;
use surtax::report::{SubjectResult, Summary};
use surtax::run::{
    Answer, Audit, BenchmarkPlan, Check, CheckGroup, Clock, CounterPlan, Counters, Counting, Environment, GroupPlan, HaclPlan, Outcome,
    Phase, Plan, Role, Run, SCHEMA, Sample, SubjectAudit, SubjectPlan, SubjectVerification, Verification,
};

/// By benchmark, subject and its place in the plan.
type Cost<'a> = dyn Fn(&BenchmarkPlan, &SubjectPlan, usize) -> f64 + 'a;

pub(super) const SUBJECTS: [&str; 6] = ["python3", "python3-again", "static-nonpic", "static-pic", "static-pic-pie", "shared"];

/// The default plan with made-up times: what each subject costs is `tax` plus a fixed, repeating noise of some 0.5 %.
pub(super) struct Synthetic {
    pub(super) run: Run,
}

impl Synthetic {
    pub(super) fn new() -> Self {
        Self::with(&SUBJECTS, 15)
    }

    pub(super) fn with(subjects: &[&str], rounds: u32) -> Self {
        Self::unmeasured(subjects, rounds).measured()
    }

    pub(super) fn unmeasured(subjects: &[&str], rounds: u32) -> Self {
        let run = Run {
            plan: plan(subjects, rounds),
            environment: environment(),
            audit: Audit { schema: SCHEMA, subjects: subjects.iter().map(|name| audit(name)).collect() },
            verification: Verification { schema: SCHEMA, subjects: subjects.iter().map(|name| verified(name)).collect(), testsuite: None },
            opcodes: None,
            samples: Vec::new(),
            machines: Vec::new(),
        };
        Self { run }
    }

    /// Two releases, of which the older has one variant less, and the host's own python3.
    pub(super) fn groups() -> Self {
        let mut run = Self::with(&[], 15).run;
        let group = |name: &str, release: &str, python: &str| GroupPlan {
            name: name.into(),
            release: release.into(),
            python: python.into(),
            lock: Some(format!("{name}.lock")),
            lock_sha256: Some(Sha256::of(name.as_bytes())),
            recipe: None,
            // 3.12 and later lack HACL in their archives.
            hacl: (python > "3.12").then(|| HaclPlan { version: Some(python.into()), source: None }),
            cpython: None,
        };
        run.plan.groups = vec![group("debian-13", "trixie", "3.13.5"), group("debian-12", "bookworm", "3.11.2")];
        run.plan.reference = Some("debian-13/python3".into());
        for (group, names) in
            [("debian-13", &SUBJECTS[..]), ("debian-12", &["python3", "python3-again", "static-nonpic", "static-pic", "shared"])]
        {
            for name in names {
                let full = format!("{group}/{name}");
                run.plan.subjects.push(SubjectPlan { name: full.clone(), group: Some(group.into()), ..subject(name) });
                let missing = if group == "debian-13" && name.starts_with("static") { 12 } else { 0 };
                let hacl_missing = (0..missing).map(|number| format!("python_hashlib_Hacl_Hash_SHA2_{number}")).collect();
                run.audit.subjects.push(SubjectAudit { subject: full.clone(), hacl_missing, ..audit(name) });
                run.verification.subjects.extend((*name != "python3-again").then(|| verified(&full)));
            }
        }
        run.plan.subjects.push(SubjectPlan {
            name: SubjectPlan::HOST_PYTHON.into(),
            group: Some("debian-13".into()),
            role: Role::Guest,
            description: "/usr/bin/python3, Python 3.11.2: another Python than the baseline's".into(),
            ..subject("python3")
        });
        run.verification.subjects.push(verified(SubjectPlan::HOST_PYTHON));
        Self { run }.measured()
    }

    fn measured(self) -> Self {
        self.measured_at(&|benchmark, subject, position| tax(benchmark, subject, position))
    }

    /// Every visit's time is the benchmark's own times `cost`, and noise.
    pub(super) fn measured_by(self, cost: impl Fn(&BenchmarkPlan, &SubjectPlan) -> f64) -> Self {
        self.measured_at(&|benchmark, subject, _| cost(benchmark, subject))
    }

    /// Makes all of these pass verification.
    pub(super) fn verified(mut self, subjects: &[String]) -> Self {
        self.run.verification.subjects.extend(subjects.iter().map(|name| verified(name)));
        self
    }

    fn measured_at(self, tax: &Cost<'_>) -> Self {
        let mut synthetic = self;
        let rounds = synthetic.run.plan.rounds;
        for (index, benchmark) in synthetic.run.plan.benchmarks.clone().iter().enumerate() {
            for round in 0..synthetic.run.plan.warmup {
                synthetic.round(benchmark, index, Phase::WarmUp, round, tax);
            }
            for round in 0..rounds {
                synthetic.round(benchmark, index, Phase::Measured, round, tax);
            }
        }
        synthetic
    }

    fn round(&mut self, benchmark: &BenchmarkPlan, index: usize, phase: Phase, round: u32, tax: &Cost<'_>) {
        for (position, subject) in self.run.plan.subjects.clone().iter().enumerate() {
            let chance = chance(&[index as u64, u64::from(round), position as u64, u64::from(phase == Phase::Measured)]);
            // A narrow middle and a tail to the slow side, as real visits have.
            let noise = if chance > 0.93 { 0.01 + chance / 100.0 } else { (chance - 0.5) * 0.012 };
            let ns = (base_ns(benchmark) * age(subject) * tax(benchmark, subject, position) * (1.0 + noise)) as u64;
            self.run.samples.push(sample(benchmark, phase, round, position as u32, &subject.name, ns));
        }
    }

    /// Visits after all others that count: of each benchmark that is counted and each subject, so many instructions.
    pub(super) fn counted_by(mut self, how: Counting, instructions: impl Fn(&str, &str) -> u64) -> Self {
        self.run.plan.counters = Some(CounterPlan { how, reason: None });
        let plan = self.run.plan.clone();
        for (index, size) in surtax::matrix::counted_benchmarks(&plan) {
            let benchmark = &plan.benchmarks[index];
            for (position, subject) in plan.subjects.iter().enumerate() {
                let counted_size = size.filter(|_| size != benchmark.size);
                let instructions = Some(instructions(&benchmark.name, &subject.name));
                let counters = Some(Counters { instructions, counted_size, ..Counters::default() });
                let visit = sample(benchmark, Phase::Counted, 0, position as u32, &subject.name, 0);
                self.run.samples.push(Sample { value_ns: None, counters, ..visit });
            }
        }
        self
    }

    /// Changes every sample that `which` picks.
    pub(super) fn change(mut self, which: impl Fn(&Sample) -> bool, change: impl Fn(&mut Sample)) -> Self {
        self.run.samples.iter_mut().filter(|sample| which(sample)).for_each(change);
        self
    }

    pub(super) fn fail(self, outcome: Outcome, reason: &str, which: impl Fn(&Sample) -> bool) -> Self {
        self.change(which, |sample| {
            sample.outcome = outcome;
            sample.value_ns = None;
            sample.reason = Some(reason.to_owned());
        })
    }

    pub(super) fn fail_verification(mut self, subject: &str, program: &str, detail: &str) -> Self {
        for verified in self.run.verification.subjects.iter_mut().filter(|verified| verified.subject == subject) {
            for check in verified.checks.iter_mut().filter(|check| check.name == program) {
                check.passed = false;
                check.detail = Some(detail.to_owned());
            }
        }
        self
    }

    pub(super) fn rename(mut self, from: &str, to: &str) -> Self {
        let swap = |name: &mut String| {
            if name == from {
                *name = to.to_owned();
            }
        };
        self.run.plan.subjects.iter_mut().for_each(|subject| swap(&mut subject.name));
        self.run.audit.subjects.iter_mut().for_each(|audit| swap(&mut audit.subject));
        self.run.verification.subjects.iter_mut().for_each(|verified| swap(&mut verified.subject));
        self.run.samples.iter_mut().for_each(|sample| swap(&mut sample.subject));
        self
    }
}

/// From 0 to 1, always the same for the same numbers (the mixing function of SplitMix64).
pub(super) fn chance(numbers: &[u64]) -> f64 {
    let mixed = numbers.iter().fold(20_261_121_u64, |state, number| {
        let mut mix = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix = (mix ^ (mix >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mix = (mix ^ (mix >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mix ^ (mix >> 31)
    });
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

fn plan(subjects: &[&str], rounds: u32) -> Plan {
    let benchmark = |name: &str, size, clock| BenchmarkPlan { name: name.into(), size, clock };
    let mut benchmarks =
        vec![benchmark("pure_int_loop", Some(3_000_000), Clock::InProcess), benchmark("dynamic", Some(1_000_000), Clock::InProcess)];
    benchmarks.extend((2..=6).map(|power| benchmark("amortised", Some(10_u64.pow(power)), Clock::WholeProcess)));
    benchmarks.extend(["startup", "startup_isolated"].map(|name| benchmark(name, None, Clock::WholeProcess)));
    benchmarks.push(benchmark("cells", Some(20), Clock::WholeProcess));
    Plan {
        groups: Vec::new(),
        reference: None,
        packs: Vec::new(),
        schema: SCHEMA,
        surtax: "0.1.0".into(),
        created: "2026-11-21T10:00:00Z".into(),
        seed: 20_261_121,
        release: "bookworm".into(),
        python: "3.11".into(),
        lock_sha256: Some(Sha256::of(b"lock")),
        benchmarks_digest: "0123456789abcdef".into(),
        warmup: 3,
        rounds,
        timeout_seconds: 60.0,
        cpu: Some(1),
        counters: None,
        subjects: subjects.iter().map(|name| subject(name)).collect(),
        benchmarks,
        shards: Vec::new(),
        shard: None,
    }
}

fn subject(name: &str) -> SubjectPlan {
    let (role, description) = match name {
        "python3" => (Role::Baseline, "the stock interpreter"),
        "python3-again" => (Role::Control, "the stock interpreter again (A/A)"),
        "shared" => (Role::Runner, "libpython3.11.so.1.0, shared, PIE"),
        "static-nonpic" => (Role::Runner, "libpython3.11.a, static, no-PIE"),
        _ => (Role::Runner, "libpython3.11-pic.a, static"),
    };
    let file = if name.starts_with("python3") { "python3" } else { name };
    SubjectPlan {
        name: name.into(),
        group: None,
        role,
        executable: PathBuf::from(format!("/store/{file}")),
        sha256: Sha256::of(file.as_bytes()),
        size_bytes: 6_831_704,
        description: description.into(),
        factors: None,
    }
}

fn environment() -> Environment {
    Environment {
        schema: SCHEMA,
        surtax: "0.1.0".into(),
        machine: None,
        cpu_model: "Example CPU @ 2.50GHz".into(),
        cpus: 2,
        cpu_flags: vec!["avx2".into()],
        memory_bytes: 8 << 30,
        kernel: "6.1.0-40-amd64".into(),
        host: "Debian GNU/Linux 12 (bookworm)".into(),
        virtualisation: "kvm".into(),
        governor: None,
        turbo: None,
        smt: Some(true),
        aslr: Some(2),
        load_average: [0.25, 0.5, 0.75],
        toolchain: BTreeMap::from([("gcc".into(), "12.2.0".into()), ("rustc".into(), "1.95.0".into())]),
        conditions: None,
    }
}

fn audit(subject: &str) -> SubjectAudit {
    let profiled = !["static-pic", "static-pic-pie", "shared"].contains(&subject);
    let stock = subject.starts_with("python3");
    // A linked and stripped file shows little; an archive shows what was done to its objects.
    let linked = stock || subject == "shared";
    SubjectAudit {
        subject: subject.into(),
        file: PathBuf::from(match subject {
            "shared" => "/store/lib/libpython3.11.so.1.0",
            "static-nonpic" => "/store/lib/libpython3.11.a",
            _ if linked => "/store/bin/python3.11",
            _ => "/store/lib/libpython3.11-pic.a",
        }),
        size_bytes: 50_000_000,
        pgo: match profiled {
            _ if linked => Answer::Unknown,
            true => Answer::Yes,
            false => Answer::No,
        },
        pgo_evidence: match profiled {
            _ if linked => "a linked and stripped file has no sections of its objects",
            true => "269 sections named .text.hot",
            false => "6 sections named .text.hot",
        }
        .into(),
        lto: match subject {
            "shared" => Answer::Unknown,
            _ if stock => Answer::Yes,
            _ => Answer::No,
        },
        lto_evidence: if stock { "symbols ending in .lto_priv" } else { "no LTO symbols" }.into(),
        code_model: if profiled { "non-pic" } else { "pic" }.into(),
        code_model_evidence: if profiled { "26,000 absolute relocations" } else { "11,000 GOT loads" }.into(),
        interposition: None,
        interposition_evidence: None,
        hot_sections: (!linked).then_some(if profiled { 269 } else { 6 }),
        cold_symbols: (!linked).then_some(if profiled { 3_488 } else { 17 }),
        absolute_relocations: (!linked).then_some(if profiled { 26_000 } else { 0 }),
        got_loads: (!linked).then_some(if profiled { 0 } else { 11_000 }),
        hacl_missing: Vec::new(),
        ..SubjectAudit::default()
    }
}

fn verified(subject: &str) -> SubjectVerification {
    let check = |group, name: String| Check { group, name, passed: true, detail: None };
    let mut checks: Vec<Check> = (1..=20).map(|number| check(CheckGroup::Programs, format!("program_{number:02}"))).collect();
    checks.extend(["executable type", "interpreter"].map(|name| check(CheckGroup::Elf, name.into())));
    checks.push(check(CheckGroup::Hashlib, "sha256".into()));
    SubjectVerification { subject: subject.into(), checks }
}

fn base_ns(benchmark: &BenchmarkPlan) -> f64 {
    match (benchmark.name.as_str(), benchmark.size) {
        ("pure_int_loop", _) => 177.0e6,
        ("dynamic", _) => 707.1e6,
        ("amortised", Some(size)) => 14.0e6 + size as f64 * 707.1,
        ("cells", _) => 310.0e6,
        _ => 12.5e6,
    }
}

/// The older Python takes longer in everything.
fn age(subject: &SubjectPlan) -> f64 {
    if subject.group.as_deref() == Some("debian-12") || subject.role == Role::Guest { 1.12 } else { 1.0 }
}

fn tax(benchmark: &BenchmarkPlan, subject: &SubjectPlan, position: usize) -> f64 {
    let dynamic = [1.0, 1.0, 0.972, 1.251, 1.262, 1.337];
    let start = [1.0, 1.0, 0.602, 0.64, 0.66, 0.9];
    let named = SUBJECTS.iter().position(|name| subject.group.is_some() && *name == subject.short_name());
    let column = named.unwrap_or(if subject.group.is_some() { 0 } else { position % SUBJECTS.len() });
    match (benchmark.name.as_str(), benchmark.size) {
        ("pure_int_loop", _) => [1.0, 1.0, 1.013, 1.014, 1.02, 1.148][column],
        ("dynamic", _) => dynamic[column],
        ("amortised", Some(size)) => {
            let loops = size as f64 * 707.1;
            (14.0e6 * start[column] + loops * dynamic[column]) / (14.0e6 + loops)
        }
        ("cells", _) => [1.0, 1.0, 0.11, 0.12, 0.12, 0.14][column],
        _ => [1.0, 1.0, 0.98, 1.01, 1.02, 1.08][column],
    }
}

fn sample(benchmark: &BenchmarkPlan, phase: Phase, round: u32, position: u32, subject: &str, ns: u64) -> Sample {
    Sample {
        schema: SCHEMA,
        benchmark: benchmark.name.clone(),
        size: benchmark.size,
        phase,
        round,
        position,
        subject: subject.into(),
        outcome: Outcome::Ok,
        value_ns: Some(ns),
        wall_ns: ns + 1_000_000,
        user_ns: ns - ns / 10,
        system_ns: ns / 20,
        peak_memory_bytes: 9_800_000,
        answer: Some("42".into()),
        reason: None,
        counters: None,
        kernels: None,
        machine: None,
    }
}

pub(super) fn row<'a>(summary: &'a Summary, benchmark: &str, size: Option<u64>, subject: &str) -> &'a SubjectResult {
    let found = summary.benchmarks.iter().find(|candidate| candidate.name == benchmark && candidate.size == size);
    found.and_then(|benchmark| benchmark.of(subject)).unwrap()
}

/// Failures of every kind, a subject that fails verification, and names that attack each format.
pub(super) fn troubled() -> Run {
    let hostile = "evil|`<script>alert(1)</script>\n| x |\u{1b}[31m\u{202e}&\"'";
    Synthetic::new()
        .fail(Outcome::Failed, "exit code 139 (SIGSEGV)\n| Segmentation fault |", |sample| {
            sample.subject == "static-pic" && sample.benchmark == "dynamic" && sample.round < 4
        })
        .fail(Outcome::TimedOut, "ended after 60 s", |sample| {
            sample.subject == "python3" && sample.benchmark == "startup" && sample.round == 7
        })
        .fail(Outcome::WrongAnswer, "answered `41`, the baseline `42`", |sample| {
            sample.subject == "static-pic-pie" && sample.benchmark == "pure_int_loop"
        })
        .fail_verification("shared", "program_07", "output differs in line 3: <b>1.0</b> | 1.1")
        .rename("static-pic-pie", hostile)
        .run
}
