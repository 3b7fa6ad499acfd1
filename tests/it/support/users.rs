//! The people of a control plane: each test takes one of its own, so the audit log can be split by user.

use std::fmt::Write as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::json;

use super::binaries::binaries;

/// How many users of each role a control plane has.
pub const USERS: usize = 200;

/// What a user may do; `roles.yaml` binds the groups.
#[derive(Debug, Clone, Copy)]
pub enum Role {
    /// Everything, through RBAC.
    Tester,
    /// The role `view`: no nodes, no volumes, no secrets.
    Viewer,
    /// Nothing but discovery.
    Nobody,
}

impl Role {
    const ALL: [Self; 3] = [Self::Tester, Self::Viewer, Self::Nobody];

    fn user(self, number: usize) -> String {
        let word = match self {
            Self::Tester => "user",
            Self::Viewer => "viewer",
            Self::Nobody => "nobody",
        };
        format!("{word}-{number:03}")
    }

    pub fn group(self) -> &'static str {
        match self {
            Self::Tester => "testers",
            Self::Viewer => "viewers",
            Self::Nobody => "nobodies",
        }
    }
}

/// The harness itself: never in a test's audit log.
pub const ADMIN: &str = "admin";
/// The user that the controllers are in the audit log.
pub const CONTROLLERS: &str = "system:kube-controller-manager";

/// A user's token. Tokens need no secrecy here: the API server listens on the loopback device only.
pub fn token(user: &str) -> String {
    format!("token-of-{}", user.replace(':', "-"))
}

/// The API server's token file with all users: `token,user,uid,"groups"`.
pub fn token_file() -> String {
    let mut file = String::new();
    let mut line = |user: &str, group: &str| {
        writeln!(file, "{},{user},{user},\"{group}\"", token(user))
            .expect("a String takes all that is written");
    };
    line(ADMIN, "system:masters");
    line(CONTROLLERS, "system:masters");
    for role in Role::ALL {
        for number in 0..USERS {
            line(&role.user(number), role.group());
        }
    }
    file
}

/// How a control plane is reached.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub url: String,
    /// The file with the certificates that sign the API server's.
    pub ca: PathBuf,
}

impl Endpoint {
    /// A kubeconfig with one context of this name, for this user. JSON, which is YAML.
    pub fn kubeconfig(&self, user: &str, context: &str, namespace: Option<&str>) -> String {
        let mut place = json!({"cluster": "test", "user": user});
        if let Some(namespace) = namespace {
            place["namespace"] = namespace.into();
        }
        json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": context,
            "clusters": [{"name": "test", "cluster": {"server": self.url, "certificate-authority": self.ca}}],
            "users": [{"name": user, "user": {"token": token(user)}}],
            "contexts": [{"name": context, "context": place}],
        })
        .to_string()
    }
}

/// One user with a home folder of its own.
#[derive(Debug)]
pub struct TestUser {
    /// The name in the audit log.
    pub name: String,
    pub token: String,
    /// `HOME` and the working folder of this user's commands.
    pub home: PathBuf,
    /// What `KUBECONFIG` names: one context, `test`, without a namespace.
    pub kubeconfig: PathBuf,
    /// A folder with nothing but the real `kubectl`, for `PATH`.
    pub path: PathBuf,
    endpoint: Endpoint,
}

impl TestUser {
    pub(super) fn new(
        endpoint: &Endpoint,
        homes: &Path,
        role: Role,
        number: usize,
    ) -> io::Result<Self> {
        assert!(
            number < USERS,
            "all {USERS} users are taken: raise USERS in tests/it/support/users.rs"
        );
        let name = role.user(number);
        let home = homes.join(&name);
        let path = home.join("bin");
        fs::create_dir_all(&path)?;
        symlink(&binaries().kubectl, path.join("kubectl"))?;
        let kubeconfig = home.join("kubeconfig");
        let user = Self {
            token: token(&name),
            name,
            home,
            kubeconfig,
            path,
            endpoint: endpoint.clone(),
        };
        user.write_kubeconfig(&user.kubeconfig, "test", None)?;
        Ok(user)
    }

    /// Writes a kubeconfig for this user, with one context of this name.
    pub fn write_kubeconfig(
        &self,
        path: &Path,
        context: &str,
        namespace: Option<&str>,
    ) -> io::Result<()> {
        fs::write(
            path,
            self.endpoint.kubeconfig(&self.name, context, namespace),
        )
    }
}
