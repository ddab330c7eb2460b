//! From what was parsed back to the words of a command line, for job files: parsed again, they are the same.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::Path;

use super::matrix::MatrixArgs;
use super::source::{BuildArgs, GuestArgs, SourceArgs, SourceOptions, VariantArgs};

/// Words in the making.
#[derive(Debug, Clone, Default)]
pub struct Words(pub Vec<OsString>);

impl Words {
    pub fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words.into_iter().map(OsString::from).collect())
    }

    pub fn flag(&mut self, name: &str, given: bool) {
        if given {
            self.0.push(name.into());
        }
    }

    /// `--name=value`: a value may look like an option.
    pub fn option(&mut self, name: &str, value: Option<impl Display>) {
        self.0.extend(value.map(|value| format!("{name}={value}").into()));
    }

    pub fn path(&mut self, name: &str, path: Option<&Path>) {
        self.0.extend(path.map(|path| {
            let mut word = OsString::from(format!("{name}="));
            word.push(path);
            word
        }));
    }
}

impl SourceArgs {
    /// Without `--refresh`, which is for the first of several calls.
    pub fn write(&self, words: &mut Words) {
        let SourceOptions { prefixes, python, mirrors, keyring, offline, refresh: _, locked, allow_expired } = &self.options;
        prefixes.iter().for_each(|prefix| words.path("--prefix", Some(prefix)));
        words.option("--python", python.as_ref());
        mirrors.iter().for_each(|mirror| words.option("--mirror", Some(mirror)));
        words.path("--keyring", keyring.as_deref());
        words.flag("--offline", *offline);
        locked.iter().for_each(|lock| words.path("--locked", Some(lock)));
        words.flag("--allow-expired", *allow_expired);
    }

    /// A file whose name looks like an option is written as the path that it is.
    pub fn write_names(&self, words: &mut Words) {
        let name = |recipe: &String| if recipe.starts_with('-') { format!("./{recipe}") } else { recipe.clone() };
        words.0.extend(self.recipes.iter().map(|recipe| name(recipe).into()));
    }
}

impl VariantArgs {
    pub fn write(&self, words: &mut Words) {
        let Self { builds: BuildArgs { full, replicates }, variants, hacl, hacl_source } = self;
        words.flag("--full", *full);
        words.option("--replicates", Some(replicates).filter(|replicates| **replicates > 1));
        variants.iter().for_each(|variant| words.option("--variant", Some(variant)));
        words.option("--hacl", hacl.as_ref());
        words.path("--hacl-source", hacl_source.as_deref());
    }
}

impl GuestArgs {
    pub fn write(&self, words: &mut Words) {
        for subject in &self.subjects {
            words.path(&format!("--subject={}", subject.name), Some(&subject.path));
        }
        words.flag("--host-python", self.host_python);
    }
}

impl MatrixArgs {
    /// But the names of recipes.
    pub fn write(&self, words: &mut Words) {
        let Self { source, selection, guests, baseline, only, rounds, warmup, quick, opcodes, pack, seed, timeout, counters } = self;
        source.write(words);
        words.flag("--refresh", source.options.refresh);
        selection.write(words);
        guests.write(words);
        words.option("--baseline", baseline.as_ref());
        only.iter().for_each(|benchmark| words.option("--only", Some(benchmark)));
        words.option("--rounds", *rounds);
        words.option("--warmup", *warmup);
        words.flag("--quick", *quick);
        words.flag("--opcodes", *opcodes);
        words.option("--pack", pack.as_ref());
        words.option("--seed", *seed);
        words.option("--timeout", Some(timeout).filter(|timeout| **timeout != MatrixArgs::TIMEOUT_SECONDS));
        words.option("--counters", Some(counters.as_str()).filter(|counters| *counters != "auto"));
    }
}
