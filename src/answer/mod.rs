//! What a person or a program sees of a plan: questions, refusals, JSON. Nothing else in the crate writes texts for people.

pub mod consent;
pub mod decide;
pub mod escape;
#[cfg(test)]
mod fixture;
pub mod json;
pub mod language;
pub mod layout;
mod messages;
pub mod prompt;
pub mod reference;
pub mod refusal;
pub mod render;
pub mod risks;
pub mod secret;
pub mod voice;
