//! kubectl-safe.

pub mod kubectl;
