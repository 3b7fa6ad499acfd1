//! Paths between slashes: of a URL, and of a container's files.

/// An absolute path without `.`, `..` and empty parts, read as a text: links are not followed.
/// Source: Go's `path.Clean`.
#[must_use]
pub fn clean(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            _ => kept.push(part),
        }
    }
    format!("/{}", kept.join("/"))
}
