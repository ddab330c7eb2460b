//! What every page of surtax begins with: no outside resource, and a policy that lets no script run but its own.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::report::format::xml;

/// Palette, letters and tables, for light and dark.
pub(in crate::report) const BASE: &str = include_str!("base.css");

/// From the doctype to the body's opening tag. `script` is what the page will run, if anything: the policy names style and script by their
/// hashes, so that nothing else runs or is fetched, even if data were to break out of the text.
pub(in crate::report) fn opening(title: &str, style: &str, script: Option<&str>) -> String {
    let scripts = script.map_or("'none'".to_owned(), source);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {styles}; script-src {scripts}; img-src data:; \
         base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n",
        styles = source(style),
        title = xml(title),
    )
}

/// A hash source as a Content-Security-Policy names one (W3C, CSP Level 3, 2.3.1).
fn source(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}
