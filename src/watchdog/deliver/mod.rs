//! How an alert reaches a person without the gateway: Telegram's Bot API, a webhook, a command, the machine's `sendmail`.
//!
//! What is to be told is decided elsewhere ([`super::alert`]). Here it waits in an [`Outbox`] that is part of the state
//! file, one errand for each way, until that way has taken it. Delivery is *at least once*: that a letter is about to go
//! out is on disk before it goes, and that it has gone is on disk after; a watchdog killed in between sends it again.
//! Both copies end with the same mark, and the second one says that it may be a repetition.

mod body;
mod letter;
mod outbox;
mod program;
mod send;
mod test_alert;
mod ways;

pub use body::Format;
pub use letter::{Sender, Text};
pub use outbox::{Errand, Letter, Outbox, Retry};
pub use send::{Outcome, send};
pub use test_alert::test_alert;
pub use ways::{Found, Way, find};

#[cfg(test)]
mod outbox_tests;
#[cfg(test)]
mod send_tests;
