//! What could not be known, and why.
//!
//! `Display` of these types is their English, for JSON and for programs.

use std::fmt;
use std::time::Duration;

use crate::answer::language::Language;
use crate::cluster::credential::PluginError;
use crate::cluster::destination::Unusable;
use crate::cluster::selector::NotASelector;
use crate::cluster::{Garbled, Unread};
use crate::environment;
use crate::kubectl::invocation::Doubt;
use crate::kubectl::kuberc::Problem;
use crate::limit::{self, Excess};
use crate::unknown::{What, Why};

macro_rules! english {
    ($($kind:ty => $say:ident,)+) => {
        $(impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&Language::English.$say(self))
            }
        })+
    };
}

english! {
    What => what,
    Why => why,
    Unread => unread_reason,
    Excess => excess,
    Garbled => garbled,
    PluginError => plugin_error,
    Unusable => unusable,
    NotASelector => not_a_selector,
    Doubt => doubt,
    Problem => kuberc_problem,
}

impl Language {
    /// A thing that had to be known.
    #[must_use]
    pub fn what(self, what: &What) -> String {
        match what {
            What::CommandLine => self.command_line(),
            What::Cluster => self.command_cluster(),
            What::Look => self.command_changes(),
            What::Object {
                kind,
                namespace,
                name,
            } => match namespace.as_str() {
                "" => self.one_object(&self.kind(kind), name),
                namespace => self.one_object_in(&self.kind(kind), name, namespace),
            },
            What::Subject => self.subject(),
            What::Type(word) => self.resource_type(word),
            What::List {
                resource,
                namespace,
            } => match namespace.as_str() {
                "" => self.list_of(&resource.to_string()),
                namespace => self.list_in(&resource.to_string(), namespace),
            },
            What::SelectedNodes => self.selected_nodes(),
            What::PodsOn(node) => self.pods_on(node),
            What::Owned { resource, name } => self.owned(resource, name),
            What::Contents(namespace) => self.contents_of(namespace),
            What::Kinds { kinds, namespace } => {
                let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
                self.kinds_in(&kinds.join(", "), namespace)
            }
            What::Instances(definition) => self.instances_of(definition),
            What::Stdin => self.objects_on_stdin(),
            What::File(path) => self.objects_in_file(path),
            What::Patch(path) => self.patch_in_file(path),
            What::Url(url) => self.objects_behind(url),
            What::Kustomization(folder) => self.objects_of_kustomization(folder),
            What::TypesInFiles => self.types_in_files(),
            What::EditorsText => self.editors_text(),
            What::TextBefore => self.text_before(),
            What::EditedCluster => self.edited_cluster(),
            What::SelectedInFiles(selector) => self.selected_in_files(selector),
            What::Request { method, path } => self.request_to(method, path),
            What::BehindProxy {
                method,
                resource,
                name,
            } => self.behind_proxy(method, resource, name),
            What::Outcome => self.outcome(),
            What::Requests => self.sent_requests(),
            What::FirstRefusal => self.first_refusal(),
            What::ApplySet => self.apply_set(),
            What::PrunedTypes => self.pruned_types(),
            What::Plugin(path) => self.deeds_of_plugin(path),
            What::Fact(name) => self.fact(name),
        }
    }

    /// English sentences have kinds in lower case, as kubectl's have.
    fn kind(self, kind: &str) -> String {
        match self {
            Self::English => kind.to_lowercase(),
            Self::Chinese | Self::Japanese => kind.to_owned(),
        }
    }

    /// Why something is not known.
    #[must_use]
    pub fn why(self, why: &Why) -> String {
        match why {
            Why::Unread(why) => self.unread_reason(why),
            Why::Doubt(doubt) => self.doubt(doubt),
            Why::VersionUnread { doubt, why } => {
                self.version_unread(&self.doubt(doubt), &self.unread_reason(why))
            }
            Why::Destination(why) => self.unusable(why),
            Why::Selector(selector) => self.not_a_selector(selector),
            Why::OnlyKubectl => self.only_kubectl(),
            Why::ReadOnce => self.read_once(),
            Why::Excess(excess) => self.in_parts(&self.excess(excess)),
            Why::Late(limit) => self.late(&self.seconds(*limit)),
            Why::KubectlFailed(said) => self.kubectl_failed(said),
            Why::KubectlUnclear => self.kubectl_unclear(),
            Why::NotSaved => self.not_saved(),
            Why::KubeconfigChanged => self.kubeconfig_changed(),
            Why::NoObject => self.no_object(),
            Why::NoJson => self.no_json(),
            Why::BookKeeping => self.book_keeping(),
            Why::Proxied => self.proxied(),
            Why::Named => self.named_to_be_asked(environment::ASK_PLUGINS),
            Why::Unproved(said) if said.is_empty() => self.unproved_silently(),
            Why::Unproved(said) => self.unproved(said),
            Why::NoPod => self.no_pod_yet(),
            Why::SelectorInFile => self.selector_in_file(),
            Why::System(words) => words.clone(),
        }
    }

    /// Why something could not be read.
    #[must_use]
    pub fn unread_reason(self, why: &Unread) -> String {
        match why {
            Unread::Unauthorized => self.unauthorized(),
            Unread::Forbidden(said) if said.is_empty() => self.forbidden_silently(),
            Unread::Forbidden(said) => self.forbidden(said),
            Unread::TimedOut(limit) => self.timed_out(&self.seconds(*limit)),
            Unread::Excess(excess) => self.answer_excess(&self.excess(excess)),
            Unread::Unintelligible(answer) => self.unintelligible(&self.garbled(answer)),
            Unread::Unreachable(said) => self.unreachable_server(said),
            Unread::Untrusted => self.untrusted_server(),
            Unread::NoConnection(limit) => self.no_connection(&self.seconds(*limit)),
            Unread::Refused { status, message } if message.is_empty() => {
                self.refused_silently(*status)
            }
            Unread::Refused { status, message } => self.refused_by_server(*status, message),
            Unread::NotInSnapshot(what) => self.not_in_snapshot(what),
            Unread::NotAsked => self.not_asked(),
            Unread::Plugin(why) => self.plugin_error(why),
            Unread::NotSetUp(said) => self.not_set_up(said),
            Unread::NotRun { program, why } => self.not_run(program, why),
            Unread::NotRehearsed(said) => self.not_rehearsed(said),
            Unread::NotShown => self.not_shown(),
            Unread::NoRehearsal => self.no_rehearsal(),
            Unread::NoDryRun(resource) => self.no_dry_run(resource),
            Unread::NoVersion(program) => self.no_version(program),
            Unread::NotServed(definition) => self.not_served(definition),
            Unread::Selector(selector) => self.not_a_selector(selector),
            Unread::Other(words) => words.clone(),
        }
    }

    fn excess(self, excess: &Excess) -> String {
        match excess {
            Excess::Bytes => self.too_long(limit::BYTES >> 20),
            Excess::Depth => self.too_deep(limit::DEPTH),
            Excess::Values(limit) => self.too_many(*limit),
        }
    }

    fn seconds(self, length: Duration) -> String {
        match (self, length.as_secs_f64()) {
            (Self::English, 1.0) => self.one_second(),
            // What was left of a longer time is no round number.
            (_, seconds) => self.some_seconds((seconds * 10.0).round() / 10.0),
        }
    }

    fn garbled(self, answer: &Garbled) -> String {
        match answer {
            Garbled::Empty => self.empty_answer(),
            Garbled::WebPage => self.web_page(),
            Garbled::UnexpectedJson => self.unexpected_json(),
            Garbled::NotJson => self.not_json(),
            Garbled::Status(status, body) => self.unexpected_status(*status, &self.garbled(body)),
            Garbled::AnotherObject => self.another_object(),
            Garbled::NoList => self.no_list(),
            Garbled::NoGroups => self.no_groups(),
            Garbled::NoVersion => self.no_server_version(),
            Garbled::BrokeOff(said) => self.broke_off(said),
        }
    }

    fn plugin_error(self, why: &PluginError) -> String {
        match why {
            PluginError::Forbidden(plugin) => self.plugin_forbidden(plugin),
            PluginError::NoTerminal(plugin) => self.plugin_needs_terminal(plugin),
            PluginError::NotRun { command, why } => self.plugin_not_run(command, why),
            PluginError::Late { command, limit } => {
                self.plugin_late(command, &self.seconds(*limit))
            }
            PluginError::Excess { command, excess } => {
                self.plugin_excess(command, &self.excess(excess))
            }
            PluginError::Failed { command, status } => self.plugin_failed(command, status),
            PluginError::Unintelligible(plugin) => self.plugin_unintelligible(plugin),
        }
    }

    fn not_a_selector(self, selector: &NotASelector) -> String {
        self.selector_unread(&selector.0)
    }

    /// Why the words do not say what kubectl will do.
    #[must_use]
    pub fn doubt(self, doubt: &Doubt) -> String {
        match doubt {
            Doubt::UnknownFlag(flag) => self.unknown_flag(flag),
            Doubt::Versions => self.versions_differ(),
            Doubt::NotText(word) => self.not_text(word),
            Doubt::Kuberc(problem) => self.kuberc_problem(problem),
        }
    }

    fn kuberc_problem(self, problem: &Problem) -> String {
        match problem {
            Problem::Excess { path, excess } => self.file_excess(path, &self.excess(excess)),
            Problem::Unreadable { path, why } => self.kuberc_unreadable(path, why),
            Problem::NotUnderstood { path, why } => self.kuberc_not_understood(path, why),
            Problem::OptionsOfAGroup => self.options_of_a_group(),
        }
    }

    fn unusable(self, why: &Unusable) -> String {
        match why {
            Unusable::NoCertificate => self.no_certificate(),
            Unusable::AuthProvider => self.auth_provider_unread(),
            Unusable::NoCredentials => self.no_credentials(),
            Unusable::Server => self.no_server_url(),
            Unusable::Proxy => self.no_proxy_url(),
            Unusable::NotBase64(key) => self.not_base64(key),
            Unusable::PluginVersion {
                command,
                api_version,
            } => self.plugin_version(command, api_version),
            Unusable::Timeout(text) => self.no_length_of_time(text),
            Unusable::ReadOnce(path) => self.connection_file_read_once(path),
            Unusable::Excess { path, excess } => self.file_excess(path, &self.excess(excess)),
            Unusable::NotText(path) => self.kubeconfig_not_text(path),
            Unusable::NotYaml {
                path,
                at: Some((line, column)),
            } => self.kubeconfig_not_yaml_at(path, *line, *column),
            Unusable::NotYaml { path, at: None } => self.kubeconfig_not_yaml(path),
            Unusable::NoMap(path) => self.kubeconfig_no_map(path),
            Unusable::Uncertain(path) => self.kubeconfig_uncertain(path),
            Unusable::WrongType(path) => self.kubeconfig_wrong_type(path),
            Unusable::Twice { path, name } => self.kubeconfig_twice(path, name),
        }
    }
}

// What had to be known.
messages! {
    /// A plugin of kubectl.
    deeds_of_plugin(path: &str) {
        en: "what the plugin {path} does",
        zh: "插件 {path} 的行为",
        ja: "プラグイン {path} の動作",
    }
    /// A command line.
    command_line() {
        en: "what this command line means to kubectl",
        zh: "该命令行对kubectl的含义",
        ja: "このコマンドラインの kubectl での意味",
    }
    /// A cluster.
    command_cluster() {
        en: "the cluster that this command acts in",
        zh: "该命令所操作的集群",
        ja: "このコマンドの対象クラスター",
    }
    /// Everything that a look finds out.
    command_changes() {
        en: "what this command would change",
        zh: "该命令将更改的内容",
        ja: "このコマンドが変更する内容",
    }
    /// An object of the cluster.
    one_object(kind: &str, name: &str) {
        en: "{kind} \"{name}\"",
        zh: "{kind} \"{name}\"",
        ja: "{kind} \"{name}\"",
    }
    /// An object in a namespace.
    one_object_in(kind: &str, name: &str, namespace: &str) {
        en: "{kind} \"{name}\" in namespace \"{namespace}\"",
        zh: "命名空间 \"{namespace}\" 中的 {kind} \"{name}\"",
        ja: "名前空間 \"{namespace}\" の {kind} \"{name}\"",
    }
    /// The object at hand.
    subject() {
        en: "the object",
        zh: "该对象",
        ja: "このオブジェクト",
    }
    /// A type's name.
    resource_type(word: &str) {
        en: "the resource type \"{word}\"",
        zh: "资源类型 \"{word}\"",
        ja: "リソースの種類 \"{word}\"",
    }
    /// A list.
    list_of(resource: &str) {
        en: "the list of {resource}",
        zh: "{resource} 列表",
        ja: "{resource} の一覧",
    }
    /// A list in a namespace.
    list_in(resource: &str, namespace: &str) {
        en: "the list of {resource} in namespace {namespace}",
        zh: "命名空间 {namespace} 中的 {resource} 列表",
        ja: "名前空間 {namespace} の {resource} の一覧",
    }
    /// Nodes of a selector.
    selected_nodes() {
        en: "the nodes that the selector finds",
        zh: "选择器匹配的节点",
        ja: "セレクターに一致するノード",
    }
    /// Pods of a node.
    pods_on(node: &str) {
        en: "the pods on node \"{node}\"",
        zh: "节点 \"{node}\" 上的Pod",
        ja: "ノード \"{node}\" 上の Pod",
    }
    /// Dependents of a workload.
    owned(resource: &str, name: &str) {
        en: "what {resource} {name} owns",
        zh: "{resource} {name} 拥有的对象",
        ja: "{resource} {name} が所有するオブジェクト",
    }
    /// Everything in a namespace.
    contents_of(namespace: &str) {
        en: "what is in namespace {namespace}",
        zh: "命名空间 {namespace} 中的内容",
        ja: "名前空間 {namespace} の内容",
    }
    /// Some types in a namespace.
    kinds_in(kinds: &str, namespace: &str) {
        en: "the {kinds} in namespace {namespace}",
        zh: "命名空间 {namespace} 中的 {kinds}",
        ja: "名前空間 {namespace} の {kinds}",
    }
    /// Objects of a definition.
    instances_of(definition: &str) {
        en: "the objects of {definition}",
        zh: "{definition} 的对象",
        ja: "{definition} のオブジェクト",
    }
    /// `-f -`.
    objects_on_stdin() {
        en: "the objects on standard input",
        zh: "标准输入中的对象",
        ja: "標準入力のオブジェクト",
    }
    /// `-f FILE`.
    objects_in_file(path: &str) {
        en: "the objects in {path}",
        zh: "{path} 中的对象",
        ja: "{path} のオブジェクト",
    }
    /// `--patch-file FILE`.
    patch_in_file(path: &str) {
        en: "the patch in {path}",
        zh: "{path} 中的补丁",
        ja: "{path} のパッチ",
    }
    /// `-f URL`.
    objects_behind(url: &str) {
        en: "the objects behind {url}",
        zh: "{url} 中的对象",
        ja: "{url} のオブジェクト",
    }
    /// `-k FOLDER`.
    objects_of_kustomization(folder: &str) {
        en: "the objects of the kustomization {folder}",
        zh: "kustomization {folder} 的对象",
        ja: "kustomization {folder} のオブジェクト",
    }
    /// Types of files.
    types_in_files() {
        en: "the resource types of the objects in the files",
        zh: "文件中对象的资源类型",
        ja: "ファイル内のオブジェクトのリソースの種類",
    }
    /// `edit`, before or after it was saved.
    editors_text() {
        en: "an editor's text",
        zh: "编辑器中的内容",
        ja: "エディターで編集する内容",
    }
    /// The text that kubectl wrote.
    text_before() {
        en: "the text before it was edited",
        zh: "编辑前的内容",
        ja: "編集前の内容",
    }
    /// Where an edited text goes.
    edited_cluster() {
        en: "the cluster that the editor was opened for",
        zh: "打开编辑器时所操作的集群",
        ja: "エディターを開いたときの対象クラスター",
    }
    /// A selector over files.
    selected_in_files(selector: &str) {
        en: "which objects of the files \"{selector}\" selects",
        zh: "\"{selector}\" 选择文件中的哪些对象",
        ja: "\"{selector}\" がファイル内のどのオブジェクトを選択するか",
    }
    /// `delete --raw` of a path that is no object's.
    request_to(method: &str, path: &str) {
        en: "what {method} {path} does",
        zh: "{method} {path} 的作用",
        ja: "{method} {path} の動作",
    }
    /// `--raw` behind a proxy.
    behind_proxy(method: &str, resource: &str, name: &str) {
        en: "what a {method} does behind the proxy of {resource} {name}",
        zh: "{method}请求在 {resource} {name} 的代理之后的作用",
        ja: "{resource} {name} のプロキシの先での {method} の動作",
    }
    /// What kubectl's dry run would show.
    outcome() {
        en: "the object as it will be",
        zh: "修改后的对象",
        ja: "変更後のオブジェクト",
    }
    /// A command that seems to stop by itself.
    sent_requests() {
        en: "which requests this command sends",
        zh: "该命令会发送哪些请求",
        ja: "このコマンドがどのリクエストを送るか",
    }
    /// A verb that ends at the first request that is refused.
    first_refusal() {
        en: "which of the requests the server refuses",
        zh: "服务器会拒绝哪些请求",
        ja: "サーバーがどのリクエストを拒否するか",
    }
    /// `apply --applyset --prune`.
    apply_set() {
        en: "what this ApplySet prunes",
        zh: "该ApplySet将清理的对象",
        ja: "この ApplySet が削除するオブジェクト",
    }
    /// `apply --prune`.
    pruned_types() {
        en: "the resource types that are pruned",
        zh: "将被清理的资源类型",
        ja: "削除対象になるリソースの種類",
    }
    /// A fact, by the name that rules use.
    fact(name: &str) {
        en: "the fact \"{name}\"",
        zh: "事实 \"{name}\"",
        ja: "ファクト \"{name}\"",
    }
}

// Why it is not known.
messages! {
    /// 401.
    unauthorized() {
        en: "the server did not accept the credentials (401 Unauthorized)",
        zh: "服务器未接受凭证 (401 Unauthorized)",
        ja: "サーバーが認証情報を受け付けませんでした (401 Unauthorized)",
    }
    /// 403.
    forbidden(said: &str) {
        en: "forbidden: {said}",
        zh: "没有权限：{said}",
        ja: "権限がありません: {said}",
    }
    /// 403 without a sentence.
    forbidden_silently() {
        en: "forbidden",
        zh: "没有权限",
        ja: "権限がありません",
    }
    /// The look took too long.
    timed_out(limit: &str) {
        en: "no answer within {limit}",
        zh: "在{limit}内没有应答",
        ja: "{limit}以内に応答がありませんでした",
    }
    /// A length of time.
    one_second() {
        en: "1 second",
        zh: "1秒",
        ja: "1 秒",
    }
    /// A length of time.
    some_seconds(seconds: f64) {
        en: "{seconds} seconds",
        zh: "{seconds}秒",
        ja: "{seconds} 秒",
    }
    /// An answer that makes no sense.
    unintelligible(answer: &str) {
        en: "the server's answer could not be read: {answer}",
        zh: "无法读取服务器的应答：{answer}",
        ja: "サーバーの応答を読み取れませんでした: {answer}",
    }
    /// No body.
    empty_answer() {
        en: "an empty answer",
        zh: "应答为空",
        ja: "空の応答",
    }
    /// HTML.
    web_page() {
        en: "a web page instead of an object",
        zh: "返回的是网页而不是对象",
        ja: "オブジェクトではなく Web ページ",
    }
    /// JSON of another shape.
    unexpected_json() {
        en: "broken or unexpected JSON",
        zh: "JSON损坏或与预期不符",
        ja: "壊れた、または予期しない JSON",
    }
    /// No JSON.
    not_json() {
        en: "something else than JSON",
        zh: "内容不是JSON",
        ja: "JSON ではない内容",
    }
    /// A status that is not expected.
    unexpected_status(status: u16, body: &str) {
        en: "status {status}, {body}",
        zh: "状态码 {status}，{body}",
        ja: "ステータス {status}、{body}",
    }
    /// Another object.
    another_object() {
        en: "another object than was asked for",
        zh: "返回的不是所请求的对象",
        ja: "要求したものとは別のオブジェクト",
    }
    /// No list.
    no_list() {
        en: "no list",
        zh: "返回的不是列表",
        ja: "一覧ではない内容",
    }
    /// No API groups.
    no_groups() {
        en: "it is no list of API groups",
        zh: "返回的不是API组列表",
        ja: "API グループの一覧ではない内容",
    }
    /// No version.
    no_server_version() {
        en: "no version",
        zh: "没有版本信息",
        ja: "バージョンがありません",
    }
    /// The answer ended.
    broke_off(said: &str) {
        en: "it broke off: {said}",
        zh: "应答中断：{said}",
        ja: "応答が途切れました: {said}",
    }
    /// No connection.
    unreachable_server(said: &str) {
        en: "cannot connect: {said}",
        zh: "无法连接：{said}",
        ja: "接続できません: {said}",
    }
    /// No connection, for the certificate of the server.
    untrusted_server() {
        en: "cannot connect: the server's certificate is signed by nobody who is trusted for this cluster",
        zh: "无法连接：服务器证书的签发机构不在此集群信任的证书颁发机构之列",
        ja: "接続できません: サーバー証明書が、このクラスターで信頼する認証局に署名されていません",
    }
    /// No connection in time.
    no_connection(limit: &str) {
        en: "cannot connect: no connection within {limit}",
        zh: "无法连接：在{limit}内未能建立连接",
        ja: "接続できません: {limit}以内に接続できませんでした",
    }
    /// The server says no.
    refused_by_server(status: u16, message: &str) {
        en: "the server answered {status}: {message}",
        zh: "服务器返回 {status}：{message}",
        ja: "サーバーが {status} を返しました: {message}",
    }
    /// The server says no, and nothing else.
    refused_silently(status: u16) {
        en: "the server answered {status}",
        zh: "服务器返回 {status}",
        ja: "サーバーが {status} を返しました",
    }
    /// A snapshot.
    not_in_snapshot(what: &str) {
        en: "the snapshot has no {what}",
        zh: "快照中没有 {what}",
        ja: "スナップショットに {what} がありません",
    }
    /// Nobody asked.
    not_rehearsed(said: &str) {
        en: "kubectl's dry run says: {said}",
        zh: "kubectl的试运行（dry run）提示：{said}",
        ja: "kubectl のドライランの出力: {said}",
    }
    /// A dry run that went well.
    not_shown() {
        en: "kubectl's dry run does not show it",
        zh: "kubectl的试运行（dry run）没有给出该对象",
        ja: "kubectl のドライランに表示されません",
    }
    /// A snapshot, or no kubectl.
    no_rehearsal() {
        en: "only kubectl's own dry run can tell, and none can be made here",
        zh: "只有kubectl的试运行（dry run）能够确定，而此处无法进行",
        ja: "kubectl のドライランでしか分からず、ここでは実行できません",
    }
    /// A dry run that could be taken for the real request.
    no_dry_run(resource: &str) {
        en: "only kubectl's own dry run can tell, and the API server of {resource} does not say that it knows one: it might really write",
        zh: "只有kubectl的试运行（dry run）能够确定，而 {resource} 的API Server未声明支持试运行，可能会真正写入",
        ja: "kubectl のドライランでしか分かりませんが、{resource} の API サーバーはドライランへの対応を示しておらず、実際に書き込むおそれがあります",
    }
    /// Nobody asked.
    not_asked() {
        en: "it was not read",
        zh: "未读取",
        ja: "読み取られていません",
    }
    /// The client library.
    not_set_up(said: &str) {
        en: "the connection cannot be set up: {said}",
        zh: "无法建立连接：{said}",
        ja: "接続を準備できません: {said}",
    }
    /// A program.
    not_run(program: &str, why: &str) {
        en: "cannot run {program}: {why}",
        zh: "无法运行 {program}：{why}",
        ja: "{program} を実行できません: {why}",
    }
    /// kubectl's version.
    no_version(program: &str) {
        en: "{program} did not print its version",
        zh: "{program} 未输出版本",
        ja: "{program} がバージョンを出力しませんでした",
    }
    /// A definition without a version.
    not_served(definition: &str) {
        en: "no version of {definition} is served, so its objects cannot be counted",
        zh: "{definition} 没有任何提供服务的版本，无法统计其对象",
        ja: "{definition} には提供中のバージョンがなく、オブジェクトを数えられません",
    }
    /// A selector.
    selector_unread(selector: &str) {
        en: "the selector {selector:?} cannot be read",
        zh: "无法解析选择器 {selector:?}",
        ja: "セレクター {selector:?} を解釈できません",
    }
    /// Files that only kubectl reads.
    only_kubectl() {
        en: "it can only be read by kubectl, and there is none here",
        zh: "只有kubectl能够读取，而此处没有kubectl",
        ja: "kubectl だけが読み取れますが、ここにはありません",
    }
    /// A kubeconfig, certificate or token in a pipe with a name.
    connection_file_read_once(path: &str) {
        en: "{path} can be read only once, and kubectl has to read it",
        zh: "{path} 只能读取一次，必须留给kubectl读取",
        ja: "{path} は一度しか読み取れず、kubectl が読み取る必要があります",
    }
    /// A pipe.
    read_once() {
        en: "it can be read only once, and kubectl has to read it",
        zh: "只能读取一次，必须留给kubectl读取",
        ja: "一度しか読み取れず、kubectl が読み取る必要があります",
    }
    /// An input without end.
    too_long(limit: usize) {
        en: "it is longer than {limit} MiB, the most that is read",
        zh: "长度超过读取上限{limit} MiB",
        ja: "読み取りの上限である {limit} MiB を超えています",
    }
    /// Brackets in brackets.
    too_deep(limit: usize) {
        en: "it is nested deeper than {limit} levels, the most that is read",
        zh: "嵌套超过读取上限{limit}层",
        ja: "入れ子が読み取りの上限である {limit} 段を超えています",
    }
    /// Many small values.
    too_many(limit: usize) {
        en: "it has more than {limit} values, the most that are read",
        zh: "值的数量超过读取上限{limit}个",
        ja: "値の数が読み取りの上限である {limit} 個を超えています",
    }
    /// What a person can do about an input.
    in_parts(excess: &str) {
        en: "{excess}; give it in smaller parts",
        zh: "{excess}；请拆分后分批执行",
        ja: "{excess}。小さく分けて実行してください",
    }
    /// What a person can do about a file that belongs to no command.
    file_excess(path: &str, excess: &str) {
        en: "{path} cannot be judged: {excess}; make it smaller or name another file",
        zh: "无法判断 {path}：{excess}；请缩小该文件或指定其他文件",
        ja: "{path} を判断できません: {excess}。ファイルを小さくするか、別のファイルを指定してください",
    }
    /// What a person can do about an answer.
    answer_excess(excess: &str) {
        en: "the answer is too much: {excess}; name fewer objects at once",
        zh: "返回的内容过多：{excess}；请减少一次指定的对象",
        ja: "応答が大きすぎます: {excess}。一度に指定するオブジェクトを減らしてください",
    }
    /// A look without end.
    late(limit: &str) {
        en: "it was not found out within {limit}; --safe-timeout gives it more time",
        zh: "在{limit}内未能确认；可用--safe-timeout延长时间",
        ja: "{limit}以内に確認できませんでした。--safe-timeout で時間を延ばせます",
    }
    /// kubectl failed.
    kubectl_failed(said: &str) {
        en: "kubectl could not read it: {said}",
        zh: "kubectl无法读取：{said}",
        ja: "kubectl が読み取れませんでした: {said}",
    }
    /// A text that is still to be written.
    not_saved() {
        en: "it is judged when it has been saved",
        zh: "保存后才会检查",
        ja: "保存したときに確認します",
    }
    /// kubectl acts where the kubeconfig led when it was started.
    kubeconfig_changed() {
        en: "the kubeconfig has changed since",
        zh: "kubeconfig在此期间已更改",
        ja: "その後 kubeconfig が変更されています",
    }
    /// kubectl said something else.
    kubectl_unclear() {
        en: "kubectl's answer could not be read",
        zh: "无法读取kubectl的输出",
        ja: "kubectl の出力を読み取れませんでした",
    }
    /// A path.
    no_json() {
        en: "it is no JSON object",
        zh: "内容不是JSON对象",
        ja: "JSON オブジェクトではありません",
    }
    /// An `ApplySet`.
    book_keeping() {
        en: "which objects belong to it is kubectl's own book-keeping",
        zh: "哪些对象属于它由kubectl自行记录",
        ja: "どのオブジェクトが属するかは kubectl だけが管理しています",
    }
    /// A path.
    no_object() {
        en: "the path names no Kubernetes object",
        zh: "该路径不对应任何Kubernetes对象",
        ja: "このパスは Kubernetes オブジェクトを指していません",
    }
    /// A proxy.
    proxied() {
        en: "the request goes to a program in the cluster, not to the API server",
        zh: "请求发往集群中的程序，而不是API Server",
        ja: "リクエストは API サーバーではなく、クラスター内のプログラムに送られます",
    }
    /// A plugin.
    named_to_be_asked(variable: &str) {
        en: "only the plugin itself knows, and {variable} names it",
        zh: "只有该插件自身知道；{variable} 中列出了该插件",
        ja: "プラグイン自身にしか分からず、{variable} に指定されています",
    }
    /// A dry run that went well, or no dry run.
    unproved_silently() {
        en: "nothing was found that it would change, but kubectl does not refuse it either",
        zh: "未发现该命令会变更的对象，但kubectl也没有拒绝执行",
        ja: "変更対象は見つかりませんが、kubectl もこのコマンドを拒否しません",
    }
    /// As above, with what kubectl said.
    unproved(said: &str) {
        en: "nothing was found that it would change, but kubectl does not refuse it for certain: {said}",
        zh: "未发现该命令会变更的对象，但无法确定kubectl会拒绝执行：{said}",
        ja: "変更対象は見つかりませんが、kubectl が確実に拒否するとは言えません: {said}",
    }
    /// A workload without pods.
    no_pod_yet() {
        en: "there are none; kubectl waits for one",
        zh: "目前没有，kubectl会等待其出现",
        ja: "まだありません。kubectl は作成されるまで待ちます",
    }
    /// `exec -f` of a workload.
    selector_in_file() {
        en: "kubectl goes by the selector in the file",
        zh: "kubectl以文件中的选择器为准",
        ja: "kubectl はファイル内のセレクターに従います",
    }
    /// A flag of a newer kubectl.
    unknown_flag(flag: &str) {
        en: "the flag {flag} is unknown to this program, and may be known to a newer kubectl",
        zh: "本程序不认识参数 {flag}，更新版本的kubectl可能认识",
        ja: "フラグ {flag} はこのプログラムには未知ですが、より新しい kubectl には既知の可能性があります",
    }
    /// Versions of kubectl.
    versions_differ() {
        en: "versions of kubectl read this command line differently",
        zh: "不同版本的kubectl对该命令行的解读不同",
        ja: "このコマンドラインの解釈は kubectl のバージョンにより異なります",
    }
    /// What kubectl's version would have settled.
    version_unread(doubt: &str, why: &str) {
        en: "{doubt}, and its version could not be read: {why}",
        zh: "{doubt}；且无法读取其版本：{why}",
        ja: "{doubt}。また、そのバージョンを読み取れませんでした: {why}",
    }
    /// A word.
    not_text(word: &str) {
        en: "{word:?} is not valid UTF-8",
        zh: "{word:?} 不是有效的UTF-8",
        ja: "{word:?} は有効な UTF-8 ではありません",
    }
    /// A kuberc.
    kuberc_unreadable(path: &str, why: &str) {
        en: "the kubectl preferences in {path} cannot be read: {why}",
        zh: "无法读取 {path} 中的kubectl偏好设置：{why}",
        ja: "{path} の kubectl 設定 (kuberc) を読み取れません: {why}",
    }
    /// A kuberc.
    kuberc_not_understood(path: &str, why: &str) {
        en: "the kubectl preferences in {path} are not understood: {why}",
        zh: "无法理解 {path} 中的kubectl偏好设置：{why}",
        ja: "{path} の kubectl 設定 (kuberc) を解釈できません: {why}",
    }
    /// A kuberc.
    options_of_a_group() {
        en: "an alias of the kubectl preferences sets flags on a group of commands",
        zh: "kubectl偏好设置中的一个别名为一组命令设置了参数",
        ja: "kubectl 設定 (kuberc) のエイリアスがコマンドのグループにフラグを設定しています",
    }
}

// Credentials and the way to a cluster.
messages! {
    /// The plugin policy.
    plugin_forbidden(plugin: &str) {
        en: "the kuberc does not allow the credential plugin {plugin}",
        zh: "kuberc不允许使用凭证插件 {plugin}",
        ja: "kuberc は認証プラグイン {plugin} を許可していません",
    }
    /// A plugin.
    plugin_needs_terminal(plugin: &str) {
        en: "the credential plugin {plugin} needs a terminal on standard input",
        zh: "凭证插件 {plugin} 要求标准输入是终端",
        ja: "認証プラグイン {plugin} には標準入力の端末が必要です",
    }
    /// A plugin.
    plugin_not_run(plugin: &str, why: &str) {
        en: "the credential plugin {plugin} cannot be run: {why}",
        zh: "无法运行凭证插件 {plugin}：{why}",
        ja: "認証プラグイン {plugin} を実行できません: {why}",
    }
    /// A plugin.
    plugin_failed(plugin: &str, status: &str) {
        en: "the credential plugin {plugin} failed ({status})",
        zh: "凭证插件 {plugin} 失败 ({status})",
        ja: "認証プラグイン {plugin} が失敗しました ({status})",
    }
    /// A plugin.
    plugin_late(plugin: &str, limit: &str) {
        en: "the credential plugin {plugin} did not end within {limit}; run it by itself to see why",
        zh: "凭证插件 {plugin} 在{limit}内没有结束；请单独运行它查看原因",
        ja: "認証プラグイン {plugin} が{limit}以内に終了しませんでした。単独で実行して原因を確認してください",
    }
    /// A plugin.
    plugin_excess(plugin: &str, excess: &str) {
        en: "what the credential plugin {plugin} prints cannot be read: {excess}; run it by itself to see why",
        zh: "无法读取凭证插件 {plugin} 的输出：{excess}；请单独运行它查看原因",
        ja: "認証プラグイン {plugin} の出力を読み取れません: {excess}。単独で実行して原因を確認してください",
    }
    /// A plugin.
    plugin_unintelligible(plugin: &str) {
        en: "the credential plugin {plugin} printed no usable ExecCredential",
        zh: "凭证插件 {plugin} 未输出可用的ExecCredential",
        ja: "認証プラグイン {plugin} が使用できる ExecCredential を出力しませんでした",
    }
    /// A plugin of another version.
    plugin_version(plugin: &str, api_version: &str) {
        en: "the credential plugin {plugin} wants an apiVersion that is not known here: {api_version}",
        zh: "凭证插件 {plugin} 要求的apiVersion在此未知：{api_version}",
        ja: "認証プラグイン {plugin} が要求する apiVersion は未知です: {api_version}",
    }
    /// A kubeconfig.
    no_certificate() {
        en: "the certificate authority of the kubeconfig holds no certificate",
        zh: "kubeconfig的certificate-authority中没有证书",
        ja: "kubeconfig の certificate-authority に証明書がありません",
    }
    /// A kubeconfig.
    auth_provider_unread() {
        en: "the auth-provider of the kubeconfig's user cannot be read",
        zh: "无法读取kubeconfig中该用户的auth-provider",
        ja: "kubeconfig のユーザーの auth-provider を読み取れません",
    }
    /// A kubeconfig.
    no_credentials() {
        en: "the kubeconfig has no credentials for this user, and kubectl asks for a user name",
        zh: "kubeconfig中没有该用户的凭证，kubectl会询问用户名",
        ja: "kubeconfig にこのユーザーの認証情報がなく、kubectl がユーザー名を尋ねます",
    }
    /// A server.
    no_server_url() {
        en: "the server is not the URL of an API server (http or https, host, port)",
        zh: "server不是API Server的URL（http或https、主机、端口）",
        ja: "server が API サーバーの URL ではありません (http または https、ホスト、ポート)",
    }
    /// A proxy.
    no_proxy_url() {
        en: "the proxy-url of the kubeconfig is not a URL of http, https or socks5",
        zh: "kubeconfig的proxy-url不是http、https或socks5的URL",
        ja: "kubeconfig の proxy-url が http、https、socks5 の URL ではありません",
    }
    /// A kubeconfig.
    not_base64(key: &str) {
        en: "the {key} of the kubeconfig is not base64",
        zh: "kubeconfig的 {key} 不是base64",
        ja: "kubeconfig の {key} が base64 ではありません",
    }
    /// A flag.
    no_length_of_time(text: &str) {
        en: "--request-timeout={text} is not a length of time",
        zh: "--request-timeout={text} 不是时长",
        ja: "--request-timeout={text} は時間の長さではありません",
    }
    /// A kubeconfig.
    kubeconfig_not_text(path: &str) {
        en: "the kubeconfig {path} is not UTF-8",
        zh: "kubeconfig {path} 不是UTF-8",
        ja: "kubeconfig {path} は UTF-8 ではありません",
    }
    /// A kubeconfig.
    kubeconfig_not_yaml(path: &str) {
        en: "the kubeconfig {path} cannot be read: not YAML as kubectl reads it",
        zh: "无法读取kubeconfig {path}：不是kubectl所读的YAML",
        ja: "kubeconfig {path} を読み取れません: kubectl が読む YAML ではありません",
    }
    /// A kubeconfig.
    kubeconfig_not_yaml_at(path: &str, line: usize, column: usize) {
        en: "the kubeconfig {path} cannot be read: line {line}, column {column}: not YAML as kubectl reads it",
        zh: "无法读取kubeconfig {path}：第{line}行第{column}列：不是kubectl所读的YAML",
        ja: "kubeconfig {path} を読み取れません: {line} 行 {column} 列: kubectl が読む YAML ではありません",
    }
    /// A kubeconfig.
    kubeconfig_no_map(path: &str) {
        en: "the kubeconfig {path} cannot be read: it is not a map of keys",
        zh: "无法读取kubeconfig {path}：内容不是键值映射",
        ja: "kubeconfig {path} を読み取れません: キーと値のマップではありません",
    }
    /// A kubeconfig.
    kubeconfig_wrong_type(path: &str) {
        en: "the kubeconfig {path} cannot be read: a key has a value of the wrong type",
        zh: "无法读取kubeconfig {path}：某个键的值类型不正确",
        ja: "kubeconfig {path} を読み取れません: 値の型が正しくないキーがあります",
    }
    /// A kubeconfig.
    kubeconfig_uncertain(path: &str) {
        en: "the kubeconfig {path} has YAML that kubectl may read otherwise, and kubectl was not to be asked",
        zh: "kubeconfig {path} 含有kubectl可能以不同方式解析的YAML，且无法询问kubectl",
        ja: "kubeconfig {path} には kubectl が異なる解釈をし得る YAML があり、kubectl に確認できません",
    }
    /// A kubeconfig with two entries of a name.
    kubeconfig_twice(path: &str, name: &str) {
        en: "the kubeconfig {path} cannot be read: it has two entries of the name {name:?}",
        zh: "无法读取kubeconfig {path}：有两个名为 {name:?} 的条目",
        ja: "kubeconfig {path} を読み取れません: 名前 {name:?} のエントリーが 2 つあります",
    }
}
