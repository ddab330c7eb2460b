//! A sheet to draw on: the few shapes that the plots need, every text escaped.

use std::fmt::Write as _;

use crate::report::format;

/// White whatever the page around it is: ink on an unknown ground could vanish.
pub(super) const GROUND: &str = "#ffffff";
pub(super) const INK: &str = "#1a1a1a";
pub(super) const FAINT: &str = "#595959";
pub(super) const GRID: &str = "#d9d9d9";
pub(super) const BAND: &str = "#e8e4d8";

/// Colours that stay apart for colour-blind readers (Okabe & Ito, "Color universal design", 2008), the light ones left
/// out; each goes with a shape, so that colour carries nothing alone.
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#00795b", "#a3447c", "#5c4a00", "#333399"];

/// The same hues, light enough for a dark ground.
const IN_THE_DARK: [&str; 6] = ["#56b4e9", "#ff9147", "#34c79c", "#e394c4", "#d6bb52", "#a3a3ff"];

pub(super) fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) struct Sheet {
    width: f64,
    height: f64,
    body: String,
}

impl Sheet {
    pub(super) fn new(width: f64, height: f64) -> Self {
        Self { width, height, body: String::new() }
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str, width: f64) {
        let _ = writeln!(
            self.body,
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}" stroke-width="{width}"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    pub(super) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let _ = writeln!(
            self.body,
            r#"<line x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}" stroke="{colour}" stroke-width="1" stroke-dasharray="3 3"/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    pub(super) fn path(&mut self, points: &[(f64, f64)], colour: &str) {
        let points: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(self.body, r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="1.6"/>"#, points.join(" "));
    }

    pub(super) fn rectangle(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), colour: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{colour}"/>"#,
            width.max(0.0),
            height.max(0.0)
        );
    }

    /// A cell of a heat map: its ground, and its text in `ink`; `tip` is shown when pointed at.
    pub(super) fn cell(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), (ground, ink): (&str, &str), text: &str, tip: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{ground}"><title>{}</title></rect>"#,
            format::xml(tip)
        );
        self.text((x + width / 2.0, y + height / 2.0 + 4.0), Anchor::Middle, 11.0, ink, text);
    }

    /// Leaning to the right, up from its start: the name of a narrow column.
    pub(super) fn slanted(&mut self, (x, y): (f64, f64), size: f64, colour: &str, text: &str) {
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" transform="rotate(-45 {x:.1} {y:.1})" font-size="{size}" fill="{colour}">{}</text>"#,
            format::xml(text)
        );
    }

    /// Dots of one look, each with its tip, shown when pointed at.
    pub(super) fn dots(&mut self, colour: &str, opacity: f64, dots: impl IntoIterator<Item = ((f64, f64), String)>) {
        let _ = writeln!(self.body, r#"<g fill="{colour}" fill-opacity="{opacity}">"#);
        for ((x, y), tip) in dots {
            let _ = writeln!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="3"><title>{}</title></circle>"#, format::xml(&tip));
        }
        self.body += "</g>\n";
    }

    /// Around a point that matters; its tip, shown when pointed at, is `tip`.
    pub(super) fn ring(&mut self, at: (f64, f64), colour: &str, tip: &str) {
        let _ = writeln!(
            self.body,
            r#"<circle cx="{:.1}" cy="{:.1}" r="6.5" fill="none" stroke="{colour}" stroke-width="1.6"><title>{}</title></circle>"#,
            at.0,
            at.1,
            format::xml(tip)
        );
    }

    /// A shaded range between two places, with its tip.
    pub(super) fn band(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), tip: &str) {
        let _ = writeln!(
            self.body,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{:.1}" height="{:.1}" fill="{BAND}"><title>{}</title></rect>"#,
            width.max(0.0),
            height.max(0.0),
            format::xml(tip)
        );
    }

    /// The shape of the `index`-th subject: circle, square, triangle or diamond.
    pub(super) fn mark(&mut self, index: usize, (x, y): (f64, f64), colour: &str, tip: &str) {
        let corners: &[(f64, f64)] = match index % 4 {
            0 => return self.round_mark((x, y), colour, tip),
            1 => &[(-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)],
            2 => &[(0.0, -4.8), (4.6, 3.6), (-4.6, 3.6)],
            _ => &[(0.0, -5.2), (5.2, 0.0), (0.0, 5.2), (-5.2, 0.0)],
        };
        let points: Vec<String> = corners.iter().map(|(dx, dy)| format!("{:.1},{:.1}", x + dx, y + dy)).collect();
        let _ =
            writeln!(self.body, r#"<polygon points="{}" fill="{colour}"><title>{}</title></polygon>"#, points.join(" "), format::xml(tip));
    }

    fn round_mark(&mut self, (x, y): (f64, f64), colour: &str, tip: &str) {
        let _ =
            writeln!(self.body, r#"<circle cx="{x:.1}" cy="{y:.1}" r="4.2" fill="{colour}"><title>{}</title></circle>"#, format::xml(tip));
    }

    pub(super) fn text(&mut self, at: (f64, f64), anchor: Anchor, size: f64, colour: &str, text: &str) {
        self.styled(at, anchor, size, colour, "", text);
    }

    pub(super) fn bold(&mut self, at: (f64, f64), size: f64, text: &str) {
        self.styled(at, Anchor::Start, size, INK, r#" font-weight="600""#, text);
    }

    fn styled(&mut self, (x, y): (f64, f64), anchor: Anchor, size: f64, colour: &str, style: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{style}>{}</text>"#,
            format::xml(text)
        );
    }

    /// The whole document; `description` tells in words what the picture shows.
    pub(super) fn finish(self, title: &str, description: &str) -> String {
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" {labelled} "#,
                r#"font-family="system-ui, 'DejaVu Sans', Verdana, sans-serif">"#,
                "\n{TITLE}{title}</title>\n{DESCRIPTION}{desc}</desc>\n",
                "<rect width=\"{w}\" height=\"{h}\" fill=\"{ground}\"/>\n{body}</svg>\n"
            ),
            w = self.width,
            h = self.height,
            ground = GROUND,
            labelled = LABELLED,
            TITLE = TITLE,
            DESCRIPTION = DESCRIPTION,
            title = format::xml(title),
            desc = format::xml(description),
            body = self.body
        )
    }
}

/// The picture as a part of an HTML page: its description has an id of its own, its title is the caption `{id}-caption`, since a title inside would
/// be shown wherever the pointer is.
pub(in crate::report) fn embedded(svg: &str, id: &str) -> String {
    let title = svg.find(TITLE).and_then(|from| Some((from, from + svg[from..].find("</title>\n")? + "</title>\n".len())));
    let (before, after) = title.map_or((svg, ""), |(from, to)| (&svg[..from], &svg[to..]));
    let labelled = format!(r#"aria-labelledby="{id}-caption" aria-describedby="{id}-desc""#);
    before.replacen(LABELLED, &labelled, 1) + &after.replacen(DESCRIPTION, &format!(r#"<desc id="{id}-desc">"#), 1)
}

const LABELLED: &str = r#"aria-labelledby="title desc""#;
const TITLE: &str = r#"<title id="title">"#;
const DESCRIPTION: &str = r#"<desc id="desc">"#;

/// CSS by which a picture inside `scope` takes the page's colours, light or dark, from the variables `--card`, `--text`, `--faint`, `--line` and `--band`.
pub(in crate::report) fn in_page_colours(scope: &str) -> String {
    let variables = [(GROUND, "card"), (INK, "text"), (FAINT, "faint"), (GRID, "line"), (BAND, "band")];
    let of_page = variables.map(|(colour, variable)| (colour, format!("var(--{variable})")));
    let of_subjects = COLOURS.iter().zip(IN_THE_DARK).map(|(&colour, dark)| (colour, format!("light-dark({colour}, {dark})")));
    of_page
        .into_iter()
        .chain(of_subjects)
        .flat_map(|(colour, value)| ["fill", "stroke"].map(|part| format!("{scope} [{part}=\"{colour}\"] {{ {part}: {value}; }}\n")))
        .collect()
}

/// As much of `text` as fits into `width` pixels, by a generous guess at its glyphs' widths.
pub(super) fn fit(text: &str, width: f64, size: f64) -> String {
    let text = format::plain(text);
    let glyph = |c: char| if c.is_ascii() { 0.6 * size } else { 1.05 * size };
    if text.chars().map(glyph).sum::<f64>() <= width {
        return text;
    }
    let mut used = 1.05 * size;
    let kept = text.chars().take_while(|&c| {
        used += glyph(c);
        used <= width
    });
    kept.chain(['…']).collect()
}
