//! The written form of every error that a module makes of its own: message, causes, hint and exit code.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Error;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use surtax::audit::AuditError;
use surtax::bundle::BundleError;
use surtax::cmd::CommandError;
use surtax::config::ConfigError;
use surtax::cpython::{CpythonError, SourceError};
use surtax::debian::ProvisionError;
use surtax::digest::Sha256;
use surtax::elf::ProgramError;
use surtax::embed::EmbedError;
use surtax::error::{Explain, exit_code, render};
use surtax::fetch::{FetchError, Why};
use surtax::fs::FsError;
use surtax::guest::GuestError;
use surtax::interrupt::Interrupted;
use surtax::libpython::{HaclError, HaclMode, HomeError, ProofError, Shape, StockError, VariantName};
use surtax::matrix::{MatrixError, MergeError};
use surtax::measure::{CounterError, MeasureError};
use surtax::opcode::trace::TraceError;
use surtax::pack::PackError;
use surtax::prefix::PrefixError;
use surtax::process::ProcessError;
use surtax::recipe::{PythonVersion, RecipeError};
use surtax::report::BadGate;
use surtax::run::RunError;
use surtax::runner::{RunnerError, ToolchainError};
use surtax::script::{ScriptError, System};
use surtax::store::StoreError;
use surtax::unpack::UnpackError;
use surtax::verify::VerifyError;
use surtax::verify::testsuite::TestsuiteError;

/// The errors of some modules, each under the name of its type.
#[derive(Default)]
struct Forms {
    text: String,
    types: BTreeSet<&'static str>,
}

impl Forms {
    fn show<E: Explain>(&mut self, errors: impl IntoIterator<Item = E>) {
        let name = std::any::type_name::<E>().rsplit("::").next().expect("a name");
        self.types.insert(name);
        for error in errors {
            assert!(error.hint().is_some_and(|hint| !hint.is_empty()), "{name} does not say what to do next: {error}");
            let error = anyhow::Error::new(error);
            let code = exit_code(&error) as u8;
            let _ = writeln!(self.text, "# {name}, exit code {code}\n{}", render(&error));
        }
    }
}

fn path(path: &str) -> PathBuf {
    path.into()
}

fn fs_error(action: &'static str, place: &str, number: i32) -> FsError {
    FsError { action, path: path(place), source: errno(number) }
}

fn errno(number: i32) -> Error {
    Error::from_raw_os_error(number)
}

const NOT_FOUND: i32 = 2;
const DENIED: i32 = 13;
const NO_FOLDER: i32 = 20;
const FULL: i32 = 28;

fn machine(forms: &mut Forms) {
    forms.show([fs_error("append to", "/runs/one/samples.jsonl", FULL), fs_error("create", "/runs/one", DENIED)]);
    let program = || path("/store/bin/python3");
    forms.show([
        ProcessError::Start { program: program(), source: errno(NOT_FOUND) },
        ProcessError::Start { program: program(), source: errno(DENIED) },
        ProcessError::Start { program: program(), source: Error::other("Exec format error") },
        ProcessError::Watch { program: program(), source: Error::other("the launcher ended") },
        ProcessError::TimedOut { program: program(), limit: Duration::from_secs(120) },
        ProcessError::Failed { program: program(), status: ExitStatus::from_raw(7 << 8), output: "no module named math\n".into() },
        ProcessError::Failed { program: program(), status: ExitStatus::from_raw(11), output: String::new() },
    ]);
    forms.show([surtax::log::filter("surtax=loudly").expect_err("no level")]);
    forms.show([StoreError::NoPlace, StoreError::Unusable(fs_error("create", "/dev/null/store", NO_FOLDER))]);
    forms.show([Interrupted]);
}

fn runs(forms: &mut Forms) {
    forms.show([
        RunError::NotARun(path("thesis")),
        RunError::Foreign(path("thesis")),
        RunError::Taken(path("results/one")),
        RunError::Schema { path: path("results/one/plan.json"), found: 9 },
        RunError::Malformed { path: path("results/one/samples.jsonl"), reason: "line 7: missing field `round`".into() },
    ]);
    forms.show([VerifyError::NoCandidate, VerifyError::NoPrograms(path("/store/assets/benchmarks"))]);
    forms.show([
        MatrixError::UnknownBenchmark { name: "dynamo".into(), known: vec!["dynamic".into(), "cells".into()] },
        MatrixError::BadSize { item: "dynamic/many".into(), size: "many".into() },
        MatrixError::NoSizes("startup".into()),
        MatrixError::NoRounds,
        MatrixError::BadTimeout(0.0),
        MatrixError::NoBaseline,
        MatrixError::BaselineOfGroup { group: "debian-12".into() },
        MatrixError::UnknownGroup { subject: "debian-11/shared".into(), group: "debian-11".into() },
        MatrixError::TwiceTheGroup("debian-13".into()),
        MatrixError::BadReference { name: "debian-31".into(), known: vec!["debian-13".into(), "debian-12".into()] },
        MatrixError::TwiceTheSubject("mine".into()),
        MatrixError::Shards { wanted: 3, benchmarks: vec!["dynamic".into(), "cells".into()] },
        MatrixError::Shards { wanted: 2, benchmarks: vec!["dynamic".into()] },
        MatrixError::NoSuchShard { number: 5, shards: 4 },
        MatrixError::NoSuchShard { number: 1, shards: 0 },
    ]);
    forms.show([
        MergeError::Nothing,
        MergeError::Merged(path("results/all")),
        MergeError::Differs {
            folder: path("shard-2"),
            against: path("shard-1"),
            field: "seed".into(),
            here: "7".into(),
            there: "8".into(),
        },
        MergeError::Overlap {
            machine: "node7".into(),
            one: path("shard-1"),
            other: path("again"),
            benchmarks: vec!["dynamic/1000000".into(), "startup".into()],
        },
    ]);
    forms.show([
        MeasureError::Journal { folder: path("results/one"), source: fs_error("append to", "results/one/samples.jsonl", FULL) },
        MeasureError::Interrupted { folder: path("results/one"), visits: 40 },
        MeasureError::Counting(CounterError::NoValgrind),
    ]);
    forms.show([
        CounterError::NoPerf { reason: "the kernel offers no hardware counters (ENOENT)".into(), remedy: None },
        CounterError::NoPerf {
            reason: "the kernel does not let this user count (EACCES, kernel.perf_event_paranoid is 3)".into(),
            remedy: Some("sudo sysctl kernel.perf_event_paranoid=2; a container must also allow perf_event_open".into()),
        },
        CounterError::NoValgrind,
    ]);
    forms.show([BadGate::NoLimit("instructions".into()), BadGate::UnknownMeasure("time".into()), BadGate::BadPercentage("0.5".into())]);
    forms.show([
        CommandError::NoSuchSubject { subject: "shard".into(), run: "results/one".into(), near: Some("shared".into()) },
        CommandError::NoSuchSubject { subject: "mine".into(), run: "results/one".into(), near: None },
        CommandError::NoRunIn(path("thesis")),
        CommandError::NothingOf { folder: path("results"), what: "subject or benchmark named mine".into() },
        CommandError::FilePerSubject { subjects: vec!["python3".into(), "shared".into()] },
        CommandError::NothingToExport(path("results/one")),
    ]);
    forms.show([
        CommandError::NoSuchVariant {
            variant: VariantName::plain(Shape::StaticPic),
            reasons: vec!["debian-13: its packages hold no libpython3.13-pic.a".into(), "3.12.1: it was installed without".into()],
        },
        CommandError::NothingToEmbed {
            source_name: "3.9.18".into(),
            reasons: vec!["static-pic: it was installed without".into(), "shared: it was installed without".into()],
        },
        CommandError::NoSourceHasPython {
            python: PythonVersion::new(3, 9),
            sources: vec!["debian-12 has 3.11".into(), "debian-13 has 3.13".into()],
        },
        CommandError::LockOfWhich { path: path("debian-13.surtax.lock"), codename: "trixie".into() },
        CommandError::NoSuchVariant {
            variant: "static-pie-pgo-lto".parse().expect("a variant"),
            reasons: vec!["cpython-3.13: its recipe asks for no such build".into()],
        },
        CommandError::NothingToLock { recipes: vec!["cpython-3.13".into(), "fastest".into()] },
        CommandError::NothingToCompile { option: "--replicates" },
        CommandError::GateWithoutCounts { reason: "the kernel offers no hardware counters (ENOENT)".into() },
        CommandError::GateWithoutBenchmark {
            reasons: vec![
                "opcodes: its kernels are counted one by one, and stand with what they cost".into(),
                "amortised/1000000: only sizes up to 10000 are counted: more take minutes under callgrind".into(),
            ],
        },
        CommandError::GateAgainst { run: path("results/one"), reason: "nothing counted in the earlier one".into() },
        CommandError::SourceForStubs,
        CommandError::NoHaclSource { version: "3.14.10".into(), reason: "no mirror has python3.14 3.14.10-1".into() },
        CommandError::BaselineFailed { subject: "debian-13/python3".into(), failed: 2, first: "math cannot be imported".into() },
        CommandError::NothingToAudit { target: "static-pik".into(), near: Some("static-pic".into()) },
        CommandError::NothingToAudit { target: "libpython.a".into(), near: None },
        CommandError::AuditOfFolder(path("/opt/python")),
        CommandError::AuditOfNoFile(path("/dev/null")),
        CommandError::CannotAudit {
            path: path("notes.txt"),
            source: AuditError::Unreadable { path: path("notes.txt"), reason: "Unknown file magic".into() },
        },
        CommandError::CompareTwo { named: vec!["static-pic".into()] },
        CommandError::NotBuilt { source_name: "cpython-3.13".into(), variants: vec!["static-nonpic-pgo".into(), "shared-pgo".into()] },
        CommandError::ResumeOfMerged { folder: path("results/all") },
        CommandError::OtherPlan { plan: path("plan/plan.json"), field: "surtax", planned: "0.2.0".into(), here: "0.1.0".into() },
        CommandError::UnreadablePlan { plan: path("plan/plan.json"), reason: "error: unexpected argument 'x' found".into() },
        CommandError::OtherShard {
            folder: path("shard-1"),
            reason: "it was begun on node7 (A CPU, 6.1), and this is node8 (A CPU, 6.1)".into(),
        },
        CommandError::OtherStore { plan: path("plan/plan.json"), made_for: path("/tmp/surtax"), here: path("/home/me/.cache/surtax") },
        CommandError::OtherSubjects { others: vec!["static-pic: 00112233aabbccdd here, 44556677eeff0011 in the plan".into()] },
        CommandError::CannotResume { folder: path("results/one"), reason: "shared is not the file that was measured".into() },
    ]);
}

fn fetching(forms: &mut Forms) {
    forms.show([
        RecipeError::Unknown { name: "debian-99".into() },
        RecipeError::NotAnArchive { name: "study-pgo-lto".into() },
        RecipeError::Malformed { path: path("mine.yaml"), line: 3, column: 9, reason: "unknown field `colour`".into() },
        RecipeError::Fs(fs_error("read", "mine.yaml", NOT_FOUND)),
    ]);
    forms.show([
        ConfigError::Malformed { path: path("config.toml"), line: 3, reason: "unknown field `colour`, expected `mirrors`".into() },
        ConfigError::Fs(fs_error("read", "config.toml", NOT_FOUND)),
    ]);
    let failed = |why| FetchError::Failed { url: "http://mirror.example/debian/file".into(), why };
    forms.show([
        failed(Why::Connect("connection refused".into())),
        failed(Why::TimedOut),
        failed(Why::Status(404)),
        failed(Why::Status(407)),
        failed(Why::Status(503)),
        failed(Why::Truncated { got: 30, wanted: 378 }),
        failed(Why::TooLarge { wanted: 378 }),
        failed(Why::Endless { limit: 512 << 20 }),
        failed(Why::NoFile),
        failed(Why::Broken("connection reset".into())),
        FetchError::WrongHash {
            url: "http://mirror.example/debian/file".into(),
            wanted: Box::new(Sha256::of(b"as promised").into()),
            found: Box::new(Sha256::of(b"as found").into()),
        },
        FetchError::NotAUrl { url: "mirror.example".into() },
        FetchError::Client("no certificates were found".into()),
    ]);
    let archive = || "libc6 2.40-1".to_owned();
    forms.show([
        UnpackError::LeadsOutside { archive: archive(), path: "../../etc/passwd".into() },
        UnpackError::Damaged { archive: archive(), reason: "control.tar is missing".into() },
        UnpackError::Write {
            archive: archive(),
            path: "usr/lib/libc.so.6".into(),
            source: fs_error("write", "/store/scratch/one/usr/lib/libc.so.6", FULL),
        },
    ]);
}

/// Those that the small world does not bring about in `provision::errors_are_written_for_the_person_who_reads_them`.
fn provisioning(forms: &mut Forms) {
    let url = || "http://mirror.example/debian/dists/trixie/InRelease".to_owned();
    let release = || "debian trixie".to_owned();
    let python = PythonVersion::new(3, 13);
    forms.show([
        ProvisionError::Host { found: "aarch64".into() },
        ProvisionError::UnknownHost { path: path("/etc/os-release"), reason: "names no VERSION_CODENAME".into() },
        ProvisionError::NoMirror { release: release() },
        ProvisionError::BadKeyring { path: path("mine.gpg"), reason: "it holds no key".into() },
        ProvisionError::WrongSignature { url: url(), reason: "it is signed by 0123456789ABCDEF".into() },
        ProvisionError::NotYetValid { url: url(), date: "Sat, 03 Jan 2099 10:00:00 UTC".into() },
        ProvisionError::WrongRelease { url: url(), reason: "it is that of bookworm".into() },
        ProvisionError::BadIndex { url: url(), reason: "line 3 has no colon".into() },
        ProvisionError::NoSuchPython { release: release(), python, offered: vec![] },
        ProvisionError::TooOld { release: release(), python: PythonVersion::new(3, 10), offered: vec![] },
        ProvisionError::NoDefaultPython { release: release(), reason: "there is no python3".into(), offered: vec![python] },
        ProvisionError::Unsatisfiable { release: release(), python, reason: "libc6 (>= 2.41) is needed by libpython3.13".into() },
        ProvisionError::NothingOffline,
        ProvisionError::NoSource {
            release: "Debian 13.7".into(),
            source_package: "python3.13 3.13.5-2".into(),
            reason: "the signed indexes list no such source".into(),
            offline: false,
        },
        ProvisionError::Missing {
            missing: (0..10).map(|number| format!("package{number} 1-1: no connection")).collect(),
            total: 12,
            offline: false,
        },
        ProvisionError::Finish { reason: "/store/bin/python3 exited with code 1".into() },
    ]);
}

/// Those of a CPython from source.
fn sources(forms: &mut Forms) {
    let tarball = || "Python-3.13.5.tar.xz".to_owned();
    let url = |why| SourceError::Url(FetchError::Failed { url: "https://mirror.example/Python-3.13.5.tar.xz".into(), why });
    let hash = |text: &str| Sha256::of(text.as_bytes()).to_string();
    forms.show([
        SourceError::NotInStore { place: tarball() },
        SourceError::OtherContent { place: "/srv/Python-3.13.5.tar.xz".into(), wanted: hash("as promised"), found: hash("as found") },
        SourceError::NotASource { place: "notes.tar.xz".into(), reason: "it holds no configure".into() },
        SourceError::OtherVersion { place: tarball(), found: "3.13.5".into(), wanted: "3.12".into() },
        SourceError::BuiltInPlace { place: "/home/me/cpython".into(), found: "config.status".into() },
        SourceError::LeadsOutside { folder: path("/home/me/cpython"), link: path("Lib/mine"), target: path("../../lib") },
        SourceError::Changing { folder: path("/home/me/cpython") },
        SourceError::NoPatchProgram,
        SourceError::Patch {
            name: "./loop.patch".into(),
            version: "3.13.5".into(),
            said: "patching file Python/ceval.c\nHunk #1 FAILED at 2.\n1 out of 1 hunk FAILED".into(),
        },
        url(Why::Status(404)),
        url(Why::TimedOut),
        url(Why::Truncated { got: 30, wanted: 378 }),
        url(Why::Endless { limit: 512 << 20 }),
        SourceError::Provision(ProvisionError::NoSource {
            release: "Debian 12.11".into(),
            source_package: "python3.11".into(),
            reason: "python3.11 3.11.2-6: none of 2 mirrors has pool/main/p/python3.11/python3.11_3.11.2.orig.tar.xz".into(),
            offline: false,
        }),
    ]);
}

fn building(forms: &mut Forms) {
    let library = || path("/store/sysroots/one/usr/lib/x86_64-linux-gnu/libpython3.13.a");
    forms.show([
        HomeError::Lacks { sysroot: path("/store/sysroots/one"), what: "usr/include/python3.13".into() },
        HomeError::Probe(ProcessError::Start { program: path("/store/bin/python3"), source: errno(NOT_FOUND) }),
        HomeError::Linker(ProcessError::Failed {
            program: path("/store/homes/one/two/ld"),
            status: ExitStatus::from_raw(127 << 8),
            output: "libbfd.so: cannot open shared object file\n".into(),
        }),
        HomeError::Sysconfig("LDVERSION is missing".into()),
    ]);
    forms.show([
        StockError::Edit { path: path("/store/python3"), reason: "it is no ELF file".into() },
        StockError::Changed { path: path("/store/python3"), section: ".text".into() },
    ]);
    forms.show([AuditError::Unreadable { path: library(), reason: "it ends too early".into() }]);
    forms.show([
        AuditError::Unreadable { path: library(), reason: "it ends too early".into() },
        AuditError::NotElf { path: path("notes.txt") },
        AuditError::Member { archive: library(), member: "ceval.o".into(), reason: "it ends too early".into() },
        AuditError::ThinMember { archive: path("build/libpython3.13.a"), source: fs_error("read", "build/Python/ceval.o", NOT_FOUND) },
    ]);
    forms.show([
        HaclError::Audit(AuditError::Unreadable { path: library(), reason: "it ends too early".into() }),
        HaclError::NoStandIn { path: library(), symbols: vec!["Hacl_One".into(), "Hacl_Two".into()] },
        HaclError::NotASource { path: path("notes.tar.xz"), reason: "it holds no Modules/_hacl".into() },
        HaclError::OtherPython { path: path("Python-3.14.7.tar.xz"), found: "3.14.7".into(), wanted: "3.13.5".into() },
        HaclError::Compile { file: "Hacl_Hash_SHA2.c".into(), reason: "gcc exited with code 1\nerror: no such header".into() },
        HaclError::Incomplete {
            library: library(),
            source_folder: path("/store/hacl/one/Modules/_hacl"),
            symbols: (1..=14).map(|number| format!("Hacl_{number}")).collect(),
        },
    ]);
    forms.show("fast".parse::<HaclMode>().err());
    let variant = || "static-pic-pgo-lto".parse::<VariantName>().expect("a variant");
    let contradicted = || ProofError::Contradicted {
        variant: variant(),
        file: library(),
        contradictions: vec![
            "asked for pic code, but it is non-pic: 19833 absolute 32-bit relocations in code".into(),
            "asked for PGO, but 3 of 179 objects have .text.hot sections (3 in all), 23 .cold symbols".into(),
        ],
    };
    forms.show([contradicted(), ProofError::Unreadable(AuditError::Unreadable { path: library(), reason: "it ends too early".into() })]);
    let failed = |tail: &str| RunnerError::Failed {
        variant: VariantName::plain(Shape::StaticPic),
        how: "exited with code 101".into(),
        tail: tail.into(),
        log: path("/store/logs/static-pic.log"),
    };
    let undefined = |symbol: &str| RunnerError::Undefined {
        variant: VariantName::plain(Shape::StaticPic),
        symbols: vec![symbol.into()],
        log: path("/store/logs/static-pic.log"),
    };
    forms.show([
        failed("error: No space left on device (os error 28)"),
        failed("error: failed to get `pyo3` as a dependency"),
        failed("error[E0463]: can't find crate for `std`"),
        failed("lto1: fatal error: bytecode stream in file 'libpython3.13.a' generated with LTO version 12.0 instead of the expected 13.0"),
        failed("clang: error: invalid linker name in argument '-fuse-ld=lld'"),
        failed("error: something else"),
        RunnerError::Unproven { variant: variant(), source: contradicted() },
        undefined("Hacl_One"),
        undefined("zstd_compress"),
        RunnerError::Template(minijinja::Error::new(minijinja::ErrorKind::UndefinedError, "in the template")),
    ]);
    forms.show([
        ToolchainError::Missing { tool: "cargo" },
        ToolchainError::Missing { tool: "gcc" },
        ToolchainError::Missing { tool: "ld" },
        ToolchainError::Broken { tool: "rustc", source: ProcessError::Start { program: path("/usr/bin/rustc"), source: errno(DENIED) } },
        ToolchainError::Unsupported { found: "aarch64-unknown-linux-gnu".into() },
    ]);
}

fn compiling(forms: &mut Forms) {
    let gcc = || path("/usr/bin/gcc");
    let step = |hint: &str| CpythonError::Step {
        step: "core pic-pgo".into(),
        how: "exited with code 2".into(),
        tail: "cc1: out of memory allocating 65536 bytes\nmake: *** [Makefile:3057: Objects/dictobject.o] Error 1".into(),
        hint: hint.into(),
        log: path("/store/logs/cpython-one/core-pic-pgo.log"),
    };
    let fits_not = |from_elsewhere| CpythonError::ProfileDoesNotFit {
        build: "nonpic-pgo".into(),
        mismatched: 4012,
        functions: 11286,
        missing: 3,
        objects: 179,
        most_percent: 5.0,
        from_elsewhere,
        log: path("/store/cpython/trees/one/warnings"),
    };
    forms.show([
        CpythonError::NoCompiler { program: "make".into() },
        CpythonError::NoCompiler { program: "gcc".into() },
        CpythonError::NoCompiler { program: "llvm-profdata".into() },
        CpythonError::NoCompiler { program: "gcc-99".into() },
        CpythonError::NoCompiler { program: "ld.lld".into() },
        CpythonError::UnbuildablePath { root: path("/home/me/my store"), found: ' ' },
        CpythonError::OtherCompiler { program: gcc(), wanted: "clang", version: "gcc (Debian 14.2.0-19) 14.2.0".into() },
        CpythonError::CompilerTooOld { program: gcc(), found: "8".into(), needed: 9 },
        CpythonError::NoSuchModule { module: "_sha22".into(), setup: path("/store/cpython/trees/one/build/Modules/Setup.stdlib") },
        step("the compiler ran out of memory; end other programs, or build with fewer jobs: taskset -c 0 surtax …"),
        CpythonError::NoProfileIn { folder: path("/home/me/profile") },
        CpythonError::NothingCounted,
        CpythonError::NoPip { folder: path("/store/sources/one") },
        fits_not(true),
        fits_not(false),
        CpythonError::NotAsAsked {
            found: "libpython3.13.a is not what `static-nonpic-pgo` asks for:\n  PGO: 3 of 179 objects have .text.hot sections (4 in all), 12 .cold symbols".into(),
            tree: path("/store/cpython/trees/one/build"),
        },
        CpythonError::Installed(PrefixError::NoPython(path("/store/cpython/trees/one/prefix"))),
        CpythonError::Process(ProcessError::Start { program: gcc(), source: errno(DENIED) }),
        CpythonError::Store(StoreError::NoPlace),
        CpythonError::Fs(fs_error("write", "/store/cpython/trees/one/objects", FULL)),
    ]);
}

fn installed(forms: &mut Forms) {
    let folder = || path("/opt/python");
    let executable = || path("/opt/python/bin/python3.13");
    let failed =
        |status, output: &str| ProcessError::Failed { program: executable(), status: ExitStatus::from_raw(status), output: output.into() };
    forms.show([
        ProgramError::Script(executable()),
        ProgramError::NotAProgram(executable()),
        ProgramError::OtherArchitecture { path: executable(), found: "aarch64".into() },
        ProgramError::NoLoader { path: executable(), loader: path("/lib/ld-musl-x86_64.so.1") },
    ]);
    forms.show([
        PrefixError::NotAFolder(path("/opt/pyton")),
        PrefixError::UnusablePath { folder: path("/opt/a:b"), what: "a colon" },
        PrefixError::VirtualEnvironment { folder: path("/home/me/venv"), base: Some(folder()) },
        PrefixError::VirtualEnvironment { folder: path("/home/me/venv"), base: None },
        PrefixError::NoPython(folder()),
        PrefixError::WrongVersion {
            folder: folder(),
            python: PythonVersion::new(3, 14),
            offered: vec![PythonVersion::new(3, 12), PythonVersion::new(3, 13)],
        },
        PrefixError::TooOld { folder: folder(), version: "3.10.13".into() },
        PrefixError::NotCPython { folder: folder(), implementation: "PyPy".into() },
        PrefixError::Program(ProgramError::Script(executable())),
        PrefixError::DoesNotStart {
            path: executable(),
            source: failed(127 << 8, "error while loading shared libraries: libpython3.13.so.1.0: cannot open shared object file\n"),
        },
        PrefixError::NotUnderstood { path: executable(), reason: "EOF while parsing a value at line 1 column 0".into() },
        PrefixError::Elsewhere { path: path("/usr/local/bin/python3.13"), prefix: folder() },
        PrefixError::OtherAbi { path: executable(), version: "3.13.0".into(), abi: "free-threaded" },
        PrefixError::NotMovable { path: executable(), reason: "sys.prefix is \"/opt\" instead of \"/store/homes/one\"".into() },
    ]);
    forms.show([
        GuestError::Form("mine".into()),
        GuestError::Name { name: "shared".into(), reason: "it is one of surtax's own subjects" },
        GuestError::NoSuchFile(path("/home/me/~/python3")),
        GuestError::NoSuchFile(executable()),
        GuestError::Folder(folder()),
        GuestError::NotExecutable(executable()),
        GuestError::Program(ProgramError::Script(executable())),
        GuestError::DoesNotStart { path: executable(), source: ProcessError::Start { program: executable(), source: errno(NOT_FOUND) } },
        GuestError::Hangs { path: executable(), limit: Duration::from_secs(10) },
        GuestError::NotPython { path: path("/bin/ls"), said: "exited with code 2 and said:\n/bin/ls: invalid option -- 'I'".into() },
        GuestError::TooOld { path: executable(), version: "3.10.13".into() },
    ]);
}

fn opcodes(forms: &mut Forms) {
    let file = || path("demo.py");
    let names = || vec!["Point.norm".to_owned(), "add".to_owned()];
    let call = || "add(1, 2)".to_owned();
    forms.show([
        TraceError::NoPython,
        TraceError::Script { path: path("/home/me/.pyenv/shims/python3"), source: None },
        TraceError::Version { path: path("/opt/python3"), version: "3.16.0".into() },
        TraceError::NotCpython { path: path("/opt/pypy3"), implementation: "PyPy".into() },
        TraceError::NoSuchFile(file()),
        TraceError::NotAFile(path("/dev/stdin")),
        TraceError::FileSyntax { file: file(), line: Some(3), message: "SyntaxError: invalid syntax".into() },
        TraceError::FileRaised {
            file: file(),
            message: "ModuleNotFoundError: No module named 'numpy'".into(),
            trace: vec!["/demo.py:1 in <module>".into()],
        },
        TraceError::FileRaised { file: file(), message: "SystemExit: 2".into(), trace: Vec::new() },
        TraceError::CallSyntax { call: "add(1".into(), message: "SyntaxError: '(' was never closed".into() },
        TraceError::CallRaised {
            file: file(),
            call: call(),
            time: 1,
            message: "TypeError: no".into(),
            trace: vec!["/demo.py:2 in add".into()],
        },
        TraceError::CallRaised { file: file(), call: call(), time: 400, message: "IndexError: pop".into(), trace: Vec::new() },
        TraceError::NoSuchFunction { file: file(), function: "norm".into(), functions: names() },
        TraceError::NoSuchFunction { file: file(), function: "zzz".into(), functions: names() },
        TraceError::NoSuchFunction { file: file(), function: "zzz".into(), functions: Vec::new() },
        TraceError::NothingToCall { file: file(), function: None, functions: vec!["add(x, y)".into(), "main()".into()] },
        TraceError::NothingToCall { file: file(), function: Some("add".into()), functions: vec!["add(x, y)".into()] },
        TraceError::NothingRan { file: file() },
        TraceError::Endless { file: file(), doing: "in --call 'add(1, 2)'".into(), limit: Duration::from_secs(60) },
        TraceError::Died {
            file: file(),
            doing: "while it was imported".into(),
            how: "exited with code 7".into(),
            output: "so long".into(),
        },
        TraceError::NoMonitoring { file: file() },
        TraceError::NotUnderstood { interpreter: path("/opt/python3"), why: "expected value at line 1 column 1".into() },
    ]);
}

fn kit(forms: &mut Forms) {
    forms.show([
        CommandError::EmbedOne {
            asked: VariantName::plain(Shape::Shared),
            meant: vec!["shared-pgo of cpython-3.13".into(), "shared-nopgo of cpython-3.13".into()],
        },
        CommandError::EmbedOne { asked: VariantName::plain(Shape::Shared), meant: Vec::new() },
    ]);
    forms.show([
        EmbedError::NotOurs(path(".cargo/config.toml")),
        EmbedError::NotEmpty(path("my-program")),
        EmbedError::NoName(path("42")),
        EmbedError::NotForPkgConfig("-I/my store/include".into()),
        EmbedError::Unwritable { format: "cargo", reason: "unsupported type".into() },
    ]);
}

fn suites(forms: &mut Forms) {
    let names = || vec!["go".into(), "richards".into()];
    forms.show([
        PackError::NoPip(ProcessError::Start { program: path("python3"), source: errno(NOT_FOUND) }),
        PackError::Pip { what: "what mako needs".into(), said: "ERROR: No matching distribution found for markupsafe==2.0.1".into() },
        PackError::WrongHash { file: "pyperf-2.10.0-py3-none-any.whl".into(), wanted: "aa".into(), found: "bb".into() },
        PackError::NoWheel { file: "--index-url=x\n-1.whl".into() },
        PackError::NotInStore { what: "the pack".into() },
        PackError::Unknown { name: "richard".into(), known: names() },
        PackError::Malformed { path: path("/store/packs/1/MANIFEST"), reason: "it lists no benchmark".into() },
        PackError::NothingToMeasure { reasons: vec!["pyperformance/mako: pip could not fetch what it needs".into()] },
    ]);
    forms.show([
        TestsuiteError::NoTests { stdlib: path("/opt/python/lib/python3.13") },
        TestsuiteError::Unknown { name: "test_dikt".into(), known: vec!["test_dict".into(), "test_zlib".into()] },
        TestsuiteError::Mute { name: "python3".into(), reason: "exited with code 1: No module named test".into() },
    ]);
}

fn jobs(forms: &mut Forms) {
    let file = || path("study/store.tar.zst");
    forms.show([
        BundleError::NotABundle { path: file(), reason: "it does not begin with manifest.json".into() },
        BundleError::Damaged { path: file(), reason: "incomplete frame".into() },
        BundleError::OtherContent { path: file(), wanted: Sha256::of(b"one"), found: Sha256::of(b"other") },
        BundleError::Schema { found: 2 },
        BundleError::OtherSurtax { found: "0.0.9".into() },
        BundleError::OtherTarget { found: "aarch64-unknown-linux-gnu".into() },
        BundleError::OtherStore { made_for: "/tmp/surtax".into(), this: path("/home/me/.cache/surtax") },
        BundleError::Malformed { reason: "expected value at line 1 column 1".into() },
        BundleError::Refused { path: "sysroots/../x".into(), reason: "it is no place of a store".into() },
        BundleError::NoRoom { store: path("/tmp/surtax"), needed: 130_000_000, free: 1_200_000 },
        BundleError::Unfit { path: path("/tmp/surtax/sysroots/0/pipe"), what: "is neither file nor folder nor link" },
        BundleError::Unimportable { path: path("/tmp/surtax/sysroots/0/lib"), reason: "it leads outside".into() },
        BundleError::Installed { source_name: "3.13.0".into() },
    ]);
    forms.show([
        ScriptError::Unquotable { word: "a\nb".into(), what: "a line break or a control character" },
        ScriptError::NotFor { option: "--sbatch", of: System::Slurm, system: System::Github },
        ScriptError::Schedule { schedule: "daily".into() },
        ScriptError::Store { path: path("surtax"), what: "is not absolute" },
        ScriptError::Installed { path: path("/opt/python") },
        ScriptError::Template(minijinja::Error::new(minijinja::ErrorKind::UndefinedError, "value is undefined")),
    ]);
}

#[test]
fn every_error_says_what_to_do_next() {
    let mut types = BTreeSet::new();
    for (name, group) in [
        ("machine", machine as fn(&mut Forms)),
        ("runs", runs),
        ("fetching", fetching),
        ("provisioning", provisioning),
        ("sources", sources),
        ("building", building),
        ("compiling", compiling),
        ("installed", installed),
        ("opcodes", opcodes),
        ("kit", kit),
        ("suites", suites),
        ("jobs", jobs),
    ] {
        let mut forms = Forms::default();
        group(&mut forms);
        insta::assert_snapshot!(format!("error-forms-{name}"), forms.text);
        types.extend(forms.types);
    }
    // A type that error.rs lists and no form shows would be written for nobody.
    let source = include_str!("../../src/error.rs");
    let (_, list) = source.split_once("\nexplained!(").expect("the list");
    let listed: BTreeSet<_> =
        list.split(");").next().expect("its end").split(',').filter_map(|path| path.trim().rsplit("::").next()).collect();
    assert_eq!(types, listed.into_iter().filter(|name| !name.is_empty()).collect());
}
