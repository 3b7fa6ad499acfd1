//! Inputs that are made to take for ever, or all memory: an answer in time, within the memory of a small machine.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::Guarded;
use crate::support::{
    ControlPlane, Fault, Faulty, Run, SAFE, Terminal, TestUser, exit_code, setsid, write_program,
};

const TIMEOUT: Duration = Duration::from_secs(2);
/// What the answer may take beyond `--safe-timeout`.
const GRACE: Duration = Duration::from_secs(1);
/// What our own process may have in memory at once, in MiB.
const MEMORY: usize = 200;
/// So many brackets took 25 seconds.
const BRACKETS: usize = 100_000;

/// So many entries of a map on one line.
fn pairs_of(count: usize) -> String {
    let mut pairs = String::new();
    for n in 0..count {
        write!(pairs, "k{n:x}: v,").expect("a text has room");
    }
    pairs
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n";

/// A user with the real kubectl, whose home is filled with bombs.
struct Bombed {
    plane: &'static ControlPlane,
    user: TestUser,
    report: String,
}

/// How a command ended.
#[derive(Debug)]
struct End {
    code: i32,
    said: String,
    took: Duration,
    /// The most memory that our process had, in MiB.
    peak: usize,
}

impl Bombed {
    fn new() -> Self {
        let plane = ControlPlane::shared();
        Self {
            plane,
            user: plane.user(),
            report: String::new(),
        }
    }

    fn file(&self, name: &str, text: &str) {
        fs::write(self.user.home.join(name), text).expect("the home can be written");
    }

    /// A line of bash, where `kubectl` is the guarded one.
    fn run(&self, line: &str) -> Run {
        let line = format!("kubectl() {{ exec {SAFE} --safe-timeout=2s \"$@\"; }}; {line}");
        Run::as_user(Path::new("/bin/bash"), &self.user)
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.user.path.display()),
            )
            .args(["-c", &line])
    }

    /// Ends with one of these codes in time, with little memory and without a write, and says this.
    #[track_caller]
    fn assert_ends(&mut self, name: &str, run: &Run, codes: &[i32], part: &str) {
        let mark = self.plane.mark();
        let mut end = measure(run);
        // The machine may have been busy with other tests, and still be.
        let mut limit = TIMEOUT + GRACE;
        if end.took > limit {
            limit += 5 * measure(&self.run("kubectl --safe-help")).took;
            end = measure(run);
        }
        let (took, peak) = (end.took, end.peak);
        let code = end.code;
        writeln!(self.report, "  {name}: {took:.1?}, {peak} MiB, {code}").expect("a text has room");
        assert!(codes.contains(&end.code), "{name}: {end:?}");
        let is_said = [part, LATE].iter().any(|part| end.said.contains(part));
        assert!(is_said, "{name}: no {part:?} in {end:?}");
        assert!(took <= limit, "{name}: {end:?}");
        assert!(peak <= MEMORY, "{name}: {end:?}");
        assert!(self.plane.writes(&self.user, mark).is_empty(), "{name}");
    }

    /// The question, which nobody can answer.
    #[track_caller]
    fn assert_asks(&mut self, name: &str, run: &Run, part: &str) {
        self.assert_ends(name, run, &[75], part);
    }
}

impl Drop for Bombed {
    fn drop(&mut self) {
        let _ = writeln!(io::stdout(), "\n{}", self.report);
    }
}

/// Runs it without a terminal, and looks at its memory as long as it is ours.
fn measure(run: &Run) -> End {
    let typed = run.command();
    let mut command = Command::new(setsid());
    command.arg(typed.get_program()).args(typed.get_args());
    command.env_clear();
    for (name, value) in typed.get_envs() {
        command.env(name, value.expect("none is removed"));
    }
    if let Some(folder) = typed.get_current_dir() {
        command.current_dir(folder);
    }
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("setsid can be started");
    let (id, mut stderr) = (child.id(), child.stderr.take().expect("it is piped"));
    let said = std::thread::spawn(move || io::read_to_string(&mut stderr).unwrap_or_default());
    let mut peak = 0;
    let status = loop {
        peak = peak.max(memory(id).unwrap_or_default());
        match child.try_wait().expect("a child can be awaited") {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let took = began.elapsed();
    let said = said.join().expect("standard error can be read");
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
    End {
        code: exit_code(status),
        said: said.chars().take(1000).collect(),
        took,
        peak: peak / 1024,
    }
}

/// The most memory that a process of ours has had, in KiB; nothing of what it has become.
fn memory(id: u32) -> Option<usize> {
    let program = fs::read_link(format!("/proc/{id}/exe")).ok()?;
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib = line.split_whitespace().nth(1)?.parse().ok()?;
    (program == Path::new(SAFE)).then_some(kib)
}

/// What a look says that had no time to see what is wrong.
const LATE: &str = "it was not found out within 2 seconds";
const DEEP: &str = "it is nested deeper than 1000 levels";
const LONG: &str = "it is longer than 32 MiB";
const MANY: &str = "values, the most that are read";

#[test]
fn brackets_in_brackets() {
    let mut bombed = Bombed::new();
    bombed.file("deep", &("a: ".to_owned() + &"[".repeat(BRACKETS)));
    bombed.file("braces", &"{a: ".repeat(BRACKETS));
    bombed.file("deep.json", &"[".repeat(BRACKETS));
    // Depth that no count of brackets sees, and that of blocks.
    bombed.file("hidden", &"[\"]\",".repeat(BRACKETS));
    bombed.file("block", &"- ".repeat(BRACKETS));
    for line in [
        "kubectl apply -f braces",
        "KUBECONFIG=braces kubectl delete node a",
    ] {
        bombed.assert_asks(line, &bombed.run(line), DEEP);
    }
    for line in [
        "kubectl apply -f deep",
        "kubectl delete -f - < deep",
        "kubectl create -f - < <(/bin/cat deep)",
        "kubectl replace -f <(/bin/cat deep)",
        "kubectl patch node a --patch-file deep",
        "kubectl patch node a --patch-file <(/bin/cat deep)",
        "KUBECONFIG=deep kubectl delete node a",
        "kubectl delete node a --kubeconfig <(/bin/cat deep)",
        "KUBERC=deep kubectl delete node a",
    ] {
        bombed.assert_asks(line, &bombed.run(line), DEEP);
    }
    for line in [
        "kubectl patch node a --patch $(/bin/cat deep.json)",
        "kubectl create -f deep.json --raw /api/v1/nodes",
        "kubectl replace -f - --raw /api/v1/nodes/a < deep.json",
        "kubectl delete -f hidden",
        "KUBECONFIG=hidden kubectl delete node a",
        "KUBERC=hidden kubectl delete node a",
    ] {
        bombed.assert_asks(line, &bombed.run(line), "");
    }
    // kubectl was seen to refuse it.
    let line = "kubectl delete -f block";
    bombed.assert_ends(line, &bombed.run(line), &[1], "exceeded max depth");
    // What is not guarded is not held up.
    let line = "KUBERC=deep kubectl get --raw /version";
    bombed.assert_ends(line, &bombed.run(line), &[0, 1], "");
}

#[test]
fn brackets_in_what_a_container_is_to_do() {
    let mut bombed = Bombed::new();
    for part in [
        "$(",
        "(",
        "{ ",
        "if ",
        "\"$(",
        "${x:-",
        "! ",
        "[[ ",
        "`",
        "case x in x) ",
    ] {
        // One argument holds at most 128 KiB on Linux.
        let script = part.repeat(60_000 / part.len());
        let run = bombed
            .run("kubectl plan exec a -- sh -c \"$SCRIPT\"")
            .env("SCRIPT", script);
        bombed.assert_ends(part, &run, &[0, 75, 77], "");
    }
}

#[test]
fn more_than_is_read() {
    let mut bombed = Bombed::new();
    let sparse = File::create(bombed.user.home.join("gigabyte")).expect("the home can be written");
    sparse.set_len(1 << 30).expect("a file with a hole");
    bombed.file(
        "long",
        &(POD.to_owned() + "data: " + &"x".repeat(100_000_000)),
    );
    bombed.file(
        "values",
        &(POD.to_owned() + "data: [" + &"[0],".repeat(7_000_000)),
    );
    bombed.file(
        "unsaid",
        &(POD.to_owned() + "data:\n" + &"-\n".repeat(10_000_000)),
    );
    bombed.file(
        "values.json",
        &("{\"items\": [".to_owned() + &"[0],".repeat(7_000_000)),
    );
    for line in [
        "kubectl apply -f gigabyte",
        "kubectl apply -f long",
        "kubectl delete -f - < <(/bin/cat long)",
        "kubectl delete -f - < /dev/zero",
        "kubectl delete -f <(/bin/cat /dev/zero)",
        "kubectl create --raw /api/v1/nodes -f gigabyte",
        "kubectl create --raw /api/v1/nodes -f - < /dev/zero",
        "kubectl patch node a --patch-file gigabyte",
        "kubectl patch node a --patch-file <(/bin/cat /dev/zero)",
        "KUBECONFIG=gigabyte kubectl delete node a",
        "kubectl delete node a --kubeconfig <(/bin/cat /dev/zero)",
        "kubectl delete node a --certificate-authority gigabyte",
        "KUBERC=gigabyte kubectl delete node a",
    ] {
        bombed.assert_asks(line, &bombed.run(line), LONG);
    }
    for line in [
        "kubectl apply -f values",
        "kubectl apply -f unsaid",
        "kubectl apply -f values.json",
        "kubectl create --raw /api/v1/nodes -f values.json",
        "kubectl patch node a --patch-file values",
        "KUBECONFIG=values kubectl delete node a",
        "KUBERC=values kubectl delete node a",
    ] {
        bombed.assert_asks(line, &bombed.run(line), MANY);
    }
    // A device under its own name is kubectl's alone.
    let line = "kubectl delete -f /dev/zero";
    bombed.assert_asks(line, &bombed.run(line), "it can be read only once");
    for file in ["gigabyte", "long", "values", "unsaid", "values.json"] {
        fs::remove_file(bombed.user.home.join(file)).expect("it is there");
    }
}

/// The most that is read, as one text, as lines and as many values: judged, or asked about, within the same memory.
#[test]
fn as_much_as_is_read() {
    let mut bombed = Bombed::new();
    let line =
        "  k: |\n".to_owned() + &("    ".to_owned() + &"x".repeat(120) + "\n").repeat(240_000);
    bombed.file(
        "text",
        &(POD.to_owned() + "data:\n  k: " + &"x".repeat(31_000_000)),
    );
    bombed.file("lines", &(POD.to_owned() + "data:\n" + &line));
    let pairs = pairs_of(95_000);
    bombed.file("pairs", &(POD.to_owned() + "data: {" + &pairs + "}\n"));
    let config = pairs_of(48_000);
    bombed.file("kubeconfig.pairs", &format!("extensions: {{{config}}}\n"));
    let maps = "{\"\":0},".repeat(98_000);
    bombed.file("maps", &format!("{{\"a\": [{maps}0]}}"));
    for line in [
        "kubectl plan delete -f text",
        "kubectl plan delete -f lines",
        "kubectl plan delete -f pairs",
        "kubectl plan patch node a --patch-file pairs",
        "kubectl plan create --raw /api/v1/nodes -f maps",
        "KUBECONFIG=kubeconfig.pairs kubectl plan delete node a",
    ] {
        bombed.assert_ends(line, &bombed.run(line), &[0, 75, 77], "");
    }
}

#[test]
fn what_refers_to_itself_again_and_again() {
    let mut bombed = Bombed::new();
    let mut laughs = POD.to_owned() + "data:\n  a0: &a0 [lol]\n";
    for n in 1..30 {
        let before = format!("*a{},", n - 1).repeat(9);
        writeln!(laughs, "  a{n}: &a{n} [{before}]").expect("a text has room");
    }
    bombed.file("laughs", &laughs);
    bombed.file("endless", &(POD.to_owned() + "data: &a [*a]\n"));
    for file in ["laughs", "endless"] {
        for line in [
            format!("kubectl plan delete -f {file}"),
            format!("kubectl plan apply -f - < {file}"),
            format!("kubectl plan patch node a --patch-file {file}"),
            format!("KUBECONFIG={file} kubectl plan delete node a"),
            format!("KUBERC={file} kubectl plan delete node a"),
        ] {
            bombed.assert_ends(&line, &bombed.run(&line), &[0, 75, 77], "");
        }
    }
}

#[test]
fn a_kubectl_without_end() {
    let mut bombed = Bombed::new();
    bombed.file("uncertain", "kind: !!str Pod\n");
    fs::create_dir(bombed.user.home.join("k")).expect("the home can be written");
    bombed.file("k/kustomization.yaml", "resources: [pod.yaml]\n");
    bombed.file("k/pod.yaml", POD);
    let path = bombed.user.home.join("endless");
    for script in ["exec /bin/cat /dev/zero", "exec /bin/cat /dev/zero >&2"] {
        write_program(&path, script);
        for line in [
            "kubectl delete -f uncertain",
            "kubectl apply -k k",
            "kubectl delete unheard-of a",
            "kubectl delete node a --unheard-of",
            "kubectl delete node a --request-timeout=-1s",
        ] {
            let run = bombed.run(line).env("KUBECTL_SAFE_KUBECTL", &path);
            bombed.assert_asks(&format!("{line} ({script})"), &run, "");
        }
    }
    for script in [
        "/bin/sleep 60 & exec /bin/sleep 60",
        "exec >&- 2>&-; /bin/sleep 60",
    ] {
        write_program(&path, script);
        for line in ["kubectl delete -f uncertain", "kubectl delete unheard-of a"] {
            let run = bombed.run(line).env("KUBECTL_SAFE_KUBECTL", &path);
            bombed.assert_asks(&format!("{line} ({script})"), &run, "");
        }
    }
}

#[test]
fn a_server_without_end() {
    let mut bombed = Bombed::new();
    let zip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    let text = |text: &str, times: usize| text.repeat(times).into_bytes();
    for (name, headers, body, part) in [
        ("endless", "", text("x", 1 << 20), LONG),
        (
            "a gigabyte",
            "Content-Length: 1073741824\r\n",
            text(" ", 1 << 20),
            LONG,
        ),
        (
            "compressed",
            "Content-Encoding: gzip\r\n",
            [zip.to_vec(), vec![0; 1 << 20]].concat(),
            LONG,
        ),
        ("deep", "", text("[", BRACKETS), ""),
        ("values", "", text("[0],", 1 << 18), LONG),
    ] {
        let server = Faulty::start(Fault::Endless(headers, body));
        for line in [
            "kubectl delete node a",
            "kubectl delete nodes --all",
            "kubectl delete unheard-of a",
        ] {
            let run = bombed
                .run(line)
                .env("KUBECONFIG", "")
                .env("KUBERNETES_MASTER", &server.url);
            bombed.assert_asks(&format!("{name}: {line}"), &run, part);
        }
    }
    let brackets = "[".repeat(BRACKETS);
    let deep = format!("{{\"kind\": \"Node\", \"metadata\": {{\"name\": \"a\", \"x\": {brackets}");
    let items = "[0],".repeat(7_000_000);
    let values =
        format!("{{\"kind\": \"Node\", \"metadata\": {{\"name\": \"a\", \"x\": [{items}0]}}}}");
    let most = "[0],".repeat(99_000);
    let most =
        format!("{{\"kind\": \"Node\", \"metadata\": {{\"name\": \"a\", \"x\": [{most}0]}}}}");
    for (name, body, codes, part) in [
        ("brackets", deep, [75, 75], "broken or unexpected JSON"),
        ("many values", values, [75, 75], MANY),
        ("as many as can be", most, [75, 77], ""),
    ] {
        let server = Faulty::start(Fault::Answers(200, "application/json", body));
        let run = bombed.run("kubectl delete node a");
        let run = run
            .env("KUBECONFIG", "")
            .env("KUBERNETES_MASTER", &server.url);
        bombed.assert_ends(name, &run, &codes, part);
    }
}

/// A kubeconfig whose user's plugin is this script, which notes each of its calls.
fn plug(bombed: &Bombed, script: &str) {
    let path = bombed.user.home.join("plugin");
    write_program(&path, &format!("echo called >> calls\n{script}"));
    let endpoint = bombed.plane.endpoint();
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "x",
        "clusters": [{"name": "c", "cluster": {
            "server": endpoint.url, "certificate-authority": endpoint.ca,
        }}],
        "users": [{"name": "u", "user": {"exec": {
            "apiVersion": "client.authentication.k8s.io/v1", "command": path,
            "interactiveMode": "IfAvailable",
        }}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
    });
    fs::write(&bombed.user.kubeconfig, config.to_string()).expect("the home can be written");
}

#[test]
fn a_credential_plugin_without_end() {
    let mut bombed = Bombed::new();
    for (script, part) in [
        ("/bin/sleep 60", "did not end within 2 seconds"),
        (
            "/bin/sleep 60 & echo $! > left; wait",
            "did not end within 2 seconds",
        ),
        ("exec >&-; /bin/sleep 60", "did not end within 2 seconds"),
        ("exec /bin/cat /dev/zero", LONG),
        ("/bin/cat brackets", "no usable ExecCredential"),
    ] {
        bombed.file("brackets", &"[".repeat(BRACKETS));
        plug(&bombed, script);
        let run = bombed.run("kubectl delete node a");
        bombed.assert_asks(script, &run, part);
    }
    // With all that it started.
    let left = fs::read_to_string(bombed.user.home.join("left")).expect("it noted its child");
    let stat = fs::read_to_string(format!("/proc/{}/stat", left.trim()));
    assert!(stat.is_err() || stat.is_ok_and(|stat| stat.contains(") Z ")));
}

#[test]
fn a_credential_plugin_that_fails_is_run_once() {
    let bombed = Bombed::new();
    bombed.file("a.yaml", POD);
    bombed.file(
        "b.yaml",
        "apiVersion: example.com/v1\nkind: Unheard\nmetadata: {name: a}\n",
    );
    plug(&bombed, "exit 1");
    let patient = format!("exec {SAFE} --safe-timeout=30s");
    for line in [
        "kubectl delete node a",
        "kubectl delete unheard-of a",
        "kubectl delete nodes --all",
        "kubectl delete -f a.yaml,b.yaml",
        "kubectl apply -f a.yaml",
        "kubectl apply -f b.yaml",
        "kubectl patch service a --patch '{\"metadata\": {\"annotations\": null}}'",
        "kubectl drain a",
        "kubectl exec a -- reboot",
        "kubectl delete --raw /api/v1/nodes/a",
    ] {
        // However long it takes: this is about the plugin.
        let end = measure(&bombed.run(&line.replace("kubectl", &patient)));
        assert_eq!(end.code, 75, "{line}: {end:?}");
        let said = end.said.contains("failed (exit status: 1)");
        assert!(said, "{line}: {end:?}");
        let calls = fs::read_to_string(bombed.user.home.join("calls")).expect("it was called");
        assert_eq!(calls, "called\n", "{line}");
        fs::remove_file(bombed.user.home.join("calls")).expect("it is there");
    }
}

#[test]
fn a_person_who_logs_in_has_all_the_time() {
    let bombed = Bombed::new();
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": bombed.user.token},
    });
    plug(&bombed, &format!("/bin/sleep 8; echo '{credential}'"));
    for line in [
        "delete namespace default --safe-timeout=5s",
        // The manifest is not the person's keyboard, but the person is there.
        "delete -f - --safe-timeout=5s",
    ] {
        let script = format!("echo '{NAMESPACE}' | exec {SAFE} {line}");
        let terminal = Terminal::shell(&Run::safe(&bombed.user), &script);
        terminal.wait_for("Refused. Nothing was changed.");
        assert_eq!(terminal.end().code, 77, "{line}");
    }
}

const NAMESPACE: &str =
    r#"{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}"#;

#[test]
fn what_is_too_much_for_us_is_kubectls_with_consent() {
    let guarded = Guarded::new();
    let bytes: Vec<u8> = (0..40_000_000_u32).map(|n| (n % 251) as u8).collect();
    let run = guarded.safe("delete -f -").stdin(bytes.clone());
    guarded.assert_unread(&run, "--safe-confirm=delete", &[LONG]);
    assert!(guarded.kubectl.stdin() == bytes, "not all of it came");
}
