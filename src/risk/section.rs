//! The order of the rows: the sections of the product's notes, and in each the rows by number.

/// A part of the product's notes, or our own rows. In the order of the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// `A`: the API server and its SLB.
    ApiServer,
    /// `W`: worker nodes.
    Workers,
    /// `M`: master nodes, which only dedicated clusters show.
    Masters,
    /// `O`: other parts of a cluster.
    Other,
    /// `P`: node pools.
    NodePools,
    /// `V`: virtual nodes.
    VirtualNodes,
    /// `N`: network and load balancing.
    Network,
    /// `S`: storage.
    Storage,
    /// `L`: logs.
    Logs,
    /// `U`: usage notes.
    UsageNotes,
    /// `X`: what the notes do not say, and Kubernetes does all the same.
    Kubernetes,
}

impl Section {
    /// All of them, in order.
    pub const ALL: [Self; 11] = [
        Self::ApiServer,
        Self::Workers,
        Self::Masters,
        Self::Other,
        Self::NodePools,
        Self::VirtualNodes,
        Self::Network,
        Self::Storage,
        Self::Logs,
        Self::UsageNotes,
        Self::Kubernetes,
    ];

    /// The letter that its rows begin with.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::ApiServer => 'A',
            Self::Workers => 'W',
            Self::Masters => 'M',
            Self::Other => 'O',
            Self::NodePools => 'P',
            Self::VirtualNodes => 'V',
            Self::Network => 'N',
            Self::Storage => 'S',
            Self::Logs => 'L',
            Self::UsageNotes => 'U',
            Self::Kubernetes => 'X',
        }
    }
}

/// Where a row stands among all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<'a> {
    /// Its section.
    pub section: Section,
    /// Its number there.
    pub number: u16,
    /// What tells rows of one number apart: `b` of `U7b`.
    pub suffix: &'a str,
}

impl<'a> Place<'a> {
    /// The place of a row such as `P2` or `U7b`; absent for what is no row.
    #[must_use]
    pub fn of(row: &'a str) -> Option<Self> {
        let letter = row.chars().next()?;
        let section = Section::ALL
            .into_iter()
            .find(|section| section.letter() == letter)?;
        let rest = &row[letter.len_utf8()..];
        let end = rest
            .find(|it: char| !it.is_ascii_digit())
            .unwrap_or(rest.len());
        Some(Self {
            section,
            number: rest[..end].parse().ok()?,
            suffix: &rest[end..],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::risk::table::Table;

    #[test]
    fn rows_stand_in_the_order_of_the_notes() {
        let mut rows = ["X1", "N10", "U7b", "N9", "A3", "U7", "P2"];
        rows.sort_by_key(|row| Place::of(row));
        assert_eq!(rows, ["A3", "P2", "N9", "N10", "U7", "U7b", "X1"]);
        assert_eq!(Place::of("Q1"), None);
        assert_eq!(Place::of("P"), None);
        assert_eq!(Place::of(""), None);
    }

    #[test]
    fn every_rule_is_in_a_section() {
        for rule in Table::builtin().rules() {
            assert!(Place::of(&rule.row).is_some(), "{}: {}", rule.id, rule.row);
        }
    }
}
