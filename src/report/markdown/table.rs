//! Tables in GitHub's Markdown, and the escaping that keeps any text inside its cell.

use crate::report::confounds::Writing;
use crate::report::format;

/// For sentences that any part of the report makes.
pub(in crate::report) const WRITING: Writing = Writing { name: code, text };

pub(in crate::report) struct Table {
    text: String,
}

impl Table {
    /// Columns whose name begins with `>` hold numbers and are aligned to the right.
    pub(in crate::report) fn new(columns: &[&str]) -> Self {
        let names: Vec<String> = columns.iter().map(|name| name.trim_start_matches('>').to_owned()).collect();
        let rules: Vec<String> = columns.iter().map(|name| if name.starts_with('>') { "---:".into() } else { "---".into() }).collect();
        let mut table = Self { text: String::new() };
        table.row(&names);
        table.row(&rules);
        table
    }

    /// Cells must have come through [`text`] or [`code`] unless surtax wrote them itself.
    pub(in crate::report) fn row(&mut self, cells: &[String]) {
        self.text += &format!("| {} |\n", cells.join(" | "));
    }

    pub(in crate::report) fn finish(self) -> String {
        self.text
    }
}

/// Any text as one line of Markdown in which every mark stands for itself.
pub(in crate::report) fn text(raw: &str) -> String {
    let plain: Vec<char> = format::plain(raw).chars().collect();
    let mut escaped = String::with_capacity(raw.len());
    for (index, &c) in plain.iter().enumerate() {
        let inside_word = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        // Within a word an underscore stands for itself already, and source that can be read is worth something.
        let quiet = c == '_' && index > 0 && inside_word(plain.get(index - 1)) && inside_word(plain.get(index + 1));
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&' | '#' | '!') && !quiet {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// A name in code style, where it holds nothing that could end the code or the cell.
pub(in crate::report) fn code(raw: &str) -> String {
    let tame = |c: char| c.is_alphanumeric() || " ._-+/=:,()%@".contains(c);
    if !raw.is_empty() && raw.trim() == raw && raw.chars().all(tame) { format!("`{raw}`") } else { text(raw) }
}
