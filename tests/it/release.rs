//! What krew gets: the archive of this build, and a manifest that says the truth about it.

use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use ring::digest;
use serde_json::Value;
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const BINARY: &str = env!("CARGO_BIN_EXE_kubectl-safe");

fn release(folder: &Path, out: &Path, target: &str) -> std::process::Output {
    Command::new(Path::new(ROOT).join("krew/release.sh"))
        .args([folder, out])
        .arg(target)
        .output()
        .expect("the script can be started")
}

/// This machine's target, and krew's words for it.
fn target() -> (String, &'static str, &'static str) {
    let (system, os) = match OS {
        "macos" => ("apple-darwin", "darwin"),
        _ => ("unknown-linux-gnu", "linux"),
    };
    let arch = if ARCH == "aarch64" { "arm64" } else { "amd64" };
    (format!("{ARCH}-{system}"), os, arch)
}

#[test]
fn the_manifest_says_what_the_archive_is() {
    let (target, os, arch) = target();
    let work = TempDir::new().expect("a folder can be made");
    let (folder, out) = (work.path().join("built"), work.path().join("out"));
    let built = folder.join(&target).join("release");
    fs::create_dir_all(&built).expect("a folder can be made");
    fs::copy(BINARY, built.join("kubectl-safe")).expect("the binary can be copied");
    let output = release(&folder, &out, &target);
    assert!(output.status.success(), "{output:?}");

    let text = fs::read_to_string(out.join("safe.yaml")).expect("the script writes it");
    let manifest: Value = serde_yaml::from_str(&text).expect("the manifest is YAML");
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["kind"], "Plugin");
    assert_eq!(manifest["metadata"]["name"], "safe");
    assert_eq!(manifest["spec"]["version"], version);
    assert_eq!(manifest["spec"]["homepage"], env!("CARGO_PKG_REPOSITORY"));
    assert!(!text.contains('@'), "a placeholder is left: {text}");
    let platforms = manifest["spec"]["platforms"]
        .as_array()
        .expect("platforms are a list");
    assert_eq!(platforms.len(), 1);
    let platform = &platforms[0];
    assert_eq!(
        platform["selector"]["matchLabels"],
        serde_json::json!({"os": os, "arch": arch})
    );

    let uri = platform["uri"].as_str().expect("a text");
    let archive = uri.rsplit('/').next().expect("a file's name");
    let bytes = fs::read(out.join(archive)).expect("the archive the manifest names is there");
    assert_eq!(platform["sha256"], sha256(&bytes));

    let unpacked = work.path().join("unpacked");
    fs::create_dir(&unpacked).expect("a folder can be made");
    let tar = Command::new("tar")
        .arg("-xzf")
        .args([&out.join(archive), Path::new("-C"), &unpacked])
        .status();
    assert!(tar.expect("tests need tar in PATH").success());
    let same = |name: &str, original: &Path| {
        let read =
            |path: &Path| fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        assert!(read(&unpacked.join(name)) == read(original), "{name}");
    };
    let program = platform["bin"].as_str().expect("a text");
    same(program, Path::new(BINARY));
    same("LICENSE", &Path::new(ROOT).join("LICENSE"));
    for file in fs::read_dir(Path::new(ROOT).join("completions")).expect("a folder") {
        let file = file.expect("a file");
        same(&file.file_name().to_string_lossy(), &file.path());
    }
    let help = Command::new(unpacked.join(program))
        .arg("--safe-help")
        .output();
    assert!(help.expect("the unpacked program runs").status.success());
}

#[test]
fn a_release_without_a_binary_writes_no_manifest() {
    let (target, ..) = target();
    let work = TempDir::new().expect("a folder can be made");
    for target in [
        target.as_str(),
        "riscv64gc-unknown-linux-gnu",
        "x86_64-pc-windows-msvc",
    ] {
        let output = release(work.path(), &work.path().join("out"), target);
        assert!(!output.status.success(), "{target}: {output:?}");
        assert!(!output.stderr.is_empty());
        assert!(!work.path().join("out/safe.yaml").exists());
    }
}

fn sha256(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in digest::digest(&digest::SHA256, bytes).as_ref() {
        write!(text, "{byte:02x}").expect("a text can be written to");
    }
    text
}
