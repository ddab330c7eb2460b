//! How an error reaches the person: its exit code, its hint, and the written form of both.

use std::fmt::Write as _;

/// The exit codes that README documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    Done = 0,
    /// Surtax's own fault, or the machine's: a full disk, a store that cannot be written.
    Internal = 1,
    /// The command line or a recipe.
    Usage = 2,
    /// A download, or what was downloaded.
    Fetch = 3,
    Build = 4,
    /// The matrix has holes, or a subject failed verification.
    Incomplete = 5,
    /// A regression gate was tripped.
    Gate = 6,
}

/// What every error type of a module says of itself beside its message.
pub trait Explain: std::error::Error + Send + Sync + 'static {
    fn exit(&self) -> Exit;

    /// What to do next, best as a command that can be copied.
    fn hint(&self) -> Option<String> {
        None
    }
}

/// The hint of an error that no command line and no machine should bring about.
pub const DEFECT: &str = "this should not happen: please report it as a defect of surtax, with the command and this message";

/// The name that was most likely meant, for a hint; none if nothing is like it.
///
/// Jaro and Winkler's measure forgives a part that was left out or written elsewhere, and so gives equal marks to what edits tell apart:
/// `statik-pic` is as close to `static-pie` as to `static-pic`.
pub fn nearest(word: &str, names: impl IntoIterator<Item = String>) -> Option<String> {
    let word = word.to_lowercase();
    let likeness = |name: &str| (strsim::jaro_winkler(&word, name), strsim::normalized_levenshtein(&word, name));
    let near = names.into_iter().filter(|name| likeness(name).0 > 0.75);
    near.max_by(|a, b| {
        let (a, b) = (likeness(a), likeness(b));
        a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
    })
}

/// What a program that surtax called ran out of, told by what it said.
pub fn exhausted(said: &str) -> Option<&'static str> {
    let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
    if says(&["No space left on device", "Disk quota exceeded"]) {
        return Some("the disk is full; free some space, or set SURTAX_HOME to a folder on another disk");
    }
    if says(&["Killed signal terminated program", "virtual memory exhausted", "out of memory", "Cannot allocate memory"]) {
        return Some("the compiler ran out of memory; end other programs, or build with fewer jobs: taskset -c 0 surtax …");
    }
    None
}

/// The module error types that know their exit code and hint. An error that is not listed counts as internal.
macro_rules! explained {
    ($($error:ty),* $(,)?) => {
        fn explain<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a dyn Explain> {
            $(if let Some(known) = cause.downcast_ref::<$error>() { return Some(known); })*
            None
        }
    };
}

explained!(
    crate::fs::FsError,
    crate::audit::AuditError,
    crate::process::ProcessError,
    crate::store::StoreError,
    crate::log::LogError,
    crate::interrupt::Interrupted,
    crate::run::RunError,
    crate::verify::VerifyError,
    crate::verify::testsuite::TestsuiteError,
    crate::matrix::MatrixError,
    crate::matrix::MergeError,
    crate::measure::MeasureError,
    crate::measure::CounterError,
    crate::report::BadGate,
    crate::recipe::RecipeError,
    crate::config::ConfigError,
    crate::fetch::FetchError,
    crate::unpack::UnpackError,
    crate::debian::ProvisionError,
    crate::cpython::SourceError,
    crate::cpython::CpythonError,
    crate::libpython::HomeError,
    crate::libpython::StockError,
    crate::audit::AuditError,
    crate::libpython::HaclError,
    crate::libpython::ProofError,
    crate::libpython::UnknownHaclMode,
    crate::elf::ProgramError,
    crate::prefix::PrefixError,
    crate::guest::GuestError,
    crate::opcode::trace::TraceError,
    crate::embed::EmbedError,
    crate::pack::PackError,
    crate::runner::RunnerError,
    crate::runner::ToolchainError,
    crate::bundle::BundleError,
    crate::script::ScriptError,
    crate::cmd::CommandError,
);

/// The exit code of the outermost error in the chain that knows one.
pub fn exit_code(error: &anyhow::Error) -> Exit {
    if let Some(interrupted) = interruption(error) {
        return interrupted.exit();
    }
    error.chain().find_map(|cause| explain(cause).map(Explain::exit)).unwrap_or(Exit::Internal)
}

/// Ctrl-C, whatever it was that it broke off: no fault, and no remedy but to run again.
fn interruption(error: &anyhow::Error) -> Option<&crate::interrupt::Interrupted> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// `error:`, `Caused by:`, a blank line and `hint:`, as every message of surtax is written.
pub fn render(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error}\n");
    let mut shown = error.to_string();
    let mut causes = String::new();
    for cause in error.chain().skip(1) {
        let message = cause.to_string();
        // A transparent wrapper says the same twice.
        if message != shown {
            let _ = writeln!(causes, "    {}", message.replace('\n', "\n    "));
        }
        shown = message;
    }
    if !causes.is_empty() {
        let _ = write!(text, "Caused by:\n{causes}");
    }
    let hint = interruption(error).and_then(Explain::hint);
    if let Some(hint) = hint.or_else(|| error.chain().find_map(|cause| explain(cause).and_then(Explain::hint))) {
        let _ = write!(text, "\nhint: {}\n", hint.replace('\n', "\n      "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_the_one_with_fewest_edits_of_those_alike() {
        let near = |word: &str| nearest(word, ["static-nonpic", "static-pic", "static-pie", "shared"].map(String::from));
        assert_eq!(near("statik-pic").as_deref(), Some("static-pic"));
        assert_eq!(near("Static-Pie").as_deref(), Some("static-pie"));
        assert_eq!(near("quux"), None);
    }
}
