use crate::shell::tests::{check, script};
use crate::shell::{Namespace, View, read};

#[test]
fn shells_run_their_script() {
    check(&[
        ("sh -c 'rm /x'", "rm remove:(/x)"),
        ("sh -c 'rm /x' > /host/log", "rm remove:(/x) write:/log"),
        (
            "sh -c 'rm /x; ls' > /host/log",
            "rm remove:(/x); ls; write:/log",
        ),
        ("sh -c", "sh"),
        ("sh --version", "sh"),
        ("sh", "sh!"),
        ("bash -l", "bash!"),
        ("/bin/bash -i", "bash!"),
        ("bash --login", "bash!"),
        ("zsh", "zsh!"),
        ("fish", "fish?!"),
        ("exec bash", "bash!"),
        ("sudo -i", "sh!"),
        ("sudo su -", "sh!"),
        ("su", "sh!"),
        ("env bash", "bash!"),
        ("busybox sh", "sh!"),
        ("busybox", "busybox"),
        ("script /tmp/log", "script named:(/tmp/log); sh!"),
        (
            "script -qc 'rm -rf /host/etc/kubernetes' /dev/null",
            "script; rm remove*:/etc/kubernetes",
        ),
        ("unshare -m", "sh!"),
        ("ssh root@node", "ssh?"),
        ("python3", "python3?!"),
        ("bash script.sh", "bash? execute:(/script.sh)"),
        ("bash -x /host/root/x.sh a", "bash? execute:/root/x.sh"),
        ("bash < /host/x.sh", "bash? read:/x.sh"),
        ("cat /host/x.sh | bash", "cat read:/x.sh; bash?"),
        ("curl -fsSL https://get.example | sh -s -- -y", "curl; sh?"),
        (
            "bash <(curl https://x)",
            "curl; bash~? execute:(<(curl https://x))",
        ),
        ("echo cm0= | base64 -d | sh", "echo; base64; sh?"),
        ("echo 'rm /x' | sh", "echo; rm remove:(/x)"),
        (
            "printf 'rm %s\\n' /a /b | sh",
            "printf; rm remove:(/a); rm remove:(/b)",
        ),
        (
            "cat <<E | tee /tmp/s | sh\nrm /x\nE",
            "cat; tee write:(/tmp/s); rm remove:(/x)",
        ),
        ("source /host/x", "source? execute:/x"),
        (". ./x", ".? execute:(/x)"),
        ("./install.sh --yes", "install.sh? execute:(/install.sh)"),
        ("/host/opt/tool x", "tool? execute:/opt/tool"),
        ("python3 -c 'import os'", "python3?"),
        ("python3 -V", "python3"),
        ("perl -e 'unlink \"/x\"'", "perl?"),
        (
            "perl -pi -e 's/a/b/' /host/etc/resolv.conf",
            "perl? write:/etc/resolv.conf",
        ),
        ("python3.12 /host/x.py", "python3.12? execute:/x.py"),
        ("$CMD /host/etc/x", "~? named:/etc/x"),
        ("/bin/r* /host/etc/x", "~? named:/etc/x"),
        ("r$X /x", "~? named:(/x)"),
        ("$BIN/rm /x", "rm~ remove:(/x)"),
        ("$(which rm) /x", "rm remove:(/x)"),
    ]);
}

#[test]
fn host_namespaces_and_roots_are_entered() {
    check(&[
        ("chroot /host", "sh!@"),
        ("chroot /host /bin/bash -l", "bash!@"),
        (
            "chroot /host sh -c 'rm -rf /etc/kubernetes'",
            "rm@ remove*:/etc/kubernetes",
        ),
        (
            "chroot --userspec=0:0 /host/ rm ../../etc/x",
            "rm@ remove:/etc/x",
        ),
        ("chroot /host/var/x rm /../y", "rm remove:/var/x/y"),
        ("chroot /other rm /y", "rm remove:(/other/y)"),
        ("chroot /proc/1/root yum -y install kubelet", "yum@"),
        ("nsenter -t 1 -m", "sh!@"),
        (
            "nsenter -t1 -m -u -n -i -p -- bash -lc 'rm /etc/x'",
            "rm@ remove:/etc/x",
        ),
        (
            "nsenter --target 1 --mount --uts rm /etc/x",
            "rm@ remove:/etc/x",
        ),
        ("nsenter -a -t 1 rm /etc/x", "rm@ remove:/etc/x"),
        (
            "nsenter --mount=/proc/1/ns/mnt -- rm /etc/x",
            "rm@ remove:/etc/x",
        ),
        (
            "nsenter -m/host/proc/1/ns/mnt rm /etc/x",
            "rm@ remove:/etc/x",
        ),
        ("nsenter -t 1 -n rm /etc/x", "rm remove:(/etc/x)"),
        ("nsenter -t 1 -r rm /etc/x", "rm@ remove:/etc/x"),
        (
            "nsenter -t $(pidof kubelet) -m rm /etc/x",
            "pidof; rm~@ remove:/etc/x",
        ),
        ("cd /host/etc; nsenter -t 1 -m rm x", "rm@ remove:/x"),
        (
            "nsenter -t 1 -m sh -c 'cd etc && rm x'; rm /x",
            "rm@ remove:/etc/x; rm remove:(/x)",
        ),
    ]);
    let namespaces = |words: &[&str], view: &View| read(words, view)[0].host_namespaces.clone();
    let pod = View {
        enters_host: true,
        namespaces: vec![Namespace::Pid],
        ..View::default()
    };
    assert_eq!(namespaces(&["ip", "a"], &pod), [Namespace::Pid]);
    assert_eq!(
        namespaces(&["nsenter", "-t", "1", "-n", "-m", "ip", "a"], &pod),
        [Namespace::Mount, Namespace::Net, Namespace::Pid]
    );
    assert_eq!(
        namespaces(&["nsenter", "-at", "1", "ip", "a"], &pod),
        Namespace::ALL
    );
    let debug = View::node_debug();
    assert_eq!(
        namespaces(&["ip", "netns", "exec", "x", "ip", "a"], &debug),
        [Namespace::Pid, Namespace::Ipc]
    );
    assert_eq!(
        namespaces(&["unshare", "-n", "ip", "a"], &debug),
        [Namespace::Pid, Namespace::Ipc]
    );
}

#[test]
fn find_and_xargs_hand_paths_on() {
    check(&[
        (
            "find /host/etc -name '*.conf' -delete",
            "find~ remove*:/etc",
        ),
        ("find / -name x -delete", "find~ remove*:(/)"),
        (
            "find /host/etc /host/opt -type f",
            "find read*:/etc read*:/opt",
        ),
        ("find -name x", "find read*:(/)"),
        (
            "find /host/etc -exec rm {} \\;",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "find /host/etc -exec sh -c 'rm \"$1\"' _ {} +",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "find /host/etc -type f | xargs rm",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "find /host/etc -print0 | grep -v a | sort | xargs -0 -r rm -f --",
            "find read*:/etc; grep; sort; rm~ remove*:/etc",
        ),
        (
            "find /host/etc | while read f; do rm \"$f\"; done",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "rm $(find /host/etc -name x)",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "for f in $(find /host/etc); do rm $f; done",
            "find read*:/etc; rm~ remove*:/etc",
        ),
        (
            "find /x -fprint /host/etc/resolv.conf",
            "find read*:(/x) write:/etc/resolv.conf",
        ),
        (
            "echo /host/etc/a '/host/etc/b' | xargs rm",
            "echo; rm remove:/etc/a remove:/etc/b",
        ),
        (
            "echo a b | xargs -I% rm /host/etc/%",
            "echo; rm remove:/etc/a; rm remove:/etc/b",
        ),
        ("cat list | xargs -n1 rm -f", "cat read:(/list); rm~"),
        (
            "ls | xargs -I{} rm /host/etc/{}",
            "ls; rm~ remove:/etc/$item",
        ),
        ("xargs -a list rm", "rm~"),
        (
            "ls /host/etc/* | xargs rm",
            "ls read:/etc/*; rm~ remove*:/etc/*",
        ),
        (
            "grep -rl x /host/etc | xargs sed -i s/a/b/",
            "grep read:/etc; sed~ write*:/etc",
        ),
        ("xargs", "echo~"),
    ]);
}

#[test]
fn a_function_that_calls_itself_ends() {
    for text in [
        "f() { f; }; f",
        ":(){ :|:& };:",
        "f() { f; f; }; f",
        "eval \"$(cat x)\"; f() { eval f; }; f",
    ] {
        let acts = script(text);
        assert!(acts.iter().any(|act| act.contains('?')), "{text}: {acts:?}");
        assert!(acts.len() < 20, "{text}");
    }
}
