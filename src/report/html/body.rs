//! From the report's Markdown to HTML, so that no sentence and no table is written twice: sections by their headings, tables with captions
//! and scopes, pictures as SVG inside the page. Markup in the data stays text.

use std::collections::BTreeMap;

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::report::format::{self, xml};
use crate::report::plots::embedded;
use crate::stats::Verdict;

/// Sections as HTML, and what a table of contents needs of them.
pub(super) struct Body {
    pub(super) html: String,
    /// Anchor and name (HTML) of each section.
    pub(super) contents: Vec<(String, String)>,
}

/// Everything in Markdown below headings of the second level. `plots` by their names, as the links to them name them.
pub(super) fn sections(markdown: &str, plots: &BTreeMap<&str, &str>) -> Body {
    let mut writer = Writer::new(plots);
    writer.write(markdown);
    if writer.in_section {
        writer.html += "</section>\n";
    }
    Body { html: writer.html, contents: writer.contents }
}

/// Paragraphs and lists without sections.
pub(super) fn fragment(markdown: &str, plots: &BTreeMap<&str, &str>) -> String {
    let mut writer = Writer::new(plots);
    writer.write(markdown);
    writer.html
}

/// One line, without the paragraph around it.
pub(super) fn inline(markdown: &str) -> String {
    let html = fragment(markdown, &BTreeMap::new());
    html.trim_end().trim_start_matches("<p>").trim_end_matches("</p>").to_owned()
}

/// Where the picture of that name stands in the page; safe as an id.
pub(super) fn anchor(plot: &str) -> String {
    format!("plot-{}", plot.trim_end_matches(".svg"))
}

/// A picture with its caption (HTML), in a box of its own that scrolls where the page is narrow.
pub(super) fn figure(name: &str, svg: &str, caption: &str) -> String {
    let id = anchor(name);
    // Its tints are made for a white ground.
    let paper = if name == "opcodes.svg" { " paper" } else { "" };
    format!(
        "<figure class=\"plot{paper}\" id=\"{id}\">\n<figcaption id=\"{id}-caption\">{caption}</figcaption>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{id}-caption\">\n{}</div>\n</figure>\n",
        embedded(svg, &id)
    )
}

struct Writer<'a> {
    html: String,
    contents: Vec<(String, String)>,
    plots: &'a BTreeMap<&'a str, &'a str>,
    in_section: bool,
    /// Where the heading that is being written began, and its plain text.
    heading: (usize, String),
    /// Plain text of the last heading, and how many tables stood below it.
    below: (String, usize),
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Where the cell that is being written began, and its plain text.
    cell: (usize, String),
    /// Destination and alternative text of the picture that is being read.
    picture: Option<(String, String)>,
}

impl<'a> Writer<'a> {
    fn new(plots: &'a BTreeMap<&'a str, &'a str>) -> Self {
        Self {
            html: String::new(),
            contents: Vec::new(),
            plots,
            in_section: false,
            heading: (0, String::new()),
            below: (String::new(), 0),
            columns: Vec::new(),
            column: 0,
            in_head: false,
            cell: (0, String::new()),
            picture: None,
        }
    }

    fn write(&mut self, markdown: &str) {
        for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
            match event {
                Event::Start(tag) => self.start(tag),
                Event::End(tag) => self.end(tag),
                Event::Code(code) => self.text(&code, true),
                Event::SoftBreak => self.text("\n", false),
                Event::HardBreak => self.html += "<br>\n",
                Event::Rule => self.html += "<hr>\n",
                // Markup in the data is text like any other.
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, false),
                // Extensions that are not asked for.
                _ => {}
            }
        }
    }

    fn text(&mut self, text: &str, code: bool) {
        self.heading.1 += text;
        self.cell.1 += text;
        if let Some((_, alternative)) = &mut self.picture {
            alternative.push_str(text);
            return;
        }
        // Line feeds are the page's own.
        let escaped = text.split('\n').map(xml).collect::<Vec<_>>().join("\n");
        self.html += &if code { format!("<code>{escaped}</code>") } else { escaped };
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Heading { level, .. } => {
                if level <= HeadingLevel::H2 && std::mem::replace(&mut self.in_section, false) {
                    self.html += "</section>\n";
                }
                self.heading = (self.html.len(), String::new());
            }
            Tag::Paragraph => self.html += "<p>",
            Tag::List(_) => self.html += "<ul>\n",
            Tag::Item => self.html += "<li>",
            Tag::CodeBlock(_) => self.html += "<pre tabindex=\"0\"><code>",
            Tag::Emphasis => self.html += "<em>",
            Tag::Strong => self.html += "<strong>",
            Tag::Link { dest_url, .. } => self.html += &self.link(&dest_url),
            Tag::Image { dest_url, .. } => self.picture = Some((dest_url.into_string(), String::new())),
            Tag::Table(columns) => self.table(columns),
            Tag::TableHead => {
                (self.in_head, self.column) = (true, 0);
                self.html += "<thead><tr>";
            }
            Tag::TableRow => {
                self.column = 0;
                self.html += "<tr>";
            }
            Tag::TableCell => self.cell = (self.html.len(), String::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.headed(level),
            // Of a picture's paragraph nothing is left.
            TagEnd::Paragraph if self.html.ends_with("<p>") => self.html.truncate(self.html.len() - "<p>".len()),
            TagEnd::Paragraph => self.html += "</p>\n",
            TagEnd::List(_) => self.html += "</ul>\n",
            TagEnd::Item => self.html += "</li>\n",
            TagEnd::CodeBlock => self.html += "</code></pre>\n",
            TagEnd::Emphasis => self.html += "</em>",
            TagEnd::Strong => self.html += "</strong>",
            TagEnd::Link => self.html += "</a>",
            TagEnd::Image => self.pictured(),
            TagEnd::Table => self.html += "</tbody>\n</table>\n</div>\n",
            TagEnd::TableHead => {
                self.in_head = false;
                self.html += "</tr></thead>\n<tbody>\n";
            }
            TagEnd::TableRow => self.html += "</tr>\n",
            TagEnd::TableCell => self.celled(),
            _ => {}
        }
    }

    fn headed(&mut self, level: HeadingLevel) {
        let (from, plain) = std::mem::take(&mut self.heading);
        let inner = self.html.split_off(from);
        if level <= HeadingLevel::H2 {
            let id = self.fresh(&plain);
            self.html += &format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{inner}</h2>\n");
            self.in_section = true;
            self.contents.push((id, inner));
        } else {
            let level = if level == HeadingLevel::H3 { 3 } else { 4 };
            self.html += &format!("<h{level}>{inner}</h{level}>\n");
        }
        self.below = (plain, 0);
    }

    /// `what-differs`, and with a number where that is taken.
    fn fresh(&self, name: &str) -> String {
        let slug = slug(name);
        let taken = self.contents.iter().filter(|(id, _)| id.trim_end_matches(|c: char| c.is_ascii_digit()) == slug).count();
        if taken == 0 { slug } else { format!("{slug}{}", taken + 1) }
    }

    fn table(&mut self, columns: Vec<Alignment>) {
        self.columns = columns;
        self.below.1 += 1;
        let number = if self.below.1 > 1 { format!(", table {}", self.below.1) } else { String::new() };
        self.html += &table_opening(&format!("{}{number}", xml(&self.below.0)));
    }

    fn celled(&mut self) {
        let (from, plain) = std::mem::take(&mut self.cell);
        let inner = self.html.split_off(from);
        let class = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"number\"",
            _ if is_long(&plain) => " class=\"long\"",
            _ => "",
        };
        self.html += &match (self.in_head, self.column) {
            (true, _) => format!("<th scope=\"col\"{class}>{inner}</th>"),
            (false, 0) => format!("<th scope=\"row\"{class}>{inner}</th>"),
            _ => format!("<td{class}>{}</td>", judged(&plain, inner)),
        };
        self.column += 1;
    }

    /// Of links, those to a plot lead to it within the page; a report has no others.
    fn link(&self, destination: &str) -> String {
        format!("<a href=\"#{}\">", destination.strip_prefix("plots/").map_or_else(|| slug(destination), anchor))
    }

    fn pictured(&mut self) {
        let Some((destination, alternative)) = self.picture.take() else { return };
        let name = destination.trim_start_matches("plots/");
        if let Some(svg) = self.plots.get(name) {
            // A figure is no part of a paragraph.
            if self.html.ends_with("<p>") {
                self.html.truncate(self.html.len() - "<p>".len());
            }
            self.html += &figure(name, svg, &xml(&alternative));
            self.html += "<p>";
        }
    }
}

/// A table in a box of its own that scrolls; `caption` is HTML.
pub(super) fn table_opening(caption: &str) -> String {
    format!("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{caption}\">\n<table>\n<caption>{caption}</caption>\n")
}

/// What would make a column too wide for one line; `plain` may be HTML with little markup.
pub(super) fn is_long(plain: &str) -> bool {
    plain.chars().count() > 48
}

/// A verdict takes its colour beside its word.
pub(super) fn judged(plain: &str, html: String) -> String {
    let is = |verdict| plain.split([':', ' ']).next() == Some(format::verdict(verdict));
    match () {
        () if is(Verdict::Slower) => format!("<span class=\"slower\">{html}</span>"),
        () if is(Verdict::Faster) => format!("<span class=\"faster\">{html}</span>"),
        () => html,
    }
}

fn slug(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(60).collect();
    let words: Vec<&str> = plain.split('-').filter(|word| !word.is_empty()).collect();
    format!("s-{}", words.join("-"))
}
