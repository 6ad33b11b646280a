//! How many tokens a text holds.
