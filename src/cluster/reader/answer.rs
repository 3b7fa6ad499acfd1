//! What an API server's answer says, or why it says nothing.

use http::StatusCode;
use serde_json::Value;

use crate::cluster::openapi::Document;
use crate::cluster::{Garbled, Unread};

/// An answer that can be relied on.
#[derive(Debug, PartialEq)]
pub(super) enum Answer {
    /// A JSON object.
    Found(Value),
    /// The server knows no such object, or no such type.
    Missing,
}

/// A sentence of a server is cut there.
const LONGEST_MESSAGE: usize = 500;

/// Tells answers of an API server from those of something in between.
pub(super) fn read(status: StatusCode, body: &[u8]) -> Result<Answer, Unread> {
    let json = serde_json::from_slice::<Value>(body)
        .ok()
        .filter(Value::is_object);
    let message = json
        .as_ref()
        .filter(|json| json["kind"] == "Status")
        .and_then(|json| json["message"].as_str())
        .map(cut);
    match (status.as_u16(), json, message) {
        (200, Some(json), None) => Ok(Answer::Found(json)),
        (200, _, _) => Err(Unread::Unintelligible(describe(body))),
        (401, _, _) => Err(Unread::Unauthorized),
        (403, _, message) => Err(Unread::Forbidden(message.unwrap_or_default())),
        (404, Some(json), _) if json["kind"] == "Status" => Ok(Answer::Missing),
        // The whole answer of an API server for a path that it does not know.
        (404, _, _) if body.trim_ascii() == b"404 page not found" => Ok(Answer::Missing),
        (status, _, Some(message)) => Err(Unread::Refused { status, message }),
        (status @ (429 | 500 | 503), _, None) => Err(Unread::Refused {
            status,
            message: text(body).map(cut).unwrap_or_default(),
        }),
        (status, _, None) => {
            let body = Box::new(describe(body));
            Err(Unread::Unintelligible(Garbled::Status(status, body)))
        }
    }
}

/// The same for an `OpenAPI` document: a server that has none answers 404, with no words at all.
pub(super) fn document(status: StatusCode, body: &[u8]) -> Result<Option<Document>, Unread> {
    match status {
        StatusCode::OK => serde_json::from_slice(body)
            .map(Some)
            .map_err(|_| Unread::Unintelligible(describe(body))),
        StatusCode::NOT_FOUND => Ok(None),
        _ => read(status, body).map(|_| None),
    }
}

/// A short plain text, such as `storage is (re)initializing`.
fn text(body: &[u8]) -> Option<&str> {
    let text = str::from_utf8(body).ok()?.trim();
    (!text.is_empty() && !text.starts_with(['<', '{'])).then_some(text)
}

fn describe(body: &[u8]) -> Garbled {
    match body.trim_ascii_start().first() {
        None => Garbled::Empty,
        Some(b'<') => Garbled::WebPage,
        Some(b'{') => Garbled::UnexpectedJson,
        Some(_) => Garbled::NotJson,
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(status: u16, body: &str) -> Result<Answer, Unread> {
        read(
            StatusCode::from_u16(status).expect("a status"),
            body.as_bytes(),
        )
    }

    #[test]
    fn a_document_or_none() {
        let read = |status, body: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            document(status, body.as_bytes()).map(|document| document.is_some())
        };
        assert_eq!(read(200, r#"{"openapi":"3.0.0","paths":{}}"#), Ok(true));
        assert_eq!(read(404, ""), Ok(false));
        assert_eq!(
            read(200, "<html>"),
            Err(Unread::Unintelligible(Garbled::WebPage))
        );
        assert_eq!(
            read(200, r#"{"paths":[]}"#),
            Err(Unread::Unintelligible(Garbled::UnexpectedJson))
        );
        assert_eq!(
            read(403, &status(403)),
            Err(Unread::Forbidden("the server's sentence".into()))
        );
    }

    fn status(code: u16) -> String {
        json!({"kind": "Status", "message": "the server's sentence", "code": code}).to_string()
    }

    #[test]
    fn an_api_servers_answers() {
        assert_eq!(
            answer(200, r#"{"kind":"Node"}"#),
            Ok(Answer::Found(json!({"kind": "Node"})))
        );
        assert_eq!(answer(401, &status(401)), Err(Unread::Unauthorized));
        assert_eq!(
            answer(403, &status(403)),
            Err(Unread::Forbidden("the server's sentence".into()))
        );
        assert_eq!(answer(404, &status(404)), Ok(Answer::Missing));
        assert_eq!(answer(404, "404 page not found\n"), Ok(Answer::Missing));
        for code in [400, 410, 429, 500, 503, 504] {
            let refused = Unread::Refused {
                status: code,
                message: "the server's sentence".into(),
            };
            assert_eq!(answer(code, &status(code)), Err(refused));
        }
        let starting = Unread::Refused {
            status: 503,
            message: "starting".into(),
        };
        assert_eq!(answer(503, "starting"), Err(starting));
    }

    #[test]
    fn what_no_api_server_says() {
        for (code, body) in [
            (200, "<html>log in</html>"),
            (200, r#"{"kind":"Node""#),
            (200, ""),
            (200, "[]"),
            (302, ""),
            (404, "<html>404</html>"),
            (502, "<html>bad gateway</html>"),
        ] {
            assert!(
                matches!(answer(code, body), Err(Unread::Unintelligible(_))),
                "{code} {body}"
            );
        }
        assert!(matches!(
            answer(200, &status(200)),
            Err(Unread::Unintelligible(_))
        ));
    }

    #[test]
    fn a_long_sentence_is_cut() {
        let long = json!({"kind": "Status", "message": "ü".repeat(10_000)}).to_string();
        match answer(403, &long) {
            Err(Unread::Forbidden(message)) => {
                assert_eq!(message.chars().count(), LONGEST_MESSAGE + 1);
            }
            other => panic!("{other:?}"),
        }
    }
}
