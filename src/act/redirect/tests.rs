use super::*;

const CLUSTER: &str = "c0123456789abcdef0123456789abcdef";

fn ack() -> AckIdentity {
    AckIdentity {
        cluster_id: CLUSTER.into(),
        region_id: "cn-hangzhou".into(),
        kind: String::new(),
    }
}

fn pool_node(name: &str, instance: &str, pool: &str) -> RedirectNode {
    RedirectNode {
        name: name.into(),
        kind: RedirectKind::NodePool,
        instance_id: Some(instance.into()),
        pool: Some(pool.into()),
        auto_scaled: false,
        desired_size: None,
    }
}

fn free_node(name: &str) -> RedirectNode {
    RedirectNode {
        kind: RedirectKind::FreeNode,
        instance_id: None,
        pool: None,
        ..pool_node(name, "", "")
    }
}

#[test]
fn a_pool_node_is_removed_through_its_pool() {
    let [redirect] = &redirects(&[pool_node("a", "i-1", "np1")], &ack())[..] else {
        panic!("one pool, one redirect");
    };
    assert_eq!(
        redirect.remove.shell(),
        format!(
            "aliyun cs DELETE /clusters/{CLUSTER}/nodepools/np1/nodes --region cn-hangzhou \
             --instance_ids '[\"i-1\"]' --drain_node true --release_node false"
        )
    );
    assert_eq!(redirect.missing, []);
}

#[test]
fn shrinking_reads_the_size_first_and_never_guesses_it() {
    let node = pool_node("a", "i-1", "np1");
    let shrink = redirects(std::slice::from_ref(&node), &ack())[0]
        .shrink
        .clone()
        .expect("the pool does not scale itself");
    assert_eq!(
        shrink.read.shell(),
        format!("aliyun cs GET /clusters/{CLUSTER}/nodepools/np1 --region cn-hangzhou")
    );
    assert_eq!(
        shrink.write.words().last().map(String::as_str),
        Some(r#"{"scaling_group":{"desired_size":<DESIRED_SIZE_MINUS_1>}}"#)
    );

    let known = RedirectNode {
        desired_size: Some(3),
        ..node
    };
    let shrink = redirects(&[known], &ack())[0]
        .shrink
        .clone()
        .expect("the pool does not scale itself");
    assert_eq!(
        shrink.write.words().last().map(String::as_str),
        Some(r#"{"scaling_group":{"desired_size":2}}"#)
    );
}

#[test]
fn a_size_below_zero_is_never_suggested() {
    let node = |name| RedirectNode {
        desired_size: Some(1),
        ..pool_node(name, "i-1", "np1")
    };
    let shrink = redirects(&[node("a"), node("b")], &ack())[0]
        .shrink
        .clone()
        .expect("not auto-scaled");
    assert_eq!(shrink.desired_size, None);
}

#[test]
fn a_pool_that_scales_itself_gets_no_desired_size() {
    let node = RedirectNode {
        auto_scaled: true,
        ..pool_node("a", "i-1", "np1")
    };
    assert_eq!(redirects(&[node], &ack())[0].shrink, None);
}

#[test]
fn each_pool_gets_one_command_with_all_its_instances() {
    let nodes = [
        pool_node("a", "i-1", "np1"),
        free_node("x"),
        pool_node("b", "i-2", "np2"),
        pool_node("c", "i-3", "np1"),
        free_node("y"),
    ];
    let redirects = redirects(&nodes, &ack());
    let nodes: Vec<_> = redirects
        .iter()
        .map(|redirect| redirect.nodes.join(" "))
        .collect();
    assert_eq!(nodes, ["a c", "x y", "b"]);
    assert!(
        redirects[0]
            .remove
            .words()
            .contains(&r#"["i-1","i-3"]"#.to_owned())
    );
    assert_eq!(
        redirects[1].remove.words().last().map(String::as_str),
        Some(r#"{"nodes":["x","y"],"drain_node":true,"release_node":false}"#)
    );
}

#[test]
fn what_was_not_read_is_a_quoted_placeholder() {
    let node = |name| RedirectNode {
        instance_id: None,
        pool: None,
        ..pool_node(name, "", "")
    };
    let redirect = redirects(&[node("a"), node("b")], &AckIdentity::default()).remove(0);
    assert_eq!(
        redirect.remove.shell(),
        "aliyun cs DELETE '/clusters/<CLUSTER_ID>/nodepools/<NODE_POOL_ID>/nodes' \
         --region '<REGION_ID>' --instance_ids '[\"<INSTANCE_ID_1>\",\"<INSTANCE_ID_2>\"]' \
         --drain_node true --release_node false"
    );
    let missing: Vec<_> = redirect
        .missing
        .iter()
        .map(|missing| missing.placeholder.as_str())
        .collect();
    assert_eq!(
        missing,
        [
            CLUSTER_ID,
            REGION_ID,
            NODE_POOL_ID,
            "<INSTANCE_ID_1>",
            "<INSTANCE_ID_2>"
        ]
    );
}

#[test]
fn a_shell_gives_back_the_words_whatever_a_node_is_called() {
    let names = ["a'b", "$(reboot)", "x; y", "\"", "`id`", "a\\", "\n"];
    let nodes: Vec<_> = names.iter().map(|name| free_node(name)).collect();
    for redirect in redirects(&nodes, &ack()) {
        let words = shell_words::split(&redirect.remove.shell())
            .expect("what shell_words joins, it splits");
        assert_eq!(words, redirect.remove.words());
    }
}
