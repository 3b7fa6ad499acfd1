//! Starting etcd, the API server and the controller manager.

use std::error::Error;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use kube::{Client, Config};
use tokio::runtime::Runtime;

use super::binaries::binaries;
use super::processes::Processes;
use super::signing_key::SigningKey;
use super::users::{ADMIN, CONTROLLERS, Endpoint, token, token_file};

const AUDIT_POLICY: &str = include_str!("../../control-plane/audit-policy.yaml");
const AUDIT_LOG: &str = "audit.log";
const ETCD_SOCKET: &str = "etcd.sock";
const CONTROLLER_MANAGER: &str = "kube-controller-manager";
/// It takes two to four seconds on an idle machine.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// Running servers, and how to reach them.
pub struct Servers {
    pub endpoint: Endpoint,
    /// As the admin.
    pub client: Client,
    /// The folder with all their files.
    pub folder: PathBuf,
    controllers: &'static [&'static str],
    processes: Mutex<Processes>,
}

impl Servers {
    /// Starts all, and returns when the API server is ready. The error carries the ends of the logs.
    /// `flags` are more of them for the API server.
    pub fn start(
        runtime: &Runtime,
        controllers: &'static [&'static str],
        flags: &[String],
    ) -> Result<Self, String> {
        let mut processes =
            Processes::new().map_err(|e| format!("no folder for a control plane: {e}"))?;
        let (endpoint, client) = launch(runtime, &mut processes, flags).map_err(|why| {
            format!(
                "the control plane did not start: {why}\n{}",
                processes.logs()
            )
        })?;
        let folder = processes.folder().to_owned();
        let servers = Self {
            endpoint,
            client,
            folder,
            controllers,
            processes: Mutex::new(processes),
        };
        servers.start_controllers();
        Ok(servers)
    }

    pub fn audit_log(&self) -> PathBuf {
        self.folder.join(AUDIT_LOG)
    }

    pub fn etcd_socket(&self) -> PathBuf {
        self.folder.join(ETCD_SOCKET)
    }

    /// Starts the controllers that this plane has. They need a second to know the cluster.
    pub fn start_controllers(&self) {
        if self.controllers.is_empty() {
            return;
        }
        let kubeconfig = self.folder.join("controllers.kubeconfig");
        fs::write(
            &kubeconfig,
            self.endpoint.kubeconfig(CONTROLLERS, "test", None),
        )
        .expect("the plane's folder can be written");
        let mut manager = Command::new(&binaries().controller_manager);
        manager.args([
            &format!("--kubeconfig={}", kubeconfig.display()),
            &format!("--controllers={}", self.controllers.join(",")),
            "--leader-elect=false",
            "--secure-port=0",
            "--profiling=false",
            "--kube-api-qps=1000",
            "--kube-api-burst=2000",
        ]);
        let started = self.processes().start(CONTROLLER_MANAGER, &mut manager);
        started.expect("the controller manager can be started");
    }

    /// Ends them at once, with whatever they were doing.
    pub fn stop_controllers(&self) {
        let stopped = self.processes().stop(CONTROLLER_MANAGER);
        stopped.expect("the controller manager can be killed");
    }

    fn processes(&self) -> MutexGuard<'_, Processes> {
        self.processes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn launch(
    runtime: &Runtime,
    processes: &mut Processes,
    flags: &[String],
) -> Result<(Endpoint, Client), Box<dyn Error>> {
    launch_etcd(processes)?;
    let endpoint = launch_apiserver(processes, flags)?;
    let client = runtime.block_on(ready(&endpoint, processes))?;
    Ok((endpoint, client))
}

fn launch_etcd(processes: &mut Processes) -> Result<(), Box<dyn Error>> {
    let folder = processes.folder().display();
    let mut etcd = Command::new(&binaries().etcd);
    etcd.args([
        &format!("--data-dir={folder}/etcd"),
        &format!("--listen-client-urls=unix://{folder}/{ETCD_SOCKET}"),
        // Asked for, but only members of a cluster would use it.
        "--advertise-client-urls=http://127.0.0.1:0",
        "--listen-peer-urls=http://127.0.0.1:0",
        "--log-level=warn",
        // Nothing here has to survive a power cut.
        "--unsafe-no-fsync",
        // A thaw is one transaction.
        "--max-txn-ops=100000",
        "--max-request-bytes=268435456",
    ]);
    Ok(processes.start("etcd", &mut etcd)?)
}

fn launch_apiserver(
    processes: &mut Processes,
    flags: &[String],
) -> Result<Endpoint, Box<dyn Error>> {
    let folder = processes.folder().to_owned();
    fs::write(folder.join("tokens.csv"), token_file())?;
    fs::write(folder.join("audit-policy.yaml"), AUDIT_POLICY)?;
    let key = SigningKey::generate();
    fs::write(folder.join("service-account.key"), key.private)?;
    fs::write(folder.join("service-account.pub"), key.public)?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();

    let files = folder.display();
    let mut apiserver = Command::new(&binaries().apiserver);
    apiserver.args([
        &format!("--etcd-servers=unix://{files}/{ETCD_SOCKET}"),
        // It makes its own serving certificate there.
        &format!("--cert-dir={files}/certificates"),
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        &format!("--secure-port={port}"),
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.96.0.0/16",
        &format!("--token-auth-file={files}/tokens.csv"),
        "--authorization-mode=RBAC",
        "--allow-privileged=true",
        "--profiling=false",
        // Both need controllers that do not run here: Pods would wait for a ServiceAccount, and every new
        // Node would keep a not-ready taint that is not in its file.
        "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
        "--service-account-issuer=https://kubernetes.default.svc",
        &format!("--service-account-signing-key-file={files}/service-account.key"),
        &format!("--service-account-key-file={files}/service-account.pub"),
        &format!("--audit-policy-file={files}/audit-policy.yaml"),
        &format!("--audit-log-path={files}/{AUDIT_LOG}"),
        // A request ends after its line is written.
        "--audit-log-mode=blocking",
        // Never rotated, so that an offset stays true.
        "--audit-log-maxsize=100000",
    ]);
    apiserver.args(flags);
    processes.start("kube-apiserver", &mut apiserver)?;
    Ok(Endpoint {
        url: format!("https://127.0.0.1:{port}"),
        ca: folder.join("certificates/apiserver.crt"),
    })
}

/// Waits until the API server is ready, with the namespaces it makes itself, and connects to it.
async fn ready(endpoint: &Endpoint, processes: &mut Processes) -> Result<Client, Box<dyn Error>> {
    let started = Instant::now();
    loop {
        processes.check()?;
        match connect(endpoint).await {
            Ok(client) => return Ok(client),
            Err(why) if started.elapsed() > START_TIMEOUT => {
                return Err(format!("not ready after {} s: {why}", START_TIMEOUT.as_secs()).into());
            }
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
}

async fn connect(endpoint: &Endpoint) -> Result<Client, Box<dyn Error>> {
    let mut config = Config::new(endpoint.url.parse()?);
    config.root_cert_file = Some(endpoint.ca.clone());
    config.auth_info.token = Some(token(ADMIN).into());
    config.proxy_url = None;
    let client = Client::try_from(config)?;
    for path in [
        "/readyz",
        "/api/v1/namespaces/default",
        "/api/v1/namespaces/kube-system",
    ] {
        client
            .request_text(http::Request::get(path).body(Vec::new())?)
            .await?;
    }
    Ok(client)
}
