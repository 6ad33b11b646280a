//! What Telegram answers to a question that disturbs nobody: `getMe` and `getWebhookInfo`. Never `getUpdates`: a second
//! poller would take the gateway's messages away.

use crate::watchdog::net::{Proxy, Url, get_json};
use crate::watchdog::observation::Provider;
use crate::watchdog::rpc::secret;
use serde_json::Value;
use std::time::{Duration, Instant};

const ROOT: &str = "https://api.telegram.org";
/// A token file holds one line.
const MOST_TOKEN: u64 = 4_096;

/// How one account reaches its provider.
#[derive(Clone)]
pub struct Bot {
    pub(super) token: String,
    root: String,
    pub proxy: Option<Proxy>,
    /// The gateway fetches its messages; no webhook of its own is set.
    polls: bool,
}

/// Never with the token.
impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bot").field("root", &self.root).field("proxy", &self.proxy).finish_non_exhaustive()
    }
}

impl Bot {
    /// The bot of an account as `openclaw.json` and the environment have it; none without a token. An account's own
    /// settings come before the channel's; a token file before a token, both before the environment (default account).
    #[must_use]
    pub fn find(config: &Value, account: &str, env: &dyn Fn(&str) -> Option<String>) -> Option<Self> {
        let channel = config.pointer("/channels/telegram").unwrap_or(&Value::Null);
        let own = channel.get("accounts").and_then(|a| a.get(account)).unwrap_or(&Value::Null);
        let text = |name: &str| [own, channel].into_iter().find_map(|at| secret(at.get(name), env));
        let token = [own, channel].into_iter().find_map(|at| {
            secret(at.get("tokenFile"), env)
                .and_then(|file| in_file(&file))
                .or_else(|| secret(at.get("botToken"), env))
        });
        let by_default = matches!(account, "" | "default");
        let token =
            token.or_else(|| env("TELEGRAM_BOT_TOKEN").filter(|t| by_default && !t.trim().is_empty()))?;
        let polls = text("webhookUrl").is_none();
        let root = text("apiRoot").unwrap_or_else(|| ROOT.to_owned());
        let root = root.trim_end_matches('/').to_owned();
        let url = Url::parse(&root)?;
        let plain = |t: &str| t.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-'));
        let proxy = text("proxy")
            .and_then(|p| Proxy::parse(&p))
            .or_else(|| Proxy::of_env(&url.host, url.secure, env));
        // What the host takes where no usual variable is set.
        let proxy = proxy.or_else(|| {
            let usual = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];
            let any = usual.iter().any(|n| env(n).or_else(|| env(&n.to_ascii_lowercase())).is_some());
            let local = crate::watchdog::net::is_loopback(&url.host);
            Proxy::parse(&env("OPENCLAW_PROXY_URL").filter(|_| !any && !local)?)
        });
        plain(token.trim()).then(|| Self { token: token.trim().to_owned(), root, proxy, polls })
    }

    /// Asks; both questions must be answered within `deadline`.
    #[must_use]
    pub fn ask(&self, deadline: Duration) -> Provider {
        let until = Instant::now() + deadline;
        match self.call("getMe", deadline) {
            Err(error) => Provider::Unreached { error },
            Ok((200, answer)) if answer.get("ok") == Some(&Value::Bool(true)) => {
                let left = until.saturating_duration_since(Instant::now());
                let (_, info) = self.call("getWebhookInfo", left).unwrap_or_default();
                let url = info.pointer("/result/url").and_then(Value::as_str).unwrap_or_default();
                if self.polls && !url.is_empty() {
                    // Somebody has set one: until it is taken away no poll is answered.
                    return Provider::Refuses { status: 409, retry_after_s: None };
                }
                let pending = info.pointer("/result/pending_update_count").and_then(Value::as_u64);
                Provider::Answers { pending }
            }
            Ok((status, answer)) => {
                let retry_after_s = answer.pointer("/parameters/retry_after").and_then(Value::as_u64);
                Provider::Refuses { status, retry_after_s }
            }
        }
    }

    /// The address of a method. Holds the token.
    #[must_use]
    pub fn method_url(&self, method: &str) -> String {
        format!("{}/bot{}/{method}", self.root, self.token)
    }

    fn call(&self, method: &str, deadline: Duration) -> Result<(u16, Value), String> {
        get_json(&self.method_url(method), self.proxy.clone(), deadline)
    }
}

fn in_file(path: &str) -> Option<String> {
    let bytes = crate::watchdog::place::read_bounded(path.as_ref(), MOST_TOKEN).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    Some(text.trim().to_owned()).filter(|t| !t.is_empty())
}
