//! How many loops of a benchmark make a value: by pyperf's own calibration, once, on one subject.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::PackError;
use super::pyperf::PyperfLine;
use crate::line::json_line;
use crate::matrix::pyperf_worker;
use crate::process::{Job, ProcessError, how_it_ended, last_lines, subject_environment};
use crate::run::{PackBenchmark, PackPlan};

/// The slowest of pyperformance take some seconds a loop.
const LIMIT: Duration = Duration::from_secs(120);

/// Every run's, so that the same machine comes to the same loops.
const SEED: u32 = 1;

/// A task that the script has, or the end of its tasks, or why it cannot be measured.
pub(super) enum Calibrated {
    Task { name: String, loops: u64 },
    NoMore,
    Fails(String),
}

/// Doubles the loops until they take `least_seconds`.
pub(super) fn calibrate(
    pack: &PackPlan,
    benchmark: &PackBenchmark,
    baseline: &Path,
    programs: &Path,
    least_seconds: f64,
) -> Result<Calibrated, PackError> {
    let least = least_seconds.to_string();
    let options = ["--calibrate-loops", "--min-time", &least, "--warmups", "0", "--values", "1"].map(OsString::from);
    let job = Job::new(baseline)
        .args(pyperf_worker(pack, benchmark, None, programs, options))
        .envs(subject_environment(SEED))
        .current_dir("/")
        .limit(LIMIT);
    let finished = match job.run() {
        Ok(finished) => finished,
        Err(ProcessError::Interrupted(interrupted)) => return Err(interrupted.into()),
        Err(error) => return Ok(Calibrated::Fails(error.to_string())),
    };
    if finished.timed_out {
        return Ok(Calibrated::Fails(format!("was still running after {} s", LIMIT.as_secs())));
    }
    if !finished.status.success() {
        let said = last_lines(&finished.stderr_text(), 1);
        return Ok(Calibrated::Fails(format!("{}: {said}", how_it_ended(&finished.status))));
    }
    if finished.stdout.is_empty() {
        return Ok(Calibrated::NoMore);
    }
    Ok(match json_line::<PyperfLine>(&finished.stdout, "what a worker of pyperf prints") {
        Ok(line) => Calibrated::Task { name: line.name().to_owned(), loops: line.loops() },
        Err(reason) => Calibrated::Fails(reason),
    })
}
