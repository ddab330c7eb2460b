//! The printed script on a real Slurm: sharded, stopped, requeued, resumed and merged. Opted into by SURTAX_TEST_SLURM=1; uses the store of SURTAX_HOME.

mod cluster;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cluster::Cluster;

use crate::needs;

/// All of it takes two minutes; a machine under load, some more.
const PATIENCE: Duration = Duration::from_secs(420);

#[test]
fn a_study_is_sharded_stopped_requeued_and_merged() {
    if !needs::asked_for("SURTAX_TEST_SLURM") {
        return;
    }
    let Some(cluster) = Cluster::start() else { return };
    let folder = cluster.folder().join("study");
    std::fs::create_dir(&folder).expect("made");
    let store = surtax::store::Store::open_default().expect("a store");
    let study = Study { cluster: &cluster, folder: folder.join("surtax-study"), until: Instant::now() + PATIENCE };
    let script = folder.join("study.sh");
    let written = surtax(&folder)
        .args(["matrix", "script", "--for", "slurm", "--shards", "2", "--quick", "--only", "dynamic", "--only", "startup"])
        .args(["--rounds", "12", "--warmup", "1", "--counters", "none", "--hours", "1", "--store"])
        .arg(store.root())
        .output()
        .expect("surtax starts");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    std::fs::write(&script, written.stdout).expect("written");

    let submitted = cluster.command("bash").arg(&script).current_dir(&folder).output().expect("bash starts");
    let said = String::from_utf8_lossy(&submitted.stdout).into_owned();
    assert!(submitted.status.success(), "{said}{}", String::from_utf8_lossy(&submitted.stderr));
    let ids: Vec<u32> = said.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
    let &[measures, _parts, merges, ..] = ids.as_slice() else { panic!("no jobs: {said}") };

    // One is asked to stop, as when a job of higher rank comes; of the other the whole node is lost. One node: one after the other.
    let kept = study.journal_with(1, 4);
    cluster.scontrol(&["requeue", &format!("{measures}_1")]);
    study.wait("shard 1 starts again", || study.restarts(&format!("{measures}_1")) == 1);
    let kept_too = study.journal_with(2, 4);
    cluster.scontrol(&["update", "nodename=node", "state=down", "reason=lost"]);
    study.wait("shard 2 is requeued", || study.restarts(&format!("{measures}_2")) == 1);
    cluster.scontrol(&["update", "nodename=node", "state=resume"]);

    study.wait("all ends", || cluster.queue().is_empty());
    for (shard, kept) in [(1, kept), (2, kept_too)] {
        let journal = study.journal(shard);
        assert!(journal.len() > kept.len() && journal.starts_with(&kept), "shard {shard} measured again what it had");
    }
    assert_eq!(study.state(&format!("{merges}")), "COMPLETED", "{}", study.logs());
    for file in ["plan.json", "samples.jsonl", "summary.json", "report.md"] {
        assert!(study.folder.join("merged").join(file).is_file(), "{file}: {}", study.logs());
    }
    let report = std::fs::read_to_string(study.folder.join("merged/report.md")).expect("a report");
    assert!(report.contains("dynamic") && report.contains("startup"), "{report}");
}

/// As the study calls it: the test's own surtax.
fn surtax(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_surtax"));
    command.current_dir(folder);
    command
}

struct Study<'a> {
    cluster: &'a Cluster,
    folder: PathBuf,
    until: Instant,
}

impl Study<'_> {
    fn wait(&self, what: &str, is_so: impl Fn() -> bool) {
        while !is_so() {
            assert!(Instant::now() < self.until, "waited too long until {what}: {:?}\n{}", self.cluster.queue(), self.logs());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn journal(&self, shard: u32) -> String {
        std::fs::read_to_string(self.folder.join(format!("shard-{shard}-node/samples.jsonl"))).unwrap_or_default()
    }

    /// The whole lines of a shard's journal, as soon as it has so many.
    fn journal_with(&self, shard: u32, lines: usize) -> String {
        self.wait(&format!("shard {shard} has measured"), || self.journal(shard).lines().count() >= lines);
        let journal = self.journal(shard);
        journal[..=journal.rfind('\n').expect("a line")].to_owned()
    }

    fn restarts(&self, job: &str) -> u32 {
        self.shown(job, "Restarts").parse().unwrap_or_default()
    }

    fn state(&self, job: &str) -> String {
        self.shown(job, "JobState")
    }

    fn shown(&self, job: &str, field: &str) -> String {
        let said = self.cluster.scontrol(&["show", "job", job]);
        said.split_whitespace().find_map(|word| word.strip_prefix(field)?.strip_prefix('=')).unwrap_or_default().to_owned()
    }

    fn logs(&self) -> String {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let logs = entries.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        let text = |path: PathBuf| format!("-- {}\n{}\n", path.display(), std::fs::read_to_string(&path).unwrap_or_default());
        logs.map(text).collect::<String>() + &self.cluster.logs()
    }
}
