//! What each kind of question looks like, and its end when the answer is no.

use super::{
    CREATED, KEPT, LANGUAGES, NODE, REUSE, REUSING, ack, assert_clean, copy, masked, safe,
};
use crate::support::{Terminal, TestUser};

/// Asks in every language, gives an answer that is no consent, and keeps the screens.
fn refused(kind: &str, user: &TestUser, line: &str, prompts: [&str; 3], answers: &[&str]) {
    let mark = ack().mark();
    for (language, prompt) in LANGUAGES.into_iter().zip(prompts) {
        let terminal = Terminal::open(&safe(user, language, line));
        if !prompt.is_empty() {
            terminal.wait_for(prompt);
        }
        for answer in answers {
            terminal.press(answer);
        }
        let end = terminal.end();
        assert_clean(&end);
        assert!(end.is_coloured);
        assert_eq!(end.code, 77, "{}", end.text);
        insta::assert_snapshot!(format!("{kind}-{language}"), masked(&end.text, user));
    }
    let writes = ack().writes(user, mark);
    assert!(writes.is_empty(), "{writes:?}");
}

#[test]
fn confirm() {
    let line = format!("delete service {} -n {}", KEPT.2, KEPT.1);
    let prompts = ["Continue? [y/N]", "是否继续？[y/N]", "続行しますか? [y/N]"];
    refused("confirm", &ack().user(), &line, prompts, &["n\r"]);
}

#[test]
fn type_name() {
    let line = format!("delete service {} -n {}", CREATED.2, CREATED.1);
    let prompts = [
        "Type shop-web to confirm:",
        "请输入 shop-web 以确认：",
        "確認のため shop-web と入力してください:",
    ];
    refused("type-name", &ack().user(), &line, prompts, &["shop-wbe\r"]);
}

#[test]
fn redirect() {
    let prompts = [
        "press Enter to cancel:",
        "或按回车取消：",
        "(Enter で中止):",
    ];
    refused(
        "redirect",
        &ack().user(),
        &format!("delete node {NODE}"),
        prompts,
        &["\r"],
    );
}

#[test]
fn deny_with_break_glass() {
    let line = format!("annotate service {} -n {} {REUSE}-", REUSING.2, REUSING.1);
    let prompts = [
        "press Enter to cancel:",
        "或按回车取消：",
        "(Enter で中止):",
    ];
    let user = ack().user();
    let mark = ack().mark();
    for ((language, prompt), reason) in
        LANGUAGES
            .into_iter()
            .zip(prompts)
            .zip(["Reason:", "原因：", "理由:"])
    {
        let terminal = Terminal::open(&safe(&user, language, &line));
        terminal.wait_for(prompt);
        terminal.press("pay-gateway\r");
        terminal.wait_for(reason);
        terminal.press("\r");
        let end = terminal.end();
        assert_clean(&end);
        assert_eq!(end.code, 77, "{}", end.text);
        insta::assert_snapshot!(
            format!("deny-with-break-glass-{language}"),
            masked(&end.text, &user)
        );
    }
    assert!(ack().writes(&user, mark).is_empty());
}

#[test]
fn deny() {
    let line = "delete node virtual-kubelet-cn-hangzhou-i";
    refused("deny", &ack().user(), line, [""; 3], &[]);
}

#[test]
fn could_not_read() {
    let prompts = [
        "Type cn-hangzhou.10.20.1.41 to confirm:",
        "请输入 cn-hangzhou.10.20.1.41 以确认：",
        "確認のため cn-hangzhou.10.20.1.41 と入力してください:",
    ];
    let user = ack().nobody();
    refused(
        "could-not-read",
        &user,
        &format!("delete node {NODE}"),
        prompts,
        &["\r"],
    );
}

#[test]
fn notice() {
    let user = ack().user();
    let mark = ack().mark();
    for (language, name) in LANGUAGES
        .into_iter()
        .zip(["scaled-1", "scaled-2", "scaled-3"])
    {
        let scaled = ("Node", "", "cn-hangzhou.10.20.2.77");
        copy(scaled, name, |_| ());
        let end = Terminal::open(&safe(&user, language, &format!("cordon {name}"))).end();
        assert_clean(&end);
        assert_eq!(end.code, 0, "{}", end.text);
        insta::assert_snapshot!(format!("notice-{language}"), masked(&end.text, &user));
    }
    let writes: Vec<_> = ack()
        .writes(&user, mark)
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        writes,
        [1, 2, 3].map(|number| format!("UPDATE v1 nodes scaled-{number}"))
    );
}

#[test]
fn forty_columns() {
    let user = ack().user();
    let line = format!("delete service {} -n {}", CREATED.2, CREATED.1);
    for (language, prompt) in LANGUAGES
        .into_iter()
        .zip(["confirm:", "以确认：", "ください:"])
    {
        let terminal = Terminal::narrow(&safe(&user, language, &line), 40);
        terminal.wait_for(prompt);
        terminal.press("\r");
        let end = terminal.end();
        assert_clean(&end);
        insta::assert_snapshot!(
            format!("forty-columns-{language}"),
            masked(&end.text, &user)
        );
    }
}

#[test]
fn what_the_cluster_says_moves_no_cursor() {
    const HOSTILE: &str = "lb-\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}evil\u{200b}\r\n完";
    let user = ack().user();
    copy(REUSING, "hostile", |service| {
        service["metadata"]["annotations"][REUSE] = HOSTILE.into();
    });
    let context = "te\u{1b}[31mst\u{202e}";
    user.write_kubeconfig(&user.kubeconfig, context, None)
        .expect("the home can be written");
    let line = format!("annotate service hostile -n pay {REUSE}-");
    let terminal = Terminal::open(&safe(&user, "en", &line).env("NO_COLOR", "1"));
    terminal.wait_for("press Enter to cancel:");
    terminal.press("\r");
    let end = terminal.end();
    assert_clean(&end);
    assert!(!end.is_coloured);
    insta::assert_snapshot!("hostile", masked(&end.text, &user));
}
