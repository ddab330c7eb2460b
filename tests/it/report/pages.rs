//! `report.html`: what it says by itself, and in a real browser.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;
use surtax::report::{self, summarise};
use surtax::run::{BenchmarkPlan, Folder, Run};

use super::synthetic::{SUBJECTS, Synthetic, troubled};
use crate::browser::Browser;

const ENTER: &str = "\u{e007}";
const SPACE: &str = " ";
const RIGHT: &str = "\u{e014}";
const ESCAPE: &str = "\u{e00c}";

/// Markup, quotes, and a mark that turns the direction of text.
const HOSTILE: &str = "</script><img src=x onerror=pwned()>\"'&\u{202e}--><svg onload=pwned()>";

fn page(run: &Run) -> String {
    report::html(run, &summarise(run))
}

fn hostile() -> Run {
    Synthetic::new().rename("shared", HOSTILE).run
}

fn committed(name: &str) -> Run {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results").join(name);
    Folder::open(&folder).unwrap().read().unwrap()
}

/// Written where only the browser will read it.
struct Written {
    folder: tempfile::TempDir,
}

impl Written {
    fn of(run: &Run) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("report.html"), page(run)).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }
}

#[test]
fn the_answer_is_one_sentence() {
    let headline = |run: &Run| {
        let page = page(run);
        let from = page.find("<h1>").unwrap() + 4;
        page[from..from + page[from..].find("</h1>").unwrap()].replace("<code>", "`").replace("</code>", "`")
    };
    let mut said = String::new();
    for (name, run) in [
        ("made up", Synthetic::new().run),
        ("two releases", Synthetic::groups().run),
        ("two rounds", Synthetic::with(&SUBJECTS, 2).run),
        ("one runner", Synthetic::with(&["python3", "python3-again", "shared"], 15).run),
        ("without verification", Synthetic::new().fail_verification("python3", "program_01", "differs").run),
        ("Debian 12", committed("bookworm-py3.11-reference")),
        ("Debian 13 and 12", committed("trixie-py3.13-bookworm-py3.11-reference")),
        ("the fastest build", committed("fastest-py3.13-reference")),
        ("a study", committed("study-py3.13-tracer")),
        ("opcodes", committed("opcodes-py3.13-reference")),
    ] {
        said += &format!("{name}: {}\n", headline(&run));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn the_page_needs_no_other_file_and_runs_nothing_but_its_own() {
    for run in [Synthetic::new().run, Synthetic::groups().run, troubled(), hostile()] {
        let page = page(&run);
        assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && page.contains("Content-Security-Policy"));
        assert!(page.contains("default-src 'none'") && !page.contains("unsafe-inline"));
        // The namespace of SVG is a name and no address.
        let page = page.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http://", "https://", "src=\"", "@import", "url("] {
            assert!(!page.contains(outside), "{outside}");
        }
        assert_eq!(page.matches("<script").count(), 1, "one script, its own");
        assert_eq!(page.matches("</script").count(), 1);
        assert!(!page.contains("<img") && !page.contains('\u{202e}') && !page.contains('\u{1b}'));
        assert!(!page.contains("NaN") && !page.contains(">inf"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_name_stays_text(name in "\\PC{1,40}|[|`\\\\<>&\"'\n\r\t*_!\\[\\]()]{1,12}") {
        prop_assume!(!SUBJECTS.contains(&name.as_str()));
        let tags = |page: &str| ["<script", "<img", "<svg", "<a ", "<tr", "<td", "<ul", "<section"].map(|tag| page.matches(tag).count());
        let named = |name: &str| page(&Synthetic::with(&["python3", "python3-again", "shared"], 3).rename("shared", name).run);
        prop_assert_eq!(tags(&named("quiet")), tags(&named(&name)));
    }
}

#[test]
fn every_id_is_one_and_every_link_leads_somewhere() {
    for run in [Synthetic::new().run, Synthetic::groups().run, troubled(), committed("study-py3.13-tracer")] {
        let page = page(&run);
        let values = |attribute: &str| -> Vec<String> {
            page.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
        };
        let ids = values("id");
        let mut unique = ids.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "an id is given twice");
        for link in values("href").iter().filter_map(|link| link.strip_prefix('#')) {
            assert!(ids.iter().any(|id| id == link), "#{link} leads nowhere");
        }
        for label in values("aria-labelledby").iter().chain(&values("aria-describedby")) {
            assert!(ids.iter().any(|id| id == label), "nothing is labelled {label}");
        }
    }
}

#[test]
fn an_unfinished_run_has_a_page() {
    let whole = Synthetic::groups().run;
    for count in [0, 1, 13, 200] {
        let mut run = whole.clone();
        run.samples.truncate(count);
        let page = page(&run);
        assert!(page.contains("planned visits were measured") && !page.contains("NaN"), "{count} samples");
    }
    let mut nothing = whole;
    nothing.samples.clear();
    nothing.plan.groups.clear();
    nothing.plan.subjects.clear();
    nothing.plan.benchmarks.clear();
    assert!(page(&nothing).contains("there is nothing to say"));
}

#[test]
fn without_its_script_the_page_has_everything() {
    let run = Synthetic::new().run;
    let page = page(&run);
    let read = page.split("<script>").next().unwrap();
    for what in ["<h1>", "static-nonpic", "What to ship", "How to reproduce", "surtax matrix run", "round 14: ", "noise floor of dynamic"] {
        assert!(read.contains(what), "{what}");
    }
    assert!(read.matches("<caption>").count() == read.matches("<table").count() && read.matches("<svg").count() > 12);
}

#[test]
fn the_table_for_packagers() {
    let section = |run: &Run| {
        let markdown = report::markdown(run, &summarise(run));
        let from = markdown.find("## What to ship").unwrap();
        markdown[from..from + 3 + markdown[from + 3..].find("\n## ").unwrap()].to_owned()
    };
    let runs = ["bookworm-py3.11-reference", "fastest-py3.13-reference"];
    insta::assert_snapshot!(runs.map(|name| section(&committed(name))).join("\n"));
    // Kernels alone advise nothing.
    let mut kernels = committed("opcodes-py3.13-reference");
    kernels.plan.benchmarks.retain(|benchmark| benchmark.name == BenchmarkPlan::OPCODES);
    assert!(!report::markdown(&kernels, &summarise(&kernels)).contains("What to ship"));
}

#[test]
fn in_a_browser_tables_sort_and_filter_by_keyboard_too() {
    let Some(browser) = Browser::start() else { return };
    browser.devtools("Network.enable", json!({}));
    let nothing = json!({"offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0});
    browser.devtools("Network.emulateNetworkConditions", nothing);
    let written = Written::of(&committed("bookworm-py3.11-reference"));
    browser.open(&written.path());
    assert!(browser.text("return document.querySelector('h1').textContent").starts_with("Embed static-nonpic"));
    assert_eq!(browser.script("return performance.getEntriesByType('resource').length"), 0, "nothing else is fetched");

    let column = |name: &str| {
        browser.script(&format!(
            "const table = document.getElementById('results-table');
             const at = [...table.tHead.rows[0].cells].findIndex((head) => head.textContent === {name:?});
             return [...table.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[at].textContent);"
        ))
    };
    let numbers = |name: &str| -> Vec<f64> {
        let cells = column(name);
        let numbers = cells.as_array().unwrap().iter().filter_map(|cell| cell.as_str()?.split(' ').next()?.parse().ok());
        numbers.collect()
    };
    let focus = |name: &str| {
        browser.script(&format!(
            "[...document.querySelectorAll('#results-table thead button')].find((button) => button.textContent === {name:?}).focus()"
        ))
    };
    let order = || browser.text("return document.querySelector('#results-table th[aria-sort]').getAttribute('aria-sort')");
    focus("ratio");
    browser.press(ENTER);
    let ratios = numbers("ratio");
    assert!(ratios.len() == 60 && ratios.is_sorted(), "{ratios:?}");
    assert_eq!(order(), "ascending");
    browser.press(SPACE);
    assert!(numbers("ratio").is_sorted_by(|a, b| a >= b));
    assert_eq!(order(), "descending");
    // The interval's picture has no order; text sorts as text.
    focus("subject");
    browser.press(ENTER);
    let names: Vec<String> = serde_json::from_value(column("subject")).unwrap();
    assert!(names.is_sorted() && names[0] == "python3", "{names:?}");
    assert_eq!(browser.script("return document.querySelectorAll('#results-table th[aria-sort]').length"), 1);

    browser.script("document.getElementById('filter-text').focus()");
    browser.press("shared");
    assert_eq!(column("subject").as_array().unwrap().len(), 10);
    assert_eq!(browser.text("return document.getElementById('filter-count').value"), "10 of 60 rows");
    browser.script(
        "const select = document.getElementById('filter-benchmark'); select.value = 'dynamic, M = 1,000,000';
         select.dispatchEvent(new Event('input', {bubbles: true}));",
    );
    assert_eq!(column("ratio"), json!(["1.396 ‡"]));

    let written = Written::of(&Synthetic::groups().run);
    browser.open(&written.path());
    browser.script(
        "const select = document.getElementById('filter-group'); select.value = 'debian-12';
         select.dispatchEvent(new Event('input', {bubbles: true}));",
    );
    assert_eq!(browser.text("return document.getElementById('filter-count').value"), "50 of 120 rows");
    assert!(column("group").as_array().unwrap().iter().all(|group| group == "debian-12"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn in_a_browser_a_mark_tells_its_values() {
    let Some(browser) = Browser::start() else { return };
    let written = Written::of(&committed("bookworm-py3.11-reference"));
    browser.open(&written.path());
    let tip = || browser.text("const tip = document.getElementById('tip'); return tip.classList.contains('on') ? tip.textContent : ''");
    browser.point_at("#plot-ratios circle");
    assert!(tip().contains(" to ") && tip().contains("python3-again"), "{}", tip());
    browser.script("document.querySelector('#plot-amortised svg').focus()");
    browser.press(RIGHT);
    assert!(tip().contains("M = 100: "), "{}", tip());
    browser.press(RIGHT);
    assert!(tip().contains("M = 1,000: "), "{}", tip());
    browser.press(ESCAPE);
    assert_eq!(tip(), "");
    // A link to folded rounds unfolds them.
    browser.script("location.hash = document.querySelector('a[href^=\"#plot-rounds-dynamic\"]').hash");
    assert_eq!(browser.script("return document.getElementById('plot-rounds-dynamic-1000000').closest('details').open"), true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn in_a_browser_hostile_names_stay_text() {
    let Some(browser) = Browser::start() else { return };
    for run in [hostile(), troubled()] {
        let written = Written::of(&run);
        browser.open(&written.path());
        assert_eq!(browser.script("return document.querySelectorAll('script').length"), 1);
        assert_eq!(browser.script("return document.querySelectorAll('img, iframe, object, [onload], [onerror]').length"), 0);
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
    let written = Written::of(&hostile());
    browser.open(&written.path());
    let names =
        browser.text("return [...document.querySelectorAll('#results-table tbody th')].map((cell) => cell.textContent).join('\\n')");
    assert!(names.contains(&HOSTILE.replace('\u{202e}', "\u{fffd}")), "{names}");
    browser.script("document.getElementById('filter-text').focus()");
    browser.press("</script>");
    assert_eq!(browser.text("return document.getElementById('filter-count').value"), "10 of 60 rows");
}

/// WCAG 2.2's contrast of some texts with what is behind them; the least first.
const CONTRASTS: &str = r"
const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
const luminance = (colour) => {
  const [r, g, b] = channels(colour).slice(0, 3).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (channels(colour)[3] !== 0) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const of = (selector) => {
  const element = document.querySelector(selector);
  const svg = element.closest('svg');
  const own = getComputedStyle(element)[svg ? 'fill' : 'color'];
  const [a, b] = [luminance(own), luminance(svg ? getComputedStyle(svg.querySelector('rect')).fill : ground(element))];
  // Of a mark, 3 to 1 is asked where text is asked for 4.5.
  const asked = svg && element.localName !== 'text' ? 4.5 / 3 : 1;
  return (asked * (Math.max(a, b) + 0.05)) / (Math.min(a, b) + 0.05);
};
return ['p', 'h1 code', '.how p', '.facts dt', '.contents a', 'thead th', 'thead button', '.slower', '.faster', '.before li', 'figcaption',
  'pre code', 'footer p', '#plot-ratios text', '#plot-ratios circle', '#plot-ratios polygon'].map((selector) => [of(selector), selector]).sort((a, b) => a[0] - b[0]);";

#[test]
fn in_a_browser_it_is_light_dark_and_narrow() {
    let Some(browser) = Browser::start() else { return };
    let ground = || browser.text("return getComputedStyle(document.body).backgroundColor");
    let scheme = |name: &str| {
        browser.devtools("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": name}]}));
    };
    let written = Written::of(&committed("bookworm-py3.11-reference"));
    browser.open(&written.path());
    let mut grounds = Vec::new();
    for name in ["light", "dark"] {
        scheme(name);
        let contrasts = browser.script(CONTRASTS);
        assert!(contrasts[0][0].as_f64().unwrap() >= 4.5, "{name}: {contrasts}");
        grounds.push(ground());
    }
    assert_ne!(grounds[0], grounds[1]);
    browser.script("document.getElementById('theme').click()");
    assert_eq!(ground(), grounds[0], "the person's choice goes before the system's");

    for name in ["trixie-py3.13-bookworm-py3.11-reference", "study-py3.13-tracer", "opcodes-py3.13-reference"] {
        let written = Written::of(&committed(name));
        let phone = json!({"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": true});
        browser.devtools("Emulation.setDeviceMetricsOverride", phone);
        browser.open(&written.path());
        let wide = "return [...document.querySelectorAll('body *')].filter((one) => !one.closest('.scroll, pre, #tip, .skip') \
                    && one.getBoundingClientRect().right > 361).map((one) => one.outerHTML.slice(0, 80)).join('\\n')";
        assert_eq!(browser.text(wide), "", "{name}");
        assert_eq!(browser.script("return document.documentElement.scrollWidth"), 360, "{name}");
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
