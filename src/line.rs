//! One line of JSON, as the programs of `benchmarks/` print it, read strictly: anything else on stdout is a failure.

use serde::Deserialize;

/// The error is a reason for a person: what was expected, and the beginning of what came.
pub(crate) fn json_line<'a, T: Deserialize<'a>>(stdout: &'a [u8], what: &str) -> Result<T, String> {
    let bad = || format!("stdout is not {what}: {}", excerpt(stdout));
    let text = std::str::from_utf8(stdout).map_err(|_| bad())?;
    let line = text.strip_suffix('\n').unwrap_or(text);
    if line.contains('\n') {
        return Err(bad());
    }
    serde_json::from_str(line).map_err(|_| bad())
}

/// The first 160 characters, with what a terminal would act on made visible.
pub(crate) fn excerpt(bytes: &[u8]) -> String {
    const CHARACTERS: usize = 160;
    if bytes.is_empty() {
        return "nothing".to_owned();
    }
    // A character has at most four bytes, so the rest need not be decoded, however much it is.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * CHARACTERS)]);
    let shown = visible(text.chars().take(CHARACTERS));
    let more = if text.chars().count() > CHARACTERS || bytes.len() > 4 * CHARACTERS {
        format!("… ({} bytes)", bytes.len())
    } else {
        String::new()
    };
    format!("`{shown}`{more}")
}

/// Control characters by their escapes, the rest as it is.
pub(crate) fn visible(characters: impl Iterator<Item = char>) -> String {
    characters.map(|one| if one.is_control() { one.escape_debug().to_string() } else { one.to_string() }).collect()
}
