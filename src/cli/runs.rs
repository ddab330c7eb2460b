//! What looks at finished runs: held against each other, over time, for other tools.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::report::TaxLimit;
use crate::report::export::ExportFormat;

#[derive(Debug, Args)]
pub struct CompareArgs {
    /// Folders of runs, two or more; the others are held against the first
    #[arg(value_name = "RUN", num_args = 2.., required = true)]
    pub runs: Vec<PathBuf>,

    /// A subject of the first run, and what it is called in the others: shared=debian-13/shared; repeat it for more
    /// [default: the same name, or the same behind its group's]
    #[arg(long = "subject", value_name = "A=B", value_parser = pair)]
    pub subjects: Vec<(String, String)>,

    /// Fails with exit code 6 where a subject is seen to be slower than in the first run, relative to its baseline, by
    /// more than the limit: 2%
    #[arg(long, value_name = "LIMIT")]
    pub gate: Option<TaxLimit>,

    /// Print everything as JSON
    #[arg(long)]
    pub json: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (own, other) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`: it is written A=B"))?;
    Ok((own.to_owned(), other.to_owned()))
}

#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// A folder that holds folders of runs
    #[arg(value_name = "DIR", default_value = "results")]
    pub folder: PathBuf,

    /// Only this benchmark, as NAME or NAME/SIZE; repeat it for more [default: what is timed inside the interpreter, at its largest size]
    #[arg(long = "benchmark", value_name = "BENCHMARK")]
    pub benchmarks: Vec<String>,

    /// Only this subject, with or without its group's name; repeat it for more [default: all runners and guests]
    #[arg(long = "subject", value_name = "NAME")]
    pub subjects: Vec<String>,

    /// Print everything as JSON
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// A run's folder
    #[arg(value_name = "RUN")]
    pub run: PathBuf,

    /// Whose format: pyperf's and hyperfine's JSON, every visit as CSV, or a Markdown table for a pull request's comment
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: ExportFormat,

    /// Only this subject; repeat it for more [default: all that have published times]
    #[arg(long = "subject", value_name = "NAME")]
    pub subjects: Vec<String>,

    /// Where to write, instead of to stdout: a file; of several files, as pyperf's of several subjects, a folder
    #[arg(long, value_name = "FILE|DIR")]
    pub out: Option<PathBuf>,
}

fn formats() -> impl TypedValueParser<Value = ExportFormat> {
    let named = |name: String| ExportFormat::ALL.into_iter().find(|format| format.as_str() == name).unwrap_or(ExportFormat::Csv);
    PossibleValuesParser::new(ExportFormat::ALL.map(ExportFormat::as_str)).map(named)
}
