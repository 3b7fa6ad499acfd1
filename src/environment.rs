//! Every environment variable that is read, in one place.

/// Path of the kubectl to run, before everything else.
pub const KUBECTL: &str = "KUBECTL_SAFE_KUBECTL";
/// Set by kubectl 1.37 and later for plugins: its own path. Believed where the file's name begins with `kubectl`.
pub const KUBECTL_PATH: &str = "KUBECTL_PATH";
/// Where programs are looked for.
pub const PATH: &str = "PATH";
/// Set for children that we start to read something (credential plugins, helper runs of kubectl): should one of them reach
/// us again through a PATH shim, it passes through unguarded, once, while we wait for it. The path of a file that we hold
/// locked, see `kubectl/program/pass.rs`. Never set for the kubectl that runs the command.
pub const PASS_THROUGH: &str = "KUBECTL_SAFE_PASS_THROUGH";
/// Set for the kubectl that runs the command: the words and programs of the rounds so far, to end a loop that leads back
/// to us, see `kubectl/program/rounds.rs`.
pub const ROUNDS: &str = "KUBECTL_SAFE_ROUNDS";
/// Plugins of kubectl that are asked about before they run: their names as typed, with commas between them, or `*`.
pub const ASK_PLUGINS: &str = "KUBECTL_SAFE_ASK_PLUGINS";
/// Language of our texts: `en`, `zh` or `ja`; before the locale.
pub const LANGUAGE: &str = "KUBECTL_SAFE_LANG";
/// The locale, strongest first.
pub const LOCALE: [&str; 3] = ["LC_ALL", "LC_MESSAGES", "LANG"];
/// When set and not empty, nothing is coloured.
pub const NO_COLOR: &str = "NO_COLOR";
/// The kubeconfig files, as a path list.
pub const KUBECONFIG: &str = "KUBECONFIG";
/// Base of `~/.kube`.
pub const HOME: &str = "HOME";
/// Default server when the kubeconfig names none.
pub const KUBERNETES_MASTER: &str = "KUBERNETES_MASTER";
/// In-cluster server, host part.
pub const SERVICE_HOST: &str = "KUBERNETES_SERVICE_HOST";
/// In-cluster server, port part.
pub const SERVICE_PORT: &str = "KUBERNETES_SERVICE_PORT";
/// In-cluster namespace.
pub const POD_NAMESPACE: &str = "POD_NAMESPACE";
/// `false` switches kuberc off (kubectl 1.34 and later), `true` on (1.33).
pub const KUBECTL_KUBERC: &str = "KUBECTL_KUBERC";
/// `off`, or the kuberc's path.
pub const KUBERC: &str = "KUBERC";
/// Where kubectl keeps what it learned of servers, from 1.26 or before.
pub const KUBECACHEDIR: &str = "KUBECACHEDIR";
/// What Go's HTTP client reads to choose a proxy; each also in lower case.
pub const PROXY: [&str; 3] = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"];
/// The person's editor, in kubectl's order.
pub const KUBE_EDITOR: &str = "KUBE_EDITOR";
/// See [`KUBE_EDITOR`].
pub const EDITOR: &str = "EDITOR";
/// What kubectl starts an editor with that has spaces and quotes.
pub const SHELL: &str = "SHELL";
/// Set for the kubectl that opens an editor, and for nobody else: the folder of that edit. [`KUBE_EDITOR`] then names the
/// `editor` in this folder, which is this program. Called by any other name we do not look at the variable, so that one left
/// behind in a shell changes nothing; the person's own editor does not inherit it.
pub const EDIT: &str = "KUBECTL_SAFE_EDIT";
