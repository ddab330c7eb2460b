//! A real Chromium without a window, driven by its own driver over the WebDriver protocol (W3C, WebDriver 2): requests of JSON over loopback.
//! For the handful of commands that these tests need, a client crate would bring thirty more into the lock file.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::needs;

/// For one command; a machine that is busy may take its time to start a browser.
const PATIENCE: Duration = Duration::from_secs(90);

pub(crate) struct Browser {
    driver: Child,
    client: reqwest::blocking::Client,
    session: String,
    /// Where the browser keeps what it keeps.
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Nothing, said as `skipped`, where Chromium or its driver is missing.
    pub(crate) fn start() -> Option<Self> {
        static PROVIDER: Once = Once::new();
        let (driver, chromium) = (needs::tool("chromedriver")?, needs::any_tool(&["chromium", "google-chrome"])?);
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        let client = reqwest::blocking::Client::builder().no_proxy().timeout(PATIENCE).build().expect("a client");
        let profile = tempfile::tempdir().expect("a folder");
        // It chooses a port that is free, on loopback alone, and names it.
        let driver =
            Command::new(driver).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("chromedriver starts");
        let mut browser = Self { driver, client, session: String::new(), _profile: profile };
        let base = format!("http://127.0.0.1:{}/session", browser.port());
        let folder = format!("--user-data-dir={}", browser._profile.path().display());
        // As root there is no sandbox to be had; what is shown was written by the test itself.
        let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1280,900", &folder];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": chromium, "args": arguments},
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let session = browser.post(&base, &wanted);
        browser.session = format!("{base}/{}", session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    fn port(&mut self) -> u16 {
        let output = self.driver.stdout.take().expect("its output");
        let (said, heard) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end, so that it never writes into a closed pipe.
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if let Some((_, port)) = line.split_once("successfully on port ") {
                    let _ = said.send(port.trim_end_matches('.').parse::<u16>());
                }
            }
        });
        heard.recv_timeout(PATIENCE).expect("chromedriver names its port").expect("a port")
    }

    fn post(&self, address: &str, body: &Value) -> Value {
        let response = self.client.post(address).header("Content-Type", "application/json").body(body.to_string()).send();
        let text = response.and_then(reqwest::blocking::Response::text).unwrap_or_else(|error| panic!("{address}: {error}"));
        let mut answer: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{address}: {error}: {text}"));
        assert!(answer["value"].get("error").is_none_or(Value::is_null), "{address}: {}", answer["value"]["message"]);
        answer["value"].take()
    }

    fn command(&self, name: &str, body: &Value) -> Value {
        self.post(&format!("{}/{name}", self.session), body)
    }

    /// A file on this machine, without any server.
    pub(crate) fn open(&self, page: &Path) {
        self.command("url", &json!({"url": format!("file://{}", page.display())}));
    }

    /// What the body of a function returns.
    pub(crate) fn script(&self, body: &str) -> Value {
        self.command("execute/sync", &json!({"script": body, "args": []}))
    }

    pub(crate) fn text(&self, body: &str) -> String {
        self.script(body).as_str().unwrap_or_else(|| panic!("no text: {body}")).to_owned()
    }

    /// A command of the browser's own protocol.
    pub(crate) fn devtools(&self, name: &str, parameters: Value) {
        self.command("goog/cdp/execute", &json!({"cmd": name, "params": parameters}));
    }

    /// Presses and releases each key, wherever the focus is; special keys by WebDriver's code points.
    pub(crate) fn press(&self, keys: &str) {
        let strokes = keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({"type": kind, "value": key.to_string()})));
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes.collect::<Vec<_>>()}]});
        self.command("actions", &actions);
    }

    /// Moves the pointer to the middle of the element.
    pub(crate) fn point_at(&self, selector: &str) {
        let place = self.script(&format!(
            "const mark = document.querySelector({selector:?}); mark.scrollIntoView({{block: 'center', behavior: 'instant'}});
             const box = mark.getBoundingClientRect(); return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)];"
        ));
        let moved = json!({"type": "pointerMove", "duration": 0, "x": place[0], "y": place[1]});
        self.command("actions", &json!({"actions": [{"type": "pointer", "id": "mouse", "actions": [moved]}]}));
    }

    /// What the page or the browser complained of since the last time it was asked.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let entries = self.command("se/log", &json!({"type": "browser"}));
        entries.as_array().into_iter().flatten().map(|entry| entry["message"].to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // The driver ends the browser that it started.
            let _ = self.client.delete(&self.session).timeout(Duration::from_secs(20)).send();
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
