//! Server processes that never outlive the test process, however it ends.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Reads lines of process ids, of which the last one counts. At the end of its input, which comes even when
/// the test process is killed, it kills them and removes the folder.
const WATCHDOG: &str = r#"
trap '' INT TERM HUP
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -9 $pids
until rm -rf "$1"; do sleep 0.1; done
"#;

/// Some servers and the folder with their files; dropping it ends them and removes the folder.
#[derive(Debug)]
pub struct Processes {
    folder: PathBuf,
    servers: Vec<Server>,
    watchdog: Child,
    /// `None` only while dropping: closing it is the signal.
    leash: Option<ChildStdin>,
}

#[derive(Debug)]
struct Server {
    name: &'static str,
    log: PathBuf,
    child: Child,
}

impl Processes {
    pub fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("kubectl-safe-")
            .tempdir()?
            .keep();
        let mut watchdog = Command::new("sh")
            .args(["-c", WATCHDOG, "watchdog"])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Out of reach of a terminal's Ctrl-C, as the servers are.
            .process_group(0)
            .spawn()?;
        let leash = watchdog.stdin.take();
        Ok(Self {
            folder,
            servers: Vec::new(),
            watchdog,
            leash,
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a server; its output goes to `NAME.log` in the folder.
    pub fn start(&mut self, name: &'static str, command: &mut Command) -> io::Result<()> {
        let log = self.folder.join(format!("{name}.log"));
        let output = File::create(&log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()?;
        self.servers.push(Server { name, log, child });
        self.tell_watchdog()
    }

    /// Kills the server of this name, if there is one.
    pub fn stop(&mut self, name: &str) -> io::Result<()> {
        let Some(place) = self.servers.iter().position(|server| server.name == name) else {
            return Ok(());
        };
        let mut server = self.servers.remove(place);
        server.child.kill()?;
        // Before it is awaited, for from then on its id may be another's.
        self.tell_watchdog()?;
        server.child.wait()?;
        Ok(())
    }

    fn tell_watchdog(&mut self) -> io::Result<()> {
        let ids: Vec<String> = self
            .servers
            .iter()
            .map(|server| server.child.id().to_string())
            .collect();
        match &mut self.leash {
            Some(leash) => writeln!(leash, "{}", ids.join(" ")),
            None => Ok(()),
        }
    }

    /// Says which server has ended by itself.
    pub fn check(&mut self) -> Result<(), String> {
        for server in &mut self.servers {
            if let Ok(Some(status)) = server.child.try_wait() {
                return Err(format!("{} ended ({status})", server.name));
            }
        }
        Ok(())
    }

    /// The ends of all logs, to be read after a failure.
    pub fn logs(&self) -> String {
        let ends = self
            .servers
            .iter()
            .map(|server| format!("{}:\n{}\n", server.name, end_of(&server.log)));
        ends.collect::<Vec<_>>().concat()
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        // The watchdog goes first and the servers are awaited last: until then their ids cannot be reused.
        self.leash = None;
        let _ = self.watchdog.wait();
        for server in &mut self.servers {
            let _ = server.child.wait();
        }
    }
}

fn end_of(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}
