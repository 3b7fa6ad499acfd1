#!/bin/sh
# Packs built binaries for krew: krew/release.sh FOLDER OUT [TARGET…]
#
# FOLDER has each binary where `cargo build --release --target TARGET --target-dir FOLDER` puts it. OUT receives one
# archive for each target, and safe.yaml with their checksums; for all platforms where no target is named.
set -eu

[ $# -ge 2 ] || {
    echo "usage: krew/release.sh FOLDER OUT [TARGET...]" >&2
    exit 64
}
folder=$1
out=$2
shift 2
[ $# -gt 0 ] || set -- x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu x86_64-apple-darwin aarch64-apple-darwin

root=$(cd "$(dirname "$0")/.." && pwd)

# A field of the package.
field() {
    sed -n "s/^$1 = \"\(.*\)\"\$/\1/p" "$root/Cargo.toml" | head -n 1
}

sha256() {
    if command -v sha256sum >/dev/null; then
        sha256sum "$1"
    else
        shasum -a 256 "$1"
    fi | cut -d ' ' -f 1
}

# krew's words for the system and the processor of a target.
os_of() {
    case $1 in
    *-linux-*) echo linux ;;
    *-apple-darwin) echo darwin ;;
    *) echo "$1 is neither Linux nor macOS" >&2 && return 1 ;;
    esac
}
arch_of() {
    case $1 in
    x86_64-*) echo amd64 ;;
    aarch64-*) echo arm64 ;;
    *) echo "$1 is neither amd64 nor arm64" >&2 && return 1 ;;
    esac
}

version=$(field version)
repository=$(field repository)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/archive
manifest=$work/safe.yaml
mkdir -p "$out" "$stage"
cp "$root/LICENSE" "$root"/completions/* "$stage"
sed "s|@VERSION@|$version|; s|@REPOSITORY@|$repository|" "$root/krew/safe.yaml.template" >"$manifest"

for target; do
    os=$(os_of "$target")
    arch=$(arch_of "$target")
    archive=kubectl-safe-v$version-$os-$arch.tar.gz
    cp "$folder/$target/release/kubectl-safe" "$stage"
    (cd "$stage" && tar -czf - -- *) >"$out/$archive"
    cat >>"$manifest" <<END
  - selector:
      matchLabels:
        os: $os
        arch: $arch
    uri: $repository/releases/download/v$version/$archive
    sha256: $(sha256 "$out/$archive")
    bin: kubectl-safe
END
done
# Whole or not at all.
mv "$manifest" "$out/safe.yaml"
