//! Whatever is wrong: a clear sentence, the documented exit code, and nothing written.

mod bombs;
mod input;
mod local;
mod panics;
mod server;

use crate::support::{ControlPlane, Fault, Faulty, Output, Recorder, Run, TestUser};

/// A user whose kubectl only writes down that it ran.
struct Guarded {
    plane: &'static ControlPlane,
    user: TestUser,
    kubectl: Recorder,
}

impl Guarded {
    fn new() -> Self {
        let plane = ControlPlane::shared();
        Self::of(plane.user())
    }

    fn of(user: TestUser) -> Self {
        let kubectl = Recorder::put(user.home.join("recorder"));
        Self {
            plane: ControlPlane::shared(),
            user,
            kubectl,
        }
    }

    fn safe(&self, line: &str) -> Run {
        Run::safe(&self.user)
            .env("KUBECTL_SAFE_KUBECTL", &self.kubectl.path)
            .line(line)
    }

    /// The same, against this server and without any kubeconfig.
    fn against(&self, url: &str, line: &str) -> Run {
        self.safe(line)
            .env("KUBECONFIG", "")
            .env("KUBERNETES_MASTER", url)
    }

    /// Ends with this code and says this, without kubectl and without a write.
    #[track_caller]
    fn assert_stops(&self, run: &Run, code: i32, parts: &[&str]) -> Output {
        let mark = self.plane.mark();
        let output = run.run();
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (code, ""),
            "{output:?}"
        );
        assert_clear(&output, &self.user, parts);
        // A run that only reads carries our pass; the one that runs the command never does.
        let only_read = || {
            let variables = self.kubectl.environment();
            let passes = |it: &String| it.starts_with("KUBECTL_SAFE_PASS_THROUGH=");
            variables.iter().any(passes)
        };
        assert!(self.kubectl.words().is_none() || only_read(), "{output:?}");
        self.kubectl.forget();
        assert!(self.plane.writes(&self.user, mark).is_empty());
        output
    }

    /// Without consent it stops with 75 and says this; with this consent kubectl runs.
    #[track_caller]
    fn assert_unread(&self, run: &Run, consent: &str, parts: &[&str]) {
        let output = self.assert_stops(run, 75, parts);
        assert!(
            output.said().contains(consent),
            "{consent} is not offered: {output:?}"
        );
        let output = run.clone().args([consent]).run();
        assert_eq!(output.code, Recorder::CODE, "{output:?}");
        assert!(self.kubectl.words().is_some());
        self.kubectl.forget();
    }
}

/// A person can read it: the parts are there, and nothing of our own insides, nothing secret, nothing that a
/// terminal would obey.
#[track_caller]
fn assert_clear(output: &Output, user: &TestUser, parts: &[&str]) {
    let said = output.said();
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {output:?}");
    }
    for inside in [
        "Error {", "Some(", "Err(", "Ok(", "{:?}", "os error", "panicked", "hyper", "serde",
    ] {
        assert!(!said.contains(inside), "{inside:?} in {output:?}");
    }
    assert!(!said.contains(&user.token), "the token is in {output:?}");
    assert!(
        output.stderr.chars().all(|c| c == '\n' || !c.is_control()),
        "{output:?}"
    );
}

/// A server with this fault, deleting a namespace against it.
#[track_caller]
fn assert_server_unread(fault: Fault, parts: &[&str]) {
    let guarded = Guarded::new();
    let server = Faulty::start(fault);
    guarded.assert_unread(
        &guarded.against(&server.url, "delete namespace prod"),
        "--safe-confirm=prod",
        parts,
    );
    let seen = server.seen();
    assert!(seen.iter().all(|line| line.starts_with("GET ")), "{seen:?}");
}
