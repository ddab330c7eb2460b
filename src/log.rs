//! What surtax does, told line by line to whoever asks: `--verbose`, or `SURTAX_LOG` for parts of it. Not part of any result.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::time::uptime;

use crate::error::{Exit, Explain};
use crate::ui::Terminal;

/// Directives as `tracing_subscriber::EnvFilter` reads them: `debug`, `surtax::fetch=trace`.
const VARIABLE: &str = "SURTAX_LOG";

#[derive(Debug, thiserror::Error)]
#[error("{VARIABLE}={value} names no levels of logging")]
pub struct LogError {
    value: String,
    source: ParseError,
}

impl Explain for LogError {
    fn exit(&self) -> Exit {
        Exit::Usage
    }

    fn hint(&self) -> Option<String> {
        Some(format!("{VARIABLE}=debug says what --verbose does; {VARIABLE}=surtax::fetch=trace,surtax::process=debug parts of it"))
    }
}

/// What is to be logged, in the variable's words.
pub fn filter(directives: &str) -> Result<EnvFilter, LogError> {
    EnvFilter::try_new(directives).map_err(|source| LogError { value: directives.to_owned(), source })
}

/// Logs to stderr from now on, if anything is asked for. The variable wins: it is the more precise.
pub fn start(verbose: u8, terminal: &Terminal) -> Result<(), LogError> {
    let asked = std::env::var(VARIABLE).unwrap_or_default();
    let directives = match (asked.as_str(), verbose) {
        ("", 0) => return Ok(()),
        ("", 1) => "surtax=debug",
        ("", _) => "surtax=trace",
        (asked, _) => asked,
    };
    let filter = filter(directives)?;
    let lines = terminal.lines();
    let logger = tracing_subscriber::fmt().with_env_filter(filter).with_timer(uptime()).with_ansi(false);
    // There is one already in a process that runs several commands, as tests do.
    let _ = logger.with_writer(move || lines.clone()).try_init();
    Ok(())
}
