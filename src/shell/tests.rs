use super::*;

/// A node debug pod, with what the rules of the table look at.
pub(super) fn debug_pod() -> View {
    View {
        landmarks: [
            "/etc/kubernetes",
            "/etc/kubernetes/pki",
            "/etc/resolv.conf",
            "/tmp/ccs-log-collector/pos",
            "/var/lib/kubelet",
        ]
        .map(String::from)
        .to_vec(),
        ..View::node_debug()
    }
}

/// An act on one line: program, marks (`~` uncertain, `?` opaque, `!` interactive, `@` on the host's files), uses, kernel parameters.
pub(super) fn brief(act: &Act) -> String {
    let mut text = act.program.clone();
    for (is_there, mark) in [
        (act.uncertain, "~"),
        (act.opaque, "?"),
        (act.interactive, "!"),
        (act.root == "/", "@"),
    ] {
        if is_there {
            text.push_str(mark);
        }
    }
    for path in &act.paths {
        let usage = serde_json::to_value(path.usage).expect("a plain enum");
        let usage = usage
            .as_str()
            .expect("a word")
            .chars()
            .next()
            .expect("a letter");
        let tree = if path.tree { "*" } else { "" };
        let place = if path.host.is_empty() {
            format!("({})", path.path)
        } else {
            path.host.clone()
        };
        text.push_str(&format!(" {usage}{tree}:{place}"));
    }
    for sysctl in &act.sysctls {
        text.push_str(&format!(" {}={}", sysctl.key, sysctl.value));
    }
    text
}

/// All acts of a script, in a node debug pod.
pub(super) fn script(text: &str) -> Vec<String> {
    read(&["sh", "-c", text], &debug_pod())
        .iter()
        .map(brief)
        .collect()
}

#[test]
fn explore() {
    let Ok(text) = std::fs::read_to_string("/tmp/lines") else {
        return;
    };
    for line in text.lines() {
        let line = line.replace("\\N", "\n");
        eprintln!("{line}\n    {}", script(&line).join("\n    "));
    }
}
