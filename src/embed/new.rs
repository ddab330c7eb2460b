//! `surtax embed new`: a crate of a person's own that embeds one libpython and builds without surtax.

use std::collections::BTreeSet;
use std::path::Path;

use minijinja::{Environment, UndefinedBehavior, context};

use super::{EmbedError, Format, Kit, render};
use crate::{assets, fs};

/// Writes the crate into `folder`, which is empty or not there. Returns the crate's name.
///
/// `again`: the words after the variant that name its source on a command line.
pub fn create(kit: &Kit, folder: &Path, again: &str) -> Result<String, EmbedError> {
    let name = crate_name(folder)?;
    if std::fs::read_dir(folder).map_or(folder.exists(), |mut entries| entries.next().is_some()) {
        return Err(EmbedError::NotEmpty(folder.to_owned()));
    }
    let lock = Lock::of_the_runners()?;
    let values = context! {
        name => name.clone(),
        pyo3 => lock.pyo3.clone(),
        source => kit.source.clone(),
        variant => kit.variant.to_string(),
        description => kit.description.clone(),
        version => kit.version.clone(),
        needs => kit.needs.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        compiler => kit.compiler.display().to_string(),
        must => kit.compiler_must_be_this,
        remarks => kit.remarks.clone(),
        again => again,
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    let mut files = vec![("Cargo.lock".to_owned(), lock.text(&name))];
    for file in render(kit, Format::Cargo)? {
        files.push((format!(".cargo/{}", file.name), file.text));
    }
    for (path, bytes) in assets::embed_template() {
        let text = String::from_utf8_lossy(bytes);
        match (path, path.strip_suffix(".j2")) {
            // The template's own.
            ("README.md", _) => {}
            ("gitignore", _) => files.push((".gitignore".to_owned(), text.into_owned())),
            (_, Some(rendered)) => files.push((rendered.to_owned(), environment.render_str(&text, &values)?)),
            (path, None) => files.push((path.to_owned(), text.into_owned())),
        }
    }
    for (path, text) in files {
        fs::write_atomic(&folder.join(path), text.as_bytes())?;
    }
    Ok(name)
}

/// The folder's name, as cargo allows names.
fn crate_name(folder: &Path) -> Result<String, EmbedError> {
    let name = folder.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    let name = name.trim_matches('-').to_owned();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { Ok(name) } else { Err(EmbedError::NoName(folder.to_owned())) }
}

/// PyO3 and all that it needs, in the versions that the runners are built with.
struct Lock {
    /// `0.30.1`.
    pyo3: String,
    packages: Vec<toml::Table>,
}

impl Lock {
    fn of_the_runners() -> Result<Self, EmbedError> {
        let unreadable = || EmbedError::Unwritable { format: "crate", reason: "the runner's Cargo.lock cannot be understood".into() };
        let text = assets::runner_template().into_iter().find(|(path, _)| *path == "Cargo.lock").map(|(_, bytes)| bytes);
        let lock: toml::Table = text.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok()).ok_or_else(unreadable)?;
        let all: Vec<toml::Table> = lock
            .get("package")
            .and_then(toml::Value::as_array)
            .map(|packages| packages.iter().filter_map(|package| package.as_table().cloned()).collect())
            .ok_or_else(unreadable)?;
        let named = |name: &str| all.iter().find(|package| text_of(package, "name") == name);
        let mut wanted = BTreeSet::new();
        let mut left = vec!["pyo3".to_owned()];
        while let Some(name) = left.pop() {
            if let Some(package) = named(&name).filter(|_| wanted.insert(name.clone())) {
                let needs = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
                left.extend(needs.filter_map(|need| Some(need.as_str()?.split(' ').next()?.to_owned())));
            }
        }
        let pyo3 = named("pyo3").map(|package| text_of(package, "version").to_owned()).ok_or_else(unreadable)?;
        Ok(Self { pyo3, packages: all.into_iter().filter(|package| wanted.contains(text_of(package, "name"))).collect() })
    }

    /// As cargo writes it, with the crate itself in its place among the names.
    fn text(&self, name: &str) -> String {
        let own = toml::Table::from_iter([
            ("name".to_owned(), name.into()),
            ("version".to_owned(), "0.1.0".into()),
            ("dependencies".to_owned(), vec!["pyo3"].into()),
        ]);
        let mut packages: Vec<&toml::Table> = self.packages.iter().chain([&own]).collect();
        packages.sort_by_key(|package| text_of(package, "name").to_owned());
        let text = |package: &toml::Table| {
            let simple = ["name", "version", "source", "checksum"].map(|key| match text_of(package, key) {
                "" => String::new(),
                value => format!("{key} = \"{value}\"\n"),
            });
            let needs: String = package
                .get("dependencies")
                .and_then(toml::Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|need| Some(format!(" \"{}\",\n", need.as_str()?)))
                .collect();
            let needs = if needs.is_empty() { needs } else { format!("dependencies = [\n{needs}]\n") };
            format!("\n[[package]]\n{}{needs}", simple.concat())
        };
        let packages: String = packages.into_iter().map(text).collect();
        format!("# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = 4\n{packages}")
    }
}

fn text_of<'a>(package: &'a toml::Table, key: &str) -> &'a str {
    package.get(key).and_then(toml::Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Lock, crate_name};

    #[test]
    fn the_folder_names_the_crate() {
        let name = |path: &str| crate_name(Path::new(path)).ok();
        assert_eq!(name("/tmp/My Program.2").as_deref(), Some("my-program-2"));
        assert_eq!(name("hello").as_deref(), Some("hello"));
        assert_eq!(name("/"), None);
        assert_eq!(name("42"), None);
    }

    #[test]
    fn the_lock_holds_pyo3_and_what_it_needs_alone() {
        let lock = Lock::of_the_runners().expect("readable");
        let text = lock.text("mine");
        let read: toml::Table = text.parse().expect("TOML");
        let names: Vec<&str> = read["package"].as_array().expect("a list").iter().filter_map(|one| one["name"].as_str()).collect();
        assert!(names.is_sorted() && names.contains(&"mine") && names.contains(&"pyo3-ffi"), "{names:?}");
        assert!(!names.contains(&"cc") && !names.contains(&"runner"), "{names:?}");
        assert!(text.contains("\n[[package]]\nname = \"pyo3\"\nversion = \"0."), "{text}");
    }
}
