//! A file below a mirror whose hash a signed index names: from the store, else from the first mirror that has it.

use super::ProvisionError;
use crate::fetch::{FetchError, Fetched, Fetcher, Wanted};
use crate::store::Store;
use crate::ui::Bar;

#[derive(Clone, Copy)]
pub(super) struct Pool<'a> {
    pub(super) store: &'a Store,
    /// Tried in order for each file.
    pub(super) mirrors: &'a [String],
    /// `None`: from the store alone.
    pub(super) fetcher: Option<&'a Fetcher>,
}

impl Pool<'_> {
    /// The verified blob, or the reason why no place has it.
    pub(super) fn obtain(&self, filename: &str, wanted: &Wanted, bar: &dyn Bar) -> Result<Result<Fetched, String>, ProvisionError> {
        if let Some(path) = Fetcher::stored(self.store, wanted)? {
            bar.advance(wanted.size);
            return Ok(Ok(Fetched { path, downloaded: 0 }));
        }
        let Some(fetcher) = self.fetcher else { return Ok(Err("not in the store".into())) };
        let mut failures: Vec<FetchError> = Vec::new();
        for mirror in self.mirrors {
            match fetcher.blob(self.store, &url(mirror, filename), wanted, &|bytes| bar.advance(bytes)) {
                Ok(fetched) => return Ok(Ok(fetched)),
                Err(error) if error.is_the_mirrors_fault() => failures.push(error),
                Err(error) => return Err(error.into()),
            }
        }
        // A mirror that has it and gives something else, or breaks off, says more than those that never had it.
        match failures.iter().position(|error| !error.is_absent()) {
            Some(at) => Err(failures.swap_remove(at).into()),
            None if self.mirrors.is_empty() => Ok(Err("no mirror is known".into())),
            None if failures.len() == 1 => Ok(Err(failures.swap_remove(0).to_string())),
            None => Ok(Err(format!("none of {} mirrors has {filename}", failures.len()))),
        }
    }
}

/// `+` and `~` stay; some servers take a bare `%` or space for something else.
fn url(mirror: &str, filename: &str) -> String {
    let mut url = format!("{mirror}/");
    for byte in filename.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'/' | b'.' | b'_' | b'-' | b'~' => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}
