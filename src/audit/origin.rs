//! Who compiled an object, and with which flags: `.comment`, DWARF, `.GCC.command.line`, and the options beside intermediate code.

use std::collections::BTreeMap;

use object::{Object as _, ObjectSection as _};

use super::dwarf;
use crate::run::Flags;
use crate::variant::CodeModel;

/// What the objects of one archive say of their origin.
#[derive(Default)]
pub(crate) struct Origin {
    objects: u64,
    comments: BTreeMap<String, u64>,
    producers: BTreeMap<String, u64>,
    /// By what says so, how many objects were compiled with exactly these flags.
    flags: BTreeMap<(&'static str, Vec<String>), u64>,
    /// Objects with a section that clang alone writes.
    clang: u64,
    /// Every compiler writes a `.comment`; what takes intermediate code out of an archive before it is shipped takes it out too (dh_strip).
    uncommented: u64,
}

impl Origin {
    pub(crate) fn of(object: &object::File<'_>) -> Self {
        let mut origin = Self { objects: 1, ..Self::default() };
        let text = |name: &str| object.section_by_name(name).and_then(|section| section.data().ok());
        let comments: Vec<String> = text(".comment").map(strings).unwrap_or_default();
        origin.uncommented = u64::from(comments.is_empty());
        origin.comments.extend(comments.into_iter().map(|comment| (comment, 1)));
        origin.clang = u64::from(object.section_by_name(".llvm_addrsig").is_some());
        let (compiler, dwarf) = dwarf::producer(object).map(|producer| split(&producer)).unwrap_or_default();
        if !compiler.is_empty() {
            origin.producers.insert(compiler, 1);
        }
        let recorded = || text(".GCC.command.line").map(|data| split(&strings(data).join(" ")).1).unwrap_or_default();
        let options = || text(".gnu.lto_.opts").map(options).unwrap_or_default();
        let sources: [(&str, &dyn Fn() -> Vec<String>); 3] =
            [("DWARF", &|| dwarf.clone()), (".GCC.command.line", &recorded), (".gnu.lto_.opts", &options)];
        let said = sources.into_iter().map(|(source, flags)| (source, flags())).find(|(_, flags)| !flags.is_empty());
        origin.flags.extend(said.map(|said| (said, 1)));
        origin
    }

    /// Of a linked file, by its debug information, which has a unit for each object.
    pub(crate) fn of_linked(object: &object::File<'_>) -> Self {
        let mut origin = Self::default();
        for (producer, count) in dwarf::producers(object) {
            let (compiler, flags) = split(&producer);
            origin.objects += count;
            *origin.producers.entry(compiler).or_default() += count;
            if !flags.is_empty() {
                *origin.flags.entry(("DWARF", flags)).or_default() += count;
            }
        }
        origin
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.objects += other.objects;
        self.clang += other.clang;
        self.uncommented += other.uncommented;
        add(&mut self.comments, other.comments);
        add(&mut self.producers, other.producers);
        add(&mut self.flags, other.flags);
    }

    /// Whether no object has a `.comment` any more.
    pub(crate) fn is_cleaned(&self) -> bool {
        self.objects > 0 && self.uncommented == self.objects
    }

    /// Whether nothing but guesses is left of who compiled them.
    pub(crate) fn comments_are_lost(&self) -> bool {
        self.comments.is_empty() && self.producers.is_empty()
    }

    /// The one that wrote most objects first.
    pub(crate) fn compilers(&self) -> Vec<String> {
        let counted = if self.comments.is_empty() { &self.producers } else { &self.comments };
        let mut compilers: Vec<(&String, &u64)> = counted.iter().collect();
        compilers.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        match compilers.is_empty() && self.clang > 0 {
            true => vec!["clang of unknown version (.llvm_addrsig)".into()],
            false => compilers.into_iter().map(|(compiler, _)| compiler.clone()).collect(),
        }
    }

    /// Those that most objects were compiled with.
    pub(crate) fn flags(&self) -> Option<Flags> {
        let ((source, flags), count) = self.flags.iter().max_by_key(|(_, count)| **count)?;
        let source = if self.objects == 1 { (*source).to_owned() } else { format!("{source} of {count} of {} objects", self.objects) };
        Some(Flags { flags: flags.clone(), source })
    }

    /// The code model that these flags ask for. GCC names what differs from its defaults alone, so that silence says nothing.
    pub(crate) fn code_model(&self) -> Option<CodeModel> {
        asked(&self.flags()?.flags)
    }

    /// The one that all flags ask for.
    pub(crate) fn agreed_code_model(&self) -> Option<CodeModel> {
        let model = self.code_model()?;
        self.flags.keys().all(|(_, flags)| asked(flags) == Some(model)).then_some(model)
    }

    /// Objects whose flags ask for link-time optimisation.
    pub(crate) fn with_lto(&self) -> u64 {
        let asks = |flags: &[String]| {
            let last = flags.iter().rfind(|flag| *flag == "-flto" || flag.starts_with("-flto=") || *flag == "-fno-lto");
            last.is_some_and(|flag| flag != "-fno-lto")
        };
        self.flags.iter().filter(|((_, flags), _)| asks(flags)).map(|(_, count)| count).sum()
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, others: BTreeMap<K, u64>) {
    for (key, count) in others {
        *counts.entry(key).or_default() += count;
    }
}

fn asked(flags: &[String]) -> Option<CodeModel> {
    flags.iter().rev().find_map(|flag| match flag.as_str() {
        "-fPIC" | "-fpic" => Some(CodeModel::Pic),
        "-fPIE" | "-fpie" => Some(CodeModel::Pie),
        "-fno-PIE" | "-fno-pie" | "-fno-PIC" | "-fno-pic" => Some(CodeModel::NonPic),
        _ => None,
    })
}

/// Texts with a zero behind each, as in `.comment`.
pub(crate) fn strings(data: &[u8]) -> Vec<String> {
    let texts = data.split(|byte| *byte == 0).filter(|text| !text.is_empty());
    texts.map(|text| String::from_utf8_lossy(text).into_owned()).collect()
}

/// `GNU C11 12.2.0` and the options behind it; clang says none here.
fn split(producer: &str) -> (String, Vec<String>) {
    let words: Vec<&str> = producer.split_whitespace().collect();
    let first = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
    let (compiler, options) = words.split_at(first);
    let mut flags: Vec<String> = Vec::new();
    for option in options {
        match flags.last_mut().filter(|flag| ["-D", "-U", "-I"].contains(&flag.as_str())) {
            // GCC writes `-D NAME` in two words.
            Some(flag) => flag.push_str(option),
            None => flags.push((*option).to_owned()),
        }
    }
    (compiler.join(" "), flags)
}

/// `'-fno-pie' '-O2' …`
fn options(data: &[u8]) -> Vec<String> {
    strings(data).iter().flat_map(|text| text.split_whitespace()).map(|word| word.trim_matches('\'').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::{options, split};

    #[test]
    fn a_producer_is_a_compiler_and_its_options() {
        let (compiler, flags) = split("GNU C11 16.2.0 -D _FORTIFY_SOURCE=2 -mtune=generic -O3 -fno-PIE");
        assert_eq!((compiler.as_str(), flags.join(" ").as_str()), ("GNU C11 16.2.0", "-D_FORTIFY_SOURCE=2 -mtune=generic -O3 -fno-PIE"));
        assert_eq!(split("clang version 17.0.6 (Debian)"), ("clang version 17.0.6 (Debian)".into(), Vec::new()));
        assert_eq!(options(b"'-fPIC' '-O2'\0"), ["-fPIC", "-O2"]);
    }
}
