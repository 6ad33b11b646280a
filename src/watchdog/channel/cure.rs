//! The cure of one channel: the gateway stops and starts it again; no session of another channel notices.

use crate::watchdog::rpc::{Access, Client, call};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Stops and starts one account of a channel. A gateway that loses the connection in between is asked once more for the
/// start: a channel that we stopped must not stay stopped.
///
/// # Errors
/// The gateway's words, or what became of the connection.
pub fn cure(
    addr: SocketAddr,
    access: &Access,
    channel: &str,
    account: &str,
    deadline: Duration,
) -> Result<(), String> {
    let params = match account {
        "" => json!({"channel": channel}),
        account => json!({"channel": channel, "accountId": account}),
    };
    let mut client = Client::connect(addr, access, deadline)?;
    let stopped = client.call("channels.stop", &params);
    let started = client
        .call("channels.start", &params)
        .or_else(|_| call(addr, access, "channels.start", &params, deadline))?;
    stopped?;
    match started.get("started").and_then(Value::as_bool) {
        Some(false) => Err("channels.start: not started".to_owned()),
        _ => Ok(()),
    }
}
