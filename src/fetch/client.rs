//! One place a URL can be read from: HTTP with proxies and retries, or the file system.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Once};
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_RANGE, RANGE};

use super::error::{FetchError, Why};
use crate::digest::Checksum;
use crate::interrupt;

/// How often a download that may pass is tried, and how long the first pause is; each next one is four times longer.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    pub attempts: u32,
    pub first_pause: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { attempts: 4, first_pause: Duration::from_millis(150) }
    }
}

/// Reads URLs. Cheap to share between threads, not to make: make one per command.
pub struct Fetcher {
    proxied: Client,
    /// For this machine's own servers, which no proxy could reach.
    direct: Client,
    pub(super) patience: Patience,
    /// Who downloads which content: two indexes may be equal, and would write the same partial file.
    turns: Mutex<HashMap<Checksum, Arc<Mutex<()>>>>,
}

/// What a URL gives, from some byte on.
pub(super) struct Body {
    pub(super) reader: Box<dyn Read>,
    /// Where `reader` begins; a server may ignore that the start is here already.
    pub(super) start: u64,
    /// Where the whole ends, if the server says so.
    pub(super) end: Option<u64>,
}

impl Body {
    fn of(response: Response, start: u64) -> Self {
        Self { start, end: response.content_length().map(|length| start + length), reader: Box::new(response) }
    }
}

impl Fetcher {
    pub fn new(patience: Patience) -> Result<Self, FetchError> {
        static PROVIDER: Once = Once::new();
        // An error only says that one is installed already.
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let builder = || {
            Client::builder()
                .user_agent(concat!("surtax/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(Duration::from_secs(20))
                // Of each wait for bytes, not of the whole body: a slow line is no failure, a silent one is.
                .timeout(Duration::from_secs(30))
                .tcp_keepalive(Duration::from_secs(20))
        };
        let made = |client: reqwest::Result<Client>| client.map_err(|error| FetchError::Client(chain(&error)));
        Ok(Self { proxied: made(builder().build())?, direct: made(builder().no_proxy().build())?, patience, turns: Mutex::default() })
    }

    /// The lock that a download of this content holds.
    pub(super) fn turn(&self, content: &Checksum) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(turns.entry(*content).or_default())
    }

    /// The whole of a small file, such as a signed index.
    pub fn bytes(&self, url: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
        self.with_retries(url, &mut || {
            let mut bytes = Vec::new();
            let body = self.open(url, 0)?;
            body.reader.take(limit + 1).read_to_end(&mut bytes).map_err(|error| why_read(&error))?;
            if bytes.len() as u64 > limit { Err(Why::TooLarge { wanted: limit }.into()) } else { Ok(bytes) }
        })
    }

    pub(super) fn with_retries<T>(&self, url: &str, attempt: &mut dyn FnMut() -> Result<T, Attempt>) -> Result<T, FetchError> {
        let mut pause = self.patience.first_pause;
        for left in (0..self.patience.attempts.max(1)).rev() {
            interrupt::check()?;
            match attempt() {
                Ok(value) => return Ok(value),
                Err(Attempt::Why(why)) if left > 0 && why.may_pass() => {
                    tracing::debug!(seconds = pause.as_secs_f64(), "trying {} again after a pause: {why}", shown(url));
                    sleep(pause)?;
                }
                Err(Attempt::Why(why)) => return Err(FetchError::Failed { url: shown(url), why }),
                Err(Attempt::Final(error)) => return Err(error),
            }
            pause *= 4;
        }
        Err(FetchError::Interrupted(interrupt::Interrupted))
    }

    pub(super) fn open(&self, url: &str, start: u64) -> Result<Body, Attempt> {
        if let Some(path) = file_path(url) {
            return open_file(&path, start);
        }
        let Ok(parsed) = reqwest::Url::parse(url) else { return Err(Attempt::Final(FetchError::NotAUrl { url: shown(url) })) };
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(Attempt::Final(FetchError::NotAUrl { url: shown(url) }));
        }
        let client = if is_loopback(&parsed) { &self.direct } else { &self.proxied };
        let mut request = client.get(parsed);
        if start > 0 {
            request = request.header(RANGE, format!("bytes={start}-"));
        }
        let response = request.send().map_err(|error| why_sent(&error))?;
        tracing::debug!(from = start, status = response.status().as_u16(), length = response.content_length(), "asked for {}", shown(url));
        match response.status().as_u16() {
            200 => Ok(Body::of(response, 0)),
            206 if range_start(&response) == Some(start) => Ok(Body::of(response, start)),
            // The partial file is as long as the whole, or longer: begin again.
            206 | 416 if start > 0 => self.open(url, 0),
            status => Err(Why::Status(status).into()),
        }
    }
}

/// Why one attempt ended, and whether the next is worth making.
pub(super) enum Attempt {
    Why(Why),
    Final(FetchError),
}

impl From<Why> for Attempt {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

/// Error messages and logs must not carry a password that is part of a mirror's URL.
pub(super) fn shown(url: &str) -> String {
    match reqwest::Url::parse(url) {
        Ok(mut parsed) if parsed.password().is_some() => {
            let _ = parsed.set_password(Some("***"));
            parsed.into()
        }
        _ => url.to_owned(),
    }
}

pub(super) fn file_path(url: &str) -> Option<PathBuf> {
    let parsed = reqwest::Url::parse(url).ok()?;
    if parsed.scheme() == "file" { parsed.to_file_path().ok() } else { None }
}

fn open_file(path: &std::path::Path, start: u64) -> Result<Body, Attempt> {
    let opened = File::open(path).and_then(|mut file| file.seek(SeekFrom::Start(start)).map(|_| file));
    match opened {
        Ok(file) => Ok(Body { end: file.metadata().ok().map(|data| data.len()), reader: Box::new(file), start }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Why::NoFile.into()),
        Err(error) => Err(Attempt::Why(Why::Broken(error.to_string()))),
    }
}

fn is_loopback(url: &reqwest::Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_matches(['[', ']']);
        host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

fn range_start(response: &Response) -> Option<u64> {
    let range = response.headers().get(CONTENT_RANGE)?.to_str().ok()?;
    range.strip_prefix("bytes ")?.split_once('-')?.0.parse().ok()
}

fn why_sent(error: &reqwest::Error) -> Attempt {
    let why = match () {
        () if error.is_timeout() => Why::TimedOut,
        () if error.is_connect() => Why::Connect(innermost(error)),
        () => Why::Broken(innermost(error)),
    };
    Attempt::Why(why)
}

pub(super) fn why_read(error: &io::Error) -> Why {
    if error.kind() == io::ErrorKind::TimedOut { Why::TimedOut } else { Why::Broken(innermost(error)) }
}

fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// In short steps, so that Ctrl-C is heard.
fn sleep(pause: Duration) -> Result<(), FetchError> {
    let end = std::time::Instant::now() + pause;
    while let Some(left) = end.checked_duration_since(std::time::Instant::now()).filter(|left| !left.is_zero()) {
        interrupt::check()?;
        std::thread::sleep(left.min(Duration::from_millis(50)));
    }
    Ok(())
}
