//! How strict an answer is. Ordered: the later, the stricter.

use serde::{Deserialize, Serialize};

use super::finding::Finding;

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

impl Verdict {
    /// The strictest of these findings.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        findings
            .iter()
            .map(|finding| Self::from(finding.severity))
            .max()
            .unwrap_or(Self::Allow)
    }

    /// The verdict with this word, as `client.severity` gives it: `allow`, `notice`, …
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "allow" => Self::Allow,
            "notice" => Self::Notice,
            "confirm" => Self::Confirm,
            "type-name" => Self::TypeName,
            "redirect" => Self::Redirect,
            "deny" => Self::Deny,
            _ => return None,
        })
    }

    /// How strict a finding with this verdict is; absent for [`Self::Allow`].
    #[must_use]
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Notice => Some(Severity::Notice),
            Self::Confirm => Some(Severity::Confirm),
            Self::TypeName => Some(Severity::TypeName),
            Self::Redirect => Some(Severity::Redirect),
            Self::Deny => Some(Severity::Deny),
        }
    }
}

impl Severity {
    /// How strict a finding is when the rule could not be judged: the declared severity may be too much for what is
    /// not known, but a rule that would refuse is not waved through with a `y`.
    #[must_use]
    pub fn in_doubt(self) -> Self {
        match self {
            Self::Redirect | Self::Deny => Self::TypeName,
            Self::Notice | Self::Confirm | Self::TypeName => Self::Confirm,
        }
    }
}
