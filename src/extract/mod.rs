//! Typed facts from messages, without asking any model.

pub mod fact;
