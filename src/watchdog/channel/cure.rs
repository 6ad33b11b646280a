//! The cure of one channel: the gateway stops and starts it again; no session of another channel notices.

use super::status;
use crate::watchdog::config_file::ConfigFile;
use crate::watchdog::observation::{Account, Channels};
use crate::watchdog::rpc::{Access, Client, call};
use crate::watchdog::settings::Settings;
use crate::watchdog::texts::Text;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// What became of a cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Became {
    Done,
    Failed(String),
    /// The gateway told first that it is not needed: nothing was asked of it.
    Needless,
}

/// The cure with what the settings give: address and the operator's token. What the gateway tells of its channels just
/// before may make it `needed` no more; where it tells nothing, what was seen holds. At most `deadline` three times.
pub fn cure_by(
    settings: &Settings,
    channel: &str,
    account: &str,
    needed: &dyn Fn(&[Account]) -> bool,
    deadline: Duration,
) -> Became {
    let mut config = ConfigFile::new(settings.config_path.clone());
    config.look();
    let Some(access) = Access::find(config.value(), &|name| std::env::var(name).ok()) else {
        return Became::Failed(Text::NoToken.say(settings.language, &[]));
    };
    if matches!(status::ask(settings.addr, &access, deadline), Channels::Told { accounts } if !needed(&accounts))
    {
        return Became::Needless;
    }
    match cure(settings.addr, &access, channel, account, deadline) {
        Ok(()) => Became::Done,
        Err(why) => Became::Failed(why),
    }
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
