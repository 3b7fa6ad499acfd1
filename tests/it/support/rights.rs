//! What users may do, and waiting until the API server's authorizer, which learns a little later, knows it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::control_plane::ControlPlane;
use super::users::{Role, TestUser};

const ROLES: &str = include_str!("../../control-plane/roles.yaml");
const KNOWN_TIMEOUT: Duration = Duration::from_secs(10);

impl ControlPlane {
    /// Gives a user more rights in the whole cluster: RBAC rules as YAML, such as
    /// `[{apiGroups: [""], resources: [nodes], verbs: [get]}]`. Once for each user.
    pub fn grant(&self, user: &TestUser, rules: &str) {
        let rules: Value = serde_yaml::from_str(rules).unwrap_or_else(|e| panic!("{e}: {rules}"));
        let group = "rbac.authorization.k8s.io";
        let api_version = format!("{group}/v1");
        let metadata = json!({"name": user.name});
        let role = json!({
            "apiVersion": api_version, "kind": "ClusterRole", "metadata": metadata, "rules": rules,
        });
        let binding = json!({
            "apiVersion": api_version, "kind": "ClusterRoleBinding", "metadata": metadata,
            "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": user.name},
            "subjects": [{"apiGroup": group, "kind": "User", "name": user.name}],
        });
        self.apply(&format!("{role}\n---\n{binding}"));
        // Role and binding are one object each: what is true of the first rule is true of all.
        let first = &rules[0];
        let (resource, subresource) = {
            let resource = first["resources"][0].as_str().unwrap_or_default();
            resource.split_once('/').unwrap_or((resource, ""))
        };
        self.wait_until_allowed(&json!({
            "user": user.name,
            "resourceAttributes": {
                "verb": first["verbs"][0], "group": first["apiGroups"][0], "resource": resource,
                "subresource": subresource, "name": first["resourceNames"][0],
            },
        }));
    }

    /// Binds the roles of the preset users.
    pub(super) fn bind_roles(&self) {
        self.apply(ROLES);
        for role in [Role::Tester, Role::Viewer] {
            self.wait_until_allowed(&json!({
                "user": "anyone", "groups": [role.group()],
                "resourceAttributes": {"verb": "list", "resource": "pods"},
            }));
        }
    }

    /// Waits until the answer to this `SubjectAccessReview` is yes.
    fn wait_until_allowed(&self, spec: &Value) {
        let started = Instant::now();
        while !self.wait(self.is_allowed(spec)) {
            assert!(
                started.elapsed() < KNOWN_TIMEOUT,
                "still not allowed: {spec}"
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    async fn is_allowed(&self, spec: &Value) -> bool {
        let api_version = "authorization.k8s.io/v1";
        let review =
            json!({"apiVersion": api_version, "kind": "SubjectAccessReview", "spec": spec});
        let request = http::Request::post(format!("/apis/{api_version}/subjectaccessreviews"))
            .header(http::header::CONTENT_TYPE, "application/json")
            .body(review.to_string().into_bytes())
            .expect("the path is a URI");
        let answer: Result<Value, _> = self.servers.client.request(request).await;
        answer.unwrap_or_else(|e| panic!("access review {spec}: {e}"))["status"]["allowed"] == true
    }
}
