//! Proxy variables are honoured, except for this machine's own servers.

use std::time::Duration;

use surtax::fetch::{Fetcher, Patience};

use crate::world::{Fault, Server};

const CHILD: &str = "SURTAX_TEST_PROXY_CHILD";

/// The child of the test below: environment variables belong to a whole process.
#[test]
fn child() {
    let Some(url) = std::env::var_os(CHILD) else { return };
    let fetcher = Fetcher::new(Patience { attempts: 1, first_pause: Duration::ZERO }).expect("a fetcher");
    let failure = fetcher.bytes(url.to_str().expect("text"), 100).expect_err("there is nothing");
    surtax::ui::talk(&failure.to_string());
}

fn asked_through_proxy(url: &str, proxy: &str) -> String {
    let this = std::env::current_exe().expect("this program");
    let mut command = assert_cmd::Command::new(this);
    command
        .args(["--exact", "proxy::child", "--nocapture"])
        .env(CHILD, url)
        .env("http_proxy", proxy)
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    String::from_utf8(command.output().expect("ran").stderr).expect("text")
}

#[test]
fn a_proxy_is_taken_from_the_environment_but_not_for_the_loopback() {
    let proxy = Server::start();
    proxy.fault("", Fault::Status(418));
    let address = proxy.url().replace("/mirror", "");
    // A proxy is asked with the whole URL; the name need not exist.
    let said = asked_through_proxy("http://mirror.invalid/mirror/file", &address);
    assert!(said.contains("the server says"), "{said}");
    let said = asked_through_proxy(&format!("{address}/mirror/file"), "http://127.0.0.1:9");
    assert!(said.contains("the server says"), "{said}");
}
