//! The paragraphs of control files: `Field: value`, continued by lines that begin with white space.

/// One paragraph, fields in their order.
#[derive(Debug, Default, Clone)]
pub(super) struct Paragraph<'a>(Vec<(&'a str, String)>);

impl<'a> Paragraph<'a> {
    /// The value; the lines of a long one are separated by line feeds and keep no leading space.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn words(&self, name: &str) -> Vec<String> {
        self.get(name).unwrap_or_default().split_whitespace().map(str::to_owned).collect()
    }
}

/// Lines that are no field are passed over, as apt does.
pub(super) fn paragraphs(text: &str) -> Vec<Paragraph<'_>> {
    let mut all = Vec::new();
    let mut current = Paragraph::default();
    for line in text.lines() {
        if line.trim().is_empty() {
            if !current.0.is_empty() {
                all.push(std::mem::take(&mut current));
            }
        } else if line.starts_with('#') {
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = current.0.last_mut() {
                value.push('\n');
                value.push_str(line.trim());
            }
        } else if let Some((field, value)) = line.split_once(':') {
            current.0.push((field.trim(), value.trim().to_owned()));
        }
    }
    if !current.0.is_empty() {
        all.push(current);
    }
    all
}
