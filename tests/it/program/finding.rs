//! Which kubectl runs.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::{Home, assert_refused, copy_ourselves};
use crate::support::{Recorder, SAFE, write_program};

#[test]
fn our_variable_goes_before_kubectls_and_both_before_the_path() {
    let home = Home::new();
    let [ours, theirs, path] = ["ours", "theirs", "path"].map(|folder| home.recorder(folder));
    let run = home.safe(&["path"]).line("get pods");
    assert_eq!(run.run().code, Recorder::CODE);
    assert!(path.words().is_some() && theirs.words().is_none() && ours.words().is_none());

    let run = run.env("KUBECTL_PATH", &theirs.path);
    assert_eq!(run.run().code, Recorder::CODE);
    assert!(theirs.words().is_some() && ours.words().is_none());

    let run = run.env("KUBECTL_SAFE_KUBECTL", &ours.path);
    assert_eq!(run.run().code, Recorder::CODE);
    assert!(ours.words().is_some());
}

#[test]
fn an_empty_variable_is_not_set() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let run = home
        .safe(&["bin"])
        .env("KUBECTL_SAFE_KUBECTL", "")
        .env("KUBECTL_PATH", "");
    assert_eq!(run.line("get pods").run().code, Recorder::CODE);
    assert_eq!(kubectl.called_as(), Some(kubectl.path.clone()));
}

#[test]
fn ourselves_on_the_path_are_passed_over() {
    let home = Home::new();
    symlink(SAFE, home.folder("linked").join("kubectl")).expect("a link can be made");
    fs::hard_link(SAFE, home.folder("hard-linked").join("kubectl")).expect("a link can be made");
    copy_ourselves(&home.folder("copied").join("kubectl"));
    // A link to a copy that is installed as a plugin.
    copy_ourselves(&home.folder("installed").join("kubectl-safe"));
    symlink(
        home.path().join("installed/kubectl-safe"),
        home.folder("to-installed").join("kubectl"),
    )
    .expect("a link can be made");
    // A file that nobody may execute.
    fs::write(home.folder("unusable").join("kubectl"), "#!/bin/sh\n").expect("it can be written");

    let folders = [
        "unusable",
        "linked",
        "hard-linked",
        "copied",
        "to-installed",
    ];
    let output = home.safe(&folders).line("get pods").run();
    assert_refused(
        &output,
        69,
        &[
            "the only kubectl on the PATH",
            "is kubectl-safe itself",
            "KUBECTL_SAFE_KUBECTL=",
        ],
    );

    let kubectl = home.recorder("real");
    let output = home
        .safe(&[folders.as_slice(), &["real"]].concat())
        .line("get pods")
        .run();
    assert_eq!(output.code, Recorder::CODE, "{output:?}");
    assert_eq!(kubectl.called_as(), Some(kubectl.path.clone()));
}

#[test]
fn without_any_kubectl_nothing_can_run() {
    let home = Home::new();
    // Also where a question would come first: nothing could be run after it.
    for line in ["get pods", "delete node x", "delete node x --unknown-flag"] {
        let output = home.safe(&["empty"]).line(line).run();
        assert_refused(
            &output,
            69,
            &[
                "no kubectl was found on the PATH",
                "Install kubectl, or name it: KUBECTL_SAFE_KUBECTL=",
            ],
        );
    }
}

#[test]
fn a_variable_that_names_no_kubectl_is_an_error_and_never_passed_over() {
    let home = Home::new();
    let other = home.recorder("bin");
    let bin = home.folder("kubectl-wrong");
    fs::write(bin.join("kubectl-plain"), "#!/bin/sh\n").expect("it can be written");
    copy_ourselves(&bin.join("kubectl-copy"));
    for (path, why) in [
        (bin.join("kubectl-missing"), "which is no executable file"),
        (bin.join("kubectl-plain"), "which is no executable file"),
        (bin.clone(), "which is no executable file"),
        (bin.join("kubectl-copy"), "which is kubectl-safe itself"),
        (Path::new(SAFE).to_owned(), "which is kubectl-safe itself"),
    ] {
        for variable in ["KUBECTL_SAFE_KUBECTL", "KUBECTL_PATH"] {
            let output = home
                .safe(&["bin"])
                .env(variable, &path)
                .line("get pods")
                .run();
            let named = format!("{variable} names {}", path.display());
            assert_refused(
                &output,
                69,
                &[
                    &named,
                    why,
                    &format!("Set {variable} to the path of the real kubectl"),
                ],
            );
        }
    }
    assert_eq!(other.words(), None);
}

#[test]
fn what_cannot_be_executed_after_all_is_said() {
    let home = Home::new();
    let bin = home.folder("bin");
    write_program(&bin.join("kubectl"), "");
    // Its interpreter is missing, which only the kernel finds out.
    std::process::Command::new("/bin/sh")
        .args(["-c", "printf '#!/nowhere/sh\\n' > \"$0\""])
        .arg(bin.join("kubectl"))
        .status()
        .expect("a shell can be started");
    let output = home.safe(&["bin"]).line("get pods").run();
    assert_refused(&output, 69, &["cannot run", "bin/kubectl", "No such file"]);
}

#[test]
fn a_bare_name_is_looked_up_as_on_the_path() {
    let home = Home::new();
    symlink(SAFE, home.folder("linked").join("kubectl")).expect("a link can be made");
    let kubectl = home.recorder("bin");
    for variable in ["KUBECTL_SAFE_KUBECTL", "KUBECTL_PATH"] {
        let run = |folders: &[&str]| {
            let run = home.safe(folders).env(variable, "kubectl");
            run.line("get pods").run()
        };
        assert_eq!(run(&["linked", "bin"]).code, Recorder::CODE);
        assert_eq!(kubectl.called_as(), Some(kubectl.path.clone()));
        let why = format!("{variable} names kubectl, which is kubectl-safe itself");
        assert_refused(&run(&["linked"]), 69, &[&why]);
    }
}

#[test]
fn a_program_of_many_names_is_no_kubectl() {
    let home = Home::new();
    let kubectl = home.recorder("bin");
    let many = Recorder::put(home.folder("many").join("k3s"));
    let run = home.safe(&["bin"]).env("KUBECTL_PATH", &many.path);
    assert_eq!(run.line("get pods").run().code, Recorder::CODE);
    assert!(many.words().is_none() && kubectl.words().is_some());
    for name in ["kubectl1.30", "kubectl-1.37", "kubectl.exe"] {
        let other = Recorder::put(home.folder("many").join(name));
        let run = home.safe(&["bin"]).env("KUBECTL_PATH", &other.path);
        assert_eq!(run.line("get pods").run().code, Recorder::CODE);
        assert!(other.words().is_some(), "{name}");
    }
}

#[test]
fn a_wrapper_that_leads_back_to_us_ends_at_the_third_round() {
    for (language, sentence) in [
        ("en", "leads back to kubectl-safe"),
        ("zh", "反复回到kubectl-safe"),
        ("ja", "kubectl-safe に戻り続けています"),
    ] {
        for wrapper in [
            format!("exec '{SAFE}' \"$@\""),
            format!("'{SAFE}' --context x \"$@\""),
        ] {
            let home = Home::new();
            let path = home.folder("bin").join("kubectl");
            write_program(
                &path,
                &format!("echo >> '{}.runs'\n{wrapper}", path.display()),
            );
            let run = home.safe(&["bin"]).env("KUBECTL_SAFE_LANG", language);
            let output = run.line("get pods").run();
            let chain = vec![path.display().to_string(); 3].join(" → ");
            assert_refused(&output, 69, &[sentence, &chain]);
            let runs = fs::read_to_string(path.with_file_name("kubectl.runs"));
            assert_eq!(runs.expect("it ran").lines().count(), 2);
        }
    }
}
