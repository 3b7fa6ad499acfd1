//! What the server deletes because of a deletion.

use super::Change;
use super::interest::Interest;
use crate::cluster::reader::Reader;
use crate::plan::Unknown;

/// The changes, each followed by what it brings about.
pub(super) async fn follow(
    changes: Vec<Change>,
    _reader: &Reader,
    _interest: &Interest<'_>,
    _unknown: &mut Vec<Unknown>,
) -> Vec<Change> {
    changes
}
