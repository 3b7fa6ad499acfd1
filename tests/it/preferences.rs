//! kuberc files, as the real kubectl takes them: which file counts, which is refused, which is ignored.
//!
//! Seen with `foo`, an alias of `version --client`: kubectl knows it, does not know it, or refuses to run at all.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use kubectl_safe::kubectl::flags::Minor;
use kubectl_safe::kubectl::kuberc::{Environment, World, worlds};
use tempfile::TempDir;

use crate::support::{Run, binaries, kubectl_minor};

const FOO: &str = "aliases: [{name: foo, command: version, prependArgs: [--client]}]\n";
const ALPHA: &str = "apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n";
const BETA: &str = "apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n";

/// What becomes of `foo`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Known,
    Unknown,
    Stops,
}

/// A home with preferences in the usual place, or at `other`.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = TempDir::new().expect("a folder can be made");
        fs::create_dir(home.path().join(".kube")).expect("it can be written");
        Self(home)
    }

    fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("it can be written");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What the real kubectl does, by its exit codes: `options` fails only when kubectl refuses to run.
    fn seen(&self, words: &[OsString], variables: &[(&str, OsString)]) -> Fate {
        let run = |word: &str| {
            let run = Run::program(&binaries().kubectl, self.0.path()).args([word]);
            let mut run = run.args(words).env("PATH", "");
            for (name, value) in variables {
                run = run.env(name, value);
            }
            run.run().code
        };
        if run("foo") == 0 {
            Fate::Known
        } else if run("options") == 0 {
            Fate::Unknown
        } else {
            Fate::Stops
        }
    }

    /// What we think of it, for this version of kubectl. Where we are not sure there are several.
    fn thought(&self, words: &[OsString], variables: &[(&str, OsString)]) -> Vec<Fate> {
        let variable = |wanted: &str| {
            let mut all = variables.iter();
            all.find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.clone())
        };
        let environment = Environment {
            home: Some(self.0.path().into()),
            kuberc: variable("KUBERC"),
            gate: variable("KUBECTL_KUBERC"),
        };
        let words = [&["foo".into()], words].concat();
        let minor = Minor(kubectl_minor().try_into().expect("a small number"));
        let states = worlds(&words, Some(minor), &environment, |path| fs::read(path));
        let fate = |world: &World| match world {
            World::Applies(_) if world.alias(&words).is_some() => Fate::Known,
            World::Applies(_) | World::Nothing => Fate::Unknown,
            World::Stops(_) => Fate::Stops,
            World::Unclear(_) => panic!("{words:?}: {world:?}"),
        };
        states.iter().map(fate).collect()
    }

    #[track_caller]
    fn assert_alike(&self, words: &[OsString], variables: &[(&str, OsString)], what: &str) -> Fate {
        let (seen, thought) = (self.seen(words, variables), self.thought(words, variables));
        assert!(thought.contains(&seen), "{what}: {seen:?}, not {thought:?}");
        seen
    }
}

#[test]
fn a_file_is_taken_ignored_or_refused_as_kubectl_does() {
    let on = [("KUBECTL_KUBERC", "true".into())];
    let mut seen = Vec::new();
    for text in [
        format!("{BETA}{FOO}"),
        format!("{ALPHA}{FOO}"),
        format!("# nothing\n---\nkind: Other\n---\n{BETA}{FOO}"),
        format!("{ALPHA}---\n{BETA}{FOO}"),
        format!("{BETA}---\n{BETA}{FOO}"),
        format!("{BETA}{FOO}strange: 1\n"),
        format!("{BETA}overrides: []\n{FOO}"),
        format!("{}{FOO}", BETA.replace("Preference", "preference")),
        format!(
            "{}{FOO}",
            BETA.replace("kubectl.config.k8s.io", "example.com")
        ),
        format!("{BETA}aliases: [{{name: foo-x, command: version}}]\n"),
        format!("{BETA}aliases: [{{name: foo, command: version}}, {{name: foo, command: get}}]\n"),
        format!(
            "{BETA}defaults: [{{command: get, options: [{{name: --output, default: json}}]}}]\n"
        ),
        format!("{BETA}credentialPluginPolicy: DenyAll\n{FOO}"),
        String::new(),
        "\n---\n  \n".to_owned(),
        "# a comment\n".to_owned(),
        "kind: Other\n".to_owned(),
    ] {
        let home = Home::new();
        home.put(".kube/kuberc", &text);
        seen.push(home.assert_alike(&[], &on, &text));
        // The same file, named.
        home.put("other", &text);
        let flag = [format!("--kuberc={}", home.path("other").display()).into()];
        if kubectl_minor() >= 33 {
            seen.push(home.assert_alike(&flag, &on, &format!("named: {text}")));
        }
    }
    for fate in [Fate::Known, Fate::Unknown, Fate::Stops] {
        assert!(kubectl_minor() < 34 || seen.contains(&fate), "{seen:?}");
    }
}

#[test]
fn the_file_that_counts_is_kubectls() {
    let home = Home::new();
    home.put(".kube/kuberc", BETA);
    home.put("other", &format!("{BETA}{FOO}"));
    let other = home.path("other");
    let missing = home.path("missing");
    let usual = home.path(".kube/kuberc");
    let flag = |path: &PathBuf| -> Vec<OsString> { vec!["--kuberc".into(), path.into()] };
    let mut seen = Vec::new();
    for gate in ["", "true", "FALSE"] {
        for kuberc in [
            OsString::new(),
            "off".into(),
            "OFF".into(),
            other.clone().into(),
            missing.clone().into(),
        ] {
            for words in [
                vec![],
                flag(&other),
                flag(&missing),
                flag(&usual),
                vec!["--kuberc".into()],
                vec!["--kuberc=".into()],
                vec!["--kuberc".into(), "".into()],
                [flag(&missing), flag(&other)].concat(),
                [vec!["--".into()], flag(&missing)].concat(),
            ] {
                // With the gate closed kubectl knows no such flag, which stops it later.
                let is_closed = kubectl_minor() < 34 || gate.eq_ignore_ascii_case("false");
                if is_closed && !words.is_empty() {
                    continue;
                }
                let variables = [("KUBECTL_KUBERC", gate.into()), ("KUBERC", kuberc.clone())];
                let what = format!("{gate:?} {} {words:?}", kuberc.display());
                seen.push(home.assert_alike(&words, &variables, &what));
            }
        }
    }
    for fate in [Fate::Known, Fate::Unknown, Fate::Stops] {
        assert!(kubectl_minor() < 34 || seen.contains(&fate), "{seen:?}");
    }
}
