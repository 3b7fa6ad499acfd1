//! `create --edit`: each object of the files is a text of its own.

use std::fs;

use super::{Desk, ack};
use crate::support::Terminal;

/// Gives a Service an SLB of which we do not know whose it is.
const REUSE_ANY: &str = r#"sed -i 's/^  name:/  annotations: {service.beta.kubernetes.io\/alibaba-cloud-loadbalancer-id: lb-any}\n&/' "$1""#;
const NAMED: &str = r#"sed -i 's/^  name:/  labels: {example.com\/owner: web}\n&/' "$1""#;

fn manifest(names: &[&str]) -> String {
    let service = |name: &&str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: pay}}\n\
             spec: {{type: LoadBalancer, ports: [{{port: 80}}]}}\n---\n"
        )
    };
    names.iter().map(service).collect()
}

fn is_there(name: &str) -> bool {
    ack().object("v1", "Service", "pay", name).is_some()
}

#[test]
fn a_harmless_text_is_created() {
    let desk = Desk::new(NAMED);
    let run = desk
        .safe("create --edit -n pay --dry-run=client -f -")
        .stdin(manifest(&["made-1", "made-2"]));
    let (output, writes) = desk.writes(|| run.run());
    assert_eq!(output.code, 0, "{output:?}");
    // kubectl takes no notice of the dry run, and neither do we.
    assert_eq!(
        writes,
        [
            "CREATE v1 services pay/made-1",
            "CREATE v1 services pay/made-2"
        ]
    );
    assert_eq!(desk.left(), [""; 0]);
}

#[test]
fn a_text_that_is_left_alone_is_not_created() {
    let desk = Desk::new("echo '# looked at' >>\"$1\"");
    let file = desk.user.home.join("left.yaml");
    // The annotation asks, where it is new; but nothing is made here.
    let text = manifest(&["left"]).replace(
        "namespace: pay",
        "namespace: pay, annotations: {service.beta.kubernetes.io/alibaba-cloud-loadbalancer-id: lb-any}",
    );
    fs::write(&file, text).expect("room");
    let line = format!("create --edit -n pay -f {}", file.display());
    let (output, writes) = desk.writes(|| desk.safe(&line).run());
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(output.stderr, "Edit cancelled, no changes made.\n");
    assert_eq!(writes, [""; 0]);
}

#[test]
fn each_object_has_a_question_of_its_own() {
    // The second of three.
    let script = format!("if grep -q 'name: asked-2' \"$1\"; then\n{REUSE_ANY}\nelse\n{NAMED}\nfi");
    let desk = Desk::new(&script);
    let file = desk.user.home.join("three.yaml");
    fs::write(&file, manifest(&["asked-1", "asked-2", "asked-3"])).expect("room");
    let line = format!("create --edit -n pay -f {}", file.display());
    let (output, writes) = desk.writes(|| desk.safe(&line).run());
    assert_eq!(output.code, 77, "{output:?}");
    assert_eq!(
        writes,
        [
            "CREATE v1 services pay/asked-1",
            "CREATE v1 services pay/asked-3"
        ]
    );
    assert!(desk.kept().is_some());
    assert!(!is_there("asked-2"));
}

#[test]
fn what_is_consented_to_is_created() {
    let desk = Desk::new(REUSE_ANY);
    for (name, flag, answer, code) in [
        ("by-flag", " --safe-yes", None, 0),
        ("by-answer", "", Some("y"), 0),
        ("by-no-answer", "", Some("n"), 77),
    ] {
        let file = desk.user.home.join(name);
        fs::write(&file, manifest(&[name])).expect("room");
        let line = format!("create --edit -n pay{flag} -f {}", file.display());
        let ended = match answer {
            None => desk.safe(&line).run().code,
            Some(answer) => {
                let terminal = Terminal::open(&desk.safe(&line));
                terminal.wait_for("[y/N]");
                terminal.press(&format!("{answer}\r"));
                terminal.end().code
            }
        };
        assert_eq!(ended, code, "{name}");
        assert_eq!(is_there(name), code == 0, "{name}");
    }
}

#[test]
fn a_plan_lists_the_objects_of_the_files() {
    let desk = Desk::new("true");
    let output = desk
        .safe("plan -o json create --edit -n pay -f -")
        .stdin(manifest(&["planned-1", "planned-2"]))
        .run();
    assert_eq!(output.code, 75, "{output:?}");
    let plan: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    assert_eq!(plan["complete"], false);
    let names: Vec<&str> = plan["changes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|change| {
            assert_eq!(change["operation"], "CREATE");
            change["name"].as_str().expect("a name")
        })
        .collect();
    assert_eq!(names, ["planned-1", "planned-2"]);
}
