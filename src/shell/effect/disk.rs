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

#[cfg(test)]
mod tests {
    use crate::shell::tests::check;

    #[test]
    fn disks_are_written_or_looked_at() {
        check(&[
            ("mkfs.ext4 /dev/vdb", "mkfs.ext4 write:/dev/vdb"),
            ("mkfs -t xfs /dev/vdb", "mkfs write:/dev/vdb"),
            (
                "chroot /host mkfs.xfs -f /dev/nvme1n1",
                "mkfs.xfs@ write:/dev/nvme1n1",
            ),
            ("wipefs -a /dev/vdb", "wipefs write:/dev/vdb"),
            ("wipefs /dev/vdb", "wipefs read:(/dev/vdb)"),
            ("fdisk -l /dev/vda", "fdisk read:(/dev/vda)"),
            ("fdisk /dev/vda", "fdisk write:/dev/vda"),
            ("parted -s /dev/vdb mklabel gpt", "parted write:/dev/vdb"),
            ("parted /dev/vdb print", "parted read:(/dev/vdb)"),
            ("tune2fs -l /dev/vdb", "tune2fs read:(/dev/vdb)"),
            ("resize2fs /dev/vdb", "resize2fs write:/dev/vdb"),
            ("cat /dev/zero > /dev/vda", "cat write:/dev/vda"),
            ("cp x /dev/shm/x", "cp read:(/x) write:(/dev/shm/x)"),
            ("mount", "mount"),
            ("mount -a", "mount~"),
            (
                "mount /dev/vdb /host/mnt",
                "mount read:(/dev/vdb) mount:/mnt",
            ),
            ("mount -t nfs x:/y /host/mnt", "mount mount:/mnt"),
            (
                "umount -l /host/var/lib/kubelet/pods/x",
                "umount unmount:/var/lib/kubelet/pods/x",
            ),
            ("umount -a", "umount~ unmount*:(/)"),
        ]);
    }

    #[test]
    fn a_pattern_means_the_disks_that_it_fits() {
        check(&[
            (
                "wipefs -a /dev/vd*",
                "wipefs write:/dev/vd* write:/dev/vda write:/dev/vdb",
            ),
            (
                "cd /dev && blkdiscard sd[b-d]",
                "blkdiscard write:/dev/sd[b-d] write:/dev/sdb",
            ),
            (
                "mkfs.ext4 /host/dev/nvme?n1",
                "mkfs.ext4 write:/dev/nvme?n1 write:/dev/nvme0n1 write:/dev/nvme1n1",
            ),
            (
                "chroot /host wipefs -a /dev/vd?",
                "wipefs@ write:/dev/vd? write:/dev/vda write:/dev/vdb",
            ),
            (
                "dd of=/dev/vd$X",
                "dd~ write:/dev/vd$X write:/dev/vda write:/dev/vdb",
            ),
            ("echo x > /dev/pts/*", "echo write:(/dev/pts/*)"),
            ("chmod -R 700 /dev", "chmod write*:(/dev)"),
        ]);
    }

    #[test]
    fn a_device_is_named_from_its_folder() {
        check(&[
            // What else may be a device's name there is taken for one.
            (
                "cd /dev; mkfs -t xfs vdb",
                "mkfs write:/dev/xfs write:/dev/vdb",
            ),
            ("cd /dev && wipefs -a vdb", "wipefs write:/dev/vdb"),
            (
                "cd /dev && wipefs -a vdb vdc",
                "wipefs write:/dev/vdb write:/dev/vdc",
            ),
            (
                "cd /dev && cryptsetup luksFormat vdb",
                "cryptsetup write:/dev/luksFormat write:/dev/vdb",
            ),
            // Here `-m` and `-o` have no value.
            (
                "cd /dev && parted -m vdb rm 1",
                "parted write:/dev/vdb write:/dev/rm write:/dev/1",
            ),
            ("cd /dev && sgdisk -o vdb", "sgdisk write:/dev/vdb"),
            (
                "cd /dev && dd if=x of=vdb",
                "dd read:(/dev/x) write:/dev/vdb",
            ),
            ("cd /dev && shred vdb", "shred write:/dev/vdb"),
            ("cd /dev/disk && wipefs -a ../vdb", "wipefs write:/dev/vdb"),
            ("cd /host && wipefs -a dev/vdb", "wipefs write:/dev/vdb"),
            (
                "env -C /host/dev blkdiscard -f vdb",
                "blkdiscard write:/dev/vdb",
            ),
            (
                "cd /dev && mount vdb /host/mnt",
                "mount read:(/dev/vdb) mount:/mnt",
            ),
            (
                "mount --source /dev/vdb --target /host/mnt",
                "mount read:(/dev/vdb) mount:/mnt",
            ),
            // Nobody knows where this is.
            ("cd $D && wipefs -a vdb", "wipefs~ write:($D/vdb)"),
            // Elsewhere a word is only a word.
            (
                "cryptsetup luksFormat /dev/vdb key",
                "cryptsetup write:/dev/vdb",
            ),
            ("mkfs -t xfs -L data /host/dev/vdb", "mkfs write:/dev/vdb"),
            (
                "cd /host/mnt && mount -t tmpfs tmpfs x",
                "mount mount:/mnt/x",
            ),
        ]);
    }
}
