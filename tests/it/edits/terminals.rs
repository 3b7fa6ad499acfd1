//! On a terminal: the person, their editor and our question share it.

use super::{CUT, Desk, LABEL, has_balancer, service};
use crate::questions::assert_clean;
use crate::support::Terminal;
use crate::trial::By;

#[test]
fn a_question_comes_after_the_editor() {
    let desk = Desk::new(&format!("echo editing; {CUT}"));
    service("asked");
    for (answer, code) in [("no", 77), ("asked", 0)] {
        let ((), writes) = desk.writes(|| {
            let terminal = Terminal::open(&desk.safe("edit service asked -n pay"));
            terminal.wait_for("Type asked to override");
            terminal.press(&format!("{answer}\r"));
            if code == 0 {
                terminal.wait_for("Reason:");
                terminal.press("it is made anew next\r");
            }
            let end = terminal.end();
            assert_clean(&end);
            assert_eq!(end.code, code, "{}", end.text);
            let last = if code == 0 {
                "service/asked edited"
            } else {
                "Edit cancelled, no changes made."
            };
            assert_eq!(end.text.lines().last(), Some(last), "{}", end.text);
        });
        assert_eq!(writes.len(), usize::from(code == 0), "{writes:?}");
        assert!(desk.kept().is_some());
    }
    assert!(!has_balancer("asked"));
}

#[test]
fn interrupted_at_the_question_nothing_is_written() {
    let desk = Desk::new(CUT);
    service("interrupted");
    let ((), writes) = desk.writes(|| {
        let terminal = Terminal::open(&desk.safe("edit service interrupted -n pay"));
        terminal.wait_for("Type interrupted to override");
        terminal.press("\u{3}");
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 130, "{}", end.text);
    });
    assert_eq!(writes, [""; 0]);
    assert!(desk.kept().is_some());
}

#[test]
fn an_interrupted_editor_ends_as_under_kubectl() {
    let mut ends = Vec::new();
    for (by, whose) in [(By::Kubectl, "plain"), (By::Safe, "guarded")] {
        let desk = Desk::new("echo editing; exec sleep 50");
        let name = format!("sleeping-{whose}");
        service(&name);
        let line = format!("edit service {name} -n pay");
        let run = desk.run(by, &line);
        let ((), writes) = desk.writes(|| {
            let terminal = Terminal::open(&run);
            terminal.wait_for("editing");
            terminal.press("\u{3}");
            let end = terminal.end();
            assert_clean(&end);
            ends.push(end.code);
        });
        assert_eq!(writes, [""; 0]);
        assert_eq!(desk.left(), ["kubectl-edit"], "only kubectl's own file");
    }
    assert_eq!(ends[0], ends[1]);
}

#[test]
fn an_editor_takes_interrupts_as_keys() {
    // As an editor that handles the signal itself; kubectl does not survive it, with or without us.
    let desk = Desk::new(&format!(
        "trap 'echo heard' INT\necho editing; sleep 50; {LABEL}\necho done"
    ));
    service("trapping");
    let ((), writes) = desk.writes(|| {
        let terminal = Terminal::open(&desk.safe("edit service trapping -n pay"));
        terminal.wait_for("editing");
        terminal.press("\u{3}");
        terminal.wait_for("done");
        let end = terminal.end();
        assert_eq!(end.code, 1, "{}", end.text);
    });
    assert_eq!(writes, [""; 0]);
}

#[test]
fn a_text_that_is_saved_again_is_judged_again() {
    // An editor with a window of its own, which goes on after its command has ended.
    let desk = Desk::new(&format!(
        "{LABEL}\ncp \"$1\" harmless\n{CUT}\n(while [ ! -e go ]; do sleep 0.1; done; sed -i 's/example.com.owner/example.com.other/' \"$1\"; touch gone) >/dev/null 2>&1 &"
    ));
    service("twice");
    let ((), writes) = desk.writes(|| {
        let terminal = Terminal::open(&desk.safe("edit service twice -n pay"));
        terminal.wait_for("Type twice to override");
        std::fs::write(desk.user.home.join("go"), "").expect("room");
        while !desk.user.home.join("gone").exists() {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        terminal.press("twice\r");
        terminal.wait_for("Reason:");
        terminal.press("because\r");
        // The same question about the new text.
        while terminal.text().matches("Type twice to override").count() < 2 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        terminal.press("\r");
        let end = terminal.end();
        assert_eq!(end.code, 77, "{}", end.text);
    });
    assert_eq!(writes, [""; 0]);
}

#[test]
fn a_closed_window_writes_nothing() {
    for (name, script, shown) in [
        (
            "closed-question",
            CUT.to_owned(),
            "Type closed-question to override",
        ),
        (
            "closed-editor",
            format!("{CUT}\necho editing; exec sleep 300"),
            "editing",
        ),
    ] {
        let desk = Desk::new(&script);
        service(name);
        let ((), writes) = desk.writes(|| {
            let terminal = Terminal::open(&desk.safe(&format!("edit service {name} -n pay")));
            terminal.wait_for(shown);
            assert_ne!(terminal.hang_up(), 0);
        });
        assert_eq!(writes, [""; 0]);
        assert!(has_balancer(name));
    }
}
