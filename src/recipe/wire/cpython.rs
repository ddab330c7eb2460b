//! `kind: cpython`: a source, and what is built of it.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, IntoDeserializer as _, MapAccess, Visitor};
use serde_saphyr::Spanned;

use super::axes::Product;
use super::{Document, Kind, arguments, axes, patches};
use crate::digest::Sha256;
use crate::recipe::{CompilerChoice, CompilerFamily, Cpython, Origin, Profile, PythonVersion, Recipe, RecipeError};
use crate::variant::Linkage;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Wire {
    #[serde(rename = "kind")]
    _kind: Kind,
    python: Spanned<PythonVersion>,
    version: Option<Spanned<String>>,
    source: Spanned<WireSource>,
    #[serde(default)]
    patches: Vec<Spanned<String>>,
    compiler: Option<Spanned<WireCompiler>>,
    #[serde(default)]
    configure: Vec<Spanned<String>>,
    #[serde(default)]
    cflags: Vec<Spanned<String>>,
    static_modules: Option<Vec<Spanned<String>>>,
    profile: Option<Spanned<WireProfile>>,
    stock: Option<Spanned<Product>>,
    variants: Spanned<Vec<Spanned<Product>>>,
    #[serde(default)]
    full: Vec<Spanned<Product>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSource {
    package: Option<Spanned<String>>,
    url: Option<Spanned<String>>,
    path: Option<PathBuf>,
    sha256: Option<Sha256>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum WireFamily {
    Gcc,
    Clang,
}

/// `gcc`, or its fields.
struct WireCompiler {
    family: WireFamily,
    program: Option<String>,
    at_least: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct WireProfile {
    tasks: Option<Vec<Vec<String>>>,
    #[serde(default)]
    packages: Vec<Spanned<String>>,
    data: Option<PathBuf>,
}

pub(super) fn parse(document: &Document<'_>) -> Result<Cpython, RecipeError> {
    let wire: Wire = document.read()?;
    let python = wire.python.value;
    if python < PythonVersion::OLDEST {
        return Err(document.at(wire.python.referenced)(format!("surtax needs Python {} or later", PythonVersion::OLDEST)));
    }
    let version = wire.version.map(|version| whole_version(&version.value, python).map_err(document.at(version.referenced))).transpose()?;
    let compiler = match &wire.compiler {
        Some(wire) => compiler(&wire.value, document.folder()).map_err(document.at(wire.referenced))?,
        None => CompilerChoice { family: CompilerFamily::Gcc, program: None, at_least: None },
    };
    let patch = |name: &Spanned<String>| patches::read(&name.value, python, document.folder()).map_err(document.at(name.referenced));
    if wire.variants.value.is_empty() {
        return Err(document.at(wire.variants.referenced)("`variants` is empty".into()));
    }
    let variants = axes::variants(document, &wire.variants.value, compiler.family)?;
    let mut full = variants.clone();
    full.extend(axes::variants(document, &wire.full, compiler.family)?.into_iter().filter(|variant| !variants.contains(variant)));
    let stock = match &wire.stock {
        Some(product) => axes::stock(document, product, compiler.family)?,
        None => variants.iter().copied().find(|variant| variant.linkage() != Linkage::Shared).ok_or_else(|| {
            document.at(wire.variants.referenced)("no variant is static: `stock` has to name the build whose python is the baseline".into())
        })?,
    };
    Ok(Cpython {
        python,
        version,
        origin: origin(document, &wire.source)?,
        patches: wire.patches.iter().map(patch).collect::<Result<_, _>>()?,
        configure: checked(document, wire.configure, arguments::refuse_configure)?,
        cflags: checked(document, wire.cflags, arguments::refuse_flag)?,
        static_modules: match wire.static_modules {
            Some(modules) => checked(document, modules, refuse_module)?,
            None => hash_modules(python),
        },
        profile: wire.profile.map_or_else(|| Ok(default_profile()), |wire| profile(document, wire))?,
        compiler,
        stock,
        variants,
        full,
    })
}

/// The values, each of which `refuse` has nothing against.
fn checked(document: &Document<'_>, words: Vec<Spanned<String>>, refuse: fn(&str) -> Option<String>) -> Result<Vec<String>, RecipeError> {
    words
        .into_iter()
        .map(|word| refuse(&word.value).map_or(Ok(()), |reason| Err(document.at(word.referenced)(reason))).map(|()| word.value))
        .collect()
}

fn whole_version(text: &str, python: PythonVersion) -> Result<String, String> {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+".contains(&byte));
    if plain && text.split('.').count() > 2 && PythonVersion::of_release(text) == Some(python) {
        return Ok(text.to_owned());
    }
    Err(format!("`{}` is no version of Python {python}, such as {python}.1", text.escape_debug()))
}

fn origin(document: &Document<'_>, source: &Spanned<WireSource>) -> Result<Origin, RecipeError> {
    let failed = |reason: &str| Err(document.at(source.referenced)(reason.to_owned()));
    match &source.value {
        WireSource { package: Some(name), url: None, path: None, sha256: None } => package(document, name),
        WireSource { package: Some(_), url: None, path: None, .. } => {
            failed("`package` leaves no room for sha256: the release's signed index says it")
        }
        WireSource { package: None, url: Some(url), path: None, sha256: Some(sha256) } => {
            let known =
                ["http://", "https://", "file:///"].iter().any(|scheme| url.value.starts_with(scheme) && url.value.len() > scheme.len());
            if !known || url.value.contains(|c: char| c.is_whitespace() || c.is_control()) {
                return Err(document.at(url.referenced)(format!("`{}` is not an http, https or file URL", url.value.escape_debug())));
            }
            Ok(Origin::Url { url: url.value.clone(), sha256: *sha256 })
        }
        WireSource { package: None, url: Some(_), path: None, sha256: None } => failed("a `url` needs the `sha256` of what it leads to"),
        WireSource { package: None, url: None, path: Some(path), sha256 } => {
            Ok(Origin::Path { path: document.folder().join(path), sha256: *sha256 })
        }
        _ => failed("a source is one of `package`, `url` and `path`"),
    }
}

/// The release is that of the host, or of another recipe.
fn package(document: &Document<'_>, name: &Spanned<String>) -> Result<Origin, RecipeError> {
    let is_file = super::super::is_file(&name.value);
    let place = if is_file { document.folder().join(&name.value).display().to_string() } else { name.value.clone() };
    match Recipe::archive_named(&place) {
        Ok(archive) => Ok(Origin::Package(archive.release)),
        // Its own file is the better place to look at.
        Err(error @ RecipeError::Malformed { .. }) => Err(error),
        Err(RecipeError::NotAnArchive { .. }) => {
            Err(document.at(name.referenced)(format!("`{}` is no recipe of an archive, so it has no source packages", name.value)))
        }
        Err(RecipeError::Fs(error)) => Err(document.at(name.referenced)(format!("{error}: {}", error.source))),
        Err(error) => Err(document.at(name.referenced)(error.to_string())),
    }
}

fn compiler(wire: &WireCompiler, folder: &Path) -> Result<CompilerChoice, String> {
    let program = match &wire.program {
        Some(program) if program.contains('/') => Some(folder.join(program).display().to_string()),
        other => other.clone(),
    };
    // It becomes part of a command line that make and a shell read; so does the folder that it is in.
    let unfit = |c: char| c.is_whitespace() || c.is_control() || "'\"\\$`;&|<>()#*?".contains(c);
    if let Some(program) = &program
        && (program.is_empty() || program.contains(unfit))
    {
        return Err(format!("`{}` is no program's name or path that make and a shell can take", program.escape_debug()));
    }
    let family = match wire.family {
        WireFamily::Gcc => CompilerFamily::Gcc,
        WireFamily::Clang => CompilerFamily::Clang,
    };
    Ok(CompilerChoice { family, program, at_least: wire.at_least })
}

/// As `Modules/Setup.stdlib` names those that `hashlib` needs: inside libpython, they work where OpenSSL does not.
fn hash_modules(python: PythonVersion) -> Vec<String> {
    let modules: &[&str] = match python {
        python if python < PythonVersion::new(3, 12) => &["_md5", "_sha1", "_sha256", "_sha512", "_sha3", "_blake2"],
        python if python < PythonVersion::new(3, 14) => &["_md5", "_sha1", "_sha2", "_sha3", "_blake2"],
        _ => &["_md5", "_sha1", "_sha2", "_sha3", "_blake2", "_hmac"],
    };
    modules.iter().map(|&module| module.to_owned()).collect()
}

fn refuse_module(name: &str) -> Option<String> {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') && !name.starts_with(|c: char| c.is_ascii_digit());
    (name.is_empty() || !plain).then(|| format!("`{}` is no module's name", name.escape_debug()))
}

fn default_profile() -> Profile {
    // As CPython's own Makefile has it: a test that hangs ends after twenty minutes.
    let task = ["-m", "test", "--pgo", "--timeout=1200"].map(str::to_owned).to_vec();
    Profile { tasks: vec![task], packages: Vec::new(), data: None }
}

fn profile(document: &Document<'_>, wire: Spanned<WireProfile>) -> Result<Profile, RecipeError> {
    let failed = document.at(wire.referenced);
    let WireProfile { tasks, packages, data } = wire.value;
    if data.is_some() && (tasks.is_some() || !packages.is_empty()) {
        return Err(failed("`data` is a profile that is there already: it leaves no room for tasks and packages".into()));
    }
    let tasks = tasks.unwrap_or_else(|| default_profile().tasks);
    let unfit = |task: &Vec<String>| task.is_empty() || task.iter().any(|argument| argument.chars().any(char::is_control));
    if tasks.is_empty() || tasks.iter().any(unfit) {
        return Err(failed("`tasks` are calls of the interpreter, each a list of its arguments: [[-m, test, --pgo]]".into()));
    }
    let packages = checked(document, packages, refuse_package)?;
    Ok(Profile { tasks, packages, data: data.map(|data| document.folder().join(data)) })
}

/// A profile that another day's packages would make is another profile.
fn refuse_package(text: &str) -> Option<String> {
    let plain = |part: &str, more: &[u8]| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte)) && !part.starts_with(['-', '.'])
    };
    let fits = text.split_once("==").is_some_and(|(name, version)| plain(name, b"-_.") && plain(version, b".+!"));
    (!fits).then(|| format!("`{}` is no package with its exact version, such as pyperformance==1.13.0", text.escape_debug()))
}

impl<'de> Deserialize<'de> for WireCompiler {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NameOrFields)
    }
}

struct NameOrFields;

impl<'de> Visitor<'de> for NameOrFields {
    type Value = WireCompiler;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`gcc`, `clang`, or family, program and at-least")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<WireCompiler, E> {
        Ok(WireCompiler { family: WireFamily::deserialize(name.into_deserializer())?, program: None, at_least: None })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<WireCompiler, A::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        struct Fields {
            family: WireFamily,
            program: Option<String>,
            at_least: Option<u32>,
        }
        let Fields { family, program, at_least } = Fields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(WireCompiler { family, program, at_least })
    }
}
