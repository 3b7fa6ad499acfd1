//! The two ways of a request to a server: our own client, and kubectl where that cannot be set up.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::client::Body;
use kube::{Client, Config};

use super::client;
use crate::cluster::destination::CONNECT_TIMEOUT;
use crate::cluster::kubectl::Kubectl;
use crate::cluster::{Garbled, Unread};
use crate::error::system_words;
use crate::limit::{self, Excess};

/// A run of kubectl takes the place of so many requests in flight: eight at once.
const WEIGHT: u32 = 8;

/// How a request goes.
#[derive(Clone)]
pub(super) enum Transport {
    /// By our own client: fast.
    Own(Client),
    /// By `kubectl get --raw`, a process for each: wherever kubectl goes.
    Kubectl(Kubectl),
}

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// As the header says it; empty without one.
    pub content_type: String,
    /// All of it.
    pub body: Vec<u8>,
}

/// Why there is no answer.
pub(super) struct Failure {
    pub(super) unread: Unread,
    /// Whether TLS failed, which kubectl's may not.
    pub(super) is_tls: bool,
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        Self {
            unread,
            is_tls: false,
        }
    }
}

impl Transport {
    pub(super) fn own(config: Config) -> Result<Self, Unread> {
        client::client(config)
            .map(Self::Own)
            .map_err(|error| Unread::NotSetUp(innermost(&error)))
    }

    /// How many of the requests that may be in flight one of this kind is.
    pub(super) fn slots(&self) -> u32 {
        match self {
            Self::Own(_) => 1,
            Self::Kubectl(_) => WEIGHT,
        }
    }

    /// kubectl ends within `left`; our own client is to be left then.
    pub(super) async fn get(
        &self,
        url: &str,
        accept: &str,
        left: Duration,
    ) -> Result<Response, Failure> {
        match self {
            Self::Own(client) => own(client, url, accept).await,
            Self::Kubectl(kubectl) => {
                let (kubectl, url) = (kubectl.clone(), url.to_owned());
                tokio::task::spawn_blocking(move || kubectl.get(&url, left))
                    .await
                    .unwrap_or_else(|why| Err(Unread::Other(why.to_string())))
                    .map(|(status, body)| Response {
                        status,
                        content_type: "application/json".to_owned(),
                        body,
                    })
                    .map_err(Failure::from)
            }
        }
    }
}

async fn own(client: &Client, url: &str, accept: &str) -> Result<Response, Failure> {
    let response = match send(client, url, accept).await? {
        Err(error) if is_unprocessed(&error) => send(client, url, accept).await?,
        sent => sent,
    };
    let response = response.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let content_type = response.headers().get(CONTENT_TYPE);
    let content_type = content_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let body = Limited::new(response.into_body(), limit::BYTES)
        .collect()
        .await
        .map_err(|error| {
            if error.is::<LengthLimitError>() {
                Unread::Excess(Excess::Bytes)
            } else {
                Unread::Unintelligible(Garbled::BrokeOff(innermost(&*error)))
            }
        })?;
    Ok(Response {
        status,
        content_type,
        body: body.to_bytes().into(),
    })
}

/// The head of the answer.
async fn send(
    client: &Client,
    url: &str,
    accept: &str,
) -> Result<Result<http::Response<Body>, kube::Error>, Unread> {
    let request = Request::get(url)
        .header(ACCEPT, accept)
        .body(Body::empty())
        .map_err(|error| Unread::Other(format!("no request can be made of {url}: {error}")))?;
    Ok(client.clone().send(request).await)
}

/// Whether an HTTP/2 server ended the connection, or refused the stream, without an answer: one that goes away, or a
/// load balancer before it. Go asks again, too.
fn is_unprocessed(error: &(dyn Error + 'static)) -> bool {
    chain(error)
        .filter_map(|error| error.downcast_ref::<h2::Error>())
        .any(|error| error.is_go_away() || error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// All that rustls says of a certificate that the trusted authorities did not sign.
const UNKNOWN_ISSUER: &str = "invalid peer certificate: UnknownIssuer";

/// Why a request did not arrive.
fn unreachable(error: &(dyn Error + 'static)) -> Failure {
    let late = chain(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .any(|error| error.kind() == io::ErrorKind::TimedOut);
    let words = innermost(error);
    let is_tls = words.starts_with("invalid peer certificate")
        || words.starts_with("received fatal alert")
        || words.starts_with("peer is incompatible");
    let unread = if late {
        Unread::NoConnection(CONNECT_TIMEOUT)
    } else if words.contains(UNKNOWN_ISSUER) {
        Unread::Untrusted
    } else {
        Unread::Unreachable(words)
    };
    Failure { unread, is_tls }
}

/// The sentence at the bottom of an error, which says what happened; those above say where in our program.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let last = chain(error).last().unwrap_or(error);
    match last.downcast_ref::<io::Error>() {
        Some(system) => system_words(system),
        None => last.to_string(),
    }
}

/// An error and what is behind it.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    successors(Some(error), |error| (**error).source())
}
