//! What lies elsewhere is fetched once: a URL, and a kustomization with remote parts.
//!
//! kubectl itself fetches, so that proxies, certificates and redirects are its own, and it gets the very bytes: `get --raw` prints
//! what a server answers, and its server is a listener of ours that leads on to the URL. Source: `readHttpWithRetries` of
//! `k8s.io/cli-runtime/pkg/resource/visitor.go`.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use super::Input;
use crate::error::system_words;
use crate::kubectl::copies::{self, Named};
use crate::kubectl::program::{Captured, Program, Reach};
use crate::unknown::Why;

/// kubectl asks so often.
const ATTEMPTS: usize = 3;

/// And waits so long in between.
const PAUSE: Duration = Duration::from_secs(1);

/// Answers that will be the same again.
const FINAL: [&str; 5] = [
    "(BadRequest)",
    "(Forbidden)",
    "(MethodNotAllowed)",
    "(NotFound)",
    "(Unauthorized)",
];

/// The copy of what is behind a URL.
pub(super) fn url(url: &str, input: &Input<'_>, patience: Duration) -> Result<PathBuf, Why> {
    if let Some(path) = copies::find(Named::Filename, url) {
        return Ok(path);
    }
    let kubectl = input.kubectl.ok_or(Why::OnlyKubectl)?;
    // Go refuses such a URL, and in an answer of ours it would be more than an address.
    if url.chars().any(char::is_control) {
        return Err(Why::KubectlFailed(String::new()));
    }
    let began = Instant::now();
    let mut attempt = 1;
    loop {
        let left = patience.saturating_sub(began.elapsed());
        let answer = get(url, kubectl, left)?;
        if answer.is_complete {
            return keep(Named::Filename, url, &answer.stdout);
        }
        let said = answer.complaint();
        let is_final = FINAL.iter().any(|reason| said.contains(reason));
        let time_is_up = patience <= began.elapsed() + PAUSE;
        if is_final || time_is_up || attempt == ATTEMPTS {
            return Err(Why::KubectlFailed(said));
        }
        thread::sleep(PAUSE);
        attempt += 1;
    }
}

/// The copy of what a kustomization comes to, or what kubectl said of it.
pub(super) fn kustomization(
    folder: &str,
    input: &Input<'_>,
    patience: Duration,
) -> Result<Result<PathBuf, String>, Why> {
    if let Some(path) = copies::find(Named::Kustomize, folder) {
        return Ok(Ok(path));
    }
    let kubectl = input.kubectl.ok_or(Why::OnlyKubectl)?;
    let words = ["kustomize", "--", folder].map(Into::into);
    let built = kubectl.capture(&words, None, Reach::Local(patience))?;
    if built.is_complete {
        keep(Named::Kustomize, folder, &built.stdout).map(Ok)
    } else {
        Ok(Err(String::from_utf8_lossy(&built.stderr).into_owned()))
    }
}

fn keep(named: Named, name: &str, bytes: &[u8]) -> Result<PathBuf, Why> {
    copies::keep(named, name, bytes).map_err(|error| Why::System(system_words(&error)))
}

/// One request for a URL, as kubectl makes it.
fn get(url: &str, kubectl: &Program, patience: Duration) -> Result<Captured, Why> {
    let failed = |error: io::Error| Why::System(system_words(&error));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
    let server = listener.local_addr().map_err(failed)?;
    thread::scope(|scope| {
        let guide = scope.spawn(move || {
            // One visitor: kubectl, or ourselves when it has ended without.
            if let Ok((visitor, _)) = listener.accept() {
                lead_on(visitor, url);
            }
        });
        let words = [
            "get".into(),
            "--raw=/".into(),
            format!("--server=http://{server}").into(),
        ];
        let answer = kubectl.capture(&words, None, Reach::Local(patience));
        if !guide.is_finished() {
            drop(TcpStream::connect(server));
        }
        answer.map_err(|why| Why::from(&why))
    })
}

/// Tells a visitor where to go.
fn lead_on(mut visitor: TcpStream, url: &str) {
    let mut request = [0; 4096];
    let answer = format!(
        "HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    // Whoever goes away without an answer has none; kubectl says so.
    let _ = visitor
        .set_read_timeout(Some(PAUSE))
        .and_then(|()| visitor.read(&mut request))
        .and_then(|_| visitor.write_all(answer.as_bytes()));
}
