//! A person's words in other languages: shell, YAML, and GitHub's expressions.

use std::ffi::OsStr;

use super::ScriptError;

/// One word of a POSIX shell, on one line.
///
/// # Errors
/// For what fits on no line: line breaks (also Unicode's, which YAML takes for such), control characters, bytes that are not UTF-8.
pub fn shell(word: &OsStr) -> Result<String, ScriptError> {
    let shown = || word.to_string_lossy().into_owned();
    let Some(text) = word.to_str() else { return Err(ScriptError::Unquotable { word: shown(), what: "bytes that are not UTF-8" }) };
    Ok(crate::shell::word(on_one_line(text)?))
}

/// Words as one command line.
pub fn command_line<'a>(words: impl IntoIterator<Item = &'a OsStr>) -> Result<String, ScriptError> {
    let words: Vec<String> = words.into_iter().map(shell).collect::<Result<_, _>>()?;
    Ok(words.join(" "))
}

/// A scalar of YAML 1.1 and 1.2, in double quotes, as JSON has them; of text that is on one line.
pub fn yaml(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text that GitHub would take for an expression, as an expression that is that text.
pub fn literal(text: &str) -> String {
    text.replace("${{", "${{ '${{' }}")
}

/// The text itself, if it can be a line of a file.
pub fn on_one_line(text: &str) -> Result<&str, ScriptError> {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}');
    if text.contains(breaks) {
        return Err(ScriptError::Unquotable { word: text.to_owned(), what: "a line break or a control character" });
    }
    Ok(text)
}
