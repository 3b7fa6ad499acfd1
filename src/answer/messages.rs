//! Every fixed text of the product, as whole sentences in each language.
//!
//! A message is a method of [`Language`]; a missing language or an unknown placeholder does not compile. Placeholders
//! are filled as they are: what comes from a cluster must have gone through [`super::escape`] before.
//! A message with a count names it in brackets and gives English the forms for one and for other counts
//! (`en[count]: "1 node" / "{count} nodes"`); Chinese and Japanese have one form with a counter.

use super::language::Language;

macro_rules! messages {
    (@en $en:literal) => { format!($en) };
    (@en [$count:ident] $one:literal / $other:literal) => {
        if $count == 1 { format!($one) } else { format!($other) }
    };
    ($(
        $(#[$meta:meta])*
        $name:ident($($argument:ident: $kind:ty),*) {
            en$([$count:ident])?: $en:literal $(/ $other:literal)?,
            zh: $zh:literal,
            ja: $ja:literal,
        }
    )*) => {
        impl Language {
            $(
                $(#[$meta])*
                #[must_use]
                pub fn $name(self $(, $argument: $kind)*) -> String {
                    match self {
                        Self::English => messages!(@en $([$count])? $en $(/ $other)?),
                        Self::Chinese => format!($zh),
                        Self::Japanese => format!($ja),
                    }
                }
            )*
        }
    };
}

mod fault;
mod reference;
mod unknown;

// Where a command acts.
messages! {
    /// The kubeconfig context.
    context(name: &str) {
        en: "Context: {name}",
        zh: "上下文：{name}",
        ja: "コンテキスト: {name}",
    }
    /// No kubeconfig context is used.
    no_context() {
        en: "Context: none",
        zh: "上下文：无",
        ja: "コンテキスト: なし",
    }
    /// The cluster's id at Alibaba Cloud.
    ack_cluster(id: &str) {
        en: "ACK cluster: {id}",
        zh: "ACK集群：{id}",
        ja: "ACK クラスター: {id}",
    }
    /// The same, with its region.
    ack_cluster_in(id: &str, region: &str) {
        en: "ACK cluster: {id} ({region})",
        zh: "ACK集群：{id}（{region}）",
        ja: "ACK クラスター: {id} ({region})",
    }
    /// The server's URL.
    server(url: &str) {
        en: "Server: {url}",
        zh: "服务器：{url}",
        ja: "サーバー: {url}",
    }
    /// Who asks.
    user(name: &str) {
        en: "User: {name}",
        zh: "用户：{name}",
        ja: "ユーザー: {name}",
    }
    /// The namespace that words without one act in.
    namespace(name: &str) {
        en: "Namespace: {name}",
        zh: "命名空间：{name}",
        ja: "名前空間: {name}",
    }
}

// What a command does.
messages! {
    /// Above the objects of DELETE requests.
    to_delete() {
        en: "To be deleted:",
        zh: "将删除：",
        ja: "削除されるもの:",
    }
    /// Above the objects of UPDATE requests.
    to_change() {
        en: "To be changed:",
        zh: "将修改：",
        ja: "変更されるもの:",
    }
    /// Above the objects of CREATE requests.
    to_create() {
        en: "To be created:",
        zh: "将创建：",
        ja: "作成されるもの:",
    }
    /// Above the pods of evictions.
    to_evict() {
        en: "To be evicted:",
        zh: "将驱逐：",
        ja: "退避されるもの:",
    }
    /// Above the objects of CONNECT requests.
    to_connect() {
        en: "To be connected to:",
        zh: "将连接：",
        ja: "接続されるもの:",
    }
    /// Above what the server deletes afterwards.
    to_cascade() {
        en: "To be deleted with it:",
        zh: "将随之级联删除：",
        ja: "連鎖して削除されるもの:",
    }
    /// Nothing is changed.
    no_changes() {
        en: "The command changes nothing.",
        zh: "该命令不做任何更改。",
        ja: "このコマンドは何も変更しません。",
    }
    /// A `--raw` delete of a collection.
    whole_collection(resource: &str) {
        en: "all {resource}",
        zh: "全部 {resource}",
        ja: "すべての {resource}",
    }
    /// A `--raw` delete of a collection in a namespace.
    whole_collection_in(resource: &str, namespace: &str) {
        en: "all {resource} in namespace \"{namespace}\"",
        zh: "命名空间 \"{namespace}\" 中的全部 {resource}",
        ja: "名前空間 \"{namespace}\" のすべての {resource}",
    }
    /// An object that has no name yet.
    new_object(kind: &str) {
        en: "a new {kind}",
        zh: "新的 {kind}",
        ja: "新しい {kind}",
    }
    /// An object that has no name yet, in a namespace.
    new_object_in(kind: &str, namespace: &str) {
        en: "a new {kind} in namespace \"{namespace}\"",
        zh: "命名空间 \"{namespace}\" 中新的 {kind}",
        ja: "名前空間 \"{namespace}\" の新しい {kind}",
    }
    /// Counted objects of a kind.
    counted(kind: &str, count: u64) {
        en: "{kind}: {count}",
        zh: "{kind}：{count}个",
        ja: "{kind}: {count} 個",
    }
    /// Between the objects of a list.
    comma() {
        en: ", ",
        zh: "、",
        ja: "、",
    }
    /// The end of a list of objects.
    more_objects(count: u64) {
        en: "and {count} more",
        zh: "另有{count}个",
        ja: "ほか {count} 個",
    }
}

// Why, how to get back, what instead.
messages! {
    /// The rule's id, beside its title.
    rule_id(title: &str, id: &str) {
        en: "{title} [{id}]",
        zh: "{title} [{id}]",
        ja: "{title} [{id}]",
    }
    /// What was found on one object, as the rule says it.
    found(object: &str, message: &str) {
        en: "{object}: {message}",
        zh: "{object}：{message}",
        ja: "{object}: {message}",
    }
    /// Why it is dangerous.
    impact(text: &str) {
        en: "Impact: {text}",
        zh: "影响：{text}",
        ja: "影響: {text}",
    }
    /// Why it would be dangerous, if the first of the rules that could not be checked holds.
    impact_of_first(text: &str) {
        en: "Impact, if the first of them applies: {text}",
        zh: "影响（如果第一条适用）：{text}",
        ja: "影響 (最初のルールに該当する場合): {text}",
    }
    /// How to get back.
    recovery(text: &str) {
        en: "Recovery: {text}",
        zh: "恢复方案：{text}",
        ja: "回復方法: {text}",
    }
    /// What to do instead.
    instead(text: &str) {
        en: "Instead: {text}",
        zh: "正确做法：{text}",
        ja: "正しい方法: {text}",
    }
    /// Where the fact comes from.
    source(text: &str) {
        en: "Source: {text}",
        zh: "来源：{text}",
        ja: "出典: {text}",
    }
    /// Above the titles of rules that are not shown in full.
    more_rules(count: usize) {
        en[count]: "1 more rule applies:" / "{count} more rules apply:",
        zh: "另有{count}条规则适用：",
        ja: "ほか {count} 件のルールに該当:",
    }
    /// Something that had to be known and is not.
    unread(what: &str) {
        en: "Could not be read: {what}",
        zh: "无法读取：{what}",
        ja: "読み取れませんでした: {what}",
    }
    /// Why it could not be read, in the words of the server or the network.
    unread_why(why: &str) {
        en: "Reason: {why}",
        zh: "原因：{why}",
        ja: "理由: {why}",
    }
    /// The objects that the unread thing was needed for.
    unread_for(objects: &str) {
        en: "Needed for: {objects}",
        zh: "涉及对象：{objects}",
        ja: "対象: {objects}",
    }
    /// Above the titles of rules that would have to be judged.
    unjudged_rules(count: usize) {
        en[count]: "We could not check this rule:" / "We could not check these {count} rules:",
        zh: "未能确认以下{count}条规则：",
        ja: "次の {count} 件のルールを確認できませんでした:",
    }
    /// A rule's condition failed.
    unjudged(title: &str) {
        en: "Could not be judged: {title}",
        zh: "无法判断：{title}",
        ja: "判定できませんでした: {title}",
    }
    /// The end of a list of titles.
    more_titles(count: usize) {
        en: "and {count} more",
        zh: "另有{count}条",
        ja: "ほか {count} 件",
    }
}

// The right path for nodes.
messages! {
    /// Above everything else.
    right_way() {
        en: "The right way",
        zh: "正确做法",
        ja: "正しい方法",
    }
    /// Remove the named nodes from their pool.
    remove_from_pool(count: usize, pool: &str) {
        en[count]: "Remove exactly this node from node pool {pool}:" / "Remove exactly these {count} nodes from node pool {pool}:",
        zh: "从节点池 {pool} 中移除指定的{count}个节点：",
        ja: "ノードプール {pool} から指定のノード {count} 台を外す:",
    }
    /// Remove nodes that belong to no pool.
    remove_free(count: usize) {
        en[count]: "Remove exactly this node, which belongs to no node pool, from the cluster:" / "Remove exactly these {count} nodes, which belong to no node pool, from the cluster:",
        zh: "从集群中移除指定的{count}个不属于任何节点池的节点：",
        ja: "ノードプールに属さない指定のノード {count} 台をクラスターから外す:",
    }
    /// Which nodes a command is for.
    redirected_nodes(names: &str) {
        en: "Nodes: {names}",
        zh: "节点：{names}",
        ja: "ノード: {names}",
    }
    /// Lower the desired node count.
    shrink_pool() {
        en: "When any node of the pool will do, lower the desired node count instead. Read it first:",
        zh: "如果移除池中任意节点均可，请改为调低期望节点数。请先查看当前值：",
        ja: "プール内のどのノードでもよい場合は、代わりに期待されるノード数を減らします。まず現在の値を確認してください:",
    }
    /// The command that lowers it, with a placeholder in it.
    shrink_by(count: u64, placeholder: &str) {
        en: "Then put desired_size minus {count} in place of {placeholder}:",
        zh: "然后将 {placeholder} 替换为 desired_size 减 {count} 的值：",
        ja: "次に、{placeholder} を desired_size から {count} を引いた値に置き換えてください:",
    }
    /// The command that lowers it, filled in.
    shrink_to(desired: u64) {
        en: "Then set it to {desired}:",
        zh: "然后将其设置为 {desired}：",
        ja: "次に {desired} に設定してください:",
    }
    /// A pool that scales itself.
    auto_scaled() {
        en: "Auto scaling is enabled for this node pool. Do not set its desired node count by hand; to make it smaller, change the limits of auto scaling in the node pool's settings.",
        zh: "该节点池已开启自动伸缩。请勿手动设置期望节点数；如需缩小节点池，请在节点池配置中调整自动伸缩的实例数上下限。",
        ja: "このノードプールでは自動スケーリングが有効です。期待されるノード数を手動で設定しないでください。縮小するには、ノードプールの設定で自動スケーリングの上限・下限を変更してください。",
    }
    /// The console way, for pools.
    console_pool() {
        en: "ACK console: open the cluster, Nodes > Node Pools, the node pool, its nodes; select the node and remove it.",
        zh: "容器服务控制台：进入集群，选择节点管理 > 节点池，打开该节点池的节点列表，选择节点并移除。",
        ja: "ACK コンソール: クラスターを開き、[ノード] > [ノードプール] で該当プールのノード一覧からノードを選択して外します。",
    }
    /// The console way, for nodes without a pool.
    console_free() {
        en: "ACK console: open the cluster, Nodes > Nodes; select the node and remove it.",
        zh: "容器服务控制台：进入集群，选择节点管理 > 节点，选择节点并移除。",
        ja: "ACK コンソール: クラスターを開き、[ノード] > [ノード] でノードを選択して外します。",
    }
    /// What draining does here.
    redirect_drain() {
        en: "Pods: the node is drained first. Draining respects PodDisruptionBudgets and waits at most 30 minutes; a failed drain stops the removal.",
        zh: "Pod：先排空节点。排空遵守PDB，最长等待30分钟；排空失败则停止移除。",
        ja: "Pod: 先にノードをドレインします。ドレインは PDB を守り、最長 30 分待ちます。ドレインに失敗すると中止されます。",
    }
    /// The pool's size afterwards.
    redirect_size() {
        en: "Pool size: we could not check whether the removal lowers the desired node count, or the pool adds a node again. Read desired_size before and after.",
        zh: "节点池大小：未能确认移除节点后期望节点数是否随之调低，或节点池是否重新扩容。请在移除前后查看 desired_size。",
        ja: "プールの大きさ: 外した後に期待されるノード数が減るか、プールが再びスケールアウトするかは確認できませんでした。前後で desired_size を確認してください。",
    }
    /// Billing of the named instances.
    redirect_billing() {
        en: "Billing: release_node false keeps the instance, billed as before; true releases a pay-as-you-go instance together with its disks. A subscription instance is always kept.",
        zh: "计费：release_node 为 false 时保留实例，并继续计费；为 true 时释放按量付费实例及其系统盘和数据盘。包年包月实例始终保留。",
        ja: "課金: release_node が false ならインスタンスは残り、課金も続きます。true なら従量課金のインスタンスはディスクごとリリースされます。サブスクリプションのインスタンスは常に残ります。",
    }
    /// What lowering the desired node count does.
    shrink_effects() {
        en: "Lowering the desired node count: the service chooses which nodes go. We could not check whether their instances are released; look at the billing afterwards.",
        zh: "调低期望节点数：由服务决定移除哪些节点。未能确认其实例是否会被释放；请在操作后核对计费。",
        ja: "期待されるノード数を減らす場合: どのノードを外すかはサービスが決めます。インスタンスがリリースされるかは確認できませんでした。操作後に課金を確認してください。",
    }
    /// What plain kubectl would do, beyond the rule's impact.
    plain_kubectl() {
        en: "Plain kubectl: only the Node object is deleted, with the impact above. We could not check whether the instance keeps running and being billed.",
        zh: "直接使用kubectl：仅删除Node对象，影响如上。未能确认实例是否继续运行和计费。",
        ja: "kubectl をそのまま実行した場合: Node オブジェクトだけが削除され、上記の影響があります。インスタンスの稼働と課金が続くかは確認できませんでした。",
    }
    /// Where a placeholder's value is found.
    find_cluster_id(placeholder: &str) {
        en: "{placeholder}: the cluster's id, listed with its name by:",
        zh: "{placeholder}：集群ID，可通过以下命令按名称查看：",
        ja: "{placeholder}: クラスター ID。次のコマンドで名前とともに表示されます:",
    }
    /// Where a placeholder's value is found.
    find_region_id(placeholder: &str) {
        en: "{placeholder}: the cluster's region, such as cn-hangzhou, listed as region_id by:",
        zh: "{placeholder}：集群所在地域，例如 cn-hangzhou，见以下命令输出的 region_id：",
        ja: "{placeholder}: クラスターのリージョン (例: cn-hangzhou)。次のコマンドの region_id です:",
    }
    /// Where a placeholder's value is found.
    find_instance_id(placeholder: &str, node: &str) {
        en: "{placeholder}: the instance_id of node \"{node}\", listed by:",
        zh: "{placeholder}：节点 \"{node}\" 的 instance_id，见以下命令的输出：",
        ja: "{placeholder}: ノード \"{node}\" の instance_id。次のコマンドで表示されます:",
    }
    /// Where a placeholder's value is found.
    find_pool_id(placeholder: &str) {
        en: "{placeholder}: the node pool's id, listed as nodepool_id by:",
        zh: "{placeholder}：节点池ID，见以下命令输出的 nodepool_id：",
        ja: "{placeholder}: ノードプール ID。次のコマンドの nodepool_id です:",
    }
}

// Questions and their endings.
messages! {
    /// y/N; no is the default.
    ask_yes() {
        en: "Continue? [y/N]",
        zh: "是否继续？[y/N]",
        ja: "続行しますか? [y/N]",
    }
    /// The text must be typed.
    ask_text(text: &str) {
        en: "Type {text} to confirm:",
        zh: "请输入 {text} 以确认：",
        ja: "確認のため {text} と入力してください:",
    }
    /// The text must be typed to go against a redirect or refusal.
    ask_override(text: &str) {
        en: "Type {text} to override, or press Enter to cancel:",
        zh: "请输入 {text} 以强制执行，或按回车取消：",
        ja: "強制実行するには {text} と入力してください (Enter で中止):",
    }
    /// Why it is overridden.
    ask_reason() {
        en: "Reason:",
        zh: "原因：",
        ja: "理由:",
    }
    /// While the cluster is looked at.
    looking() {
        en: "kubectl-safe: looking at the cluster ...",
        zh: "kubectl-safe：正在查看集群...",
        ja: "kubectl-safe: クラスターを確認しています...",
    }
    /// A plugin that the person wants to be asked about.
    asked_plugin(words: &str, path: &str, variable: &str) {
        en: "\"kubectl {words}\" runs the plugin {path}. We cannot see what it does, and {variable} says to ask.",
        zh: "\"kubectl {words}\" 将运行插件 {path}。我们无法查看该插件的行为；{variable} 要求运行前确认。",
        ja: "\"kubectl {words}\" はプラグイン {path} を実行します。その動作を事前に確認することはできません。{variable} により確認を求めています。",
    }
    /// A plugin with the name of one of our own words.
    plugin_namesake(word: &str, path: &str) {
        en: "\"{word}\" is our own command here. Your plugin {path} was not run; call kubectl itself to run it. This is said once.",
        zh: "此处的 \"{word}\" 是 kubectl-safe 自身的命令。您的插件 {path} 未运行；如需运行，请直接调用kubectl。此提示仅显示一次。",
        ja: "ここでの \"{word}\" は kubectl-safe 自身のコマンドです。お使いのプラグイン {path} は実行されません。実行するには kubectl を直接呼び出してください。この案内は一度だけ表示されます。",
    }
    /// A kuberc alias with the name of one of our own words.
    alias_namesake(word: &str) {
        en: "\"{word}\" is our own command here. Your kubectl alias (kuberc) of this name was not used; call kubectl itself to use it. This is said once.",
        zh: "此处的 \"{word}\" 是 kubectl-safe 自身的命令。kuberc中的同名别名未被使用；如需使用，请直接调用kubectl。此提示仅显示一次。",
        ja: "ここでの \"{word}\" は kubectl-safe 自身のコマンドです。kuberc の同名エイリアスは使われません。使うには kubectl を直接呼び出してください。この案内は一度だけ表示されます。",
    }
    /// Below the demo's questions, at a terminal.
    demo_invitation() {
        en: "Try commands of your own, such as: kubectl drain cn-hangzhou.10.20.1.41 (Enter alone ends)",
        zh: "您可以继续输入自己的命令，例如：kubectl drain cn-hangzhou.10.20.1.41（直接按回车结束）",
        ja: "任意のコマンドを試せます。例: kubectl drain cn-hangzhou.10.20.1.41 (Enter だけで終了)",
    }
    /// Above the demo's questions.
    demo_introduction() {
        en: "What kubectl-safe says on a made-up ACK cluster. Nothing is run.",
        zh: "kubectl-safe在虚构的ACK集群上的回应，不会执行任何命令。",
        ja: "架空の ACK クラスターでの kubectl-safe の応答です。実際には何も実行しません。",
    }
    /// In the demo, for a command that nothing speaks against.
    demo_runs() {
        en: "Nothing to say: kubectl runs.",
        zh: "没有风险提示，直接执行kubectl。",
        ja: "何も表示せず、kubectl を実行します。",
    }
    /// Between two questions: what was shown is no longer true.
    changed_meanwhile() {
        en: "The cluster has changed since the question was shown. This is how it is now:",
        zh: "显示问题之后集群发生了变化。当前情况如下：",
        ja: "確認の表示後にクラスターの状態が変わりました。現在の状態:",
    }
    /// The answer was no.
    declined() {
        en: "Cancelled. Nothing was changed.",
        zh: "已取消，未做任何更改。",
        ja: "中止しました。何も変更していません。",
    }
    /// No override, whatever is said.
    refused() {
        en: "Refused. Nothing was changed.",
        zh: "已拒绝，未做任何更改。",
        ja: "拒否しました。何も変更していません。",
    }
    /// Another text was typed.
    mistyped() {
        en: "The text does not match. Nothing was changed.",
        zh: "输入不一致，未做任何更改。",
        ja: "入力が一致しません。何も変更していません。",
    }
    /// There is no terminal.
    no_terminal() {
        en: "No terminal to ask on. Nothing was changed.",
        zh: "没有可用于确认的终端，未做任何更改。",
        ja: "確認できる端末がありません。何も変更していません。",
    }
    /// Above the flag that consents.
    to_consent() {
        en: "To run the command all the same, add this to it, before any \"--\":",
        zh: "如仍要执行，请在命令中（任何 \"--\" 之前）添加：",
        ja: "それでも実行するには、コマンド (\"--\" がある場合はその前) に次を追加してください:",
    }
    /// What stands in place of a reason.
    reason_placeholder(placeholder: &str) {
        en: "{placeholder}: why, in your words.",
        zh: "{placeholder}：请填写原因。",
        ja: "{placeholder}: 理由を記入してください。",
    }
    /// After a saved text was refused.
    text_kept(path: &str) {
        en: "Your text is kept in {path}",
        zh: "您编辑的内容已保存到 {path}",
        ja: "編集した内容は {path} に残してあります",
    }
    /// The person's editor cannot be started.
    editor_not_started(editor: &str, why: &str) {
        en: "cannot run the editor \"{editor}\": {why}",
        zh: "无法启动编辑器 \"{editor}\"：{why}",
        ja: "エディター \"{editor}\" を起動できません: {why}",
    }
    /// The person's editor failed; kubectl says so too, but not which.
    editor_failed(editor: &str, how: &str) {
        en: "kubectl-safe: the editor \"{editor}\" failed ({how})",
        zh: "kubectl-safe：编辑器 \"{editor}\" 失败（{how}）",
        ja: "kubectl-safe: エディター \"{editor}\" が失敗しました ({how})",
    }
    /// One line for a notice.
    notice(title: &str, objects: &str) {
        en: "kubectl-safe: note: {title}: {objects}",
        zh: "kubectl-safe：提示：{title}：{objects}",
        ja: "kubectl-safe: 注意: {title}: {objects}",
    }
}

// `plan` and `risks`.
messages! {
    /// The verdict of a plan; the word itself is never translated.
    verdict(word: &str) {
        en: "Verdict: {word}",
        zh: "结论：{word}",
        ja: "判定: {word}",
    }
    /// The command that is looked at.
    command(words: &str) {
        en: "Command: {words}",
        zh: "命令：{words}",
        ja: "コマンド: {words}",
    }
    /// A plan that is not complete.
    incomplete() {
        en: "This plan is incomplete.",
        zh: "该计划不完整。",
        ja: "この計画は不完全です。",
    }
    /// The ACK document's row.
    row(row: &str) {
        en: "Row: {row}",
        zh: "条目：{row}",
        ja: "項目: {row}",
    }
    /// How strict a rule is.
    severity(word: &str) {
        en: "Severity: {word}",
        zh: "级别：{word}",
        ja: "重大度: {word}",
    }
    /// A severity that depends on the objects.
    severity_varies(word: &str) {
        en: "Severity: {word}, or as the objects require",
        zh: "级别：{word}，或视对象而定",
        ja: "重大度: {word} (対象により変わります)",
    }
    /// A refusal that may be overridden.
    break_glass() {
        en: "Override: type the name and give a reason",
        zh: "强制执行：输入名称并填写原因",
        ja: "強制実行: 名前を入力し、理由を記入する",
    }
    /// A refusal that may not be overridden.
    no_break_glass() {
        en: "Override: none",
        zh: "强制执行：不允许",
        ja: "強制実行: 不可",
    }
    /// Holds in ACK clusters only.
    in_ack() {
        en: "Clusters: ACK only",
        zh: "适用集群：仅ACK集群",
        ja: "対象クラスター: ACK のみ",
    }
    /// Holds everywhere.
    in_any_cluster() {
        en: "Clusters: all",
        zh: "适用集群：全部",
        ja: "対象クラスター: すべて",
    }
    /// Which requests a rule looks at.
    looks_at(requests: &str) {
        en: "Looks at: {requests}",
        zh: "检查对象：{requests}",
        ja: "確認対象: {requests}",
    }
    /// Why no kubectl command reaches a row.
    unreachable(text: &str) {
        en: "Beyond kubectl: {text}",
        zh: "kubectl无法触及：{text}",
        ja: "kubectl の範囲外: {text}",
    }
    /// Above commands that a rule finds something in.
    finds() {
        en: "Examples that it stops:",
        zh: "会触发的命令示例：",
        ja: "該当するコマンドの例:",
    }
    /// Above commands that a rule lets pass.
    passes() {
        en: "Examples that it lets pass:",
        zh: "不会触发的命令示例：",
        ja: "該当しないコマンドの例:",
    }
}

#[cfg(test)]
mod tests;
