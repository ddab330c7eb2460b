//! The paragraphs of control files: `Field: value`, continued by lines that begin with white space.

use crate::digest::Checksum;
use crate::fetch::Wanted;

/// One paragraph, fields in their order.
#[derive(Debug, Default, Clone)]
pub(super) struct Paragraph<'a>(Vec<(&'a str, String)>);

impl<'a> Paragraph<'a> {
    /// The value; the lines of a long one are separated by line feeds and keep no leading space.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn words(&self, name: &str) -> Vec<String> {
        self.get(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }
}

/// The files of the first of these fields that is there (SHA-256, then SHA-512), or the first line that names none.
pub(super) fn checksums(paragraph: &Paragraph<'_>, fields: [&str; 2]) -> Option<Result<Vec<(String, Wanted)>, String>> {
    let parse = |line: &str, strong: bool| {
        let mut words = line.split_whitespace();
        let (hash, size, path) = (words.next()?, words.next()?, words.next()?);
        let checksum = if strong { Checksum::Sha512(hash.parse().ok()?) } else { Checksum::Sha256(hash.parse().ok()?) };
        Some((path.to_owned(), Wanted { checksum, size: size.parse().ok()? }))
    };
    let (strong, listed) = fields.iter().enumerate().find_map(|(at, field)| Some((at == 1, paragraph.get(field)?)))?;
    let lines = listed.lines().filter(|line| !line.trim().is_empty());
    Some(lines.map(|line| parse(line, strong).ok_or_else(|| line.to_owned())).collect())
}

/// Lines that are no field are passed over, as apt does.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut all = Vec::new();
    let mut current = Paragraph::default();
    for line in text.lines() {
        if line.trim().is_empty() {
            if !current.0.is_empty() {
                all.push(std::mem::take(&mut current));
            }
        } else if line.starts_with('#') {
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = current.0.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((field, value)) = line.split_once(':') {
            current.0.push((field.trim(), value.trim().to_owned()));
        }
    }
    if !current.0.is_empty() {
        all.push(current);
    }
    all
}
