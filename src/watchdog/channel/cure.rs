//! The cure of one channel: the gateway stops and starts it again; no session of another channel notices.

use crate::watchdog::config_file::ConfigFile;
use crate::watchdog::rpc::{Access, Client, call};
use crate::watchdog::settings::Settings;
use crate::watchdog::texts::Text;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// The cure with what the settings give: address and the operator's token. At most `deadline` twice.
///
/// # Errors
/// As [`cure`], or that there is no token.
pub fn cure_by(settings: &Settings, channel: &str, account: &str, deadline: Duration) -> Result<(), String> {
    let mut config = ConfigFile::new(settings.config_path.clone());
    config.look();
    let access = Access::find(config.value(), &|name| std::env::var(name).ok());
    let access = access.ok_or_else(|| Text::NoToken.say(settings.language, &[]))?;
    cure(settings.addr, &access, channel, account, deadline)
}

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
