//! Job files: what a person sees of them, that hostile words stay words, and that the languages' own checkers take them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::needs;

fn script(arguments: &[&str]) -> Output {
    let surtax = Command::new(env!("CARGO_BIN_EXE_surtax")).args(["matrix", "script"]).args(arguments).output();
    surtax.expect("surtax starts")
}

fn written(arguments: &[&str]) -> String {
    let output = script(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn refused(arguments: &[&str]) -> String {
    let output = script(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Words that mean something to a shell, to YAML, to GitHub or to Jinja.
const HOSTILE: [&str; 12] = [
    "it's",
    "a b",
    "$(touch evil)",
    "`touch evil`",
    "x; touch evil",
    "x\" && touch evil \"",
    "${{ secrets.TOKEN }}",
    "{{ 7 * 7 }}{% raw %}",
    "- a: [b, #c]",
    "yes: no # x",
    "\\n\\x",
    "ünï→💥",
];

/// Every system, of usual and of hostile words.
fn all() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for system in ["github", "gitlab", "slurm"] {
        all.push((format!("{system} usual"), written(&["--for", system, "--shards", "3", "debian-13", "--quick"])));
        for word in HOSTILE {
            let path = format!("/tmp/{word}");
            let subject = format!("--subject=mine={path}");
            let own: &[&str] = match system {
                "github" => &["--runs-on", "--schedule=17 3 * * 0"],
                "gitlab" => &["--image", "--tag"],
                _ => &["--sbatch"],
            };
            let own = own.iter().map(|option| if option.contains('=') { (*option).to_owned() } else { format!("{option}={word}") });
            let usual = ["--for", system, "--shards", "1", "--setup", "command -v surtax", &subject].map(str::to_owned);
            let given: Vec<String> = usual.into_iter().chain(own).chain([format!("--keyring={word}"), "--".into(), word.into()]).collect();
            all.push((format!("{system} {word}"), written(&given.iter().map(String::as_str).collect::<Vec<_>>())));
        }
    }
    all
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The shell of a job file, one script for each step; of GitHub's with what its expressions stand for.
fn shells(name: &str, text: &str) -> Vec<String> {
    if name.starts_with("slurm") {
        return vec![text.to_owned()];
    }
    let document = yaml(text);
    let lines = |value: &Value| {
        let lines = value.as_array().expect("lines").iter().map(|line| line.as_str().expect("a line").to_owned());
        lines.collect::<Vec<_>>().join("\n")
    };
    if name.starts_with("gitlab") {
        return ["provision", "measure", "merge"].iter().map(|job| lines(&document[job]["script"])).collect();
    }
    let jobs = document["jobs"].as_object().expect("jobs").values();
    let steps = jobs.flat_map(|job| job["steps"].as_array().expect("steps"));
    steps.filter_map(|step| Some(step["run"].as_str()?.replace("${{ '${{' }}", "${{"))).collect()
}

#[test]
fn what_a_person_sees() {
    insta::assert_snapshot!("script-github", written(&["--for", "github", "--shards", "3", "debian-13", "--quick"]));
    let gitlab =
        ["--for", "gitlab", "--shards", "2", "debian-12", "debian-13", "--python", "3.13", "--only", "dynamic", "--setup", "pip --version"];
    insta::assert_snapshot!("script-gitlab", written(&gitlab));
    let slurm = [
        "--for",
        "slurm",
        "--shards",
        "8",
        "study-pgo-lto",
        "--full",
        "--sbatch=--partition=long",
        "--hours",
        "24",
        "--store",
        "/scratch/x",
    ];
    insta::assert_snapshot!("script-slurm", written(&slurm));
    let packed = ["--for", "github", "--shards", "2", "debian-13", "host", "--pack", "pyperformance=richards,mako", "--only", "dynamic"];
    insta::assert_snapshot!("script-pack", written(&packed));
}

#[test]
fn what_a_system_does_not_know_is_refused() {
    insta::assert_snapshot!("error-script-option", refused(&["--for", "slurm", "--shards", "2", "--runs-on", "x"]));
    insta::assert_snapshot!("error-script-prefix", refused(&["--for", "slurm", "--shards", "2", "--prefix", "/usr"]));
    insta::assert_snapshot!("error-script-line-break", refused(&["--for", "github", "--shards", "2", "--setup", "true\ntouch evil"]));
    insta::assert_snapshot!("error-script-store", refused(&["--for", "github", "--shards", "2", "--store", "a,b"]));
    for word in ["a\u{85}b", "a\u{2028}b", "a\u{7}b", "a\rb"] {
        for system in ["github", "gitlab", "slurm"] {
            assert!(refused(&["--for", system, "--shards", "2", word]).contains("line break"), "{word:?}");
        }
    }
    assert!(refused(&["--for", "github", "--shards", "2", "--schedule", "daily"]).contains("five fields"));
    assert!(refused(&["--for", "jenkins", "--shards", "2"]).contains("github, gitlab, slurm"));
    assert!(refused(&["--for", "slurm", "--shards", "0"]).contains("--shards"));
    assert!(refused(&["--for", "slurm"]).contains("--shards"));
}

/// Each word reaches `surtax` as it was given: the shells are run, with a surtax that writes down what it is called with.
#[test]
fn hostile_words_stay_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let tools = folder.path().join("bin");
    std::fs::create_dir(&tools).expect("made");
    crate::world::shell_script(&tools.join("surtax"), "printf '%s\\0' \"$@\" >> \"$SAID\"; printf '\\n' >> \"$SAID\"");
    for (name, text) in all() {
        let Some((system, word)) = name.split_once(' ').filter(|(_, word)| *word != "usual") else { continue };
        let place = tempfile::tempdir_in(folder.path()).expect("a folder");
        let said = place.path().join("said");
        std::fs::create_dir(place.path().join("study")).expect("made");
        let shell = match system {
            // Of the steps, those that say what is measured; a Slurm script does so where it provisions.
            "slurm" => text.replace("export SURTAX_HOME=/tmp/surtax\n", "export SURTAX_HOME=\"$PWD/store\"\n"),
            _ => shells(&name, &text)
                .into_iter()
                .filter(|shell| shell.contains("matrix plan") || shell.contains("bundle export"))
                .collect::<Vec<_>>()
                .join("\n"),
        };
        let file = place.path().join("job.sh");
        std::fs::write(&file, shell).expect("written");
        let path = format!("{}:/usr/bin:/bin", tools.display());
        let output = Command::new("bash")
            .arg(&file)
            .arg("provision")
            .current_dir(place.path())
            .env("PATH", path)
            .env("SAID", &said)
            .env("GITHUB_OUTPUT", place.path().join("outputs"))
            .output();
        let output = output.expect("bash starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let said =
            std::fs::read_to_string(&said).unwrap_or_else(|error| panic!("{name}: {error}: {}", String::from_utf8_lossy(&output.stderr)));
        let calls: Vec<Vec<&str>> = said.lines().map(|line| line.split_terminator('\0').collect()).collect();
        let subject = format!("--subject=mine=/tmp/{word}");
        let keyring = format!("--keyring={word}");
        let recipe = if word.starts_with('-') { format!("./{word}") } else { word.to_owned() };
        let planned = calls.iter().find(|call| call[..2] == ["matrix", "plan"]).unwrap_or_else(|| panic!("{name}: {calls:?}"));
        for wanted in [subject.as_str(), &keyring, &recipe] {
            assert!(planned.contains(&wanted), "{name}: {planned:?}");
        }
        let exported = calls.iter().find(|call| call[..2] == ["bundle", "export"]).unwrap_or_else(|| panic!("{name}: {calls:?}"));
        assert!(exported.contains(&keyring.as_str()) && exported.contains(&recipe.as_str()), "{name}: {exported:?}");
        assert!(!place.path().join("evil").exists() && !folder.path().join("evil").exists(), "{name}");
    }
}

/// As YAML, a hostile word is the value that it was given as; to GitHub, it is no expression.
#[test]
fn hostile_words_stay_values() {
    for (name, text) in all() {
        let Some((system, word)) = name.split_once(' ').filter(|(_, word)| *word != "usual") else { continue };
        match system {
            "github" => {
                let document = yaml(&text);
                let label = document["jobs"]["measure"]["runs-on"].as_str().expect("a label");
                assert_eq!(label.replace("${{ '${{' }}", "${{"), word);
                assert!(!text.contains("${{ secrets"), "{text}");
            }
            "gitlab" => {
                let document = yaml(&text);
                assert_eq!(document["default"]["image"].as_str(), Some(word));
                assert_eq!(document["default"]["tags"][0].as_str(), Some(word));
            }
            _ => {}
        }
    }
}

/// The options of `matrix plan` that were given are those that are written, each once.
#[test]
fn options_survive() {
    let given = [
        "--python=3.13",
        "--mirror=http://example.org/debian",
        "--offline",
        "--allow-expired",
        "--variant=shared",
        "--variant=static-pic",
        "--hacl=stubs",
        "--host-python",
        "--baseline=debian-13",
        "--only=dynamic",
        "--only=startup",
        "--rounds=40",
        "--warmup=0",
        "--quick",
        "--opcodes",
        "--pack=pyperformance=go,richards",
        "--seed=7",
        "--timeout=10",
        "--counters=none",
    ];
    let text = written(&[&["--for=slurm", "--shards=2", "debian-12", "debian-13"][..], &given[..]].concat());
    let planned = text.lines().find(|line| line.contains("surtax matrix plan")).expect("planned");
    let words: Vec<&str> = planned.split_whitespace().collect();
    assert_eq!(
        words,
        [&["surtax", "matrix", "plan"][..], &given[..], &["debian-12", "debian-13", "--shards", "2", "--out", "\"$study/plan\""][..]]
            .concat()
    );
    let exported = text.lines().find(|line| line.contains("surtax bundle export")).expect("exported");
    assert!(
        exported.contains(" --pack=pyperformance=go,richards debian-12 debian-13 "),
        "what those that measure import comes along: {exported}"
    );
    let again = text.lines().nth(1).and_then(|line| line.strip_prefix("# Written by: surtax matrix script ")).expect("the command");
    assert_eq!(written(&again.split(' ').collect::<Vec<_>>()), text, "the command in it writes it again");
}

#[test]
fn bash_and_shellcheck_take_the_shell() {
    let folder = tempfile::tempdir().expect("a folder");
    let shellcheck = needs::tool("shellcheck");
    for (number, (name, text)) in all().into_iter().enumerate() {
        for (step, shell) in shells(&name, &text).into_iter().enumerate() {
            let file = folder.path().join(format!("{number}-{step}.sh"));
            let with_shebang = if shell.starts_with("#!") { shell } else { format!("#!/bin/bash\nset -euo pipefail\n{shell}\n") };
            std::fs::write(&file, with_shebang).expect("written");
            passes(Command::new("bash").arg("-n").arg(&file), &name);
            if let Some(shellcheck) = shellcheck.as_ref().filter(|_| name.ends_with("usual")) {
                passes(Command::new(shellcheck).args(["--severity=style", "--norc"]).arg(&file), &name);
            }
        }
    }
}

fn passes(command: &mut Command, name: &str) {
    let output = command.output().expect("the checker starts");
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&said));
}

/// Against the schemas that GitHub and GitLab publish, as the program that SURTAX_TEST_SCHEMA names brings them along.
#[test]
fn published_schemas_take_the_yaml() {
    let Some(checker) = needs::named_by("SURTAX_TEST_SCHEMA", "check-jsonschema") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let (mut workflows, mut pipelines) = (Vec::new(), Vec::new());
    for (number, (name, text)) in all().into_iter().enumerate() {
        let (files, start) = match name.split(' ').next() {
            Some("github") => (&mut workflows, "github"),
            Some("gitlab") => (&mut pipelines, "gitlab"),
            _ => continue,
        };
        let file = folder.path().join(format!("{start}-{number}.yml"));
        std::fs::write(&file, text).expect("written");
        files.push(file);
    }
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows");
    workflows.extend(["ci.yml", "study.yml"].map(|name| repository.join(name)));
    let check = |schema: &str, files: &[PathBuf]| {
        Command::new(&checker).args(["--builtin-schema", schema]).args(files).output().expect("the checker starts")
    };
    for (schema, files) in [("vendor.github-workflows", &workflows), ("vendor.gitlab-ci", &pipelines)] {
        let output = check(schema, files);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{schema}: {said}");
        // It does check something.
        let broken = folder.path().join(format!("{schema}.yml"));
        let text = std::fs::read_to_string(&files[0]).expect("read");
        std::fs::write(&broken, text.replace("runs-on:", "run-on:").replace("when: always", "when: sometimes")).expect("written");
        assert!(!check(schema, &[broken]).status.success(), "{schema} takes anything");
    }
}

/// The command is in the file itself; when the template changes, it is run again.
#[test]
fn the_repositorys_own_workflow_is_what_the_command_writes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/workflows/study.yml");
    let committed = std::fs::read_to_string(file).expect("the workflow");
    let command = committed.lines().next().and_then(|line| line.strip_prefix("# Written by: ")).expect("the command that wrote it");
    let path = format!("{}:/usr/bin:/bin", Path::new(env!("CARGO_BIN_EXE_surtax")).parent().expect("a folder").display());
    let output = Command::new("bash").args(["-c", command]).env("PATH", path).output().expect("bash starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(committed, String::from_utf8_lossy(&output.stdout), "write it again: {command} > .github/workflows/study.yml");
}
