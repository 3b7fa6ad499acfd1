//! All of a kubeconfig that decides where a command goes and as whom, in one form.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kubectl_safe::cluster::kubeconfig::{Cluster, Context, Exec, Kubeconfig, User};
use serde_json::{Map, Value, json};

/// As we read it.
pub fn of(config: &Kubeconfig) -> Value {
    let clusters = config
        .clusters
        .iter()
        .map(|(name, cluster)| (name.clone(), our_cluster(cluster)));
    let users = config
        .users
        .iter()
        .map(|(name, user)| (name.clone(), our_user(user)));
    let contexts = config
        .contexts
        .iter()
        .map(|(name, context)| (name.clone(), our_context(context)));
    tidy(json!({
        "current": config.current_context,
        "clusters": clusters.collect::<Map<_, _>>(),
        "users": users.collect::<Map<_, _>>(),
        "contexts": contexts.collect::<Map<_, _>>(),
    }))
}

/// As `kubectl config view --raw -o json` says it.
pub fn of_kubectl(config: &Value) -> Value {
    let named = |list: &str, key: &str, read: fn(&Value) -> Value| {
        let entries = config[list].as_array().into_iter().flatten();
        let entries = entries.map(|entry| {
            (
                entry["name"].as_str().unwrap_or_default().to_owned(),
                read(&entry[key]),
            )
        });
        entries.collect::<Map<_, _>>()
    };
    tidy(json!({
        "current": config["current-context"],
        "clusters": named("clusters", "cluster", |cluster| pick(cluster, &[
            "server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify",
            "tls-server-name", "proxy-url", "disable-compression",
        ])),
        "users": named("users", "user", their_user),
        "contexts": named("contexts", "context", |context| pick(context, &["cluster", "user", "namespace"])),
    }))
}

fn our_cluster(cluster: &Cluster) -> Value {
    json!({
        "server": cluster.server,
        "certificate-authority": cluster.certificate_authority,
        "certificate-authority-data": data(&cluster.certificate_authority_data),
        "insecure-skip-tls-verify": cluster.insecure_skip_tls_verify,
        "tls-server-name": cluster.tls_server_name,
        "proxy-url": cluster.proxy_url,
        "disable-compression": cluster.disable_compression,
    })
}

fn our_user(user: &User) -> Value {
    json!({
        "client-certificate": user.client_certificate,
        "client-certificate-data": data(&user.client_certificate_data),
        "client-key": user.client_key,
        "client-key-data": data(&user.client_key_data),
        "token": user.token,
        "tokenFile": user.token_file,
        "as": user.act_as,
        "as-uid": user.act_as_uid,
        "as-groups": user.act_as_groups,
        "as-user-extra": user.act_as_user_extra,
        "username": user.username,
        "password": user.password,
        "auth-provider": user.auth_provider.as_ref().map(|provider| pick(provider, &["name"])),
        "exec": user.exec.as_ref().map(our_exec),
    })
}

fn our_exec(exec: &Exec) -> Value {
    let env = exec
        .env
        .iter()
        .map(|variable| json!([variable.name, variable.value]));
    // kubectl fills in what is not said.
    let mode = match (exec.interactive_mode.as_str(), exec.api_version.as_str()) {
        ("", version) if version.contains("/v1alpha1") || version.contains("/v1beta1") => {
            "IfAvailable"
        }
        (mode, _) => mode,
    };
    json!({
        "command": exec.command,
        "args": exec.args,
        "env": env.collect::<Vec<_>>(),
        "apiVersion": exec.api_version,
        "provideClusterInfo": exec.provide_cluster_info,
        "interactiveMode": mode,
    })
}

fn our_context(context: &Context) -> Value {
    json!({"cluster": context.cluster, "user": context.user, "namespace": context.namespace})
}

fn their_user(user: &Value) -> Value {
    let mut seen = pick(
        user,
        &[
            "client-certificate",
            "client-certificate-data",
            "client-key",
            "client-key-data",
            "token",
            "tokenFile",
            "as",
            "as-uid",
            "as-groups",
            "as-user-extra",
            "username",
            "password",
        ],
    );
    seen["auth-provider"] = match &user["auth-provider"] {
        Value::Null => Value::Null,
        provider => pick(provider, &["name"]),
    };
    if let Value::Object(exec) = &user["exec"] {
        let env = exec
            .get("env")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let env = env.map(|variable| json!([variable["name"], variable["value"]]));
        let exec = Value::Object(exec.clone());
        seen["exec"] = pick(
            &exec,
            &[
                "command",
                "args",
                "apiVersion",
                "provideClusterInfo",
                "interactiveMode",
            ],
        );
        seen["exec"]["env"] = env.collect();
    }
    seen
}

fn pick(value: &Value, keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| ((*key).to_owned(), value[*key].clone()))
        .collect::<Map<_, _>>()
        .into()
}

/// kubectl writes data anew; what is no base64 it does not read at all.
fn data(text: &str) -> String {
    let dense: String = text.split_whitespace().collect();
    BASE64
        .decode(dense)
        .map_or_else(|_| text.to_owned(), |bytes| BASE64.encode(bytes))
}

/// Without what is the same as nothing, in any order; an entry is one without keys, too.
fn tidy(value: Value) -> Value {
    clean(value, 0)
}

fn clean(value: Value, depth: usize) -> Value {
    let Value::Object(map) = value else {
        return value;
    };
    let cleaned: BTreeMap<_, _> = map
        .into_iter()
        .map(|(key, value)| (key, clean(value, depth + 1)))
        // `exec: {}` is a plugin, without a command.
        .filter(|(key, value)| {
            depth < 2 || key == "exec" && value.is_object() || !is_nothing(value)
        })
        .collect();
    cleaned.into_iter().collect::<Map<_, _>>().into()
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}
