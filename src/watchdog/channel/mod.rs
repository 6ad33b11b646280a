//! Channels: what the gateway tells of them, what their provider answers, and their cure.

mod cure;
mod status;
mod telegram;

pub use cure::{Became, cure, cure_by};
pub use status::{accounts, ask};
pub use telegram::Bot;

#[cfg(test)]
mod tests;
