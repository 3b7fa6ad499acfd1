//! What happens instead of kubectl, or next.

pub mod redirect;
