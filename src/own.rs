//! Our own commands: `plan`, `demo`, `risks`.

pub mod demo;
pub mod namesake;
pub mod plan;
pub mod risks;
