//! One HTTP or HTTPS call, directly or through a proxy, with one deadline for all of it and a bounded answer.
//!
//! For what must work while the gateway is down. Errors name a host at most: a URL's path may hold a bot's token.

mod call;
mod dial;
mod http;
mod proxy;
mod reach;
#[cfg(test)]
pub mod stand_in;
mod tls;
mod url;

pub use call::{MOST_RESPONSE, Request, Response, call, get_json, post_json};
pub use dial::{Timed, dial};
pub use http::{Message, Read, read as read_message};
pub(crate) use proxy::base64;
pub use proxy::{Proxy, is_loopback, tunnel};
pub use reach::{TARGETS, directly, through};
pub use url::Url;
