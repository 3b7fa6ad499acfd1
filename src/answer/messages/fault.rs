//! Why kubectl was not run, what to do next, and the help of our own commands.

use std::fmt;

use crate::answer::language::Language;
use crate::cluster::reader::snapshot::SnapshotError;
use crate::environment;
use crate::error::Fault;

impl Language {
    /// What happened.
    #[must_use]
    pub fn fault(self, fault: &Fault) -> String {
        match fault {
            Fault::UnknownFlag(name) => self.unknown_own_flag(name),
            Fault::NotTruth(name) => self.not_truth(name),
            Fault::NeedsValue(name) => self.needs_value(name),
            Fault::NoDuration(text) => self.no_duration(text),
            Fault::OverrideWithoutReason => self.override_without_reason(),
            Fault::ReasonWithoutOverride => self.reason_without_override(),
            Fault::UnexpectedWord { command, word } => self.unexpected_word(command, word),
            Fault::WrongValue {
                command,
                flag,
                value,
            } => match value.as_str() {
                "" => self.missing_value(command, flag),
                value => self.wrong_value(command, flag, value),
            },
            Fault::NoSuchRule(id) => self.no_such_rule(id),
            Fault::Snapshot { path, why } => self.no_snapshot(path, &self.snapshot_error(why)),
            Fault::SnapshotUnread { path, why } => self.no_snapshot(path, why),
            Fault::NoKubectl => self.no_kubectl(),
            Fault::OnlyOurselves(path) => self.only_ourselves(path),
            Fault::NotExecutable { variable, path } => self.not_executable(variable, path),
            Fault::NamesOurselves { variable, path } => self.names_ourselves(variable, path),
            Fault::Loop(programs) => {
                let programs = programs.iter().map(|path| path.display().to_string());
                self.kubectl_loops(&programs.collect::<Vec<_>>().join(" → "))
            }
            Fault::NotRun { program, why } => self.not_run(program, why),
            Fault::StdinLost(why) => self.stdin_lost(why),
            Fault::InputChanges(path) => self.input_changes(path),
            Fault::NoRuntime(why) => self.no_runtime(why),
            Fault::StdoutFailed(why) => self.stdout_failed(why),
            Fault::DemoBroken(why) => self.demo_broken(why),
            Fault::RulesUnprinted(why) => self.rules_unprinted(why),
            Fault::EditorUnguarded(why) => self.editor_unguarded(why),
            Fault::EditorNotRun { editor, why } => self.editor_not_started(editor, why),
            Fault::TextNotJudged { why, .. } => self.text_not_judged(why),
            Fault::CommandChanged => self.command_changed(),
        }
    }

    /// What to do next, where that is known.
    #[must_use]
    pub fn hint(self, fault: &Fault) -> Option<String> {
        match fault {
            Fault::UnknownFlag(_) => Some(self.see_own_help()),
            Fault::NoDuration(_) => Some(self.write_seconds()),
            Fault::UnexpectedWord { command, .. } | Fault::WrongValue { command, .. } => {
                Some(self.see_help_of(command))
            }
            Fault::NoSuchRule(_) => Some(self.see_risks()),
            Fault::NoKubectl | Fault::OnlyOurselves(_) | Fault::Loop(_) => {
                Some(self.install_kubectl(environment::KUBECTL))
            }
            Fault::NotExecutable { variable, .. } | Fault::NamesOurselves { variable, .. } => {
                Some(self.set_variable(variable))
            }
            Fault::TextNotJudged { file, .. } => Some(self.text_is_in(file)),
            Fault::EditorUnguarded(_)
            | Fault::EditorNotRun { .. }
            | Fault::CommandChanged
            | Fault::NotTruth(_)
            | Fault::NeedsValue(_)
            | Fault::OverrideWithoutReason
            | Fault::ReasonWithoutOverride
            | Fault::Snapshot { .. }
            | Fault::SnapshotUnread { .. }
            | Fault::NotRun { .. }
            | Fault::StdinLost(_)
            | Fault::InputChanges(_)
            | Fault::NoRuntime(_)
            | Fault::StdoutFailed(_)
            | Fault::DemoBroken(_)
            | Fault::RulesUnprinted(_) => None,
        }
    }

    fn snapshot_error(self, why: &SnapshotError) -> String {
        match why {
            SnapshotError::NotYaml(said) => self.snapshot_not_yaml(said),
            SnapshotError::NotAnObject(document) => self.not_an_object(*document),
            SnapshotError::Incomplete {
                document,
                key,
                name,
            } => self.incomplete_object(*document, key, name),
            SnapshotError::ServerVersion => self.snapshot_version(),
            SnapshotError::Unreadable => self.snapshot_unreadable(),
        }
    }
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Language::English.snapshot_error(self))
    }
}

// Who speaks.
messages! {
    /// Before an editor is opened.
    editor_unguarded(why: &str) {
        en: "the editor could not be guarded: {why}",
        zh: "无法对编辑器进行防护：{why}",
        ja: "エディターを保護できませんでした: {why}",
    }
    /// After a text was saved.
    text_not_judged(why: &str) {
        en: "the edited text could not be judged: {why}",
        zh: "无法检查编辑后的内容：{why}",
        ja: "編集した内容を確認できませんでした: {why}",
    }
    /// Where it still is.
    text_is_in(file: &str) {
        en: "Nothing was written. The text is in {file}",
        zh: "未写入任何内容。文本位于 {file}",
        ja: "何も書き込んでいません。内容は {file} にあります",
    }
    /// The kubectl preferences have changed meanwhile.
    command_changed() {
        en: "the command means something else than when the editor was opened; nothing was written",
        zh: "该命令的含义与打开编辑器时不同，未写入任何内容",
        ja: "コマンドの意味がエディターを開いたときと変わっています。何も書き込んでいません",
    }
    /// Before every fault.
    says(text: &str) {
        en: "kubectl-safe: {text}",
        zh: "kubectl-safe：{text}",
        ja: "kubectl-safe: {text}",
    }
    /// A panic.
    internal_error(place: &str) {
        en: "kubectl-safe: internal error{place}. Nothing was run.",
        zh: "kubectl-safe：内部错误{place}。未执行任何命令。",
        ja: "kubectl-safe: 内部エラー{place}。何も実行していません。",
    }
}

// Our own flags and words.
messages! {
    /// A flag.
    unknown_own_flag(name: &str) {
        en: "unknown flag --{name}",
        zh: "未知参数 --{name}",
        ja: "未知のフラグ --{name}",
    }
    /// A flag.
    not_truth(name: &str) {
        en: "--{name} is true or false",
        zh: "--{name} 的值只能是true或false",
        ja: "--{name} の値は true か false です",
    }
    /// A flag.
    needs_value(name: &str) {
        en: "--{name} needs a value: --{name}=TEXT",
        zh: "--{name} 需要一个值：--{name}=TEXT",
        ja: "--{name} には値が必要です: --{name}=TEXT",
    }
    /// A flag.
    no_duration(text: &str) {
        en: "--safe-timeout={text} is no duration",
        zh: "--safe-timeout={text} 不是时长",
        ja: "--safe-timeout={text} は時間の長さではありません",
    }
    /// Two flags that belong together.
    override_without_reason() {
        en: "--safe-override needs --safe-reason=TEXT beside it",
        zh: "--safe-override 需要与 --safe-reason=TEXT 一起使用",
        ja: "--safe-override には --safe-reason=TEXT も必要です",
    }
    /// Two flags that belong together.
    reason_without_override() {
        en: "--safe-reason belongs beside --safe-override=RULE",
        zh: "--safe-reason 需要与 --safe-override=RULE 一起使用",
        ja: "--safe-reason は --safe-override=RULE と一緒に使います",
    }
    /// A word of our own commands.
    unexpected_word(command: &str, word: &str) {
        en: "{command} does not take \"{word}\"",
        zh: "{command} 不接受 \"{word}\"",
        ja: "{command} は \"{word}\" を受け付けません",
    }
    /// A value of our own commands.
    wrong_value(command: &str, flag: &str, value: &str) {
        en: "{command}: \"{value}\" is no value for {flag}",
        zh: "{command}：\"{value}\" 不是 {flag} 的有效值",
        ja: "{command}: \"{value}\" は {flag} の値として使えません",
    }
    /// A value of our own commands.
    missing_value(command: &str, flag: &str) {
        en: "{command}: {flag} needs a value, once",
        zh: "{command}：{flag} 需要且只能有一个值",
        ja: "{command}: {flag} には値が 1 つだけ必要です",
    }
    /// `risks ID`.
    no_such_rule(id: &str) {
        en: "no rule and no row is named \"{id}\"",
        zh: "没有名为 \"{id}\" 的规则或条目",
        ja: "\"{id}\" という名前のルールや項目はありません",
    }
}

// Snapshots.
messages! {
    /// A file.
    no_snapshot(path: &str, why: &str) {
        en: "the snapshot {path}: {why}",
        zh: "快照 {path}：{why}",
        ja: "スナップショット {path}: {why}",
    }
    /// The parser's words.
    snapshot_not_yaml(said: &str) {
        en: "it is not YAML: {said}",
        zh: "不是YAML：{said}",
        ja: "YAML ではありません: {said}",
    }
    /// A document.
    not_an_object(document: usize) {
        en: "document {document} is not a Kubernetes object",
        zh: "第{document}个文档不是Kubernetes对象",
        ja: "{document} 番目のドキュメントは Kubernetes オブジェクトではありません",
    }
    /// A document.
    incomplete_object(document: usize, key: &str, name: &str) {
        en: "document {document} has an object without {key} ({name})",
        zh: "第{document}个文档中有一个对象缺少 {key}（{name}）",
        ja: "{document} 番目のドキュメントに {key} のないオブジェクトがあります ({name})",
    }
    /// A key of our own.
    snapshot_version() {
        en: "serverVersion must be like \"1.25\"",
        zh: "serverVersion 的格式应为 \"1.25\"",
        ja: "serverVersion は \"1.25\" のように書きます",
    }
    /// A key of our own.
    snapshot_unreadable() {
        en: "unreadable must be a list of resources, such as [secrets, nodes]",
        zh: "unreadable 必须是资源列表，例如 [secrets, nodes]",
        ja: "unreadable は [secrets, nodes] のようなリソースのリストです",
    }
}

// kubectl and the system.
messages! {
    /// The `PATH`.
    no_kubectl() {
        en: "no kubectl was found on the PATH",
        zh: "在PATH中未找到kubectl",
        ja: "PATH に kubectl が見つかりません",
    }
    /// The `PATH`.
    only_ourselves(path: &str) {
        en: "the only kubectl on the PATH, {path}, is kubectl-safe itself",
        zh: "PATH中唯一的kubectl（{path}）就是kubectl-safe本身",
        ja: "PATH にある唯一の kubectl ({path}) は kubectl-safe 自身です",
    }
    /// The programs of the rounds, with arrows.
    kubectl_loops(programs: &str) {
        en: "what was found as kubectl leads back to kubectl-safe, again and again: {programs}",
        zh: "找到的kubectl又反复回到kubectl-safe：{programs}",
        ja: "kubectl として見つかったプログラムが kubectl-safe に戻り続けています: {programs}",
    }
    /// A variable.
    not_executable(variable: &str, path: &str) {
        en: "{variable} names {path}, which is no executable file",
        zh: "{variable} 指定的 {path} 不是可执行文件",
        ja: "{variable} が指す {path} は実行可能ファイルではありません",
    }
    /// A variable.
    names_ourselves(variable: &str, path: &str) {
        en: "{variable} names {path}, which is kubectl-safe itself",
        zh: "{variable} 指定的 {path} 就是kubectl-safe本身",
        ja: "{variable} が指す {path} は kubectl-safe 自身です",
    }
    /// Standard input.
    stdin_lost(why: &str) {
        en: "standard input could not be given to kubectl: {why}",
        zh: "无法将标准输入交给kubectl：{why}",
        ja: "標準入力を kubectl に渡せませんでした: {why}",
    }
    /// A file that is written all the time.
    input_changes(path: &str) {
        en: "{path} changes again and again while it is looked at; nothing was run",
        zh: "{path} 在检查期间不断变化；未执行任何操作",
        ja: "{path} は確認している間に何度も変わりました。何も実行していません",
    }
    /// The runtime.
    no_runtime(why: &str) {
        en: "the look at the cluster could not be started: {why}",
        zh: "无法开始查看集群：{why}",
        ja: "クラスターの確認を開始できませんでした: {why}",
    }
    /// Standard output.
    stdout_failed(why: &str) {
        en: "standard output: {why}",
        zh: "标准输出：{why}",
        ja: "標準出力: {why}",
    }
    /// The demo.
    demo_broken(why: &str) {
        en: "the built-in demo is broken: {why}",
        zh: "内置演示已损坏：{why}",
        ja: "内蔵のデモが壊れています: {why}",
    }
    /// The rules.
    rules_unprinted(why: &str) {
        en: "the rules cannot be printed: {why}",
        zh: "无法输出规则：{why}",
        ja: "ルールを出力できません: {why}",
    }
}

// What to do next.
messages! {
    /// After an unknown flag.
    see_own_help() {
        en: "kubectl safe --safe-help lists the flags of kubectl-safe",
        zh: "kubectl safe --safe-help 列出kubectl-safe的参数",
        ja: "kubectl-safe のフラグは kubectl safe --safe-help で確認できます",
    }
    /// After a wrong word.
    see_help_of(command: &str) {
        en: "kubectl safe {command} --help explains it",
        zh: "用法请见 kubectl safe {command} --help",
        ja: "使い方は kubectl safe {command} --help で確認できます",
    }
    /// After a wrong duration.
    write_seconds() {
        en: "Write seconds, such as --safe-timeout=10s, up to 10m",
        zh: "请以秒为单位填写，例如 --safe-timeout=10s，最长10m",
        ja: "--safe-timeout=10s のように秒数で指定してください (最長 10m)",
    }
    /// After an unknown rule.
    see_risks() {
        en: "kubectl safe risks lists them",
        zh: "kubectl safe risks 可列出全部",
        ja: "一覧は kubectl safe risks で確認できます",
    }
    /// Where there is no kubectl.
    install_kubectl(variable: &str) {
        en: "Install kubectl, or name it: {variable}=/path/to/kubectl",
        zh: "请安装kubectl，或指定其路径：{variable}=/path/to/kubectl",
        ja: "kubectl をインストールするか、パスを指定してください: {variable}=/path/to/kubectl",
    }
    /// Where a variable is wrong.
    set_variable(variable: &str) {
        en: "Set {variable} to the path of the real kubectl, or unset it",
        zh: "请将 {variable} 设置为真正的kubectl的路径，或取消该变量",
        ja: "{variable} に本物の kubectl のパスを設定するか、解除してください",
    }
}

// The help of our own commands.
messages! {
    /// Before a command's form.
    usage(form: &str) {
        en: "Usage: {form}",
        zh: "用法：{form}",
        ja: "使用法: {form}",
    }
    /// Above arguments.
    arguments() {
        en: "Arguments:",
        zh: "参数：",
        ja: "引数:",
    }
    /// Above flags.
    options() {
        en: "Options:",
        zh: "选项：",
        ja: "オプション:",
    }
    /// `--help`.
    help_of_help() {
        en: "print this help",
        zh: "显示此帮助",
        ja: "このヘルプを表示する",
    }
    /// `-o`.
    help_of_output() {
        en: "text (default), json or yaml",
        zh: "text（默认）、json或yaml",
        ja: "text (既定)、json、yaml のいずれか",
    }
    /// `plan`.
    about_plan() {
        en: "Shows what a kubectl command would change and what speaks against it; runs nothing",
        zh: "显示kubectl命令会更改什么、有何风险；不执行任何命令",
        ja: "kubectl コマンドが何を変更し、何が問題になるかを表示する。何も実行しない",
    }
    /// `plan --snapshot`.
    help_of_snapshot() {
        en: "judge against a file of objects, as `kubectl get -o yaml` prints them, instead of a cluster",
        zh: "不读取集群，而是根据一个对象文件（`kubectl get -o yaml` 的输出）判断",
        ja: "クラスターの代わりに、オブジェクトのファイル (`kubectl get -o yaml` の出力) で判定する",
    }
    /// Below the help of `plan`.
    exit_codes_of_plan() {
        en: "Exit codes: 0 nothing speaks against it, 75 something could not be read, 77 the command would be asked for or refused",
        zh: "退出码：0 没有风险，75 有内容无法读取，77 命令会被询问或拒绝",
        ja: "終了コード: 0 問題なし、75 読み取れないものがある、77 確認または拒否の対象になる",
    }
    /// `demo`.
    about_demo() {
        en: "Shows the questions on an embedded cluster: needs no cluster, kubectl or credentials",
        zh: "在内置的集群上展示各种提问：不需要集群、kubectl和凭证",
        ja: "内蔵のクラスターで確認画面を見せる。クラスター、kubectl、認証情報は不要",
    }
    /// `risks`.
    about_risks() {
        en: "Lists the risk table, or explains one rule",
        zh: "列出风险表，或说明一条规则",
        ja: "リスク表を一覧表示するか、1 件のルールを説明する",
    }
    /// `risks ID`.
    help_of_id() {
        en: "a rule's id, or a row such as P2",
        zh: "规则的ID，或条目，例如P2",
        ja: "ルールの ID、または P2 のような項目",
    }
    /// `--safe-help`.
    own_help() {
        en: "\
kubectl-safe looks at the live cluster before a kubectl command changes it, and asks, redirects or refuses where that is dangerous.
Everything else runs as if it were not there.

Usage:
  kubectl safe KUBECTL-WORDS...        run a kubectl command, guarded
  kubectl safe plan [--] WORDS...      show what a command would change and what speaks against it; run nothing
  kubectl safe risks [ID]              list the risk table, or explain one rule
  kubectl safe demo                    show the questions without a cluster

Flags, anywhere before --:
  --safe-yes                consent to a y/N question
  --safe-confirm=TEXT       consent to a question that asks for TEXT to be typed
  --safe-override=RULE      override a redirect or refusal of RULE, with
  --safe-reason=TEXT        the reason why
  --safe-timeout=10s        how long the look at the cluster may take
  --safe-help               this text

Environment:
  KUBECTL_SAFE_KUBECTL      path of the real kubectl
  KUBECTL_SAFE_LANG         en, zh or ja
  KUBECTL_SAFE_ASK_PLUGINS  kubectl plugins to ask about before they run: foo,foo bar or *

Exit codes: kubectl's own when kubectl ran; 64 wrong flags, 69 no kubectl, 70 kubectl-safe failed, 75 something could not be read,
77 refused or not confirmed, 130 interrupted
",
        zh: "\
kubectl-safe在kubectl命令更改集群之前查看集群的实际状态，并在有风险时询问、给出正确做法或拒绝。
其他命令照常执行，与没有kubectl-safe时一样。

用法：
  kubectl safe KUBECTL-WORDS...        在防护下执行kubectl命令
  kubectl safe plan [--] WORDS...      显示命令会更改什么、有何风险；不执行任何命令
  kubectl safe risks [ID]              列出风险表，或说明一条规则
  kubectl safe demo                    无需集群，展示各种提问

选项（可位于 -- 之前的任何位置）：
  --safe-yes                同意 y/N 提问
  --safe-confirm=TEXT       同意要求输入 TEXT 的提问
  --safe-override=RULE      强制执行被规则 RULE 拒绝或改道的命令，需同时填写
  --safe-reason=TEXT        原因
  --safe-timeout=10s        查看集群的最长时间
  --safe-help               显示此帮助

环境变量：
  KUBECTL_SAFE_KUBECTL      真正的kubectl的路径
  KUBECTL_SAFE_LANG         en、zh或ja
  KUBECTL_SAFE_ASK_PLUGINS  运行前要求确认的kubectl插件：foo,foo bar 或 *

退出码：执行了kubectl时为kubectl的退出码；64 参数错误，69 没有kubectl，70 kubectl-safe出错，75 有内容无法读取，
77 被拒绝或未确认，130 被中断
",
        ja: "\
kubectl-safe は、kubectl コマンドがクラスターを変更する前に実際の状態を確認し、危険な場合は確認を求めるか、正しい方法を示すか、拒否します。
それ以外のコマンドは、kubectl-safe がないときと同じように実行されます。

使用法:
  kubectl safe KUBECTL-WORDS...        kubectl コマンドを保護付きで実行する
  kubectl safe plan [--] WORDS...      コマンドが何を変更し、何が問題になるかを表示する。何も実行しない
  kubectl safe risks [ID]              リスク表を一覧表示するか、1 件のルールを説明する
  kubectl safe demo                    クラスターなしで確認画面を見せる

オプション (-- より前ならどこでも可):
  --safe-yes                y/N の確認に同意する
  --safe-confirm=TEXT       TEXT の入力を求める確認に同意する
  --safe-override=RULE      RULE が拒否または別の方法を示すコマンドを強制実行する
  --safe-reason=TEXT        その理由
  --safe-timeout=10s        クラスターの確認にかける時間の上限
  --safe-help               このヘルプ

環境変数:
  KUBECTL_SAFE_KUBECTL      本物の kubectl のパス
  KUBECTL_SAFE_LANG         en、zh、ja のいずれか
  KUBECTL_SAFE_ASK_PLUGINS  実行前に確認する kubectl プラグイン: foo,foo bar または *

終了コード: kubectl を実行した場合は kubectl のもの。64 フラグの誤り、69 kubectl がない、70 kubectl-safe の失敗、75 読み取れないものがある、
77 拒否または未確認、130 中断
",
    }
}
