//! The committed reference runs: this surtax reads them, and their reports are what it makes of their samples.

use std::fs;
use std::path::{Path, PathBuf};

use surtax::report::{self, Summary, summarise};
use surtax::run::Folder;

fn committed() -> Vec<PathBuf> {
    let results = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
    let folders = fs::read_dir(results).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| path.join("plan.json").is_file()).collect()
}

#[test]
fn committed_runs_are_reported_as_they_were() {
    let runs = committed();
    assert!(!runs.is_empty());
    for path in runs {
        let run = Folder::open(&path).unwrap().read().unwrap();
        let summary = summarise(&run);
        let text = |name: &str| fs::read_to_string(path.join(name)).unwrap();
        let renew = format!("surtax report {} makes it again", path.display());
        assert_eq!(serde_json::from_str::<Summary>(&text("summary.json")).unwrap(), summary, "{renew}");
        assert_eq!(text("summary.json"), serde_json::to_string_pretty(&summary).unwrap() + "\n", "{renew}");
        assert!(text("report.html") == report::html(&run, &summary), "{renew}");
        assert_eq!(text("report.md"), report::markdown(&run, &summary), "{renew}");
        for (name, svg) in report::plots(&run, &summary) {
            assert_eq!(text(&format!("plots/{name}")), svg, "{renew}");
        }
    }
}
