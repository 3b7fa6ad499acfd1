//! kubectl-safe.
