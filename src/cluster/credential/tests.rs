use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use super::*;
use crate::cluster::kubeconfig::{Extension, Variable};
use crate::kubectl::program::PATIENCE;

const V1: &str = "client.authentication.k8s.io/v1";

/// A plugin that is a shell script.
struct Script(TempDir);

impl Script {
    fn new(body: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("login");
        fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its owner");
        Self(folder)
    }

    fn exec(&self) -> Exec {
        Exec {
            command: self.0.path().join("login").display().to_string(),
            api_version: V1.to_owned(),
            interactive_mode: "IfAvailable".to_owned(),
            ..Exec::default()
        }
    }
}

/// The credentials as the client will have them.
fn run(exec: &Exec, policy: &PluginPolicy, stdin: StandardInput) -> Result<Value, PluginError> {
    let plugin = Plugin::new(exec, &Cluster::default(), None).expect("a good plugin");
    let mut auth = AuthInfo::default();
    plugin.run(policy, stdin, PATIENCE, &mut auth)?;
    Ok(serde_json::to_value(&auth).expect("plain data"))
}

fn credential(status: &Value) -> String {
    let answer = json!({"kind": "ExecCredential", "apiVersion": V1, "status": status});
    format!("echo '{answer}'")
}

#[test]
fn it_runs_once_without_our_input_and_is_marked() {
    let script = Script::new("");
    let count = script.0.path().join("runs");
    let body = format!(
        "echo \"$A $1 ${{KUBECTL_SAFE_PASS_THROUGH:+pass}} $KUBERNETES_EXEC_INFO [$(cat)]\" >> {}\n{}",
        count.display(),
        credential(&json!({"token": "t0ken"}))
    );
    let script = Script::new(&body);
    let mut exec = script.exec();
    exec.args = vec!["get".into()];
    exec.env = vec![Variable {
        name: "A".into(),
        value: "a".into(),
    }];
    let auth = run(&exec, &PluginPolicy::AllowAll, StandardInput::Unavailable).expect("a token");
    assert_eq!(auth["token"], "t0ken");
    let runs = fs::read_to_string(count).expect("what it wrote");
    let request =
        json!({"kind": "ExecCredential", "apiVersion": V1, "spec": {"interactive": false}});
    assert_eq!(runs, format!("a get pass {request} []\n"));
}

#[test]
fn a_certificate_comes_with_its_key() {
    let script = Script::new(&credential(
        &json!({"clientCertificateData": "C", "clientKeyData": "K"}),
    ));
    let auth = run(
        &script.exec(),
        &PluginPolicy::AllowAll,
        StandardInput::Unavailable,
    )
    .expect("a pair");
    assert_eq!(auth["client-certificate-data"], BASE64.encode("C"));
    assert_eq!(auth["client-key-data"], BASE64.encode("K"));
}

#[test]
fn what_it_may_do_wrong() {
    let v1beta1 = json!({"kind": "ExecCredential", "apiVersion": "client.authentication.k8s.io/v1beta1",
        "status": {"token": "t"}});
    for body in [
        "echo hello".to_owned(),
        "true".to_owned(),
        format!("echo '{v1beta1}'"),
        credential(&json!({})),
        credential(&json!({"token": "t", "clientKeyData": "K"})),
        credential(&json!({"clientCertificateData": "C"})),
    ] {
        let answer = run(
            &Script::new(&body).exec(),
            &PluginPolicy::AllowAll,
            StandardInput::Unavailable,
        );
        assert!(
            matches!(answer, Err(PluginError::Unintelligible(_))),
            "{body}"
        );
    }
    let failed = run(
        &Script::new("exit 3").exec(),
        &PluginPolicy::AllowAll,
        StandardInput::Unavailable,
    );
    assert!(
        matches!(&failed, Err(PluginError::Failed { status, .. }) if status.contains('3')),
        "{failed:?}"
    );
    let missing = Exec {
        command: "/no/such/login".into(),
        ..Script::new("").exec()
    };
    let missing = run(
        &missing,
        &PluginPolicy::AllowAll,
        StandardInput::Unavailable,
    );
    assert!(matches!(missing, Err(PluginError::NotRun { .. })));
    let always = Exec {
        interactive_mode: "Always".into(),
        ..Script::new("").exec()
    };
    let always = run(&always, &PluginPolicy::AllowAll, StandardInput::Unavailable);
    assert!(matches!(always, Err(PluginError::NoTerminal(_))));
}

#[test]
fn the_kuberc_may_forbid_it() {
    let script = Script::new(&credential(&json!({"token": "t"})));
    let exec = script.exec();
    let allowed = |policy: &PluginPolicy| match run(&exec, policy, StandardInput::Unavailable) {
        Ok(_) => true,
        Err(PluginError::Forbidden(_)) => false,
        Err(other) => panic!("{other}"),
    };
    assert!(!allowed(&PluginPolicy::DenyAll));
    assert!(allowed(&PluginPolicy::Allowlist(vec![
        "other".into(),
        exec.command.clone()
    ])));
    assert!(!allowed(&PluginPolicy::Allowlist(vec![
        "login".into(),
        "/usr/bin/login".into()
    ])));
    assert!(!allowed(&PluginPolicy::Allowlist(Vec::new())));
}

#[test]
fn it_hears_of_the_cluster_when_it_wants_to() {
    let exec = Exec {
        provide_cluster_info: true,
        ..Script::new("").exec()
    };
    let cluster = Cluster {
        server: "https://s".into(),
        insecure_skip_tls_verify: true,
        extensions: vec![Extension {
            name: PLUGIN_EXTENSION.into(),
            extension: json!({"audience": "x"}),
        }],
        ..Cluster::default()
    };
    let plugin = Plugin::new(&exec, &cluster, Some(b"PEM")).expect("a good plugin");
    let expected = json!({"server": "https://s", "insecure-skip-tls-verify": true,
        "certificate-authority-data": BASE64.encode("PEM"), "config": {"audience": "x"}});
    assert_eq!(
        plugin.request(true)["spec"],
        json!({"interactive": true, "cluster": expected})
    );
}

#[test]
fn what_kubectl_refuses_before_it_runs() {
    let good = Script::new("").exec();
    let new = |exec: &Exec| Plugin::new(exec, &Cluster::default(), None).err();
    assert_eq!(new(&good), None);
    let stops = |exec: &Exec| matches!(new(exec), Some(DestinationError::KubectlStops(_)));
    assert!(stops(&Exec {
        command: String::new(),
        ..good.clone()
    }));
    assert!(stops(&Exec {
        interactive_mode: String::new(),
        ..good.clone()
    }));
    assert!(stops(&Exec {
        interactive_mode: "Sometimes".into(),
        ..good.clone()
    }));
    let beta = "client.authentication.k8s.io/v1beta1".to_owned();
    assert_eq!(
        new(&Exec {
            interactive_mode: String::new(),
            api_version: beta,
            ..good.clone()
        }),
        None
    );
    let old = new(&Exec {
        api_version: "client.authentication.k8s.io/v1alpha1".into(),
        ..good
    });
    assert!(matches!(old, Some(DestinationError::Unusable(_))));
}

#[test]
fn paths_are_compared_clean() {
    for (path, cleaned) in [
        ("/a/./b/../c", "/a/c"),
        ("a//b", "a/b"),
        ("/../a", "/a"),
        ("../a", "../a"),
        ("login", "login"),
    ] {
        assert_eq!(clean(Path::new(path)), Path::new(cleaned), "{path}");
    }
}
