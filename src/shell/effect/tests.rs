use crate::shell::tests::check;

#[test]
fn files_are_written_removed_moved() {
    check(&[
        ("rm /host/a /host/b", "rm remove:/a remove:/b"),
        ("rmdir /host/a", "rmdir remove:/a"),
        ("unlink /host/a", "unlink remove:/a"),
        ("shred -n 3 -u /host/a", "shred write:/a"),
        ("touch -d now /host/a", "touch write:/a"),
        ("mkdir -p -m 755 /host/a/b", "mkdir write:/a/b"),
        ("truncate -s 0 /host/a", "truncate write:/a"),
        ("tee -a /host/a < /x", "tee write:/a read:(/x)"),
        ("chmod 600 /host/a", "chmod write:/a"),
        ("chmod -x /host/a", "chmod write:/a"),
        ("chmod -R u+w /host/a", "chmod write*:/a"),
        ("chown --reference=/x /host/a", "chown write:/a"),
        ("chown -R 0:0 /host/a", "chown write*:/a"),
        ("chattr -i /host/a", "chattr write:/a"),
        ("chattr -R +i /host/a", "chattr write*:/a"),
        ("setfacl -m u:x:r /host/a", "setfacl write:/a"),
        ("mv /host/a /host/b.bak", "mv remove*:/a write:/b.bak"),
        ("mv /host/a /host/b", "mv remove*:/a write:/b write:/b/a"),
        (
            "mv -t /tmp /host/a",
            "mv remove*:/a write:(/tmp) write:(/tmp/a)",
        ),
        (
            "cp k /host/usr/bin",
            "cp read:(/k) write:/usr/bin write:/usr/bin/k",
        ),
        ("cp k /host/usr/bin/k", "cp read:(/k) write:/usr/bin/k"),
        (
            "cp a.conf /host/etc/resolv.conf",
            "cp read:(/a.conf) write:/etc/resolv.conf",
        ),
        ("cp -a /b/. /host/etc/", "cp read*:(/b) write*:/etc"),
        (
            "install -m 755 k /host/usr/bin/",
            "install read:(/k) write:/usr/bin write:/usr/bin/k",
        ),
        ("install -d /host/a", "install write:/a"),
        (
            "ln -sf /run/r /host/etc/resolv.conf",
            "ln read:(/run/r) write:/etc/resolv.conf",
        ),
        ("ln -s /host/etc/x", "ln read:/etc/x write:(/) write:(/x)"),
        (
            "rsync -a --delete /src/ /host/etc/",
            "rsync read*:(/src) write*:/etc remove*:/etc",
        ),
        ("scp root@x:/a /host/etc/a", "scp write:/etc/a"),
        ("scp /host/etc/a root@x:/a", "scp read:/etc/a"),
        ("dd if=/dev/zero of=/dev/vda bs=1M", "dd write:/dev/vda"),
        ("dd if=/host/a of=/host/b", "dd read:/a write:/b"),
        ("sed -i s/a/b/ /host/a", "sed write:/a"),
        ("sed -Ei.bak -e s/a/b/ /host/a", "sed write:/a"),
        ("sed --in-place=.b s/a/b/ /host/a", "sed write:/a"),
        ("sed -n 5p /host/a", "sed read:/a"),
        (
            "tar xzf /a.tgz -C /host/etc",
            "tar read:(/a.tgz) write*:/etc",
        ),
        (
            "tar --directory=/host/etc --extract -f -",
            "tar write*:/etc",
        ),
        (
            "tar -cf /host/b.tar /host/etc",
            "tar write:/b.tar read*:/etc",
        ),
        ("tar tf /host/b.tar", "tar read:/b.tar"),
        (
            "unzip -o x.zip -d /host/etc",
            "unzip read:(/x.zip) write*:/etc",
        ),
        ("unzip -l x.zip", "unzip read:(/x.zip)"),
        (
            "curl -fsSLo /host/usr/bin/kubelet https://x/k",
            "curl write:/usr/bin/kubelet",
        ),
        (
            "cd /host/usr/bin; curl -LO 'https://x/kubelet?a=b'",
            "curl write:/usr/bin/kubelet",
        ),
        ("curl https://x/k", "curl"),
        ("wget -qO /host/a https://x/k", "wget write:/a"),
        (
            "wget -P /host/usr/bin https://x/kubelet",
            "wget write:/usr/bin/kubelet",
        ),
        ("wget -qO- https://x/k", "wget"),
        ("vi /host/a", "vi write:/a"),
        ("sort -o /host/a /host/b", "sort read:/b write:/a"),
    ]);
}

#[test]
fn redirections_write() {
    check(&[
        ("> /host/a", "write:/a"),
        (": > /host/a", "write:/a"),
        ("true >| /host/a", "write:/a"),
        ("echo x >> /host/a", "echo write:/a"),
        ("echo x &> /host/a", "echo write:/a"),
        ("echo x >& /host/a", "echo write:/a"),
        ("echo x 2>/host/a >&2", "echo write:/a"),
        ("echo x 2>&1 > /dev/null", "echo"),
        ("exec 3> /host/a", "write:/a"),
        ("cat > /host/a <<E\nx\nE", "cat write:/a"),
        ("cat <<E > /host/a\nx\nE", "cat write:/a"),
        ("echo x | tee /host/a >/dev/null", "echo; tee write:/a"),
        ("{ echo a; echo b; } > /host/a", "echo; echo; write:/a"),
        (
            "for i in 1 2; do echo $i; done >> /host/a",
            "echo; echo; write:/a",
        ),
        ("cat < /host/a", "cat read:/a"),
        ("echo x > /host/$X", "echo~ write:/$X"),
        (
            "cd /host/etc; echo x > resolv.conf",
            "echo write:/etc/resolv.conf",
        ),
    ]);
}

#[test]
fn kernel_parameters_have_one_spelling() {
    check(&[
        (
            "sysctl -w net.ipv4.ip_forward=0",
            "sysctl net.ipv4.ip_forward=0",
        ),
        (
            "sysctl net.ipv4.ip_forward=0",
            "sysctl net.ipv4.ip_forward=0",
        ),
        (
            "sysctl -qw net/ipv4/tcp_tw_reuse=1",
            "sysctl net.ipv4.tcp_tw_reuse=1",
        ),
        (
            "sysctl -w 'net.ipv4.ip_local_port_range=1024   65000'",
            "sysctl net.ipv4.ip_local_port_range=1024 65000",
        ),
        ("sysctl -w a.b=1 c.d=2", "sysctl a.b=1 c.d=2"),
        (
            "sysctl -w net.ipv4.ip_forward=$X",
            "sysctl~ net.ipv4.ip_forward=",
        ),
        (
            "sysctl -p /host/etc/sysctl.conf",
            "sysctl read:/etc/sysctl.conf =",
        ),
        ("sysctl --system", "sysctl ="),
        ("sysctl net.ipv4.ip_forward", "sysctl"),
        ("sysctl -a", "sysctl"),
        (
            "echo 0 > /proc/sys/net/ipv4/ip_forward",
            "echo write:(/proc/sys/net/ipv4/ip_forward) net.ipv4.ip_forward=0",
        ),
        (
            "echo 0 | tee /proc/sys/net/ipv4/ip_forward",
            "echo; tee write:(/proc/sys/net/ipv4/ip_forward) net.ipv4.ip_forward=0",
        ),
        (
            "printf 0 > /host/proc/sys/net/ipv4/ip_forward",
            "printf write:/proc/sys/net/ipv4/ip_forward net.ipv4.ip_forward=0",
        ),
        (
            "cat x > /proc/sys/net/ipv4/ip_forward",
            "cat read:(/x) write:(/proc/sys/net/ipv4/ip_forward) net.ipv4.ip_forward=",
        ),
        (
            "cat /proc/sys/net/ipv4/ip_forward",
            "cat read:(/proc/sys/net/ipv4/ip_forward)",
        ),
        (
            "cd /proc/sys/net/ipv4; echo 1 > conf/all/rp_filter",
            "echo write:(/proc/sys/net/ipv4/conf/all/rp_filter) net.ipv4.conf.all.rp_filter=1",
        ),
        (
            "for i in all eth0; do echo 2 > /proc/sys/net/ipv4/conf/$i/rp_filter; done",
            "echo write:(/proc/sys/net/ipv4/conf/all/rp_filter) net.ipv4.conf.all.rp_filter=2; echo write:(/proc/sys/net/ipv4/conf/eth0/rp_filter) net.ipv4.conf.eth0.rp_filter=2",
        ),
    ]);
}

#[test]
fn looking_touches_nothing() {
    check(&[
        ("cat /host/etc/resolv.conf", "cat read:/etc/resolv.conf"),
        ("ls -la /host/etc", "ls read:/etc"),
        ("stat /host/etc", "stat read:/etc"),
        ("grep -r x /host/etc", "grep read:/etc"),
        ("date", "date"),
        ("systemctl status kubelet", "systemctl"),
        ("awk '{print $1}' /host/etc/passwd", "awk read:/etc/passwd"),
        ("awk 'BEGIN{system(\"rm /x\")}'", "awk?"),
        ("[ -f /host/etc/x ] && echo y", "[; echo"),
        ("[[ -f /x && $a < 3 ]] && echo y", "[[~; echo"),
        ("test -d /host/etc || echo n", "test; echo"),
        ("cd /host/etc && pwd && ls", "ls"),
        ("df -h; free -m; uname -a; id", "df; free; uname; id"),
        ("echo rm -rf /host/etc", "echo"),
        ("echo 'a; rm -rf /host/etc'", "echo"),
        ("echo a\\;rm /x", "echo"),
        ("# rm -rf /host/etc", ""),
        ("kubelet --config=/host/etc/x", "kubelet named:/etc/x"),
        (
            "docker run -v /:/h x rm -rf /h",
            "docker? named:(/:/h) named:(/h)",
        ),
        ("docker ps", "docker"),
        ("crontab -l", "crontab"),
    ]);
}
