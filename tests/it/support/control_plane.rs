//! One control plane as tests see it: its users, its objects, its audit log.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::etcd::{Etcd, Frozen};
use super::objects::Resources;
use super::servers::Servers;
use super::users::{Endpoint, Role, TestUser};

/// What a control plane may differ in.
#[derive(Debug)]
pub struct Options {
    /// The controllers that run, by the names of `kube-controller-manager --controllers`; none: no
    /// controller manager.
    ///
    /// By default those that only finish deletions. Others (workloads, nodes, volumes) would change the
    /// statuses of the objects that tests write by hand.
    pub controllers: &'static [&'static str],
}

impl Default for Options {
    fn default() -> Self {
        Self {
            controllers: &[
                "namespace-controller",
                "garbage-collector-controller",
                "persistentvolumeclaim-protection-controller",
                "persistentvolume-protection-controller",
            ],
        }
    }
}

/// A real control plane: etcd, an API server with RBAC and an audit log, and a few controllers.
///
/// There is no kubelet: Pods and Nodes are plain objects. A Pod that has a node is deleted at once only when
/// its `terminationGracePeriodSeconds` is 0.
pub struct ControlPlane {
    pub(super) servers: Servers,
    pub(super) resources: Resources,
    etcd: Etcd,
    next_user: AtomicUsize,
    runtime: Runtime,
}

impl ControlPlane {
    /// The one that most tests share, each with users, namespaces and cluster-wide names of its own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<ControlPlane, String>> = OnceLock::new();
        started(&SHARED)
    }

    /// A second one for tests that change cluster-wide facts or singletons: they take turns, and each finds
    /// the cluster as it was after its start.
    pub fn alone() -> Alone {
        static PLANE: OnceLock<Result<ControlPlane, String>> = OnceLock::new();
        static TURN: Mutex<Option<Frozen>> = Mutex::new(None);
        // A test that panics has its changes taken back like any other, so its turn poisons nothing.
        let mut turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let plane = started(&PLANE);
        if turn.is_none() {
            *turn = Some(plane.freeze());
        }
        Alone { plane, turn }
    }

    /// One for this caller only.
    pub fn start(options: &Options) -> Self {
        Self::start_with(options, &[])
    }

    /// One for this caller only, whose API server has more flags, such as other certificates.
    pub fn start_with(options: &Options, flags: &[String]) -> Self {
        Self::try_start(options, flags).unwrap_or_else(|why| panic!("{why}"))
    }

    fn try_start(options: &Options, flags: &[String]) -> Result<Self, String> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| e.to_string())?;
        let servers = Servers::start(&runtime, options.controllers, flags)?;
        let plane = Self {
            etcd: Etcd::new(servers.etcd_socket()),
            resources: Resources::default(),
            next_user: AtomicUsize::new(0),
            servers,
            runtime,
        };
        plane.bind_roles();
        Ok(plane)
    }

    /// A user that may do everything and that nobody else has.
    pub fn user(&self) -> TestUser {
        self.person(Role::Tester)
    }

    /// A user with the role `view` that nobody else has.
    pub fn viewer(&self) -> TestUser {
        self.person(Role::Viewer)
    }

    /// A user without any right but discovery that nobody else has.
    pub fn nobody(&self) -> TestUser {
        self.person(Role::Nobody)
    }

    fn person(&self, role: Role) -> TestUser {
        let number = self.next_user.fetch_add(1, Ordering::Relaxed);
        let homes = self.servers.folder.join("home");
        TestUser::new(&self.servers.endpoint, &homes, role, number)
            .expect("the plane's folder can be written")
    }

    /// Where the API server listens, for instance for a proxy that injects faults.
    pub fn endpoint(&self) -> &Endpoint {
        &self.servers.endpoint
    }

    /// Puts an object there that an older API server took, but this one only reads: `KIND/NAME`, with the kind in the plural.
    pub fn store(&self, path: &str, object: &Value) {
        self.etcd.store(path, object);
    }

    /// Remembers every object of the cluster. For planes that are not shared.
    pub fn freeze(&self) -> Frozen {
        self.etcd.freeze()
    }

    /// Puts back every object as it was, with its uid, and removes those that came later.
    ///
    /// Reads through the API see it at once. What the API server judges from its own informers (namespaces
    /// being there, RBAC, served CRDs) follows within milliseconds. The controllers are restarted, and need
    /// a second: a plane that thaws again and again is better without any.
    pub fn thaw(&self, frozen: &mut Frozen) {
        if self.etcd.is_as(frozen) {
            return;
        }
        // They remember the time that is taken back: the garbage collector would delete an object that is
        // there again, because it has seen its owner missing.
        self.servers.stop_controllers();
        self.etcd.thaw(frozen);
        self.servers.start_controllers();
    }

    /// Runs one of our own requests to its end.
    pub(super) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}

fn started(plane: &'static OnceLock<Result<ControlPlane, String>>) -> &'static ControlPlane {
    // The failure is kept: the next test says it again instead of waiting for it again.
    match plane.get_or_init(|| ControlPlane::try_start(&Options::default(), &[])) {
        Ok(plane) => plane,
        Err(why) => panic!("{why}"),
    }
}

/// A turn on the control plane that is not shared; ending it takes all changes back.
pub struct Alone {
    plane: &'static ControlPlane,
    turn: MutexGuard<'static, Option<Frozen>>,
}

impl Deref for Alone {
    type Target = ControlPlane;

    fn deref(&self) -> &ControlPlane {
        self.plane
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        if let Some(frozen) = &mut *self.turn {
            self.plane.thaw(frozen);
        }
    }
}
