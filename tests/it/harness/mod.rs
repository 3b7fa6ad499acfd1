//! The harness itself: the control plane is real, and what the tests read from it is true.

mod audit_log;
mod cluster;
mod commands;

use crate::support::{ControlPlane, Run, TestUser};

/// kubectl, which must succeed.
fn kubectl(user: &TestUser, line: &str) -> String {
    let output = Run::kubectl(user).line(line).run();
    assert_eq!(output.code, 0, "kubectl {line}: {output:?}");
    output.stdout
}

/// The writes of one kubectl command, as text.
fn writes_of(plane: &ControlPlane, user: &TestUser, run: &Run) -> Vec<String> {
    let mark = plane.mark();
    run.run();
    plane
        .writes(user, mark)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// A Pod that runs, as far as the API server knows, on a node named like its namespace.
fn pod(namespace: &str, name: &str) -> String {
    format!(
        "apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: {namespace}, labels: {{app: {name}}}}}
spec:
  nodeName: {namespace}
  terminationGracePeriodSeconds: 0
  containers: [{{name: main, image: nginx}}]
status:
  phase: Running
  conditions: [{{type: Ready, status: 'True'}}]
"
    )
}
