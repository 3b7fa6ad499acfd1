//! What kubectl 1.33 to 1.36 was seen to do with a kuberc, and with words beside it.

use std::collections::BTreeMap;

use super::*;
use crate::kubectl::flags::Verb;
use crate::kubectl::invocation::{Doubt, Invocation, Reading, Stop, read};

const NEWEST: Option<Minor> = Some(Minor::NEWEST);

/// Files by path; the usual place is `/home/me/.kube/kuberc`.
struct Machine {
    environment: Environment,
    files: BTreeMap<&'static str, String>,
}

fn machine(files: &[(&'static str, &str)]) -> Machine {
    let environment = Environment {
        home: Some("/home/me".into()),
        ..Environment::default()
    };
    Machine {
        environment,
        files: files
            .iter()
            .map(|(path, text)| (*path, (*text).to_owned()))
            .collect(),
    }
}

fn usual(preferences: &str) -> Machine {
    machine(&[("/home/me/.kube/kuberc", &beta(preferences))])
}

fn beta(preferences: &str) -> String {
    format!("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n{preferences}")
}

fn shell(line: &str) -> Vec<OsString> {
    let words = shell_words::split(line).expect("the line is written for a shell");
    words.into_iter().map(Into::into).collect()
}

impl Machine {
    fn variable(mut self, kuberc: &str) -> Self {
        self.environment.kuberc = Some(kuberc.into());
        self
    }

    fn gate(mut self, gate: &str) -> Self {
        self.environment.gate = Some(gate.into());
        self
    }

    fn worlds(&self, line: &str, version: Option<Minor>) -> Vec<World> {
        worlds(&shell(line), version, &self.environment, |path| {
            let text = path.to_str().and_then(|path| self.files.get(path));
            text.map(|text| text.clone().into_bytes())
                .ok_or_else(|| io::ErrorKind::NotFound.into())
        })
    }

    fn read(&self, line: &str, version: Option<Minor>) -> Reading {
        read(&shell(line), version, || self.worlds(line, version))
    }

    #[track_caller]
    fn guarded(&self, line: &str) -> Invocation {
        match self.read(line, NEWEST) {
            Reading::Guarded(invocation) => *invocation,
            other => panic!("{line}: {other:?}"),
        }
    }
}

const ZAP: &str = "aliases:\n- {name: zap, command: delete, prependArgs: [namespace, prod]}\n";
const EMPTY: World = World::Applies(Kuberc {
    defaults: Vec::new(),
    aliases: Vec::new(),
});

#[test]
fn an_alias_is_a_verb() {
    let machine = usual(ZAP);
    let zap = machine.guarded("zap");
    assert_eq!(
        (zap.verb(), zap.arguments()),
        (
            Verb::Delete,
            &["namespace".to_owned(), "prod".to_owned()][..]
        )
    );
    assert_eq!(zap.words(), ["zap", "namespace", "prod"]);
    assert_eq!(
        machine.guarded("zap x -n q").arguments(),
        ["namespace", "prod", "x"]
    );
    assert_eq!(
        machine.guarded("--namespace=x zap").text("namespace"),
        Some("x")
    );
    // Here `x` is the first word without a dash, so kubectl sees no alias.
    assert!(matches!(
        machine.read("-n x zap", NEWEST),
        Reading::Stops(_)
    ));
    assert_eq!(machine.read("other", NEWEST), Reading::Plugin);
    // Versions without kuberc would look for a plugin, which does no harm to judge the alias.
    assert!(matches!(machine.read("zap", None), Reading::Guarded(_)));
    assert_eq!(machine.read("zap", Some(Minor(32))), Reading::Plugin);
}

#[test]
fn an_alias_for_help_wins_over_help() {
    let machine = usual("aliases: [{name: help, command: delete, appendArgs: [pods, --all]}]\n");
    assert!(machine.guarded("help").truth("all"));
    // The completion words come later still, and an alias has letters only.
    assert!(matches!(
        machine.read("__complete help", NEWEST),
        Reading::Unguarded(_)
    ));
}

#[test]
fn an_alias_never_hides_a_builtin() {
    let machine =
        usual("aliases: [{name: get, command: delete}, {name: kuberc, command: delete}]\n");
    assert!(matches!(
        machine.read("get pods", None),
        Reading::Unguarded(_)
    ));
    // 1.34 has no command `kuberc`.
    assert!(matches!(
        machine.read("kuberc pod x", Some(Minor(34))),
        Reading::Guarded(_)
    ));
}

#[test]
fn an_alias_drops_flags_in_its_command_and_appends_behind_the_dash() {
    let machine = usual(
        "aliases:\n- {name: dd, command: delete --all}\n- {name: pp, command: delete, appendArgs: [--all]}\n",
    );
    assert!(!machine.guarded("dd pods").truth("all"));
    assert!(machine.guarded("pp pods").truth("all"));
    assert_eq!(
        machine.guarded("pp pods -- x").arguments(),
        ["pods", "x", "--all"]
    );
}

#[test]
fn an_alias_sets_options_and_takes_no_defaults() {
    let machine = usual(
        "aliases: [{name: zz, command: delete, options: [{name: namespace, default: q}, {name: wait, default: 'false'}]}]\n\
         defaults: [{command: delete, options: [{name: interactive, default: 'true'}]}]\n",
    );
    let zz = machine.guarded("zz pod x");
    assert_eq!(zz.text("namespace"), Some("q"));
    assert!(!zz.truth("wait") && !zz.truth("interactive"));
    assert_eq!(zz.added(), ["--namespace=q", "--wait=false"]);
    assert_eq!(
        machine.guarded("zz pod x -n web").text("namespace"),
        Some("web")
    );
    assert!(machine.guarded("delete pod x").truth("interactive"));
}

/// kubectl 1.36 crashes on an alias of itself. It is judged all the same.
#[test]
fn aliases_of_groups_and_of_kubectl_itself() {
    let machine = usual(
        "aliases:\n- {name: kk, command: ''}\n- {name: seti, command: set}\n\
         - {name: kn, command: '', options: [{name: namespace, default: prod}]}\n",
    );
    assert_eq!(machine.guarded("kk delete pod x").arguments(), ["pod", "x"]);
    assert_eq!(
        machine.guarded("seti image deploy/x c=i").path(),
        "set image"
    );
    assert_eq!(
        machine.read("kn delete pod x", NEWEST),
        Reading::Undecidable(Doubt::Kuberc(Problem::OptionsOfAGroup))
    );
}

#[test]
fn an_alias_that_is_not_judged_needs_no_options() {
    let machine =
        usual("aliases: [{name: gg, command: get, options: [{name: future, default: x}]}]\n");
    assert!(
        matches!(machine.read("gg pods", Some(Minor(37))), Reading::Unguarded(get) if get.path == "get")
    );
    let delete =
        usual("aliases: [{name: dd, command: delete}]\ndefaults: [{command: dd, options: []}]\n");
    assert!(matches!(
        delete.read("dd pod x", NEWEST),
        Reading::Stops(Stop::Kuberc(_))
    ));
}

#[test]
fn defaults_change_what_is_deleted() {
    let all = usual("defaults: [{command: delete, options: [{name: all, default: 'true'}]}]\n");
    assert!(all.guarded("delete pods").truth("all"));
    assert!(!all.guarded("delete pods --all=false x").truth("all"));
    let raw = usual(
        "defaults: [{command: delete, options: [{name: raw, default: /api/v1/namespaces/prod}]}]\n",
    );
    assert_eq!(
        raw.guarded("delete pod x").text("raw"),
        Some("/api/v1/namespaces/prod")
    );
    let file =
        usual("defaults: [{command: delete, options: [{name: filename, default: a.yaml}]}]\n");
    // Not "present" to the raw scan, so the default stays and the list grows.
    assert_eq!(
        file.guarded("delete -Rf=b.yaml").list("filename"),
        ["a.yaml", "b.yaml"]
    );
    assert_eq!(
        file.guarded("delete -f b.yaml").list("filename"),
        ["b.yaml"]
    );
}

#[test]
fn defaults_go_by_the_last_word_of_their_command() {
    let set = "defaults: [{command: config view, options: [{name: namespace, default: q}]}, {command: nonsense}]\n";
    assert_eq!(usual(set).guarded("delete pod x").text("namespace"), None);
    let delete =
        "defaults: [{command: delete pods --all, options: [{name: namespace, default: q}]}]\n";
    assert_eq!(
        usual(delete).guarded("delete pod x").text("namespace"),
        Some("q")
    );
    assert_eq!(usual(delete).guarded("drain n").text("namespace"), None);
}

#[test]
fn presence_is_a_raw_scan() {
    let machine =
        usual("defaults: [{command: delete, options: [{name: namespace, default: nn}]}]\n");
    let namespace = |line: &str| machine.guarded(line).text("namespace").map(str::to_owned);
    assert_eq!(namespace("delete pod -lxyz").as_deref(), Some("nn"));
    assert_eq!(namespace("delete pod -lnope"), None);
    assert_eq!(namespace("delete pod x -- -n"), None);
    assert_eq!(namespace("delete pod x --namespace="), Some(String::new()));
    assert_eq!(namespace("delete pod x -l a=n").as_deref(), Some("nn"));
    let dry = usual("defaults: [{command: delete, options: [{name: dry-run, default: client}]}]\n");
    assert_eq!(
        dry.guarded("delete pod x --dry_run=none").dry_run(),
        crate::kubectl::invocation::DryRun::None
    );
}

#[test]
fn a_bad_default_stops_kubectl() {
    for options in [
        "{name: nonsense, default: x}",
        "{name: wait, default: maybe}",
        "{name: v, default: '9'}",
    ] {
        let machine = usual(&format!(
            "defaults: [{{command: delete, options: [{options}]}}]\n"
        ));
        assert!(
            matches!(machine.read("delete pod x", NEWEST), Reading::Stops(_)),
            "{options}"
        );
    }
    let newer = usual("defaults: [{command: delete, options: [{name: nonsense, default: x}]}]\n");
    assert!(matches!(
        newer.read("delete pod x", None),
        Reading::Undecidable(Doubt::UnknownFlag(_))
    ));
    for wrong in [
        "aliases: [{name: a-b, command: delete}]",
        "aliases: [{name: a, command: delete}, {name: a, command: get}]",
        "aliases: [{name: a, command: delete, options: [{name: --all}]}]",
        "defaults: [{command: get, options: [{name: --all}]}]",
    ] {
        assert!(
            matches!(
                usual(wrong).read("delete pod x", NEWEST),
                Reading::Stops(Stop::Kuberc(_))
            ),
            "{wrong}"
        );
    }
}

#[test]
fn a_default_may_undo_a_dry_run_or_be_ignored_by_an_older_kubectl() {
    let machine =
        usual("defaults: [{command: delete, options: [{name: dry-run, default: client}]}]\n");
    assert_eq!(
        machine.read("delete pod x", None),
        Reading::Undecidable(Doubt::Versions)
    );
    assert_eq!(
        machine.guarded("delete pod x").dry_run(),
        crate::kubectl::invocation::DryRun::Client
    );
    // The words say it themselves: all versions agree.
    assert!(matches!(
        machine.read("delete pod x --dry-run=none", None),
        Reading::Guarded(_)
    ));
}

#[test]
fn which_file_counts() {
    let other = beta("aliases: [{name: a, command: get}]\n");
    let files = || machine(&[("/home/me/.kube/kuberc", &beta("")), ("/other", &other)]);
    let applies = |worlds: Vec<World>| match &worlds[..] {
        [World::Applies(kuberc)] => Some(kuberc.aliases.len()),
        _ => None,
    };
    let v = |minor| Some(Minor(minor));
    assert_eq!(files().worlds("x", NEWEST), [EMPTY]);
    assert_eq!(files().worlds("x", v(32)), [World::Nothing]);
    assert_eq!(files().worlds("x", v(33)), [World::Nothing]);
    assert_eq!(files().gate("False").worlds("x", v(36)), [World::Nothing]);
    assert_eq!(files().variable("off").worlds("x", v(36)), [World::Nothing]);
    assert!(matches!(
        files().variable("off").worlds("x --kuberc /other", v(36))[..],
        [World::Stops(_)]
    ));
    assert_eq!(
        applies(files().variable("/other").worlds("x", v(35))),
        Some(1)
    );
    assert_eq!(
        applies(files().variable("/other").worlds("x", v(34))),
        Some(0)
    );
    assert_eq!(files().variable("/other").worlds("x", None).len(), 3);
    for named in [
        "--kuberc /other",
        "--kuberc=/other=z",
        "x -n --kuberc /other",
        "my--kuberc=/other",
        "--kuberc=/other --kuberc=/no",
    ] {
        assert_eq!(applies(files().worlds(named, v(34))), Some(1), "{named}");
    }
    assert_eq!(
        applies(files().worlds("x -- --kuberc /other", v(34))),
        Some(0)
    );
    assert!(matches!(
        files().worlds("x --kuberc /missing", v(36))[..],
        [World::Stops(_)]
    ));
    assert_eq!(machine(&[]).worlds("x", None), [World::Nothing]);
}

#[test]
fn v1alpha1_has_other_names() {
    let text = "apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n\
                overrides: [{command: delete, flags: [{name: all, default: 'true'}]}]\n";
    let machine = machine(&[("/home/me/.kube/kuberc", text)]).gate("true");
    for version in [33, 34, 36] {
        let reading = machine.read("delete pods", Some(Minor(version)));
        assert!(
            matches!(&reading, Reading::Guarded(delete) if delete.truth("all")),
            "1.{version}"
        );
    }
    let swapped = text.replace("v1alpha1", "v1beta1");
    let swapped = super::tests::machine(&[("/home/me/.kube/kuberc", &swapped)]);
    assert!(!swapped.guarded("delete pods").truth("all"));
}

#[test]
fn the_first_preference_of_the_file_counts() {
    let second = beta("aliases: [{name: a, command: get}]\n");
    let text = format!("\n---\nkind: Other\n---\n{second}---\n{}", beta(""));
    let machine = machine(&[("/home/me/.kube/kuberc", &text)]);
    assert!(
        matches!(&machine.worlds("x", NEWEST)[..], [World::Applies(kuberc)] if kuberc.aliases.len() == 1)
    );
    for nothing in [
        "",
        "---\n",
        "# only a comment\n",
        "kind: Other\n",
        "just text\n",
    ] {
        let machine =
            super::tests::machine(&[("/home/me/.kube/kuberc", nothing), ("/named", nothing)]);
        assert_eq!(machine.worlds("x", NEWEST), [World::Nothing], "{nothing:?}");
    }
}

#[test]
fn what_is_not_understood_is_a_doubt() {
    for broken in [
        "defaults: {\n",
        "defaults: [{command: delete, options: [{name: all, default: true}]}]\n",
        "aliases: 7\n",
        "base: &b {command: delete}\ndefaults: [{<<: *b}]\n",
    ] {
        let reading = usual(broken).read("delete pod x", None);
        assert!(
            matches!(
                reading,
                Reading::Undecidable(Doubt::Kuberc(Problem::NotUnderstood { .. }))
            ),
            "{broken}: {reading:?}"
        );
        assert!(matches!(
            usual(broken).read("get pods", None),
            Reading::Unguarded(_)
        ));
    }
    let future = beta("").replace("v1beta1", "v2");
    let reading = machine(&[("/home/me/.kube/kuberc", &future)]).read("zap", None);
    assert!(matches!(reading, Reading::Undecidable(_)));
}

#[test]
fn texts_that_yaml_1_1_takes_for_bools_may_make_the_file_invalid() {
    let machine = usual("aliases: [{name: zap, command: delete, prependArgs: [no]}]\n");
    assert_eq!(machine.worlds("zap x", NEWEST).len(), 2);
    assert_eq!(machine.guarded("zap x").arguments(), ["no", "x"]);
}

#[test]
fn unknown_fields_are_ignored_from_1_34_on() {
    let text = beta("aliases: []\nfuture: 1\n");
    let machine = machine(&[("/home/me/.kube/kuberc", &text)]);
    assert_eq!(machine.worlds("x", NEWEST), [EMPTY]);
    let alpha = text.replace("v1beta1", "v1alpha1");
    let machine = super::tests::machine(&[("/home/me/.kube/kuberc", &alpha)]).gate("true");
    assert_eq!(machine.worlds("x", Some(Minor(33))), [World::Nothing]);
}

#[test]
fn the_policy_for_credential_plugins_is_taken_or_nothing_runs() {
    let policy = |lines: &str| {
        let text = format!("apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n{lines}");
        let environment = Environment {
            home: Some("/home/me".into()),
            ..Environment::default()
        };
        plugin_policy(&[], &environment, |_| Ok(text.clone().into_bytes()))
    };
    let listed = |names: &[&str]| {
        PluginPolicy::Allowlist(names.iter().map(|&name| name.to_owned()).collect())
    };
    assert_eq!(policy(""), PluginPolicy::AllowAll);
    assert_eq!(
        policy("credentialPluginPolicy: AllowAll"),
        PluginPolicy::AllowAll
    );
    assert_eq!(
        policy("credentialPluginPolicy: DenyAll"),
        PluginPolicy::DenyAll
    );
    assert_eq!(
        policy("credentialPluginPolicy: Something"),
        PluginPolicy::DenyAll
    );
    assert_eq!(
        policy("credentialPluginPolicy: [AllowAll]"),
        PluginPolicy::DenyAll
    );
    let allowlist = "credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: aws}, {command: /bin/gke}]";
    assert_eq!(policy(allowlist), listed(&["aws", "/bin/gke"]));
    assert_eq!(policy("credentialPluginPolicy: Allowlist"), listed(&[]));
}
