use std::time::Duration;

use super::*;
use crate::act::redirect::{RedirectNode, redirects};
use crate::answer::fixture::{
    Draft, NODES, PODS, POOL, ack, change, deny, node, pod, pool_redirect, redirecting, rule,
};
use crate::change::resource::Scope;
use crate::change::{Cause, Effect, Operation, Resource};
use crate::cluster::Unread;
use crate::plan::AckIdentity;
use crate::risk::finding::Ground;
use crate::risk::rule::RedirectKind;
use crate::risk::verdict::Severity;
use crate::unknown::{Unknown, What, Why};

const LANGUAGES: [Language; 3] = [Language::English, Language::Chinese, Language::Japanese];

fn view<'a>(
    plan: &'a Plan,
    redirects: &'a [Redirect],
    language: Language,
    width: usize,
) -> View<'a> {
    View {
        plan,
        redirects,
        language,
        paper: Paper {
            width,
            colours: false,
        },
    }
}

fn question(plan: &Plan, language: Language) -> String {
    view(plan, &[], language, 80).question()
}

fn unread() -> Ground {
    let said = "nodes \"a\" is forbidden: User \"bob\" cannot get resource \"nodes\"";
    Ground::Unread(Unknown::new(
        node("a").subject(),
        Unread::Forbidden(said.to_owned()),
    ))
}

#[test]
fn a_confirmation_in_english() {
    let plan = Draft::new(vec![node("cn-hangzhou.192.168.0.36")])
        .finding(rule("node-delete-pool", Severity::Confirm), 0)
        .message("node pool np1 keeps 2 nodes")
        .plan();
    insta::assert_snapshot!(question(&plan, Language::English), @r#"
    To be deleted:
      Node "cn-hangzhou.192.168.0.36"

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Delete a Node object with kubectl [node-delete-pool]
      Node "cn-hangzhou.192.168.0.36": node pool np1 keeps 2 nodes
      Impact: The node pool's count no longer matches the machines that are there.
      Recovery: Remove the node through its node pool next time.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_confirmation_in_chinese() {
    let plan = Draft::new(vec![pod("default", "web-1")])
        .finding(rule("node-delete-pool", Severity::Confirm), 0)
        .plan();
    insta::assert_snapshot!(question(&plan, Language::Chinese), @r#"
    将删除：
      Pod "default/web-1"

    上下文：prod   ACK集群：c0123456789abcdef0123456789abcdef（cn-hangzhou）
    服务器：https://203.0.113.7:6443   用户：kubernetes-admin   命名空间：default

    用kubectl删除Node对象 [node-delete-pool]
      影响：节点池显示的节点数量与实际数量不符。
      恢复方案：今后请通过节点池移除节点。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_confirmation_in_japanese() {
    let plan = Draft::new(vec![pod("shop", "web-1")])
        .finding(rule("node-delete-pool", Severity::Confirm), 0)
        .plan();
    insta::assert_snapshot!(question(&plan, Language::Japanese), @r#"
    削除されるもの:
      Pod "shop/web-1"

    コンテキスト: prod
    ACK クラスター: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    サーバー: https://203.0.113.7:6443   ユーザー: kubernetes-admin

    kubectl での Node オブジェクト削除 [node-delete-pool]
      影響: ノードプールの台数が実際と一致しなくなります。
      回復方法: 今後はノードプールからノードを外してください。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn many_objects_are_counted_after_the_first_five() {
    let changes: Vec<_> = (1..=12)
        .map(|number| node(&format!("node-{number}")))
        .collect();
    let mut draft = Draft::new(changes);
    for change in 0..7 {
        draft = draft.finding(rule("node-delete-pool", Severity::TypeName), change);
    }
    insta::assert_snapshot!(question(&draft.plan(), Language::Chinese), @r#"
    将删除：
      Node "node-1"
      Node "node-2"
      Node "node-3"
      Node "node-4"
      Node "node-5"
      另有7个

    上下文：prod   ACK集群：c0123456789abcdef0123456789abcdef（cn-hangzhou）
    服务器：https://203.0.113.7:6443   用户：kubernetes-admin

    用kubectl删除Node对象 [node-delete-pool]
      Node "node-1"
      Node "node-2"
      Node "node-3"
      Node "node-4"
      Node "node-5"
      另有2个
      影响：节点池显示的节点数量与实际数量不符。
      恢复方案：今后请通过节点池移除节点。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_drain_names_the_node_and_what_goes_with_it() {
    let mut changes = vec![change(Operation::Update, NODES, "", "a")];
    for number in 1..=7 {
        let mut eviction = change(Operation::Create, PODS, "shop", &format!("web-{number}"));
        eviction.subresource = "eviction".into();
        eviction.cause = Cause::Evicted;
        changes.push(eviction);
    }
    let plan = Draft::new(changes)
        .finding(rule("node-drain-local-data", Severity::TypeName), 0)
        .finding(rule("pod-evict-last-backend", Severity::Confirm), 3)
        .message("the last ready backend of lb-1")
        .plan();
    insta::assert_snapshot!(question(&plan, Language::Japanese), @r#"
    変更されるもの:
      Node "a"
    退避されるもの:
      Pod "shop/web-1"
      Pod "shop/web-2"
      Pod "shop/web-3"
      Pod "shop/web-4"
      Pod "shop/web-5"
      ほか 2 個

    コンテキスト: prod
    ACK クラスター: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    サーバー: https://203.0.113.7:6443   ユーザー: kubernetes-admin

    kubectl での Node オブジェクト削除 [node-drain-local-data]
      Node "a"
      影響: ノードプールの台数が実際と一致しなくなります。
      回復方法: 今後はノードプールからノードを外してください。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

    kubectl での Node オブジェクト削除 [pod-evict-last-backend]
      Pod "shop/web-3": the last ready backend of lb-1
      影響: ノードプールの台数が実際と一致しなくなります。
      回復方法: 今後はノードプールからノードを外してください。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn what_the_server_deletes_afterwards_is_counted() {
    let mut claims = change(Operation::Delete, PODS, "shop", "");
    claims.cause = Cause::Cascaded;
    claims.count = 1200;
    let plan = Draft::new(vec![node("shop"), claims])
        .finding(deny("namespace-delete-in-use", false), 0)
        .plan();
    insta::assert_snapshot!(question(&plan, Language::English), @r#"
    To be deleted:
      Node "shop"
    To be deleted with it:
      Pod: 1200

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Delete a Node object with kubectl [namespace-delete-in-use]
      Impact: The node pool's count no longer matches the machines that are there.
      Recovery: Remove the node through its node pool next time.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_whole_collection_has_no_name() {
    let plan = Draft::new(vec![pod("shop", ""), node("")]).plan();
    insta::assert_snapshot!(question(&plan, Language::English), @r#"
    To be deleted:
      all pods in namespace "shop"
      all nodes

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin
    "#);
}

#[test]
fn what_could_not_be_read_is_told_once_for_all_rules_that_need_it() {
    let plan = Draft::new(vec![node("a")])
        .finding(rule("node-delete-pool", Severity::TypeName), 0)
        .ground(unread())
        .finding(rule("node-delete-master", Severity::Confirm), 0)
        .ground(unread())
        .unknown(
            What::PodsOn("a".to_owned()),
            Unread::TimedOut(Duration::from_secs(10)),
        )
        .plan();
    insta::assert_snapshot!(question(&plan, Language::English), @r#"
    To be deleted:
      Node "a"

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Could not be read: node "a"
      Reason: forbidden: nodes "a" is forbidden: User "bob" cannot get resource
        "nodes"
      We could not check these 2 rules:
        Delete a Node object with kubectl [node-delete-pool]
        Delete a Node object with kubectl [node-delete-master]
      Impact, if the first of them applies: The node pool's count no longer matches
        the machines that are there.
      Recovery: Remove the node through its node pool next time.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

    Could not be read: the pods on node "a"
      Reason: no answer within 10 seconds
    "#);
    insta::assert_snapshot!(question(&plan, Language::Chinese), @r#"
    将删除：
      Node "a"

    上下文：prod   ACK集群：c0123456789abcdef0123456789abcdef（cn-hangzhou）
    服务器：https://203.0.113.7:6443   用户：kubernetes-admin

    无法读取：Node "a"
      原因：没有权限：nodes "a" is forbidden: User "bob" cannot get resource "nodes"
      未能确认以下2条规则：
        用kubectl删除Node对象 [node-delete-pool]
        用kubectl删除Node对象 [node-delete-master]
      影响（如果第一条适用）：节点池显示的节点数量与实际数量不符。
      恢复方案：今后请通过节点池移除节点。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

    无法读取：节点 "a" 上的Pod
      原因：在10秒内没有应答
    "#);
    insta::assert_snapshot!(question(&plan, Language::Japanese), @r#"
    削除されるもの:
      Node "a"

    コンテキスト: prod
    ACK クラスター: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    サーバー: https://203.0.113.7:6443   ユーザー: kubernetes-admin

    読み取れませんでした: Node "a"
      理由: 権限がありません: nodes "a" is forbidden: User "bob" cannot get resource
        "nodes"
      次の 2 件のルールを確認できませんでした:
        kubectl での Node オブジェクト削除 [node-delete-pool]
        kubectl での Node オブジェクト削除 [node-delete-master]
      影響 (最初のルールに該当する場合): ノードプールの台数が実際と一致しなくなりま
        す。
      回復方法: 今後はノードプールからノードを外してください。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

    読み取れませんでした: ノード "a" 上の Pod
      理由: 10 秒以内に応答がありませんでした
    "#);
}

#[test]
fn a_condition_that_failed_says_so() {
    let plan = Draft::new(vec![node("a")])
        .finding(rule("node-delete-pool", Severity::Confirm), 0)
        .ground(Ground::Unjudged("no such key: spec".into()))
        .plan();
    insta::assert_snapshot!(question(&plan, Language::English), @r#"
    To be deleted:
      Node "a"

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Could not be judged: Delete a Node object with kubectl [node-delete-pool]
      Reason: no such key: spec
      Impact: The node pool's count no longer matches the machines that are there.
      Recovery: Remove the node through its node pool next time.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn after_three_rules_only_titles_follow_strictest_first() {
    let mut draft = Draft::new(vec![node("a")]);
    for (id, severity) in [
        ("weak", Severity::Notice),
        ("fair", Severity::Confirm),
        ("fair-2", Severity::Confirm),
        ("strong", Severity::Deny),
        ("weak-2", Severity::Notice),
    ] {
        draft = draft.finding(rule(id, severity), 0);
    }
    let text = question(&draft.plan(), Language::English);
    let order: Vec<_> = [
        "[strong]",
        "[fair]",
        "[fair-2]",
        "2 more rules apply:",
        "[weak]",
        "[weak-2]",
    ]
    .iter()
    .map(|needle| text.find(needle).expect("every rule is named"))
    .collect();
    assert!(order.is_sorted(), "{text}");
    assert_eq!(text.matches("Impact:").count(), 3, "{text}");
}

fn redirected(language: Language) -> String {
    let plan = Draft::new(vec![node("cn-hangzhou.192.168.0.36")])
        .finding(redirecting("node-delete-pool", RedirectKind::NodePool), 0)
        .plan();
    let redirects = [pool_redirect("cn-hangzhou.192.168.0.36")];
    view(&plan, &redirects, language, 80).question()
}

#[test]
fn a_redirect_in_english() {
    insta::assert_snapshot!(redirected(Language::English), @r#"
    To be deleted:
      Node "cn-hangzhou.192.168.0.36"

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Delete a Node object with kubectl [node-delete-pool]
      Impact: The node pool's count no longer matches the machines that are there.
      Recovery: Remove the node through its node pool next time.

    The right way
      Remove exactly this node from node pool np0123456789abcdef0123456789abcdef:
        aliyun cs DELETE /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef/nodes --region cn-hangzhou --instance_ids '["i-bp1"]' --drain_node true --release_node false
      When any node of the pool will do, lower the desired node count instead. Read
        it first:
        aliyun cs GET /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou
      Then put desired_size minus 1 in place of <DESIRED_SIZE_MINUS_1>:
        aliyun cs PUT /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou --header 'Content-Type=application/json' --body '{"scaling_group":{"desired_size":<DESIRED_SIZE_MINUS_1>}}'
      Pods: the node is drained first. Draining respects PodDisruptionBudgets and
        waits at most 30 minutes; a failed drain stops the removal.
      Pool size: we could not check whether the removal lowers the desired node
        count, or the pool adds a node again. Read desired_size before and after.
      Billing: release_node false keeps the instance, billed as before; true
        releases a pay-as-you-go instance together with its disks. A subscription
        instance is always kept.
      Lowering the desired node count: the service chooses which nodes go. We could
        not check whether their instances are released; look at the billing
        afterwards.
      ACK console: open the cluster, Nodes > Node Pools, the node pool, its nodes;
        select the node and remove it.
      Plain kubectl: only the Node object is deleted, with the impact above. We
        could not check whether the instance keeps running and being billed.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_redirect_in_chinese() {
    insta::assert_snapshot!(redirected(Language::Chinese), @r#"
    将删除：
      Node "cn-hangzhou.192.168.0.36"

    上下文：prod   ACK集群：c0123456789abcdef0123456789abcdef（cn-hangzhou）
    服务器：https://203.0.113.7:6443   用户：kubernetes-admin

    用kubectl删除Node对象 [node-delete-pool]
      影响：节点池显示的节点数量与实际数量不符。
      恢复方案：今后请通过节点池移除节点。

    正确做法
      从节点池 np0123456789abcdef0123456789abcdef 中移除指定的1个节点：
        aliyun cs DELETE /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef/nodes --region cn-hangzhou --instance_ids '["i-bp1"]' --drain_node true --release_node false
      如果移除池中任意节点均可，请改为调低期望节点数。请先查看当前值：
        aliyun cs GET /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou
      然后将 <DESIRED_SIZE_MINUS_1> 替换为 desired_size 减 1 的值：
        aliyun cs PUT /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou --header 'Content-Type=application/json' --body '{"scaling_group":{"desired_size":<DESIRED_SIZE_MINUS_1>}}'
      Pod：先排空节点。排空遵守PDB，最长等待30分钟；排空失败则停止移除。
      节点池大小：未能确认移除节点后期望节点数是否随之调低，或节点池是否重新扩容。请
        在移除前后查看 desired_size。
      计费：release_node 为 false 时保留实例，并继续计费；为 true 时释放按量付费实例
        及其系统盘和数据盘。包年包月实例始终保留。
      调低期望节点数：由服务决定移除哪些节点。未能确认其实例是否会被释放；请在操作后
        核对计费。
      容器服务控制台：进入集群，选择节点管理 > 节点池，打开该节点池的节点列表，选择
        节点并移除。
      直接使用kubectl：仅删除Node对象，影响如上。未能确认实例是否继续运行和计费。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn a_redirect_in_japanese() {
    insta::assert_snapshot!(redirected(Language::Japanese), @r#"
    削除されるもの:
      Node "cn-hangzhou.192.168.0.36"

    コンテキスト: prod
    ACK クラスター: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    サーバー: https://203.0.113.7:6443   ユーザー: kubernetes-admin

    kubectl での Node オブジェクト削除 [node-delete-pool]
      影響: ノードプールの台数が実際と一致しなくなります。
      回復方法: 今後はノードプールからノードを外してください。

    正しい方法
      ノードプール np0123456789abcdef0123456789abcdef から指定のノード 1 台を外す:
        aliyun cs DELETE /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef/nodes --region cn-hangzhou --instance_ids '["i-bp1"]' --drain_node true --release_node false
      プール内のどのノードでもよい場合は、代わりに期待されるノード数を減らします。ま
        ず現在の値を確認してください:
        aliyun cs GET /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou
      次に、<DESIRED_SIZE_MINUS_1> を desired_size から 1 を引いた値に置き換えてくだ
        さい:
        aliyun cs PUT /clusters/c0123456789abcdef0123456789abcdef/nodepools/np0123456789abcdef0123456789abcdef --region cn-hangzhou --header 'Content-Type=application/json' --body '{"scaling_group":{"desired_size":<DESIRED_SIZE_MINUS_1>}}'
      Pod: 先にノードをドレインします。ドレインは PDB を守り、最長 30 分待ちます。ド
        レインに失敗すると中止されます。
      プールの大きさ: 外した後に期待されるノード数が減るか、プールが再びスケールアウ
        トするかは確認できませんでした。前後で desired_size を確認してください。
      課金: release_node が false ならインスタンスは残り、課金も続きます。true なら
        従量課金のインスタンスはディスクごとリリースされます。サブスクリプションのイ
        ンスタンスは常に残ります。
      期待されるノード数を減らす場合: どのノードを外すかはサービスが決めます。インス
        タンスがリリースされるかは確認できませんでした。操作後に課金を確認してくださ
        い。
      ACK コンソール: クラスターを開き、[ノード] > [ノードプール] で該当プールのノー
        ド一覧からノードを選択して外します。
      kubectl をそのまま実行した場合: Node オブジェクトだけが削除され、上記の影響が
        あります。インスタンスの稼働と課金が続くかは確認できませんでした。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn what_was_not_read_is_a_placeholder_with_the_place_to_find_it() {
    let plan = Draft::new(vec![node("a")])
        .finding(redirecting("node-delete-pool", RedirectKind::NodePool), 0)
        .plan();
    let node = RedirectNode {
        name: "a".into(),
        kind: RedirectKind::NodePool,
        instance_id: None,
        pool: Some(POOL.into()),
        auto_scaled: true,
        desired_size: None,
    };
    let redirects = redirects(&[node], &AckIdentity::default());
    insta::assert_snapshot!(view(&plan, &redirects, Language::English, 80).question(), @r#"
    To be deleted:
      Node "a"

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Delete a Node object with kubectl [node-delete-pool]
      Impact: The node pool's count no longer matches the machines that are there.
      Recovery: Remove the node through its node pool next time.

    The right way
      Remove exactly this node from node pool np0123456789abcdef0123456789abcdef:
        aliyun cs DELETE '/clusters/<CLUSTER_ID>/nodepools/np0123456789abcdef0123456789abcdef/nodes' --region '<REGION_ID>' --instance_ids '["<INSTANCE_ID>"]' --drain_node true --release_node false
      Auto scaling is enabled for this node pool. Do not set its desired node count
        by hand; to make it smaller, change the limits of auto scaling in the node
        pool's settings.
      <CLUSTER_ID>: the cluster's id, listed with its name by:
        aliyun cs GET /api/v1/clusters
      <REGION_ID>: the cluster's region, such as cn-hangzhou, listed as region_id
        by:
        aliyun cs GET /api/v1/clusters
      <INSTANCE_ID>: the instance_id of node "a", listed by:
        aliyun cs GET '/clusters/<CLUSTER_ID>/nodes' --region '<REGION_ID>' --pageSize 100 --nodepool_id np0123456789abcdef0123456789abcdef
      Pods: the node is drained first. Draining respects PodDisruptionBudgets and
        waits at most 30 minutes; a failed drain stops the removal.
      Pool size: we could not check whether the removal lowers the desired node
        count, or the pool adds a node again. Read desired_size before and after.
      Billing: release_node false keeps the instance, billed as before; true
        releases a pay-as-you-go instance together with its disks. A subscription
        instance is always kept.
      ACK console: open the cluster, Nodes > Node Pools, the node pool, its nodes;
        select the node and remove it.
      Plain kubectl: only the Node object is deleted, with the impact above. We
        could not check whether the instance keeps running and being billed.
      Source:
        https://www.alibabacloud.com/help/en/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn free_nodes_leave_the_cluster_by_name() {
    let plan = Draft::new(vec![node("a"), node("b")])
        .finding(redirecting("node-delete-free", RedirectKind::FreeNode), 0)
        .finding(redirecting("node-delete-free", RedirectKind::FreeNode), 1)
        .plan();
    let free = |name: &str| RedirectNode {
        name: name.into(),
        kind: RedirectKind::FreeNode,
        instance_id: None,
        pool: None,
        auto_scaled: false,
        desired_size: None,
    };
    let redirects = redirects(&[free("a"), free("b")], &ack());
    insta::assert_snapshot!(view(&plan, &redirects, Language::Japanese, 80).question(), @r#"
    削除されるもの:
      Node "a"
      Node "b"

    コンテキスト: prod
    ACK クラスター: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    サーバー: https://203.0.113.7:6443   ユーザー: kubernetes-admin

    kubectl での Node オブジェクト削除 [node-delete-free]
      影響: ノードプールの台数が実際と一致しなくなります。
      回復方法: 今後はノードプールからノードを外してください。

    正しい方法
      ノードプールに属さない指定のノード 2 台をクラスターから外す:
      ノード: a、b
        aliyun cs POST /clusters/c0123456789abcdef0123456789abcdef/nodes --region cn-hangzhou --header 'Content-Type=application/json' --body '{"nodes":["a","b"],"drain_node":true,"release_node":false}'
      Pod: 先にノードをドレインします。ドレインは PDB を守り、最長 30 分待ちます。ド
        レインに失敗すると中止されます。
      課金: release_node が false ならインスタンスは残り、課金も続きます。true なら
        従量課金のインスタンスはディスクごとリリースされます。サブスクリプションのイ
        ンスタンスは常に残ります。
      ACK コンソール: クラスターを開き、[ノード] > [ノード] でノードを選択して外しま
        す。
      kubectl をそのまま実行した場合: Node オブジェクトだけが削除され、上記の影響が
        あります。インスタンスの稼働と課金が続くかは確認できませんでした。
      出典:
        https://www.alibabacloud.com/help/ja/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn forty_columns_are_enough() {
    use unicode_width::UnicodeWidthStr;

    let plan = Draft::new(vec![node("a")])
        .finding(rule("node-delete-pool", Severity::TypeName), 0)
        .finding(rule("node-delete-master", Severity::Confirm), 0)
        .ground(unread())
        .plan();
    for language in LANGUAGES {
        let text = view(&plan, &[], language, 40).question();
        // Only a word that is never broken may be longer.
        for line in text.lines().filter(|line| line.trim().contains(' ')) {
            assert!(line.width() <= 40, "{line:?} in\n{text}");
        }
    }
    insta::assert_snapshot!(view(&plan, &[], Language::Chinese, 40).question(), @r#"
    将删除：
      Node "a"

    上下文：prod
    ACK集群：
      c0123456789abcdef0123456789abcdef
      （cn-hangzhou）
    服务器：https://203.0.113.7:6443
    用户：kubernetes-admin

    用kubectl删除Node对象 [node-delete-pool]
      影响：节点池显示的节点数量与实际数量不
        符。
      恢复方案：今后请通过节点池移除节点。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations

    无法读取：Node "a"
      原因：没有权限：nodes "a" is
        forbidden: User "bob" cannot get
        resource "nodes"
      未能确认以下1条规则：
        用kubectl删除Node对象
          [node-delete-master]
      影响：节点池显示的节点数量与实际数量不
        符。
      恢复方案：今后请通过节点池移除节点。
      来源：https://help.aliyun.com/zh/container-service-for-kubernetes/latest/usage-notes-and-high-risk-operations
    "#);
}

#[test]
fn nothing_from_outside_reaches_the_terminal_unescaped() {
    const HOSTILE: &str = "a\u{1b}]0;owned\u{7}\n\u{202e}b\u{200b}\r";
    let plan = Draft::new(vec![node(HOSTILE), pod(HOSTILE, HOSTILE), pod(HOSTILE, "")])
        .finding(redirecting("node-delete-pool", RedirectKind::NodePool), 0)
        .message(HOSTILE)
        .finding(rule("node-delete-master", Severity::Confirm), 1)
        .ground(Ground::Unread(Unknown::new(
            What::File(HOSTILE.into()),
            Why::System(HOSTILE.into()),
        )))
        .finding(rule("other", Severity::Confirm), 1)
        .ground(Ground::Unjudged(HOSTILE.into()))
        .unknown(What::Url(HOSTILE.into()), Unread::Forbidden(HOSTILE.into()))
        .place(|place| {
            for field in [
                &mut place.context,
                &mut place.server,
                &mut place.user,
                &mut place.namespace,
            ] {
                *field = HOSTILE.into();
            }
        })
        .plan();
    let node = RedirectNode {
        name: HOSTILE.into(),
        kind: RedirectKind::NodePool,
        instance_id: Some(HOSTILE.into()),
        pool: Some(HOSTILE.into()),
        auto_scaled: false,
        desired_size: Some(3),
    };
    let hostile_ack = AckIdentity {
        cluster_id: HOSTILE.into(),
        region_id: HOSTILE.into(),
        kind: String::new(),
    };
    let redirects = redirects(&[node], &hostile_ack);
    for language in LANGUAGES {
        let view = view(&plan, &redirects, language, 80);
        for text in [view.question(), view.plan_text("sha256:0")] {
            let obeyed = text.chars().find(|character| {
                *character != '\n'
                    && (character.is_control() || "\u{202e}\u{200b}".contains(*character))
            });
            assert_eq!(obeyed, None, "{text}");
        }
    }
}

#[test]
fn a_notice_is_one_line() {
    let plan = Draft::new(vec![node("a"), node("b")])
        .finding(rule("node-cordon", Severity::Notice), 0)
        .finding(rule("node-cordon", Severity::Notice), 1)
        .plan();
    for (language, line) in LANGUAGES.into_iter().zip([
        "kubectl-safe: note: Delete a Node object with kubectl: Node \"a\", Node \"b\"\n",
        "kubectl-safe：提示：用kubectl删除Node对象：Node \"a\"、Node \"b\"\n",
        "kubectl-safe: 注意: kubectl での Node オブジェクト削除: Node \"a\"、Node \"b\"\n",
    ]) {
        assert_eq!(view(&plan, &[], language, 40).notices(), line);
    }
}

#[test]
fn only_a_plan_of_notices_has_notices() {
    let plan = Draft::new(vec![node("a")])
        .finding(rule("node-cordon", Severity::Notice), 0)
        .finding(rule("node-delete-pool", Severity::Confirm), 0)
        .plan();
    assert_eq!(view(&plan, &[], Language::English, 80).notices(), "");
}

#[test]
fn colours_are_used_only_where_they_may_be() {
    let plan = Draft::new(vec![node("a")])
        .finding(rule("node-delete-pool", Severity::Deny), 0)
        .plan();
    let coloured = View {
        paper: Paper {
            width: 80,
            colours: true,
        },
        ..view(&plan, &[], Language::English, 80)
    };
    assert!(coloured.question().contains('\u{1b}'));
    assert!(!question(&plan, Language::English).contains('\u{1b}'));
}

#[test]
fn a_plan_as_text_ends_in_its_verdict() {
    let plan = Draft::new(Vec::new()).plan();
    insta::assert_snapshot!(view(&plan, &[], Language::English, 80).plan_text("sha256:0"), @r"
    Command: kubectl delete node a
    The command changes nothing.

    Context: prod   ACK cluster: c0123456789abcdef0123456789abcdef (cn-hangzhou)
    Server: https://203.0.113.7:6443   User: kubernetes-admin

    Verdict: allow
    sha256:0
    ");
}

#[test]
fn what_has_no_name_is_everything_or_new() {
    let nameless = |operation| Change {
        operation,
        name: String::new(),
        ..pod("web", "")
    };
    let told = |operation| {
        let plan = Draft::new(vec![nameless(operation)]).plan();
        let lines = question(&plan, Language::English);
        lines.lines().nth(1).map(str::to_owned)
    };
    assert_eq!(
        told(Operation::Delete).as_deref(),
        Some("  all pods in namespace \"web\"")
    );
    assert_eq!(
        told(Operation::Create).as_deref(),
        Some("  a new Pod in namespace \"web\"")
    );
}

#[test]
fn what_opens_a_way_is_not_said_to_change_nothing() {
    let way = Change {
        operation: Operation::Connect,
        resource: Resource::known("", "v1", "proxies", "Proxy", Scope::Cluster),
        effect: Effect::Unsent,
        name: String::new(),
        ..node("a")
    };
    let plan = Draft::new(vec![way])
        .finding(rule("proxy-open", Severity::Confirm), 0)
        .plan();
    let told = question(&plan, Language::English);
    assert!(!told.contains("changes nothing"), "{told}");
}
