//! What happens instead of kubectl, or next.

pub mod keep;
pub mod redirect;
