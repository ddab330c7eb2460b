//! The syntax of `Depends` and `Provides` (Debian Policy 7.1).

use super::version::Version;

/// One alternative: `libssl3 (>= 3.0.0)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub name: String,
    pub version: Option<(Operator, Version)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Earlier,
    EarlierOrEqual,
    Equal,
    LaterOrEqual,
    Later,
}

impl Relation {
    /// Whether a real package of that version is enough.
    pub fn accepts(&self, version: &Version) -> bool {
        self.version.as_ref().is_none_or(|(operator, wanted)| match operator {
            Operator::Earlier => version < wanted,
            Operator::EarlierOrEqual => version <= wanted,
            Operator::Equal => version == wanted,
            Operator::LaterOrEqual => version >= wanted,
            Operator::Later => version > wanted,
        })
    }

    /// Whether a `Provides` entry is enough: one without a version meets only relations without one (Policy 7.5).
    pub fn accepts_provided(&self, provided: &Relation) -> bool {
        self.name == provided.name
            && match &provided.version {
                Some((_, version)) => self.accepts(version),
                None => self.version.is_none(),
            }
    }
}

impl std::fmt::Display for Relation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Some((operator, version)) = &self.version else { return f.write_str(&self.name) };
        let operator = match operator {
            Operator::Earlier => "<<",
            Operator::EarlierOrEqual => "<=",
            Operator::Equal => "=",
            Operator::LaterOrEqual => ">=",
            Operator::Later => ">>",
        };
        write!(f, "{} ({operator} {version})", self.name)
    }
}

/// All must be met; of each inner list, one.
pub fn parse(field: &str, architecture: &str) -> Vec<Vec<Relation>> {
    let groups = field.split(',').map(str::trim).filter(|group| !group.is_empty());
    let groups = groups.map(|group| group.split('|').filter_map(|one| parse_one(one, architecture)).collect::<Vec<_>>());
    groups.filter(|group| !group.is_empty()).collect()
}

/// `None` where the alternative is for other architectures, or is no relation at all.
fn parse_one(text: &str, architecture: &str) -> Option<Relation> {
    let text = text.trim();
    let end = text.find([' ', '(', '[', '<', '\t', '\n']).unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    // `python3:any`: the sysroot has one architecture, so every qualifier is met by it.
    let name = name.split_once(':').map_or(name, |(name, _)| name);
    let mut version = None;
    while let Some(opening) = rest.trim_start().chars().next() {
        let closing = match opening {
            '(' => ')',
            '[' => ']',
            '<' => '>',
            _ => break,
        };
        let (inner, after) = rest.trim_start()[1..].split_once(closing)?;
        match opening {
            '(' => version = Some(parse_version(inner)?),
            '[' if !for_architecture(inner, architecture) => return None,
            _ => {}
        }
        rest = after;
    }
    (!name.is_empty()).then(|| Relation { name: name.to_owned(), version })
}

fn parse_version(text: &str) -> Option<(Operator, Version)> {
    let text = text.trim();
    let end = text.find(|letter| !['<', '>', '='].contains(&letter))?;
    let operator = match &text[..end] {
        "<<" => Operator::Earlier,
        // Policy 7.1: the old `<` and `>` mean "or equal".
        "<=" | "<" => Operator::EarlierOrEqual,
        "=" => Operator::Equal,
        ">=" | ">" => Operator::LaterOrEqual,
        ">>" => Operator::Later,
        _ => return None,
    };
    Some((operator, Version::new(text[end..].trim())))
}

fn for_architecture(list: &str, architecture: &str) -> bool {
    let is_us = |word: &str| word == architecture || word == "any" || word == "linux-any" || word == format!("any-{architecture}");
    let (not, only): (Vec<_>, Vec<_>) = list.split_whitespace().partition(|word| word.starts_with('!'));
    if only.is_empty() { !not.iter().any(|word| is_us(&word[1..])) } else { only.into_iter().any(is_us) }
}
