//! The bit-exact programs: stdout, stderr and exit status of each, byte for byte as the baseline's.

use super::suite::{Observed, Suite};
use super::{failed, passed};
use crate::process::how_it_ended;
use crate::run::{Check, CheckGroup};

const GROUP: CheckGroup = CheckGroup::Programs;

/// Longer lines are cut in a detail: the line is there to find the place, not to read it all.
const SHOWN_CHARACTERS: usize = 120;

/// That each ends well; `remark` says why there is nothing to compare with.
pub(super) fn check_alone(suite: &Suite, observed: &[Observed], remark: &str) -> Vec<Check> {
    let one = |(name, observed): (&String, &Observed)| match observed.success() {
        Ok(stdout) => passed(GROUP, name, format!("{} lines of output{remark}", lines(stdout).count())),
        Err(reason) => failed(GROUP, name, reason),
    };
    suite.names().iter().zip(observed).map(one).collect()
}

pub(super) fn check(suite: &Suite, observed: &[Observed], baseline: &[Observed]) -> Vec<Check> {
    suite.names().iter().zip(observed.iter().zip(baseline)).map(|(name, (observed, baseline))| compare(name, observed, baseline)).collect()
}

fn compare(name: &str, observed: &Observed, baseline: &Observed) -> Check {
    let (Observed::Ended { status, stdout, stderr }, expected) = (observed, baseline) else {
        return failed(GROUP, name, observed.success().err().unwrap_or_default());
    };
    let Observed::Ended { status: expected_status, stdout: expected_stdout, stderr: expected_stderr } = expected else {
        return failed(GROUP, name, "nothing to compare with: the baseline itself did not end");
    };
    if status != expected_status {
        let seen = observed.success().err().unwrap_or_else(|| how_it_ended(status));
        return failed(GROUP, name, format!("{seen}; the baseline {}", how_it_ended(expected_status)));
    }
    let streams = [("stdout", stdout, expected_stdout), ("stderr", stderr, expected_stderr)];
    match streams.into_iter().find_map(|(stream, seen, expected)| first_difference(stream, seen, expected)) {
        Some(difference) => failed(GROUP, name, difference),
        None => passed(GROUP, name, format!("{} lines as the baseline's", lines(stdout).count())),
    }
}

/// ``line 3 of stdout is `a`, the baseline's is `b` ``.
fn first_difference(stream: &str, seen: &[u8], expected: &[u8]) -> Option<String> {
    if seen == expected {
        return None;
    }
    let (mut seen, mut expected) = (lines(seen), lines(expected));
    for number in 1.. {
        let (left, right) = (seen.next(), expected.next());
        if left != right {
            return Some(format!("line {number} of {stream} is {}, the baseline's is {}", shown(left), shown(right)));
        }
        if left.is_none() {
            break;
        }
    }
    None
}

/// Line feeds stay, so that a last line without one differs from one that has it.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&byte| byte == b'\n')
}

fn shown(line: Option<&[u8]>) -> String {
    let Some(line) = line else { return "missing".to_owned() };
    let text = line.escape_ascii().to_string();
    let text = text.strip_suffix("\\n").map_or_else(|| format!("{text} (no line feed)"), str::to_owned);
    match text.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("`{}…`", &text[..end]),
        None => format!("`{text}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn names_the_first_line_that_differs() {
        assert_eq!(first_difference("stdout", b"a\nb\n", b"a\nb\n"), None);
        assert_eq!(first_difference("stdout", b"a\nb\nx\n", b"a\nc\ny\n").unwrap(), "line 2 of stdout is `b`, the baseline's is `c`");
        assert_eq!(first_difference("stderr", b"a\n", b"a\nb\n").unwrap(), "line 2 of stderr is missing, the baseline's is `b`");
        assert_eq!(first_difference("stdout", b"a", b"a\n").unwrap(), "line 1 of stdout is `a (no line feed)`, the baseline's is `a`");
        assert_eq!(first_difference("stdout", b"\xff\n", b"\xfe\n").unwrap(), "line 1 of stdout is `\\xff`, the baseline's is `\\xfe`");
    }
}
