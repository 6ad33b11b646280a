//! How many tokens: of a text (exact), of a message (framing), of a context (anchored on what the provider reported).

pub mod calibration;
pub mod framing;
pub mod growth;
pub mod meter;
