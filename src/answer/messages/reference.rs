//! What only the reference page of the table says.

use crate::answer::language::Language;

// The reference page of the table.
messages! {
    /// Its title.
    reference_title() {
        en: "Risk table",
        zh: "风险表",
        ja: "リスク表",
    }
    /// Its first paragraph.
    reference_introduction() {
        en: "kubectl-safe judges commands by this table: the usage notes and high-risk operations of Alibaba Cloud Container Service for Kubernetes (ACK), in the order of the product's notes, and behind them what Kubernetes itself does not forgive. A row has one rule or several; of the rules that hold, the strictest decides. `kubectl safe risks ID` explains one rule, with examples.",
        zh: "kubectl-safe按照此表判断命令：前面各节是容器服务ACK的使用须知和高危操作，顺序与产品文档一致；最后一节是Kubernetes本身难以挽回的操作。一个条目包含一条或多条规则，在适用的规则中，由最严格的一条决定结果。`kubectl safe risks ID` 可查看一条规则的说明和示例。",
        ja: "kubectl-safe はこの表に従ってコマンドを判定します。前半は ACK の使用上の注意とリスクの高い操作で、順序は製品ドキュメントのとおりです。最後の節は Kubernetes 自体で取り返しのつかない操作です。1 つの項目には 1 件以上のルールがあり、該当するルールのうち最も厳しいものが結果を決めます。ルールの説明と例は `kubectl safe risks ID` で確認できます。",
    }
    /// Above the meaning of the severities.
    severities() {
        en: "Severities",
        zh: "级别",
        ja: "重大度",
    }
    /// The columns of their table.
    severity_columns() {
        en: "| severity | at a terminal | without a terminal, the command needs |",
        zh: "| 级别 | 有终端时 | 没有终端时，命令需带有 |",
        ja: "| 重大度 | 端末がある場合 | 端末がない場合にコマンドに必要なもの |",
    }
    /// What a notice does.
    meaning_of_notice() {
        en: "one line is shown, and kubectl runs",
        zh: "显示一行提示，然后运行kubectl",
        ja: "1 行の注意を表示し、kubectl を実行する",
    }
    /// What a confirm does.
    meaning_of_confirm() {
        en: "y/N is asked; no is the default",
        zh: "询问 y/N，默认为否",
        ja: "y/N を尋ねる (既定は N)",
    }
    /// What a type-name does.
    meaning_of_type_name() {
        en: "the name has to be typed; for many objects, what is shown, such as `7 nodes`",
        zh: "需要输入名称；对象较多时，输入所显示的文本，例如 `7 nodes`",
        ja: "名前の入力を求める (対象が多い場合は、`7 nodes` のように表示された文字列)",
    }
    /// What a redirect does.
    meaning_of_redirect() {
        en: "the right way is shown, filled in; the name and a reason override it",
        zh: "给出已填好参数的正确做法；输入名称并填写原因可强制执行",
        ja: "値を埋めた正しい方法を示す (名前と理由を入力すれば強制実行できる)",
    }
    /// What a deny does.
    meaning_of_deny() {
        en: "refused; where a rule allows an override, as with redirect",
        zh: "拒绝；允许强制执行的规则，方法与redirect相同",
        ja: "拒否する (強制実行できるルールでは redirect と同じ)",
    }
    /// What no severity means.
    meaning_of_none() {
        en: "no kubectl command reaches the row: it is told, and judges nothing",
        zh: "kubectl无法触及该条目：仅作说明，不参与判断",
        ja: "kubectl からは届かない項目。説明だけで、判定には使わない",
    }
    /// Above the sections.
    contents() {
        en: "Contents",
        zh: "目录",
        ja: "目次",
    }
    /// The columns of a section's rows.
    row_columns() {
        en: "| row | title | severity |",
        zh: "| 条目 | 名称 | 级别 |",
        ja: "| 項目 | 名称 | 重大度 |",
    }
    /// The columns of a row's rules.
    rule_columns() {
        en: "| rule | looks at | severity | override |",
        zh: "| 规则 | 检查对象 | 级别 | 强制执行 |",
        ja: "| ルール | 確認対象 | 重大度 | 強制実行 |",
    }
    /// A severity that depends on the objects, in a cell.
    varying(word: &str) {
        en: "{word}, or as the objects require",
        zh: "{word}，或视对象而定",
        ja: "{word} (対象により変わる)",
    }
    /// The rule can be overridden.
    yes() {
        en: "yes",
        zh: "允许",
        ja: "可",
    }
    /// The rule cannot be overridden.
    no() {
        en: "no",
        zh: "不允许",
        ja: "不可",
    }
    /// A text that holds for some rules of a row.
    of_rules(text: &str, rules: &str) {
        en: "{text} ({rules})",
        zh: "{text}（{rules}）",
        ja: "{text} ({rules})",
    }
    /// CREATE requests.
    creating() {
        en: "create",
        zh: "创建",
        ja: "作成",
    }
    /// UPDATE requests.
    changing() {
        en: "change",
        zh: "修改",
        ja: "変更",
    }
    /// DELETE requests.
    deleting() {
        en: "delete",
        zh: "删除",
        ja: "削除",
    }
    /// CONNECT requests.
    connecting() {
        en: "connect",
        zh: "连接",
        ja: "接続",
    }
    /// Which requests a rule looks at, in a cell.
    requests(operations: &str, resources: &str) {
        en: "{operations}: {resources}",
        zh: "{operations}：{resources}",
        ja: "{operations}: {resources}",
    }
    /// Requests for everything.
    all_resources() {
        en: "all resources",
        zh: "所有资源",
        ja: "すべてのリソース",
    }
    /// Only objects with these names.
    only_names(names: &str) {
        en: "names: {names}",
        zh: "名称：{names}",
        ja: "名前: {names}",
    }
    /// Only in these namespaces.
    only_namespaces(names: &str) {
        en: "namespaces: {names}",
        zh: "命名空间：{names}",
        ja: "名前空間: {names}",
    }
    /// Only commands with one of these flags.
    only_flags(flags: &str) {
        en: "flags: {flags}",
        zh: "参数：{flags}",
        ja: "フラグ: {flags}",
    }
}

// The sections of the table.
messages! {
    /// Rows A.
    section_api_server() {
        en: "API server",
        zh: "API Server",
        ja: "API サーバー",
    }
    /// Rows W.
    section_workers() {
        en: "Worker nodes",
        zh: "Worker节点",
        ja: "ワーカーノード",
    }
    /// Rows M.
    section_masters() {
        en: "Master nodes (ACK dedicated clusters)",
        zh: "Master节点（ACK专有版集群）",
        ja: "マスターノード (ACK 専用クラスター)",
    }
    /// Rows O.
    section_other() {
        en: "Other parts of a cluster",
        zh: "集群的其他部分",
        ja: "クラスターのその他の部分",
    }
    /// Rows P.
    section_node_pools() {
        en: "Node pools",
        zh: "节点池",
        ja: "ノードプール",
    }
    /// Rows V.
    section_virtual_nodes() {
        en: "Virtual nodes",
        zh: "虚拟节点",
        ja: "仮想ノード",
    }
    /// Rows N.
    section_network() {
        en: "Network and load balancing",
        zh: "网络与负载均衡",
        ja: "ネットワークと負荷分散",
    }
    /// Rows S.
    section_storage() {
        en: "Storage",
        zh: "存储",
        ja: "ストレージ",
    }
    /// Rows L.
    section_logs() {
        en: "Logs",
        zh: "日志",
        ja: "ログ",
    }
    /// Rows U.
    section_usage_notes() {
        en: "Usage notes",
        zh: "使用须知",
        ja: "使用上の注意",
    }
    /// Rows X.
    section_kubernetes() {
        en: "Kubernetes itself",
        zh: "Kubernetes本身",
        ja: "Kubernetes 自体",
    }
}
