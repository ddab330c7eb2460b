//! The only door to the terminal: data to stdout, talk to stderr, bars only where someone watches.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What the amounts of a bar count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Bytes,
    Items,
    /// Of work whose amount means nothing to a person: time, or bytes that are handled twice.
    Percent,
}

/// All that domain code knows of the terminal.
pub trait Reporter: Sync {
    /// A long step begins; the bar shows how far it is and how long it will still take. `total` may be unknown.
    fn bar(&self, label: &str, total: Option<u64>, unit: Unit) -> Box<dyn Bar>;

    /// One line that remains: a step is done.
    fn step(&self, text: &str);

    /// Something that the person should know although the work goes on.
    fn warn(&self, text: &str);
}

pub trait Bar: Send + Sync {
    fn advance(&self, amount: u64);
    fn set_total(&self, total: u64);
    /// What is being worked on now.
    fn message(&self, text: &str);
    /// Takes the bar away; the step's lasting line is said with [`Reporter::step`].
    fn finish(&self);
}

/// The reporter of `main`: bars on a terminal, lines elsewhere.
pub struct Terminal {
    quiet: bool,
    bars: MultiProgress,
}

impl Terminal {
    pub fn new(quiet: bool) -> Self {
        let hidden = quiet || !std::io::stderr().is_terminal();
        let target = if hidden { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(10) };
        Self { quiet, bars: MultiProgress::with_draw_target(target) }
    }

    /// Takes the bars away while a line is written that stays.
    fn say(&self, text: &str) {
        self.bars.suspend(|| talk(text));
    }

    /// Lines of a log, which stay while bars move below them.
    pub fn lines(&self) -> Lines {
        Lines(self.bars.clone())
    }

    /// Columns that a table may take: the terminal's, or 100 where stdout is none.
    pub fn width(&self) -> u16 {
        self.columns().unwrap_or(100)
    }

    /// The terminal's columns; nothing where stdout is none.
    pub fn columns(&self) -> Option<u16> {
        let is_terminal = std::io::stdout().is_terminal();
        let size = is_terminal.then(|| rustix::termios::tcgetwinsize(std::io::stdout()).ok()).flatten();
        size.map(|size| size.ws_col.max(60))
    }

    /// Whether stdout may be coloured: a terminal, and a person who does not mind (no-color.org).
    pub fn colours(&self) -> bool {
        let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        std::io::stdout().is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
    }

    /// stdout: the command's result.
    #[allow(clippy::disallowed_macros, reason = "the door itself")]
    pub fn data(&self, text: &str) {
        // A closed pipe (`surtax variants | head`) is no failure.
        let mut out = std::io::stdout().lock();
        let _ = out.write_all(text.as_bytes());
        if !text.ends_with('\n') {
            let _ = out.write_all(b"\n");
        }
        let _ = out.flush();
    }
}

/// Writes whole lines to stderr, beside the bars.
#[derive(Clone)]
pub struct Lines(MultiProgress);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.suspend(|| talk(&String::from_utf8_lossy(bytes)));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// stderr, for `main`'s last words.
pub fn talk(text: &str) {
    // Nobody may be listening any more (`surtax provision 2>&1 | head`): that must not end the work, as `eprintln!` would.
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(text.trim_end_matches('\n')));
}

/// What a subject printed or a file is called may hold what moves the cursor, changes a terminal's title or turns the direction of text.
pub fn harmless(text: &str) -> String {
    let tame = |c: char| match c {
        '\n' | '\t' => c,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    };
    text.chars().map(tame).collect()
}

impl Reporter for Terminal {
    fn bar(&self, label: &str, total: Option<u64>, unit: Unit) -> Box<dyn Bar> {
        let bar = self.bars.add(total.map_or_else(ProgressBar::new_spinner, ProgressBar::new));
        let amounts = match unit {
            Unit::Bytes => "{bytes}/{total_bytes} {bytes_per_sec}",
            Unit::Items => "{pos}/{len}",
            Unit::Percent => "{percent:>3} %",
        };
        let template = match total {
            Some(_) => format!("{{prefix:>9}} [{{bar:20}}] {amounts}, {{eta}} left  {{wide_msg}}"),
            None => "{prefix:>9} {spinner} {elapsed}  {wide_msg}".to_owned(),
        };
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_prefix(label.to_owned());
        bar.enable_steady_tick(Duration::from_millis(200));
        Box::new(TerminalBar(bar))
    }

    fn step(&self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    fn warn(&self, text: &str) {
        self.say(&format!("warning: {text}"));
    }
}

struct TerminalBar(ProgressBar);

impl Bar for TerminalBar {
    fn advance(&self, amount: u64) {
        self.0.inc(amount);
    }

    fn set_total(&self, total: u64) {
        self.0.set_length(total);
    }

    fn message(&self, text: &str) {
        self.0.set_message(harmless(text));
    }

    fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl Drop for TerminalBar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Says nothing: for tests and for work that another step reports.
pub struct Silent;

impl Reporter for Silent {
    fn bar(&self, _: &str, _: Option<u64>, _: Unit) -> Box<dyn Bar> {
        Box::new(Self)
    }

    fn step(&self, _: &str) {}

    fn warn(&self, _: &str) {}
}

impl Bar for Silent {
    fn advance(&self, _: u64) {}
    fn set_total(&self, _: u64) {}
    fn message(&self, _: &str) {}
    fn finish(&self) {}
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_that_is_said_commands_the_terminal() {
        assert_eq!(
            harmless("a\tb\n\u{1b}[31mred\u{1b}]0;title\u{7}\r\u{202e}\0"),
            "a\tb\n\u{fffd}[31mred\u{fffd}]0;title\u{fffd}\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
