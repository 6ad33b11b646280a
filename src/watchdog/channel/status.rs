//! `channels.status` of the gateway.

use crate::watchdog::observation::{Account, Channels};
use crate::watchdog::rpc::{self, Access};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Accounts looked at.
const MOST_ACCOUNTS: usize = 200;
/// What a provider's refusal is about; other numbers in an error are not evidence of anything.
const STATUSES: [u16; 4] = [401, 403, 409, 429];

/// Asks the gateway. A status without a probe of its own: it reads what the gateway knows and asks no provider.
#[must_use]
pub fn ask(addr: SocketAddr, access: &Access, deadline: Duration) -> Channels {
    match rpc::call(addr, access, "channels.status", &json!({}), deadline) {
        Ok(payload) => match accounts(&payload) {
            Some(accounts) => Channels::Told { accounts },
            None => Channels::Failed { error: "channels.status: not understood".to_owned() },
        },
        Err(error) => Channels::Failed { error },
    }
}

/// The accounts of a payload; none where it is not one.
#[must_use]
pub fn accounts(payload: &Value) -> Option<Vec<Account>> {
    let channels = payload.get("channelAccounts")?.as_object()?;
    let rows = channels.iter().flat_map(|(channel, rows)| {
        rows.as_array().into_iter().flatten().map(move |row| account(channel, row))
    });
    Some(rows.take(MOST_ACCOUNTS).collect())
}

fn account(channel: &str, row: &Value) -> Account {
    let flag = |name: &str| row.get(name).and_then(Value::as_bool);
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let short = |text: &str| text.chars().take(80).collect::<String>();
    Account {
        channel: short(channel),
        account: short(text("accountId")),
        enabled: flag("enabled").unwrap_or_default(),
        configured: flag("configured").unwrap_or_default(),
        running: flag("running").unwrap_or_default(),
        connected: flag("connected"),
        lifecycle: short(text("lifecycle")),
        health_state: short(text("healthState")),
        restart_pending: flag("restartPending").unwrap_or_default(),
        reconnect_attempts: row.get("reconnectAttempts").and_then(Value::as_u64).unwrap_or_default(),
        last_transport_at_ms: row.get("lastTransportActivityAt").and_then(Value::as_i64),
        error_status: status_in(text("lastError")).filter(|status| agrees(row, *status)),
    }
}

/// Whether what the host tells by fields of its own allows what the words of an error say: words alone decide nothing. A
/// channel that is up keeps them as a hint, by which its provider is asked and nothing else.
fn agrees(row: &Value, status: u16) -> bool {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
    let (lifecycle, health) = (text("lifecycle"), text("healthState"));
    let up = row.get("connected") != Some(&Value::Bool(false)) && matches!(lifecycle, "" | "ready");
    let ended = lifecycle == "blocked" || health == "terminal-disconnect";
    // It goes on trying where the provider may take it again: another poller may stop, a limit ends.
    let tries = lifecycle == "recovering" || health == "disconnected";
    up || ended || (tries && matches!(status, 409 | 429))
}

/// The Bot API's words for a refusal: the host hands them on without the number.
const WORDS: [(&str, u16); 3] = [
    ("Conflict: terminated by other getUpdates request", 409),
    ("Conflict: can't use getUpdates method while webhook is active", 409),
    ("Too Many Requests: retry after", 429),
];

/// The status that an error names as one: `(409: Conflict`, `401: Unauthorized`, `status 429`.
pub(super) fn status_in(error: &str) -> Option<u16> {
    let worded = || WORDS.into_iter().find(|(words, _)| error.contains(words)).map(|(_, status)| status);
    numbered(error).or_else(worded)
}

fn numbered(error: &str) -> Option<u16> {
    STATUSES.into_iter().find(|status| {
        let digits = status.to_string();
        error.match_indices(&digits).any(|(at, _)| {
            let before = error.get(..at).unwrap_or_default();
            let after = error.get(at + digits.len()..).unwrap_or_default();
            let announced =
                ["(", "[", "status ", "code ", "error ", "HTTP ", "returned ", "status: ", "code: "];
            let alone = !before.ends_with(|c: char| c.is_ascii_alphanumeric())
                && !after.starts_with(|c: char| c.is_ascii_alphanumeric());
            alone
                && (before.is_empty()
                    || after.starts_with(':')
                    || announced.iter().any(|w| before.ends_with(w)))
        })
    })
}
