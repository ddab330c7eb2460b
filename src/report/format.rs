//! How numbers and names are written, the same in every format.

use crate::matrix::Benchmark;
use crate::stats::Verdict;

/// A time in milliseconds, with about four digits: `707.1`, `12.34`, `0.812`.
pub(super) fn milliseconds(ns: u64) -> String {
    let ms = ns as f64 / 1e6;
    let digits = match ms {
        ms if ms >= 99.95 => 1,
        ms if ms >= 9.995 => 2,
        _ => 3,
    };
    format!("{ms:.digits$}")
}

pub(super) fn ratio(ratio: f64) -> String {
    format!("{ratio:.3}")
}

/// With a digit more than times have: counts repeat to some thousandths of a percent.
pub(super) fn instructions_ratio(ratio: f64) -> String {
    format!("{ratio:.4}")
}

/// A cost in nanoseconds, with about three digits: `0.85`, `13.1`, `412`.
pub(super) fn nanoseconds(ns: f64) -> String {
    let digits = match ns.abs() {
        ns if ns >= 99.95 => 0,
        ns if ns >= 9.995 => 1,
        _ => 2,
    };
    format!("{ns:.digits$}")
}

/// `1,000,000`
pub(super) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// An interpolation between decades is not known to more than two digits.
pub(super) fn two_digits(number: u64) -> u64 {
    let scale = 10_u64.pow(number.max(1).ilog10().saturating_sub(1));
    number.saturating_add(scale / 2) / scale * scale
}

/// A share as `1.3 %`.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A share as the person wrote it: `0.5 %`, `0.05 %`.
pub(super) fn percent_exact(share: f64) -> String {
    let hundredths = format!("{:.6}", share * 100.0);
    format!("{} %", hundredths.trim_end_matches('0').trim_end_matches('.'))
}

pub(super) fn memory(bytes: u64) -> String {
    let mebibytes = bytes as f64 / f64::from(1 << 20);
    if mebibytes < 1024.0 { format!("{mebibytes:.1} MiB") } else { format!("{:.1} GiB", mebibytes / 1024.0) }
}

pub(super) fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "slower",
        Verdict::NoDifferenceSeen => "no difference seen",
        Verdict::Undecided => "undecided",
    }
}

/// A verdict where there is no room for words; pictures and tables explain it.
pub(super) fn sign(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        Some(Verdict::Slower) => "▲",
        Some(Verdict::Faster) => "▼",
        Some(Verdict::NoDifferenceSeen) => "=",
        Some(Verdict::Undecided) | None => "?",
    }
}

/// Stands beside a ratio of two that do not execute the same bytecode.
pub(super) const OTHER_CODE: &str = "≠";

/// `1.337 ≠`: a ratio, with the mark where its two sides are known to execute other bytecode.
pub(super) fn compared(ratio: f64, same_code: Option<bool>) -> String {
    if same_code == Some(false) { format!("{ratio:.3} {OTHER_CODE}") } else { self::ratio(ratio) }
}

/// `dynamic, M = 1,000,000`
pub(super) fn benchmark(name: &str, size: Option<u64>) -> String {
    match size {
        Some(size) if name == Benchmark::Cells.name() => format!("{name}, K = {}", count(size)),
        Some(1) if is_packed(name) => format!("{name}, 1 loop"),
        Some(size) if is_packed(name) => format!("{name}, {} loops", count(size)),
        Some(size) => format!("{name}, M = {}", count(size)),
        None => name.to_owned(),
    }
}

fn is_packed(name: &str) -> bool {
    Benchmark::named(name) == Some(Benchmark::Packed)
}

/// One line without control characters or marks that turn the direction of text: what a name or reason of unknown
/// origin may do to a terminal or a table.
pub(super) fn plain(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(harmless).collect()
}

/// A name as code, in text that is not Markdown alone.
pub(super) fn code(name: &str) -> String {
    format!("`{}`", plain(name).replace('`', "'"))
}

/// At most `limit` characters, the last of them `…` if some were cut.
pub(super) fn short(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

/// At most `limit` characters: both ends, and `…` for what was cut between them.
pub(super) fn ends(text: &str, limit: usize) -> String {
    let length = text.chars().count();
    if length <= limit {
        return text.to_owned();
    }
    let (start, end) = (limit / 2, limit.saturating_sub(1) / 2);
    text.chars().take(start).chain(['…']).chain(text.chars().skip(length - end)).collect()
}

/// Breaks between words; a word longer than a line is cut.
pub(super) fn wrap(text: &str, width: usize) -> String {
    broken(text.split(' ').map(|word| short(word, width)), width)
}

/// The same, but that a longer word has a line of its own, and keeps its end: a path, a symbol.
pub(super) fn wrap_whole(text: &str, width: usize) -> String {
    broken(text.split(' ').map(str::to_owned), width)
}

fn broken(words: impl Iterator<Item = String>, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in words {
        let line = lines.last_mut().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(&word);
        }
    }
    lines.join("\n")
}

/// For text and attributes of XML.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Not characters of XML 1.0.
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
