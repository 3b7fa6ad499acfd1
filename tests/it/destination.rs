//! What we look at is what kubectl acts on: the same server, user, impersonation and namespace.
//!
//! Every test deletes a Service, over which the table has rules: kubectl-safe reads it, no rule hits, kubectl
//! deletes it. The audit log has both.

mod connection;
mod credentials;
mod files;
mod flags;
mod pipes;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{ControlPlane, Request, Run, TestUser};

/// The user agent of our reads begins so.
const AGENT: &str = "kubectl-safe/";

/// A Service `web` in this namespace.
fn service(plane: &ControlPlane, namespace: &str) {
    plane.apply(&format!(
        "{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: {namespace}}}, spec: {{ports: [{{port: 80}}]}}}}"
    ));
}

/// Where a deletion of the Service `web` went: once read by us, then deleted by kubectl, by and as the same people.
#[derive(Debug)]
struct Reached {
    namespace: String,
    impersonated: Value,
}

/// Runs it, and compares both in the audit log. `user` is who is expected there.
#[track_caller]
fn reached(plane: &ControlPlane, user: &TestUser, run: &Run) -> Reached {
    let mark = plane.mark();
    let output = run.run();
    assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output:?}");
    assert!(
        output.stdout.starts_with("service \"web\" deleted"),
        "{output:?}"
    );
    let requests = plane.requests(user, mark);
    let about: Vec<&Request> = requests
        .iter()
        .filter(|request| request.target.name == "web")
        .collect();
    let first = about
        .first()
        .unwrap_or_else(|| panic!("nothing was asked: {requests:?}"));
    assert!(first.user_agent.starts_with(AGENT), "{first:?}");
    assert_eq!((first.verb.as_str(), first.code), ("get", 200), "{first:?}");
    let deletion = about.iter().find(|request| request.verb == "delete");
    let deletion = deletion.unwrap_or_else(|| panic!("nothing was deleted: {about:?}"));
    assert!(deletion.user_agent.starts_with("kubectl/"), "{deletion:?}");
    assert_eq!(deletion.target.namespace, first.target.namespace);
    assert_eq!(deletion.impersonated, first.impersonated);
    // We only read.
    let ours = requests
        .iter()
        .filter(|request| request.user_agent.starts_with(AGENT));
    assert!(
        ours.clone()
            .all(|request| ["get", "list"].contains(&request.verb.as_str())),
        "{requests:?}"
    );
    Reached {
        namespace: first.target.namespace.clone(),
        impersonated: first.impersonated.clone(),
    }
}

/// A kubeconfig, being put together.
#[derive(Default)]
struct Config {
    clusters: Vec<Value>,
    users: Vec<Value>,
    contexts: Vec<Value>,
    current: Option<&'static str>,
}

impl Config {
    fn cluster(mut self, name: &str, server: &str, authority: &Path) -> Self {
        self.clusters.push(json!({"name": name, "cluster": {"server": server, "certificate-authority": authority}}));
        self
    }

    fn user(mut self, name: &str, user: &Value) -> Self {
        self.users.push(json!({"name": name, "user": user}));
        self
    }

    fn context(mut self, name: &str, cluster: &str, user: &str, namespace: &str) -> Self {
        let context = json!({"cluster": cluster, "user": user, "namespace": namespace});
        self.contexts
            .push(json!({"name": name, "context": context}));
        self
    }

    fn current(mut self, name: &'static str) -> Self {
        self.current = Some(name);
        self
    }

    fn write(self, path: impl Into<PathBuf>) -> PathBuf {
        let path = path.into();
        let mut config = json!({
            "apiVersion": "v1", "kind": "Config",
            "clusters": self.clusters, "users": self.users, "contexts": self.contexts,
        });
        if let Some(current) = self.current {
            config["current-context"] = current.into();
        }
        fs::write(&path, config.to_string()).expect("the home can be written");
        path
    }
}
