use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;

const CONFIG: &str = r#"
current-context: main
clusters:
- name: c
  cluster: {server: "https://api.example:6443", certificate-authority: ca.pem, tls-server-name: kubernetes}
- name: d
  cluster: {server: "https://other.example/prefix/", proxy-url: "http://hop:3128"}
- name: plain
  cluster: {server: "http://plain.example:8001"}
users:
- name: token
  user: {token: from-config}
- name: certificate
  user: {client-certificate: client.pem, client-key: client.key}
- name: plugin
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Never}}
- name: password
  user: {username: name, password: secret}
- name: file
  user: {tokenFile: token, as: someone, as-groups: [a, b]}
contexts:
- {name: main, context: {cluster: c, user: token, namespace: team}}
- {name: bare, context: {cluster: d, user: certificate}}
- {name: adrift, context: {cluster: missing, user: missing}}
"#;

/// A folder with that kubeconfig and its files, and nothing else in the environment.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a temporary folder"));
        home.write("config", CONFIG);
        home.write("ca.pem", include_str!("../testdata/ack-ca.pem"));
        home.write("client.pem", include_str!("../testdata/ack-client.pem"));
        home.write("client.key", "a key");
        home.write("token", "from-file\n");
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file in the folder")).expect("a folder");
        fs::write(&path, text).expect("a file in the folder");
        path
    }

    fn environment(&self, variables: &[(&str, &str)]) -> Environment {
        let variables: BTreeMap<_, _> = variables.iter().copied().collect();
        let mut environment = Environment::read(|name| match name {
            "KUBECONFIG" => variables.get(name).map_or_else(
                || Some(self.path("config").into()),
                |value| Some(value.into()),
            ),
            name => variables.get(name).map(Into::into),
        });
        environment.service_account = self.path("serviceaccount");
        environment
    }

    fn find(&self, connection: &Connection) -> Result<Destination, DestinationError> {
        Destination::find(connection, &self.environment(&[]), None)
    }

    fn found(&self, connection: &Connection) -> Destination {
        self.find(connection).unwrap_or_else(|why| panic!("{why}"))
    }

    fn stops(&self, connection: &Connection) -> String {
        match self.find(connection) {
            Err(DestinationError::KubectlStops(why)) => why,
            Err(other) => panic!("{other}"),
            Ok(found) => panic!("{:?}", found.place),
        }
    }
}

fn place(context: &str, cluster: &str, server: &str, user: &str, namespace: &str) -> Place {
    Place {
        context: context.into(),
        cluster: cluster.into(),
        server: server.into(),
        user: user.into(),
        namespace: namespace.into(),
    }
}

/// What would be sent to say who asks.
fn secret(destination: &Destination) -> Option<String> {
    let auth = serde_json::to_value(&destination.config.auth_info).expect("plain data");
    auth["token"].as_str().map(str::to_owned)
}

#[test]
fn the_current_context_decides() {
    let found = Home::new().found(&Connection::default());
    assert_eq!(
        found.place,
        place("main", "c", "https://api.example:6443", "token", "team")
    );
    assert_eq!(found.server_host(), "api.example");
    assert_eq!(found.config.tls_server_name.as_deref(), Some("kubernetes"));
    assert_eq!(found.authority(), Some("c0123456789abcdef0123456789abcdef"));
    assert_eq!(secret(&found).as_deref(), Some("from-config"));
    assert!(!found.config.default_retry && found.config.connect_timeout == Some(CONNECT_TIMEOUT));
}

#[test]
fn flags_replace_parts_without_changing_the_context() {
    let home = Home::new();
    let found = home.found(&Connection {
        cluster: "d".into(),
        user: "password".into(),
        namespace: "mine".into(),
        ..Connection::default()
    });
    assert_eq!(
        found.place,
        place(
            "main",
            "d",
            "https://other.example/prefix",
            "password",
            "mine"
        )
    );

    let found = home.found(&Connection {
        server: "https://elsewhere:1".into(),
        ..Connection::default()
    });
    assert_eq!(found.place.server, "https://elsewhere:1");
    // It was the name of the server in the file.
    assert_eq!(found.config.tls_server_name, None);

    let found = home.found(&Connection {
        context: "bare".into(),
        act_as: "boss".into(),
        ..Connection::default()
    });
    assert_eq!(
        found.place,
        place(
            "bare",
            "d",
            "https://other.example/prefix",
            "boss",
            "default"
        )
    );
    assert_eq!(found.authority(), Some("c0123456789abcdef0123456789abcdef"));
}

#[test]
fn names_in_flags_must_exist_and_names_in_contexts_need_not() {
    let home = Home::new();
    for connection in [
        Connection {
            context: "nope".into(),
            ..Connection::default()
        },
        Connection {
            cluster: "nope".into(),
            ..Connection::default()
        },
        Connection {
            user: "nope".into(),
            ..Connection::default()
        },
        Connection {
            kubeconfig: home.path("nope").display().to_string(),
            ..Connection::default()
        },
    ] {
        assert!(home.stops(&connection).contains("nope"));
    }
    let found = home.found(&Connection {
        context: "adrift".into(),
        ..Connection::default()
    });
    assert_eq!(
        found.place,
        place(
            "adrift",
            "missing",
            "http://localhost:8080",
            "missing",
            "default"
        )
    );
}

#[test]
fn a_token_file_goes_before_a_written_token() {
    let home = Home::new();
    let mut connection = Connection {
        user: "file".into(),
        ..Connection::default()
    };
    assert_eq!(
        secret(&home.found(&connection)).as_deref(),
        Some("from-file")
    );
    connection.token = "from-flag".into();
    assert_eq!(
        secret(&home.found(&connection)).as_deref(),
        Some("from-file")
    );
    home.write("token", "\n");
    assert_eq!(
        secret(&home.found(&connection)).as_deref(),
        Some("from-flag")
    );
    fs::remove_file(home.path("token")).expect("it is there");
    assert_eq!(
        secret(&home.found(&connection)).as_deref(),
        Some("from-flag")
    );
    connection.token.clear();
    assert!(home.stops(&connection).contains("token file"));
}

#[test]
fn a_plugin_is_for_those_without_other_credentials() {
    let home = Home::new();
    let with = |connection: Connection| {
        home.found(&Connection {
            user: "plugin".into(),
            ..connection
        })
        .plugin()
        .is_some()
    };
    assert!(with(Connection::default()));
    assert!(!with(Connection {
        token: "t".into(),
        ..Connection::default()
    }));
    assert!(!with(Connection {
        username: "n".into(),
        ..Connection::default()
    }));
    assert!(!with(Connection {
        server: "http://plain:80".into(),
        ..Connection::default()
    }));
    let (client_certificate, client_key) = (
        home.path("client.pem").display().to_string(),
        home.path("client.key").display().to_string(),
    );
    assert!(!with(Connection {
        client_certificate,
        client_key,
        ..Connection::default()
    }));
}

#[test]
fn credentials_go_over_tls_only_but_the_person_stays_the_same() {
    let home = Home::new();
    let found = home.found(&Connection {
        cluster: "plain".into(),
        act_as: "boss".into(),
        act_as_groups: vec!["g".into()],
        act_as_user_extra: vec!["scope=a".into(), "scope=b=c".into(), "nothing".into()],
        ..Connection::default()
    });
    assert_eq!(secret(&found), None);
    let auth = &found.config.auth_info;
    assert_eq!(auth.impersonate.as_deref(), Some("boss"));
    assert_eq!(
        auth.impersonate_groups.as_deref(),
        Some(&["g".to_owned()][..])
    );
    let extra = auth.impersonate_user_extra.as_ref().expect("given");
    assert_eq!(extra["scope"], ["a", "b=c"]);
    assert_eq!(extra.len(), 1);

    let groups_alone = Connection {
        act_as_groups: vec!["g".into()],
        ..Connection::default()
    };
    assert!(home.stops(&groups_alone).contains("to act as, but no user"));
}

#[test]
fn contradictions_stop_kubectl() {
    let home = Home::new();
    let both = Connection {
        username: "n".into(),
        ..Connection::default()
    };
    assert!(home.stops(&both).contains("token and a password"));
    let keyless = Connection {
        client_certificate: home.path("client.pem").display().to_string(),
        ..Connection::default()
    };
    assert!(home.stops(&keyless).contains("without its key"));
    let no_file = Connection {
        certificate_authority: "/no/such/ca".into(),
        ..Connection::default()
    };
    assert!(home.stops(&no_file).contains("/no/such/ca"));

    let insecure = Connection {
        insecure_skip_tls_verify: true,
        ..Connection::default()
    };
    let found = home.found(&insecure);
    assert!(
        found.config.accept_invalid_certs,
        "the flag drops the file's authority"
    );
    let with_authority = Connection {
        certificate_authority: home.path("ca.pem").display().to_string(),
        ..insecure
    };
    assert!(
        home.stops(&with_authority)
            .contains("insecure-skip-tls-verify")
    );
}

#[test]
fn what_is_no_server_is_not_followed() {
    let home = Home::new();
    let server = |server: &str| {
        home.find(&Connection {
            server: server.into(),
            ..Connection::default()
        })
    };
    assert_eq!(
        server("host:8001").expect("a host and a port").place.server,
        "http://host:8001"
    );
    for wrong in [
        "ftp://host",
        "https://name:secret@host",
        "https://host?x=y",
        "https://",
    ] {
        match server(wrong) {
            Err(DestinationError::Unusable(why)) => assert!(!why.to_string().contains("secret")),
            _ => panic!("{wrong}"),
        }
    }
}

#[test]
fn the_kubeconfigs_proxy_goes_before_the_environments() {
    let home = Home::new();
    let proxy = |cluster: &str, none: &str| {
        let variables = [("https_proxy", "envhop:3128"), ("NO_PROXY", none)];
        let connection = Connection {
            cluster: cluster.into(),
            ..Connection::default()
        };
        Destination::find(&connection, &home.environment(&variables), None)
            .unwrap_or_else(|why| panic!("{why}"))
            .config
            .proxy_url
            .map(|proxy| proxy.to_string())
    };
    assert_eq!(proxy("c", "envhop").as_deref(), Some("http://envhop:3128/"));
    assert_eq!(proxy("c", ".example"), None);
    assert_eq!(proxy("d", ".example").as_deref(), Some("http://hop:3128/"));
}

#[test]
fn without_a_kubeconfig_the_default_server_or_the_pods_own() {
    let home = Home::new();
    let find = |connection: &Connection, more: &[(&str, &str)]| {
        let mut variables = vec![("KUBECONFIG", "/no/such/file")];
        variables.extend_from_slice(more);
        Destination::find(connection, &home.environment(&variables), None)
            .unwrap_or_else(|why| panic!("{why}"))
    };
    let nothing = Connection::default();
    assert_eq!(
        find(&nothing, &[]).place,
        place("", "", "http://localhost:8080", "", "default")
    );
    let master = [("KUBERNETES_MASTER", "https://master:6443")];
    let known = Connection {
        token: "t".into(),
        ..Connection::default()
    };
    assert_eq!(find(&known, &master).place.server, "https://master:6443");

    home.write("serviceaccount/token", "pod-token\n");
    home.write(
        "serviceaccount/ca.crt",
        include_str!("../testdata/ack-ca.pem"),
    );
    home.write("serviceaccount/namespace", "podspace\n");
    let pod = [
        ("KUBERNETES_SERVICE_HOST", "fd00::1"),
        ("KUBERNETES_SERVICE_PORT", "443"),
    ];
    let found = find(&nothing, &pod);
    assert_eq!(
        found.place,
        place("", "", "https://[fd00::1]:443", "", "podspace")
    );
    assert_eq!(
        (found.server_host(), secret(&found).as_deref()),
        ("fd00::1", Some("pod-token"))
    );
    let flag = find(
        &Connection {
            token: "mine".into(),
            namespace: "n".into(),
            ..Connection::default()
        },
        &pod,
    );
    assert_eq!(
        (secret(&flag).as_deref(), flag.place.namespace.as_str()),
        (Some("mine"), "n")
    );
    // With any other wish the configuration is not the default one, and the pod's own is not looked at.
    let hurried = find(
        &Connection {
            request_timeout: "5s".into(),
            ..Connection::default()
        },
        &pod,
    );
    assert_eq!(hurried.place.server, "http://localhost:8080");
}

#[test]
fn in_a_pod_only_an_explicit_namespace_of_the_context_counts() {
    let home = Home::new();
    home.write("serviceaccount/token", "pod-token");
    let pod = [
        ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
        ("KUBERNETES_SERVICE_PORT", "443"),
        ("POD_NAMESPACE", "podspace"),
    ];
    let namespace = |context: &str| {
        let connection = Connection {
            context: context.into(),
            ..Connection::default()
        };
        let found = Destination::find(&connection, &home.environment(&pod), None)
            .unwrap_or_else(|why| panic!("{why}"));
        (found.place.server, found.place.namespace)
    };
    assert_eq!(
        namespace("main"),
        ("https://api.example:6443".into(), "team".into())
    );
    assert_eq!(
        namespace("bare"),
        ("https://other.example/prefix".into(), "podspace".into())
    );
}

#[test]
fn the_home_folder_is_the_last_resort() {
    let home = Home::new();
    home.write(".kube/config", CONFIG);
    let folder = home.path("").display().to_string();
    let found = Destination::find(
        &Connection::default(),
        &home.environment(&[("KUBECONFIG", ""), ("HOME", &folder)]),
        None,
    );
    // Its files stand in another folder than this copy of the kubeconfig.
    match found {
        Err(DestinationError::KubectlStops(why)) => assert!(why.contains(".kube/ca.pem"), "{why}"),
        _ => panic!("the authority was found"),
    }
    assert!(Path::new(&folder).exists());
}

#[test]
fn who_has_no_credentials_is_asked_by_kubectl() {
    let home = Home::new();
    let stranger = Connection {
        context: "adrift".into(),
        server: "https://api.example:6443".into(),
        ..Connection::default()
    };
    match home.find(&stranger) {
        Err(DestinationError::Unusable(why)) => assert_eq!(why, Unusable::NoCredentials),
        _ => panic!("it was found"),
    }
}
