//! kubectl's connection flags, as an invocation has them.

use super::destination::Connection;
use crate::kubectl::invocation::Invocation;

impl From<&Invocation> for Connection {
    /// A flag of the verb's own hides the one of the connection: `--user` of `set subject` is a subject.
    fn from(invocation: &Invocation) -> Self {
        let text = |flag: &str| invocation.global_text(flag).unwrap_or_default().to_owned();
        Self {
            kubeconfig: text("kubeconfig"),
            context: text("context"),
            cluster: text("cluster"),
            user: text("user"),
            namespace: text("namespace"),
            server: text("server"),
            token: text("token"),
            username: text("username"),
            password: text("password"),
            certificate_authority: text("certificate-authority"),
            client_certificate: text("client-certificate"),
            client_key: text("client-key"),
            insecure_skip_tls_verify: invocation.truth("insecure-skip-tls-verify"),
            tls_server_name: text("tls-server-name"),
            proxy_url: text("proxy-url"),
            request_timeout: text("request-timeout"),
            act_as: text("as"),
            act_as_uid: text("as-uid"),
            act_as_groups: invocation.list("as-group").to_vec(),
            act_as_user_extra: invocation.list("as-user-extra").to_vec(),
            disable_compression: invocation.truth("disable-compression"),
        }
    }
}
