//! `demo`, with a person and without.

use super::{LANGUAGES, ack, assert_clean, safe};
use crate::support::Terminal;

const INVITATION: &str = "Try commands of your own";

#[test]
fn without_a_terminal_it_shows_every_scene_and_ends() {
    for language in LANGUAGES {
        let output = safe(&ack().user(), language, "demo").run();
        assert_eq!((output.code, output.stderr.as_str()), (0, ""), "{output:?}");
        assert!(!output.stdout.contains("sha256:"));
        assert!(!output.stdout.contains("\n\n\n"));
        insta::assert_snapshot!(format!("demo-{language}"), output.stdout);
    }
}

#[test]
fn a_person_tries_commands_of_their_own() {
    let user = ack().user();
    for (keys, code) in [("\r", 0), ("\u{4}", 0), ("exit\r", 0), ("\u{3}", 128 + 2)] {
        let terminal = Terminal::open(&safe(&user, "en", "demo"));
        terminal.wait_for(INVITATION);
        terminal.wait_for("ends)\n\n$");
        terminal.press("kubectl delete service blog -n shop\r");
        terminal.wait_for("Delete a Service whose SLB stays [service-delete-kept-slb]");
        terminal.wait_for("Continue? [y/N]\n\n$");
        terminal.press("get 'pods\r");
        terminal.wait_for("missing closing quote\n\n$");
        terminal.press("kubectl safe get pods\r");
        terminal.wait_for("safe get pods\nNothing to say: kubectl runs.\n\n$");
        terminal.press(keys);
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, code, "{keys:?}: {}", end.text);
    }
}
