//! `surtax audit --compare` in words: what differs and costs or saves time, each with both files' evidence.

use super::compare::{Comparison, Item, Silence};
use crate::report::confounds::word;
use crate::report::format;

/// At most `width` columns wide; plain.
pub fn compared(comparison: &Comparison, width: u16) -> String {
    let width = usize::from(width.max(60));
    let [first, second] = comparison.files.as_slice() else { return String::new() };
    let names = [format::plain(&first.subject), format::plain(&second.subject)];
    let conclusion = [conclusion(comparison, &names), not_compared(&comparison.not_compared, &names)].concat();
    let mut text = wrapped(&conclusion, 0, width);
    text += &section("What differs", &comparison.confounds, &names, width);
    text += &section("What is not known of one or both, and may differ", &comparison.unknown, &names, width);
    text += &section("What differs without a bearing on speed", &comparison.other, &names, width);
    if !comparison.alike.is_empty() {
        let alike: Vec<String> =
            comparison.alike.iter().map(|item| format!("{} ({})", word(item.property), format::plain(&item.value))).collect();
        text += &format!("\n{}", wrapped(&format!("Alike in {}.", alike.join(", ")), 0, width));
    }
    text
}

/// What a ratio of their times would be the cost of.
fn conclusion(comparison: &Comparison, [first, second]: &[String; 2]) -> String {
    let words: Vec<&str> = comparison.confounds.iter().map(|item| word(item.property)).collect();
    let opening = format!("{first} and {second}");
    let unknown: Vec<&str> = comparison.unknown.iter().map(|item| word(item.property)).collect();
    let doubt = if unknown.is_empty() { String::new() } else { format!(" Not known: {}.", unknown.join(", ")) };
    match words.as_slice() {
        [] if unknown.is_empty() => format!("{opening} are alike in all that was compared."),
        [] => format!("{opening} were not seen to differ.{doubt} A ratio of their times may be the cost of that."),
        [one] if unknown.is_empty() => {
            format!("{opening} differ in {one} alone, of all that was compared: a ratio of their times is its cost as far as that goes.")
        }
        [one] => format!("{opening} differ in {one}.{doubt} A ratio of their times may be the cost of more than that."),
        [others @ .., last] => format!(
            "{opening} differ in {} and {last}: a ratio of their times is the cost of all of these together, and not of one.{doubt}",
            others.join(", ")
        ),
    }
}

/// ` Not compared: TLS model (A alone says); CET, stack protector (neither file says).`
fn not_compared(silences: &[Silence], [first, second]: &[String; 2]) -> String {
    let alone = |name: &str| format!("{name} alone says");
    type IsTheirs = fn(&Silence) -> bool;
    let whose: [(String, IsTheirs); 3] = [
        (alone(first), |silence| silence.value.is_some()),
        (alone(second), |silence| silence.against_value.is_some()),
        ("neither file says".to_owned(), |silence| silence.value.is_none() && silence.against_value.is_none()),
    ];
    let told = whose.iter().filter_map(|(who, is_theirs)| {
        let words: Vec<&str> = silences.iter().filter(|silence| is_theirs(silence)).map(|silence| word(silence.property)).collect();
        (!words.is_empty()).then(|| format!("{} ({who})", words.join(", ")))
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() { String::new() } else { format!(" Not compared: {}.", told.join("; ")) }
}

fn section(title: &str, items: &[Item], [first, second]: &[String; 2], width: usize) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{title}\n");
    for item in items {
        text += &wrapped(&format!("{}: {} instead of {}", word(item.property), item.value, item.against_value), 2, width);
        for (name, evidence) in [(first, &item.evidence), (second, &item.against_evidence)] {
            if !evidence.is_empty() {
                text += &wrapped(&format!("{name}: {evidence}"), 4, width);
            }
        }
    }
    text
}

fn wrapped(text: &str, indent: usize, width: usize) -> String {
    let lines = format::wrap_whole(&format::plain(text), width - indent);
    lines.lines().map(|line| format!("{:indent$}{line}\n", "")).collect()
}
