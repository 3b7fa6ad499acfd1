//! Disks and mounts.

use super::Effects;
use crate::shell::act::Use;
use crate::shell::expansion::Field;
use crate::shell::options::Spec;

pub(super) fn mount(words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:o:L:U:O:T:N:",
        long: &[
            "types",
            "options",
            "label",
            "uuid",
            "source",
            "target",
            "namespace",
        ],
    }
    .read(words);
    let mut effects = Effects::none();
    let operands: Vec<Field> = options
        .values('\0', "source")
        .chain(&options.operands)
        .chain(options.values('\0', "target"))
        .cloned()
        .collect();
    let is_remount = options
        .value('o', "options")
        .is_some_and(|options| options.text.contains("remount"));
    match operands.as_slice() {
        [] => effects.uncertain = options.has('a', "all"),
        [target] => effects.touch(target, Use::Mount, false),
        [source, target, ..] => {
            // `none`, `tmpfs` and `server:/path` are no files.
            effects.touch_device(source, Use::Read);
            effects.touch(target, Use::Mount, false);
            let is_bind = options.has('B', "bind")
                || options.has('R', "rbind")
                || options
                    .value('o', "options")
                    .is_some_and(|options| options.text.contains("bind"));
            if is_bind && !is_remount {
                effects.links.push((target.clone(), source.clone()));
            }
        }
    }
    effects
}

pub(super) fn umount(words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:O:N:",
        long: &["types", "test-opts", "namespace"],
    }
    .read(words);
    if options.has('a', "all") && options.operands.is_empty() {
        return Effects {
            uncertain: true,
            ..Effects::none().all(&[Field::new("/")], Use::Unmount, true)
        };
    }
    Effects::none().all(
        &options.operands,
        Use::Unmount,
        options.has('R', "recursive"),
    )
}

pub(super) fn is_disk_tool(program: &str) -> bool {
    program.starts_with("mkfs")
        || program.starts_with("fsck")
        || matches!(
            program,
            "mke2fs"
                | "mkswap"
                | "wipefs"
                | "fdisk"
                | "sfdisk"
                | "cfdisk"
                | "gdisk"
                | "sgdisk"
                | "parted"
                | "partprobe"
                | "resize2fs"
                | "xfs_growfs"
                | "xfs_repair"
                | "tune2fs"
                | "e2fsck"
                | "e2label"
                | "debugfs"
                | "cryptsetup"
                | "pvcreate"
                | "pvremove"
                | "vgremove"
                | "lvremove"
                | "blkdiscard"
                | "blockdev"
                | "hdparm"
                | "badblocks"
                | "growpart"
                | "mkdosfs"
                | "mkntfs"
                | "swapon"
                | "losetup"
        )
}

/// Tools that work on a disk, unless their words say that they only look.
pub(super) fn disk(program: &str, words: &[Field]) -> Effects {
    let options = Spec {
        short: "t:L:U:N:b:i:m:O:o:",
        long: &[],
    }
    .read(words);
    let says = |text: &str| words.iter().any(|word| word.text == text);
    let looks = match program {
        "fdisk" | "tune2fs" | "sgdisk" | "losetup" => {
            options.has('l', "list") || says("-p") || words.is_empty() || says("-a")
        }
        "sfdisk" => options.has('l', "list") || options.has('d', "dump"),
        "parted" => options.has('l', "list") || says("print") || says("p"),
        "wipefs" => {
            options.has('n', "no-act") || !options.has('a', "all") && !options.has('o', "offset")
        }
        "blockdev" => !says("--setro") && !says("--setrw"),
        "mkfs.ext4" | "mke2fs" | "mkfs.ext3" | "resize2fs" => options.has('n', ""),
        "hdparm" => options.operands.len() == words.len() || options.has_any("iIgtT"),
        "e2label" => options.operands.len() < 2,
        _ if program.starts_with("fsck") || program == "e2fsck" || program == "xfs_repair" => {
            options.has_any("nN")
        }
        _ => false,
    };
    let usage = if looks { Use::Read } else { Use::Write };
    // Most name the device first, some after a command (`luksFormat`), and an option's value is told apart only by each tool's manual.
    let mut effects = Effects::none();
    for word in words.iter().filter(|word| !word.text.starts_with('-')) {
        effects.touch_device(word, usage);
    }
    effects
}
