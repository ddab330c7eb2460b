//! Why a file's bytecode cannot be shown.

use std::path::PathBuf;
use std::time::Duration;

use super::Interpreter;
use crate::error::{DEFECT, Exit, Explain, nearest};
use crate::fs::FsError;
use crate::guest::GuestError;
use crate::process::ProcessError;
use crate::store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    #[error("there is no `python3` on PATH")]
    NoPython,
    #[error("{} is a script, and what it starts did not say which Python it is", path.display())]
    Script {
        path: PathBuf,
        #[source]
        source: Option<ProcessError>,
    },
    #[error("{} is Python {version}; adaptive bytecode is known here of {} to {}", path.display(), Interpreter::OLDEST, Interpreter::NEWEST)]
    Version { path: PathBuf, version: String },
    #[error("{} is {implementation}; the bytecode that specialises itself is CPython's", path.display())]
    NotCpython { path: PathBuf, implementation: String },
    #[error("there is no file {}", .0.display())]
    NoSuchFile(PathBuf),
    #[error("{} is no regular file", .0.display())]
    NotAFile(PathBuf),
    #[error("{}{} is no Python that can be compiled: {message}", file.display(), line.map_or(String::new(), |line| format!(":{line}")))]
    FileSyntax { file: PathBuf, line: Option<u32>, message: String },
    #[error("{} could not be imported: {message}{}", file.display(), lines(trace))]
    FileRaised { file: PathBuf, message: String, trace: Vec<String> },
    #[error("--call '{call}' is no expression: {message}")]
    CallSyntax { call: String, message: String },
    #[error("--call '{call}' raised {}: {message}{}", when(*time), lines(trace))]
    CallRaised { file: PathBuf, call: String, time: u32, message: String, trace: Vec<String> },
    #[error("{} has no function `{function}`", file.display())]
    NoSuchFunction { file: PathBuf, function: String, functions: Vec<String> },
    #[error("nothing of {} is called{}", file.display(), function.as_ref().map_or(String::new(), |name| format!(", and `{name}` cannot be called without arguments")))]
    NothingToCall { file: PathBuf, function: Option<String>, functions: Vec<String> },
    #[error("the calls ran no function that is defined in {}", file.display())]
    NothingRan { file: PathBuf },
    #[error("{} was still running after {:.0} s {doing}, and was ended", file.display(), limit.as_secs_f64())]
    Endless { file: PathBuf, doing: String, limit: Duration },
    #[error("the process that ran {} {how} {doing}{}", file.display(), if output.is_empty() { String::new() } else { format!("; it said:\n{output}") })]
    Died { file: PathBuf, doing: String, how: String, output: String },
    #[error("{} has taken all six tools of sys.monitoring, so that its instructions cannot be counted", file.display())]
    NoMonitoring { file: PathBuf },
    #[error("{} gave an answer that cannot be understood: {why}", interpreter.display())]
    NotUnderstood { interpreter: PathBuf, why: String },
    #[error(transparent)]
    Guest(#[from] GuestError),
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Fs(#[from] FsError),
}

impl Explain for TraceError {
    fn exit(&self) -> Exit {
        match self {
            Self::NotUnderstood { .. } => Exit::Internal,
            Self::Guest(error) => error.exit(),
            Self::Process(error) => error.exit(),
            Self::Store(error) => error.exit(),
            Self::Fs(error) => error.exit(),
            _ => Exit::Usage,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoPython => "--interpreter PATH names one; --recipe debian-13 takes a release's own".into(),
            Self::Script { .. } | Self::NotCpython { .. } => "--interpreter PATH names the executable of a CPython".into(),
            Self::Version { .. } => {
                format!(
                    "--interpreter PATH names one of {} to {}; --recipe NAME takes a release's own",
                    Interpreter::OLDEST,
                    Interpreter::NEWEST
                )
            }
            Self::NoSuchFile(_) | Self::NotAFile(_) => "name a Python source file, such as surtax opcodes demo.py --call 'f(1, 2)'".into(),
            Self::FileSyntax { .. } => "another version of Python may read it: --interpreter PATH".into(),
            Self::FileRaised { message, .. } => import_hint(message),
            Self::CallSyntax { .. } => "give an expression in quotes, such as --call 'f(1, 2)'; statements belong into FILE".into(),
            Self::CallRaised { time, file, .. } => call_hint(*time, &file.display().to_string()),
            Self::NoSuchFunction { function, functions, .. } => known(function, functions),
            Self::NothingToCall { function, functions, .. } => call_one_of(function.as_deref(), functions),
            Self::NothingRan { .. } => {
                "--call takes an expression that calls what FILE defines; code at the file's top level runs once and is not shown".into()
            }
            Self::Endless { .. } => "call it with less to do, or give it longer: --timeout SECONDS".into(),
            Self::Died { .. } => "a call must come back: it may neither end the process nor crash it".into(),
            Self::NoMonitoring { .. } => "leave coverage tools and debuggers out of FILE".into(),
            Self::NotUnderstood { .. } => DEFECT.into(),
            Self::Guest(error) => return error.hint(),
            Self::Process(error) => return error.hint(),
            Self::Store(error) => return error.hint(),
            Self::Fs(error) => return error.hint(),
        })
    }
}

fn when(time: u32) -> String {
    if time == 1 { "at once".to_owned() } else { format!("in call {time}") }
}

fn lines(trace: &[String]) -> String {
    trace.iter().map(|line| format!("\n  {line}")).collect()
}

fn import_hint(message: &str) -> String {
    if message.starts_with("ModuleNotFoundError") {
        return "--interpreter PATH names the python of the environment that has it; PYTHONPATH and the user's own packages are not looked at".into();
    }
    "FILE is imported, and its top level must run: what is a program's belongs under if __name__ == \"__main__\":".into()
}

fn call_hint(time: u32, file: &str) -> String {
    match time {
        1 => format!("the expression is evaluated in FILE's namespace; try it by hand: python3 -i {file}"),
        _ => format!("--times {} ends before; or let each call make what it uses up", time - 1),
    }
}

fn known(function: &str, functions: &[String]) -> String {
    let of_that_name = functions.iter().find(|other| other.rsplit('.').next() == Some(function)).cloned();
    match of_that_name.or_else(|| nearest(function, functions.to_vec())) {
        Some(near) => format!("did you mean `{near}`?"),
        None if functions.is_empty() => "it defines none".into(),
        None => format!("it has {}", some_of(functions)),
    }
}

fn call_one_of(function: Option<&str>, functions: &[String]) -> String {
    let named = functions.iter().find(|one| one.split('(').next() == function);
    let example = named.or(functions.first()).map_or("f(1, 2)", String::as_str);
    match functions {
        [] | [_] => format!("--call '{example}', with values, says what to run"),
        _ => format!("--call '{example}', with values, says what to run; there are {}", some_of(functions)),
    }
}

fn some_of(names: &[String]) -> String {
    const MOST: usize = 12;
    let more = if names.len() > MOST { ", …" } else { "" };
    format!("{}{more}", names[..names.len().min(MOST)].join(", "))
}
