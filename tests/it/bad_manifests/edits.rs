//! What an editor leaves behind, in odd forms.

use super::{End, RULE, Report, stage, typed};
use crate::trial::Typed;

/// What the editor does to the file `$1` after it has put the annotation in. kubectl reads all of these.
const EDITORS: &[(&str, &str)] = &[
    ("plainly", ""),
    (
        "with a byte order mark",
        r#"{ printf '\357\273\277'; cat "$1"; } >t && cat t >"$1""#,
    ),
    ("with the line ends of Windows", r#"sed -i 's/$/\r/' "$1""#),
    (
        "with tabs between words",
        r#"sed -i 's/of: web/of:\tweb\t/' "$1""#,
    ),
    (
        "with a key twice",
        r#"sed -i 's/^    \(.*\)of: web/    \1of: other\n&/' "$1""#,
    ),
    (
        "with an alias",
        r#"sed -i 's/^    \(.*of\): web/    example.com\/a: \&it web\n    \1: *it/' "$1""#,
    ),
    (
        "with a merge key",
        r#"sed -i 's/^    \(.*of\): web/    <<: {\1: web}/' "$1""#,
    ),
    (
        "behind a comment",
        r#"{ printf '# mine\n---\n'; cat "$1"; } >t && cat t >"$1""#,
    ),
];

/// An editor that puts this annotation in and then does that. It has one turn: kubectl opens it again where it finds a fault.
fn edit(key: &str, then: &str) -> Typed {
    let annotation = format!("    {}: web", key.replace('/', r"\/"));
    let script = format!(
        "PATH=/usr/bin:/bin\nmkdir turn 2>/dev/null || exit 0\n\
         sed -i 's/^metadata:/metadata:\\n  annotations:\\n{annotation}/' \"$1\"\n{then}\n"
    );
    let files = [("edit.sh", script.as_str()), ("tmp/here", "")];
    let mut line = typed("edit configmap catalog-config -n shop", &files);
    line.env = [("EDITOR", "/bin/sh $HOME/edit.sh"), ("TMPDIR", "$HOME/tmp")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    line
}

#[test]
fn an_editors_text_is_judged_in_every_form() {
    let mut report = Report::default();
    let stage = &mut *stage();
    stage.plane.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: catalog-config, namespace: shop}, data: {a: b}}");
    stage.settle();
    for &(what, then) in EDITORS {
        let line = edit("control.kubernetes.io/of", then);
        report.check(stage, what, &line, End::Stopped(RULE));
    }
    report.check(
        stage,
        "harmless",
        &edit("example.com/of", EDITORS[2].1),
        End::Written,
    );
    report.close();
}
