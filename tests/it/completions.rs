//! Completion as a person meets it: the real kubectl asks our helper, a real bash asks our function.
//!
//! The files for zsh and fish hold no logic: they hand everything to kubectl's own function.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Once;

use kubectl_safe::answer::language::Language;
use kubectl_safe::risk::documented::documented;
use kubectl_safe::risk::entry::Entry;
use kubectl_safe::risk::table::Table;
use regex::Regex;
use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::support::{ControlPlane, Run, TestUser, binaries};

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/completions");

/// A person with kubectl, kubectl-safe and its helper in the PATH, and two nodes to choose from.
struct Person {
    user: TestUser,
    programs: TempDir,
}

impl Person {
    fn new() -> Self {
        static NODES: Once = Once::new();
        let plane = ControlPlane::shared();
        NODES.call_once(|| {
            plane.apply("{apiVersion: v1, kind: Node, metadata: {name: completions-a}}");
            plane.apply("{apiVersion: v1, kind: Node, metadata: {name: completions-b}}");
        });
        let programs = TempDir::new().expect("a folder can be made");
        let link = |target: &Path, name| {
            symlink(target, programs.path().join(name)).expect("a link can be made");
        };
        link(&binaries().kubectl, "kubectl");
        link(
            Path::new(env!("CARGO_BIN_EXE_kubectl-safe")),
            "kubectl-safe",
        );
        link(
            &Path::new(FILES).join("kubectl_complete-safe"),
            "kubectl_complete-safe",
        );
        Self {
            user: plane.user(),
            programs,
        }
    }

    fn run(&self, program: &Path) -> Run {
        let path = std::env::join_paths([
            self.programs.path(),
            Path::new("/usr/bin"),
            Path::new("/bin"),
        ]);
        Run::as_user(program, &self.user).env("PATH", path.expect("no folder's name has a colon"))
    }

    fn program(&self, name: &str) -> PathBuf {
        self.programs.path().join(name)
    }

    /// What the real kubectl offers for `kubectl safe LINE CURRENT`.
    fn offered(&self, line: &str, current: &str) -> Offer {
        let run = self.run(&self.program("kubectl"));
        Offer::of(&run.line("__complete safe").line(line).args([current]))
    }

    /// What the helper alone offers, as the shells' functions ask it.
    fn helped(&self, line: &str, current: &str) -> Offer {
        let run = self.run(&self.program("kubectl_complete-safe"));
        Offer::of(&run.line(line).args([current]))
    }

    /// A bash at a terminal that shows its line, in `<<…>>`, when Ctrl-G is typed.
    fn bash(&self) -> PtySession {
        let bash = which::which("bash").expect("the tests need bash in PATH");
        let run = self
            .run(&bash)
            .line("--noprofile --norc -i")
            .env("TERM", "dumb");
        let mut bash = spawn_command(run.command(), Some(60_000)).expect("a pty opens");
        for line in [
            &format!("source {FILES}/kubectl-safe.bash"),
            "alias k=kubectl-safe; complete -o default -F __kubectl_safe k",
            r#"bind -x '"\C-g": printf "<%s%s>" "<$READLINE_LINE" ">"'"#,
            // An interactive bash outlives the signal that ends the test's terminal.
            "trap exit TERM",
            "echo rea''dy",
        ] {
            bash.send_line(line).expect("bash reads");
        }
        bash.exp_string("ready\r\n")
            .expect("bash has read its lines");
        bash
    }
}

/// Candidates without their descriptions, and the sum of cobra's directives.
#[derive(Debug, PartialEq, Eq)]
struct Offer {
    candidates: Vec<String>,
    directive: u8,
}

const NO_SPACE: u8 = 2;
const NO_FILES: u8 = 4;
const THESE_FILES: u8 = 8;

impl Offer {
    fn of(run: &Run) -> Self {
        let output = run.run();
        assert_eq!(output.code, 0, "{output:?}");
        let (candidates, directive) = output
            .stdout
            .trim_end()
            .rsplit_once(':')
            .expect("a directive ends the list");
        Self {
            candidates: candidates
                .lines()
                .map(|line| line.split('\t').next().unwrap_or_default().to_owned())
                .collect(),
            directive: directive.parse().expect("a directive is a number"),
        }
    }

    fn has(&self, candidate: &str) -> bool {
        self.candidates.iter().any(|one| one == candidate)
    }

    /// Exactly these, in this order, and no file names.
    fn is(&self, candidates: &[&str]) -> bool {
        self.candidates == candidates && self.directive == NO_FILES
    }
}

#[test]
fn kubectl_offers_our_words_beside_its_own() {
    let person = Person::new();
    let all = person.offered("", "");
    for word in ["plan", "risks", "demo", "delete", "get"] {
        assert!(all.has(word), "{word}: {all:?}");
    }
    // `kubectl safe safe` leads nowhere.
    assert!(!all.has("safe"), "{all:?}");
    assert!(person.offered("", "pl").is(&["plan", "plugin"]));
    // Ours are first words only.
    assert!(person.offered("-n web", "pl").is(&["plugin"]));
    assert!(person.offered("--safe-yes", "pla").is(&["plan"]));
}

#[test]
fn kubectls_own_answers_come_through() {
    let person = Person::new();
    let nodes = ["completions-a", "completions-b"];
    assert!(person.offered("delete node", "completions-").is(&nodes));
    assert!(
        person
            .offered("delete node completions-a", "completions-")
            .is(&nodes[1..])
    );
    // Our flags are taken out, `plan` and its flags too.
    for line in [
        "--safe-yes delete --safe-timeout=3s node",
        "plan delete node",
        "plan -o json --snapshot x.yaml -- delete node",
        "plan -ojson --output=yaml delete node",
    ] {
        let offer = person.offered(line, "completions-");
        assert!(offer.is(&nodes), "{line}: {offer:?}");
    }
    let files = person.offered("delete -f", "");
    assert_eq!(files.directive, THESE_FILES);
    assert_eq!(files.candidates, ["json", "yaml", "yml"]);
}

#[test]
fn our_flags_stand_where_ours_are_read() {
    let person = Person::new();
    let flags = person.offered("delete", "--");
    for flag in ["--safe-yes", "--safe-override=", "--cascade", "--namespace"] {
        assert!(flags.has(flag), "{flag}: {flags:?}");
    }
    assert_eq!(flags.directive, NO_FILES);
    assert_eq!(
        person.offered("delete", "--safe-c"),
        Offer {
            candidates: vec!["--safe-confirm=".to_owned()],
            directive: NO_SPACE + NO_FILES
        }
    );
    // Behind `--` every word is kubectl's.
    assert!(person.offered("exec pod --", "--safe-").is(&[]));
    assert!(person.offered("plan -- delete", "--safe-").is(&[]));
    assert!(
        person
            .offered("delete", "--safe-override=node-delete-p")
            .is(&["node-delete-pool"])
    );
    // A flag's own value is never filled from our flags.
    assert!(
        person
            .offered("delete", "--cascade=")
            .candidates
            .iter()
            .all(|candidate| !candidate.starts_with("--"))
    );
}

#[test]
fn our_own_commands_complete_their_values() {
    let person = Person::new();
    let formats = ["text", "json", "yaml"];
    for line in ["plan -o", "plan --output", "risks -o", "risks node -o"] {
        assert!(person.offered(line, "").is(&formats), "{line}");
    }
    assert!(person.offered("plan", "--output=y").is(&["yaml"]));
    assert!(person.offered("plan", "-o=y").is(&["yaml"]));
    assert_eq!(person.offered("plan --snapshot", "").directive, 0);
    assert_eq!(person.offered("plan", "--snapshot=").directive, 0);
    // `-o` behind kubectl's first word is kubectl's.
    assert!(person.offered("plan get pods -o", "").has("wide"));
    assert!(person.offered("demo", "").is(&[]));

    let ids: Vec<String> = person.offered("risks", "").candidates;
    let (table, documented) = (Table::builtin(), documented());
    let entries = Entry::in_order(table.rules().map(AsRef::as_ref), &documented);
    let told: Vec<&str> = entries.iter().map(|entry| entry.id()).collect();
    assert_eq!(ids, told);
}

/// The helper's lists are those of the help texts.
#[test]
fn every_flag_of_the_help_is_offered() {
    let person = Person::new();
    let flag = Regex::new(r"(?m)^ +(?:(-\w), )?(--[a-z-]+=?)").expect("a pattern");
    let flags_of = |text: &str| -> BTreeSet<String> {
        flag.captures_iter(text)
            .flat_map(|found| [found.get(1), found.get(2)])
            .flatten()
            .map(|found| found.as_str().to_owned())
            .collect()
    };
    let of_helper = |line: &str, current: &str| -> BTreeSet<String> {
        person
            .helped(line, current)
            .candidates
            .into_iter()
            .collect()
    };
    let safe = |line: &str| {
        let output = person.run(&person.program("kubectl-safe")).line(line).run();
        assert_eq!(output.code, 0, "{line}: {output:?}");
        output.stdout
    };
    let help = Language::English.own_help();
    assert_eq!(of_helper("", "--safe-"), flags_of(&help));
    assert_eq!(of_helper("risks", "-"), flags_of(&safe("risks --help")));
    assert_eq!(of_helper("demo", "-"), flags_of(&safe("demo --help")));
    let plan = flags_of(&safe("plan --help"));
    assert!(plan.contains("--snapshot"), "{plan:?}");
    assert!(of_helper("plan", "-").is_superset(&plan));

    let word = Regex::new(r"(?m)^  kubectl safe ([a-z]+)").expect("a pattern");
    let words: Vec<&str> = word
        .captures_iter(&help)
        .map(|found| found.get(1).expect("the word").as_str())
        .collect();
    let offered = of_helper("", "");
    assert!(words.len() >= 3);
    assert!(
        words.iter().all(|word| offered.contains(*word)),
        "{words:?}"
    );
}

/// Types a line, then TAB; says what the line then is.
fn tab(bash: &mut PtySession, line: &str) -> String {
    typed(bash, line, "\t")
}

/// Types a line, then Meta-*, which puts all candidates into it.
fn all(bash: &mut PtySession, line: &str) -> String {
    typed(bash, line, "\u{1b}*")
}

fn typed(bash: &mut PtySession, line: &str, key: &str) -> String {
    // Ctrl-U: a new line.
    bash.send(&format!("\u{15}{line}{key}\u{7}"))
        .expect("bash reads");
    bash.flush().expect("bash reads");
    let (_, shown) = bash.exp_regex(r"<<[^>]*>>").expect("bash shows its line");
    shown.trim_matches(['<', '>']).to_owned()
}

#[test]
fn bash_completes_kubectl_safe_and_its_alias() {
    let person = Person::new();
    let mut bash = person.bash();
    assert_eq!(tab(&mut bash, "kubectl-safe pla"), "kubectl-safe plan ");
    assert_eq!(
        all(&mut bash, "kubectl-safe pl"),
        "kubectl-safe plan plugin "
    );
    assert_eq!(
        all(&mut bash, "k delete node completions-"),
        "k delete node completions-a completions-b "
    );
    assert_eq!(
        tab(&mut bash, "k delete --safe-c"),
        "k delete --safe-confirm="
    );
    assert_eq!(
        tab(&mut bash, "k delete node x --safe-override=node-delete-p"),
        "k delete node x --safe-override=node-delete-pool "
    );
    assert_eq!(tab(&mut bash, "k plan --output=j"), "k plan --output=json ");
    // A colon ends bash's words, not kubectl's.
    assert_eq!(
        tab(&mut bash, "k delete clusterrole system:kube-sch"),
        "k delete clusterrole system:kube-scheduler "
    );
    assert_eq!(
        tab(&mut bash, "k -n 'kube-public' get confi"),
        "k -n 'kube-public' get configmaps "
    );
}

#[test]
fn bash_offers_files_where_files_belong_and_runs_nothing() {
    let person = Person::new();
    fs::write(person.user.home.join("manifest.yaml"), "").expect("the home is writable");
    let mut bash = person.bash();
    for line in ["k delete -f mani", "k plan --snapshot mani"] {
        assert_eq!(tab(&mut bash, line), line.replace("mani", "manifest.yaml "));
    }
    // No file names among the nodes.
    assert_eq!(tab(&mut bash, "k delete node mani"), "k delete node mani");
    tab(&mut bash, "k get pods $(touch ran) -n ");
    assert!(!person.user.home.join("ran").exists());
}
