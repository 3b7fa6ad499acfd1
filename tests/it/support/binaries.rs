//! The binaries of a control plane: built once from their published Go modules, or given by the caller.

use std::env;
use std::error::Error;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::digest;
use serde_json::Value;

/// The Kubernetes that `tests/control-plane/go.mod` names.
pub const KUBERNETES_VERSION: &str = "v1.36.3";

/// The folder of the Go module that pins the binaries.
const MODULE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/control-plane");

/// Where the programs are.
#[derive(Debug)]
pub struct Binaries {
    pub etcd: PathBuf,
    pub apiserver: PathBuf,
    pub controller_manager: PathBuf,
    /// The real kubectl that tests run and put in front of kubectl-safe.
    pub kubectl: PathBuf,
}

/// The binaries, built now when nobody built them before.
///
/// `KUBEBUILDER_ASSETS` names a folder that has them already, as in controller-runtime's envtest, and
/// `KUBECTL_SAFE_TEST_KUBECTL` another kubectl.
pub fn binaries() -> &'static Binaries {
    // The failure is kept too: the next test says it again instead of building again.
    static BINARIES: OnceLock<Result<Binaries, String>> = OnceLock::new();
    match BINARIES.get_or_init(find) {
        Ok(binaries) => binaries,
        Err(why) => panic!("{why}"),
    }
}

/// The `Y` of this kubectl's version `1.Y`: what another version does in another way, a test must not expect of it.
pub fn kubectl_minor() -> u32 {
    static MINOR: OnceLock<u32> = OnceLock::new();
    *MINOR.get_or_init(|| {
        let kubectl = &binaries().kubectl;
        let mut version = Command::new(kubectl);
        version.args(["version", "--client", "--output=json"]);
        let answer = run(&mut version).unwrap_or_else(|why| panic!("{why}"));
        let minor = serde_json::from_str(&answer)
            .ok()
            .and_then(|answer: Value| {
                let minor = answer["clientVersion"]["minor"].as_str()?;
                minor.trim_end_matches('+').parse().ok()
            });
        minor.unwrap_or_else(|| panic!("{} said {answer}", kubectl.display()))
    })
}

fn find() -> Result<Binaries, String> {
    let folder = match env::var_os("KUBEBUILDER_ASSETS") {
        Some(folder) => PathBuf::from(folder),
        None => build()?,
    };
    let program = |name: &str| {
        let path = folder.join(name);
        if path.is_file() {
            return Ok(path);
        }
        Err(format!(
            "{} is missing: KUBEBUILDER_ASSETS must name a folder with etcd, kube-apiserver, \
             kube-controller-manager and kubectl; unset it to have them built with Go",
            path.display()
        ))
    };
    let kubectl = match env::var_os("KUBECTL_SAFE_TEST_KUBECTL") {
        Some(path) => fs::canonicalize(&path)
            .map_err(|e| format!("KUBECTL_SAFE_TEST_KUBECTL={}: {e}", path.display()))?,
        None => program("kubectl")?,
    };
    Ok(Binaries {
        etcd: program("etcd")?,
        apiserver: program("kube-apiserver")?,
        controller_manager: program("kube-controller-manager")?,
        kubectl,
    })
}

/// Builds below cargo's own target folder, unless the same build is there already.
fn build() -> Result<PathBuf, String> {
    let go_version = run(Command::new("go").arg("version")).map_err(|why| {
        format!(
            "the tests need Go 1.26 or newer to build a Kubernetes {KUBERNETES_VERSION} control plane \
             (https://go.dev/dl), or KUBEBUILDER_ASSETS naming a folder that has one: {why}"
        )
    })?;
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = target.parent().unwrap_or(target).join("control-plane");
    build_into(&folder, &go_version).map_err(|why| {
        format!("could not build the control plane of tests/control-plane: {why}")
    })?;
    Ok(folder.join("bin"))
}

fn build_into(folder: &Path, go_version: &str) -> Result<(), Box<dyn Error>> {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin)?;
    // Held to the end of the build, so a second test process waits and then finds it done.
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let stamp = stamp(go_version)?;
    let stamp_file = folder.join("stamp");
    if fs::read_to_string(&stamp_file).is_ok_and(|old| old == stamp) {
        return Ok(());
    }
    writeln!(
        io::stderr(),
        "building a Kubernetes {KUBERNETES_VERSION} control plane, once: 5 minutes on 2 cores"
    )?;
    run(&mut go_build(&bin))?;
    // Go names a program after its package's folder.
    fs::rename(bin.join("server"), bin.join("etcd"))?;
    fs::write(stamp_file, stamp)?;
    Ok(())
}

/// The one command that builds all `tool`s of the module, as Kubernetes' own release does: static, without
/// paths, with the version that the linker must be told.
fn go_build(bin: &Path) -> Command {
    let mut go = Command::new("go");
    go.current_dir(MODULE)
        .args(["build", "-p=2", "-trimpath", "-buildvcs=false", "-ldflags"])
        .arg(ldflags())
        .arg("-o")
        .arg(bin)
        .arg("tool")
        .env("CGO_ENABLED", "0")
        .env("GOTOOLCHAIN", "local")
        .env("GOWORK", "off");
    for name in ["GOFLAGS", "GOOS", "GOARCH"] {
        go.env_remove(name);
    }
    go
}

fn ldflags() -> String {
    let (major, minor) = ("1", "36");
    let mut flags = String::from("-s -w");
    // component-base is what `version` and `/version` say, client-go what the User-Agent says. The commit
    // is not part of a Go module; empty reads "unknown" instead of a template's text.
    for package in [
        "k8s.io/component-base/version",
        "k8s.io/client-go/pkg/version",
    ] {
        for (variable, value) in [
            ("gitVersion", KUBERNETES_VERSION),
            ("gitMajor", major),
            ("gitMinor", minor),
            ("gitTreeState", "clean"),
            ("gitCommit", ""),
        ] {
            flags += " -X ";
            flags += &[package, ".", variable, "=", value].concat();
        }
    }
    flags
}

/// Everything that the result depends on.
fn stamp(go_version: &str) -> io::Result<String> {
    let mut hash = digest::Context::new(&digest::SHA256);
    for file in ["go.mod", "go.sum"] {
        hash.update(&fs::read(Path::new(MODULE).join(file))?);
    }
    hash.update(go_version.as_bytes());
    hash.update(ldflags().as_bytes());
    Ok(BASE64.encode(hash.finish()))
}

/// Runs a command and returns its stdout, or a sentence with the end of its stderr.
fn run(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command.output().map_err(|e| format!("{program}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let end: Vec<&str> = stderr.lines().rev().take(20).collect();
    Err(format!(
        "{program}: {}\n{}",
        output.status,
        end.into_iter().rev().collect::<Vec<_>>().join("\n")
    ))
}
