//! The derived files of a run's folder.

use super::export::pyperf;
use super::{Summary, html, markdown, plots, summarise};
use crate::run::{Folder, Run, RunError};

/// Writes `summary.json`, `plots/*.svg`, `pyperf/*.json`, `report.html` and, last, `report.md`; all can be made again from the samples.
pub fn write(folder: &Folder, run: &Run) -> Result<Summary, RunError> {
    let summary = summarise(run);
    let mut json = serde_json::to_string_pretty(&summary)
        .map_err(|error| RunError::Malformed { path: folder.file("summary.json"), reason: error.to_string() })?;
    json.push('\n');
    folder.write_text("summary.json", &json)?;
    for (name, svg) in plots(run, &summary) {
        folder.write_text(&format!("plots/{name}"), &svg)?;
    }
    for (name, json) in pyperf(run) {
        folder.write_text(&format!("pyperf/{name}"), &json)?;
    }
    folder.write_text("report.html", &html(run, &summary))?;
    folder.write_text("report.md", &markdown(run, &summary))?;
    Ok(summary)
}
