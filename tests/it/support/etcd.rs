//! Remembering and putting back what a control plane stores, below the API server: objects come back byte
//! for byte, with the same uid, which no request to the API could do.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Everything that the API server stores: from the prefix to the first key after it.
const REGISTRY: (&str, &str) = ("/registry/", "/registry0");
/// What the servers write on their own, again and again.
const RESTLESS: [&str; 4] = [
    "/registry/events/",
    "/registry/leases/",
    "/registry/masterleases/",
    "/registry/peerserverleases/",
];

/// The stored objects at one moment.
#[derive(Debug)]
pub struct Frozen(BTreeMap<Key, Stored>);

/// Base64, as etcd's gateway wants it.
type Key = String;

#[derive(Debug)]
struct Stored {
    value: String,
    mod_revision: String,
}

#[derive(Debug, Deserialize)]
struct RangeResponse {
    #[serde(default)]
    kvs: Vec<KeyValue>,
}

#[derive(Debug, Deserialize)]
struct KeyValue {
    key: Key,
    mod_revision: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Deserialize)]
struct TxnResponse {
    header: ResponseHeader,
}

#[derive(Debug, Deserialize)]
struct ResponseHeader {
    revision: String,
}

/// An etcd server behind its JSON gateway on a Unix socket.
#[derive(Debug)]
pub struct Etcd {
    socket: PathBuf,
}

impl Etcd {
    pub fn new(socket: PathBuf) -> Self {
        Self { socket }
    }

    pub fn freeze(&self) -> Frozen {
        let stored = |kv: KeyValue| {
            (
                kv.key,
                Stored {
                    value: kv.value,
                    mod_revision: kv.mod_revision,
                },
            )
        };
        Frozen(self.range(false).map(stored).collect())
    }

    /// Whether everything is as it was.
    pub fn is_as(&self, frozen: &Frozen) -> bool {
        let now = self.revisions();
        now.len() == frozen.0.len()
            && frozen
                .0
                .iter()
                .all(|(key, stored)| now.get(key) == Some(&stored.mod_revision))
    }

    pub fn thaw(&self, frozen: &mut Frozen) {
        let now = self.revisions();
        let added = now.keys().filter(|key| !frozen.0.contains_key(*key));
        let mut requests: Vec<Value> = added
            .map(|key| json!({"requestDeleteRange": {"key": key}}))
            .collect();
        let mut changed = Vec::new();
        for (key, stored) in &mut frozen.0 {
            if now.get(key) != Some(&stored.mod_revision) {
                requests.push(json!({"requestPut": {"key": key, "value": stored.value}}));
                changed.push(stored);
            }
        }
        let done: TxnResponse = self.call("/v3/kv/txn", &json!({"success": requests}));
        for stored in changed {
            stored.mod_revision.clone_from(&done.header.revision);
        }
    }

    /// Stores an object that the API server of today would not take from anybody, but reads: `KIND/NAME` below its registry.
    pub fn store(&self, path: &str, object: &Value) {
        let key = BASE64.encode(format!("{}{path}", REGISTRY.0));
        let value = BASE64.encode(object.to_string());
        let _: Value = self.call("/v3/kv/put", &json!({"key": key, "value": value}));
    }

    fn revisions(&self) -> BTreeMap<Key, String> {
        self.range(true)
            .map(|kv| (kv.key, kv.mod_revision))
            .collect()
    }

    fn range(&self, keys_only: bool) -> impl Iterator<Item = KeyValue> {
        let (from, to) = REGISTRY;
        let query = json!({"key": BASE64.encode(from), "range_end": BASE64.encode(to), "keys_only": keys_only});
        let response: RangeResponse = self.call("/v3/kv/range", &query);
        response.kvs.into_iter().filter(|kv| {
            let key = BASE64.decode(&kv.key).expect("etcd writes keys in base64");
            !RESTLESS
                .iter()
                .any(|prefix| key.starts_with(prefix.as_bytes()))
        })
    }

    fn call<T: DeserializeOwned>(&self, path: &str, body: &Value) -> T {
        let answer = self
            .post(path, &body.to_string())
            .expect("etcd answers on its socket");
        serde_json::from_str(&answer)
            .unwrap_or_else(|e| panic!("etcd answered {path} with {answer}: {e}"))
    }

    fn post(&self, path: &str, body: &str) -> io::Result<String> {
        let mut stream = UnixStream::connect(&self.socket)?;
        // HTTP/1.0: the body ends with the connection, never in chunks.
        write!(
            stream,
            "POST {path} HTTP/1.0\r\nHost: etcd\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer
            .split_once("\r\n\r\n")
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(body.to_owned())
    }
}
