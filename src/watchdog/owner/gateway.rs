//! The gateway as its own owner: `gateway.restart.request`, which drains and restarts in the way it was started.

use crate::watchdog::config_file::ConfigFile;
use crate::watchdog::printer::out;
use crate::watchdog::reach;
use crate::watchdog::rpc::{Access, Client};
use crate::watchdog::settings::Settings;
use crate::watchdog::texts::Text;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(20);

/// What the gateway said to the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// `scheduled`, …
    pub status: String,
    /// What was under way: turns, replies, tasks. It finishes first.
    pub active: u64,
}

/// Asks a gateway that answers for a restart.
///
/// # Errors
/// The gateway's words, or what became of the connection.
pub fn request(
    addr: SocketAddr,
    access: &Access,
    reason: &str,
    deadline: Duration,
) -> Result<Answer, String> {
    let mut client = Client::connect(addr, access, deadline)?;
    // Older hosts know no preview; what it tells is only for the record.
    let preview = client.call("gateway.restart.preflight", &json!({})).unwrap_or_default();
    let answer = client.call("gateway.restart.request", &json!({"reason": reason}))?;
    let status = answer.get("status").and_then(Value::as_str).unwrap_or_default().to_owned();
    let active = preview.pointer("/counts/totalActive").and_then(Value::as_u64).unwrap_or_default();
    match answer.get("ok").and_then(Value::as_bool) {
        Some(false) => Err(format!("gateway.restart.request: {status}")),
        _ => Ok(Answer { status, active }),
    }
}

/// `request-restart`: asks once and gives the exit code, 1 where it was not granted.
#[must_use]
pub fn request_restart(settings: &Settings) -> u8 {
    let mut config = ConfigFile::new(settings.config_path.clone());
    config.look();
    let access = Access::find(config.value(), &|name| std::env::var(name).ok());
    let answer = access
        .ok_or_else(|| Text::NoToken.say(settings.language, &[]))
        .and_then(|access| request(settings.addr, &access, "asm-watchdog", DEADLINE));
    match answer {
        Ok(told) => {
            let active = told.active.to_string();
            if settings.json {
                out(json!({"status": told.status, "active": told.active}));
            } else {
                out(Text::RestartRequested.say(settings.language, &[&told.status, &active]));
            }
            0
        }
        Err(error) => reach::fail(settings.json, &error),
    }
}
