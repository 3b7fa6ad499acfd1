//! What happens after an answer, as the audit log tells it.

use std::fs;

use super::{
    CREATED, KEPT, NODE, REUSE, REUSING, ack, assert_clean, copy, fixture, safe, service_is_there,
};
use crate::support::{ControlPlane, Run, Terminal, TestUser};

fn writes(user: &TestUser, work: impl FnOnce()) -> Vec<String> {
    let plane: &ControlPlane = ack();
    let mark = plane.mark();
    work();
    plane
        .writes(user, mark)
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn only_y_and_yes_delete() {
    let user = ack().user();
    for (number, (answer, is_yes)) in [
        ("y", true),
        ("YES", true),
        ("n", false),
        ("", false),
        ("ｙ", false),
        ("はい", false),
        ("yess", false),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("answered-{number}");
        copy(KEPT, &name, |_| ());
        let found = writes(&user, || {
            let line = format!("delete service {name} -n shop");
            let terminal = Terminal::open(&safe(&user, "en", &line));
            terminal.wait_for("[y/N]");
            terminal.press(&format!("{answer}\r"));
            let end = terminal.end();
            assert_clean(&end);
            let shown = format!("Continue? [y/N] {answer}");
            assert!(end.text.contains(shown.trim_end()), "{}", end.text);
            let (code, last) = if is_yes {
                (0, format!("service \"{name}\" deleted from shop namespace"))
            } else {
                (77, "Cancelled. Nothing was changed.".to_owned())
            };
            assert_eq!(end.code, code, "{}", end.text);
            assert_eq!(end.text.lines().last(), Some(last.as_str()));
            assert_eq!(
                end.text.matches("Nothing was changed").count(),
                usize::from(!is_yes)
            );
        });
        let deleted = format!("DELETE v1 services shop/{name}");
        assert_eq!(
            found,
            if is_yes { vec![deleted] } else { vec![] },
            "{answer:?}"
        );
        assert_eq!(service_is_there("shop", &name), !is_yes, "{answer:?}");
    }
}

#[test]
fn the_name_deletes_and_no_other_text() {
    let user = ack().user();
    copy(CREATED, "named", |_| ());
    for (answer, code) in [("y", 77), ("name", 77), ("named ", 77), ("named", 0)] {
        let found = writes(&user, || {
            let terminal = Terminal::open(&safe(&user, "en", "delete service named -n shop"));
            terminal.wait_for("Type named to confirm:");
            terminal.press(&format!("{answer}\r"));
            let end = terminal.end();
            assert_clean(&end);
            assert_eq!(end.code, code, "{}", end.text);
            let is_mistyped = end
                .text
                .ends_with("The text does not match. Nothing was changed.");
            assert_eq!(is_mistyped, code != 0, "{}", end.text);
        });
        assert_eq!(found.len(), usize::from(code == 0), "{answer:?}: {found:?}");
    }
    assert!(!service_is_there("shop", "named"));
}

#[test]
fn a_redirect_and_a_refusal_are_overridden_by_name_and_reason() {
    let user = ack().user();
    copy(("Node", "", NODE), "overridden", |_| ());
    copy(REUSING, "overridden", |_| ());
    let annotate = format!("annotate service overridden -n pay {REUSE}-");
    for (line, write) in [
        ("delete node overridden", "DELETE v1 nodes overridden"),
        (&annotate, "UPDATE v1 services pay/overridden"),
    ] {
        for (reason, code) in [("  ", 77), ("the machine is gone", 0)] {
            let found = writes(&user, || {
                let terminal = Terminal::open(&safe(&user, "en", line));
                terminal.wait_for("Type overridden to override");
                terminal.press("overridden\r");
                terminal.wait_for("Reason:");
                terminal.press(&format!("{reason}\r"));
                let end = terminal.end();
                assert_clean(&end);
                assert_eq!(end.code, code, "{}", end.text);
            });
            assert_eq!(
                found,
                if code == 0 { vec![write] } else { vec![] },
                "{reason:?}"
            );
        }
    }
}

#[test]
fn without_rights_to_look_consent_still_counts_and_kubectl_fails_by_itself() {
    let user = ack().nobody();
    let found = writes(&user, || {
        let terminal = Terminal::open(&safe(&user, "en", &format!("delete node {NODE}")));
        terminal.wait_for("to confirm:");
        terminal.press(&format!("{NODE}\r"));
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 1, "{}", end.text);
        assert!(
            end.text.contains("Error from server (Forbidden)"),
            "{}",
            end.text
        );
    });
    assert_eq!(found, [format!("DELETE v1 nodes {NODE}")]);
}

#[test]
fn what_cannot_be_listed_asks_as_strictly_as_the_rules_about_it() {
    let user = ack().nobody();
    let found = writes(&user, || {
        // Rules could refuse the deletion of a node, and none looks at Secrets of this namespace alone.
        for (line, consent, weaker) in [
            (
                "delete node -l pool=a",
                "--safe-confirm=delete",
                "--safe-yes",
            ),
            ("drain -l pool=a", "--safe-confirm=drain", "--safe-yes"),
            (
                "annotate secrets -l a=b x=y",
                "--safe-yes",
                "--safe-timeout=9s",
            ),
        ] {
            for (consent, code) in [(weaker, 75), (consent, 1)] {
                let output = safe(&user, "en", line).args([consent]).run();
                assert_eq!(output.code, code, "{line} {consent}: {output:?}");
            }
        }
        let terminal = Terminal::open(&safe(&user, "en", "delete node -l pool=a"));
        terminal.wait_for("Type delete to confirm:");
        terminal.press("yes\r");
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 77, "{}", end.text);
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn after_consent_the_exit_code_is_kubectls() {
    let user = ack().user();
    copy(KEPT, "one-of-two", |_| ());
    let line = "delete service one-of-two missing -n shop";
    let found = writes(&user, || {
        let terminal = Terminal::open(&safe(&user, "en", line));
        terminal.wait_for("[y/N]");
        terminal.press("y\r");
        let end = terminal.end();
        assert_eq!(end.code, 1, "{}", end.text);
        assert!(
            end.text.contains("services \"missing\" not found"),
            "{}",
            end.text
        );
    });
    assert_eq!(
        found,
        [
            "DELETE v1 services shop/one-of-two",
            "DELETE v1 services shop/missing"
        ]
    );
}

#[test]
fn what_changed_meanwhile_is_asked_anew() {
    let user = ack().user();
    copy(KEPT, "changing", |_| ());
    let other = ack().user();
    let found = writes(&user, || {
        let terminal = Terminal::open(&safe(&user, "en", "delete service changing -n shop"));
        terminal.wait_for("[y/N]");
        // From a Service whose SLB stays to one whose SLB goes along.
        let annotate = "annotate service changing -n shop \
            service.beta.kubernetes.io/alibaba-cloud-loadbalancer-preserve-lb-on-delete-";
        let changed = Run::kubectl(&other).line(annotate).run();
        assert_eq!(changed.code, 0, "{changed:?}");
        terminal.press("y\r");
        terminal.wait_for("The cluster has changed since the question was shown.");
        terminal.wait_for("Type changing to confirm:");
        assert!(service_is_there("shop", "changing"));
        terminal.press("y\r");
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 77, "{}", end.text);
    });
    assert!(found.is_empty(), "{found:?}");
}

/// It looks as the one that was shown: only its uid is another.
#[test]
fn what_came_back_meanwhile_is_another_object() {
    let user = ack().user();
    copy(KEPT, "returning", |_| ());
    let other = ack().user();
    let found = writes(&user, || {
        let terminal = Terminal::open(&safe(&user, "en", "delete service returning -n shop"));
        terminal.wait_for("[y/N]");
        let gone = Run::kubectl(&other)
            .line("delete service returning -n shop")
            .run();
        assert_eq!(gone.code, 0, "{gone:?}");
        copy(KEPT, "returning", |_| ());
        terminal.press("y\r");
        terminal.wait_for("The cluster has changed since the question was shown.");
        terminal.wait_for_some("a second question", |text| {
            (text.matches("[y/N]").count() == 2).then_some(())
        });
        assert!(service_is_there("shop", "returning"));
        terminal.press("\r");
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 77, "{}", end.text);
    });
    assert!(found.is_empty(), "{found:?}");
}

/// What stands behind the proxy is no API server that would understand it.
#[test]
fn a_dry_run_behind_a_proxy_is_none() {
    let user = ack().user();
    let path = "/api/v1/namespaces/batch/pods/render-6f7d9c5b4-xw80:80/proxy/queue";
    std::fs::write(user.home.join("options.json"), r#"{"dryRun":["All"]}"#)
        .expect("the home can be written");
    let found = writes(&user, || {
        for words in [
            format!("delete --raw {path} -f options.json"),
            format!("delete --raw {path}?dryRun=All"),
            format!("replace --raw {path}?dryRun=All -f options.json"),
            format!("create --raw {path}?dryRun=All -f options.json"),
        ] {
            let output = safe(&user, "en", &words).run();
            assert_eq!(output.code, 75, "{words}: {output:?}");
            assert!(output.said().contains("behind the proxy"), "{output:?}");
        }
        // Of the object itself it is one.
        let words = "delete --raw /api/v1/namespaces/shop/services/blog?dryRun=All";
        let output = safe(&user, "en", words).run();
        assert_eq!(output.code, 0, "{output:?}");
    });
    assert!(
        found.iter().all(|write| !write.contains("proxy")),
        "{found:?}"
    );
}

#[test]
fn what_was_deleted_meanwhile_is_kubectls_to_miss() {
    let user = ack().user();
    copy(KEPT, "going", |_| ());
    let terminal = Terminal::open(&safe(&user, "en", "delete service going -n shop"));
    terminal.wait_for("[y/N]");
    let gone = Run::kubectl(&ack().user())
        .line("delete service going -n shop")
        .run();
    assert_eq!(gone.code, 0, "{gone:?}");
    terminal.press("y\r");
    let end = terminal.end();
    assert_eq!(end.code, 1, "{}", end.text);
    assert!(
        end.text.contains("services \"going\" not found"),
        "{}",
        end.text
    );
}

#[test]
fn kubectls_own_question_stands_for_y_and_for_nothing_stronger() {
    let user = ack().user();
    copy(KEPT, "interactive", |_| ());
    copy(CREATED, "interactive-strong", |_| ());
    let found = writes(&user, || {
        let terminal = Terminal::open(&safe(&user, "en", "delete -i service interactive -n shop"));
        terminal.wait_for("Do you want to continue? (y/N)");
        assert!(!terminal.text().contains("[y/N]"), "{}", terminal.text());
        terminal.press("y\r");
        assert_eq!(terminal.end().code, 0);

        let line = "delete -i service interactive-strong -n shop";
        let terminal = Terminal::open(&safe(&user, "en", line));
        terminal.wait_for("Type interactive-strong to confirm:");
        terminal.press("interactive-strong\r");
        terminal.wait_for("Do you want to continue? (y/N)");
        terminal.press("n\r");
        let end = terminal.end();
        assert!(end.text.contains("deletion is cancelled"), "{}", end.text);
    });
    // kubectl looks with a dry run before it asks.
    assert!(!service_is_there("shop", "interactive"));
    assert!(service_is_there("shop", "interactive-strong"));
    assert!(
        found
            .iter()
            .all(|write| write.starts_with("DELETE v1 services")),
        "{found:?}"
    );
}

#[test]
fn a_server_side_apply_removes_what_the_clients_side_applied() {
    let user = ack().user();
    let mut object = fixture(REUSING);
    object["metadata"]["name"] = "migrated".into();
    for port in object["spec"]["ports"].as_array_mut().into_iter().flatten() {
        port["nodePort"] = 0.into();
    }
    let write = |name: &str, text: String| {
        fs::write(user.home.join(name), text).expect("the home can be written");
    };
    write("with.json", object.to_string());
    let annotations = object["metadata"]["annotations"].as_object_mut();
    assert!(annotations.is_some_and(|all| all.remove(REUSE).is_some()));
    write("without.json", object.to_string());
    let applied = Run::kubectl(&user).line("apply -f with.json").run();
    assert_eq!(applied.code, 0, "{applied:?}");
    let mark = ack().mark();
    let line = "apply --server-side --force-conflicts -f without.json";
    let output = Run::safe(&user).line(line).run();
    let is_found = output.stderr.contains("service-annotate-slb-id-removed");
    assert!(output.code != 0 && is_found, "{output:?}");
    let found = ack().writes(&user, mark);
    assert!(found.iter().all(|write| write.dry_run), "{found:?}");
    // And kubectl, left alone, does remove it.
    let line = "apply --server-side --force-conflicts -f without.json -o json";
    let migrated = Run::kubectl(&user).line(line).run();
    assert_eq!(migrated.code, 0, "{migrated:?}");
    let line = "get service migrated -n pay -o json";
    let now = Run::kubectl(&user).line(line).run().stdout;
    assert!(!now.contains(&format!("\"{REUSE}\"")), "{now}");
}
