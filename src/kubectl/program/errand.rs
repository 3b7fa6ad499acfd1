//! A child that we start to hear what it prints: a kubectl that only reads, a credential plugin.
//!
//! It may print without end, or hang, and so may what it starts. So it is heard no longer than an input may be, waited for no
//! longer than its time, and then killed with all that it started. Where a person could be talking to it on a terminal it stays in
//! our process group: another one could not read there, and would not hear Ctrl-C.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, getpgrp, kill_process_group};
use rustix::termios::tcgetpgrp;

use crate::limit::{self, Excess};

/// A child that has closed what it prints on ends soon; this is how often it is looked at.
const TICK: Duration = Duration::from_millis(1);

/// A child at work.
pub(crate) struct Errand {
    child: Child,
    has_group: bool,
    /// Standard output and error, where they are piped to us.
    streams: [Option<Stream>; 2],
}

type Stream = Receiver<io::Result<Vec<u8>>>;

/// What it printed, and how it ended.
pub(crate) struct Printed {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    pub(crate) status: ExitStatus,
}

/// Why it was not heard to its end. It is killed by now.
pub(crate) enum Unheard {
    /// It took too long.
    Late,
    /// It printed too much.
    Excess(Excess),
    /// The system failed.
    System(io::Error),
}

impl From<io::Error> for Unheard {
    fn from(error: io::Error) -> Self {
        Excess::of(&error).map_or(Self::System(error), Self::Excess)
    }
}

/// Whether a person may be at a terminal in whose foreground we are.
pub(crate) fn is_attended() -> bool {
    let terminal = File::options().read(true).write(true).open("/dev/tty");
    terminal.is_ok_and(|terminal| tcgetpgrp(&terminal).is_ok_and(|group| group == getpgrp()))
}

impl Errand {
    /// Starts it, with or without a process group of its own.
    ///
    /// # Errors
    /// When the system cannot.
    pub(crate) fn start(command: &mut Command, is_attended: bool) -> io::Result<Self> {
        if !is_attended {
            command.process_group(0);
        }
        let mut child = command.spawn()?;
        let streams = [
            child.stdout.take().map(listen),
            child.stderr.take().map(listen),
        ];
        Ok(Self {
            child,
            has_group: !is_attended,
            streams,
        })
    }

    /// Waits for its end, if need be only for so long.
    ///
    /// # Errors
    /// See [`Unheard`].
    pub(crate) fn end(mut self, patience: Option<Duration>) -> Result<Printed, Unheard> {
        let ended = self.hear(patience.map(|patience| Instant::now() + patience));
        if ended.is_err() {
            self.kill();
        }
        ended
    }

    fn hear(&mut self, deadline: Option<Instant>) -> Result<Printed, Unheard> {
        let [stdout, stderr] = self.streams.each_mut().map(Option::take);
        let (stdout, stderr) = (bytes_of(stdout, deadline)?, bytes_of(stderr, deadline)?);
        let status = loop {
            match (self.child.try_wait()?, deadline) {
                (Some(status), _) => break status,
                (None, None) => break self.child.wait()?,
                (None, Some(deadline)) if Instant::now() >= deadline => return Err(Unheard::Late),
                (None, Some(_)) => thread::sleep(TICK),
            }
        };
        Ok(Printed {
            stdout,
            stderr,
            status,
        })
    }

    /// It may have ended this very moment; either way it is not waited for any longer.
    fn kill(&mut self) {
        if self.has_group {
            let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads a pipe to its end, or as far as an input may be long, on a thread of its own.
fn listen(pipe: impl Read + Send + 'static) -> Stream {
    let (done, heard) = mpsc::channel();
    thread::spawn(move || {
        // Nobody listens any more after the deadline.
        let _ = done.send(limit::read(pipe));
    });
    heard
}

fn bytes_of(stream: Option<Stream>, deadline: Option<Instant>) -> Result<Vec<u8>, Unheard> {
    let Some(stream) = stream else {
        return Ok(Vec::new());
    };
    let heard = match deadline {
        Some(deadline) => stream.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        None => stream.recv().map_err(|_| RecvTimeoutError::Disconnected),
    };
    heard.map_or(Err(Unheard::Late), |bytes| Ok(bytes?))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Stdio;

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(500);

    fn ended(script: &str) -> Result<Printed, Unheard> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let errand = Errand::start(&mut command, false).expect("a shell can be started");
        errand.end(Some(PATIENCE))
    }

    #[test]
    fn what_it_prints_is_heard() {
        let Ok(printed) = ended("echo out; echo err >&2; exit 3") else {
            panic!("it ends at once");
        };
        assert_eq!(
            (printed.stdout, printed.stderr),
            (b"out\n".to_vec(), b"err\n".to_vec())
        );
        assert_eq!(printed.status.code(), Some(3));
    }

    #[test]
    fn it_ends_in_time_with_all_that_it_started() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ids = folder.path().join("ids");
        let at = ids.display();
        for hangs in [
            "sleep 60",
            // Nothing more will be heard of it.
            "exec >&- 2>&-; sleep 60",
        ] {
            let began = Instant::now();
            let end = ended(&format!("sleep 60 & echo $! > '{at}'; {hangs}"));
            assert!(matches!(end, Err(Unheard::Late)), "{hangs}");
            assert!(began.elapsed() < Duration::from_secs(10), "{hangs}");
            let id = fs::read_to_string(&ids).expect("the shell wrote it");
            let stat = format!("/proc/{}/stat", id.trim());
            // It is gone, or waits only for whoever inherited it.
            let is_dead = || fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
            let began = Instant::now();
            while !is_dead() {
                assert!(began.elapsed() < Duration::from_secs(10), "{hangs}");
                thread::sleep(TICK);
            }
        }
    }

    #[test]
    fn what_does_not_end_is_too_much() {
        for script in ["exec cat /dev/zero", "exec cat /dev/zero >&2"] {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", script]).stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            let errand = Errand::start(&mut command, false).expect("a shell can be started");
            let end = errand.end(Some(Duration::from_secs(60)));
            assert!(
                matches!(end, Err(Unheard::Excess(Excess::Bytes))),
                "{script}"
            );
        }
    }
}
