//! The connection flags, over a kubeconfig that leads elsewhere.

use std::fs;

use serde_json::json;

use super::{Config, reached, service};
use crate::support::{ControlPlane, Faulty, Run};

#[test]
fn context_cluster_user_and_namespace() {
    let plane = ControlPlane::shared();
    let (user, other) = (plane.user(), plane.user());
    let endpoint = plane.endpoint();
    let nowhere = Faulty::refusing_url();
    Config::default()
        .cluster("real", &endpoint.url, &endpoint.ca)
        .cluster("wrong", &nowhere, &endpoint.ca)
        .user("me", &json!({"token": user.token}))
        .user("other", &json!({"token": other.token}))
        .context("right", "real", "me", "chosen-a")
        .context("wrong-cluster", "wrong", "me", "chosen-b")
        .context("wrong-user", "real", "other", "chosen-c")
        .context("no-namespace", "real", "me", "")
        .current("wrong-cluster")
        .write(&user.kubeconfig);
    for (flags, namespace) in [
        ("--context=right", "chosen-a"),
        ("--context wrong --context right", "chosen-a"),
        ("--cluster=real", "chosen-b"),
        ("--context=wrong-user --user=me", "chosen-c"),
        ("--context=right --namespace=chosen-d", "chosen-d"),
        ("--context=right -nchosen-d", "chosen-d"),
        ("--context=right -n=chosen-d", "chosen-d"),
        // An empty one is not given.
        ("--context=right --namespace=", "chosen-a"),
        ("--context=no-namespace -n chosen-e", "chosen-e"),
    ] {
        service(plane, namespace);
        let line = format!("delete {flags} service web");
        assert_eq!(
            reached(plane, &user, &Run::safe(&user).line(&line)).namespace,
            namespace,
            "{flags}"
        );
    }
}

#[test]
fn without_any_namespace_it_is_default() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    service(plane, "default");
    // Even in a pod, as long as there is a kubeconfig.
    let run = Run::safe(&user)
        .env("POD_NAMESPACE", "wrong")
        .line("delete service web");
    assert_eq!(reached(plane, &user, &run).namespace, "default");
}

#[test]
fn server_token_and_tls_options() {
    let plane = ControlPlane::shared();
    let (user, other) = (plane.user(), plane.user());
    let endpoint = plane.endpoint();
    fs::copy(&endpoint.ca, user.home.join("ca.crt")).expect("it can be copied");
    Config::default()
        .cluster("wrong", &Faulty::refusing_url(), "".as_ref())
        .user("other", &json!({"token": other.token}))
        .context("wrong", "wrong", "other", "by-flags")
        .current("wrong")
        .write(&user.kubeconfig);
    for (server, tls) in [
        (&endpoint.url, "--certificate-authority=ca.crt"),
        (&endpoint.url, "--insecure-skip-tls-verify"),
        (
            &endpoint.url,
            "--certificate-authority=ca.crt --tls-server-name=kubernetes",
        ),
    ] {
        service(plane, "by-flags");
        let run = Run::safe(&user)
            .line("delete service web --server")
            .args([server])
            .line(tls);
        let run = run.args([format!("--token={}", user.token)]);
        assert_eq!(reached(plane, &user, &run).namespace, "by-flags");
    }
    service(plane, "by-flags");
    let run = Run::safe(&user)
        .line("delete service web --insecure-skip-tls-verify -s")
        .args([&endpoint.url]);
    // Neither we nor kubectl can be the wrong user unseen: the log is split by user.
    assert_eq!(reached(plane, &other, &run).namespace, "by-flags");
}

#[test]
fn impersonation() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let delete = || Run::safe(&user).line("delete service web -n acting");
    service(plane, "acting");
    assert!(reached(plane, &user, &delete()).impersonated.is_null());

    service(plane, "acting");
    let run = delete().line("--as=boss --as-group=testers --as-group=others --as-uid=7");
    let seen = reached(plane, &user, &run).impersonated;
    assert_eq!(seen["username"], "boss", "{seen}");
    assert_eq!(seen["uid"], "7", "{seen}");
    let groups = seen["groups"].to_string();
    assert!(
        groups.contains("testers") && groups.contains("others"),
        "{seen}"
    );

    // From the kubeconfig, with a flag over it.
    let endpoint = plane.endpoint();
    let acting = json!({
        "token": user.token, "as": "clerk", "as-groups": ["testers"], "as-user-extra": {"floor": ["2", "3"]},
    });
    Config::default()
        .cluster("c", &endpoint.url, &endpoint.ca)
        .user("u", &acting)
        .context("x", "c", "u", "")
        .current("x")
        .write(&user.kubeconfig);
    service(plane, "acting");
    let seen = reached(plane, &user, &delete()).impersonated;
    assert_eq!(
        (&seen["username"], &seen["extra"]),
        (&json!("clerk"), &json!({"floor": ["2", "3"]})),
        "{seen}"
    );
    service(plane, "acting");
    let seen = reached(plane, &user, &delete().line("--as=boss")).impersonated;
    assert_eq!(seen["username"], "boss");
    assert!(seen["groups"].to_string().contains("testers"), "{seen}");
}

#[test]
fn a_context_that_is_not_there_is_kubectls_error() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let mark = plane.mark();
    for flags in [
        "--context=none",
        "--cluster=none",
        "--user=none",
        "--kubeconfig=none",
    ] {
        let line = format!("delete service web {flags}");
        let output = Run::safe(&user).line(&line).run();
        assert_eq!(output, Run::kubectl(&user).line(&line).run());
        assert_eq!(output.code, 1, "{output:?}");
    }
    assert!(plane.requests(&user, mark).is_empty());
}

#[test]
fn our_own_words_follow_the_flags_before_them() {
    let plane = ControlPlane::shared();
    let user = plane.user();
    let endpoint = plane.endpoint();
    let nowhere = Faulty::refusing_url();
    service(plane, "behind-flags");
    Config::default()
        .cluster("real", &endpoint.url, &endpoint.ca)
        .cluster("wrong", &nowhere, &endpoint.ca)
        .user("me", &json!({"token": user.token}))
        .context("right", "real", "me", "behind-flags")
        .context("wrong", "wrong", "me", "elsewhere")
        .current("wrong")
        .write(&user.kubeconfig);
    // `kubectl safe --context right plan …`, an alias with the flag, and a shim.
    for words in [
        "safe --context right plan -o json delete service web",
        "--context right plan -o json delete service web",
        "--context=right safe plan -o json delete service web",
        "safe --context wrong plan -o json --context right delete service web",
    ] {
        let output = Run::safe(&user).line(words).run();
        let plan: serde_json::Value = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|why| panic!("{words}: {why}: {output:?}"));
        let changes = plan["changes"].to_string();
        assert!(changes.contains("behind-flags"), "{words}: {output:?}");
        assert_eq!(output.code, 0, "{words}: {output:?}");
    }
}
