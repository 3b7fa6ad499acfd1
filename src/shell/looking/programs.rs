//! Readers whose words a list of options cannot describe.

/// `ip`, `bridge`, `tc`: an object, and then nothing or `show`; each may be cut short.
pub(super) fn ip(words: &[&str]) -> bool {
    const OBJECTS: &str = "address link route rule neighbour neighbor netns maddress tunnel xfrm fdb vlan qdisc class filter";
    let mut words = words
        .iter()
        .skip_while(|word| word.starts_with('-') && !is_batch(word));
    let Some(object) = words.next() else {
        return true;
    };
    let is_object = OBJECTS.split(' ').any(|name| name.starts_with(*object));
    is_object
        && words.next().is_none_or(|verb| {
            ["show", "list", "lst", "get"]
                .iter()
                .any(|known| known.starts_with(verb))
        })
}

/// `-b FILE`, `-batch`, `-force`: commands in a file. `-br` is `-brief`.
fn is_batch(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    name.starts_with('f') && "force".starts_with(name)
        || "batch".starts_with(name)
        || name.starts_with("batch")
        || name.starts_with('n')
}

pub(super) fn ifconfig(words: &[&str]) -> bool {
    matches!(words, [] | ["-a" | "-s"]) || matches!(words, [name] if !name.starts_with('-'))
}

/// `-L`, `-S`, `-C`-less; `-Z` and what changes a chain is no look.
pub(super) fn iptables(words: &[&str]) -> bool {
    let is_list = |word: &&str| {
        matches!(*word, "--list" | "--list-rules")
            || (word.starts_with('-') && !word.starts_with("--") && word.contains(['L', 'S']))
    };
    let changes = words.iter().any(|word| {
        let is_cluster = word.starts_with('-') && !word.starts_with("--");
        is_cluster && word.contains(['A', 'D', 'I', 'R', 'F', 'Z', 'N', 'X', 'P', 'E', 'M'])
            || [
                "--zero",
                "--flush",
                "--append",
                "--delete",
                "--insert",
                "--replace",
                "--policy",
                "--modprobe",
            ]
            .iter()
            .any(|option| word.len() > 2 && option.starts_with(word))
    });
    words.iter().any(is_list) && !changes
}

pub(super) fn ipvsadm(words: &[&str]) -> bool {
    match words {
        [] => true,
        [first, rest @ ..] => {
            (*first == "--list" || first.starts_with("-L") || first.starts_with("-l"))
                && !first.contains(['C', 'Z', 'D', 'A', 'E'])
                && !rest.iter().any(|word| {
                    word.starts_with('-') && word.contains(['C', 'Z', 'D', 'A', 'E', 'R'])
                })
        }
    }
}

pub(super) fn conntrack(words: &[&str]) -> bool {
    matches!(words, ["-L" | "-C" | "-S" | "-G" | "-E" | "--dump" | "--count" | "--stats", rest @ ..]
        if !rest.iter().any(|word| word.starts_with('-') && word.contains(['D', 'F', 'U', 'I', 'z'])))
}

/// `kubelet --version`: without the word it would start.
pub(super) fn version(words: &[&str]) -> bool {
    words == ["--version"]
}

/// One option that lists: without it, `crontab` takes a table from its standard input, and `multipath` makes devices.
pub(super) fn list_option(words: &[&str]) -> bool {
    matches!(words, ["-l" | "-ll" | "-L" | "-s" | "-p" | "-pn" | "-np"])
}

/// Without a time to set: a format, or options that say which time.
pub(super) fn date(words: &[&str]) -> bool {
    let mut is_value = false;
    words.iter().all(|word| {
        if std::mem::take(&mut is_value) {
            return true;
        }
        is_value = matches!(*word, "-d" | "-r" | "--date" | "--reference");
        is_value
            || word.starts_with('+')
            || ["-u", "-R", "-I", "--utc", "--rfc-2822", "--rfc-email"].contains(word)
            || ["-I", "-d", "--date=", "--iso-8601", "--rfc-3339="]
                .iter()
                .any(|option| word.starts_with(option))
    })
}

/// Signal 0 only asks, and `-l` lists the signals.
pub(super) fn kill(words: &[&str]) -> bool {
    matches!(words, ["-0" | "-l", ..] | ["-s", "0", ..])
}

pub(super) fn sysctl(words: &[&str]) -> bool {
    words.iter().all(|word| {
        if word.starts_with("--") {
            return ["--all", "--values", "--names", "--ignore", "--pattern"].contains(word);
        }
        !word.contains('=')
            && (!word.starts_with('-')
                || word[1..]
                    .chars()
                    .all(|letter| "aAnNeqrbXx".contains(letter)))
    })
}

/// `top -b`: a list, and no keyboard.
pub(super) fn batch(words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| word.starts_with('-') && !word.starts_with("--") && word.contains('b'))
}

pub(super) fn report(words: &[&str]) -> bool {
    words
        .iter()
        .any(|word| word.starts_with("-r") || *word == "--report")
}

/// `nc -z`: a port, open or not.
pub(super) fn scan(words: &[&str]) -> bool {
    let options: Vec<&&str> = words.iter().filter(|word| word.starts_with('-')).collect();
    options.iter().any(|word| word.contains('z'))
        && options.iter().all(|word| {
            word[1..]
                .chars()
                .all(|letter| "zvnuw46".contains(letter) || letter.is_ascii_digit())
        })
}

pub(super) fn has_operand(words: &[&str]) -> bool {
    words.iter().any(|word| !word.starts_with('-'))
}

pub(super) fn one_operand(words: &[&str]) -> bool {
    !words.iter().any(|word| word.starts_with("-r"))
        && words.iter().filter(|word| !word.starts_with('-')).count() <= 1
}

/// `mount -t nfs4`: the mounts of one type.
pub(super) fn mount_of_type(words: &[&str]) -> bool {
    matches!(words, ["-t" | "-lt", _] | ["-l", "-t", _])
}

pub(super) fn disk_list(words: &[&str]) -> bool {
    words.iter().all(|word| {
        matches!(
            *word,
            "-l" | "-lu" | "-u" | "--list" | "-d" | "--dump" | "-s" | "-sl" | "print" | "-b"
        ) || word.starts_with("/dev/")
    }) && words
        .iter()
        .any(|word| matches!(*word, "-l" | "-lu" | "--list" | "-sl" | "print"))
}

pub(super) fn first_is_list(words: &[&str]) -> bool {
    matches!(words, ["-l", device] if !device.starts_with('-'))
}

/// A query or a verification.
pub(super) fn rpm(words: &[&str]) -> bool {
    let first = words.first().copied().unwrap_or_default();
    let asks = first == "--query"
        || first == "--version"
        || first.starts_with("-q")
        || first.starts_with("-V");
    let acts = [
        "--pipe", "--eval", "-E", "--define", "-D", "--load", "--rcfile",
    ];
    asks && !words
        .iter()
        .any(|word| acts.iter().any(|option| word.starts_with(option)))
}

pub(super) fn dpkg(words: &[&str]) -> bool {
    matches!(words, ["-l" | "-L" | "-s" | "-S" | "-V" | "--list" | "--listfiles" | "--status" | "--search", rest @ ..]
        if !rest.iter().any(|word| word.starts_with('-')))
}

/// A program that neither runs commands nor prints into files or pipes.
pub(super) fn awk(words: &[&str]) -> bool {
    let mut words = words.iter();
    let program = loop {
        match words.next() {
            None => return false,
            Some(&("-F" | "-v")) => drop(words.next()),
            Some(word) if word.starts_with("-F") || word.starts_with("-v") => {}
            Some(word) if word.starts_with('-') => return false,
            Some(word) => break *word,
        }
    };
    let prints_away = program.match_indices("print").any(|(at, _)| {
        let statement = program[at..]
            .split([';', '}', '\n'])
            .next()
            .unwrap_or_default();
        statement.contains(['>', '|'])
    });
    let asks_command = program.contains("getline") && program.contains('|');
    !program.contains("system") && !program.contains('@') && !prints_away && !asks_command
}

/// Paths that tell about a component. Anything else may do something even when it is only got.
const ENDPOINTS: [&str; 15] = [
    "healthz",
    "readyz",
    "livez",
    "health",
    "metrics",
    "version",
    "stats",
    "pods",
    "spec",
    "configz",
    "status",
    "latest/meta-data",
    "api",
    "apis",
    "ping",
];

fn tells(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.split_once('/').map_or("", |(_, path)| path);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let does = [
        "exec",
        "run",
        "attach",
        "proxy",
        "portForward",
        "portforward",
        "..",
    ];
    let is_known = path.is_empty()
        || ENDPOINTS.iter().any(|known| {
            path.strip_prefix(known)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    is_known && !path.split('/').any(|part| does.contains(&part)) && !path.contains('%')
}

/// GET or HEAD of a page that tells.
pub(super) fn curl(words: &[&str]) -> bool {
    let valued = [
        "-m",
        "--max-time",
        "--connect-timeout",
        "-o",
        "--output",
        "-w",
        "--write-out",
        "--cacert",
        "--cert",
        "--key",
        "-H",
        "--header",
        "--resolve",
        "-A",
        "--retry",
    ];
    let plain = [
        "--silent",
        "--show-error",
        "--insecure",
        "--fail",
        "--verbose",
        "--include",
        "--head",
        "--location",
        "--noproxy",
        "--compressed",
        "--http1.1",
    ];
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if valued.contains(word) {
            // A file of headers is no header, and a time format may name a file to write.
            if words
                .next()
                .is_none_or(|value| value.starts_with('@') || value.contains("%output"))
            {
                return false;
            }
        } else if let Some(letters) = word.strip_prefix('-') {
            let (letters, value) = match letters.strip_suffix(['o', 'm', 'w']) {
                Some(rest) if !word.starts_with("--") => (rest, true),
                _ => (letters, false),
            };
            let is_plain = plain.contains(word)
                || (!word.starts_with("--")
                    && letters.chars().all(|letter| "sSkfviIL46g".contains(letter)));
            if !is_plain {
                return false;
            }
            if value {
                words.next();
            }
        } else if !tells(word) {
            return false;
        }
    }
    true
}

pub(super) fn wget(words: &[&str]) -> bool {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-O" | "-qO" | "-T" | "-t" => drop(words.next()),
            "-q" | "-S" | "-qO-" | "-O-" | "--spider" | "--no-check-certificate" | "-qS" => {}
            option if option.starts_with("--timeout=") || option.starts_with("--tries=") => {}
            url if !url.starts_with('-') && tells(url) => {}
            _ => return false,
        }
    }
    true
}

/// Certificates and connections to look at, and no file to write.
pub(super) fn openssl(words: &[&str]) -> bool {
    let is_look = matches!(
        words.first(),
        Some(&("version" | "x509" | "s_client" | "verify" | "crl" | "asn1parse" | "ciphers"))
    );
    is_look
        && !words.iter().any(|word| {
            [
                "out",
                "keyout",
                "writerand",
                "CAserial",
                "CAcreateserial",
                "sess_out",
                "keylogfile",
                "engine",
                "provider",
                "provider-path",
                "msgfile",
                "signkey",
            ]
            .contains(
                &word
                    .trim_start_matches('-')
                    .split('=')
                    .next()
                    .unwrap_or_default(),
            )
        })
}
