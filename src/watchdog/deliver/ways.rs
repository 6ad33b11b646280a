//! The ways that are configured.

use super::body::Format;
use crate::shared::config::Notify;
use crate::watchdog::channel::Bot;
use crate::watchdog::net::{Proxy, Url};
use crate::watchdog::rpc::secret;
use crate::watchdog::texts::Text;
use serde_json::{Value, json};

/// One way to a person.
#[derive(Clone)]
pub enum Way {
    Telegram { bot: Box<Bot>, chat: String },
    Webhook { url: String, format: Format, proxy: Option<Proxy> },
    Command { words: Vec<String> },
    Mail { to: String },
}

/// Never with a token or a URL.
impl std::fmt::Debug for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl Way {
    /// The setting that it comes from.
    #[must_use]
    pub fn setting(&self) -> &'static str {
        match self {
            Self::Telegram { .. } => "notify.telegramChat, notify.telegramToken",
            Self::Webhook { .. } => "notify.webhook, notify.webhookFormat",
            Self::Command { .. } => "notify.command",
            Self::Mail { .. } => "notify.mailTo",
        }
    }

    /// Its name in the outbox, in logs and on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Telegram { .. } => "telegram",
            Self::Webhook { .. } => "webhook",
            Self::Command { .. } => "command",
            Self::Mail { .. } => "mail",
        }
    }
}

/// What the settings lead to.
#[derive(Clone, Debug, Default)]
pub struct Found {
    pub ways: Vec<Way>,
    /// What is set and cannot be used, with the setting's name.
    pub unusable: Vec<(&'static str, Text)>,
}

/// The ways of the settings; `config` is the whole `openclaw.json`, whose own bot is taken where no token is set.
#[must_use]
pub fn find(notify: &Notify, config: &Value, env: &dyn Fn(&str) -> Option<String>) -> Found {
    let mut found = Found::default();
    let chat = notify.telegram_chat.trim();
    if !chat.is_empty() {
        match bot(notify, config, env) {
            Some(bot) => found.ways.push(Way::Telegram { bot: Box::new(bot), chat: chat.to_owned() }),
            None => found.unusable.push(("notify.telegramChat", Text::WayNoToken)),
        }
    }
    let hook = notify.webhook.0.trim();
    if !hook.is_empty() {
        let url = secret(Some(&json!(hook)), env).and_then(|text| Some((Url::parse(&text)?, text)));
        match url {
            Some((url, text)) => {
                let proxy = Proxy::of_env(&url.host, url.secure, env);
                let format = Format::of(&notify.webhook_format);
                found.ways.push(Way::Webhook { url: text.trim().to_owned(), format, proxy });
            }
            None => found.unusable.push(("notify.webhook", Text::WayNoUrl)),
        }
    }
    if !notify.command.is_empty() {
        found.ways.push(Way::Command { words: notify.command.clone() });
    }
    let to = notify.mail_to.trim();
    if !to.is_empty() {
        // Goes onto a command line and into a header.
        let sound = !to.starts_with('-') && to.contains('@') && !to.chars().any(char::is_control);
        match sound {
            true => found.ways.push(Way::Mail { to: to.to_owned() }),
            false => found.unusable.push(("notify.mailTo", Text::WayNoAddress)),
        }
    }
    found
}

fn bot(notify: &Notify, config: &Value, env: &dyn Fn(&str) -> Option<String>) -> Option<Bot> {
    let own = notify.telegram_token.0.trim();
    if own.is_empty() {
        return Bot::find(config, "", env).or_else(|| first_account(config, env));
    }
    // The channel's way to the provider, with another token.
    let of = |name: &str| config.pointer("/channels/telegram").and_then(|c| c.get(name)).cloned();
    let channel = json!({"botToken": own, "apiRoot": of("apiRoot"), "proxy": of("proxy")});
    Bot::find(&json!({"channels": {"telegram": channel}}), "", env)
}

/// A gateway may have named accounts only.
fn first_account(config: &Value, env: &dyn Fn(&str) -> Option<String>) -> Option<Bot> {
    let accounts = config.pointer("/channels/telegram/accounts")?.as_object()?;
    accounts.keys().find_map(|name| Bot::find(config, name, env))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::config::Secret;

    #[test]
    fn what_is_set_is_found_and_what_cannot_be_used_is_named() {
        let config = json!({"channels": {"telegram": {"accounts": {"work": {"botToken": "11:abc"}}}}});
        let env =
            |name: &str| (name == "HOOK").then(|| "https://hooks.example/services/T0/secret".to_owned());
        let mut notify = crate::shared::config::Config::default().notify;
        assert!(find(&notify, &config, &env).ways.is_empty());
        notify.telegram_chat = "42".to_owned();
        notify.webhook = Secret("${HOOK}".to_owned());
        notify.webhook_format = "slack".to_owned();
        notify.command = vec!["/bin/tell".to_owned()];
        notify.mail_to = "ops@example.org".to_owned();
        let found = find(&notify, &config, &env);
        let names: Vec<_> = found.ways.iter().map(Way::name).collect();
        assert_eq!(names, ["telegram", "webhook", "command", "mail"]);
        let shown = format!("{found:?} {notify:?}");
        assert!(!shown.contains("secret") && !shown.contains("11:abc"), "{shown}");
        notify.webhook = Secret("ftp://x".to_owned());
        notify.mail_to = "-oQ/tmp@x".to_owned();
        let found = find(&notify, &json!({}), &|_| None);
        let named: Vec<_> = found.unusable.iter().map(|(name, _)| *name).collect();
        assert_eq!(named, ["notify.telegramChat", "notify.webhook", "notify.mailTo"]);
        notify.telegram_token = Secret("12:own".to_owned());
        assert_eq!(find(&notify, &json!({}), &|_| None).ways.len(), 2);
    }
}
