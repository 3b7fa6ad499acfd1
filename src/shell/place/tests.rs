use super::*;
use crate::shell::read;
use crate::shell::tests::brief;

#[test]
fn paths_are_whole_and_plain() {
    for (path, expected) in [
        ("/etc/../etc//x", "/etc/x"),
        ("/", "/"),
        ("", "/"),
        ("/../..", "/"),
        ("/a/./b/", "/a/b"),
        ("a/../b", "/b"),
    ] {
        assert_eq!(clean(path), expected, "{path}");
    }
}

#[test]
fn globs_match_names() {
    for (glob, name, fits) in [
        ("kube*", "kubernetes", true),
        ("*", "a", true),
        ("*", ".a", false),
        (".*", ".a", true),
        ("k?b*s", "kubernetes", true),
        ("[a-k]*", "kubernetes", true),
        ("[!a-k]*", "kubernetes", false),
        ("[]x]", "]", true),
        ("*x*", "kubernetes", false),
        ("a*b*c", "axbxbxc", true),
        ("kubernetes", "kubernetes", true),
        ("kube", "kubernetes", false),
        ("[", "[", false),
    ] {
        assert_eq!(matches(glob, name), fits, "{glob} {name}");
    }
}

#[test]
fn landmarks_are_reached_through_patterns_trees_and_unknown_words() {
    let view = View {
        landmarks: [
            "/etc/kubernetes",
            "/etc/resolv.conf",
            "/tmp/ccs-log-collector/pos",
            "/var/lib/kubelet",
        ]
        .map(String::from)
        .to_vec(),
        ..View::node_debug()
    };
    for (text, expected) in [
        ("rm -r /host/etc/kubernetes", "rm remove*:/etc/kubernetes"),
        (
            "rm -r /host/etc/kubernetes/x",
            "rm remove*:/etc/kubernetes/x",
        ),
        ("rm /host/etc", "rm remove:/etc"),
        (
            "rm -r /host/etc",
            "rm remove*:/etc remove*:/etc/kubernetes remove*:/etc/resolv.conf",
        ),
        (
            "rm -r /host/etc/kube*",
            "rm remove*:/etc/kube* remove*:/etc/kubernetes",
        ),
        ("rm -r '/host/etc/kube*'", "rm remove*:/etc/kube*"),
        (
            "rm /host/e?c/kube[a-z]*/kubelet.conf",
            "rm remove:/e?c/kube[a-z]*/kubelet.conf remove:/etc/kubernetes/kubelet.conf",
        ),
        (
            "rm -rf /host/tmp/*",
            "rm remove*:/tmp/* remove*:/tmp/ccs-log-collector/pos",
        ),
        ("rm -f /host/tmp/*", "rm remove:/tmp/*"),
        (
            "rm -r /host/var/lib/$X",
            "rm~ remove*:/var/lib/$X remove*:/var/lib/kubelet",
        ),
        (
            "rm -r /host/var/lib/$(date +%F)",
            "date; rm~ remove*:/var/lib/$(date +%F) remove*:/var/lib/kubelet",
        ),
        ("rm -r $X", "rm~ remove*:($X)"),
        ("cd $X; rm -r kubelet", "rm~ remove*:($X/kubelet)"),
        (
            "find /host/var -name x -delete",
            "find~ remove*:/var remove*:/var/lib/kubelet",
        ),
        (
            "for f in /host/etc/*; do rm -rf \"$f\"; done",
            "rm remove*:/etc/* remove*:/etc/kubernetes remove*:/etc/resolv.conf",
        ),
        ("ls /host/etc", "ls read:/etc"),
    ] {
        let found: Vec<String> = read(&["sh", "-c", text], &view).iter().map(brief).collect();
        assert_eq!(found.join("; "), expected, "{text}");
    }
}

#[test]
fn a_mount_below_a_landmark_is_one() {
    let view = View {
        mounts: vec![super::Mount {
            path: "/certs".into(),
            host: "/etc/kubernetes/pki".into(),
            read_only: false,
        }],
        landmarks: vec!["/etc/kubernetes".into()],
        ..View::default()
    };
    let found: Vec<String> = read(&["rm", "-rf", "/"], &view).iter().map(brief).collect();
    assert_eq!(found, ["rm remove*:(/) remove*:/etc/kubernetes/pki"]);
}

#[test]
fn links_that_the_script_makes_are_followed() {
    let found = |text: &str| -> String {
        read(&["sh", "-c", text], &View::node_debug())
            .last()
            .map(brief)
            .unwrap_or_default()
    };
    assert_eq!(
        found("ln -s /host/etc /tmp/e; rm -rf /tmp/e/kubernetes"),
        "rm remove*:/etc/kubernetes"
    );
    assert_eq!(
        found("ln -s /host/etc /tmp/e; rm -rf /tmp/e"),
        "rm remove*:(/tmp/e)"
    );
    assert_eq!(
        found("ln -s /host/etc/resolv.conf /tmp/r; echo x > /tmp/r"),
        "echo write:/etc/resolv.conf"
    );
    assert_eq!(
        found("mount --bind /host/etc /mnt; rm /mnt/x"),
        "rm remove:/etc/x"
    );
    assert_eq!(
        found("mount -o rw,bind /host/etc /mnt; rm /mnt/x"),
        "rm remove:/etc/x"
    );
    // Links in a circle end.
    assert_eq!(
        found("ln -s /a /b; ln -s /b /a; touch /a/x"),
        "touch write:(/a/x)"
    );
}
