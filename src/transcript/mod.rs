//! What was said: host messages, the counters of a session entry, and the JSONL tree of a stored session.

pub mod message;
