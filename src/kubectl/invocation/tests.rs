//! What kubectl was seen to make of command lines, with versions 1.27 to 1.36 against a recording server.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use super::*;
use crate::kubectl::flags::Minor;
use crate::kubectl::kuberc::World;

const NEWEST: Option<Minor> = Some(Minor::NEWEST);

/// Words as a shell splits them.
fn shell(line: &str) -> Vec<OsString> {
    let words = shell_words::split(line).expect("the line is written for a shell");
    words.into_iter().map(Into::into).collect()
}

fn reading(line: &str, version: Option<Minor>) -> Reading {
    read(&shell(line), version, || vec![World::Nothing])
}

#[track_caller]
fn guarded(line: &str) -> Invocation {
    match reading(line, NEWEST) {
        Reading::Guarded(invocation) => *invocation,
        other => panic!("{line}: {other:?}"),
    }
}

#[track_caller]
fn unguarded(line: &str) -> &'static str {
    match reading(line, None) {
        Reading::Unguarded(command) => command.path,
        other => panic!("{line}: {other:?}"),
    }
}

#[track_caller]
fn stops(line: &str) -> Stop {
    match reading(line, NEWEST) {
        Reading::Stops(stop) => stop,
        other => panic!("{line}: {other:?}"),
    }
}

fn arguments(line: &str) -> Vec<String> {
    guarded(line).arguments().to_vec()
}

#[test]
fn flags_without_a_value_leave_the_next_word_alone() {
    assert_eq!(
        arguments("delete pod x --wait false"),
        ["pod", "x", "false"]
    );
    assert_eq!(
        arguments("delete pod x --cascade orphan"),
        ["pod", "x", "orphan"]
    );
    let dry = guarded("delete pod x --dry-run server");
    assert_eq!((dry.arguments().len(), dry.dry_run()), (3, DryRun::Client));
    assert!(guarded("delete pod x --wait false").truth("wait"));
    assert!(!guarded("delete pod x --wait=false").truth("wait"));
}

#[test]
fn flags_with_a_value_take_any_next_word() {
    for value in ["-h", "--context", "--", ""] {
        let invocation = read(
            &["delete", "pod", "x", "-n", value].map(OsString::from),
            NEWEST,
            || vec![World::Nothing],
        );
        let Reading::Guarded(invocation) = invocation else {
            panic!("{value}")
        };
        assert_eq!(invocation.text("namespace"), Some(value));
        assert_eq!(invocation.dash(), None);
    }
    assert_eq!(
        stops("delete pod x -n"),
        Stop::Flag(FlagError::NeedsValue("-n".to_owned()))
    );
    assert_eq!(
        stops("delete pod x --namespace"),
        Stop::Flag(FlagError::NeedsValue("--namespace".to_owned()))
    );
}

#[test]
fn last_scalar_wins_wherever_it_stands() {
    assert_eq!(
        guarded("--dry-run=client delete pod x --dry-run=none").dry_run(),
        DryRun::None
    );
    assert_eq!(
        guarded("-n a delete -nb pod x --namespace=c").text("namespace"),
        Some("c")
    );
    assert!(guarded("delete pods --all=false --all").truth("all"));
}

#[test]
fn lists_grow() {
    assert_eq!(
        guarded("delete -f a.yaml,b.yaml -fc.yaml").list("filename"),
        ["a.yaml", "b.yaml", "c.yaml"]
    );
    assert_eq!(
        guarded(r#"delete -f '"a,b.yaml",c.yaml'"#).list("filename"),
        ["a,b.yaml", "c.yaml"]
    );
    assert_eq!(
        guarded("delete pod x --as-group a,b --as-group c").list("as-group"),
        ["a,b", "c"]
    );
    assert!(guarded("delete pod x").list("filename").is_empty());
    assert!(matches!(
        stops(r#"delete -f 'a"b'"#),
        Stop::Flag(FlagError::Value {
            flag: "filename",
            ..
        })
    ));
}

#[test]
fn underscores_are_dashes_in_long_names() {
    assert_eq!(
        guarded("delete pod x --dry_run=server").dry_run(),
        DryRun::Server
    );
    assert!(guarded("delete pods --all_namespaces --all").truth("all-namespaces"));
    assert_eq!(
        guarded("delete pods --field_selector a=b").text("field-selector"),
        Some("a=b")
    );
    assert_eq!(
        guarded("--request_timeout 1s delete pod x").text("request-timeout"),
        Some("1s")
    );
}

#[test]
fn long_words_behind_one_dash_are_letters() {
    assert_eq!(guarded("delete pod x -now").text("namespace"), Some("ow"));
    assert_eq!(guarded("delete -force").list("filename"), ["orce"]);
    let namespace = guarded("delete pod x -namespace y");
    assert_eq!(namespace.text("namespace"), Some("amespace"));
    assert_eq!(namespace.arguments(), ["pod", "x", "y"]);
    assert_eq!(
        guarded("delete pod x -n=web").text("namespace"),
        Some("web")
    );
    assert_eq!(guarded("delete pod x -n=").text("namespace"), Some("="));
    assert_eq!(guarded("delete pods -Rf x").list("filename"), ["x"]);
    assert_eq!(
        guarded("delete pods -An web --all").text("namespace"),
        Some("web")
    );
    assert_eq!(
        guarded("delete pods -nRf --all").text("namespace"),
        Some("Rf")
    );
    assert_eq!(guarded("delete pods -lfoo").text("selector"), Some("foo"));
    assert_eq!(
        guarded("delete pods -l=app=web").text("selector"),
        Some("app=web")
    );
    assert!(!guarded("delete pods --all -A=false").truth("all-namespaces"));
    assert!(matches!(
        stops("delete pods --all -A="),
        Stop::Flag(FlagError::Unknown(_))
    ));
}

#[test]
fn leftovers_of_gos_test_flags_are_ignored() {
    for word in ["-test.v", "-test.timeout=5s", "-Atest.x"] {
        assert_eq!(arguments(&format!("delete pod x {word}")), ["pod", "x"]);
    }
    assert!(guarded("delete pods --all -Atest.n=x").truth("all-namespaces"));
}

#[test]
fn values_that_do_not_parse_stop_kubectl() {
    for line in [
        "delete pod x --wait=maybe",
        "delete pod x --wait=",
        "delete pod x --timeout=5",
        "delete pod x --grace-period=1s",
        "delete pod x --grace-period ''",
        "delete pod x --=x",
        "delete pod x ---x",
        "delete pod x --dry-run=Client",
        "delete pod x --dry-run=",
        "delete pod x --cascade=no",
        "delete pod x --nonsense",
        "delete pod x --no-wait",
        "delete pod x --Wait",
        "delete pod x --wai",
        "delete pod x -z",
        "delete pod x -é",
        "drain n --help=maybe",
    ] {
        assert!(
            !matches!(stops(line), Stop::Help | Stop::UnknownCommand),
            "{line}"
        );
    }
}

#[test]
fn dry_run_and_cascade_words() {
    let dry = |value: &str| guarded(&format!("delete pod x --dry-run{value}")).dry_run();
    for (value, expected) in [
        ("", DryRun::Client),
        ("=unchanged", DryRun::Client),
        ("=client", DryRun::Client),
        ("=true", DryRun::Client),
        ("=1", DryRun::Client),
        ("=server", DryRun::Server),
        ("=none", DryRun::None),
        ("=false", DryRun::None),
        ("=F", DryRun::None),
    ] {
        assert_eq!(dry(value), expected, "{value}");
    }
    let cascade = |value: &str| guarded(&format!("delete pod x --cascade{value}")).cascade();
    assert_eq!(cascade(""), Cascade::Background);
    assert_eq!(cascade("=true"), Cascade::Background);
    assert_eq!(cascade("=false"), Cascade::Orphan);
    assert_eq!(cascade("=orphan"), Cascade::Orphan);
    assert_eq!(cascade("=foreground"), Cascade::Foreground);
    assert_eq!(guarded("cordon n").cascade(), Cascade::Background);
}

#[test]
fn integers_have_gos_bases() {
    assert_eq!(
        guarded("delete pod x --grace-period 0x10").integer("grace-period"),
        Some(16)
    );
    assert_eq!(
        guarded("drain n --grace-period=-1").integer("grace-period"),
        Some(-1)
    );
    assert_eq!(guarded("drain n").integer("grace-period"), None);
    assert!(guarded("drain n --force").truth("force") && !guarded("drain n").is_set("force"));
}

#[test]
fn own_flags_hide_global_ones() {
    let rolebinding = command_of(&shell("create rolebinding"));
    assert_eq!(
        rolebinding.flag(b"user").map(|flag| flag.kind),
        Some(Kind::List)
    );
    let set_cluster = command_of(&shell("config set-cluster"));
    assert!(set_cluster.shorthand(b's').is_none() && set_cluster.shorthand(b'n').is_some());
}

#[test]
fn unknown_flags_before_the_verb_take_a_word() {
    for line in [
        "--all delete pods",
        "-A delete pods",
        "--force delete pod x",
        "--dry-run delete pod x",
        "--help delete pod x",
        "-An web delete pods",
        "del pod x",
        "Delete pod x",
    ] {
        assert!(
            !matches!(reading(line, NEWEST), Reading::Guarded(_)),
            "{line}"
        );
    }
    for line in [
        "--all=true delete pods",
        "-A=true delete pods --all",
        "-l app=web delete pods",
        "-f app.yaml delete",
        "-Atest.x delete pods --all",
        "--all get delete pods",
    ] {
        assert_eq!(guarded(line).verb(), Verb::Delete, "{line}");
    }
    let pair = guarded("--all --cascade delete pods");
    assert!(pair.truth("all") && pair.is_set("cascade"));
    assert_eq!(pair.arguments(), ["pods"]);
    assert_eq!(guarded("-it exec web-0 -- sh").verb(), Verb::Exec);
    assert_eq!(unguarded("-oyaml get pods"), "get");
    assert!(matches!(reading("-i exec web-0", None), Reading::Stops(_)));
}

#[test]
fn groups_are_searched_like_the_root() {
    assert_eq!(
        guarded("rollout --to-revision 2 undo deploy/web").path(),
        "rollout undo"
    );
    assert_eq!(guarded("set -n image env deploy/web A=1").path(), "set env");
    assert_eq!(unguarded("rollout --dry-run undo deploy/web"), "rollout");
    assert_eq!(unguarded("top --containers pod"), "top");
    assert_eq!(
        guarded("create --save-config cm x").path(),
        "create configmap"
    );
    assert_eq!(unguarded("config use x"), "config use-context");
    assert_eq!(unguarded("top no"), "top node");
    assert_eq!(unguarded("rollout foo"), "rollout");
    assert_eq!(
        unguarded("config delete-context delete"),
        "config delete-context"
    );
}

#[test]
fn kubectl_itself_is_help() {
    for line in ["", "-n delete", "-- delete pod x", "--help", "-n x"] {
        assert_eq!(unguarded(line), "", "{line}");
    }
    assert_eq!(unguarded("get pods --help"), "get");
    assert_eq!(unguarded("__complete delete no"), "__complete");
    assert_eq!(unguarded("version --client"), "version");
}

#[test]
fn help_is_a_flag_like_others() {
    assert_eq!(stops("delete pod x -h"), Stop::Help);
    assert_eq!(stops("delete pod x --help --all"), Stop::Help);
    assert_eq!(stops("-h=true delete pod x"), Stop::Help);
    assert!(matches!(
        stops("delete pod x --help --wait=maybe"),
        Stop::Flag(_)
    ));
    assert_eq!(guarded("delete pod x -n -h").text("namespace"), Some("-h"));
    assert_eq!(arguments("delete pod x -- -h"), ["pod", "x", "-h"]);
    assert_eq!(arguments("delete pod x --help=false"), ["pod", "x"]);
    assert_eq!(
        reading("help delete pod x", NEWEST),
        Reading::Unguarded(command_of(&shell("help")))
    );
}

#[test]
fn words_behind_the_dash_are_arguments() {
    let behind = guarded("delete pod x -- -n web");
    assert_eq!(behind.arguments(), ["pod", "x", "-n", "web"]);
    assert_eq!((behind.dash(), behind.text("namespace")), (Some(2), None));
    assert_eq!(
        guarded("delete -- pod x --").arguments(),
        ["pod", "x", "--"]
    );
    assert_eq!(guarded("delete -- pod x").dash(), Some(0));
}

#[test]
fn empty_words_and_lone_dashes_are_arguments() {
    assert_eq!(arguments("'' delete pod x"), ["", "pod", "x"]);
    assert_eq!(arguments("delete - pod"), ["-", "pod"]);
    assert_eq!(arguments("- delete pod"), ["-", "pod"]);
}

#[test]
fn kubectl_1_27_removes_the_first_equal_word() {
    let line = "-n delete --context prod delete pod x";
    let new = guarded(line);
    assert_eq!(
        (new.text("namespace"), new.text("context")),
        (Some("delete"), Some("prod"))
    );
    assert_eq!(new.arguments(), ["pod", "x"]);
    let Reading::Guarded(old) = reading(line, Some(Minor(27))) else {
        panic!("1.27 finds delete too")
    };
    assert_eq!(old.text("namespace"), Some("--context"));
    assert_eq!(old.arguments(), ["prod", "delete", "pod", "x"]);
    assert_eq!(reading(line, None), Reading::Undecidable(Doubt::Versions));
    assert!(Doubt::Versions.needs_version());
    // With both copies side by side nothing differs.
    assert!(matches!(
        reading("-n delete delete pod x", None),
        Reading::Guarded(_)
    ));
    assert_eq!(unguarded("-n get --context prod get pod x"), "get");
}

#[test]
fn a_flag_of_a_newer_kubectl_is_a_doubt() {
    let doubt = |line: &str, version| match reading(line, version) {
        Reading::Undecidable(Doubt::UnknownFlag(flag)) => Some(flag),
        _ => None,
    };
    let newer = Some(Minor(Minor::NEWEST.0 + 1));
    for version in [None, newer] {
        assert_eq!(
            doubt("delete pod x --new", version).as_deref(),
            Some("--new")
        );
        assert_eq!(
            doubt("delete pod x --new=1", version).as_deref(),
            Some("--new")
        );
        assert_eq!(doubt("delete pod x -Z", version).as_deref(), Some("-Z"));
        // `--new` may take no word: then this is `delete`.
        assert_eq!(
            doubt("--new delete pod x", version).as_deref(),
            Some("--new")
        );
        assert_eq!(doubt("-Z drain n", version).as_deref(), Some("-Z"));
        assert_eq!(doubt("--new get delete", version).as_deref(), Some("--new"));
        assert_eq!(
            doubt("--new delete --all get pods", version).as_deref(),
            Some("--new")
        );
        assert_eq!(doubt("get pods --new delete", version), None);
        assert_eq!(doubt("--new get pods", version), None);
        // A flag of `delete` itself is no new global one.
        assert_eq!(doubt("--all delete pods", version), None);
    }
    assert!(matches!(
        reading("delete pod x --new", NEWEST),
        Reading::Stops(_)
    ));
    assert!(!matches!(
        reading("--new delete pod x", NEWEST),
        Reading::Guarded(_) | Reading::Undecidable(_)
    ));
    // What stops kubectl before the unknown flag stops it in any version.
    assert!(matches!(
        reading("delete --wait=x --new", None),
        Reading::Stops(_)
    ));
}

#[test]
fn every_verb_doubts_a_flag_of_a_newer_kubectl() {
    let newer = Some(Minor(Minor::NEWEST.0 + 1));
    for verb in Verb::ALL {
        let path = verb.path();
        for line in [
            format!("{path} x --brand-new"),
            format!("{path} --brand-new x"),
            format!("--brand-new {path} x"),
            format!("{path} x --brand-new=1 --help"),
        ] {
            for version in [None, newer] {
                let read = reading(&line, version);
                let doubted = Doubt::UnknownFlag("--brand-new".to_owned());
                assert_eq!(read, Reading::Undecidable(doubted), "{line} {version:?}");
            }
            let read = reading(&line, NEWEST);
            assert!(
                !matches!(read, Reading::Guarded(_) | Reading::Undecidable(_)),
                "{line}"
            );
        }
    }
}

#[test]
fn words_that_are_no_text_matter_only_when_judged() {
    let odd = OsString::from_vec(vec![b'a', 0xff]);
    let nothing = || vec![World::Nothing];
    let delete = read(
        &["delete".into(), "pod".into(), odd.clone()],
        NEWEST,
        nothing,
    );
    assert!(matches!(delete, Reading::Undecidable(Doubt::NotText(_))));
    assert!(matches!(
        read(&["get".into(), odd.clone()], NEWEST, nothing),
        Reading::Unguarded(_)
    ));
    assert_eq!(read(&[odd], NEWEST, nothing), Reading::Plugin);
}

#[test]
fn kuberc_is_not_asked_about_unguarded_words() {
    for line in [
        "get pods",
        "logs -f x",
        "diff -f delete",
        "config view",
        "logs delete -- sh",
        "__complete zap ",
    ] {
        let reading = read(&shell(line), None, || panic!("{line} needs no kuberc"));
        assert!(matches!(reading, Reading::Unguarded(_)), "{line}");
    }
}

#[test]
fn unknown_first_words_are_plugins() {
    assert_eq!(reading("foo bar", None), Reading::Plugin);
    assert_eq!(
        reading("-n x foo", None),
        Reading::Stops(Stop::UnknownCommand)
    );
    assert_eq!(
        reading("-n help foo", None),
        Reading::Stops(Stop::UnknownCommand)
    );
}

#[test]
fn gated_flags_are_known() {
    assert!(guarded("delete pod x -i").truth("interactive"));
    assert!(command_of(&shell("apply")).flag(b"applyset").is_some());
    assert!(guarded("drain n --delete-local-data").truth("delete-local-data"));
}
