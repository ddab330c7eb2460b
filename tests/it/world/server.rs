//! An HTTP server on the loopback, with switches that make it misbehave.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub enum Fault {
    /// That status instead of the file.
    Status(u16),
    /// Promises the whole and sends so many bytes of it, always.
    Truncate(usize),
    /// The same, but only the first time.
    TruncateOnce(usize),
    /// As many bytes, others.
    WrongBytes,
    /// More bytes than there should be.
    Longer,
    /// Closes without a word.
    Drop,
}

#[derive(Default)]
struct State {
    files: HashMap<String, Vec<u8>>,
    faults: Vec<(String, Fault)>,
    requests: Vec<String>,
}

pub struct Server {
    port: u16,
    state: Arc<Mutex<State>>,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || answer(&stream, &shared));
            }
        });
        Self { port, state }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mirror", self.port)
    }

    pub fn set_files(&self, files: HashMap<String, Vec<u8>>) {
        self.state.lock().expect("state").files = files;
    }

    /// For every file whose path contains `part`.
    pub fn fault(&self, part: &str, fault: Fault) {
        self.state.lock().expect("state").faults.push((part.into(), fault));
    }

    pub fn heal(&self) {
        self.state.lock().expect("state").faults.clear();
    }

    /// `PATH` or `PATH@START` for a range.
    pub fn requests(&self) -> Vec<String> {
        self.state.lock().expect("state").requests.clone()
    }
}

fn answer(stream: &TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut lines = BufReader::new(stream).lines();
    let path = lines.next()?.ok()?.split(' ').nth(1)?.split_once("/mirror/")?.1.replace("%2B", "+").replace("%25", "%");
    let mut start = 0;
    for line in lines {
        let line = line.ok()?.to_lowercase();
        if let Some(range) = line.strip_prefix("range: bytes=") {
            start = range.trim_end_matches('-').parse().ok()?;
        }
        if line.is_empty() {
            break;
        }
    }
    let (file, fault) = {
        let mut state = state.lock().expect("state");
        state.requests.push(if start > 0 { format!("{path}@{start}") } else { path.clone() });
        let at = state.faults.iter().position(|(part, _)| path.contains(part.as_str()));
        let fault = at.map(|at| state.faults[at].1.clone());
        if let (Some(at), Some(Fault::TruncateOnce(_))) = (at, &fault) {
            state.faults.remove(at);
        }
        (state.files.get(&path).cloned(), fault)
    };
    respond(stream, file, start, fault.as_ref()).ok()
}

fn respond(mut stream: &TcpStream, file: Option<Vec<u8>>, start: usize, fault: Option<&Fault>) -> std::io::Result<()> {
    let Some(mut file) = file else { return write!(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") };
    let mut cut = usize::MAX;
    match fault {
        Some(Fault::Status(status)) => {
            return write!(stream, "HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        Some(Fault::Drop) => return Ok(()),
        Some(Fault::WrongBytes) => file.iter_mut().for_each(|byte| *byte ^= 0x55),
        Some(Fault::Longer) => file.extend([0; 4096]),
        Some(Fault::Truncate(bytes) | Fault::TruncateOnce(bytes)) => cut = *bytes,
        None => {}
    }
    let body = file.get(start..).unwrap_or_default();
    let status = if start > 0 {
        format!("206 Partial Content\r\nContent-Range: bytes {start}-{}/{}", file.len() - 1, file.len())
    } else {
        "200 OK".to_owned()
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body[..body.len().min(cut)])
}
