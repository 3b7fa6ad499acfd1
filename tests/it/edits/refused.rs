//! What a rule speaks against.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{CUT, Desk, LABEL, OVERRIDE, has_balancer, live, service};

#[test]
fn a_refused_text_is_kept_and_nothing_is_written() {
    let desk = Desk::new(&format!("{CUT}\ncp \"$1\" saved"));
    service("refused");
    let (output, writes) = desk.writes(|| desk.safe("edit service refused -n pay").run());
    assert_eq!(output.code, 77, "{output:?}");
    assert_eq!(writes, [""; 0]);
    assert_eq!(output.stdout, "", "{output:?}");
    assert!(
        output.stderr.contains("service-annotate-slb-id-removed"),
        "{output:?}"
    );
    assert!(
        output
            .stderr
            .ends_with("Edit cancelled, no changes made.\n"),
        "{output:?}"
    );
    let kept = desk.kept().expect("the text is kept");
    assert!(
        output.stderr.contains(&kept.display().to_string()),
        "{output:?}"
    );
    let saved = desk.user.home.join("saved");
    assert_eq!(
        fs::read(&kept).expect("readable"),
        fs::read(saved).expect("readable")
    );
    let mode = |path: &std::path::Path| {
        let metadata = fs::metadata(path).expect("it is there");
        metadata.permissions().mode() & 0o777
    };
    assert_eq!(mode(&kept), 0o600);
    assert_eq!(mode(kept.parent().expect("a folder")), 0o700);
    assert_eq!(desk.left(), ["kubectl-safe-kept"]);
    assert!(has_balancer("refused"));
}

#[test]
fn who_breaks_the_glass_gets_it_written() {
    let desk = Desk::new(CUT);
    service("broken-glass");
    let line = format!("edit service broken-glass -n pay {OVERRIDE}");
    let (output, writes) = desk.writes(|| desk.safe(&line).run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(output.stdout, "service/broken-glass edited\n");
    assert_eq!(output.stderr, "");
    assert_eq!(writes, ["UPDATE v1 services pay/broken-glass"]);
    assert_eq!(desk.left(), [""; 0]);
    assert!(!has_balancer("broken-glass"));
}

#[test]
fn one_of_several_objects_refuses_them_all() {
    // Of the second one alone.
    let script = format!(
        "{LABEL}\nawk '/alibaba-cloud-loadbalancer-id:/ && n++ {{ next }} 1' \"$1\" >t && cat t >\"$1\""
    );
    let desk = Desk::new(&script);
    service("several-1");
    service("several-2");
    let line = "edit service several-1 several-2 -n pay";
    let (output, writes) = desk.writes(|| desk.safe(line).run());
    assert_eq!(output.code, 77, "{output:?}");
    assert_eq!(writes, [""; 0]);
    assert!(output.said().contains("several-2"), "{output:?}");

    let (output, writes) = desk.writes(|| desk.safe(&format!("{line} {OVERRIDE}")).run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        writes,
        [
            "UPDATE v1 services pay/several-1",
            "UPDATE v1 services pay/several-2"
        ]
    );
    assert!(has_balancer("several-1"));
    assert!(!has_balancer("several-2"));
}

#[test]
fn each_text_is_judged_when_kubectl_opens_the_editor_again() {
    // Garbage first, then the same cut as ever.
    let script = format!(
        "if mkdir first 2>/dev/null; then echo 'a: [' >>\"$1\"; else sed -i '/^a: /d' \"$1\"\n{CUT}; fi"
    );
    let desk = Desk::new(&script);
    service("again");
    let (output, writes) = desk.writes(|| desk.safe("edit service again -n pay").run());
    assert_eq!(output.code, 77, "{output:?}");
    assert_eq!(writes, [""; 0]);
    assert!(desk.kept().is_some());
    assert!(has_balancer("again"));
}

#[test]
fn yaml_that_only_go_reads_is_judged_all_the_same() {
    // A merge key and an anchor put the annotations back without the one that counts.
    let script = r#"awk '
        /^  annotations:/ { print "  annotations:\n    <<: *x"; skip = 1; next }
        skip && /^    / { next }
        { skip = 0 } 1
        /^apiVersion:/ { print "x: &x {example.com/a: b}" }
    ' "$1" >t && cat t >"$1""#;
    let desk = Desk::new(script);
    service("merged");
    let (output, writes) = desk.writes(|| {
        desk.safe("edit service merged -n pay --validate=false")
            .run()
    });
    assert_eq!(output.code, 77, "{output:?}");
    assert!(
        output.stderr.contains("service-annotate-slb-id-removed"),
        "{output:?}"
    );
    assert_eq!(writes, [""; 0]);
}

#[test]
fn a_null_takes_away_what_was_there() {
    let desk = Desk::new(r#"sed -i 's/\(alibaba-cloud-loadbalancer-id:\).*/\1/' "$1""#);
    service("nulled");
    let line = "edit service nulled -n pay --validate=false";
    let (output, writes) = desk.writes(|| desk.safe(line).run());
    assert_eq!(output.code, 77, "{output:?}");
    assert!(
        output.stderr.contains("service-annotate-slb-id-removed"),
        "{output:?}"
    );
    assert_eq!(writes, [""; 0]);
    // It really would be gone.
    let output = desk.kubectl(line).run();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!has_balancer("nulled"));
}

#[test]
fn no_flag_of_edit_leads_past_the_judge() {
    let desk = Desk::new(r#"sed -i '/alibaba-cloud-loadbalancer-id"\?:/d' "$1""#);
    service("flags");
    for (earlier, flags) in [
        "-o json",
        "--windows-line-endings",
        "--save-config",
        "--record",
        "--field-manager=somebody",
        "--validate=false --output-patch",
    ]
    .into_iter()
    .enumerate()
    {
        let line = format!("edit service flags -n pay {flags}");
        let (output, writes) = desk.writes(|| desk.safe(&line).run());
        assert_eq!(output.code, 77, "{flags}: {output:?}");
        assert_eq!(writes, [""; 0], "{flags}");
        assert_eq!(
            desk.left(),
            vec!["kubectl-safe-kept"; earlier + 1],
            "{flags}"
        );
    }
}

#[test]
fn words_of_any_form_open_a_guarded_editor() {
    let desk = Desk::new(CUT);
    service("forms");
    let file = desk.user.home.join("forms.yaml");
    fs::write(
        &file,
        "apiVersion: v1\nkind: Service\nmetadata: {name: forms, namespace: pay}\n",
    )
    .expect("room");
    let kuberc = desk.user.home.join(".kube/kuberc");
    fs::create_dir(desk.user.home.join(".kube")).expect("a user's home is empty");
    let alias = "apiVersion: kubectl.config.k8s.io/v1alpha1\nkind: Preference\n\
        aliases: [{name: ed, command: edit, prependArgs: [service]}]\n";
    fs::write(&kuberc, alias).expect("room");
    for line in [
        "edit svc/forms -n pay".to_owned(),
        "-n=pay edit Services.v1. forms".to_owned(),
        format!("edit -n pay -f {}", file.display()),
        "ed forms -n pay".to_owned(),
        "edit services -n pay --namespace pay".to_owned(),
    ] {
        // kubectl 1.33 reads no preferences without it.
        let run = desk.safe(&line).env("KUBECTL_KUBERC", "true");
        let (output, writes) = desk.writes(|| run.run());
        assert_eq!(output.code, 77, "{line}: {output:?}");
        assert_eq!(writes, [""; 0], "{line}");
    }
    assert!(has_balancer("forms"));
}

#[test]
fn a_text_is_not_judged_by_another_cluster_than_it_goes_to() {
    // Somebody switches the context while the editor is open; kubectl has read it long ago.
    let switch = r#"sed -i 's/"current-context":"test"/"current-context":"other"/' kubeconfig"#;
    let desk = Desk::new(&format!("{LABEL}\n{switch}"));
    service("switched");
    let text = fs::read_to_string(&desk.user.kubeconfig).expect("readable");
    let mut config: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut other = config["contexts"][0].clone();
    other["name"] = "other".into();
    config["contexts"]
        .as_array_mut()
        .expect("a list")
        .push(other);
    let line = "edit service switched -n pay";
    for (flags, code) in [("", 75), ("--context=test", 0)] {
        fs::write(&desk.user.kubeconfig, config.to_string()).expect("room");
        let (output, writes) = desk.writes(|| desk.safe(&format!("{line} {flags}")).run());
        assert_eq!(output.code, code, "{flags}: {output:?}");
        assert_eq!(writes.len(), usize::from(code == 0), "{flags}: {writes:?}");
        let now = fs::read_to_string(&desk.user.kubeconfig).expect("readable");
        assert!(now.contains(r#""current-context":"other""#), "{now}");
    }
}

#[test]
fn what_could_not_be_judged_in_time_is_not_written() {
    let desk = Desk::new(LABEL);
    service("late");
    let line = "edit service late -n pay --safe-timeout=1ms";
    let (output, writes) = desk.writes(|| desk.safe(line).run());
    assert_eq!(output.code, 75, "{output:?}");
    assert_eq!(writes, [""; 0]);
    assert!(desk.kept().is_some());
    let (output, writes) = desk.writes(|| desk.safe(&format!("{line} --safe-yes")).run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(writes, ["UPDATE v1 services pay/late"]);
}

#[test]
fn a_last_applied_configuration_is_one_annotation_of_the_live_object() {
    let desk = Desk::new(LABEL);
    service("applied");
    let file = desk.user.home.join("applied.yaml");
    let mut object = live("applied");
    for field in [
        "uid",
        "resourceVersion",
        "creationTimestamp",
        "managedFields",
    ] {
        object["metadata"]
            .as_object_mut()
            .expect("every object has it")
            .remove(field);
    }
    fs::write(&file, object.to_string()).expect("room");
    let set = format!(
        "apply set-last-applied --create-annotation -f {} -n pay",
        file.display()
    );
    let output = desk.kubectl(&set).run();
    assert_eq!(output.code, 0, "{output:?}");

    let line = "apply edit-last-applied service/applied -n pay";
    let (output, writes) = desk.writes(|| desk.safe(line).run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(writes, ["UPDATE v1 services pay/applied"]);
    let annotation = &live("applied")["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
    assert!(
        annotation
            .as_str()
            .is_some_and(|text| text.contains("example.com/owner")),
        "{annotation}"
    );
}
