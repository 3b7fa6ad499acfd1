//! The known readers, with the options under which they only look.
//!
//! Source: the manual pages of coreutils, util-linux, procps, iproute2, iptables, systemd, cri-tools and containerd.

use super::{programs, sed};

/// How a program may be called so that it only looks.
pub(super) enum Ways {
    /// In any way: its files are listed among the paths of the act.
    Any,
    /// In any way when all words are known: what it writes is listed among the paths of the act.
    Certain,
    /// With all options but these.
    Without(&'static str),
    /// With these options alone; operands are free.
    Only(&'static str),
    /// With these options alone, and nothing to work on.
    OnlyWithoutOperands(&'static str),
    /// With one of these verbs (after a comma another one; `$`: and nothing more). Before them, the options that take the next word.
    Verbs(&'static str, &'static str),
    /// As a function says.
    Check(fn(&[&str]) -> bool),
}

use Ways::{Any, Certain, Check, Only, OnlyWithoutOperands, Verbs, Without};

/// Names of programs, and how they only look. A program may stand in several lines.
#[rustfmt::skip]
pub(super) const TABLE: &[(&str, Ways)] = &[
    // Files
    ("cat ls dir vdir stat head tail tac nl zcat grep egrep fgrep zgrep du df wc readlink realpath dirname basename diff cmp comm cut tr", Any),
    ("md5sum sha1sum sha256sum sha512sum cksum strings od hexdump fold rev paste join column fmt namei getfacl lsattr getfattr getcap whereis base64", Any),
    ("test [ [[ echo printf seq sleep true false expr yes clear jq printenv sync", Any),
    ("uniq cp mv rm rmdir unlink touch mkdir truncate chmod chown chgrp tee ln dd mktemp gzip gunzip", Certain),
    ("tar", Without("-I -F --use-compress-program --checkpoint-action --to-command --info-script --new-volume-script --rsh-command --rmt-command")),
    ("find", Certain),
    ("sort", Without("-T --compress-program --temporary-directory")),
    ("tree", Without("-o")),
    ("file", Without("-C --compile")),
    ("rg", Without("--pre --hostname-bin")),
    ("yq", Without("-i --inplace -s --split-exp")),
    ("sed", Check(sed::looks)),
    ("awk gawk mawk", Check(programs::awk)),
    ("xxd", Check(programs::one_operand)),
    // Processes and the system
    ("ps pgrep pidof pstree free vmstat iostat mpstat pidstat uptime w who last nproc arch id whoami groups getent lscpu lsmod lspci lsusb lsns lsipc", Any),
    ("lsmem getconf locale tty numastat uname env getenforce sestatus aa-status systemd-cgls systemd-detect-virt lastlog getpcaps modinfo logname", Any),
    ("top iotop systemd-cgtop htop atop", Check(programs::batch)),
    ("sar", Without("-o")),
    ("dmidecode", Without("--dump-bin")),
    ("hostname", OnlyWithoutOperands("-f -i -s -d -I -A -y -a --fqdn --ip-address --short --long --all-ip-addresses --domain")),
    ("date", Check(programs::date)),
    ("hwclock", OnlyWithoutOperands("-r -u -l -v --show --get --verbose --utc")),
    ("kill", Check(programs::kill)),
    ("dmesg", Without("-c -C -D -E -n --clear --read-clear --console-off --console-on --console-level")),
    ("journalctl", Without("--vacuum-size --vacuum-time --vacuum-files --rotate --flush --sync --relinquish-var --smart-relinquish-var --setup-keys --update-catalog --cursor-file")),
    ("sysctl", Check(programs::sysctl)),
    ("crontab", Check(programs::list_option)),
    ("auditctl", Check(programs::list_option)),
    ("nvidia-smi", OnlyWithoutOperands("-L -q -x --list-gpus --query --query-gpu --query-compute-apps --format")),
    ("nvidia-smi", Verbs("", "topo, dmon, pmon")),
    ("rpm", Check(programs::rpm)),
    ("dpkg", Check(programs::dpkg)),
    ("apt-cache dpkg-query rpmquery", Any),
    ("apt", Verbs("", "list, show, policy, search")),
    ("yum dnf", Verbs("", "list, info, repolist, search, check-update, history list, history info, provides")),
    // Disks
    ("lsblk findmnt mountpoint pvs vgs lvs pvdisplay vgdisplay lvdisplay dumpe2fs xfs_info", Any),
    ("blkid", Without("-g -w")),
    ("lsof", Without("-D")),
    ("mount", OnlyWithoutOperands("-l -v -V --version")),
    ("mount", Check(programs::mount_of_type)),
    ("fdisk sfdisk gdisk parted", Check(programs::disk_list)),
    ("wipefs", Only("-n -p -J --no-act --parsable --json --no-headings")),
    ("tune2fs", Check(programs::first_is_list)),
    ("smartctl", Only("-a -i -H -A -x -c --all --info --health --attributes --xall --scan --capabilities")),
    ("nvme", Verbs("", "list, list-subsys, smart-log, id-ctrl, id-ns, error-log, version")),
    ("dmsetup", Verbs("", "ls, info, status, table, deps")),
    ("multipath", Check(programs::list_option)),
    ("mdadm", Only("-D -E -Q --detail --examine --query --scan")),
    // Network
    ("netstat", Any),
    ("ss", Without("-K -D --kill --diag")),
    ("ip", Check(programs::ip)),
    ("bridge tc", Check(programs::ip)),
    ("ifconfig", Check(programs::ifconfig)),
    ("route", OnlyWithoutOperands("-n -e -ee -v -A -6 -4")),
    ("arp", OnlyWithoutOperands("-a -n -e -v -an -na")),
    ("brctl", Verbs("", "show, showmacs, showstp")),
    ("iptables ip6tables iptables-legacy iptables-nft ip6tables-legacy ip6tables-nft ebtables arptables", Check(programs::iptables)),
    ("iptables-save ip6tables-save iptables-legacy-save iptables-nft-save ebtables-save", Without("-f -M --file --modprobe")),
    ("nft", Verbs("", "list")),
    ("ipset", Verbs("", "list")),
    ("ipset", Check(programs::list_option)),
    ("ipvsadm", Check(programs::ipvsadm)),
    ("conntrack", Check(programs::conntrack)),
    ("ethtool", Only("-i -S -k -g -l -a -c -n -T -m -P -x -d --driver --statistics --show-features --show-ring --show-channels")),
    ("ping ping6", Without("-f")),
    ("traceroute tracepath dig host getent", Any),
    ("nslookup", Check(programs::has_operand)),
    ("mtr", Check(programs::report)),
    ("nc ncat", Check(programs::scan)),
    ("tcpdump", Without("-w -z --postrotate-command")),
    ("curl", Check(programs::curl)),
    ("wget", Check(programs::wget)),
    ("openssl", Check(programs::openssl)),
    ("chronyc", Verbs("-h -p", "sources, tracking, sourcestats, activity, ntpdata, clients")),
    ("ntpq", Check(programs::list_option)),
    // systemd
    ("systemctl", Verbs("-n -o -p -t -M -H --lines --output --property --type --state", "status, show, cat, is-active, is-enabled, is-failed, is-system-running, list-units, list-unit-files, list-timers, list-sockets, list-dependencies, list-jobs, list-machines, get-default, show-environment, help")),
    ("systemctl containerd kubelet runc kubeadm docker dockerd kube-proxy crictl ctr etcd kubectl", Check(programs::version)),
    ("systemd-analyze", Verbs("", "$, time, blame, critical-chain")),
    ("timedatectl hostnamectl", Verbs("", "$, status, show, timesync-status")),
    ("loginctl", Verbs("", "list-sessions, list-users, session-status, show-session")),
    ("localectl", Verbs("", "$, status")),
    ("resolvectl", Verbs("", "$, status, query, statistics")),
    ("networkctl", Verbs("", "$, list, status")),
    ("nmcli", Verbs("-f -t -g", "$, device status$, device show, dev show, dev status$, con show, connection show, general status$")),
    // Containers and Kubernetes
    ("crictl", Verbs("-r -i -t -c --runtime-endpoint --image-endpoint --timeout --config", "ps, pods, images, img, image, inspect, inspecti, inspectp, imagefsinfo, info, logs, stats, statsp, version")),
    ("ctr", Verbs("-n -a --namespace --address", "version, namespaces ls, ns ls, images ls, images list, image ls, i ls, containers ls, containers list, containers info, container ls, container info, c ls, c info, tasks ls, tasks list, tasks ps, task ls, task ps, t ls, t ps, snapshots ls, snapshot ls, plugins ls, leases ls, content ls")),
    ("docker podman nerdctl", Verbs("-H -n --namespace --host", "ps, images, inspect, logs, info, version, stats, top, port, diff, history, container ls, container inspect, image ls, image inspect, network ls, network inspect, volume ls, system df, system info")),
    ("runc", Verbs("--root", "list, state")),
    ("containerd", Verbs("-c --config", "config dump, config default")),
    ("kubeadm", Verbs("", "version, config images list, certs check-expiration, token list, upgrade plan")),
    ("kubectl", Verbs("-n --namespace --kubeconfig --context", "get, describe, logs, version, top, api-resources, cluster-info$, explain")),
    ("etcdctl", Verbs("--endpoints --cacert --cert --key -w", "get, endpoint health, endpoint status, member list, version, alarm list, snapshot status")),
];
