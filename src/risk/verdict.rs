//! How strict an answer is. Ordered: the later, the stricter.

use serde::{Deserialize, Serialize};

/// How strict one finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// One line on standard error; kubectl runs.
    Notice,
    /// y/N, default no.
    Confirm,
    /// The object's name must be typed.
    TypeName,
    /// The right path is shown and may be taken; overriding it means typing the name and a reason.
    Redirect,
    /// Refused; a rule may allow break-glass.
    Deny,
}

/// The answer to a whole command: its strictest finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing to say.
    Allow,
    /// See [`Severity::Notice`].
    Notice,
    /// See [`Severity::Confirm`].
    Confirm,
    /// See [`Severity::TypeName`].
    TypeName,
    /// See [`Severity::Redirect`].
    Redirect,
    /// See [`Severity::Deny`].
    Deny,
}

impl From<Severity> for Verdict {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Notice => Self::Notice,
            Severity::Confirm => Self::Confirm,
            Severity::TypeName => Self::TypeName,
            Severity::Redirect => Self::Redirect,
            Severity::Deny => Self::Deny,
        }
    }
}
