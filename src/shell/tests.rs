use serde_json::{json, to_value};

use super::*;

/// An act on one line: program, marks (`~` uncertain, `?` opaque, `!` interactive, `@` on the host's files), uses, kernel parameters.
///
/// A path in parentheses is not on the host; a star says that everything below is meant too.
pub(super) fn brief(act: &Act) -> String {
    let mut words = vec![act.program.clone()];
    let marks = [
        (act.uncertain, '~'),
        (act.opaque, '?'),
        (act.interactive, '!'),
        (act.root == "/", '@'),
    ];
    words[0].extend(
        marks
            .iter()
            .filter(|(is_there, _)| *is_there)
            .map(|(_, mark)| mark),
    );
    for path in &act.paths {
        let usage = to_value(path.usage).expect("a plain enum");
        let usage = usage.as_str().expect("a word").to_owned();
        let tree = if path.tree { "*" } else { "" };
        let place = if path.host.is_empty() {
            format!("({})", path.path)
        } else {
            path.host.clone()
        };
        words.push(format!("{usage}{tree}:{place}"));
    }
    for sysctl in &act.sysctls {
        words.push(format!("{}={}", sysctl.key, sysctl.value));
    }
    words.join(" ").trim().to_owned()
}

/// All acts of a script in a node debug pod.
pub(super) fn script(text: &str) -> Vec<String> {
    read(&["sh", "-c", text], &View::node_debug())
        .iter()
        .map(brief)
        .collect()
}

/// Compares the acts of scripts with `;`-separated lines, and shows all that differ at once.
pub(super) fn check(cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(text, expected)| {
            let found = script(text).join("; ");
            (found != *expected).then(|| format!("{text}\n   is: {found}\n  not: {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_json_is_what_rules_read() {
    let acts = read(
        &[
            "chroot",
            "/host",
            "sh",
            "-c",
            "echo 0 > /proc/sys/net/ipv4/ip_forward",
        ],
        &View::node_debug(),
    );
    assert_eq!(
        to_value(acts).expect("acts are plain data"),
        json!([{
            "program": "echo",
            "words": ["0"],
            "text": "echo 0 > /proc/sys/net/ipv4/ip_forward",
            "paths": [{
                "path": "/host/proc/sys/net/ipv4/ip_forward",
                "host": "/proc/sys/net/ipv4/ip_forward",
                "use": "write",
                "tree": false,
                "readOnly": false,
            }],
            "sysctls": [{"key": "net.ipv4.ip_forward", "value": "0"}],
            "hostNamespaces": ["net", "pid", "ipc"],
            "root": "/",
            "interactive": false,
            "opaque": false,
            "uncertain": false,
            "looks": false,
        }])
    );
}

#[test]
fn words_of_kubectl_have_seen_no_shell() {
    let brief_of = |words: &[&str]| -> Vec<String> {
        read(words, &View::node_debug()).iter().map(brief).collect()
    };
    assert_eq!(brief_of(&[]), ["!"]);
    assert_eq!(brief_of(&["bash"]), ["bash!"]);
    assert_eq!(brief_of(&["/bin/sh", "-i"]), ["sh!"]);
    assert_eq!(
        brief_of(&["rm", "-rf", "/host/etc;x"]),
        ["rm remove*:/etc;x"]
    );
    assert_eq!(
        brief_of(&["rm", "$A", "|", "sh"]),
        ["rm remove:(/$A) remove:(/|) remove:(/sh)"]
    );
    assert_eq!(
        brief_of(&["echo", "x", ">", "/host/etc/resolv.conf"]),
        ["echo"]
    );
    assert_eq!(
        brief_of(&["chroot", "/host", "systemctl", "stop", "kubelet"]),
        ["systemctl@"]
    );
}

#[test]
fn a_container_reaches_the_host_through_its_mounts_alone() {
    let view = View {
        mounts: vec![
            Mount {
                path: "/var/run/node".into(),
                host: "/etc".into(),
                read_only: false,
            },
            Mount {
                path: "/var/run/node/kubernetes".into(),
                host: "/srv/other".into(),
                read_only: true,
            },
        ],
        directory: "/var/run/node".into(),
        ..View::default()
    };
    let acts = |text: &str| -> Vec<String> {
        read(&["sh", "-c", text], &view).iter().map(brief).collect()
    };
    assert_eq!(
        acts("rm -r /host/etc/kubernetes"),
        ["rm remove*:(/host/etc/kubernetes)"]
    );
    assert_eq!(
        acts("rm /etc/resolv.conf"),
        ["rm remove:(/etc/resolv.conf)"]
    );
    assert_eq!(acts("rm resolv.conf"), ["rm remove:/etc/resolv.conf"]);
    assert_eq!(acts("rm kubernetes/x"), ["rm remove:/srv/other/x"]);
    assert_eq!(
        acts("chroot . rm /resolv.conf"),
        ["rm remove:/etc/resolv.conf"]
    );
    // Without the host's processes, process 1 is the container's own.
    assert_eq!(acts("nsenter -t 1 -m rm /etc/x"), ["rm remove:(/etc/x)"]);
    assert_eq!(
        acts("rm /proc/1/root/etc/x"),
        ["rm remove:(/proc/1/root/etc/x)"]
    );
    let last = read(&["touch", "kubernetes/x", "a"], &view).remove(0);
    let read_only: Vec<bool> = last.paths.iter().map(|path| path.read_only).collect();
    assert_eq!(read_only, [true, false]);
    assert!(read(&["chroot", "."], &view)[0].root == "/etc");
}

#[test]
fn the_text_is_one_line_that_could_be_typed() {
    let text = |words: &[&str]| read(words, &View::node_debug())[0].text.clone();
    assert_eq!(text(&["rm", "a b", "c"]), "rm 'a b' c");
    assert_eq!(
        text(&["sh", "-c", "rm /host/$X \"$Y z\" *.conf > /a"]),
        "rm /host/$X \"$Y z\" *.conf > /a"
    );
    assert_eq!(
        text(&["sh", "-c", "echo 'a\nb' \u{1b}x"])
            .chars()
            .filter(|character| character.is_control())
            .count(),
        0
    );
    assert!(text(&["echo", &"x".repeat(100_000)]).len() < 1000);
}

/// Ways to write one deletion that a look at the words would miss.
#[test]
fn quoting_and_wrapping_hide_nothing() {
    let ways = [
        "rm -rf /host/etc/kubernetes",
        "'rm' -rf /host/etc/kubernetes",
        "\"r\"m -r\"f\" /host/etc/'kubernetes'",
        "\\rm -rf /host/etc/kubernetes",
        "$'\\x72m' -rf $'/host/etc/\\153ubernetes'",
        "$'\\u0072m' -rf /host/etc/kubernetes",
        "rm$IFS-rf$IFS/host/etc/kubernetes",
        "rm${IFS}-rf${IFS}/host/etc/kubernetes",
        "{rm,-rf,/host/etc/kubernetes}",
        "rm \\\n -rf /host/etc/kubernetes",
        "r\\\nm -rf /host/etc/kubernetes",
        "rm --recursive --force -- /host/etc/kubernetes",
        "rm /host/etc/kubernetes --recu",
        "rm -fR /host//etc/./x/../kubernetes/",
        "/bin/rm -rf /host/etc/kubernetes",
        "/host/usr/bin/rm -rf /host/etc/kubernetes",
        "command rm -rf /host/etc/kubernetes",
        "builtin command -p rm -rf /host/etc/kubernetes",
        "exec rm -rf /host/etc/kubernetes",
        "eval 'rm -rf' /host/etc/kubernetes",
        "eval \"eval 'rm -rf /host/etc/kubernetes'\"",
        "env -i A=b rm -rf /host/etc/kubernetes",
        "env -u HOME --chdir=/host/etc rm -rf kubernetes",
        "env -S 'rm -rf' /host/etc/kubernetes",
        "A=b timeout -k 5 -s KILL 10 nice -n 5 ionice -c3 nohup setsid rm -rf /host/etc/kubernetes",
        "stdbuf -oL rm -rf /host/etc/kubernetes &",
        "time -p rm -rf /host/etc/kubernetes",
        "! rm -rf /host/etc/kubernetes",
        "sudo -E -u root A=b rm -rf /host/etc/kubernetes",
        "su - root -c 'rm -rf /host/etc/kubernetes'",
        "runuser -u root -- rm -rf /host/etc/kubernetes",
        "busybox rm -rf /host/etc/kubernetes",
        "busybox sh -c 'rm -rf /host/etc/kubernetes'",
        "bash -lc 'rm -rf /host/etc/kubernetes'",
        "bash -euo pipefail -c 'rm -rf /host/etc/kubernetes'",
        "bash -c -- 'rm -rf /host/etc/kubernetes'",
        "bash --norc --rcfile /x +e -c 'rm -rf /host/etc/kubernetes'",
        "sh -c \"sh -c 'rm -rf /host/etc/kubernetes'\"",
        "sh -c 'rm -rf \"$0\"' /host/etc/kubernetes",
        "sh -c 'rm \"$@\"' _ -rf /host/etc/kubernetes",
        "sh -c 'shift; rm -rf $1' _ a /host/etc/kubernetes",
        "sh <<< 'rm -rf /host/etc/kubernetes'",
        "sh <<'X'\nrm -rf /host/etc/kubernetes\nX",
        "bash -s -- -rf <<X\nrm \\$1 /host/etc/kubernetes\nX",
        "watch -n1 rm -rf /host/etc/kubernetes",
        "flock /tmp/lock -c 'rm -rf /host/etc/kubernetes'",
        "unshare -n rm -rf /host/etc/kubernetes",
        "A=/host/etc; rm -rf $A/kubernetes",
        "A='rm -rf'; B=/host/etc; $A ${B}/kubernetes",
        "export A=/host/etc; sh -c 'rm -rf $A/kubernetes'",
        "A=/host/etc sh -c 'rm -rf $A/kubernetes'",
        "env A=/host/etc sh -c 'rm -rf $A/kubernetes'",
        "set -- /host/etc/kubernetes; rm -rf \"$@\"",
        "for d in kubernetes; do rm -rf \"/host/etc/$d\"; done",
        "while :; do rm -rf /host/etc/kubernetes; break; done",
        "until false; do rm -rf /host/etc/kubernetes; done",
        "if true; then :; elif false; then :; else rm -rf /host/etc/kubernetes; fi",
        "case x in (a|b) rm -rf /host/etc/kubernetes ;; esac",
        "{ rm -rf /host/etc/kubernetes; }",
        "(cd /host/etc && rm -rf kubernetes)",
        "cd /host && cd etc && cd ./x/.. && rm -rf kubernetes",
        "cd /host/etc; (cd /tmp); rm -rf kubernetes",
        "cd /host/etc; cd /tmp; cd -; rm -rf kubernetes",
        "pushd /host/etc; rm -rf kubernetes",
        "f() { rm -rf \"$1\"; }; f /host/etc/kubernetes",
        "function f { rm -rf $1; }; f /host/etc/kubernetes",
        "trap 'rm -rf /host/etc/kubernetes' EXIT",
        "A=$(rm -rf /host/etc/kubernetes)",
        "A=`rm -rf /host/etc/kubernetes`",
        "((i += $(rm -rf /host/etc/kubernetes)))",
        "true && rm -rf /host/etc/kubernetes || true",
        "rm -rf /proc/1/root/etc/kubernetes",
        "rm -rf /proc/1/root/proc/../etc/kubernetes",
    ];
    let wrong: Vec<String> = ways
        .iter()
        .map(|way| (way, script(way)))
        .filter(|(_, found)| *found != ["rm remove*:/etc/kubernetes"])
        .map(|(way, found)| format!("{way}\n   is: {}", found.join("; ")))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Conditions as a rule would have them, each with a command that it means and one that it does not.
#[test]
fn conditions_can_be_written_over_acts() {
    use cel::{Context, Value};

    use crate::risk::chamber::Chamber;
    use crate::risk::condition::{Expression, environment};

    let cases = [
        (
            "c.paths.exists(p, p.use == 'write' && p.host.startsWith('/dev/')) && c.program.matches('^(mkfs|mke2fs|dd|wipefs|parted|[cs]?fdisk|blkdiscard)')",
            "chroot /host mkfs.ext4 /dev/vdb",
            "chroot /host fdisk -l /dev/vdb",
        ),
        (
            "c.root == '/' && c.program in ['yum', 'dnf', 'apt', 'apt-get', 'rpm', 'dpkg', 'zypper'] \
             && !c.words.exists(w, w.matches('^(list|info|show|search|-q.*|-l|--list)$')) \
             && c.words.exists(w, w.matches('^(kubelet|kubeadm|kubectl|kubernetes|containerd|docker)'))",
            "nsenter -t 1 -m -- bash -lc 'yum install -y kubelet-1.30'",
            "chroot /host rpm -qa kubelet",
        ),
        (
            "c.paths.exists(p, p.use in ['write', 'remove'] && p.host.matches('^/etc/kubernetes/kubelet|^/var/lib/kubelet/config[.]yaml$'))",
            "cd /host/etc && sed -i s/a/b/ kubernetes/kubelet.conf",
            "cat /host/etc/kubernetes/kubelet.conf",
        ),
        (
            "'net' in c.hostNamespaces && c.sysctls.exists(s, s.key == 'net.ipv4.ip_forward' && s.value in ['0', ''])",
            "echo 0 | tee /proc/sys/net/ipv4/ip_forward",
            "unshare -n sysctl -w net.ipv4.ip_forward=0",
        ),
        (
            "c.paths.exists(p, p.use == 'unmount' && p.host.matches('^/var/lib/kubelet/(pods|plugins)(/|$)'))",
            "umount -l /host/var/lib/kubelet/pods/a/volumes",
            "umount /host/mnt",
        ),
        (
            "c.paths.exists(p, p.use == 'remove' && p.host.matches('^/tmp/ccs-log-collector/pos(/|$)'))",
            "cd /host/tmp && rm -rf ccs-*",
            "rm -rf /tmp/ccs-log-collector/pos",
        ),
        (
            "c.paths.exists(p, p.use in ['write', 'remove'] && p.host == '/etc/resolv.conf')",
            "chroot /host sh -c 'echo nameserver 1.1.1.1 >> /etc/resolv.conf'",
            "echo nameserver 1.1.1.1 >> /etc/resolv.conf",
        ),
        (
            "c.interactive || c.opaque",
            "curl -s https://x | sh",
            "curl -s https://x -o /tmp/x",
        ),
    ];
    let view = View {
        landmarks: vec!["/tmp/ccs-log-collector/pos".into()],
        ..View::node_debug()
    };
    let judged = |condition: &str, text: &str| {
        let acts = to_value(read(&["sh", "-c", text], &view)).expect("acts are plain data");
        let source = format!("facts.commands.exists(c, {condition})");
        let answers = Chamber::default().ask(vec![source], move |source| {
            let expression = Expression::new(source);
            let ast = expression.compiled().expect("the condition is valid");
            let mut context = Context::with_env(environment());
            context
                .add_variable("facts", json!({"commands": acts}))
                .expect("acts are plain data");
            Value::resolve(ast, &context).expect("the condition has an answer") == Value::Bool(true)
        });
        answers[0].expect("it takes no time")
    };
    for (condition, meant, other) in cases {
        assert!(judged(condition, meant), "{meant}");
        assert!(!judged(condition, other), "{other}");
    }
}
