//! What was said: host messages, the counters of a session entry, and the JSONL tree of a stored session.
//!
//! A live message comes in as a value ([`value`] → [`decode`]); a stored session as bytes, read twice: [`scan`] finds
//! the active branch, [`follow`] yields its lines, [`walk`] says what each one does to the model's context and
//! [`window`] keeps what is in it. Memory grows with the number of lines, never with the number of bytes.

pub mod complaints;
pub mod decode;
pub mod entry;
pub mod follow;
mod ids;
pub mod line;
pub mod message;
mod nav;
pub mod picture;
mod repair;
pub mod scan;
mod split;
mod tree;
mod usage;
pub mod value;
pub mod walk;
pub mod window;
