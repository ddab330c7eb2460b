//! What the benchmark programs print, read strictly: anything else on stdout is a failure of the visit.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::digest::Sha256;
use crate::line::{excerpt, json_line, visible};
use crate::matrix::{Benchmark, Expected};
use crate::opcode::KernelsLine;
use crate::pack::PyperfLine;

/// What a process said.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Said {
    pub(super) ns: Option<u64>,
    pub(super) answers: Vec<String>,
    /// What one more copy of each opcode kernel costs, ns.
    pub(super) kernels: Option<BTreeMap<String, f64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DriverLine {
    workload: String,
    size: u64,
    ns: u64,
    answer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswersLine {
    answers: Vec<String>,
}

/// The error is a reason for the journal.
pub(super) fn read(benchmark: Benchmark, size: Option<u64>, stdout: &[u8]) -> Result<Said, String> {
    match benchmark.expected() {
        Expected::Nothing if stdout.is_empty() => Ok(Said::default()),
        Expected::Nothing => Err(format!("an empty program printed {}", excerpt(stdout))),
        Expected::Answers => {
            let line: AnswersLine = json_line(stdout, "the line with the cells' answers")?;
            Ok(Said { answers: line.answers, ..Said::default() })
        }
        Expected::KernelsLine => {
            let line: KernelsLine = json_line(stdout, "the kernels' line")?;
            let costs = line.costs()?;
            Ok(Said { ns: Some(costs.values().sum::<f64>().round() as u64), kernels: Some(costs), ..Said::default() })
        }
        Expected::PyperfLine => {
            let line: PyperfLine = json_line(stdout, "what a worker of pyperf prints")?;
            Ok(Said { ns: Some(line.total_ns(size)?), ..Said::default() })
        }
        Expected::DriverLine => {
            let line: DriverLine = json_line(stdout, "the driver's line")?;
            if benchmark.workload() != Some(line.workload.as_str()) || size != Some(line.size) {
                return Err(format!("the driver ran another workload or size than asked: {}", excerpt(stdout)));
            }
            Ok(Said { ns: Some(line.ns), answers: vec![line.answer], kernels: None })
        }
    }
}

/// How an answer differs from the baseline's, from the first character that does.
pub(super) fn difference(answer: &str, expected: &str) -> String {
    const CHARACTERS: usize = 60;
    let at = answer.chars().zip(expected.chars()).take_while(|(one, other)| one == other).count();
    // What leads up to it shows where in a list it is.
    let from = at.saturating_sub(CHARACTERS / 3);
    let part = |text: &str| {
        let dots = |applies: bool| if applies { "…" } else { "" };
        let shown = visible(text.chars().skip(from).take(CHARACTERS));
        format!("`{}{shown}{}`", dots(from > 0), dots(text.chars().count() > from + CHARACTERS))
    };
    format!("answered {}; the baseline's answer is {}", part(answer), part(expected))
}

/// The answer as the journal holds it: as printed, a long one by its digest.
pub(super) fn answer(answers: &[String]) -> Option<String> {
    let text = match answers {
        [] => return None,
        [one] => one.clone(),
        several => serde_json::json!(several).to_string(),
    };
    Some(if text.len() <= 4000 { text } else { format!("sha256:{}", Sha256::of(text.as_bytes())) })
}
