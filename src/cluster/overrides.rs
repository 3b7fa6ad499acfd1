//! What the connection flags make of a kubeconfig.
//!
//! Source: client-go `tools/clientcmd/client_config.go` (`getContext`, `getCluster`, `getAuthInfo`,
//! `ConfirmUsable`) and `validation.go`.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::time::Duration;

use super::destination::values::unread;
use super::destination::{Connection, DestinationError, Unusable};
use super::kubeconfig::{Cluster, Context, Kubeconfig, User};
use crate::kubectl::inputs::{self, NotRead};

/// The parts that count.
pub(super) struct Chosen {
    /// Empty when there is no context.
    pub context_name: String,
    /// Empty when none is named.
    pub cluster_name: String,
    /// Empty when none is named.
    pub user_name: String,
    /// Empty when neither a flag nor the context says one.
    pub namespace: String,
    /// With the flags laid over it.
    pub cluster: Cluster,
    /// With the flags laid over it.
    pub user: User,
}

/// Lays the flags over the kubeconfig, and refuses what kubectl refuses.
pub(super) fn choose(
    connection: &Connection,
    kubeconfig: &Kubeconfig,
    default_server: &str,
) -> Result<Chosen, DestinationError> {
    let context_name = or(&connection.context, &kubeconfig.current_context);
    let context = match kubeconfig.contexts.get(&context_name) {
        Some(context) => context.clone(),
        None if context_name.is_empty() => Context::default(),
        None => {
            return Err(stops(format!(
                "the kubeconfig has no context {context_name:?}"
            )));
        }
    };
    // A name in a flag must exist; a name in a context need not.
    if !connection.cluster.is_empty() && !kubeconfig.clusters.contains_key(&connection.cluster) {
        return Err(stops(format!(
            "the kubeconfig has no cluster {:?}",
            connection.cluster
        )));
    }
    if !connection.user.is_empty() && !kubeconfig.users.contains_key(&connection.user) {
        return Err(stops(format!(
            "the kubeconfig has no user {:?}",
            connection.user
        )));
    }
    let cluster_name = or(&connection.cluster, &context.cluster);
    let user_name = or(&connection.user, &context.user);
    let cluster = kubeconfig
        .clusters
        .get(&cluster_name)
        .cloned()
        .unwrap_or_default();
    let user = kubeconfig
        .users
        .get(&user_name)
        .cloned()
        .unwrap_or_default();

    let cluster = overlay_cluster(cluster, connection, default_server);
    let user = overlay_user(user, connection);
    validate_cluster(&cluster)?;
    validate_user(&user, &user_name)?;
    Ok(Chosen {
        context_name,
        cluster_name,
        user_name,
        namespace: or(&connection.namespace, &context.namespace),
        cluster,
        user,
    })
}

/// `--request-timeout`; nothing for `0` and when it is not given.
pub(super) fn timeout(text: &str) -> Result<Option<Duration>, DestinationError> {
    let seconds = match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) if text.is_empty() => None,
        Err(_) => Some(duration(text).ok_or_else(|| Unusable::Timeout(text.to_owned()))?),
    };
    Ok(seconds.filter(|timeout| !timeout.is_zero()))
}

/// The bearer token: the file's, which is read again and again and so goes before the one that is written down.
pub(super) fn token(user: &User) -> Result<Option<String>, DestinationError> {
    let written = Some(user.token.clone()).filter(|token| !token.is_empty());
    if user.token_file.is_empty() {
        return Ok(written);
    }
    let text = inputs::read(Path::new(&user.token_file)).and_then(|bytes| {
        let not_text = |_| io::Error::from(ErrorKind::InvalidData);
        Ok(String::from_utf8(bytes).map_err(not_text)?)
    });
    match text {
        Ok(text) if !text.trim().is_empty() => Ok(Some(text.trim().to_owned())),
        Err(NotRead::ReadOnce) => Err(unread("token file", &user.token_file, NotRead::ReadOnce)),
        Err(why) if written.is_none() => Err(unread("token file", &user.token_file, why)),
        _ => Ok(written),
    }
}

fn overlay_cluster(mut cluster: Cluster, flags: &Connection, default_server: &str) -> Cluster {
    if cluster.server.is_empty() {
        default_server.clone_into(&mut cluster.server);
    }
    if flags.insecure_skip_tls_verify || !flags.certificate_authority.is_empty() {
        cluster.insecure_skip_tls_verify = flags.insecure_skip_tls_verify;
        cluster
            .certificate_authority
            .clone_from(&flags.certificate_authority);
        cluster.certificate_authority_data.clear();
    }
    // The name belongs to the server it was written for.
    if !flags.server.is_empty() || !flags.tls_server_name.is_empty() {
        cluster.tls_server_name.clone_from(&flags.tls_server_name);
    }
    overlay(&mut cluster.server, &flags.server);
    overlay(&mut cluster.proxy_url, &flags.proxy_url);
    cluster.disable_compression |= flags.disable_compression;
    cluster
}

fn overlay_user(mut user: User, flags: &Connection) -> User {
    if !flags.client_certificate.is_empty() {
        user.client_certificate
            .clone_from(&flags.client_certificate);
        user.client_certificate_data.clear();
    }
    if !flags.client_key.is_empty() {
        user.client_key.clone_from(&flags.client_key);
        user.client_key_data.clear();
    }
    overlay(&mut user.token, &flags.token);
    overlay(&mut user.username, &flags.username);
    overlay(&mut user.password, &flags.password);
    overlay(&mut user.act_as, &flags.act_as);
    overlay(&mut user.act_as_uid, &flags.act_as_uid);
    if !flags.act_as_groups.is_empty() {
        user.act_as_groups.clone_from(&flags.act_as_groups);
    }
    let given: Vec<_> = flags
        .act_as_user_extra
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .collect();
    for (key, _) in &given {
        user.act_as_user_extra.remove(*key);
    }
    for (key, value) in given {
        user.act_as_user_extra
            .entry(key.to_owned())
            .or_default()
            .push(value.to_owned());
    }
    user
}

fn validate_cluster(cluster: &Cluster) -> Result<(), DestinationError> {
    let has_file = !cluster.certificate_authority.is_empty();
    let has_data = !cluster.certificate_authority_data.is_empty();
    if has_file && has_data {
        return Err(stops(
            "the cluster has both certificate-authority and certificate-authority-data",
        ));
    }
    if has_file {
        openable("certificate authority", &cluster.certificate_authority)?;
    }
    if cluster.insecure_skip_tls_verify
        && (has_file || has_data)
        && cluster.server.starts_with("https://")
    {
        return Err(stops(
            "the cluster has both a certificate authority and insecure-skip-tls-verify",
        ));
    }
    Ok(())
}

fn validate_user(user: &User, name: &str) -> Result<(), DestinationError> {
    let has_password = !user.username.is_empty() || !user.password.is_empty();
    if has_password && !user.token.is_empty() {
        return Err(stops(format!(
            "user {name:?} has both a token and a password"
        )));
    }
    let has = |text: &String| !text.is_empty();
    if has(&user.client_certificate) || has(&user.client_certificate_data) {
        if has(&user.client_certificate) && has(&user.client_certificate_data) {
            return Err(stops(format!(
                "user {name:?} has both client-certificate and client-certificate-data"
            )));
        }
        if has(&user.client_key) && has(&user.client_key_data) {
            return Err(stops(format!(
                "user {name:?} has both client-key and client-key-data"
            )));
        }
        if !has(&user.client_key) && !has(&user.client_key_data) {
            return Err(stops(format!(
                "user {name:?} has a client certificate without its key"
            )));
        }
        for (what, file) in [
            ("client certificate", &user.client_certificate),
            ("client key", &user.client_key),
        ] {
            if has(file) {
                openable(what, file)?;
            }
        }
    }
    let acts_as_someone = !user.act_as_uid.is_empty()
        || !user.act_as_groups.is_empty()
        || !user.act_as_user_extra.is_empty();
    if acts_as_someone && user.act_as.is_empty() {
        return Err(stops(format!(
            "user {name:?} has a uid, groups or extras to act as, but no user"
        )));
    }
    if user.exec.is_some() && user.auth_provider.is_some() {
        return Err(stops(format!(
            "user {name:?} has both exec and auth-provider"
        )));
    }
    Ok(())
}

fn openable(what: &str, file: &str) -> Result<(), DestinationError> {
    // Opened only where that takes nothing from kubectl.
    inputs::reserve(Path::new(file))
        .and_then(|_| Ok(File::open(file).map(drop)?))
        .map_err(|why| unread(what, file, why))
}

/// Go's `time.ParseDuration`, for lengths that are not negative.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit);
        let seconds = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3600.0,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(number * seconds).ok()?)?;
        rest = tail;
    }
    Some(total)
}

fn or(flag: &str, own: &str) -> String {
    if flag.is_empty() { own } else { flag }.to_owned()
}

fn overlay(own: &mut String, flag: &str) {
    if !flag.is_empty() {
        flag.clone_into(own);
    }
}

fn stops(why: impl Into<String>) -> DestinationError {
    DestinationError::KubectlStops(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_gos() {
        let parsed = |text: &str| timeout(text).ok();
        assert_eq!(parsed(""), Some(None));
        assert_eq!(parsed("0"), Some(None));
        assert_eq!(parsed("0s"), Some(None));
        assert_eq!(parsed("5"), Some(Some(Duration::from_secs(5))));
        assert_eq!(parsed("1m30s"), Some(Some(Duration::from_secs(90))));
        assert_eq!(parsed("1.5s"), Some(Some(Duration::from_millis(1500))));
        assert_eq!(parsed("250ms"), Some(Some(Duration::from_millis(250))));
        for wrong in ["5 s", "s", "1d", "-1s", "1.2.3s"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }
}
